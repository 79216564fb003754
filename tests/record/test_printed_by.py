"""What had been printed by a day: nothing that only later sources tell."""

import pandas as pd
import pytest
from conftest import edit_cell

from qantar import settings
from qantar.record import comparisons, load, tables


@pytest.mark.parametrize(("day", "sources"), [
    ("2022-05-19", []), ("2022-05-20", ["north-2022-05"]),
    ("2023-03-30", ["north-2022-05"]), ("2023-03-31", ["north-2022-05", "south-2023-03"]),  # "March 2023"
])  # fmt: skip
def test_a_source_counts_from_the_day_on_which_it_was_surely_published(frozen, day, sources):
    record = load(printed_by=day, data=frozen)
    assert list(record.sources["source_id"]) == sources
    assert set(record.claims["source_id"]) == set(record.mentions["source_id"]) == set(sources)
    assert comparisons.conflicts(record).empty is (len(sources) < 2)


def test_a_row_shows_nothing_that_was_printed_later(data):
    edit_cell(data, "mentions", "north-2022-05-p15m1", "as_printed", "")
    then = load(printed_by="2022-12-31", data=data)
    leader = then.cases.set_index("case_id").loc["leader-almaty"]
    assert leader[["state", "latest_date", "last_reported"]].tolist() == [
        *("open", "2022-02-11/2022-02-20", "2022-05-20")
    ]
    assert pd.isna(leader["summary"])
    assert "officers-semey" not in set(then.cases["case_id"])
    assert then.answers.empty
    summaries = then.acts.set_index("act_id")["summary"]
    assert summaries["inquiry-rejected"] == "refusal: “the authorities rejected an international inquiry”"
    assert summaries["emergency-declared"] == "emergency, told by a later report too"
    assert summaries["curfew-ordered"] == "Ordered a curfew."


def test_what_had_been_printed_by_now_is_the_whole_record(frozen, record):
    now = load(printed_by="2100-01-01", data=frozen, edition=settings.WHOLE)
    for name in tables.clean_names():
        pd.testing.assert_frame_equal(getattr(now, name), getattr(record, name))


def _days():
    published = load("sources", edition=settings.WHOLE).sources["published_last"]
    return [None, *sorted({day.strftime("%Y-%m-%d") for day in published})]


@pytest.mark.live
@pytest.mark.parametrize("day", _days())
def test_the_live_record_keeps_its_invariants_on_the_day_of_each_source(day):
    record = load(edition=settings.Edition(day))
    for name in tables.clean_names():
        for foreign in tables.resources()[name]["schema"].get("foreignKeys", []):
            (column,), target = foreign["fields"], foreign["reference"]
            known = getattr(record, target["resource"] or name)[target["fields"][0]]
            assert getattr(record, name)[column].dropna().isin(known).all(), (name, column)
    for name in tables.MENTIONED:
        rows = getattr(record, name)
        mentioned = record.mentions.loc[record.mentions["table"] == name, "row_id"]
        assert rows.iloc[:, 0].isin(mentioned).all(), name
        assert rows[["told_by", "first_published"]].notna().all(axis=None), name
    assert record.cases["last_reported"].isin(record.sources["published"]).all()
    named = record.parties[record.parties["case_id"].notna()].merge(record.persons, on="person_id")
    ended = named.loc[named["state"] == "ended", "basis"]
    assert day or set(ended) <= {"public_role"}, "who is out of a case is named only in a public role"
