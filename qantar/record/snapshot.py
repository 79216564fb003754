"""Make data/snapshot.md: what the record says and what should be watched, one fact a line.

The file is committed, so that the git diff of an update shows which of these facts it changes.
"""

from pathlib import Path

import pandas as pd

from qantar import paths, settings
from qantar.record import bounds, comparisons, query, tables

FILE = "snapshot.md"
_HEAD = """# Snapshot of the record

Made by the pipeline from `data/raw`; do not edit. After an update, read its diff: is each change meant?
"""


def write(data: Path = paths.DATA) -> None:
    """Write the snapshot of the record in the folder `data` into that folder."""
    tables.write_bytes(Path(data) / FILE, snapshot(data).encode("utf-8"))


def snapshot(data: Path = paths.DATA) -> str:
    """Return the snapshot of the record in the folder `data`: Markdown, a section for each kind of fact.

    It follows from the tables alone, whatever the environment asks for, and names no person.
    """
    record = query.load(data=data, edition=settings.Edition(names=False))
    counts = {name: len(tables.read_table(name, data)) for name in tables.raw_names(data)}
    rows = pd.DataFrame({"table": counts.keys(), "rows": counts.values()})
    parts = [_HEAD, _section("Tables", rows, "table", "rows")]
    parts += [*_figures(record), *_comparisons(record), *_events(record)]
    return "\n".join(parts)


def _section(title, rows, key, *columns):
    """Return a section with a line for each row: its key, then those of the columns that are not empty."""
    lines = [f"## {title} ({len(rows)})", ""]
    for _, row in tables.rows(rows):
        cells = [f"{_name(column)} {_text(row[column])}" for column in columns if _is_given(row[column])]
        lines.append(f"- {row[key]}: {'; '.join(cells)}".removesuffix(": "))
    return "\n".join(lines) + "\n"


def _is_given(cell):
    return not pd.isna(cell) and cell != ""


def _name(column):
    return column.removesuffix("_id").replace("_", " ")


def _text(cell):
    return cell if isinstance(cell, str) else bounds.number(cell)


def _figures(record):
    per_source = record.claims["source_id"].value_counts()
    sources = record.sources.sort_values("published_last", kind="stable")
    sources = sources.assign(claims=sources["source_id"].map(per_source))
    teams = sources.groupby("team", as_index=False).agg(sources=("source_id", "; ".join))
    order = list(record.measures["measure_id"])
    claims = record.claims_of(*order).sort_values(
        "measure_id", key=lambda ids: ids.map(order.index), kind="stable"
    )
    claims["fact"] = [_printed(claim) for _, claim in tables.rows(claims)]
    claims["modality"] = claims["modality"].mask(claims["modality"] == "observed")
    about = [*query.EVENT_IDS, "as_of", "modality", "same_statement", "retracted"]
    slips = claims[claims["date_basis"] == "slip"]
    by_source = comparisons.coverage(record)
    yield _section("Sources, the newest last", sources, "source_id", "published", "team", "claims")
    yield _section("Teams", teams, "team", "sources")
    yield _section("Figures", claims, "fact", *about)
    yield _section("Figures that are expected", claims[claims["modality"] == "expected"], "fact")
    yield _section("Dates that are slips, kept as printed", slips, "fact", "as_of", "note")
    yield _section("Measures by source", by_source.reset_index(names="measure"), "measure", *by_source)


def _printed(claim):
    numbers = [_text(claim[column]) for column in ("value", "value_to") if not pd.isna(claim[column])]
    place = f"{claim['source_id']} ¶{claim['paragraph']}"
    return " ".join([f"{claim['measure_id']}: {place} {claim['bound']}", *numbers])


def _comparisons(record):
    left, conflicts = comparisons.remainders(record), comparisons.conflicts(record)
    inside = comparisons.within_its_period(record).merge(record.claims[["claim_id", "note"]], on="claim_id")
    told = comparisons.differences(record)
    told["fact"] = told["table"].astype("str") + " " + told["row_id"]
    told["source"] = (
        told["source_id"] + " ¶" + told["paragraph"].astype("str") + " " + told["agrees"].astype("str")
    )
    told_there = ["source", "differs_on", "value_there", "value_here"]
    yield _section("Wholes and what their parts leave", left, "claim_id", "parts", "low", "high")
    computed = record.measures[~record.measures["measure_id"].isin(record.claims["measure_id"])]
    for row in computed.dropna(subset=["part_of", "disjoint_with"]).itertuples():
        rest = comparisons.remainder_claims(record, row.part_of, row.disjoint_with, row.measure_id)
        yield _section(f"Computed: {row.measure_id}", rest, "claim_id", "low", "high", "computed")
    yield _section(
        "Figures that exclude each other", conflicts, "measure_id", "claim_id", "other_id", "dates"
    )
    yield _section("Two majorities of one whole", comparisons.majorities(record), "claim_id", "other_id")
    yield _section("Figures that cannot hold for their whole period", inside, "claim_id", "step_id", "note")
    yield _section("Facts told differently", told, "fact", *told_there)
    differs = comparisons.disputed(record).query("agrees == 'differs'")
    yield _section(
        "Accounts that differ", differs, "statement_id", "episode_id", "compared_with", "differs_on"
    )


def _events(record):
    reported = ["last_reported", "last_reported_by", "accused_low", "accused_high"]
    for state, cases in record.cases.groupby("state"):
        yield _section(f"Cases: {state}", cases, "case_id", *reported)
    parties = record.parties.dropna(subset="case_id")
    outcome = ["case_id", "person_id", "role", "n_low", "n_high", "state", "custody", "sentence"]
    yield _section("Parties of cases", parties, "party_id", *outcome)
    charged = ["party_id", "article_id", "part", "became", "became_charge_id"]
    yield _section("Charges", record.charges, "charge_id", *charged)
    no_offence = record.articles[record.articles["is_offence"] == "no"]
    yield _section("Articles that are no offence", no_offence, "article_id")
    expected = record.steps[record.steps["expected"]]
    yield _section("Steps that are only expected", expected, "step_id", "case_id", "step")
    for held, assemblies in record.assemblies.query("level == 'single'").groupby("held"):
        yield _section(f"Single assemblies, held: {held}", assemblies, "assembly_id", "date")
    restricted = ["assembly_id", "ahead_of_assembly_id", "timing", "kind", "date", "case_id", "sentence"]
    yield _section("Restrictions", record.restrictions, "restriction_id", *restricted)
    deadly = record.incidents[record.incidents["killed"] == "yes"]
    yield _section("Incidents in which somebody was killed", deadly, "incident_id", "told_by")
    yield _section("What bears on a recommendation", record.answers, "act_id", "table", "row_id")
