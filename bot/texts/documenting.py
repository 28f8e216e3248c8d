"""The shape of what stands on paper: the record, the blank form, and the check of a print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

Says = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTexts:
    """What the printed record says beside the words of the record, and what is said of its code."""

    page_of: tuple[str, str]
    """Before the page and before the number of pages."""
    marks: Mapping[str, str]
    """What a print is not: `practice`, `quick_check`, `unsigned`, `voided`, `unbound`, `erased`."""
    watermarks: Mapping[str, str]
    """The same in a word or two, behind the text."""
    fingerprint: str
    printed_name: str
    signed_at: str
    meaning: str
    signed_record: str
    carried_by: str
    code: str
    code_how: str
    criteria_head: tuple[str, ...]
    trail_head: tuple[str, ...]
    stamp_says: Callable[[datetime], str]
    written: Callable[[str, int], str]
    """Which file, of how many bytes."""
    bad_name: Says
    bad_code: str
    code_agrees: Callable[[str, int, str], str]
    """Which record, after how many events, and whether a signature stood: one of `stood`."""
    stood: Mapping[str, str]
    moved_on: Callable[[int], str]
    code_erased: Says
    untrue: Mapping[str, Says]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormTexts:
    """What the blank form says beside the words of the protocol."""

    title: Says
    subtitle: Callable[[str, str], str]
    purpose: str
    rules: tuple[str, ...]
    fields: tuple[str, ...]
    number: str
    date_boxes: tuple[str, str, str]
    partial: str
    only_if: Says
    both: str
    either: str
    by_rule: str
    """In place of a condition that is a comparison of quantities."""
    quoted: Says
    band: str
    finding: str
    findings: Mapping[str, tuple[str, ...]]
    at: str
    verdicts: Mapping[str, str]
    blanks: Mapping[str, str]
    """What is to be written beside a verdict, where anything is."""
    signature_fields: tuple[str, ...]
    entered: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierTexts:
    """What the index of the inspection bundle says."""

    title: Says
    made: str
    every_site: str
    ledger: str
    ledger_at: Callable[[int, str], str]
    """How many events, and the digest of the last."""
    version: str
    contents: str
    counts: Callable[[int, int], str]
    """How many screenings and quick checks."""
    inside: str
    no_practice: str
    not_counted: str
    verify: str
    steps: Mapping[str, str]
    files: tuple[str, str, str]
    folders: Mapping[str, str]
    written: Callable[[str, int, int], str]
    """Where, how many files, how many records."""
    exists: Says
