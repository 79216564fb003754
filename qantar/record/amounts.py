"""How much a claim prints, in words."""

from collections.abc import Mapping

import pandas as pd

from qantar.record import bounds, wording

_WITH_VALUE = {
    "exact": "{}",
    "at_least": "at least {}",
    "more_than": "more than {}",
    "at_most": "at most {}",
    "less_than": "fewer than {}",
    "about": "about {}",
    "between": "between {} and {}",
    "spread": "{} to {}",
}
# Bounds whose printed word cannot be shown as it is.
_WITHOUT_VALUE = {
    "none": "no",
    "none_known": "none known",
    "most": "most",
    "higher": "higher",
    "unknown": "an unknown number",
}


def amount(claim: Mapping) -> str:
    """Return how much a claim prints, without what is counted: at least 232; only 8; several thousand.

    Where the source prints a word and no number, or a round word (a dozen), it is that word. What a source
    stresses (column emphasis) is stressed, but not in a figure that was computed from it.
    """
    stressed = isinstance(claim.get("emphasis"), str) and not is_computed(claim)
    return f"{claim['emphasis']} {_amount(claim)}" if stressed else _amount(claim)


def _amount(claim):
    bound = claim["bound"]
    if bound not in _WITH_VALUE:
        without_value = _WITHOUT_VALUE.get(bound)
        return without_value or wording.matching(claim["as_printed"], bound).word.removesuffix(" of")
    values = [None if pd.isna(value) else float(value) for value in (claim["value"], claim["value_to"])]
    numbers = [bounds.number(value) for value in values if value is not None]
    printed = wording.matching(claim["as_printed"], bound, *values) if "as_printed" in claim else None
    if printed and printed.rough and printed.word:
        numbers = [printed.word]
    return _WITH_VALUE[bound].format(*numbers) + (" %" if claim["unit"] == "percent" else "")


def is_computed(claim: Mapping) -> bool:
    """Return True for a row computed from claims (`comparisons.remainder_claims`), False for a claim."""
    return isinstance(claim.get("computed"), str)
