"""Conditions of typed sentences: what must be so in the record for prose to stay true.

A cell with calls of `holds` follows the Markdown cell whose sentences it is about. Sentences of law or method
need none. tests/pipeline/test_theme_notebooks.py finds what depends on the record and has no condition.

Where a new row breaks a sentence that is true beside it all the same, a line of notebooks/read_again.csv says
that somebody has read it again (`qantar reread`).
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from qantar import paths
from qantar.record import Record

__all__ = ["Break", "NoLongerHolds", "breaks", "holds"]
READ_AGAIN = Path("notebooks") / "read_again.csv"  # columns: sentence, table, row_id, day
_FEW = 5  # so many rows are named in a message


def __dir__() -> list[str]:
    return __all__


class NoLongerHolds(ValueError):
    """The record does not bear out a sentence any more; the message names it, its condition and the rows."""


class Break(NamedTuple):
    """A row that breaks a sentence, which is quoted by its first words.

    `condition` is what no row of `table` should have. Both are empty where the sentence tells of a row that
    the record does not have, or that was retracted.
    """

    sentence: str
    table: str
    row_id: str
    condition: str


def holds(record: Record, sentence: str, *rests_on: str, **unless: str) -> None:
    """Check that a typed sentence, quoted by its first words, still holds.

    `rests_on` are ids of the rows of which it tells. `unless` names tables, each with the rows that would
    make it untrue, as `DataFrame.query` reads them. What was true of the reports read by a day has that
    day in its condition:

        holds(record, "No later report says whether", "civicus-2022-03-p26a",
              claims="measure_id == 'missing_persons' and published_last > '2022-03-31'")

    Raises NoLongerHolds where such a row is there, or one of `rests_on` is not or was retracted (in a record
    as printed by an earlier day rows are missing rightly); ValueError where neither is given.
    """
    if found := breaks(record, sentence, *rests_on, **unless):
        first = found[0]
        ids = _listed(other.row_id for other in found if other.condition == first.condition)
        told = f"was written when no row of {first.table} had: {first.condition}. Now {ids} has"
        if not first.condition:
            told = f"rests on {ids}, which the record does not have, or which was retracted"
        advice = "Read it again (`qantar reread` goes through all), then mend the sentence or its condition"
        raise NoLongerHolds(f"“{sentence} …” {told}. {advice}")


def breaks(record: Record, sentence: str, *rests_on: str, **unless: str) -> list[Break]:
    """Return the rows that break a sentence; arguments and errors as of `holds`."""
    if not (rests_on or unless):
        raise ValueError(f"nothing is named on which {sentence!r} depends; name rows, or what would break it")
    known = record.row_ids()
    missing = [] if record.printed_by else [row for row in rests_on if row not in known]
    found = [Break(sentence, "", row, "") for row in missing]
    for table, condition in unless.items():
        ids = getattr(record, table).query(condition).iloc[:, 0].astype("str")
        found += [Break(sentence, table, row, condition) for row in ids]
    read = {(line["sentence"], line["table"], line["row_id"]) for line in read_again()}
    return [row for row in found if row[:3] not in read]


def read_again(root: Path = paths.ROOT) -> list[dict[str, str]]:
    """Return the lines of READ_AGAIN; none where there is no such file."""
    path = Path(root) / READ_AGAIN
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _listed(ids: Iterable[str]) -> str:
    all_ids = list(ids)
    more = len(all_ids) - _FEW
    return ", ".join(all_ids[:_FEW]) + (f" and {more} more" if more > 0 else "")
