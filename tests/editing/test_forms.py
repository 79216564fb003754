"""`qantar new`: rows by question and answer. Every text here is invented."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time

import keeper
import pytest
from conftest import TEXTS, edit_cell, row_number
from keeper import ASSEMBLY, CASE, CLAIM, SOURCE, SOURCE_ROW, TEXT, add, added, failing_writes, files, fill

from qantar import paths
from qantar.checks import runner
from qantar.editing import forms
from qantar.record import source_text, tables


@pytest.fixture
def folder(tmp_path):
    """The text copies of the frozen record, and an invented third text."""
    shutil.copytree(TEXTS, tmp_path / "texts")
    (tmp_path / "texts" / f"{SOURCE}.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path / "texts"


@pytest.fixture
def with_source(data, folder):
    """The frozen record with the invented source, whose paragraphs 2 to 5 nobody has read yet."""
    keeper.add_source(data, folder)
    return data


def problems(data, folder):
    """Return what the checks find, places and sentences that nobody has read yet left out."""
    unread = ("unread-place", "unread-sentence")
    return [problem for problem in runner.check(data, folder).problems if problem.rule not in unread]


def test_a_claim_is_added_with_what_was_typed_and_what_follows_from_it(with_source, folder):
    rows, said = add("claim", CLAIM, with_source, folder)
    suggested = {
        "value": "41",
        "bound": "at_least",
        "date_basis": "printed",
        "speaker_kind": "ngo",
        "read": "once",
    }
    assert rows == {
        "claims": [{**CLAIM, **suggested, "claim_id": f"{SOURCE}-p2a", "item": "0"}],
        "reading": [{"source_id": SOURCE, "paragraph": "2", "item": "0", "outcome": "recorded"}],
    }
    assert problems(with_source, folder) == []
    assert "5 places of the texts have no row in reading yet" in said


# fmt: off
WRONG = [  # column, wrong answer, what is said
    ("source_id", "hrw-2032-01", "is not in data/raw/sources.csv"),
    ("paragraph", "two", "'two' is no integer"),
    ("paragraph", "7", "has 6 paragraphs, not 7"),
    ("item", "1", "paragraph 2 has no item 1"),
    ("claim_id", "P2", "has the wrong form"),
    ("claim_id", "north-2022-05-p3a", "is in data/raw/claims.csv already"),
    ("as_printed", "at least 42 people", "do not stand in the text copy"),
    ("bound", "roughly", "'roughly' is not allowed; use one of exact, at_least"),
    ("value", "4,100", "'4,100' is no number"),
    ("measure_id", "-", "is empty; every row needs it"),
    ("as_of", "3 March 2023", "is no date of the form"),
    ("note", "As Jane Doe said", "may be a name"),
]
# fmt: on


def test_a_wrong_answer_is_asked_again_with_the_message_of_the_checks(with_source, folder):
    order = "source_id paragraph item claim_id as_printed bound value measure_id modality as_of speaker voice"
    order += " place_id note"
    answers = [*(pair[:2] for pair in WRONG), *CLAIM.items()]  # sorted is stable: the wrong ones come first
    rows, said = add(
        "claim", sorted(answers, key=lambda pair: order.split().index(pair[0])), with_source, folder
    )
    for column, _, message in WRONG:
        assert message in said, column
    cells = rows["claims"][0]
    assert (cells["claim_id"], cells["value"], cells["measure_id"]) == (
        f"{SOURCE}-p2a",
        "41",
        CLAIM["measure_id"],
    )


def _interrupted():
    raise KeyboardInterrupt


@pytest.mark.parametrize("end", [lambda: "", _interrupted], ids=["end of input", "Ctrl-C"])
@pytest.mark.parametrize("after", [0, 2, len(CLAIM) - 1])
def test_giving_up_writes_nothing(with_source, folder, after, end):
    before, answers = files(with_source), list(CLAIM.items())
    code, said = fill("claim", [*answers[:after], (answers[after][0], end)], with_source, folder)
    assert (code, said.splitlines()[-1]) == (1, "given up; nothing was written")
    assert files(with_source) == before


def test_what_only_the_whole_record_shows_is_asked_again_at_the_end(with_source, folder):
    answers = [*{**CLAIM, "as_of": "2024-05"}.items(), ("as_of", "2023-03-03")]
    rows, said = add("claim", answers, with_source, folder)
    assert "was published" in said
    assert rows["claims"][0]["as_of"] == "2023-03-03"


def test_a_number_that_the_words_do_not_print_is_asked_again_with_its_words(with_source, folder):
    answers = [*CLAIM.items(), ("as_printed", "at least 41 people"), ("bound", "at_least"), ("value", "41")]
    answers.insert(3, ("value", "14"))
    rows, said = add("claim", answers, with_source, folder)
    assert "at_least 14 is typed" in said
    assert rows["claims"][0]["value"] == "41"


def test_a_place_of_which_reading_says_that_it_holds_nothing_is_refused(with_source, folder):
    answers = [("source_id", SOURCE), ("paragraph", "6"), ("item", "0"), ("item", lambda: "")]
    code, said = fill("claim", answers, with_source, folder)
    assert code == 1
    assert "reading.csv says no_data of this place" in said


def test_a_missing_measure_can_be_added_on_the_way(with_source, folder):
    measure = {
        "measure_id": "people_detained_once",
        "Add people_detained_once to data/raw/measures.csv?": "y",
        "theme": "detention",
        "label": "People detained once",
        "one": "person detained once",
        "many": "people detained once",
        "unit": "person",
        "period": "in_period",
        "scope": "Kazakhstan",
        "definition": "People who were detained at one rally.",
    }
    claim = list(CLAIM.items())
    rows, _ = add("claim", [*claim[:3], *measure.items(), *claim[4:]], with_source, folder)
    assert rows["claims"][0]["measure_id"] == rows["measures"][0]["measure_id"] == "people_detained_once"
    assert problems(with_source, folder) == []


def test_a_source_is_measured_and_its_numbers_are_listed(data, folder):
    rows, said = add("source", SOURCE_ROW, data, folder)
    assert rows == {
        "sources": [{**SOURCE_ROW, "paragraphs": "6", "text_sha256": source_text.sha256(SOURCE, folder)}]
    }
    assert 'paragraph 2, item 0: "41" in "' in said
    assert 'paragraph 4, item 1: "two" in "' in said
    assert "8 numbers and quantity words are to be accounted for" in said


def test_a_source_without_its_text_asks_for_length_and_hash(data):
    typed = [("paragraphs", "0"), ("paragraphs", "6"), ("text_sha256", "a1" * 31), ("text_sha256", "a1" * 32)]
    rows, said = add("source", [*SOURCE_ROW.items(), *typed], data, None)
    assert f"There is no text copy {SOURCE}.txt" in said
    assert rows == {"sources": [{**SOURCE_ROW, "paragraphs": "6", "text_sha256": "a1" * 32}]}
    assert runner.check(data).problems == []


def test_a_new_text_with_words_before_its_first_bullet_is_refused(data, folder):
    text = folder / f"{SOURCE}.txt"
    text.write_text(f"{TEXT}\n\nCourts convicted more than a dozen:\n- in one city five\n", encoding="utf-8")
    before = files(data)
    code, said = fill("source", SOURCE_ROW, data, folder)
    assert code == 1
    assert f"paragraph 7 of the text copy {SOURCE}.txt has words before its first bullet" in " ".join(
        said.split()
    )
    assert files(data) == before


def test_a_case_with_parties_steps_a_sentence_and_mentions_goes_in_at_once(with_source, folder):
    rows, _ = add("case", CASE, with_source, folder)
    case = "guards-semey"
    assert [row["party_id"] for row in rows["parties"]] == [f"{case}-accused", f"{case}-accused-2"]
    assert {row["case_id"] for row in rows["parties"] + rows["steps"]} == {case}
    steps = [(row["step_id"], row["party_id"], row["outcome"]) for row in rows["steps"]]
    assert steps == [
        (f"{case}-accused-verdict", f"{case}-accused", "guilty"),
        (f"{case}-accused-2-verdict", f"{case}-accused-2", "not_guilty"),
    ]
    (sentence,) = rows["sentences"]
    assert (sentence["step_id"], sentence["value"], sentence["per"]) == (
        f"{case}-accused-verdict",
        "3",
        "each",
    )
    mentions = [(row["mention_id"], row["table"], row["row_id"], row["agrees"]) for row in rows["mentions"]]
    assert mentions == [
        (f"{SOURCE}-p4m1", "cases", case, "yes"),
        (f"{SOURCE}-p4m2", "steps", f"{case}-accused-verdict", "yes"),
        (f"{SOURCE}-p4m3", "sentences", f"{case}-accused-prison", "yes"),
        (f"{SOURCE}-p4m4", "steps", f"{case}-accused-2-verdict", "yes"),
    ]
    assert [(row["paragraph"], row["item"]) for row in rows["reading"]] == [("4", "1"), ("4", "2")]
    assert problems(with_source, folder) == []


def test_what_is_written_before_a_kill_is_found_by_the_check(with_source, folder, monkeypatch):
    writes = []
    monkeypatch.setattr(tables, "write_bytes", lambda path, content: writes.append((path, content)))
    fill("case", CASE, with_source, folder)
    assert len(writes) == 6
    for path, content in writes[:-1]:
        path.write_bytes(content)
        assert problems(with_source, folder), path
    writes[-1][0].write_bytes(writes[-1][1])
    assert problems(with_source, folder) == []


def test_an_assembly_with_a_restriction_goes_in_at_once(with_source, folder):
    answers = list(ASSEMBLY)
    answers.insert(4, ("topics", "womens_rights; bread"))  # refused, and asked again
    rows, said = add("assembly", answers, with_source, folder)
    assert "has the wrong form" in said
    assert rows["assemblies"][0]["assembly_id"] == "astana-2023-03-08"
    restriction = "astana-2023-03-08-permission-denied"
    assert [row["restriction_id"] for row in rows["restrictions"]] == [restriction]
    assert [(row["table"], row["row_id"]) for row in rows["mentions"]] == [
        ("assemblies", "astana-2023-03-08"),
        ("restrictions", restriction),
    ]
    assert problems(with_source, folder) == []


INCIDENT = {
    "incident_id": "invented-threat",
    "label": "Threat to an outlet",
    "target_kind": "outlet",
    "kind": "threat",
    "by": "not_told",
    "acts_bound": "exact",
    "acts": "1",
    "january_2022": "no",
    "summary": "An outlet was threatened.",
    "source_id": SOURCE,
    "paragraph": "5",
    "hedge": "stated",
    "Add a party?": "y",
    "role": "target",
}
ACT = {
    "act_id": "invented-refusal",
    "date": "2023-03",
    "kind": "refusal",
    "theme": "assembly",
    "summary": "A city refused a march.",
    "source_id": SOURCE,
    "paragraph": "5",
    "as_printed": "refused to allow a march",
    "hedge": "stated",
}
STATEMENT = {
    "source_id": SOURCE,
    "paragraph": "5",
    "as_printed": "refused to allow a march",
    "kind": "account",
    "theme": "assembly",
    "deed": "refused to allow",
    "object": "a march",
    "summary": "A march was not allowed.",
    "speaker": "northern-watch",
    "voice": "own",
    "hedge": "stated",
    "place_id": "astana",
}
MENTION = {
    "source_id": SOURCE,
    "paragraph": "5",
    "table": "assemblies",
    "row_id": "january-protests",
    "agrees": "partly",
    "differs_on": "date",
    "hedge": "reported",
}
STEP = {
    "case_id": "leader-almaty",
    "step": "summoned",
    "date": "2022-01-20",
    "source_id": SOURCE,
    "paragraph": "5",
}


@pytest.mark.parametrize(
    ("what", "answers", "rows"),
    [
        (
            "incident",
            [*INCIDENT.items(), ("label", "Staff of an outlet")],
            {"incidents": 1, "parties": 1, "mentions": 1},
        ),
        ("act", ACT, {"acts": 1, "mentions": 1}),
        ("statement", STATEMENT, {"statements": 1}),
        (
            "mention",
            [*list(MENTION.items())[:3], ("row_id", "nowhere"), *list(MENTION.items())[3:]],
            {"mentions": 1},
        ),
        ("step", {**STEP, "agrees": "yes", "hedge": "stated"}, {"steps": 1, "mentions": 1}),
    ],
)
def test_rows_that_belong_together_go_in_at_once(with_source, folder, what, answers, rows):
    new, _ = add(what, answers, with_source, folder)
    assert {name: len(of_table) for name, of_table in new.items()} == {**rows, "reading": 1}
    assert problems(with_source, folder) == []


def test_a_step_goes_before_those_of_its_case_that_are_later(with_source, folder):
    later = tables.read_table("steps", with_source).query("case_id == 'leader-almaty'")["step_id"]
    rows, _ = add("step", {**STEP, "agrees": "yes", "hedge": "stated"}, with_source, folder)
    assert rows["steps"][0]["step_id"] == "leader-almaty-summoned"
    assert row_number(with_source, "steps", "leader-almaty-summoned") < row_number(
        with_source, "steps", later.iloc[-1]
    )
    assert problems(with_source, folder) == []


def test_reading_goes_on_with_the_next_place_that_has_no_row(with_source, folder):
    row = [("outcome", "no_data"), ("reason", "invented")]
    rows, _ = add(
        "reading", [("source_id", SOURCE), *row, ("Another reading?", "y"), *row], with_source, folder
    )
    assert [(row["paragraph"], row["item"]) for row in rows["reading"]] == [("2", "0"), ("3", "0")]


def test_help_explains_a_column_and_finds_values(with_source, folder):
    answers = [
        *list(CLAIM.items())[:3],
        ("bound", "?"),
        ("measure_id", "? refus"),
        ("measure_id", "? unheard-of"),
    ]
    _, said = fill("claim", [*answers, ("measure_id", lambda: "")], with_source, folder)
    assert "bound, string: How exact the wording is" in said
    assert "permission_refusals" in said.split("? ")[-1] or "permission_refusals" in said
    assert "no value has unheard-of in it" in said


def test_a_claim_after_a_new_source_suggests_that_source(with_source, folder):
    _, said = fill("claim", [("source_id", lambda: "")], with_source, folder)
    assert f"[{SOURCE}]" in said
    assert "problems already" not in said


def test_problems_that_were_there_before_are_not_blamed_on_the_new_row(with_source, folder):
    edit_cell(with_source, "claims", "north-2022-05-p3a", "value", "228")
    rows, said = add("claim", CLAIM, with_source, folder)
    assert "problems already" in said
    assert "228" not in said
    assert len(rows["claims"]) == 1


def test_a_malformed_record_is_reported_before_any_question(with_source, folder):
    (with_source / "raw" / "places.csv").write_bytes(b"name\n")
    code, said = fill("claim", [], with_source, folder)
    assert code == 1
    assert "data/raw/places.csv, row 1" in said
    assert said.endswith("nothing was written\n")
    assert "source_id:" not in said


def test_where_a_file_cannot_be_written_the_typed_rows_are_printed(with_source, folder):
    before = files(with_source)
    with failing_writes():
        code, said = fill("claim", CLAIM, with_source, folder)
    assert code == 1
    assert "cannot be written (No space left on device)" in said
    assert "at least 41 people" in said.split("what was typed")[1]
    assert files(with_source) == before


def test_an_unknown_form_is_refused_with_a_sentence(data, capsys):
    assert forms.new("clam", data) == 1
    assert capsys.readouterr().err.startswith("'clam' is no form; use one of claim, mention, statement")


def test_the_form_reads_its_answers_from_a_pipe(data):
    before = files(data)
    script = (
        "import sys; from pathlib import Path; from qantar.editing import forms; "
        f"sys.exit(forms.new('place', Path({str(data)!r})))"
    )
    environment = {**os.environ, "PYTHONPATH": str(paths.ROOT), "PYTHONIOENCODING": "utf-8"}

    def typed(text):
        return subprocess.run(
            [sys.executable, "-c", script], env=environment, input=text, capture_output=True, timeout=120
        )

    done = typed(b"atyrau\nAtyrau\n\ntown hall\ncity\n\n\n\n\n\n")
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    assert "'town hall' is not allowed" in done.stdout.decode()
    assert added(data, before) == {"places": [{"place_id": "atyrau", "name": "Atyrau", "kind": "city"}]}
    done = typed("\xff".encode("latin-1"))
    assert (done.returncode, done.stderr.decode().splitlines()[-1]) == (
        1,
        "the input is not UTF-8; nothing was written",
    )


def test_a_terminal_completes_edits_the_suggestion_and_gives_up_cleanly(with_source, folder):
    script = (
        "import sys; from pathlib import Path; from qantar.editing import forms; "
        f"sys.exit(forms.new('claim', Path({str(with_source)!r}), Path({str(folder)!r})))"
    )
    before = files(with_source)
    child, terminal = pty.fork()
    if not child:
        os.environ.update(PYTHONPATH=str(paths.ROOT), TERM="xterm", PROMPT_TOOLKIT_NO_CPR="1")
        os.execv(sys.executable, [sys.executable, "-c", script])
    seen = ""

    def until(words, keys):
        nonlocal seen
        start, deadline = len(seen), time.monotonic() + 120
        while words not in seen[start:]:
            assert time.monotonic() < deadline, seen
            if select.select([terminal], [], [], 1)[0]:
                seen += os.read(terminal, 65536).decode(errors="replace")
        time.sleep(0.5)  # the prompt is drawn after the question
        os.write(terminal, keys.encode())

    until("source_id:", "?\r")  # at the end of the suggestion: help
    until("source_id, string", "\x15east")  # Ctrl-U clears it
    until("An invented brief", "\t")  # the menu is open: Tab takes the first
    until("-2023-04", "\r")
    until("paragraph:", "2\r")
    until("item:", "\r")
    until("claim_id:", "\x7fb\r")  # the suggested letter becomes another
    until("as_printed:", "at least 41 people\r")
    until("bound:", "\x03")
    _, status = os.waitpid(child, 0)
    seen += os.read(terminal, 65536).decode(errors="replace")
    assert os.waitstatus_to_exitcode(status) == 1
    assert "given up; nothing was written" in seen
    assert "Traceback" not in seen
    assert files(with_source) == before
