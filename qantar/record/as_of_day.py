"""The record as of a day: what the sources published by then say, and nothing that only a later one says.

Which rows depend on which is read off the foreign keys that data/datapackage.json declares.
"""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from qantar import paths
from qantar.record import tables

Tables = dict[str, pd.DataFrame]

# Columns in our words, which rest on every source that mentions a row.
_OUR_WORDS = ("summary", "note", "after")
# The columns of one number: where one of them is not known, none is shown.
_NUMBER = ("value", "value_to", "bound", "unit")


def printed_by(raw: Tables, day: pd.Timestamp, data: Path = paths.DATA) -> Tables:
    """Return the raw tables by name with what the sources surely published by `day` say.

    `raw` are all raw tables, sources with the column published_last. A row of a mentioned table stays where
    a mention of such a source names it, a claim or mention where its source stays. A row that belongs to a
    row that goes, goes too. Cells that only a later source supports are emptied.
    """
    keys = {name: tables.foreign_keys(name, data) for name in raw}
    kept = dict(raw)
    kept["sources"] = raw["sources"][raw["sources"]["published_last"] <= day]
    printed = raw["mentions"]["source_id"].isin(kept["sources"]["source_id"])
    told = _ids_by_table(raw["mentions"][printed])
    told_later = _ids_by_table(raw["mentions"][~printed])
    left_open = _left_open(raw["mentions"][printed])
    for name in tables.MENTIONED:
        key = tables.key(name, data)
        rows = raw[name][raw[name][key].isin(told.get(name, ()))]
        later = rows[key].isin(told_later.get(name, ()))
        rows = _without(rows, _OUR_WORDS, later)
        for column in _may_be_empty(name, keys[name], data):
            open_rows = [row_id for row_id in rows[key] if column in left_open[name, row_id]]
            columns = _NUMBER if column in _NUMBER else [column]
            rows = _without(rows, columns, later & rows[key].isin(open_rows))
        kept[name] = rows
    _drop_orphans(kept, keys, data)
    kept["parties"] = kept["parties"][~_only_told_later(raw, kept, keys)]
    kept["persons"] = raw["persons"][raw["persons"]["person_id"].isin(kept["parties"]["person_id"])]
    _empty_lost_keys(kept, keys, data)
    owners = [kept["parties"][key.column].isin(told_later.get(key.table, ())) for key in keys["parties"]]
    kept["parties"] = _without(kept["parties"], _OUR_WORDS, pd.concat(owners, axis=1).any(axis=1))
    repeated_later = raw["claims"].drop(kept["claims"].index)["same_statement"].dropna()
    repeated = kept["claims"]["same_statement"].isin(repeated_later)
    kept["claims"] = _without(kept["claims"], _OUR_WORDS, repeated)
    alone = kept["statements"]["compared_with"].isna()
    kept["statements"] = _without(kept["statements"], ["agrees", "differs_on"], alone)
    kept["episodes"] = raw["episodes"][raw["episodes"]["episode_id"].isin(kept["statements"]["episode_id"])]
    kept["charges"] = _without(kept["charges"], ["part"], kept["charges"]["article_id"].isna())
    return {name: table.reset_index(drop=True) for name, table in kept.items()}


def _ids_by_table(mentions: pd.DataFrame) -> dict[str, set[str]]:
    return mentions.groupby("table")["row_id"].agg(set).to_dict()


def _left_open(mentions: pd.DataFrame) -> dict[tuple[str, str], set[str]]:
    """Return the columns that every mention of a row leaves open or contradicts, by (table, row_id)."""
    columns = mentions["differs_on"].fillna("").str.split("; ").map(set)
    by_row = columns.groupby([mentions["table"], mentions["row_id"]])
    return {row: set.intersection(*sets) for row, sets in by_row}


def _without(table: pd.DataFrame, columns: Iterable[str], hidden: pd.Series) -> pd.DataFrame:
    """Return a table with the cells of these columns, where it has them, emptied in the `hidden` rows."""
    return table.assign(**{column: table[column].mask(hidden) for column in columns if column in table})


def _may_be_empty(name: str, keys: list[tables.ForeignKey], data: Path) -> set[str]:
    """Return the columns that are not required and name no other thing: without it, a row would say more."""
    things = {*tables.MENTIONED, "parties"} - {"articles"}
    optional = {field["name"] for field in tables.fields(name, data) if not tables.is_required(field)}
    return optional - {key.column for key in keys if key.table in things}


def _drop_orphans(kept: Tables, keys: dict[str, list[tables.ForeignKey]], data: Path) -> None:
    """Drop the rows that belong to a row that is not kept, until none is left.

    A row belongs to what a required key names, to its party, and, being a party, to its case, assembly or
    incident. Corrections, which name rows that may be long gone, stay.
    """
    found = True
    while found:
        found = False
        for name, table in kept.items():
            is_orphan = pd.Series(False, index=table.index)
            for key in keys[name]:
                if key.required or "parties" in (name, key.table):
                    ids = table[key.column]
                    is_orphan |= ids.notna() & ~_is_kept(ids, key.table, kept, data)
            if {"table", "row_id"} <= set(table) and name != "corrections":
                for other, ids in table.groupby("table")["row_id"]:
                    is_orphan[ids.index] |= ~_is_kept(ids, other, kept, data)
            kept[name] = table[~is_orphan]
            found |= is_orphan.any()


def _is_kept(ids: pd.Series, table: str, kept: Tables, data: Path) -> pd.Series:
    return ids.isin(kept[table][tables.key(table, data)])


def _empty_lost_keys(kept: Tables, keys: dict[str, list[tables.ForeignKey]], data: Path) -> None:
    """Empty the foreign keys that name a row that is not kept."""
    for name in kept:
        for key in keys[name]:
            lost = ~_is_kept(kept[name][key.column], key.table, kept, data)
            kept[name] = _without(kept[name], [key.column], lost)


def _only_told_later(raw: Tables, kept: Tables, keys: dict[str, list[tables.ForeignKey]]) -> pd.Series:
    """Return which kept parties have rows of their own (charges, steps, sentences) of which none is kept.

    A party stays all the same where a step of its whole case is kept.
    """
    of_parties = [name for name in keys if any(key.table == "parties" for key in keys[name])]
    parties, steps = kept["parties"], kept["steps"]
    had_own = parties["party_id"].isin(pd.concat([raw[name]["party_id"] for name in of_parties]))
    has_own = parties["party_id"].isin(pd.concat([kept[name]["party_id"] for name in of_parties]))
    whole_case = steps.loc[steps["party_id"].isna(), "case_id"]
    return had_own & ~has_own & ~parties["case_id"].isin(whole_case)
