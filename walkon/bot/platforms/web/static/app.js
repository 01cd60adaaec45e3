// Puts the page together: words first, then the parts, then the line to the server.
import { connection } from "/static/connection.js";
import { language, speak } from "/static/words.js";
import "/static/rail.js";
import "/static/log.js";
import "/static/lost.js";
import "/static/name.js";
import "/static/composer.js";
import "/static/now.js";
import "/static/people.js";

document.addEventListener("words", () => connection.speak(language()));
connection.language = language();
connection.open();
await speak(language());
