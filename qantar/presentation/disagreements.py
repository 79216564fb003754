"""Claims set against each other, in words: what contradicts what, and which figures repeat one statement."""

import pandas as pd

from qantar.presentation import markdown, sentences

# What is meant for use elsewhere, which Tab lists.
__all__ = ["EXCLUDES", "exclusions", "pairs_as_bullets", "repetitions"]


def __dir__() -> list[str]:
    return __all__


# How two figures exclude each other, by column dates of `comparisons.conflicts`.
EXCLUDES = {
    "same": "on the same days",
    "fell": "and the count would have fallen",
    "open": "on any one day; the days of one are not known",
}
_EXPLAINED = {
    "same": "They contradict each other: both describe the same days.",
    "fell": (
        "A count of everybody up to a day cannot fall: one of the two is in error, or they count differently."
    ),
    "open": (
        "Yet the days for which they hold are not all known. A later figure may be higher because more "
        "became known, because it counts other people or another span of time, or because one of the two is "
        "in error; the figures alone do not tell which."
    ),
}
_COUNTED_THING = ["measure_id", "place_id", "case_id", "assembly_id", "incident_id"]


def exclusions(rows: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """Return which claims cannot both be right of one day, a paragraph for each claim and kind of dates.

    `rows` are claims; `pairs` of others that exclude each other (`comparisons.conflicts`) are left out.
    """
    if rows.empty:
        return f"There is {sentences.NOTHING} to set against another."
    pairs = pairs[pairs["claim_id"].isin(rows["claim_id"])]
    if pairs.empty and not rows.duplicated(_COUNTED_THING).any():
        return (
            "None of these figures can be checked against another: each counts something else, and only one "
            "report prints it."
        )
    if pairs.empty:
        return (
            "None of these figures contradicts another: one number could satisfy both, or they describe "
            "different days."
        )
    words = {claim["claim_id"]: sentences.said(claim) for claim in rows.to_dict("records")}
    paragraphs = []
    for (first, how), group in pairs.groupby(["claim_id", "dates"], sort=False):
        others = sentences.listed(group["other_id"].map(words), "or")
        cannot = f"On any one day, {words[first]} cannot be right together with {others}."
        paragraphs.append(f"{cannot} {_EXPLAINED[how]}")
    return "\n\n".join(paragraphs)


def pairs_as_bullets(pairs: pd.DataFrame, rows: pd.DataFrame, joiner: str) -> str:
    """Return pairs (claim_id and other_id) of the claims `rows` as bullets, `joiner` between the two."""
    words = {claim["claim_id"]: sentences.said(claim) for claim in rows.to_dict("records")}
    return markdown.bulleted(
        f"{words[pair.claim_id]}, {joiner} {words[pair.other_id]}" for pair in pairs.itertuples()
    )


def repetitions(rows: pd.DataFrame) -> str:
    """Return the claims that repeat one statement or event (same_statement), a bullet for each statement."""
    repeated = rows[rows["same_statement"].duplicated(keep=False)]
    lines = []
    for _, group in repeated.groupby("same_statement", sort=False):
        reports = sentences.listed(_printed_in(claim) for claim in group.to_dict("records"))
        lines.append(f"{sentences.count(len(group), 'figure').capitalize()}, counted once: {reports}.")
    return markdown.bulleted(lines or ["no statement that is repeated in these reports"])


def _printed_in(claim):
    return f"{sentences.linked(claim)} ({sentences.reference(claim)})"
