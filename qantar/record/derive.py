"""raw -> clean: what follows from the typed rows, added to them; nothing is repaired and nothing is left out.

One idea: a clean table is its raw table, row by row, with the bounds of each figure, the first and last day of each date,
and what a reader needs from the vocabularies joined in. It is made whole from data/raw/ and never edited.
"""

import functools
from pathlib import Path

import pandas as pd

from qantar import paths
from qantar.record import as_of_day, bounds, case_state, dates, tables, wording

# The kinds of restriction, each a column of clean assemblies.
RESTRICTIONS = next(
    field["constraints"]["enum"] for field in tables.fields("restrictions") if field["name"] == "kind"
)


def clean_tables(data=paths.DATA, printed_by=None):
    """Return the clean tables of the raw tables in the folder `data`, as a dict of DataFrames by name.

    `printed_by` (a day, "2022-12-31") keeps what the sources surely published by that day tell, and nothing that only a later one
    tells. The raw tables must have passed the checks: where a cell is wrong, this raises ValueError without saying where.
    """
    raw = {name: tables.read_table(name, data) for name in tables.raw_names(data)}
    raw["sources"] = raw["sources"].pipe(_with_days, "published").pipe(_with_days, "covers")
    if printed_by is not None:
        raw = as_of_day.printed_by(raw, pd.Timestamp(printed_by))
    claims = (
        raw["claims"]
        .pipe(_with_days, "as_of")
        .pipe(_with_days, "stated_on")
        .pipe(_without_days_of_slips)
        .merge(
            raw["measures"][["measure_id", "theme", "unit", "period"]],
            on="measure_id",
            how="left",
            validate="many_to_one",
        )
        .merge(
            raw["sources"][["source_id", "published_first", "published_last", "team", "publisher"]],
            on="source_id",
            how="left",
            validate="many_to_one",
        )
        .pipe(_with_bounds)
    )
    made = {**raw, "claims": claims, **_things(raw)}
    return {name: made[name] for name in tables.clean_names(data)}


def _without_days_of_slips(claims):
    """A day that is printed and cannot be right is kept as printed and not computed with."""
    slip = claims["date_basis"] == "slip"
    return claims.assign(
        as_of_first=claims["as_of_first"].mask(slip), as_of_last=claims["as_of_last"].mask(slip)
    )


# --- things ----------------------------------------------------------------------------------------------------------


def _things(raw):
    """Return the clean tables of things, with who tells of them and what became of them, by name."""
    made = {name: _with_tellers(raw[name], name, raw) for name in tables.MENTIONED}
    for name, columns in dates.DATE_COLUMNS.items():
        for column in columns if name in made else ():
            made[name] = _with_days(made[name], column)
    places = raw["places"].set_index("place_id")
    made["steps"] = _with_expected(made["steps"], raw["mentions"])
    all_steps, steps = made["steps"], made["steps"][~made["steps"]["expected"]]
    sentences = _with_dates_of_sentences(made["sentences"], all_steps, made["restrictions"])
    sentences = _with_numbers(sentences, "value", "value_to", "bound")
    charges = _charges(made["charges"], steps, raw["parties"])
    parties = _parties(raw["parties"], raw["cases"], charges, steps, sentences, raw["articles"])
    return {
        **made,
        "mentions": raw["mentions"].merge(
            raw["sources"][["source_id", "published_first", "published_last", "team"]],
            on="source_id",
            validate="many_to_one",
        ),
        "charges": charges,
        "sentences": sentences,
        "parties": parties,
        "cases": _cases(made["cases"], parties, steps, sentences, raw["sources"], places),
        "assemblies": _assemblies(made["assemblies"], made["restrictions"], places),
        "restrictions": made["restrictions"].assign(
            sentence=_of_restrictions(made["restrictions"], steps, sentences)
        ),
        "incidents": _with_numbers(made["incidents"], "acts", None, "acts_bound").assign(
            region_2022_01=_of(made["incidents"]["place_id"], places["region_2022_01"])
        ),
        "acts": made["acts"].assign(
            by_kind=_of(made["acts"]["by"], raw["organisations"].set_index("organisation_id")["kind"])
        ),
    }


def _of(keys, values):
    """Return for each key its value in a Series, and nothing for an empty key."""
    return keys.map(values.to_dict())


def _with_tellers(table, name, raw):
    """Add told_by and first_published: the sources that tell of a thing, in order of publication, and the day of the first."""
    told = (
        raw["mentions"][raw["mentions"]["table"] == name]
        .merge(raw["sources"], on="source_id")
        .sort_values("published_last", kind="stable")
    )
    by = told.groupby("row_id", sort=False)
    keys = table[tables.key(name)]
    return table.assign(
        first_published=_of(keys, by["published_last"].first()),
        told_by=_of(keys, by["source_id"].agg(lambda ids: "; ".join(dict.fromkeys(ids)))),
    )


def _with_expected(steps, mentions):
    """Add expected: True where every source that tells of a step tells it of the future, so that it is no state of anything."""
    told = (
        mentions[mentions["table"] == "steps"]
        .groupby("row_id")["hedge"]
        .agg(lambda hedges: set(hedges) == {"expected"})
    )
    return steps.assign(expected=_of(steps["step_id"], told).astype("boolean"))


def _steps_of(party, steps, charges):
    """Return the steps of a party among those of its case: those that name it, and, of an accused, those that name nobody or one of its charges."""
    mine = {charge.charge_id for charge in charges}

    def is_own(step):
        if not pd.isna(step.party_id) or party.role != "accused":
            return step.party_id == party.party_id
        return pd.isna(step.charge_id) or step.charge_id in mine or step.into_charge_id in mine

    return [step for step in steps if is_own(step)]


def _all(sentences):
    """Return sentences as words, in the order of their table."""
    return "; ".join(case_state.sentence_words(row) for row in sorted(sentences, key=lambda row: row.Index))


def _of_restrictions(restrictions, steps, sentences):
    """Return the sentences that each restriction gave: its own, and those of its kind in the case that it led to."""
    sentences = sentences.assign(case_id=_of(sentences["step_id"], steps.set_index("step_id")["case_id"]))
    by_restriction, by_case = tables.groups(sentences, "restriction_id"), tables.groups(sentences, "case_id")
    told = []
    for row in restrictions.itertuples():
        kind = {"fined": "fine"}.get(row.kind, row.kind)
        of_case = [sentence for sentence in by_case[row.case_id] if kind in (sentence.kind, "criminal_case")]
        told.append(_all([*by_restriction[row.restriction_id], *of_case]))
    return told


def _charges(charges, steps, parties):
    case_of = parties.set_index("party_id")["case_id"].to_dict()
    by_case = tables.groups(steps, "case_id")
    became, into = [], []
    for charge in charges.itertuples():
        case = case_of[charge.party_id]
        own = case_state.steps_of_charge(charge, case, by_case[case])
        became.append(case_state.of_charge(own))
        into.append(own[-1].into_charge_id if own else None)
    return charges.assign(became=became, became_charge_id=into)


def _last(steps):
    """Return the last step of which a day is told, its date and outcome."""
    dated = [(step.step, step.date, step.outcome) for step in steps if not pd.isna(step.date)]
    return dated[-1] if dated else (None, None, None)


def _parties(parties, cases, charges, steps, sentences, articles):
    """Add a party's charges, outcome, sentence, state, custody and latest step, each in one cell."""
    numbers = articles.set_index("article_id")["number"].to_dict()
    charges_of, steps_of = tables.groups(charges, "party_id"), tables.groups(steps, "case_id")
    sentences_of = tables.groups(sentences, "party_id")
    shared = sentences[sentences["party_id"].isna()]
    shared_of = tables.groups(
        shared.assign(case_id=_of(shared["step_id"], steps.set_index("step_id")["case_id"])), "case_id"
    )
    administrative = set(cases.loc[cases["kind"] == "administrative", "case_id"])
    rows = []
    for party in parties.itertuples():
        charged = charges_of[party.party_id]
        own = _steps_of(party, steps_of[party.case_id], charged)
        served = [
            *sentences_of[party.party_id],
            *shared_of[party.case_id],
        ]  # its own, and those of its case that name nobody
        decided = [step.outcome for step in own if not pd.isna(step.outcome)]
        step, date, _ = _last(own)
        held = [step.step for step in own if step.step in case_state.CUSTODY]
        state = case_state.of_party(own, served) if party.role == "accused" else None
        if state == "convicted" and party.case_id in administrative:
            state = "penalised"
        told = []
        for charge in charged:
            article = (
                ""
                if pd.isna(charge.article_id)
                else f" (article {numbers[charge.article_id]}{'' if pd.isna(charge.part) else f', part {charge.part}'})"
            )
            told.append(
                f"{charge.offence}{article}{': ' + charge.became.replace('_', ' ') if charge.became else ''}"
            )
        rows.append(
            (
                "; ".join(told),
                decided[-1] if decided else None,
                _all(served),
                state,
                held[-1] if held else None,
                step,
                date,
            )
        )
    return parties.join(
        pd.DataFrame(
            rows,
            columns=["charges", "outcome", "sentence", "state", "custody", "latest_step", "latest_date"],
            index=parties.index,
        )
    )


def _cases(cases, parties, steps, sentences, sources, places):
    """Add to which day a case is last reported, its latest step, its state, and how many are accused."""
    published = sources.set_index("source_id")["published"].to_dict()
    accused_of, steps_of = (
        tables.groups(parties[parties["role"] == "accused"], "case_id"),
        tables.groups(steps, "case_id"),
    )
    rows = []
    for case in cases.itertuples():
        accused = accused_of[case.case_id]
        newest = case.told_by.split("; ")[-1]
        low, high = (
            [n for n in numbers if not pd.isna(n)]
            for numbers in ([p.n_low for p in accused], [p.n_high for p in accused])
        )
        rows.append(
            (
                published[newest],
                newest,
                *_last(steps_of[case.case_id]),
                case_state.of_case(party.state for party in accused),
                sum(low) if low else None,
                sum(high) if high and len(high) == len(accused) else None,
            )
        )
    names = [
        "last_reported",
        "last_reported_by",
        "latest_step",
        "latest_date",
        "latest_outcome",
        "state",
        "accused_low",
        "accused_high",
    ]
    added = pd.DataFrame(rows, columns=names, index=cases.index).astype(
        {"accused_low": "Int64", "accused_high": "Int64"}
    )
    return cases.join(added).assign(region_2022_01=_of(cases["place_id"], places["region_2022_01"]))


def _assemblies(assemblies, restrictions, places):
    """Add place, and a column for each kind of restriction: True where a source tells of one, nothing where none does."""
    kinds = {kind: set(rows) for kind, rows in restrictions.groupby("kind")["assembly_id"]}
    ahead = {kind: set(rows.dropna()) for kind, rows in restrictions.groupby("kind")["ahead_of_assembly_id"]}
    columns = {
        kind: pd.array(
            [
                True if a in kinds.get(kind, ()) or a in ahead.get(kind, ()) else None
                for a in assemblies["assembly_id"]
            ],
            dtype="boolean",
        )
        for kind in RESTRICTIONS
    }
    return assemblies.assign(
        **{
            column: _of(assemblies["place_id"], places[column]) for column in ("region_2022_01", "lat", "lon")
        },
        **columns,
    )


def _with_dates_of_sentences(sentences, steps, restrictions):
    by_step = _of(sentences["step_id"], steps.set_index("step_id")["date"])
    return sentences.assign(
        date=by_step.fillna(
            _of(sentences["restriction_id"], restrictions.set_index("restriction_id")["date"])
        )
    )


def _with_numbers(table, value, value_to, bound):
    """Add low, high and firm to a table whose number has a bound; all three are empty where no number is printed."""
    rows = []
    for _, row in tables.rows(table):
        values = [
            None if column is None or pd.isna(row[column]) else float(row[column])
            for column in (value, value_to)
        ]
        made = None if pd.isna(row[bound]) else bounds.bounds(row[bound], *values)
        rows.append((None, None, None) if made is None else (made.low, made.high, made.firm))
    low, high, firm = zip(*rows, strict=True) if rows else ((), (), ())
    return table.assign(
        low=pd.array(low, dtype="Float64"),
        high=pd.array(high, dtype="Float64"),
        firm=pd.array(firm, dtype="boolean"),
    )


def _with_days(table, column):
    """Add the columns <column>_first and <column>_last (datetime64; NaT where open or empty)."""
    ends = [dates.days(text) if isinstance(text, str) else (None, None) for text in table[column]]
    return table.assign(
        **{
            f"{column}_{end}": pd.to_datetime([pair[n] for pair in ends])
            for n, end in enumerate(("first", "last"))
        }
    )


def _with_bounds(claims):
    """Add low, high, low_open, high_open and firm to claims that have their unit."""
    by_id = {
        claim["claim_id"]: claim
        for _, claim in tables.rows(
            claims[["claim_id", "base_claim_id", "as_printed", "bound", "value", "value_to", "unit"]]
        )
    }

    @functools.cache
    def of(claim_id):
        claim = by_id[claim_id]
        base = claim["base_claim_id"]
        return claim_bounds(
            claim, of(base) if isinstance(base, str) and claim["bound"] == "most" else bounds.UNKNOWN
        )

    found = pd.DataFrame(
        [of(claim_id) for claim_id in claims["claim_id"]], columns=bounds.Bounds._fields, index=claims.index
    )
    return claims.assign(
        low=found["low"].astype("Float64"),
        high=found["high"].astype("Float64"),
        low_open=found["low_open"].astype("boolean"),
        high_open=found["high_open"].astype("boolean"),
        firm=found["firm"].astype("boolean"),
    )


def claim_bounds(claim, whole=bounds.UNKNOWN):
    """Return the Bounds of one claim (a row with as_printed, bound, value, value_to and unit).

    `whole` are the bounds of its base, which only "most" needs. Raises ValueError where value and bound do not belong
    together.
    """
    value, value_to = (
        None if pd.isna(claim[column]) else float(claim[column]) for column in ("value", "value_to")
    )
    quantity = wording.matching(claim["as_printed"], claim["bound"], value, value_to)
    return bounds.bounds(
        claim["bound"],
        value,
        value_to,
        percent=claim["unit"] == "percent",
        rough=bool(quantity and quantity.rough),
        whole=whole,
    )


def clean_bytes(data=paths.DATA):
    """Return the bytes that each clean table should have, by its path in the folder `data`."""
    made = clean_tables(data)
    declared = tables.resources(data)
    return {
        Path(data) / declared[tables.CLEAN_PREFIX + name]["path"]: tables.table_bytes(
            table, tables.CLEAN_PREFIX + name, data
        )
        for name, table in made.items()
    }


def write(data=paths.DATA):
    """Write the clean tables, each whole or not at all, once all of them are made; an unchanged file is left untouched."""
    for path, content in clean_bytes(data).items():
        tables.write_bytes(path, content)


def stale(data=paths.DATA):
    """Return the paths of clean tables that do not belong to the raw tables at hand."""
    return [
        path
        for path, content in clean_bytes(data).items()
        if not path.is_file() or path.read_bytes() != content
    ]
