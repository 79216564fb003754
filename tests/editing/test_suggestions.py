"""What a form suggests for a cell."""

import re
import shutil

import keeper
import pytest
from conftest import TEXTS, edit_cell
from keeper import SOURCE, TEXT

from qantar.editing import suggestions
from qantar.editing.draft import Draft, Row
from qantar.record import wording


@pytest.fixture
def draft(data, tmp_path):
    """A draft on the frozen record with an invented third source."""
    folder = shutil.copytree(TEXTS, tmp_path / "texts")
    (folder / f"{SOURCE}.txt").write_text(TEXT, encoding="utf-8")
    keeper.add_source(data, folder)
    return Draft(data, folder)


def claim(paragraph, as_printed, **cells):
    return Row("claims", source_id=SOURCE, paragraph=paragraph, item="0", as_printed=as_printed, **cells)


# fmt: off
READINGS = [
    ("2", "at least 41 people", {}, {"bound": "at_least", "value": "41", "value_to": ""}),
    ("2", "41 people", {}, {"bound": "", "value": ""}),  # the text prints "at least" before these words
    ("3", "Between five and seven of the 41 people", {}, {"bound": "", "value": "", "value_to": ""}),
    ("3", "Between five and seven of the 41 people", {"bound": "between"}, {"value": "5", "value_to": "7"}),
    ("3", "Between five and seven of the 41 people", {"bound": "exact"}, {"value": "41", "value_to": ""}),
    ("6", "No journalist was harmed", {}, {"bound": "none", "value": ""}),
]
# fmt: on


@pytest.mark.parametrize(("paragraph", "as_printed", "typed", "suggested"), READINGS)
def test_bound_and_number_are_suggested_where_the_words_have_one_reading(
    draft, paragraph, as_printed, typed, suggested
):
    row = claim(paragraph, as_printed, **typed)
    assert {column: suggestions.suggestion(draft, row, column) for column in suggested} == suggested


@pytest.mark.parametrize(
    ("quantity", "value", "value_to"),
    [
        ((1.5, None), "1.5", ""),
        ((4353.0, None), "4353", ""),
        ((2e6, None), "2000000", ""),
        ((5, 7), "5", "7"),
    ],
)
def test_numbers_are_suggested_as_they_are_typed(quantity, value, value_to):
    cells = suggestions.cells(wording.Quantity(*quantity, "exact"))
    assert (cells["value"], cells["value_to"]) == (value, value_to)


def test_the_measure_of_most_figures_is_among_the_first_five(draft):
    """Each figure of the frozen record is taken out, and its measure looked for by its printed words."""
    claims, found = draft._saved["claims"], 0
    for cells in claims:
        draft._saved["claims"] = [other for other in claims if other is not cells]
        found += cells["measure_id"] in suggestions.measures(draft, Row("claims", **cells))[:5]
    assert found > 0.8 * len(claims)


def test_a_measure_is_also_found_by_the_sentence_around_the_words(draft):
    assert "people_detained_at" in suggestions.measures(draft, claim("2", "at least 41 people"))[:5]


# fmt: off
IDS = [
    (Row("claims", source_id="north-2022-05", paragraph="99"), "north-2022-05-p99a"),
    (Row("mentions", source_id="north-2022-05", paragraph="99"), "north-2022-05-p99m1"),
    (Row("parties", case_id="leader-almaty", role="victim"), "leader-almaty-victim"),
    (Row("steps", party_id="", case_id="leader-almaty", step="summoned"), "leader-almaty-summoned"),
    (Row("assemblies", place_id="astana", date="2023-03-08"), "astana-2023-03-08"),
    (Row("charges", party_id="guard", offence="Abuse of official powers"), "guard-abuse-of-official"),
    (Row("places"), ""),
]
# fmt: on


@pytest.mark.parametrize(("row", "expected"), IDS)
def test_ids_follow_the_form_of_their_table(draft, row, expected):
    assert suggestions.new_id(draft, row) == expected


def test_an_id_that_is_taken_gets_the_next_letter_or_number(draft):
    taken = {row["claim_id"] for row in draft.rows("claims")}
    new = suggestions.new_id(draft, Row("claims", source_id="north-2022-05", paragraph="3"))
    assert re.fullmatch(r"north-2022-05-p3[a-z]", new)
    assert new not in taken
    draft.add(Row("parties", party_id="leader-almaty-victim"))
    draft.add(Row("parties", party_id="leader-almaty-victim-2"))
    assert (
        suggestions.new_id(draft, Row("parties", case_id="leader-almaty", role="victim"))
        == "leader-almaty-victim-3"
    )


# fmt: off
CELLS = [
    (Row("claims"), "source_id", SOURCE),  # the newest source
    (Row("claims", source_id=SOURCE, paragraph="2"), "item", "0"),  # no bullets
    (Row("claims", source_id=SOURCE, paragraph="4"), "item", ""),
    (Row("claims", source_id=SOURCE), "as_of", "../2023-04"),
    (Row("claims", source_id=SOURCE, as_of="../2023-04", stated_on=""), "date_basis", "published"),
    (Row("claims", source_id=SOURCE, as_of="2023-01", stated_on="2023-01"), "date_basis", "statement"),
    (Row("claims", source_id=SOURCE, as_of="2023-01", stated_on=""), "date_basis", "printed"),
    (Row("claims", speaker=""), "speaker_kind", "unattributed"),
    (Row("claims", speaker="semey-court"), "speaker_kind", "court"),
    (Row("claims", speaker="relatives"), "speaker_kind", ""),  # an unnamed group is no kind of speaker
    (Row("mentions", table="cases", row_id="leader-almaty"), "agrees", ""),
    (Row("claims"), "read", "once"),
    (Row("claims"), "note", ""),
    (Row("reading", source_id=SOURCE), "paragraph", "2"),
    (Row("reading", source_id=SOURCE, paragraph="4"), "item", "1"),
]
# fmt: on


@pytest.mark.parametrize(("row", "column", "expected"), CELLS)
def test_other_cells_are_suggested_from_what_is_known(draft, row, column, expected):
    assert suggestions.suggestion(draft, row, column) == expected


def test_what_was_typed_last_is_suggested_again(draft):
    draft.add(claim("3", "seven", hedge="reported"))
    assert suggestions.suggestion(draft, Row("claims"), "paragraph") == "3"
    assert suggestions.suggestion(draft, Row("mentions"), "hedge") == "reported"
    draft.add(Row("cases", case_id="new-case"))
    assert suggestions.suggestion(draft, Row("mentions", table="cases", row_id="new-case"), "agrees") == "yes"


def test_what_was_not_read_of_a_source_is_not_suggested_to_be_read(wider_data, wider):
    row = Row("reading", source_id="north-2022-11")
    texts = wider.parent / "texts"
    assert suggestions.suggestion(Draft(wider_data, texts), row, "paragraph") == ""
    edit_cell(wider_data, "sources", "north-2022-11", "paragraphs_read", "")
    assert suggestions.suggestion(Draft(wider_data, texts), row, "paragraph") == "5"
