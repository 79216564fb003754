"""What a source calls alleged, expected or only stays so in our words; with a typed reason it may not."""

import pytest
from conftest import TEXTS, append_row, edit_cell, row_number

from qantar.checks import hedges, runner
from qantar.record import tables

N, S = "north-2022-05", "south-2023-03"
# fmt: off
# Table, row, the cells that are typed into it; the column that is refused, and the rule.
BROKEN = [
    ("claims", f"{N}-p3a", {"emphasis": "only"}, "emphasis", "hedge-added"),
    ("claims", f"{S}-p6b", {"as_printed": "only 4 years in prison each"}, "emphasis", "hedge-lost"),
    ("statements", f"{S}-p7s1", {"summary": "Another trial is under way."}, "summary", "hedge-lost"),
    ("statements", f"{S}-p7s1", {"hedge": "appears"}, "summary", "hedge-lost"),
    ("statements", f"{S}-p6s1", {"hedge": "possible"}, "summary", "hedge-lost"),
    ("statements", f"{S}-p6s1", {"hedge": "expected"}, "summary", "hedge-lost"),
    ("statements", f"{S}-p6s1", {"hedge": "reported"}, "summary", "hedge-lost"),  # in its own voice
    ("statements", f"{S}-p6s1", {"summary": "The trial is believed to be fair."}, "summary", "hedge-added"),
    ("statements", f"{S}-p6s1", {"summary": "Only the trial is fair."}, "summary", "hedge-added"),
    ("cases", "witness-semey", {"summary": "A man is expected to be charged."}, "summary", "hedge-added"),
    ("acts", "emergency-declared", {"summary": "Allegedly declared an emergency."}, "summary", "hedge-added"),
    ("mentions", f"{N}-p15m1", {"as_printed": "only declared an emergency"}, "as_printed", "hedge-lost"),
    ("mentions", f"{N}-p15m1", {"as_printed": "allegedly declared"}, "as_printed", "hedge-lost"),
    ("assemblies", "election-protests", {"summary": "Nobody was let in."}, "summary", "hedge-lost"),
]
# A row that hedges as its source does, in whatever words, or says why it does not.
ALLOWED = [
    ("statements", f"{S}-p7s1", {"summary": "Another trial is under way, according to reports."}),
    ("statements", f"{S}-p7s1", {"summary": "Another trial is under way.", "hedge_reason": "It started."}),
    ("statements", f"{S}-p6s1", {"hedge": "possible", "summary": "The trial may be fair."}),
    ("statements", f"{N}-p15s1", {"hedge": "reported"}),  # "according to the Council" says it
    ("statements", f"{N}-p15s1", {"hedge": "alleged"}),
    ("assemblies", "election-protests", {"summary": "Protests which seem to have been prevented."}),
]
KEPT = [
    ("Police allegedly hit him.", {"alleged"}), ("He is accused of a theft.", set()),
    ("It appears to be so, apparently.", {"apparently"}), ("He appeared in court.", {"apparently"}),
    ("Only two came, just two, merely two.", {"only"}), ("The justice was expected.", {"expected"}),
    ("Unbelieved and reported.", set()),
]
# fmt: on


def found(data, table, row, cells, texts=TEXTS):
    for column, cell in cells.items():
        edit_cell(data, table, row, column, cell)
    raw = {name: tables.read_table(name, data) for name in tables.raw_names(data)}
    return list(hedges.hedge_problems(raw, texts))


def test_the_frozen_record_hedges_as_its_sources_do(frozen):
    raw = {name: tables.read_table(name, frozen) for name in tables.raw_names(frozen)}
    assert list(hedges.hedge_problems(raw, TEXTS)) == list(hedges.hedge_problems(raw, None)) == []


@pytest.mark.parametrize(("table", "row", "cells", "column", "rule"), BROKEN)
def test_a_hedge_that_is_lost_or_added_is_refused_at_its_column(data, table, row, cells, column, rule):
    number = row_number(data, table, row)
    problems = found(data, table, row, cells)
    assert (table, number, column, rule) in {problem[:4] for problem in problems}
    assert all(";" in problem.message for problem in problems), "a message says what is wrong; and what to do"


@pytest.mark.parametrize(("table", "row", "cells"), ALLOWED)
def test_a_hedge_in_other_words_or_with_a_reason_passes(data, table, row, cells):
    assert found(data, table, row, cells) == []


def test_the_reason_of_a_mention_excuses_its_row(data):
    edit_cell(data, "mentions", f"{N}-p15m1", "hedge_reason", "The day is what is alleged.")
    cells = {"summary": "Allegedly declared an emergency."}
    assert found(data, "acts", "emergency-declared", cells) == []
    assert found(data, "mentions", f"{N}-p15m1", {"as_printed": "only declared an emergency"}) == []


def test_without_the_text_an_added_hedge_is_not_looked_for(data):
    cells = {"summary": "The trial is believed to be fair."}
    assert found(data, "statements", f"{S}-p6s1", cells, texts=None) == []


@pytest.mark.parametrize(("text", "names"), KEPT)
def test_a_hedge_is_found_as_a_whole_word(text, names):
    assert hedges.hedges_in(text) == names
    assert names <= hedges.hedges_in(text, kept=True)


def test_the_word_before_printed_words_counts_where_the_text_is_at_hand(data, tmp_path):
    raw = {name: tables.read_table(name, data) for name in tables.raw_names(data)}
    text = (TEXTS / f"{N}.txt").read_text(encoding="utf-8")
    (tmp_path / f"{N}.txt").write_text(text.replace("that **225", "that only **225"), encoding="utf-8")
    (problem,) = hedges.hedge_problems(raw, tmp_path)
    assert problem[:4] == ("claims", row_number(data, "claims", f"{N}-p3a"), "emphasis", "hedge-lost")


def test_the_check_of_the_record_looks_at_hedges(data):
    append_row(data, "phrases", phrase="Nothing Else")
    edit_cell(data, "claims", f"{N}-p3a", "emphasis", "only")
    assert [problem.rule for problem in runner.check(data, TEXTS).problems] == ["hedge-added"]


def test_what_is_known_from_a_quotation_only_is_told_as_said(wider_data, wider):
    texts = wider.parent / "texts"
    raw = {name: tables.read_table(name, wider_data) for name in tables.raw_names(wider_data)}
    assert list(hedges.hedge_problems(raw, texts)) == []
    edit_cell(wider_data, "acts", "prosecutions-told", "summary", "People were prosecuted.")
    raw["acts"] = tables.read_table("acts", wider_data)
    (problem,) = hedges.hedge_problems(raw, texts)
    assert (problem.table, problem.column, problem.rule) == ("acts", "summary", "hedge-lost")
