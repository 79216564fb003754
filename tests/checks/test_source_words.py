"""Printed words are looked up in the text copies, and no paragraph or quantity is missed silently."""

import hashlib
import shutil

import pytest
from conftest import TEXTS, append_row, edit_cell, row_number

from qantar.checks import runner, source_words
from qantar.record import tables

N, S = "north-2022-05", "south-2023-03"

# fmt: off
# Table, row, the cells that are typed into it, the column that is refused, and the rule.
SPANS = [
    ("claims", f"{N}-p3a", {"as_printed": "225 people had been killed"}, "as_printed", "span-not-found"),
    ("claims", f"{N}-p3a", {"as_printed": "25 people were killed"}, "as_printed", "span-not-found"),
    ("claims", f"{N}-p4a", {"as_printed": "000 people had been detained"}, "as_printed", "span-not-found"),
    ("claims", f"{N}-p3a", {"paragraph": "4"}, "as_printed", "span-not-found"),
    ("claims", f"{N}-p3a", {"item": "2"}, "as_printed", "span-not-found"),
    ("claims", f"{N}-p10a", {"item": "0"}, "as_printed", "span-not-found"),
    ("mentions", f"{N}-p3m1", {"as_printed": "It did not refuse"}, "as_printed", "span-not-found"),
    ("statements", f"{N}-p10s1", {"as_printed": "Police used no force"}, "as_printed", "span-not-found"),
    ("statements", f"{N}-p10s1", {"item": "2"}, "as_printed", "span-not-found"),
    ("reading", f"{N} 3 0 no name", {"span": "no names"}, "span", "span-not-found"),
    ("claims", f"{S}-p4a", {"as_printed": "240 people died", "bound": "exact"}, "as_printed",
     "span-cut-short"),
    ("claims", f"{N}-p4d", {"as_printed": "600 people were charged", "bound": "exact"}, "as_printed",
     "span-cut-short"),
    ("sources", N, {"text_sha256": "0" * 64}, "text_sha256", "text-hash"),
    ("sources", N, {"paragraphs": "18"}, "paragraphs", "text-paragraphs"),
    ("sources", N, {"paragraphs": "16"}, "paragraphs", "text-paragraphs"),
    ("reading", f"{N} 10 5", {"item": "6"}, "item", "no-such-item"),
]
# fmt: on


def problems_of(data, texts=TEXTS):
    raw = {name: tables.read_table(name, data) for name in tables.raw_names(data)}
    return source_words.span_problems(raw, texts)


@pytest.mark.parametrize(("table", "row", "cells", "column", "rule"), SPANS)
def test_words_that_do_not_stand_in_their_place_are_refused(data, table, row, cells, column, rule):
    number = row_number(data, table, row)
    for name, cell in cells.items():
        edit_cell(data, table, number, name, cell)
    problems, _ = problems_of(data)
    assert (table, number, column, rule) in {problem[:4] for problem in problems}
    assert all(";" in problem.message for problem in problems)


def test_every_span_of_the_frozen_record_stands_in_its_place(frozen):
    assert runner.check(frozen, TEXTS)[::2] == ([], 0)


def test_without_texts_the_spans_are_counted(frozen, tmp_path):
    raw = {name: tables.read_table(name, frozen) for name in tables.raw_names(frozen)}
    spans = [raw[table]["as_printed"].count() for table in ("claims", "mentions", "statements")]
    count = sum(spans) + raw["reading"]["span"].count()
    assert source_words.span_problems(raw, None) == ([], count)
    shutil.copy(TEXTS / f"{S}.txt", tmp_path)
    assert 0 < source_words.span_problems(raw, tmp_path)[1] < count


def test_a_paragraph_of_which_nobody_said_what_became_of_it_is_unread(data):
    edit_cell(data, "reading", f"{N} 9 0", "source_id", S)
    (problem,) = (problem for problem in problems_of(data)[0] if problem.rule == "unread-place")
    assert problem[:3] == ("reading", None, None)
    assert problem.message.startswith(f"paragraph 9, item 0 of {N} has no row;")


@pytest.mark.parametrize(
    ("span", "quantity"), [("no name", "no name"), ("one region", "one"), ("none before", "none")]
)
def test_a_quantity_without_a_row_is_told_with_the_words_around_it(data, span, quantity):
    number = next(
        n for n in range(2, 99) if f",{span}," in (data / "raw/reading.csv").read_text().splitlines()[n - 1]
    )
    edit_cell(data, "reading", number, "span", "")
    edit_cell(data, "reading", number, "outcome", "recorded")
    (problem,) = (problem for problem in problems_of(data)[0] if problem.rule == "unread-quantity")
    assert f'prints "{quantity}" ("' in problem.message


def test_a_quantity_of_a_place_that_is_not_recorded_needs_no_row(data):
    assert not [problem for problem in problems_of(data)[0] if "paragraph 2, item 0" in problem.message]
    edit_cell(data, "reading", f"{S} 2 0", "outcome", "recorded")
    found = [problem.message for problem in problems_of(data)[0] if problem.rule == "unread-quantity"]
    assert [message.split('"')[1] for message in found] == ["twice", "10", "12"]
    assert '"twice" ("south the price of grain rose twice, by 10 and by 12 percent.")' in found[0]


def test_words_that_lead_in_to_bullets_without_a_paragraph_of_their_own_are_refused(data, tmp_path):
    text = tmp_path / f"{N}.txt"
    text.write_text(
        "A title\n\nCourts convicted officials:\n- in one city five\n- in another two\n", encoding="utf-8"
    )
    edit_cell(data, "sources", N, "text_sha256", hashlib.sha256(text.read_bytes()).hexdigest())
    (problem,) = problems_of(data, tmp_path)[0]
    assert problem[:4] == ("sources", row_number(data, "sources", N), "text_sha256", "text-lead-in")
    assert "paragraph 2 " in problem.message


def sentence_problems(data):
    return [problem for problem in problems_of(data)[0] if "sentence" in problem.rule]


def test_a_sentence_without_printed_words_needs_a_row(data):
    assert sentence_problems(data) == []
    edit_cell(data, "reading", f"{N} 7 0 1", "source_id", S)
    (problem,) = (problem for problem in sentence_problems(data) if problem.rule == "unread-sentence")
    assert "sentence 1 of paragraph 7, item 0 of north-2022-05" in problem.message
    assert '"The press was not left alone."' in problem.message


def test_a_row_of_a_sentence_that_printed_words_carry_is_taken_out(data):
    append_row(data, "reading", f"{N} 7 0 1", paragraph=3, sentence=1)
    (problem,) = sentence_problems(data)
    assert problem[:4] == (
        "reading",
        row_number(data, "reading", "appended") - 1,
        "sentence",
        "sentence-recorded",
    )


def test_a_row_of_a_sentence_that_is_not_there_is_refused(data):
    append_row(data, "reading", f"{N} 7 0 1", sentence=9)
    (problem,) = sentence_problems(data)
    assert problem.rule == "no-such-sentence"
    assert "has 2 sentences, not 9" in problem.message


def test_the_words_of_a_span_do_not_carry_a_sentence(data):
    edit_cell(data, "reading", f"{N} 7 0 1", "span", "not left alone")
    edit_cell(data, "reading", f"{N} 7 0 1 not left alone", "sentence", "")
    assert [problem.rule for problem in sentence_problems(data)] == ["unread-sentence"]


def test_a_paragraph_that_was_not_read_needs_no_row_and_one_that_was_does(wider_data, wider):
    texts = wider.parent / "texts"
    assert problems_of(wider_data, texts) == ([], 0)
    edit_cell(wider_data, "sources", "north-2022-11", "paragraphs_read", "")
    found, _ = problems_of(wider_data, texts)
    assert [problem.rule for problem in found] == ["unread-place"]
    assert "paragraph 5, item 0 of north-2022-11 has no row" in found[0].message


@pytest.mark.parametrize(("table", "row", "column", "quoted"), [
    ("claims", f"{N}-p10c", "modality", True),     # “20,000 bandits”
    ("claims", f"{N}-p3e", "modality", True), ("claims", f"{N}-p3a", "modality", False),
    ("mentions", f"{N}-p3m1", "hedge", False), ("statements", f"{N}-p10s1", "hedge", False),
])  # fmt: skip
def test_a_quotation_stands_between_quotation_marks(data, table, row, column, quoted):
    number = row_number(data, table, row)
    edit_cell(data, table, number, column, "quotation")
    found, _ = problems_of(data)
    expected = [] if quoted else [(table, number, column, "no-quotation")]
    assert [problem[:4] for problem in found] == expected
