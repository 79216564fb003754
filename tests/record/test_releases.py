"""What a release keeps: the hashes of rows, and what the book showed."""

import pytest
from conftest import append_row

from qantar.record import releases

SHOWN = {
    ("deaths", "1"): [releases.Shown("text", "a1", "225, they said"), releases.Shown("chart", "b2")],
    ("deaths", "2"): [releases.Shown("table", "c3")],
}


def test_a_release_is_read_back_as_it_was_written(data):
    append_row(data, "corrections", date="2023-01-01", row_id="a", reason="b")
    releases.write("2026.12", SHOWN, data)
    assert releases.read_shown("2026.12", data) == SHOWN
    assert releases.read_rows("2026.12", data) == {
        table: {key: releases.row_hash(table, cells) for key, cells in by_key.items()}
        for table, by_key in releases.rows(data).items()
    }


def test_rows_are_named_by_their_key_or_their_hash():
    content = "\ufeffa,b,c\n1,,x\n1,2,y,more\n".encode()
    keyed = {"name": "t", "schema": {"primaryKey": ["a", "b"]}}
    assert releases.rows_of(content, keyed) == {
        "1": {"a": "1", "c": "x"}, "1 2": {"a": "1", "b": "2", "c": "y"},
    }  # fmt: skip
    unkeyed = releases.rows_of(b"a\nx\n", {"name": "t", "schema": {}})
    assert unkeyed == {releases.row_hash("t", {"a": "x"}): {"a": "x"}}


def test_a_hash_ignores_empty_cells_order_and_names_of_persons():
    assert releases.row_hash("claims", {"a": "1"}).startswith("452647e0")
    same = [{"a": "1", "b": "2"}, {"b": "2", "a": "1", "c": ""}]
    assert releases.row_hash("t", same[0]) == releases.row_hash("t", same[1])
    named = {"person_id": "x", "public_name": "A B", "other_names": "C", "note": "D"}
    assert releases.row_hash("persons", named) == releases.row_hash("persons", {"person_id": "x"})
    assert releases.row_hash("cases", named) != releases.row_hash("cases", {"person_id": "x"})


def test_releases_are_listed_in_order_of_time(data):
    for name in ("2026.12.10", "2026.12.9", "2027.01", "2026.12", "draft"):
        releases.write(name, {}, data)
    assert releases.releases(data) == ["2026.12", "2026.12.9", "2026.12.10", "2027.01"]


@pytest.mark.parametrize(("name", "valid"), [
    ("2026.12", True), ("2026.01", True), ("2026.12.1", True), ("2026.12.10", True), ("2026.13", False),
    ("2026.00", False), ("1926.12", False), ("2026.1", False), ("2026.12.0", False), ("2026.12.100", False),
])  # fmt: skip
def test_a_release_is_named_by_its_month(name, valid):
    assert bool(releases.RELEASE.fullmatch(name)) is valid
