"""Files and cells of the wrong form are refused at their row and column; what is valid passes."""

import re
import shutil

import pytest
from conftest import append_row, edit_cell, row_number, run

from qantar import cli, paths
from qantar.checks import form, runner
from qantar.record import tables

N = "north-2022-05"
HEADER = "place_id,name,other_names,kind,region_2022_01,region_since_2022_06,lat,lon,note\n"

# fmt: off
# What becomes of the bytes of data/raw/places.csv, the row and column that are refused, and the rule.
FILES = [
    (lambda old: b"\xef\xbb\xbf" + old, 1, None, "byte-order-mark"),
    (lambda old: old.replace(b"lat,lon,note", b"lat,lon,note,remark"), 1, None, "header"),
    (lambda old: old.replace(b"place_id,name,", b"place_id,", 1), 1, "name", "header"),
    (lambda old: old.replace(b"lat,lon", b"lat,long"), 1, "lon", "header"),
    (lambda old: old.replace(b"lat,lon", b"lon,lat"), 1, "lat", "header"),
    (lambda old: old.replace(b",lon,note\n", b",lon\n", 1), 1, "note", "header"),
    (lambda old: b"", None, None, "file-empty"),
    (lambda old: b" \n \n", None, None, "file-empty"),
    (lambda old: None, None, None, "file-missing"),
    (lambda old: old + b'semey-2,"Se\nmey",,city,,,,,\n', "end", None, "line-break"),
    (lambda old: old.replace(b"\n", b"\r\n", 1), None, None, "newlines"),
    (lambda old: old + b"semey-2,Seme\xff,,city,,,,,\n", "end", None, "not-utf-8"),
    (lambda old: old + b"\0", None, None, "nul-byte"),
    (lambda old: old + b'semey-2,"Semey,,city,,,,,\n', "end", None, "open-quote"),
    (lambda old: HEADER.replace(",", ";").encode(), 1, None, "delimiter"),
    (lambda old: HEADER.replace(",", "\t").encode(), 1, None, "delimiter"),
    (lambda old: b"place_id\n", 1, "name", "header"),
    (lambda old: old + b"\n", "end", None, "blank-row"),
    (lambda old: old + b"semey-2,Semey,,city,,,,,,extra\n", "end", None, "cell-count"),
    (lambda old: old + b"semey-2,Semey\n", "end", None, "cell-count"),
]
# Table, row, column, what is typed there, and the rule; frictionless validates all of them at once.
DECLARED = [
    ("sources", N, "url", "javascript:alert(1)", "pattern"),
    ("sources", N, "text_sha256", "abc", "pattern"),
    ("articles", "cc-274", "number", "274a", "pattern"),
    ("assemblies", "election-protests", "topics", "january_2022, other", "pattern"),
    ("claims", f"{N}-p10a", "claim_id", "Claim 25", "pattern"),
    ("claims", f"{N}-p10b", "bound", "precise", "enum"),
    ("mentions", f"{N}-p3m1", "hedge", "perhaps", "enum"),
    ("mentions", f"{N}-p6m1", "table", "persons", "enum"),
    ("reading", f"{N} 6 0", "outcome", "done", "enum"),
    ("measures", "deaths_total", "theme", "death", "enum"),
    ("measures", "deaths_officers", "label", "Deaths in total", "duplicate"),
    ("claims", f"{N}-p10d", "claim_id", f"{N}-p10c", "duplicate"),
    ("reading", f"{N} 2 0", "paragraph", "1", "duplicate"),
    ("claims", f"{N}-p3b", "base_claim_id", f"{N}-p99a", "unknown-key"),
    ("claims", f"{N}-p3c", "measure_id", "deaths", "unknown-key"),
    ("claims", f"{N}-p3d", "place_id", "atlantis", "unknown-key"),
    ("claims", f"{N}-p3e", "source_id", "north-2022-06", "unknown-key"),
    ("claims", f"{N}-p3f", "speaker", "somebody", "unknown-key"),
    ("places", "kazakhstan", "lat", "148", "maximum"),
    ("places", "almaty", "lon", "-180.1", "minimum"),
    ("claims", f"{N}-p4a", "paragraph", "0", "minimum"),
    ("claims", f"{N}-p4b", "as_printed", "", "required"),
    ("corrections", 2, "date", "22.11.2026", "type"),
]
# A declared column, a cell, and the rule that refuses it (None: it is valid).
CELLS = [
    ("cases", "summary", "a" * 2000, None),
    ("cases", "summary", "a" * 2001, "too-long"),
    ("cases", "summary", "Held in a\u0007b", "invisible"),
    ("cases", "summary", "Held in\u200b the capital", "invisible"),
    ("cases", "summary", "Held \u202e in the capital", "invisible"),
    ("cases", "summary", "Held in\u00a0the capital", "invisible"),
    ("cases", "summary", '=HYPERLINK("http://example.org")', "formula"),
    ("cases", "summary", "-a", "formula"),
    ("cases", "summary", "+7", "formula"),
    ("cases", "summary", "@a", "formula"),
    ("cases", "summary", "-7 degrees", None),
    ("cases", "summary", "Held in th\u0435 capital", "look-alike"),
    ("cases", "summary", "Held in Алматы and th capital", None),
    ("cases", "summary", "Held <script>alert(1)</script>", "markup"),
    ("cases", "summary", "Held {{ config }}", "markup"),
    ("cases", "summary", "Held {% if %}", "markup"),
    ("cases", "summary", "Held [here](x)", "markup"),
    ("cases", "summary", "Held &amp; fined", "markup"),
    ("cases", "summary", "Fewer than < 3 & {more}", None),
    ("claims", "value", "22x7", "type"),
    ("claims", "value", "NaN", "type"),
    ("claims", "value", "1e9", "type"),
    ("claims", "value", "9" * 12, None),
    ("claims", "value", "9" * 13, "type"),
    ("claims", "value", "0.123456", None),
    ("claims", "value", "0.1234567", "type"),
    ("claims", "value", "", None),
    ("claims", "paragraph", "9" * 9, None),
    ("claims", "paragraph", "9" * 10, "type"),
    ("claims", "paragraph", "1", None),
    ("claims", "paragraph", "0", "minimum"),
    ("claims", "paragraph", "", "required"),
    ("places", "lat", "90", None),
    ("places", "lat", "90.000001", "maximum"),
    ("places", "lat", "-90", None),
    ("corrections", "date", "2026-02-28", None),
    ("corrections", "date", "2026-02-29", "type"),
    ("claims", "retracted", "no", "enum"),
    ("sources", "language", "eng", "pattern"),
]
# fmt: on


@pytest.mark.parametrize(("becomes", "row", "column", "rule"), FILES)
def test_a_spoilt_file_is_refused_at_its_row(data, becomes, row, column, rule):
    path = data / "raw" / "places.csv"
    end = path.read_bytes().count(b"\n") + 1
    content = becomes(path.read_bytes())
    path.unlink() if content is None else path.write_bytes(content)
    (problem,) = (problem for problem in form.form_problems(data) if problem.table == "places")
    assert problem[:4] == ("places", end if row == "end" else row, column, rule)
    assert ";" in problem.message


@pytest.fixture(scope="module")
def broken(frozen, tmp_path_factory):
    """The problems of a record with every case of DECLARED in it, and the row of each case."""
    data = shutil.copytree(frozen, tmp_path_factory.mktemp("broken") / "data")
    append_row(data, "corrections", row_id="x", column="value", kind="our_error", asked_by="a", reason="b")
    edit_cell(data, "corrections", 2, "table", "claims")
    rows = [row_number(data, table, row) for table, row, *_ in DECLARED]
    for row, (table, _, column, cell, _) in zip(rows, DECLARED, strict=True):
        edit_cell(data, table, row, column, cell)
    return form.form_problems(data), rows


@pytest.mark.parametrize("number", range(len(DECLARED)))
def test_a_cell_that_is_not_as_declared_is_refused(broken, number):
    problems, rows = broken
    table, _, column, _, rule = DECLARED[number]
    of_rows = None if (table, rule) == ("reading", "duplicate") else column  # several columns are its key
    assert (table, rows[number], of_rows, rule) in {problem[:4] for problem in problems}


def test_each_broken_cell_is_told_once_and_with_what_to_do(broken):
    problems, _ = broken
    assert len({problem[:4] for problem in problems}) == len(problems)
    assert all(";" in problem.message for problem in problems)


def test_a_repeated_value_is_told_with_the_row_that_has_it_already(broken):
    (message,) = (p.message for p in broken[0] if (p.table, p.column) == ("measures", "label"))
    assert "'Deaths in total' stands already in row 2;" in message


@pytest.mark.parametrize(("table", "column", "cell", "rule"), CELLS)
def test_a_cell_has_the_form_that_its_column_declares(data, table, column, cell, rule):
    field = next(field for field in tables.fields(table) if field["name"] == column)
    message = form.cell_problem(field, cell)
    assert bool(message) == bool(rule)
    if message and rule not in ("minimum", "maximum", "required", "enum", "pattern"):
        edit_cell(data, table, 2, column, cell) if table != "corrections" else None
        assert table == "corrections" or (table, 2, column, rule, message) in form.form_problems(data)


def test_a_short_row_is_told_as_such_and_not_as_empty_cells(data):
    append_row(data, "places", place_id="semey-2", name="Semey")
    path = data / "raw" / "places.csv"
    path.write_text(path.read_text(encoding="utf-8").removesuffix(",,,,,,,\n") + "\n", encoding="utf-8")
    assert [problem.rule for problem in form.form_problems(data)] == ["cell-count"]


def test_what_frictionless_says_of_the_schema_itself_is_passed_on(data):
    path = data / "datapackage.json"
    path.write_text(
        re.sub('"resource": "sources"', '"resource": "nowhere"', path.read_text(encoding="utf-8"))
    )
    assert form.form_problems(data)[0][:4] == ("claims", None, None, "resource-error")


def test_nothing_else_is_checked_where_the_form_is_wrong(data):
    edit_cell(data, "claims", f"{N}-p3a", "value", "many")
    edit_cell(data, "claims", f"{N}-p3a", "as_of", "yesterday")
    report = runner.check(data)
    assert [problem.rule for problem in report.problems] == ["type"]
    assert report[1:] == (0, 0)


# --- the live record ---


def test_the_live_record_keeps_its_rules_without_and_with_the_texts(source_texts):
    without, with_texts = runner.check(), runner.check(sources_folder=source_texts)
    assert without.problems == with_texts.problems == []
    assert with_texts.unverified == 0
    claims = len(tables.read_table("claims"))
    assert without.unverified > claims, "every claim has a printed span, and mentions too"


@pytest.mark.live
def test_frictionless_itself_validates_the_data_package():
    done = run(["-m", "frictionless", "validate", "data/datapackage.json"], paths.ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.live
def test_the_command_says_that_the_record_is_well_formed(capsys):
    assert cli.main(["check"]) == 0
    assert "rows in data/raw are well-formed" in capsys.readouterr().out


def test_a_failed_check_ends_with_an_error_and_leaves_the_clean_tables_alone(checkout):
    clean = checkout / "data" / "clean"
    before = {path.name: path.read_bytes() for path in clean.iterdir()}
    edit_cell(checkout / "data", "claims", 3, "value", "272")
    for command in (["-m", "qantar.cli", "check"], ["-m", "pytask"]):
        done = run(command, checkout)
        assert done.returncode != 0
        assert "data/raw/claims.csv, row 3, column value" in " ".join((done.stdout + done.stderr).split())
        assert "Traceback" not in done.stderr
    assert {path.name: path.read_bytes() for path in clean.iterdir()} == before


NUMBER = {
    "name": "n",
    "type": "integer",
    "description": "a count",
    "constraints": {"minimum": 1, "maximum": 9},
}
WORD = {"name": "w", "type": "string", "constraints": {"required": True, "enum": ["yes", "no"]}}
CODE = {"name": "c", "type": "string", "description": "an id", "constraints": {"pattern": "^[a-z]+$"}}
MESSAGES = [
    (NUMBER, "x", "'x' is no integer; type a plain integer in digits"),
    (NUMBER, "0", "'0' is out of range; the minimum is 1"),
    (NUMBER, "10", "'10' is out of range; the maximum is 9"),
    (WORD, "", "is empty; every row needs it (see the data dictionary)"),
    (WORD, "maybe", "'maybe' is not allowed; use one of yes, no"),
    (CODE, "A1", "'A1' has the wrong form; match ^[a-z]+$ (an id)"),
    ({"name": "d", "type": "date"}, "soon", "'soon' is no date; type a plain date, or leave the cell empty"),
    (
        {"name": "d", "type": "date", "constraints": {"required": True}},
        "soon",
        "'soon' is no date; type a plain date",
    ),
    (NUMBER, "5", None),
    (NUMBER, "", None),
]


@pytest.mark.parametrize(("field", "cell", "message"), MESSAGES)
def test_a_message_says_what_is_wrong_with_a_cell_and_what_to_do(field, cell, message):
    assert form.cell_problem(field, cell) == message
