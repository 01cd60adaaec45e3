// What a person said: their words as they wrote them.
import { connection } from "/static/connection.js";
import { h, setAttribute, setText } from "/static/dom.js";
import { language, say } from "/static/words.js";

export class Said extends HTMLElement {
  constructor() {
    super();
    this.message = null;
    this.author = h("span", { class: "author", dir: "auto" });
    this.time = h("time");
    this.note = h("span", { class: "note", hidden: true });
    this.text = h("p", { class: "text", dir: "auto" });
    this.article = h("article", { class: "said" }, h("p", { class: "by" }, this.author, this.time, this.note), this.text);
  }

  connectedCallback() {
    if (!this.article.isConnected) this.append(this.article);
  }

  /** @param {{text: string, author?: string, person?: string, at?: number, pending?: boolean}} message */
  update(message) {
    this.message = message;
    const mine = message.pending || connection.me.people.includes(message.person);
    this.article.classList.toggle("mine", mine);
    this.article.classList.toggle("pending", Boolean(message.pending));
    setText(this.text, message.text);
    setText(this.author, mine ? say("you") : (message.author ?? ""));
    showTime(this.time, message.at);
    this.note.hidden = !message.pending;
    setText(this.note, message.pending ? say(connection.online ? "sending" : "unsent") : "");
    setAttribute(this.article, "aria-label", `${this.author.textContent}: ${message.text.split("\n")[0].slice(0, 120)}`);
  }
}

/** A moment as a short clock time, today's without the day. */
export function showTime(element, at) {
  if (!at) return;
  const moment = new Date(at);
  const today = moment.toDateString() === new Date().toDateString();
  const day = today ? {} : { day: "numeric", month: "short" };
  setAttribute(element, "datetime", moment.toISOString());
  setText(element, new Intl.DateTimeFormat(language(), { hour: "2-digit", minute: "2-digit", ...day }).format(moment));
}

customElements.define("walkon-said", Said);
