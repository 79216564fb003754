"""The pipeline on a small checkout: only what changed is run, and the book follows the record."""

import re
import shutil

import nbformat
import pytest
from conftest import copy_checkout, edit_cell, pytask, run

from qantar.book import build
from qantar.pipeline import notebooks

FIGURE = ("claims", "south-2023-03-p4a")  # at least 240 deaths


@pytest.fixture(scope="module")
def root(small, tmp_path_factory):
    """A small checkout whose book is up to date; each test leaves its sources as they were."""
    return shutil.copytree(small, tmp_path_factory.mktemp("pipeline") / "qantar")


def page(root, name="notebooks/deaths"):
    html = (root / "book" / "_build" / "html" / f"{name}.html").read_text(encoding="utf-8")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def built(root, **environment):
    """Run the pipeline, which must succeed; return the steps that it took."""
    done = run(["-m", "pytask"], root, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return re.findall(r"making data/clean|running notebooks/\w+|building the book", done.stdout)


def committed(root):
    """Return the content of what git keeps, by path."""
    data = ("data/*/*.csv", "data/snapshot.md")
    patterns = (*data, "notebooks/*.ipynb", "notebooks/*.json", "pytask.lock", "_toc.yml", "book/*.md")
    return {path: path.read_bytes() for pattern in patterns for path in root.glob(pattern)}


def put_back(content):
    for path, of in content.items():
        path.write_bytes(of)


def test_with_nothing_to_do_nothing_is_done(root):
    before = committed(root)
    assert built(root) == []
    assert committed(root) == before


def test_a_clone_of_the_repository_runs_nothing_before_the_book_and_keeps_its_lock(tmp_path):
    clone = copy_checkout(tmp_path)
    before = committed(clone)
    planned = run(["-m", "pytask", "--dry-run"], clone).stdout
    assert re.findall(r"::(\w+)\S* +│ w", planned) == ["task_book"], planned
    done = run(["-m", "pytask", "-k", "not task_book"], clone)
    assert done.returncode == 0, done.stdout
    assert committed(clone) == before


def test_an_edited_figure_reaches_the_page_and_a_reverted_one_leaves_it(root):
    assert "at least 240 deaths" in page(root)
    before, hashed = committed(root), build.inputs_hash(root)
    edit_cell(root / "data", *FIGURE, "value", "243")
    edit_cell(root / "data", *FIGURE, "as_printed", "at least 243 people died")
    steps = built(root)
    assert steps[0] == "making data/clean"
    assert {*steps[1:3]} == {"running notebooks/deaths", "running notebooks/trials"}
    assert steps[3:] == ["building the book"]
    assert "at least 243 deaths" in page(root)
    assert "240 deaths" not in page(root)

    put_back(before)  # as git does: pytask.lock is of these files, and the book is not
    assert build.built_from(root / "book" / "_build" / "html") != hashed
    assert built(root) == ["building the book"]
    assert build.built_from(root / "book" / "_build" / "html") == hashed
    assert "at least 240 deaths" in page(root)


def test_a_table_runs_only_the_notebooks_that_load_it(root):
    before = committed(root)
    edit_cell(root / "data", "acts", 2, "note", "another note")
    assert built(root) == ["making data/clean", "running notebooks/trials", "building the book"]
    put_back(before)
    edit_cell(root / "data", "phrases", 2, "note", "another note")
    assert built(root) == ["making data/clean", "building the book"]
    put_back(before)


def test_an_output_that_was_edited_by_hand_is_made_again(root):
    before = committed(root)
    path = root / "notebooks" / "deaths.ipynb"
    path.write_bytes(before[path].replace(b"at least 240 deaths", b"at least 340 deaths"))
    assert "running notebooks/deaths" in built(root)
    assert committed(root) == before


def test_a_row_that_breaks_a_rule_or_names_somebody_stops_the_build_with_a_sentence(root, tmp_path):
    before = committed(root)
    (tmp_path / "withheld.txt").write_text("Qualm\n", encoding="utf-8")
    edit_cell(root / "data", "claims", 2, "note", "As qualm said.")
    done = run(["-m", "pytask"], root, QANTAR_WITHHELD=str(tmp_path / "withheld.txt"))
    said = " ".join(done.stdout.split())
    assert done.returncode != 0
    assert "data/raw/claims.csv, row 2, column note: a withheld name may be a name" in said
    assert "1 to correct; nothing was written" in said
    assert "❱" not in said, "a sentence, without lines of code"
    put_back({path: of for path, of in before.items() if path.parent.name == "raw"})
    assert committed(root) == before


def test_a_notebook_that_fails_is_named_and_the_last_book_stays(root):
    before, good = committed(root), page(root)
    path = root / "notebooks" / "deaths.ipynb"
    content = notebooks.read(path)
    content.cells[-1].source = "record.claims_of('no such measure')"
    nbformat.write(content, path)
    done = pytask(root)
    assert done.returncode != 0
    assert re.search(
        r"deaths\.ipynb, cell 5: UnknownName: no measure no such measure", " ".join(done.stdout.split())
    )
    assert page(root) == good
    put_back(before)


def test_a_missing_notebook_or_a_broken_link_stops_the_build_and_the_last_book_stays(root):
    before, good = committed(root), page(root)
    (root / "notebooks" / "deaths.ipynb").unlink()
    done = pytask(root)
    assert done.returncode != 0
    assert "notebooks/deaths" in done.stdout
    put_back(before)
    prose = root / "book" / "how_to_read.md"
    prose.write_bytes(before[prose] + b"\n[nowhere](no_such_page.md)\n")
    done = pytask(root)
    assert done.returncode != 0
    assert "no_such_page" in done.stdout
    assert page(root) == good
    put_back(before)


def test_a_new_notebook_with_one_line_in_the_table_of_contents_is_a_page_and_a_draft_is_not(root):
    before = committed(root)
    new, draft = root / "notebooks" / "detained.ipynb", root / "notebooks" / "draft.ipynb"
    content = notebooks.read(root / "notebooks" / "deaths.ipynb")
    content.cells = content.cells[:3] + content.cells[4:]
    content.cells[0].source = "# Detained"
    content.cells[2].source = 'record = load()\ndetained = record.numbered_claims("detained_total")'
    content.cells[3].source = 'charts.claims(detained, "detained", "People detained, as printed.")'
    nbformat.write(content, new)
    draft.write_text("no notebook", encoding="utf-8")
    contents = root / "_toc.yml"
    line = b"      - file: notebooks/trials\n"
    contents.write_bytes(before[contents].replace(line, line + b"      - file: notebooks/detained\n"))
    assert built(root) == ["running notebooks/detained", "building the book"]
    assert "People detained, as printed." in page(root, "notebooks/detained")
    assert draft.read_text(encoding="utf-8") == "no notebook"
    assert not (root / "book" / "_build" / "html" / "notebooks" / "draft.html").exists()
    new.unlink()
    draft.unlink()
    put_back(before)


@pytest.mark.parametrize("asked", [{"NAMES": "0"}, {"PRINTED_BY": "2022-12-31"}])
def test_the_pipeline_makes_no_edition(root, asked):
    before = committed(root)
    done = run(["-m", "pytask"], root, **asked)
    assert done.returncode != 0
    assert "run `qantar edition`" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert committed(root) == before
