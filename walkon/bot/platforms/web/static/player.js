// A clip. It never starts by itself, one plays at a time, and the volume is remembered.
import { h, icon, kept, setAttribute, setText } from "/static/dom.js";
import { language, say } from "/static/words.js";

const TRIANGLE = "M8 5v14l11-7z";
const VOLUME = "walkon.volume";
let counter = 0;

export class Player extends HTMLElement {
  constructor() {
    super();
    this.described = h("p", { class: "unseen", id: `alt-${(counter += 1)}` });
    this.track = h("track", { kind: "captions" });
    this.video = h("video", { controls: true, playsinline: true, preload: "metadata", "aria-describedby": this.described.id }, this.track);
    this.video.addEventListener("play", () => this.#alone());
    this.video.addEventListener("play", () => this.classList.add("begun"), { once: true });
    this.video.addEventListener("volumechange", () => this.#keepVolume());
    this.video.addEventListener("error", () => this.#failed());
    this.fault = h("p", { class: "fault", hidden: true });
  }

  connectedCallback() {
    if (this.video.isConnected) return;
    this.append(this.video, h("span", { class: "invitation", "aria-hidden": "true" }, icon(TRIANGLE)), this.described, this.fault);
    const volume = JSON.parse(kept.get("localStorage", VOLUME) || "null");
    if (volume) [this.video.volume, this.video.muted] = volume;
  }

  /** Show a clip; the same clip again leaves a playing video alone. */
  update({ src, poster, captions, alt, name, width, height }) {
    const { video } = this;
    setAttribute(video, "aria-label", name);
    setText(this.described, alt);
    setAttribute(this.track, "srclang", language());
    setAttribute(this.track, "label", say("captions"));
    if (video.getAttribute("src") === src) return;
    // Numbers that keep the place before the file is read: nothing jumps when it arrives.
    setAttribute(video, "width", width);
    setAttribute(video, "height", height);
    this.classList.toggle("tall", height > width);
    this.classList.toggle("square", height === width);
    setAttribute(video, "poster", poster);
    setAttribute(this.track, "src", captions);
    setAttribute(video, "src", src);
  }

  #alone() {
    for (const other of document.querySelectorAll("video")) if (other !== this.video) other.pause();
  }

  #keepVolume() {
    kept.set("localStorage", VOLUME, JSON.stringify([this.video.volume, this.video.muted]));
  }

  #failed() {
    this.fault.hidden = false;
    setText(this.fault, say("clip.fault"));
    this.classList.add("begun");
  }
}

customElements.define("walkon-player", Player);
