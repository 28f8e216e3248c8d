// The words of the page itself. What the bot says comes from the bot.

const EN = {
  title: "Screening sandbox",
  pageLanguage: "Language of this page",
  phones: "Phones",
  connected: "connected",
  lost: "connection lost, trying again…",
  none: "No phones yet.",
  begin: "Begin here: press START on the investigator’s phone, then /screen.",
  bot: "bot",
  typing: "typing…",
  empty: "Nothing here yet. Press START.",
  start: "START",
  menu: "Menu",
  commands: "Commands",
  noCommands: "The bot has set no commands for this person.",
  write: "Message",
  send: "Send",
  language: "Language of this phone",
  block: "Block the bot",
  unblock: "Unblock the bot",
  blocked: "This person has blocked the bot.",
  edited: "edited",
  protected: "Forwarding and saving are switched off",
  more: "Show more",
  less: "Show less",
  reveal: "Show hidden text",
  copied: "Copied",
  ok: "OK",
  chatWith: "Chat of",
  opens: "opens a page",
  copies: "copies text",
  download: "Download",
  open: "Open",
  failed: "That did not work:",
};

const FR = {
  title: "Bac à sable",
  pageLanguage: "Langue de cette page",
  phones: "Téléphones",
  connected: "connecté",
  lost: "connexion perdue, nouvel essai…",
  none: "Pas encore de téléphone.",
  begin: "Commencez ici : DÉMARRER sur le téléphone de l’investigatrice, puis /screen.",
  bot: "bot",
  typing: "écrit…",
  empty: "Rien pour l’instant. Appuyez sur DÉMARRER.",
  start: "DÉMARRER",
  menu: "Menu",
  commands: "Commandes",
  noCommands: "Le bot n’a défini aucune commande pour cette personne.",
  write: "Message",
  send: "Envoyer",
  language: "Langue de ce téléphone",
  block: "Bloquer le bot",
  unblock: "Débloquer le bot",
  blocked: "Cette personne a bloqué le bot.",
  edited: "modifié",
  protected: "Le transfert et l’enregistrement sont désactivés",
  more: "Afficher plus",
  less: "Afficher moins",
  reveal: "Afficher le texte masqué",
  copied: "Copié",
  ok: "OK",
  chatWith: "Discussion de",
  opens: "ouvre une page",
  copies: "copie du texte",
  download: "Télécharger",
  open: "Ouvrir",
  failed: "Cela n’a pas fonctionné :",
};

export const LANGUAGES = ["en", "fr"];

/** The words for a language code; anything but French reads English. */
export function words(code) {
  return (code || "").startsWith("fr") ? FR : EN;
}

/** A role is given by language; fall back on whatever there is. */
export function roleIn(role, code) {
  return role[code] || role.en || Object.values(role)[0] || "";
}
