"""What the record says: facts that a reader of the five reports can look up."""

import pandas as pd
import pytest

from qantar.record import comparisons, query, tables


@pytest.fixture(scope="module")
def record():
    return query.load()


def printed(record, measure):
    """The claims of a measure as (source, paragraph, wording, value)."""
    rows = record.of(measure)
    return {
        (r.source_id, r.paragraph, r.bound, None if pd.isna(r.value) else r.value) for r in rows.itertuples()
    }


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (
            "deaths_total",
            {
                ("civicus-2022-03", 25, "exact", 227),
                ("iphr-2022-05", 6, "more_than", 200),
                ("hrw-2023-01", 10, "at_least", 232),
                ("iphr-2023-03", 24, "more_than", 230),
                ("fidh-2024-02", 5, "at_least", 238),
                ("fidh-2024-02", 5, "higher", None),
            },
        ),
        (
            "deaths_officers",
            {
                ("civicus-2022-03", 25, "exact", 19),
                ("hrw-2023-01", 10, "exact", 19),
                ("fidh-2024-02", 5, "exact", 19),
            },
        ),
        (
            "injured_total",
            {
                ("civicus-2022-03", 25, "exact", 4353),
                ("iphr-2023-03", 24, "thousands", None),
                ("fidh-2024-02", 5, "thousands", None),
            },
        ),
        ("missing_persons", {("civicus-2022-03", 26, "several", None)}),
        ("deaths_in_custody", {("iphr-2022-05", 6, "exact", 8)}),
        ("deaths_in_pretrial_detention", {("hrw-2023-01", 14, "at_least", 6)}),
        ("deaths_from_torture", {("iphr-2023-03", 35, "exact", 6)}),
        ("deaths_shot_documented_hrw", {("hrw-2023-01", 10, "exact", 10)}),
        ("force_occasions_documented_hrw", {("hrw-2023-01", 10, "at_least", 4)}),
        ("investigations_deaths", {("iphr-2023-03", 28, "more_than", 200)}),
        ("officers_prosecuted_lethal_response", {("hrw-2023-01", 10, "exact", 1)}),
        ("convictions_civilian_killings", {("iphr-2023-03", 33, "exact", 1)}),
        ("officers_convicted_abuses", {("fidh-2024-02", 8, "about", 30)}),
    ],
)
def test_the_reports_print(record, measure, expected):
    assert printed(record, measure) == expected


def test_what_is_left_without_officers_is_208_and_at_least_213_and_at_least_219(record):
    rest = comparisons.residuals(record, "deaths_total", "deaths_officers", "deaths_not_officers")
    assert [
        (low, None if pd.isna(high) else high) for low, high in zip(rest["low"], rest["high"], strict=True)
    ] == [(208, 208), (213, None), (219, None)]
    assert rest["computed"].iloc[0] == "“227 people were killed” less “19 law enforcement officials”"


def test_227_excludes_the_three_totals_above_it_on_any_one_day_and_nothing_else(record):
    pairs = comparisons.incompatible(record, "deaths_total")
    assert set(pairs["claim_id"]) == {"civicus-2022-03-p25a"}
    assert set(pairs["other_id"]) == {"hrw-2023-01-p10a", "iphr-2023-03-p24a", "fidh-2024-02-p5a"}
    assert set(pairs["dates"]) == {"open"}, "no day is printed, so nothing more can be said"


def test_figures_of_different_measures_are_never_compared(record):
    for measure in ("deaths_in_custody", "deaths_in_pretrial_detention", "deaths_from_torture"):
        assert comparisons.incompatible(record, measure).empty


def test_19_officers_stand_in_three_reports_and_count_once(record):
    repeated = record.repeated("deaths_officers")
    assert len(repeated) == 3
    assert repeated["same_statement"].nunique() == 1


def test_latest_gives_one_source_per_speaker_and_never_the_figure(record):
    latest = record.latest("deaths_total")
    assert latest.groupby("speaker")["source_id"].nunique().eq(1).all()
    assert len(latest) > 1


def test_what_had_been_printed_by_the_end_of_2022():
    then = query.load(printed_by="2022-12-31")
    assert set(then.sources["source_id"]) == {"civicus-2022-03", "iphr-2022-05"}
    assert set(then.claims["source_id"]) <= set(then.sources["source_id"])
    assert set(then.of("deaths_total")["value"].dropna()) == {227, 200}


def test_only_a_source_surely_published_by_a_day_counts():
    """A report of March 2023 without a day is not yet printed on 15 March."""
    assert "iphr-2023-03" not in set(query.load(printed_by="2023-03-15").sources["source_id"])
    assert "iphr-2023-03" in set(query.load(printed_by="2023-03-31").sources["source_id"])


def test_the_newest_report_is_of_february_2024(record):
    assert record.newest()["source_id"] == "fidh-2024-02"


def test_three_of_the_five_reports_are_of_one_team(record):
    assert sorted(record.sources["team"].value_counts()) == [1, 1, 3]


def test_a_table_that_is_not_loaded_is_named_in_the_error():
    with pytest.raises(AttributeError, match="measures is not loaded"):
        query.load("claims").of("deaths_total")
    with pytest.raises(KeyError, match="no table casualties"):
        query.load("casualties")


def test_a_measure_that_does_not_exist_is_named_in_the_error(record):
    with pytest.raises(KeyError, match="no measure deaths "):
        record.of("deaths ")


def test_the_recorded_hashes_are_those_of_the_texts(source_texts):
    import hashlib

    sources = tables.read_table("sources").set_index("source_id")["text_sha256"]
    assert {
        s: hashlib.sha256((source_texts / f"{s}.txt").read_bytes()).hexdigest() for s in sources.index
    } == sources.to_dict()


def fake(record, **changes):
    """A record whose claims are changed, to ask what would be said then."""

    loaded = {name: getattr(record, name) for name in ("claims", "measures", "sources", "organisations")}
    loaded["claims"] = loaded["claims"].set_index("claim_id").copy()
    for claim_id, cells in changes.items():
        for column, cell in cells.items():
            loaded["claims"].loc[claim_id.replace("__", "-"), column] = cell
    loaded["claims"] = loaded["claims"].reset_index()
    return query.Record(loaded)


@pytest.mark.parametrize(
    ("first_of_227", "last_of_227", "first_of_238", "last_of_238", "dates"),
    [
        ("2022-03-01", "2022-03-10", "2022-03-05", "2022-03-05", {"same"}),
        ("2022-03-01", "2022-03-10", "2022-08-01", "2022-08-31", set()),
        ("2022-08-01", "2022-08-31", "2022-03-05", "2022-03-05", {"fell"}),
    ],
)
def test_with_known_days_two_totals_contradict_each_other_or_fell_or_merely_grew(
    record, first_of_227, last_of_227, first_of_238, last_of_238, dates
):
    dated = fake(
        record,
        **{
            "civicus__2022__03__p25a": {
                "as_of_first": pd.Timestamp(first_of_227),
                "as_of_last": pd.Timestamp(last_of_227),
            },
            "fidh__2024__02__p5a": {
                "as_of_first": pd.Timestamp(first_of_238),
                "as_of_last": pd.Timestamp(last_of_238),
            },
        },
    )
    pairs = comparisons.incompatible(dated, "deaths_total")
    assert set(pairs.loc[pairs["other_id"] == "fidh-2024-02-p5a", "dates"]) == dates


def test_coverage_tells_single_cases_and_unknown_days_apart_from_figures_and_silence(record):
    coverage = comparisons.coverage(record)
    assert coverage.loc["deaths_children", "iphr-2023-03"] == "one told"
    assert coverage.loc["accountable_media_attacks", "iphr-2023-03"] == "none known"
    assert coverage.loc["amnesty_expected", "civicus-2022-03"] == "earlier"
    assert coverage.loc["media_arrests_total", "hrw-2023-01"] == "outside"
    assert coverage.loc["deaths_total"].isin(["firm", "about", "vague"]).all()


def test_only_a_figure_that_counts_can_fail_to_hold_for_its_whole_period(record):
    assert set(comparisons.within_its_period(record)["claim_id"]) == {"iphr-2023-03-p37b"}


def test_a_claim_that_does_not_exist_is_named_in_the_error(record):
    with pytest.raises(KeyError, match="no claim iphr-2023-03-p999z"):
        record.claim("iphr-2023-03-p999z")
