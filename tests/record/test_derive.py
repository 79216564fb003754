"""The clean tables: what is added to the raw ones, and that the files are made from them."""

import pandas as pd
import pytest
from conftest import append_row, edit_cell

from qantar.record import derive, tables


def test_the_committed_clean_tables_are_those_of_the_raw_tables():
    assert derive.stale() == []


def test_a_clean_table_is_stale_until_it_is_written_again(data):
    edit_cell(data, "measures", 2, "note", "another note")
    (data / "clean" / "places.csv").unlink()
    assert derive.stale(data) == [data / "clean" / "measures.csv", data / "clean" / "places.csv"]
    derive.write(data)
    assert derive.stale(data) == []
    assert b"another note" in (data / "clean" / "measures.csv").read_bytes()


def test_clean_tables_keep_every_raw_row_in_order(frozen):
    for name in tables.clean_names(frozen):
        clean, raw = (tables.read_table(prefix + name, frozen) for prefix in (tables.CLEAN_PREFIX, ""))
        pd.testing.assert_frame_equal(clean[[*raw]].drop(columns="date", errors="ignore"),
                                      raw.drop(columns="date", errors="ignore"))  # fmt: skip


# fmt: off
@pytest.mark.parametrize(("table", "row", "cells"), [
    # bounds, days, and what the source and the measure say
    ("claims", "north-2022-05-p3a", {"low": 225, "high": 225, "firm": True, "as_of_last": "2022-05-20",
                                     "as_of_first": None, "unit": "person", "team": "north"}),
    ("claims", "north-2022-05-p10g", {"low": 13, "high": None, "firm": False}),
    ("claims", "north-2022-05-p5c", {"low": 70, "high": 100, "low_open": True, "high_open": False}),
    ("claims", "north-2022-05-p4b", {"low": 4501, "high": None, "firm": True}),
    ("claims", "north-2022-05-p10a", {"value": 300, "low": None, "high": None}),
    ("claims", "south-2023-03-p10d", {"date_basis": "slip", "as_of_first": None, "as_of_last": None}),
    ("sources", "south-2023-03", {"published_first": "2023-03-01", "published_last": "2023-03-31"}),
    ("mentions", "south-2023-03-p8m4", {"published_last": "2023-03-31", "team": "south"}),
    ("sentences", "extremism-labour", {"low": 101, "high": None, "firm": True, "date": "2022"}),
    ("sentences", "blogger-freeze", {"low": None, "high": None, "firm": None}),
    ("sentences", "picket-jail", {"low": 12, "date": "2022-11-09"}),
    ("incidents", "gazette-windows", {"low": 4, "high": 4, "region_2022_01": "Almaty (city)"}),
    ("acts", "curfew-ordered", {"by_kind": "state", "date_first": "2022-01-08"}),
    # who mentions a row
    ("cases", "leader-almaty", {"told_by": "north-2022-05; south-2023-03", "first_published": "2022-05-20",
                                "last_reported": "2023-03", "last_reported_by": "south-2023-03"}),
    ("steps", "leader-trial-started", {"expected": False}),  # expected by one report, reported by another
    ("steps", "death-to-court", {"expected": True}),
    # states: an expected step changes none
    ("cases", "death-kostanay", {"state": "open", "latest_step": "reopened", "latest_date": "2023-01",
                                 "accused_low": None, "accused_high": None}),
    ("cases", "rally-fines-almaty", {"state": "penalised", "accused_low": 3, "accused_high": None}),
    ("cases", "officers-semey", {"state": "convicted", "latest_outcome": "guilty", "accused_low": 3,
                                 "accused_high": 3}),
    ("cases", "witness-semey", {"state": "not_told", "latest_step": None}),
    ("charges", "leader-riots", {"became": "reinstated", "became_charge_id": None}),
    ("charges", "leader-false", {"became": "dropped"}),
    ("parties", "leader", {"custody": "house_arrest", "outcome": None, "latest_step": "reinstated",
                           "charges": "Organising riots (article 272, part 1): reinstated; Spreading false "
                           "information in an emergency (article 274, part 4): dropped; "
                           "Breaking the rules for assemblies: trial started"}),
    ("parties", "officers-victims", {"state": None, "charges": None, "sentence": None}),
    ("parties", "activist-second", {"state": "ended", "sentence": "prison 2 years (amnestied)"}),
    ("parties", "activist-third", {"outcome": "refused", "latest_step": "amnesty_requested"}),
    ("parties", "rally-fined", {"state": "penalised", "sentence": "fine 50 to 180 EUR"}),
    ("parties", "extremism-activist", {"sentence": "restricted freedom 2 years (replaced); public labour "
                                       "more than 100 hours; activity ban up to 5 years; prison 6 months"}),
    # assemblies and their restrictions
    ("assemblies", "almaty-2022-01-05", {"permission_denied": True, "fined": True, "prevented": None,
                                         "lat": 43.24}),
    ("assemblies", "election-protests", {"administrative_detention": True, "fined": None}),
    ("restrictions", "almaty-2022-01-05-fined", {"sentence": "fine 50 to 180 EUR"}),
    ("restrictions", "almaty-2022-01-05-jailed", {"sentence": "administrative detention 3 to 12 days"}),
    ("restrictions", "astana-2022-08-15-jailed", {"sentence": "administrative detention 12 days"}),
    ("restrictions", "semey-2022-02-20-denied", {"sentence": None}),
])
def test_a_clean_row_has_these_cells(frozen, table, row, cells):
    rows = tables.read_table(tables.CLEAN_PREFIX + table, frozen).set_index(tables.key(table))
    found = {column: rows.loc[row, column] for column in cells}
    found = {column: None if pd.isna(cell) else cell for column, cell in found.items()}
    days = {c: f"{cell:%Y-%m-%d}" for c, cell in found.items() if isinstance(cell, pd.Timestamp)}
    assert {**found, **days} == cells
# fmt: on


def test_the_majority_of_a_majority_is_computed_from_its_own_base(data):
    edit_cell(data, "claims", "north-2022-05-p4c", "base_claim_id", "north-2022-05-p4b")
    claims = derive.clean_tables(data)["claims"].set_index("claim_id")
    assert claims.loc["north-2022-05-p4c", "low"] == 2251


def test_a_criminal_case_gives_an_assembly_all_sentences_of_that_case(data):
    append_row(data, "sentences", "picket-jail", sentence_id="leader-fine", step_id="leader-summoned",
               restriction_id="", kind="fine", unit="EUR")  # fmt: skip
    restrictions = derive.clean_tables(data)["restrictions"].set_index("restriction_id")
    assert restrictions.loc["almaty-2022-01-05-case", "sentence"] == "fine 12 EUR"


@pytest.mark.parametrize(
    ("columns", "state"),
    [({"party_id": "death-unknown"}, "ended"), ({"charge_id": "death-murder"}, "open"), ({}, "ended")],
)
def test_a_step_on_a_party_or_on_the_whole_case_gives_the_state_of_its_accused(data, columns, state):
    append_row(data, "steps", "death-to-court", step_id="death-dropped", step="dropped", date="", **columns)
    append_row(
        data, "mentions", "south-2023-03-p7m10", mention_id="south-2023-03-p7m99", row_id="death-dropped"
    )
    parties = derive.clean_tables(data)["parties"].set_index("party_id")
    assert parties.loc["death-unknown", "state"] == state
    assert pd.isna(parties.loc["death-suspect", "latest_step"])


@pytest.mark.parametrize(("published", "cited"), [
    (["2022-05-20", "2022-11-14"], ["Watch (May 2022)", "Watch (November 2022)"]),
    (["2022-05-20", "2022-05-21"], ["Watch (20 May 2022)", "Watch (21 May 2022)"]),
    (["2022-05-20", "2022-05"], ["Watch (20 May 2022)", "Watch (May 2022)"]),
    (["2022-05-20", "2022"], ["Watch (May 2022)", "Watch (2022)"]),
    (["2022-05-20", "2023-05-20"], ["Watch", "Watch"]),
    (["2022-05-20", "2022-05-21", "2022-11-14"],
     ["Watch (20 May 2022)", "Watch (21 May 2022)", "Watch (November 2022)"]),
])  # fmt: skip
def test_sources_of_one_name_and_year_are_told_apart_by_month_or_day(published, cited):
    sources = pd.DataFrame({"published": published}).assign(short="Watch")
    assert derive._cited_as(sources) == cited
    apart = sources.assign(short=[f"Watch {n}" for n in range(len(sources))])
    assert derive._cited_as(apart) == list(apart["short"]), "another name needs no day"


def test_a_later_source_does_not_change_how_an_earlier_one_is_cited_as_of_a_day(wider):
    now, then = derive.clean_tables(wider), derive.clean_tables(wider, printed_by="2022-06-01")
    assert now["sources"].loc[0, "cited_as"] == "Northern Watch (May 2022)"
    assert list(then["sources"]["cited_as"]) == ["Northern Watch"]


def test_what_the_model_had_no_word_for_is_told(wider_record):
    cases = wider_record.cases.set_index("case_id")
    assert list(cases.loc[["riots-astana", "guards-semey"], "state"]) == ["pending", "convicted"]
    parties = wider_record.parties.set_index("party_id")["sentence"]
    assert parties["guard-first"] == "a sentence, of what kind is not told"
    assert parties["guard-second"] == "fine some 50,000 tenge"
    assert wider_record.cases["state"].cat.categories.isin(["pending"]).any()


def test_a_penalty_of_a_kind_that_is_not_told_is_the_sentence_of_its_restriction(data):
    edit_cell(data, "restrictions", "almaty-2022-01-05-fined", "kind", "penalised")
    edit_cell(data, "sentences", "rally-fine", "kind", "not_told")
    restrictions = derive.clean_tables(data)["restrictions"].set_index("restriction_id")
    words = restrictions.loc["almaty-2022-01-05-fined", "sentence"]
    assert words == "a sentence of a kind that is not told: 50 to 180 EUR"
