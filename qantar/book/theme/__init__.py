"""The Sphinx theme of the book, which inherits from `basic`: templates, one style sheet, one script.

Everything goes through hooks that Sphinx documents; no finished page is changed afterwards.
"""

import base64
import hashlib
from pathlib import Path

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.search.en import SearchEnglish

from qantar import settings
from qantar.book import downloads
from qantar.book.theme.drawings import ShowCharts
from qantar.book.theme.frames import ShowFrames
from qantar.book.theme.translator import (
    BookTranslator,
    depart_hidden_code,
    show_sizes,
    unlink_package,
    visit_hidden_code,
)

# Runs before anything is drawn, so that a page that a reader chose to be dark never flashes light.
FIRST_SCRIPT = (
    'try { document.documentElement.dataset.scheme = localStorage.getItem("mode") ?? "auto"; } catch {}'
)
_SCRIPT_HASH = base64.b64encode(hashlib.sha256(FIRST_SCRIPT.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; script-src 'self' 'sha256-{_SCRIPT_HASH}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'"
)


def setup(app: Sphinx) -> None:
    """Register the theme and what writes tables, charts and downloads. Called by Sphinx."""
    app.add_config_value("qantar_edition", settings.edition(), "")
    edition = app.config.qantar_edition
    app.add_config_value("comments_config", {}, "")  # Jupyter Book 1 sets it, whoever is there to read it
    app.add_html_theme("qantar", str(Path(__file__).parent))
    app.add_js_file("book.js", loading_method="defer")
    app.add_search_language(SearchNumbers)
    app.set_translator("html", BookTranslator)
    app.add_node(HideCodeCellNode, override=True, html=(visit_hidden_code, depart_hidden_code))
    app.add_post_transform(ShowCharts)
    app.add_post_transform(ShowFrames)
    app.connect("env-check-consistency", _refuse_shared_names)
    app.connect("html-page-context", _fill_in)
    app.connect("html-collect-pages", _first_page)
    app.connect("builder-inited", lambda app: _write_downloads(app, edition))
    app.connect("doctree-resolved", lambda app, doctree, _: _show_sizes(app, doctree, edition))
    if edition.printed_by:
        app.connect("doctree-read", lambda app, doctree: unlink_package(doctree))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class SearchNumbers(SearchEnglish):
    """Sphinx's search in English, which finds numbers too, stores nothing, and works from a folder.

    searchtools.js passes over a term that matches digits alone, so a term here matches nothing. From a folder
    a page cannot read another one: results come without a summary.
    """

    js_splitter_code = r"""
var SPHINX_HIGHLIGHT_ENABLED = false;
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
var splitQuery = (query) => query.split(/[^\p{Letter}\p{Number}_]+/gu).filter(Boolean)
  .map((term) => Object.assign(new String(term), { match: () => null }));
"""


def _refuse_shared_names(app, env):
    try:
        downloads.check_names(env.found_docs)
    except ValueError as error:
        raise ExtensionError(str(error)) from None


def _fill_in(app, pagename, templatename, context, doctree):
    """Add to the context of a page what the templates of the theme ask for."""
    context |= {
        "content_policy": POLICY,
        "first_script": FIRST_SCRIPT,
        "project_title": app.config.html_title,
        "author": app.config.author,
        "root_title": _title(app.env, app.config.root_doc),
        "page_sections": _sections(app.env.tocs[pagename]) if pagename in app.env.tocs else [],
        "page_source_suffix": Path(context.get("sourcename") or "").suffix,
    }


def _title(env, docname):
    return env.titles[docname].astext()


def _sections(toc):
    """Return the sections below the title of a page, as pairs of address and heading."""
    items = [item for page in toc for below in page[1:] for item in below]
    links = [item.next_node(nodes.reference) for item in items if isinstance(item, nodes.list_item)]
    return [(link["anchorname"], link.astext()) for link in links if link.get("anchorname")]


def _first_page(app):
    """Yield index.html, which leads on to the first page of the book."""
    yield "index", {"title": _title(app.env, app.config.root_doc)}, "redirect.html"


def _write_downloads(app, edition):
    """Write the record in its forms, where they are not there already, made from the same.

    Before any page, since pages tell the sizes.
    """
    if app.builder.format != "html":
        return
    mark, made_from = Path(app.doctreedir) / "downloads", downloads.made_from(Path(app.srcdir), edition)
    if mark.is_file() and mark.read_text() == made_from and downloads.are_in(app.outdir, edition):
        return
    downloads.write(app.outdir, Path(app.srcdir), edition)
    mark.write_text(made_from)


def _show_sizes(app, doctree, edition):
    if app.builder.format == "html":
        show_sizes(doctree, downloads.sizes(app.outdir, edition))
