"""English: checkpoints, time stamps and backups."""

from __future__ import annotations

from bot.texts.beside import EvidenceTexts
from bot.texts.en.words import ago, counted

EVIDENCE = EvidenceTexts(
    signed=lambda events, people: (
        f"Signed over {counted(events, 'event', 'events')} and recorded; "
        f"{counted(people, 'monitor is', 'monitors are')} told."
    ),
    not_recorded="Signed, but not recorded: the bot is using the database and records its own once "
    "a day.",
    unsigned="CHECKPOINT_KEY is not set: this head is not signed and proves nothing.",
    not_signed=lambda position, why: (
        f"Nothing was signed: the ledger breaks at event {position}, {why}. "
        "Run: screening verify --checkpoint with the last checkpoint that you hold."
    ),
    key_keep="The line above is the key: put it into the environment of the bot and keep a copy "
    "under lock. Whoever has it can sign in your name.",
    key_give="The line below checks what it signs: give it to whoever keeps your checkpoints.",
    no_key="CHECKPOINT_KEY is not set: make one with screening checkpoint key.",
    none_yet="No checkpoint has been signed yet.",
    no_stamp="The newest checkpoint has no time stamp.",
    stamp_kept=lambda name: f"Its time stamp is in {name}.",
    cannot_write=lambda name, why: f"{name} cannot be written: {why}.",
    needs_checkpoint="--key, --stamp and --tsa-root go with --checkpoint.",
    needs_key="Say with --key which key has signed: a verifier line or a file that holds one.",
    bad_key=lambda name: f"{name} is no verifier line and no file that holds one.",
    needs_roots="Say with --tsa-root which root certificate the stamp leads to: a PEM file.",
    bad_roots=lambda name: f"{name} holds no certificate that can be read.",
    doubts={
        "MALFORMED": lambda name: f"{name} is not a checkpoint of this software, or was changed.",
        "UNSIGNED": lambda name: f"{name} is a head without a signature and proves nothing.",
        "FOREIGN": lambda name: f"{name} was signed with another key than the one given.",
        "FORGED": lambda name: f"{name} is forged: its signature is not over these words.",
    },
    agrees=lambda events, at: (
        f"The ledger agrees with the checkpoint: its first {counted(events, 'event', 'events')} "
        f"{'is' if events == 1 else 'are'} as signed on {at:%Y-%m-%d %H:%M:%S} UTC."
    ),
    flaws={
        "UNREADABLE": lambda name: f"{name} is not a time stamp.",
        "REFUSED": lambda name: f"{name} says that the authority refused to stamp.",
        "OTHER_TEXT": lambda name: f"{name} stamps another text than this checkpoint.",
        "OTHER_NONCE": lambda name: f"{name} answers another request.",
        "UNTRUSTED": lambda name: f"The signature of {name} does not lead to the root certificate.",
    },
    stamped=lambda at: f"The checkpoint was seen by the authority at {at:%Y-%m-%d %H:%M:%S} UTC.",
    notice=lambda events: f"Signed head of the ledger: {counted(events, 'event', 'events')}",
    notice_keep="Please keep this message: with it, anybody can show later whether one of these "
    "events was changed.",
    heading="Checkpoint",
    covers=lambda events, position: (
        f"signed over {events} events; the signature above is event {position}"
    ),
    not_covered="none has been signed since the signature above",
    backed_up=lambda name, events, digest: (
        f"{name}: backed up and verified, {counted(events, 'event', 'events')}, head {digest}"
    ),
    restored=lambda name, events, digest: (
        f"{name}: restored and verified, {counted(events, 'event', 'events')}, head {digest}"
    ),
    newest=lambda seconds, at: f"The newest event was recorded {ago(seconds)} ago ({at}).",
    no_events="It holds no event yet.",
    refusals={
        "EXISTS": lambda name: f"{name} is there already: nothing is overwritten.",
        "NO_FILE": lambda _: "DATABASE_URL names no file: there is nothing to copy to or from.",
        "SERVER": lambda _: (
            "DATABASE_URL names a PostgreSQL server: copy its database with pg_dump, and bring it "
            "back with pg_restore."
        ),
        "NOTHING_THERE": lambda name: f"{name} does not exist.",
        "DAMAGED": lambda name: f"{name} is damaged: SQLite cannot read all of it.",
        "DIFFERS": lambda name: f"The copy of {name} is not what was to be copied: try again.",
    },
    broken=lambda name, position, why: f"{name}: the chain breaks at event {position}, {why}.",
)
