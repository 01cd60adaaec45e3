// The frame around every room: brand, rooms, theme, language, who you are.
import { connection } from "/static/connection.js";
import { h, icon, kept, setAttribute, setText } from "/static/dom.js";
import { choose, fill, language, say } from "/static/words.js";

const MOON = "M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9z";
const CHAT = "M4 5h16v11H9l-5 4z";
const PEOPLE = "M9 5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM2 20c0-3.5 3-5.5 7-5.5s7 2 7 5.5M16 5.5a3.5 3.5 0 0 1 0 6.5M18 15c2.5.6 4 2.3 4 5";
const PERSON = "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4 21c0-4 3.5-6.5 8-6.5s8 2.5 8 6.5";

class Rail extends HTMLElement {
  connectedCallback() {
    this.theme = h("button", { type: "button", class: "tool", "data-word-label": "theme.dark", onclick: () => this.#toggleTheme() }, icon(MOON));
    this.other = h("button", { type: "button", class: "tool", onclick: () => this.#speakOther() });
    this.name = h("span", { class: "name", dir: "auto" });
    this.person = h("button", { type: "button", class: "tool person", hidden: true, onclick: () => this.#rename() }, icon(PERSON), this.name);
    this.count = h("span", { class: "count", hidden: true });
    this.people = h("a", { href: "#people" }, icon(PEOPLE), h("span", { "data-word": "people" }), this.count);
    this.append(
      h(
        "header",
        { class: "rail" },
        h("a", { class: "brand", href: "/" }, h("img", { src: "/static/icon.svg", alt: "", width: 28, height: 28 }), "walkon"),
        h("nav", { "data-word-label": "rooms" }, h("a", { href: "/", "aria-current": "page" }, icon(CHAT), h("span", { "data-word": "chat" })), this.people),
        h("div", { class: "tools" }, this.theme, this.other, this.person),
      ),
    );
    fill(this);
    this.#show();
    document.addEventListener("words", () => this.#show());
    connection.addEventListener("welcome", () => this.#show());
    connection.addEventListener("line", ({ detail }) => detail.online && this.#asked(0));
    connection.addEventListener("asking", ({ detail }) => this.#asked(detail.count));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#show());
  }

  get #dark() {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  /** So many questions wait for an answer. */
  #asked(count) {
    this.asking = count;
    this.#show();
  }

  #toggleTheme() {
    const theme = this.#dark ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    kept.set("localStorage", "walkon.theme", theme);
    this.#show();
  }

  async #speakOther() {
    try {
      await choose(language() === "fr" ? "en" : "fr");
    } catch {
      document.dispatchEvent(new CustomEvent("fault", { detail: say("lost.short") }));
    }
  }

  #rename() {
    document.querySelector("walkon-name").ask();
  }

  #show() {
    const french = language() === "fr";
    setAttribute(this.theme, "aria-pressed", String(this.#dark));
    setText(this.other, french ? "EN" : "FR");
    setAttribute(this.other, "lang", french ? "en" : "fr");
    setAttribute(this.other, "aria-label", french ? "EN, English" : "FR, français");
    setText(this.count, this.asking ? String(this.asking) : "");
    this.count.hidden = !this.asking;
    setAttribute(this.people, "aria-label", this.asking ? say("people.asking", { n: this.asking }) : null);
    const { name } = connection.me;
    setText(this.name, name ?? "");
    setAttribute(this.person, "aria-label", name ? `${name}, ${say("name.change")}` : null);
    this.person.hidden = !name;
  }
}

customElements.define("walkon-rail", Rail);
