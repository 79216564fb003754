"""What became of a case, a party and a charge: read off the typed steps and sentences, nothing added.

One idea: a state is what the last reported steps leave, never what is so today. Later steps are not in the record, and a step of
which no day is told counts in the order in which it was typed, since the steps of a case stand in order of time.
"""

import pandas as pd

# What a step leaves for the parties it concerns; steps that are not named here (appeal_filed, transferred, ...) leave what was.
_OPEN = {
    *(
        "case_opened",
        "reopened",
        "detained",
        "remand",
        "house_arrest",
        "travel_restriction",
        "charged",
        "reclassified",
        "reinstated",
    ),
    *("sent_to_court", "trial_started", "under_way", "suspended"),
}
_BY_OUTCOME = {
    ("verdict", "guilty"): "convicted",
    ("verdict", "not_guilty"): "ended",
    ("appeal_decided", "upheld"): "convicted",
    ("appeal_decided", "changed"): "convicted",
    ("appeal_decided", "not_guilty"): "ended",
    ("amnesty_decided", "granted"): "ended",
    ("parole_decided", "granted"): "ended",
}
CUSTODY = {
    "detained",
    "remand",
    "house_arrest",
    "travel_restriction",
    "released",
    "transferred",
    "fled",
    "summoned",
}
_NOT_OF_THE_CHARGE = CUSTODY | {
    *(
        "under_way",
        "appeal_filed",
        "amnesty_requested",
        "deferred",
        "sentence_replaced",
        "serving_resumed",
        "parole_decided",
    ),
}
_SERVED = {"ended", "amnestied", "annulled"}


def of_party(steps, sentences):
    """Return the state of one party from its `steps` and `sentences`, both lists of rows, the steps in order of time: open, convicted, ended or not_told.

    open: investigated, charged or on trial. convicted: found guilty, and it is not told that the sentence was served, remitted or
    annulled. ended: closed, all charges dropped, acquitted, amnestied, paroled or served.
    """
    state = "not_told"
    for step in steps:
        if step.step in _OPEN:
            # What is decided stays decided: to be held or moved after a verdict opens no case again.
            if state != "convicted" or step.step in ("reopened", "reinstated", "charged"):
                state = "open"
        elif step.step == "closed" or (step.step == "dropped" and pd.isna(step.charge_id)):
            state = "ended"
        elif step.step in ("serving_resumed", "penalised"):
            state = "convicted"
        else:
            state = _BY_OUTCOME.get((step.step, step.outcome), state)
    if state != "open" and sentences and {sentence.state for sentence in sentences} <= _SERVED:
        return "ended"
    return state


def of_case(party_states):
    """Return the state of a case from those of its accused: open where one is, else convicted or penalised where one is, ended where all are."""
    states = set(party_states)
    return next(
        (state for state in ("open", "convicted", "penalised") if state in states),
        "ended" if states == {"ended"} else "not_told",
    )


def steps_of_charge(charge, case_id, steps):
    """Return the steps on one charge, or on all charges of its party, in order, up to the one that made another charge of it.

    `charge` has charge_id and party_id, `steps` are rows of clean steps, as `itertuples` gives them. A charge that became another has no part in what came
    after, unless it was reinstated.
    """
    own = [
        step
        for step in steps
        if step.case_id == case_id
        and (pd.isna(step.party_id) or step.party_id == charge.party_id)
        and (pd.isna(step.charge_id) or step.charge_id == charge.charge_id)
    ]
    changed = max((n for n, step in enumerate(own) if not pd.isna(step.into_charge_id)), default=None)
    came_back = changed is not None and any(step.step == "reinstated" for step in own[changed:])
    return own if changed is None or came_back else own[: changed + 1]


def of_charge(steps):
    """Return what became of a charge, from the steps on it or on all charges of its party: the last one, with its outcome.

    Where a person is held, and what is decided of serving the sentence once it stands, is nothing that becomes of the charge.
    """
    serving = next(
        (n for n, step in enumerate(steps) if step.step in ("parole_decided", "serving_resumed")), len(steps)
    )
    told = [
        step
        for step in steps[: serving + 1]
        if step.step not in _NOT_OF_THE_CHARGE and step.outcome != "refused"
    ]
    if not told:
        return ""
    return told[-1].step if pd.isna(told[-1].outcome) else f"{told[-1].step} {told[-1].outcome}"


def sentence_words(row):
    """Return one part of a sentence as words: prison 3 years; fine 60 to 200 EUR; fine, no amount told."""
    kind = row.kind.replace("_", " ")
    state = "" if row.state == "immediate" else f" ({row.state})"
    if pd.isna(row.bound):
        return f"{kind}, how much is not told{state}"
    if pd.isna(row.value):
        return f"{kind} {row.bound} {row.unit}s{state}"
    number = f"{float(row.value):g}" + ("" if pd.isna(row.value_to) else f" to {float(row.value_to):g}")
    unit = row.unit if row.unit == "EUR" or number == "1" else f"{row.unit}s"
    return f"{kind} {number} {unit}{state}"
