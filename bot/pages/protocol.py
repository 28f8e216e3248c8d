"""The page of a protocol that a committee can read: every word that the bot will ask and apply."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from bot.cards.wording import band_labels
from bot.texts.shape import Texts
from flows.protocol.model import Criterion, Input, Option
from flows.rulebook import Rulebook


def protocol_page(book: Rulebook, texts: Texts) -> str:
    """The whole protocol as Markdown."""
    return "\n".join(_lines(book, texts)) + "\n"


def _lines(book: Rulebook, texts: Texts) -> Iterator[str]:
    protocol, words, language = book.protocol, texts.protocol, texts.language
    yield f"# {protocol.acronym}{texts.colon}{protocol.title.of(language)}"
    yield ""
    yield f"{words.version}{texts.colon}{protocol.version}  "
    yield f"{words.fingerprint}{texts.colon}`{book.sha256}`  "
    ids = ", ".join(protocol.registry_ids.values())
    yield f"{words.registry}{texts.colon}{ids}  "
    yield f"{words.target(protocol.target)}  "
    yield words.signed_by[protocol.signed_by]
    yield ""
    yield protocol.status.of(language)
    yield ""
    yield f"**{words.dates}** {protocol.date_rule.of(language)}"
    for kind, heading in (("inclusion", words.inclusion), ("exclusion", words.exclusion)):
        yield f"\n## {heading}"
        for criterion in protocol.criteria:
            if criterion.kind == kind:
                yield from _criterion(criterion, texts)
    if protocol.advisories:
        yield f"\n## {words.advisories}\n"
        yield from (f"* {advisory.label.of(language)}" for advisory in protocol.advisories)
    yield f"\n## {words.sources}\n"
    yield from (f"* `{source.id}`{texts.colon}{source.text}" for source in protocol.sources)


def _criterion(criterion: Criterion, texts: Texts) -> Iterator[str]:
    words, language = texts.protocol, texts.language
    yield f"\n### {criterion.id}\n"
    yield f"> {criterion.text.of(language)}\n"
    if criterion.confidential:
        yield f"{words.confidential}\n"
    if criterion.note:
        yield f"{words.note}{texts.colon}{criterion.note.of(language)}\n"
    for entry in criterion.inputs:
        yield from _input(entry, texts)
    yield f"**{words.rule}** {criterion.rule_text.of(language)}\n"
    if criterion.judgement:
        yield f"**{words.judgement}** {criterion.judgement.question.of(language)}\n"
    if criterion.deadlines:
        labels = "; ".join(deadline.label.of(language) for deadline in criterion.deadlines)
        yield f"**{words.deadlines}** {labels}\n"
    yield f"**{words.help}** {criterion.help.of(language)}\n"
    if criterion.meanings:
        yield f"**{words.meanings}**"
        yield from (
            f"* `{code}`{texts.colon}{text.of(language)}"
            for code, text in criterion.meanings.items()
        )
        yield ""
    yield f"**{words.may_change}** {criterion.may_change.until.of(language)}\n"
    if criterion.open_points:
        yield f"**{words.open_points}**"
        yield from (f"* {point.of(language)}" for point in criterion.open_points)
        yield ""
    yield f"**{words.sources}** {', '.join(criterion.sources)}"


def _input(entry: Input, texts: Texts) -> Iterator[str]:
    words, language = texts.protocol, texts.language
    yield f"**{entry.question.of(language)}** (`{entry.id}`)"
    if entry.record_only:
        yield f"* {words.record_only}"
    if entry.minimum is not None:
        unit = f" {entry.unit.of(language)}" if entry.unit else ""
        yield f"* {words.within(entry.minimum, entry.maximum)}{unit}"
    yield from _options(words.choices, entry.choices, texts)
    yield from _options(words.non_answers, entry.non_answers, texts)
    if bands := band_labels(entry):
        yield f"* {words.kept}{texts.colon}{', '.join(label for _, label in bands)}"
    if entry.keep_precision_for:
        yield f"* {words.kept_precision}"
    yield from (
        f"* {words.refused}{texts.colon}{rule.message.of(language)}" for rule in entry.refuse
    )
    yield from (f"* {words.warned}{texts.colon}{rule.message.of(language)}" for rule in entry.warn)
    yield ""


def _options(heading: str, options: list[Option], texts: Texts) -> Iterator[str]:
    if options:
        labels = "; ".join(
            f"{option.label.of(texts.language)} (`{option.code}`)" for option in options
        )
        yield f"* {heading}{texts.colon}{labels}"


LONGEST_PAGE = 3900
"""Characters of one page on a phone: Telegram takes 4096."""


def short_page(book: Rulebook, texts: Texts) -> list[str]:
    """Version, criteria and sources as pages of HTML, each short enough for one message."""
    protocol, words, language = book.protocol, texts.protocol, texts.language
    blocks = [
        f"<b>{escape(protocol.acronym)}</b> {escape(protocol.title.of(language))}\n"
        f"{words.version}{texts.colon}{escape(protocol.version)}\n"
        f"<code>{book.sha256[:16]}…</code>\n{words.target(protocol.target)}",
        f"<i>{escape(protocol.status.of(language))}</i>",
    ]
    for kind, heading in (("inclusion", words.inclusion), ("exclusion", words.exclusion)):
        blocks.append(f"<b>{heading}</b>")
        blocks += [
            f"<b>{criterion.id}</b> {escape(criterion.text.of(language))}"
            for criterion in protocol.criteria
            if criterion.kind == kind
        ]
    sources = "\n".join(f"• {escape(source.text)}" for source in protocol.sources)
    blocks.append(f"<b>{words.sources}</b>\n<blockquote expandable>{sources}</blockquote>")
    return _paged(blocks)


def _paged(blocks: list[str]) -> list[str]:
    pages = [""]
    for block in blocks:
        if pages[-1] and len(pages[-1]) + len(block) + 2 > LONGEST_PAGE:
            pages.append("")
        pages[-1] += f"\n\n{block}" if pages[-1] else block
    return pages
