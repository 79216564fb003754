"""Dates as the record writes them: the part of EDTF (ISO 8601-2) that the codebook uses.

A day, a month or a year; an interval of two of these; an interval with an open start (`../2022-03-10`).
"""

import calendar
import functools
import re
from datetime import date

# The columns that hold EDTF dates, by table.
DATE_COLUMNS = {
    "claims": ("as_of", "stated_on"),
    "statements": ("date", "stated_on"),
    "sources": ("published", "covers"),
    **dict.fromkeys(("steps", "assemblies", "restrictions", "incidents", "acts", "episodes"), ("date",)),
}

_DATE = re.compile(r"(?:19|20)[0-9]{2}(?:-[0-9]{2}){0,2}")


@functools.cache
def days(text: str) -> tuple[date | None, date]:
    """Return the first and the last day of an EDTF date; the first is None where the start is open.

    2022-08 is 1 to 31 August. Raises ValueError with a sentence for any other form, for a day that does not
    exist, and for an interval that ends before it begins.
    """
    start, slash, end = text.rpartition("/")
    try:
        first, last = _first_and_last_day(end)
        if slash:
            first = None if start == ".." else _first_and_last_day(start)[0]
    except ValueError:
        raise ValueError(
            f"{text!r} is no date of the form 2022-08-15, 2022-08, 2022-01-01/2022-09-30 or ../2022-03-10"
        ) from None
    if first is not None and first > last:
        raise ValueError(f"{text!r} ends before it begins")
    return first, last


def _first_and_last_day(text: str) -> tuple[date, date]:
    if not _DATE.fullmatch(text):
        raise ValueError
    parts = [int(part) for part in text.split("-")]
    first = date(*parts, *[1] * (3 - len(parts)))
    if len(parts) == 3:
        return first, first
    last_month = 12 if len(parts) == 1 else first.month
    return first, date(first.year, last_month, calendar.monthrange(first.year, last_month)[1])
