"""The gate against names: persons are named in persons.csv and nowhere else."""

import pytest
from conftest import edit_cell

from qantar import paths
from qantar.checks import names, runner
from qantar.record import tables


@pytest.fixture
def known():
    return names.known(
        {name: tables.read_table(name) for name in ("places", "organisations", "sources", "phrases")}
    )


@pytest.mark.parametrize(
    "text",
    [
        "a man called John Smith was there",
        "said Aigerim Nurlanovna-Qyzy",
        "Иван Петров был там",
        "И. Петров",
        "A. Petrov said",
        "in May Ivanova said so",
        "President Ivanova",
        "in Almaty, Anna-Maria O’Neill said",
        "Әсел Нұрланқызы",
    ],
)
def test_two_capitalised_words_that_nothing_explains_are_found(text, known):
    assert len(names.runs(text, names.gate(known))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "In January the Ministry of Interior of Kazakhstan said so",
        "Human Rights Watch and the Anti-Corruption Agency of Kazakhstan",
        "On Republic Square in Almaty",
        "What Human\nRights Watch prints",
        "Visited Kazakhstan in May 2022. Named Astana since.",
        "The police detained activists of the Democratic Party",
    ],
)
def test_places_bodies_and_beginnings_of_sentences_are_no_names(text, known):
    assert names.runs(text, names.gate(known)) == []


def test_a_refused_name_is_found_in_any_case_and_in_ids(known):
    assert names.runs("case-john-smith-almaty", names.gate(known, ["John Smith"])) == ['"john-smith"']
    assert names.runs("johnsmithson", names.gate(known, ["John Smith"])) == []


def test_a_name_in_a_cell_is_refused_with_its_row_and_column(data):
    edit_cell(data, "cases", 2, "summary", "John Smith is prosecuted.")
    problems = runner.check(data).problems
    assert problems == [
        p
        for p in problems
        if p.startswith('data/raw/cases.csv, row 2, column summary: "John Smith" may be a name')
    ]
    assert problems


def test_a_person_of_the_record_is_refused_outside_persons_even_by_surname(data):
    surname = tables.read_table("persons")["public_name"].iloc[0].split()[-1]
    edit_cell(data, "steps", 2, "note", f"What {surname} said.")
    problems = runner.check(data).problems
    assert len(problems) == 1
    assert problems[0].startswith("data/raw/steps.csv, row 2, column note")


def test_a_withheld_name_is_refused_and_not_repeated(data, tmp_path, monkeypatch):
    (tmp_path / "list.txt").write_text("Quasimodo\n", encoding="utf-8")
    monkeypatch.setenv("QANTAR_WITHHELD", str(tmp_path / "list.txt"))
    edit_cell(data, "acts", 2, "summary", "An order on quasimodo and others.")
    problems = runner.check(data).problems
    assert problems == [p for p in problems if "a withheld name" in p and "quasimodo" not in p.casefold()]
    assert problems


def test_a_withheld_name_is_refused_where_names_may_stand_and_within_a_longer_name(
    data, tmp_path, monkeypatch
):
    (tmp_path / "list.txt").write_text("Ivan Petrov\n", encoding="utf-8")
    monkeypatch.setenv("QANTAR_WITHHELD", str(tmp_path / "list.txt"))
    edit_cell(data, "persons", 2, "other_names", "Ivan Petrov")
    edit_cell(data, "acts", 2, "summary", "Ivan Petrov Kairatuly spoke.")
    problems = runner.check(data).problems
    assert {p.split(", column")[0] for p in problems} == {
        "data/raw/persons.csv, row 2",
        "data/raw/acts.csv, row 2",
    }
    assert "Petrov" not in str(problems)


def test_the_note_on_a_person_names_nobody(data):
    edit_cell(data, "persons", 2, "note", "Also known as Bolat Smagulov.")
    assert [
        p for p in runner.check(data).problems if p.startswith("data/raw/persons.csv, row 2, column note")
    ]


def test_a_withheld_list_that_is_not_there_is_a_sentence(data, monkeypatch):
    monkeypatch.setenv("QANTAR_WITHHELD", str(data / "nowhere.txt"))
    (problem,) = runner.check(data).problems
    assert "QANTAR_WITHHELD" in problem


def test_persons_may_stand_on_pages_but_not_without_names(tmp_path, monkeypatch):
    name = tables.read_table("persons")["public_name"].iloc[0]
    page = tmp_path / "page.html"
    page.write_text(f"<html><script>John Smith</script><p>{name}</p></html>", encoding="utf-8")
    assert names.page_problems([page], paths.DATA) == []
    monkeypatch.setenv("NAMES", "0")
    assert len(names.page_problems([page], paths.DATA)) == 1


def test_a_stranger_on_a_page_is_found(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<p>said <b>John</b> <i>Smith</i> and Jane Miller</p>", encoding="utf-8")
    first, second = names.page_problems([page], paths.DATA)
    assert '"John Smith"' in first
    assert '"Jane Miller"' in second


def test_names_in_alternative_texts_and_over_a_line_break_are_found(tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<p>said Jane\nMiller</p><img alt="John Smith speaks" src="x.png"/>', encoding="utf-8")
    assert len(names.page_problems([page], paths.DATA)) == 2


def test_nothing_that_ships_names_anybody_but_the_persons_of_the_record():
    root = paths.ROOT
    files = [
        *root.glob("*.md"),
        *(root / "book").glob("*.md"),
        *(root / "notebooks").glob("*.ipynb"),
        root / "data" / "README.md",
        root / "data" / "datapackage.json",
    ]
    assert names.page_problems(files, paths.DATA) == []
    assert (
        names.page_problems(
            [p for p in (root / "data" / "clean").glob("*.csv") if p.stem != "persons"], paths.DATA
        )
        == []
    )
