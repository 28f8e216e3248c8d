// grammY with better-sqlite3, as its documentation writes a bot: polling with its runner, or with
// STOCK without it, one update after the other; with PORT its own webhook on Node's server, whose
// reply holds the answer to the tap.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { run, sequentialize } from "@grammyjs/runner";
import Database from "better-sqlite3";
import { Bot, webhookCallback } from "grammy";

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

const port = Number(process.env.PORT ?? 0);
const stock = Boolean(process.env.STOCK);
const bot = new Bot(process.env.TOKEN, {
  client: {
    apiRoot: process.env.API,
    canUseWebhookReply: (method) => method === "answerCallbackQuery",
  },
});
if (!port && !stock) {
  // By webhook each person's next update waits for the reply to the one before.
  bot.use(sequentialize((context) => String(context.from?.id)));
}

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

const begin = () => {
  if (port) {
    const answer = webhookCallback(bot, "http", { secretToken: process.env.SECRET });
    const server = createServer(answer).listen(port, "127.0.0.1");
    return () => server.close(() => server.closeAllConnections());
  }
  if (stock) {
    bot.start();
    return () => bot.stop();
  }
  const runner = run(bot);
  return () => runner.stop();
};

const stop = begin();
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, stop);
}
