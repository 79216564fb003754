"""Markdown for notebooks and pages: escaped text of the record, links, lists and tables."""

import re
from collections.abc import Iterable, Sequence

import pandas as pd
from IPython.display import Markdown

from qantar import addresses

# What is meant for use elsewhere, which Tab lists.
# fmt: off
__all__ = [
    "NO_ROWS", "Text", "anchor_link", "bulleted", "escape", "escaped", "in_words", "link", "spelt", "table",
    "text",
]
# fmt: on


def __dir__() -> list[str]:
    return __all__


NO_ROWS = "Nothing of this stands in these reports."


class Text(Markdown):
    """Markdown that JupyterLab and the book render, and that prints as its own source."""

    def __repr__(self):
        return self.data


def text(*paragraphs: str | Text) -> Text:
    """Return paragraphs as one Markdown output."""
    return Text("\n\n".join(part.data if isinstance(part, Text) else part for part in paragraphs))


def bulleted(lines: Iterable[str]) -> str:
    """Return strings as a bulleted list, for `text`."""
    return "\n".join(f"- {line}" for line in lines)


def link(words: str, address: str, home: str = addresses.ROWS) -> str:
    """Return Markdown as a link to an address of the book (see `addresses`)."""
    return f"[{words}]({addresses.markdown(address, home)})"


def anchor_link(words: str, anchor: str) -> str:
    """Return Markdown as a link to an anchor that Sphinx finds on whichever reference page it is."""
    return f"[{words}](#{anchor})"


_DIRECTION_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LINE_START = re.compile(r"^(\d*)([-+:%(=.)])")  # would begin a list, a fence, a comment or a target


def escape(cell: object) -> str:
    """Return text of the record as text in Markdown and HTML.

    Nothing in it acts as markup, a link, a tag, a template or a mark of direction. White space is joined.
    """
    plain = " ".join(_DIRECTION_MARKS.sub("", str(cell)).split())
    line = "".join(f"\\{c}" if c in "\\`*_{}[]<>#|$~&" else c for c in plain)
    return _LINE_START.sub(r"\1\\\2", line)


def escaped(cell: object) -> str:
    """Return a cell as escaped text; an empty string for a missing one."""
    return "" if pd.isna(cell) else escape(cell)


# Names of the vocabularies that are not plain words with underscores.
_SPELT = {
    "womens_rights": "women's rights",
    "january_2022": "January 2022",
    "war_in_ukraine": "war in Ukraine",
}


def spelt(name: str) -> str:
    """Return names of the vocabularies ("; " between them) in words: preventive detention; women's rights."""
    return "; ".join(_SPELT.get(part, part.replace("_", " ")) for part in str(name).split("; "))


def in_words(cell: object) -> str:
    """Return text or a name of a vocabulary as escaped words; an empty string for a missing one."""
    is_name = str(cell).replace("_", "").isalpha()
    return escaped(spelt(cell) if is_name and not pd.isna(cell) else cell)


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table of headings and rows of cells, all Markdown already; a sentence for no rows."""
    if not lines:
        return NO_ROWS
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *lines])
