"""Checks of form: each raw table is a readable CSV file, and is as data/datapackage.json declares it."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from qantar import paths
from qantar.checks.problem import Problem
from qantar.record import tables

_LONGEST_CELL = 2000
# What a number looks like: none of what readers of CSV files take for one or stumble over (NaN, 1e400, 2_27).
_PLAIN_NUMBER = {
    "integer": re.compile(r"-?[0-9]{1,9}"),
    "number": re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?"),
}
# Control characters, no-break and zero-width spaces, marks of direction, soft hyphens, halves of surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ud800-\udfff]"
)
_FORMULA = re.compile(r"[=+@]|-(?![\d.])|\t")
_MARKUP = re.compile(r"<[A-Za-z/!?]|\]\(|\{\{|\{%|&#?\w+;")
_LATIN = re.compile("[A-Za-z]")
_LOOK_ALIKE = re.compile("[\u0370-\u052f]")  # Greek and Cyrillic


def form_problems(data: Path = paths.DATA) -> list[Problem]:
    """Return what is wrong with the form of the raw tables in the folder `data`.

    Files are read first, so that rows count the same for everybody; only then frictionless validates them.
    """
    data = Path(data)
    names = tables.raw_names(data)
    found = [problem for name in names for problem in _file_problems(name, data)]
    return found or list(dict.fromkeys(_declaration_problems(names, data)))


def cell_problem(field: dict, cell: str) -> str | None:
    """Return the message on the form of one cell, None where it is valid.

    `field` is a declared column (see `tables.fields`). Unique values and foreign keys are not checked.
    """
    found = _unreadable(field["type"], cell) or _invalid(field, cell)
    return found[1] if found else None


def _file_problems(name: str, data: Path) -> Iterator[Problem]:
    path = data / tables.resources(data)[name]["path"]
    content = path.read_bytes() if path.is_file() else None
    if broken := _broken_file(content):
        row, rule, message = broken
        yield Problem(name, row, None, rule, message)
    else:
        yield from _row_problems(name, content.decode("utf-8"), tables.fields(name, data))


def _broken_file(content: bytes | None) -> tuple[int | None, str, str] | None:
    """Return row, rule and message of what keeps a file from being read as CSV, None where it can be read."""
    if content is None:
        return None, "file-missing", "the file is missing; restore it, it needs at least its header row"
    if b"\0" in content:
        return None, "nul-byte", "holds a NUL byte, so it is not text; save it again as CSV, UTF-8"
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        return row, "not-utf-8", "is not UTF-8; save the file as CSV, UTF-8"
    if not text.strip():
        return None, "file-empty", "is empty; it needs at least its header row"
    if text.startswith("\ufeff"):
        return 1, "byte-order-mark", "begins with a byte order mark; run `qantar tidy`, which removes it"
    header = text.splitlines()[0]
    if "," not in header and re.search("[;\t]", header):
        return 1, "delimiter", "semicolons or tabs divide the cells; run `qantar tidy`, which puts commas"
    if len(set(re.findall(r"\r\n|\r|\n", text))) > 1:
        return None, "newlines", "mixes several kinds of newlines; run `qantar tidy`, which makes them one"
    return None


def _row_problems(name: str, text: str, fields: list[dict]) -> Iterator[Problem]:
    """Yield what programs would take differently: another header, rows that run over a line, characters."""
    kinds = {field["name"]: field["type"] for field in fields}
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    row = 0
    try:
        for cells in reader:
            row += 1
            if reader.line_num != row:
                yield Problem(name, row, None, "line-break", "a cell has a line break; put it on one line")
                row = reader.line_num
            if row == 1 and cells != list(kinds):
                yield _header_problem(name, cells, list(kinds))
                return
            for column, cell in zip(kinds, cells if row > 1 else (), strict=False):
                if broken := _unreadable(kinds[column], cell):
                    yield Problem(name, row, column, *broken)
    except csv.Error as error:
        message = f"the quotation marks do not close ({error}); put the cell between two plain double quotes"
        yield Problem(name, row + 1, None, "open-quote", message)


def _header_problem(name: str, cells: list[str], columns: list[str]) -> Problem:
    padded = [*cells, *columns]
    first = next((column for column, cell in zip(columns, padded, strict=False) if column != cell), None)
    seen = ",".join(cells)[:300] or "nothing"
    message = f"the header differs from the declared columns: {seen}; it must read {','.join(columns)}"
    return Problem(name, 1, first, "header", message)


def _unreadable(kind: str, cell: str) -> tuple[str, str] | None:
    """Return rule and message of what programs would take differently in a cell, None for nothing."""
    if cell and kind in _PLAIN_NUMBER and not _PLAIN_NUMBER[kind].fullmatch(cell):
        return "type", f"{cell[:50]!r} is no {kind}; type a plain {kind} in digits"
    if found := _INVISIBLE.search(cell):
        return "invisible", f"holds a character that cannot be seen ({found[0]!r}); type the cell anew"
    if len(cell) > _LONGEST_CELL:
        return "too-long", f"holds {len(cell)} characters; shorten it to at most {_LONGEST_CELL}"
    if kind != "string":
        return None
    if _FORMULA.match(cell):
        return "formula", f"a spreadsheet takes {cell[0]!r} for the beginning of a formula; begin with a word"
    if found := _MARKUP.search(cell):
        return "markup", f"holds markup ({found[0]!r}); type plain words"
    for word in re.findall(r"[^\W\d_]+", cell):
        other = _LOOK_ALIKE.search(word)
        if other and _LATIN.search(word):
            letter = f"{other[0]!r} ({unicodedata.name(other[0])})"
            return "look-alike", f"holds {letter} in the Latin word {word!r}; type the word anew"
    return None


def _invalid(field: dict, cell: str) -> tuple[str, str] | None:
    """Return the type or constraint that a cell breaks, with a message; None where it is valid."""
    from frictionless import Field  # takes a second to import: only what checks form pays for it

    kind, constraints = field["type"], field.get("constraints", {})
    reader = Field.from_descriptor({"name": field["name"], "type": kind, "constraints": dict(constraints)})
    _, notes = reader.read_cell(cell)
    if not notes:
        return None
    broken = next(iter(notes))
    described = field.get("description", "see the data dictionary")
    or_empty = "" if constraints.get("required") else ", or leave the cell empty"
    messages = {
        "type": f"{cell!r} is no {kind}; type a plain {kind}{or_empty}",
        "required": f"is empty; every row needs it ({described})",
        "enum": f"{cell!r} is not allowed; use one of {', '.join(constraints.get('enum', []))}",
        "pattern": f"{cell!r} has the wrong form; match {constraints.get('pattern')} ({described})",
    }
    out_of_range = f"{cell!r} is out of range; the {broken} is {constraints.get(broken)}"
    return broken, messages.get(broken, out_of_range)


def _declaration_problems(names: list[str], data: Path) -> Iterator[Problem]:
    """Yield what frictionless finds against data/datapackage.json; the same problem may come twice."""
    from frictionless import Package

    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [resource for resource in package["resources"] if resource["name"] in names]
    report = Package.from_descriptor(package, basepath=str(data)).validate()
    for task in report.tasks:
        for error in task.errors:
            if found := _finding(error, tables.resources(data)[task.name]):
                yield Problem(task.name, getattr(error, "row_number", None), *found)


def _finding(error, resource: dict) -> tuple[str | None, str, str] | None:
    """Return column, rule and message of a frictionless error, None for what another error says as well."""
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    column = getattr(error, "field_name", None)
    match error.type:
        case "type-error" | "constraint-error":
            if error.field_number > len(error.cells):
                return None  # the row is too short
            return column, *_invalid(fields[column], error.cells[error.field_number - 1])
        case "unique-error":
            return _duplicate(error, [column], fields)
        case "primary-key":
            return _duplicate(error, resource["schema"]["primaryKey"], fields)
        case "foreign-key":
            other = error.reference_name or resource["name"]
            cells = ", ".join(map(repr, error.field_cells))
            message = f"{cells} is not in data/raw/{other}.csv; add it there, or correct the spelling"
            return error.field_names[0], "unknown-key", message
        case "missing-cell" | "extra-cell":
            what = "fewer" if error.type == "missing-cell" else "more"
            message = f"has {what} cells than the header; each row needs {len(fields)}, divided by commas"
            return None, "cell-count", message
        case "blank-row":
            return None, "blank-row", "is blank; delete the row"
    return column, error.type, f"{error.note or error.message}; correct the file"


def _duplicate(error, columns: list[str], fields: dict) -> tuple[str | None, str, str] | None:
    cells = dict(zip(fields, error.cells, strict=False))
    key = " ".join(cells[column] for column in columns if cells.get(column))
    if not key:
        return None  # empty cells are a problem of their own
    earlier = error.note.split()[-1]  # frictionless tells this number only in its note
    column = columns[0] if len(columns) == 1 else None
    return column, "duplicate", f"{key!r} stands already in row {earlier}; give each row a value of its own"
