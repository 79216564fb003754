"""Rows come out of a workbook as they were meant, however Excel or LibreOffice saved them, or not at all."""

import csv
import datetime
import re
import shutil
import subprocess
import zipfile

import openpyxl
import pytest
from conftest import MORE, edit_cell
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from qantar import cli, paths
from qantar.editing import workbook, workbook_rows
from qantar.editing.draft import Refused
from qantar.record import tables

CLAIM = {
    "source_id": "north-2022-05", "paragraph": 5, "item": 0, "measure_id": "torture_cases_total",
    "as_printed": "160 complaints", "value": 160, "bound": "exact", "modality": "observed",
    "as_of": "../2022-05-20", "date_basis": "published", "speaker": "northern-watch", "speaker_kind": "ngo",
    "voice": "own", "place_id": "kazakhstan", "read": "once",
}  # fmt: skip
SOFFICE = shutil.which("soffice")


def more_rows():
    """The rows of the third report of tests/more, by table."""
    return {
        path.stem: list(csv.DictReader(path.open(encoding="utf-8"))) for path in (MORE / "raw").glob("*.csv")
    }


@pytest.fixture(scope="module")
def empty(frozen, tmp_path_factory):
    """A workbook without rows."""
    path = tmp_path_factory.mktemp("empty") / "report.xlsx"
    workbook.write(path, frozen)
    return path


@pytest.fixture
def made(empty, tmp_path):
    """Type rows into a workbook by table, let `change` alter it, and return its path."""

    def of(rows, change=lambda book: None):
        path = tmp_path / "report.xlsx"
        book = openpyxl.load_workbook(empty)
        for table, typed in rows.items():
            sheet = book[table]
            heads = {cell.value: cell.column for cell in sheet[1]}
            for number, row in enumerate(typed, 2):
                for column, cell in row.items():
                    if cell != "":
                        sheet.cell(number, heads[column], cell).number_format = "General"
        change(book)
        book.save(path)
        return path

    return of


def raw(data):
    return {path.name: path.read_bytes() for path in (data / "raw").glob("*.csv")}


def add(path, data, texts=None):
    """The sentences on what was added, or the problems for which nothing was."""
    before = raw(data)
    try:
        return workbook_rows.add(path, data, texts)
    except Refused as error:
        assert raw(data) == before, "nothing is written"
        return str(error).splitlines()


def cell_of(path, data, column, value, number_format):
    """What one cell of a claim becomes: its text in the record, or why it is refused."""
    book = openpyxl.Workbook()
    book.active.title = "claims"
    book.active.append(["voice", column])
    book.active.append(["own"])
    book.active.cell(2, 2, value).number_format = number_format
    book.save(path)
    sheets = workbook_rows._read(path, data)
    return sheets.problems[0] if sheets.problems else sheets.rows[0].cells.get(column, "")


# --- a whole report ---


def as_typed(book):
    """As a person types: numbers are numbers, and the rest is text."""


def numbers_as_floats(book):
    for cell in _cells(book):
        if isinstance(cell.value, str) and re.fullmatch(r"[1-9]\d*|0", cell.value):
            cell.value = float(cell.value)


def numbers_as_text(book):
    for sheet, column, cell in _named(book):
        if column in ("paragraph", "item", "value", "paragraphs") and sheet != "reading":
            cell.value = f"\u00a00{cell.value}.0 "


def days_as_dates(book):
    """Excel makes days and months of text in cells that are not formatted as text."""
    for _, column, cell in _named(book):
        text = str(cell.value)
        if column in ("date", "as_of", "stated_on", "published") and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            cell.value, cell.number_format = datetime.datetime.fromisoformat(text), "mm-dd-yy"
        elif column == "date" and re.fullmatch(r"\d{4}-\d\d", text):
            cell.value, cell.number_format = datetime.datetime.fromisoformat(f"{text}-01"), "mmm-yy"


def days_of_a_mac(book):
    """Old workbooks of Excel for Mac count days from 1904."""
    book.epoch = CALENDAR_MAC_1904
    days_as_dates(book)


def days_of_libreoffice(book):
    for _, column, cell in _named(book):
        text = str(cell.value)
        if column in ("date", "stated_on", "published") and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            cell.value, cell.number_format = datetime.date.fromisoformat(text), r"yyyy\-mm\-dd"
        elif column == "date" and re.fullmatch(r"\d{4}-\d\d", text):
            cell.value = datetime.date.fromisoformat(f"{text}-01")
            cell.number_format = r"[$-409]mmm\-yy;@"


def typographic(book):
    for cell in _cells(book):
        if isinstance(cell.value, str):
            cell.value = f" {cell.value} ".replace(" ", "\u00a0").replace(
                "-", "‑" if "/" in cell.value else "-"
            )


def moved_about(book):
    """Columns in another order, empty rows between, sheets in another order, one sheet deleted."""
    for sheet in book.worksheets:
        if sheet.title in workbook.HELPERS:
            continue
        rows = [[cell.value for cell in row][::-1] for row in sheet.iter_rows()]
        sheet.delete_rows(1, sheet.max_row)
        for number, row in enumerate(rows):
            for column, value in enumerate(row, 1):
                sheet.cell(1 if number == 0 else number * 3, column, value)
        sheet.cell(4000, 1, "  ")
    book.move_sheet("claims", offset=9)
    del book["vocabulary"], book["persons"]


def capitals(book):
    """LibreOffice begins a cell with a capital where it takes it for a sentence."""
    for _, column, cell in _named(book):
        if column in ("bound", "modality", "voice", "step", "outcome", "agrees", "hedge"):
            cell.value = str(cell.value).replace("_", " ").capitalize()


def _cells(book):
    return (cell for _, _, cell in _named(book))


def _named(book):
    for sheet in book.worksheets:
        if sheet.title not in workbook.HELPERS:
            for row in sheet.iter_rows(min_row=2):
                for head, cell in zip(sheet[1], row, strict=True):
                    if cell.value is not None:
                        yield sheet.title, head.value, cell


@pytest.mark.parametrize("change", [
    as_typed, numbers_as_floats, numbers_as_text, days_as_dates, days_of_a_mac, days_of_libreoffice,
    typographic, moved_about, capitals,
])  # fmt: skip
def test_a_report_typed_into_a_workbook_is_the_report_typed_into_tables(made, data, wider, change):
    path = made(more_rows(), change)
    said = add(path, data, wider.parent / "texts")
    assert said[-1] == "next: make check, then make changes"
    for name, content in raw(wider).items():
        assert raw(data)[name] == content, name
    again = add(path, data, wider.parent / "texts")
    total = sum(map(len, more_rows().values()))
    assert again == [
        f"{total} rows are in the record already", "there is no new row in report.xlsx; nothing was written"
    ]  # fmt: skip


def test_ids_and_what_a_text_at_hand_tells_may_stay_empty(made, data, wider):
    rows = more_rows()
    for table, key in {"claims": "claim_id", "mentions": "mention_id"}.items():
        rows[table] = [{**row, key: ""} for row in rows[table]]
    rows["sources"][0] |= {"paragraphs": "", "text_sha256": ""}
    path = made(rows)
    said = add(path, data, wider.parent / "texts")
    assert said[-1] == "next: make check, then make changes"
    for table in ("claims", "mentions", "sources"):
        assert raw(data)[f"{table}.csv"] == raw(wider)[f"{table}.csv"]
    assert "in the record already" in add(path, data, wider.parent / "texts")[0], (
        "rows are known by their cells"
    )


def test_what_a_new_text_leaves_to_read_is_said_and_no_fault_of_a_row(made, data, wider):
    rows = more_rows()
    rows["sources"][0]["paragraphs_read"] = ""
    said = add(made(rows), data, wider.parent / "texts")
    assert [line for line in said if line.startswith("still to be read: ")] == [
        "still to be read: paragraph 5, item 0 of north-2022-11 has no row; say what became of it"
    ]
    assert said[0].startswith("added: data/raw/")


# --- cells ---

DAY = datetime.datetime(2022, 1, 5)


@pytest.mark.parametrize(("column", "value", "number_format", "text"), [
    # days
    ("as_of", DAY, "mm-dd-yy", "2022-01-05"), ("as_of", DAY, "dd.mm.yyyy", "2022-01-05"),
    ("as_of", DAY, r"yyyy\-mm\-dd", "2022-01-05"), ("as_of", DAY, '"day" yyyy', "2022"),
    ("as_of", DAY, "mmm-yy", "2022-01"), ("as_of", DAY, "[$-409]mmmm yyyy", "2022-01"),
    ("as_of", DAY - datetime.timedelta(microseconds=2), "mm-dd-yy", "2022-01-05"),
    ("as_of", 2022, "General", "2022"), ("as_of", 2022.0, "0", "2022"), ("as_of", "2022-01", "@", "2022-01"),
    ("as_of", "../2022-03-10", "@", "../2022-03-10"), ("as_of", "…/2022-03-10", "@", "../2022-03-10"),
    ("as_of", "2022–01–05", "@", "2022-01-05"),
    ("as_of", "2022-01-01 / 2022-09-30", "@", "2022-01-01/2022-09-30"),
    ("as_of", "2022-01-05 00:00:00", "@", "2022-01-05"), ("as_of", "2022-01-05T00:00:00", "@", "2022-01-05"),
    ("as_of", "'2022-01-05", "@", "2022-01-05"), ("as_of", "\u00a0", "@", ""),
    # numbers
    ("value", 227, "General", "227"), ("value", 227.0, "General", "227"), ("value", 77.5, "0.0", "77.5"),
    ("value", 0.8, "0%", "80"), ("value", 0.775, "0.0%", "77.5"), ("value", 0.1 + 0.2, "General", "0.3"),
    ("value", 1400, "#,##0", "1400"), ("value", 12345678, "0.00E+00", "12345678"),
    ("value", "227", "@", "227"), ("value", "0227", "@", "227"), ("value", " 1,400\u00a0", "@", "1400"),
    ("value", "1\u00a0400", "@", "1400"), ("value", "1,400,000", "@", "1400000"),
    ("value", "77,5", "@", "77.5"),
    ("value", "227.0", "@", "227"), ("value", "77.50", "@", "77.5"), ("value", "'227", "@", "227"),
    ("value", "about 30", "@", "about 30"), ("value", "-3", "@", "-3"), ("paragraph", 5.0, "General", "5"),
    ("paragraph", "005", "@", "5"), ("value", 0, "General", "0"),
    # words
    ("as_printed", "“nearly” 1,400\u00a0people", "@", '"nearly" 1,400 people'),
    ("as_printed", "the court’s  rules", "@", "the court's rules"),
    ("as_printed", "two\nlines_x000D_", "@", "two lines"), ("as_printed", 225, "General", "225"),
    ("as_printed", "five–six people", "@", "five–six people"), ("note", "zero\u200bwidth", "@", "zerowidth"),
    ("claim_id", "north‑2022‑05‑p5a", "@", "north-2022-05-p5a"), ("bound", "At least", "@", "at_least"),
    ("retracted", True, "General", "yes"), ("place_id", " semey ", "@", "semey"),
])  # fmt: skip
def test_a_cell_is_what_was_typed(tmp_path, frozen, column, value, number_format, text):
    assert cell_of(tmp_path / "report.xlsx", frozen, column, value, number_format) == text


@pytest.mark.parametrize(("column", "value", "number_format", "message"), [
    ("as_of", datetime.datetime(2022, 1, 5, 14, 30), "mm-dd-yy h:mm",
     "holds a time of day (2022-01-05 14:30); type the day alone"),
    ("as_of", 44566, "General", "44566 is a day that lost its format; if 2022-01-05 is meant, type that"),
    ("as_of", 12, "General", "12 is no date; type it as 2022-01-05, 2022-01 or ../2022-03-10"),
    ("as_of", 2022.5, "General", "2022.5 is no date; type it as 2022-01-05, 2022-01 or ../2022-03-10"),
    ("as_printed", DAY, "mm-dd-yy", "the spreadsheet made the date 2022-01-05 of what was typed; format"),
    ("value", DAY, "mm-dd-yy", "the spreadsheet made the date 2022-01-05 of what was typed; format"),
    ("value", datetime.time(3, 15), "h:mm", "holds the time 03:15:00; format the cell as text"),
    ("as_printed", True, "General", "holds TRUE; format the cell as text, and type what is meant"),
    ("value", False, "General", "holds FALSE; format the cell as text, and type what is meant"),
    ("value", "1.400", "@", "1.400 may be 1400 or 1.4; type it without a point"),
    ("value", "=1+1", "General", "holds a formula; type its value"),
    ("value", "#REF!", "General", "holds the error #REF!; type the cell anew"),
])  # fmt: skip
def test_a_cell_of_which_it_is_not_certain_what_was_typed_is_refused(
    tmp_path, frozen, column, value, number_format, message
):
    said = cell_of(tmp_path / "report.xlsx", frozen, column, value, number_format)
    assert said.startswith(f"report.xlsx, sheet claims, row 2, column {column}: {message}")


class Cell:
    """A cell as openpyxl reads it."""

    def __init__(self, value, number_format):
        self.value, self.number_format = value, number_format
        self.data_type = "s" if isinstance(value, str) else "n"


_VALUES = st.one_of(
    st.text(max_size=30), st.integers(-(10**6), 10**12), st.booleans(), st.datetimes(), st.dates(),
    st.times(), st.floats(allow_nan=False, allow_infinity=False),
    st.from_regex(r"[0-9., /'\u2013-]{1,12}", fullmatch=True),
)  # fmt: skip
_FORMATS = st.sampled_from(["General", "@", "0%", "mm-dd-yy", "mmm-yy", "yyyy", r"[$-409]d\-mmm;@", None])
_FIELDS = [
    ({"name": "value", "type": "number"}, False), ({"name": "paragraph", "type": "integer"}, False),
    ({"name": "as_of", "type": "string"}, True), ({"name": "as_printed", "type": "string"}, False),
]  # fmt: skip


@given(_VALUES, _FORMATS, st.sampled_from(_FIELDS))
def test_any_cell_becomes_plain_text_or_is_refused_with_a_sentence(value, number_format, field):
    try:
        text = workbook_rows._text(Cell(value, number_format), *field)
    except ValueError as error:
        assert "; " in str(error), error
        return
    assert text == text.strip() and not re.search(r"[\n\u00a0\u200b“”‘’]", text)


# --- rows and sheets ---


def test_every_problem_is_told_with_its_place_and_nothing_is_added(made, data):
    wrong = [{**CLAIM, "value": 161}, {**CLAIM, "measure_id": "no_such"}, {**CLAIM, "as_of": "5.1.2022"}]
    assert add(made({"claims": [*wrong, CLAIM]}), data) == [
        "report.xlsx, sheet claims, row 3, column measure_id: 'no_such' is not in data/raw/measures.csv; "
        "add it there, or correct the spelling",
        "1 to correct; nothing was written",
    ]
    said = add(made({"claims": [wrong[0], wrong[2], CLAIM]}), data)
    for begins in (
        "report.xlsx, sheet claims, row 3, column as_of: '5.1.2022' is no date of the form",
        "report.xlsx, sheet claims, row 2, column value: exact 161 is typed, but",
    ):
        assert [line for line in said if line.startswith(begins)]
    assert said[-1] == f"{len(said) - 1} to correct; nothing was written"


def test_a_problem_of_the_record_itself_does_not_keep_rows_out(made, data):
    edit_cell(data, "claims", "north-2022-05-p3a", "value", "226")
    assert add(made({"claims": [CLAIM]}), data)[0].startswith("added: data/raw/claims.csv, row ")


def test_a_row_that_is_in_the_record_with_other_cells_is_refused(made, data):
    row = {**CLAIM, "claim_id": "north-2022-05-p3a", "paragraph": 3}
    said = add(made({"claims": [row]}), data)
    assert said[-1].endswith("to correct; nothing was written")
    (value,) = (line for line in said if "column value:" in line)
    assert value == (
        "report.xlsx, sheet claims, row 2, column value: '160' is typed, but the row is in "
        "data/raw/claims.csv with '225'; a workbook only adds: correct that file, or give this row an id of "
        "its own"
    )


def test_the_same_row_twice_is_refused(made, data):
    said = add(made({"claims": [CLAIM, CLAIM]}), data)
    assert said[0] == "report.xlsx, sheet claims, row 3: is the same as row 2; delete one of the two"


def test_a_row_may_name_another_new_row(made, data):
    measure = {
        "measure_id": "complaints_shown", "theme": "torture", "label": "Complaints shown", "one": "complaint",
        "many": "complaints", "unit": "complaint", "period": "cumulative", "scope": "The events",
        "definition": "Complaints that were shown.",
    }  # fmt: skip
    rows = {"claims": [{**CLAIM, "measure_id": "complaints_shown"}], "measures": [measure]}
    said = add(made(rows), data)
    assert {line.split(",")[0] for line in said[:2]} == {
        "added: data/raw/measures.csv", "added: data/raw/claims.csv"
    }  # fmt: skip
    assert tables.read_table("claims", data)["claim_id"].iloc[-1] == "north-2022-05-p5g"


def renamed(sheet, heading):
    def change(book):
        book[sheet]["B1"] = heading

    return change


def sheet_called(name):
    def change(book):
        book.create_sheet(name)["A1"] = "claim_id"

    return change


def below_no_heading(book):
    book["claims"].cell(2, 60, "a remark")


@pytest.mark.parametrize(("change", "said"), [
    (renamed("claims", "source"), "sheet claims, row 1, column source: is no column of claims, did you mean"),
    (renamed("claims", "xyz"), "sheet claims, row 1, column xyz: is no column of claims, or delete it;"),
    (renamed("claims", "value"), "sheet claims, row 1, column value: stands twice; keep one of the two"),
    (sheet_called("claim"), "sheet claim: is no table; rename it, did you mean claims?"),
    (sheet_called("zzz"), "sheet zzz: is no table; rename it, or delete it; there are sources, claims,"),
    (below_no_heading, "sheet claims, row 2: stands below no heading ('a remark'); give its column one"),
])  # fmt: skip
def test_no_row_is_passed_over_in_silence(made, data, change, said):
    assert add(made({"claims": [CLAIM]}, change), data)[0].startswith(f"report.xlsx, {said}")


def test_headings_may_be_spelt_in_words_and_columns_left_out(made, data):
    def change(book):
        sheet = book["claims"]
        for cell in sheet[1]:
            cell.value = cell.value.replace("_", " ").title()
        sheet.delete_cols([cell.value for cell in sheet[1]].index("Note") + 1)
        sheet.title = "other"
        sheet.title = "Claims "

    assert add(made({"claims": [CLAIM]}, change), data)[0].startswith("added: data/raw/claims.csv")


def test_an_empty_workbook_adds_nothing(made, data):
    assert add(made({}), data) == ["there is no new row in report.xlsx; nothing was written"]


@pytest.mark.parametrize("content", [b"", b"claim_id,source_id\n", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0"])
def test_another_file_is_refused_with_what_to_do(data, tmp_path, content):
    path = tmp_path / "report.xlsx"
    path.write_bytes(content)
    assert add(path, data)[0].startswith("report.xlsx is no xlsx workbook; save it as Excel workbook (.xlsx)")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "<office/>")
    assert add(path, data)[0].startswith("report.xlsx is no xlsx workbook; ")


def test_a_sheet_whose_size_is_told_wrong_is_read_whole(made, data):
    """Some programs write the dimension of the sheet as it was when it was made."""
    path = made({"claims": [CLAIM]})
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    sheets = [name for name in files if name.startswith("xl/worksheets/sheet")]
    for name in sheets:
        files[name] = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', files[name])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    assert add(path, data)[0].startswith("added: data/raw/claims.csv")


@pytest.mark.skipif(SOFFICE is None, reason="no LibreOffice on this machine (apt install libreoffice-calc)")
def test_a_report_survives_libreoffice(made, data, wider, tmp_path):
    path = made(more_rows(), days_as_dates)
    out = tmp_path / "saved"
    command = [SOFFICE, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", out, path]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    add(out / path.name, data, wider.parent / "texts")
    assert raw(data) == raw(wider)


@pytest.mark.skipif(SOFFICE is None, reason="no LibreOffice on this machine (apt install libreoffice-calc)")
def test_what_libreoffice_makes_of_what_is_typed_is_understood(data, tmp_path):
    """It reads a CSV file as if somebody typed it into cells without a format: days become dates."""
    files = sorted((MORE / "raw").glob("*.csv"))
    command = [SOFFICE, "--headless", "--infilter=CSV:44,34,76,1,,0,false,true,false", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", tmp_path, *files], check=True, capture_output=True, timeout=300)
    for table, rows in more_rows().items():
        sheets = workbook_rows._read(tmp_path / f"{table}.xlsx", data)
        assert sheets.problems == []
        typed = [{column: cell for column, cell in row.items() if cell} for row in rows]
        assert [row.cells for row in sheets.rows] == typed, table
    days = openpyxl.load_workbook(tmp_path / "steps.xlsx")["steps"]["F"]
    assert any(isinstance(cell.value, datetime.datetime) for cell in days), "it did make dates"


@pytest.mark.parametrize(("number_format", "is_told"), [
    ("mm/dd/yy", True), ("mm-dd-yy", True), (r"yyyy\-mm\-dd", False), ("yyyy-mm-dd h:mm:ss", False),
    ("mmm-yy", False),
])  # fmt: skip
def test_the_first_of_a_month_that_may_be_the_month_is_told(made, data, number_format, is_told):
    """LibreOffice makes 1 January 2022 of "Jan 2022"."""

    def change(book):
        cell = book["claims"].cell(2, [head.value for head in book["claims"][1]].index("stated_on") + 1)
        cell.value, cell.number_format = datetime.datetime(2022, 1, 1), number_format

    said = add(made({"claims": [CLAIM]}, change), data)
    assert said[0].startswith("added: ")
    told = (
        "report.xlsx, sheet claims, row 2, column stated_on: 2022-01-01 is taken as that day; if a month was "
        "typed, correct it to 2022-01"
    )
    assert (told in said) is is_told


def test_the_command_writes_a_workbook_and_reads_it_back(tmp_path, capsys):
    path = tmp_path / "report.xlsx"
    assert cli.main(["sheet", "out", str(path)]) == 0
    assert f"then: qantar sheet in {path}" in capsys.readouterr().out
    assert cli.main(["sheet", "out", str(path)]) == 1
    assert "is there already" in capsys.readouterr().err
    before = raw(paths.DATA)
    assert cli.main(["sheet", "in", str(path)]) == 0
    assert capsys.readouterr().out == "there is no new row in report.xlsx; nothing was written\n"
    assert cli.main(["sheet", "in", str(tmp_path / "none.xlsx")]) == 1
    assert "none.xlsx" in capsys.readouterr().err
    assert raw(paths.DATA) == before
