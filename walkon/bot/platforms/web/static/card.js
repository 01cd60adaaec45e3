// One card of walkon's, changed in place from first answer to last state: what did not change is not touched.
import { connection } from "/static/connection.js";
import { announce, h, icon, setAttribute, setText } from "/static/dom.js";
import { Player } from "/static/player.js";
import { Progress } from "/static/progress.js";
import { showTime } from "/static/said.js";
import { say } from "/static/words.js";

const LOCK = "M7 11V8a5 5 0 0 1 10 0v3M5 11h14v9H5z";
const REMIX = /^w1:remix:(\w+)$/;
const TONES = ["quiet", "wait", "draft", "busy", "done", "bad"];

/** The sentence as one string. */
export const plain = (line) => line.map((part) => (typeof part === "string" ? part : part.name)).join("");

function sentence(element, line) {
  const key = JSON.stringify(line);
  if (element.dataset.line === key) return;
  element.dataset.line = key;
  const parts = line.map((part) => (typeof part === "string" ? part : h("bdi", { class: "mention" }, part.name)));
  element.replaceChildren(...parts);
}

export class CardMessage extends HTMLElement {
  constructor() {
    super();
    this.message = null;
    this.aside = false;
    this.presses = new Map();
    this.head = h("h3", { class: "head", dir: "auto" });
    this.time = h("time");
    this.onlyYou = h("p", { class: "only-you", hidden: true }, icon(LOCK), h("span", { "data-word": "only_you" }));
    this.picture = h("div", { class: "picture", hidden: true });
    this.stage = h("div", { class: "stage", hidden: true, "aria-hidden": "true" }, h("i"), h("i"));
    this.film = h("div", { hidden: true });
    this.handout = h("a", { class: "button handout", hidden: true });
    this.words = h("blockquote", { class: "words", dir: "auto", hidden: true });
    this.lines = h("div", { class: "lines" });
    this.progress = new Progress();
    this.small = h("p", { class: "small", hidden: true });
    this.buttons = h("div", { class: "buttons", role: "group", hidden: true });
    this.inside = h(
      "div",
      { class: "inside", "aria-live": "off" },
      h("div", { class: "top" }, h("span", { class: "dot", "aria-hidden": "true" }), this.head, this.time),
      this.picture,
      this.film,
      this.stage,
      this.progress,
      this.words,
      this.lines,
      this.handout,
      this.small,
      this.buttons,
      this.onlyYou,
    );
    this.article = h("article", { class: "card" }, this.inside);
  }

  connectedCallback() {
    if (!this.article.isConnected) this.append(this.article);
    this.onDone = ({ detail }) => this.#settled(detail.id);
    connection.addEventListener("done", this.onDone);
    connection.addEventListener("refused", this.onDone);
  }

  disconnectedCallback() {
    connection.removeEventListener("done", this.onDone);
    connection.removeEventListener("refused", this.onDone);
  }

  /** Show the message's card. live: it has just happened, so screen readers hear it. */
  update(message, { live = false } = {}) {
    const before = this.message?.card;
    const { card } = message;
    this.message = message;
    this.article.classList.remove(...TONES);
    this.article.classList.add(card.tone);
    this.article.id = `m${message.seq}`;
    this.head.id = `m${message.seq}-head`;
    setAttribute(this.article, "aria-labelledby", this.head.id);
    sentence(this.head, card.head);
    showTime(this.time, message.at);
    this.#showPicture(card);
    this.#showPrivate(message);
    this.#showText(card);
    this.#showButtons(card.buttons ?? []);
    this.onlyYou.hidden = !message.private;
    setText(this.onlyYou.lastChild, say("only_you"));
    if (live && card.tone !== "busy" && before?.tone !== card.tone) announce(plain(card.head));
  }

  #showPicture(card) {
    this.stage.hidden = !card.bar || Boolean(card.video);
    this.progress.hidden = !card.bar;
    if (card.bar) this.progress.update(card.bar);
    this.picture.hidden = !card.video;
    if (!card.video) {
      this.picture.replaceChildren();
      return;
    }
    if (!this.picture.firstChild) this.picture.append(new Player());
    this.picture.firstChild.update(card.video);
  }

  /** What the server gives to nobody else: an operator's film, a file handed over. */
  #showPrivate({ seq, card: { film, handout } }) {
    this.film.hidden = !film;
    if (!film) this.film.replaceChildren();
    else if (!this.film.firstChild) this.film.append(h("video", { class: "film", controls: true, playsinline: true, preload: "metadata", src: `/media/film/${seq}` }));
    setAttribute(this.film.firstChild ?? this.film, "aria-label", film?.alt);
    this.handout.hidden = !handout;
    setAttribute(this.handout, "href", handout?.src);
    setAttribute(this.handout, "download", handout?.name);
    setText(this.handout, handout ? say("handout", { name: handout.name }) : "");
  }

  #showText(card) {
    this.words.hidden = !card.words;
    setText(this.words, card.words ?? "");
    const body = card.body ?? [];
    while (this.lines.children.length > body.length) this.lines.lastChild.remove();
    body.forEach((line, place) => {
      if (!this.lines.children[place]) this.lines.append(h("p", { dir: "auto" }));
      sentence(this.lines.children[place], line);
    });
    this.small.hidden = !card.small;
    setText(this.small, card.small ?? "");
  }

  #showButtons(wanted) {
    const old = new Map([...this.buttons.children].map((button) => [button.dataset.token, button]));
    const buttons = wanted.map((button) => this.#button(old.get(button.token), button));
    this.buttons.hidden = buttons.length === 0;
    setAttribute(this.buttons, "aria-label", say(this.message.card.clip ? "clip.actions" : "card.actions"));
    const same = buttons.length === old.size && buttons.every((button, place) => this.buttons.children[place] === button);
    if (same) return;
    // A button that goes while it has the focus hands it to the card, or the keyboard would be lost at the top of the page.
    const focused = this.buttons.contains(document.activeElement);
    this.buttons.replaceChildren(...buttons);
    if (focused && !this.buttons.contains(document.activeElement)) {
      this.article.tabIndex = -1;
      (buttons[0] ?? this.article).focus({ preventScroll: true });
    }
  }

  #button(known, { label, token, style, emoji, spoken }) {
    const button = known ?? h("button", { type: "button", "data-token": token, onclick: () => this.#press(token, button) });
    button.className = `button ${style}`;
    const face = `${emoji ?? ""}${label}`;
    if (button.dataset.face !== face) {
      button.dataset.face = face;
      button.replaceChildren(...(emoji ? [h("span", { "aria-hidden": "true", class: "emoji" }, emoji)] : []), label);
    }
    setAttribute(button, "aria-label", spoken ?? null);
    return button;
  }

  #press(token, button) {
    const remixed = REMIX.exec(token)?.[1];
    if (remixed) return this.#edit(remixed);
    if (button.getAttribute("aria-disabled") === "true") return;
    setAttribute(button, "aria-disabled", "true");
    this.presses.set(connection.press(token, this.aside), button);
  }

  /** Put the words into the box, ready to edit; nothing is sent. */
  #edit(clip) {
    const detail = `/${connection.root} remix ${clip} ${this.message.card.words ?? ""}`;
    document.dispatchEvent(new CustomEvent("take-words", { detail }));
  }

  #settled(id) {
    const button = this.presses.get(id);
    if (!button) return;
    this.presses.delete(id);
    setAttribute(button, "aria-disabled", null);
  }
}

customElements.define("walkon-card", CardMessage);
