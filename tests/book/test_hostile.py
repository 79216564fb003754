"""Any text in a table is text in the page: no tag, script, address, template or direction of its own."""

import re
import shutil

import pytest
from docutils.core import publish_string
from myst_parser.parsers.docutils_ import Parser

from qantar import paths
from qantar.book import reference_pages
from qantar.presentation import markdown
from qantar.record import tables

# fmt: off
HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[press](javascript:alert(1))",
    "<javascript:alert(1)>",
    "{{ record_hash }} {% raw %}", '=HYPERLINK("http://evil.example","x")', "a | b | c",
    "```{raw} html\n<script>",
    "\u202ethgir ot tfel\u202c", "![x](http://evil.example/x.png)", "%%html", "$$x$$ `code` _under_ *bold*",
]
FREE_TEXT = {
    "label", "summary", "note", "as_printed", "definition", "title", "offence", "after", "ground",
    "venue", "authors",
    "publisher", "name", "short",
}
# fmt: on
_NAMES = ("claims_casualties", "accounts", "cases", "acts", "incidents", "sources", "timeline")
PAGES = [f"{name}.md" for name in _NAMES]
_SETTINGS = {
    "myst_enable_extensions": ["colon_fence", "deflist", "attrs_inline", "attrs_block"],
    "report_level": 5,
    "embed_stylesheet": False,
}


def body(text):
    page = publish_string(text, parser=Parser(), writer_name="html5", settings_overrides=_SETTINGS)
    return page.decode().split("<body")[1]


@pytest.fixture(scope="module")
def pages(frozen, tmp_path_factory):
    """The bodies, by name, of pages of a record whose every free text begins with all hostile texts."""
    root = tmp_path_factory.mktemp("hostile")
    shutil.copytree(frozen, root / "data")
    shutil.copytree(paths.ROOT / "book" / "templates", root / "book" / "templates")
    for name in ("CHANGELOG.md", "_toc.yml"):
        shutil.copy(paths.ROOT / name, root)
    declared = tables.resources(root / "data")
    for name in [resource for resource in declared if resource.startswith(tables.CLEAN_PREFIX)]:
        table = tables.read_table(name, root / "data")
        for column in FREE_TEXT & set(table):
            # each row begins with another one: some act only where a line begins
            words = [" ".join(HOSTILE[n % 12 :] + HOSTILE[: n % 12]) + " " for n in range(len(table))]
            table[column] = (words + table[column]).where(table[column].notna())
        (root / "data" / declared[name]["path"]).write_bytes(tables.table_bytes(table, name, root / "data"))
    made = reference_pages.made(root)
    return {name: body(made[name].decode()) for name in PAGES}


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_row_is_text_in_every_reference_page(pages, name):
    shown = pages[name]
    assert "&lt;script&gt;" in shown and "{{ record_hash }}" in shown
    assert not re.search(r"<script|<img", shown)
    assert not re.search(r'(?:href|src)="\s*(?:javascript|data|vbscript):', shown, flags=re.IGNORECASE)
    assert not re.search(r'(?:href|src)="[^"#]*evil\.example', shown), "an address of its own making"
    assert "\u202e" not in shown


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_text_is_text_in_a_notebook(hostile):
    assert not re.search(r"<script|<img|<a ", body(f"before {markdown.escape(hostile)} after"))
