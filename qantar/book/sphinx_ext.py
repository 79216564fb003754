"""The Sphinx extension of the book: fresh reference pages, no stale notebooks, and what stands on every page.

It runs in every build, also in a bare `jupyter-book build .`.
"""

import functools
import re
from html import escape
from pathlib import Path

import jinja2
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from qantar import addresses, settings
from qantar.book import build, changes, reference_pages
from qantar.pipeline import notebooks
from qantar.presentation import sentences
from qantar.record import query, tables

_NOT_BUILT = "the book was not built:\n"
# Pages about the cases of single people: search engines are asked to leave them out.
_NOT_INDEXED = {"notebooks/cases", "book/reference/cases"}
_DESCRIPTION = (
    "What human-rights reports say in figures about Kazakhstan's January 2022 events: how many, according to "
    "whom, as of when, how sure."
)


_UNREAD = " Of {} only a part was read: what no report is said to print may stand in the rest."


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the reference pages, and connect what changes pages.

    Raises ExtensionError where clean tables or notebooks are stale, or a template cannot be rendered.
    """
    app.setup_extension("qantar.book.theme")
    root, edition = Path(app.srcdir), app.config.qantar_edition
    if problems := build.stale(root, edition):
        raise ExtensionError(_NOT_BUILT + "\n".join(problems))
    try:
        _write_reference_pages(root, edition)
    except jinja2.TemplateError as error:
        raise ExtensionError(
            f"{_NOT_BUILT}book/templates cannot be rendered ({error}); correct the template"
        ) from None
    sources = query.load("sources", data=root / "data", edition=edition)
    newest, in_part = sentences.when(sources.newest_source()["published"]), reference_pages.in_part(sources)
    on_every_page = (newest, in_part, reference_pages.record_hash(root / "data"))
    app.add_config_value("qantar_on_every_page", on_every_page, "html")  # all are written when it changes
    if numbering := app.extensions.get("sphinx_multitoc_numbering"):
        numbering.parallel_read_safe = True  # it does not say so itself; here it numbers nothing
    app.setup_extension("qantar.book.incremental")
    app.connect("source-read", _lead_to_the_book)
    app.connect("doctree-read", _link_pages)
    app.connect("html-page-context", functools.partial(_add_to_page, *on_every_page, edition))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write_reference_pages(root, edition):
    """Write the reference pages where they or what they are made from changed, then the mark that says so."""
    shown, mark = notebooks.claims_shown(root), build.reference_mark(root)
    data = [*(root / "data").rglob("*.csv"), root / "data" / "datapackage.json"]
    templates = [root / "CHANGELOG.md", *(root / "book" / "templates").rglob("*.md")]
    made_from = notebooks.hash_of_files(
        sorted([*data, *templates, *notebooks.package_files(root)]), edition.name, str(shown)
    )
    if mark.is_file() and mark.read_text(encoding="utf-8") == _marked(made_from, mark.parent):
        return
    pages = reference_pages.made(root, shown, edition)
    changed = None if edition.name else changes.since_release(made=pages)
    mark.unlink(missing_ok=True)
    reference_pages.write(pages | reference_pages.what_changed(changed, root, edition), root)
    tables.write_bytes(mark, _marked(made_from, mark.parent).encode())


def _marked(made_from, folder):
    return f"{made_from}\n{notebooks.hash_of_files(sorted(folder.glob('[!.]*')))}"


def _add_to_page(newest, in_part, record_hash, edition, app, pagename, templatename, context, doctree):
    """Add to a page how far the record reaches, its hash, a description, and the banner of an edition.

    "No report prints it" may stand on any page: where a report was read in part, each page says so.
    """
    path_to = context["pathto"]
    name, banner = _edition_words(edition)
    if name:
        context["docstitle"] = f"{context['docstitle']}, {name}"
        context["theme_announcement"] = f"<p>{banner}</p>"
    how_to_check = f"{path_to('book/how_to_run').removesuffix('#')}#check-a-download"
    context["theme_extra_footer"] = (
        f'<p class="qantar-fresh">The record reaches to {newest}, the day of its newest report; later events '
        f"are not in it.{_UNREAD.format(in_part) if in_part else ''} Record <code>{record_hash[:16]}</code>; "
        f'<a href="{how_to_check}">how to check it</a>.</p>'
    )
    tags = [
        ("name", "description", escape(_DESCRIPTION)),
        ("property", "og:title", escape(re.sub(r"<[^>]+>", "", context.get("title", "")))),
        ("property", "og:description", escape(_DESCRIPTION)),
        ("property", "og:image", path_to("_static/preview.png", resource=True)),
    ]
    if name or pagename in _NOT_INDEXED:
        tags.append(("name", "robots", "noindex"))
    lines = [f'<meta {kind}="{key}" content="{content}" />\n' for kind, key, content in tags]
    context["metatags"] = context.get("metatags", "") + "".join(lines)


def _edition_words(edition):
    """Return what an edition is called in titles, and its banner; empty for the whole record with names."""
    if edition == settings.WHOLE:
        return "", ""
    day = f"of {sentences.when(edition.printed_by)}" if edition.printed_by else ""
    name = " ".join(filter(None, ["edition", day, "" if edition.names else "without names"]))
    if not day:
        return name, f"E{name[1:]}."
    return name, (
        f"E{name[1:]}: only what these reports had printed by then. The newest edition knows more. Figures, "
        "tables, charts and computed sentences are of that day; prose and definitions were written with the "
        "whole record in view."
    )


def _lead_to_the_book(app, docname, source):
    """Let the links of a notebook to rows lead to the reference pages."""
    if Path(app.env.doc2path(docname)).suffix == ".ipynb":
        source[0] = addresses.in_book(source[0])


def _link_pages(app, doctree):
    """Make links to Markdown pages in the outputs of notebooks links to pages of the book.

    Sphinx leaves links in outputs as they are.
    """
    for reference in doctree.findall(nodes.reference):
        if "refuri" in reference:
            reference["refuri"] = addresses.html(reference["refuri"])
