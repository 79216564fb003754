"""How a chart in a notebook's output is shown on its page, with its files below it."""

import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from qantar.book import downloads

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"


class ShowCharts(SphinxPostTransform):
    """Puts a drawing for this page, and links to its SVG and PNG, in the place of a chart.

    It runs before myst-nb keeps one form of each output (priority 4): here the PNG is still at hand.
    """

    default_priority = 3

    def run(self, **_: object) -> None:
        taken, folder = set(), Path(self.env.srcdir)
        record = downloads.record_of_files(folder / "data", self.config.qantar_edition)
        for bundle in list(self.document.findall(_is_chart)):
            forms = {form["mime_type"]: form for form in bundle}
            html = next(forms["text/html"].findall(nodes.raw))
            found = re.fullmatch(
                r'(?s)\s*(<figure[^>]* id="fig-([^"]+)">)\s*(<svg.*</svg>)(.*)', html.astext()
            )
            begin, name, svg, end = found.groups()
            caption = " ".join(unescape(re.sub(r"<[^>]+>", "", end)).split())
            picture = _picture(forms.get("image/png"), folder)
            page, name = self.env.docname, downloads.slug(name, taken)
            paths = downloads.write_figure(svg, picture, caption, self.app.outdir, page, name, record)
            links = downloads.links(caption, paths, page, "Download this figure: ")
            text = f"{begin}\n{for_page(svg)}{end}\n{links}"
            bundle.replace_self(nodes.raw(text, text, format="html"))


def _is_chart(node):
    if not (isinstance(node, nodes.container) and node.get("nb_element") == "mime_bundle"):
        return False
    return any('<figure class="qantar-figure"' in raw.astext() for raw in node.findall(nodes.raw))


def _picture(form, folder):
    return (folder / next(form.findall(nodes.image))["uri"]).read_bytes() if form else None


def for_page(svg: str) -> str:
    """Return the SVG of a chart as its page shows it: compact, its marks links in reach of everybody."""
    drawing = ElementTree.fromstring(svg.replace("'DejaVu Sans'", "'DejaVu Sans', sans-serif"))
    for element in drawing.iter():
        element.tail = None
        if element.tag == f"{SVG}g":
            element.attrib.pop("id", None)
        if element.tag == f"{SVG}a":
            _open(element)
        elif element.text and not element.text.strip():
            element.text = None
    _flatten(drawing)
    return ElementTree.tostring(drawing, encoding="unicode")


def _open(link):
    """Make the link of a mark one that the page keeps to itself and assistive technology knows."""
    link.text = None
    link.attrib.pop(
        "target", None
    )  # JupyterLab keeps its notebook open; in the book a reader goes on, and back
    link.set("role", "link")
    words = "".join(link[0].itertext()).strip() if link[0].tag == f"{SVG}text" else ""
    if words.lower() not in link.get("aria-label", "").lower():
        link.set("aria-label", f"{words}: {link.get('aria-label')}")


def _flatten(element):
    """Drop groups that say nothing, and let neighbouring marks that lead to one place be one link."""
    children = []
    for child in element:
        _flatten(child)
        says_nothing = child.tag == f"{SVG}g" and not child.attrib
        children += child if says_nothing else [child]
    element[:] = []
    for child in children:
        before = element[-1] if len(element) else None
        if before is not None and before.tag == child.tag == f"{SVG}a" and before.attrib == child.attrib:
            before.extend(child)
        else:
            element.append(child)
