"""New rows before they are saved: what a cell may hold, what is wrong with it, and where the rows go.

A `Draft` holds the raw tables as their files have them and the rows that are new. `Draft.problem` checks one
answer, `Draft.problems` the whole record with the new rows, in a temporary copy. `Draft.save` only adds:
lines that are there keep their bytes.
"""

import csv
import graphlib
import io
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from qantar import settings
from qantar.checks import form, names, runner
from qantar.checks.problem import Problem
from qantar.pipeline import notebooks
from qantar.record import dates, source_text, tables

# The columns of a statement's place in a text.
PLACE = ("source_id", "paragraph", "item")
# What describes a row in a list of choices: the first of these columns that is filled.
_LABELS = ("label", "title", "name", "public_name", "offence", "summary", "as_printed", "step", "kind")


class Refused(Exception):
    """The draft cannot go on; the message says why and what to do."""


class Row(dict):
    """A new row: its cells as text by column, and the `table` that it belongs to."""

    def __init__(self, table: str, /, **cells: str) -> None:
        super().__init__(cells)
        self.table = table


class Draft:
    """The raw tables in the folder `data`, and the rows that are `new`.

    `texts` is the folder of our text copies, None where they are not there: printed words are then not looked
    up. Raises Refused where the tables are not well-formed.
    """

    def __init__(self, data: Path, texts: Path | None = None) -> None:
        self.data, self.texts = Path(data), texts
        self.new: list[Row] = []
        report = _checked(self.data, texts)
        if report.problems and not report.rows:
            listed = "\n".join(map(str, report.problems))
            raise Refused(f"{listed}\ncorrect the form of the record first (qantar check)")
        self.before = report.problems
        self._saved = {name: self._cells(name) for name in tables.raw_names(self.data)}
        self._blocks: dict[str, list[str] | None] = {}
        self._finder = None

    # --- what is there ---

    def path(self, table: str) -> Path:
        """Return the file of a raw table."""
        return self.data / tables.resources(self.data)[table]["path"]

    def _cells(self, table: str) -> list[dict[str, str]]:
        with self.path(table).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def rows(self, table: str) -> list[dict[str, str]]:
        """Return the rows of a table as dicts of text, those that are new last."""
        return [*self._saved[table], *self.added(table)]

    def added(self, table: str) -> list[Row]:
        """Return the new rows of a table."""
        return [row for row in self.new if row.table == table]

    def key(self, row: Row) -> str:
        """Return the id of a new row."""
        return row[tables.key(row.table, self.data)]

    def find(self, table: str, row_id: str) -> dict[str, str] | None:
        """Return the row of a table with this id, None where there is none."""
        key = tables.key(table, self.data)
        return next((row for row in self.rows(table) if row[key] == row_id), None)

    def field(self, table: str, column: str) -> dict:
        """Return a column as the data package declares it."""
        return next(field for field in tables.fields(table, self.data) if field["name"] == column)

    def referred(self, row: Row, column: str) -> str | None:
        """Return the table whose ids a column holds, None where it holds no id of another row."""
        if column == "row_id":
            return row.get("table") or None
        for foreign in tables.resources(self.data)[row.table]["schema"].get("foreignKeys", []):
            if foreign["fields"] == [column]:
                return foreign["reference"]["resource"] or row.table
        return None

    def choices(self, row: Row, column: str) -> dict[str, str]:
        """Return the allowed values of a column, each with what it means, newest first.

        Empty where any value is.
        """
        table = self.referred(row, column)
        if table is None:
            return dict.fromkeys(_allowed(self.field(row.table, column)), "")
        key = tables.key(table, self.data)
        found = {}
        for other in reversed(self.rows(table)):
            found[other[key]] = next((other[label] for label in _LABELS if other.get(label)), "")
        return found

    def blocks(self, source_id: str) -> list[str] | None:
        """Return the paragraphs of a source, None where the text that was read is not at hand."""
        if source_id not in self._blocks:
            source = self.find("sources", source_id)
            read = (
                source and self.texts and source_text.sha256(source_id, self.texts) == source["text_sha256"]
            )
            self._blocks[source_id] = source_text.paragraphs(source_id, self.texts) if read else None
        return self._blocks[source_id]

    def item_text(self, row: dict[str, str]) -> str | None:
        """Return the plain text of the paragraph or item that a row names, None where it is not at hand."""
        place = (row["paragraph"], row["item"])
        for paragraph, item, text in source_text.parts(self.blocks(row["source_id"]) or ()):
            if (str(paragraph), str(item)) == place:
                return text
        return None

    def outcome(self, row: dict[str, str]) -> str | None:
        """Return what `reading` says of the paragraph or item of a row, None where it says nothing."""
        place = [row[column] for column in PLACE]
        for other in self.rows("reading"):
            if [other[column] for column in PLACE] == place and not (other["span"] or other["sentence"]):
                return other["outcome"]
        return None

    # --- checks ---

    def problem(self, row: Row, column: str, answer: str) -> str | None:
        """Return what is wrong with an answer, as the checks would say it; None where it can stand.

        Looked at are its form, whether the row that it names exists, whether an id is free, dates, names of
        persons, and whether printed words stand in their place. What rests on several columns is left to
        `problems`.
        """
        field = self.field(row.table, column)
        said = form.cell_problem(field, answer)
        if said or not answer:
            return said
        table = self.referred(row, column)
        if table and not self.find(table, answer):
            return f"{answer!r} is not in data/raw/{table}.csv; add it there, or correct the spelling"
        if (
            column == tables.key(row.table, self.data)
            and row.table != "reading"
            and self.find(row.table, answer)
        ):
            return f"{answer!r} is in data/raw/{row.table}.csv already; give this row an id of its own"
        if column in dates.DATE_COLUMNS.get(row.table, ()):
            return _error(dates.days, answer)
        if field["type"] == "string":
            found = names.cell_name_problems(row.table, column, answer, self._name_finder())
            if found:
                return found[0]
        return self._place_problem(Row(row.table, **{**row, column: answer}), column)

    def _place_problem(self, row: Row, column: str) -> str | None:
        """Return why a statement cannot stand in its paragraph and item, or its words there.

        None where they can.
        """
        if column not in ("paragraph", "item", "as_printed", "span"):
            return None
        blocks = self.blocks(row["source_id"])
        if column == "paragraph":
            count = int(self.find("sources", row["source_id"])["paragraphs"])
            if int(row["paragraph"]) <= count:
                return None
            return f"{row['source_id']} has {count} paragraphs, not {row['paragraph']}; count from 1"
        if column == "item":
            if blocks and self.item_text(row) is None:
                return f"paragraph {row['paragraph']} has no item {row['item']}; count its bullets from 1"
            if row.table != "reading" and self.outcome(row) not in (None, "recorded"):
                return (
                    f"reading.csv says {self.outcome(row)} of this place; change that, or correct the place"
                )
            return None
        said = blocks and source_text.place_problem(
            row[column], blocks, int(row["paragraph"]), int(row["item"])
        )
        return f"{said}; copy the words from the text" if said else None

    def _name_finder(self) -> names.NameFinder:
        if self._finder is None:
            raw = {name: tables.read_table(name, self.data, self._content(name)) for name in self._saved}
            self._finder = names.table_finder(raw)
        return self._finder

    def add(self, row: Row) -> None:
        """Take a new row into the draft."""
        self.new.append(row)
        self._finder = None  # from now on the names of a new place or organisation may be used

    def problems(self) -> list[Problem]:
        """Return the problems of the record with the new rows that it does not have without them."""
        with tempfile.TemporaryDirectory() as folder:
            found = _checked(self.copied(Path(folder)), self.texts).problems
        left = Counter(map(_without_row, self.before))
        new = []
        for problem in found:
            left[_without_row(problem)] -= 1
            if left[_without_row(problem)] < 0:
                new.append(problem)
        return new

    def copied(self, folder: Path) -> Path:
        """Copy the record with the new rows into a folder; return the copy."""
        copy = shutil.copytree(self.data, folder / "data")
        for table, content in self.contents().items():
            (copy / self.path(table).relative_to(self.data)).write_bytes(content)
        return copy

    def row_of(self, problem: Problem) -> Row | None:
        """Return the new row that a problem of `problems` is about, None where it is about another."""
        for number, row in enumerate(self._in_place(problem.table), 2):
            if number == problem.row and isinstance(row, Row):
                return row
        return None

    # --- saving ---

    def contents(self) -> dict[str, bytes]:
        """Return the new bytes of every table with new rows.

        They are in an order in which the check finds it when only the first ones were written.
        """
        self._record_places()
        changed = {row.table for row in self.new}
        return {table: self._content(table) for table in _write_order(self) if table in changed}

    def _record_places(self) -> None:
        """Add a row `recorded` to reading for every place of a new statement of which it says nothing."""
        for row in [*self.added("claims"), *self.added("mentions"), *self.added("statements")]:
            if self.outcome(row) is None:
                place = {column: row[column] for column in PLACE}
                cells = {"sentence": "", "span": "", "outcome": "recorded", "rows": "", "reason": ""}
                self.new.append(Row("reading", **place, **cells))

    def _in_place(self, table: str) -> list[dict[str, str]]:
        """Return the rows of a table with the new ones where they go.

        At the end, a step before later ones of its case.
        """
        rows = list(self._saved[table])
        for row in self.added(table):
            rows.insert(_position(rows, row) if table == "steps" else len(rows), row)
        return rows

    def _content(self, table: str) -> bytes:
        """Return the bytes of a table with its new rows; saved lines stay as they are."""
        header, *lines = self.path(table).read_bytes().splitlines(keepends=True)
        end = "\r\n" if header.endswith(b"\r\n") else "\n"
        columns = next(csv.reader([header.decode("utf-8")]))
        saved, out = iter(lines), [header]
        for row in self._in_place(table):
            if isinstance(row, Row):
                line = io.StringIO()
                csv.writer(line, lineterminator=end).writerow(row.get(column, "") for column in columns)
                out.append(line.getvalue().encode("utf-8"))
            else:
                out.append(next(saved))
        return b"".join(line if line.endswith(b"\n") else line + end.encode() for line in out)

    def save(self) -> list[tuple[Path, int, Row]]:
        """Write the new rows; return for each its file, its row as an editor counts it, and the row.

        Each file is written whole or not at all. Raises OSError where one cannot be written, and Refused
        where a table was changed since the draft began.
        """
        for name, cells in self._saved.items():
            if self._cells(name) != cells:
                raise Refused(f"data/raw/{name}.csv was changed meanwhile; begin again")
        contents = self.contents()
        for table, content in contents.items():
            tables.write_bytes(self.path(table), content)
        written = []
        for table in contents:
            for number, row in enumerate(self._in_place(table), 2):
                if isinstance(row, Row):
                    written.append((self.path(table), number, row))
        return written


_REPORTS: dict[str, runner.Report] = {}  # of the records that were checked last


def _checked(data: Path, texts: Path | None) -> runner.Report:
    """Return what the check says of a record; of one that was just checked, a row saved, it is known."""
    files = sorted([*data.glob("raw/*.csv"), *data.glob("released/*/*.csv"), data / "datapackage.json"])
    files += sorted(texts.glob("*.txt")) if texts else []
    key = notebooks.hash_of_files(files, str(texts), *settings.withheld_names())
    if key not in _REPORTS:
        for old in list(_REPORTS)[:-3]:
            del _REPORTS[old]
        _REPORTS[key] = runner.check(data, texts)
    return _REPORTS[key]


def _write_order(draft: Draft) -> Iterator[str]:
    """Return the tables so that a table comes before those whose ids it holds."""
    refers = {}
    for name in draft._saved:
        columns = [field["name"] for field in tables.fields(name, draft.data)]
        refers[name] = {draft.referred(Row(name), column) for column in columns} - {None, name}
    refers["mentions"] |= set(tables.MENTIONED)
    return reversed(list(graphlib.TopologicalSorter(refers).static_order()))


def _allowed(field: dict) -> list[str]:
    """Return the allowed values of a declared column.

    Of its enum, or of a pattern that lists them (several by "; ").
    """
    constraints = field.get("constraints", {})
    several = re.fullmatch(r"\^\(([a-z0-9_|]+)\)\(; \(\1\)\)\*\$", constraints.get("pattern", ""))
    return several[1].split("|") if several else constraints.get("enum", [])


def _position(rows: list[dict[str, str]], step: Row) -> int:
    """Return where a step goes: before the first step of its case that is surely later, else at the end."""
    if not step.get("date"):
        return len(rows)
    last = dates.days(step["date"])[1]
    for number, other in enumerate(rows):
        if other["case_id"] == step["case_id"] and other["date"]:
            first = dates.days(other["date"])[0]
            if first and first > last:
                return number
    return len(rows)


def _error(call, *arguments) -> str | None:
    """Return the message of the ValueError that a call raises, None where it raises none."""
    try:
        call(*arguments)
    except ValueError as error:
        return str(error)
    return None


def _without_row(problem: Problem) -> tuple:
    """Return a problem without its row number, which changes where rows are added."""
    return problem.table, problem.column, problem.rule, problem.message
