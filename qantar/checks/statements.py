"""Rules for claims, statements, ids and corrections that look at more than a row (codebook, "Rules")."""

import functools
from collections.abc import Iterator

import pandas as pd

from qantar.checks import row_rules
from qantar.checks.problem import Problem, RawTables, each, problem_at
from qantar.record import bounds, dates, derive, tables, wording

# The tables whose rows have a place of their own in the book: no id stands in two of them.
WITH_A_PLACE = ("claims", "statements", "cases", "assemblies", "incidents", "acts", "measures", "sources")


def number_or_none(cell: object) -> float | None:
    """Return the number in a cell, None where it is empty."""
    return None if pd.isna(cell) else float(cell)


def valid_dates(raw: RawTables) -> Iterator[Problem]:
    """Every date is EDTF as the codebook has it."""
    for table, columns in dates.DATE_COLUMNS.items():
        for column in columns:
            for index, text in raw[table][column].dropna().items():
                try:
                    dates.days(text)
                except ValueError as error:
                    yield problem_at(table, index, column, "invalid-date", f"{error}; type it in that form")


def after_publication(table: str, rows: pd.DataFrame, column: str, advice: str) -> Iterator[Problem]:
    """A date does not begin after the last day of `published`, a column of `rows`."""
    rows = rows.dropna(subset=column)
    pairs = zip(rows[column].map(dates.days), rows["published"].map(dates.days), strict=True)
    late = [first is not None and first > last for (first, _), (_, last) in pairs]
    late_by = f"{{{column}}} begins after {{source_id}} was published ({{published}})"
    message = f"{late_by}; correct the date, or {advice}"
    yield from each(table, rows[late], column, "after-publication", message)


def dates_of_claims(raw: RawTables) -> Iterator[Problem]:
    """A figure does not describe days after its source was published, and was not stated on them."""
    published = raw["claims"]["source_id"].map(raw["sources"].set_index("source_id")["published"])
    claims = raw["claims"].assign(published=published)
    described = claims[(claims["modality"] != "expected") & (claims["date_basis"] != "slip")]
    yield from after_publication("claims", described, "as_of", "set modality to expected")
    yield from after_publication("claims", claims, "stated_on", "the source")


def dates_of_statements(raw: RawTables) -> Iterator[Problem]:
    """A statement does not tell of days after its source was published, and was not made on them."""
    published = raw["statements"]["source_id"].map(raw["sources"].set_index("source_id")["published"])
    told = raw["statements"].assign(published=published)
    past = told[~told["hedge"].isin(["expected", "possible"]) & (told["date_basis"] != "slip")]
    yield from after_publication("statements", past, "date", "the hedge")
    yield from after_publication("statements", told, "stated_on", "the source")


def inferred_columns(raw: RawTables) -> Iterator[Problem]:
    """What is marked as our reading is a column of its table, and filled."""
    for table in row_rules.INFERRED:
        for index, row in tables.rows(raw[table].dropna(subset="inferred")):
            for column in row["inferred"].split("; "):
                if column not in row or pd.isna(row[column]):
                    message = f"{column!r} is no filled column of the row; name one, or leave it out"
                    yield problem_at(table, index, "inferred", "unknown-column", message)


def rows_of_sentences(raw: RawTables) -> Iterator[Problem]:
    """The rows that carry a sentence exist."""
    told = ("claims", "statements", *tables.MENTIONED)
    known = {row_id for table in told for row_id in raw[table].iloc[:, 0]}
    for index, row in tables.rows(raw["reading"].dropna(subset="rows")):
        for row_id in row["rows"].split("; "):
            if row_id not in known:
                message = f"{row_id!r} is no claim, statement or thing; correct the spelling"
                yield problem_at("reading", index, "rows", "unknown-key", message)


def compared_columns(raw: RawTables) -> Iterator[Problem]:
    """A statement differs from another one on columns of the table, or on wording."""
    for index, row in tables.rows(raw["statements"].dropna(subset="differs_on")):
        for column in row["differs_on"].split("; "):
            if column != "wording" and column not in raw["statements"]:
                message = f"{column!r} is no column; name columns, divided by '; ', or wording"
                yield problem_at("statements", index, "differs_on", "unknown-column", message)


def shared_ids(raw: RawTables) -> Iterator[Problem]:
    """No id stands in two tables whose rows have a place in the book."""
    owner = {}
    for table in WITH_A_PLACE:
        key = tables.key(table)
        for index, row_id in raw[table][key].items():
            other = owner.setdefault(row_id, table)
            if other != table:
                message = (
                    f"{row_id} is an id of {other}.csv too; rename one, each needs its own place in the book"
                )
                yield problem_at(table, index, key, "shared-id", message)


def figures(raw: RawTables) -> Iterator[Problem]:
    """Value and bound belong together and agree with the printed words."""
    units = raw["measures"].set_index("measure_id")["unit"].to_dict()
    for index, claim in tables.rows(raw["claims"]):
        value, value_to = number_or_none(claim["value"]), number_or_none(claim["value_to"])
        try:
            bounds.bounds(claim["bound"], value, value_to, percent=units[claim["measure_id"]] == "percent")
        except ValueError as error:
            yield problem_at("claims", index, "value", "bound", str(error))
            continue
        if differs := wording.disagreement(claim["as_printed"], claim["bound"], value, value_to):
            message = f"{differs}; type the figure as printed, or correct as_printed or bound"
            yield problem_at("claims", index, "value", "wording", message)


def is_circular(start: str, above: dict) -> bool:
    """Return True where the chain from `start` to what is above it, and so on, never ends."""
    passed = set()
    while not pd.isna(start) and start not in passed:
        passed.add(start)
        start = above[start]
    return not pd.isna(start)


def circular_parts(raw: RawTables) -> Iterator[Problem]:
    """No row is a part of itself, not even by way of other rows."""
    part_of = dict.fromkeys(("measures", "assemblies", "incidents"), "part_of")
    for table, column in {"claims": "base_claim_id", **part_of}.items():
        key, rows = tables.key(table), raw[table].dropna(subset=column)
        above = raw[table].set_index(key)[column].to_dict()
        circular = [is_circular(row_id, above) for row_id in rows[key]]
        message = f"leads back to {{{key}}}; a whole cannot be a part of its part, name another one"
        yield from each(table, rows[circular], column, "circular", message)


def parts_and_wholes(raw: RawTables) -> Iterator[Problem]:
    """A part is not larger than its whole."""
    units = raw["measures"].set_index("measure_id")["unit"]
    claims = raw["claims"].assign(unit=raw["claims"]["measure_id"].map(units))
    by_id = {claim["claim_id"]: claim for _, claim in tables.rows(claims)}
    for index, claim in tables.rows(claims.dropna(subset="base_claim_id")):
        base = by_id[claim["base_claim_id"]]
        try:
            whole = derive.claim_bounds(base)
        except ValueError:
            continue  # a problem of the base itself
        try:
            part = derive.claim_bounds(claim, whole)
            if claim["unit"] == base["unit"] and not part.spread and not whole.spread:
                bounds.difference(whole, part)
        except ValueError as error:
            message = f"{error}; check both claims"
            yield problem_at("claims", index, "base_claim_id", "part-above-whole", message)


def corrections(raw: RawTables) -> Iterator[Problem]:
    """A correction names a table, column and row that exist; a removal or a row taken out needs no row."""

    @functools.cache
    def keys(table: str) -> set[str]:
        columns = tables.resources()[table]["schema"].get("primaryKey", [])
        rows = raw[table][columns].itertuples(index=False, name=None)
        return {" ".join(str(cell) for cell in row if not pd.isna(cell)) for row in rows}

    for index, row in tables.rows(raw["corrections"]):
        table, column = row["table"], row["column"]
        if table not in raw:
            message = f"{table!r} is no table; use one of {', '.join(raw)}"
            yield problem_at("corrections", index, "table", "unknown-table", message)
            continue
        if column not in raw[table]:
            message = f"{table}.csv has no column {column!r}; use one of {', '.join(raw[table])}"
            yield problem_at("corrections", index, "column", "unknown-column", message)
        taken_out = column == tables.key(table) and pd.isna(row["new"])
        if row["kind"] != "removal" and not taken_out and row["row_id"] not in keys(table):
            message = (
                f"{table}.csv has no row {row['row_id']!r}; correct it, or say that the row was taken out: "
                f"{tables.key(table)} in column, the id in old, nothing in new"
            )
            yield problem_at("corrections", index, "row_id", "unknown-key", message)


RULES = (
    shared_ids,
    inferred_columns,
    rows_of_sentences,
    compared_columns,
    figures,
    circular_parts,
    parts_and_wholes,
    corrections,
)
RULES_ON_DATES = (dates_of_claims, dates_of_statements)
