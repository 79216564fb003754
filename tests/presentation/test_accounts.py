"""Accounts and findings are sentences with who says so, how surely and where. N is north, S south."""

import pandas as pd
import pytest

from qantar.presentation import accounts
from qantar.record import comparisons


def test_sources_of_one_name_and_year_are_told_apart_in_an_account(wider_record, record):
    assert "According to Northern Watch (May 2022), " in accounts.told(wider_record.told().iloc[0])
    assert "According to Northern Watch, " in accounts.told(record.told().iloc[0])


TOLD = [  # a statement, and how its sentence begins and ends
    ("south-2023-03-p7s2", "According to Southern Monitor, the party leader was detained on 4 February 2022",
     " ([Southern Monitor](../data/rows/sources.md#south-2023-03), March 2023; 4 February 2022; "
     "[¶7](../data/rows/accounts.md#south-2023-03-p7s2))."),
    ("south-2023-03-p7s1", "According to Southern Monitor, another trial of ",
     " (no source named; [Southern Monitor](../data/rows/sources.md#south-2023-03), March 2023; reported; "
     "[¶7](../data/rows/accounts.md#south-2023-03-p7s1))."),
    ("north-2022-05-p15s1", "According to the Council of Observers, the rules for assemblies are too strict",
     "#north-2022-05), 20 May 2022; [¶15](../data/rows/accounts.md#north-2022-05-p15s1))."),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "begins", "ends"), TOLD)
def test_a_statement_begins_with_who_says_so_and_ends_with_hedge_day_and_place(
    record, statement, begins, ends
):
    row = record.told(statement_id=statement).iloc[0]
    assert accounts.told(row).startswith(begins)
    assert accounts.told(row).endswith(ends)


@pytest.mark.parametrize(("summary", "printed"), [
    ("Almaty was quiet.", "Almaty was quiet ("), ("In Almaty it was quiet.", "in Almaty it was quiet ("),
    ("FIDH counted.", "FIDH counted ("), ("A rally was held.", "a rally was held ("),
    ('"Enemies" were met.', '"Enemies" were met ('), ("Bars, too, were set.", "bars, too, were set ("),
])  # fmt: skip
def test_a_summary_goes_on_after_a_comma_and_names_keep_their_capital(record, summary, printed):
    row = record.told(statement_id="south-2023-03-p7s2").iloc[0].to_dict() | {"summary": summary}
    assert f"Southern Monitor, {printed}" in accounts.told(row)


def test_a_statement_of_a_day_says_when_it_was_said(record):
    row = record.told(statement_id="south-2023-03-p7s2").iloc[0].to_dict()
    said = row | {"date_basis": "statement", "stated_on": "2022-02-05"}
    assert "; said on 5 February 2022; " in accounts.told(said)
    assert "; 4 February 2022, inferred; " in accounts.told(row | {"date_basis": "inferred"})


def test_accounts_that_differ_stand_below_what_they_tell_of(record):
    words = accounts.told_by_episode(comparisons.disputed(record))
    head, *lines = [line for line in words.splitlines() if line]
    assert head == "**When the party leader was detained**"
    assert [line[:15] for line in lines] == ["- According to "] * 2
    assert accounts.told_by_episode(record.told().iloc[:0]) == "- no such statement in these reports"


def test_what_one_body_says_in_one_source_stands_below_one_line_that_says_so(record):
    row = record.told(statement_id="south-2023-03-p7s2").iloc[0].to_dict()
    twice = pd.DataFrame([row, row | {"summary": "A rally was held.", "hedge": "alleged"}])
    head, first, second = accounts.told_as_bullets(twice).splitlines()
    assert head == "- [Southern Monitor](../data/rows/sources.md#south-2023-03) wrote in March 2023:"
    assert first.startswith("  - The party leader was detained on 4 February 2022 (4 February 2022; [¶7](")
    assert second.startswith("  - A rally was held (alleged; 4 February 2022; [¶7](")
    unnamed = twice.assign(voice="reports", speaker_name=None)
    head = accounts.told_as_bullets(unnamed).splitlines()[0]
    assert head.endswith(" reported in March 2023, naming no source:")
    named = twice.assign(voice="reports", speaker_name="the Ministry of Order")
    head = accounts.told_as_bullets(named).splitlines()[0]
    assert head.startswith("- According to the Ministry of Order, as [Southern Monitor](")
    assert accounts.told_as_bullets(twice.iloc[:1]).startswith("- According to Southern Monitor, the party")
