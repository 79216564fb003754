"""Tables show bounds, speakers, dates and sources of claims and events in words. N is north, S south."""

import pandas as pd
import pytest

from qantar.presentation import claim_tables, sentences
from qantar.record import comparisons, views

REPORTS = {"N": "north-2022-05-", "S": "south-2023-03-"}
NORTH = "[Northern Watch](../data/rows/sources.md#north-2022-05), 20 May 2022"
SOUTH = "[Southern Monitor](../data/rows/sources.md#south-2023-03), March 2023"
# fmt: off
SUPPORTS = [
    ("N-p8a", "0 or more: not known is not none"), ("N-p4b", "more than half of that whole"),
    ("N-p10a", "no bounds"),
    ("N-p3e", "no bounds"), ("N-p3a", "225"), ("N-p4a", "at least 9,000"), ("N-p7a", "at most 15"),
    ("N-p13a", "between 3 and 5"), ("N-p10e", "3 to 6, of several"), ("N-p3f", "at least 2 (our reading)"),
    ("N-p5c", "over 70 to 100 %"), ("N-p5e", "just under 90 %"), ("S-p10d", "77.5 %"), ("N-p8b", "0"),
    ("N-p10g", "at least 13 (our reading)"),
]
SPEAKERS = [("N-p3a", "Ministry of Order"), ("N-p4d", "not said"), ("N-p5b", "Northern Watch, own words")]
DAYS = [
    ("S-p4a", "1 February 2023"), ("N-p3d", "not later than April 2022, inferred"),
    ("S-p10d", "27 November 2023 as printed, which cannot be right"),
]
HOW_MANY = [
    ("driver-shot", "1"), ("gazette-flooded", "at least 2"), ("outlets-threatened", "several"),
    ("reporters-beaten", "more than one"),
]
FACTS = [
    ("2022-02-04", "4 February 2022"), ("../2022-03", "not later than March 2022"), ("2022", "2022"),
    ("house_arrest", "house arrest"), ("20 people", "20 people"), ("2022-13", r"2022\-13"), ("a|b", r"a\|b"),
    ("", "not told"), (pd.NA, "not told"), (1200, "1,200"), (2.5, "2.5"),
]
# fmt: on


def table_of(record, *measures, **options):
    return claim_tables.claims_table(record.claims_of(*measures), **options).data.splitlines()


@pytest.fixture
def claim(record):
    return lambda name: record.claims_by_id(REPORTS[name[0]] + name[2:]).iloc[0]


@pytest.mark.parametrize(("name", "words"), SUPPORTS)
def test_what_a_wording_supports_is_told(claim, name, words):
    assert claim_tables.supports(claim(name)) == words


def test_an_upper_bound_may_be_open_where_the_lower_is_too(claim):
    both = {**claim("N-p5c"), "high": 90, "high_open": True}
    assert claim_tables.supports(both) == "over 70 to under 90 %"
    assert claim_tables.supports({**claim("N-p10a"), "high": 50}) == "at most 50"


@pytest.mark.parametrize(("name", "words"), SPEAKERS)
def test_who_states_a_claim_is_told(claim, name, words):
    assert claim_tables.speaker(claim(name)) == words


@pytest.mark.parametrize(("name", "words"), DAYS)
def test_the_day_or_period_is_marked_where_it_is_not_printed_or_wrong(claim, name, words):
    assert sentences.day_or_period(claim(name)) == words


@pytest.mark.parametrize(("incident", "words"), HOW_MANY)
def test_acts_keep_their_bound(record, incident, words):
    told = claim_tables.with_how_many(record.incidents).set_index("incident_id")["how_many"]
    assert told[incident] == words
    unknown = record.incidents.assign(acts_bound=pd.NA)
    assert set(claim_tables.with_how_many(unknown)["how_many"]) == {"not told"}


def test_claims_of_one_measure_are_a_table_without_its_name(record):
    lines = table_of(record, "deaths_total")
    assert lines[0] == "| As printed | Supports | Day or period | Who says so | Where |"
    place = "[“225 people were killed”](../data/rows/claims_casualties.md#north-2022-05-p3a)"
    words = "225 | not later than 20 May 2022 | Ministry of Order"
    assert lines[2] == f"| {place} | {words} | {NORTH}, paragraph 3 |"
    assert table_of(record, "deaths_total", home="")[2].startswith(
        "| [“225 people were killed”](#north-2022-05-p3a)"
    )


def test_several_measures_and_events_are_named(record):
    assert table_of(record, "deaths_total", "injured_total")[2].startswith("| Deaths in total | [")
    assert table_of(record, "monitored_hearings")[2].startswith(
        "| Hearings watched: Three officers convicted after"
    )
    frames = [record.claims_of("deaths_total"), record.claims_of("injured_total")]
    assert claim_tables.claims_table(*frames).data.count("\n") == 5


def test_a_computed_row_shows_what_was_subtracted(record):
    rest = comparisons.remainder_claims(record, "deaths_total", "deaths_officers", "deaths_not_officers")
    line = claim_tables.claims_table(rest).data.splitlines()[2]
    assert line.startswith("| “225 people were killed” less “17 of them officers” | 208 |")
    assert "| computed from figures of: Ministry of Order |" in line


def test_events_lead_to_their_page_and_name_their_sources(record):
    rows = views.events(record, "incidents").query("incident_id == 'driver-shot'")
    words = f"8 January 2022 | not told | {NORTH}, paragraph 14; {SOUTH}, paragraph 4"
    head = "| What is told | Day | Note | Where |"
    columns = {"What_is_told": "label", "Day": "date", "Note": "note"}
    label = "[Driver of a television crew shot dead, Almaty](../data/rows/incidents.md#driver-shot)"
    assert claim_tables.events_table(rows, **columns).data.splitlines()[::2] == [
        head,
        f"| {label} | {words} |",
    ]
    unlinked = claim_tables.events_table(rows.drop(columns="page"), **columns).data
    assert "| Driver of a television crew shot dead, Almaty | 8" in unlinked
    assert (
        "| Driver of a television crew shot dead, Almaty | 8"
        in claim_tables.events_table(rows, home="", **columns).data
    )


def test_several_paragraphs_are_listed():
    places = [("a", "A", "2022", [3, 4, 10]), ("b", "B", "2023", [1])]
    assert (
        claim_tables.sources_of(places, home="")
        == "[A](#a), 2022, paragraphs 3, 4 and 10; [B](#b), 2023, paragraph 1"
    )


@pytest.mark.parametrize(("cell", "words"), FACTS)
def test_cells_are_words(cell, words):
    assert claim_tables.frame_table(pd.DataFrame({"cell": [cell]}), A_b="cell").data.splitlines() == [
        *("| A b |", "| --- |"),
        f"| {words} |",
    ]


def test_the_id_of_a_source_leads_there():
    rows = pd.DataFrame({"source_id": ["a-b"], "n": [3]})
    line = claim_tables.frame_table(rows, Source="source_id", N="n").data.splitlines()[2]
    assert line == "| [a-b](../data/rows/sources.md#a-b) | 3 |"


def test_pairs_of_names_are_counted():
    rows = pd.DataFrame({"down": ["a_b", "c", "c"], "across": ["x_y", "x_y", "z"]})
    lines = claim_tables.cross_table(rows, "down", "across", "Against").data.splitlines()
    assert lines == ["| Against | x y | z |", "| --- | --- | --- |", "| a b | 1 | 0 |", "| c | 1 | 1 |"]


def test_both_versions_of_a_difference_stand_side_by_side(record):
    rows = comparisons.differences(record, "steps", "sentences")
    lines = claim_tables.differences_table(rows).data.splitlines()
    detained = next(line for line in lines if "4 February" in line)
    assert (
        f"| date | 3 February 2022 | {NORTH}, paragraph 13 | 4 February 2022 | {SOUTH}, paragraph 7 | "
        in detained
    )
    assert any(f"| date | 1 April 2022 | {NORTH}, paragraph 13 | left open |" in line for line in lines)
    cells = {"agrees": "differs", "value_there": pd.NA, "note": "a_b"}
    assert claim_tables.differences_table(rows.iloc[:1].assign(**cells)).data.count(r"| not told | [") == 1
    assert claim_tables.differences_table(rows.assign(**cells)).data.endswith(r"| a\_b |")
    assert "| left open |" not in claim_tables.differences_table(rows.assign(value_there="x")).data


def test_remainders_are_told_with_their_parts(record):
    lines = claim_tables.remainders_table(record).data.splitlines()
    assert len(lines) == 6
    assert lines[2].startswith("| [225 deaths](../data/rows/claims_casualties.md#north-2022-05-p3a) (")
    assert lines[2].endswith(" | 17 officers among the dead | 208 |")
    parts = "30 investigations sent to court, 25 investigations ongoing, 5 investigations suspended and 20"
    assert f"| {parts} investigations closed | 0 |" in lines[3]
    parties = record.claims.assign(unit=record.claims["unit"].replace("person", "party"))
    without = type(record)({**record._tables, "claims": parties}, record.edition)
    assert "deaths" not in claim_tables.remainders_table(without).data


def test_coverage_has_a_column_for_each_source(record):
    table = comparisons.coverage(record).loc[["deaths_total", "people_intimidated"]]
    lines = claim_tables.coverage_table(record, table).data.splitlines()
    assert lines[0].startswith(
        "| What is counted | [Northern Watch, 20 May 2022](../data/rows/sources.md#north-2022-05)"
    )
    assert lines[2:] == ["| Deaths in total | firm | firm |", "| People intimidated | vague | silent |"]


def test_figures_stand_beside_their_definition(record):
    line = claim_tables.definitions_table(record.claims_of("injured_total")).data.splitlines()[2]
    assert line.startswith("| [thousands of people injured](") and line.endswith(
        ") | People who were injured in the events. |"
    )


def test_acts_are_counted_in_the_printed_words_where_these_are_at_hand(record):
    events = views.events(record, "incidents")
    told = claim_tables.with_how_many(events).set_index("incident_id")["how_many"]
    assert told["gazette-flooded"] == "at least 2" and told["outlets-threatened"] == "several"
    words = {"gazette-flooded": "no fewer than two times", "outlets-threatened": "a few outlets"}
    printed = events["incident_id"].map(words).fillna(events["as_printed"])
    told = claim_tables.with_how_many(events.assign(as_printed=printed)).set_index("incident_id")["how_many"]
    assert told["gazette-flooded"] == "no fewer than 2" and told["outlets-threatened"] == "a few"
