"""What a reader may take away from the book: tables and figures of its pages as files, the record as a data package, the sources as references.

One idea: nothing is computed here. What a page or the record already shows is written once more, in a form that a spreadsheet, a
drawing program, a statistics package or a reference manager opens by itself; the same bytes on each run.
"""

import base64
import csv
import io
import itertools
import re
from collections import Counter
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from bs4 import BeautifulSoup

from qantar import paths, settings
from qantar.book import data_package, references
from qantar.pipeline import notebooks
from qantar.record import query, tables

_INK = "#1b1b1b"  # of a drawing that stands alone, on white
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_DONE = 'class="qantar-download"'


def write(html, root=paths.ROOT, edition=settings.WHOLE):
    """Write all that can be taken away into the book built in the folder `html`, from the checkout `root`; in an edition of a day (PRINTED_BY), all but
    the data package. Errors as in the functions below.
    """
    root, static = Path(root), Path(html) / "_static"
    tables_and_figures(html, root)
    if edition.printed_by:
        data_package.unlink_package(Path(html))
    else:
        data_package.package(root / "data", static / "qantar-data.zip", edition)
    sources = query.load("sources", data=root / "data", edition=edition).sources
    tables.write_bytes(static / "sources.bib", references.bibtex(sources).encode("utf-8"))
    tables.write_bytes(static / "sources.ris", references.ris(sources).encode("utf-8"))


# --- the pages -------------------------------------------------------------------------------------------------------


def tables_and_figures(html, root=paths.ROOT):
    """Give each table of the built pages in the folder `html` a caption, columns that are told aloud, and a CSV file; each chart an SVG and a PNG file.

    The files are `_static/tables/<page>-<n>.csv` and `_static/figures/<page>-<name of the chart>.svg` and `.png`; the pictures are those in the
    notebooks of `root`. Words are added to a page and nothing in it is changed: no id, no other byte. A page that has them is left as it is.
    Raises ValueError where two pages would write one file.
    """
    html, made = Path(html), {}
    for file in sorted(html.rglob("*.html")):
        page, text = file.relative_to(html), file.read_text(encoding="utf-8")
        if page.parts[0] == "_static" or _DONE in text or not ("<table" in text or "qantar-figure" in text):
            continue
        text, files = _page(text, page, _pictures(Path(root) / page.with_suffix(".ipynb")))
        if double := sorted(made.keys() & files):
            raise ValueError(
                f"two pages of the book would write {double[0]}; give one of them another file name"
            )
        made |= files
        tables.write_bytes(file, text.encode("utf-8"))
    for name, content in made.items():
        tables.write_bytes(html / "_static" / name, content)


def _page(text, page, pictures):
    """Return a page's HTML with captions and links to downloads, and the files that these lead to: bytes by path below _static.

    The page is read by a parser, but written only where something is put in: a parser that wrote it would lose the case of the names in a drawing.
    """
    article = BeautifulSoup(text, "html.parser").find("article")
    if article is None:
        return text, {}
    lines = [0, *(found.end() for found in re.finditer("\n", text))]
    static = "../" * (len(page.parts) - 1) + "_static"
    put, files = [], {}
    for n, (table, name, has_caption) in enumerate(_captions(article), 1):
        begin = lines[table.sourceline - 1] + table.sourcepos
        if not has_caption:
            put.append((text.index(">", begin) + 1, f"\n<caption>{escape(name)}</caption>"))
        for head in table.select("thead th:not([scope])"):
            put.append((lines[head.sourceline - 1] + head.sourcepos + len("<th"), ' scope="col"'))
        path = f"tables/{_name(page)}-{n}.csv"
        files[path] = _csv(table)
        end = _after(text, "</table>", begin)
        if "pst-scrollable-table-container" in table.parent.get("class", []):
            end = _after(text, "</div>", end)  # below the frame that scrolls, not in it
        put.append((end, _links(name, {"Download this table (CSV)": f"{static}/{path}"})))
    for figure in article.select("figure.qantar-figure"):
        begin = lines[figure.sourceline - 1] + figure.sourcepos
        end = _after(text, "</figure>", begin)
        caption = " ".join(figure.figcaption.get_text().split())
        path = f"figures/{_name(page)}-{figure['id'].removeprefix('fig-')}"
        files[f"{path}.svg"] = _alone(
            text[text.index("<svg", begin) : _after(text, "</svg>", begin)], caption
        )
        shown = {"SVG": f"{static}/{path}.svg"}
        if figure["id"] in pictures:
            files[f"{path}.png"] = pictures[figure["id"]]
            shown["PNG"] = f"{static}/{path}.png"
        put.append((end, _links(caption, shown, "Download this figure: ")))
    return _with(text, put), files


def _name(page):
    """Return the name of a page in the names of its files: casualties; reference-cases."""
    return "-".join(part for part in page.with_suffix("").parts if part not in ("book", "notebooks"))


def _with(text, put):
    """Return a text with words put in: pairs of place and words."""
    put = sorted(put)
    places = [0, *(place for place, _ in put), len(text)]
    pieces = [text[begin:end] for begin, end in itertools.pairwise(places)]
    return "".join(
        itertools.chain.from_iterable(
            itertools.zip_longest(pieces, (added for _, added in put), fillvalue="")
        )
    )


def _after(text, mark, begin):
    return text.index(mark, begin) + len(mark)


def _links(name, shown, before=""):
    """Return a paragraph of links to files, by what a reader sees; a screen reader hears the first sentence of what they are of."""
    name = re.split(r"(?<=[.?!]) ", name)[0] if before else name
    links = ", ".join(
        f'<a href="{address}" download aria-label="{escape(f"{before}{seen}: {name}")}">{seen}</a>'
        for seen, address in shown.items()
    )
    return f"\n<p {_DONE}>{before}{links}</p>"


def _captions(article):
    """Return the tables of an article, in order, each with its caption, or one made of the heading above it, and whether it has one.

    Where several tables stand under one heading, they are numbered: "How many died, according to whom?, table 2".
    """
    found, heading = [], ("", 0)
    for place, tag in enumerate(article.find_all(["h1", "h2", "h3", "h4", "h5", "h6", "table"])):
        if tag.name == "table":
            found.append((tag, heading))
        else:
            said = "".join(tag.find_all(string=lambda string: string.parent.get("class") != ["headerlink"]))
            heading = (" ".join(said.split()), place)
    several, seen, captions = Counter(heading for _, heading in found), Counter(), []
    for table, heading in found:
        seen[heading] += 1
        own = table.find("caption")
        numbered = heading[0] + (f", table {seen[heading]}" if several[heading] > 1 else "")
        captions.append((table, " ".join(own.get_text().split()) if own else numbered, own is not None))
    return captions


def _csv(table):
    """Return a table of a page as CSV: UTF-8 without a byte order mark, comma, one newline per row, links as their words."""
    for line_break in table.find_all("br"):
        line_break.replace_with(" ")
    out = io.StringIO()
    rows = (
        [_safe(" ".join(cell.get_text().split())) for cell in row.find_all(["th", "td"])]
        for row in table.find_all("tr")
    )
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8")


def _safe(cell):
    """Return a cell that no spreadsheet takes for a formula: with an apostrophe before what begins like one."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _alone(svg, caption):
    """Return the drawing of a chart as an SVG file of its own: dark on white, with its caption as title, and without links, which lead to other pages.

    Who states a mark, which its link told, is the mark's title.
    """
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    drawing = ElementTree.fromstring(
        svg.replace("currentColor", _INK).replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")
    )
    for link in list(drawing.iter(f"{{{_SVG}}}a")):
        link.tag = f"{{{_SVG}}}g"
        link.attrib.pop(f"{{{_XLINK}}}href", None)
        _tell(link, "title", link.attrib.pop("aria-label", ""))
    _, _, wide, tall = map(float, drawing.get("viewBox").split())
    drawing.insert(
        0,
        ElementTree.Element(
            f"{{{_SVG}}}rect", {"width": f"{wide:g}", "height": f"{tall:g}", "fill": "white"}
        ),
    )
    _tell(drawing, "desc", drawing.attrib.pop("aria-label", ""))
    _tell(drawing, "title", caption)
    drawing.attrib.pop("class", None)
    drawing.attrib |= {"role": "img", "width": "480", "height": f"{480 * tall / wide:g}"}
    return ElementTree.tostring(drawing, encoding="utf-8", xml_declaration=True) + b"\n"


def _tell(element, tag, told):
    if told:
        child = ElementTree.Element(f"{{{_SVG}}}{tag}")
        child.text = told
        element.insert(0, child)


def _pictures(notebook):
    """Return the PNG of each chart in the outputs of a notebook, as bytes by the id of its figure; nothing for a page that is no notebook."""
    if not notebook.is_file():
        return {}
    outputs = [
        output.get("data", {})
        for cell in notebooks.read(notebook).cells
        for output in cell.get("outputs", [])
    ]
    shown = [
        (re.search(r'<figure class="qantar-figure" id="([^"]+)"', data["text/html"]), data)
        for data in outputs
        if "text/html" in data
    ]
    return {
        found[1]: base64.b64decode(data["image/png"])
        for found, data in shown
        if found and "image/png" in data
    }
