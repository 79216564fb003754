"""TODO record.dates."""

import functools
import re
from datetime import date

import edtf
from edtf.parser.edtf_exceptions import EDTFParseException

# The columns that hold EDTF dates, by table.
DATE_COLUMNS = {
    "claims": ("as_of", "stated_on"),
    "sources": ("published", "covers"),
    **dict.fromkeys(("steps", "assemblies", "restrictions", "incidents", "acts"), ("date",)),
}

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
        raise ValueError(
            f"{text!r} is no date of the form 2022-08-15, 2022-08, 2022-01-01/2022-09-30 or ../2022-03-10"
        )
    try:
        parsed = edtf.parse_edtf(text)
        ends = [_day(end) for end in (parsed.lower_strict(), parsed.upper_strict())]
    except (EDTFParseException, ValueError, AttributeError, TypeError):
        raise ValueError(
            f"{text!r} is no date of the form 2022-08-15, 2022-08, 2022-01-01/2022-09-30 or ../2022-03-10"
        ) from None
    if None not in ends and ends[0] > ends[1]:
        raise ValueError(f"{text!r} ends before it begins")
    return tuple(ends)


def _day(moment):
    return None if isinstance(moment, float) else date(*moment[:3])
