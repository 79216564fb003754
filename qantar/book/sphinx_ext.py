"""TODO book.sphinx_ext."""

import functools
import re
from html import escape

import jinja2

from qantar import paths, settings
from qantar.book import build, changes, reference_pages
from qantar.pipeline import notebooks
from qantar.presentation import sentences
from qantar.record import query, tables


def setup(app):
    """Let Sphinx build only from notebooks and tables that belong together; raise ExtensionError, a sentence, where not."""
    from sphinx.errors import ExtensionError

    edition = settings.edition()
    problems = build.stale(edition=edition)
    if problems:
        raise ExtensionError("the book was not built:\n" + "\n".join(problems))
    try:
        made = reference_pages.made(paths.ROOT, notebooks.claims_shown(), edition)
        build.REFERENCE_MARK.unlink(missing_ok=True)
        reference_pages.write(
            made
            | reference_pages.what_changed(
                None if edition.name else changes.since_release(made=made), paths.ROOT, edition
            )
        )
        tables.write_bytes(build.REFERENCE_MARK, build.inputs_hash(edition=edition).encode())
    except jinja2.TemplateError as error:
        raise ExtensionError(
            f"the book was not built:\nbook/templates cannot be rendered ({error}); correct the template"
        ) from None
    app.setup_extension("qantar.book.theme")
    app.connect("doctree-read", _link_pages)
    reaches, hashed = (
        sentences.when(query.load("sources", edition=edition).newest()["published"]),
        reference_pages.record_hash(),
    )
    app.connect("html-page-context", functools.partial(_tell_freshness, reaches, hashed, edition))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


# Pages about single people's cases: search engines are asked to leave them out.
_NOT_INDEXED = {"notebooks/cases", "book/reference/cases"}


def _tell_freshness(reaches, record_hash, edition, app, pagename, templatename, context, doctree):
    """Put on every page to which day the record reaches, its hash and how to check it, what it is for whoever shares it, and who may index it."""
    told, (name, banner) = context["pathto"], edition_words(edition)
    if name:  # of an edition, which is marked on every page
        context |= {"docstitle": f"{context['docstitle']}, {name}", "theme_announcement": f"<p>{banner}</p>"}
    context["theme_extra_footer"] = (
        f'<p class="qantar-fresh">The record reaches to {reaches}, the day of its newest report; later events are not in it. '
        f'Record <code>{record_hash[:16]}</code>; <a href="{told("book/how_to_run").removesuffix("#")}#check-a-download">how to check it</a>.</p>'
    )
    title = escape(re.sub(r"<[^>]+>", "", context.get("title", "")))
    described = "What human-rights reports say in figures about Kazakhstan's January 2022 events: how many, according to whom, as of when, how sure."
    context["metatags"] = context.get("metatags", "") + "".join(
        f'<meta {kind}="{name}" content="{content}" />\n'
        for kind, name, content in [
            ("name", "description", escape(described)),
            ("property", "og:title", title),
            ("property", "og:description", escape(described)),
            ("property", "og:image", told("_static/preview.png", resource=True)),
            *([("name", "robots", "noindex")] if name or pagename in _NOT_INDEXED else []),
        ]
    )


def edition_words(edition):
    """Return what an edition is called in titles, and what its banner says; two empty strings for the whole record with names."""
    day = sentences.when(edition.printed_by) if edition.printed_by else ""
    unnamed = "" if edition.names else "without names"
    name = " ".join(filter(None, ["edition", day and f"of {day}", unnamed])) if day or unnamed else ""
    banner = (
        f"E{name[1:]}: only what these reports had printed by then. The newest edition knows more. Figures, tables, charts and computed sentences are "
        "of that day; prose and definitions were written with the whole record in view."
    )
    return name, banner if day else f"E{name[1:]}." if name else ""


def _link_pages(app, doctree):
    """Turn links to Markdown pages in the notebooks' outputs into links to the pages of the book.

    In JupyterLab they open the Markdown file; Sphinx leaves links in outputs as they are.
    """
    from docutils import nodes

    for reference in doctree.findall(nodes.reference):
        address = reference.get("refuri", "")
        if re.match(r"(?![a-z]+:)[^#]+\.md(#|$)", address):
            reference["refuri"] = re.sub(r"\.md(#|$)", r".html\1", address, count=1)
