"""Dates of the record: their first and last day."""

from datetime import date

import pytest

from qantar.record import dates


# fmt: off
@pytest.mark.parametrize(("text", "first", "last"), [
    ("2022-03-10", date(2022, 3, 10), date(2022, 3, 10)), ("2022-08", date(2022, 8, 1), date(2022, 8, 31)),
    ("2024-02", date(2024, 2, 1), date(2024, 2, 29)), ("1999", date(1999, 1, 1), date(1999, 12, 31)),
    ("2022-01-01/2022-09-30", date(2022, 1, 1), date(2022, 9, 30)),
    ("2022/2023-03", date(2022, 1, 1), date(2023, 3, 31)),
    ("2022-08/2022-08", date(2022, 8, 1), date(2022, 8, 31)),
    ("2022-01-05/2022-01-05", date(2022, 1, 5), date(2022, 1, 5)),
    ("../2022-03-10", None, date(2022, 3, 10)), ("../2023-03", None, date(2023, 3, 31)),
])
def test_a_date_covers_these_days(text, first, last):
    assert dates.days(text) == (first, last)
# fmt: on


@pytest.mark.parametrize(
    "text",
    "05.01.2022 44566 2022-13 2022-00 2022-1 2022-02-30 2022-04-00 1899 March soon ../.. 2022/.. .. /2022"
    " ../2022/2023 2022-01-01T00 ２０２２".split(),
)
def test_any_other_form_is_refused(text):
    with pytest.raises(ValueError, match=f"{text!r} is no date of the form"):
        dates.days(text)


@pytest.mark.parametrize("text", ["", "2022-01-01\n", " 2022", "2022 /2023"])
def test_spaces_are_refused(text):
    with pytest.raises(ValueError, match="is no date of the form"):
        dates.days(text)


def test_an_interval_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="'2022-03/2022-02' ends before it begins"):
        dates.days("2022-03/2022-02")
