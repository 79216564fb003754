"""The pipeline on a copy: what changed is run, what is true is not, and the book is never older than the record."""

import re

import pytest
from conftest import copy_checkout, edit_cell, pytask, run

from qantar.book import build
from qantar.pipeline import notebooks


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A copy with its book built, as after a clone and `make book`; each test leaves it as it was."""
    copy = copy_checkout(tmp_path_factory.mktemp("pipeline"))
    lock = (copy / "pytask.lock").read_bytes()
    done = pytask(copy)
    assert done.returncode == 0, done.stdout
    assert "running notebooks" not in done.stdout, "a clone runs no notebook whose committed outputs are true"
    assert "making data/clean" not in done.stdout
    assert (copy / "pytask.lock").read_bytes() == lock, "a clone's build leaves the lock as it is"
    return copy


def page(copy):
    html = (copy / "book" / "_build" / "html" / "notebooks" / "casualties.html").read_text(encoding="utf-8")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def mark(copy):
    """Return what the book says that it was built from."""
    return (copy / "book" / "_build" / "html" / ".built_from").read_text(encoding="utf-8")


def test_with_nothing_to_do_nothing_is_done(built):
    done = pytask(built)
    assert done.returncode == 0
    for step in ("making data/clean", "running", "building the book"):
        assert step not in done.stdout


def test_an_edited_figure_reaches_the_page_and_a_reverted_one_leaves_it(built):
    assert "at least 238 deaths" in page(built)
    right = mark(built)
    raw = built / "data" / "raw" / "claims.csv"
    committed = {
        path: path.read_bytes()
        for path in [*built.rglob("data/*/*.csv"), *built.glob("notebooks/*.ipynb"), built / "pytask.lock"]
    }
    ids = [line.split(",")[0] for line in raw.read_text(encoding="utf-8").splitlines()]
    row = ids.index("fidh-2024-02-p5a") + 1
    edit_cell(built / "data", "claims", row, "value", "241")
    edit_cell(built / "data", "claims", row, "as_printed", "at least 241")
    done = pytask(built)
    assert done.returncode == 0, done.stdout
    for step in ("making data/clean", "running notebooks/casualties.ipynb", "building the book"):
        assert step in done.stdout
    assert "at least 241 deaths" in page(built)
    assert "at least 222 deaths not counted as officers" in page(built), "what is computed follows"
    assert "238" not in page(built)

    for (
        path,
        content,
    ) in (
        committed.items()
    ):  # as `git checkout .` does: the lock is true of the files, but not of the book that stands there
        path.write_bytes(content)
    assert mark(built) != build.inputs_hash(built)
    done = pytask(built)
    assert done.returncode == 0
    assert "running" not in done.stdout
    assert "building the book" in done.stdout
    assert mark(built) == right == build.inputs_hash(built)
    assert "at least 238 deaths" in page(built)
    assert "241" not in page(built)


def test_a_table_that_no_notebook_loads_runs_no_notebook_but_builds_the_book(built):
    before = (built / "data" / "raw" / "phrases.csv").read_bytes()
    edit_cell(built / "data", "phrases", 2, "note", "another note")
    done = pytask(built)
    assert done.returncode == 0, done.stdout
    assert "running" not in done.stdout
    assert "building the book" in done.stdout
    (built / "data" / "raw" / "phrases.csv").write_bytes(before)


def test_an_output_edited_by_hand_is_made_anew(built):
    path = built / "notebooks" / "casualties.ipynb"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("at least 238 deaths", "at least 338 deaths"), encoding="utf-8")
    done = pytask(built)
    assert done.returncode == 0, done.stdout
    assert "running notebooks/casualties.ipynb" in done.stdout
    assert path.read_text(encoding="utf-8") == before


def test_a_bare_jupyter_book_build_refuses_stale_clean_tables_and_names_them(built):
    before = (built / "data" / "raw" / "claims.csv").read_bytes()
    edit_cell(built / "data", "claims", 3, "note", "a note")
    done = bare_build(built)
    (built / "data" / "raw" / "claims.csv").write_bytes(before)
    assert done.returncode != 0
    assert "data/clean/claims.csv: does not belong to data/raw; run `make book`" in said(done)
    assert not (built / "_build" / "html" / "index.html").exists()


def test_a_bare_jupyter_book_build_refuses_a_stale_notebook_and_names_it(built):
    path = built / "notebooks" / "casualties.ipynb"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"Casualties", b"Deaths", 1))
    done = bare_build(built)
    path.write_bytes(before)
    assert done.returncode != 0
    assert "notebooks/casualties.ipynb: its cells were changed after it was run; run `make book`" in said(
        done
    )


def test_a_bare_jupyter_book_build_builds_where_everything_belongs_together(built):
    done = bare_build(built)
    assert done.returncode == 0, said(done)
    assert (built / "_build" / "html" / "notebooks" / "casualties.html").is_file()


def test_a_missing_notebook_stops_the_build(built):
    path = built / "notebooks" / "casualties.ipynb"
    before = path.read_bytes()
    path.unlink()
    done = pytask(built)
    path.write_bytes(before)
    assert done.returncode != 0
    assert (built / "book" / "_build" / "html" / "notebooks" / "casualties.html").is_file()
    assert pytask(built).returncode == 0
    assert notebooks.stale(path, built) is None


def test_a_page_with_a_fault_leaves_the_last_good_book(built):
    prose = built / "book" / "method.md"
    before, index = (
        prose.read_text(encoding="utf-8"),
        built / "book" / "_build" / "html" / "book" / "method.html",
    )
    good = index.read_bytes()
    prose.write_text(before + "\n[nowhere](no_such_page.md)\n", encoding="utf-8")
    done = pytask(built)
    prose.write_text(before, encoding="utf-8")
    assert done.returncode != 0
    assert "no_such_page" in done.stdout
    assert index.read_bytes() == good


def bare_build(copy):
    return run(
        ["-c", "import sys, jupyter_book.cli.main as jb; sys.exit(jb.main())", "build", ".", "--all"], copy
    )


def said(done):
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr).split())
