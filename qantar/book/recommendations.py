"""The recommendations of the reports, and what later reports say that bears on them."""

import pandas as pd

from qantar.presentation import claim_tables, markdown, sentences
from qantar.record import Record, tables, views


def recommendations(record: Record, figures: pd.DataFrame) -> list[dict]:
    """Return the recommendations by theme: theme, and rows with what, to, where, answers and newer.

    answers are the rows that answers.csv says bear on it, as Markdown; newer is how many
    reports are newer. `figures` as of `claim_entries.figures`.
    """
    acts = views.events(record, "acts")
    bodies = record.organisations.set_index("organisation_id")["name"].to_dict()
    answers = tables.groups(record.answers, "act_id")
    known = {
        "claims": figures.set_index("claim_id")["said"].to_dict(),
        "acts": {act.act_id: _act(act) for act in acts.itertuples()},
        "cases": {case.case_id: _case(case) for case in views.events(record, "cases").itertuples()},
        "statements": {row["statement_id"]: _statement(row) for row in record.told().to_dict("records")},
        "restrictions": _restrictions(record),
    }

    def row(act):
        return {
            "what": markdown.escape(act.summary),
            "to": markdown.escaped(bodies.get(act.addressed_to)),
            "where": claim_tables.sources_of(act.where, home=""),
            "answers": [_answer(answer, known) for answer in answers[act.act_id]],
            "newer": int((record.sources["published_last"] > act.date_last).sum()),
        }

    asked = acts.query("kind == 'recommendation'").sort_values(["date_last", "act_id"], kind="stable")
    return [
        {"theme": markdown.spelt(theme), "rows": [row(act) for act in rows.itertuples()]}
        for theme, rows in asked.groupby("theme")
    ]


def _answer(answer, known):
    words = known[answer.table][answer.row_id]
    return words if pd.isna(answer.note) else f"{words} {markdown.escape(answer.note)}"


def _act(act):
    by = "" if pd.isna(act.who) else f"{markdown.escape(act.who)}, "
    day = "no day told" if pd.isna(act.date) else sentences.when(act.date)
    return f"{by}{day}: {markdown.escape(act.summary)} ({claim_tables.sources_of(act.where, home='')})"


def _statement(row):
    who = row["short"] if pd.isna(row["speaker_name"]) else row["speaker_name"]
    where = claim_tables.paragraph_of(row, home="")
    return f"{markdown.escape(who)}: {markdown.escape(row['summary'])} ({where})"


def _restrictions(record):
    labels = record.assemblies.set_index("assembly_id")["label"]
    return {
        row.restriction_id: f"{markdown.escape(labels[row.assembly_id])}: {markdown.spelt(row.kind)}"
        f"{'' if row.hedge == 'stated' else f', {markdown.spelt(row.hedge)}'} "
        f"({claim_tables.sources_of(row.where, home='')})"
        for row in views.events(record, "restrictions").itertuples()
    }


def _case(case):
    where = claim_tables.sources_of(case.where, home="")
    return f"{markdown.escape(case.label)}; {markdown.spelt(case.state)} ({where})"
