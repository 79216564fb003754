"""New rows out of a workbook (see `workbook`), as Excel and LibreOffice save what somebody typed.

Both make dates and numbers of what looks like one, and curly quotes of straight ones. What was meant is taken
where it is certain; else the cell is refused with what to type.
"""

import datetime
import re
import zipfile
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from qantar import paths
from qantar.checks.source_words import UNREAD
from qantar.editing import suggestions, workbook
from qantar.editing.draft import Draft, Refused, Row
from qantar.presentation import sentences
from qantar.record import dates, source_text, tables

_MOST_LISTED = 10  # places that are still to be read
# Ids that may stay empty, since they follow from other cells: those named by the columns below.
_MADE_OF = {
    **dict.fromkeys(("claims", "mentions", "statements"), ("source_id", "paragraph")),
    "parties": ("role",),
}
_STRAIGHT = str.maketrans({**dict.fromkeys("‘’‚‛", "'"), **dict.fromkeys("“”„‟", '"'), "\u00ad": ""})
_UNSEEN = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|_x000D_")
_DASHES = re.compile("[‐‑‒–—−]")
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)[T ]00:00(?::00(?:\.0+)?)?")
_SERIALS = range(30_000, 80_000)  # days since 1900, of the years 1982 to 2119
_YEARS = range(1900, 2100)


class _Typed(NamedTuple):
    """A row of a sheet: where it stands, and its filled cells as text by column."""

    sheet: str
    number: int
    cells: dict[str, str]


class _Sheets:
    """The rows of a workbook, and what cannot be read in it."""

    def __init__(self, path: Path, data: Path) -> None:
        self.path, self.data, self.problems = path, data, []
        self.rows: list[_Typed] = []
        self.doubts: dict[tuple[str, int], list[str]] = {}  # by sheet and row

    def refuse(self, sheet: str, number: int | None, column: str | None, message: str) -> None:
        """Note what is wrong at a place of the workbook."""
        self.problems.append(self._said(sheet, number, column, message))

    def doubt(self, sheet: str, number: int, column: str, message: str) -> None:
        """Note what is taken, and may have been meant otherwise."""
        self.doubts.setdefault((sheet, number), []).append(self._said(sheet, number, column, message))

    def _said(self, sheet, number, column, message):
        row = "" if number is None else f", row {number}"
        where = "" if column is None else f", column {column}"
        return f"{self.path.name}, sheet {sheet}{row}{where}: {message}"


def add(path: Path | str, data: Path = paths.DATA, texts: Path | None = None) -> list[str]:
    """Add the new rows of a workbook to the raw tables in the folder `data`; return what was done.

    `texts` is the folder of our text copies, None where they are not there. All rows are added, or none:
    Refused has a line for each problem, with sheet, row and column. Raises OSError where the file cannot be
    read.
    """
    path = Path(path)
    sheets = _read(path, data)
    if sheets.problems:
        raise _refused(sheets.problems)
    draft = Draft(data, texts)
    placed, known = _new_rows(sheets, draft)
    if sheets.problems:
        raise _refused(sheets.problems)
    count = sentences.count(known, "row is", "rows are")
    recognised = [f"{count} in the record already"] if known else []
    if not draft.new:
        return [*recognised, f"there is no new row in {path.name}; nothing was written"]
    problems = draft.problems()
    for problem in problems:
        if problem.rule in UNREAD:
            continue
        row = draft.row_of(problem) if problem.table and problem.row else None
        typed = placed.get(id(row))
        if typed:
            sheets.refuse(typed.sheet, typed.number, problem.column, problem.message)
        else:
            sheets.problems.append(str(problem))
    if sheets.problems:
        raise _refused(sheets.problems)
    left = [f"still to be read: {problem.message}" for problem in problems if problem.rule in UNREAD]
    more = [f"and {len(left) - _MOST_LISTED} more places"] if len(left) > _MOST_LISTED else []
    added = [
        f"added: data/raw/{file.name}, row {number}: {_name(row, draft)}"
        for file, number, row in draft.save()
    ]
    doubts = [
        said for typed in placed.values() for said in sheets.doubts.get((typed.sheet, typed.number), [])
    ]
    return [*added, *recognised, *doubts, *left[:_MOST_LISTED], *more, "next: make check, then make changes"]


def _refused(problems: list[str]) -> Refused:
    return Refused("\n".join([*problems, f"{len(problems)} to correct; nothing was written"]))


# --- sheets ---


def _read(path: Path, data: Path) -> _Sheets:
    """Return the rows of all sheets of a workbook; Refused where the file is no workbook."""
    sheets = _Sheets(path, data)
    try:
        book = openpyxl.load_workbook(path, read_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError):
        raise Refused(
            f"{path.name} is no xlsx workbook; save it as Excel workbook (.xlsx), not as .xls, .ods or CSV"
        ) from None
    try:
        names = {_heading(table): table for table in workbook.typed_tables(data)}
        helpers = {_heading(name) for name in workbook.HELPERS}
        for sheet in book.worksheets:
            table = names.get(_heading(sheet.title))
            if table:
                sheet.reset_dimensions()  # some programs write others than there are
                _read_sheet(sheet, table, sheets)
            elif _heading(sheet.title) not in helpers and _has_cells(sheet):
                sheets.refuse(sheet.title, None, None, f"is no table; rename it{_near(sheet.title, names)}")
    finally:
        book.close()
    order = workbook.typed_tables(data)
    sheets.rows.sort(key=lambda typed: order.index(typed.sheet))
    return sheets


def _has_cells(sheet: Any) -> bool:
    sheet.reset_dimensions()
    return any(cell.value not in (None, "") for row in sheet.iter_rows() for cell in row)


def _near(name: str, known: Any) -> str:
    near = get_close_matches(_heading(name), list(known), 1)
    return f", did you mean {near[0]}?" if near else f", or delete it; there are {', '.join(known)}"


def _heading(words: object) -> str:
    return re.sub(r"[\s_]+", "_", _plain(str(words)).casefold())


def _read_sheet(sheet: Any, table: str, sheets: _Sheets) -> None:
    fields = {field["name"]: field for field in tables.fields(table, sheets.data)}
    columns: list[str | None] = []
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number == 1:
            columns = _columns(row, table, fields, sheets)
            continue
        cells = {}
        for place, cell in enumerate(row):
            if cell.value is None:
                continue
            column = columns[place] if place < len(columns) else None
            if column is None:
                if str(cell.value).strip():
                    message = f"stands below no heading ({cell.value!r}); give its column one, or delete it"
                    sheets.refuse(table, number, None, message)
                continue
            try:
                text = _text(cell, fields[column], column in dates.DATE_COLUMNS.get(table, ()))
            except ValueError as error:
                sheets.refuse(table, number, column, str(error))
                continue
            if _is_perhaps_a_month(cell, text):
                message = f"{text} is taken as that day; if a month was typed, correct it to {text[:7]}"
                sheets.doubt(table, number, column, message)
            if text:
                cells[column] = text
        if cells:
            sheets.rows.append(_Typed(table, number, cells))


def _columns(row: Any, table: str, fields: dict, sheets: _Sheets) -> list[str | None]:
    """Return the column that each cell of the header names, None for an empty one."""
    known, found = {_heading(name): name for name in fields}, []
    for cell in row:
        heading = "" if cell.value is None else _heading(cell.value)
        column = known.get(heading)
        if heading and column is None:
            sheets.refuse(table, 1, str(cell.value), f"is no column of {table}{_near(heading, known)}")
        elif column in found and column:
            sheets.refuse(table, 1, column, "stands twice; keep one of the two")
        found.append(column)
    return found


# --- cells ---


def _text(cell: Any, field: dict, is_date: bool) -> str:
    """Return a cell as the text that a raw table holds. Raises ValueError with what to type instead."""
    value = cell.value
    if cell.data_type == "f":
        raise ValueError("holds a formula; type its value")
    if cell.data_type == "e":
        raise ValueError(f"holds the error {value}; type the cell anew")
    if isinstance(value, bool):
        if "yes" not in field.get("constraints", {}).get("enum", ["yes"] * (field["type"] == "boolean")):
            raise ValueError(f"holds {str(value).upper()}; format the cell as text, and type what is meant")
        return "yes" if value else "no"
    if isinstance(value, (datetime.datetime, datetime.date)):
        return _day(value, cell.number_format, is_date or field["type"] == "date")
    if isinstance(value, (datetime.time, datetime.timedelta)):
        raise ValueError(f"holds the time {value}; format the cell as text, and type what is meant")
    if isinstance(value, (int, float)):
        percent = 100 if "%" in (cell.number_format or "") else 1
        return _from_number(value * percent, is_date)
    text = _plain(str(value))
    if is_date:
        return _edtf(text)
    if field["type"] in ("integer", "number"):
        return _number(text, field["type"])
    return _allowed(text, field)


def _plain(text: str) -> str:
    """Return text with straight quotes and single plain spaces, and nothing that cannot be seen."""
    return " ".join(_UNSEEN.sub("", text).translate(_STRAIGHT).split())


def _day(value: Any, number_format: str, is_wanted: bool) -> str:
    """Return a date as EDTF; where it is shown without its day, as in 2022-08, only a month was typed."""
    if isinstance(value, datetime.datetime):
        value = value + datetime.timedelta(
            microseconds=500_000
        )  # a serial number may end just below a second
        if value.time().replace(microsecond=0) != datetime.time():
            raise ValueError(f"holds a time of day ({value:%Y-%m-%d %H:%M}); type the day alone")
    day = f"{value:%Y-%m-%d}"
    if not is_wanted:
        raise ValueError(
            f"the spreadsheet made the date {day} of what was typed; format the cell as text, and type again"
        )
    shown = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", number_format or "").lower()
    if "d" in shown:
        return day
    return day[:7] if "m" in shown else day[:4] if "y" in shown else day


def _is_perhaps_a_month(cell: Any, text: str) -> bool:
    """Return True for a first of a month that was not typed as 2022-01-01: "Jan 2022" becomes one, too."""
    is_date = isinstance(cell.value, datetime.date)
    is_iso = re.match(r"yyyy\W+mm\W+dd", (cell.number_format or "").lower())
    return is_date and len(text) == len("2022-01-01") and text.endswith("-01") and not is_iso


def _from_number(value: float, is_date: bool) -> str:
    value = round(value, 6)
    text = str(int(value)) if value == int(value) else f"{value:.6f}".rstrip("0")
    if is_date and not (value == int(value) and int(value) in _YEARS):
        if value == int(value) and int(value) in _SERIALS:
            day = datetime.date(1899, 12, 30) + datetime.timedelta(days=int(value))
            raise ValueError(f"{text} is a day that lost its format; if {day} is meant, type that")
        raise ValueError(f"{text} is no date; type it as 2022-01-05, 2022-01 or ../2022-03-10")
    return text


def _edtf(text: str) -> str:
    """Return a date typed as text, with what spreadsheets put into it taken out."""
    text = _DASHES.sub("-", text.removeprefix("'")).replace("…", "..")
    text = re.sub(" ?([-/]) ?", r"\1", text)
    found = _MIDNIGHT.fullmatch(text)
    return found[1] if found else text


def _number(text: str, kind: str) -> str:
    """Return a number that was stored as text: " 1,400 ", 0227 and 77,5 as 1400, 227 and 77.5."""
    digits = _DASHES.sub("-", text.removeprefix("'"))
    if re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", digits):
        raise ValueError(
            f"{digits} may be {digits.replace('.', '')} or {digits.rstrip('0')}; type it without a point"
        )
    if re.fullmatch(r"\d{1,3}([ ,]\d{3})+(\.\d+)?", digits):
        digits = re.sub("[ ,]", "", digits)
    elif re.fullmatch(r"\d+,\d{1,2}", digits):
        digits = digits.replace(",", ".")
    if re.fullmatch(r"\d+(\.\d+)?", digits):
        whole, _, rest = digits.partition(".")
        rest = rest.rstrip("0")
        return f"{int(whole)}.{rest}" if rest else str(int(whole))
    return text  # the check says what is wrong


def _allowed(text: str, field: dict) -> str:
    """Return text as a column of declared values spells it; "At least" is at_least."""
    constraints = field.get("constraints", {})
    spelt = {_heading(value): value for value in constraints.get("enum", [])}
    if not spelt and "pattern" in constraints:
        text = _DASHES.sub("-", text)
    return spelt.get(_heading(text), text)


# --- rows ---


def _new_rows(sheets: _Sheets, draft: Draft) -> tuple[dict[int, _Typed], int]:
    """Put the new rows into the draft; return where each was typed, by `id`, and how many are known already.

    What follows from other cells is filled in: ids, read, and the length and hash of a text at hand.
    """
    placed, known = {}, 0
    saved = {table: draft.rows(table) for table in workbook.typed_tables(sheets.data)}
    for typed in sheets.rows:
        row = Row(typed.sheet, **_filled(typed, draft))
        same = _recorded(row, typed, saved[typed.sheet], sheets)
        if same is None:
            if again := next((at for at in placed.values() if _is_again(typed, at)), None):
                message = f"is the same as row {again.number}; delete one of the two"
                sheets.refuse(typed.sheet, typed.number, None, message)
                continue
            key = tables.key(row.table, draft.data)
            if not row[key] and row.table in _MADE_OF and all(row[column] for column in _MADE_OF[row.table]):
                row[key] = suggestions.new_id(draft, row)
            draft.add(row)
            placed[id(row)] = typed
        else:
            known += same
    return placed, known


def _is_again(typed: _Typed, other: _Typed) -> bool:
    return typed.sheet == other.sheet and typed.cells == other.cells


def _filled(typed: _Typed, draft: Draft) -> dict[str, str]:
    """Return all cells of a row; those that are empty and follow from a text at hand are filled."""
    columns = [field["name"] for field in tables.fields(typed.sheet, draft.data)]
    cells = {column: typed.cells.get(column, "") for column in columns}
    if "read" in cells and not cells["read"]:
        cells["read"] = "once"
    if typed.sheet == "sources" and draft.texts and cells["source_id"]:
        digest = source_text.sha256(cells["source_id"], draft.texts)
        if digest and not cells["text_sha256"]:
            cells["text_sha256"] = digest
        if digest and not cells["paragraphs"]:
            blocks = source_text.paragraphs(cells["source_id"], draft.texts)
            cells["paragraphs"] = str(len(blocks))
    return cells


def _recorded(row: Row, typed: _Typed, saved: list[dict[str, str]], sheets: _Sheets) -> bool | None:
    """Return True for a row that is in the record; None for one that is not.

    False, with a problem noted, for one that is there with other cells.
    """
    keys = tables.resources(sheets.data)[row.table]["schema"]["primaryKey"]
    shown = [column for column in row if column in typed.cells]
    if not row.get(keys[0]):  # it had an id made for it when it was added
        return True if any(all(other[column] == row[column] for column in shown) for other in saved) else None
    same = next((other for other in saved if all(other[key] == row[key] for key in keys)), None)
    if same is None:
        return None
    differing = [column for column in shown if same[column] != row[column]]
    for column in differing:
        message = (
            f"{row[column]!r} is typed, but the row is in data/raw/{row.table}.csv with {same[column]!r}; "
            "a workbook only adds: correct that file, or give this row an id of its own"
        )
        sheets.refuse(row.table, typed.number, column, message)
    return not differing


def _name(row: Row, draft: Draft) -> str:
    """Return the filled cells by which a row is known."""
    columns = tables.resources(draft.data)[row.table]["schema"]["primaryKey"]
    return " ".join(row[column] for column in columns if row.get(column))
