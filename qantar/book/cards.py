"""The theme pages, and their cards on the home page: the leading number of a theme with a small chart."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd
from sphinx_external_toc.parsing import parse_toc_yaml

from qantar import paths
from qantar.presentation import markdown, sentences
from qantar.record import Record


class Page(NamedTuple):
    """A theme page: its notebook, a short title, and the themes whose measures it shows."""

    notebook: str
    title: str
    themes: tuple[str, ...]


PAGES = (
    Page("casualties", "Casualties", ("casualties", "missing")),
    Page("torture_investigations", "Torture investigations", ("torture",)),
    Page("january_prosecutions", "Detained and prosecuted", ("detention", "prosecution")),
    Page("article_274", "Article 274, false information", ("article_274",)),
    Page("assembly_restrictions", "Restrictions on assemblies", ("assembly",)),
    Page("media_attacks", "Attacks on media", ("media", "information")),
    Page("opposition", "Opposition", ("opposition", "elections")),
    Page("discrepancies", "Where the reports differ", ("context",)),
)


def leading_measures(record: Record) -> list[str]:
    """Return the measure of each theme page that stands first by its rank, where a claim counts it."""
    return [measure for page in PAGES if (measure := _leading(record, page))]


def cards(record: Record, root: Path = paths.ROOT) -> list[dict]:
    """Return the cards of the home page, as the template _cards.md shows them.

    A card has notebook, title, told (the number of its leading measure in words), part (its parts, where one
    report prints it, or ""), scope (what is counted, and of what), picture (a file name), alt and drawn (the
    claims in the picture). A page has none where its notebook is not in the table of contents, or where no
    measure of it leads.
    """
    listed = parse_toc_yaml(root / "_toc.yml")
    shown = [page for page in PAGES if f"notebooks/{page.notebook}" in listed]
    return [_content(record, page, measure) for page in shown if (measure := _leading(record, page))]


def _leading(record, page):
    """Return the measure of the lowest rank, of the first theme of a page that has one; None without."""
    printed = record.measures["measure_id"].isin(record.claims["measure_id"])
    ranked = record.measures[printed].dropna(subset="rank").sort_values("rank", kind="stable")
    for theme in page.themes:
        if len(of_theme := ranked[ranked["theme"] == theme]):
            return of_theme["measure_id"].iloc[0]
    return None


def _content(record, page, measure):
    whole = record.numbered_claims(measure)
    parts = _parts(record, whole) if len(whole) == 1 else whole.iloc[:0]
    drawn = pd.concat([whole, parts], ignore_index=True)
    marks = [
        f"{sentences.counted(claim)}, {sentences.attribution(claim)}" for claim in drawn.to_dict("records")
    ]
    return {
        "notebook": page.notebook,
        "title": page.title,
        "told": f"{_key_number(record, measure)}.",
        "part": _of_them(parts),
        "scope": _scope(record, measure),
        "alt": markdown.escape(f"Small chart: {'; '.join(marks) or sentences.NOTHING}."),
        "picture": f"card_{page.notebook}.svg",
        "drawn": drawn,
    }


def _scope(record, measure):
    row = record.measures.set_index("measure_id").loc[measure]
    return f"What is counted: {markdown.escape(row['definition'])} Scope: {markdown.escape(row['scope'])}."


def _parts(record, whole):
    """Return the claims with a number that are parts of a claim, a frame of one row."""
    is_part = record.claims["base_claim_id"].isin(whole["claim_id"])
    parts = record.numbered_claims(*record.claims.loc[is_part, "measure_id"].unique())
    return parts[parts["base_claim_id"].isin(whole["claim_id"])]


def _of_them(parts):
    linked = sentences.listed(sentences.linked(claim, home="") for _, claim in parts.iterrows())
    return f"Of them: {linked}." if linked else ""


def _key_number(record, measure):
    """Return the number of the newest report that prints one, with who says so; whether reports differ."""
    rows = record.numbered_claims(measure)
    if rows.empty:
        return sentences.NOTHING.capitalize()
    newest = rows.iloc[-1]
    base = record.claims[record.claims["claim_id"] == newest["base_claim_id"]]["claim_id"]
    whole = "".join(
        f" of {sentences.linked(claim, home='')}" for _, claim in record.claims_by_id(*base).iterrows()
    )
    attribution = markdown.escape(sentences.attribution(newest))
    told = f"{sentences.linked(newest, home='')}{whole} ({attribution})"
    if len(rows) == 1:
        return told
    differ = ", and they differ" if len(rows[["bound", "value", "value_to"]].drop_duplicates()) > 1 else ""
    reports = sentences.count(rows["source_id"].nunique(), "report prints", "reports print")
    return f"{told} in the newest report; {reports} a number{differ}"
