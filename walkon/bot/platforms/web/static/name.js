// What friends should call you: asked once, above the message box, and never in the way of it.
import { connection } from "/static/connection.js";
import { h, setAttribute, setText } from "/static/dom.js";
import { fill, say } from "/static/words.js";

class Name extends HTMLElement {
  connectedCallback() {
    this.field = h("input", { id: "name", type: "text", autocomplete: "nickname", enterkeyhint: "done", dir: "auto", "aria-describedby": "name-fault" });
    this.fault = h("p", { id: "name-fault", class: "fault", role: "alert" });
    this.form = h(
      "form",
      { class: "notice ask-name", hidden: true, onsubmit: (event) => this.#save(event) },
      h("label", { for: "name", "data-word": "name.ask" }),
      this.field,
      h("button", { class: "button secondary", "data-word": "name.save" }),
      this.fault,
    );
    this.append(this.form);
    fill(this);
    connection.addEventListener("welcome", ({ detail }) => this.#known(detail.me.name));
    connection.addEventListener("refused", ({ detail }) => detail.reason === "name" && this.#refused());
    this.form.addEventListener("keydown", (event) => event.key === "Escape" && this.#known(connection.me.name));
  }

  /** Ask again, by the person's own wish. */
  ask() {
    this.field.value = connection.me.name ?? "";
    this.form.hidden = false;
    this.field.focus();
    this.field.select();
  }

  #save(event) {
    event.preventDefault();
    this.saving = connection.name(this.field.value.toWellFormed?.() ?? this.field.value) || undefined;
    if (!this.saving) this.#say(say("lost.short"));
  }

  #known(name) {
    if (this.saving === undefined && name && this.form.contains(document.activeElement)) return;
    this.form.hidden = Boolean(name);
    this.#say("");
    if (this.saving) document.getElementById("message").focus();
    this.saving = undefined;
  }

  #refused() {
    this.saving = undefined;
    this.#say(say("refused.name"));
    this.field.focus();
  }

  #say(sentence) {
    setText(this.fault, sentence);
    setAttribute(this.field, "aria-invalid", sentence ? "true" : null);
  }
}

customElements.define("walkon-name", Name);
