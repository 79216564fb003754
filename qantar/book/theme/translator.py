"""How the nodes of a page become HTML: tables, the list of contents, cells of code."""

import re
from pathlib import Path

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

from qantar.book import data_package, downloads

_STATIC_LINK = re.compile(r'^<a [^>]*\b_static/([\w.-]+)"')
_LEFT_OUT = " (left out of an edition of a day, since it holds what was printed later)"


class BookTranslator(HTML5Translator):
    """Writes a table with its caption and a box to scroll in, and its CSV file at the same time."""

    _captions = None

    def visit_table(self, node: nodes.Element) -> None:
        if self._captions is None:
            self._captions = downloads.captions(self.document)
        number, heading, caption, _ = self._captions[id(node)]
        name = self.attval(f"Table {number}: {heading}")
        self.body.append(f'<div class="table-box" role="region" tabindex="0" aria-label="{name}">\n')
        super().visit_table(node)
        if not isinstance(node[0], nodes.title):
            self.body.append(f"<caption>{self.encode(caption)}</caption>\n")

    def depart_table(self, node: nodes.Element) -> None:
        super().depart_table(node)
        _, _, caption, name = self._captions[id(node)]
        page = self.builder.current_docname
        data = Path(self.builder.srcdir) / "data"
        record = downloads.record_of_files(data, self.config.qantar_edition)
        files = downloads.write_table(node, self.builder.outdir, page, name, caption, record)
        links = downloads.links(caption, files, page, "Download this table: ")
        self.body.append(f"</div>\n{links}")

    def visit_entry(self, node: nodes.Element) -> None:
        """Begin a cell; the header of a column says so, an empty one is none."""
        is_header = isinstance(node.parent.parent, nodes.thead) and node.astext().strip()
        attributes = {"scope": "col"} if is_header else {}
        if "morecols" in node:
            attributes["colspan"] = node["morecols"] + 1
        if "morerows" in node:
            attributes["rowspan"] = node["morerows"] + 1
        tag = "th" if is_header else "td"
        self.body.append(self.starttag(node, tag, "", **attributes))
        self.context.append(f"</{tag}>\n")

    def visit_paragraph(self, node: nodes.Element) -> None:
        if not _is_whole_cell(node):
            super().visit_paragraph(node)

    def depart_paragraph(self, node: nodes.Element) -> None:
        if not _is_whole_cell(node):
            super().depart_paragraph(node)

    def visit_bullet_list(self, node: nodes.Element) -> None:
        """Begin a list; pages below another page can be folded in the list of contents."""
        if _is_below_page(node):
            is_open = " open" if "current" in node.parent["classes"] else ""
            self.body.append(f'<details{is_open}><summary aria-label="The pages below this one"></summary>')
        super().visit_bullet_list(node)

    def depart_bullet_list(self, node: nodes.Element) -> None:
        super().depart_bullet_list(node)
        if _is_below_page(node):
            self.body.append("</details>\n")

    def starttag(
        self,
        node: nodes.Element | dict,
        tagname: str,
        suffix: str = "\n",
        empty: bool = False,
        **attributes: object,
    ) -> str:
        """Return a start tag; in the list of contents, headings and the current link say what they are."""
        if attributes.get("ROLE", attributes.get("role")) == "heading":
            attributes["aria-level"] = "2"
        if tagname == "a" and "current" in node.get("classes", ()):
            attributes["aria-current"] = "page"
        return super().starttag(node, tagname, suffix, empty, **attributes)


def _is_whole_cell(paragraph):
    return isinstance(paragraph.parent, nodes.entry) and len(paragraph.parent) == 1


def _is_below_page(bullet_list):
    parent = bullet_list.parent
    return isinstance(parent, nodes.list_item) and "toctree-l1" in parent["classes"]


def visit_hidden_code(translator: HTML5Translator, node: nodes.Element) -> None:
    """Begin the code of a cell, which a reader unfolds; its name is what is written on it."""
    show, hide = (translator.encode(node[prompt]) for prompt in ("prompt_show", "prompt_hide"))
    translator.body.append(
        f'<details class="hide"><summary><span class="collapsed">{show}</span>'
        f'<span class="expanded">{hide}</span></summary>\n'
    )


def depart_hidden_code(translator: HTML5Translator, node: nodes.Element) -> None:
    translator.body.append("</details>\n")


def show_sizes(doctree: nodes.document, sizes: dict[str, str]) -> None:
    """Add the size of a file to each link to it in a page; `sizes` are words by the names of files."""
    for begin in list(doctree.findall(_is_static_link)):
        if said := sizes.get(_STATIC_LINK.search(begin.astext())[1]):
            words = f'<span class="qantar-size"> ({said})</span>'
            end = _end_of_link(begin)
            end.parent.insert(end.parent.index(end), nodes.raw(words, words, format="html"))


def unlink_package(doctree: nodes.document) -> None:
    """Put words in the place of each link to the record as a file in a page.

    The record as a whole tells what was printed later, so an edition of a day has none.
    """
    for begin in list(doctree.findall(_is_package_link)):
        _end_of_link(begin).replace_self(nodes.Text(_LEFT_OUT))
        begin.parent.remove(begin)


def _end_of_link(begin):
    rest = begin.parent[begin.parent.index(begin) :]
    return next(node for node in rest if isinstance(node, nodes.raw) and node.astext() == "</a>")


def _is_static_link(node):
    return isinstance(node, nodes.raw) and _STATIC_LINK.search(node.astext())


def _is_package_link(node):
    return _is_static_link(node) and _STATIC_LINK.search(node.astext())[1].startswith(data_package.STEM)
