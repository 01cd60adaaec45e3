// The conversation: messages in order, what is on its way at the end, and where the reader is.
import { CardMessage } from "/static/card.js";
import { connection } from "/static/connection.js";
import { announce, h, setText } from "/static/dom.js";
import { Said } from "/static/said.js";
import { Starters } from "/static/starters.js";
import { fill, say } from "/static/words.js";

const NEAR_END_PX = 80;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

class Log extends HTMLElement {
  constructor() {
    super();
    this.bySeq = new Map();
    this.pending = new Map();
    this.unseen = 0;
    this.atEnd = true;
    this.top = 0;
    this.loaded = false;
  }

  connectedCallback() {
    this.starters = new Starters();
    this.starters.hidden = true;
    this.earlier = h("button", { type: "button", class: "button quiet", hidden: true, "data-word": "earlier", onclick: () => this.#earlier() });
    this.log = h("div", { id: "messages", class: "messages", role: "log", "aria-live": "polite", "aria-busy": "true", tabindex: 0, "data-word-label": "messages" });
    this.waiting = h("div", { class: "skeletons", hidden: true, "aria-hidden": "true" }, h("span"), h("span"), h("span"));
    this.scroller = h("div", { class: "scroller" }, h("div", { class: "column" }, this.starters, this.earlier, this.waiting, h("h2", { class: "unseen", "data-word": "messages" }), this.log));
    this.newer = h("button", { type: "button", class: "newer", hidden: true, onclick: () => this.#toEnd("smooth") });
    this.append(this.scroller, this.newer);
    fill(this);
    this.#listen();
    setTimeout(() => (this.waiting.hidden = this.loaded), 300);
  }

  /** What scrolls: the log, or in low windows the whole page. */
  get #moving() {
    return getComputedStyle(this.scroller).overflowY === "visible" ? document.scrollingElement : this.scroller;
  }

  #listen() {
    connection.addEventListener("welcome", ({ detail }) => this.#welcome(detail));
    connection.addEventListener("news", ({ detail }) => this.#news(detail.message));
    connection.addEventListener("older", ({ detail }) => this.#older(detail));
    connection.addEventListener("refused", ({ detail }) => this.#refused(detail));
    connection.addEventListener("line", () => this.#eachPending((element, message) => element.update(message)));
    document.addEventListener("words", () => this.#reword());
    document.addEventListener("said", ({ detail }) => this.#expect(detail));
    document.addEventListener("show-message", ({ detail }) => this.#show(detail));
    for (const target of [this.scroller, document]) target.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.atEnd && this.#toEnd("instant")).observe(this.log);
    new ResizeObserver(() => this.atEnd && this.#toEnd("instant")).observe(this.scroller);
  }

  #welcome({ fresh, messages, earlier }) {
    this.log.setAttribute("aria-busy", "true");
    if (fresh) this.#forget(new Set(messages.map(({ seq }) => seq)));
    if (fresh) this.earlier.hidden = !earlier;
    for (const message of messages) this.#upsert(message, { live: this.loaded && !fresh, fresh });
    for (const owed of connection.unanswered) if (owed.type === "say") this.#expect(owed);
    this.loaded = true;
    this.waiting.hidden = true;
    this.log.setAttribute("aria-busy", "false");
    this.#emptiness();
    if (this.atEnd) this.#toEnd("instant");
  }

  /** Start anew, but leave alone what stays: a clip may be playing. */
  #forget(staying) {
    for (const [seq, element] of this.bySeq) {
      if (staying.has(seq)) continue;
      element.remove();
      this.bySeq.delete(seq);
    }
    for (const element of this.pending.values()) element.remove();
    this.pending.clear();
  }

  #news(message) {
    const isNew = this.#upsert(message, { live: true });
    this.#emptiness();
    // What only this person sees answers something they just did.
    if (isNew && message.private) this.#toEnd("smooth");
    if (!isNew || this.atEnd) return;
    this.unseen += 1;
    this.#showNewer();
  }

  /** Show a message where it belongs; returns whether it was not there before. */
  #upsert(message, options) {
    const known = this.bySeq.get(message.seq);
    if (known) {
      if (options.fresh || known.message.revision <= message.revision) known.update(message, options);
      this.#changed();
      return false;
    }
    const element = message.card ? new CardMessage() : (this.#arrived(message.id) ?? new Said());
    element.update(message, options);
    element.dataset.seq = message.seq;
    this.bySeq.set(message.seq, element);
    this.#place(element, message.seq);
    this.#changed();
    return true;
  }

  #place(element, seq) {
    const after = [...this.log.children].find((other) => !other.dataset.seq || Number(other.dataset.seq) > seq);
    if (after === element) return;
    this.log.insertBefore(element, after ?? null);
  }

  #arrived(id) {
    const element = this.pending.get(id);
    this.pending.delete(id);
    return element;
  }

  #expect({ id, text }) {
    if (this.pending.has(id) || [...this.bySeq.values()].some((element) => element.message.id === id)) return;
    const element = new Said();
    element.update({ id, text, pending: true });
    this.pending.set(id, element);
    this.log.append(element);
    this.#emptiness();
    this.#toEnd("smooth");
  }

  #eachPending(act) {
    for (const element of this.pending.values()) act(element, element.message);
  }

  #refused({ id, reason }) {
    if (reason === "name") return;
    const element = this.pending.get(id);
    if (element) {
      this.pending.delete(id);
      element.remove();
      document.dispatchEvent(new CustomEvent("take-words", { detail: element.message.text }));
    }
    document.dispatchEvent(new CustomEvent("fault", { detail: say(`refused.${reason}`) }));
    announce(say(`refused.${reason}`));
  }

  #earlier() {
    const first = Math.min(...this.bySeq.keys());
    connection.earlier(first);
  }

  #older({ messages, earlier }) {
    const { scrollHeight: height, scrollTop: top } = this.#moving;
    this.log.setAttribute("aria-busy", "true");
    for (const message of messages) this.#upsert(message, { live: false });
    this.log.setAttribute("aria-busy", "false");
    this.earlier.hidden = !earlier;
    this.#moving.scrollTop = top + this.#moving.scrollHeight - height;
  }

  #emptiness() {
    this.starters.hidden = this.log.children.length > 0;
    this.log.hidden = !this.starters.hidden;
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#moving;
    // Only a move upwards is the reader's own: on the way down the end itself may be moving.
    if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX) this.atEnd = true;
    else if (scrollTop < this.top) this.atEnd = false;
    this.top = scrollTop;
    if (!this.atEnd || !this.unseen) return;
    this.unseen = 0;
    this.#showNewer();
  }

  #showNewer() {
    this.newer.hidden = this.unseen === 0;
    setText(this.newer, say("newer", { n: this.unseen }));
  }

  #toEnd(behavior) {
    this.unseen = 0;
    this.atEnd = true;
    this.#showNewer();
    if (!this.starters.hidden) return;
    this.#moving.scrollTo({ top: this.#moving.scrollHeight, behavior: calm.matches ? "instant" : behavior });
  }

  #show(seq) {
    const article = this.bySeq.get(seq)?.article;
    if (!article) return;
    article.tabIndex = -1;
    article.scrollIntoView({ block: "start", behavior: calm.matches ? "instant" : "smooth" });
    article.focus({ preventScroll: true });
  }

  #reword() {
    for (const element of [...this.bySeq.values(), ...this.pending.values()]) element.update(element.message);
    this.#showNewer();
  }

  #changed() {
    const cards = [...this.bySeq.values()].map((element) => element.message).filter((message) => message.card);
    document.dispatchEvent(new CustomEvent("cards", { detail: cards }));
  }
}

customElements.define("walkon-log", Log);
