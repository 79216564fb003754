"""Building the book: what makes it out of date, and what stops a build."""

import re

import pytest
from conftest import edit_cell, run

from qantar import settings
from qantar.book import build


@pytest.fixture
def root(tmp_path):
    """A folder with one file of each kind that a book is made from."""
    for name in INPUTS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("before", encoding="utf-8")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: notebooks/one\n", encoding="utf-8")
    return tmp_path


INPUTS = [
    *(
        "_config.yml",
        "_toc.yml",
        "CHANGELOG.md",
        "requirements.txt",
        "book/index.md",
        "book/_static/deep/style.css",
    ),
    *(
        "book/templates/macros/fields.md",
        "data/raw/claims.csv",
        "data/clean/claims.csv",
        "data/datapackage.json",
    ),
    *("data/released/2026.12/rows.csv", "qantar/cli.py", "qantar/presentation/map.geojson"),
]
OTHERS = ["README.md", "qantar/cli.pyc", "notebooks/draft.ipynb", "book/reference/cases.md", "data/README.md"]


@pytest.mark.parametrize(("name", "changes"), [*((n, True) for n in INPUTS), *((n, False) for n in OTHERS)])
def test_the_hash_of_the_inputs_changes_with_each_of_them_and_with_nothing_else(root, name, changes):
    before = build.inputs_hash(root)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    contents = "format: jb-book\nroot: book/index\n" if name == "_toc.yml" else "after"
    (root / name).write_text(contents, encoding="utf-8")
    assert (build.inputs_hash(root) != before) == changes


def test_the_hash_of_the_inputs_changes_with_a_notebook_of_the_book_a_new_name_and_the_edition(root):
    found = {build.inputs_hash(root), build.inputs_hash(root, settings.Edition(names=False))}
    contents = "format: jb-book\nroot: book/index\nchapters:\n  - file: notebooks/one\n"
    (root / "_toc.yml").write_text(contents, encoding="utf-8")
    found.add(build.inputs_hash(root))
    (root / "notebooks").mkdir()
    (root / "notebooks" / "one.ipynb").write_text("{}", encoding="utf-8")
    found.add(build.inputs_hash(root))
    (root / "book" / "index.md").rename(root / "book" / "other.md")
    found.add(build.inputs_hash(root))
    assert len(found) == 5


@pytest.mark.parametrize(
    "missing", ["html/index.html", "html/.built_from", "reference/.built_from", "", "other"]
)
def test_a_book_is_built_from_what_it_says_if_it_is_whole_and_has_its_own_reference_pages(tmp_path, missing):
    html, reference = tmp_path / "book" / "_build" / "html", tmp_path / "book" / "reference"
    marks = {"html/index.html": html / "index.html", "html/.built_from": html / ".built_from"}
    marks["reference/.built_from"] = reference / ".built_from"
    for name, path in marks.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if name != missing:
            path.write_text("a mark", encoding="utf-8")
    if missing != "html/.built_from":
        marks["html/.built_from"].write_text("a hash\na mark", encoding="utf-8")
    if missing == "other":
        marks["reference/.built_from"].write_text("another mark", encoding="utf-8")
    assert build.built_from(html) == ("a hash" if missing == "" else None)


def test_a_book_whose_inputs_changed_while_it_was_built_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(build, "_build_into", lambda html, root, folder, kept: None)
    monkeypatch.setattr(build, "inputs_hash", lambda root: "of now")
    monkeypatch.setattr(build, "built_from", lambda html: "of before")
    with pytest.raises(
        RuntimeError, match="something that it is made of was changed meanwhile; run `make book`"
    ):
        build.build(tmp_path)
    monkeypatch.setattr(build, "built_from", lambda html: "of now")
    build.build(tmp_path)
    assert list((tmp_path / "book" / "_build").iterdir()) == []


def test_a_full_disk_is_told_in_a_sentence(monkeypatch, tmp_path):
    def full(html, root, folder, kept):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(build, "_build_into", full)
    with pytest.raises(RuntimeError, match=r"^the book was not built: No space left on device; make room"):
        build.build(tmp_path)


def test_nothing_is_stale_in_a_checkout_that_was_built(small):
    assert build.stale(small) == []


def test_what_is_stale_is_named_tables_before_notebooks(small_copy):
    notebook = small_copy / "notebooks" / "deaths.ipynb"
    notebook.write_bytes(notebook.read_bytes().replace(b"# Deaths", b"# The dead", 1))
    (problem,) = build.stale(small_copy)
    assert problem.startswith(
        "notebooks/deaths.ipynb: its cells were changed after it was run; run `make book`"
    )
    edit_cell(small_copy / "data", "acts", 2, "note", "a note")
    advice = "does not belong to data/raw; run `make book` (or `pytask`), which makes it anew"
    assert build.stale(small_copy) == [f"data/clean/acts.csv: {advice}"]
    (small_copy / "data" / "raw" / "acts.csv").unlink()
    (problem,) = build.stale(small_copy)
    assert re.match(r"data/raw cannot be read \(.*\); run `make check`", problem)


def test_a_notebook_that_cannot_be_read_is_stale(small_copy):
    (small_copy / "notebooks" / "deaths.ipynb").write_text("{", encoding="utf-8")
    (problem,) = build.stale(small_copy)
    assert "deaths.ipynb is no notebook that can be read" in problem


def bare_build(root):
    """Run Jupyter Book without the pipeline; return its exit code and its output in one line."""
    program = "import sys, jupyter_book.cli.main as jb; sys.exit(jb.main())"
    done = run(["-c", program, "build", ".", "--all"], root)
    return done.returncode, " ".join(re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr).split())


def test_jupyter_book_alone_refuses_stale_tables_and_builds_when_nothing_is_stale(small_copy):
    path = small_copy / "data" / "raw" / "acts.csv"
    before = path.read_bytes()
    edit_cell(small_copy / "data", "acts", 2, "note", "a note")
    code, said = bare_build(small_copy)
    assert code != 0
    assert "data/clean/acts.csv: does not belong to data/raw; run `make book`" in said
    assert not (small_copy / "_build" / "html" / "index.html").exists()
    path.write_bytes(before)
    template = small_copy / "book" / "templates" / "acts.md"
    good = template.read_bytes()
    template.write_bytes(good + b"{{ missing }}")
    code, said = bare_build(small_copy)
    assert code != 0
    assert "book/templates cannot be rendered ('missing' is undefined); correct the template" in said
    template.write_bytes(good)
    code, said = bare_build(small_copy)
    assert code == 0, said
    assert (small_copy / "_build" / "html" / "notebooks" / "deaths.html").is_file()


def test_a_page_that_may_name_a_person_is_not_published(small_copy):
    index = small_copy / "book" / "index.md"
    index.write_text(index.read_text(encoding="utf-8") + "\nSaid by Somebody Unknown.\n", encoding="utf-8")
    html = small_copy / "book" / "_build" / "html" / "book" / "index.html"
    good = html.read_bytes()
    done = run(["-m", "pytask"], small_copy)
    said = " ".join(re.sub(r"[│\s]+", " ", done.stdout).split())  # without the frame around it
    assert done.returncode != 0
    assert "the book was not built; what was there before is still there:" in said
    assert '"Somebody Unknown" may be a name' in said
    assert html.read_bytes() == good
