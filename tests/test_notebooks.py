"""The notebooks keep one skeleton, hold no figures in prose, and know whether their outputs are theirs."""

import ast
import csv
import re

import nbformat
import pytest
from conftest import edit_cell, run

from qantar import paths
from qantar.pipeline import notebooks
from qantar.record import derive, tables

NOTEBOOKS = notebooks.in_order()
SETUP = "from qantar import charts, words\nfrom qantar.record import load"

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(path):
    return [cell for cell in notebooks.read(path).cells if cell.cell_type == "code"]


def prose(path):
    return [cell for cell in notebooks.read(path).cells if cell.cell_type == "markdown"]


@each
def test_it_has_the_skeleton(path):
    text = "\n".join(cell.source for cell in prose(path))
    assert text.startswith("# ")
    for heading in (
        "## What these figures can and cannot say",
        "## Where sources disagree",
        "## Limits",
        "## What would change the answer",
    ):
        assert heading in text
    assert len(re.findall(r"^## .*\?$", text, flags=re.MULTILINE)) >= 5, "findings are questions"


@each
def test_it_begins_with_the_same_setup_and_one_load_that_names_its_tables(path):
    cells = code_cells(path)
    assert cells[0].source == SETUP
    assert re.fullmatch(r"record = load\((\s*\"\w+\",?)*\s*\)", cells[1].source), (
        "each table that is used, or all"
    )
    assert sum("record = load(" in cell.source for cell in cells[1:]) == 1


@each
def test_it_has_10_to_20_short_code_cells_without_functions(path):
    cells = code_cells(path)
    lengths = sorted(len(cell.source.splitlines()) for cell in cells)
    assert 10 <= len(cells) <= 20
    assert lengths[-1] <= 15
    assert lengths[len(lengths) // 2] <= 4
    for cell in cells:
        assert not any(
            isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef))
            for node in ast.walk(ast.parse(cell.source))
        )


@each
def test_no_figure_is_typed_into_prose(path):
    """Dates, article numbers and names of laws aside."""
    number_words = (
        r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousand)\b"
    )
    dates = r"\b\d{1,2} [A-Z][a-z]+ \d{4}\b|\b[A-Z][a-z]+ 20\d\d\b"
    for cell in prose(path):
        text = re.sub(
            rf"\([^)]*\.(?:md|ipynb)[^)]*\)|\b[Aa]rticles? \d+(\.\d+)?|{dates}",
            "",
            " ".join(cell.source.split()),
        )
        assert not re.search(r"\d", text), text
        assert not re.search(number_words, text, flags=re.IGNORECASE), text


@each
def test_figures_of_the_record_are_not_typed_into_code(path):
    for cell in code_cells(path):
        numbers = {
            node.value
            for node in ast.walk(ast.parse(cell.source))
            if isinstance(node, ast.Constant) and isinstance(node.value, (int, float))
        }
        assert numbers <= {0, 1}, cell.source


@each
def test_every_figure_has_a_caption_an_alternative_text_and_its_table(path):
    seen = 0
    for cell in code_cells(path):
        for output in cell.outputs:
            html = output.get("data", {}).get("text/html", "")
            if "<figure" not in html:
                continue
            seen += 1
            assert re.search(r"<figcaption>.{20,}</figcaption>", html)
            assert re.search(r'<svg role="group" aria-label="Chart of .{60,}?"', html)
            assert "image/png" in output.data
            assert any(
                "| --- |" in other.get("data", {}).get("text/markdown", "") for other in cell.outputs
            ), "the plotted table stands beside it"
    assert seen >= 3


@each
def test_outputs_show_no_objects_no_errors_and_nothing_of_this_machine(path):
    for cell in code_cells(path):
        for output in cell.outputs:
            assert output.output_type in ("display_data", "execute_result")
            text = str({kind: content for kind, content in output.data.items() if kind != "image/png"})
            assert not re.search(
                r"0x[0-9a-f]{8,}|<[A-Za-z_.]+ (object )?at |<IPython|/home/|/root/|/tmp/|nan\b", text
            )


@each
def test_ids_are_stable_and_metadata_are_those_of_any_machine(path):
    notebook = notebooks.read(path)
    assert all(re.fullmatch(r"[a-z][a-z-]+", cell.id) for cell in notebook.cells)
    assert notebook.metadata.language_info == {"name": "python"}
    assert "execution" not in str([cell.metadata for cell in notebook.cells])


@each
def test_its_outputs_belong_to_the_data_at_hand(path):
    assert notebooks.stale(path) is None


def test_tables_are_read_from_the_call_that_loads_them():
    def of(source):
        return notebooks.loaded_tables(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]))

    assert of('record = load("claims", "sources")') == ["claims", "sources"]
    assert of('r = record.load("claims")') == ["claims"]
    assert "organisations" in of("record = load()")
    assert of("x = 1") == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("data", "made from other data"),
        ("cells", "cells were changed"),
        ("outputs", "not made by the pipeline"),
        ("code", "other code in qantar"),
    ],
)
def test_a_notebook_is_stale_when_its_data_cells_outputs_or_code_change(checkout, change, why):
    path = checkout / "notebooks" / "casualties.ipynb"
    assert notebooks.stale(path, checkout) is None
    notebook = notebooks.read(path)
    if change == "data":
        edit_cell(checkout / "data", "claims", 3, "note", "a note")
        derive.write(checkout / "data")
    elif change == "cells":
        notebook.cells[-1].source += "\nMore."
    elif change == "outputs":
        next(cell for cell in notebook.cells if cell.get("outputs")).outputs[0].data["text/plain"] = (
            "an output typed by hand"
        )
    else:
        (checkout / "qantar" / "words.py").write_text((checkout / "qantar" / "words.py").read_text() + "\n")
    if change in ("cells", "outputs"):
        tables.write_bytes(path, nbformat.writes(notebook).encode())
    problem = notebooks.stale(path, checkout)
    assert problem.startswith("notebooks/casualties.ipynb: ")
    assert why in problem
    assert "make book" in problem


def test_an_edited_table_that_a_notebook_does_not_load_leaves_it_alone(checkout):
    edit_cell(checkout / "data", "assemblies", 2, "note", "another note")
    derive.write(checkout / "data")
    assert notebooks.stale(checkout / "notebooks" / "casualties.ipynb", checkout) is None


def test_a_notebook_that_fails_keeps_its_last_good_outputs(checkout):
    path = checkout / "notebooks" / "casualties.ipynb"
    notebook = notebooks.read(path)
    [cell for cell in notebook.cells if cell.cell_type == "code"][-1].source = "record.of('no such measure')"
    tables.write_bytes(path, nbformat.writes(notebook).encode())
    before = path.read_bytes()
    with pytest.raises(
        RuntimeError, match=r"notebooks/casualties.ipynb, cell \d+: .*no such measure.*make lab"
    ):
        notebooks.run(path, checkout)
    assert path.read_bytes() == before


def test_running_a_notebook_again_changes_no_byte(checkout):
    path = checkout / "notebooks" / "casualties.ipynb"
    before = path.read_bytes()
    done = run(
        ["-c", "from qantar import notebooks, paths; notebooks.run(paths.NOTEBOOKS / 'casualties.ipynb')"],
        checkout, TZ="Pacific/Kiritimati", LC_ALL="C", HOME=str(checkout.parent),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert path.read_bytes() == before


def test_every_notebook_is_a_page_of_the_book():
    toc = (paths.ROOT / "_toc.yml").read_text()
    assert all(f"notebooks/{path.stem}" in toc for path in NOTEBOOKS)


def test_figures_of_two_units_that_exclude_each_other_are_drawn_apart(checkout):
    path = checkout / "data" / "raw" / "claims.csv"
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    column = {name: n for n, name in enumerate(rows[0])}
    (other,) = (list(row) for row in rows if row[column["measure_id"]] == "torture_complaints_anticorruption")
    for name, cell in (
        ("claim_id", "fidh-2024-02-p4z"),
        ("source_id", "fidh-2024-02"),
        ("as_printed", "329 complaints"),
        ("value", "329"),
    ):
        other[column[name]] = cell
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([*rows, other])
    derive.write(checkout / "data")
    notebooks.run(checkout / "notebooks" / "discrepancies.ipynb", checkout)
    shown = (checkout / "notebooks" / "discrepancies.ipynb").read_text(encoding="utf-8")
    assert "fig-exclude-complaint" in shown
    assert "fig-exclude-person" in shown
