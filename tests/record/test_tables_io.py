"""Reading and writing tables as the data package declares them."""

import json
import os

import pandas as pd
import pytest

from qantar.record import tables


def test_columns_have_their_declared_types(frozen):
    claims = tables.read_table("clean-claims", frozen)
    types = {c: str(claims[c].dtype) for c in ("claim_id", "paragraph", "value", "firm")}
    assert types == {"claim_id": "str", "paragraph": "Int64", "value": "Float64", "firm": "boolean"}
    assert pd.api.types.is_datetime64_dtype(claims["published_last"])
    assert set(claims["firm"]) == {True, False}


def test_only_an_empty_cell_is_missing():
    content = b"phrase,note\nNA,\nnull,None\n"
    phrases = tables.read_table("phrases", content=content)
    assert list(phrases["phrase"]) == ["NA", "null"]
    assert list(phrases["note"].isna()) == [True, False]


def test_a_table_is_written_as_it_was_read(frozen):
    for name in map("clean-{}".format, tables.clean_names(frozen)):
        path = frozen / tables.resources(frozen)[name]["path"]
        assert tables.table_bytes(tables.read_table(name, frozen), name, frozen) == path.read_bytes(), name


def test_cells_are_written_in_their_declared_form():
    columns = ["more", "note", "answer_id", "act_id", "table", "row_id"]
    table = pd.DataFrame([["no", None, "a", "b", "acts", "c, d"]], columns=columns)
    assert tables.table_bytes(table, "answers") == b'answer_id,act_id,table,row_id,note\na,b,acts,"c, d",\n'
    with pytest.raises(KeyError, match="note"):
        tables.table_bytes(table.drop(columns="note"), "answers")
    formats = [("number", 227.0), ("number", 1.5), ("boolean", False), ("boolean", True), ("integer", 3)]
    written = [tables._formatter(kind)(cell) for kind, cell in formats]
    assert written == ["227", "1.5", "no", "yes", "3"]


def test_names_keys_and_columns_come_from_the_data_package(data):
    assert tables.raw_names(data)[:2] == tables.clean_names(data)[:2] == ["claims", "mentions"]
    assert "reading" in tables.raw_names(data)
    assert "reading" not in tables.clean_names(data)
    assert tables.key("reading", data) == "source_id"
    assert tables.foreign_keys("assemblies", data) == [
        ("place_id", "places", True), ("part_of", "assemblies", False), ("organiser", "organisations", False),
    ]  # fmt: skip
    assert tables.foreign_keys("persons", data) == []
    path = data / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    package["resources"] = package["resources"][:1]
    path.write_text(json.dumps(package), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert tables.raw_names(data) == ["claims"]


def test_rows_can_be_walked_and_grouped():
    table = pd.DataFrame({"a": ["x", None, "x"], "b": [1, 2, 3]}, index=[5, 6, 7])
    assert [(index, row["b"]) for index, row in tables.rows(table)] == [(5, 1), (6, 2), (7, 3)]
    grouped = tables.groups(table, "a")
    assert [(row.Index, row.b) for row in grouped["x"]] == [(5, 1), (7, 3)]
    assert grouped["y"] == []


def test_a_file_is_written_whole_and_left_alone_when_equal(tmp_path):
    path = tmp_path / "folder" / "table.csv"
    tables.write_bytes(path, b"a\n1\n")
    (path.parent / ".table.csv.1.tmp").write_bytes(b"left by a killed process")
    os.utime(path, ns=(1, 1))
    tables.write_bytes(path, b"a\n1\n")
    assert path.stat().st_mtime_ns == 1
    tables.write_bytes(path, b"a\n2\n")
    assert [p.name for p in path.parent.iterdir()] == ["table.csv"]
    assert path.read_bytes() == b"a\n2\n"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ((), "data/raw/claims.csv"),
        ((87,), "data/raw/claims.csv, row 87"),
        ((87, "value"), "data/raw/claims.csv, row 87, column value"),
        ((None, "value"), "data/raw/claims.csv, column value"),
    ],
)
def test_a_place_is_put_into_words(place, words):
    assert tables.at({"path": "raw/claims.csv"}, *place) == words
