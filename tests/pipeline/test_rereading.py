"""Typed sentences that rows break: which they are, and what somebody writes down who read them again."""

import nbformat
import pytest
from nbformat import v4

from qantar.pipeline import notebooks, rereading
from qantar.presentation import conditions

PROSE = "Some prose. No later report prints a total, and\nnone is expected. More prose."
CALL = 'holds(record, "No later report prints a total", "{id}", claims="claim_id == \'south-2023-03-p4a\'")'


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A folder with one notebook, whose sentence a claim breaks."""
    monkeypatch.setattr(conditions.read_again, "__defaults__", (tmp_path,))
    (tmp_path / "notebooks").mkdir()
    contents = "format: jb-book\nroot: book/index\nchapters:\n  - file: notebooks/deaths\n"
    (tmp_path / "_toc.yml").write_text(contents, encoding="utf-8")
    write(tmp_path, "north-2022-05-p3a")
    return tmp_path


def write(root, row_id):
    cells = [v4.new_markdown_cell(PROSE), v4.new_code_cell(CALL.format(id=row_id))]
    nbformat.write(v4.new_notebook(cells=cells), root / "notebooks" / "deaths.ipynb")


def test_a_broken_sentence_is_told_in_full_with_its_page_and_row(record, root):
    (found,) = rereading.broken(record, root)
    assert found.page == "deaths"
    assert found.text == "No later report prints a total, and none is expected."
    assert str(found).endswith("was written without claims south-2023-03-p4a")
    assert found.row.condition == "claim_id == 'south-2023-03-p4a'"


def test_a_sentence_on_a_row_that_is_gone_says_so(record, root):
    write(root, "north-2022-05-p99z")
    gone, _ = rereading.broken(record, root)
    assert str(gone).endswith("tells of north-2022-05-p99z, which is not in the record, or retracted")


def test_what_was_read_again_holds_and_makes_its_notebook_stale(record, root):
    notebook = notebooks.read(root / "notebooks" / "deaths.ipynb")
    before = notebooks.cells_hash(notebook, root)
    rereading.still_true([found.row for found in rereading.broken(record, root)], root)
    assert rereading.broken(record, root) == []
    assert notebooks.cells_hash(notebook, root) != before
    (line,) = conditions.read_again(root)
    assert (line["table"], line["row_id"]) == ("claims", "south-2023-03-p4a")


def test_what_was_read_again_beside_one_row_is_not_beside_another(record, root):
    row = rereading.broken(record, root)[0].row
    rereading.still_true([row._replace(row_id="south-2023-03-p4b")], root)
    assert len(rereading.broken(record, root)) == 1


def test_the_row_is_shown_beside_its_sentence(record, root, frozen):
    (found,) = rereading.broken(record, root)
    words = rereading.words_of(found, frozen)
    assert "as_printed at least 240 people died" in words and "nan" not in words
