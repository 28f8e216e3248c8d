#!/bin/sh
# Run once by the image of PostgreSQL, when its data folder is empty: a database of the bot's own,
# owned by a user that is nobody else's and no superuser.
set -eu

psql --no-psqlrc --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" \
  --set=password="$(cat "${SECRETS:-/run/secrets}/screening_password")" <<'SQL'
CREATE ROLE screening LOGIN PASSWORD :'password';
CREATE DATABASE screening OWNER screening ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE screening FROM PUBLIC;
SQL
