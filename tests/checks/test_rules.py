"""Each rule of the codebook refuses the row that breaks it, at its column, and passes what just keeps it."""

import pytest
from conftest import append_row, edit_cell, row_number

from qantar.checks import events, runner
from qantar.checks.problem import Problem
from qantar.record import tables

THIRTEEN_WORDS = "225 people were killed a b c d e f g h i"
N, S = "north-2022-05", "south-2023-03"

# fmt: off
# Table, row, the cells that are typed into it, the column that is refused, and the rule.
BROKEN = [
    # dates
    ("claims", f"{N}-p3a", {"as_of": "2022-05/2022-03"}, "as_of", "invalid-date"),
    ("claims", f"{N}-p3a", {"as_of": "2022-02-30"}, "as_of", "invalid-date"),
    ("claims", f"{N}-p3a", {"as_of": "20.05.2022"}, "as_of", "invalid-date"),
    ("claims", f"{N}-p10a", {"as_of": "2022-01-05/.."}, "as_of", "invalid-date"),
    ("claims", f"{N}-p10a", {"stated_on": "05.01.2022"}, "stated_on", "invalid-date"),
    ("claims", f"{N}-p10a", {"stated_on": "44566"}, "stated_on", "invalid-date"),
    ("claims", f"{N}-p10a", {"stated_on": "1/5/2022"}, "stated_on", "invalid-date"),
    ("claims", f"{N}-p10a", {"stated_on": "Jan 22"}, "stated_on", "invalid-date"),
    ("claims", f"{N}-p10a", {"stated_on": "2022-01-05 00:00:00"}, "stated_on", "invalid-date"),
    ("steps", "officers-verdict", {"date": "6 February 2023"}, "date", "invalid-date"),
    ("sources", N, {"published": "May 2022"}, "published", "invalid-date"),
    ("sources", N, {"published": "2022-05-01/2022-05-20"}, "published", "invalid-date"),
    ("claims", f"{N}-p10a", {"as_of": "2022-05-21"}, "as_of", "after-publication"),
    ("claims", f"{N}-p10a", {"as_of": "2022-06/2022-07"}, "as_of", "after-publication"),
    ("claims", f"{S}-p10c", {"as_of": "2023-04-01"}, "as_of", "after-publication"),
    ("claims", f"{N}-p10a", {"stated_on": "2022-05-21"}, "stated_on", "after-publication"),
    ("claims", f"{N}-p6f", {"stated_on": "2022-05-21"}, "stated_on", "after-publication"),
    ("claims", f"{N}-p3a", {"as_of": "2022-05-20"}, "as_of", "not-publication-date"),
    ("claims", f"{N}-p3a", {"date_basis": "statement"}, "stated_on", "missing-date"),
    ("claims", f"{N}-p10g", {"note": ""}, "note", "missing-note"),
    ("claims", f"{S}-p10d", {"note": ""}, "note", "missing-note"),
    # figures
    ("claims", f"{N}-p3a", {"bound": "at_least"}, "value", "wording"),
    ("claims", f"{N}-p3a", {"value": "252"}, "value", "wording"),
    ("claims", f"{N}-p3a", {"as_printed": "people were killed in great haste"}, "value", "wording"),
    ("claims", f"{N}-p3a", {"value": ""}, "value", "bound"),
    ("claims", f"{N}-p3a", {"value_to": "300"}, "value", "bound"),
    ("claims", f"{N}-p3c", {"value": "3000"}, "value", "bound"),
    ("claims", f"{N}-p5c", {"value": "101", "as_printed": "over 101 percent"}, "value", "bound"),
    ("claims", f"{N}-p3a", {"as_printed": THIRTEEN_WORDS}, "as_printed", "too-many-words"),
    ("claims", f"{N}-p5f", {"note": ""}, "base_claim_id", "missing-base"),
    # parts and wholes
    ("claims", f"{N}-p3a", {"base_claim_id": f"{N}-p3b"}, "base_claim_id", "circular"),
    ("claims", f"{N}-p3a", {"base_claim_id": f"{N}-p3a"}, "base_claim_id", "circular"),
    ("claims", f"{N}-p3b", {"base_claim_id": f"{N}-p3c"}, "base_claim_id", "base-measure"),
    ("claims", f"{N}-p3b", {"base_claim_id": f"{S}-p4a"}, "base_claim_id", "base-source"),
    ("claims", f"{N}-p10d", {"base_claim_id": f"{N}-p5b"}, "base_claim_id", "base-unit"),
    ("claims", f"{N}-p3b", {"value": "226", "as_printed": "226 of them officers"}, "base_claim_id",
     "part-above-whole"),
    ("measures", "deaths_total", {"part_of": "deaths_officers"}, "part_of", "circular"),
    ("measures", "deaths_officers", {"part_of": "deaths_officers"}, "part_of", "circular"),
    ("measures", "deaths_total", {"disjoint_with": "deaths_total"}, "disjoint_with", "names-itself"),
    ("incidents", "gazette-attacks", {"part_of": "gazette-fire"}, "part_of", "circular"),
    ("assemblies", "january-protests", {"part_of": "almaty-2022-01-05"}, "part_of", "circular"),
    ("assemblies", "semey-2022-02-20", {"part_of": "astana-2022-03-08"}, "part_of", "part-of-single"),
    ("claims", f"{N}-p3a", {"same_statement": "toll"}, "same_statement", "same-statement"),
    ("claims", f"{S}-p4c", {"same_statement": "officers-17"}, "same_statement", "same-statement"),
    # who says so
    ("claims", f"{N}-p3a", {"speaker_kind": "unattributed"}, "speaker", "speaker"),
    ("claims", f"{N}-p3a", {"speaker": ""}, "speaker", "speaker"),
    ("claims", f"{N}-p3a", {"speaker_kind": "ngo"}, "speaker_kind", "speaker"),
    ("claims", f"{N}-p3a", {"voice": "own"}, "voice", "voice"),
    ("claims", f"{S}-p6c", {"voice": "own"}, "voice", "voice"),
    ("claims", f"{N}-p4d", {"voice": "own"}, "voice", "voice"),
    ("claims", f"{N}-p5d", {"as_printed": "believed to be higher"}, "as_printed", "higher-than-what"),
    # our reading
    ("steps", "leader-detained", {"inferred": "date", "note": ""}, "inferred", "missing-note"),
    ("steps", "leader-detained", {"inferred": "day", "note": "From the text."}, "inferred", "unknown-column"),
    ("assemblies", "kostanay-2022-05-28", {"inferred": "venue", "note": "Read."}, "inferred",
     "unknown-column"),
    # ids and places in the sources
    ("claims", f"{N}-p3c", {"claim_id": f"{N}-p4z"}, "claim_id", "misnamed"),
    ("mentions", f"{N}-p3m1", {"mention_id": f"{N}-p4m99"}, "mention_id", "misnamed"),
    ("acts", "election-held", {"act_id": "leader-almaty"}, "act_id", "shared-id"),
    ("measures", "deaths_not_officers", {"measure_id": "gazette-fire"}, "measure_id", "shared-id"),
    ("claims", f"{N}-p3c", {"paragraph": "18", "claim_id": f"{N}-p18a"}, "paragraph", "no-such-paragraph"),
    ("mentions", f"{N}-p3m1", {"paragraph": "18"}, "paragraph", "no-such-paragraph"),
    ("reading", f"{N} 2 0", {"paragraph": "18"}, "paragraph", "no-such-paragraph"),
    ("claims", f"{N}-p3c", {"paragraph": "2", "claim_id": f"{N}-p2a"}, "paragraph", "not-in-reading"),
    ("mentions", f"{N}-p10m1", {"item": "9"}, "paragraph", "not-in-reading"),
    ("reading", f"{N} 2 0", {"outcome": "recorded"}, "outcome", "nothing-recorded"),
    ("reading", f"{N} 3 0 no name", {"outcome": "recorded"}, "outcome", "recorded-words"),
    ("reading", f"{N} 1 0", {"reason": ""}, "reason", "missing-reason"),
    ("reading", f"{N} 7 0 1", {"span": "not left alone"}, "sentence", "sentence-or-span"),
    ("reading", f"{N} 7 0 1", {"outcome": "recorded"}, "rows", "missing-rows"),
    ("reading", f"{N} 7 0 1", {"rows": "emergency-declared"}, "rows", "rows"),
    ("reading", f"{N} 7 0 1", {"outcome": "recorded", "rows": "emergency"}, "rows", "unknown-key"),
    ("reading", f"{N} 7 0 1", {"reason": ""}, "reason", "missing-reason"),
    # mentions
    ("mentions", f"{N}-p3m1", {"row_id": "no-such-act"}, "row_id", "unknown-key"),
    ("mentions", f"{N}-p13m3", {"row_id": "leader-summoned"}, "row_id", "duplicate"),
    ("mentions", f"{N}-p3m1", {"as_printed": THIRTEEN_WORDS}, "as_printed", "too-many-words"),
    ("mentions", f"{N}-p3m1", {"differs_on": "date"}, "differs_on", "differs-on"),
    ("mentions", f"{N}-p3m1", {"agrees": "differs"}, "differs_on", "differs-on"),
    ("mentions", f"{N}-p3m1", {"agrees": "partly"}, "differs_on", "differs-on"),
    ("mentions", f"{N}-p3m1", {"agrees": "partly", "differs_on": "daet"}, "differs_on", "unknown-column"),
    ("mentions", f"{N}-p3m1", {"agrees": "partly", "differs_on": "date; outcome"}, "differs_on",
     "unknown-column"),
    ("mentions", f"{N}-p3m1", {"agrees": "differs", "differs_on": "date"}, "value_there", "missing-value"),
    ("acts", "election-held", {"act_id": "election-of-november"}, "act_id", "unmentioned"),
    ("persons", "editor-almaty", {"person_id": "an-editor"}, "person_id", "unmentioned"),
    # statements
    ("statements", f"{N}-p5s1", {"statement_id": f"{N}-p6s1"}, "statement_id", "misnamed"),
    ("statements", f"{N}-p5s1", {"paragraph": "2"}, "paragraph", "not-in-reading"),
    ("statements", f"{N}-p5s1", {"as_printed": THIRTEEN_WORDS}, "as_printed", "too-many-words"),
    ("statements", f"{N}-p5s1", {"date": "2022-05-20"}, "date", "not-publication-date"),
    ("statements", f"{N}-p5s1", {"date_basis": "statement"}, "stated_on", "missing-date"),
    ("statements", f"{N}-p10s1", {"date": "2022-05-21"}, "date", "after-publication"),
    ("statements", f"{N}-p10s1", {"stated_on": "2022-05-21"}, "stated_on", "after-publication"),
    ("statements", f"{N}-p10s1", {"date": "5 January"}, "date", "invalid-date"),
    ("statements", f"{N}-p10s1", {"date_basis": "inferred"}, "note", "missing-note"),
    ("statements", f"{N}-p5s1", {"speaker": ""}, "speaker", "speaker"),
    ("statements", f"{S}-p7s1", {"speaker": "relatives"}, "speaker", "speaker"),
    ("statements", f"{N}-p15s1", {"speaker_kind": "state"}, "speaker_kind", "speaker"),
    ("statements", f"{S}-p7s1", {"voice": "own"}, "voice", "voice"),
    ("statements", f"{N}-p10s1", {"case_id": "leader-almaty"}, "case_id", "one-of"),
    ("statements", f"{S}-p7s2", {"agrees": ""}, "agrees", "agrees"),
    ("statements", f"{S}-p7s2", {"compared_with": ""}, "agrees", "agrees"),
    ("statements", f"{S}-p7s2", {"compared_with": f"{S}-p7s2"}, "compared_with", "other-episode"),
    ("statements", f"{S}-p7s2", {"compared_with": f"{N}-p10s1"}, "compared_with", "other-episode"),
    ("statements", f"{S}-p7s2", {"episode_id": ""}, "compared_with", "other-episode"),
    ("statements", f"{S}-p7s2", {"agrees": "yes"}, "differs_on", "differs-on"),
    ("statements", f"{S}-p7s2", {"differs_on": ""}, "differs_on", "differs-on"),
    ("statements", f"{S}-p7s2", {"differs_on": "day"}, "differs_on", "unknown-column"),
    ("episodes", "leader-taken", {"episode_id": "leader-detained"}, "episode_id", "no-account"),
    ("episodes", "leader-taken", {"date": "February 2022"}, "date", "invalid-date"),
    # cases and what belongs to them
    ("claims", f"{N}-p13b", {"assembly_id": "almaty-2022-01-05"}, "case_id", "one-of"),
    ("parties", "leader", {"case_id": ""}, "case_id", "one-of"),
    ("parties", "leader", {"assembly_id": "almaty-2022-01-05"}, "case_id", "one-of"),
    ("sentences", "rally-fine", {"restriction_id": "almaty-2022-01-05-fined"}, "step_id", "one-of"),
    ("sentences", "rally-fine", {"step_id": ""}, "step_id", "one-of"),
    ("parties", "officers-two", {"n_low": "3"}, "n_low", "low-above-high"),
    ("charges", "leader-riots", {"party_id": "picket-jailed"}, "party_id", "other-case"),
    ("steps", "leader-charged-riots", {"party_id": "blogger"}, "party_id", "other-case"),
    ("steps", "leader-charged-riots", {"charge_id": "editor-riots"}, "charge_id", "other-case"),
    ("steps", "leader-reclassified", {"into_charge_id": "editor-riots"}, "into_charge_id", "other-case"),
    ("steps", "activists-deferred", {"charge_id": "activists-second-riots"}, "charge_id", "other-party"),
    ("sentences", "rally-fine", {"party_id": "blogger"}, "party_id", "other-case"),
    ("steps", "leader-reclassified", {"into_charge_id": "leader-riots"}, "into_charge_id", "names-itself"),
    ("steps", "leader-reclassified", {"step": "dropped"}, "into_charge_id", "not-reclassified"),
    ("steps", "leader-reclassified", {"charge_id": ""}, "into_charge_id", "not-reclassified"),
    ("steps", "officers-verdict", {"outcome": ""}, "outcome", "missing-outcome"),
    ("steps", "messages-appeal", {"outcome": ""}, "outcome", "missing-outcome"),
    ("steps", "messages-parole", {"outcome": ""}, "outcome", "missing-outcome"),
    ("steps", "activists-amnestied", {"outcome": ""}, "outcome", "missing-outcome"),
    ("cases", "officers-unnamed", {"maybe_same_as": "officers-unnamed"}, "maybe_same_as", "names-itself"),
    ("restrictions", "astana-2022-08-15-jailed", {"ahead_of_assembly_id": "astana-2022-08-15"},
     "ahead_of_assembly_id", "names-itself"),
    ("cases", "activists-semey", {"label": "Three activists convicted over riots"}, "label", "final-outcome"),
    ("cases", "activists-semey", {"summary": "Three activists were found guilty."}, "summary",
     "final-outcome"),
    ("cases", "blogger-kostanay", {"label": "Blogger sentenced"}, "label", "final-outcome"),
    # numbers of sentences and incidents
    ("sentences", "officers-two-prison", {"value": "5"}, "value", "not-printed"),
    ("sentences", "officers-two-prison", {"bound": ""}, "value", "bound"),
    ("sentences", "officers-two-prison", {"value": ""}, "value", "bound"),
    ("sentences", "blogger-freeze", {"value_to": "3"}, "value", "bound"),
    ("sentences", "officers-two-prison", {"unit": ""}, "unit", "missing-unit"),
    ("sentences", "extremism-prison", {"value": "1"}, "value", "not-printed"),
    ("incidents", "gazette-windows", {"acts": "7"}, "acts", "not-printed"),
    ("incidents", "gazette-windows", {"acts_bound": "many"}, "acts", "bound"),
    ("incidents", "gazette-fire", {"acts_bound": "many"}, "acts", "bound"),
    ("places", "almaty", {"lon": ""}, "lat", "half-a-point"),
    ("places", "almaty", {"lat": ""}, "lat", "half-a-point"),
    # order of time
    ("steps", "leader-detained", {"date": "2021-12-31"}, "date", "step-order"),
    ("steps", "leader-house-arrest", {"date": "2022-05-20"}, "date", "step-order"),
    ("steps", "officers-verdict", {"date": "2023-04-01"}, "date", "after-publication"),
    ("acts", "emergency-declared", {"date": "2022-05-21"}, "date", "after-publication"),
    ("assemblies", "semey-2022-02-20", {"date": "2022-05-21"}, "date", "after-publication"),
    ("restrictions", "astana-2022-08-15-jailed", {"date": "2023-04-01"}, "date", "after-publication"),
    ("incidents", "outlets-threatened", {"date": "2022-05-21"}, "date", "after-publication"),
    ("answers", "north-list-a1", {"row_id": "list-promised"}, "row_id", "answer-before-question"),
    ("answers", "north-list-a1", {"row_id": "inquiry-rejected"}, "row_id", "answer-before-question"),
    ("answers", "north-list-a2", {"row_id": f"{N}-p3a"}, "row_id", "answer-before-question"),
    ("answers", "north-list-a1", {"row_id": "no-such-act"}, "row_id", "unknown-key"),
    ("answers", "north-list-a1", {"table": "statements", "row_id": f"{N}-p5s1"}, "row_id",
     "answer-before-question"),
    ("answers", "north-list-a1", {"table": "statements", "row_id": f"{S}-p8s1"}, "row_id",
     "answer-before-question"),  # told later, of an earlier day
    ("answers", "north-list-a1", {"act_id": "amnesty-passed"}, "act_id", "not-a-recommendation"),
    ("acts", "election-held", {"summary": "John Smith voted."}, "summary", "names"),
    # a source that was read in part
    ("sources", N, {"paragraphs_read": "1-18"}, "paragraphs_read", "no-such-paragraph"),
    ("sources", N, {"paragraphs_read": "5; 1-4; 6-17"}, "paragraphs_read", "order"),
    ("sources", N, {"paragraphs_read": "1-6; 6-17"}, "paragraphs_read", "order"),
    # quotations and amounts of money
    ("claims", f"{N}-p5b", {"modality": "quotation"}, "modality", "quotation"),
    ("claims", f"{N}-p4d", {"modality": "quotation"}, "modality", "quotation"),  # of nobody
    ("statements", f"{N}-p10s1", {"hedge": "quotation"}, "hedge", "quotation"),
    ("sentences", "officers-two-prison", {"unit": "KZT"}, "kind", "money"),
    ("sentences", "blogger-fine", {"unit": "year"}, "unit", "money"),
    # articles that nobody prints
    ("charges", "leader-rules", {"article_id": "cc-405"}, "article_id", "article-not-printed"),
    ("charges", "officer-third-inaction", {"article_id": "cc-274"}, "article_id", "article-not-printed"),
    ("charges", "messages-false", {"article_id": "cc-272"}, "article_id", "article-not-printed"),
    ("charges", "leader-riots", {"part": "4"}, "part", "article-not-printed"),
    ("charges", "messages-false", {"part": "2"}, "part", "article-not-printed"),
]
# What stands at the edge of a rule and keeps it.
ALLOWED = [
    ("claims", f"{N}-p10a", {"as_of": "2022-05-20"}),
    ("claims", f"{N}-p10a", {"stated_on": "2022-05-20"}),
    ("claims", f"{S}-p10c", {"as_of": "2023-03-31"}),
    ("claims", f"{N}-p10a", {"as_of": "2022-05-20/2022-12"}),
    ("claims", f"{N}-p6f", {"as_of": "2023"}),  # expected
    ("claims", f"{S}-p10d", {"as_of": "2024"}),  # a slip
    ("claims", f"{N}-p5f", {"base_claim_id": f"{N}-p5e", "note": ""}),
    ("claims", f"{N}-p4b", {"base_claim_id": "", "note": "The whole is not printed."}),
    ("claims", f"{N}-p3b", {"value": "225", "as_printed": "225 of them officers"}),
    ("claims", f"{N}-p5c", {"value": "99", "as_printed": "over 99 percent"}),
    ("claims", f"{N}-p3a", {"as_printed": "225 people were killed a b c d e f g h"}),
    ("claims", f"{N}-p3e", {"speaker_kind": "ngo"}),  # an unnamed group may be of any kind
    ("claims", f"{N}-p3a", {"speaker": "", "speaker_kind": "unattributed"}),
    ("claims", f"{N}-p3a", {"case_id": "witness-semey"}),
    ("claims", f"{S}-p4b", {"same_statement": ""}, ("claims", f"{N}-p3b", {"same_statement": ""})),
    ("mentions", f"{N}-p3m1", {"agrees": "partly", "differs_on": "date; wording"}),
    ("statements", f"{N}-p10s1", {"date": "2023", "hedge": "possible"}),
    ("statements", f"{S}-p7s2", {"agrees": "partly", "differs_on": "actor; wording"}),
    ("statements", f"{S}-p7s2", {"agrees": "yes", "differs_on": ""}),
    ("statements", f"{S}-p7s2", {"compared_with": "", "agrees": "", "differs_on": ""}),
    ("statements", f"{S}-p7s1", {"speaker": "free-steppe", "speaker_kind": "person"}),  # a party has members
    ("cases", "blogger-kostanay", {"label": "Blogger acquitted after a conviction, Kostanay"}),
    ("cases", "officers-semey", {"summary": "Two officers were convicted of torture."}),
    ("reading", f"{N} 7 0 1", {"outcome": "recorded", "rows": f"{N}-p7a; emergency-declared"}),
    ("parties", "officers-two", {"n_high": ""}),
    ("parties", "officers-two", {"n_low": "1"}),
    ("places", "almaty", {"lat": "", "lon": ""}),
    ("steps", "officers-appeal", {"date": "2023-04-01"}),  # only expected
    ("steps", "officers-verdict", {"date": "2023-03-31"}),
    ("steps", "leader-house-arrest", {"date": "2022-05-21"}),  # not before the step above begins
    ("steps", "leader-summoned", {"date": "2022-02-03"}),
    ("steps", "leader-transferred", {"date": "../2022-02-11"}),
    ("steps", "leader-charged-riots", {"party_id": "leader"}),
    ("assemblies", "kostanay-2022-05-28", {"date": "2022-06-01"}),  # planned
    ("assemblies", "semey-2022-02-20", {"part_of": "election-protests"}),
    ("restrictions", "kostanay-2022-04-strike-pressure",
     {"assembly_id": "kostanay-2022-05-28", "date": "2022-06"}),
    ("sentences", "extremism-ban", {"party_id": "extremism-activist"}),
    ("sentences", "rally-fine", {"party_id": ""}),
    ("sentences", "officers-two-prison", {"value": "", "bound": "many"}),
    ("incidents", "gazette-doxxing", {"acts_bound": "at_least"}),  # one incident is told without a number
    ("acts", "council-visit", {"date": "2024"}),  # only expected
    ("acts", "emergency-declared", {"date": "2022-05-20"}),
    ("acts", "list-published", {"date": "2022-05-20"}),
    ("acts", "list-published", {"date": "../2022-03"}),  # when it began is not known
    ("acts", "recommendation-north-list", {"date": ""}),
    ("answers", "north-list-a1", {"table": "statements", "row_id": f"{S}-p6s1"}),
    ("answers", "north-list-a1", {"table": "restrictions", "row_id": "astana-2022-08-15-jailed"}),
    ("steps", "leader-detained", {"inferred": "date", "note": "From the text."}),
    ("acts", "recommendation-north-list", {"date": "../2022-05-20"}),
    ("sources", N, {"paragraphs_read": "1-17"}),  # a part, of which our copy has no more
    ("sources", N, {"paragraphs_read": "1-8; 9; 10-17"}),
    ("claims", f"{N}-p3a", {"modality": "quotation"}),
    ("mentions", f"{N}-p3m1", {"hedge": "quotation"}),
    ("sentences", "blogger-fine", {"unit": "KZT"}),
    ("sentences", "blogger-freeze", {"kind": "fine"}),  # of no amount
    ("sentences", "officers-two-prison", {"kind": "not_told"}),
    ("sentences", "blogger-freeze", {"kind": "not_told"}),
    ("steps", "leader-transferred", {"step": "hearing"}),
    ("steps", "leader-transferred", {"step": "review"}),
    ("charges", "messages-false", {"article_id": ""}),
    ("charges", "leader-riots", {"part": ""}),
]
CORRECTIONS = [
    ({"table": "claim", "row_id": "x", "column": "value"}, "table", "unknown-table"),
    ({"row_id": f"{N}-p3a", "column": "number"}, "column", "unknown-column"),
    ({"row_id": "nope", "column": "value"}, "row_id", "unknown-key"),
    ({"row_id": "nope", "column": "claim_id"}, "row_id", "unknown-key"),
    ({"row_id": "nope", "column": "value", "new": ""}, "row_id", "unknown-key"),
    ({"row_id": "x", "column": "note", "new": "[removed]", "kind": "removal"}, "old", "removal"),
    ({"row_id": "x", "column": "note", "old": "[removed]", "kind": "removal"}, "old", "removal"),
    ({"row_id": "nope", "column": "claim_id", "new": ""}, None, None),
    ({"row_id": "x", "column": "note", "old": "[removed]", "new": "[removed]", "kind": "removal"},
     None, None),
    ({"row_id": f"{N}-p3a", "column": "value"}, None, None),
    ({"table": "reading", "row_id": f"{N} 3 0 no name", "column": "reason"}, None, None),
]
# fmt: on


@pytest.fixture(scope="module")
def raw(frozen):
    return {name: tables.read_table(name, frozen) for name in tables.raw_names(frozen)}


def rule_problems(raw, data, *changed):
    return runner.rule_problems({**raw, **{table: tables.read_table(table, data) for table in changed}})


def typed(data, table, row, cells):
    """Type cells into a row of a table, and return its number."""
    number = row_number(data, table, row)
    for column, cell in cells.items():
        edit_cell(data, table, number, column, cell)
    return number


@pytest.mark.parametrize(("table", "row", "cells", "column", "rule"), BROKEN)
def test_a_row_that_breaks_a_rule_is_refused_at_its_column(raw, data, table, row, cells, column, rule):
    number = typed(data, table, row, cells)
    problems = rule_problems(raw, data, table)
    assert (table, number, column, rule) in {problem[:4] for problem in problems}
    assert all(";" in problem.message for problem in problems), "a message says what is wrong; and what to do"


@pytest.mark.parametrize("edits", ALLOWED)
def test_what_just_keeps_a_rule_passes(raw, data, edits):
    table, row, cells, *more = edits
    for edit in ((table, row, cells), *more):
        typed(data, *edit)
    assert rule_problems(raw, data, table) == []


@pytest.mark.parametrize(("cells", "column", "rule"), CORRECTIONS)
def test_a_correction_names_what_exists_or_says_that_it_was_taken_out(raw, data, cells, column, rule):
    row = {"date": "2026-11-22", "table": "claims", "old": "1", "new": "2", "kind": "our_error"}
    append_row(data, "corrections")
    typed(data, "corrections", 2, {**row, **cells})
    found = [problem[:4] for problem in rule_problems(raw, data, "corrections")]
    assert found == ([("corrections", 2, column, rule)] if rule else [])


@pytest.mark.parametrize(("printed", "number", "part", "is_printed"), [
    ("articles 272.1 and 274.4", "274", "4", True), ("articles 272.1 and 274.4", "272", "4", False),
    ("article 272 (1)", "272", "1", True), ("article 272-1", "272", "1", True),
    ("article 272, part 1", "272", "1", True), ("article 272.12", "272", "1", False),
    ("article 272", "272", "1", False),
])  # fmt: skip
def test_the_part_of_an_article_is_printed_in_one_of_these_forms(printed, number, part, is_printed):
    assert events._prints_part(printed, number, part) is is_printed


def test_the_number_of_an_article_is_a_number_of_its_own(data):
    """272 does not stand in 2722, and a mention of the article elsewhere is none of the charge."""
    number = row_number(data, "charges", "extremism-405")
    assert not _article_problems(data)
    mention = _mention(data, "articles", "cc-405", S)
    edit_cell(data, "mentions", mention, "as_printed", "article 4055")
    of_article = row_number(data, "mentions", mention)
    assert [problem[:3] for problem in _article_problems(data)] == [
        ("mentions", of_article, "as_printed"), ("charges", number, "article_id"),
    ]  # fmt: skip
    edit_cell(data, "mentions", mention, "as_printed", "")  # no words: nothing is printed there
    assert [problem.row for problem in _article_problems(data)] == [number]
    edit_cell(data, "mentions", _mention(data, "charges", "extremism-405", S), "as_printed", "under 405")
    assert not _article_problems(data)


def _article_problems(data):
    raw = {name: tables.read_table(name, data) for name in tables.raw_names(data)}
    return list(events.article_numbers(raw))


def _mention(data, table, row, source):
    mentions = tables.read_table("mentions", data)
    rows = mentions.query("table == @table and row_id == @row and source_id == @source")
    return rows["mention_id"].iloc[0]


def test_a_statement_stands_in_a_paragraph_that_was_read(data):
    edit_cell(data, "sources", N, "paragraphs_read", "1-2; 4-17")
    raw = {name: tables.read_table(name, data) for name in tables.raw_names(data)}
    found = [problem for problem in runner.rule_problems(raw) if problem.rule == "not-read"]
    of = {table: {problem.row for problem in found if problem.table == table} for table in raw}
    for table in ("claims", "mentions", "statements", "reading"):
        rows = tables.read_table(table, data)
        there = rows.index[(rows["source_id"] == N) & (rows["paragraph"] == 3)] + 2
        assert of[table] == set(there), table
    assert len(of["claims"]) == 6


def test_the_wider_record_keeps_every_rule(wider):
    report = runner.check(wider, wider.parent / "texts")
    assert (report.problems, report.unverified) == ([], 0)


def test_rules_that_compare_dates_wait_until_all_dates_are_valid(raw, data):
    edit_cell(data, "steps", "officers-verdict", "date", "6 February 2023")
    edit_cell(data, "claims", f"{N}-p10a", "as_of", "2022-05-21")
    assert {problem.rule for problem in rule_problems(raw, data, "steps", "claims")} == {"invalid-date"}


def test_a_problem_reads_as_file_row_column_and_message():
    for row, column, place in (
        (87, "value", ", row 87, column value"),
        (87, None, ", row 87"),
        (None, None, ""),
    ):
        problem = Problem("claims", row, column, "rule", "is x; do y")
        assert str(problem) == f"data/raw/claims.csv{place}: is x; do y"
    assert str(Problem(None, None, None, "rule", "is x; do y")) == "is x; do y"


@pytest.mark.parametrize(
    ("asked", "told_on", "day", "after"),
    [
        ("2022-05-20", ["2022-05-20"], None, False),
        ("2022-05-20", ["2022-05-20", "2022-05-21"], None, True),
        ("2022-05-20", ["2022-05-21"], "2022-05-19", False),
        ("2022-05-20", ["2022-05-21"], "2022-05-20", True),
        ("2022-05-20", ["2022-05-21"], "../2022-05-19", True),
        ("../2022-05-20", ["2022-05-21"], "2022-05-19", True),
    ],
)
def test_an_answer_is_told_after_the_question_and_is_not_of_an_earlier_day(asked, told_on, day, after):
    assert events.comes_after(asked, told_on, day) is after
