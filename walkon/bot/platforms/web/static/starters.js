// What an empty chat shows: an invitation, and six things to try.
import { connection } from "/static/connection.js";
import { h } from "/static/dom.js";
import { fill, say } from "/static/words.js";

const COUNT = 6;

export class Starters extends HTMLElement {
  connectedCallback() {
    const cards = Array.from({ length: COUNT }, (_, place) => this.#starter(place + 1));
    this.append(
      h("h2", { "data-word": "empty.head" }),
      h("p", { class: "lead", "data-word": "empty.under" }),
      h("ul", { class: "starters", "data-word-label": "starters" }, ...cards),
    );
    fill(this);
  }

  #starter(number) {
    const key = `starter.${number}`;
    const button = h(
      "button",
      { type: "button", class: "starter", onclick: () => this.#take(key) },
      h("img", { src: `/static/starter-${number}.svg`, alt: "", width: 320, height: 180 }),
      h("span", { "data-word": key }),
    );
    return h("li", {}, button);
  }

  #take(key) {
    const words = `/${connection.root} prompt ${say(key)}`;
    this.dispatchEvent(new CustomEvent("take-words", { bubbles: true, detail: words }));
  }
}

customElements.define("walkon-starters", Starters);
