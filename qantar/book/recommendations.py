"""The recommendations of the reports, and what later reports say that bears on them.

Each answer begins with the day of the text that tells it; only texts printed after the question answer it.
"""

import pandas as pd

from qantar.book import outcomes, statement_entries
from qantar.presentation import claim_tables, markdown, sentences
from qantar.record import Record, tables, views


def recommendations(record: Record, figures: pd.DataFrame) -> list[dict]:
    """Return the recommendations by theme: theme, and rows with what, to, day, where, answers and two counts.

    answers are the rows that answers.csv says bear on it, as Markdown, by the day of the text that tells
    them; newer is how many reports are newer, in_part how many of these were read in part. `figures` as of
    `claim_entries.figures`.
    """
    acts = views.events(record, "acts")
    bodies = record.organisations.set_index("organisation_id")["name"].to_dict()
    answers = tables.groups(record.answers, "act_id")
    published = record.sources.set_index("source_id")["published_last"]
    in_part = set(record.sources.dropna(subset="paragraphs_read")["source_id"])
    known = {
        "claims": _claims(figures),
        "acts": {act.act_id: _act(act) for act in acts.itertuples()},
        "cases": _cases(record),
        "statements": {row["statement_id"]: _statement(row) for row in record.told().to_dict("records")},
        "restrictions": _restrictions(record),
    }

    acts_by_id = acts.set_index("act_id")

    def is_earlier(answer, asked):
        """Return whether an act is dated before the recommendation, or by its day at the latest."""
        if answer.table != "acts":
            return False
        act = acts_by_id.loc[answer.row_id]
        is_by_then = pd.isna(act["date_first"]) and act["date_last"] <= asked.date_first
        return is_by_then or act["date_last"] < asked.date_first

    def row(act):
        newer = set(published.index[published > act.date_last])
        told = [(answer, known[answer.table][answer.row_id]) for answer in answers[act.act_id]]
        told = [(answer, words, _newer(where, newer)) for answer, (words, where) in told]
        told = [row for row in told if row[2] and not is_earlier(row[0], act)]
        told.sort(key=lambda row: published[row[2][0][0]])
        return {
            "what": markdown.escape(act.summary),
            "to": markdown.escaped(bodies.get(act.addressed_to)),
            "day": sentences.when(act.date),
            "where": claim_tables.sources_of(act.where, home=""),
            "answers": [_answer(*row) for row in told],
            "newer": len(newer),
            "in_part": sentences.count(len(newer & in_part), "report") if newer & in_part else "",
        }

    asked = acts.query("kind == 'recommendation'").sort_values(["date_last", "act_id"], kind="stable")
    return [
        {"theme": markdown.spelt(theme), "rows": [row(act) for act in rows.itertuples()]}
        for theme, rows in asked.groupby("theme")
    ]


def _newer(where, newer):
    """Return the places (see `query.sources_by_row`) in reports printed after the recommendation."""
    return [place for place in where if place[0] in newer]


def _answer(answer, words, where):
    day = sentences.on_date(where[0][2])
    note = "" if pd.isna(answer.note) else f" {markdown.escape(answer.note)}"
    return f"{day[0].upper()}{day[1:]}: {words} ({claim_tables.sources_of(where, home='')}){note}"


# What bears on a recommendation: its words, and where it is told.


def _claims(figures):
    return {claim["claim_id"]: (claim["said"], [_place(claim)]) for claim in figures.to_dict("records")}


def _place(row):
    return row["source_id"], row["short"], row["published"], [row["paragraph"]]


def _act(act):
    by = "" if pd.isna(act.who) else f"{markdown.escape(act.who)}{': ' if pd.isna(act.date_first) else ', '}"
    day = "" if pd.isna(act.date_first) else f"{sentences.when(act.date)}: "
    return f"{by}{day}{markdown.escape(act.summary)}", act.where


def _cases(record):
    ended = outcomes.of_case(record)
    return {
        case.case_id: (
            f"{markdown.escape(case.label)}; {markdown.spelt(case.state)}"
            f"{f'; {ended[case.case_id]}' if case.case_id in ended else ''}",
            case.where,
        )
        for case in views.events(record, "cases").itertuples()
    }


def _statement(row):
    words = (
        f"{statement_entries.speaker(row)}: {markdown.escape(row['summary'])}{statement_entries.hedge(row)}"
    )
    return words, [_place(row)]


def _restrictions(record):
    labels = record.assemblies.set_index("assembly_id")["label"]
    return {
        row.restriction_id: (
            f"{markdown.escape(labels[row.assembly_id])}: {markdown.spelt(row.kind)}"
            f"{'' if row.hedge == 'stated' else f', {markdown.spelt(row.hedge)}'}",
            row.where,
        )
        for row in views.events(record, "restrictions").itertuples()
    }
