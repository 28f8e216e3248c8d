// One phone: its chat, its composer, its menu, and what a thumb does there.

import { Composer } from "./composer.js";
import { drawMessage, make, trimFolds } from "./render.js";
import { LANGUAGES, roleIn, words } from "./words.js";

const TOAST_MS = 3500;

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return answer.json();
}

/** Two or more languages of which one is pressed. */
export function languageChoice(label, current, choose) {
  const buttons = LANGUAGES.map((code) =>
    make(
      "button",
      { type: "button", lang: code, "aria-pressed": String(code === current), onclick: () => choose(code) },
      code.toUpperCase(),
    ),
  );
  return make("div", { class: "choice", role: "group", "aria-label": label }, ...buttons);
}

/** Draws the state it is given, and posts what the person does. */
export class Phone {
  constructor(state, bot) {
    this.state = state;
    this.bot = bot;
    this.drawn = new Map();
    this.seen = new Set(state.answers.map((answer) => answer.id));
    this.list = make("ol", { class: "messages", role: "log", "aria-live": "polite", tabindex: "0" });
    this.list.addEventListener("scroll", () => { this.atEnd = this.isAtEnd(); });
    this.atEnd = true;
    this.head = make("div", { class: "person" });
    this.bar = make("div", { class: "bar" });
    this.toast = make("div", { class: "toast", role: "status", "aria-live": "assertive", hidden: true });
    this.composer = new Composer(this);
    const glass = make("div", { class: "glass" }, this.bar, this.list, this.toast, ...this.composer.parts);
    const name = { id: `phone-${state.id}`, "aria-label": state.name };
    this.element = make("section", { class: "phone", ...name }, this.head, glass);
    new ResizeObserver(() => this.settle()).observe(this.list);
  }

  get say() { return words(this.state.language); }

  act(what, body = {}) {
    return post(`/sandbox/phones/${this.state.id}/${what}`, body).then((outcome) => {
      if (outcome.error) this.showToast(`${this.say.failed} ${outcome.error}`);
      return outcome;
    }).catch(() => this.showToast(this.say.lost));
  }

  send(text) {
    this.atEnd = true;
    return this.act("send", { text });
  }

  press(message, button) {
    if (button.action === "callback") return this.act("tap", { message_id: message.id, data: button.value });
    if (button.action === "copy") {
      return navigator.clipboard.writeText(button.value).then(() => this.showToast(this.say.copied));
    }
    if (button.value.startsWith(`https://t.me/${this.bot.username}`)) return this.act("open", { url: button.value });
    return window.open(button.value, "_blank", "noopener,noreferrer");
  }

  update(state) {
    if (state.language !== this.state.language) this.drawn.clear();
    this.state = state;
    this.draw();
  }

  draw() {
    this.element.lang = this.state.language;
    this.drawHead();
    this.drawBar();
    this.drawMessages();
    this.composer.draw();
    for (const answer of this.state.answers) this.showAnswer(answer);
  }

  drawHead() {
    const { name, role, language, standing } = this.state;
    const key = JSON.stringify([name, role, language, standing]);
    if (this.headKey === key) return;
    this.headKey = key;
    const held = this.head.contains(document.activeElement) ? document.activeElement.textContent : null;
    const kicked = standing === "kicked";
    const block = make(
      "button",
      {
        type: "button", class: "block", "aria-pressed": String(kicked),
        title: kicked ? this.say.unblock : this.say.block,
        "aria-label": kicked ? this.say.unblock : this.say.block,
        onclick: () => this.act(kicked ? "unblock" : "block"),
      },
      "⊘",
    );
    this.head.replaceChildren(
      make("span", { class: "face", "aria-hidden": "true" }, name.slice(0, 1)),
      make("h2", {}, name, make("small", {}, roleIn(role, language))),
      languageChoice(this.say.language, language.slice(0, 2), (code) => this.act("language", { language: code })),
      block,
    );
    [...this.head.querySelectorAll("button")].find((one) => one.textContent === held)?.focus();
  }

  drawBar() {
    const under = this.state.action ? this.say.typing : this.say.bot;
    this.bar.replaceChildren(
      make("span", { class: "face bot", "aria-hidden": "true" }, this.bot.first_name.slice(0, 1)),
      make("p", {}, make("strong", {}, this.bot.first_name), make("small", {}, under)),
    );
  }

  drawMessages() {
    this.list.setAttribute("aria-label", `${this.say.chatWith} ${this.state.name}`);
    const focus = this.heldFocus();
    const wanted = new Set(this.state.messages.map((message) => message.id));
    for (const [id, entry] of this.drawn) if (!wanted.has(id)) { entry.item.remove(); this.drawn.delete(id); }
    if (!this.state.messages.length) {
      this.list.replaceChildren(make("li", { class: "empty" }, this.say.empty));
      return;
    }
    const items = this.state.messages.map((message) => this.itemFor(message));
    items.forEach((item, index) => {
      if (this.list.children[index] !== item) this.list.insertBefore(item, this.list.children[index] || null);
    });
    while (this.list.children.length > items.length) this.list.lastElementChild.remove();
    if (focus) this.giveBack(focus);
    this.settle();
  }

  itemFor(message) {
    const waiting = this.state.waiting.filter(([id]) => id === message.id);
    const key = JSON.stringify([message, waiting]);
    const entry = this.drawn.get(message.id);
    if (entry && entry.key === key) return entry.item;
    const item = drawMessage(message, this);
    if (entry && entry.text === message.text && entry.item.querySelector(".fold.open")) {
      item.querySelector(".more")?.click();
    }
    this.drawn.set(message.id, { key, item, text: message.text });
    return item;
  }

  /** Remember which key of which message has the focus, since an edit draws the card anew. */
  heldFocus() {
    for (const [id, { item }] of this.drawn) {
      if (item.contains(document.activeElement)) {
        const keys = [...item.querySelectorAll("button")];
        return { id, index: keys.indexOf(document.activeElement) };
      }
    }
    return null;
  }

  giveBack({ id, index }) {
    const item = this.drawn.get(id)?.item;
    if (!item || item.contains(document.activeElement)) return;
    const keys = [...item.querySelectorAll("button")];
    (keys[Math.min(index, keys.length - 1)] || this.list).focus({ preventScroll: true });
  }

  isAtEnd() { return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 60; }

  settle() {
    for (const { item } of this.drawn.values()) trimFolds(item);
    if (this.atEnd) this.list.scrollTop = this.list.scrollHeight;
  }

  showAnswer(answer) {
    if (this.seen.has(answer.id)) return;
    this.seen.add(answer.id);
    if (!answer.text) return;
    if (answer.alert) this.showAlert(answer.text);
    else this.showToast(answer.text);
  }

  showToast(text) {
    clearTimeout(this.timer);
    this.toast.hidden = false;
    this.toast.classList.remove("alert");
    this.toast.textContent = text;
    this.timer = setTimeout(() => { this.toast.hidden = true; }, TOAST_MS);
  }

  showAlert(text) {
    clearTimeout(this.timer);
    const close = make("button", { type: "button", onclick: () => { this.toast.hidden = true; } }, this.say.ok);
    this.toast.hidden = false;
    this.toast.classList.add("alert");
    this.toast.replaceChildren(make("p", {}, text), close);
    close.focus({ preventScroll: true });
  }
}
