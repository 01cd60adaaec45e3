// Commands to choose from while a slash is typed. The text box keeps the focus; the choice is told by aria-activedescendant.
import { connection } from "/static/connection.js";
import { announce, h, setAttribute } from "/static/dom.js";
import { fill, say } from "/static/words.js";

/** The commands that what is typed may become; none where it is no beginning of a command. */
export function matching(typed, root, commands) {
  const parts = /^\/(\S*)(?:\s+(\S*))?$/.exec(typed);
  if (!parts) return [];
  const [, first, second] = parts;
  if (second !== undefined) return first === root ? commands.filter(({ name }) => name.startsWith(second)) : [];
  return root.startsWith(first) ? commands : commands.filter(({ name }) => name.startsWith(first));
}

export class Completion extends HTMLElement {
  connectedCallback() {
    this.list = h("div", { id: "commands", class: "listbox", role: "listbox", hidden: true, "data-word-label": "commands" });
    this.append(this.list);
    fill(this);
    this.found = [];
    this.chosen = -1;
  }

  get open() {
    return !this.list.hidden;
  }

  /** The text box this serves. */
  attach(box) {
    this.box = box;
  }

  /** Show what fits the text. */
  offer(typed) {
    const found = matching(typed, connection.root, connection.commands);
    const same = found.length === this.found.length && found.every((command, place) => command === this.found[place]);
    if (same && this.open) return;
    this.found = found;
    this.#choose(-1);
    this.list.hidden = found.length === 0;
    this.list.replaceChildren(...found.map((command, place) => this.#option(command, place)));
    if (found.length) announce(say(found.length === 1 ? "commands.one" : "commands.many", { n: found.length }));
  }

  close() {
    this.found = [];
    this.#choose(-1);
    this.list.hidden = true;
  }

  /** Handle a key; true where it was ours. */
  key(event) {
    if (!this.open) return false;
    if (event.key === "ArrowDown") this.#choose((this.chosen + 1) % this.found.length);
    else if (event.key === "ArrowUp") this.#choose((this.chosen <= 0 ? this.found.length : this.chosen) - 1);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Tab" && !event.shiftKey) this.#take(Math.max(0, this.chosen));
    else if (event.key === "Enter" && this.chosen >= 0) this.#take(this.chosen);
    else return false;
    return true;
  }

  #option({ name, help }, place) {
    const take = (event) => {
      event.preventDefault();
      this.#take(place);
    };
    const command = `/${connection.root} ${name}`;
    return h(
      "div",
      { id: `command-${place}`, role: "option", "aria-label": `${command}, ${help}`, "aria-selected": "false", onpointerdown: take },
      h("span", { class: "command" }, command),
      h("span", { class: "help" }, help),
    );
  }

  #choose(place) {
    this.chosen = place;
    [...this.list.children].forEach((option, other) => setAttribute(option, "aria-selected", String(other === place)));
    if (this.box) setAttribute(this.box, "aria-activedescendant", place < 0 ? null : `command-${place}`);
    if (place >= 0) this.list.children[place].scrollIntoView({ block: "nearest" });
  }

  #take(place) {
    const { name, options } = this.found[place];
    this.close();
    this.dispatchEvent(new CustomEvent("take", { detail: `/${connection.root} ${name}${options.length ? " " : ""}` }));
  }
}

customElements.define("walkon-completion", Completion);
