"""What became of a case, a party and a charge, read off the typed steps and sentences.

A state is what the last reported steps leave; later steps are not in the record. A step without a printed
day counts in the order in which it was typed: the steps of a case stand in order of time.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from qantar.record import amounts

Row = Any  # a row of a clean table, as `itertuples` gives it
STATES = ("open", "pending", "convicted", "penalised", "ended", "not_told")

# After these an accused is under investigation or on trial. Steps that are named nowhere change no state.
_OPEN = {
    *("case_opened", "reopened", "detained", "remand", "house_arrest", "travel_restriction", "charged"),
    *("reclassified", "reinstated", "sent_to_court", "trial_started", "under_way", "suspended", "hearing"),
}
# Of these, the ones that open a case even after a conviction; to be held or moved after a verdict does not.
_REOPENS = {"reopened", "reinstated", "charged"}
_AFTER = {
    ("verdict", "guilty"): "convicted",
    ("verdict", "not_guilty"): "ended",
    ("appeal_decided", "upheld"): "convicted",
    ("appeal_decided", "changed"): "convicted",
    ("appeal_decided", "not_guilty"): "ended",
    ("amnesty_decided", "granted"): "ended",
    ("parole_decided", "granted"): "ended",
}
CUSTODY = {
    *("detained", "remand", "house_arrest", "travel_restriction", "released", "transferred", "fled"),
    "summoned",
}
_NOT_OF_THE_CHARGE = CUSTODY | {
    *("under_way", "appeal_filed", "amnesty_requested", "deferred", "sentence_replaced", "serving_resumed"),
    *("parole_decided", "hearing", "review"),
}
# The currencies in which a fine may be printed, and how they are called.
CURRENCIES = {"EUR": "EUR", "KZT": "tenge"}
_SERVED = {"ended", "amnestied", "annulled"}


def of_party(steps: Iterable[Row], sentences: Sequence[Row]) -> str:
    """Return the state of one party: open, convicted, ended or not_told.

    open: investigated, charged or on trial. convicted: found guilty, and no source says that the sentence
    was served, remitted or annulled. ended: closed, all charges dropped, acquitted, amnestied, paroled or
    served. `steps` are the party's, in order of time; `sentences` those given to it.
    """
    state = "not_told"
    for step in steps:
        if step.step in _OPEN:
            if state != "convicted" or step.step in _REOPENS:
                state = "open"
        elif step.step == "closed" or (step.step == "dropped" and pd.isna(step.charge_id)):
            state = "ended"
        elif step.step in ("serving_resumed", "penalised"):
            state = "convicted"
        else:
            state = _AFTER.get((step.step, step.outcome), state)
    all_served = bool(sentences) and {sentence.state for sentence in sentences} <= _SERVED
    return "ended" if all_served and state != "open" else state


def of_case(party_states: Iterable[str]) -> str:
    """Return the state of a case from those of its accused: the first that one has; ended where all are."""
    states = set(party_states)
    for state in ("open", "convicted", "penalised"):
        if state in states:
            return state
    return "ended" if states == {"ended"} else "not_told"


def without_accused(steps: Iterable[Row]) -> str:
    """Return the state of a case of which no accused is told: pending where it was last said to be under way.

    Else not_told: what was done in such a case may concern some of it only. `steps` are in order of time.
    """
    of_all = [step for step in steps if pd.isna(step.party_id) and step.step not in CUSTODY]
    return "pending" if of_all and of_all[-1].step == "under_way" else "not_told"


def steps_of_charge(charge: Row, case_id: str, steps: Iterable[Row]) -> list[Row]:
    """Return the steps on one charge, or on all charges of its party, in order of time.

    They end with the one that made another charge of it, unless the charge was reinstated after that.
    """
    own = [step for step in steps if step.case_id == case_id and _concerns(step, charge)]
    changes = [n for n, step in enumerate(own) if not pd.isna(step.into_charge_id)]
    if not changes or any(step.step == "reinstated" for step in own[changes[-1] :]):
        return own
    return own[: changes[-1] + 1]


def _concerns(step: Row, charge: Row) -> bool:
    of_party = pd.isna(step.party_id) or step.party_id == charge.party_id
    return of_party and (pd.isna(step.charge_id) or step.charge_id == charge.charge_id)


def of_charge(steps: Sequence[Row]) -> str:
    """Return what became of a charge: the last of its steps, with its outcome ("verdict guilty"), or "".

    Custody does not count, nor does what is decided on serving a sentence.
    """
    became = ""
    for step in steps:
        if step.step not in _NOT_OF_THE_CHARGE and step.outcome != "refused":
            became = step.step if pd.isna(step.outcome) else f"{step.step} {step.outcome}"
        if step.step in ("parole_decided", "serving_resumed"):
            break
    return became


def sentence_words(row: Row) -> str:
    """Return one part of a sentence as words: prison up to 3 years; fine 50,000 tenge (annulled).

    `row` has bound, value, value_to, unit, kind and state, and as_printed, the words that carry its number.
    """
    is_told = row.kind != "not_told"
    kind = row.kind.replace("_", " ") if is_told else "a sentence of a kind that is not told:"
    state = "" if row.state == "immediate" else f" ({row.state})"
    if pd.isna(row.bound):
        words = f"{kind}, how much is not told" if is_told else "a sentence, of what kind is not told"
        return f"{words}{state}"
    number = {name: getattr(row, name) for name in ("bound", "value", "value_to", "unit", "as_printed")}
    is_one = not pd.isna(row.value) and row.value == 1 and pd.isna(row.value_to)
    unit = CURRENCIES.get(row.unit, row.unit if is_one else f"{row.unit}s")
    how_much = amounts.amount(number)
    return f"{kind} {how_much} {unit}{state}"
