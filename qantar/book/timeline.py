"""The timeline: accounts, acts, assemblies, steps of cases, incidents and figures by day.

It begins with January 2022. The final outcome of a case governs: a step that was undone later says so.
"""

import pandas as pd

from qantar.book import outcomes, statement_entries
from qantar.presentation import claim_tables, markdown
from qantar.presentation.sentences import OUR_READING, when
from qantar.record import Record, tables, views

_FIRST, _LAST = pd.Timestamp("2022-01-01"), pd.Timestamp("2022-01-31")  # the month of the events

# The steps of cases that are shown.
_SHOWN = (
    *("detained", "remand", "house_arrest", "case_opened", "charged", "reclassified", "trial_started"),
    *("verdict", "penalised", "appeal_decided", "amnesty_decided", "parole_decided"),
    *("sentence_replaced", "serving_resumed", "closed", "dropped", "reopened", "reinstated"),
    *("hearing", "review"),
)


def timeline(record: Record, figures: pd.DataFrame) -> dict[str, list]:
    """Return what has a day, and what has none, as Markdown cells: day, what, kind and where.

    periods: pairs of a heading (January 2022, then years) and its rows, by last possible day; earlier: rows
    of before January 2022; by_then: what was at some time before a day; undated: what has no day.
    `figures` as of `claim_entries.figures`.
    """
    of_record = (_accounts, _acts, _assemblies, _steps, _incidents)
    rows = pd.concat([*(part(record) for part in of_record), _figures(figures)], ignore_index=True)
    dated = rows.dropna(subset="date_last")
    dated = dated.sort_values(["date_last", "date_first", "what"], kind="stable")
    is_open, is_earlier = dated["date_first"].isna(), dated["date_last"] < _FIRST
    periods = dated[~is_open & ~is_earlier]
    return {
        "periods": [(heading, _cells(of)) for heading, of in periods.groupby(_headings(periods), sort=False)],
        "earlier": _cells(dated[is_earlier]),
        "by_then": _cells(dated[is_open & ~is_earlier]),
        "undated": _cells(rows[rows["date_last"].isna()]),
    }


def _headings(rows):
    years = rows["date_last"].dt.year.astype("str")
    return years.mask(rows["date_last"] <= _LAST, "January 2022").replace("2022", "2022, after January")


def _cells(rows):
    cells = rows[["what", "kind", "where"]].to_dict("records")
    marks = ["" if ours is not True else OUR_READING for ours in rows["ours"]]
    days = [
        "" if pd.isna(date) else when(date) + mark for date, mark in zip(rows["date"], marks, strict=True)
    ]
    return [{"day": day, **row} for day, row in zip(days, cells, strict=True)]


def _rows(events, kind, what):
    """Return events as the timeline shows them: date, its ends, what and where (Markdown), kind and ours.

    ours is whether the date is our reading.
    """
    where = [claim_tables.sources_of(places, home="") for places in events["where"]]
    ours = events["inferred"].str.split("; ").map(lambda names: "date" in names, na_action="ignore")
    days = events[["date", "date_first", "date_last"]]
    return days.assign(what=[*what], kind=kind, where=where, ours=ours)


def _accounts(record):
    """Return the accounts of what happened in January 2022, each with who says it."""
    rows = record.told(kind="account")
    rows = rows[(rows["date_first"] >= _FIRST) & (rows["date_last"] <= _LAST)]
    names = statement_entries.names(record)
    what = [
        f"According to {statement_entries.speaker(row)}, "
        f"{statement_entries.continued(row['summary'], names)}{statement_entries.hedge(row)} "
        f"{markdown.anchor_link('Account', row['statement_id'])}"
        for row in rows.to_dict("records")
    ]
    where = [claim_tables.paragraph_of(row, home="") for row in rows.to_dict("records")]
    ours = rows["date_basis"] == "inferred"
    return rows[["date", "date_first", "date_last"]].assign(what=what, kind="account", where=where, ours=ours)


def _acts(record):
    acts = views.events(record, "acts").query("kind != 'recommendation'")
    by = (acts["who"] + ": ").fillna("")
    return _rows(acts, "act", map(markdown.escape, by + acts["summary"]))


def _assemblies(record):
    """Return the single assemblies and series, each as what became of it."""
    assemblies = views.events(record, "assemblies").query("level != 'general'")
    restrictions = tables.groups(views.events(record, "restrictions"), "assembly_id")
    what = [
        f"{markdown.escape(row['label'])}: {outcomes.of_assembly(row, restrictions[row['assembly_id']])}"
        for row in assemblies.to_dict("records")
    ]
    return _rows(assemblies, "assembly", what)


def _steps(record):
    """Return steps of cases: case, the party if the step names one, step, and how it finally ended."""
    steps = views.steps_of_cases(record)
    steps = steps[steps["step"].isin(_SHOWN) & ~steps["expected"]]
    later = outcomes.by_step(record)
    what = []
    for step in steps.itertuples():
        party = "" if pd.isna(step.party) else f": {markdown.escape(step.party)}"
        outcome = "" if pd.isna(step.outcome) else f" {step.outcome}"
        ending = f"; {later[step.step_id]}" if step.step_id in later else ""
        what.append(f"{markdown.escape(step.case)}{party}: {markdown.spelt(f'{step.step}{outcome}')}{ending}")
    return _rows(steps, "case", what)


def _incidents(record):
    incidents = views.events(record, "incidents").query("kind != 'criminal_case'")  # shown as cases
    return _rows(incidents, "incident", map(markdown.escape, incidents["label"]))


def _figures(figures):
    """Return the figures whose source prints the day or period that they describe."""
    rows = figures.query("date_basis in ['printed', 'statement', 'inferred'] and modality != 'quoted'")
    days = rows[["as_of", "as_of_first", "as_of_last"]].set_axis(["date", "date_first", "date_last"], axis=1)
    where = [claim_tables.paragraph_of(claim, home="") for claim in rows.to_dict("records")]
    ours = rows["date_basis"] == "inferred"
    return days.assign(what=rows["said"], kind="figure", where=where, ours=ours)
