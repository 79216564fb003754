"""A report that is being read: the rows that a person has accepted, one step after the other, kept on disk.

Each step is written to a file before the next one is asked for, so that a crash loses nothing. Nothing of it
is in the record until `save`, which adds all rows at once, or none.
"""

import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from qantar.checks.problem import Problem
from qantar.checks.source_words import UNREAD
from qantar.editing.draft import PLACE, Draft, Refused, Row
from qantar.record import quantities, source_text, tables

FOLDER = ".drafts"  # beside data/; git ignores it
MOST_BYTES = 2_000_000  # of a text
_OF_A_SOURCE = ("claims", "statements", "mentions", "reading")


class Wrong(NamedTuple):
    """What is wrong with a cell of an accepted row."""

    column: str
    message: str


class Report:
    """A source in the folder `data` as it is read; `texts` is the folder of text copies.

    `second`: by a second reader, from whom the rows of this source are hidden. Raises Refused where the
    record is not well-formed, the source is not known, or its text is not at hand.
    """

    def __init__(self, source_id: str, data: Path, texts: Path | None, second: bool = False) -> None:
        self.source_id, self.record, self.texts, self.second = source_id, Path(data), texts, second
        drafts = self.record.parent / FOLDER
        drafts.mkdir(exist_ok=True)
        self.file = drafts / f"{source_id}{'-second' if second else ''}.json"
        self.draft = Draft(_blind_copy(self.record, drafts, source_id) if second else self.record, texts)
        # What is still to be read of this text was no fault of the record before, and is one of a save.
        self.draft.before = [found for found in self.draft.before if source_id not in found.message]
        self.steps = self._kept()
        self._take()
        if self.draft.find("sources", source_id) is None:
            raise Refused(f"{source_id} is not in data/raw/sources.csv; begin with the report itself")
        if self.draft.blocks(source_id) is None:
            raise Refused(
                f"the text copy of {source_id} is not at hand, or is not the one that was read; "
                "put it into the folder that QANTAR_SOURCES names"
            )

    def _kept(self):
        if not self.file.is_file():
            return []
        steps = json.loads(self.file.read_text(encoding="utf-8"))
        return [[Row(table, **cells) for table, cells in step] for step in steps]

    def _take(self):
        """Let the draft hold the rows of all steps."""
        self.draft.new = []
        for step in self.steps:
            for row in step:
                self.draft.add(row)

    def _keep(self):
        """Write the steps, whole or not at all."""
        steps = [[(row.table, dict(row)) for row in step] for step in self.steps]
        tables.write_bytes(self.file, json.dumps(steps, ensure_ascii=False, indent=1).encode("utf-8"))

    # --- what a person does ---

    def accept(self, *rows: Row) -> list[Wrong]:
        """Take rows as one step; return what is wrong with their cells, and take none where something is."""
        wrong = []
        for row in rows:
            for field in tables.fields(row.table, self.draft.data):
                column = field["name"]
                said = self.draft.problem(row, column, row.setdefault(column, ""))
                wrong += [Wrong(column, said)] if said else []
            if not wrong:
                self.draft.add(row)  # a later row may name it
        if wrong:
            self._take()
            return wrong
        self.steps.append(list(rows))
        self._keep()
        return []

    def undo(self) -> list[Row]:
        """Take the last step back; return its rows, none where there is no step."""
        rows = self.steps.pop() if self.steps else []
        self._take()
        self._keep()
        return rows

    def problems(self) -> list[Problem]:
        """Return what the checks say of the record with these rows, and did not say without them."""
        found = self.draft.problems()
        self._take()  # without the rows that the draft adds for places
        return found

    def copied(self, folder: Path) -> Path:
        """Copy the record with these rows into a folder; return the copy."""
        copy = self.draft.copied(folder)
        self._take()  # without the rows that the draft adds for places
        return copy

    def save(self) -> list[tuple[Path, int, Row]]:
        """Add all rows to the record; return for each its file, its row there, and the row.

        Raises Refused where the checks find a problem, or the record was changed meanwhile.
        """
        if self.second:
            raise Refused("a second reading is compared with the first one, and adds no rows by itself")
        if problems := self.problems():
            raise Refused("\n".join(map(str, problems)))
        written = self.draft.save()
        self.file.unlink(missing_ok=True)
        return written

    # --- what is there ---

    def places(self) -> list[tuple[int, int, str]]:
        """Return the items of the text as (paragraph, item, plain text)."""
        return source_text.parts(self.draft.blocks(self.source_id))

    def place(self, paragraph: int, item: int) -> dict[str, str]:
        """Return the cells of a row of this source in a place."""
        return dict(zip(PLACE, (self.source_id, str(paragraph), str(item)), strict=True))

    def rows_at(self, paragraph: int, item: int, *names: str) -> list[dict[str, str]]:
        """Return the rows of tables (default: all with printed words) of this source in a place."""
        here = self.place(paragraph, item).items()
        return [row for name in names or _OF_A_SOURCE for row in self.draft.rows(name) if here <= row.items()]

    def open_quantities(self, paragraph: int, item: int, text: str) -> list[tuple[int, int, str]]:
        """Return the quantities of a place that no row accounts for, as (start, end, words)."""
        if self._outcome(paragraph, item) in ("no_data", "context", "repeats", "out_of_scope"):
            return []
        words = _words(self.rows_at(paragraph, item))
        blocks = self.draft.blocks(self.source_id)
        covered = source_text.places(text, words)
        covered += source_text.run_on(blocks, paragraph, item, {(paragraph, item): words})
        return quantities.left_over(text, covered)

    def open_sentences(self, paragraph: int, item: int, text: str) -> list[int]:
        """Return the sentences of a place, counted from 1, of which nobody has said what became of them."""
        if self._outcome(paragraph, item) in ("no_data", "context", "repeats", "out_of_scope"):
            return []
        told = {row["sentence"] for row in self.rows_at(paragraph, item, "reading")}
        words = _words(self.rows_at(paragraph, item, "claims", "statements", "mentions"))
        covered = source_text.places(text, words)
        found = []
        for number, (start, end) in enumerate(source_text.sentences(text), 1):
            has_words = any(first < end and start < last for first, last in covered)
            if not has_words and str(number) not in told:
                found.append(number)
        return found

    def _outcome(self, paragraph, item):
        return self.draft.outcome(self.place(paragraph, item))

    def coverage(self) -> tuple[int, int]:
        """Return how many places of the text are done, and of how many."""
        places = self.places()
        done = [
            place
            for place in places
            if not self.open_quantities(*place) and not self.open_sentences(*place) and self._is_told(place)
        ]
        return len(done), len(places)

    def _is_told(self, place):
        paragraph, item, _ = place
        return self._outcome(paragraph, item) is not None or bool(
            self.rows_at(paragraph, item, "claims", "statements", "mentions")
        )


def _words(rows: Iterable[dict[str, str]]) -> list[str]:
    return [words for row in rows if (words := row.get("as_printed") or row.get("span"))]


# --- the report itself ---


def new_source(draft: Draft, cells: dict[str, str], text: str) -> tuple[Row, list[Wrong]]:
    """Return the row of a new source whose text was pasted, and what is wrong with it; write nothing."""
    row = Row("sources", **cells)
    blocks = [block for block in re.split(r"\n\s*\n", text) if block.strip()]
    wrong = []
    if len(text.encode("utf-8")) > MOST_BYTES:
        wrong.append(
            Wrong("text", f"the text has over {MOST_BYTES:,} bytes; paste one report, as plain text")
        )
    if not blocks:
        wrong.append(Wrong("text", "is empty; paste the report, with an empty line between its paragraphs"))
    if number := source_text.lead_in(blocks):
        wrong.append(Wrong("text", f"paragraph {number} has words before its first bullet; divide them"))
    row["paragraphs"], row["text_sha256"] = str(len(blocks)), "0" * 64
    for field in tables.fields("sources", draft.data):
        said = draft.problem(row, field["name"], row.setdefault(field["name"], ""))
        wrong += [Wrong(field["name"], said)] if said else []
    return row, wrong


def add_source(draft: Draft, row: Row, text: str) -> None:
    """Write the text of a new source into the folder of text copies, and its row into the record.

    Raises Refused where the text cannot be kept, or the checks find a problem; nothing is left then.
    """
    path = (draft.texts or Path()) / f"{row['source_id']}.txt"
    if draft.texts is None:
        raise Refused("there is no folder of text copies; name one in QANTAR_SOURCES, outside the repository")
    if path.exists():
        raise Refused(f"{path.name} is in the folder of text copies already; choose it instead of pasting")
    try:
        tables.write_bytes(path, text.strip().replace("\r\n", "\n").encode("utf-8") + b"\n")
    except OSError as error:
        raise Refused(f"{path.name} cannot be written ({error.strerror}); name another folder") from None
    row["text_sha256"] = source_text.sha256(row["source_id"], draft.texts)
    draft.add(row)
    if problems := [found for found in draft.problems() if found.rule not in UNREAD]:
        path.unlink()
        raise Refused("\n".join(map(str, problems)))
    draft.new = [row]
    draft.save()


# --- a second reading ---


def _blind_copy(data: Path, drafts: Path, source_id: str) -> Path:
    """Return a copy of the record without the rows that were read from a source."""
    copy = drafts / "blind" / "data"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(data / "raw", copy / "raw")
    shutil.copy(data / "datapackage.json", copy)
    for name in _OF_A_SOURCE:
        path = copy / "raw" / f"{name}.csv"
        header, *lines = path.read_bytes().splitlines(keepends=True)
        rows = tables.read_table(name, data)["source_id"] != source_id
        path.write_bytes(b"".join([header, *(line for line, kept in zip(lines, rows, strict=True) if kept)]))
    return copy


class Difference(NamedTuple):
    """A figure or statement as the two readers typed it; one of them is None where the other has it alone."""

    first: dict[str, str] | None
    second: dict[str, str] | None
    columns: list[str]


_COMPARED = {
    "claims": ("measure_id", "value", "value_to", "bound", "speaker", "voice", "as_of", "modality"),
    "statements": ("kind", "speaker", "voice", "hedge", "date"),
}


def differences(report: Report) -> list[Difference]:
    """Return the figures and statements of the two readings side by side, those that agree first."""
    whole = Draft(report.record, report.texts)
    found = []
    for table, columns in _COMPARED.items():
        first = [row for row in whole.rows(table) if row["source_id"] == report.source_id]
        second = report.draft.added(table)
        for row in first:
            other = next((new for new in second if _is_same(row, new)), None)
            differ = [column for column in columns if other and row[column] != other.get(column, "")]
            found.append(Difference(row, other, differ))
            second = [new for new in second if new is not other]
        found += [Difference(None, row, []) for row in second]
    return sorted(found, key=lambda pair: (None in pair[:2], bool(pair.columns)))


def _is_same(row, other):
    """Return whether two rows are of the same words: of one place, and one span within the other."""
    here, there = (source_text.plain(cells["as_printed"]).lower() for cells in (row, other))
    same_place = all(row[column] == other[column] for column in PLACE)
    return same_place and (here in there or there in here)


def mark_read_twice(report: Report) -> int:
    """Write `twice` to the rows on which both readings agree; return how many.

    Other lines keep their bytes.
    """
    agreed = {
        next(iter(pair.first.values())) for pair in differences(report) if pair.second and not pair.columns
    }
    changed = 0
    for table in _COMPARED:
        path = report.record / "raw" / f"{table}.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        for number, line in enumerate(lines):
            row_id = line.partition(",")[0]
            if row_id in agreed and ",once," in line:
                head, _, tail = line.rpartition(",once,")
                lines[number] = f"{head},twice,{tail}"
                changed += 1
        tables.write_bytes(path, "".join(lines).encode("utf-8"))
    return changed
