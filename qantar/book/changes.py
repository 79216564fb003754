"""What an edit changes for a reader.

Rows, the latest figures, contradictions, sentences, tables, charts and pages.
"""

import difflib
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from qantar import paths, settings
from qantar.book import states
from qantar.book.states import State
from qantar.presentation import disagreements, markdown, sentences
from qantar.record import comparisons, load, query, releases, tables
from qantar.record.releases import Shown

_CORRECTIONS = "book/reference/corrections"


class Row(NamedTuple):
    """A row that was added, changed or removed (`what`), its cells as (column, before, after)."""

    table: str
    key: str
    what: str
    cells: list[tuple[str, str, str]]


class Sentence(NamedTuple):
    """A computed sentence of a page before and after; one of them is empty where it is new or gone."""

    page: str
    before: str
    after: str


class Changes(NamedTuple):
    """What changed since a state.

    `latest` and `contradictions` are Markdown, `shown` the tables and charts as (page, cell, what), `pages`
    the names of all pages that changed.
    """

    since: str
    rows: list[Row]
    latest: list[str]
    contradictions: list[str]
    sentences: list[Sentence]
    shown: list[tuple[str, str, str]]
    pages: list[str]


def compare(before: State, after: State, record: query.Record) -> Changes:
    """Return what changed from one state to another; `record` is the record of the later one."""
    rows = _rows(before, after)
    touched = {(row.table, row.key) for row in rows if row.what != "removed"}
    kinds = {part.what for parts in before.shown.values() for part in parts}
    rewritten, shown, pages = [], [], {}
    for place in dict.fromkeys([*before.shown, *after.shown]):
        old, new = before.shown.get(place, []), after.shown.get(place, [])
        # Of a kind that the earlier state kept nothing of, nothing can be said.
        if old == new or not kinds.intersection(part.what for part in [*old, *new]):
            continue
        page, cell = place
        rewritten += [Sentence(page, *pair) for pair in _rewritten(old, new)]
        for what in ("table", "chart"):
            if _hashes_of(what, old) != _hashes_of(what, new):
                shown.append((page, cell, what))
        pages[page] = True
    if any(row.table == "corrections" for row in rows):
        pages[_CORRECTIONS] = True
    return Changes(
        before.name,
        rows,
        _latest(record, touched),
        _contradictions(record, touched),
        rewritten,
        shown,
        list(pages),
    )


def _rows(before: State, after: State) -> list[Row]:
    found = []
    for table, new in after.rows.items():
        old = before.rows.get(table, {})
        found += [Row(table, _name(table, key, before.cells), "removed", []) for key in old if key not in new]
        found += [Row(table, _name(table, key, after.cells), "added", []) for key in new if key not in old]
        changed = [key for key in new if key in old and _differs(before, after, table, key)]
        found += [Row(table, key, "changed", _cells(before, after, table, key)) for key in changed]
    return found


def _differs(before: State, after: State, table: str, key: str) -> bool:
    if before.cells is None:
        return before.rows[table][key] != after.rows[table][key]
    return before.cells[table][key] != after.cells[table][key]


def _name(table: str, key: str, cells: dict | None) -> str:
    """Return the key of a row as it is shown.

    Of a correction, which has none, its day and what it corrects.
    """
    if table != "corrections" or cells is None:
        return key
    return " ".join(cells[table][key][column] for column in ("date", "table", "row_id", "column"))


def _cells(before: State, after: State, table: str, key: str) -> list[tuple[str, str, str]]:
    """Return the changed cells of a row.

    From both states, or from new corrections where the earlier has only hashes.
    """
    new = after.cells[table][key]
    if before.cells is not None:
        old = before.cells[table][key]
        pairs = [(column, old.get(column, ""), new.get(column, "")) for column in dict.fromkeys([*old, *new])]
        return [(column, was, is_now) for column, was, is_now in pairs if was != is_now]
    released = before.rows.get("corrections", {})
    corrections = [row for digest, row in after.cells["corrections"].items() if digest not in released]
    return [
        (row["column"], row.get("old", ""), row.get("new", ""))
        for row in corrections
        if (row["table"], row["row_id"]) == (table, key)
    ]


def _latest(record: query.Record, touched: set[tuple[str, str]]) -> list[str]:
    """Return the added or changed claims that are the latest of their speaker on their measure."""
    keys = {key for table, key in touched if table == "claims"}
    found = []
    for measure in record.claims.loc[record.claims["claim_id"].isin(keys), "measure_id"].unique():
        for _, claim in record.latest_claims(measure).iterrows():
            if claim["claim_id"] in keys:
                found.append(f"{markdown.escape(claim['label'])}: {sentences.said(claim, home='')}")
    return found


def _contradictions(record: query.Record, touched: set[tuple[str, str]]) -> list[str]:
    """Return contradicting figures, and facts told differently, in which a row is new or changed."""
    found = []
    for pair in comparisons.conflicts(record).itertuples():
        if {("claims", pair.claim_id), ("claims", pair.other_id)} & touched:
            first, second = (record.claims_by_id(claim).iloc[0] for claim in (pair.claim_id, pair.other_id))
            two = f"{sentences.said(first, home='')} and {sentences.said(second, home='')}"
            found.append(f"{two} exclude each other {disagreements.EXCLUDES[pair.dates]}")
    for row in comparisons.differences(record).itertuples():
        if row.agrees == "differs" and ("mentions", row.mention_id) in touched:
            place = f"{markdown.escape(row.cited_as)}, paragraph {row.paragraph}"
            on = markdown.escape(markdown.spelt(row.differs_on))
            found.append(f"{place}, tells otherwise of {markdown.escape(row.label)}: {on}")
    return found


def _hashes_of(what: str, parts: list[Shown]) -> list[str]:
    return [part.sha256 for part in parts if part.what == what]


def _rewritten(old: list[Shown], new: list[Shown]) -> list[tuple[str, str]]:
    """Return the sentences of a cell that differ, as pairs of before and after; empty where there is none."""
    old, new = ([part for part in parts if part.what == "text"] for parts in (old, new))
    matcher = difflib.SequenceMatcher(None, _hashes_of("text", old), _hashes_of("text", new), autojunk=False)
    pairs = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        gone, come = [part.text for part in old[a:b]], [part.text for part in new[c:d]]
        longest = max(len(gone), len(come))
        gone += [""] * (longest - len(gone))
        come += [""] * (longest - len(come))
        pairs += zip(gone, come, strict=True)
    return pairs


def since_release(root: Path = paths.ROOT, made: dict[str, bytes] | None = None) -> Changes | None:
    """Return what changed since the newest release that differs from the checkout; None where there is no
    release.

    Right after a release nothing differs from it, and a reader wants to know what it changed: so the release
    before is taken then. `made` as in `states.shown`.
    """
    data = Path(root) / "data"
    known = releases.releases(data)
    if not known:
        return None
    now = states.of_checkout(root, with_names=False, made=made)
    record = load(data=data, edition=settings.WHOLE)
    for release in reversed(known):
        before = states.of_release(release, data)
        if _rows(before, now) or before.shown != now.shown:
            break
    return compare(before, now, record)


# --- in words ---


def as_text(changes: Changes) -> list[str]:
    """Return changes as lines for a terminal."""
    lines = []
    declared = tables.resources()
    for row in changes.rows:
        path = f"data/{declared[row.table]['path']}" if row.table in declared else row.table
        if row.what != "changed":
            lines.append(f"{path}: {row.key} is {row.what}")
        for column, old, new in row.cells:
            lines.append(f"{path}: {row.key}, column {column}: {old or 'empty'} becomes {new or 'empty'}")
    rewritten = []
    for page, before, after in changes.sentences:
        rewritten.append(f"{page}\n    before: {before or '(none)'}\n    after:  {after or '(none)'}")
    for heading, found in (
        ("now the latest of who says so", map(_plain, changes.latest)),
        ("contradictions in which an added or changed row has a part", map(_plain, changes.contradictions)),
        ("sentences", rewritten),
        ("tables and charts", [f"{page}, cell {cell}: {what}" for page, cell, what in changes.shown]),
        ("pages", changes.pages),
    ):
        if found := list(found):
            lines += ["", f"{heading}:", *(f"  {line}" for line in found)]
    return lines


def _plain(text: str) -> str:
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("\\", "")


def summary(changes: Changes) -> list[str]:
    """Return changes as the lines of a changelog entry."""
    counted = Counter((row.table, row.what) for row in changes.rows)
    reads = "reads" if len(changes.sentences) == 1 else "read"
    pages = len({sentence.page for sentence in changes.sentences})
    return [
        *(f"{table}: {sentences.count(number, 'row')} {what}" for (table, what), number in counted.items()),
        *(f"Latest now: {_plain(line)}." for line in changes.latest),
        *(f"Contradiction with an added or changed row: {_plain(line)}." for line in changes.contradictions),
        f"{sentences.count(len(changes.sentences), 'computed sentence')} {reads} otherwise, "
        f"on {sentences.count(pages, 'page')}; {sentences.count(len(changes.pages), 'page')} changed in all.",
    ]
