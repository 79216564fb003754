"""The number ledger: no quantity of a text is missed silently."""

import pytest
from conftest import edit_cell, row_number

from qantar.checks import runner
from qantar.record import quantities, source_text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("At least 232 people, including 19 officers", ["232", "19"]),
        ("4,353 people were injured and 1,5 years", ["4,353", "1,5"]),
        ("over 70 percent of the respondents", ["70"]),
        ("several activists and most of the others; none was released", ["several", "most", "none"]),
        ("dozens of activists, many of them twice", ["dozens", "many", "twice"]),
        ("for the 11th time", ["11th"]),
        ("a large number of dead bodies", ["a large number of"]),
        ("No election has ever been free", ["No election"]),
        ("a four-year prison sentence", ["four"]),
        ("over 2000 criminal cases and 1950 complaints", ["2000", "1950"]),
        ("In January 19 people were detained under article 174, 12 people", ["19", "12"]),
        ("the real number is higher, and both were told", ["higher", "both"]),
        ("a third officer, a handful of others, a series of protests", ["third", "handful", "a series of"]),
        ("no one has been held accountable", ["no one"]),
    ],
)
def test_digits_number_words_and_quantity_words_are_found(text, found):
    assert [words for _, _, words in quantities.find(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "on 7 January 2022, from 4th to 5th January, and on January 4 and 6",
        "in 2019, in the events of 2011 and in 2020-2021",
        "under articles 115, 158 and 202 of the Criminal Code, and article 272.1",
        "a four-year-old child and a 19-year-old man",
        "see <https://example.org/10-ngos> and chapter 3, or write to us2@example.org",
        "the most serious crisis of its history, its most severe one year"[:37],
    ],
)
def test_dates_articles_ages_and_addresses_are_recognised(text):
    assert quantities.find(text) == []


def test_what_lies_in_printed_words_is_accounted_for():
    text = "two of them were fined, while four were detained"
    assert [words for *_, words in quantities.left_over(text, [(0, 22)])] == ["four"]


def test_words_that_run_on_are_found_in_the_next_paragraph():
    blocks = [
        "investigations were opened in cases where people died",
        "during these two events. However, many were closed",
    ]
    spans = {(1, 0): ["where people died during these two events"]}
    assert [end for _, end in source_text.run_on(blocks, 2, 0, spans)] == [len("during these two events")]


def test_a_quantity_without_a_row_fails_the_check(data, source_texts):
    edit_cell(data, "reading", "iphr-2023-03 81 1 up to 15 years in prison", "span", "years in prison")
    problems = runner.check(data, source_texts).problems
    assert [p for p in problems if 'paragraph 81, item 1 of iphr-2023-03 prints "15"' in p], problems


def test_a_paragraph_without_a_row_fails_the_check(data, source_texts):
    path = data / "raw" / "reading.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    row = row_number(data, "reading", "hrw-2023-01 7 0")
    path.write_text("".join(lines[: row - 1] + lines[row:]), encoding="utf-8")
    problems = runner.check(data, source_texts).problems
    assert problems == [
        "data/raw/reading.csv: paragraph 7, item 0 of hrw-2023-01 has no row; say what became of it"
    ]
