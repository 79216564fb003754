"""A problem that a check found, with its place in the record."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from qantar.record import tables

RawTables = Mapping[str, pd.DataFrame]


class Problem(NamedTuple):
    """What is wrong at one place of the record.

    `table` names a raw table (None: no table is at fault), `row` counts as an editor does (the header is 1),
    `rule` is a short stable name to filter by, and the message says what is wrong; and what to do.
    `str` gives "data/raw/claims.csv, row 87, column value: message".
    """

    table: str | None
    row: int | None
    column: str | None
    rule: str
    message: str

    def __str__(self) -> str:
        if self.table is None:
            return self.message
        row = "" if self.row is None else f", row {self.row}"
        column = "" if self.column is None else f", column {self.column}"
        return f"data/raw/{self.table}.csv{row}{column}: {self.message}"


def problem_at(table: str, index: int, column: str | None, rule: str, message: str) -> Problem:
    """Return the problem of a row that has this index in the DataFrame of its table."""
    return Problem(table, index + 2, column, rule, message)


def each(table: str, rows: pd.DataFrame, column: str, rule: str, message: str) -> Iterator[Problem]:
    """Yield a problem for each of `rows`; the message may name their columns: "{speaker} is unknown; ..."."""
    for index, row in tables.rows(rows):
        yield problem_at(table, index, column, rule, message.format_map(row))
