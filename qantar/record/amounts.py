"""How much a claim prints, in words."""

from collections.abc import Mapping

import pandas as pd

from qantar.record import bounds, wording

_RANGES = {"between": "between {} and {}", "spread": "{} to {}"}
_JUST_BELOW = ("nearly {}", "almost {}")
# Bounds whose printed word cannot be shown as it is.
_WITHOUT_VALUE = {
    "none": "no",
    "none_known": "none known",
    "higher": "higher",
    "unknown": "an unknown number",
}


def amount(claim: Mapping) -> str:
    """Return how much a claim prints, without what is counted: at least 232; nearly 40; several thousand.

    The words that qualify a number are the printed ones, never those of its bound: "nearly 1,400" is no
    "fewer than 1,400". Where the source prints a word and no number, or a round word (a dozen), it is that
    word. What a source stresses (column emphasis) is stressed, but not in a figure that was computed from it.
    """
    stressed = isinstance(claim.get("emphasis"), str) and not is_computed(claim)
    return f"{claim['emphasis']} {_amount(claim)}" if stressed else _amount(claim)


def _amount(claim):
    bound = claim["bound"]
    values = [None if pd.isna(value) else float(value) for value in (claim["value"], claim["value_to"])]
    as_printed = claim.get("as_printed")
    has_words = isinstance(as_printed, str) and not is_computed(claim)
    printed = wording.matching(as_printed, bound, *values) if has_words else None
    if bound in bounds.NO_NUMBER or bound == "unknown":
        without_value = _WITHOUT_VALUE.get(bound)
        return without_value or (printed.word.removesuffix(" of") if printed else bound)
    numbers = [bounds.number(value) for value in values if value is not None]
    if printed and printed.rough and printed.word:
        numbers = [printed.word]
    form = printed.form if printed else "{}"
    if form == "{}":  # of a computed row, or "a driver died": at least 1
        form = wording.USUAL_FORMS.get(bound, "{}")
    kind = "spread" if bound == "between" and form != "{}" else bound  # around 5 to 10
    number = _RANGES.get(kind, "{}").format(*numbers) + (" %" if claim["unit"] == "percent" else "")
    return form.format(number)


def is_just_below(claim: Mapping) -> bool:
    """Return True for a claim whose number is close to its upper bound, and no ceiling: nearly, almost."""
    if claim["bound"] != "less_than" or is_computed(claim):
        return False
    printed = wording.matching(claim["as_printed"], "less_than", float(claim["value"]))
    return printed is not None and printed.form in _JUST_BELOW


def printed_words(
    rows: pd.DataFrame, mentions: pd.DataFrame, table: str, bound: str, *values: str
) -> list[str | None]:
    """Return for each row of a table of events the printed words of a mention that carry its number.

    `bound` and `values` are the columns of the number. None where it has none, or no mention prints it.
    """
    told = mentions[mentions["table"] == table].dropna(subset="as_printed")
    printed = told.groupby("row_id", sort=False)["as_printed"].agg(list).to_dict()
    found = []
    for row_id, kind, *cells in rows[[rows.columns[0], bound, *values]].itertuples(index=False):
        numbers = [None if pd.isna(cell) else float(cell) for cell in cells]
        of_row = [] if pd.isna(kind) else printed.get(row_id, [])
        found.append(next((words for words in of_row if wording.matching(words, kind, *numbers)), None))
    return found


def is_computed(claim: Mapping) -> bool:
    """Return True for a row computed from claims (`comparisons.remainder_claims`), False for a claim."""
    return isinstance(claim.get("computed"), str)
