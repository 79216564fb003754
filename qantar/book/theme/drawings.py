"""How a chart in a notebook's output is shown on its page, with its files below it."""

import re
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from qantar import addresses
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
        for bundle in list(self.document.findall(_is_bundle)):
            forms = {form["mime_type"]: form for form in bundle}
            svg = _file(forms.get("image/svg+xml"), folder).decode("utf-8")
            if not (head := re.search(r'<svg id="fig-([^"]+)"[^>]* class="(qantar-chart[^"]*)"[^>]*>', svg)):
                continue
            name, empty = head[1], " qantar-empty" if "qantar-empty" in head[2] else ""
            caption = _take_caption(bundle)
            svg = svg.replace(head[0], _bare(head[0]), 1)
            picture = _file(forms.get("image/png"), folder) or None
            page, stem = self.env.docname, downloads.slug(name, taken)
            paths = downloads.write_figure(svg, picture, caption, self.app.outdir, page, stem, record)
            links = downloads.links(caption, paths, page, "Download this figure: ")
            text = (
                f'<figure class="qantar-figure{empty}" id="fig-{name}">\n{for_page(svg)}\n'
                f"<figcaption>{escape(caption)}</figcaption>\n</figure>\n{links}"
            )
            bundle.replace_self(nodes.raw(text, text, format="html"))


def _is_bundle(node):
    return isinstance(node, nodes.container) and node.get("nb_element") == "mime_bundle"


def _file(form, folder):
    """Return the file that myst-nb wrote of a form of an output; empty where it is not there."""
    return (folder / next(form.findall(nodes.image))["uri"]).read_bytes() if form else b""


def _take_caption(bundle):
    """Return the words of the output that follows a chart, which is its caption, and take it off the page."""
    after = bundle.next_node(_is_bundle, descend=False, siblings=True)
    forms = {form["mime_type"]: form for form in after} if after else {}
    if "text/plain" not in forms:
        return ""
    after.parent.remove(after)
    return " ".join(forms["text/plain"].astext().split())


def _bare(head):
    """Return the beginning of a drawing without what it needs where it stands alone."""
    return re.sub(r' (?:id="[^"]*"|style="[^"]*"|(?<=class="qantar-chart) qantar-empty)', "", head)


def for_page(svg: str) -> str:
    """Return the SVG of a chart as its page shows it: compact, each claim one link in reach of everybody."""
    drawing = ElementTree.fromstring(svg.replace("'DejaVu Sans'", "'DejaVu Sans', sans-serif"))
    for element in drawing.iter():
        element.tail = None
        if element.tag == f"{SVG}g":
            element.attrib.pop("id", None)
        if element.tag == f"{SVG}a" or (element.text and not element.text.strip()):
            element.text = None
    _flatten(drawing)
    links = {}
    _gather(drawing, (), links)
    drawing.extend(sorted(links.values(), key=lambda link: int(link.attrib.pop("data-number"))))
    for link in links.values():
        _open(link)
    return ElementTree.tostring(drawing, encoding="unicode")


def _flatten(element):
    """Drop groups that say nothing."""
    children = []
    for child in element:
        _flatten(child)
        children += child if child.tag == f"{SVG}g" and not child.attrib else [child]
    element[:] = children


def _gather(element, groups, links):
    """Take all marks out of a drawing into one link for each claim, in the groups that they stood in."""
    for child in list(element):
        if child.tag != f"{SVG}a":
            _gather(child, (*groups, child) if child.tag == f"{SVG}g" else groups, links)
            if child.tag == f"{SVG}g" and not len(child):
                element.remove(child)
            continue
        element.remove(child)
        marks = list(child)
        for group in reversed(groups):
            again = ElementTree.Element(group.tag, group.attrib)
            again.extend(marks)
            marks = [again]
        link = links.setdefault((child.get(f"{XLINK}href"), child.get("aria-label")), child)
        if link is child:
            link[:] = marks
        else:
            link.extend(marks)


def _open(link):
    """Make a link one that assistive technology knows, and that says what is written on it."""
    link.attrib.pop("target", None)  # elsewhere the notebook stays open; in the book a reader goes on
    link.set("role", "link")
    link.set(f"{XLINK}href", addresses.html(link.get(f"{XLINK}href")))
    texts = ("".join(text.itertext()).strip() for text in link.iter(f"{SVG}text"))
    label = link.get("aria-label", "")
    words = [text for text in dict.fromkeys(texts) if text.lower() not in label.lower()]
    if words:
        link.set("aria-label", f"{'; '.join(words)}: {label}")
