// Phones side by side: one stream of states comes in, each phone draws its own.

import { languageChoice, Phone } from "./phone.js";
import { make } from "./render.js";
import { roleIn, words } from "./words.js";

const phones = new Map();
let bot = { first_name: "", username: "" };
let pageLanguage = localStorage.getItem("language") || (navigator.language.startsWith("fr") ? "fr" : "en");
let shown = null;
let connected = false;

function drawTop() {
  const say = words(pageLanguage);
  document.documentElement.lang = pageLanguage;
  document.title = say.title;
  document.querySelector("#title").textContent = say.title;
  const link = document.querySelector("#link");
  link.textContent = connected ? say.connected : say.lost;
  link.classList.toggle("lost", !connected);
  const choice = languageChoice(say.pageLanguage, pageLanguage, (code) => {
    pageLanguage = code;
    localStorage.setItem("language", code);
    drawTop();
    document.querySelector(`#page-language [lang=${code}]`).focus();
  });
  choice.id = "page-language";
  document.querySelector("#page-language").replaceWith(choice);
  drawTabs(say);
  drawHint(say);
}

/** What to do first, until a card is on some phone. */
function drawHint(say) {
  const begun = [...phones.values()].some((phone) => phone.state.messages.some((message) => message.keyboard.length));
  const hint = document.querySelector("#hint");
  hint.textContent = say.begin;
  hint.hidden = begun || !phones.size;
}

function drawTabs(say) {
  const tabs = document.querySelector("#tabs");
  tabs.setAttribute("aria-label", say.phones);
  const held = tabs.contains(document.activeElement);
  tabs.replaceChildren(...[...phones.values()].map((phone) => tabFor(phone)));
  if (held) tabs.querySelector("[aria-selected=true]")?.focus();
  for (const phone of phones.values()) phone.element.classList.toggle("chosen", phone.state.id === shown);
}

function tabFor(phone) {
  const { id, name, role } = phone.state;
  const chosen = id === shown;
  return make(
    "button",
    {
      type: "button", role: "tab", "aria-selected": String(chosen), tabindex: chosen ? "0" : "-1",
      "aria-controls": `phone-${id}`, onclick: () => choose(id), onkeydown: (event) => walk(event, id),
    },
    make("strong", {}, name.split(" ")[0]), make("small", {}, roleIn(role, pageLanguage)),
  );
}

function choose(id) {
  shown = id;
  drawTop();
  document.querySelector("#tabs [aria-selected=true]").scrollIntoView({ block: "nearest", inline: "nearest" });
  phones.get(id).settle();
}

function walk(event, id) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const ids = [...phones.keys()];
  choose(ids[(ids.indexOf(id) + step + ids.length) % ids.length]);
}

function take(state) {
  const known = phones.get(state.id);
  if (known) {
    known.update(state);
    return drawHint(words(pageLanguage));
  }
  const phone = new Phone(state, bot);
  phones.set(state.id, phone);
  shown ??= state.id;
  document.querySelector("#phones").append(phone.element);
  phone.draw();
  return drawTop();
}

function listen() {
  const stream = new EventSource("/sandbox/events");
  stream.addEventListener("state", (event) => {
    const state = JSON.parse(event.data);
    bot = state.bot;
    connected = true;
    state.phones.forEach(take);
    drawTop();
  });
  stream.addEventListener("phone", (event) => take(JSON.parse(event.data)));
  stream.addEventListener("error", () => { connected = false; drawTop(); });
}

drawTop();
listen();
