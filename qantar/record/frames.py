"""Types of columns for analysis, and answers to mistyped names.

Tables are read with the types that the data package declares (`tables.read_table`). Here a column of declared
values becomes categorical, and a column of whole numbers Int64.
"""

import difflib
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from qantar import paths
from qantar.record import case_state, tables

# Columns that are derived and hold the values of another column: its table and name.
_VALUES_OF = {
    **{("claims", column): ("measures", column) for column in ("theme", "unit", "period")},
    **{(table, "latest_step"): ("steps", "step") for table in ("cases", "parties")},
    **{("cases", "latest_outcome"): ("steps", "outcome"), ("parties", "outcome"): ("steps", "outcome")},
    ("acts", "by_kind"): ("organisations", "kind"),
}
_FEW = 30  # so many names are listed in a message
_STATES = {("cases", "state"), ("parties", "state")}


class UnknownName(KeyError):
    """A name that the record does not have; the message says which names look like it."""

    def __str__(self) -> str:
        return self.args[0]  # a KeyError would show it in quotes


def typed(table: pd.DataFrame, name: str, data: Path = paths.DATA) -> pd.DataFrame:
    """Return a clean table with categorical columns where values are declared, and counts as Int64.

    Categories stand in alphabetical order, so that sorting by them is sorting by their names. A number is
    Int64 where every number of its column is whole, as in counts.
    """
    changed = {}
    for column, cells in table.items():
        values = _declared(name, column, data)
        if values and cells.dropna().isin(values).all():
            changed[column] = pd.Categorical(cells, categories=sorted(values))
    return with_counts(table.assign(**changed))


def with_counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with each column of numbers that are all whole as Int64."""
    numbers = rows.select_dtypes("Float64")
    whole = [column for column in numbers if (numbers[column].dropna() % 1 == 0).all()]
    return rows.astype(dict.fromkeys(whole, "Int64"))


def _declared(name: str, column: str, data: Path) -> Iterable[str]:
    """Return the values that a column may hold; nothing where it may hold any."""
    if (name, column) in _STATES:
        return case_state.STATES
    if (name, column) == ("parties", "custody"):
        return case_state.CUSTODY
    table, field = _VALUES_OF.get((name, column), (name, column))
    resources = tables.resources(data)
    described = resources[table if table in resources else tables.CLEAN_PREFIX + table]["schema"]["fields"]
    return next((f.get("constraints", {}).get("enum", ()) for f in described if f["name"] == field), ())


def looked_up(ids: pd.Series, table: pd.DataFrame, column: str) -> pd.Series:
    """Return a column of `table` for each id of its rows; the first column of `table` is its key."""
    found = ids.map(dict(zip(table.iloc[:, 0], table[column], strict=True)))
    return found.astype("str") if found.isna().all() else found  # else a column of floats


def heading_column(rows: pd.DataFrame) -> str:
    """Return the column that serves as the heading of the rows of a table of events."""
    return next(column for column in ("label", "offence", "summary", "step", "kind") if column in rows)


def check(names: Iterable[str], known: Iterable[str], what: str) -> None:
    """Raise UnknownName, a KeyError, for names that are not known, with those that look like them."""
    known = list(known)
    if unknown := [name for name in dict.fromkeys(names) if name not in known]:
        raise UnknownName(f"no {what} {', '.join(map(str, unknown))}{did_you_mean(unknown[0], known)}")


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """Return a hint to the names that look like a wrong one, else to all of them where they are few."""
    known, wrong = list(known), str(wrong).casefold()
    near = [name for name in known if wrong and wrong in name.casefold()]
    near += [name for name in difflib.get_close_matches(wrong, known, cutoff=0.7) if name not in near]
    if near:
        return f"; did you mean {' or '.join(near[:5])}?"
    return f"; there are {', '.join(known)}" if len(known) <= _FEW else ""
