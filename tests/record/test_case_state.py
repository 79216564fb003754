"""What became of a case, a party and a charge."""

from types import SimpleNamespace

import pytest

from qantar.record import case_state

NA = None


def steps(*words):
    """Rows of steps, a word for each cell: "verdict guilty", "charged @charge", "closed !party #case"."""
    rows = []
    for text in words:
        row = SimpleNamespace(case_id="case", party_id=NA, charge_id=NA, into_charge_id=NA, outcome=NA)
        row.step, *more = text.split()
        for word in more:
            column = {"@": "charge_id", ">": "into_charge_id", "!": "party_id", "#": "case_id"}.get(word[0])
            setattr(row, column or "outcome", word[1:] if column else word)
        rows.append(row)
    return rows


def sentences(*states):
    return [SimpleNamespace(state=state) for state in states]


# fmt: off
@pytest.mark.parametrize(("told", "served", "state"), [
    ([], [], "not_told"), (["summoned", "appeal_filed"], [], "not_told"),
    *(([step], [], "open") for step in sorted(case_state._OPEN)),
    (["charged", "closed"], [], "ended"), (["closed", "reopened"], [], "open"),
    (["closed", "sent_to_court"], [], "open"), (["charged", "dropped"], [], "ended"),
    (["charged", "dropped @riots"], [], "open"), (["verdict guilty"], [], "convicted"),
    (["verdict not_guilty"], [], "ended"), (["verdict guilty", "appeal_filed"], [], "convicted"),
    (["verdict not_guilty", "appeal_decided upheld"], [], "convicted"),
    (["verdict guilty", "appeal_decided changed"], [], "convicted"),
    (["verdict guilty", "appeal_decided not_guilty"], [], "ended"),
    (["appeal_decided changed"], [], "convicted"), (["verdict guilty", "remand"], [], "convicted"),
    (["verdict guilty", "reopened"], [], "open"), (["verdict guilty", "reinstated"], [], "open"),
    (["verdict guilty", "charged"], [], "open"),
    (["verdict guilty", "amnesty_decided granted"], [], "ended"),
    (["verdict guilty", "amnesty_decided refused"], [], "convicted"),
    (["verdict guilty", "parole_decided granted"], [], "ended"),
    (["verdict guilty", "parole_decided granted", "serving_resumed"], [], "convicted"),
    (["charged", "review"], [], "open"), (["closed", "review"], [], "ended"), (["review"], [], "not_told"),
    (["verdict guilty", "hearing"], [], "convicted"), (["verdict not_guilty", "hearing"], [], "open"),
    (["penalised"], [], "convicted"), (["verdict guilty"], ["ended", "amnestied", "annulled"], "ended"),
    (["verdict guilty"], ["ended", "immediate"], "convicted"),
    (["verdict guilty", "reopened"], ["annulled"], "open"),
])
def test_the_last_reported_steps_give_the_state_of_a_party(told, served, state):
    assert case_state.of_party(steps(*told), sentences(*served)) == state


@pytest.mark.parametrize(("states", "state"), [
    (["ended", "convicted", "open"], "open"), (["ended", "penalised", "convicted"], "convicted"),
    (["ended", "penalised"], "penalised"), (["ended", "ended"], "ended"),
    (["ended", "not_told"], "not_told"), ([], "not_told"),
])
def test_the_state_of_a_case_is_that_of_the_accused_who_is_worst_off(states, state):
    assert case_state.of_case(states) == state


@pytest.mark.parametrize(("told", "state"), [
    (["under_way"], "pending"), (["hearing", "under_way"], "pending"), (["under_way", "released"], "pending"),
    ([], "not_told"), (["trial_started"], "not_told"), (["under_way", "closed"], "not_told"),
    (["under_way !witness"], "not_told"), (["closed", "under_way"], "pending"),
])
def test_a_case_without_an_accused_is_pending_where_it_was_last_said_to_be(told, state):
    assert case_state.without_accused(steps(*told)) == state


@pytest.mark.parametrize(("told", "own", "became"), [
    ([], [], ""),
    (["charged @riots", "charged @false", "closed !other", "closed #elsewhere"], [0], "charged"),
    (["charged", "verdict guilty !party"], [0, 1], "verdict guilty"),
    (["charged @riots", "reclassified @riots >rules", "verdict guilty"], [0, 1], "reclassified"),
    (["reclassified @riots >rules", "reinstated @riots", "verdict guilty"], [0, 1, 2], "verdict guilty"),
    (["reinstated @riots", "reclassified @riots >rules", "verdict guilty"], [0, 1], "reclassified"),
    (["penalised", "amnesty_decided refused", "appeal_filed", "released"], [0, 1, 2, 3], "penalised"),
    (["verdict guilty", "parole_decided granted", "amnesty_decided granted"], [0, 1, 2], "verdict guilty"),
    (["verdict guilty", "serving_resumed", "closed"], [0, 1, 2], "verdict guilty"),
    (["remand", "summoned", "deferred", "sentence_replaced"], [0, 1, 2, 3], ""),
    (["charged", "hearing", "review"], [0, 1, 2], "charged"),
])
def test_a_charge_became_what_the_last_of_its_own_steps_says(told, own, became):
    rows = steps(*told)
    charge = SimpleNamespace(charge_id="riots", party_id="party")
    found = case_state.steps_of_charge(charge, "case", rows)
    assert found == [rows[n] for n in own]
    assert case_state.of_charge(found) == became


@pytest.mark.parametrize(("kind", "numbers", "unit", "state", "printed", "words"), [
    ("prison", ("exact", 3, NA), "year", "immediate", "three years in prison", "prison 3 years"),
    ("restricted_freedom", ("exact", 1, NA), "year", "ended", NA, "restricted freedom 1 year (ended)"),
    ("fine", ("spread", 60, 200.5), "EUR", "immediate", NA, "fine 60 to 200.5 EUR"),
    ("fine", ("about", 50000, NA), "KZT", "immediate", "some 50,000 tenge", "fine some 50,000 tenge"),
    ("house_arrest", ("spread", 1, 15), "day", "immediate", NA, "house arrest 1 to 15 days"),
    ("prison", ("several", NA, NA), "year", "deferred", "a few years", "prison a few years (deferred)"),
    ("prison", ("several", NA, NA), "year", "deferred", NA, "prison several years (deferred)"),
    ("activity_ban", ("at_most", 1, NA), "year", "immediate", "up to one year", "activity ban up to 1 year"),
    ("not_told", (NA, NA, NA), NA, "immediate", NA, "a sentence, of what kind is not told"),
    ("not_told", ("at_least", 3, NA), "year", "deferred", "at least three years",
     "a sentence of a kind that is not told: at least 3 years (deferred)"),
    ("account_freeze", (NA, NA, NA), NA, "annulled", NA, "account freeze, how much is not told (annulled)"),
])
def test_a_sentence_is_put_into_words(kind, numbers, unit, state, printed, words):
    bound, value, value_to = numbers
    numbers = {"bound": bound, "value": value, "value_to": value_to, "unit": unit}
    row = SimpleNamespace(kind=kind, **numbers, state=state, as_printed=printed)
    assert case_state.sentence_words(row) == words
# fmt: on
