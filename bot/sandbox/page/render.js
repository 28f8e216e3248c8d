// Draw messages: text with its entities, attachments, inline keyboards.

import { words } from "./words.js";

/** Make an element; text goes in as text, never as markup. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === undefined || value === null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
};

/** Offsets are UTF-16 units, which is how JavaScript counts too. */
export function formatted(text, entities, phone) {
  return stretch(text, entities, 0, text.length, phone);
}

function stretch(text, entities, from, to, phone) {
  const parts = [];
  let at = from;
  let index = 0;
  while (index < entities.length) {
    const entity = entities[index];
    const end = Math.min(entity.offset + entity.length, to);
    let next = index + 1;
    while (next < entities.length && entities[next].offset < end) next += 1;
    if (entity.offset > at) parts.push(text.slice(at, entity.offset));
    const inner = stretch(text, entities.slice(index + 1, next), entity.offset, end, phone);
    parts.push(...wrap(entity, inner, text.slice(entity.offset, end), phone));
    at = end;
    index = next;
  }
  if (at < to) parts.push(text.slice(at, to));
  return parts;
}

function wrap(entity, inner, plain, phone) {
  switch (entity.type) {
    case "expandable_blockquote":
      return folded(inner, phone);
    case "spoiler":
      return [spoiler(inner, phone)];
    case "bot_command":
      return [
        make("button", { type: "button", class: "inline", onclick: () => phone.send(plain) }, ...inner),
      ];
    case "url":
      return [link(plain, inner, phone)];
    case "text_link":
      return [link(entity.url, inner, phone)];
    default:
      return TAGS[entity.type] ? [make(TAGS[entity.type], {}, ...inner)] : inner;
  }
}

function folded(inner, phone) {
  const say = words(phone.state.language);
  const quote = make("blockquote", { class: "fold" }, ...inner);
  const toggle = make("button", { type: "button", class: "more", "aria-expanded": "false" }, say.more);
  toggle.addEventListener("click", () => {
    const open = quote.classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = open ? say.less : say.more;
  });
  return [quote, toggle];
}

function spoiler(inner, phone) {
  const label = words(phone.state.language).reveal;
  const hidden = make("span", { class: "hidden", "aria-hidden": "true" }, ...inner);
  const button = make("button", { type: "button", class: "spoiler", "aria-label": label }, hidden);
  button.addEventListener("click", () => {
    button.replaceWith(...hidden.childNodes);
  });
  return button;
}

function isDeepLink(url, phone) {
  return url.startsWith(`https://t.me/${phone.bot.username}`);
}

function link(url, inner, phone) {
  const safe = /^(https?|tg):/.test(url) ? url : "#";
  const anchor = make("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, ...inner);
  if (isDeepLink(url, phone)) {
    anchor.addEventListener("click", (event) => {
      event.preventDefault();
      phone.act("open", { url });
    });
  }
  return anchor;
}

/** A tap opens it in its full size; its place is kept until it has loaded. */
function photo(file, address, phone) {
  const say = words(phone.state.language);
  const { width, height, name } = file;
  const picture = make("img", { class: "photo", src: address, alt: name, width, height });
  return make(
    "a",
    { href: address, target: "_blank", rel: "noopener noreferrer", "aria-label": `${say.open} ${file.name}` },
    picture,
  );
}

function attachment(file, phone) {
  const address = `/sandbox/files/${encodeURIComponent(file.id)}`;
  if (file.kind === "photo") return photo(file, address, phone);
  const say = words(phone.state.language);
  const size = `${Math.max(1, Math.round(file.size / 1024))} kB`;
  return make(
    "a",
    { class: "file", href: address, download: file.name, "aria-label": `${say.download} ${file.name}` },
    make("span", { class: "sheet", "aria-hidden": "true" }, "⇩"),
    make("span", {}, make("strong", {}, file.name), make("small", {}, size)),
  );
}

function keyButton(message, button, phone) {
  const say = words(phone.state.language);
  const waiting = phone.state.waiting.some(([id, data]) => id === message.id && data === button.value);
  const hint = { url: say.opens, copy: say.copies }[button.action];
  return make(
    "button",
    {
      type: "button",
      class: `key ${button.style} ${button.action}`,
      "aria-busy": waiting && button.action === "callback" ? "true" : false,
      "aria-label": hint ? `${button.label} (${hint})` : false,
      onclick: () => phone.press(message, button),
    },
    button.label,
  );
}

function keyboard(message, phone) {
  const rows = message.keyboard.map((row) =>
    make("div", { class: "row" }, ...row.map((button) => keyButton(message, button, phone))),
  );
  return make("div", { class: "keyboard" }, ...rows);
}

function footer(message, phone) {
  const say = words(phone.state.language);
  const time = new Date(message.date * 1000);
  const clock = time.toLocaleTimeString(phone.state.language, { timeStyle: "short", hourCycle: "h23" });
  const lock = make("span", { role: "img", title: say.protected, "aria-label": say.protected }, "🔒");
  return make(
    "p",
    { class: "foot" },
    message.protected ? lock : null,
    message.edited ? make("span", {}, say.edited) : null,
    make("time", { datetime: time.toISOString() }, clock),
  );
}

/** One message as a list item. */
export function drawMessage(message, phone) {
  const bubble = make(
    "div",
    { class: "bubble" },
    message.attachment ? attachment(message.attachment, phone) : null,
    make("div", { class: "text" }, ...formatted(message.text, message.entities, phone)),
    message.reaction ? make("span", { class: "reaction" }, message.reaction) : null,
    footer(message, phone),
  );
  const kind = `message ${message.mine ? "mine" : "theirs"} ${message.protected ? "guarded" : ""}`;
  const item = make("li", { class: kind }, bubble);
  if (message.keyboard.length) item.append(keyboard(message, phone));
  return item;
}

/** Hide "show more" where the folded quote shows everything already. */
export function trimFolds(item) {
  for (const quote of item.querySelectorAll(".fold:not(.open)")) {
    const all = quote.scrollHeight <= quote.clientHeight + 1;
    quote.classList.toggle("whole", all);
    quote.nextElementSibling.hidden = all && quote.clientHeight > 0;
  }
}
