"""TODO book.recommendations."""

import pandas as pd

from qantar.book import reference_pages
from qantar.presentation import claim_tables, markdown, sentences


def recommendations(loaded):
    """Return the recommendations by theme, each with the acts, figures and cases that answers.csv says bear on it, and how many newer reports there are."""
    acts = loaded.events("acts")
    asked = acts[acts["kind"] == "recommendation"].sort_values(
        ["theme", "date_last", "act_id"], kind="stable"
    )
    addressed = loaded.organisations.set_index("organisation_id")["name"].to_dict()
    answers = {
        act: [_answer(loaded, acts, row) for row in rows.itertuples()]
        for act, rows in loaded.answers.groupby("act_id")
    }
    return [
        {
            "theme": theme.replace("_", " "),
            "rows": [
                {
                    "what": reference_pages.text(row.summary),
                    "to": reference_pages.text(addressed.get(row.addressed_to)),
                    "where": claim_tables.where(row.where, home=""),
                    "answers": answers.get(row.act_id, []),
                    "newer": int((loaded.sources["published_last"] > row.date_last).sum()),
                }
                for row in rows.itertuples()
            ],
        }
        for theme, rows in asked.groupby("theme", sort=True)
    ]


def _answer(loaded, acts, answer):
    """Return what bears on a recommendation as Markdown: a figure with who says so, or an act or case with its day and where it is told."""
    note = "" if pd.isna(answer.note) else f" {markdown.escape(answer.note)}"
    if answer.table == "claims":
        return sentences.said(loaded.claim(answer.row_id).iloc[0], home="") + note
    if answer.table == "acts":
        act = acts[acts["act_id"] == answer.row_id].iloc[0]
        day = "no day told" if pd.isna(act["date"]) else sentences.when(act["date"])
        by = "" if pd.isna(act["who"]) else f"{markdown.escape(act['who'])}, "
        return f"{by}{day}: {markdown.escape(act['summary'])} ({claim_tables.where(act['where'], home='')}){note}"
    case = loaded.events("cases").set_index("case_id").loc[answer.row_id]
    return f"{markdown.escape(case['label'])}; {case['state'].replace('_', ' ')} ({claim_tables.where(case['where'], home='')}){note}"
