"""The text copies of the sources: their paragraphs and items, and where printed words stand."""

import pytest
from conftest import TEXTS

from qantar.record import source_text

BLOCKS = [
    "In all, 227 people were killed",
    "- by the police, and\n- by others, 4,353 were hurt. Many more\n- of them were held in cells where",
    "they were beaten. Many more were “ill-treated”.",
]


def test_paragraphs_and_items_of_a_text_are_counted_from_1():
    blocks = source_text.paragraphs("north-2022-05", TEXTS)
    found = {(paragraph, item): text for paragraph, item, text in source_text.parts(blocks)}
    assert found[2, 0] == "Northern Watch, 20 May 2022. No body, person or figure of this text exists."
    assert found[10, 2].startswith("Semey, 20 February 2022.")
    assert (10, 0) not in found
    assert (10, 6) not in found
    assert len(blocks) == max(paragraph for paragraph, _ in found) == 17


def test_the_hash_of_a_text_is_that_of_its_bytes(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"abc")
    assert source_text.sha256("a", tmp_path).startswith("ba7816bf8f01cfea")
    assert source_text.sha256("b", tmp_path) is None


@pytest.mark.parametrize(
    ("blocks", "number"),
    [(BLOCKS, None), ([*BLOCKS, "These were held:\n- two men"], 4), (["- two men\nand others"], None)],
)
def test_words_that_lead_in_to_bullets_are_found(blocks, number):
    assert source_text.lead_in(blocks) == number


def test_marks_links_quotes_and_spaces_are_made_plain():
    text = "**225\n people**, [17 of them](https://example.org), said ‘“no”’ * _twice_"
    assert source_text.plain(text) == "225 people, 17 of them, said '\"no\"' * twice"


# fmt: off
@pytest.mark.parametrize(("words", "paragraph", "item", "problem"), [
    ("227 people", 1, 0, None), ("4,353 were hurt", 2, 2, None),
    ("'ill-treated'", 3, 0, "these words do not stand in the text copy"), ('"ill-treated"', 3, 0, None),
    ("cells where they were beaten", 2, 3, None),
    ("were killed by the police", 1, 0, "these words do not stand in the text copy"),
    ("Many more they were", 2, 2, "these words do not stand in the text copy"),
    ("they were beaten", 2, 3, "these words stand in paragraph 3"),
    ("27 people", 1, 0, "these words do not stand in the text copy"),
    ("353 were hurt", 2, 2, "these words do not stand in the text copy"),
    ("In all, 22", 1, 0, "these words do not stand in the text copy"),
    ("by others, 4", 2, 2, "these words do not stand in the text copy"),
    ("by the police", 2, 2, "these words stand in paragraph 2, in another item"),
    ("227 people", 3, 0, "these words stand in paragraph 1"),
    ("227 people", 4, 0, "the text copy has 3 paragraphs, not 4"),
    ("by the police", 2, 0, "paragraph 2 has 3 items; say in column item which one"),
    ("by the police", 2, 4, "paragraph 2 has 3 items, not 4"),
    ("227 people", 1, 1, "paragraph 1 has 0 items, not 1"),
])
def test_printed_words_stand_whole_in_their_item_or_run_on_from_the_last_one(words, paragraph, item, problem):
    assert source_text.place_problem(words, BLOCKS, paragraph, item) == problem
# fmt: on


def test_words_are_shown_with_four_words_before_and_two_after_them():
    blocks = ["one two three four five SIX seven eight nine and SIX", "- SIX a\n- b SIX c"]
    assert source_text.in_context("SIX", blocks, 1, 0) == [
        "two three four five SIX seven eight",
        "seven eight nine and SIX",
    ]
    assert source_text.in_context("SIX", blocks, 2, 2) == ["b SIX c"]


def test_every_occurrence_of_printed_words_has_a_place():
    assert source_text.places("2 of 2, not 22, or 2.5", ["2", "of"]) == [(0, 1), (5, 6), (2, 4)]
    assert source_text.places("aa aa aa", ["aa aa"]) == [(0, 5)]


@pytest.mark.parametrize(
    ("paragraph", "item", "spans", "places"),
    [
        (3, 0, {(2, 3): ["cells where they were beaten", "of them"]}, [(0, len("they were beaten"))]),
        (3, 0, {(2, 3): ["in cells where", "Many more"], (2, 2): ["cells where they"]}, []),
        (2, 1, {(1, 0): ["were killed by the police"]}, [(0, len("by the police"))]),
        (2, 2, {(1, 0): ["were killed by others"]}, []),
        (1, 0, {(0, 0): ["In all"]}, []),
    ],
)
def test_words_that_run_on_cover_the_start_of_the_next_paragraph(paragraph, item, spans, places):
    assert source_text.run_on(BLOCKS, paragraph, item, spans) == places


@pytest.mark.parametrize(("text", "found"), [
    ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
    ('He said "no." She left.', ['He said "no."', "She left."]),
    ('It was "fair". 12 came.', ['It was "fair".', "12 came."]),
    ("The U.S. Senate and Mr. Doe, e.g. Almaty, vs. Astana.", 1),
    ("Up to 3.5 percent in 2022.", 1), ("A note.² Another one.", ["A note.²", "Another one."]),
    ('The party Alga! ("Forward") is new.', 1), ("The lack of a stop", 1), ("", []),
])  # fmt: skip
def test_a_text_is_divided_into_its_sentences(text, found):
    spans = source_text.sentences(text)
    sentences = [text[start:end].strip() for start, end in spans]
    assert sentences == (found if isinstance(found, list) else [text])
    assert "".join(text[start:end] for start, end in spans) == text


def test_words_that_run_on_into_the_next_paragraph_lie_at_the_end_of_their_own():
    words = {(2, 3): ["held in cells where they were beaten", "Many more"]}
    ((start, end),) = source_text.run_off(BLOCKS, 2, 3, words)
    assert (end - start, end) == (len("held in cells where"), len("of them were held in cells where"))
    assert source_text.run_off(BLOCKS, 2, 1, words) == source_text.run_off(BLOCKS, 3, 0, words) == []


def test_paragraphs_that_were_read_are_counted_out():
    assert source_text.numbers("1-3; 7; 9-10") == [1, 2, 3, 7, 9, 10]
    assert source_text.numbers("5") == [5]


@pytest.mark.parametrize(("words", "quoted"), [
    ("the first word", False), ("a second", True), ("and a third", False), ('said "a', True),
])  # fmt: skip
def test_words_stand_in_a_quotation_between_its_marks(words, quoted):
    blocks = ["In the first word he said “a second word” and a third."]
    assert source_text.in_quotation(words, blocks, 1, 0) is quoted
