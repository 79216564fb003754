"""The checks refuse broken tables with the file, the row and the column, and write nothing.

Each file in tests/broken/ is one way to break the record: which cell or file becomes what, and where the message must point.
"""

import hashlib
import tomllib
from pathlib import Path

import pytest
from conftest import copy_checkout, edit_cell, row_number, run

from qantar import cli, paths
from qantar.checks import runner
from qantar.record import derive

SAMPLES = sorted((Path(__file__).parent / "broken").glob("*.toml"))


def break_(data, sample):
    path = data / "raw" / f"{sample['table']}.csv"
    for cell in sample.get("cell", []):
        edit_cell(data, sample["table"], cell["row"], cell["column"], cell["becomes"])
    change = sample.get("file", {})
    if "replace" in change:
        old, new = change["replace"]
        assert old in path.read_text(encoding="utf-8")
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    if "append" in change:
        path.write_text(path.read_text(encoding="utf-8") + change["append"], encoding="utf-8")
    if "append_bytes" in change:
        path.write_bytes(path.read_bytes() + bytes.fromhex(change["append_bytes"]))
    if "replace_all" in change:
        path.write_text(change["replace_all"], encoding="utf-8")
    if change.get("delete"):
        path.unlink()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_broken_table_is_refused_at_its_row_and_column(path, data):
    sample = tomllib.loads(path.read_text(encoding="utf-8"))
    refused = sample["refused"]
    place = f"data/raw/{sample['table']}.csv"
    row = row_number(data, sample["table"], refused["row"]) if "row" in refused else None
    break_(data, sample)
    if "row" in refused:
        place += f", row {row}" + (f", column {refused['column']}" if "column" in refused else "") + ":"
    problems = runner.check(data).problems
    assert [p for p in problems if p.startswith(place) and refused["says"] in p], "\n".join(problems)
    assert all(";" in problem for problem in problems), "every message says what to do"


def test_the_record_keeps_its_rules():
    assert runner.check().problems == []


def test_every_printed_span_stands_in_its_paragraph(source_texts):
    report = runner.check(sources_folder=source_texts)
    assert report.problems == []
    assert report.unverified == 0


def test_without_the_texts_the_check_counts_what_it_could_not_verify(data):
    report = runner.check(data)
    assert report.problems == []
    assert report.unverified >= len(derive.clean_tables(data)["claims"])


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("as_printed", "4,353 people had been injured", "do not stand in the text copy"),
        ("paragraph", "24", "these words stand in paragraph 25"),
        ("item", "2", "paragraph 25 has 0 items"),
    ],
)
def test_words_that_stand_elsewhere_are_refused(data, source_texts, column, cell, says):
    row = row_number(data, "claims", "civicus-2022-03-p25c")
    edit_cell(data, "claims", row, column, cell)
    if column == "paragraph":
        edit_cell(data, "claims", row, "claim_id", "civicus-2022-03-p24z")
    problems = runner.check(data, source_texts).problems
    assert any(f"row {row}, column as_printed" in problem and says in problem for problem in problems), (
        problems
    )


@pytest.mark.parametrize(
    ("claim_id", "cells", "says"),
    [
        (
            "civicus-2022-03-p25a",
            {"as_printed": "27 people were killed", "value": "27"},
            "do not stand in the text copy",
        ),
        (
            "civicus-2022-03-p25c",
            {"as_printed": "353 people were injured", "value": "353"},
            "do not stand in the text copy",
        ),
        ("hrw-2023-01-p10a", {"as_printed": "232 people", "bound": "exact"}, "the text reads at_least 232"),
        (
            "iphr-2022-05-p6a",
            {"as_printed": "200 people killed", "bound": "exact"},
            "the text reads more_than 200",
        ),
    ],
)
def test_words_cut_out_of_a_number_or_off_its_qualifier_are_refused(
    data, source_texts, claim_id, cells, says
):
    ids = [
        line.split(",")[0] for line in (data / "raw" / "claims.csv").read_text(encoding="utf-8").splitlines()
    ]
    row = ids.index(claim_id) + 1
    for column, cell in cells.items():
        edit_cell(data, "claims", row, column, cell)
    problems = runner.check(data, source_texts).problems
    assert any(f"row {row}, column as_printed" in problem and says in problem for problem in problems), (
        problems
    )


def test_another_text_than_the_one_that_was_read_is_refused(data, source_texts, tmp_path):
    other = tmp_path / "texts"
    other.mkdir()
    for path in source_texts.glob("*.txt"):
        (other / path.name).write_bytes(path.read_bytes())
    (other / "fidh-2024-02.txt").write_text("another text\n", encoding="utf-8")
    problems = runner.check(data, other).problems
    assert [p for p in problems if "sources.csv, row 6, column text_sha256" in p and "fidh-2024-02" in p]


def test_words_before_a_first_bullet_which_no_row_could_reach_are_refused(data, tmp_path):
    text = tmp_path / "texts" / "hrw-2023-01.txt"
    text.parent.mkdir()
    text.write_text(
        "A title\n\nCourts convicted more than a dozen officials:\n- in one city five\n- in another two\n",
        encoding="utf-8",
    )
    edit_cell(data, "sources", "hrw-2023-01", "text_sha256", hashlib.sha256(text.read_bytes()).hexdigest())
    (problem,) = (p for p in runner.check(data, text.parent).problems if "text_sha256" in p)
    assert "data/raw/sources.csv, row" in problem
    assert "paragraph 2 of the text copy of hrw-2023-01 has words before its first bullet" in problem
    assert "put an empty line between them" in problem


def test_a_failed_check_ends_with_an_error_and_leaves_the_clean_tables_alone(tmp_path):
    checkout = copy_checkout(tmp_path)
    before = {path.name: path.read_bytes() for path in (checkout / "data" / "clean").iterdir()}
    edit_cell(checkout / "data", "claims", 3, "value", "272")
    for command in (["-m", "qantar.cli", "check"], ["-m", "pytask"]):
        done = run(command, checkout)
        assert done.returncode != 0
        assert "data/raw/claims.csv, row 3, column value" in " ".join((done.stdout + done.stderr).split())
        assert "Traceback" not in done.stderr
    assert {path.name: path.read_bytes() for path in (checkout / "data" / "clean").iterdir()} == before


def test_qantar_check_says_that_the_record_is_well_formed(capsys):

    assert cli.main(["check"]) == 0
    assert "rows in data/raw are well-formed" in capsys.readouterr().out


def test_the_official_command_validates_the_data_package():
    done = run(["-m", "frictionless", "validate", "data/datapackage.json"], paths.ROOT)
    assert done.returncode == 0, done.stdout
