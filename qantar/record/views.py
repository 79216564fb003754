"""Tables of a record with what belongs to each row joined in, for notebooks and pages.

Each function takes a `Record` whose tables are loaded; rows come in the order of its first table.
"An event" is a row as `events` returns it, with page, where, hedge and so on. For analysis, without objects
in cells, see `flat_views`.
"""

import pandas as pd

from qantar import addresses
from qantar.record import amounts, case_state, comparisons, frames, query, tables
from qantar.record.query import Record

# What is meant for use elsewhere, which Tab lists.
# fmt: off
__all__ = [
    "acts_of_themes", "acts_on_cases", "charges_of_parties", "could_print", "coverage", "events",
    "parties_of_cases", "parts_with_remainder", "restrictions_of_assemblies", "sentences_of_parties", "sizes",
    "steps_inside_periods", "steps_of_cases", "steps_of_charges", "with_age", "with_earliest", "with_names",
    "with_places",
]
# fmt: on


def __dir__() -> list[str]:
    return __all__


def events(record: Record, table: str) -> pd.DataFrame:
    """Return the rows of one of tables.MENTIONED ("cases", "acts", ...), ready to be shown.

    The columns of the clean table, and where they apply: place (its name), article (number and part as
    printed), who (the body that acted), as_printed (words that carry the number of an incident), page (its
    place in the book, see addresses.py); always hedge
    ("stated", or how all sources hedge it) and where (see `query.sources_by_row`).
    """
    rows = getattr(record, table)
    key = rows.columns[0]
    told = record.mentions[record.mentions["table"] == table]
    told = told.merge(record.sources[["source_id", "short", "published"]], on="source_id")
    told = told.sort_values(["published_last", "paragraph"], kind="stable")
    if "place_id" in rows:
        rows = rows.assign(place=frames.looked_up(rows["place_id"], record.places, "name"))
    if table == "acts":
        rows = rows.assign(who=frames.looked_up(rows["by"], record.organisations, "short"))
    if table == "incidents":
        rows = rows.assign(as_printed=amounts.printed_words(rows, told, table, "acts_bound", "acts"))
    if table == "charges":  # they stand with the case of their party
        number = frames.looked_up(rows["article_id"], record.articles, "number")
        cases = frames.looked_up(rows["party_id"], record.parties, "case_id")
        page = [addresses.of_row("cases", case) for case in cases]
        rows = rows.assign(article=number + ("." + rows["part"]).fillna(""), page=page)
    elif table in addresses.PAGES:
        owners = rows[addresses.PAGES[table][1]]
        rows = rows.assign(page=[addresses.of_row(table, owner) for owner in owners])
    hedges = told.groupby("row_id")["hedge"].agg(_hedge)
    where = query.sources_by_row(told)
    return rows.assign(hedge=rows[key].map(hedges.to_dict()), where=[where[row_id] for row_id in rows[key]])


def _hedge(hedges):
    return "stated" if "stated" in set(hedges) else "; ".join(sorted(set(hedges)))


_OF_CASE = {
    "label": "case",
    "kind": "case_kind",
    "state": "case_state",
    **{name: name for name in ("case_id", "january_2022", "torture_alleged")},
    **{name: name for name in ("last_reported", "told_by", "page", "where")},
}


def parties_of_cases(record: Record) -> pd.DataFrame:
    """Return the parties of cases, without those of assemblies and incidents.

    Columns of clean parties, and of the case: case (its label), case_kind, case_state, january_2022,
    torture_alleged, last_reported, told_by, page and where.
    """
    cases = events(record, "cases")[[*_OF_CASE]].rename(columns=_OF_CASE)
    return record.parties.merge(cases, on="case_id", validate="many_to_one")


def with_names(record: Record, parties: pd.DataFrame) -> pd.DataFrame:
    """Return parties with a column who: the public name where the record gives one, else the label."""
    names = record.persons.set_index("person_id")["public_name"].to_dict()
    named = parties["person_id"].map(names).astype("object")  # where nobody is named, it would be a number
    return parties.assign(who=named.fillna(parties["label"]))


def charges_of_parties(record: Record) -> pd.DataFrame:
    """Return the charges as events, with label, n_high and party_state of the party.

    And of its case: case_id, case (its label), case_kind, case_state and january_2022.
    """
    of_party = ["party_id", "label", "n_high", "case_id", "case", "case_kind", "case_state", "january_2022"]
    parties = parties_of_cases(record)[[*of_party, "state"]].rename(columns={"state": "party_state"})
    return events(record, "charges").merge(parties, on="party_id", validate="many_to_one")


def sentences_of_parties(record: Record) -> pd.DataFrame:
    """Return the sentences that print a number and name a party of known size: each person can be drawn.

    Columns of clean sentences, as_printed (the words that carry the number), and of the party as in
    `parties_of_cases`: label, people (at least how many), role, charges, its case. told_by is the case's.
    """
    parties = parties_of_cases(record).rename(columns={"n_low": "people"}).dropna(subset="people")
    own = [column for column in parties if column == "party_id" or column not in record.sentences]
    given = record.sentences.drop(columns="told_by").dropna(subset="value")
    printed = amounts.printed_words(given, record.mentions, "sentences", "bound", "value", "value_to")
    given = given.assign(as_printed=printed)
    return given.merge(parties[[*own, "told_by"]], on="party_id", validate="many_to_one")


def steps_of_cases(record: Record) -> pd.DataFrame:
    """Return the steps as events, with case (its label), case_state, and party (its label or missing)."""
    cases = record.cases[["case_id", "label", "state"]].set_axis(["case_id", "case", "case_state"], axis=1)
    parties = record.parties.set_index("party_id")["label"].to_dict()
    steps = events(record, "steps").merge(cases, on="case_id", validate="many_to_one")
    return steps.assign(party=steps["party_id"].map(parties))


def steps_of_charges(record: Record, charges: pd.DataFrame) -> pd.DataFrame:
    """Return the reported steps of each of some charges in order of time, one row per charge and step.

    The columns of clean steps; charge_id is that of the charge. Steps on all charges of a party belong
    to each of them; custody and expected steps are left out. A charge that another one became begins
    with the step that made it, as "charged".
    """
    case_of = record.parties.set_index("party_id")["case_id"]
    reported = ~record.steps["expected"] & ~record.steps["step"].isin(case_state.CUSTODY)
    known = record.steps[reported]
    steps = tables.groups(known, "case_id")
    found = []
    for charge in charges.itertuples():
        case = case_of[charge.party_id]
        own = [step.Index for step in case_state.steps_of_charge(charge, case, steps[case])]
        made_by = known.index[known["into_charge_id"] == charge.charge_id]
        if len(made_by):
            first = known.loc[made_by[:1]].assign(step="charged")
            later = [index for index in own if index > made_by[0]]
            course = pd.concat([first, known.loc[later]])
        else:
            course = known.loc[own]
        found.append(course.assign(charge_id=charge.charge_id))
    return pd.concat(found, ignore_index=True)


def steps_inside_periods(record: Record) -> pd.DataFrame:
    """Return the steps inside the period of a figure that stands beside their case, and its claim_id.

    Columns as in `steps_of_cases`; see `comparisons.within_its_period`.
    """
    pairs = comparisons.within_its_period(record)
    return pairs.merge(steps_of_cases(record), on="step_id", validate="many_to_one")


def restrictions_of_assemblies(record: Record) -> pd.DataFrame:
    """Return the restrictions as events, with label (of their assembly)."""
    labels = record.assemblies[["assembly_id", "label"]]
    return events(record, "restrictions").merge(labels, on="assembly_id", validate="many_to_one")


def with_places(record: Record, assemblies: pd.DataFrame) -> pd.DataFrame:
    """Return those rows of assemblies that have a place, with its name and kind (of the place)."""
    places = record.places[["place_id", "name", "kind"]]
    return assemblies.drop(columns="kind").merge(places, on="place_id", validate="many_to_one")


def acts_of_themes(record: Record, *themes: str, without: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return the acts of some themes as events, by last possible day, with body (a name in full).

    `without` are kinds of acts to leave out.
    """
    acts = events(record, "acts").sort_values("date_last", kind="stable")
    acts = acts[acts["theme"].isin(themes) & ~acts["kind"].isin(without)]
    return acts.assign(
        body=acts["by"].map(record.organisations.set_index("organisation_id")["name"].to_dict())
    )


def with_earliest(record: Record, rows: pd.DataFrame) -> pd.DataFrame:
    """Return acts or assemblies with a column not_before: the first day of what they are about, if told.

    Accounts of an act have the day of what it is over. What is over the events of January 2022 is not before
    the first episode of them.
    """
    told = record.statements.dropna(subset="act_id").groupby("act_id")["date_first"].min()
    not_before = rows["act_id"].map(told) if "act_id" in rows else pd.Series(pd.NaT, rows.index)
    if "topics" in rows:
        january = rows["topics"].fillna("").str.split("; ").map(lambda topics: "january_2022" in topics)
        not_before = not_before.mask(january, record.episodes["date_first"].min())
    return rows.assign(not_before=not_before)


def acts_on_cases(record: Record) -> pd.DataFrame:
    """Return the acts on a case as events, with label (of the case), by kind of body and case."""
    labels = record.cases[["case_id", "label"]].rename(columns={"case_id": "on_case_id"})
    acts = events(record, "acts").merge(labels, on="on_case_id", validate="many_to_one")
    return acts.sort_values(["by_kind", "label"], kind="stable")


_SINGLE = (
    *("One case", "One assembly", "One incident"),
    *("One series of assemblies", "One assembly, or one series"),
)


def coverage(record: Record) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what each source prints of the measures that stand in several sources, and of those in one.

    Rows of `comparisons.coverage`, without measures whose scope is a single case, assembly or incident.
    """
    general = record.measures.loc[~record.measures["scope"].isin(_SINGLE), "measure_id"]
    table = comparisons.coverage(record)
    table = table[table.index.isin(general)]
    sources = (~table.isin(["outside", "earlier", "part", "silent"])).sum(axis="columns")
    return table[sources > 1], table[sources <= 1]


def could_print(record: Record, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the sources that were read whole, and those of some claims.

    Of a source that was read in part nobody can say that it prints no such figure.
    """
    is_whole = record.sources["paragraphs_read"].isna()
    return record.sources[is_whole | record.sources["source_id"].isin(rows["source_id"])]


def sizes(records: dict[str, Record]) -> pd.DataFrame:
    """Return how much each record holds: day (its key in `records`), reports, figures and cases."""
    rows = [(day, len(r.sources), len(r.claims), len(r.cases)) for day, r in records.items()]
    return pd.DataFrame(rows, columns=["day", "reports", "figures", "cases"])


def with_age(record: Record, cases: pd.DataFrame) -> pd.DataFrame:
    """Return cases with a column age: at least how many days from their last report to the newest report."""
    published = record.sources.set_index("published")["published_last"].to_dict()
    age = record.newest_source()["published_last"] - cases["last_reported"].map(published)
    return cases.assign(age=age.dt.days)


def parts_with_remainder(record: Record, whole: str, part: str) -> pd.DataFrame:
    """Return rows of `comparisons.parts` with what is left of each whole: left_low and left_high."""
    names = {"claim_id": "base_claim_id", "low": "left_low", "high": "left_high"}
    left = comparisons.remainders(record).rename(columns=names)[[*names.values()]]
    return comparisons.parts(record, whole, part).merge(left, on="base_claim_id")
