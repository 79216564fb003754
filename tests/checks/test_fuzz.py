"""Whatever stands in a table, the check answers with places and what to do, and never with a traceback.

QANTAR_FUZZ says how many tables are broken at random (default 25, the same ones each time).
"""

import csv
import os
import shutil

import pytest
from conftest import edit_cell
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qantar.checks import runner
from qantar.record import derive, tables

fuzz = settings(
    max_examples=int(os.environ.get("QANTAR_FUZZ", "25")), suppress_health_check=list(HealthCheck)
)
# fmt: off
# Numbers of other kinds, days of a spreadsheet, formulas, look-alike letters, ids of other tables.
LOOKS_LIKE = [
    "", " ", "0", "-1", "1e9", "٣", "NaN", "inf", "44566", "05.01.2022", "2022-13-01", "2022-02-30",
    "../", "/", "2022-01-05/2022-01-01",
    "yes", "no", "TRUE", "=HYPERLINK(1)", "north-2022-05", "north-2022-05-p3a", "tоtal",
    "x\u200by", "[removed]", "; ", "a; ; b", "many", "exact", "higher", "claims", "🙂", "\u202e",
]
BYTES = [b"", b"\n", b"\r\n", b'"', b",", b";", b"\0", b"\xef\xbb\xbf", b"\xff"]
# fmt: on


@pytest.fixture(scope="module")
def data(frozen, tmp_path_factory):
    return shutil.copytree(frozen, tmp_path_factory.mktemp("fuzz") / "data")


def check_with(data, table, content):
    """Check a record in which one table holds other bytes, and put the table back."""
    path = data / "raw" / f"{table}.csv"
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        problems = runner.check(data).problems
    finally:
        path.write_bytes(before)
    for problem in problems:
        assert problem.table in tables.raw_names(data)
        assert ";" in problem.message, problem


@fuzz
@given(st.data())
def test_any_cells_are_answered(data, draw):
    table = draw.draw(st.sampled_from(tables.raw_names(data)))
    lines = (data / "raw" / f"{table}.csv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.reader(lines))
    if len(rows) == 1:
        rows.append([""] * len(rows[0]))
    for _ in range(draw.draw(st.integers(1, 3))):
        row, column = draw.draw(st.integers(1, len(rows) - 1)), draw.draw(st.integers(0, len(rows[0]) - 1))
        others = st.sampled_from([cells[column] for cells in rows[1:]])
        rows[row][column] = draw.draw(others | st.sampled_from(LOOKS_LIKE) | st.text(max_size=20))
    quoted = (
        "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in cells) for cells in rows)
    ) + "\n"
    check_with(data, table, quoted.encode("utf-8", errors="surrogatepass"))
    assert derive.stale(data) == [], "the check writes nothing"


@fuzz
@given(st.data())
def test_any_bytes_are_answered(data, draw):
    table = draw.draw(st.sampled_from(tables.raw_names(data)))
    content = (data / "raw" / f"{table}.csv").read_bytes()
    begin = draw.draw(st.integers(0, len(content)))
    end = draw.draw(st.integers(begin, min(len(content), begin + 200)))
    new = draw.draw(st.sampled_from(BYTES) | st.binary(max_size=40))
    check_with(data, table, content[:begin] + new + content[end:])


@pytest.mark.parametrize(("column", "cell"), [("name", "a" * 10_000_000), ("lat", "1" * 10_000_000)])
def test_a_cell_of_ten_megabytes_is_refused_in_few_words(data, tmp_path, column, cell):
    data = shutil.copytree(data, tmp_path / "data")
    edit_cell(data, "places", 2, column, cell)
    (problem,) = runner.check(data).problems
    assert problem[:3] == ("places", 2, column)
    assert len(problem.message) < 200
