// The line is down: what happens next, and a way to hurry it.
import { connection } from "/static/connection.js";
import { announce, h, setText } from "/static/dom.js";
import { fill, say } from "/static/words.js";

class Lost extends HTMLElement {
  connectedCallback() {
    this.sentence = h("p", { "aria-live": "off" });
    this.now = h("button", { type: "button", class: "button secondary", "data-word": "lost.try", onclick: () => this.#tryNow() });
    this.panel = h("div", { class: "notice wait", hidden: true }, this.sentence, this.now);
    this.append(this.panel);
    fill(this);
    connection.addEventListener("line", ({ detail }) => this.#line(detail));
    document.addEventListener("words", () => this.#count());
  }

  #line({ online, quiet, wait }) {
    clearInterval(this.clock);
    if (online) {
      if (!this.panel.hidden) announce(say("lost.back"));
      this.panel.hidden = true;
      return;
    }
    // The first try comes at once; only if it fails is there something to tell.
    if (quiet) return;
    this.until = Date.now() + wait;
    this.#count();
    if (this.panel.hidden) announce(say("lost.short"));
    this.panel.hidden = false;
    this.clock = setInterval(() => this.#count(), 1000);
  }

  #count() {
    if (!this.until) return;
    const seconds = Math.ceil((this.until - Date.now()) / 1000);
    setText(this.sentence, seconds > 0 ? say("lost", { n: seconds }) : say("lost.trying"));
  }

  #tryNow() {
    this.until = Date.now();
    this.#count();
    connection.open();
  }
}

customElements.define("walkon-lost", Lost);
