// How far a clip is. It is read on demand and never announced by itself.
import { h, setAttribute } from "/static/dom.js";

export class Progress extends HTMLElement {
  constructor() {
    super();
    this.fill = h("span", { class: "fill" });
    this.bar = h("div", { class: "bar", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 }, this.fill);
  }

  connectedCallback() {
    if (this.bar.isConnected) return;
    this.setAttribute("aria-live", "off");
    this.append(this.bar);
  }

  /** @param {{fraction: number | null, text: string, name: string}} state */
  update({ fraction, text, name }) {
    const known = fraction !== null;
    const part = Math.min(1, Math.max(0, fraction ?? 0));
    setAttribute(this.bar, "aria-label", name);
    setAttribute(this.bar, "aria-valuetext", text);
    setAttribute(this.bar, "aria-valuenow", known ? Math.round(part * 100) : null);
    this.bar.classList.toggle("unknown", !known);
    this.fill.style.transform = known ? `scaleX(${part})` : "";
  }
}

customElements.define("walkon-progress", Progress);
