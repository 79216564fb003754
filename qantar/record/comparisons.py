"""Which figures and facts of a record may be set against each other, and what follows from that.

Every function takes a `query.Record`. Rules: data/README.md, "Bounds" and "Rules".
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator

import pandas as pd

from qantar.record import bounds, frames, query, tables
from qantar.record.query import Record

_ENDS = ["as_of_first", "as_of_last"]
_EXACTNESS = ["firm", "about", "vague", "one told", "none known"]


def parts(record: Record, whole: str, part: str) -> pd.DataFrame:
    """Return the claims of the measure `part` beside the claim of `whole` that each names as its base.

    A row per pair: the columns of `claims_of(part)`, those of the whole with the suffix _whole, share_low and
    share_high (in percent of the whole), and count_low and count_high (in its unit); bounds that do not
    follow are empty. Only what base_claim_id declares is paired.
    """
    keys = {"left_on": "base_claim_id", "right_on": "claim_id", "validate": "many_to_one"}
    pairs = record.claims_of(part).merge(record.claims_of(whole), **keys, suffixes=("", "_whole"))
    shares, counts = [], []
    for _, pair in tables.rows(pairs):
        of_part, of_whole = as_bounds(pair), as_bounds(pair, "_whole")
        is_share = pair["unit"] == "percent" != pair["unit_whole"]
        counts.append(bounds.part_of(of_part, of_whole) if is_share else of_part)
        if pair["bound"] == "most":
            shares.append(bounds.bounds("most", percent=True))
        else:
            shares.append(of_part if is_share else bounds.share(of_part, of_whole))
    return pairs.assign(
        share_low=_numbers(share.low for share in shares),
        share_high=_numbers(share.high for share in shares),
        count_low=_numbers(count.low for count in counts),
        count_high=_numbers(count.high for count in counts),
    )


def remainder_claims(record: Record, whole: str, part: str, rest: str) -> pd.DataFrame:
    """Return what each claim of `whole` leaves without its part, as rows like those of `claims_of`.

    `rest` is the measure that names what is left ("not counted as ..."). Only what base_claim_id declares is
    subtracted, with firm bounds. The rows can be drawn and told like claims: claim_id and as_printed are
    those of the whole, bound is exact, at_least, at_most, between or unknown (then value is empty); computed
    says what was subtracted.
    """
    pairs = parts(record, whole, part)
    rows = record.claims_of(whole).set_index("claim_id").loc[pairs["base_claim_id"]].reset_index()
    left = [bounds.difference(as_bounds(pair, "_whole"), as_bounds(pair)) for _, pair in tables.rows(pairs)]
    printed = [_as_printed(of_rest) for of_rest in left]
    named = record.measures.set_index("measure_id").loc[rest]
    return rows.assign(
        computed=("“" + pairs["as_printed_whole"] + "” less “" + pairs["as_printed"] + "”").to_numpy(),
        measure_id=rest,
        **named[["label", "one", "many", "definition"]],
        low=_numbers(of_rest.low for of_rest in left),
        high=_numbers(of_rest.high for of_rest in left),
        value=_numbers(value for _, value, _ in printed),
        value_to=_numbers(value_to for _, _, value_to in printed),
        bound=[bound for bound, _, _ in printed],
    )


def _as_printed(computed):
    """Return computed bounds as a source would print them: bound, value and value_to."""
    if computed.low is None:
        return "unknown" if computed.high is None else "at_most", computed.high, None
    if computed.high is None:
        return "at_least", computed.low, None
    if computed.low == computed.high:
        return "exact", computed.low, None
    return "between", computed.low, computed.high


def remainders(record: Record) -> pd.DataFrame:
    """Return what the declared parts of each claim leave of it.

    A row per whole and set of disjoint parts: claim_id (the whole), measure_id, parts (ids divided by "; "),
    low and high, empty where no firm bound follows. Parts of several measures are summed only where
    disjoint_with declares that they count nothing twice. Parts in another unit, spreads and parts of a
    spread are left out.
    """
    by_id = record.claims.set_index("claim_id")
    declared = record.measures.set_index("measure_id")["disjoint_with"].dropna().to_dict()
    rows = []
    for whole_id, of_whole in record.claims.groupby("base_claim_id"):
        whole = by_id.loc[whole_id]
        if whole["bound"] == "spread":
            continue
        summed = of_whole[(of_whole["unit"] == whole["unit"]) & (of_whole["bound"] != "spread")]
        family = summed["measure_id"].map(lambda measure: declared.get(measure, measure))
        nth = summed.groupby("measure_id").cumcount()  # two claims of one measure count the same things
        for _, group in summed.groupby([family, nth]):
            total = bounds.total(as_bounds(part) for _, part in tables.rows(group))
            left = bounds.difference(as_bounds(whole), total)
            rows.append((whole_id, whole["measure_id"], "; ".join(group["claim_id"]), left.low, left.high))
    return pd.DataFrame(rows, columns=["claim_id", "measure_id", "parts", "low", "high"])


def conflicts(record: Record, *measures: str) -> pd.DataFrame:
    """Return the pairs of claims of one measure, place and event whose firm bounds share no number.

    Of the measures named, or of all. A row per pair: claim_id, other_id, measure_id, and dates: "same" where
    the days surely overlap, so that the two contradict each other; "fell" where a cumulative count would have
    fallen; "open" where the days may be the same and may not, so that both may be right of different days.
    Claims whose days surely differ (as far as the ends are known that tell it) are no pair otherwise: a count
    may rise. Raises KeyError for an unknown measure.
    """
    asked = list(measures or record.claims["measure_id"].unique())
    claims = record.claims_of(*asked)
    order = claims["measure_id"].map(asked.index)
    return _exclusive_pairs(claims.iloc[order.argsort(kind="stable")])


def _exclusive_pairs(claims):
    """Return the pairs for `conflicts` among claims of one or more measures, in the order of `claims`."""
    stated = claims["modality"].isin(["observed", "estimated", "quotation"])
    usable = claims[claims["retracted"].isna() & stated]
    usable = usable.assign(bounds=[as_bounds(claim) for _, claim in tables.rows(usable)])
    found = []
    for a, b in _pairs(usable, ["measure_id", "place_id", *query.EVENT_IDS]):
        dates = _dates_of_pair(a, b) if bounds.disjoint(a["bounds"], b["bounds"]) else None
        if dates:
            found.append((a["claim_id"], b["claim_id"], dates, a["measure_id"]))
    return _in_order(found, claims, ["claim_id", "other_id", "dates", "measure_id"])


def _pairs(claims, same) -> Iterator[tuple[dict, dict]]:
    """Yield all pairs of claims that agree on the columns `same` (two empty cells agree), group by group."""
    groups = defaultdict(list)
    keys = claims[same].fillna("").itertuples(index=False, name=None)
    for key, (_, claim) in zip(keys, tables.rows(claims), strict=True):
        groups[key].append(claim)
    for group in groups.values():
        yield from itertools.combinations(group, 2)


def _in_order(found, claims, columns):
    """Return the found pairs as a DataFrame, in the order in which their claims come in `claims`."""
    place = {claim: n for n, claim in enumerate(claims["claim_id"])}
    found.sort(key=lambda pair: (place[pair[0]], place[pair[1]]))
    return pd.DataFrame(found, columns=columns)


def _dates_of_pair(a, b):
    """Return how the days of two claims that share no number lie; None where that is no conflict.

    Of two days that are not the same it is enough to know the end of one and the beginning of the other.
    """
    for earlier, later in ((a, b), (b, a)):
        if earlier["as_of_last"] < later["as_of_first"]:  # never where one of the two is not known
            before, after = earlier["bounds"], later["bounds"]
            grew = before.high is not None and after.low is not None and before.high <= after.low
            return "fell" if a["period"] == "cumulative" and not grew else None
    is_known = not any(pd.isna(claim[end]) for claim in (a, b) for end in _ENDS)
    return "same" if is_known else "open"


def majorities(record: Record) -> pd.DataFrame:
    """Return the pairs of claims (claim_id, other_id) that each call something else "most" of one whole.

    Both can only be right where part of the whole is counted in both.
    """
    measure_of = record.claims.set_index("claim_id")["measure_id"].to_dict()
    most = record.claims[record.claims["bound"] == "most"].dropna(subset="base_claim_id")
    most = most.assign(whole=most["base_claim_id"].map(measure_of))
    found = []
    for a, b in _pairs(most, ["whole", *query.EVENT_IDS]):
        if a["measure_id"] != b["measure_id"]:
            found.append((a["claim_id"], b["claim_id"]))
    return _in_order(found, most, ["claim_id", "other_id"])


def within_its_period(record: Record) -> pd.DataFrame:
    """Return the figures (claim_id, step_id) as of a period in which a case told with them was decided.

    They cannot hold for every day of the period. A case is told with a figure where a source mentions it in
    the same paragraph and item. Words such as "a few" are left out: they may hold before and after.
    """
    claims = record.claims
    counted = claims[
        (claims["date_basis"] == "printed")
        & claims["value"].notna()
        & (claims["as_of_first"] < claims["as_of_last"])
        & claims["period"].isin(["cumulative", "stock"])
    ]
    place = ["source_id", "paragraph", "item"]
    told = record.mentions.loc[record.mentions["table"] == "cases", [*place, "row_id"]]
    decided = record.steps[record.steps["step"].isin(["verdict", "appeal_decided", "closed"])]
    rows = counted.merge(told, on=place).merge(
        decided, left_on="row_id", right_on="case_id", suffixes=("", "_step")
    )
    inside = (rows["date_first"] > rows["as_of_first"]) & (rows["date_last"] <= rows["as_of_last"])
    return rows.loc[inside, ["claim_id", "step_id"]].drop_duplicates(ignore_index=True)


def coverage(record: Record) -> pd.DataFrame:
    """Return what each source prints of each measure that has a claim.

    A row per measure, a column per source. firm: a number with firm bounds; about: a number without; vague:
    a word; one told: a single event, not counted; none known: that none is known. Otherwise outside:
    published before the first day that any figure of the measure describes or was stated; earlier: published
    before the first source that prints one, where no such day is known; part: no figure in the part of
    the source that was read; silent: no figure, though there could be one.
    """
    by_measure = record.claims.groupby("measure_id")
    began = by_measure[["as_of_first", "stated_on_first"]].min().min(axis=1)
    first_printed = by_measure["published_last"].min()
    rank = [_EXACTNESS.index(_exactness(claim)) for _, claim in tables.rows(record.claims)]
    best = record.claims.assign(rank=rank).groupby(["measure_id", "source_id"])["rank"].min()
    rows = {}
    for measure in record.measures["measure_id"]:
        if measure not in began.index:
            continue
        rows[measure] = {}
        for source in record.sources.itertuples():
            if (measure, source.source_id) in best.index:
                how = _EXACTNESS[best[measure, source.source_id]]
            else:
                how = _why_none(source, began[measure], first_printed[measure])
            rows[measure][source.source_id] = how
    return pd.DataFrame.from_dict(rows, orient="index")


def _exactness(claim):
    if claim["bound"] == "none_known":
        return "none known"
    if claim["bound"] == "at_least" and claim["value"] == 1:
        return "one told"
    if pd.isna(claim["value"]) and claim["bound"] != "none":
        return "vague"
    return "about" if claim["bound"] == "about" else "firm"


def _why_none(source, began, first_printed):
    silent = "silent" if pd.isna(source.paragraphs_read) else "part"
    if pd.isna(began):
        return "earlier" if source.published_last < first_printed else silent
    return "outside" if source.published_last < began else silent


def disputed(record: Record) -> pd.DataFrame:
    """Return the accounts of each episode on which some account differs from another one.

    Rows as in `Record.told`, those of an episode together, in order of the episodes and of publication.
    """
    rows = record.told()
    differs = rows.loc[rows["agrees"] == "differs", "episode_id"]
    order = {episode: n for n, episode in enumerate(record.episodes["episode_id"])}
    rows = rows[rows["episode_id"].isin(differs)]
    return rows.sort_values("episode_id", key=lambda ids: ids.map(order), kind="stable", ignore_index=True)


def differences(record: Record, *names: str) -> pd.DataFrame:
    """Return the mentions that differ from their row, or leave open what it says.

    They are those of the tables named (default: all). The columns of clean mentions, and: short, cited_as
    and published of the source; label, the heading of the row, after that of its case or party;
    value_here, what the row says; where_here, the sources that say so (see query.sources_by_row). As of a
    day, what the row leaves open too is no difference.
    """
    sources = record.sources[["source_id", "short", "cited_as", "published"]]
    told = record.mentions[record.mentions["table"].isin(names or tables.MENTIONED)]
    told = told.merge(sources, on="source_id").sort_values(["published_last", "paragraph"], kind="stable")
    agreed, found = told[told["agrees"] == "yes"], told[told["agrees"] != "yes"]
    agreed_on = agreed.groupby(["table", "row_id"], sort=False).indices
    rows_of = {table: getattr(record, table) for table in found["table"].unique()}
    place = {
        table: {row_id: n for n, row_id in enumerate(rows.iloc[:, 0])} for table, rows in rows_of.items()
    }
    labels, cells, where = [], [], []
    for table, row_id, columns in zip(found["table"], found["row_id"], found["differs_on"], strict=True):
        same = agreed.iloc[agreed_on.get((table, row_id), [])]
        row = rows_of[table].iloc[place[table][row_id]]
        labels.append(_heading(record, row))
        cells.append(_told_here(row, columns.split("; "), same["as_printed"].dropna()))
        where.append(query.sources_by_row(same).get(row_id, []))
    found = found.assign(label=labels, value_here=cells, where_here=where)
    if not record.printed_by:
        return found
    known = found["where_here"].astype(bool) | ((found["agrees"] == "differs") & (found["value_here"] != ""))
    return found[known]


def _told_here(row, columns, printed):
    """Return the cells of a row in some columns; for "wording", the first words of a source that agrees."""
    cells = [next(iter(printed), "") if column == "wording" else row[column] for column in columns]
    return "; ".join(str(cell) for cell in cells if not pd.isna(cell))


def _heading(record, row):
    """Return the heading of a row of a table of events, after that of its case or party."""
    heading = row[frames.heading_column(row)].replace("_", " ")
    for column, table in (("case_id", "cases"), ("party_id", "parties")):
        if column in row and column != row.index[0]:
            above = getattr(record, table).set_index(column)["label"].get(row[column])
            return heading if above is None else f"{above}: {heading}"
    return heading


def as_bounds(claim: dict, suffix: str = "") -> bounds.Bounds:
    """Return the bounds of a row of clean claims, or of one joined to it with `suffix` (low_whole, ...)."""
    low, high = (claim[end + suffix] for end in ("low", "high"))
    return bounds.Bounds(
        None if pd.isna(low) else float(low),
        None if pd.isna(high) else float(high),
        spread=claim["bound" + suffix] == "spread",
        **{flag: bool(claim[flag + suffix]) for flag in ("firm", "low_open", "high_open")},
    )


def _numbers(values):
    return pd.array(list(values), dtype="Float64")
