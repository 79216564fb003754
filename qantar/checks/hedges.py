"""The hedges of a source stay: what it calls alleged, expected or only is neither hardened nor softened.

The row in our words (label, summary) is compared with the printed words behind it. A row that hedges
otherwise for a reason says so in hedge_reason of its statement or mention: a note may be about anything.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from qantar.checks.problem import Problem, RawTables, problem_at
from qantar.record import source_text, tables

# The hedges that are looked for, by name.
HEDGES = {
    "alleged": r"alleg\w*",
    "reportedly": r"reportedly",
    "apparently": r"apparent\w*|appear(?:s|ed)?(?: to)?",
    "believed": r"believed",
    "expected": r"expected",
    "only": r"only|just|merely",
}
# Other words that keep a hedge: an accusation, a claim or a suspicion is alleged too.
_KEPT_BY = {
    "alleged": r"accus\w*|claim\w*|said|says|suspect\w*|suspicion|supposed\w*|so-called|reported\w*"
    r"|concern\w*|charges?",
    "reportedly": r"report\w*|said|says|told|accord\w*|alleg\w*|conclud\w*|information available",
    "apparently": r"seem\w*|signs?|indicat\w*|by what is known|likely|suspect\w*",
    "believed": r"believe\w*|considered|suggest\w*|thought|suspect\w*|deemed",
    "expected": r"expect\w*|plan\w*|scheduled|will|would|eligible",
    "only": r"no more|nothing but|simply",
}
# The hedge of a statement and the words of its summary that keep it.
_IN_SUMMARY = {
    "reported": "reportedly",
    "alleged": "alleged",
    "appears": "apparently",
    "believed": "believed",
    "expected": "expected",
}
_POSSIBLE = r"may|might|could|can|risks?|fear\w*|concern\w*|whether|would"
# The tables of things that say in our words what happened, and the columns of these words.
_IN_OUR_WORDS = {
    "cases": ("label", "summary"),
    "assemblies": ("label", "summary"),
    "incidents": ("label", "summary"),
    "acts": ("summary",),
}
_REASON = "or say in hedge_reason why"


def hedge_problems(raw: RawTables, folder: Path | None) -> Iterator[Problem]:
    """Yield a problem for each hedge that a row loses or adds.

    Text copies in `folder` tell what stands around printed words; without them only these words count.
    """
    texts = _Texts(raw, folder)
    yield from _of_claims(raw["claims"], texts)
    yield from _of_statements(raw["statements"], texts)
    yield from _of_things(raw, texts)


def hedges_in(text: str, kept: bool = False) -> set[str]:
    """Return the names of the hedges in a text; with `kept`, also of those that other words keep."""
    found = {name for name, words in HEDGES.items() if _has(words, text)}
    return found | {name for name, words in _KEPT_BY.items() if kept and _has(words, text)}


def _has(words: str, text: str) -> bool:
    return bool(re.search(rf"\b(?:{words})\b", text, re.IGNORECASE))


class _Texts:
    """The text copies that were read: the words before printed words, and the sentences that hold them."""

    def __init__(self, raw: RawTables, folder: Path | None) -> None:
        self._parts = {}
        for source in raw["sources"]["source_id"] if folder else ():
            if source_text.sha256(source, folder):
                parts = source_text.parts(source_text.paragraphs(source, folder))
                self._parts[source] = {(paragraph, item): text for paragraph, item, text in parts}

    def has(self, source: str) -> bool:
        return source in self._parts

    def _found(self, row: dict) -> Iterator[tuple[str, int, int]]:
        text = self._parts.get(row["source_id"], {}).get((row["paragraph"], row["item"]), "")
        for start, end in source_text.places(text, [row["as_printed"]]):
            yield text, start, end

    def with_word_before(self, row: dict) -> str:
        """Return printed words with the word before them, where that is alike in every place."""
        before = {" ".join(text[:start].split()[-1:]) for text, start, _ in self._found(row)}
        return f"{before.pop()} {row['as_printed']}" if len(before) == 1 else row["as_printed"]

    def sentences(self, row: dict) -> str:
        """Return the sentences in which printed words stand, and the words themselves."""
        found = [row["as_printed"]]
        for text, start, end in self._found(row):
            found += [text[a:b] for a, b in source_text.sentences(text) if a < end and start < b]
        return " ".join(found)


def _of_claims(claims: pd.DataFrame, texts: _Texts) -> Iterator[Problem]:
    """A claim stresses (emphasis) what its source stresses."""
    for index, claim in tables.rows(claims):
        printed = "only" in hedges_in(texts.with_word_before(claim))
        if printed and pd.isna(claim["emphasis"]):
            message = (
                f'is empty, but the source says only, just or merely ("{claim["as_printed"]}"); type only'
            )
            yield problem_at("claims", index, "emphasis", "hedge-lost", message)
        elif not printed and not pd.isna(claim["emphasis"]):
            message = f'is typed, but the source does not say so ("{claim["as_printed"]}"); leave it empty'
            yield problem_at("claims", index, "emphasis", "hedge-added", message)


def _of_statements(statements: pd.DataFrame, texts: _Texts) -> Iterator[Problem]:
    """The summary keeps the hedge that is typed and those of the printed words, and adds none."""
    for index, row in tables.rows(statements[statements["hedge_reason"].isna()]):
        summary, hedge = row["summary"], row["hedge"]
        attributed = not pd.isna(row["speaker"]) and row["voice"] == "reports"
        by_speaker = attributed and hedge in ("reported", "alleged")  # "according to" says it
        if hedge == "possible" and not _has(_POSSIBLE, summary):
            message = f"leaves open nothing, but hedge is possible; say may, might or could, {_REASON}"
            yield problem_at("statements", index, "summary", "hedge-lost", message)
        elif hedge in _IN_SUMMARY and not by_speaker:
            name = _IN_SUMMARY[hedge]
            if name not in hedges_in(summary, kept=True):
                message = f"does not say {name}, but hedge is {hedge}; say so, {_REASON}"
                yield problem_at("statements", index, "summary", "hedge-lost", message)
        lost = hedges_in(row["as_printed"]) - hedges_in(summary, kept=True)
        for name in sorted(lost):
            message = f'does not say {name}, but "{row["as_printed"]}" does; say so, {_REASON}'
            yield problem_at("statements", index, "summary", "hedge-lost", message)
        if texts.has(row["source_id"]):
            yield from _added("statements", index, "summary", summary, texts.sentences(row))


def _added(table: str, index: int, column: str, ours: str, printed: str) -> Iterator[Problem]:
    for name in sorted(hedges_in(ours) - hedges_in(printed, kept=True)):
        message = f"says {name}, but the printed words behind it do not; leave it out, {_REASON}"
        yield problem_at(table, index, column, "hedge-added", message)


def _of_things(raw: RawTables, texts: _Texts) -> Iterator[Problem]:
    """The label and summary of a thing keep the hedges of the words that tell of it, and add none."""
    told = defaultdict(list)
    for index, mention in tables.rows(raw["mentions"]):
        told[mention["table"], mention["row_id"]].append((index, mention))
    for table, columns in _IN_OUR_WORDS.items():
        for index, row in tables.rows(raw[table]):
            mentions = told[table, row[tables.key(table)]]
            ours = " ".join(row[column] for column in (*columns, "note") if not pd.isna(row[column]))
            kept, sentences, excused = hedges_in(ours, kept=True), [], False
            for number, mention in mentions:
                excused |= not pd.isna(mention["hedge_reason"])
                if pd.isna(mention["as_printed"]):
                    sentences.append("")
                    continue
                sentences.append(texts.sentences(mention))
                lost = hedges_in(mention["as_printed"]) - kept
                for name in sorted(lost) if pd.isna(mention["hedge_reason"]) else ():
                    message = (
                        f"says {name}, but {mention['row_id']} of {table}.csv does not; say so, {_REASON}"
                    )
                    yield problem_at("mentions", number, "as_printed", "hedge-lost", message)
            hedged = bool(mentions) and all(mention["hedge"] != "stated" for _, mention in mentions)
            if hedged and not excused and not (kept or _has(_POSSIBLE, ours)):
                message = f"is told as a fact, but every source hedges it; say so, {_REASON}"
                yield problem_at(table, index, columns[-1], "hedge-lost", message)
            complete = all(texts.has(mention["source_id"]) for _, mention in mentions) and all(sentences)
            if complete and not excused:
                for column in columns:
                    yield from _added(table, index, column, row[column], " ".join(sentences))
