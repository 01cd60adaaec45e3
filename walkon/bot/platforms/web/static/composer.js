// Where people type. What is typed is kept through reloads and lost connections until it is sent.
import { Completion } from "/static/completion.js";
import { connection } from "/static/connection.js";
import { h, icon, kept, setText } from "/static/dom.js";
import { Filming } from "/static/filming.js";
import { fill, say } from "/static/words.js";

const DRAFT = "walkon.draft";
const LONGEST = 20_000;
const LONGEST_BYTES = 60_000;
const UP = "M12 19V5M5 12l7-7 7 7";

const sentBytes = (text) => new TextEncoder().encode(JSON.stringify(text)).length;

class Composer extends HTMLElement {
  connectedCallback() {
    this.completion = new Completion();
    this.box = h("textarea", {
      id: "message",
      rows: 1,
      dir: "auto",
      "data-word-label": "message",
      "data-word-hint": "message.hint",
      "aria-autocomplete": "list",
      "aria-controls": "commands",
      "aria-describedby": "message-hint",
      autocomplete: "off",
      enterkeyhint: "send",
    });
    this.hint = h("p", { class: "hint", id: "message-hint" });
    this.fault = h("p", { class: "fault", role: "alert" });
    const send = h("button", { class: "send" }, icon(UP), h("span", { "data-word": "send" }));
    this.form = h("form", { class: "composer", onsubmit: (event) => this.#send(event) }, this.completion, this.box, send);
    this.filming = new Filming();
    this.filming.hidden = true;
    this.append(this.fault, this.form, this.filming, this.hint);
    fill(this);
    this.completion.attach(this.box);
    this.#listen();
    this.#put(kept.get("sessionStorage", DRAFT) ?? "");
  }

  #listen() {
    this.filming.addEventListener("filmed", () => this.#say(`/${connection.root} cameo enrol`));
    this.box.addEventListener("input", () => this.#changed());
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.box.addEventListener("blur", () => this.completion.close());
    this.completion.addEventListener("take", ({ detail }) => this.#put(detail, { focus: true }));
    document.addEventListener("take-words", ({ detail }) => this.#put(detail, { focus: true }));
    document.addEventListener("enrol", () => this.#enrol());
    document.addEventListener("fault", ({ detail }) => setText(this.fault, detail));
    document.addEventListener("keydown", (event) => this.#slash(event));
    document.addEventListener("words", () => this.#showHint());
    connection.addEventListener("welcome", () => this.#showHint());
  }

  #key(event) {
    if (event.isComposing) return;
    if (this.completion.key(event)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey && !event.altKey) this.#send(event);
  }

  /** A slash anywhere goes to the box, but never out of another field. */
  #slash(event) {
    const busy = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || busy) return;
    event.preventDefault();
    this.#put(this.box.value || "/", { focus: true });
    this.completion.offer(this.box.value);
  }

  #send(event) {
    event.preventDefault();
    const typed = this.box.value.trim();
    // Half an emoji, cut by some other program, is no text that could be sent.
    const text = typed.toWellFormed?.() ?? typed;
    if (!text) return this.box.focus();
    if (text.length > LONGEST || sentBytes(text) > LONGEST_BYTES) return setText(this.fault, say("too_long", { n: text.length, limit: LONGEST }));
    this.completion.close();
    if (/\bcameo\s+enrol\b/.test(text)) this.filming.hidden = false;
    this.#say(text);
    this.#put("");
  }

  #enrol() {
    this.filming.hidden = false;
    this.#say(`/${connection.root} cameo enrol`);
    this.filming.begin();
  }

  #say(text) {
    const id = connection.say(text);
    document.dispatchEvent(new CustomEvent("said", { detail: { id, text } }));
  }

  #put(text, { focus = false } = {}) {
    this.box.value = text;
    if (focus) {
      this.box.focus();
      this.box.setSelectionRange(text.length, text.length);
    }
    this.#changed({ offer: false });
  }

  #changed({ offer = true } = {}) {
    kept.set("sessionStorage", DRAFT, this.box.value || null);
    setText(this.fault, "");
    if (offer) this.completion.offer(this.box.value);
    this.#grow();
    this.#showHint();
  }

  #grow() {
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight}px`;
  }

  #showHint() {
    const typed = new RegExp(`^/(?:${connection.root}\\s+)?(\\S+)\\s`).exec(this.box.value);
    const options = connection.commands.find(({ name }) => name === typed?.[1])?.options ?? [];
    const shown = options.map(({ name, rest }) => (rest ? say("hint.words") : `${name}:…`));
    setText(this.hint, shown.length ? shown.join("   ") : say("hint.keys"));
  }
}

customElements.define("walkon-composer", Composer);
