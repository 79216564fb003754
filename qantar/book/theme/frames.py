"""How a DataFrame in a notebook's output is shown on its page: as a table like every other."""

import re
import unicodedata
from collections.abc import Iterator
from xml.etree import ElementTree

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

_STYLE = re.compile(r"(?s)<style scoped>.*?</style>")


class ShowFrames(SphinxPostTransform):
    """Puts a table of the page into the place of the HTML that pandas writes.

    So it has a caption, a box to scroll in and a CSV file. It runs after myst-nb keeps one form of each
    output (priority 4).
    """

    default_priority = 5

    def run(self, **_: object) -> None:
        for raw in list(self.document.findall(_is_frame)):
            parts = ElementTree.fromstring(f"<div>{_visible(_STYLE.sub('', raw.astext()))}</div>")
            raw.replace_self(list(_shown(parts)))


def _is_frame(node: nodes.Node) -> bool:
    return isinstance(node, nodes.raw) and re.search(r'<table [^>]*class="dataframe"', node.astext())


def _visible(text: str) -> str:
    """Return text without control characters, which XML refuses, and without marks of direction."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf"))


def _shown(parts: ElementTree.Element) -> Iterator[nodes.Element]:
    """Yield the tables and paragraphs of an output."""
    for part in parts:
        if part.tag == "table":
            yield as_table(part)
        elif part.tag == "p":
            yield nodes.paragraph(text="".join(part.itertext()))
        else:
            yield from _shown(part)


def as_table(html: ElementTree.Element) -> nodes.table:
    """Return a parsed HTML table as a table of docutils."""
    head = html.findall("thead/tr")
    body = [row for row in html.iter("tr") if row not in head]
    if not head:
        head, body = body[:1], body[1:]
    width = max(sum(int(cell.get("colspan", 1)) for cell in row) for row in [*head, *body])
    group = nodes.tgroup(cols=width)
    group += [nodes.colspec(colwidth=1) for _ in range(width)]
    for part, rows in ((nodes.thead(), head), (nodes.tbody(), body)):
        part += [nodes.row("", *map(_entry, row)) for row in rows]
        group += part
    return nodes.table("", group)


def _entry(cell: ElementTree.Element) -> nodes.entry:
    spans = {"colspan": "morecols", "rowspan": "morerows"}
    more = {name: int(cell.get(span)) - 1 for span, name in spans.items() if cell.get(span)}
    return nodes.entry("", nodes.paragraph(text="".join(cell.itertext())), **more)
