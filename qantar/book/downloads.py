"""What a reader can take away: tables and figures of the pages, the data package, the references.

Nothing is computed here: what a page or the record shows is written in a form that other programs open.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes

from qantar import paths, settings
from qantar.book import data_package, references
from qantar.record import query, tables

_INK = "#1b1b1b"  # of a drawing that stands alone, on white
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
ElementTree.register_namespace("", _SVG)
ElementTree.register_namespace("xlink", _XLINK)


def write(html: Path, root: Path = paths.ROOT, edition: settings.Edition = settings.WHOLE) -> None:
    """Write the record in all its forms, and the references, into the book in the folder `html`.

    `root` is the checkout. An edition of a day has no record to take away, which would tell what was printed later.
    """
    static = Path(html) / "_static"
    if not edition.printed_by:
        data_package.write(Path(root) / "data", static, edition, Path(root))
    sources = query.load("sources", data=Path(root) / "data", edition=edition).sources
    tables.write_bytes(static / "sources.bib", references.bibtex(sources).encode("utf-8"))
    tables.write_bytes(static / "sources.ris", references.ris(sources).encode("utf-8"))


def file_name(page: str) -> str:
    """Return the name of a page (a docname) in the names of its files: casualties; reference-cases."""
    return "-".join(part for part in page.split("/") if part not in ("book", "notebooks"))


def check_names(pages: Iterable[str]) -> None:
    """Raise ValueError where the files of two pages (docnames) would have one name."""
    named = Counter(map(file_name, pages))
    if shared := [page for page in sorted(pages) if named[file_name(page)] > 1]:
        raise ValueError(f"downloads of {' and '.join(shared)} would have one name; rename one of the pages")


def links(name: str, files: dict[str, str], page: str, before: str = "") -> str:
    """Return a paragraph of links in HTML to `files`: paths below _static by the words that are shown.

    A screen reader hears the first sentence of what they are of, `name`.
    """
    static = "../" * page.count("/") + "_static"
    first = re.split(r"(?<=[.?!]) ", name)[0] if before else name
    shown = ", ".join(
        f'<a href="{static}/{path}" download aria-label="{escape(f"{before}{words}: {first}")}">{words}</a>'
        for words, path in files.items()
    )
    return f'<p class="qantar-download">{before}{shown}</p>\n'


# --- tables


def captions(document: nodes.document) -> dict[int, tuple[int, str, str]]:
    """Return number, heading above and caption of the tables of a page, by the `id()` of their nodes.

    A table without a caption of its own is called by its heading, numbered where several stand under it.
    """
    found, heading = [], nodes.title()
    for node in document.findall(lambda node: isinstance(node, (nodes.title, nodes.table))):
        if isinstance(node, nodes.table):
            found.append((node, heading))
        elif isinstance(node.parent, nodes.section):
            heading = node
    together, seen, called = Counter(id(heading) for _, heading in found), Counter(), {}
    for number, (table, heading) in enumerate(found, 1):
        seen[id(heading)] += 1
        said = " ".join(heading.astext().split())
        caption = said
        if isinstance(table[0], nodes.title):
            caption = table[0].astext()
        elif together[id(heading)] > 1:
            caption = f"{said}, table {seen[id(heading)]}"
        called[id(table)] = (number, said, caption)
    return called


def write_table(table: nodes.table, html: Path, page: str, number: int) -> str:
    """Write a table of a page (a docname) as CSV; return the file's path below _static.

    UTF-8 without a byte order mark, comma, one newline per row, links as their words.
    """
    out = io.StringIO()
    rows = ([_cell(entry) for entry in row] for row in table.findall(nodes.row))
    csv.writer(out, lineterminator="\n").writerows(rows)
    path = f"tables/{file_name(page)}-{number}.csv"
    tables.write_bytes(Path(html) / "_static" / path, out.getvalue().encode("utf-8"))
    return path


def _cell(entry):
    """Return the words of a cell; no spreadsheet takes them for a formula, thanks to an apostrophe."""
    words = []
    for node in entry.findall(lambda node: isinstance(node, (nodes.Text, nodes.raw))):
        if isinstance(node, nodes.raw):
            words.append(" " if node.astext().startswith("<br") else "")
        elif not isinstance(node.parent, nodes.raw):
            words.append(node.astext())
    cell = " ".join("".join(words).split())
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell


# --- figures


def write_figure(svg: str, picture: bytes | None, caption: str, html: Path, stem: str) -> dict[str, str]:
    """Write a chart as SVG, and as PNG if there is a picture; return the files' paths below _static."""
    files = {"SVG": (f"figures/{stem}.svg", standalone(svg, caption))}
    if picture:
        files["PNG"] = (f"figures/{stem}.png", picture)
    for path, content in files.values():
        tables.write_bytes(Path(html) / "_static" / path, content)
    return {form: path for form, (path, _) in files.items()}


def standalone(svg: str, caption: str) -> bytes:
    """Return the drawing of a chart as an SVG file of its own: dark on white, with its caption as title.

    It has no links, which lead to other pages; who states a mark, which its link told, is the mark's title.
    """
    fonts = "'DejaVu Sans', Verdana, sans-serif"
    drawing = ElementTree.fromstring(svg.replace("currentColor", _INK).replace("'DejaVu Sans'", fonts))
    for link in list(drawing.iter(f"{{{_SVG}}}a")):
        link.tag = f"{{{_SVG}}}g"
        link.attrib.pop(f"{{{_XLINK}}}href", None)
        _describe(link, "title", link.attrib.pop("aria-label", ""))
    _, _, width, height = map(float, drawing.get("viewBox").split())
    paper = {"width": f"{width:g}", "height": f"{height:g}", "fill": "white"}
    drawing.insert(0, ElementTree.Element(f"{{{_SVG}}}rect", paper))
    _describe(drawing, "desc", drawing.attrib.pop("aria-label", ""))
    _describe(drawing, "title", caption)
    drawing.attrib.pop("class", None)
    drawing.attrib |= {"role": "img", "width": "480", "height": f"{480 * height / width:g}"}
    return ElementTree.tostring(drawing, encoding="utf-8", xml_declaration=True) + b"\n"


def _describe(element, tag, words):
    if words:
        child = ElementTree.Element(f"{{{_SVG}}}{tag}")
        child.text = words
        element.insert(0, child)
