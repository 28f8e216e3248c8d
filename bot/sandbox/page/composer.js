// What is under the chat: START, the text field, the command menu, or "unblock".

import { make } from "./render.js";

export class Composer {
  constructor(phone) {
    this.phone = phone;
    this.sheet = make("div", { class: "commands", hidden: true });
    this.foot = make("div", { class: "composer" });
    this.key = "";
  }

  get parts() { return [this.sheet, this.foot]; }

  draw() {
    const { standing, language, menu } = this.phone.state;
    const key = JSON.stringify([standing, language, menu]);
    if (this.key === key) return;
    this.key = key;
    this.toggleMenu(false);
    if (standing === "new") return this.foot.replaceChildren(this.wide(this.phone.say.start, () => this.phone.send("/start")));
    if (standing === "kicked") {
      const note = make("p", {}, this.phone.say.blocked);
      return this.foot.replaceChildren(note, this.wide(this.phone.say.unblock, () => this.phone.act("unblock")));
    }
    const typed = this.field?.value || "";
    this.foot.replaceChildren(this.menuButton(), this.form(typed));
    this.drawSheet();
    return undefined;
  }

  wide(label, press) {
    return make("button", { type: "button", class: "wide", onclick: press }, label);
  }

  menuButton() {
    this.opener = make(
      "button",
      { type: "button", class: "menu", "aria-expanded": "false", onclick: () => this.toggleMenu() },
      make("span", { "aria-hidden": "true" }, "☰ "), this.phone.say.menu,
    );
    return this.opener;
  }

  form(typed) {
    this.field = make("input", {
      type: "text", autocomplete: "off", maxlength: "4096",
      placeholder: this.phone.say.write, "aria-label": `${this.phone.say.write} (${this.phone.state.name})`,
    });
    this.field.value = typed;
    const submit = (event) => {
      event.preventDefault();
      const text = this.field.value.trim();
      if (text) { this.phone.send(text); this.field.value = ""; }
    };
    const arrow = make("button", { type: "submit", class: "send", "aria-label": this.phone.say.send }, "➤");
    return make("form", { onsubmit: submit }, this.field, arrow);
  }

  drawSheet() {
    const entries = this.phone.state.menu.map(({ command, description }) =>
      make(
        "button",
        { type: "button", onclick: () => { this.toggleMenu(false); this.phone.send(`/${command}`); } },
        make("strong", {}, `/${command}`), make("span", {}, description),
      ),
    );
    this.sheet.setAttribute("aria-label", this.phone.say.commands);
    this.sheet.setAttribute("role", "group");
    this.sheet.replaceChildren(...(entries.length ? entries : [make("p", {}, this.phone.say.noCommands)]));
  }

  toggleMenu(open = this.sheet.hidden) {
    this.sheet.hidden = !open;
    this.opener?.setAttribute("aria-expanded", String(open));
    if (open) this.sheet.querySelector("button")?.focus();
  }
}
