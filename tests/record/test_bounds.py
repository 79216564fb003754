"""Bounds of reported numbers: the codebook's table, and the arithmetic."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qantar.record import bounds
from qantar.record.bounds import UNKNOWN, Bounds

NAN, INF = math.nan, math.inf
TO_70, OVER_70, BELOW_70 = Bounds(0, 70), Bounds(70, 100, low_open=True), Bounds(0, 70, high_open=True)
READING, SPREAD = Bounds(2, 4, firm=False), Bounds(5, 15, spread=True)


# fmt: off
@pytest.mark.parametrize(("typed", "expected"), [
    (("exact", 227), Bounds(227, 227)), (("at_least", 232), Bounds(232, None)),
    (("more_than", 230), Bounds(231, None)), (("more_than", 1.5), Bounds(2, None)),
    (("at_most", 15), Bounds(None, 15)), (("less_than", 40), Bounds(None, 39)),
    (("less_than", 1.5), Bounds(None, 1)), (("less_than", 1), Bounds(None, 0)),
    (("between", 213, 219), Bounds(213, 219)), (("between", 5, 5), Bounds(5, 5)),
    (("spread", 5, 15), SPREAD), (("none",), Bounds(0, 0)), (("none_known",), Bounds(0, None)),
    (("about", 130), UNKNOWN), (("most",), UNKNOWN), (("several",), Bounds(2, None, firm=False)),
    (("dozens",), Bounds(24, None, firm=False)), (("hundreds",), Bounds(200, None, firm=False)),
    (("thousands",), Bounds(2000, None, firm=False)), (("many",), Bounds(firm=False)),
    (("higher",), Bounds(firm=False)),
])
def test_a_wording_of_a_count_gives_these_bounds(typed, expected):
    assert bounds.bounds(*typed) == expected


@pytest.mark.parametrize(("typed", "expected"), [
    (("exact", 0), Bounds(0, 0)), (("exact", 100), Bounds(100, 100)), (("at_least", 70), Bounds(70, 100)),
    (("more_than", 70), OVER_70), (("more_than", 99.5), Bounds(99.5, 100, low_open=True)),
    (("at_most", 70), TO_70), (("less_than", 70), BELOW_70),
    (("less_than", 0.5), Bounds(0, 0.5, high_open=True)), (("none",), Bounds(0, 0)),
    (("none_known",), Bounds(0, 100)), (("most",), Bounds(50, 100, low_open=True)),
    (("several",), Bounds(2, 100, firm=False)),
])
def test_a_wording_of_a_percentage_stays_within_0_and_100(typed, expected):
    assert bounds.bounds(*typed, percent=True) == expected


@pytest.mark.parametrize(("typed", "low", "high"), [
    (("exact", 12), 12, 12), (("at_least", 12), 12, None), (("more_than", 12), 13, None),
    (("at_most", 12), None, 12), (("less_than", 12), None, 11), (("between", 12, 24), 12, 24),
    (("spread", 12, 24), 12, 24),
])
def test_the_bounds_of_a_round_word_are_a_reading(typed, low, high):
    assert bounds.bounds(*typed, rough=True)[:3] == (low, high, False)


@pytest.mark.parametrize(("whole", "expected"), [
    (Bounds(190, 190), Bounds(96, 190)), (Bounds(191, 191), Bounds(96, 191)), (READING, UNKNOWN),
    (Bounds(232, None), Bounds(117, None)), (Bounds(1, 1), Bounds(1, 1)),
])
def test_most_of_a_whole_is_over_half_of_it(whole, expected):
    assert bounds.bounds("most", whole=whole) == expected


@pytest.mark.parametrize(("typed", "percent", "message"), [
    (("exactly", 1), False, "'exactly' is no bound; use one of exact, at_least"),
    (("several", 3), False, "bound several prints no number"), (("none", 0), False, "prints no number"),
    (("none", None, 0), False, "bound none prints no number"), (("exact",), False, "exact needs a number"),
    (("exact", 1, 2), False, "bound exact has one number"), (("about", 0, 0), False, "has one number"),
    (("between", 5), False, "bound between has two numbers"),
    (("spread", 9, 5), False, "value 9 is above value_to 5"), (("exact", -1), False, "-1 cannot count"),
    (("exact", NAN), False, "nan cannot count"), (("between", 1, INF), False, "inf cannot count anything"),
    (("exact", 100.5), True, "100.5 percent is more"), (("between", 50, 101), True, "101 percent is more"),
    (("less_than", 0), False, "fewer than nothing"), (("less_than", 0.5), False, "fewer than nothing"),
    (("less_than", 0), True, "fewer than nothing"), (("more_than", 100), True, "more than 100 percent"),
])
def test_a_value_that_does_not_fit_its_bound_is_refused(typed, percent, message):
    with pytest.raises(ValueError, match=message):
        bounds.bounds(*typed, percent=percent)


def test_most_of_nothing_is_refused():
    with pytest.raises(ValueError, match="most of nothing"):
        bounds.bounds("most", whole=Bounds(0, 0))


@pytest.mark.parametrize(("value", "digits"), [(4353, "4,353"), (4353.0, "4,353"), (1234.5, "1,234.5")])
def test_a_number_is_written_with_english_digits(value, digits):
    assert bounds.number(value) == digits


@pytest.mark.parametrize(("whole", "part", "left"), [
    (Bounds(227, 227), Bounds(19, 19), Bounds(208, 208)), (Bounds(5, 5), Bounds(5, 9), Bounds(0, 0)),
    (Bounds(232, None), Bounds(19, 19), Bounds(213, None)), (Bounds(5, 9), Bounds(2, 7), Bounds(0, 7)),
    (Bounds(10, 10), Bounds(3, None), Bounds(None, 7)), (Bounds(None, 9), Bounds(None, 2), UNKNOWN),
    (OVER_70, Bounds(10, 10), Bounds(60, 90, low_open=True)), (Bounds(60, 60), BELOW_70, Bounds(0, 60)),
    (Bounds(100, 100), BELOW_70, Bounds(30, 100, low_open=True)),
    (Bounds(70, 70), BELOW_70, Bounds(0, 70, low_open=True)),
    (Bounds(100, 100), OVER_70, Bounds(0, 30, high_open=True)),
    (BELOW_70, Bounds(10, 10), Bounds(0, 60, high_open=True)), (BELOW_70, UNKNOWN, UNKNOWN),
])
def test_what_a_part_leaves_of_its_whole_is_never_negative(whole, part, left):
    assert bounds.difference(whole, part) == left


@pytest.mark.parametrize(("part", "whole", "low", "high"), [
    (Bounds(347, 347), Bounds(432, 432), 80.3, 80.3), (Bounds(5, None), Bounds(10, 20), 25, None),
    (Bounds(None, 5), Bounds(10, None), None, 50), (Bounds(5, 30), Bounds(10, 20), 25, 100),
    (Bounds(0, 0), Bounds(0, 10), 0, None), (Bounds(0, 0), Bounds(0, 0), None, None),
])
def test_a_share_stays_within_0_and_100(part, whole, low, high):
    assert [end and round(end, 1) for end in bounds.share(part, whole)[:2]] == [low, high]


@pytest.mark.parametrize(("percent", "whole", "expected"), [
    (OVER_70, Bounds(10, 10), Bounds(8, 10)), (BELOW_70, Bounds(10, 10), Bounds(0, 6)),
    (Bounds(70, 100), Bounds(10, 10), Bounds(7, 10)), (TO_70, Bounds(10, 10), Bounds(0, 7)),
    (Bounds(0, 75), Bounds(10, 10), Bounds(0, 7)), (Bounds(25, 100), Bounds(10, None), Bounds(3, None)),
    (Bounds(None, 50), Bounds(10, 10), Bounds(None, 5)), (Bounds(50, 50), Bounds(10, 12), Bounds(5, 6)),
    (Bounds(4.4, 4.4), Bounds(750, 750), Bounds(33, 33)),      # without the error of binary fractions
    (Bounds(80.3, 80.3), Bounds(432, 432), Bounds(346, 347)),  # printed rounded: 80.3 % is 346.896
])
def test_a_percentage_of_a_count_is_a_whole_number(percent, whole, expected):
    assert bounds.part_of(percent, whole) == expected


@pytest.mark.parametrize(("parts", "expected"), [
    ([], UNKNOWN), ([Bounds(1, 3), Bounds(2, 2)], Bounds(3, 5)),
    ([Bounds(1, None), Bounds(2, 2)], Bounds(3, None)), ([Bounds(None, 3), Bounds(2, 2)], Bounds(None, 5)),
    ([OVER_70, Bounds(2, 2)], Bounds(72, 102, low_open=True)), ([OVER_70, UNKNOWN], UNKNOWN),
    ([BELOW_70, Bounds(2, 2)], Bounds(2, 72, high_open=True)), ([BELOW_70, UNKNOWN], UNKNOWN),
])
def test_a_sum_has_a_bound_only_where_every_part_has_it(parts, expected):
    assert bounds.total(iter(parts)) == expected


@pytest.mark.parametrize(("a", "b", "apart"), [
    (Bounds(227, 227), Bounds(232, None), True), (Bounds(227, 227), Bounds(201, None), False),
    (Bounds(231, None), Bounds(232, None), False), (Bounds(None, 10), Bounds(10, None), False),
    (Bounds(None, 9), Bounds(10, None), True), (UNKNOWN, Bounds(1, 1), False), (OVER_70, TO_70, True),
    (Bounds(70, 100), BELOW_70, True), (Bounds(70, 100), TO_70, False), (OVER_70, Bounds(0, 71), False),
    (READING, Bounds(1, 1), False), (SPREAD, Bounds(1, 1), False),
])
def test_two_bounds_are_disjoint_only_where_no_number_is_in_both(a, b, apart):
    assert bounds.disjoint(a, b) is bounds.disjoint(b, a) is apart
# fmt: on


def test_the_arithmetic_ignores_readings_and_refuses_spreads():
    count = Bounds(20, 20)
    for compute in (bounds.difference, bounds.share, bounds.part_of, lambda *parts: bounds.total(parts)):
        assert compute(count, READING) == compute(READING, count) == UNKNOWN
        with pytest.raises(ValueError, match="a spread is the least and the most"):
            compute(count, SPREAD)


@pytest.mark.parametrize("whole", [Bounds(1000, 1005), Bounds(1000, 1006, high_open=True)])
def test_a_part_larger_than_its_whole_is_refused(whole):
    part = Bounds(1006, None)
    for compute in (lambda: bounds.difference(whole, part), lambda: bounds.share(part, whole)):
        with pytest.raises(
            ValueError, match="the part, at least 1,006, is larger than the whole, at most 1,00"
        ):
            compute()


ends = st.tuples(st.integers(0, 1000), st.integers(0, 1000), st.booleans(), st.booleans())


@given(ends, ends)
def test_a_difference_and_a_share_are_never_upside_down(a, b):
    whole, part = (
        Bounds(min(x, y) if has_low else None, max(x, y) if has_high else None)
        for x, y, has_low, has_high in (a, b)
    )
    assume(part.low is None or whole.high is None or part.low <= whole.high)
    for low, high, *_ in (bounds.difference(whole, part), bounds.share(part, whole)):
        assert low is None or high is None or 0 <= low <= high
