"""The conditions of typed sentences: what breaks them, and what the message says."""

import pandas as pd
import pytest

from qantar import settings
from qantar.presentation.conditions import NoLongerHolds, holds
from qantar.record import Record, load

N, S = "north-2022-05-", "south-2023-03-"


def test_a_sentence_holds_while_no_row_breaks_it_and_its_rows_are_there(record):
    assert (
        holds(record, "Two reports print a total", f"{N}p3a", claims="published_last > '2030-01-01'") is None
    )


def test_a_row_that_breaks_a_sentence_is_named_with_the_sentence_and_the_condition(record):
    condition = "measure_id == 'deaths_total' and published_last > '2022-12-31'"
    with pytest.raises(NoLongerHolds) as raised:
        holds(record, "No later report prints a total", claims=condition)
    assert "“No later report prints a total …” was written when no row of claims had" in str(raised.value)
    assert condition in str(raised.value) and f"{S}p4a" in str(raised.value)


def test_many_rows_that_break_a_sentence_are_counted(record):
    with pytest.raises(NoLongerHolds, match=rf"and {len(record.claims) - 5} more has"):
        holds(record, "Nothing is printed", claims="paragraph > 0")


def test_a_row_that_is_gone_or_was_retracted_breaks_what_rests_on_it(record):
    with pytest.raises(NoLongerHolds, match="rests on north-2022-05-p99z, which the record does not have"):
        holds(record, "A total is printed", f"{N}p99z")
    with pytest.raises(NoLongerHolds, match=f"rests on {N}p3d"):  # retracted
        holds(record, "A total is printed", f"{N}p3d")


def test_every_table_can_break_a_sentence(record):
    with pytest.raises(NoLongerHolds, match="no row of acts had"):
        holds(record, "Nobody declared an emergency", acts="kind == 'emergency'")


def test_in_a_record_of_an_earlier_day_later_rows_are_missing_rightly(frozen):
    earlier = load(data=frozen, edition=settings.Edition("2022-12-31"))
    assert holds(earlier, "Two reports print a total", f"{S}p4a") is None


def test_a_sentence_without_a_condition_is_refused(record):
    with pytest.raises(ValueError, match="nothing is named on which 'A total' depends"):
        holds(record, "A total")


def test_sections_are_shown_by_rank_and_what_has_none_is_also_counted(record):
    shown = record.section("deaths", "injured")
    assert list(shown["measure_id"].unique()) == ["deaths_total", "deaths_officers", "injured_total"]
    also = record.also_counted("casualties")
    assert not set(also["measure_id"]) & set(shown["measure_id"])
    assert set(also["theme"]) == {"casualties"}
    with pytest.raises(KeyError, match="no section deth; did you mean"):
        record.section("deth")


def test_a_new_measure_of_a_theme_is_also_counted_or_in_its_section(record):
    tables = record._tables
    measures = tables["measures"]
    old = measures[measures["measure_id"] == "deaths_total"]
    added = old.assign(measure_id="deaths_named", section=None, rank=None)
    claim = tables["claims"][tables["claims"]["claim_id"] == f"{N}p3a"]
    claim = claim.assign(claim_id="new-p1a", measure_id="deaths_named")

    def with_new(measure):
        grown = {"measures": [measures, measure], "claims": [tables["claims"], claim]}
        return Record({**tables, **{name: pd.concat(rows) for name, rows in grown.items()}})

    assert "new-p1a" in set(with_new(added).also_counted("casualties")["claim_id"])
    in_section = with_new(added.assign(section="deaths", rank=9))
    assert list(in_section.section("deaths")["claim_id"])[-1] == "new-p1a"
