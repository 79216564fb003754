"""The reference pages of the book, made from the record by the templates in book/templates.

They are written to book/reference, which git ignores. Every text of the record is escaped.
"""

import hashlib
import re
from pathlib import Path

import jinja2

from qantar import addresses, paths, settings
from qantar.book import cards, case_entries, claim_entries, data_dictionary, event_entries, statement_entries
from qantar.book.recommendations import recommendations
from qantar.book.timeline import timeline
from qantar.presentation import markdown, sentences
from qantar.record import Record, bounds, load, releases, tables

Pages = dict[str, bytes]  # by file name

_CHANGES = "what_changed.md"
_THEME = "each_theme/claims.md"

# What the kinds of corrections mean; the codebook refers to the page that says so.
_KINDS = {
    "our_error": "We typed or read it wrongly.",
    "late_reading": "A place of a text that had been read was read again, and told more.",
    "recoding": "The same words, put in another column, measure or form.",
    "source_revision": "The publisher of the report changed it.",
    "definition_change": "A measure or a rule of the codebook was changed.",
    "retraction": "Whoever stated it took it back.",
    "removal": "Taken out to protect a person.",
}


def made(
    root: Path = paths.ROOT,
    shown: claim_entries.Shown | None = None,
    edition: settings.Edition = settings.WHOLE,
) -> Pages:
    """Return the reference pages of the clean tables of the checkout `root`, and the charts of the cards.

    `shown` are the notebooks that show a claim: pairs of file name and title, by claim id.
    """
    root = Path(root)
    record = load(data=root / "data", edition=edition)
    context = _context(record, root, shown)
    templates = _templates(root)
    templates.globals["newer"] = lambda n: sentences.of_them(n, len(record.sources), "is", "are")
    from qantar.presentation import charts  # matplotlib takes half a second, and most builds draw nothing

    pages = {card["picture"]: charts.small(card["drawn"]) for card in context["cards"]}
    for path in sorted((root / "book" / "templates").glob("*.md")):
        if path.name != _CHANGES:
            pages[path.name] = _rendered(templates, path.name, context)
    for theme, measures in context["claims_of"].items():
        content = {"theme": markdown.spelt(theme).capitalize(), "measures": measures}
        pages[f"{addresses.claims_page(theme)}.md"] = _rendered(templates, _THEME, content)
    return pages


def what_changed(
    changes: tuple | None, root: Path = paths.ROOT, edition: settings.Edition = settings.WHOLE
) -> Pages:
    """Return the page on what changed since the last release and in each release.

    `changes` are `changes.Changes`, None where nothing has been released.
    """
    root = Path(root)
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    history = re.sub(r"(?m)^#", "##", changelog.partition("\n")[2].strip())
    links = {
        f"notebooks/{path.stem}": f"../../notebooks/{path.name}" for path in root.glob("notebooks/*.ipynb")
    }
    links |= {f"book/reference/{path.stem}": path.name for path in root.glob("book/templates/*.md")}

    def page(name):
        return f"[{markdown.escape(name)}]({links[name]})" if name in links else markdown.escape(name)

    content = {
        "changes": changes,
        "history": "" if edition.name else history,
        "page": page,
        "edition": edition.name,
    }
    return {_CHANGES: _rendered(_templates(root), _CHANGES, content)}


def write(pages: Pages, root: Path = paths.ROOT) -> None:
    """Write reference pages into the checkout `root` and delete old ones; unchanged files stay untouched."""
    folder = Path(root) / "book" / "reference"
    for name, content in pages.items():
        tables.write_bytes(folder / name, content)
    for path in folder.glob("*.md"):
        if path.name not in pages:
            path.unlink()  # of a theme that has no claims any more


def in_part(record: Record) -> str:
    """Return how many reports were read in part only (one report; two reports), "" for none."""
    n = int(record.sources["paragraphs_read"].notna().sum())
    return sentences.count(n, "report") if n else ""


def record_hash(data: Path = paths.DATA) -> str:
    """Return the SHA-256 of the record: of all raw tables, in the order of the data package."""
    digest = hashlib.sha256()
    declared = tables.resources(data)
    for name in tables.raw_names(data):
        digest.update((Path(data) / declared[name]["path"]).read_bytes())
    return digest.hexdigest()


def _templates(root):
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(root / "book" / "templates"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown, not HTML: text goes through the filter text
    )
    templates.filters |= {
        "text": markdown.escaped,
        "when": sentences.when,
        "number": bounds.number,
        "spelt": markdown.spelt,
    }
    return templates


def _rendered(templates, name, context):
    return templates.get_template(name).render(context).encode("utf-8")


def _context(record, root, shown):
    """Return what the templates show, by the names that they use."""
    data = root / "data"
    declared = tables.resources(data)
    hashed = record_hash(data)
    figures = claim_entries.figures(record)
    return {
        "sources": _sources(record),
        "cards": cards.cards(record, root),
        "change": _last_change((root / "CHANGELOG.md").read_text(encoding="utf-8")),
        "newest": record.newest_source(),
        "claims": len(record.claims),
        "teams": record.sources["team"].nunique(),
        "in_part": in_part(record),
        "record_hash": hashed,
        "tables": [data_dictionary.dictionary(declared, name) for name in tables.raw_names(data)],
        "claims_of": claim_entries.claims_by_theme(record, figures, hashed, shown),
        "measures": claim_entries.measure_rows(record),
        "each_printed": claim_entries.headline_measures(record, figures),
        "edition": record.edition.name,
        "cases": case_entries.cases(record, figures),
        "assemblies": event_entries.assemblies(record, figures),
        "incidents": event_entries.incidents(record),
        "acts": event_entries.acts(record),
        "timeline": timeline(record, figures),
        "statements": {
            "episodes": statement_entries.episodes(record),
            "others": statement_entries.other_accounts(record),
            "findings": statement_entries.findings(record),
        },
        "asked": recommendations(record, figures),
        "corrections": _corrections(record),
        "kinds": {markdown.spelt(kind): meaning for kind, meaning in _KINDS.items()},
        "released": releases.releases(data),
    }


def _sources(record: Record):
    """Return the sources, newest first, with how many figures each has and whether it has an address."""
    counts = record.claims.groupby("source_id").size()
    sources = record.sources.sort_values("published_last", ascending=False, kind="stable")
    return sources.assign(
        figures=sources["source_id"].map(counts).fillna(0).astype(int),
        has_url=sources["url"].notna(),
        read_in_part=[_part(source) for source in sources.itertuples()],
    ).to_dict("records")


def _part(source):
    """Return which part of a source was read: paragraphs 1 to 12 and 20 of our copy; "" for the whole."""
    if not isinstance(source.paragraphs_read, str):
        return ""
    parts = [part.replace("-", " to ") for part in source.paragraphs_read.split("; ")]
    word = "paragraph" if parts[0].isdigit() and len(parts) == 1 else "paragraphs"
    return f"{word} {sentences.listed(parts)} of our copy, which has {source.paragraphs}"


def _corrections(record):
    by_kind = record.corrections.groupby("kind", sort=True)
    return [(markdown.spelt(kind), list(rows.itertuples())) for kind, rows in by_kind]


def _last_change(changelog):
    """Return the version and the last entry of the first section of the changelog, as text."""
    version, *lines = changelog.split("\n## ")[1].splitlines()
    entries = " ".join(line.strip() for line in lines if line.strip()).split("- ")
    return {"version": version, "what": entries[-1].strip()}
