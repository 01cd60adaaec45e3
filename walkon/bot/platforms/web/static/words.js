// The page's own words, in the language it is read in. `data-word` elements are filled again when the language changes.
import { kept, setAttribute, setText } from "/static/dom.js";

export const LANGUAGES = ["en", "fr"];
const SAID_BY = { word: "textContent", "word-label": "aria-label", "word-hint": "placeholder", "word-title": "title" };

let catalogue = {};

export const language = () => document.documentElement.lang;

/** The sentence, with `{name}` filled in. */
export function say(key, values = {}) {
  const sentence = catalogue[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
}

/** Read a language's words and fill every place that shows some. */
export async function speak(chosen) {
  const answer = await fetch(`/static/words.${chosen}.json`);
  if (!answer.ok) throw new Error(`no words: ${answer.status}`);
  catalogue = await answer.json();
  document.documentElement.lang = chosen;
  fill(document);
  document.dispatchEvent(new Event("words"));
}

/** Choose a language and remember it. */
export async function choose(chosen) {
  await speak(chosen);
  kept.set("localStorage", "walkon.language", chosen);
}

/** Fill the marked places in a part of the page. */
export function fill(root) {
  for (const [mark, where] of Object.entries(SAID_BY)) {
    for (const element of root.querySelectorAll(`[data-${mark}]`)) {
      const sentence = say(element.getAttribute(`data-${mark}`));
      if (where === "textContent") setText(element, sentence);
      else setAttribute(element, where, sentence);
    }
  }
}
