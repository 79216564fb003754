"""Claims set against each other are said with the reason; what cannot be checked is not called compatible."""

import pandas as pd
import pytest

from qantar.presentation import disagreements
from qantar.record import comparisons, query

# fmt: off
EXCLUSIONS = [
    ("detained_total", "[at least 9,000 people detained]", "[fewer than 8,000 people detained]", "same day"),
    ("permission_refusals", "[28 refusals]", "[24 refusals]", "A count of everybody up to a day cannot fall"),
    ("deaths_total", "[225 deaths]", "[at least 240 deaths]", "Yet the days for which they hold"),
]
NO_DAY = "south-2023-03-p4a"  # at least 240 deaths, as if the day were not printed
# fmt: on


@pytest.mark.parametrize(("measure", "first", "second", "why"), EXCLUSIONS)
def test_figures_that_exclude_each_other_are_said_with_the_reason(record, measure, first, second, why):
    of_no_day = record.claims["as_of_first"].mask(record.claims["claim_id"] == NO_DAY)
    claims = record.claims.assign(as_of_first=of_no_day)
    pairs = comparisons.conflicts(query.Record({**record._tables, "claims": claims}))
    words = disagreements.exclusions(record.claims_of(measure), pairs)
    assert words.startswith(f"On any one day, {first}")
    assert f"cannot be right together with {second}" in words
    assert why in words and "\n\n" not in words


def test_several_exclusions_are_paragraphs_and_alternatives(record):
    rows = record.claims_of("detained_total", "permission_refusals")
    assert disagreements.exclusions(rows, comparisons.conflicts(record)).count("\n\n") == 1
    ids = record.claims_of("participants")["claim_id"]
    pairs = pd.DataFrame({"claim_id": ids.iloc[0], "other_id": ids.iloc[1:3], "dates": "same"})
    words = disagreements.exclusions(record.claims_of("participants"), pairs)
    assert words.count("On any one day") == 1 and "; or [" in words


def test_what_cannot_be_tested_is_not_called_compatible(record):
    pairs = comparisons.conflicts(record)
    nothing = disagreements.exclusions(record.claims_of("deaths_total").iloc[:0], pairs)
    assert nothing == "There is no figure in these reports to set against another."
    alone = record.claims_of("injured_total", "missing_persons")
    assert disagreements.exclusions(alone, pairs).startswith(
        "None of these figures can be checked against another: "
    )
    later = record.claims_of("torture_complaints_anticorruption")
    assert disagreements.exclusions(later, pairs).startswith("None of these figures contradicts another: ")


def test_pairs_are_bullets(record):
    rows = record.claims_of("released_without_charge", "detained_admin_penalised")
    words = disagreements.pairs_as_bullets(comparisons.majorities(record), rows, "and")
    assert words.startswith("- [most people released](") and "), and [most people penalised](" in words


def test_repeated_statements_count_once(record):
    rows = record.claims_of("deaths_officers", "people_detained_at", "deaths_total")
    lines = disagreements.repetitions(rows).splitlines()
    assert [line[:28] for line in lines] == ["- Two figures, counted once: "[:28]] * 2
    north = "([Northern Watch 2022](../data/rows/sources.md#north-2022-05), ¶3)"
    assert f"{north}; and [17 officers among the dead](" in lines[0]
    assert disagreements.repetitions(rows.iloc[:1]) == "- no statement that is repeated in these reports"
