"""English: the command line."""

from __future__ import annotations

from bot.texts.en.words import counted
from bot.texts.shape import CommandTexts
from flows.answers import Expected
from flows.exchange import Shape
from flows.protocol.model import InputType

COMMANDS = CommandTexts(
    notice="Decision support only: the authorised protocol prevails. Use invented patients only, "
    "until the sponsor's data protection officer agrees to real ones.",
    how_to="Answer by number, label, code or value. /help explains, /quit leaves.",
    typed={
        InputType.INTEGER: "a whole number",
        InputType.NUMBER: "a number, as 12.5",
        InputType.DATE: "a day, as 2026-03-06, 6/3, today, yesterday or D-2",
        InputType.PARTIAL_DATE: "a year, a month or a day, as 2016, 2016-03 or 2016-03-10",
    },
    help="/back  look at the last answer again\n"
    "/review  show what was answered      /correct  change an answer\n"
    "/all  record all reasons             /finish  stop at the first exclusion\n"
    "/pause  put aside                    /resume  take up again\n"
    "/stop  give up without a verdict     /more  show the rare answers\n"
    "/remind  be reminded on a day        /quit  leave; an open screening stays open",
    not_a_button=lambda count: (
        f"Please answer with a number from 1 to {count}, a label or a code shown on the card."
    ),
    left_open=lambda number: (
        f"Screening {number} stays open; every answer is kept. "
        f"Resume with: screening chat --resume {number}"
    ),
    left_closed=lambda number: f"The record is kept. Read it with: screening show {number}",
    paused=lambda number: f"Take it up again with: screening chat --resume {number}",
    unknown_command=lambda word: f"{word} is not a command. /help lists them.",
    unknown_number=lambda number: f"No screening has the number {number}.",
    bad_number=lambda text: (
        f"{text!r} is not a screening number: expected eight characters such as 7K3F-9QXV."
    ),
    unknown_protocol=lambda name, known: f"Unknown protocol {name!r}; known: {known}.",
    no_such_file=lambda name: f"{name}: cannot be read.",
    protocol_good=lambda name, version, count: f"{name}: good, version {version}, {count} criteria",
    chain_good=lambda count, head: (
        f"The chain holds: {counted(count, 'event', 'events')}, head {head}"
    ),
    chain_broken=lambda position, stream, version, why: (
        f"The chain breaks at event {position}"
        + (f" ({stream}, number {version})" if stream else "")
        + f": {why}."
    ),
    chain_reasons={
        "POSITION_GAP": "a position is missing or repeated",
        "WRONG_PREVIOUS": "it does not follow the event before it",
        "VERSION_GAP": "an event of its stream is missing or repeated",
        "BAD_DIGEST": "its content is not what was recorded",
        "UNREADABLE": "it cannot be read",
        "OFF_CHECKPOINT": "its digest is not the one in the checkpoint",
        "CUT_TAIL": "the ledger ends before the checkpoint",
    },
    read_only="The database or its folder cannot be written: check its permissions.",
    full="There is no room left on the disk; nothing was half-written.",
    newer=lambda found, known: (
        f"The database has form {found}, made by a later version; "
        f"this version knows up to form {known}. Use the later version."
    ),
    unavailable=lambda why: f"The database cannot be used: {why}.",
    broken=lambda why: f"The record cannot be read: {why}. Run: screening verify",
    no_database=lambda name: f"{name} does not exist yet: nothing was screened here.",
    setting=lambda name, why: f"{name}: {why}",
    line=lambda number, what: f"line {number}: {what}",
    exact={
        Expected.DATE: "expected a day, YYYY-MM-DD",
        Expected.PARTIAL_DATE: "expected YYYY, YYYY-MM or YYYY-MM-DD",
        Expected.CHOICE: "expected a code",
    },
    answer_set={
        Shape.OBJECT: lambda _: 'expected an object {"case", "date_of_screening", "answers"}',
        Shape.KEY: lambda name: f"unknown key {name!r}",
        Shape.ANSWERS: lambda _: "expected 'answers' to be an object",
        Shape.DATE: lambda _: "expected 'date_of_screening' to be a day, YYYY-MM-DD",
        Shape.INPUT: lambda name: f"unknown input {name!r}",
    },
    or_codes=lambda sentence, codes: f"{sentence.rstrip('.')}; or one of: {codes}",
    not_json="expected one JSON object",
    nul="NUL characters are not allowed",
    sandbox_ready=lambda url: (
        f"The sandbox is ready: open {url} in a browser, and stop with Ctrl-C."
    ),
    obstacles={
        "not_telegram": lambda _: (
            "The Bot API answered, but not as Telegram does: check TELEGRAM_API_BASE_URL."
        ),
        "unreachable": lambda _: (
            "The Bot API cannot be reached: check TELEGRAM_API_BASE_URL and the network."
        ),
        "token_refused": lambda _: "The Bot API refuses the token: check TELEGRAM_BOT_TOKEN.",
        "no_token": lambda _: "TELEGRAM_BOT_TOKEN is not set.",
        "bad_answer": lambda about: f"The Bot API did not do what it was asked ({about}).",
        "no_port": lambda _: "A webhook needs a host and port in LISTEN.",
        "port_taken": lambda about: f"That address cannot be listened on: {about}. Change LISTEN.",
    },
    settings={
        "TELEGRAM_BOT_TOKEN": "expected digits, a colon and 30 or more characters",
        "TELEGRAM_API_BASE_URL": "expected an address that begins with https:// or http://",
        "PUBLIC_URL": "expected an address that begins with https:// or http://",
        "WEBHOOK_SECRET": "expected 16 to 256 characters of A-Z, a-z, 0-9, _ and -",
        "PUBLIC_URL, WEBHOOK_SECRET": "set both for a webhook, or neither for polling",
        "SIGNING_PEPPER": "expected 32 or more characters",
        "RECORD_KEY": "expected 32 bytes in base64",
        "RECORD_KEY_OLD": "expected 32 bytes in base64",
        "RETENTION_DAYS": "expected a number of days, 0 for no limit, at most 36500",
        "CHECKPOINT_KEY": "expected the base64 of 32 bytes, as `screening checkpoint key` makes it",
        "TIMESTAMP_URL": "expected an address that begins with https:// or http://",
        "TIMESTAMP_ROOT": "expected the path of a PEM file",
        "BACKUP_DIR": "expected a folder",
        "BACKUP_EVERY_HOURS": "expected a whole number of hours from 1 to 744",
        "BACKUP_KEEP": "expected a whole number from 1 to 10000",
        "LISTEN": "expected a host and a port, as 127.0.0.1:8090",
        "DATABASE_URL": "expected an address such as sqlite:///data/screening.db or "
        "postgresql://user:password@host/name",
        "TRIAL": "expected the name of a protocol",
        "TRIALS": "expected names or files of protocols with commas between them, none twice",
        "TRIAL, TRIALS": "set only one of them",
        "SEND_PACE": "expected telegram or none",
        "SMTP_HOST": "expected the name of a mail server, as smtp.hospital.org",
        "SMTP_PORT": "expected a port from 1 to 65535",
        "SMTP_SECURITY": "expected starttls, tls or none",
        "SMTP_USERNAME": "expected a name, or no such line",
        "SMTP_PASSWORD": "expected a password, or no such line",
        "SMTP_SENDER": "expected an e-mail address",
        "SMTP_HOST, SMTP_SENDER": "set both for copies by e-mail, or neither",
        "SMTP_USERNAME, SMTP_PASSWORD": "set both to log in at the mail server, or neither",
        "/run/secrets": "expected files that the account of the bot may read",
        "LANGUAGE": "expected en or fr",
        "LOG_LEVEL": "expected DEBUG, INFO, WARNING or ERROR",
    },
    webhook_needs="PUBLIC_URL and WEBHOOK_SECRET must be set first.",
    webhook_is=lambda url: f"Updates now go to {url}.",
    webhook_gone="Updates are polled again.",
    in_case=lambda field, what: f"{field}: {what}",
)
