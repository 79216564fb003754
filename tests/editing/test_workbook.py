"""The workbook for new rows: a sheet a table, drop-down lists of the record, and words that explain."""

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from qantar.editing import workbook
from qantar.editing.draft import Refused
from qantar.record import tables


@pytest.fixture(scope="module")
def path(frozen, tmp_path_factory):
    path = tmp_path_factory.mktemp("workbook") / "new-report.xlsx"
    workbook.write(path, frozen)
    return path


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


def columns(sheet):
    return [cell.value for cell in sheet[1]]


def drop_down(book, table, column):
    """The rule and the values of the list of a column; None where it has none."""
    sheet = book[table]
    letter = get_column_letter(columns(sheet).index(column) + 1)
    for rule in sheet.data_validations.dataValidation:
        if str(rule.sqref) == f"{letter}2:{letter}2000":
            name, _, cells = rule.formula1.partition("!")
            return rule, [row[0].value for row in book[name][cells.replace("$", "")]]
    return None


def test_every_table_has_a_sheet_with_its_columns_but_the_corrections(book, frozen):
    typed = [name for name in tables.raw_names(frozen) if name != "corrections"]
    assert set(book.sheetnames) == {*typed, "read me", "vocabulary", "lists"}
    assert book.sheetnames[0] == "read me"
    for table in typed:
        assert columns(book[table]) == [field["name"] for field in tables.fields(table, frozen)]
        assert book[table].max_row == 1 and book[table].freeze_panes == "B2"


def test_a_heading_says_what_its_column_means_and_whether_every_row_needs_it(book, frozen):
    for table in workbook.typed_tables(frozen):
        for cell, field in zip(book[table][1], tables.fields(table, frozen), strict=True):
            assert cell.comment.text.startswith(field.get("description", ""))
            required = tables.is_required(field)
            assert ("Every row needs it." in cell.comment.text) is required
            assert (cell.fill.fgColor.rgb == "00FFF2CC") is required


def test_declared_values_are_a_list_that_holds_nothing_else(book, frozen):
    for table in workbook.typed_tables(frozen):
        for field in tables.fields(table, frozen):
            if values := field.get("constraints", {}).get("enum"):
                rule, listed = drop_down(book, table, field["name"])
                assert (listed, rule.errorStyle) == (values, "stop")
                assert (
                    f"One of: {', '.join(values)}."
                    in book[table][1][columns(book[table]).index(field["name"])].comment.text
                )


@pytest.mark.parametrize(("table", "column", "other"), [
    ("claims", "measure_id", "measures"), ("claims", "place_id", "places"),
    ("claims", "speaker", "organisations"), ("claims", "source_id", "sources"),
    ("claims", "base_claim_id", "claims"), ("steps", "into_charge_id", "charges"),
    ("incidents", "target", "organisations"), ("statements", "episode_id", "episodes"),
])  # fmt: skip
def test_ids_of_other_rows_are_a_list_beside_which_a_new_one_may_be_typed(book, frozen, table, column, other):
    rule, listed = drop_down(book, table, column)
    assert listed == sorted(tables.read_table(other, frozen)[tables.key(other, frozen)])
    assert rule.errorStyle == "warning"


def test_what_a_spreadsheet_would_make_a_date_or_a_number_of_is_text(book):
    sheet = book["claims"]
    formats = {
        name: sheet.column_dimensions[get_column_letter(number)].number_format
        for number, name in enumerate(columns(sheet), 1)
    }
    assert {formats[name] for name in ("as_of", "stated_on", "as_printed", "claim_id", "note")} == {"@"}
    assert {formats[name] for name in ("value", "value_to", "paragraph", "item")} == {"General"}


def test_lists_are_hidden_and_the_vocabulary_says_what_they_mean_but_names_nobody(book, frozen):
    assert book["lists"].sheet_state == "hidden"
    rows = [[cell.value for cell in row] for row in book["vocabulary"]]
    assert ["measures", "missing_persons", "Missing persons: People who are missing."] in rows
    assert ["places", "semey", "Semey"] in rows
    names = tables.read_table("persons", frozen)["public_name"]
    everything = " ".join(str(cell.value) for sheet in book for row in sheet for cell in row)
    assert len(names) and not [name for name in names if name in everything]


def test_the_first_sheet_explains_and_names_the_command(book):
    words = " ".join(str(row[0].value or "") for row in book["read me"])
    assert "qantar sheet in new-report.xlsx" in words and "../2022-03-10" in words


def test_the_same_record_makes_the_same_workbook(frozen, path, tmp_path):
    workbook.write(tmp_path / "new-report.xlsx", frozen)
    assert (tmp_path / "new-report.xlsx").read_bytes() == path.read_bytes()


def test_a_workbook_that_is_there_is_never_overwritten(frozen, path):
    before = path.read_bytes()
    with pytest.raises(Refused, match="is there already, and may hold rows; name another"):
        workbook.write(path, frozen)
    assert path.read_bytes() == before
    with pytest.raises(Refused, match="does not end in"):
        workbook.write(path.with_name("rows.ods"), frozen)
