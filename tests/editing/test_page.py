"""The page of `qantar add`: what it suggests, what it keeps, what it refuses, and a person who types."""

import json
import re
import shutil
import threading
import urllib.error
import urllib.parse
import urllib.request

import pytest
import tornado.httpserver
import tornado.ioloop
import tornado.netutil
from conftest import TEXTS, edit_cell, needs_chromium

from qantar.checks import runner
from qantar.editing.draft import Draft, Refused, Row
from qantar.editing.page import preview, report, server, suggest

TOKEN = "of-this-test"
SOURCE = "east-2024-03"
TEXT = """Eastern Desk on the events

At least 251 people died in the events, 21 officers among them. On 5 March 2024 the Office of Prosecutors said that 96 investigations were opened over false information. <script>alert('x')</script>

Over 12,000 people were detained.
"""  # noqa: E501
ABOUT = {
    **{"source_id": SOURCE, "title": "Two years on", "short": "Eastern Desk", "authors": "Eastern Desk"},
    **{"publisher": "Eastern Desk", "publisher_kind": "ngo", "team": "north", "published": "2024-03-20"},
    **{"published_basis": "printed", "coverage": "examples", "language": "en"},
}


@pytest.fixture
def texts(tmp_path):
    """A folder of text copies to which a text can be added."""
    return shutil.copytree(TEXTS, tmp_path / "texts")


@pytest.fixture
def reading(data, texts):
    """An invented report of two paragraphs, just begun."""
    draft = Draft(data, texts)
    row, wrong = report.new_source(draft, dict(ABOUT), TEXT)
    assert wrong == []
    report.add_source(draft, row, TEXT)
    return report.Report(SOURCE, data, texts)


@pytest.fixture
def served(data, texts, reading):
    """The address of the page on the invented report."""
    started, loops = threading.Event(), []

    def serve():
        loop = tornado.ioloop.IOLoop()
        (socket,) = tornado.netutil.bind_sockets(0, "127.0.0.1")
        port = socket.getsockname()[1]
        app = server.application(data, texts, TOKEN, port, second=False)
        tornado.httpserver.HTTPServer(app).add_socket(socket)
        loops.extend([loop, port])
        started.set()
        loop.start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert started.wait(20)
    yield f"http://127.0.0.1:{loops[1]}"
    loops[0].add_callback(loops[0].stop)
    thread.join(20)


def asked(address, cells=None, **headers):
    """Return status and text of a request."""
    body = urllib.parse.urlencode(cells).encode() if cells is not None else None
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=60) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


def card_of(reading, words):
    """Return the suggested claim of the first open quantity with these words."""
    for paragraph, item, text in reading.places():
        for start, end, found in reading.open_quantities(paragraph, item, text):
            if found == words:
                return suggest.claim(reading, paragraph, item, start, end)
    raise AssertionError(words)


# --- what is suggested ---


@pytest.mark.parametrize(
    ("words", "cells"),
    [
        ("251", {"as_printed": "At least 251 people died", "bound": "at_least", "value": "251"}),
        ("251", {"measure_id": "deaths_total", "as_of": "../2024-03-20", "date_basis": "published"}),
        ("21", {"as_printed": "21 officers among them", "bound": "exact", "value": "21"}),
        ("96", {"speaker": "prosecutors", "voice": "reports", "speaker_kind": "state"}),
        ("96", {"as_of": "2024-03-05", "date_basis": "printed"}),
        (
            "12,000",
            {"as_printed": "Over 12,000 people were detained", "bound": "more_than", "value": "12000"},
        ),
    ],
)
def test_a_card_opens_filled_from_the_words_around_the_number(reading, words, cells):
    suggested = card_of(reading, words)
    assert {column: suggested[column] for column in cells} == cells


def test_a_body_that_the_report_is_of_speaks_where_nobody_is_named(data, texts):
    south = report.Report("south-2023-03", data, texts)
    assert suggest.own_speaker(south) == "southern-monitor"


def test_three_measures_come_with_their_definition_and_words_in_which_one_was_printed(reading):
    best = suggest.best_measures(reading, card_of(reading, "251"))
    assert len(best) == 3 and best[0].measure_id == "deaths_total"
    assert "everybody together" in best[0].definition and "died" in best[0].printed


def test_a_statement_takes_its_hedge_from_its_words(data, texts):
    reading = report.Report("north-2022-05", data, texts)
    text = "Officers allegedly beat people. The case is closed."
    reading.places = lambda: [(1, 0, text)]
    assert suggest.statement(reading, 1, 0, 1)["hedge"] == "alleged"
    assert suggest.statement(reading, 1, 0, 2)["hedge"] == "stated"


def test_what_is_accounted_for_is_marked_apart_from_what_is_open(reading):
    place = reading.places()[1]
    open_words = [part.words for part in suggest.marked(reading, *place) if part.kind == "open"]
    assert open_words == ["251", "21", "96"]
    assert reading.accept(card_of(reading, "251")) == []
    kinds = {part.words: part.kind for part in suggest.marked(reading, *place)}
    assert kinds["At least 251 people died"] == "done" and kinds["21"] == "open"
    assert kinds["5 March 2024"] == "day"


def test_a_case_is_a_list_of_dated_events(reading):
    cells = {"case_id": "guards-semey", "label": "Trial of guards, Semey", "kind": "officers_trial"}
    rows = suggest.case(reading, 2, 0, cells, "2024-02 charged\n2024-03-01 verdict:guilty | people died\n")
    assert [row.table for row in rows] == ["cases", "parties", "steps", "steps", *["mentions"] * 3]
    assert (rows[3]["step"], rows[3]["outcome"]) == ("verdict", "guilty")
    assert rows[6]["as_printed"] == "people died"
    with pytest.raises(suggest.Unreadable, match="line 1, 'in March', is no event; type a day and a step"):
        suggest.case(reading, 2, 0, cells, "in March")


def test_mentions_of_a_case_count_on_through_the_items_of_a_paragraph(data, texts):
    reading = report.Report("south-2023-03", data, texts)
    mentioned = [row for row in reading.draft.rows("mentions") if row["item"] not in ("", "0", "1")]
    place = next(row for row in mentioned if row["source_id"] == "south-2023-03")
    stem = f"south-2023-03-p{place['paragraph']}m"
    taken = {row["mention_id"] for row in reading.draft.rows("mentions")}
    cells = {"case_id": "guards-semey", "label": "Trial of guards, Semey", "kind": "officers_trial"}
    rows = suggest.case(reading, int(place["paragraph"]), 1, cells, "2023-01 charged")
    made = [row["mention_id"] for row in rows if row.table == "mentions"]
    assert len(made) == 2 and not taken & set(made) and all(name.startswith(stem) for name in made)


# --- what is kept ---


def test_what_was_accepted_is_there_after_a_crash_and_nothing_is_in_the_record(reading, data, texts):
    before = (data / "raw" / "claims.csv").read_bytes()
    reading.accept(card_of(reading, "251"))
    again = report.Report(SOURCE, data, texts)  # a new process
    assert [row["as_printed"] for row in again.draft.added("claims")] == ["At least 251 people died"]
    assert (data / "raw" / "claims.csv").read_bytes() == before
    assert json.loads(again.file.read_text())[0][0][0] == "claims"


def test_undo_takes_back_one_step(reading):
    reading.accept(card_of(reading, "251"))
    reading.accept(card_of(reading, "21"))
    assert [row["value"] for row in reading.undo()] == ["21"]
    assert len(reading.draft.added("claims")) == 1
    reading.undo()
    assert reading.undo() == [] and reading.steps == []


def test_a_wrong_cell_is_told_with_its_column_and_not_kept(reading):
    card = card_of(reading, "251")
    card["measure_id"] = "deaths_totl"
    (wrong,) = reading.accept(card)
    assert wrong.column == "measure_id" and "'deaths_totl' is not in data/raw/measures.csv" in wrong.message
    assert reading.steps == []


MEASURES = {
    "251": "deaths_total",
    "21": "deaths_officers",
    "96": "investigations_274",
    "12,000": "detained_total",
}


def read_whole(reading):
    """Accept all that is suggested, and say of the rest why it is no row."""
    place = reading.places()
    ledger = {"source_id": SOURCE, "item": "0", "sentence": "", "span": "", "rows": ""}
    reading.accept(Row("reading", **ledger, paragraph="1", outcome="no_data", reason="the title"))
    for words, measure in MEASURES.items():
        assert reading.accept(Row("claims", **{**card_of(reading, words), "measure_id": measure})) == []
    for number in reading.open_sentences(*place[1]):
        cells = {**ledger, "sentence": str(number), "outcome": "context", "reason": "no words"}
        reading.accept(Row("reading", **cells, paragraph="2"))


def test_one_save_adds_all_rows_through_the_checks_or_none(reading, data, texts):
    reading.accept(card_of(reading, "251"))
    with pytest.raises(Refused, match="which no row accounts for"):
        reading.save()
    reading.undo()
    before = {path.name: path.read_bytes() for path in (data / "raw").glob("*.csv")}
    read_whole(reading)
    seen = preview.of(reading)
    assert seen.problems == [] and len(seen.figures) == 4
    assert any("at least 251 deaths" in said for said in seen.figures) and "Casualties" in seen.pages
    reading.save()
    assert runner.check(data, texts).problems == []
    after = (data / "raw" / "claims.csv").read_bytes()
    assert (
        after.startswith(before["claims.csv"]) and after.count(b"\n") == before["claims.csv"].count(b"\n") + 4
    )
    assert not reading.file.exists()


def test_a_second_reader_does_not_see_the_first_and_agreed_rows_are_read_twice(data, texts):
    edit_cell(data, "claims", "south-2023-03-p4a", "read", "once")
    first = report.Report("south-2023-03", data, texts)
    second = report.Report("south-2023-03", data, texts, second=True)
    assert first.coverage()[0] > second.coverage()[0] == 0
    typed = {row["claim_id"]: row for row in first.draft.rows("claims")}
    second.accept(Row("claims", **typed["south-2023-03-p4a"]))
    second.accept(Row("claims", **{**typed["south-2023-03-p4b"], "value": "18"}))
    pairs = [pair for pair in report.differences(second) if pair.first and pair.second]
    found = {pair.first["claim_id"]: pair.columns for pair in pairs}
    assert found == {"south-2023-03-p4a": [], "south-2023-03-p4b": ["value"]}
    assert report.mark_read_twice(second) == 1
    read = {row["claim_id"]: row["read"] for row in Draft(data).rows("claims")}
    assert read == {**{row: cells["read"] for row, cells in typed.items()}, "south-2023-03-p4a": "twice"}
    with pytest.raises(Refused, match="compared with the first one"):
        second.save()


# --- what is refused ---


def test_the_page_answers_only_its_own_address_with_its_token(served):
    assert asked(f"{served}/{TOKEN}")[0] == 200
    assert asked(f"{served}/another-token")[0] == 404
    assert asked(f"{served}/{TOKEN}", Host="qantar.example")[0] == 403
    status, said, _ = asked(f"{served}/{TOKEN}/undo/{SOURCE}", {}, Origin="https://elsewhere.example")
    assert status == 403 and "answers only its own address" in said


def test_a_script_in_a_text_is_text(served):
    status, page, headers = asked(f"{served}/{TOKEN}/read/{SOURCE}")
    assert status == 200 and "<script>alert('x')</script>" not in page and "&lt;script&gt;" in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert re.findall(r'(?:src|href)="(?!/|http://127)([^"#]*)"', page) == []


def test_a_text_that_is_too_long_or_empty_is_refused_in_a_sentence(served, texts):
    cells = {**ABOUT, "source_id": "east-2024-04"}
    status, page, _ = asked(f"{served}/{TOKEN}", {**cells, "text": "a " * 1_100_000})
    assert status == 422 and "the text has over 2,000,000 bytes" in page
    status, page, _ = asked(f"{served}/{TOKEN}", {**cells, "text": " "})
    assert status == 422 and "is empty; paste the report" in page
    assert not (texts / "east-2024-04.txt").exists()


def test_what_the_checks_refuse_is_not_saved_and_said(served, data):
    before = (data / "raw" / "claims.csv").read_bytes()
    status, page, _ = asked(f"{served}/{TOKEN}/review/{SOURCE}", {})
    assert status == 409 and "Not done" in page and "has no row; say what became of it" in page
    assert (data / "raw" / "claims.csv").read_bytes() == before


# --- a person ---


@needs_chromium
def test_a_person_accepts_a_figure_with_a_few_keys(served, open_page):
    page, noted = open_page(f"{served}/{TOKEN}/read/{SOURCE}")
    pressed = []
    for measure in MEASURES.values():
        offered = page.locator(".measure [type=radio]").evaluate_all("all => all.map(radio => radio.value)")
        keys = [*([str(offered.index(measure) + 1)] if measure in offered[1:] else []), "Enter"]
        if measure not in offered:
            page.locator("[name=measure_id_other]").fill(measure)  # its first letters, and one of the list
            page.keyboard.press("Escape")
            keys = [*measure[:3], "Enter"]
        for key in keys[:-1] if measure in offered else []:
            page.keyboard.press(key)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        pressed.append(len(keys))
    assert page.locator(".done").count() >= 4 and page.locator("a.open").count() == 0
    assert sorted(pressed)[len(pressed) // 2] <= 6
    with page.expect_navigation():
        page.keyboard.press("u")
    assert page.locator("a.open").count() == 1
    assert noted["console"] == [] and all(url.startswith(served) for url in noted["requests"])
