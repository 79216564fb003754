"""Tables that a spreadsheet saved are read as they are, put right by one command, or refused."""

import csv
import io

import pytest

from qantar.checks import form
from qantar.editing import tidy
from qantar.record import tables

SAVED_ANEW = "data/raw/claims.csv: was saved anew with commas, as UTF-8; no cell was changed"


def saved(data, delimiter=",", mark="", newline="\r\n", quoting=csv.QUOTE_MINIMAL, encoding="utf-8"):
    """Save data/raw/claims.csv as a spreadsheet would."""
    path = data / "raw" / "claims.csv"
    rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=newline, quoting=quoting).writerows(rows)
    path.write_bytes((mark + out.getvalue()).encode(encoding))
    return path


@pytest.mark.parametrize(
    "form_of_file",
    [
        {"delimiter": ";", "mark": "\ufeff"},
        {"mark": "\ufeff"},
        {"delimiter": "\t"},
        {"quoting": csv.QUOTE_ALL, "mark": "\ufeff"},
        {"delimiter": ";", "quoting": csv.QUOTE_ALL},
    ],
)
def test_what_a_spreadsheet_saved_is_refused_and_put_right(data, form_of_file):
    before = (data / "raw" / "claims.csv").read_bytes()
    path = saved(data, **form_of_file)
    (problem,) = form.form_problems(data)
    assert "run `qantar tidy`" in problem.message
    assert tidy.tidy(data) == [SAVED_ANEW]
    assert path.read_bytes() == before


@pytest.mark.parametrize("form_of_file", [{}, {"newline": "\n", "quoting": csv.QUOTE_ALL}])
def test_other_newlines_and_quotation_marks_are_read_as_they_are(data, form_of_file):
    before = tables.read_table("claims", data)
    saved(data, **form_of_file)
    assert form.form_problems(data) == []
    assert tables.read_table("claims", data).equals(before)


@pytest.mark.parametrize(
    "content",
    [
        b"claim_id;source_id\na;b\n",  # not the declared header
        "claim_id,source_id\n".encode("utf-16"),
        b'claim_id,"source_id\n',
        b"",
    ],
)
def test_a_file_that_cannot_be_put_right_is_left_as_it_is(data, content):
    path = data / "raw" / "claims.csv"
    path.write_bytes(content)
    assert tidy.tidy(data) == []
    assert path.read_bytes() == content


def test_a_missing_file_and_a_tidy_record_are_left_alone(data):
    (data / "raw" / "claims.csv").unlink()
    before = {path: path.stat().st_mtime_ns for path in (data / "raw").iterdir()}
    assert tidy.tidy(data) == []
    assert {path: path.stat().st_mtime_ns for path in (data / "raw").iterdir()} == before


def test_a_cell_longer_than_the_reader_of_csv_allows_is_kept(data):
    path = data / "raw" / "claims.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b"a" * 200_000 + b"\n")
    csv.field_size_limit(131_072)
    assert tidy.tidy(data) == [SAVED_ANEW]
    assert path.read_bytes().endswith(b"a" * 200_000 + b"\n")
