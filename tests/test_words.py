"""Computed sentences: grammatical, never without who says so and when, and text stays text."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qantar.presentation import claim_tables, markdown, sentences
from qantar.record import comparisons, query


@pytest.fixture(scope="module")
def record():
    return query.load()


@pytest.mark.parametrize(
    ("claim_id", "said"),
    [
        (
            "fidh-2024-02-p5a",
            "[at least 238 deaths](S/claims_casualties.md#fidh-2024-02-p5a) (the authorities of Kazakhstan, as printed by FIDH on 8 February 2024)",
        ),
        (
            "hrw-2023-01-p10a",
            "[at least 232 deaths](S/claims_casualties.md#hrw-2023-01-p10a) (Human Rights Watch, 12 January 2023)",
        ),
        (
            "iphr-2023-03-p33a",
            "[1 conviction over the killing of a civilian](S/claims_casualties.md#iphr-2023-03-p33a) (IPHR and KIBHR, March 2023; as of early February 2023)",
        ),
        (
            "iphr-2023-03-p30a",
            "[many investigations into deaths closed](S/claims_casualties.md#iphr-2023-03-p30a) "
            "(reported by IPHR and KIBHR, March 2023, which does not say who says so)",
        ),
    ],
)
def test_a_claim_is_told_with_its_bound_its_speaker_and_its_day(record, claim_id, said):
    row = record.of(*record.measures["measure_id"]).set_index("claim_id", drop=False).loc[claim_id]
    assert sentences.said(row, home="S/") == said


def test_every_claim_of_the_record_can_be_told(record):
    for _, row in record.of(*record.measures["measure_id"]).iterrows():
        said = sentences.said(row)
        assert row["source_id"] in said
        assert row["short"] in said
        assert "nan" not in said.lower().replace("financ", "")


@pytest.mark.parametrize(
    ("claim_id", "told"),
    [
        ("iphr-2023-03-p24b", "several thousand people injured"),
        ("fidh-2024-02-p5c", "thousands of people injured"),
        ("iphr-2022-05-p7a", "some activists injured"),
        ("civicus-2022-03-p20a", "a significant number of casualties"),
        ("iphr-2023-03-p50c", "no person held accountable for attacks on media workers, as far as is known"),
        ("fidh-2024-02-p5d", "deaths: “the number of deaths could be much higher”"),
    ],
)
def test_a_word_without_a_number_is_told_as_it_is_printed(record, claim_id, told):
    row = record.of(*record.measures["measure_id"]).set_index("claim_id", drop=False).loc[claim_id]
    assert sentences.counted(row) == told


def test_what_we_computed_is_never_put_into_a_speakers_mouth(record):
    for _, row in comparisons.residuals(
        record, "deaths_total", "deaths_officers", "deaths_not_officers"
    ).iterrows():
        assert "computed from figures of" in sentences.said(row)


def test_what_is_alleged_or_expected_says_so(record):
    rows = record.of(*record.measures["measure_id"])
    for _, row in rows[rows["modality"] != "observed"].iterrows():
        assert row["modality"] in sentences.said(row)


@pytest.mark.parametrize(
    ("edtf", "told"),
    [
        ("2024-02-08", "8 February 2024"),
        ("2023-03", "March 2023"),
        ("2022", "2022"),
        ("../2022-03-10", "not later than 10 March 2022"),
        ("2022-01-04/2022-01-06", "4 to 6 January 2022"),
        ("2023-02-01/2023-02-10", "early February 2023"),
        ("2022-03-21/2022-03-31", "late March 2022"),
        ("2022-02/2022-03", "February 2022 to March 2022"),
    ],
)
def test_dates_are_told_as_a_person_would(edtf, told):
    assert sentences.when(edtf) == told


@pytest.mark.parametrize(
    ("n", "whole", "told"),
    [
        (0, 5, "none of the five has"),
        (1, 5, "one of the five has"),
        (2, 5, "two of the five have"),
        (5, 5, "all five have"),
    ],
)
def test_a_number_of_a_whole_agrees_with_its_verb(n, whole, told):
    assert sentences.of_them(n, whole, "has", "have") == told


@pytest.mark.parametrize(
    ("n", "told"), [(0, "no reports"), (1, "one report"), (3, "three reports"), (12, "12 reports")]
)
def test_counts_are_grammatical_for_one_and_many(n, told):
    assert sentences.count(n, "report") == told


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (208, 208, "208"),
        (213, None, "at least 213"),
        (None, 12, "at most 12"),
        (5, 15, "between 5 and 15"),
        (None, None, "a number that is not known"),
    ],
)
def test_bounds_in_words(low, high, told):
    assert sentences.between(low, high) == told
    assert sentences.between(pd.NA if low is None else low, pd.NA if high is None else high) == told


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[click](javascript:alert(1))",
        "{{ template }}",
        "a | b",
        "`code`",
        "*bold* and _so_",
        "<img src=x onerror=alert(1)>",
        "&lt;b&gt;",
        "$x$",
        "# heading",
        "- no list",
        "::: no fence",
        "% no comment",
        "(no-target)=",
        "1. no list",
    ],
)
def test_text_of_the_record_stays_text(hostile):
    html = MarkdownIt("gfm-like", {"linkify": False}).render(f"| {markdown.escape(hostile)} |\n| --- |\n")
    shown = html.split("<th>")[1].split("</th>")[0]
    import html as entities

    assert entities.unescape(shown) == hostile
    assert "<" not in shown


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Cs"]), min_size=1)
    .map(str.strip)
    .filter(bool)
)
def test_no_text_opens_a_tag_or_a_link(text):
    html = MarkdownIt("gfm-like", {"linkify": False}).render(markdown.escape(text))
    for tag in ("<a", "<em", "<strong", "<code", "<img", "<script"):
        assert tag not in html


@pytest.mark.parametrize(
    ("claim", "held"),
    [
        ("iphr-2023-03-p37b", "as of early February 2023"),  # counts up to a day
        ("iphr-2023-03-p38a", "on 16 January 2023"),  # happened on a day
        ("iphr-2023-03-p36a", "said in January 2023"),  # only the day of the statement is told
        ("iphr-2023-03-p35d", "as of March 2023 at the latest, inferred"),
        ("hrw-2023-01-p10d", "for 4 to 6 January 2022"),
        ("iphr-2023-03-p34a", "on 5 January 2022"),  # one death that is told is no count up to its day
        ("iphr-2023-03-p118a", "in February 2023"),
    ],
)
def test_when_a_figure_held_is_told_in_the_words_of_its_kind(record, claim, held):
    assert sentences.held(record.claim(claim).iloc[0]) == held


def test_an_ordinal_is_no_amount(record):
    assert (
        sentences.counted(record.claim("iphr-2023-03-p118a").iloc[0])
        == "application for registration number 11"
    )


def test_of_most_no_number_is_made(record):
    assert (
        claim_tables.supports(record.claim("civicus-2022-03-p27a").iloc[0]) == "more than half of that whole"
    )


def test_figures_that_nothing_can_be_set_against_are_not_called_compatible(record):
    alone = record.of("torture_cases_opened", "officers_on_trial_torture")
    assert sentences.incompatible(alone, comparisons.conflicts(record).iloc[:0]).startswith(
        "None of these figures can be tested"
    )


def test_both_tellings_of_a_difference_stand_side_by_side(record):
    told = comparisons.differences(record, "steps").query(
        "agrees == 'differs' and source_id == 'hrw-2023-01'"
    )
    table = claim_tables.differences(told).data
    assert "| reclassified | [IPHR and KIBHR]" in table and "| dropped | [Human Rights Watch]" in table


def test_acts_against_media_keep_their_bound(record):
    told = {row.incident_id: claim_tables.how_many(row) for row in record.incidents.itertuples()}
    assert told["journalists-convicted-2016"] == "at least 1"
    assert "more than 30" in told.values() and "several" in told.values() and "more than one" in told.values()
