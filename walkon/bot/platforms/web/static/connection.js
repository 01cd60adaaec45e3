// The line to the server: it comes back by itself, catches up from the last revision, and sends again what was not answered.
import { kept, newId } from "/static/dom.js";

const FIRST_RETRY_MS = 400;
const LONGEST_RETRY_MS = 15_000;
const ANSWER_WITHIN_MS = 20_000;
const OUTBOX = "walkon.outbox";

class Connection extends EventTarget {
  #socket = null;
  #since = 0;
  #failures = 0;
  #retry = 0;
  #patience = 0;
  #outbox = new Map(JSON.parse(kept.get("sessionStorage", OUTBOX) || "[]"));
  language = "en";
  online = false;
  me = { people: [], name: null };
  root = "sora";
  commands = [];

  /** What was sent and has no answer yet, oldest first. */
  get unanswered() {
    return [...this.#outbox.values()];
  }

  open() {
    clearTimeout(this.#retry);
    this.#drop();
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
    this.#socket = socket;
    socket.addEventListener("open", () => this.#send({ type: "hello", since: this.#since, locale: this.language }));
    socket.addEventListener("message", (event) => socket === this.#socket && this.#hear(JSON.parse(event.data)));
    socket.addEventListener("close", () => socket === this.#socket && this.#lost());
  }

  /** Say something; it is kept and sent again until it is answered. Returns the message's id. */
  say(text) {
    return this.#owe({ type: "say", id: newId(), text });
  }

  /** Press a button; resent like what is said. aside: a private answer stays out of the conversation. Returns the press's id. */
  press(token, aside = false) {
    return this.#owe({ type: "press", id: newId(), token, aside });
  }

  /** Ask for a card about oneself, beside the conversation; after a lost line whoever wants it asks again. Returns the question's id. */
  look(deed) {
    const id = newId();
    this.#send({ type: "look", id, deed });
    return id;
  }

  name(name) {
    return this.#send({ type: "name", name });
  }

  earlier(before) {
    return this.#send({ type: "earlier", before });
  }

  /** The page speaks another language from now on. */
  speak(language) {
    if (this.language === language) return;
    this.language = language;
    if (this.online) this.#send({ type: "hello", since: this.#since, locale: language });
  }

  /** Nobody waits for this message any more. */
  forget(id) {
    this.#outbox.delete(id);
    this.#keep();
  }

  #owe(frame) {
    this.#outbox.set(frame.id, frame);
    this.#keep();
    if (this.online) this.#send(frame);
    return frame.id;
  }

  #keep() {
    kept.set("sessionStorage", OUTBOX, this.#outbox.size ? JSON.stringify([...this.#outbox]) : null);
    clearTimeout(this.#patience);
    if (this.#outbox.size) this.#patience = setTimeout(() => this.online && this.open(), ANSWER_WITHIN_MS);
  }

  #send(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #hear(frame) {
    if (frame.type === "welcome") this.#welcomed(frame);
    if (frame.type === "news") this.#since = Math.max(this.#since, frame.message.revision);
    if (frame.type === "me") this.me = frame;
    if (frame.id && (frame.type === "done" || frame.type === "refused")) this.forget(frame.id);
    this.#tell(frame.type, frame);
  }

  #welcomed(frame) {
    this.#since = frame.revision;
    this.me = frame.me;
    this.root = frame.root;
    this.commands = frame.commands;
    this.#failures = 0;
    if (this.online) return;
    this.online = true;
    this.#tell("line", { online: true });
    for (const owed of this.#outbox.values()) this.#send(owed);
  }

  #lost() {
    this.online = false;
    this.#failures += 1;
    const wait = this.#failures === 1 ? FIRST_RETRY_MS : Math.min(LONGEST_RETRY_MS, 1000 * 2 ** this.#failures);
    this.#tell("line", { online: false, quiet: this.#failures === 1, wait });
    this.#retry = setTimeout(() => this.open(), wait);
  }

  #drop() {
    const old = this.#socket;
    this.#socket = null;
    this.online = false;
    old?.close();
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

export const connection = new Connection();
addEventListener("online", () => connection.online || connection.open());
