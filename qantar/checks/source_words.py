"""Checks against our text copies: printed words, and quantities and sentences that no row accounts for."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from qantar.checks.problem import Problem, RawTables, problem_at
from qantar.checks.statements import number_or_none
from qantar.record import quantities, source_text, tables, wording

# The column of a table that holds words as a source prints them.
_PRINTED = {**dict.fromkeys(("claims", "mentions", "statements"), "as_printed"), "reading": "span"}
_HEDGE = {"claims": "modality", "mentions": "hedge", "statements": "hedge"}
# The rules that say what of a text is still to be read, which is no fault of a row.
UNREAD = ("unread-place", "unread-quantity", "unread-sentence")
_AROUND = 30  # characters of the text that are shown on each side of a quantity


class _Span(NamedTuple):
    """Printed words, and the row that says where they stand."""

    table: str
    index: int
    words: str
    row: dict


def span_problems(raw: RawTables, folder: Path | None) -> tuple[list[Problem], int]:
    """Return the problems with the text copies in `folder`, and how many spans were not looked up."""
    problems, unverified = [], 0
    spans = defaultdict(list)
    for table, column in _PRINTED.items():
        for index, row in tables.rows(raw[table].dropna(subset=column)):
            spans[row["source_id"]].append(_Span(table, index, row[column], row))
    for index, source in tables.rows(raw["sources"]):
        source_id = source["source_id"]
        digest = source_text.sha256(source_id, folder) if folder else None
        if digest is None:
            unverified += len(spans[source_id])
            continue
        blocks = source_text.paragraphs(source_id, folder)
        if found := _text_finding(source, digest, blocks):
            problems.append(problem_at("sources", index, *found))
            continue
        for span in spans[source_id]:
            problems += _span_problems(span, blocks)
        reading = raw["reading"][raw["reading"]["source_id"] == source_id]
        read = source["paragraphs_read"]
        read = range(1, len(blocks) + 1) if pd.isna(read) else source_text.numbers(read)
        problems += _unread(source_id, blocks, reading, spans[source_id], read)
    return problems, unverified


def _text_finding(source: dict, digest: str, blocks: list[str]) -> tuple[str, str, str] | None:
    """Return column, rule and message of how a text copy is not the one that was read, None where it is."""
    copy = f"the text copy of {source['source_id']}"
    if digest != source["text_sha256"]:
        advice = "use the text that was read, or read the new one again and record its hash"
        return "text_sha256", "text-hash", f"{copy} has the hash {digest}; {advice}"
    if number := source_text.lead_in(blocks):
        advice = (
            "put an empty line between them, and type the new hash, the number of paragraphs, "
            "and the places of the rows after it"
        )
        words = f"paragraph {number} of {copy} has words before its first bullet, which no row could name"
        return "text_sha256", "text-lead-in", f"{words}; {advice}"
    if len(blocks) != source["paragraphs"]:
        return "paragraphs", "text-paragraphs", f"{copy} has {len(blocks)} paragraphs; type that"
    return None


def _span_problems(span: _Span, blocks: list[str]) -> Iterator[Problem]:
    """Printed words stand in their place, and are not cut off from a word that changes their bound."""
    column = _PRINTED[span.table]
    where = span.words, blocks, span.row["paragraph"], span.row["item"]
    if found := source_text.place_problem(*where):
        message = f'"{span.words}": {found}; copy the words from the text, or correct paragraph and item'
        yield problem_at(span.table, span.index, column, "span-not-found", message)
        return
    hedge = _HEDGE.get(span.table)
    if hedge and span.row[hedge] == "quotation" and not source_text.in_quotation(*where):
        message = f'"{span.words}" stands outside quotation marks; correct {hedge}, or copy the quoted words'
        yield problem_at(span.table, span.index, hedge, "no-quotation", message)
    if span.table == "claims":
        bound, value = span.row["bound"], number_or_none(span.row["value"])
        if cut := wording.cut_short(source_text.in_context(*where), bound, value):
            message = f"{cut}; type these words too, and their bound"
            yield problem_at(span.table, span.index, column, "span-cut-short", message)


def _unread(
    source_id: str,
    blocks: list[str],
    reading: pd.DataFrame,
    spans: list[_Span],
    read: Collection[int],
) -> Iterator[Problem]:
    """Each item of the paragraphs that were `read` has a row in reading.

    Of a recorded one each quantity lies in printed words or in a span of reading, and each sentence holds
    printed words or has a row.
    """
    texts = {(paragraph, item): text for paragraph, item, text in source_text.parts(blocks)}
    outcomes, ledger = {}, defaultdict(dict)
    for index, row in tables.rows(reading):
        place = row["paragraph"], row["item"]
        if place not in texts:
            message = f"paragraph {place[0]} of {source_id} has no item {place[1]}; count the bullets"
            yield problem_at("reading", index, "item", "no-such-item", message)
        if not pd.isna(row["sentence"]):
            ledger[place][row["sentence"]] = index
        elif pd.isna(row["span"]):
            outcomes[place] = row["outcome"]
    words, recorded = defaultdict(list), defaultdict(list)
    for span in spans:
        words[span.row["paragraph"], span.row["item"]].append(span.words)
        if span.table != "reading":
            recorded[span.row["paragraph"], span.row["item"]].append(span.words)
    for place, text in texts.items():
        if place[0] not in read:
            continue
        here = f"paragraph {place[0]}, item {place[1]} of {source_id}"
        if place not in outcomes:
            message = f"{here} has no row; say what became of it"
            yield Problem("reading", None, None, "unread-place", message)
        elif outcomes[place] == "recorded":
            covered = source_text.places(text, words[place]) + source_text.run_on(blocks, *place, words)
            for start, end, quantity in quantities.left_over(text, covered):
                printed = f'"{quantity}" ("{text[max(0, start - _AROUND) : end + _AROUND]}")'
                advice = "record it, or say in reading why it is skipped"
                message = f"{here} prints {printed}, which no row accounts for; {advice}"
                yield Problem("reading", None, None, "unread-quantity", message)
            covered = source_text.places(text, recorded[place])
            covered += source_text.run_on(blocks, *place, recorded)
            covered += source_text.run_off(blocks, *place, recorded)
            yield from _unread_sentences(here, text, covered, ledger[place])


def _unread_sentences(
    here: str, text: str, covered: list[source_text.Span], ledger: dict[int, int]
) -> Iterator[Problem]:
    """A sentence holds printed words of a row, or else has its number in `ledger`, which gives the row."""
    sentences = source_text.sentences(text)
    for number, (start, end) in enumerate(sentences, 1):
        is_recorded = any(first < end and start < last for first, last in covered)
        if number in ledger and is_recorded:
            message = f"printed words of a row stand in sentence {number} of {here}; delete this row"
            yield problem_at("reading", ledger[number], "sentence", "sentence-recorded", message)
        elif number not in ledger and not is_recorded:
            printed = f'"{text[start:end].strip()[: 2 * _AROUND]}"'
            message = f"no row carries sentence {number} of {here}: {printed}; record it, or say why not"
            yield Problem("reading", None, None, "unread-sentence", message)
    for number in sorted(ledger.keys() - range(1, len(sentences) + 1)):
        message = f"{here} has {len(sentences)} sentences, not {number}; count them"
        yield problem_at("reading", ledger[number], "sentence", "no-such-sentence", message)
