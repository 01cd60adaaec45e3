// Elements made of text nodes only: nothing anybody typed is ever read as markup.

/**
 * An element with attributes, listeners (`on…` functions) and children.
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes] null, undefined and false are left out; true is an empty attribute
 * @param {...(Node | string | null | undefined)} children
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else setAttribute(element, name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Set or take away an attribute, and touch the document only where something changes. */
export function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
    return;
  }
  const text = value === true ? "" : String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** Set the text, and touch the document only where it changes. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const SVG = "http://www.w3.org/2000/svg";

/** A small drawing of one path in a 24 by 24 box, for decoration. */
export function icon(path) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("class", "icon");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  drawing.append(line);
  return drawing;
}

/** A random id, also on a page that came by plain http from another machine. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** A value kept in this browser; a browser that keeps nothing is fine. */
export const kept = {
  get(storage, key) {
    try {
      return globalThis[storage].getItem(key);
    } catch {
      return null;
    }
  },
  set(storage, key, value) {
    try {
      if (value === null) globalThis[storage].removeItem(key);
      else globalThis[storage].setItem(key, value);
    } catch {
      // Private windows may refuse; the page works without.
    }
  },
};

/** Say something to screen readers, once. */
export function announce(text) {
  const status = document.getElementById("status");
  status.textContent = "";
  // A pause, or two equal sentences in a row are heard as one.
  setTimeout(() => (status.textContent = text), 60);
}
