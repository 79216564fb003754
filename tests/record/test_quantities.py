"""The quantities that a text prints: none is missed silently."""

import pytest

from qantar.record import quantities


# fmt: off
@pytest.mark.parametrize(("text", "found"), [
    ("At least 232 people, including 19 officers", ["232", "19"]),
    ("4,353 people were injured and 1,5 years", ["4,353", "1,5"]),
    ("over 70 percent of the respondents", ["70"]),
    ("several activists and most of the others; none was released", ["several", "most", "none"]),
    ("dozens of activists, many of them twice", ["dozens", "many", "twice"]),
    ("for the 11th time", ["11th"]), ("a large number of dead bodies", ["a large number of"]),
    ("No election has ever been free", ["No election"]), ("a four-year prison sentence", ["four"]),
    ("over 2000 criminal cases and 1950 complaints", ["2000", "1950"]),
    ("In January 19 people were detained under article 174, 12 people", ["19", "12"]),
    ("the real number is higher, and both were told", ["higher", "both"]),
    ("a third officer, a handful of others, a series of protests", ["third", "handful", "a series of"]),
    ("no one has been held accountable", ["no one"]),
])
def test_digits_number_words_and_quantity_words_are_found(text, found):
    assert [words for _, _, words in quantities.find(text)] == found
# fmt: on


@pytest.mark.parametrize(
    "text",
    [
        "on 7 January 2022, from 4th to 5th January, and on January 4 and 6",
        "in 2019, in the events of 2011 and in 2020-2021",
        "under articles 115, 158 and 202 of the Criminal Code, and article 272.1",
        "a four-year-old child and a 19-year-old man",
        "see <https://example.org/10-ngos> and chapter 3, or write to us2@example.org",
        "the most serious crisis, its most severe",
    ],
)
def test_dates_articles_ages_and_addresses_are_recognised(text):
    assert quantities.find(text) == []


@pytest.mark.parametrize(
    ("covered", "left"),
    [
        ([], ["two", "four"]),
        ([(0, 3), (25, 29)], []),
        ([(1, 3), (25, 28)], ["two", "four"]),
        ([(0, 22)], ["four"]),
        ([(26, 40)], ["two", "four"]),
    ],
)
def test_quantities_within_covered_places_are_accounted_for(covered, left):
    text = "two of them were fined,  four were detained"
    assert [words for *_, words in quantities.left_over(text, covered)] == left
