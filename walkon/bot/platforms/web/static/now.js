// On wide screens: what is being made, and the newest clips, each leading to its card.
import { plain } from "/static/card.js";
import { h } from "/static/dom.js";
import { fill, say } from "/static/words.js";

const NEWEST = 3;

class Now extends HTMLElement {
  connectedCallback() {
    this.busy = h("div", { class: "busy" });
    this.newest = h("ul", { class: "newest" });
    this.newestHead = h("h2", { "data-word": "now.newest" });
    this.append(
      h("aside", { class: "now", "data-word-label": "now" }, h("h2", { "data-word": "now" }), this.busy, this.newestHead, this.newest),
    );
    fill(this);
    this.cards = [];
    document.addEventListener("cards", ({ detail }) => this.#soon(detail));
    document.addEventListener("words", () => this.#soon(this.cards));
  }

  #soon(cards) {
    this.cards = cards;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.#show();
    });
  }

  #show() {
    const busy = this.cards.filter(({ card }) => card.bar);
    const clips = this.cards.filter(({ card }) => card.video).slice(-NEWEST).reverse();
    this.busy.replaceChildren(...(busy.length ? busy.map((message) => this.#line(message)) : [h("p", { class: "still" }, say("now.still"))]));
    const key = clips.map(({ seq }) => seq).join();
    this.newestHead.hidden = clips.length === 0;
    if (this.shown === key) return;
    this.shown = key;
    this.newest.replaceChildren(...clips.map((message) => h("li", {}, this.#poster(message))));
  }

  #line({ card }) {
    const fill = h("span", { class: "fill" });
    fill.style.transform = `scaleX(${card.bar.fraction ?? 0})`;
    return h("div", {}, h("p", {}, plain(card.head)), h("div", { class: "bar", "aria-hidden": "true" }, fill));
  }

  #poster({ seq, card }) {
    const show = () => document.dispatchEvent(new CustomEvent("show-message", { detail: seq }));
    const words = h("span", { dir: "auto" }, card.words ?? plain(card.head));
    return h("button", { type: "button", class: "poster", onclick: show }, h("img", { src: card.video.poster, alt: "", loading: "lazy" }), h("span", { class: "caption" }, words));
  }
}

customElements.define("walkon-now", Now);
