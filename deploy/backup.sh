#!/bin/sh
# Backups of the record in PostgreSQL, for the service `backup` of compose.yaml or for cron.
#
#   backup.sh once          one now
#   backup.sh every HOURS   one now and then one each so many hours, until it is stopped
#   backup.sh fresh HOURS   fails unless the newest is less than HOURS and two more old
#
# Where the server is and who asks say libpq's own variables (PGHOST, PGUSER, PGDATABASE, PGPASSFILE).
# BACKUPS is the folder, BACKUP_KEEP how many are kept. A backup is one moment of the whole database
# and gets its name only when it was read back whole; a killed one leaves none.
set -eu
umask 077

folder=${BACKUPS:-/backups}
keep=${BACKUP_KEEP:-14}

once() {
  name="screening-$(date -u +%Y%m%dT%H%M%SZ).dump"
  rm -f "$folder"/*.part
  # The locks and claims of running replicas are not the record.
  pg_dump --format=custom --no-unlogged-table-data --lock-wait-timeout=60s --file="$folder/$name.part"
  pg_restore --file=/dev/null "$folder/$name.part"
  sync "$folder/$name.part"
  mv "$folder/$name.part" "$folder/$name"
  sync "$folder"
  echo "$name: backed up and read back, $(wc -c <"$folder/$name") bytes"
  # The names sort by time; whatever is called otherwise is nobody's of ours.
  ls "$folder" | grep '^screening-[0-9TZ]*\.dump$' | sort -r | tail -n "+$((keep + 1))" |
    while read -r old; do rm "$folder/$old"; done
}

every() {
  # A signal ends the waiting, and never a backup in the middle without its .part being seen.
  trap 'exit 0' TERM INT
  while true; do
    once || echo "no backup was made: see the line above" >&2
    sleep "$(($1 * 3600))" &
    wait $!
  done
}

fresh() {
  [ -n "$(find "$folder" -name 'screening-*.dump' -mmin "-$((($1 + 2) * 60))")" ]
}

case "${1:-}" in
once) once ;;
every) every "$2" ;;
fresh) fresh "$2" ;;
*)
  echo "backup.sh once | every HOURS | fresh HOURS" >&2
  exit 2
  ;;
esac
