#!/bin/sh
# Once, as root: what only this installation may know, the folders that compose.yaml mounts, and
# deploy/.env. Nothing that is there is overwritten.
#
#   DOMAIN=bot.example.org deploy/prepare.sh
#
# It asks for the bot's token, unless TELEGRAM_BOT_TOKEN has it. Keep copies of signing_pepper,
# record_key and checkpoint_key under lock, and not where the backups are.
set -eu
umask 077

here=${HERE:-$(cd "$(dirname "$0")" && pwd)}
secrets=$here/secrets
bot=10001 database=999 # the accounts in the containers

: "${DOMAIN:?the name under which Telegram reaches this machine, as bot.example.org}"
if [ -e "$secrets" ]; then
  echo "$secrets is there already: nothing is overwritten" >&2
  exit 1
fi
if [ -z "${TELEGRAM_BOT_TOKEN:-}" ]; then
  printf 'The token, from @BotFather: ' >&2
  read -r TELEGRAM_BOT_TOKEN
fi

secret() { # name, owner; what it holds comes on the standard input
  cat >"$secrets/$1"
  chmod 0400 "$secrets/$1"
  chown "$2:$2" "$secrets/$1"
}

# Others may pass through the folder, and read nothing in it.
install -d -m 0711 "$secrets"
password=$(openssl rand -hex 24)
openssl rand -hex 24 | secret postgres_password "$database"
echo "$password" | secret screening_password "$database"
echo "postgres:5432:*:screening:$password" | secret pgpass "$bot"
echo "$TELEGRAM_BOT_TOKEN" | secret telegram_bot_token "$bot"
openssl rand -hex 32 | secret webhook_secret "$bot"
openssl rand -hex 32 | secret signing_pepper "$bot"
openssl rand -base64 32 | secret record_key "$bot"
openssl rand -base64 32 | secret checkpoint_key "$bot"

install -d -m 0755 "$here/state"
install -d -m 0700 -o "$bot" -g "$bot" "$here/state/tls" "$here/state/backups"
install -d -m 0755 "$here/state/acme"
[ -e "$here/.env" ] || echo "DOMAIN=$DOMAIN" >"$here/.env"
echo "ready: $secrets, $here/state, $here/.env; the certificate goes into $here/state/tls"
