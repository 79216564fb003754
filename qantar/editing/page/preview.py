"""What a report that is read would change: problems, sentences, pages, and conditions that break."""

import tempfile
from pathlib import Path
from typing import NamedTuple

from qantar import settings
from qantar.book import cards
from qantar.checks.problem import Problem
from qantar.editing.page.report import Report
from qantar.pipeline import rereading
from qantar.presentation import accounts, sentences
from qantar.record import derive, load


class Preview(NamedTuple):
    """`problems` of the checks; the new `figures` and `statements` as sentences; the theme `pages` that show
    them, by title; `broken`, the typed sentences that would not hold any more, row by row."""

    problems: list[Problem]
    figures: list[str]
    statements: list[str]
    pages: list[str]
    broken: list[rereading.Broken]


def of(report: Report) -> Preview:
    """Return what would change if the rows of a report were saved now; nothing is written."""
    if problems := report.problems():
        return Preview(problems, [], [], [], [])
    with tempfile.TemporaryDirectory() as folder:
        data = report.copied(Path(folder))
        derive.write(data)
        record = load(data=data, edition=settings.WHOLE)
    claims = [row["claim_id"] for row in report.draft.added("claims")]
    told = record.told()
    told = told[told["statement_id"].isin(row["statement_id"] for row in report.draft.added("statements"))]
    figures = record.claims_by_id(*claims)
    themes = {*figures["theme"], *told["theme"]}
    return Preview(
        [],
        [f"{row['label']}: {sentences.said(row, home='')}" for row in figures.to_dict("records")],
        [accounts.told(row, home="") for row in told.to_dict("records")],
        [page.title for page in cards.PAGES if themes & {*page.themes}],
        rereading.broken(record),
    )
