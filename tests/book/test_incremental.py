"""Sphinx builds only what changed, and the book is the one that a build from nothing gives."""

import hashlib
import os
import re
import shutil

import pytest
from test_same_bytes import hashes

from qantar import settings
from qantar.book import build
from qantar.pipeline import notebooks


@pytest.fixture(scope="module")
def root(small, tmp_path_factory):
    """A small checkout with the doctrees and pages of a build."""
    copy = shutil.copytree(small, tmp_path_factory.mktemp("incremental") / "qantar")
    build.build(copy)
    return copy


def written(root):
    """Build the book; return the pages that Sphinx wrote, after the same book was made from nothing."""
    html = root / "book" / "_build" / ".sphinx" / "html"
    before = {path: path.stat().st_mtime_ns for path in html.rglob("*.html")}
    build.build(root)
    pages = {path for path in html.rglob("*.html") if before.get(path) != path.stat().st_mtime_ns}
    kept = root.parent / "from nothing"
    shutil.rmtree(kept, ignore_errors=True)
    build._run_sphinx(root, kept, settings.WHOLE)
    (kept / "html" / ".buildinfo").unlink()
    made = hashes(root / "book" / "_build" / "html")
    made.pop(build.BUILT_FROM)
    assert made == hashes(kept / "html")
    return names(html, pages)


def every_page(root):
    html = root / "book" / "_build" / "html"
    return names(html, html.rglob("*.html"))


def names(html, pages):
    """Return the names of pages that have a source, without ending."""
    found = {page.relative_to(html).with_suffix("").as_posix() for page in pages}
    return found - {"search", "index", "genindex"}


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def stamp(root, name):
    """Say of a notebook that it was run with its cells of now: here only what its cells show matters."""
    content = notebooks.read(root / "notebooks" / f"{name}.ipynb")
    hashes_ = {**notebooks.made_from_now(content, root), "outputs": notebooks.outputs_hash(content)}
    notebooks._write_made_from(name, hashes_, root)


EVERYTHING = "every page"


def add_prose_with_an_old_date(root):
    with (root / "book" / "how_to_run.md").open("a", encoding="utf-8") as file:
        file.write("\nOne more paragraph, which names nobody.\n")
    os.utime(root / "book" / "how_to_run.md", (0, 0))


def change_a_title(root):
    path = root / "book" / "how_to_run.md"
    path.write_text(
        re.sub(r"(?m)^# .*", "# Another title", path.read_text(encoding="utf-8"), count=1), encoding="utf-8"
    )


def add_a_table_and_a_label(root):
    with (root / "book" / "how_to_run.md").open("a", encoding="utf-8") as file:
        file.write("\n(a-label)=\n## A heading\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n")


def link_to_the_label(root):
    with (root / "book" / "index.md").open("a", encoding="utf-8") as file:
        file.write("\n{ref}`a-label`\n")


def change_the_heading_of_the_label(root):
    replace(root / "book" / "how_to_run.md", "## A heading", "## An other heading")


def remove_the_table(root):
    replace(root / "book" / "how_to_run.md", "\n| a | b |\n| --- | --- |\n| 1 | 2 |\n", "\n")


def change_a_cell(root):
    path = root / "notebooks" / "deaths.ipynb"
    content = notebooks.read(path)
    content.cells[-1].source += "\n# a comment"
    path.write_text(notebooks.nbformat.writes(content) + "\n", encoding="utf-8")
    stamp(root, "deaths")


def change_a_template(root):
    with (root / "book" / "templates" / "acts.md").open("a", encoding="utf-8") as file:
        file.write("\nOne more line.\n")


def change_the_size_of_a_download(root):
    with (root / "data" / "README.md").open("a", encoding="utf-8") as file:
        file.write("".join(hashlib.sha256(str(n).encode()).hexdigest() for n in range(500)))


@pytest.mark.parametrize(
    ("edit", "pages"),
    [
        (add_prose_with_an_old_date, {"book/how_to_run"}),
        (add_a_table_and_a_label, EVERYTHING),
        (link_to_the_label, {"book/index"}),
        (change_the_heading_of_the_label, EVERYTHING),
        (remove_the_table, {"book/how_to_run"}),
        (change_a_title, EVERYTHING),
        (change_a_cell, {"notebooks/deaths"}),
        (change_a_template, {"book/reference/acts"}),
        (change_the_size_of_a_download, EVERYTHING),
    ],
)
def test_what_changed_is_written_again_and_nothing_stale_is_left(root, edit, pages):
    edit(root)
    found = written(root)
    if pages == EVERYTHING:
        assert found == every_page(root)
    else:  # Sphinx writes the page above a changed one as well
        assert pages <= found <= pages | {"book/index"}


@pytest.mark.parametrize("name", ["_config.yml", "_toc.yml", "book/_static/preview.png", "requirements.txt"])
def test_a_change_that_sphinx_does_not_look_for_starts_from_nothing(root, name):
    path = root / name
    good, before = path.read_bytes(), build._made_with(root, settings.WHOLE)
    assert build._made_with(root, settings.Edition(names=False)) != before
    path.write_bytes(good + b"\n# a comment\n")
    assert build._made_with(root, settings.WHOLE) != before
    path.write_bytes(good)


def test_a_build_after_one_that_failed_starts_from_nothing(root):
    path = root / "book" / "how_to_run.md"
    good = path.read_bytes()
    path.write_bytes(good + b"\n[](nowhere.md)\n")
    with pytest.raises(RuntimeError, match="nowhere"):
        build.build(root)
    assert not (root / "book" / "_build" / ".sphinx" / "finished").exists()
    path.write_bytes(good)
    assert "book/how_to_run" in written(root)
