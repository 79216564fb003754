"""Bounds of reported numbers: the codebook's table, the arithmetic, and the parser of printed words."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qantar.record import bounds, wording

counts = st.integers(0, 100_000)
percents = st.floats(0, 100)


@st.composite
def firm_counts(draw):
    """Firm bounds of a count, each end possibly missing."""
    low, high = sorted([draw(counts), draw(counts)])
    return bounds.Bounds(draw(st.sampled_from([low, None])), draw(st.sampled_from([high, None])))


@st.composite
def typed(draw):
    """A bound with the values that it needs, as typed: (bound, value, value_to)."""
    kind = draw(st.sampled_from(bounds.KINDS))
    if kind in bounds.NO_NUMBER:
        return kind, None, None
    low, high = sorted([draw(counts), draw(counts)])
    if kind in bounds.TWO_NUMBERS:
        return kind, low, high
    return kind, max(low, 1), None


# --- wording to bounds: the table of data/README.md ---


@pytest.mark.parametrize(
    ("kind", "value", "value_to", "low", "high", "firm"),
    [
        ("exact", 227, None, 227, 227, True),
        ("at_least", 232, None, 232, None, True),
        ("more_than", 230, None, 231, None, True),
        ("at_most", 15, None, None, 15, True),
        ("less_than", 40, None, None, 39, True),
        ("between", 213, 219, 213, 219, True),
        ("spread", 5, 15, 5, 15, True),
        ("none", None, None, 0, 0, True),
        ("none_known", None, None, 0, None, True),
        ("about", 130, None, None, None, True),
        ("several", None, None, 2, None, False),
        ("dozens", None, None, 24, None, False),
        ("hundreds", None, None, 200, None, False),
        ("thousands", None, None, 2000, None, False),
        ("many", None, None, None, None, False),
        ("higher", None, None, None, None, False),
    ],
)
def test_a_wording_supports_these_bounds_and_no_more(kind, value, value_to, low, high, firm):
    found = bounds.bounds(kind, value, value_to)
    assert (found.low, found.high) == (low, high)
    assert found.firm == firm or (low, high) == (None, None)


def test_more_than_a_dozen_is_a_reading():
    quantity = wording.matching("more than a dozen", "more_than", 12)
    assert quantity.rough
    found = bounds.bounds("more_than", 12, rough=quantity.rough)
    assert (found.low, found.high, found.firm) == (13, None, False)


def test_over_70_percent_is_above_70_and_up_to_100():
    found = bounds.bounds("more_than", 70, percent=True)
    assert (found.low, found.high, found.low_open, found.high_open) == (70, 100, True, False)


def test_most_of_190_is_at_least_96_and_at_most_190():
    found = bounds.bounds("most", whole=bounds.Bounds(190, 190))
    assert (found.low, found.high) == (96, 190)


def test_most_of_an_unknown_whole_has_no_bounds():
    assert bounds.bounds("most") == bounds.UNKNOWN


@pytest.mark.parametrize(
    ("kind", "value", "value_to"),
    [
        ("exactly", 1, None),
        ("exact", None, None),
        ("several", 3, None),
        ("between", 5, None),
        ("between", 9, 5),
        ("exact", 1, 2),
        ("exact", -1, None),
        ("exact", math.nan, None),
        ("less_than", 0, None),
        ("less_than", 1, 2),
    ],
)
def test_value_and_bound_that_do_not_belong_together_are_refused_with_a_sentence(kind, value, value_to):
    with pytest.raises(ValueError, match=r"\w+ .*\w"):
        bounds.bounds(kind, value, value_to)


@given(typed())
def test_low_is_never_above_high(claim):
    found = bounds.bounds(*claim)
    assert found.low is None or found.high is None or found.low <= found.high


@given(st.integers(1, 100_000))
def test_a_wider_wording_never_gives_narrower_bounds(n):
    def wider(a, b):
        return (b.low is None or (a.low is not None and b.low <= a.low)) and (
            b.high is None or (a.high is not None and b.high >= a.high)
        )

    exact, at_least, more_than = (bounds.bounds(kind, n) for kind in ("exact", "at_least", "more_than"))
    at_most, less_than, about = (bounds.bounds(kind, n) for kind in ("at_most", "less_than", "about"))
    between = bounds.bounds("between", n - 1, n + 1)
    for narrow, wide in [
        (exact, at_least), (more_than, at_least), (exact, at_most), (less_than, at_most), (exact, between),
        (exact, about), (between, about), (at_least, about), (bounds.bounds("none"), bounds.bounds("none_known")),
    ]:  # fmt: skip
        assert wider(narrow, wide)


@given(st.integers(1, 99), st.sampled_from(["exact", "at_least", "more_than", "at_most", "less_than"]))
def test_a_percentage_stays_within_0_and_100(n, kind):
    found = bounds.bounds(kind, n, percent=True)
    assert 0 <= found.low <= found.high <= 100


# --- arithmetic that keeps firm bounds ---


def test_347_of_432_is_80_point_3_percent():
    found = bounds.share(bounds.Bounds(347, 347), bounds.Bounds(432, 432))
    assert round(found.low, 1) == round(found.high, 1) == 80.3


def test_more_than_one_and_a_half_things_are_at_least_two():
    assert bounds.bounds("more_than", 1.5).low == 2
    assert bounds.bounds("less_than", 1.5).high == 1


def test_a_share_of_a_whole_is_computed_without_the_error_of_binary_fractions():
    assert bounds.part_of(bounds.Bounds(4.4, 4.4), bounds.Bounds(750, 750)) == bounds.Bounds(33, 33)
    rounded = bounds.part_of(bounds.Bounds(80.3, 80.3), bounds.Bounds(432, 432))
    assert rounded.low <= 347 <= rounded.high


def test_more_than_half_of_190_is_at_least_96():
    assert bounds.part_of(bounds.bounds("more_than", 50, percent=True), bounds.Bounds(190, 190)).low == 96


@pytest.mark.parametrize(
    ("total", "left"),
    [
        (bounds.Bounds(227, 227), (208, 208)),
        (bounds.Bounds(232, None), (213, None)),
        (bounds.Bounds(238, None), (219, None)),
    ],
)
def test_a_total_less_19_officers_leaves(total, left):
    rest = bounds.difference(total, bounds.Bounds(19, 19))
    assert (rest.low, rest.high) == left


@given(firm_counts(), firm_counts())
def test_a_share_lies_within_0_and_100_and_missing_stays_missing(part, whole):
    assume(part.low is None or whole.high is None or part.low <= whole.high)
    found = bounds.share(part, whole)
    assert all(end is None or 0 <= end <= 100 for end in found[:2])
    assert found.low is None or found.high is None or found.low <= found.high
    assert found.low is None if part.low is None else True
    assert found.high is None if part.high is None else True


@given(firm_counts(), firm_counts())
def test_a_difference_keeps_what_is_missing_and_is_never_negative(whole, part):
    assume(part.low is None or whole.high is None or part.low <= whole.high)
    rest = bounds.difference(whole, part)
    assert (rest.low is None) == (whole.low is None or part.high is None)
    assert (rest.high is None) == (whole.high is None or part.low is None)
    assert all(end is None or end >= 0 for end in rest[:2])


@given(st.lists(firm_counts(), min_size=1, max_size=6))
def test_a_sum_of_parts_has_a_bound_only_where_every_part_has_it(parts):
    found = bounds.total(parts)
    assert (found.low is None) == any(p.low is None for p in parts)
    assert (found.high is None) == any(p.high is None for p in parts)


@given(counts, counts, counts)
def test_the_arithmetic_is_right_of_every_number_within_the_bounds(a, b, c):
    low, mid, high = sorted([a, b, c])
    assert low <= bounds.difference(bounds.Bounds(mid + high, mid + high), bounds.Bounds(low, mid)).high
    assert bounds.total([bounds.Bounds(low, high), bounds.Bounds(mid, mid)]) == bounds.Bounds(
        low + mid, high + mid
    )


def test_the_sum_of_no_parts_is_unknown_and_not_zero():
    assert bounds.total([]) == bounds.UNKNOWN


def test_readings_are_not_computed_with():
    several = bounds.bounds("several")
    assert bounds.difference(bounds.Bounds(10, 10), several) == bounds.UNKNOWN
    assert bounds.share(several, bounds.Bounds(10, 10)) == bounds.UNKNOWN
    assert bounds.total([several, bounds.Bounds(1, 1)]) == bounds.UNKNOWN
    assert not bounds.disjoint(several, bounds.Bounds(1, 1))


def test_a_part_larger_than_its_whole_is_refused():
    for compute in (
        lambda: bounds.difference(bounds.Bounds(5, 5), bounds.Bounds(6, 6)),
        lambda: bounds.share(bounds.Bounds(6, 6), bounds.Bounds(5, 5)),
    ):
        with pytest.raises(ValueError, match="larger than the whole"):
            compute()


def test_a_spread_over_several_people_is_not_computed_with():
    with pytest.raises(ValueError, match="spread"):
        bounds.total([bounds.bounds("spread", 5, 15), bounds.Bounds(1, 1)])


@pytest.mark.parametrize(
    ("a", "b", "apart"),
    [
        (bounds.Bounds(227, 227), bounds.Bounds(232, None), True),
        (bounds.Bounds(227, 227), bounds.Bounds(201, None), False),
        (bounds.Bounds(231, None), bounds.Bounds(232, None), False),
        (bounds.Bounds(None, 10), bounds.Bounds(10, None), False),
        (bounds.UNKNOWN, bounds.Bounds(1, 1), False),
        (bounds.Bounds(50, 100, low_open=True), bounds.Bounds(0, 50), True),
    ],
)
def test_two_bounds_exclude_each_other_only_where_no_number_is_in_both(a, b, apart):
    assert bounds.disjoint(a, b) == bounds.disjoint(b, a) == apart


# --- the parser ---


@pytest.mark.parametrize(
    ("printed", "kind", "value", "value_to"),
    [
        ("227 people were killed", "exact", 227, None),
        ("only eight", "exact", 8, None),
        ("a total of 18", "exact", 18, None),
        ("at least 10,000 persons", "at_least", 10_000, None),
        ("around 1500 people", "about", 1500, None),
        ("over 230", "more_than", 230, None),
        ("more than 200", "more_than", 200, None),
        ("no fewer than 7", "at_least", 7, None),
        ("no more than 7", "at_most", 7, None),
        ("up to 15 days", "at_most", 15, None),
        ("as many as 30", "at_most", 30, None),
        ("nearly 40", "less_than", 40, None),
        ("close to 3,000 criminal cases", "about", 3000, None),
        ("a total of some 50", "about", 50, None),
        ("an estimated 10,000", "about", 10_000, None),
        ("20 or so", "about", 20, None),
        ("232 or more", "at_least", 232, None),
        ("between 213 and 219", "between", 213, 219),
        ("five to 15 days", "spread", 5, 15),
        ("60 to 200 EUR", "spread", 60, 200),
        ("1,5 years", "exact", 1.5, None),
        ("twenty-five people", "exact", 25, None),
        ("one thousand people", "exact", 1000, None),
        ("two hundred people", "exact", 200, None),
        ("exceeded 200", "more_than", 200, None),
        ("at least another 20", "at_least", 20, None),
        ("over EUR 200", "more_than", 200, None),
        ("between 10% and 15%", "between", 10, 15),
        ("from 5 days to 15 days", "spread", 5, 15),
        ("five or six people", "between", 5, 6),
        ("half-dozen", "exact", 6, None),
        ("no-one was held", "none", None, None),
        ("tens of thousands of people", "thousands", None, None),
        ("a dozen", "exact", 12, None),
        ("more than a dozen people", "more_than", 12, None),
        ("347 out of 432", "exact", 347, None),
        ("347 out of 432", "exact", 432, None),
        ("more than 50 percent of the 190", "more_than", 50, None),
        ("more than 50 percent of the 190", "exact", 190, None),
        ("as of 11th January 2022, at least 10,000", "at_least", 10_000, None),
        ("for the 11th time", "exact", 11, None),
        ("several thousand injured", "thousands", None, None),
        ("several dozen cases", "dozens", None, None),
        ("hundreds of people", "hundreds", None, None),
        ("a few trials", "several", None, None),
        ("some activists", "several", None, None),
        ("most of those detained", "most", None, None),
        ("a large number of dead bodies", "many", None, None),
        ("none of them", "none", None, None),
        ("no one was held", "none", None, None),
        ("None of those responsible are known", "none_known", None, None),
        ("the number could be much higher", "higher", None, None),
        ("a TV crew driver died", "exact", 1, None),
        ("was fatally shot", "at_least", 1, None),
    ],
)
def test_the_parser_reads_what_the_words_say(printed, kind, value, value_to):
    assert wording.matching(printed, kind, value, value_to), wording.read(printed)


@pytest.mark.parametrize(
    "printed",
    [
        "article 272.1",
        "under articles 272 and 269",
        "on 5 January 2022",
        "January 7, 2022",
        "in 2022",
        "four-year-old",
        "two-thirds of them",
    ],
)
def test_articles_days_years_ages_and_fractions_count_nothing(printed):
    assert not [q for q in wording.read(printed) if q.value not in (None, 1)]


@pytest.mark.parametrize(
    ("printed", "kind", "value"),
    [
        ("increased from 213 to 219", "between", 213),
        ("the most serious", "most", None),
        ("10 and more than 20", "at_least", 10),
        ("10.000 people", "exact", 10),
        ("at 14:00", "exact", 14),
        ("COVID-19", "exact", 19),
        ("no well-known activist", "none_known", None),
    ],
)
def test_the_parser_does_not_read_what_the_words_do_not_say(printed, kind, value):
    assert kind not in {q.bound for q in wording.read(printed) if q.value == value}


@given(st.integers(0, 10**7))
def test_digits_are_read_back_with_and_without_separators(n):
    assume(not 1900 <= n <= 2099)
    assert wording.matching(f"{n:,} people", "exact", n)
    assert wording.matching(f"{n} people", "exact", n)


@given(
    st.integers(2, 9999),
    st.sampled_from(
        [("at least", "at_least"), ("more than", "more_than"), ("up to", "at_most"), ("around", "about")]
    ),
)
def test_a_qualifier_is_never_lost(n, qualifier):
    words, kind = qualifier
    assert [q.bound for q in wording.read(f"{words} {n:,} people")] == [kind]


@pytest.mark.parametrize("n", range(2, 100))
def test_number_words_to_a_hundred_are_read(n):
    tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    ones = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
    word = ones[n] if n < 20 else tens[n // 10] + (f"-{ones[n % 10]}" if n % 10 else "")
    assert wording.matching(f"{word} people", "exact", n)


@given(st.text(max_size=60))
def test_the_parser_reads_any_text_without_failing(text):
    wording.read(text)


def test_a_disagreement_names_what_is_typed_and_what_is_printed():
    assert (
        wording.disagreement("347 out of 432", "exact", 374)
        == 'exact 374 is typed, but "347 out of 432" reads as exact 347, or exact 432'
    )
    assert wording.disagreement("at least 232", "at_least", 232) is None
