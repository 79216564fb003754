"""Released rows stay as they are: corrections explain what was changed or taken out, or the check fails."""

import subprocess

import pytest
from conftest import append_row, edit_cell, row_number

from qantar.checks import locked_rows
from qantar.record import releases

ROW = "south-2023-03-p4a"


@pytest.fixture
def data(data):
    """A copy of the frozen record in which everything was released."""
    releases.write("2026.12", {}, data)
    return data


def correct(data, table, row_id, column, old, new, kind="our_error"):
    append_row(data, "corrections", row_id=row_id, column=column, old=old, new=new, kind=kind)
    number = row_number(data, "corrections", "appended") - 1
    for name, cell in {"date": "2026-12-20", "table": table, "asked_by": "a reader", "reason": "so"}.items():
        edit_cell(data, "corrections", number, name, cell)


def take_out(data, table, row_id):
    path = data / "raw" / f"{table}.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(f"{row_id},")), encoding="utf-8")


def raise_total(data):
    edit_cell(data, "claims", ROW, "as_printed", "at least 241 people died")
    edit_cell(data, "claims", ROW, "value", "241")


def problems(data):
    return list(locked_rows.locked_row_problems(data))


def test_a_record_without_a_release_is_free(frozen):
    assert problems(frozen) == []


def test_a_released_row_that_is_not_changed_passes(data):
    assert problems(data) == []


def test_a_changed_row_fails_until_every_changed_cell_is_corrected(data):
    raise_total(data)
    (problem,) = problems(data)
    assert problem[:4] == ("claims", row_number(data, "claims", ROW), None, "released-row")
    assert problem.message.startswith(f"{ROW} was changed since release 2026.12; put it back, or add ")
    assert f",claims,{ROW},COLUMN,WHAT STOOD THERE,WHAT STANDS THERE,KIND,ASKED BY,REASON" in problem.message
    correct(data, "claims", ROW, "as_printed", "at least 240 people died", "at least 241 people died")
    assert len(problems(data)) == 1, "the value is not corrected yet"
    correct(data, "claims", ROW, "value", "240", "241")
    assert problems(data) == []


@pytest.mark.parametrize(("old", "new"), [("239", "241"), ("240", "242"), ("", "241")])
def test_a_correction_that_does_not_lead_back_to_the_released_row_explains_nothing(data, old, new):
    raise_total(data)
    correct(data, "claims", ROW, "as_printed", "at least 240 people died", "at least 241 people died")
    correct(data, "claims", ROW, "value", old, new)
    assert len(problems(data)) == 1


def test_a_cell_that_was_filled_or_emptied_is_corrected_with_an_empty_cell(data):
    edit_cell(data, "claims", ROW, "note", "Added.")
    edit_cell(data, "phrases", "CC BY", "note", "")
    assert len(problems(data)) == 2
    correct(data, "claims", ROW, "note", "", "Added.")
    correct(data, "phrases", "CC BY", "note", "Licence", "")
    assert problems(data) == []


def test_a_cell_corrected_twice_is_undone_last_first(data):
    edit_cell(data, "phrases", "CC BY", "note", "third")
    correct(data, "phrases", "CC BY", "note", "Licence", "second")
    correct(data, "phrases", "CC BY", "note", "second", "third")
    assert problems(data) == []


def test_a_correction_of_another_row_or_table_explains_nothing(data):
    edit_cell(data, "phrases", "CC BY", "note", "second")
    correct(data, "phrases", "DejaVu Sans", "note", "Licence", "second")
    correct(data, "places", "CC BY", "note", "Licence", "second")
    assert len(problems(data)) == 1


@pytest.mark.parametrize(
    ("column", "old", "new", "explained"),
    [
        ("answer_id", "north-list-a1", "", True),
        ("answer_id", "north-list-a1", "north-list-a3", False),
        ("note", "Without details.", "", False),
    ],
)
def test_a_row_taken_out_is_explained_by_its_key_and_nothing_new(data, column, old, new, explained):
    take_out(data, "answers", "north-list-a1")
    (problem,) = problems(data)
    assert problem[:4] == ("answers", None, None, "released-row")
    assert problem.message.startswith("north-list-a1 was taken out since release 2026.12;")
    assert ",answers,north-list-a1,answer_id,north-list-a1,,KIND,ASKED BY,REASON" in problem.message
    correct(data, "answers", "north-list-a1", column, old, new)
    assert (problems(data) == []) == explained


def test_a_removal_explains_without_a_value_until_the_next_release(data):
    edit_cell(data, "claims", ROW, "note", "Something.")
    correct(data, "claims", ROW, "note", "[removed]", "[removed]", "removal")
    assert problems(data) == []
    releases.write("2027.01", {}, data)
    raise_total(data)
    (problem,) = problems(data)
    assert f"{ROW} was changed since release 2027.01" in problem.message


@pytest.mark.parametrize("taken_out", [False, True])
def test_a_released_correction_stays_as_it_is(data, taken_out):
    edit_cell(data, "phrases", "CC BY", "note", "second")
    correct(data, "phrases", "CC BY", "note", "Licence", "second")
    releases.write("2027.01", {}, data)
    take_out(data, "corrections", "2026-12-20") if taken_out else edit_cell(
        data, "corrections", 2, "reason", "other"
    )
    (problem,) = problems(data)
    assert problem[:4] == ("corrections", None, None, "released-correction")
    assert ";" in problem.message


def test_where_git_knows_the_released_row_the_lines_to_add_are_whole(data):
    root = data.parent
    identity = ["-c", "user.name=keeper", "-c", "user.email=keeper@example.org"]
    for command in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "as it was"]):
        subprocess.run(["git", *command], cwd=root, check=True)
    raise_total(data)
    correct(data, "claims", ROW, "value", "240", "241")
    subprocess.run(["git", *identity, "commit", "-qam", "as it is"], cwd=root, check=True)
    (problem,) = problems(data)
    lines = problem.message.splitlines()[1:]
    change = "as_printed,at least 240 people died,at least 241 people died"
    assert [line.strip().partition(",")[2] for line in lines] == [
        f"claims,{ROW},{change},KIND,ASKED BY,REASON"
    ]


def test_of_persons_no_name_is_kept_not_even_as_a_hash(data):
    before = releases.read_rows("2026.12", data)["persons"]
    edit_cell(data, "persons", 2, "public_name", "Somebody Else")
    edit_cell(data, "persons", 2, "other_names", "")
    edit_cell(data, "persons", 2, "note", "")
    releases.write("2027.01", {}, data)
    assert releases.read_rows("2027.01", data)["persons"] == before


def test_a_new_column_changes_no_hash():
    assert releases.row_hash("claims", {"a": "1"}) == releases.row_hash("claims", {"a": "1", "new": ""})
    assert releases.row_hash("claims", {"a": "1"}) != releases.row_hash("claims", {"a": "1", "new": "2"})


def test_releases_are_in_order_of_time(data):
    for name in ("2026.12.10", "2026.12.9", "2027.01"):
        releases.write(name, {}, data)
    assert releases.releases(data) == ["2026.12", "2026.12.9", "2026.12.10", "2027.01"]
