"""The cards of the home page: a key number of a theme with its small chart."""

from pathlib import Path
from typing import NamedTuple

from sphinx_external_toc.parsing import parse_toc_yaml

from qantar import paths
from qantar.presentation import markdown, sentences
from qantar.record import Record


class Card(NamedTuple):
    """A theme: its notebook, the measure of its key number, and another that its chart shows with it."""

    notebook: str
    title: str
    measure: str
    beside: str | None = None


_TORTURE = "torture_complaints_anticorruption"
CARDS = (
    Card("casualties", "Casualties", "deaths_total"),
    Card("torture_investigations", "Torture investigations", f"{_TORTURE}_closed", _TORTURE),
    Card(
        *("article_274", "Article 274, false information"),
        *("investigations_274", "investigations_274_sent_to_court"),
    ),
    Card("assembly_restrictions", "Restrictions on assemblies", "permission_refusals"),
)


def cards(record: Record, root: Path = paths.ROOT) -> list[dict]:
    """Return the cards of the home page, as the template _cards.md shows them.

    A card has notebook, title, told (its key number in words), part (a part of it that the chart shows too,
    or ""), scope (what is counted, and of what), picture (a file name), alt and drawn (claims).
    It is left out where its notebook is not in the table of contents, or its measure has no claims.
    """
    pages = parse_toc_yaml(root / "_toc.yml")
    printed = set(record.claims["measure_id"])
    return [
        _content(record, card, printed)
        for card in CARDS
        if f"notebooks/{card.notebook}" in pages and card.measure in printed
    ]


def _content(record, card, printed):
    drawn = record.numbered_claims(*(measure for measure in card[2:] if measure in printed))
    marks = [
        f"{sentences.counted(claim)}, {sentences.attribution(claim)}" for claim in drawn.to_dict("records")
    ]
    return {
        "notebook": card.notebook,
        "title": card.title,
        "told": f"{_key_number(record, card.measure)}.",
        "part": _part(record, card),
        "scope": _scope(record, card.measure),
        "alt": markdown.escape(f"Small chart: {'; '.join(marks) or sentences.NOTHING}."),
        "picture": f"card_{card.notebook}.svg",
        "drawn": drawn,
    }


def _scope(record, measure):
    row = record.measures.set_index("measure_id").loc[measure]
    return f"What is counted: {markdown.escape(row['definition'])} Scope: {markdown.escape(row['scope'])}."


def _part(record, card):
    """Return the part of the key number that the chart draws beside it; "" where it draws none."""
    newest = record.numbered_claims(card.measure)["claim_id"].tail(1)
    if card.beside is None or card.beside not in set(record.claims["measure_id"]):
        return ""
    beside = record.numbered_claims(card.beside)
    parts = beside[beside["base_claim_id"].isin(newest)]
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
    return (
        f"{told} in the newest report; {sentences.count(len(rows), 'report')} print a number, and they differ"
    )
