"""TODO book.timeline."""

import pandas as pd

from qantar.presentation import claim_tables, markdown, sentences

_DECIDED = {
    "verdict",
    "appeal_decided",
    "amnesty_decided",
    "parole_decided",
    "closed",
    "dropped",
    "reopened",
    "reclassified",
    "reinstated",
    "charged",
}


def timeline(loaded):
    """Return what has a day, by year and last day, as Markdown table cells (the day, what, of which kind, where it is told), and what has none."""
    rows = pd.concat(
        [
            _dated_acts(loaded),
            _dated_assemblies(loaded),
            _dated_steps(loaded),
            _dated_incidents(loaded),
            _dated_figures(loaded),
        ]
    )
    dated = rows[rows["date_last"].notna()].sort_values(
        ["date_last", "date_first", "what"], kind="stable", na_position="last"
    )
    only_by = dated["date_first"].isna()
    cells = [
        {"day": sentences.when(row.date), "what": row.what, "kind": row.sort, "where": row.told}
        for row in dated[~only_by].itertuples()
    ]
    years = dict.fromkeys(int(day.year) for day in dated[~only_by]["date_last"])
    return {
        "years": [
            (
                year,
                [
                    cell
                    for cell, day in zip(cells, dated[~only_by]["date_last"], strict=True)
                    if day.year == year
                ],
            )
            for year in years
        ],
        "by_then": [
            {"day": sentences.when(row.date), "what": row.what, "kind": row.sort, "where": row.told}
            for row in dated[only_by].itertuples()
        ],
        "undated": [
            {"what": row.what, "kind": row.sort, "where": row.told}
            for row in rows[rows["date_last"].isna()].itertuples()
        ],
    }


def _dated(rows, sort, what):
    """Return rows of things as the time line shows them: date, its ends, what (Markdown), sort and told (Markdown)."""
    return rows[["date", "date_first", "date_last"]].assign(
        what=what, sort=sort, told=[claim_tables.where(places, home="") for places in rows["where"]]
    )


def _dated_acts(loaded):
    acts = loaded.events("acts").query("kind != 'recommendation'")
    return _dated(acts, "act", [markdown.escape(_by(act)) for act in acts.itertuples()])


def _by(act):
    """Return an act in words: who it is by, and what it was."""
    return act.summary if pd.isna(act.who) else f"{act.who}: {act.summary}"


def _dated_assemblies(loaded):
    assemblies = loaded.events("assemblies").query("level == 'single'")
    return _dated(assemblies, "assembly", assemblies["label"].map(markdown.escape))


def _dated_steps(loaded):
    """Return what is decided or charged in cases, with the party where the step names one, and the outcome."""
    steps = loaded.events("steps")
    steps = steps[steps["step"].isin(_DECIDED) & ~steps["expected"]]
    labels, parties = (
        loaded.cases.set_index("case_id")["label"].to_dict(),
        loaded.parties.set_index("party_id")["label"].to_dict(),
    )
    told = [
        ": ".join(
            [labels[row.case_id], *([] if pd.isna(row.party_id) else [parties[row.party_id]]), _step(row)]
        )
        for row in steps.itertuples()
    ]
    return _dated(steps, "case", [markdown.escape(what) for what in told])


def _step(row):
    """Return a step with its outcome in words: verdict guilty; charged."""
    return " ".join(str(part).replace("_", " ") for part in (row.step, row.outcome) if not pd.isna(part))


def _dated_incidents(loaded):
    incidents = loaded.events("incidents").query("kind != 'criminal_case'")  # the case stands as a case
    return _dated(incidents, "incident", incidents["label"].map(markdown.escape))


def _dated_figures(loaded):
    """Return the figures of which the source prints the day or period that they describe."""
    claims = loaded.of(*loaded.claims["measure_id"].unique())
    claims = claims[
        claims["date_basis"].isin(["printed", "statement", "inferred"]) & (claims["modality"] != "quoted")
    ]
    told = [
        f"{markdown.anchor_link(markdown.escape(row.short), row.source_id)}, {sentences.when(row.published)}, paragraph {row.paragraph}"
        for row in claims.itertuples()
    ]
    dates = claims[["as_of", "as_of_first", "as_of_last"]].set_axis(
        ["date", "date_first", "date_last"], axis=1
    )
    return dates.assign(
        what=[sentences.said(row, home="") for _, row in claims.iterrows()], sort="figure", told=told
    )
