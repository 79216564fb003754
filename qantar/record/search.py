"""Searching the record for words."""

from typing import TYPE_CHECKING

import pandas as pd

from qantar.record import flat_views, frames, tables

if TYPE_CHECKING:
    from qantar.record.query import Record

# fmt: off
_SEARCHED = [
    "label", "summary", "offence", "note", "kind", "step",
    "outcome", "venue", "topics", "ground", "after", "number",
]
# fmt: on
_FOUND = ["table", "row_id", "label", "source_id", "paragraph", "item", "as_printed"]


def search(record: "Record", words: str) -> pd.DataFrame:
    """Return the rows of a record that contain all the words; see `Record.search`."""
    searchable = [_claims(record), _statements(record), _mentions(record)]
    found = pd.concat(searchable, ignore_index=True)
    for word in words.casefold().split():
        found = found[found["text"].str.casefold().str.contains(word, regex=False)]
    nothing = "No row has all of these words; a search finds them as they are written."
    return flat_views.View.of(found[_FOUND], nothing if found.empty else "")


def _claims(record):
    rows = record.claims_by_id(*record.claims["claim_id"])
    place = frames.looked_up(rows["place_id"], record.places, "name")
    words = rows.reindex(columns=["label", "definition", "as_printed", "note", "speaker_name", "short"])
    text = _joined(words.assign(place=place))
    return rows.assign(table="claims", row_id=rows["claim_id"], text=text)


def _statements(record):
    rows = record.told()
    words = ["summary", "actor", "object", "as_printed", "note"]
    text = _joined(rows.reindex(columns=[*words, "episode", "speaker_name", "short", "place"]))
    return rows.assign(table="statements", row_id=rows["statement_id"], label=rows["summary"], text=text)


def _mentions(record):
    names = _names_by_key(record)
    found = []
    for table in tables.MENTIONED:
        rows = getattr(record, table)
        key = rows.columns[0]
        words = rows[[column for column in _SEARCHED if column in rows]].copy()
        for column, known in names.items():
            if column in rows and column != key:
                words[column] = rows[column].map(known)
        if key in record.parties and key != "party_id":
            words["people"] = rows[key].map(_people_of(record, key))
        heading = rows[frames.heading_column(rows)]
        described = pd.DataFrame({"row_id": rows[key], "label": heading, "words": _joined(words)})
        told = record.mentions[record.mentions["table"] == table].merge(described, on="row_id")
        found.append(told.assign(text=_joined(told.reindex(columns=["words", "as_printed", "note"]))))
    return pd.concat(found)


def _names_by_key(record):
    """Return, for each column that holds a foreign key, the words to search by the key."""
    parties = record.parties.merge(record.persons, on="person_id", how="left")
    body = _words_by_id(record.organisations, "name")
    case = _words_by_id(record.cases, "label")
    return {
        "place_id": _words_by_id(record.places, "name", "other_names"),
        **dict.fromkeys(["organiser", "by", "target", "addressed_to"], body),
        **dict.fromkeys(["case_id", "on_case_id"], case),
        "assembly_id": _words_by_id(record.assemblies, "label", "topics"),
        "party_id": _words_by_id(parties, "label", "public_name", "other_names"),
        "article_id": _words_by_id(record.articles.assign(kind="article"), "kind", "number", "offence"),
    }


def _people_of(record, key):
    """Return the public names of the parties of each case, assembly or incident as a text, by id."""
    named = record.parties.merge(record.persons, on="person_id").dropna(subset=key)
    names = _joined(named[["public_name", "other_names"]])
    return names.groupby(named[key]).agg(" ".join).to_dict()


def _words_by_id(table, *columns):
    return dict(zip(table.iloc[:, 0], _joined(table[list(columns)]), strict=True))


def _joined(cells):
    """Return the cells of each row that are not empty as one text."""
    rows = cells.itertuples(index=False, name=None)
    texts = [" ".join(str(cell) for cell in row if not pd.isna(cell)) for row in rows]
    return pd.Series(texts, index=cells.index, dtype="str")
