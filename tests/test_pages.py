"""The reference pages are made from the record: an edit of any raw table reaches the pages that show it."""

import shutil

import pytest
from conftest import edit_cell

from qantar import paths
from qantar.book import build, reference_pages
from qantar.record import derive, tables

# A row and a column of each raw table that a page shows, and a page of those that show it; the words typed into it are looked for there.
SHOWN = {
    "claims": ("civicus-2022-03-p25a", "note", "claims_casualties"),
    "mentions": ("civicus-2022-03-p31m5", "paragraph", "incidents"),
    "persons": (2, "public_name", "cases"),
    "cases": ("party-leader", "label", "cases"),
    "parties": ("rally-2022-02-13-fined", "label", "cases"),
    "charges": (2, "article_id", "cases"),
    "steps": (2, "date", "cases"),
    "sentences": (2, "kind", "cases"),
    "assemblies": ("almaty-2022-02-13", "label", "assemblies"),
    "restrictions": (2, "kind", "assemblies"),
    "incidents": (2, "label", "incidents"),
    "acts": (2, "summary", "acts"),
    "answers": (2, "note", "asked_and_answered"),
    "sources": (2, "title", "sources"),
    "measures": ("deaths_total", "label", "claims_casualties"),
    "articles": ("cc-274", "number", "cases"),
    "places": ("almaty", "name", "assemblies"),
    "organisations": ("kz-authorities", "name", "claims_casualties"),
    "corrections": (None, "reason", "corrections"),
}
# What no page shows: words that are no names, and how the texts were read. They are in the data package and in the hash of the record.
NOT_SHOWN = ("phrases", "reading")
OTHER = {"paragraph": "30", "date": "2022-01-31", "kind": "other_kind", "article_id": None, "number": "999"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """What the pages are made from, and the pages."""
    root = tmp_path_factory.mktemp("pages")
    for part in ("data", "book/templates", "notebooks", "qantar"):
        shutil.copytree(paths.ROOT / part, root / part)
    for part in ("CHANGELOG.md", "_config.yml", "_toc.yml", "requirements.txt"):
        shutil.copy(paths.ROOT / part, root)
    return root, reference_pages.made(root)


def test_every_raw_table_is_looked_at():
    assert {*SHOWN, *NOT_SHOWN} == set(tables.raw_names())


@pytest.mark.parametrize("table", [*SHOWN, *NOT_SHOWN])
def test_an_edit_of_any_raw_table_reaches_its_page_and_makes_the_book_stale(copy, table):
    root, before = copy
    row, column, page = SHOWN.get(table, (2, "note" if table == "phrases" else "reason", None))
    path = root / "data" / "raw" / f"{table}.csv"
    kept, hashed = path.read_bytes(), build.inputs_hash(root)
    cell = OTHER.get(column, "Typed otherwise")
    if row is None:
        path.write_text(
            f"{kept.decode()}2026-12-20,claims,civicus-2022-03-p25a,note,,x,our_error,a reader,Typed otherwise\n",
            encoding="utf-8",
        )
    else:
        edit_cell(
            root / "data",
            table,
            row,
            column,
            cell or tables.read_table("articles", root / "data")["article_id"].iloc[-1],
        )
    try:
        derive.write(root / "data")
        after = reference_pages.made(root)
        assert build.inputs_hash(root) != hashed
    finally:
        path.write_bytes(kept)
    if page:
        differing = {
            name
            for name in before
            if name.endswith(".md")
            and _without_hash(after[name], after) != _without_hash(before[name], before)
        }
        assert f"{page}.md" in differing
        assert cell is None or column in OTHER or cell.encode() in after[f"{page}.md"]


def _without_hash(content, made):
    """Return a page without the hash of the record, which every edit changes."""
    hashed = made["_freshness.md"].split(b"`")[1]
    return content.replace(hashed, b"").replace(hashed[:12], b"")
