"""Conditions of typed sentences: what must be so in the record for prose to stay true.

A cell with calls of `holds` follows the Markdown cell whose sentences it is about. Sentences of law or method
need none. tests/pipeline/test_theme_notebooks.py finds what depends on the record and has no condition.
"""

from collections.abc import Iterable

from qantar.record import Record

__all__ = ["NoLongerHolds", "holds"]
_FEW = 5  # so many rows are named in a message


def __dir__() -> list[str]:
    return __all__


class NoLongerHolds(ValueError):
    """The record does not bear out a sentence any more; the message names it, its condition and the rows."""


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
    if not (rests_on or unless):
        raise ValueError(f"nothing is named on which {sentence!r} depends; name rows, or what would break it")
    known = record.row_ids()
    missing = [row for row in rests_on if row not in known]
    if missing and not record.printed_by:
        told = f"rests on {_listed(missing)}, which the record does not have, or which was retracted"
        raise NoLongerHolds(_message(sentence, told))
    for table, condition in unless.items():
        rows = getattr(record, table).query(condition)
        if not rows.empty:
            ids = _listed(rows.iloc[:, 0].astype("str"))
            told = f"was written when no row of {table} had: {condition}. Now {ids} has"
            raise NoLongerHolds(_message(sentence, told))


def _listed(ids: Iterable[str]) -> str:
    all_ids = list(ids)
    more = len(all_ids) - _FEW
    return ", ".join(all_ids[:_FEW]) + (f" and {more} more" if more > 0 else "")


def _message(sentence: str, told: str) -> str:
    return f"\u201c{sentence} \u2026\u201d {told}. Read it again, then mend the sentence or its condition"
