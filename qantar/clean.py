"""raw -> clean: what follows from the typed rows, added to them; nothing is repaired and nothing is left out.

One idea: a clean table is its raw table, row by row, with the bounds of each figure, the first and last day of each date,
and what a reader needs from the vocabularies joined in. It is made whole from data/raw/ and never edited.
"""

import functools
import re
from datetime import date
from pathlib import Path

import edtf
import pandas as pd
from edtf.parser.edtf_exceptions import EDTFParseException

from qantar import bounds, paths, tables

# Of EDTF only what the codebook uses: a year, month or day, a period, and a period that is open at its beginning.
_DAY = r"(?:19|20)[0-9]{2}(?:-(?:0[1-9]|1[0-2])(?:-[0-9]{2})?)?"
_FORM = re.compile(rf"(?:(?:{_DAY}|\.\.)/)?{_DAY}")


@functools.cache
def days(text):
    """Return the first and last day (datetime.date) of an EDTF date; None for an open end.

    2022-08 is 1 to 31 August, ../2022-03-10 has no first day. Raises ValueError, as a sentence, for what is no EDTF date,
    and for an interval that ends before it begins.
    """
    if not _FORM.fullmatch(text):
        raise ValueError(f"{text!r} is no date of the form 2022-08-15, 2022-08, 2022-01-01/2022-09-30 or ../2022-03-10")
    try:
        parsed = edtf.parse_edtf(text)
        ends = [_day(end) for end in (parsed.lower_strict(), parsed.upper_strict())]
    except (EDTFParseException, ValueError, AttributeError, TypeError):
        raise ValueError(f"{text!r} is no date of the form 2022-08-15, 2022-08, 2022-01-01/2022-09-30 or ../2022-03-10") from None
    if None not in ends and ends[0] > ends[1]:
        raise ValueError(f"{text!r} ends before it begins")
    return tuple(ends)


def _day(moment):
    return None if isinstance(moment, float) else date(*moment[:3])


def clean(data=paths.DATA):
    """Return the clean tables of the raw tables in the folder `data`, as a dict of DataFrames by name.

    The raw tables must have passed the checks: where a cell is wrong, this raises ValueError without saying where.
    """
    raw = {name: tables.read_table(name, data) for name in tables.raw_names(data)}
    sources = raw["sources"].pipe(_with_days, "published").pipe(_with_days, "covers")
    claims = (
        raw["claims"]
        .pipe(_with_days, "as_of")
        .pipe(_with_days, "stated_on")
        .merge(raw["measures"][["measure_id", "theme", "unit", "period"]], on="measure_id", how="left", validate="many_to_one")
        .merge(
            sources[["source_id", "published_first", "published_last", "team", "publisher"]],
            on="source_id",
            how="left",
            validate="many_to_one",
        )
        .pipe(_with_bounds)
    )
    made = {**raw, "sources": sources, "claims": claims}
    return {name: made[name] for name in tables.clean_names(data)}


def _with_days(table, column):
    """Add the columns <column>_first and <column>_last (datetime64; NaT where open or empty)."""
    ends = [days(text) if isinstance(text, str) else (None, None) for text in table[column]]
    return table.assign(**{f"{column}_{end}": pd.to_datetime([pair[n] for pair in ends]) for n, end in enumerate(("first", "last"))})


def _with_bounds(claims):
    """Add low, high, low_open, high_open and firm to claims that have their unit."""
    by_id = claims.set_index("claim_id")

    @functools.cache
    def of(claim_id):
        claim = by_id.loc[claim_id]
        base = claim["base_claim_id"]
        return claim_bounds(claim, of(base) if isinstance(base, str) and claim["bound"] == "most" else bounds.UNKNOWN)

    found = pd.DataFrame([of(claim_id) for claim_id in claims["claim_id"]], columns=bounds.Bounds._fields, index=claims.index)
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
    value, value_to = (None if pd.isna(claim[column]) else float(claim[column]) for column in ("value", "value_to"))
    quantity = bounds.matching(claim["as_printed"], claim["bound"], value, value_to)
    return bounds.bounds(claim["bound"], value, value_to, percent=claim["unit"] == "percent", rough=bool(quantity and quantity.rough), whole=whole)


def clean_bytes(data=paths.DATA):
    """Return the bytes that each clean table should have, by its path in the folder `data`."""
    made = clean(data)
    declared = tables.resources(data)
    return {
        Path(data) / declared[tables.CLEAN_PREFIX + name]["path"]: tables.table_bytes(table, tables.CLEAN_PREFIX + name, data) for name, table in made.items()
    }


def write(data=paths.DATA):
    """Write the clean tables, each whole or not at all, once all of them are made; an unchanged file is left untouched."""
    for path, content in clean_bytes(data).items():
        tables.write_bytes(path, content)


def stale(data=paths.DATA):
    """Return the paths of clean tables that do not belong to the raw tables at hand."""
    return [path for path, content in clean_bytes(data).items() if not path.is_file() or path.read_bytes() != content]
