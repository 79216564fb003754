"""Reference pages of the book, made from the record by the templates in book/templates.

One idea: what the record already says is written once. The pages land in book/reference, which git ignores, each time a
book is built. Whatever text stands in a table is escaped, so that it is text in the page.
"""

import hashlib
import re
from pathlib import Path

import jinja2
import pandas as pd

from qantar import addresses, paths, settings
from qantar.book import data_dictionary, entries, recommendations, timeline
from qantar.presentation import charts, claim_tables, markdown, sentences
from qantar.record import bounds, query, releases, tables

_CHANGED = "what_changed.md"
# The cards of the home page: notebook, title, the measure of the key number, and the measures drawn.
CARDS = [
    ("casualties", "Casualties", "deaths_total", ["deaths_total"]),
    (
        "torture_investigations",
        "Torture investigations",
        "torture_complaints_anticorruption_closed",
        ["torture_complaints_anticorruption", "torture_complaints_anticorruption_closed"],
    ),
    (
        "article_274",
        "Article 274, false information",
        "investigations_274",
        ["investigations_274", "investigations_274_sent_to_court"],
    ),
    ("assembly_restrictions", "Restrictions on assemblies", "permission_refusals", ["permission_refusals"]),
]


def made(root=paths.ROOT, shown=None, edition=settings.WHOLE):
    """Return every reference page as the clean tables of the checkout `root` make it, as bytes by file name, and the small charts of the home page.

    `shown` are the notebooks that show a claim, as in `entries.claims`. What changed is a page of its own: `what_changed`.
    """
    root = Path(root)
    loaded = query.load(data=root / "data")
    templates = _templates(root)
    templates.globals["newer"] = lambda n: sentences.of_them(n, len(loaded.sources), "is", "are")
    context = _context(loaded, root, shown)
    given = {
        template.name: context
        for template in sorted((root / "book" / "templates").glob("*.md"))
        if template.name != _CHANGED
    }
    given |= {
        f"{addresses.claims_page(theme)}.md": {"theme": markdown.spelt(theme).capitalize(), "measures": of}
        for theme, of in context["claims_of"].items()
    }
    found = {card["picture"]: charts.small(card["drawn"]) for card in context["cards"]}
    for name, of in given.items():
        template = templates.get_template("each_theme/claims.md" if name.startswith("claims_") else name)
        found[name] = template.render(of).encode("utf-8")
    return found


def what_changed(changes, root=paths.ROOT, edition=settings.WHOLE):
    """Return the page on what changed since the last release (`changes.Changes`, None where there is none) and in each release, as bytes by file name."""
    root = Path(root)
    history = (
        ""
        if edition.name
        else re.sub(
            r"(?m)^#", "##", (root / "CHANGELOG.md").read_text(encoding="utf-8").partition("\n")[2].strip()
        )
    )
    pages = {
        f"notebooks/{path.stem}": f"../../notebooks/{path.name}"
        for path in (root / "notebooks").glob("*.ipynb")
    }
    pages |= {
        f"book/reference/{path.stem}": path.name for path in (root / "book" / "templates").glob("*.md")
    }

    def page(name):
        return f"[{text(name)}]({pages[name]})" if name in pages else text(name)

    return {
        _CHANGED: _templates(root)
        .get_template(_CHANGED)
        .render(changes=changes, history=history, page=page, edition=edition.name)
        .encode("utf-8")
    }


def write(content, root=paths.ROOT):
    """Write reference pages (bytes by file name) into the checkout `root`, and delete those of old; unchanged files are left untouched."""
    folder = Path(root) / "book" / "reference"
    for name, of in content.items():
        tables.write_bytes(folder / name, of)
    for old in folder.glob("*.md"):
        if old.name not in content:
            old.unlink()  # of a theme that no claim has any more


def _templates(root):
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(root / "book" / "templates"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown, not HTML: every cell goes through `text`
    )
    templates.filters |= {
        "text": text,
        "when": sentences.when,
        "number": bounds.number,
        "spelt": markdown.spelt,
    }
    return templates


def text(cell):
    """Return a cell as text in Markdown; nothing for an empty one."""
    return "" if pd.isna(cell) else markdown.escape(cell)


def _context(loaded, root, shown):
    data = root / "data"
    hashed = record_hash(data)
    declared = tables.resources(data)
    figures = loaded.claims.groupby("source_id").size()
    sources = loaded.sources.sort_values("published_last", ascending=False, kind="stable")
    return {
        "sources": [
            {**row, "figures": int(figures.get(row["source_id"], 0)), "has_url": not pd.isna(row["url"])}
            for _, row in sources.iterrows()
        ],
        "cards": [_card(loaded, *card) for card in CARDS],
        "change": _last_change((root / "CHANGELOG.md").read_text(encoding="utf-8")),
        "newest": loaded.newest(),
        "claims": len(loaded.claims),
        "teams": loaded.sources["team"].nunique(),
        "record_hash": hashed,
        "tables": [data_dictionary.dictionary(declared, name) for name in tables.raw_names(data)],
        "claims_of": entries.claims(loaded, hashed, shown),
        "measures": entries.measures(loaded),
        "each_printed": _each_printed(loaded),
        "edition": loaded.edition.name,
        "cases": entries.cases(loaded),
        "assemblies": entries.assemblies(loaded),
        "incidents": entries.incidents(loaded),
        "acts": entries.acts(loaded),
        "timeline": timeline.timeline(loaded),
        "asked": recommendations.recommendations(loaded),
        "corrections": [
            (markdown.spelt(kind), list(rows.itertuples()))
            for kind, rows in loaded.corrections.groupby("kind", sort=True)
        ],
        "kinds": {markdown.spelt(kind): meaning for kind, meaning in _KINDS.items()},
        "released": releases.releases(data),
    }


# What the kinds of corrections mean; the codebook leads to the page that says so.
_KINDS = {
    "our_error": "We typed or read it wrongly.",
    "late_reading": "A place of a text that had been read was read again, and told more.",
    "recoding": "The same words, put in another column, measure or form.",
    "source_revision": "The publisher of the report changed it.",
    "definition_change": "A measure or a rule of the codebook was changed.",
    "retraction": "Whoever stated it took it back.",
    "removal": "Taken out to protect a person.",
}


def _each_printed(loaded):
    """Return the headline measures (figures in at least two reports, or a key number of the home page) with what each report prints of them.

    For each the label, what it counts, and rows of Markdown cells, a row per claim in order of publication; a report that prints none has a row that says so.
    Measures of single cases, assemblies or incidents are not among the former.
    """
    told, keys = loaded.of(*loaded.measures["measure_id"]), {card[2] for card in CARDS}
    told = told[told[list(query.THINGS)].isna().all(axis=1) | told["measure_id"].isin(keys)]
    reports = told.groupby("measure_id")["source_id"].nunique()
    sources = loaded.sources.sort_values("published_last", kind="stable")
    return [
        {
            "id": row.measure_id,
            "label": markdown.escape(row.label),
            "counts": markdown.escape(row.definition),
            "rows": [
                cells
                for source in sources.itertuples()
                for cells in _printed(source, told[told["measure_id"] == row.measure_id])
            ],
        }
        for row in loaded.measures.itertuples()
        if reports.get(row.measure_id, 0) > 1 or (row.measure_id in keys and row.measure_id in reports)
    ]


def _printed(source, claims):
    """Return what a source prints of a measure, as rows of Markdown cells: report, as printed, what that supports, who says so, day or period."""
    report = f"{markdown.anchor_link(markdown.escape(source.short), source.source_id)}, {sentences.when(source.published)}"
    return [
        [
            report,
            markdown.anchor_link(f"“{markdown.escape(claim['as_printed'])}”", claim["claim_id"]),
            claim_tables.supports(claim),
            claim_tables.who(claim),
            sentences.described(claim),
        ]
        for _, claim in claims[claims["source_id"] == source.source_id].iterrows()
    ] or [[report, "prints none", "", "", ""]]


def record_hash(data=paths.DATA):
    """Return the SHA-256 of the record: of all raw tables, in the order of the data package."""
    digest = hashlib.sha256()
    declared = tables.resources(data)
    for name in tables.raw_names(data):
        digest.update((Path(data) / declared[name]["path"]).read_bytes())
    return digest.hexdigest()


def _card(loaded, notebook, title, measure, drawn):
    """Return a card of the home page: its key number as last printed, with who says so and when, and the name and words of its small chart."""
    rows, drawn = loaded.numbered(measure), loaded.numbered(*drawn)
    told = sentences.NOTHING.capitalize()
    for _, newest in rows.tail(1).iterrows():
        whole = (
            ""
            if pd.isna(newest["base_claim_id"])
            else f" of {sentences.linked(loaded.claim(newest['base_claim_id']).iloc[0], home='')}"
        )
        told = (
            f"{sentences.linked(newest, home='')}{whole} ({markdown.escape(sentences.attribution(newest))})"
        )
    if len(rows) > 1:
        told = f"{told} in the newest report; {sentences.count(len(rows), 'report')} print a number, and they differ"
    alt = (
        "; ".join(f"{sentences.counted(row)}, {sentences.attribution(row)}" for _, row in drawn.iterrows())
        or sentences.NOTHING
    )
    return {
        "notebook": notebook,
        "title": title,
        "told": f"{told}.",
        "alt": markdown.escape(f"Small chart: {alt}."),
        "picture": f"card_{notebook}.svg",
        "drawn": drawn,
    }


def _last_change(changelog):
    """Return the version and the last entry of the first section of the changelog, as text."""
    section = changelog.split("\n## ")[1]
    version, *lines = section.splitlines()
    entries = " ".join(line.strip() for line in lines if line.strip()).split("- ")
    return {"version": version, "what": entries[-1].strip()}
