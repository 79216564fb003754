"""Text of the record stays text in Markdown, and names of vocabularies become words."""

import html

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qantar.presentation import markdown

# fmt: off
HOSTILE = [
    "<script>alert(1)</script>", "[click](javascript:alert(1))", "{{ template }}", "{% raw %}", "a | b",
    "`code`", "\\",
    "*bold* and _so_", "<img src=x onerror=alert(1)>", "&lt;b&gt;", "$x$", "~~gone~~", "# heading",
    "- no list", "+ no list",
    "::: no fence", "% no comment", "(no-target)=", "= no rule", "1. no list", "12) no list", ":no role:",
    "http://example.org",
]
IN_WORDS = [
    ("preventive_detention", "preventive detention"), ("womens_rights", "women's rights"), ("yes", "yes"),
    ("Police used force_x 2", r"Police used force\_x 2"), (None, ""), (pd.NA, ""), (float("nan"), ""),
    (7, "7"),
]
SPELT = [
    ("january_2022; elections", "January 2022; elections"), ("war_in_ukraine", "war in Ukraine"),
    ("womens_rights", "women's rights"), ("other_kind", "other kind"),
]
# fmt: on


def rendered(text):
    return MarkdownIt("gfm-like", {"linkify": False}).render(text)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_of_the_record_stays_text(hostile):
    in_cell = rendered(f"| {markdown.escape(hostile)} |\n| --- |\n").split("<th>")[1].split("</th>")[0]
    alone = rendered(markdown.escape(hostile)).removeprefix("<p>").removesuffix("</p>\n")
    assert html.unescape(in_cell) == html.unescape(alone) == hostile
    assert "<" not in in_cell + alone


TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Cs"]), min_size=1)


@given(TEXT.map(str.strip).filter(bool))
def test_no_text_opens_a_tag_or_a_link(text):
    assert not any(
        tag in rendered(markdown.escape(text)) for tag in ("<a", "<em", "<strong", "<code", "<img", "<script")
    )


def test_only_the_beginning_of_a_line_is_guarded_against_blocks():
    assert markdown.escape("1. a - b: c") == r"1\. a - b: c"
    assert markdown.escape(" two\n\tlines ") == "two lines"
    assert markdown.escape("\u202eleft\u2066 \u200fto") == "left to"


@pytest.mark.parametrize(("cell", "words"), IN_WORDS)
def test_cells_become_words(cell, words):
    assert markdown.in_words(cell) == words


@pytest.mark.parametrize(("name", "words"), SPELT)
def test_names_of_vocabularies_become_words(name, words):
    assert markdown.spelt(name) == words


def test_a_missing_cell_is_empty_text():
    assert [markdown.escaped(cell) for cell in (pd.NA, float("nan"), None, "a_b")] == ["", "", "", r"a\_b"]


def test_links_lead_to_addresses_and_anchors():
    assert markdown.link("a", "cases#b") == "[a](../data/rows/cases.md#b)"
    assert markdown.link("a", "cases#b", home="R/") == "[a](R/cases.md#b)"
    assert markdown.link("a", "cases#b", home="") == markdown.anchor_link("a", "b") == "[a](#b)"


def test_paragraphs_lists_and_tables_are_one_output():
    table = markdown.Text(markdown.table(["A", "B"], [["1", "2"], ["3", "4"]]))
    assert table.data == repr(table) == "| A | B |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |"
    assert markdown.text("a", table, markdown.bulleted(["x", "y"])).data == f"a\n\n{table.data}\n\n- x\n- y"
    assert markdown.table(["A"], []) == "Nothing of this stands in these reports."
