"""The parser of printed quantities."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qantar.record import english, wording

E = "exact"


# fmt: off
@pytest.mark.parametrize(("printed", "kind", "value", "value_to"), [
    ("227 people were killed", E, 227, None), ("only eight", E, 8, None), ("a total of 18", E, 18, None),
    ("at least 10,000 persons", "at_least", 10_000, None), ("around 1500 people", "about", 1500, None),
    ("over 230", "more_than", 230, None), ("more than 200", "more_than", 200, None),
    ("no fewer than 7", "at_least", 7, None), ("no more than 7", "at_most", 7, None),
    ("up to 15 days", "at_most", 15, None), ("as many as 30", "at_most", 30, None),
    ("nearly 40", "less_than", 40, None), ("close to 3,000 criminal cases", "about", 3000, None),
    ("a total of some 50", "about", 50, None), ("an estimated 10,000", "about", 10_000, None),
    ("20 or so", "about", 20, None), ("232 or more", "at_least", 232, None), ("20+", "at_least", 20, None),
    ("~20", "about", 20, None), ("> 20", "more_than", 20, None), ("at most 9 people", "at_most", 9, None),
    ("between 213 and 219", "between", 213, 219), ("five to 15 days", "spread", 5, 15),
    ("60 to 200 EUR", "spread", 60, 200), ("five or six people", "between", 5, 6),
    ("between 10% and 15%", "between", 10, 15), ("from 5 days to 15 days", "spread", 5, 15),
    ("1,5 years", E, 1.5, None), ("twenty-five people", E, 25, None), ("twice", E, 2, None),
    ("one thousand people", E, 1000, None), ("a hundred", E, 100, None), ("1.5 million", E, 1_500_000, None),
    ("two hundred and five people", E, 205, None), ("exceeded 200", "more_than", 200, None),
    ("at least another 20", "at_least", 20, None), ("over EUR 200", "more_than", 200, None),
    ("half-dozen", E, 6, None), ("a dozen", E, 12, None), ("dozen", E, 12, None),
    ("two dozen", E, 24, None), ("three dozen", E, 36, None),
    ("more than a dozen people", "more_than", 12, None),
    ("347 out of 432", E, 347, None), ("347 out of 432", E, 432, None), ("for the 11th time", E, 11, None),
    ("more than 50 percent of the 190", "more_than", 50, None), ("of the 190", E, 190, None),
    ("as of 11th January 2022, at least 10,000", "at_least", 10_000, None),
    ("several thousand injured", "thousands", None, None), ("several dozen cases", "dozens", None, None),
    ("tens of thousands of people", "thousands", None, None), ("hundreds of people", "hundreds", None, None),
    ("a few trials", "several", None, None), ("some activists", "several", None, None),
    ("most of those detained", "most", None, None), ("the majority", "most", None, None),
    ("a large number of dead bodies", "many", None, None), ("none of them", "none", None, None),
    ("no one was held", "none", None, None), ("no-one was held", "none", None, None),
    ("None of those responsible are known", "none_known", None, None),
    ("the number could be much higher", "higher", None, None),
    ("a TV crew driver died", E, 1, None), ("was fatally shot", "at_least", 1, None),
])
def test_the_parser_reads_what_the_words_say(printed, kind, value, value_to):
    assert wording.matching(printed, kind, value, value_to), wording.read(printed)


@pytest.mark.parametrize(("printed", "kind", "value"), [
    ("article 272.1", E, 272.1), ("under articles 272 and 269", E, 269), ("on 5 January 2022", E, 5),
    ("January 7, 2022", E, 7), ("in 2022", E, 2022), ("four-year-old", E, 4), ("two-thirds of them", E, 2),
    ("increased from 213 to 219", "between", 213), ("the most serious", "most", None),
    ("10 and more than 20", "at_least", 10), ("10.000 people", E, 10), ("at 14:00", E, 14),
    ("COVID-19", E, 19), ("no well-known activist", "none_known", None), ("at most 9", "most", None),
    ("some 20 people", "several", None), ("dozens of people", E, 12), ("several thousand", E, 1000),
    ("213 and 219 people", "between", 213), ("9 to 5 people", "spread", 9), ("five to 15 days", E, 15),
    ("not exceeding 9", "more_than", 9), ("227 people", "several", None), ("he said", E, 1),
])
def test_the_parser_does_not_read_what_the_words_do_not_say(printed, kind, value):
    assert (kind, value) not in {(q.bound, q.value) for q in wording.read(printed)}


@pytest.mark.parametrize(("printed", "rough"), [
    ("a dozen", True), ("12 people", False), ("one or two dozen", True), ("a dozen or 20", True),
    ("around 10 to 20", True), ("10 to 20", False),
])
def test_a_round_word_is_marked_as_rough(printed, rough):
    assert {q.rough for q in wording.read(printed)} == {rough}


@pytest.mark.parametrize(("printed", "words"), [
    ("several thousand people", ["several thousand"]), ("227 people", [""]),
    ("many of them, and none of the others", ["many", "none"]),
])
def test_a_quantity_word_is_kept_where_no_number_is_printed(printed, words):
    assert [q.word for q in wording.read(printed)] == words
# fmt: on


def test_curly_quotes_and_line_breaks_make_no_difference():
    assert wording.read("“at\nleast” 20") == wording.read('"at least" 20')


@given(
    st.integers(2, 10**7),
    st.sampled_from(
        [("at least", "at_least"), ("more than", "more_than"), ("up to", "at_most"), ("", "exact")]
    ),
)
def test_digits_and_their_qualifier_are_read_with_and_without_separators(n, qualifier):
    assume(not 1900 <= n <= 2099)
    words, kind = qualifier
    for printed in (f"{words} {n:,} people", f"{words} {n} people"):
        assert [(q.value, q.bound) for q in wording.read(printed)] == [(n, kind)]


def test_number_words_to_a_hundred_are_read():
    spelt = [*english.ONES, *(f"{ten}-{one}" for ten in english.TENS for one in ("", *english.ONES[1:10]))]
    values = [wording.read(f"{word.rstrip('-')} people")[0].value for word in spelt]
    assert values == list(range(100))


@given(st.text(max_size=60))
def test_the_parser_reads_any_text_without_failing(text):
    wording.read(text)


# fmt: off
@pytest.mark.parametrize(("contexts", "bound", "value", "problem"), [
    (["killed at least 232"], "exact", 232, 'the text reads at_least 232: "killed at least 232"'),
    (["killed at least 232"], "at_least", 232, None),
    (["at least 232 died", "and 232 people"], "exact", 232, None),
    (["at least 232", "over 232"], "exact", 232, 'the text reads at_least 232: "at least 232"'),
    (["at least 232 died", "no number"], "exact", 232, None), (["at least 232"], "several", None, None),
    ([], "exact", 232, None),
])
def test_words_that_are_cut_short_are_read_in_their_context(contexts, bound, value, problem):
    assert wording.cut_short(contexts, bound, value) == problem


@pytest.mark.parametrize(("printed", "typed", "problem"), [
    ("at least 232", ("at_least", 232), None),
    ("347 out of 432", ("exact", 374),
     'exact 374 is typed, but "347 out of 432" reads as exact 347, or exact 432'),
    ("between 5 and 1500", ("between", 5, 15),
     'between 5 15 is typed, but "between 5 and 1500" reads as between 5 1,500, or spread 5 1,500'),
    ("many, and numerous others", ("several", None),
     'several is typed, but "many, and numerous others" reads as many'),
    ("they", ("exact", 1), 'exact 1 is typed, but "they" prints no quantity that can be read'),
])
def test_a_disagreement_names_what_is_typed_and_what_is_printed(printed, typed, problem):
    assert wording.disagreement(printed, *typed) == problem
# fmt: on


def test_some_of_whom_even_one_was_killed_are_at_least_one():
    assert wording.matching("and even killed when hit by bullets", "at_least", 1)
    assert not wording.matching("were killed when hit by bullets", "at_least", 1)
