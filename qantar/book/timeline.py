"""The timeline: acts, assemblies, steps of cases, incidents and figures by day."""

import pandas as pd

from qantar.presentation import claim_tables, markdown
from qantar.presentation.sentences import when
from qantar.record import Record, views

# The steps of cases that are shown.
_DECISIONS = (
    *("charged", "reclassified", "verdict", "appeal_decided", "amnesty_decided", "parole_decided"),
    *("closed", "dropped", "reopened", "reinstated"),
)


def timeline(record: Record, figures: pd.DataFrame) -> dict[str, list]:
    """Return what has a day, and what has none, as Markdown cells: day, what, kind and where.

    years: pairs of a year and its rows, by last possible day; by_then: what was at some time before a day;
    undated: what has no day. `figures` as of `claim_entries.figures`.
    """
    parts = [_acts(record), _assemblies(record), _steps(record), _incidents(record), _figures(figures)]
    rows = pd.concat(parts, ignore_index=True)
    order = ["date_last", "date_first", "what"]
    dated = rows.dropna(subset="date_last").sort_values(order, kind="stable")
    is_open = dated["date_first"].isna()
    years = dated[~is_open].groupby(dated["date_last"].dt.year)
    return {
        "years": [(int(year), _cells(group)) for year, group in years],
        "by_then": _cells(dated[is_open]),
        "undated": _cells(rows[rows["date_last"].isna()]),
    }


def _cells(rows):
    cells = rows[["what", "kind", "where"]].to_dict("records")
    days = ["" if pd.isna(date) else when(date) for date in rows["date"]]
    return [{"day": day, **row} for day, row in zip(days, cells, strict=True)]


def _rows(events, kind, what):
    """Return events as the timeline shows them: date, its ends, what and where (Markdown), and kind."""
    where = [claim_tables.sources_of(places, home="") for places in events["where"]]
    what = [markdown.escape(words) for words in what]
    return events[["date", "date_first", "date_last"]].assign(what=what, kind=kind, where=where)


def _acts(record):
    acts = views.events(record, "acts").query("kind != 'recommendation'")
    by = (acts["who"] + ": ").fillna("")
    return _rows(acts, "act", by + acts["summary"])


def _assemblies(record):
    assemblies = views.events(record, "assemblies").query("level == 'single'")
    return _rows(assemblies, "assembly", assemblies["label"])


def _steps(record):
    """Return the decisions in cases: the case, the party if the step names one, the step and its outcome."""
    steps = views.steps_of_cases(record)
    steps = steps[steps["step"].isin(_DECISIONS) & ~steps["expected"]]
    party = (": " + steps["party"]).fillna("")
    outcome = (" " + steps["outcome"].astype("str")).fillna("")
    decided = (steps["step"].astype("str") + outcome).str.replace("_", " ")
    return _rows(steps, "case", steps["case"] + party + ": " + decided)


def _incidents(record):
    incidents = views.events(record, "incidents").query("kind != 'criminal_case'")  # shown as cases
    return _rows(incidents, "incident", incidents["label"])


def _figures(figures):
    """Return the figures whose source prints the day or period that they describe."""
    rows = figures.query("date_basis in ['printed', 'statement', 'inferred'] and modality != 'quoted'")
    days = rows[["as_of", "as_of_first", "as_of_last"]].set_axis(["date", "date_first", "date_last"], axis=1)
    where = [claim_tables.paragraph_of(claim, home="") for claim in rows.to_dict("records")]
    return days.assign(what=rows["said"], kind="figure", where=where)
