"""A reported number as bounds: what its wording supports, and nothing more.

One idea: "at least 232" is not 232 but every number from 232 up. `bounds` turns the typed wording and value of a claim
into a lowest and a highest number, `read` reads the same from the printed words, as a second reader of the form, and
`disagreement` says where the two differ. Bounds that follow from the words are *firm* and may be computed with; those
that are our convention ("several" is two or more) are a *reading*: shown and searched, never computed with.
The rules are the table of bounds in data/README.md. No files and no tables here.
"""

import math
from fractions import Fraction
from typing import NamedTuple

HUNDRED_PERCENT = 100.0

# Wordings without a number, and the lowest number that we read from them; None: no bound at all.
VAGUE_LOW = {"several": 2, "dozens": 24, "hundreds": 200, "thousands": 2000, "many": None, "higher": None}
# Wordings that print one number, and those that print two.
ONE_NUMBER = ("exact", "at_least", "more_than", "at_most", "less_than", "about")
TWO_NUMBERS = ("between", "spread")
NO_NUMBER = ("none", "none_known", "most", *VAGUE_LOW)
KINDS = (*ONE_NUMBER, *TWO_NUMBERS, *NO_NUMBER)


class Bounds(NamedTuple):
    """The lowest and highest number that a wording supports, in the unit of its claim.

    `low` and `high` are None where the wording gives no such bound. `low_open` and `high_open` say that the number is
    above `low` or below `high`, never equal to it (percentages only: counts are whole numbers). `firm` is False where
    the bounds are our reading. `spread` marks the least and the most of several things, which is not uncertainty about one.
    """

    low: float | None = None
    high: float | None = None
    firm: bool = True
    low_open: bool = False
    high_open: bool = False
    spread: bool = False


UNKNOWN = Bounds()


def bounds(bound, value=None, value_to=None, *, percent=False, rough=False, whole=UNKNOWN):
    """Return the `Bounds` that a wording supports.

    `bound` is one of `KINDS`; `value` and `value_to` are the printed numbers, None where none is printed. `percent`
    tells that the number is continuous and at most 100. `rough` tells that the number is a round word ("more than a
    dozen"), so that its bounds are a reading. `whole` are the bounds of the base of "most".

    Raises ValueError, as a sentence, where value and wording do not belong together. Rules: the table of bounds in
    data/README.md.
    """
    problem = _form_problem(bound, value, value_to, percent)
    if problem:
        raise ValueError(problem)
    top = HUNDRED_PERCENT if percent else None
    bottom = 0 if percent else None
    firm = not rough
    if bound == "exact":
        return Bounds(value, value, firm)
    if bound == "at_least":
        return Bounds(value, top, firm)
    if bound == "more_than":
        return Bounds(value if percent else math.floor(value) + 1, top, firm, low_open=percent)
    if bound == "at_most":
        return Bounds(bottom, value, firm)
    if bound == "less_than":
        return Bounds(bottom, value if percent else math.ceil(value) - 1, firm, high_open=percent)
    if bound == "between":
        return Bounds(value, value_to, firm)
    if bound == "spread":
        return Bounds(value, value_to, firm, spread=True)
    if bound == "none":
        return Bounds(0, 0)
    if bound == "none_known":
        return Bounds(0, top)
    if bound == "most":
        if percent:
            return Bounds(HUNDRED_PERCENT / 2, HUNDRED_PERCENT, low_open=True)
        if whole.high == 0:
            raise ValueError("most of nothing is no number; name another claim as the whole")
        return part_of(Bounds(50.0, HUNDRED_PERCENT, low_open=True), whole)
    return Bounds(
        VAGUE_LOW.get(bound), top if bound in VAGUE_LOW and percent else None, firm=bound == "about"
    )


def _form_problem(bound, value, value_to, percent):
    """Say in a sentence why these three cannot stand together; None where they can."""
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
        if n is not None and (not math.isfinite(n) or n < 0):
            return f"{number(n) if math.isfinite(n) else n} cannot count anything; type the printed figure"
        if percent and n is not None and n > HUNDRED_PERCENT:
            return f"{number(n)} percent is more than the whole; type the printed share"
    if bound == "less_than" and value < (1 if not percent else math.ulp(0)):
        return "fewer than nothing cannot be counted; check value"
    if bound == "more_than" and percent and value == HUNDRED_PERCENT:
        return "more than 100 percent is more than the whole; type the printed share"
    return None


def number(value):
    """Return a number as English digits: 4353 as 4,353, 1.5 as 1.5."""
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,}"


# --- arithmetic that keeps firm bounds -------------------------------------------------------------------------------


def difference(whole, part):
    """Return the bounds of what is left of `whole` without its declared `part`, in their common unit, never below 0.

    A missing bound stays missing; bounds that are not firm give no bounds. Raises ValueError where the part is surely
    larger than the whole, and for a spread, which is no uncertain number.
    """
    if not _computable(whole, part):
        return UNKNOWN
    if _below(whole, part):
        raise ValueError(
            f"the part, at least {number(part.low)}, is larger than the whole, at most {number(whole.high)}"
        )
    low = None if whole.low is None or part.high is None else whole.low - part.high
    high = None if whole.high is None or part.low is None else whole.high - part.low
    low_open = low is not None and low >= 0 and (whole.low_open or part.high_open)
    return Bounds(
        None if low is None else max(0, low),
        high,
        low_open=low_open,
        high_open=high is not None and (whole.high_open or part.low_open),
    )


def share(part, whole):
    """Return the bounds of `part` in percent of `whole`, of which it is a declared part, within 0 and 100.

    A missing bound stays missing; bounds that are not firm, and a whole that may be nothing, give no bound. Raises
    ValueError where the part is surely larger than the whole, and for a spread.
    """
    if not _computable(whole, part):
        return UNKNOWN
    if _below(whole, part):
        raise ValueError(
            f"the part, at least {number(part.low)}, is larger than the whole, at most {number(whole.high)}"
        )
    low = None if part.low is None or not whole.high else HUNDRED_PERCENT * part.low / whole.high
    high = (
        None
        if part.high is None or not whole.low
        else min(HUNDRED_PERCENT, HUNDRED_PERCENT * part.high / whole.low)
    )
    return Bounds(low, high)


def part_of(percent, whole):
    """Return how many of `whole` a share in `percent` is, as whole numbers: more than 50 % of 190 is at least 96.

    A missing bound stays missing; bounds that are not firm give no bounds; a spread raises ValueError.
    """
    if not _computable(percent, whole):
        return UNKNOWN
    low = high = None
    if percent.low is not None and whole.low is not None:
        exact = _hundredths(percent.low, whole.low)
        low = math.floor(exact) + 1 if percent.low_open else math.ceil(exact)
    if percent.high is not None and whole.high is not None:
        exact = _hundredths(percent.high, whole.high)
        high = math.ceil(exact) - 1 if percent.high_open else math.floor(exact)
    if (
        percent.low == percent.high and None not in (low, high) and low > high
    ):  # no whole number has this very share: it was printed rounded
        low, high = high, low
    return Bounds(low, high)


def _hundredths(percent, whole):
    """Return percent of whole without the error of binary fractions: 4.4 % of 750 is 33, not 33.00000000000001."""
    return Fraction(str(percent)) * Fraction(str(whole)) / 100


def total(parts):
    """Return the bounds of the sum of declared, disjoint `parts`; the sum of no parts is unknown, not zero.

    One missing bound leaves that bound of the sum missing; one part that is not firm gives no bounds; a spread raises
    ValueError.
    """
    parts = list(parts)
    if not parts or not _computable(*parts):
        return UNKNOWN
    lows, highs = [p.low for p in parts], [p.high for p in parts]
    return Bounds(
        None if None in lows else math.fsum(lows),
        None if None in highs else math.fsum(highs),
        low_open=None not in lows and any(p.low_open for p in parts),
        high_open=None not in highs and any(p.high_open for p in parts),
    )


def disjoint(a, b):
    """Return True where no number lies within both firm bounds, so that the two cannot be right of one thing and day."""
    if not (a.firm and b.firm) or a.spread or b.spread:
        return False
    return _below(a, b) or _below(b, a)


def _below(a, b):
    """Return True where every number in `a` is below every number in `b`."""
    if a.high is None or b.low is None:
        return False
    return a.high < b.low or (a.high == b.low and (a.high_open or b.low_open))


def _computable(*several):
    if any(b.spread for b in several):
        raise ValueError(
            "a spread is the least and the most of several things, not one number; it cannot be computed with"
        )
    return all(b.firm for b in several)
