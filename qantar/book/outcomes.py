"""What finally became of accused people and of assemblies, in words for the reference pages.

The final outcome governs: whoever was acquitted, amnestied or cleared is shown as that wherever an earlier
charge, conviction or penalty stands.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from qantar.presentation import markdown, sentences
from qantar.record import Record, tables

_WORDS = {
    ("verdict", "not_guilty"): "acquitted",
    ("appeal_decided", "not_guilty"): "acquitted",
    ("amnesty_decided", "granted"): "amnestied",
    ("parole_decided", "granted"): "released on parole",
    ("closed", None): "case closed",
    ("dropped", None): "charges dropped",
}


class Outcome(NamedTuple):
    """How it ended for one party: in a word, and the index of the step (in record.steps) that ended it."""

    party: str
    words: str
    step: int


def final_outcomes(record: Record) -> dict[str, Outcome]:
    """Return how the case ended in favour of each accused party for whom it did, by party_id."""
    accused = record.parties[record.parties["case_id"].notna() & (record.parties["state"] == "ended")]
    steps = tables.groups(record.steps[~record.steps["expected"]], "case_id")
    found = {}
    for party in accused.itertuples():
        for step in steps[party.case_id]:
            words = _ending(step)
            if words and (pd.isna(step.party_id) or step.party_id == party.party_id):
                found[party.party_id] = Outcome(party.label, words, step.Index)
    return found


def of_case(record: Record) -> dict[str, str]:
    """Return how each case ended in which an accused was acquitted, amnestied or cleared, by case_id.

    Where it did not end so for everybody, the parties for whom it did are named by their label.
    """
    outcomes = final_outcomes(record)
    said = {}
    for case, parties in _accused(record).items():
        ended = [outcomes[party] for party in parties if party in outcomes]
        if ended:
            said[case] = _told(ended, len(ended) == len(parties))
    return said


def _accused(record):
    accused = record.parties[record.parties["role"].isin(["accused", "suspect"])]
    return {case: list(rows) for case, rows in accused.groupby("case_id")["party_id"]}


def _ending(step):
    if step.step == "dropped" and not pd.isna(step.charge_id):
        return None  # of one charge among several
    return _WORDS.get((step.step, None if pd.isna(step.outcome) else step.outcome))


def by_step(record: Record) -> dict[str, str]:
    """Return what is said beside a step whose party was later acquitted, amnestied or cleared, by step_id.

    Where the step concerns a whole case and only some of its accused were, they are named by their label.
    """
    outcomes = final_outcomes(record)
    accused = _accused(record)
    said = {}
    for step in record.steps.itertuples():
        parties = accused.get(step.case_id, []) if pd.isna(step.party_id) else [step.party_id]
        later = [outcomes[party] for party in parties if party in outcomes]
        later = [outcome for outcome in later if outcome.step > step.Index]
        if later:
            said[step.step_id] = f"later {_told(later, len(later) == len(parties))}"
    return said


def _told(outcomes, is_everybody):
    if is_everybody and len({outcome.words for outcome in outcomes}) == 1:
        return outcomes[0].words
    return "; ".join(f"{outcome.words} ({markdown.escape(outcome.party)})" for outcome in outcomes)


_HELD = {
    "yes": "held",
    "partly": "held in part",
    "prevented": "prevented: nobody could gather",
    "planned": "planned, as of the report",
    "unknown": "whether it was held is not told",
}
_PERMISSION = {
    "denied": "permission refused",
    "deemed_unlawful": "deemed unlawful",
    "granted": "permission granted",
}
_TIMES = {"before": "before it", "during": "at the time", "after": "after it"}


def of_assembly(assembly: Mapping, restrictions: Iterable) -> str:
    """Return what became of an assembly: permission refused; whether it was held is not told; before it: ...

    `restrictions` are its rows of `views.events`. What is our reading is marked.
    """
    parts = [
        *(f"{name}: our reading" for name in sentences.readings(assembly, "place_id", "organiser")),
        sentences.with_reading(_PERMISSION.get(assembly["permission"], ""), assembly, "permission"),
        sentences.with_reading(_HELD[assembly["held"]], assembly, "held"),
    ]
    by_time = {time: [] for time in (*_TIMES, None)}
    for row in restrictions:
        hedge = "" if row.hedge == "stated" else f" ({markdown.spelt(row.hedge)})"
        kind = f"{markdown.spelt(row.kind)}{hedge}"
        of_time = by_time[None if pd.isna(row.timing) else row.timing]
        if row.kind not in ("permission_denied", "prevented") and kind not in of_time:
            of_time.append(kind)
    for time, kinds in by_time.items():
        if kinds:
            parts.append(f"{_TIMES.get(time, 'no time told')}: {sentences.listed(kinds)}")
    return "; ".join(filter(None, parts))
