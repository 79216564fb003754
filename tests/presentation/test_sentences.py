"""Computed sentences are grammatical, and never without who says so and when. N is north, S south."""

import re

import pandas as pd
import pytest

from qantar.presentation import sentences
from qantar.record import bounds, comparisons

REPORTS = {"N": "north-2022-05-", "S": "south-2023-03-"}
# fmt: off
COUNTED = [
    ("N-p3a", "225 deaths"), ("N-p14a", "at least 1 media worker killed"),
    ("S-p10g", "over 90 observers"),
    ("N-p7a", "up to 15 journalists summoned"), ("N-p10k", "fewer than 100 participants"),
    ("N-p13a", "between 3 and 5 people fined"), ("N-p10e", "3 to 6 hours held"), ("S-p12f", "1 year"),
    ("N-p10a", "around 300 participants"), ("N-p4b", "most people released"),
    ("N-p8b", "no officials dismissed"),
    ("N-p8a", "no person held accountable for attacks on media workers, as far as is known"),
    ("N-p3f", "several missing persons"), ("S-p9b", "some pages blocked"),
    ("N-p4f", "many people intimidated"),
    ("N-p10b", "dozens of officers at the assembly"), ("N-p4e", "hundreds of people charged with riots"),
    ("N-p3c", "thousands of people injured"), ("N-p14b", "a large number of media workers injured"),
    ("N-p3e", "deaths: “the number of deaths is much higher”"),
    ("S-p10c", "application for registration number 7"),
    ("N-p5c", "over 70 % of the complaints passed on closed"),
    ("N-p5e", "nearly 90 % of those asked told of ill-treatment"),
    ("S-p10d", "77.5 % of the vote for the president"),
]
AS_OF = [
    ("S-p4a", "as of 1 February 2023"),  # counts up to a day
    ("N-p3a", "as of 20 May 2022 at the latest"), ("N-p3d", "as of April 2022 at the latest, inferred"),
    ("S-p6a", "as of early February 2023"), ("N-p6f", "as of 2022"),
    ("S-p11a", "as of 24 January 2022"),  # a stock
    ("S-p6b", "on 6 February 2023"), ("N-p10k", "in April 2022"), ("N-p13a", "in mid January 2022"),
    ("N-p6a", "for January 2022 to March 2022"), ("N-p6b", "said on 2 May 2022"),
    ("N-p14a", "on 8 January 2022"), ("S-p4c", "not later than March 2023"),  # one event counts nothing up
    ("N-p10g", "not later than 20 February 2022, inferred"),
    ("S-p10d", "on 27 November 2023 as printed, which cannot be right"),
]
ATTRIBUTIONS = [
    ("N-p5b", "Northern Watch, 20 May 2022"), ("S-p12a", "Southern Monitor, March 2023"),
    ("N-p3a", "the Ministry of Order, as printed by Northern Watch on 20 May 2022"),
    ("N-p4d", "reported by Northern Watch, 20 May 2022, no source named; estimated"),
    ("N-p3e", "a relative of a person killed, as printed by Northern Watch on 20 May 2022; alleged"),
    ("S-p4d", "the Steppe Gazette, as printed by Southern Monitor in March 2023; as of 12 January 2022"),
    ("N-p6f", "the Office of Prosecutors, as printed by Northern Watch on 20 May 2022; as of 2022; expected"),
    ("N-p10c", "the Ministry of Order, as printed by Northern Watch on 20 May 2022; on 5 January 2022; "
               "quoted; Rally of the Free Steppe party, Almaty, 5 January 2022"),
]
REPORTED = [
    ("N-p5b", "On 20 May 2022 Northern Watch reported [160 torture complaints passed on] "
              "([Northern Watch 2022], ¶5)."),
    ("N-p3a", "On 20 May 2022 Northern Watch, citing the Ministry of Order, reported [225 deaths] "
              "([Northern Watch 2022], ¶3)."),
    ("N-p4d", "On 20 May 2022 Northern Watch, naming no source, reported [an estimated 600 people charged] "
              "(estimated; [Northern Watch 2022], ¶4)."),
    ("N-p3e", "On 20 May 2022 Northern Watch, citing a relative of a person killed, spoke of [deaths: “the "
              "number of deaths is much higher”] (alleged; [Northern Watch 2022], ¶3)."),
    ("S-p4d", "In March 2023 Southern Monitor, citing the Steppe Gazette, reported [fewer than 8,000 people "
              "detained] as of 12 January 2022 ([Southern Monitor 2023], ¶4)."),
    ("N-p6f", "On 20 May 2022 Northern Watch wrote that the Office of Prosecutors expected [up to 50 people "
              "expected to be amnestied] as of 2022 ([Northern Watch 2022], ¶6)."),
    ("N-p10c", "On 20 May 2022 Northern Watch, citing the Ministry of Order, spoke of [20,000 participants] "
               "on 5 January 2022 (quoted; Rally of the Free Steppe party, Almaty, 5 January 2022; "
               "[Northern Watch 2022], ¶10)."),
    ("N-p6b", "On 2 May 2022 the Office of Prosecutors reported [30 investigations sent to court] "
              "([Northern Watch 2022], ¶6)."),
    ("S-p10d", r"In March 2023 Southern Monitor, naming no source, reported [77\.5 % of the vote for the "
               "president], on 27 November 2023 as printed, which cannot be right "
               "([Southern Monitor 2023], ¶10)."),
    ("N-p14a", "On 20 May 2022 Northern Watch reported [at least 1 media worker killed] on 8 January 2022 "
               "(Driver of a television crew shot dead, Almaty; [Northern Watch 2022], ¶14)."),
]
DATES = [
    ("2024-02-08", "8 February 2024"), ("2023-12", "December 2023"), ("2022-01", "January 2022"),
    ("2022", "2022"),
    ("../2022-03-10", "not later than 10 March 2022"), ("2022-01-04/2022-01-06", "4 to 6 January 2022"),
    ("2023-02-01/2023-02-10", "early February 2023"), ("2023-02-11/2023-02-20", "mid February 2023"),
    ("2023-02-21/2023-02-28", "late February 2023"), ("2022-03-21/2022-03-31", "late March 2022"),
    ("2022-03-21/2022-03-28", "21 to 28 March 2022"), ("2022-03-01/2022-03-11", "1 to 11 March 2022"),
    ("2022-03-11/2022-03-21", "11 to 21 March 2022"), ("2022-02/2022-03", "February 2022 to March 2022"),
    ("2022-02-01/2022-03-10", "1 February 2022 to 10 March 2022"),
    ("2022-05/2022-05-10", "May 2022 to 10 May 2022"),
    ("2022-03-01/2023-03-10", "1 March 2022 to 10 March 2023"),
    ("2022-03-01/2022-03", "1 March 2022 to later that month"),
]
BOUNDS = [
    (208, 208, "208"), (213, None, "at least 213"), (None, 1200, "at most 1,200"),
    (5, 15, "between 5 and 15"),
    (None, None, "a number that is not known"), (0, None, "at least 0"),
]
SHARES = [
    (80.26, 80.34, "exact", "80 %"), (99.7, 99.7, "exact", "99.7 %"),
    (0.4, 0.4, "exact", "0.4 %"), (50, 100, "most", "more than 50 %"),
    (70, 100, "more_than", "more than 70 %"),
    (70, 100, "at_least", "at least 70 %"), (70, None, "exact", "at least 70 %"),
    (None, 20, "exact", "at most 20 %"),
    (None, 100, "exact", "at most 100 %"), (10, 20.04, "exact", "between 10 % and 21 %"),
    (None, None, "exact", "a share that is not known"), (100, 100, "exact", "100 %"),
]
OF_THEM = [
    (0, 5, "none of the five has"), (1, 5, "one of the five has"), (2, 5, "two of the five have"),
    (5, 5, "all five have"),
    (1, 1, "one of one has"), (0, 1, "none of one has"), (2, 2, "all two have"),
    (11, 12, "11 of the 12 have"),
]
COUNTS = [(0, "no reports"), (1, "one report"), (3, "three reports"), (10, "ten reports"),
(1200, "1,200 reports")]
LISTS = [
    ([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c"), (["a, b"], "a, b"),
    (["a, b", "c"], "a, b; or c"), (["a", "b, c"], "a; or b, c"), (["a; b", "c", "d"], "a; b; c; or d"),
]
# fmt: on


@pytest.fixture
def claim(record):
    """A claim of the frozen record by its short name: N-p3a is north-2022-05-p3a."""
    return lambda name: record.claims_by_id(REPORTS[name[0]] + name[2:]).iloc[0]


@pytest.mark.parametrize(("name", "words"), COUNTED)
def test_a_claim_is_counted_in_the_words_of_its_bound(claim, name, words):
    assert sentences.counted(claim(name)) == words


@pytest.mark.parametrize(("name", "words"), AS_OF)
def test_the_day_of_a_figure_is_in_the_words_of_its_kind(claim, name, words):
    assert sentences.as_of(claim(name)) == words


@pytest.mark.parametrize(("name", "words"), ATTRIBUTIONS)
def test_a_claim_is_attributed_to_who_states_it(claim, name, words):
    assert sentences.attribution(claim(name)) == words


def test_a_claim_links_to_its_place_and_names_its_source(claim):
    who = "(the Ministry of Order, as printed by Northern Watch on 20 May 2022)"
    link = "[225 deaths](S/claims_casualties.md#north-2022-05-p3a)"
    assert sentences.said(claim("N-p3a"), home="S/") == f"{link} {who}"
    assert sentences.said(claim("N-p3a"), home="").startswith("[225 deaths](#north-2022-05-p3a) (")
    assert sentences.linked(claim("N-p3a")).endswith("(../data/rows/claims_casualties.md#north-2022-05-p3a)")


def test_hostile_words_of_a_claim_stay_text(claim):
    hostile = {**claim("N-p3e"), "as_printed": "<b>[x](y)", "short": "<i>", "speaker_name": "*me*"}
    assert sentences.said(hostile, home="").startswith(
        r"[deaths: “\<b\>\[x\](y)”](#north-2022-05-p3e) (\*me\*, as"
    )


def test_every_claim_can_be_said(record):
    for row in record.claims_of(*record.measures["measure_id"]).to_dict("records"):
        assert row["short"] in sentences.said(row)
        assert "nan" not in sentences.said(row)


def test_a_share_over_a_period_is_as_of_that_period(claim):
    share = {**claim("S-p10e"), "date_basis": "printed", "as_of": "2022-03/2022-05"}
    assert sentences.as_of(share) == "as of March 2022 to May 2022"
    assert sentences.as_of({**share, "as_of": "2022-03-04"}) == "on 4 March 2022"


@pytest.mark.parametrize(
    ("bound", "value", "words"), [("at_least", 2, "as of May 2022"), ("exact", 1, "as of May 2022")]
)
def test_only_at_least_one_is_a_single_event(claim, bound, value, words):
    assert sentences.as_of({**claim("N-p14a"), "as_of": "2022-05", "bound": bound, "value": value}) == words


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        ("exact", "1 death"),
        ("at_most", "at most 1 death"),
        ("about", "about 1 death"),
        ("more_than", "more than 1 deaths"),
    ],
)
def test_one_is_singular_where_the_bound_includes_it(claim, bound, words):
    assert sentences.counted({**claim("N-p3a"), "bound": bound, "value": 1}) == words


@pytest.mark.parametrize(
    ("bound", "words"), [("none_known", "none known"), ("higher", "higher"), ("none", "no")]
)
def test_an_amount_without_a_number_is_a_word(claim, bound, words):
    assert sentences.amount({**claim("N-p3a"), "bound": bound}) == words


def test_a_computed_row_is_nobodys_statement(record):
    rest = comparisons.remainder_claims(record, "deaths_total", "deaths_officers", "deaths_not_officers")
    assert [sentences.is_computed(row) for row in rest.to_dict("records")] == [True, True]
    words = sentences.said_as_bullets(rest).splitlines()
    begins = (
        "- From figures that Northern Watch reported on 20 May 2022 we compute [208 deaths not counted as"
    )
    assert words[0].startswith(begins)
    assert "computed from figures of the Ministry of Order, as printed by Northern Watch on 20 May 2022" in (
        sentences.said(rest.iloc[0])
    )
    assert "[at least 223 deaths not counted as officers]" in words[1]
    assert sentences.counted({**rest.iloc[0], "bound": "unknown"}).startswith("an unknown number ")


@pytest.mark.parametrize(("edtf", "words"), DATES)
def test_dates_are_words(edtf, words):
    assert sentences.when(edtf) == words


@pytest.mark.parametrize(
    ("edtf", "words"), [("2024-02-08", "on 8 February 2024"), ("2023-03", "in March 2023")]
)
def test_dates_have_their_preposition(edtf, words):
    assert sentences.on_date(edtf) == words


@pytest.mark.parametrize(("low", "high", "words"), BOUNDS)
def test_bounds_are_words(low, high, words):
    assert sentences.bounds_in_words(low, high) == words
    missing = [pd.NA if end is None else end for end in (low, high)]
    assert sentences.bounds_in_words(*missing) == words


@pytest.mark.parametrize(("low", "high", "bound", "words"), SHARES)
def test_shares_are_words(low, high, bound, words):
    assert sentences.share_in_words({"share_low": low, "share_high": high, "bound": bound}) == words


@pytest.mark.parametrize(("n", "whole", "words"), OF_THEM)
def test_a_number_of_a_whole_agrees_with_its_verb(n, whole, words):
    assert sentences.of_them(n, whole, "has", "have") == words


@pytest.mark.parametrize(("n", "words"), COUNTS)
def test_counts_agree_with_their_noun(n, words):
    assert sentences.count(n, "report") == words
    assert sentences.count(2, "person", "people") == "two people"


@pytest.mark.parametrize(("parts", "words"), LISTS)
def test_lists_are_divided_by_semicolons_where_a_part_holds_a_comma(parts, words):
    assert sentences.listed(parts, "or") == words


def test_claims_are_said_in_a_list_or_as_bullets(record):
    rows = record.claims_of("torture_complaints_ngo", "torture_cases_total")
    first, second = (sentences.said(row, home="") for row in rows.to_dict("records"))
    assert sentences.said_inline(rows, home="") == f"{first}; and {second}"
    assert sentences.said_inline(rows, "or", home="") == f"{first}; or {second}"
    bullets = [f"- {sentences.reported(row)}" for row in rows.to_dict("records")]
    assert sentences.said_as_bullets(rows).splitlines() == bullets
    assert sentences.said_inline(rows.iloc[:0]) == "no figure in these reports"
    assert sentences.said_as_bullets(rows.iloc[:0]) == "- no figure in these reports"


@pytest.mark.parametrize(("name", "words"), REPORTED)
def test_a_figure_is_reported_in_a_sentence_with_its_reference_behind_it(claim, name, words):
    reported = re.sub(r"\]\([^)]*\)", "]", sentences.reported(claim(name)))
    assert reported == words


def test_what_one_body_reports_at_one_time_is_one_sentence(record):
    rows = record.claims_of("torture_complaints_ngo", "torture_cases_total")
    alone = sentences.reported(rows.iloc[0])
    assert sentences.reported_inline(rows.iloc[:1]) == alone
    assert sentences.reported_inline(rows) == f"{alone} {sentences.reported(rows.iloc[1])}"
    together = re.sub(
        r"\]\([^)]*\)", "]", sentences.reported_inline(record.claims_of("deaths_total").iloc[[0, 0]])
    )
    assert together == (
        "On 20 May 2022 Northern Watch, citing the Ministry of Order, reported [225 deaths] and [225 deaths] "
        "([Northern Watch 2022], ¶3)."
    )
    assert sentences.reported_inline(rows.iloc[:0]) == "No figure in these reports."


def test_reports_and_teams_are_counted_with_their_verb(record):
    rows = record.claims_of("deaths_total")
    assert sentences.from_teams(rows) == "two reports by two research teams"
    assert sentences.from_teams(rows, "prints", "print") == "two reports by two research teams print"
    assert sentences.from_teams(rows.iloc[:1], "prints", "print") == "one report by one research team prints"
    assert sentences.from_teams(rows.assign(team="north")) == "two reports by one research team"


def test_definitions_and_frequencies_are_bullets(record):
    rows = record.claims_of("deaths_total", "missing_persons")
    assert len(rows) == 4
    definitions = sentences.definitions_as_bullets(rows).splitlines()
    assert definitions[1] == "- Missing persons: People who are missing."
    assert len(definitions) == 2
    names = pd.Series(["womens_rights; labour", "labour", "elections", "womens_rights"])
    assert sentences.counts_as_bullets(names) == "- labour: 2\n- women's rights: 2\n- elections: 1"


def test_what_a_source_stresses_and_a_round_word_are_shown_as_printed(record):
    claim = record.claims_by_id("north-2022-05-p3b").iloc[0].to_dict()
    assert sentences.counted(claim | {"emphasis": "only"}).startswith("only 17 ")
    assert sentences.counted(claim | {"emphasis": "only", "computed": "225 less 17"}).startswith("17 ")
    dozen = record.claims_by_id("north-2022-05-p10g").iloc[0]
    assert dozen["value"] == 12 and sentences.amount(dozen) == "more than a dozen"
    odd = claim | {"bound": "about", "value": 20, "as_printed": "twenty-odd people"}
    assert sentences.amount(odd) == "20-odd"


# Words by which a source tells that a number is no exact one.
QUALIFIERS = (
    *("at least", "no fewer than", "more than", "over", "up to", "at most", "fewer than", "less than"),
    *(
        "nearly",
        "almost",
        "around",
        "about",
        "some",
        "an estimated",
        "close to",
        "roughly",
        "or more",
        "or so",
    ),
    *("only", "several", "few", "dozens", "hundreds", "thousands", "dozen", "many", "most", "majority"),
    *("large number", "higher"),
)


def test_every_figure_is_shown_with_the_words_that_its_source_prints(record):
    seen = set()
    for claim in record.claims_of(*record.measures["measure_id"]).to_dict("records"):
        shown, printed = sentences.counted(claim).lower().strip("”"), claim["as_printed"].lower()
        for word in QUALIFIERS:
            if claim["bound"] != "none" and f" {word} " in f" {printed} ":
                assert f" {word} " in f" {shown} ", claim["claim_id"]
        seen.add(claim["bound"])
    assert seen == set(bounds.KINDS), "a bound of which the record has no figure"


@pytest.mark.parametrize(("bound", "printed", "shown"), [
    ("less_than", "nearly 1,400 people", "nearly 1,400"), ("less_than", "almost 1,400", "almost 1,400"),
    ("less_than", "less than 1,400", "less than 1,400"), ("less_than", "under 1,400", "under 1,400"),
    ("less_than", "< 1,400", "fewer than 1,400"), ("more_than", "over 1,400", "over 1,400"),
    ("more_than", "the total exceeded 1,400", "more than 1,400"),
    ("more_than", "in excess of 1,400 cases", "in excess of 1,400"),
    ("at_least", "no fewer than 1,400", "no fewer than 1,400"), ("at_least", "1,400+", "at least 1,400"),
    ("at_least", "1,400 people or more", "1,400 or more"),
    ("at_least", "a minimum of 1,400", "a minimum of 1,400"),
    ("at_most", "as many as 1,400", "as many as 1,400"),
    ("at_most", "no more than 1,400", "no more than 1,400"),
    ("at_most", "1,400 people at most", "at most 1,400"), ("about", "some 1,400", "some 1,400"),
    ("about", "the estimated 1,400", "an estimated 1,400"), ("about", "close to 1,400", "close to 1,400"),
    ("about", "1,400 or so", "1,400 or so"), ("about", "~1,400", "about 1,400"),
    ("exact", "1,400 people", "1,400"),
])  # fmt: skip
def test_the_words_that_qualify_a_number_are_the_printed_ones(record, bound, printed, shown):
    claim = record.claims_by_id("north-2022-05-p3a").iloc[0].to_dict()
    claim |= {"bound": bound, "value": 1400, "as_printed": printed}
    assert sentences.amount(claim) == shown
    in_percent = printed.replace(" people", "").replace("1,400", "14 percent")
    share = claim | {"value": 14, "unit": "percent", "as_printed": in_percent}
    assert sentences.amount(share).replace(" %", "") == shown.replace("1,400", "14")
    assert sentences.amount(claim | {"computed": "5 less 3"}) == {
        "less_than": "fewer than 1,400", "more_than": "more than 1,400", "at_least": "at least 1,400",
        "at_most": "at most 1,400", "about": "about 1,400", "exact": "1,400",
    }[bound], "a computed number has no printed words"  # fmt: skip


def test_a_plain_quotation_is_said_to_be_quoted(wider_record):
    claim = wider_record.claims_by_id("north-2022-11-p3a").iloc[0]
    assert sentences.counted(claim) == "nearly 1,400 people prosecuted"
    words = "the Office of Prosecutors, quoted by Northern Watch on 14 November 2022; said on 1 November 2022"
    assert sentences.attribution(claim) == words
    both = wider_record.claims_by_id("north-2022-11-p3b").iloc[0]
    assert sentences.counted(both) == "almost 60 people wounded or tortured"


@pytest.mark.parametrize(("bound", "printed", "shown"), [
    ("between", "between 5 and 9", "between 5 and 9"), ("between", "around 5 to 9", "around 5 to 9"),
    ("spread", "five to nine", "5 to 9"),
])  # fmt: skip
def test_a_range_is_shown_with_the_words_before_it(record, bound, printed, shown):
    claim = record.claims_by_id("north-2022-05-p3a").iloc[0].to_dict()
    claim |= {"bound": bound, "value": 5, "value_to": 9, "as_printed": printed}
    assert sentences.amount(claim) == shown


def test_a_majority_is_shown_in_its_own_word(record):
    claim = record.claims_by_id("north-2022-05-p4b").iloc[0].to_dict()
    for words in ("the majority", "more than half"):
        shown = sentences.counted(claim | {"as_printed": f"{words} of them"})
        assert shown == f"{words} of people released"


@pytest.mark.parametrize(("edtf", "words"), [
    ("2022-02-21/2022-03-10", "late February 2022 to early March 2022"),
    ("2022-02-21/2022-03-11", "21 February 2022 to 11 March 2022"),
    ("2022-02-20/2022-03-10", "20 February 2022 to 10 March 2022"),
    ("2022-01-04/2022-01", "4 January 2022 to later that month"),
    ("2022-01-04/2022-02", "4 January 2022 to February 2022"),
])  # fmt: skip
def test_the_end_of_a_month_and_the_beginning_of_the_next_are_no_printed_days(edtf, words):
    assert sentences.when(edtf) == words
