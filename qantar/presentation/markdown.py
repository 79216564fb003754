"""Markdown as the notebooks and the pages show it: text of the record escaped, links, lists, tables."""

import re

from IPython.display import Markdown

from qantar import addresses


class Text(Markdown):
    """Markdown that shows as such in JupyterLab and in the book, and as its own plain text elsewhere."""

    def __repr__(self):
        return self.data


def text(*paragraphs):
    """Return paragraphs (strings, or what the functions here return) as one Markdown output."""
    return Text("\n\n".join(part.data if isinstance(part, Text) else part for part in paragraphs))


def bulleted(lines):
    """Return strings as a bulleted list, for `text`."""
    return "\n".join(f"- {line}" for line in lines)


def link(words, address, home=addresses.REFERENCE):
    """Return Markdown as a link to an address of the book (see `addresses`)."""
    return f"[{words}]({addresses.markdown(address, home)})"


def anchor_link(words, anchor):
    """Return Markdown as a link to an anchor that Sphinx finds on whichever reference page it is."""
    return f"[{words}](#{anchor})"


_DIRECTIONS = re.compile(
    "[\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)  # marks that turn the order of what follows


def escape(cell):
    """Return text of the record as text in Markdown and HTML: nothing in it is a mark, a link, a tag, a template or an order of its own."""
    plain = " ".join(_DIRECTIONS.sub("", str(cell)).split())
    line = "".join(f"\\{c}" if c in "\\`*_{}[]<>#|$~&" else c for c in plain)
    return re.sub(
        r"^(\d*)([-+:%(=.)])", r"\1\\\2", line
    )  # no list, fence, target or comment where it begins a line


# Names of the vocabularies that are no plain words with underscores.
_SPELT = {
    "womens_rights": "women's rights",
    "january_2022": "January 2022",
    "war_in_ukraine": "war in Ukraine",
}


def spelt(name):
    """Return names of the vocabularies ("; " between them) in words: preventive detention; women's rights; elections."""
    return "; ".join(_SPELT.get(part, part.replace("_", " ")) for part in str(name).split("; "))


def markdown_table(head, lines):
    """Return a Markdown table of a list of headings and lists of cells that are Markdown already; a sentence where there are no cells."""
    if not lines:
        return "Nothing of this stands in these reports."
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *lines])
