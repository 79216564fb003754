"""Numbers as bounds: "at least 232" stands for every number from 232 up.

Firm bounds follow from the words and may be computed with. A reading ("several" is two or more) is our
convention: shown, never computed with. The rules are the table of bounds in data/README.md.
"""

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

HUNDRED_PERCENT = 100.0

# Wordings without a number, and the lowest number that we read from them; None: no bound at all.
VAGUE_LOW = {"several": 2, "dozens": 24, "hundreds": 200, "thousands": 2000, "many": None, "higher": None}
ONE_NUMBER = ("exact", "at_least", "more_than", "at_most", "less_than", "about")
TWO_NUMBERS = ("between", "spread")
NO_NUMBER = ("none", "none_known", "most", *VAGUE_LOW)
KINDS = (*ONE_NUMBER, *TWO_NUMBERS, *NO_NUMBER)


class Bounds(NamedTuple):
    """The lowest and highest number that a wording supports, in the unit of its claim; None: it gives none.

    `low_open`, `high_open`: the number is above `low`, below `high` (percentages; counts are whole numbers).
    `firm` is False for a reading. `spread`: the least and the most of several things, not of one.
    """

    low: float | None = None
    high: float | None = None
    firm: bool = True
    low_open: bool = False
    high_open: bool = False
    spread: bool = False


UNKNOWN = Bounds()


def bounds(
    bound: str,
    value: float | None = None,
    value_to: float | None = None,
    *,
    percent: bool = False,
    rough: bool = False,
    whole: Bounds = UNKNOWN,
) -> Bounds:
    """Return the `Bounds` that a wording supports.

    `bound` is one of `KINDS`; `value` and `value_to` are the printed numbers. A `percent` is continuous and
    at most 100. `rough` marks a round word ("more than a dozen"), whose bounds are a reading. `whole` is
    the base of "most". Raises ValueError with a sentence where value and wording do not belong together.
    """
    problem = _form_problem(bound, value, value_to, percent)
    if problem:
        raise ValueError(problem)
    bottom, top = (0, HUNDRED_PERCENT) if percent else (None, None)
    firm = not rough
    match bound:
        case "exact":
            return Bounds(value, value, firm)
        case "at_least":
            return Bounds(value, top, firm)
        case "more_than":
            return Bounds(value if percent else math.floor(value) + 1, top, firm, low_open=percent)
        case "at_most":
            return Bounds(bottom, value, firm)
        case "less_than":
            return Bounds(bottom, value if percent else math.ceil(value) - 1, firm, high_open=percent)
        case "between" | "spread":
            return Bounds(value, value_to, firm, spread=bound == "spread")
        case "about":
            return UNKNOWN
        case "none":
            return Bounds(0, 0)
        case "none_known":
            return Bounds(0, top)
        case "most":
            majority = Bounds(HUNDRED_PERCENT / 2, HUNDRED_PERCENT, low_open=True)
            if whole.high == 0 and not percent:
                raise ValueError("most of nothing is no number; name another claim as the whole")
            return majority if percent else part_of(majority, whole)
    return Bounds(VAGUE_LOW[bound], top, firm=False)


def _form_problem(bound: str, value: float | None, value_to: float | None, percent: bool) -> str | None:
    """Return a sentence on why these cannot stand together; None where they can."""
    if bound not in KINDS:
        return f"{bound!r} is no bound; use one of {', '.join(KINDS)}"
    if bound in NO_NUMBER and (value is not None or value_to is not None):
        return f"bound {bound} prints no number; leave value and value_to empty, or change bound"
    if bound not in NO_NUMBER and value is None:
        return f"bound {bound} needs a number; type the printed figure into value"
    if bound in ONE_NUMBER and value_to is not None:
        return f"bound {bound} has one number; leave value_to empty, or use between or spread"
    if bound in TWO_NUMBERS and value_to is None:
        return f"bound {bound} has two numbers; type the upper one into value_to"
    if bound in TWO_NUMBERS and value > value_to:
        return f"value {number(value)} is above value_to {number(value_to)}; type the lower one into value"
    for n in (value, value_to):
        if n is None:
            continue
        if not math.isfinite(n) or n < 0:
            return f"{number(n)} cannot count anything; type the printed figure"
        if percent and n > HUNDRED_PERCENT:
            return f"{number(n)} percent is more than the whole; type the printed share"
    if bound == "less_than" and (value == 0 or (value < 1 and not percent)):
        return "fewer than nothing cannot be counted; check value"
    if bound == "more_than" and percent and value == HUNDRED_PERCENT:
        return "more than 100 percent is more than the whole; type the printed share"
    return None


def number(value: float) -> str:
    """Return a number as English digits: 4353 as 4,353, 1.5 as 1.5."""
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,}"


# --- arithmetic: firm bounds stay firm, a missing bound stays missing ---
# A reading gives `UNKNOWN`. A spread (not one number) and a part surely above its whole raise ValueError.


def difference(whole: Bounds, part: Bounds) -> Bounds:
    """Return the bounds of what a declared `part` leaves of `whole`, in their unit, never below 0."""
    if not _computable(whole, part):
        return UNKNOWN
    _refuse_larger(part, whole)
    low = high = None
    if whole.low is not None and part.high is not None:
        low = whole.low - part.high
    if whole.high is not None and part.low is not None:
        high = whole.high - part.low
    return Bounds(
        None if low is None else max(0, low),
        high,
        low_open=low is not None and low >= 0 and (whole.low_open or part.high_open),
        high_open=high is not None and (whole.high_open or part.low_open),
    )


def share(part: Bounds, whole: Bounds) -> Bounds:
    """Return the bounds of a declared `part` in percent of `whole`; a whole that may be 0 gives none."""
    if not _computable(whole, part):
        return UNKNOWN
    _refuse_larger(part, whole)
    low = high = None
    if part.low is not None and whole.high:
        low = HUNDRED_PERCENT * part.low / whole.high
    if part.high is not None and whole.low:
        high = min(HUNDRED_PERCENT, HUNDRED_PERCENT * part.high / whole.low)
    return Bounds(low, high)


def _refuse_larger(part: Bounds, whole: Bounds) -> None:
    if _below(whole, part):
        least, most = number(part.low), number(whole.high)
        raise ValueError(f"the part, at least {least}, is larger than the whole, at most {most}")


def part_of(percent: Bounds, whole: Bounds) -> Bounds:
    """Return how many of `whole` a `percent` is, in whole numbers: more than 50 % of 190 is at least 96."""
    if not _computable(percent, whole):
        return UNKNOWN
    low = high = None
    if percent.low is not None and whole.low is not None:
        exact = _percent_of(percent.low, whole.low)
        low = math.floor(exact) + 1 if percent.low_open else math.ceil(exact)
    if percent.high is not None and whole.high is not None:
        exact = _percent_of(percent.high, whole.high)
        high = math.ceil(exact) - 1 if percent.high_open else math.floor(exact)
    printed_rounded = None not in (low, high) and percent.low == percent.high and low > high
    return Bounds(high, low) if printed_rounded else Bounds(low, high)


def _percent_of(percent: float, whole: float) -> Fraction:
    """Return a share without binary rounding: 4.4 % of 750 is 33, not 33.00000000000001."""
    return Fraction(str(percent)) * Fraction(str(whole)) / 100


def total(parts: Iterable[Bounds]) -> Bounds:
    """Return the bounds of the sum of declared, disjoint `parts`; of no parts it is unknown, not zero."""
    parts = list(parts)
    if not parts or not _computable(*parts):
        return UNKNOWN
    lows = [part.low for part in parts]
    highs = [part.high for part in parts]
    return Bounds(
        None if None in lows else math.fsum(lows),
        None if None in highs else math.fsum(highs),
        low_open=None not in lows and any(part.low_open for part in parts),
        high_open=None not in highs and any(part.high_open for part in parts),
    )


def disjoint(a: Bounds, b: Bounds) -> bool:
    """Return True where no number lies within both firm bounds, so that one of the two must be wrong."""
    if not (a.firm and b.firm) or a.spread or b.spread:
        return False
    return _below(a, b) or _below(b, a)


def _below(a: Bounds, b: Bounds) -> bool:
    """Return True where every number in `a` is below every number in `b`."""
    if a.high is None or b.low is None:
        return False
    return a.high < b.low or (a.high == b.low and (a.high_open or b.low_open))


def _computable(*several: Bounds) -> bool:
    if any(b.spread for b in several):
        raise ValueError(
            "a spread is the least and the most of several things, not one number; it cannot be computed with"
        )
    return all(b.firm for b in several)
