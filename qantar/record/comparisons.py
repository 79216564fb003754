"""What figures and facts of the record may be set against each other, and what follows.

Nothing here returns "the" number of anything.
"""

import itertools

import pandas as pd

from qantar.record import bounds, query, tables


def parts(record, whole, part):
    """Return the claims of the measure `part` beside the claim of `whole` that each names as its base.

    A row per pair: the columns of `of(part)`, those of the whole with the suffix _whole, the share that the part is (share_low and
    share_high in percent), and how many that are (count_low and count_high, in the unit of the whole); bounds that do not follow are empty.
    Only what base_claim_id declares is paired; a part and a whole of two sources never are.
    """
    pairs = record.of(part).merge(
        record.of(whole),
        left_on="base_claim_id",
        right_on="claim_id",
        how="inner",
        suffixes=("", "_whole"),
        validate="many_to_one",
    )
    shares, counts = [], []
    for _, pair in pairs.iterrows():
        is_share = pair["unit"] == "percent" != pair["unit_whole"]
        most = bounds.bounds("most", percent=True) if pair["bound"] == "most" else None
        shares.append(
            most
            or (as_bounds(pair) if is_share else bounds.share(as_bounds(pair), as_bounds(pair, "_whole")))
        )
        counts.append(
            bounds.part_of(as_bounds(pair), as_bounds(pair, "_whole")) if is_share else as_bounds(pair)
        )
    ends = {
        f"{name}_{end}": pd.array([getattr(b, end) for b in of], dtype="Float64")
        for name, of in (("share", shares), ("count", counts))
        for end in ("low", "high")
    }
    return pairs.assign(**ends)


def residuals(record, whole, part, rest):
    """Return what is left of each claim of `whole` without its part, as rows that can be drawn and told like claims.

    `rest` is the measure that names what is left (in measures.csv: "not counted as ...", never more than that). Only
    what base_claim_id declares is subtracted, with firm bounds; where nothing follows, bound is unknown and value is empty.
    Columns as in `of`; bound is exact, at_least, at_most, between or unknown, claim_id and
    as_printed are the whole's, computed tells what was subtracted.
    """
    pairs = parts(record, whole, part)
    left = [bounds.difference(as_bounds(row, "_whole"), as_bounds(row)) for _, row in pairs.iterrows()]
    how = [f"“{w}” less “{p}”" for w, p in zip(pairs["as_printed_whole"], pairs["as_printed"], strict=True)]
    wholes = record.of(whole).set_index("claim_id").loc[pairs["base_claim_id"]].reset_index()
    named = record.measures.set_index("measure_id").loc[rest]
    return wholes.assign(
        computed=how,
        measure_id=rest,
        label=named["label"],
        one=named["one"],
        many=named["many"],
        definition=named["definition"],
        low=pd.array([b.low for b in left], dtype="Float64"),
        high=pd.array([b.high for b in left], dtype="Float64"),
        value=pd.array([b.high if b.low is None else b.low for b in left], dtype="Float64"),
        value_to=pd.array(
            [b.high if None not in b[:2] and b.low != b.high else None for b in left], dtype="Float64"
        ),
        bound=[_bound_of(b) for b in left],
    )


def remainders(record):
    """Return, for every claim that is the whole of others, what its declared parts leave of it.

    A row per whole and measure of parts: claim_id (the whole), measure_id, parts (ids divided by "; "), low and high of what is
    left, empty where the firm bounds tell nothing. Parts of several measures are summed only where these are declared
    disjoint (disjoint_with names the first of them); a share is no part to be summed, "most" and vague words leave no firm number.
    """
    by_id = record.claims.set_index("claim_id")
    rows = []
    for whole_id, parts in record.claims.dropna(subset="base_claim_id").groupby("base_claim_id"):
        whole = by_id.loc[whole_id]
        same = (
            parts[(parts["unit"] == whole["unit"]) & (parts["bound"] != "spread")]
            if whole["bound"] != "spread"
            else parts.iloc[:0]
        )
        # two claims of one measure tell one thing twice: only different measures are parts to be summed
        grouping = same["measure_id"].map(lambda measure: _disjoint_group(record, measure)) + same.groupby(
            "measure_id"
        ).cumcount().astype(str)
        for _, group in same.groupby(grouping):
            left = bounds.difference(
                as_bounds(whole), bounds.total(as_bounds(part) for _, part in group.iterrows())
            )
            rows.append((whole_id, whole["measure_id"], "; ".join(group["claim_id"]), left.low, left.high))
    return pd.DataFrame(rows, columns=["claim_id", "measure_id", "parts", "low", "high"])


def _disjoint_group(record, measure):
    """Return the first of the measures that are declared to count nothing twice with this one, so that they may be summed."""
    other = record.measures.set_index("measure_id")["disjoint_with"].get(measure)
    return measure if pd.isna(other) else other


def conflicts(record):
    """Return the pairs of claims of every measure that exclude each other; a row per pair as in `incompatible`, with measure_id."""
    none = pd.DataFrame(columns=["claim_id", "other_id", "dates", "measure_id"])
    found = [
        incompatible(record, measure).assign(measure_id=measure)
        for measure in record.claims["measure_id"].unique()
    ]
    return pd.concat([none, *found], ignore_index=True)


def majorities(record):
    """Return the pairs of claims that each call something else of one whole "most", or print a share over one half.

    A row per pair, as in `incompatible` without dates: both can only be right where part of the whole is counted in both.
    """
    whole = record.claims.set_index("claim_id")["measure_id"]
    most = record.claims[(record.claims["bound"] == "most") & record.claims["base_claim_id"].notna()]
    most = most.assign(whole=most["base_claim_id"].map(whole.to_dict()))
    pairs = [
        {"claim_id": a["claim_id"], "other_id": b["claim_id"]}
        for (_, a), (_, b) in itertools.combinations(most.iterrows(), 2)
        if a["whole"] == b["whole"]
        and a["measure_id"] != b["measure_id"]
        and not any(_differ(a[column], b[column]) for column in query.THINGS)
    ]
    return pd.DataFrame(pairs, columns=["claim_id", "other_id"])


def within_its_period(record):
    """Return the figures as of a period of days in which one of the cases told with them took a step: they cannot hold for its first day.

    A row per claim and step: claim_id, step_id. A case is told with a figure where a source mentions it in the same paragraph.
    """
    counted = record.claims[
        (record.claims["date_basis"] == "printed")
        & record.claims["value"].notna()  # "a few" holds before and after
        & (record.claims["as_of_first"] < record.claims["as_of_last"])
        & record.claims["period"].isin(["cumulative", "stock"])
    ]
    told = record.mentions[record.mentions["table"] == "cases"]
    decided = record.steps[
        record.steps["step"].isin(["verdict", "appeal_decided", "closed"])
        & record.steps["date_first"].notna()
    ]
    rows = counted.merge(
        told[["source_id", "paragraph", "item", "row_id"]], on=["source_id", "paragraph", "item"]
    ).merge(decided, left_on="row_id", right_on="case_id", suffixes=("", "_step"))
    inside = (rows["date_first"] > rows["as_of_first"]) & (rows["date_last"] <= rows["as_of_last"])
    return rows.loc[inside, ["claim_id", "step_id"]].drop_duplicates().reset_index(drop=True)


def coverage(record):
    """Return what each source prints of each measure: a row per measure, a column per source.

    firm: a number with firm bounds; about: a number without; vague: a word; one told: a single case, which is no count; none known: that none
    is known, which is not none; outside: published before the first day that any figure of it describes or is said; earlier: published
    before the first source that prints it, where no such day is told; silent: no figure, though there could be one.
    """
    began = record.claims.groupby("measure_id")[["as_of_first", "stated_on_first"]].min().min(axis=1)
    printed_first = record.claims.groupby("measure_id")["published_last"].min()
    ranked = record.claims.assign(how=[_how_exact(row) for _, row in record.claims.iterrows()])
    printed = ranked.groupby(["measure_id", "source_id"])["how"].agg(
        lambda hows: min(hows, key=_HOW_EXACT.index)
    )
    rows = {}
    for measure in [name for name in record.measures["measure_id"] if name in began.index]:
        rows[measure] = {
            source.source_id: printed.get(
                (measure, source.source_id),
                _why_none(source.published_last, began[measure], printed_first[measure]),
            )
            for source in record.sources.itertuples()
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def differences(record, *names):
    """Return the mentions in which a source tells a thing otherwise than its row, or leaves open what the row says.

    Rows of mentions of the tables named (all where none is named), with the source's short name; label, the heading of the thing:
    its own, or that of its case or assembly with what it is; value_here, what the row says instead, and where_here, the sources that tell it so
    (as `where` in `things`). Of what had been printed by a day, what the row leaves open too, since it rests on later sources, is no difference.
    """
    told = record.mentions.merge(
        record.sources[["source_id", "short", "published", "published_last"]],
        on="source_id",
        suffixes=("", "_"),
    )
    told = told[told["table"].isin(names or tables.MENTIONED)].sort_values(
        ["published_last", "paragraph"], kind="stable"
    )
    rows, agreed = told[told["agrees"] != "yes"], told[told["agrees"] == "yes"]
    labels = {name: _headings(record, name) for name in rows["table"].unique()}
    where = {name: query.where(agreed[agreed["table"] == name]) for name in labels}
    told = rows.assign(
        label=[labels[name][thing] for name, thing in zip(rows["table"], rows["row_id"], strict=True)],
        value_here=[_told_here(record, row, agreed) for row in rows.itertuples()],
        where_here=[
            where[name].get(thing, []) for name, thing in zip(rows["table"], rows["row_id"], strict=True)
        ],
    )
    known = told["where_here"].astype(bool) | ((told["agrees"] == "differs") & (told["value_here"] != ""))
    return told[known] if record.printed_by else told


def _told_here(record, mention, agreed):
    """Return what the row says on which a mention differs: its cells, or the printed words of a source that agrees."""
    things = getattr(record, mention.table)
    row = things[things.iloc[:, 0] == mention.row_id].iloc[0]
    words = agreed.loc[
        (agreed["table"] == mention.table) & (agreed["row_id"] == mention.row_id), "as_printed"
    ].dropna()
    cells = [
        next(iter(words), "") if column == "wording" else row[column]
        for column in mention.differs_on.split("; ")
    ]
    return "; ".join(str(cell) for cell in cells if not pd.isna(cell))


def _headings(record, name):
    """Return a heading for each row of a table of things, by id."""
    rows = getattr(record, name)
    own = rows[
        next(column for column in ("label", "offence", "summary", "step", "kind", "number") if column in rows)
    ].str.replace("_", " ")
    for column, other in (("case_id", "cases"), ("party_id", "parties"), ("assembly_id", "assemblies")):
        if column in rows and column != rows.columns[0]:
            above = rows[column].map(getattr(record, other).set_index(column)["label"].to_dict())
            own = (above + ": " + own).fillna(own)
            break
    return dict(zip(rows.iloc[:, 0], own, strict=True))


def incompatible(record, measure):
    """Return the pairs of claims of one measure, place and thing whose firm bounds share no number.

    A row per pair: claim_id, other_id, and dates: "same" where both describe days that surely overlap, so that they
    contradict each other; "fell" where a cumulative count would have to have fallen; "open" where the days of one of
    the two are not known, so that both may be right of different days. A later, higher count of a cumulative measure
    is no pair at all where the days are known. Rule: data/README.md, "Rules".
    """
    rows = record.of(measure)
    rows = rows[rows["retracted"].isna() & rows["modality"].isin(["observed", "estimated"])]
    pairs = []
    for (_, a), (_, b) in itertools.combinations(rows.iterrows(), 2):
        if any(
            _differ(a[column], b[column]) for column in ("place_id", *query.THINGS)
        ) or not bounds.disjoint(as_bounds(a), as_bounds(b)):
            continue
        dates = _dates_of_pair(a, b)
        if dates:
            pairs.append({"claim_id": a["claim_id"], "other_id": b["claim_id"], "dates": dates})
    return pd.DataFrame(pairs, columns=["claim_id", "other_id", "dates"])


_HOW_EXACT = ["firm", "about", "vague", "one told", "none known"]


def _how_exact(claim):
    if claim["bound"] == "none_known":
        return "none known"
    if claim["bound"] == "at_least" and claim["value"] == 1:
        return "one told"
    if pd.isna(claim["value"]) and claim["bound"] != "none":
        return "vague"
    return "about" if claim["bound"] == "about" else "firm"


def _why_none(published, began, printed_first):
    if pd.isna(began):
        return "earlier" if published < printed_first else "silent"
    return "outside" if began > published else "silent"


def _differ(a, b):
    return not (pd.isna(a) and pd.isna(b)) and (pd.isna(a) or pd.isna(b) or a != b)


def as_bounds(row, suffix=""):
    """Return a row of clean claims as `Bounds`; `suffix` picks the columns of a joined claim (low_whole, ...)."""
    low, high = (
        None if pd.isna(row[column + suffix]) else float(row[column + suffix]) for column in ("low", "high")
    )
    flags = {flag: bool(row[flag + suffix]) for flag in ("firm", "low_open", "high_open")}
    return bounds.Bounds(low, high, spread=row["bound" + suffix] == "spread", **flags)


def _bound_of(b):
    """Return the name of computed bounds; unknown where nothing follows."""
    if b.low is None:
        return "unknown" if b.high is None else "at_most"
    if b.high is None:
        return "at_least"
    return "exact" if b.low == b.high else "between"


def _dates_of_pair(a, b):
    """Say how the days of two disjoint claims lie: same, fell, open; None where one simply came later."""
    ends = [c[end] for c in (a, b) for end in ("as_of_first", "as_of_last")]
    if any(pd.isna(end) for end in ends):
        return "open"
    if a["as_of_first"] <= b["as_of_last"] and b["as_of_first"] <= a["as_of_last"]:
        return "same"
    if a["period"] != "cumulative":
        return None
    earlier, later = (a, b) if a["as_of_last"] < b["as_of_first"] else (b, a)
    return (
        "fell"
        if not pd.isna(later["high"]) and not pd.isna(earlier["low"]) and later["high"] < earlier["low"]
        else None
    )
