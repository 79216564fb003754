"""A workbook to type new rows into, with the record's vocabularies as drop-down lists.

It has a sheet for each table, whose header is the columns of the table; `workbook_rows` reads it back. The
lists stand on a hidden sheet, since Excel takes no list of more than 255 characters otherwise.
"""

import textwrap
from collections.abc import Iterable
from pathlib import Path

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from qantar import paths
from qantar.editing.draft import Draft, Refused, Row
from qantar.record import dates, export, tables

# Of these tables nothing is typed into a workbook: what is released is corrected in its file.
NOT_TYPED = ("corrections",)
ABOUT, VOCABULARY, LISTS = "read me", "vocabulary", "lists"
HELPERS = (ABOUT, VOCABULARY, LISTS)  # the sheets that hold no rows
# In the order in which they are typed: the source, what it prints, events, then vocabularies.
_FIRST = ("sources", "claims", "mentions", "statements", "reading")
# What says of a row what it is: the first of these columns that is filled.
_WORDS = ("definition", "title", "label", "name", "offence", "summary")
_NOT_LISTED = ("persons", "phrases", "answers", "reading", "mentions")  # names, and rows that none refers to
_LAST_ROW = 2000  # the last row with drop-down lists
_REQUIRED = PatternFill("solid", fgColor="FFF2CC")
_ABOUT = """\
Type new rows into the sheets, one row for each, as data/README.md (the codebook) tells. Leave empty what the
text does not say. Nothing is changed until you save this file and type: qantar sheet in {file}
Then every row goes through the same checks as make check, and either all are added or none; what is wrong is
said with sheet, row and column. A row that is in the record already is recognised and not added again.

A yellow heading: every row needs this column. Hold the pointer on a heading: what the column means.
A cell with a list: an arrow shows what it may hold. Ids of other rows may be new: Excel asks, answer yes.
The sheet vocabulary says what the measures, places, bodies and events of the lists are.

Ids of claims, mentions, statements and parties may stay empty where no other row names them; so may read
(once), and paragraphs and text_sha256 of a source whose text copy is at hand.

Days are typed as 2022-01-05, months as 2022-01, periods as 2022-01-01/2022-09-30, not later than as
../2022-03-10. Where the spreadsheet makes a date of it, that is understood. Numbers are typed in digits; what
is printed goes into as_printed. Sheets and columns may be moved, hidden or deleted, but not renamed."""


def write(path: Path | str, data: Path = paths.DATA) -> list[str]:
    """Write a workbook for new rows of the record in the folder `data`; return what to do with it.

    Raises Refused where there is such a file, which may hold rows, or where its name has another ending.
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise Refused(f"{path.name} does not end in .xlsx; name the workbook so")
    if path.exists():
        raise Refused(f"{path.name} is there already, and may hold rows; name another file, or delete it")
    draft = Draft(data)
    book = openpyxl.Workbook()
    _explain(book.active, draft, path.name)
    lists: dict[str, list[str]] = {}
    for table in typed_tables(data):
        _add_table(book.create_sheet(table), table, draft, lists)
    _add_vocabulary(book.create_sheet(VOCABULARY), draft)
    _add_lists(book.create_sheet(LISTS), lists)
    tables.write_bytes(path, export.workbook_bytes(book))
    return [
        f"{path.name} is written: open it, read its first sheet, and type",
        f"then: qantar sheet in {path}",
    ]


def typed_tables(data: Path = paths.DATA) -> list[str]:
    """Return the tables that a workbook has a sheet for, in the order of its sheets."""
    names = [name for name in tables.raw_names(data) if name not in NOT_TYPED]
    return sorted(names, key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))


def is_text(table: str, field: dict) -> bool:
    """Return True for a column whose cells a spreadsheet must not make numbers or dates of."""
    return field["type"] == "string" or field["name"] in dates.DATE_COLUMNS.get(table, ())


def _explain(sheet: Worksheet, draft: Draft, file: str) -> None:
    sheet.title = ABOUT
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 18, 100
    for line in _ABOUT.format(file=file).splitlines():
        sheet.append([line])
    sheet.append([])
    sheet.append(["sheet", "a row is"])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for table in typed_tables(draft.data):
        sheet.append([table, tables.resources(draft.data)[table].get("description", "")])


def _add_table(sheet: Worksheet, table: str, draft: Draft, lists: dict[str, list[str]]) -> None:
    """Add header, comments, formats and drop-down lists; what is listed goes into `lists` by name."""
    sheet.freeze_panes = "B2"
    for number, field in enumerate(tables.fields(table, draft.data), 1):
        letter, name = get_column_letter(number), field["name"]
        header = sheet.cell(1, number, name)
        header.font = Font(bold=True)
        if tables.is_required(field):
            header.fill = _REQUIRED
        column = sheet.column_dimensions[letter]
        column.width = 44 if name in ("as_printed", "summary", "note", "title", "definition") else 18
        if is_text(table, field):
            column.number_format = "@"
        listed, is_closed = _listed(table, field, draft)
        header.comment = _comment(field, listed if is_closed else [])
        if listed:
            lists.setdefault(_list_name(table, field, draft), listed)
            sheet.add_data_validation(_drop_down(letter, table, field, draft, lists, is_closed))


def _listed(table: str, field: dict, draft: Draft) -> tuple[list[str], bool]:
    """Return what a column may hold, and whether it may hold nothing else."""
    values = field.get("constraints", {}).get("enum")
    if values:
        return list(values), True
    other = draft.referred(Row(table), field["name"])
    return (sorted(draft.choices(Row(table), field["name"])), False) if other else ([], False)


def _list_name(table: str, field: dict, draft: Draft) -> str:
    return draft.referred(Row(table), field["name"]) or f"{table}.{field['name']}"


def _drop_down(letter, table, field, draft, lists, is_closed):
    """Return the list of a column; where it is closed, nothing else can be typed."""
    name = _list_name(table, field, draft)
    column = get_column_letter(list(lists).index(name) + 1)
    rule = DataValidation(
        type="list",
        formula1=f"{LISTS}!${column}$2:${column}${len(lists[name]) + 1}",
        allow_blank=True,
        showErrorMessage=True,
        errorStyle="stop" if is_closed else "warning",
        errorTitle=field["name"],
        error="Take a value of the list." if is_closed else "Not in the record yet: is it a new row?",
    )
    rule.add(f"{letter}2:{letter}{_LAST_ROW}")
    return rule


def _comment(field: dict, values: list[str]) -> Comment:
    required = "Every row needs it." if tables.is_required(field) else "May stay empty."
    allowed = [f"One of: {', '.join(values)}."] if values else []
    text = "\n".join(filter(None, [field.get("description", ""), required, *allowed]))
    comment = Comment(text, "Qantar")
    comment.width, comment.height = (
        380,
        24 + 18 * sum(len(textwrap.wrap(line, 56)) for line in text.split("\n")),
    )
    return comment


def _add_vocabulary(sheet: Worksheet, draft: Draft) -> None:
    """Add the rows that others refer to, with what they are; no persons."""
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABC", (16, 40, 110), strict=True):
        sheet.column_dimensions[letter].width = width
    _append_header(sheet, ["sheet", "id", "what it is"])
    for table in typed_tables(draft.data):
        rows = draft.rows(table)
        if table in _NOT_LISTED or not rows or not any(column in rows[0] for column in _WORDS):
            continue
        key = tables.key(table, draft.data)
        for row in sorted(rows, key=lambda row: row[key]):
            words = [row[column] for column in _WORDS if row.get(column)]
            sheet.append([table, row[key], ": ".join(reversed(words[:2]))])
            sheet.cell(sheet.max_row, 3).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.auto_filter.ref = f"A1:C{sheet.max_row}"


def _add_lists(sheet: Worksheet, lists: dict[str, list[str]]) -> None:
    """Add what drop-down lists show, a column for each, and hide the sheet."""
    sheet.sheet_state = "hidden"
    _append_header(sheet, lists)
    for number, values in enumerate(lists.values(), 1):
        for row, value in enumerate(values, 2):
            sheet.cell(row, number, value).number_format = "@"


def _append_header(sheet: Worksheet, words: Iterable[str]) -> None:
    sheet.append(list(words))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
