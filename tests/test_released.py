"""Released rows stand still: what was changed or taken out is told by a correction, or the check fails with the line to add."""

import subprocess

import pytest
from conftest import edit_cell

from qantar.checks import runner
from qantar.record import releases

ROW = "fidh-2024-02-p5a"


@pytest.fixture
def data(data):
    """A copy of data/ in which everything was released."""
    releases.write("2026.12", {}, data)
    return data


def correct(data, *lines):
    path = data / "raw" / "corrections.csv"
    path.write_text(
        path.read_text(encoding="utf-8") + "".join(f"{line}\n" for line in lines), encoding="utf-8"
    )


def take_out(data, table, row):
    path = data / "raw" / f"{table}.csv"
    kept = [
        line
        for line in path.read_text(encoding="utf-8").splitlines(keepends=True)
        if not line.startswith(f"{row},")
    ]
    path.write_text("".join(kept), encoding="utf-8")


def raise_total(data):
    edit_cell(data, "claims", ROW, "as_printed", "at least 241")
    edit_cell(data, "claims", ROW, "value", "241")


def test_a_released_record_keeps_its_rules(data):
    assert runner.check(data).problems == []


def test_a_changed_row_fails_until_every_changed_cell_is_corrected(data):
    raise_total(data)
    problems = runner.check(data).problems
    assert len(problems) == 1
    assert f"{ROW} was changed since release 2026.12" in problems[0]
    correct(
        data, f"2026-12-20,claims,{ROW},as_printed,at least 238,at least 241,our_error,a reader,read again"
    )
    assert len(runner.check(data).problems) == 1, "the value is not told yet"
    correct(data, f"2026-12-20,claims,{ROW},value,238,241,our_error,a reader,read again")
    assert runner.check(data).problems == []


def test_a_correction_that_tells_another_value_than_the_released_one_explains_nothing(data):
    raise_total(data)
    correct(
        data,
        f"2026-12-20,claims,{ROW},as_printed,at least 238,at least 241,our_error,a reader,read again",
        f"2026-12-20,claims,{ROW},value,237,241,our_error,a reader,read again",
    )
    assert [f"{ROW} was changed" in problem for problem in runner.check(data).problems] == [True]


def test_a_cell_corrected_twice_is_undone_last_first(data):
    edit_cell(data, "phrases", "CC BY", "note", "third")
    correct(
        data,
        "2026-12-20,phrases,CC BY,note,Licence,second,recoding,a reader,said better",
        "2026-12-21,phrases,CC BY,note,second,third,recoding,a reader,said better still",
    )
    assert runner.check(data).problems == []


def test_a_row_taken_out_is_told_as_taken_out(data):
    take_out(data, "answers", "civicus-35-1-a1")
    (problem,) = (p for p in runner.check(data).problems if "since release" in p)
    assert "civicus-35-1-a1 was taken out since release 2026.12" in problem
    assert ",answers,civicus-35-1-a1,answer_id,civicus-35-1-a1,,KIND,ASKED BY,REASON" in problem
    correct(
        data,
        "2026-12-20,answers,civicus-35-1-a1,answer_id,civicus-35-1-a1,,our_error,a reader,no row needs it",
    )
    assert not [p for p in runner.check(data).problems if "corrections" in p or "since release" in p]


def test_a_removal_passes_without_telling_a_value(data):
    edit_cell(data, "claims", ROW, "note", "")
    edit_cell(data, "claims", ROW, "same_statement", "")
    correct(data, f"2026-12-20,claims,{ROW},note,[removed],[removed],removal,a person,asked for")
    assert not [p for p in runner.check(data).problems if "since release" in p]


def test_a_removal_of_an_earlier_release_explains_no_later_change(data):
    correct(data, f"2026-12-20,claims,{ROW},note,[removed],[removed],removal,a person,asked for")
    releases.write("2027.01", {}, data)
    raise_total(data)
    assert [f"{ROW} was changed since release 2027.01" in p for p in runner.check(data).problems] == [True]


def test_a_released_correction_stays_as_it_is(data):
    edit_cell(data, "phrases", "CC BY", "note", "second")
    correct(data, "2026-12-20,phrases,CC BY,note,Licence,second,recoding,a reader,said better")
    releases.write("2027.01", {}, data)
    edit_cell(data, "corrections", 2, "reason", "another reason")
    assert [
        "a correction of release 2027.01 was changed or taken out" in p for p in runner.check(data).problems
    ] == [True]


def test_no_release_keeps_a_name_not_even_hashed(data):
    before = releases.row_hash(
        "persons", releases.rows(data)["persons"][next(iter(releases.rows(data)["persons"]))]
    )
    edit_cell(data, "persons", 2, "public_name", "Somebody Else")
    assert before == releases.row_hash(
        "persons", releases.rows(data)["persons"][next(iter(releases.rows(data)["persons"]))]
    )


def test_a_new_column_changes_no_hash():
    assert releases.row_hash("claims", {"a": "1"}) == releases.row_hash("claims", {"a": "1", "new": ""})
    assert releases.row_hash("claims", {"a": "1"}) != releases.row_hash("claims", {"a": "1", "new": "2"})


def test_releases_are_in_order_of_time(data):
    for name in ("2026.12.10", "2026.12.9", "2027.01"):
        releases.write(name, {}, data)
    assert releases.releases(data) == ["2026.12", "2026.12.9", "2026.12.10", "2027.01"]


def test_where_git_knows_the_released_row_the_lines_to_add_are_whole(checkout):
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=keeper", "-c", "user.email=keeper@example.org", "commit", "-qm", "as it was"],
    ):
        subprocess.run(["git", *command], cwd=checkout, check=True)
    releases.write("2026.12", {}, checkout / "data")
    raise_total(checkout / "data")
    (problem,) = runner.check(checkout / "data").problems
    assert f"claims,{ROW},as_printed,at least 238,at least 241,KIND,ASKED BY,REASON" in problem
    assert f"claims,{ROW},value,238,241,KIND,ASKED BY,REASON" in problem
