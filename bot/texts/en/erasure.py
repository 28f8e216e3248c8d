"""English, for screenings that were erased."""

from __future__ import annotations

from bot.texts.beside import ErasureTexts
from flows.erasure import ErasureReason

ERASURE = ErasureTexts(
    usage="Which screening? Send /erase and its number, as /erase 7K3F-9QXV.",
    why=lambda number: (
        f"Erase screening {number}? Nobody will be able to read its answers again, and nothing "
        "brings them back. Why?"
    ),
    sure=lambda number, reason: f"Erase {number} for good: {reason}. Are you sure?",
    yes="Yes, erase it for good",
    no="No, keep it",
    kept=lambda number: f"{number} is kept.",
    done=lambda number: f"Screening {number} is erased.",
    kin=lambda number, others: (
        f"Other attempts over the same patient may hold the same answers and are not erased: "
        f"{others}. {number} was erased alone."
    ),
    erased=lambda number: f"Screening {number} was erased. Its answers can no longer be read.",
    not_sealed=lambda number, count: (
        f"{number} cannot be erased: {count} of its events were recorded before answers were "
        "encrypted."
    ),
    moving=lambda number: f"Somebody is answering in {number} just now: nothing was erased.",
    which_reason=lambda codes: f"--reason takes one of: {codes}.",
    reasons={
        ErasureReason.ENTERED_IN_ERROR: "identifying data entered by accident",
        ErasureReason.WITHDRAWN_REQUEST: "the patient's request",
        ErasureReason.OPENED_BY_MISTAKE: "opened by mistake",
        ErasureReason.RETENTION: "kept as long as the site keeps it",
    },
    stage="erased",
    verdict_then="Verdict at the time",
    opened_by="Opened by",
    signed_then="Signed",
    erased_on=lambda when, why, who: f"Erased on {when}, reason: {why}, by {who}",
    gone="Its key was destroyed: its answers can no longer be read. The chain still verifies.",
    no_record_key="The keys of this database are wrapped: set RECORD_KEY to the key that they "
    "were wrapped under. Without it no answer can be read.",
    other_record_key="RECORD_KEY is not the key that the keys of this database were wrapped under. "
    "To change it, set the one before as RECORD_KEY_OLD and run: screening rekey",
    rekeyed=lambda count: f"{count} keys are now wrapped under RECORD_KEY.",
    laid_plain=lambda count: (
        f"{count} keys are no longer wrapped: RECORD_KEY is not set. Whoever has the database can "
        "read the answers."
    ),
)
