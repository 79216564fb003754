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
    """Return how much a claim prints, without what is counted: at least 232; several thousand; 5 to 15.

    Where the source prints a word and no number, it is that word.
    """
    bound = claim["bound"]
    if bound in _WITH_VALUE:
        values = [bounds.number(value) for value in (claim["value"], claim["value_to"]) if not pd.isna(value)]
        return _WITH_VALUE[bound].format(*values) + (" %" if claim["unit"] == "percent" else "")
    return _WITHOUT_VALUE.get(bound) or wording.matching(claim["as_printed"], bound).word.removesuffix(" of")
