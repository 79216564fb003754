"""Record: what a notebook loads, and the questions that may be asked of it.

One idea: a figure is a statement. Nothing here returns "the" number of anything: every answer is a set of claims, each with
who says so, when and how exactly, and figures are only set against each other where the record says that they may be.
"""

import itertools

import pandas as pd

from qantar import bounds, paths, tables


def load(*names, printed_by=None, data=paths.DATA):
    """Return a `Record` of the clean tables named (all where none is named), typed as the data package declares.

    `printed_by` (a day, "2022-12-31") keeps only the sources surely published by that day, and their claims: what these
    reports had printed by then. Raises KeyError for a table that does not exist.
    """
    clean = tables.clean_names(data)
    unknown = sorted(set(names) - set(clean))
    if unknown:
        raise KeyError(f"no table {', '.join(unknown)}; the record has {', '.join(clean)}")
    loaded = {name: tables.read_table(tables.CLEAN_PREFIX + name, data) for name in (names or clean)}
    if printed_by:
        day = pd.Timestamp(printed_by)
        loaded = {n: t[t["published_last"] <= day].reset_index(drop=True) if "published_last" in t else t for n, t in loaded.items()}
    return Record(loaded)


class Record:
    """The loaded tables as attributes (record.claims, record.sources, ...; a DataFrame each), and questions to them."""

    def __init__(self, loaded):
        self._tables = loaded

    def __getattr__(self, name):
        if name.startswith("_") or name not in self._tables:
            raise AttributeError(f"table {name} is not loaded; name it in record.load({name!r}, ...)")
        return self._tables[name]

    def of(self, *measures):
        """Return the claims of one or more measures (a row per claim, columns of clean claims), in order of publication.

        Each row carries its measure's label and words (label, one, many, definition), its source's title, short name and date, and its speaker's
        name and short name, so that it can be drawn and told. Raises KeyError for a measure that the record does not have.
        """
        unknown = sorted(set(measures) - set(self.measures["measure_id"]))
        if unknown:
            raise KeyError(f"no measure {', '.join(unknown)} in data/raw/measures.csv")
        rows = self.claims[self.claims["measure_id"].isin(measures)]
        return self._told(rows).sort_values(["published_last", "paragraph", "claim_id"], kind="stable").reset_index(drop=True)

    def _told(self, rows):
        speakers = self.organisations.rename(columns={"organisation_id": "speaker", "name": "speaker_name", "short": "speaker_short"})
        sources = self.sources[["source_id", "title", "short", "published"]]
        return (
            rows.merge(self.measures[["measure_id", "label", "one", "many", "definition"]], on="measure_id", how="left", validate="many_to_one")
            .merge(sources, on="source_id", how="left", validate="many_to_one")
            .merge(speakers[["speaker", "speaker_name", "speaker_short"]], on="speaker", how="left", validate="many_to_one")
        )

    def numbered(self, *measures):
        """Return those claims of the measures that print a number, an approximate one too, or firm bounds; rows as in `of`."""
        rows = self.of(*measures)
        return rows[rows["value"].notna() | (rows["firm"] & (rows["low"].notna() | rows["high"].notna()))].reset_index(drop=True)

    def latest(self, measure):
        """Return, for each speaker, the claims of a measure in the last source that prints one: one per speaker, and all ties.

        Never "the" figure: what a speaker said last is not what is right. Rows as in `of`.
        """
        rows = self.of(measure)
        last = rows.groupby(rows["speaker"].fillna(""))["published_last"].transform("max")
        return rows[rows["published_last"] == last].reset_index(drop=True)

    def parts(self, whole, part):
        """Return the claims of the measure `part` beside the claim of `whole` that each names as its base.

        A row per pair: the columns of `of(part)`, and those of the whole with the suffix _whole. Only what base_claim_id
        declares is paired; a part and a whole of two sources never are.
        """
        return self.of(part).merge(self.of(whole), left_on="base_claim_id", right_on="claim_id", how="inner", suffixes=("", "_whole"), validate="many_to_one")

    def residuals(self, whole, part, rest):
        """Return what is left of each claim of `whole` without its part, as rows that can be drawn and told like claims.

        `rest` is the measure that names what is left (in measures.csv: "not counted as ...", never more than that). Only
        what base_claim_id declares is subtracted, with firm bounds; where nothing follows, bound is unknown and value is empty.
        Columns as in `of`; bound is exact, at_least, at_most, between or unknown, claim_id and
        as_printed are the whole's, computed tells what was subtracted.
        """
        pairs = self.parts(whole, part)
        left = [bounds.difference(as_bounds(row, "_whole"), as_bounds(row)) for _, row in pairs.iterrows()]
        how = [f"“{w}” less “{p}”" for w, p in zip(pairs["as_printed_whole"], pairs["as_printed"], strict=True)]
        wholes = self.of(whole).set_index("claim_id").loc[pairs["base_claim_id"]].reset_index()
        named = self.measures.set_index("measure_id").loc[rest]
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
            value_to=pd.array([b.high if None not in b[:2] and b.low != b.high else None for b in left], dtype="Float64"),
            bound=[_bound_of(b) for b in left],
        )

    def incompatible(self, measure):
        """Return the pairs of claims of one measure and place whose firm bounds share no number.

        A row per pair: claim_id, other_id, and dates: "same" where both describe days that surely overlap, so that they
        contradict each other; "fell" where a cumulative count would have to have fallen; "open" where the days of one of
        the two are not known, so that both may be right of different days. A later, higher count of a cumulative measure
        is no pair at all where the days are known. Rule: data/README.md, "Rules".
        """
        rows = self.of(measure)
        rows = rows[rows["retracted"].isna() & rows["modality"].isin(["observed", "estimated"])]
        pairs = []
        for (_, a), (_, b) in itertools.combinations(rows.iterrows(), 2):
            if a["place_id"] != b["place_id"] or not bounds.disjoint(as_bounds(a), as_bounds(b)):
                continue
            dates = _dates_of_pair(a, b)
            if dates:
                pairs.append({"claim_id": a["claim_id"], "other_id": b["claim_id"], "dates": dates})
        return pd.DataFrame(pairs, columns=["claim_id", "other_id", "dates"])

    def repeated(self, *measures):
        """Return the claims of the measures that repeat one statement or tell of one event; rows as in `of`."""
        rows = self.of(*measures)
        return rows[rows["same_statement"].notna()].sort_values("same_statement", kind="stable").reset_index(drop=True)

    def newest(self):
        """Return the newest source of the record as a row of sources."""
        return self.sources.sort_values("published_last", kind="stable").iloc[-1]


def as_bounds(row, suffix=""):
    """Return a row of clean claims as `Bounds`; `suffix` picks the columns of a joined claim (low_whole, ...)."""
    low, high = (None if pd.isna(row[column + suffix]) else float(row[column + suffix]) for column in ("low", "high"))
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
    return "fell" if not pd.isna(later["high"]) and not pd.isna(earlier["low"]) and later["high"] < earlier["low"] else None
