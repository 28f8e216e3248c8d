"""English: documents on paper."""

from __future__ import annotations

from bot.texts.documenting import DocumentTexts, DossierTexts, FormTexts
from bot.texts.en.words import counted

DOCUMENTS = DocumentTexts(
    page_of=("page", "of"),
    marks={
        "practice": "PRACTICE: an invented patient. This is no record of anybody.",
        "quick_check": "QUICK CHECK: no screening, never signed, never counted.",
        "unsigned": "UNSIGNED: nobody has signed this record.",
        "voided": "SIGNATURE VOIDED: what was signed was changed later, and not signed again.",
        "unbound": "SIGNED, BUT NOT THIS: the hash that was signed is not that of what is printed "
        "here.",
        "erased": "ERASED: the answers can no longer be read by anybody.",
    },
    watermarks={
        "practice": "PRACTICE",
        "quick_check": "QUICK CHECK",
        "unsigned": "UNSIGNED",
        "voided": "SIGNATURE VOIDED",
        "unbound": "SIGNED, BUT NOT THIS",
        "erased": "ERASED",
    },
    fingerprint="SHA-256 of the protocol file",
    printed_name="Printed name",
    signed_at="Date and time",
    meaning="Meaning",
    signed_record="SHA-256 of the signed record",
    carried_by="Carried by",
    code="Verification code",
    code_how="The code holds the number of this record, how many events it tells of, the SHA-256 "
    "of the record, and the place and the digest of its last event in the ledger. Whoever has the "
    "ledger reads it off with any QR reader and runs: screening verify --code CODE. The answer "
    "says whether the ledger holds this record, and whether it has gone on since.",
    criteria_head=("Criterion", "In the protocol's words; what was answered", "Finding"),
    trail_head=("No.", "Received: at the site (UTC)", "Person (role)", "What happened"),
    stamp_says=lambda at: (
        f"  RFC 3161 time stamp of {at:%Y-%m-%d %H:%M:%S} UTC by its own word; to be checked with "
        "screening verify --stamp"
    ),
    written=lambda name, size: f"{name}: {counted(size, 'byte', 'bytes')}, PDF/A-2a.",
    bad_name=lambda name: f"{name} does not end in .pdf.",
    bad_code="This is no verification code of a record: copy all of it, from SCREENING-RECORD on.",
    code_agrees=lambda number, events, stood: (
        f"The ledger holds this record: {number} after {counted(events, 'event', 'events')}, "
        f"{stood}."
    ),
    stood={
        "unbound": "with a signature over another record",
        "signed": "with a signature that stood",
        "unsigned": "without a signature",
    },
    moved_on=lambda events: (
        f"It has gone on since: {counted(events, 'event', 'events')} more. Print it anew."
    ),
    code_erased=lambda number: (
        f"The ledger holds the last event of this print of {number}. Its answers were erased "
        "since: nobody can compare them any more."
    ),
    untrue={
        "UNKNOWN": lambda number: f"The ledger holds no record {number}.",
        "AHEAD": lambda number: f"The print tells of more events of {number} than the ledger has.",
        "OTHER_EVENT": lambda number: (
            f"The last event of this print of {number} is not the one in the ledger."
        ),
        "OTHER_RECORD": lambda number: (
            f"The record of {number} in the ledger is not the one that was printed."
        ),
    },
)

FORM = FormTexts(
    title=lambda acronym: f"{acronym}: screening on paper",
    subtitle=lambda version, digest: f"protocol {version} · SHA-256 {digest}",
    purpose="For when the bot cannot be reached. The questions are those of the bot, in its order, "
    "made from the same protocol file. Enter the form as soon as the bot is back; the paper stays "
    "at the site.",
    rules=(
        "Write no name, initials, birth date or hospital number of the patient anywhere.",
        "Answer in order and stop at the first exclusion. What was not asked stays empty: an "
        "empty box is never a no.",
        "Correct by one stroke through the old answer, which stays readable; beside it the new "
        "one, why, when and who.",
        "There is no waiver of a criterion.",
    ),
    fields=(
        "Site",
        "No. of this form at the site",
        "Begun: date and time",
        "Answered by: printed name and role",
    ),
    number="Screening number, once it is entered",
    date_boxes=("day", "month", "year"),
    partial="As much as is known: year, or month and year.",
    only_if=lambda words: f"Only if {words}",
    both=" and ",
    either=" or ",
    by_rule="the rule below needs it",
    quoted=lambda words: f"“{words}”",
    band="Beyond these limits tick the box and write no number:",
    finding="Criterion",
    findings={
        "inclusion": ("met", "not met: excludes", "open"),
        "exclusion": ("not met", "met: excludes", "open"),
    },
    at="time",
    verdicts={
        "eligible": "Eligible: every criterion passes",
        "ineligible": "Ineligible",
        "not_yet": "Not yet",
        "pending": "Pending",
    },
    blanks={
        "ineligible": "first failing criterion",
        "not_yet": "until",
        "pending": "criteria that are open",
    },
    signature_fields=("Printed name", "Signature", "Date", "Time"),
    entered="Entered into the bot",
)

DOSSIER = DossierTexts(
    title=lambda acronym: f"{acronym}: inspection bundle",
    made="Made",
    every_site="all sites",
    ledger="Ledger",
    ledger_at=lambda events, digest: (
        f"{counted(events, 'event', 'events')} when this was made, the last one {digest}"
    ),
    version="Software",
    contents="Contents",
    counts=lambda screenings, checks: (
        f"{counted(screenings, 'screening', 'screenings')}, "
        f"{counted(checks, 'quick check', 'quick checks')}"
    ),
    inside="This bundle holds calendar dates and the names of those who signed: it stays at the "
    "site, or goes to whoever may inspect the site.",
    no_practice="Practice runs are not in it. Of an erased screening there is what stays of it.",
    not_counted="Whoever is screened again counts once in the screening log; each attempt has a "
    "record of its own.",
    verify="How to verify it",
    steps={
        "sums": "No file was changed since the bundle was made. In the folder of this index:",
        "record": "A record, on paper or on the screen, is the one in the ledger. With the code "
        "that stands on it:",
        "checkpoint": "The ledger is the one that was signed. With a checkpoint that was kept "
        "elsewhere, and the line of the key:",
        "stamp": "A checkpoint existed at the time of its time stamp. With the root certificate "
        "of the authority:",
        "ledger": "The ledger in this bundle holds together and agrees with a checkpoint; Python "
        "is enough, without this software:",
    },
    files=("File", "Bytes", "SHA-256"),
    folders={
        "records": "Screening records",
        "quick-checks": "Quick checks",
        "tables": "Screening log, enrolment log, delegation log, audit trail, queries",
        "protocols": "Protocol versions, word for word",
        "checkpoints": "Checkpoints, with their time stamps",
        "ledger": "The ledger, as it is stored",
    },
    written=lambda name, files, records: (
        f"{name}: {counted(files, 'file', 'files')}, "
        f"{counted(records, 'record', 'records')}; begin with index.html."
    ),
    exists=lambda name: f"{name} is there already: nothing is overwritten.",
)
