"""Whatever text stands in a table is text in the page: no tag, no script, no address of a script, no template, no order of its own."""

import re
import shutil

import pandas as pd
import pytest
from docutils.core import publish_string
from myst_parser.parsers.docutils_ import Parser

from qantar import paths
from qantar.book import reference_pages
from qantar.presentation import markdown
from qantar.record import query, tables

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[press](javascript:alert(1))",
    "<javascript:alert(1)>",
    "{{ record_hash }} {% raw %}",
    '=HYPERLINK("http://evil.example","x")',
    "a | b | c",
    "```{raw} html\n<script>",
    "\u202ethgir ot tfel\u202c",
    "![x](http://evil.example/x.png)",
    "%%html",
    "$$x$$ `code` _under_ *bold*",
]
FREE_TEXT = {
    "label",
    "summary",
    "note",
    "as_printed",
    "definition",
    "title",
    "offence",
    "after",
    "ground",
    "venue",
    "authors",
    "publisher",
    "name",
    "short",
}


@pytest.fixture(scope="module", params=range(len(HOSTILE)), ids=lambda n: HOSTILE[n].split()[0][:20])
def made(request, tmp_path_factory):
    """The reference pages of a record in whose every column of free text a hostile text stands, by name, as HTML."""
    root = tmp_path_factory.mktemp("hostile")
    for part in ("data", "book/templates"):
        shutil.copytree(paths.ROOT / part, root / part)
    shutil.copy(paths.ROOT / "CHANGELOG.md", root)
    for name in tables.clean_names(root / "data"):
        table = tables.read_table(tables.CLEAN_PREFIX + name, root / "data")
        for column in FREE_TEXT & set(table):
            table[column] = table[column].where(
                table[column].isna() | (table[column] == ""),
                HOSTILE[request.param] + " " + table[column].astype("str"),
            )
        content = tables.table_bytes(table, tables.CLEAN_PREFIX + name, root / "data")
        (root / "data" / tables.resources(root / "data")[tables.CLEAN_PREFIX + name]["path"]).write_bytes(
            content
        )
    reference_pages.write(reference_pages.made(root), root)
    settings = {
        "myst_enable_extensions": ["colon_fence", "deflist", "attrs_inline", "attrs_block"],
        "report_level": 5,
        "embed_stylesheet": False,
    }
    return HOSTILE[request.param], {
        page.name: publish_string(
            page.read_text(encoding="utf-8"),
            parser=Parser(),
            writer_name="html5",
            settings_overrides=settings,
        ).decode()
        for page in (root / "book" / "reference").glob("*.md")
        if page.name
        in ("claims_casualties.md", "cases.md", "acts.md", "incidents.md", "sources.md", "timeline.md")
    }


def test_a_hostile_row_is_text_in_every_reference_page(made):
    _, pages_ = made
    for name, html in pages_.items():
        body = html.split("<body")[1]
        assert not re.search(r"<script|onerror=(?!alert\(1\)&gt;)|<img", body.replace("&lt;", "·")), name
        assert not re.search(r'(?:href|src)="\s*(?:javascript|data|vbscript):', body, flags=re.IGNORECASE), (
            name
        )
        assert "\u202e" not in body, name
        assert not re.search(r'(?:href|src)="[^"#]*evil\.example', body), (
            f"{name} has an address of its own making"
        )


def test_a_hostile_row_is_text_in_the_tables_of_notebooks():
    record = query.load()
    for hostile in HOSTILE:
        shown = markdown.escape(hostile)
        html = (
            publish_string(
                f"before {shown} after",
                parser=Parser(),
                writer_name="html5",
                settings_overrides={"report_level": 5},
            )
            .decode()
            .split("<body")[1]
        )
        assert not re.search(r"<script|<img|<a ", html), hostile
    assert pd.notna(record.claims["as_printed"]).all()
