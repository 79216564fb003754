"""`qantar new`: rows by question and answer. Every text here is invented."""

import csv
import io
import os
import pty
import re
import select
import subprocess
import sys
import time

import pytest
from conftest import copy_checkout, edit_cell, row_number

from qantar import paths
from qantar.checks import runner
from qantar.editing import add_rows
from qantar.record import source_text, tables

SOURCE = "invented-2023-04"
TEXT = """An invented brief on gatherings

On 3 March 2023 police detained at least 41 people at a rally in Almaty.

Between five and seven of the 41 people who were detained had been fined before.

- In Semey the court sentenced two guards to three years in prison on 10 March 2023.
- A third guard, tried with them, was acquitted.

The city of Astana refused to allow a march on 8 March 2023.

No journalist was harmed.
"""
ROW = {
    "source_id": SOURCE,
    "title": "An invented brief on gatherings",
    "short": "Invented brief",
    "authors": "an invented group",
    "publisher": "an invented group",
    "publisher_kind": "ngo",
    "team": "invented",
    "published": "2023-04",
    "published_basis": "printed on the brief",
    "coverage": "examples",
    "language": "en",
}
CLAIM = [
    ("source_id", SOURCE),
    ("paragraph", "2"),
    ("as_printed", "at least 41 people"),
    ("measure_id", "people_detained_at"),
    ("modality", "observed"),
    ("as_of", "2023-03-03"),
    ("speaker", "hrw"),
    ("voice", "own"),
    ("place_id", "almaty"),
]


class Keeper:
    """Answers each question that comes next in a list of (column, answer), and every other one with Enter, as through a pipe."""

    def __init__(self, answers, said):
        self.answers, self.said, self.reads = list(answers), said, 0

    def isatty(self):
        return False

    def readline(self):
        self.reads += 1
        assert self.reads < 400, self.said.getvalue()[-2000:]
        asked = re.findall(
            r"^(\w+):|^(.*\?) \[y/N\]|^(This is not of the new rows)",
            self.said.getvalue(),
            flags=re.MULTILINE,
        )[-1]
        if self.answers and self.answers[0][0] in asked:
            answer = self.answers.pop(0)[1]
            return answer() if callable(answer) else f"{answer}\n"
        return "\n"


@pytest.fixture
def folder(tmp_path):
    """A folder of text copies with the invented text."""
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / f"{SOURCE}.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path / "texts"


@pytest.fixture
def with_source(data, folder):
    """A copy of data/ with the invented source, all of it read but paragraphs 2 to 5."""
    row = {
        **ROW,
        "paragraphs": len(source_text.paragraphs(SOURCE, folder)),
        "text_sha256": source_text.sha256(SOURCE, folder),
    }
    append(data, "sources", row)
    for paragraph in (1, 6):
        append(
            data,
            "reading",
            {
                "source_id": SOURCE,
                "paragraph": paragraph,
                "item": 0,
                "outcome": "no_data",
                "reason": "an invented heading",
            },
        )
    return data


def append(data, table, row):
    with (data / "raw" / f"{table}.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(
            row.get(field["name"], "") for field in tables.fields(table)
        )


def fill(what, answers, data, folder, monkeypatch):
    """Fill a form; return its exit code and what it said."""
    said = io.StringIO()
    keeper = Keeper(answers, said)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdin", keeper)
        patch.setattr(sys, "stdout", said)
        patch.setattr(sys, "stderr", said)
        code = add_rows.new(what, data, folder)
    assert keeper.answers == [], said.getvalue()
    return code, said.getvalue()


def files(data):
    return {path.name: path.read_bytes() for path in (data / "raw").iterdir()}


def added(data, before):
    """The rows that were added, by table, as dicts without empty cells; everything that was there must still be there, byte for byte."""
    found = {}
    for name, content in files(data).items():
        if content != before[name]:
            old, new = before[name].splitlines(keepends=True), content.splitlines(keepends=True)
            assert [line for line in new if line in set(old)] == old
            header = next(csv.reader([old[0].decode()]))
            rows = [next(csv.reader([line.decode()])) for line in new if line not in set(old)]
            found[name.removesuffix(".csv")] = [
                {c: cell for c, cell in zip(header, row, strict=True) if cell} for row in rows
            ]
    return found


def put_in(what, answers, data, folder, monkeypatch):
    """Fill a form that must end well; return the rows that it added, as in `added`, and what it said."""
    before = files(data)
    code, said = fill(what, answers, data, folder, monkeypatch)
    assert code == 0, said
    return added(data, before), said


def problems(data, folder):
    """What the checks say, but for paragraphs of the invented text that nobody read yet."""
    return [
        p
        for p in runner.check(data, folder).problems
        if not re.search(r"paragraph \d, item \d of invented-2023-04 has no row; say", p)
    ]


def test_a_claim_is_added_with_what_was_typed_and_what_follows_from_it(with_source, folder, monkeypatch):
    rows, said = put_in("claim", CLAIM, with_source, folder, monkeypatch)
    assert rows == {
        "claims": [
            {
                "claim_id": f"{SOURCE}-p2a",
                "source_id": SOURCE,
                "paragraph": "2",
                "item": "0",
                "measure_id": "people_detained_at",
                "as_printed": "at least 41 people",
                "value": "41",
                "bound": "at_least",
                "modality": "observed",
                "as_of": "2023-03-03",
                "date_basis": "printed",
                "speaker": "hrw",
                "speaker_kind": "ngo",
                "voice": "own",
                "place_id": "almaty",
                "read": "once",
            }
        ],
        "reading": [{"source_id": SOURCE, "paragraph": "2", "item": "0", "outcome": "recorded"}],
    }
    assert problems(with_source, folder) == []
    assert "make check" in said


def test_a_wrong_answer_is_asked_again_with_the_sentence_of_the_checks(with_source, folder, monkeypatch):
    wrong = [
        ("source_id", "hrw-2032-01", "is not in data/raw/sources.csv"),
        ("paragraph", "two", "'two' is no integer"),
        ("paragraph", "7", "has 6 paragraphs, not 7"),
        ("item", "1", "paragraph 2 of invented-2023-04 has no item 1"),
        ("claim_id", f"{SOURCE}-p3a", f"does not begin with {SOURCE}-p2"),
        ("claim_id", "P2", "has the wrong form"),
        ("as_printed", "at least 42 people", "do not stand in the text copy"),
        ("as_printed", "41 people", "the text reads at_least 41"),
        (
            "as_printed",
            "On 3 March 2023 police detained at least 41 people at a rally in",
            "keep the shortest span, at most 12 words",
        ),
        ("bound", "roughly", "'roughly' is not allowed; use one of exact, at_least"),
        ("bound", "exact", "reads as at_least 41"),
        ("value", "4,100", "'4,100' is no number"),
        ("value", "14", "at_least 14 is typed, but"),
        ("value", "-", "bound at_least needs a number"),
        ("measure_id", "-", "is empty; every row needs it"),
        ("as_of", "3 March 2023", "is no date of the form"),
        ("note", "As told by Jane Doe", "may be a name"),
    ]
    order = [
        "source_id",
        "paragraph",
        "item",
        "claim_id",
        "as_printed",
        "bound",
        "value",
        "measure_id",
        "modality",
        "as_of",
        "speaker",
        "voice",
    ]
    order += ["place_id", "note"]
    answers = sorted(
        [*(pair[:2] for pair in wrong), *CLAIM], key=lambda pair: order.index(pair[0])
    )  # the wrong ones first, then the right one or Enter
    before = files(with_source)
    code, said = fill("claim", answers, with_source, folder, monkeypatch)
    assert code == 0
    for column, _, says in wrong:
        assert says in " ".join(said.split()), column
    cells = added(with_source, before)["claims"][0]
    assert (cells["claim_id"], cells["value"], cells["measure_id"]) == (
        f"{SOURCE}-p2a",
        "41",
        "people_detained_at",
    )


@pytest.mark.parametrize("after", [0, 2, len(CLAIM) - 1])
def test_the_end_of_the_input_gives_up_and_writes_nothing(with_source, folder, monkeypatch, after):
    before = files(with_source)
    code, said = fill(
        "claim", [*CLAIM[:after], (CLAIM[after][0], lambda: "")], with_source, folder, monkeypatch
    )
    assert code == 1
    assert said.splitlines()[-1] == "given up; nothing was written"
    assert files(with_source) == before


def test_ctrl_c_gives_up_and_writes_nothing(with_source, folder, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    before = files(with_source)
    code, said = fill("claim", [*CLAIM[:4], ("modality", interrupted)], with_source, folder, monkeypatch)
    assert (code, said.splitlines()[-1]) == (1, "given up; nothing was written")
    assert files(with_source) == before


def test_what_only_the_whole_record_shows_is_asked_again_at_the_end(with_source, folder, monkeypatch):
    answers = [(column, "2024-05" if column == "as_of" else answer) for column, answer in CLAIM]
    before = files(with_source)
    code, said = fill("claim", [*answers, ("as_of", "2023-03-03")], with_source, folder, monkeypatch)
    assert code == 0
    assert "begins after its source was published" in " ".join(said.split())
    assert added(with_source, before)["claims"][0]["as_of"] == "2023-03-03"


def test_a_place_of_which_reading_says_that_it_holds_nothing_is_refused(with_source, folder, monkeypatch):
    before = files(with_source)
    code, said = fill(
        "claim",
        [("source_id", SOURCE), ("paragraph", "6"), ("item", "0"), ("item", lambda: "")],
        with_source,
        folder,
        monkeypatch,
    )
    assert code == 1
    assert "reading.csv says no_data of this place" in said
    assert files(with_source) == before


def test_a_measure_that_is_not_there_can_be_added_on_the_way(with_source, folder, monkeypatch):
    new = [
        ("measure_id", "people_detained_once"),
        ("Add people_detained_once to data/raw/measures.csv now?", "y"),
    ]
    new += [
        ("theme", "detention"),
        ("label", "People detained once"),
        ("one", "person detained once"),
        ("many", "people detained once"),
    ]
    new += [
        ("unit", "person"),
        ("period", "in_period"),
        ("scope", "Kazakhstan"),
        ("definition", "People who were detained at one rally."),
    ]
    rows, _ = put_in("claim", [*CLAIM[:3], *new, *CLAIM[4:]], with_source, folder, monkeypatch)
    assert rows["claims"][0]["measure_id"] == rows["measures"][0]["measure_id"] == "people_detained_once"
    assert problems(with_source, folder) == []


def test_a_source_is_measured_and_its_numbers_are_listed(data, folder, monkeypatch):
    rows, said = put_in("source", list(ROW.items()), data, folder, monkeypatch)
    assert rows == {
        "sources": [{**ROW, "paragraphs": "6", "text_sha256": source_text.sha256(SOURCE, folder)}]
    }
    assert 'paragraph 2, item 0: "41" in "' in said
    assert 'paragraph 4, item 1: "two" in "' in said
    assert (
        "8 numbers and quantity words are to be accounted for in 6 paragraphs, the most frequent: 41 (2)"
        in " ".join(said.split())
    )
    assert all(
        "has no row; say what became of it" in problem for problem in runner.check(data, folder).problems
    )


def test_a_source_without_its_text_asks_for_length_and_hash_and_says_what_is_not_verified(data, monkeypatch):
    before = files(data)
    more = [("paragraphs", "0"), ("paragraphs", "6"), ("text_sha256", "a1" * 31), ("text_sha256", "a1" * 32)]
    code, said = fill("source", [*ROW.items(), *more], data, None, monkeypatch)
    assert code == 0, said
    assert "There is no text copy invented-2023-04.txt at hand" in said
    assert added(data, before) == {"sources": [{**ROW, "paragraphs": "6", "text_sha256": "a1" * 32}]}
    assert runner.check(data).problems == []


CASE = [
    ("case_id", "guards-semey-invented"),
    ("label", "Trial of guards in Semey"),
    ("kind", "officers_trial"),
    ("place_id", "semey"),
    ("january_2022", "not_told"),
    ("torture_alleged", "not_reported"),
    ("charges_complete", "unknown"),
    ("summary", "Guards were tried in Semey."),
    ("source_id", SOURCE),
    ("paragraph", "4"),
    ("item", "1"),
    ("as_printed", "the court sentenced two guards"),
    ("hedge", "stated"),
    ("Add a party?", "y"),
    ("role", "accused"),
    ("n_low", "2"),
    ("n_high", "2"),
    ("label", "Two guards, Semey"),
    ("Add a charge?", "n"),
    ("Another party?", "y"),
    ("role", "accused"),
    ("n_low", "1"),
    ("n_high", "1"),
    ("label", "A third guard, Semey"),
    ("Another party?", "n"),
    ("Add a step?", "y"),
    ("party_id", "2"),
    ("step", "verdict"),
    ("date", "2023-03-10"),
    ("outcome", "guilty"),
    ("as_printed", "sentenced two guards to three years in prison"),
    ("Add a sentence?", "y"),
    ("party_id", "guards-semey-invented-accused"),
    ("kind", "prison"),
    ("bound", "exact"),
    ("value", "3"),
    ("unit", "year"),
    ("per", "each"),
    ("state", "immediate"),
    ("as_printed", "sentenced two guards"),
    ("as_printed", "three years in prison"),
    ("Another sentence?", "n"),
    ("Another step?", "y"),
    ("party_id", "1"),
    ("step", "verdict"),
    ("date", "2023-03-10"),
    ("outcome", "not_guilty"),
    ("item", "2"),
    ("as_printed", "A third guard, tried with them, was acquitted"),
]


def test_a_case_with_parties_steps_a_sentence_and_mentions_goes_in_at_once(with_source, folder, monkeypatch):
    rows, said = put_in("case", CASE, with_source, folder, monkeypatch)
    case = "guards-semey-invented"
    assert [row["party_id"] for row in rows["parties"]] == [f"{case}-accused", f"{case}-accused-2"]
    assert {row["case_id"] for row in rows["parties"] + rows["steps"]} == {case}
    assert [(row["step_id"], row["party_id"], row["outcome"]) for row in rows["steps"]] == [
        (f"{case}-accused-verdict", f"{case}-accused", "guilty"),
        (f"{case}-accused-2-verdict", f"{case}-accused-2", "not_guilty"),
    ]
    assert rows["sentences"] == [
        {
            "sentence_id": f"{case}-accused-prison",
            "step_id": f"{case}-accused-verdict",
            "party_id": f"{case}-accused",
            "kind": "prison",
            "value": "3",
            "bound": "exact",
            "unit": "year",
            "per": "each",
            "state": "immediate",
        }
    ]
    assert [(row["mention_id"], row["table"], row["row_id"], row["agrees"]) for row in rows["mentions"]] == [
        (f"{SOURCE}-p4m1", "cases", case, "yes"),
        (f"{SOURCE}-p4m2", "steps", f"{case}-accused-verdict", "yes"),
        (f"{SOURCE}-p4m3", "sentences", f"{case}-accused-prison", "yes"),
        (f"{SOURCE}-p4m4", "steps", f"{case}-accused-2-verdict", "yes"),
    ]
    assert [(row["paragraph"], row["item"], row["outcome"]) for row in rows["reading"]] == [
        ("4", "1", "recorded"),
        ("4", "2", "recorded"),
    ]
    assert sorted(rows) == ["cases", "mentions", "parties", "reading", "sentences", "steps"]
    assert "no quantity that can be read" not in said
    assert "type the words that print the number" in " ".join(said.split())
    assert problems(with_source, folder) == []


def test_what_is_written_before_a_kill_is_found_by_the_check(with_source, folder, monkeypatch):
    writes = []
    with monkeypatch.context() as patch:
        patch.setattr(tables, "write_bytes", lambda path, content: writes.append((path, content)))
        fill("case", CASE, with_source, folder, patch)
    assert len(writes) == 6
    for path, content in writes[:-1]:
        path.write_bytes(content)
        assert problems(with_source, folder), path
    writes[-1][0].write_bytes(writes[-1][1])
    assert problems(with_source, folder) == []


ASSEMBLY = [
    ("label", "March in Astana, 8 March 2023"),
    ("place_id", "astana"),
    ("date", "2023-03-08"),
    ("level", "single"),
    ("topics", "womens_rights; other"),
    ("kind", "march"),
    ("permission", "denied"),
    ("held", "unknown"),
    ("summary", "A march for which the city gave no permission."),
    ("source_id", SOURCE),
    ("paragraph", "5"),
    ("as_printed", "refused to allow a march"),
    ("hedge", "stated"),
    ("Add a restriction?", "y"),
    ("kind", "permission_denied"),
    ("timing", "before"),
    ("as_printed", "refused to allow a march"),
]


def test_an_assembly_with_a_restriction_goes_in_at_once(with_source, folder, monkeypatch):
    answers = list(ASSEMBLY)
    answers.insert(
        answers.index(("topics", "womens_rights; other")), ("topics", "womens_rights; bread")
    )  # refused, and asked again
    rows, _ = put_in("assembly", answers, with_source, folder, monkeypatch)
    assert rows["assemblies"][0]["assembly_id"] == "astana-2023-03-08"
    assert rows["restrictions"] == [
        {
            "restriction_id": "astana-2023-03-08-permission-denied",
            "assembly_id": "astana-2023-03-08",
            "kind": "permission_denied",
            "timing": "before",
        }
    ]
    assert [(row["table"], row["row_id"]) for row in rows["mentions"]] == [
        ("assemblies", "astana-2023-03-08"),
        ("restrictions", "astana-2023-03-08-permission-denied"),
    ]
    assert sorted(rows) == ["assemblies", "mentions", "reading", "restrictions"]
    assert problems(with_source, folder) == []


def test_an_incident_and_an_act_go_in_with_their_mention(with_source, folder, monkeypatch):
    incident = [
        ("incident_id", "invented-threat"),
        ("label", "Threat to an outlet"),
        ("target_kind", "outlet"),
        ("kind", "threat"),
        ("by", "not_told"),
    ]
    incident += [
        ("acts_bound", "exact"),
        ("acts", "1"),
        ("january_2022", "no"),
        ("summary", "An outlet was threatened."),
        ("source_id", SOURCE),
    ]
    incident += [
        ("paragraph", "5"),
        ("hedge", "stated"),
        ("Add a party?", "y"),
        ("role", "target"),
        ("label", "Staff of an outlet"),
    ]
    act = [
        ("act_id", "invented-refusal"),
        ("date", "2023-03"),
        ("kind", "refusal"),
        ("theme", "assembly"),
        ("summary", "A city refused a march."),
    ]
    act += [
        ("source_id", SOURCE),
        ("paragraph", "5"),
        ("as_printed", "refused to allow a march"),
        ("hedge", "stated"),
    ]
    before = files(with_source)
    for what, answers in (("incident", incident), ("act", act)):
        code, said = fill(what, answers, with_source, folder, monkeypatch)
        assert code == 0, said
    rows = added(with_source, before)
    assert [row["incident_id"] for row in rows["incidents"] + rows["parties"]] == ["invented-threat"] * 2
    assert [(row["mention_id"], row["row_id"]) for row in rows["mentions"]] == [
        (f"{SOURCE}-p5m1", "invented-threat"),
        (f"{SOURCE}-p5m2", "invented-refusal"),
    ]
    assert len(rows["reading"]) == 1
    assert problems(with_source, folder) == []


def test_a_mention_of_a_known_thing_and_a_measure_are_one_row_each(with_source, folder, monkeypatch):
    mention = [
        ("source_id", SOURCE),
        ("paragraph", "5"),
        ("table", "assemblies"),
        ("row_id", "nowhere"),
        ("row_id", "january-protests"),
    ]
    mention += [("agrees", "partly"), ("differs_on", "date"), ("hedge", "reported")]
    measure = [
        ("measure_id", "marches_refused"),
        ("theme", "assembly"),
        ("label", "Marches refused"),
        ("one", "refused march"),
        ("many", "refused marches"),
    ]
    measure += [
        ("unit", "refusal"),
        ("period", "in_period"),
        ("scope", "Kazakhstan"),
        ("definition", "Marches that a city refused."),
    ]
    before = files(with_source)
    for what, answers in (("mention", mention), ("measure", measure)):
        code, said = fill(what, answers, with_source, folder, monkeypatch)
        assert code == 0, said
    rows = added(with_source, before)
    assert {name: len(of_table) for name, of_table in rows.items()} == {
        "mentions": 1,
        "measures": 1,
        "reading": 1,
    }
    assert rows["mentions"][0]["row_id"] == "january-protests"
    assert problems(with_source, folder) == []


def test_a_step_stands_before_those_of_its_case_that_are_later(with_source, folder, monkeypatch):
    answers = [
        ("case_id", "party-leader"),
        ("step", "summoned"),
        ("date", "2022-01-20"),
        ("source_id", SOURCE),
        ("paragraph", "5"),
        ("agrees", "yes"),
    ]
    answers += [("hedge", "stated")]
    rows, _ = put_in("step", answers, with_source, folder, monkeypatch)
    assert rows["steps"][0]["step_id"] == "party-leader-summoned"
    assert row_number(with_source, "steps", "party-leader-summoned") < row_number(
        with_source, "steps", "party-leader-arrested"
    )
    assert problems(with_source, folder) == []


def test_reading_goes_on_with_the_next_place_that_has_no_row(with_source, folder, monkeypatch):
    answers = [
        ("source_id", SOURCE),
        ("outcome", "no_data"),
        ("reason", "invented"),
        ("Another reading?", "y"),
        ("outcome", "no_data"),
        ("reason", "invented"),
    ]
    rows, _ = put_in("reading", answers, with_source, folder, monkeypatch)
    assert [(row["paragraph"], row["item"]) for row in rows["reading"]] == [("2", "0"), ("3", "0")]


def form_of(data, folder, **cells):
    row = add_rows.Row("claims")
    row.update({"source_id": SOURCE, "item": "0", **cells})
    return add_rows._Form(data, folder), row


def test_bound_and_numbers_are_suggested_where_one_reading_of_the_words_stands_out(with_source, folder):
    form, _ = form_of(with_source, folder)
    for paragraph, as_printed, typed, suggested in [
        ("2", "at least 41 people", {}, {"bound": "at_least", "value": "41", "value_to": ""}),
        ("3", "Between five and seven of the 41 people", {}, {"bound": "", "value": "", "value_to": ""}),
        (
            "3",
            "Between five and seven of the 41 people",
            {"bound": "between"},
            {"value": "5", "value_to": "7"},
        ),
        ("3", "Between five and seven of the 41 people", {"bound": "exact"}, {"value": "41", "value_to": ""}),
        ("3", "41 people", {}, {"bound": "exact", "value": "41"}),
        ("6", "No journalist was harmed", {}, {"bound": "none"}),
        ("9", "a driver died", {}, {"bound": "", "value": "1"}),
    ]:
        row = add_rows.Row("claims")
        row.update(
            {"source_id": SOURCE, "paragraph": paragraph, "item": "0", "as_printed": as_printed, **typed}
        )
        assert {column: form.suggestion(row, column) for column in suggested} == suggested, as_printed


def test_the_measures_that_fit_the_printed_words_and_their_sentence_come_first(with_source, folder):
    form, row = form_of(with_source, folder, paragraph="2", as_printed="at least 41 people")
    assert "people_detained_at" in form.measures(row)[:5]  # "detained" and "rally" stand in the sentence only
    row.update(paragraph="9", as_printed="at least 232 people died")
    assert "deaths_total" in form.measures(row)[:5]


def test_the_measure_of_most_figures_is_among_the_five_that_are_listed(with_source, monkeypatch):
    """Each figure of the record is taken out, and its measure looked for by its printed words alone."""
    form, _ = form_of(with_source, None)
    claims, found = form.record["claims"], 0
    for claim in claims:
        form.record["claims"] = [other for other in claims if other is not claim]
        row = add_rows.Row("claims")
        row.update(claim)
        found += claim["measure_id"] in form.measures(row)[:5]
    assert found > 0.8 * len(claims)


def test_ids_go_on_where_the_record_stops(with_source, folder):
    form, row = form_of(with_source, folder, source_id="hrw-2023-01", paragraph="10")
    ids = {claim["claim_id"] for claim in form.record["claims"]}
    assert form.new_id(row) not in ids
    assert re.fullmatch(r"hrw-2023-01-p10[a-z]", form.new_id(row))
    assert form.suggestion(row, "source_id") == form.record["sources"][-1]["source_id"] == SOURCE, (
        "the newest one, not that of the last claim"
    )


def test_help_explains_a_column_and_finds_values(with_source, folder, monkeypatch):
    answers = [
        ("source_id", SOURCE),
        ("paragraph", "2"),
        ("as_printed", "at least 41 people"),
        ("bound", "?"),
        ("measure_id", "? torture conv"),
    ]
    answers += [("measure_id", "? unheard-of"), ("measure_id", lambda: "")]
    _, said = fill("claim", answers, with_source, folder, monkeypatch)
    assert "bound, string: How exact the wording is" in said
    assert "none has unheard-of in it" in said


def test_a_new_text_with_words_before_its_first_bullet_is_refused(data, folder, monkeypatch):
    text = folder / f"{SOURCE}.txt"
    text.write_text(f"{TEXT}\n\nCourts convicted more than a dozen:\n- in one city five\n", encoding="utf-8")
    before = files(data)
    code, said = fill("source", list(ROW.items()), data, folder, monkeypatch)
    assert code == 1
    assert f"paragraph 7 of the text copy {SOURCE}.txt has words before its first bullet" in " ".join(
        said.split()
    )
    assert files(data) == before


def test_a_claim_after_a_new_source_suggests_that_source_and_the_places_left_are_no_fault(
    with_source, folder, monkeypatch
):
    _, said = fill("claim", [("source_id", lambda: "")], with_source, folder, monkeypatch)
    assert f"[{SOURCE}]" in said
    assert "places of the texts nobody has said yet what became of them" in " ".join(said.split())
    assert "The record has problems already" not in said


def test_problems_that_were_there_before_are_not_blamed_on_the_new_row(with_source, folder, monkeypatch):
    edit_cell(with_source, "claims", "civicus-2022-03-p25a", "value", "228")
    before = files(with_source)
    code, said = fill("claim", CLAIM, with_source, folder, monkeypatch)
    assert code == 0
    assert "The record has problems already" in said
    assert "228" not in said
    assert len(added(with_source, before)["claims"]) == 1


def test_a_record_of_the_wrong_form_is_told_before_any_question(with_source, folder, monkeypatch):
    (with_source / "raw" / "places.csv").write_bytes(b"name\n")
    code, said = fill("claim", [], with_source, folder, monkeypatch)
    assert code == 1
    assert "data/raw/places.csv, row 1" in said
    assert "nothing was written" in said
    assert "source_id:" not in said


def test_a_file_that_cannot_be_written_is_told_with_the_rows_that_were_typed(
    with_source, folder, monkeypatch
):
    def full(path, content):
        raise OSError(28, "No space left on device")

    before = files(with_source)
    with monkeypatch.context() as patch:
        patch.setattr(tables, "write_bytes", full)
        code, said = fill("claim", CLAIM, with_source, folder, patch)
    assert code == 1
    assert "cannot be written (No space left on device); nothing was written" in said
    assert "at least 41 people" in said.split("nothing was written")[1]
    assert files(with_source) == before


def test_an_unknown_form_is_a_sentence(data, capsys):
    assert add_rows.new("clam", data) == 1
    assert capsys.readouterr().err.startswith("'clam' is no form; use one of claim, mention, source")


def test_the_command_reads_its_answers_from_a_pipe(tmp_path):
    checkout = copy_checkout(tmp_path)
    before = files(checkout / "data")
    environment = {
        **os.environ,
        "PYTHONPATH": str(checkout),
        "QANTAR_SOURCES": str(tmp_path / "none"),
        "PYTHONIOENCODING": "utf-8",
    }
    answers = "atyrau\nAtyrau\n\ntown hall\ncity\n\n\n\n\n\n"
    command = [sys.executable, "-m", "qantar.cli", "new", "place"]
    done = subprocess.run(
        command,
        cwd=checkout,
        env=environment,
        input=answers,
        text=True,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "'town hall' is not allowed" in done.stdout
    assert added(checkout / "data", before) == {
        "places": [{"place_id": "atyrau", "name": "Atyrau", "kind": "city"}]
    }
    done = subprocess.run(
        command,
        cwd=checkout,
        env=environment,
        input="\xff".encode("latin-1"),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr.decode().splitlines()[-1]) == (
        1,
        "the input is not UTF-8; nothing was written",
    )


def test_a_real_terminal_completes_edits_the_suggestion_and_gives_up_cleanly(with_source, folder):
    script = f"import sys; from pathlib import Path; from qantar import forms; sys.exit(forms.new('claim', Path({str(with_source)!r}), Path({str(folder)!r})))"
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
    until("source_id, string", "\x15invented")  # Ctrl-U clears it
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
