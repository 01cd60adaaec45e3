// The film for enrolling: chosen from files, or recorded here. It goes to the server's memory, and the command that follows reads it.
import { h, setText } from "/static/dom.js";
import { fill, say } from "/static/words.js";

const LONGEST_MS = 20_000;
const KINDS = ["video/mp4;codecs=avc1.42E01E,mp4a.40.2", "video/webm;codecs=vp8,opus", "video/webm"];
const WANTED = { video: { facingMode: "user", width: { ideal: 640 }, height: { ideal: 480 } }, audio: true };

export class Filming extends HTMLElement {
  connectedCallback() {
    if (this.firstChild) return;
    this.file = h("input", { type: "file", accept: "video/*", capture: "user", onchange: () => this.#chosen() });
    this.mirror = h("video", { class: "mirror", playsinline: true, hidden: true, "data-word-label": "record.mirror" });
    this.mirror.muted = true;
    this.left = h("span", { class: "left", role: "timer", hidden: true });
    this.record = h("button", { type: "button", class: "button", "data-word": "record", onclick: () => this.#record() });
    this.stop = h("button", { type: "button", class: "button primary", "data-word": "record.send", hidden: true, onclick: () => this.recorder?.stop() });
    this.drop = h("button", { type: "button", class: "button", "data-word": "record.drop", hidden: true, onclick: () => this.#dropped() });
    const chosen = h("label", { class: "film-file" }, h("span", { "data-word": "film" }), this.file);
    this.append(this.mirror, h("div", { class: "filming" }, chosen, this.record, this.left, this.stop, this.drop));
    // Browsers give no camera to a page that came by plain http from another machine.
    this.record.hidden = !navigator.mediaDevices || !globalThis.MediaRecorder;
    fill(this);
  }

  /** Somebody has said that they want to enrol: where they go on from. */
  begin() {
    (this.record.hidden ? this.file : this.record).focus();
  }

  async #chosen() {
    const [film] = this.file.files;
    if (film) await this.#send(film);
    this.file.value = "";
  }

  async #record() {
    this.record.disabled = true;
    const stream = await navigator.mediaDevices.getUserMedia(WANTED).catch(() => null);
    this.record.disabled = false;
    if (!stream) return this.#fault("record.denied");
    const pieces = [];
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    this.recorder = new MediaRecorder(stream, mimeType && { mimeType });
    this.recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data));
    this.recorder.addEventListener("stop", () => this.#recorded(stream, new Blob(pieces, { type: this.recorder.mimeType })), { once: true });
    this.dropping = false;
    this.mirror.srcObject = stream;
    this.#show(true);
    this.recorder.start();
    this.mirror.play().catch(() => null);
    this.#count(Date.now() + LONGEST_MS);
  }

  #count(end) {
    if (this.recorder?.state !== "recording") return;
    const left = end - Date.now();
    if (left <= 0) return this.recorder.stop();
    setText(this.left, say("record.left", { n: Math.ceil(left / 1000) }));
    this.clock = setTimeout(() => this.#count(end), 250);
  }

  #dropped() {
    this.dropping = true;
    this.recorder?.stop();
  }

  async #recorded(stream, film) {
    clearTimeout(this.clock);
    for (const track of stream.getTracks()) track.stop();
    this.mirror.srcObject = null;
    this.#show(false);
    this.record.focus();
    if (!this.dropping) await this.#send(film);
  }

  #show(recording) {
    for (const element of [this.mirror, this.left, this.stop, this.drop]) element.hidden = !recording;
    this.record.hidden = recording;
    if (recording) this.stop.focus();
  }

  async #send(film) {
    const sent = await fetch("/film", { method: "POST", body: film }).catch(() => null);
    if (!sent?.ok) return this.#fault("film.lost");
    this.dispatchEvent(new Event("filmed"));
  }

  #fault(word) {
    document.dispatchEvent(new CustomEvent("fault", { detail: say(word) }));
  }
}

customElements.define("walkon-filming", Filming);
