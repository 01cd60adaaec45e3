// People: what others ask of one's face and voice, and what one agreed to. Its cards are those of `/sora cameo`, and only this person sees them.
import { CardMessage, plain } from "/static/card.js";
import { connection } from "/static/connection.js";
import { announce, h, setAttribute } from "/static/dom.js";
import { fill } from "/static/words.js";

const TABS = { requests: ["requests"], appearances: ["appearances"], cameo: ["audience", "rules"], receipts: ["receipts"] };
const PLACE = /^#people(?:\/(\w+))?$/;

class People extends HTMLElement {
  connectedCallback() {
    this.looks = new Map();
    this.links = Object.keys(TABS).map((tab) => h("a", { href: `#people/${tab}`, "data-tab": tab, "data-word": `people.${tab}` }));
    this.cards = h("div", { class: "people-cards" });
    this.answer = h("div", { class: "people-cards" });
    this.enrol = h("button", { type: "button", class: "button", hidden: true, "data-word": "people.enrol", onclick: () => this.#enrol() });
    const close = h("button", { type: "button", class: "button", "data-word": "people.close", onclick: () => this.dialog.close() });
    const head = h("div", { class: "people-head" }, h("h2", { id: "people-head", "data-word": "people" }), close);
    this.dialog = h(
      "dialog",
      { class: "people", "aria-labelledby": "people-head", onclose: () => this.#closed() },
      head,
      h("nav", { "data-word-label": "people.tabs" }, ...this.links),
      this.answer,
      this.cards,
      this.enrol,
    );
    this.append(this.dialog);
    fill(this);
    addEventListener("hashchange", () => this.#follow());
    connection.addEventListener("line", ({ detail }) => detail.online || this.looks.clear());
    connection.addEventListener("welcome", () => this.#follow());
    connection.addEventListener("shown", ({ detail }) => this.#shown(detail));
    connection.addEventListener("done", ({ detail }) => this.dialog.open && this.#settled(detail.id));
    document.addEventListener("take-words", () => this.dialog.close());
  }

  /** Where the address points: to one of the tabs, or away from here. */
  #follow() {
    const place = PLACE.exec(location.hash);
    if (!place) return this.dialog.close();
    const tab = place[1] in TABS ? place[1] : "requests";
    if (tab !== this.tab) this.answer.replaceChildren();
    this.tab = tab;
    this.enrol.hidden = tab !== "cameo";
    for (const link of this.links) setAttribute(link, "aria-current", link.dataset.tab === tab ? "page" : null);
    if (!this.dialog.open) this.dialog.showModal();
    this.#look();
  }

  #look() {
    setAttribute(this.cards, "aria-busy", "true");
    TABS[this.tab].forEach((deed, place) => this.looks.set(connection.look(deed), { tab: this.tab, place }));
  }

  #shown({ id, card }) {
    const look = this.looks.get(id);
    if (look && look.tab === this.tab) this.#put(look.place, card);
    if (look || !this.dialog.open) return;
    this.answer.replaceChildren(this.#card("answer", card));
    announce(plain(card.head));
  }

  /** A press in here changed something: what stands here is asked for anew. */
  #settled(id) {
    if (this.looks.delete(id)) setAttribute(this.cards, "aria-busy", this.looks.size ? "true" : null);
    else this.#look();
  }

  #put(place, card) {
    while (this.cards.children.length > TABS[this.tab].length) this.cards.lastChild.remove();
    const known = this.cards.children[place];
    if (known) known.update(this.#message(place, card));
    else this.cards.append(this.#card(place, card));
  }

  #card(place, card) {
    const element = new CardMessage();
    element.aside = true;
    element.update(this.#message(place, card));
    return element;
  }

  #message(place, card) {
    return { seq: `people-${place}`, private: true, card };
  }

  /** The digits come as an answer in the conversation, for this person alone, and the camera stands below it. */
  #enrol() {
    this.dialog.close();
    document.dispatchEvent(new Event("enrol"));
  }

  #closed() {
    this.answer.replaceChildren();
    this.cards.replaceChildren();
    this.tab = undefined;
    if (PLACE.test(location.hash)) history.replaceState(null, "", location.pathname);
  }
}

customElements.define("walkon-people", People);
