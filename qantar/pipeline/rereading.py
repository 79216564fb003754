"""Typed sentences that a new row breaks: which they are, and what somebody said who read them again."""

import ast
import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from qantar import paths
from qantar.pipeline import notebooks
from qantar.presentation import conditions
from qantar.presentation.conditions import Break
from qantar.record import Record, tables

_COLUMNS = ("sentence", "table", "row_id", "day")


class Broken(NamedTuple):
    """A sentence of a notebook (`page`, a file name) in full, the row that breaks it, and how."""

    page: str
    text: str
    row: Break

    def __str__(self) -> str:
        told = f"notebooks/{self.page}.ipynb: “{self.text}”"
        if self.row.condition:
            return f"{told} was written without {self.row.table} {self.row.row_id}"
        return f"{told} tells of {self.row.row_id}, which is not in the record, or retracted"


def broken(record: Record, root: Path = paths.ROOT) -> list[Broken]:
    """Return the typed sentences of the book's notebooks that a record does not bear out, row by row."""
    found = []
    for path in notebooks.in_order(root):
        prose = ""
        for cell in notebooks.read_cached(path).cells:
            if cell.cell_type == "markdown":
                prose = cell.source
            for arguments, unless in _conditions(cell):
                text = _sentence(prose, arguments[0])
                rows = conditions.breaks(record, *arguments, **unless)
                found += [Broken(path.stem, text, row) for row in rows]
    return found


def words_of(found: Broken, data: Path = paths.DATA) -> str:
    """Return the row that breaks a sentence as a line of its cells, those that are filled."""
    if not found.row.table:
        return f"{found.row.row_id} is gone"
    rows = tables.read_table(found.row.table, data)
    row = rows[rows.iloc[:, 0] == found.row.row_id].iloc[0].dropna()
    return "; ".join(f"{column} {cell}" for column, cell in row.items())


def _conditions(cell) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Yield the arguments of the calls of `holds` in a cell of conditions."""
    if cell.cell_type == "code" and cell.source.startswith("holds("):
        for call in ast.parse(cell.source).body:
            arguments = [ast.literal_eval(argument) for argument in call.value.args[1:]]
            yield arguments, {word.arg: ast.literal_eval(word.value) for word in call.value.keywords}


def _sentence(prose: str, first_words: str) -> str:
    """Return the sentence of a Markdown cell that begins with some words."""
    text = " ".join(prose.split())
    start = max(text.find(first_words), 0)
    end = re.search(r"[.!?](?=\s|$)", text[start + len(first_words) :])
    return text[start : start + len(first_words) + (end.end() if end else len(text))]


def still_true(rows: Iterable[Break], root: Path = paths.ROOT) -> None:
    """Write down that sentences are true beside the rows that broke them, read again today."""
    lines = conditions.read_again(root)
    today = date.today().isoformat()
    lines += [dict(zip(_COLUMNS, (*row[:3], today), strict=True)) for row in rows]
    content = io.StringIO()
    writer = csv.DictWriter(content, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    tables.write_bytes(Path(root) / conditions.READ_AGAIN, content.getvalue().encode("utf-8"))
