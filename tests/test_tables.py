"""Tables that a spreadsheet saved: read as they are, put right by one command, or refused with a sentence; never misread."""

import csv
import io

import pytest
from conftest import edit_cell

from qantar.checks import runner
from qantar.editing import tidy
from qantar.record import tables


def saved(data, delimiter=",", mark="", newline="\r\n", quoting=csv.QUOTE_MINIMAL, encoding="utf-8"):
    """Save data/raw/claims.csv as a spreadsheet would."""
    path = data / "raw" / "claims.csv"
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=newline, quoting=quoting).writerows(
        csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
    )
    path.write_bytes((mark + out.getvalue()).encode(encoding))
    return path


@pytest.mark.parametrize(
    "form",
    [
        {"delimiter": ";", "mark": "\ufeff"},
        {"mark": "\ufeff"},
        {"delimiter": "\t"},
        {"quoting": csv.QUOTE_ALL, "mark": "\ufeff"},
        {"delimiter": ";", "quoting": csv.QUOTE_ALL},
    ],
    ids=["semicolons and a mark", "a mark", "tabs", "quoted everything", "semicolons and quoted everything"],
)
def test_what_a_spreadsheet_saved_is_refused_with_the_command_that_puts_it_right(data, form):
    before = (data / "raw" / "claims.csv").read_bytes()
    path = saved(data, **form)
    problems = runner.check(data).problems
    assert len(problems) == 1
    assert "run `qantar tidy`" in problems[0]
    assert tidy.tidy(data) == [
        "data/raw/claims.csv: was saved anew with commas, as UTF-8; no cell was changed"
    ]
    assert path.read_bytes() == before
    assert runner.check(data).problems == []


@pytest.mark.parametrize(
    "form",
    [{}, {"quoting": csv.QUOTE_ALL}, {"newline": "\n", "quoting": csv.QUOTE_ALL}],
    ids=["other newlines", "both", "quoted everything"],
)
def test_other_newlines_and_quotation_marks_are_read_as_they_are(data, form):
    before = tables.read_table("claims", data)
    saved(data, **form)
    assert runner.check(data).problems == []
    assert tables.read_table("claims", data).equals(before)


def test_a_file_in_another_encoding_is_refused_and_left_as_it_is(data):
    path = saved(data, encoding="utf-16")
    content = path.read_bytes()
    assert runner.check(data).problems
    assert tidy.tidy(data) == []
    assert path.read_bytes() == content


@pytest.mark.parametrize("day", ["05.01.2022", "44566", "1/5/2022", "Jan 22", "2022-01-05 00:00:00"])
def test_a_date_that_a_spreadsheet_turned_is_refused_at_its_row(data, day):
    edit_cell(data, "claims", "civicus-2022-03-p25a", "stated_on", day)
    problems = runner.check(data).problems
    assert [p for p in problems if "column stated_on" in p and day in p and "is no date of the form" in p], (
        problems
    )


def test_a_tidy_record_is_left_alone(data):
    before = {path: path.stat().st_mtime_ns for path in (data / "raw").iterdir()}
    assert tidy.tidy(data) == []
    assert {path: path.stat().st_mtime_ns for path in (data / "raw").iterdir()} == before
