"""Whatever stands in a table, the check answers in sentences with file and what to do, and never with a traceback.

QANTAR_FUZZ says how many tables are broken at random (default 25, the same ones each time).
"""

import csv
import io
import os
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qantar import paths
from qantar.checks import runner
from qantar.record import derive, tables

EXAMPLES = int(os.environ.get("QANTAR_FUZZ", "25"))
# Cells that look like something: numbers of other kinds, days of a spreadsheet, formulas, look-alike letters, ids of other tables.
LOOKS_LIKE = [
    *(
        "",
        " ",
        "0",
        "-1",
        "1e9",
        "٣",
        "NaN",
        "inf",
        "44566",
        "05.01.2022",
        "2022-13-01",
        "2022-02-30",
        "../",
        "/",
        "2022-01-05/2022-01-01",
        "yes",
        "no",
        "TRUE",
    ),
    *(
        "=HYPERLINK(1)",
        "fidh-2024-02",
        "fidh-2024-02-p5a",
        "tоtal",
        "x\u200by",
        "[removed]",
        "; ",
        "a; ; b",
        "many",
        "exact",
        "higher",
        "claims",
        "🙂",
        "\u202e",
    ),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz") / "data"
    shutil.copytree(paths.DATA, folder)
    return folder


def _checked(data, table, content):
    """Return what the check says of a record in which one table holds other bytes, and put the table back."""
    path = data / tables.resources(data)[table]["path"]
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        return runner.check(data)
    finally:
        path.write_bytes(before)


def _says_where_and_what(report):
    for problem in report.problems:
        assert problem.startswith("data/"), problem
        assert ";" in problem, problem


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_cells_are_answered_in_sentences(data, draw):
    table = draw.draw(st.sampled_from(tables.raw_names(data)))
    rows = list(
        csv.reader(io.StringIO((data / tables.resources(data)[table]["path"]).read_text(encoding="utf-8")))
    )
    if len(rows) < 2:
        rows.append([""] * len(rows[0]))
    for _ in range(draw.draw(st.integers(1, 3))):
        row, column = draw.draw(st.integers(1, len(rows) - 1)), draw.draw(st.integers(0, len(rows[0]) - 1))
        others = st.sampled_from([cells[column] for cells in rows[1:]])
        rows[row][column] = draw.draw(others | st.sampled_from(LOOKS_LIKE) | st.text(max_size=20))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    report = _checked(data, table, out.getvalue().encode("utf-8", errors="surrogatepass"))
    _says_where_and_what(report)
    if not report.problems:
        return
    assert not derive.stale(data), "the check writes nothing"


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_bytes_are_answered_in_sentences(data, draw):
    table = draw.draw(st.sampled_from(tables.raw_names(data)))
    content = (data / tables.resources(data)[table]["path"]).read_bytes()
    begin = draw.draw(st.integers(0, len(content)))
    end = draw.draw(st.integers(begin, min(len(content), begin + 200)))
    new = draw.draw(
        st.sampled_from([b"", b"\n", b"\r\n", b'"', b",", b";", b"\0", b"\xef\xbb\xbf", b"\xff"])
        | st.binary(max_size=40)
    )
    _says_where_and_what(_checked(data, table, content[:begin] + new + content[end:]))


def test_a_cell_of_ten_megabytes_is_refused_in_a_sentence(data):
    path = data / "raw" / "places.csv"
    header, first = path.read_text(encoding="utf-8").splitlines()[:2]
    cells = next(csv.reader([first]))
    cells[1] = "a" * 10_000_000
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    report = _checked(data, "places", f"{header}\n{out.getvalue()}".encode())
    assert report.problems
    assert all(len(problem) < 2000 for problem in report.problems)
