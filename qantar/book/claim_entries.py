"""Claims and measures as the reference pages show them; the templates only lay out what is returned here.

Every text is escaped Markdown. Each claim has an anchor, its id, to which every number of the book leads.
"""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

import pandas as pd

from qantar.book import cards
from qantar.presentation import claim_tables, markdown, sentences
from qantar.record import Record, query, tables

# Other figures of its measure that the entry of a claim lists; where there are more, it links to the measure.
MOST_LISTED = 20

Fields = list[tuple[str, str]]  # what is known of a row: names and Markdown
Shown = Mapping[str, list[tuple[str, str]]]  # notebooks that show a claim: file name and title, by claim id


def figures(record: Record) -> pd.DataFrame:
    """Return every claim as `Record.claims_of` does, with said: the claim as a sentence for a page."""
    rows = record.claims_of(*record.measures["measure_id"])
    return rows.assign(said=[sentences.said(claim, home="") for claim in rows.to_dict("records")])


def filled(fields: list[tuple[str, str | None]]) -> Fields:
    """Return the fields that have a text."""
    return [(name, text) for name, text in fields if text]


# --- claims ---


class _Known(NamedTuple):
    """What the entry of a claim needs besides the claim: rows and words by id."""

    sources: dict
    said: dict
    corrections: dict
    shown: Shown
    record_hash: str


def claims_by_theme(
    record: Record, figures: pd.DataFrame, record_hash: str, shown: Shown | None = None
) -> dict[str, list[dict]]:
    """Return the measures of each theme with their claims, by theme.

    A measure has id, label, fields and claims; a claim id, heading and fields. `record_hash` is to be cited.
    """
    known = _Known(
        record.sources.set_index("source_id").to_dict("index"),
        figures.set_index("claim_id")["said"].to_dict(),
        tables.groups(record.corrections.query("table == 'claims'"), "row_id"),
        shown or {},
        record_hash,
    )
    measures = record.measures.set_index("measure_id", drop=False)
    themes = {}
    for measure_id, rows in figures.groupby("measure_id", sort=False):
        measure = measures.loc[measure_id]
        entry = {
            "id": measure_id,
            "label": markdown.escape(measure["label"]),
            "fields": _measure_fields(measure, measures, set(figures["measure_id"])),
            "claims": _claim_entries(rows.to_dict("records"), known),
        }
        themes.setdefault(measure["theme"], []).append(entry)
    return dict(sorted(themes.items()))


def _claim_entries(same_measure, known):
    """Return the entries of all claims of one measure."""
    entries = []
    for claim in same_measure:
        printed = f"{markdown.escape(claim['short'])}, {sentences.when(claim['published'])}"
        entry = {
            "id": claim["claim_id"],
            "heading": f"{printed}: {markdown.escape(sentences.counted(claim))}",
            "fields": _claim_fields(claim, _other_figures(claim, same_measure, known), known),
        }
        entries.append(entry)
    return entries


def _other_figures(claim, same_measure, known):
    """Return the other claims of the measure of a claim as Markdown, or a link where they are many."""
    others = len(same_measure) - 1
    if others > MOST_LISTED:
        measure = markdown.anchor_link(markdown.escape(claim["label"]), claim["measure_id"])
        return f"{others:,}, listed under {measure}"
    claims = (other["claim_id"] for other in same_measure)
    return "; ".join(known.said[claim_id] for claim_id in claims if claim_id != claim["claim_id"])


def _claim_fields(claim, others, known):
    source = known.sources[claim["source_id"]]
    modality = "" if claim["modality"] == "observed" else f"; {claim['modality']}"
    who = markdown.escaped(claim["speaker_name"]) or "the source does not say who says so"
    no_day = "none is printed: " if claim["date_basis"] == "published" else ""
    repeats = "one statement or event that other claims below tell too"
    changes = known.corrections[claim["claim_id"]]
    notebooks = known.shown.get(claim["claim_id"], [])
    fields = [
        ("As printed", f"“{markdown.escape(claim['as_printed'])}”"),
        ("Supports", claim_tables.supports(claim) + modality),
        ("Who says so", who if claim["voice"] == "reports" else f"{who}, in its own words"),
        ("Day or period", no_day + sentences.day_or_period(claim)),
        ("Said", None if pd.isna(claim["stated_on"]) else sentences.when(claim["stated_on"])),
        ("Published", sentences.when(claim["published"])),
        ("Where", _place(claim, source)),
        ("In the source", _text_fragment(source["url"], claim["as_printed"])),
        ("About", _about(claim)),
        ("Part of", known.said.get(claim["base_claim_id"])),
        ("Repeats", repeats if others and not pd.isna(claim["same_statement"]) else None),
        ("Other figures of this measure", others or "none in these reports"),
        ("Shown on", "; ".join(_notebook_link(*notebook) for notebook in notebooks)),
        ("Read", "twice, apart from each other" if claim["read"] == "twice" else claim["read"]),
        ("Note", markdown.escaped(claim["note"])),
        ("Corrections", "; ".join(_correction(row) for row in changes) or "none"),
        ("Cite", _citation(claim, known.record_hash)),
    ]
    return filled(fields)


def _place(claim, source):
    title = markdown.anchor_link(markdown.escape(source["title"]), claim["source_id"])
    item = f", item {claim['item']}" if claim["item"] else ""
    return f"{title}, paragraph {claim['paragraph']}{item}"


def _text_fragment(url, as_printed):
    """Return a link that opens a web page at the printed words; None for a PDF and for no web page."""
    if pd.isna(url) or not url.startswith(("https://", "http://")) or url.lower().endswith(".pdf"):
        return None
    return f"[open the page at these words](<{url}#:~:text={quote(as_printed, safe='')}>)"


def _about(claim):
    for column, name in (("case_id", "case"), ("assembly_id", "assembly"), ("incident_id", "incident")):
        if not pd.isna(claim[column]):
            return f"{name}: {markdown.anchor_link(markdown.escape(claim['about']), claim[column])}"
    return None


def _notebook_link(name, title):
    return f"[{markdown.escape(title)}](../../notebooks/{name}.ipynb)"


def _correction(row):
    column, old, new, reason = map(markdown.escape, (row.column, row.old, row.new, row.reason))
    return f"{row.date}: {column} was {old}, is {new} ({markdown.spelt(row.kind)}: {reason})"


def _citation(claim, record_hash):
    figure = f"{sentences.counted(claim)} ({sentences.attribution(claim)})"
    record = f"Qantar, claim `{claim['claim_id']}`, record `{record_hash[:12]}`"
    return f"{markdown.escape(figure)}, paragraph {claim['paragraph']}; {record}"


# --- measures ---


def _measure_fields(measure, measures, printed):
    def linked(other):
        label = None if other not in printed else markdown.escape(measures.loc[other, "label"])
        return label and markdown.anchor_link(label, other)

    fields = [
        ("Counts", markdown.escape(measure["definition"])),
        ("Unit and period", f"{measure['unit']}, {markdown.spelt(measure['period'])}"),
        ("Scope", markdown.escape(measure["scope"])),
        ("Takes in", markdown.escaped(measure["includes"])),
        ("Leaves out", markdown.escaped(measure["excludes"])),
        ("Part of", linked(measure["part_of"])),
        ("Counts nothing twice with", linked(measure["disjoint_with"])),
        ("Note", markdown.escaped(measure["note"])),
    ]
    return filled(fields)


def measure_rows(record: Record) -> list[dict]:
    """Return every measure: label, theme, unit, period, and how many figures stand on it in how many reports.

    Of what had been printed by a day, only measures with a figure. Those without one have no anchor.
    """
    counts = record.claims.groupby("measure_id")["source_id"].agg(["size", "nunique"])
    rows = []
    for measure in record.measures.itertuples():
        label, is_printed = markdown.escape(measure.label), measure.measure_id in counts.index
        if record.printed_by and not is_printed:
            continue
        row = {
            "label": markdown.anchor_link(label, measure.measure_id) if is_printed else label,
            "theme": markdown.spelt(measure.theme),
            "unit": measure.unit,
            "period": markdown.spelt(measure.period),
            "figures": int(counts["size"].get(measure.measure_id, 0)),
            "reports": int(counts["nunique"].get(measure.measure_id, 0)),
        }
        rows.append(row)
    return rows


def headline_measures(record: Record, figures: pd.DataFrame) -> list[dict]:
    """Return the headline measures with what each report prints of them: id, label, counts and rows of cells.

    Headline measures have figures in at least two reports, of no single case, assembly or incident, or lead a
    theme page. Rows are in order of publication; a report that prints none has a row too, and so has one that
    was read in part.
    """
    keys = set(cards.leading_measures(record))
    is_general = figures[list(query.EVENT_IDS)].isna().all(axis=1)
    by_measure = dict(tuple(figures[is_general | figures["measure_id"].isin(keys)].groupby("measure_id")))
    sources = record.sources.sort_values("published_last", kind="stable")
    entries = []
    for measure in record.measures.itertuples():
        claims = by_measure.get(measure.measure_id, figures.iloc[:0])
        if claims["source_id"].nunique() < (1 if measure.measure_id in keys else 2):
            continue
        by_source = tables.groups(claims.assign(cells=_printed_cells(claims)), "source_id")
        entry = {
            "id": measure.measure_id,
            "label": markdown.escape(measure.label),
            "counts": markdown.escape(measure.definition),
            "rows": [row for source in sources.itertuples() for row in _report_rows(source, by_source)],
        }
        entries.append(entry)
    return entries


def _printed_cells(claims):
    """Return as printed, what that supports, who says so and the day or period, as cells of each claim."""
    return [
        [
            markdown.anchor_link(f"“{markdown.escape(claim['as_printed'])}”", claim["claim_id"]),
            claim_tables.supports(claim),
            claim_tables.speaker(claim),
            sentences.day_or_period(claim),
        ]
        for claim in claims.to_dict("records")
    ]


def _report_rows(source, by_source):
    report = markdown.anchor_link(markdown.escape(source.short), source.source_id)
    none = "prints none" if pd.isna(source.paragraphs_read) else "none in the part that was read"
    cells = [claim.cells for claim in by_source[source.source_id]] or [[none, "", "", ""]]
    return [[f"{report}, {sentences.when(source.published)}", *row] for row in cells]
