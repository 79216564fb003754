"""The clean tables, made whole from the raw ones and never edited.

A clean table is its raw table, row by row, with the bounds of each figure, the first and last day of each
date, and what other tables say of a row. Nothing is repaired, nothing is left out.
"""

import functools
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from qantar import paths
from qantar.record import amounts, as_of_day, bounds, case_state, dates, english, tables, wording

# The kinds of restriction, each a column of clean assemblies.
RESTRICTIONS = next(
    field["constraints"]["enum"] for field in tables.fields("restrictions") if field["name"] == "kind"
)
_BOUND_TYPES = dict.fromkeys(("low", "high"), "Float64")
_BOUND_TYPES |= dict.fromkeys(("firm", "low_open", "high_open"), "boolean")
Frame = pd.DataFrame


def clean_tables(data: Path = paths.DATA, printed_by: str | None = None) -> dict[str, Frame]:
    """Return the clean tables of the raw tables in the folder `data`, by name.

    They may have more columns than are declared; `tables.table_bytes` takes the declared ones. `printed_by`
    (a day, "2022-12-31") keeps what the sources surely published by then say. The raw tables must have
    passed the checks: a wrong cell raises ValueError without its place.
    """
    raw = {name: tables.read_table(name, data) for name in tables.raw_names(data)}
    raw["sources"] = _with_days(raw["sources"], "sources")
    if printed_by is not None:
        raw = as_of_day.printed_by(raw, pd.Timestamp(printed_by), data)
    raw["sources"] = raw["sources"].assign(cited_as=_cited_as(raw["sources"]))
    made = {name: _with_days(_with_tellers(raw[name], name, raw), name) for name in tables.MENTIONED}
    made["steps"] = _with_expected(made["steps"], raw["mentions"])
    reported = made["steps"][~made["steps"]["expected"]]
    made["sentences"] = _sentences(made["sentences"], made["steps"], made["restrictions"], raw["mentions"])
    made["charges"] = _charges(made["charges"], reported, raw["parties"])
    made["parties"] = _parties({**raw, **made}, reported)
    made["cases"] = _cases(made["cases"], made["parties"], reported, raw["sources"])
    made["assemblies"] = _assemblies(made["assemblies"], made["restrictions"])
    made["restrictions"] = _restrictions(made["restrictions"], reported, made["sentences"])
    made["incidents"] = _with_numbers(made["incidents"], "acts_bound", "acts")
    made["acts"] = made["acts"].assign(by_kind=_lookup(made["acts"]["by"], raw["organisations"], "kind"))
    for name in ("cases", "incidents", "assemblies"):
        made[name] = _with_columns_of(raw["places"], ["region_2022_01", "lat", "lon"], made[name])
    of_source = ["published_first", "published_last", "team"]
    made["mentions"] = _with_columns_of(raw["sources"], of_source, raw["mentions"])
    statements = _with_days(raw["statements"], "statements")
    made["statements"] = _with_columns_of(raw["sources"], of_source, statements)
    made["episodes"] = _with_days(raw["episodes"], "episodes")
    claims = _with_days(raw["claims"], "claims")
    claims = _with_columns_of(raw["sources"], [*of_source, "publisher"], claims)
    claims = _with_columns_of(raw["measures"], ["theme", "unit", "period"], claims)
    made["claims"] = _with_bounds(claims)
    return {name: {**raw, **made}[name] for name in tables.clean_names(data)}


def _with_columns_of(other: Frame, columns: list[str], table: Frame) -> Frame:
    """Return a table with columns of another one, whose key (its first column) both have."""
    key = other.columns[0]
    return table.merge(other[[key, *columns]], on=key, how="left", validate="many_to_one")


def _lookup(keys: pd.Series, table: Frame, column: str) -> pd.Series:
    """Return for each key the cell of its row in a column of a table, whose key is its first column."""
    return keys.map(table.set_index(table.columns[0])[column].to_dict())


def _cited_as(sources: Frame) -> list[str]:
    """Return the short name of each source, with what tells it from others of this name and year.

    That is the month, or the day where the month does not tell them apart: Northern Watch (May 2022).
    """
    names = [(row.short, row.published[:4]) for row in sources.itertuples()]
    by_month = [(row.short, row.published[:7]) for row in sources.itertuples()]
    cited = []
    for row, name, month in zip(sources.itertuples(), names, by_month, strict=True):
        year, *rest = row.published.split("-")
        words = [english.MONTHS[int(rest[0]) - 1], year] if rest else [year]
        if by_month.count(month) > 1 and len(rest) > 1:
            words = [str(int(rest[1])), *words]
        cited.append(row.short if names.count(name) == 1 else f"{row.short} ({' '.join(words)})")
    return cited


# --- dates and bounds ---


def _with_days(table: Frame, name: str) -> Frame:
    """Add <column>_first and <column>_last (datetime64; NaT where open or empty) for each column of dates.

    A printed day that cannot be right (date_basis is slip) is not computed with.
    """
    for column in dates.DATE_COLUMNS.get(name, ()):
        ends = [dates.days(text) if isinstance(text, str) else (None, None) for text in table[column]]
        for n, end in enumerate(("first", "last")):
            table = table.assign(**{f"{column}_{end}": pd.to_datetime([pair[n] for pair in ends])})
    if name in ("claims", "statements"):
        slip = table["date_basis"] == "slip"
        described = dates.DATE_COLUMNS[name][0]
        for column in (f"{described}_first", f"{described}_last"):
            table = table.assign(**{column: table[column].mask(slip)})
    return table


def _with_bounds(claims: Frame) -> Frame:
    """Add low, high, low_open, high_open and firm to claims that have their unit."""
    by_id = dict(zip(claims["claim_id"], claims.to_dict("records"), strict=True))

    @functools.cache
    def of(claim_id: str) -> bounds.Bounds:
        claim = by_id[claim_id]
        has_base = claim["bound"] == "most" and isinstance(claim["base_claim_id"], str)
        return claim_bounds(claim, of(claim["base_claim_id"]) if has_base else bounds.UNKNOWN)

    return _join_bounds(claims, map(of, claims["claim_id"]))


def claim_bounds(claim: Mapping[str, Any], whole: bounds.Bounds = bounds.UNKNOWN) -> bounds.Bounds:
    """Return the Bounds of a claim (a row with as_printed, bound, value, value_to and unit).

    `whole` are the bounds of its base, which only "most" needs. Raises ValueError where value and bound do
    not belong together.
    """
    values = _number_or_none(claim["value"]), _number_or_none(claim["value_to"])
    quantity = wording.matching(claim["as_printed"], claim["bound"], *values)
    rough = quantity is not None and quantity.rough
    percent = claim["unit"] == "percent"
    return bounds.bounds(claim["bound"], *values, percent=percent, rough=rough, whole=whole)


def _with_numbers(table: Frame, bound: str, *values: str) -> Frame:
    """Add low, high and firm, from the column of a bound and those of its values; empty without a bound."""
    found = []
    for kind, *cells in table[[bound, *values]].itertuples(index=False):
        numbers = map(_number_or_none, cells)
        found.append(bounds.UNKNOWN._replace(firm=None) if pd.isna(kind) else bounds.bounds(kind, *numbers))
    return _join_bounds(table, found)


def _number_or_none(cell: Any) -> float | None:
    return None if pd.isna(cell) else float(cell)


def _join_bounds(table: Frame, found: Iterable[tuple]) -> Frame:
    added = pd.DataFrame(found, columns=bounds.Bounds._fields, index=table.index)
    return table.join(added[[*_BOUND_TYPES]].astype(_BOUND_TYPES))


# --- who mentions a row ---


def _with_tellers(table: Frame, name: str, raw: dict[str, Frame]) -> Frame:
    """Add told_by, the sources that mention a row as they were published, and the day of the first."""
    mentions = raw["mentions"][raw["mentions"]["table"] == name]
    by_row = (
        _with_columns_of(raw["sources"], ["published_last"], mentions)
        .sort_values("published_last", kind="stable")
        .groupby("row_id")
        .agg(
            first_published=("published_last", "first"),
            told_by=("source_id", lambda ids: "; ".join(dict.fromkeys(ids))),
        )
    )
    return table.join(by_row, on=table.columns[0], validate="one_to_one")


def _with_expected(steps: Frame, mentions: Frame) -> Frame:
    """Add expected: True where every source that mentions a step expects it, so that it changes no state."""
    of_steps = mentions[mentions["table"] == "steps"]
    expected = (of_steps["hedge"] == "expected").groupby(of_steps["row_id"]).all()
    return steps.assign(expected=steps["step_id"].map(expected.to_dict()).astype("boolean"))


# --- cases and assemblies ---


def _sentences(sentences: Frame, steps: Frame, restrictions: Frame, mentions: Frame) -> Frame:
    """Add the bounds of a sentence, the words that print it, and its date: of its step or restriction."""
    numbers = ("bound", "value", "value_to")
    printed = amounts.printed_words(sentences, mentions, "sentences", *numbers)
    of_step = _lookup(sentences["step_id"], steps, "date")
    of_restriction = _lookup(sentences["restriction_id"], restrictions, "date")
    return _with_numbers(sentences, *numbers).assign(as_printed=printed, date=of_step.fillna(of_restriction))


def _charges(charges: Frame, steps: Frame, parties: Frame) -> Frame:
    """Add what became of a charge, and the charge that it became."""
    steps_of = tables.groups(steps, "case_id")
    became, into = [], []
    for charge, case in zip(
        charges.itertuples(), _lookup(charges["party_id"], parties, "case_id"), strict=True
    ):
        own = case_state.steps_of_charge(charge, case, steps_of[case])
        became.append(case_state.of_charge(own))
        into.append(own[-1].into_charge_id if own else None)
    return charges.assign(became=became, became_charge_id=into)


def _parties(made: dict[str, Frame], steps: Frame) -> Frame:
    """Add a party's charges, outcome, sentence, state, custody and latest step."""
    parties, sentences = made["parties"], made["sentences"]
    charges = made["charges"].assign(
        number=_lookup(made["charges"]["article_id"], made["articles"], "number")
    )
    charges_of, steps_of = tables.groups(charges, "party_id"), tables.groups(steps, "case_id")
    sentences_of = tables.groups(sentences, "party_id")
    of_nobody = sentences[sentences["party_id"].isna()]
    of_nobody = of_nobody.assign(case_id=_lookup(of_nobody["step_id"], steps, "case_id"))
    of_whole_case = tables.groups(of_nobody, "case_id")
    is_administrative = _lookup(parties["case_id"], made["cases"], "kind") == "administrative"
    added = []
    for party, administrative in zip(parties.itertuples(), is_administrative, strict=True):
        charged = charges_of[party.party_id]
        own = [step for step in steps_of[party.case_id] if _concerns(step, party, charged)]
        given = [*sentences_of[party.party_id], *of_whole_case[party.case_id]]
        state = case_state.of_party(own, given) if party.role == "accused" else None
        dated = [step for step in own if not pd.isna(step.date)]
        added.append(
            {
                "charges": "; ".join(map(_charge_words, charged)),
                "outcome": _last(step.outcome for step in own if not pd.isna(step.outcome)),
                "sentence": _sentence_words(given),
                "state": "penalised" if state == "convicted" and administrative else state,
                "custody": _last(step.step for step in own if step.step in case_state.CUSTODY),
                "latest_step": _last(step.step for step in dated),
                "latest_date": _last(step.date for step in dated),
            }
        )
    columns = ["charges", "outcome", "sentence", "state", "custody", "latest_step", "latest_date"]
    return parties.join(pd.DataFrame(added, columns=columns, index=parties.index))


def _concerns(step: Any, party: Any, charges: list) -> bool:
    """Return True for a step on a party; one that names nobody is on every accused, or on its charges."""
    if not pd.isna(step.party_id) or party.role != "accused":
        return step.party_id == party.party_id
    own = {charge.charge_id for charge in charges}
    return pd.isna(step.charge_id) or step.charge_id in own or step.into_charge_id in own


def _charge_words(charge: Any) -> str:
    """Return a charge as words: Torture (article 146, part 2): verdict guilty."""
    words = charge.offence
    if not pd.isna(charge.article_id):
        part = "" if pd.isna(charge.part) else f", part {charge.part}"
        words += f" (article {charge.number}{part})"
    return f"{words}: {charge.became.replace('_', ' ')}" if charge.became else words


def _sentence_words(sentences: list) -> str:
    """Return sentences as words, in the order of their table."""
    return "; ".join(map(case_state.sentence_words, sorted(sentences, key=lambda row: row.Index)))


def _last(found: Iterable) -> Any:
    return next(reversed([*found]), None)


def _cases(cases: Frame, parties: Frame, steps: Frame, sources: Frame) -> Frame:
    """Add to which day a case is last reported, its latest step, its state, and how many are accused."""
    steps_of = tables.groups(steps, "case_id")
    without_accused = {case: case_state.without_accused(steps_of[case]) for case in cases["case_id"]}
    newest = cases["told_by"].str.split("; ").str[-1]
    latest = steps.dropna(subset="date").drop_duplicates("case_id", keep="last").set_index("case_id")
    accused = parties[parties["role"] == "accused"].groupby("case_id")
    numbers = accused.agg(
        state=("state", case_state.of_case),
        accused_low=("n_low", lambda n: n.sum(min_count=1)),
        accused_high=("n_high", lambda n: n.sum(skipna=False)),
    )
    return (
        cases.assign(last_reported=_lookup(newest, sources, "published"), last_reported_by=newest)
        .join(latest[["step", "date", "outcome"]].add_prefix("latest_"), on="case_id", validate="one_to_one")
        .join(numbers, on="case_id", validate="one_to_one")
        .assign(state=lambda joined: joined["state"].fillna(joined["case_id"].map(without_accused)))
    )


def _assemblies(assemblies: Frame, restrictions: Frame) -> Frame:
    """Add a column for each kind of restriction: True where a source mentions one, empty where none does."""
    ahead = restrictions.assign(assembly_id=restrictions["ahead_of_assembly_id"])
    told = pd.concat([restrictions, ahead]).dropna(subset="assembly_id")
    kinds = pd.crosstab(told["assembly_id"], told["kind"]).reindex(columns=RESTRICTIONS).gt(0)
    return assemblies.join(kinds.astype("boolean").where(kinds), on="assembly_id", validate="one_to_one")


def _restrictions(restrictions: Frame, steps: Frame, sentences: Frame) -> Frame:
    """Add the sentences of a restriction: its own, and those of its kind in the case that it led to."""
    sentences = sentences.assign(case_id=_lookup(sentences["step_id"], steps, "case_id"))
    own, of_case = tables.groups(sentences, "restriction_id"), tables.groups(sentences, "case_id")
    words = []
    for row in restrictions.itertuples():
        kind = {"fined": "fine", "penalised": "not_told"}.get(row.kind, row.kind)
        led_to = [sentence for sentence in of_case[row.case_id] if kind in (sentence.kind, "criminal_case")]
        words.append(_sentence_words([*own[row.restriction_id], *led_to]))
    return restrictions.assign(sentence=words)


# --- files ---


def clean_bytes(data: Path = paths.DATA) -> dict[Path, bytes]:
    """Return the bytes that each clean table should have, by its path in the folder `data`."""
    declared = tables.resources(data)
    content = {}
    for name, table in clean_tables(data).items():
        name = tables.CLEAN_PREFIX + name
        content[Path(data) / declared[name]["path"]] = tables.table_bytes(table, name, data)
    return content


def write(data: Path = paths.DATA) -> None:
    """Write the clean tables, once all of them are made; an unchanged file is left untouched."""
    for path, content in clean_bytes(data).items():
        tables.write_bytes(path, content)


def stale(data: Path = paths.DATA) -> list[Path]:
    """Return the paths of clean tables that differ from what the raw tables give, or are missing."""
    files = sorted([Path(data) / "datapackage.json", *Path(data).glob("*/*.csv")])
    return list(_stale(data, tuple((path, *_changed(path)) for path in files)))


def _changed(path):
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size


@functools.lru_cache(maxsize=2)
def _stale(data: Path, _files: tuple) -> tuple[Path, ...]:
    """Return what `stale` does, cached until a file of the record changes: one build asks several times.

    A build that found nothing stale leaves a mark in .pytask, with a hash of all that this depends on.
    """
    mark = Path(data).parent / ".pytask" / "clean"
    made_from = _hash_of_all(data)
    if mark.is_file() and mark.read_text(encoding="utf-8") == made_from:
        return ()
    content = clean_bytes(data)
    found = tuple(path for path in content if not path.is_file() or path.read_bytes() != content[path])
    if not found and mark.parent.is_dir():
        mark.write_text(made_from, encoding="utf-8")
    return found


def _hash_of_all(data):
    """Return a hash of raw and clean tables, the schema and the code that makes one from the other."""
    files = [
        Path(data) / "datapackage.json",
        *Path(data).glob("*/*.csv"),
        *Path(__file__).parent.glob("*.py"),
    ]
    digest = hashlib.sha256(pd.__version__.encode())
    for path in sorted(files):
        digest.update(f"{path.name} {path.parent.name}".encode() + path.read_bytes())
    return digest.hexdigest()
