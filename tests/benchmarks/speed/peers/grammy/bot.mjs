// grammY with its runner and better-sqlite3, as its documentation writes a bot.

import { readFileSync } from "node:fs";
import { run, sequentialize } from "@grammyjs/runner";
import Database from "better-sqlite3";
import { Bot } from "grammy";

const questions = JSON.parse(readFileSync(process.env.QUESTIONS, "utf8"));
const done = "That was the last question.";

const db = new Database(process.env.DATABASE);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.exec("CREATE TABLE IF NOT EXISTS answers (chat INTEGER, question INTEGER, answer TEXT, at REAL)");
const insert = db.prepare("INSERT INTO answers VALUES (?, ?, ?, ?)");

const keyboard = (question) => ({
  inline_keyboard: questions[question].labels.map((label, place) => [
    { text: label, callback_data: `${question}:${place}` },
  ]),
});

const bot = new Bot(process.env.TOKEN, { client: { apiRoot: process.env.API } });
bot.use(sequentialize((context) => String(context.from?.id)));

bot.command("screen", (context) =>
  context.reply(questions[0].text, { parse_mode: "HTML", reply_markup: keyboard(0) }),
);

bot.on("callback_query:data", async (context) => {
  const [question, place] = context.callbackQuery.data.split(":").map(Number);
  insert.run(context.from.id, question, questions[question].labels[place], Date.now() / 1000);
  const following = question + 1;
  const last = following === questions.length;
  await context.editMessageText(last ? done : questions[following].text, {
    parse_mode: "HTML",
    reply_markup: keyboard(last ? 0 : following),
  });
  await context.answerCallbackQuery();
});

const runner = run(bot);
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => runner.stop());
}
