"""Persons are named in persons.csv, and nobody else is named in tables or on pages."""

import nbformat
import pandas as pd
import pytest
from conftest import edit_cell

from qantar import paths, settings
from qantar.checks import names, runner
from qantar.record import tables

KNOWN = [
    "Almaty",
    "Kazakhstan",
    "Human Rights Watch",
    "Republic Square",
    "Office of Order",
    "Democratic Party",
    "Astana",
]
WITHOUT_NAMES = settings.Edition(names=False)

# fmt: off
# A text, and what of it may name a person.
TEXTS = [
    ("a man called John Smith was there", ["John Smith"]),
    ("said Aigerim Nurlanovna-Qyzy", ["Aigerim Nurlanovna-Qyzy"]),
    ("Иван Петров был там", ["Иван Петров"]),
    ("И. Петров", ["И. Петров"]),
    ("A. Petrov said", ["A. Petrov"]),
    ("in May Ivanova said so", ["May Ivanova"]),
    ("President Ivanova", ["President Ivanova"]),
    ("in Almaty, Anna-Maria O’Neill said", ["Anna-Maria O’Neill"]),
    ("Әсел Нұрланқызы", ["Әсел Нұрланқызы"]),
    ("said John\nSmith, then Jane\n\nMiller", ["John Smith"]),
    ("John Smith and John  Smith and Jane Miller", ["John Smith", "Jane Miller"]),
    ("Named Astana since", []),  # the first word of a sentence may be any
    ("visited. Named Astana since", []),
    ("was Named Astana since", ["Named Astana"]),
    ("Astana Named since", ["Astana Named"]),
    ("What Human\nRights Watch prints in May 2022", []),
    ("on 5 May Astana woke", []),
    ("In January the Office of Order of Kazakhstan said so", []),
    ("On Republic Square in Almaty", []),
    ("Human Rights Watch and the Democratic Party", []),
    ("the Watch Human", []),  # words of known phrases, as a chart may break them
    ("Almaty is a city", []),
]
# A refused name, a text, and what is found.
REFUSED = [
    ("John Smith", "case-john-smith-almaty", ["john-smith"]),
    ("John Smith", "JOHN_SMITH and john smith", ["JOHN_SMITH", "john smith"]),
    ("John Smith", "johnsmithson", []),
    ("John Smith", "xjohn smith", []),
    ("John Smith", "smith john", []),
    ("Ali", "Alias is no ali", ["ali"]),
    ("İlhan Kaya", "ilhan kaya", ["ilhan kaya"]),
]
# fmt: on


@pytest.mark.parametrize(("text", "found"), TEXTS)
def test_capitalised_words_that_nothing_explains_may_be_a_name(text, found):
    assert names.NameFinder(KNOWN).find(text) == [f'"{words}"' for words in found]


@pytest.mark.parametrize(("name", "text", "found"), REFUSED)
def test_a_refused_name_is_found_in_any_case_and_in_ids_but_not_inside_a_word(name, text, found):
    assert names.NameFinder(KNOWN, [name]).find(text) == [f'"{words}"' for words in found]


def test_a_withheld_name_is_never_repeated():
    finder = names.NameFinder(KNOWN, withheld=["Ivan Petrov"])
    assert finder.find("ivan-petrov met Ivan Petrov Kairatuly") == ["a withheld name"]
    assert finder.find_withheld("Ivan Petrov Kairatuly") == ["a withheld name"]
    assert finder.find_withheld("Ivan Petrovich") == []
    assert names.NameFinder(KNOWN).find_withheld("Ivan Petrov") == []


def test_the_longest_known_phrase_is_taken_out_first():
    finder = names.NameFinder(["Human Rights", "Human Rights Watch Group"])
    assert finder.find("says Human Rights Watch Group today") == []
    assert finder.find("says Human Rights Watch John") == ['"Watch John"']


# --- tables ---


def found_in(data):
    raw = {name: tables.read_table(name, data) for name in tables.raw_names(data)}
    return list(names.table_problems(raw))


@pytest.mark.parametrize(
    ("table", "column", "cell"),
    [
        ("cases", "summary", "John Smith is prosecuted."),
        ("steps", "note", "What Vymyslov said."),  # a person of the record, even by surname
        ("steps", "note", "What Vymyslof said."),
        ("persons", "note", "Also known as Bolat Smagulov."),
    ],
)
def test_a_name_in_a_cell_is_refused_at_its_row_and_column(data, table, column, cell):
    edit_cell(data, table, 2, column, cell)
    assert [problem[:4] for problem in found_in(data)] == [(table, 2, column, "names")]


def test_columns_that_name_bodies_places_and_persons_may_hold_names(data):
    edit_cell(data, "persons", 2, "other_names", "Vymyslof; Omon Vymyslov")
    edit_cell(data, "organisations", 2, "name", "Watch of John Smith")
    assert found_in(data) == []


def test_a_withheld_name_is_refused_in_every_column(data, tmp_path, monkeypatch):
    (tmp_path / "list.txt").write_text("Ivan Petrov\n", encoding="utf-8")
    monkeypatch.setenv("QANTAR_WITHHELD", str(tmp_path / "list.txt"))
    edit_cell(data, "persons", 2, "other_names", "Ivan Petrov")
    edit_cell(data, "acts", 2, "summary", "Ivan petrov Kairatuly spoke.")
    problems = found_in(data)
    assert {problem[:3] for problem in problems} == {("persons", 2, "other_names"), ("acts", 2, "summary")}
    assert "petrov" not in str(problems).casefold()


def test_a_withheld_list_that_is_not_there_is_a_problem_of_the_check(data, monkeypatch):
    monkeypatch.setenv("QANTAR_WITHHELD", str(data / "nowhere.txt"))
    (problem,) = runner.check(data).problems
    assert problem[:4] == (None, None, None, "withheld-list")
    assert str(problem).startswith("QANTAR_WITHHELD")


# --- pages ---


def page(tmp_path, text, name="page.html"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>said <b>John</b> <i>Smith</i> and Jane Miller</p>", ["John Smith", "Jane Miller"]),
        ("<p>said Jane\nMiller</p>", ["Jane Miller"]),
        ('<p>said <img alt="by John Smith" title="of Jane Roe" aria-label="so Ann Lee"/></p>',
         ["John Smith", "Jane Roe", "Ann Lee"]),
        ("<p>said John</p><p>Smith</p>", []),
        ("<script>of John Smith</script><style>of John Smith</style><!-- of John Smith -->", []),
        ("<p>John&nbsp;Smith &amp; John Smith</p>", ["John Smith"]),
        ("<p>said Aman Vymyslov</p>", []),  # a person of the record
    ],
)  # fmt: skip
def test_a_stranger_in_the_text_of_a_page_is_found_once(frozen, tmp_path, html, found):
    file = page(tmp_path, html)
    assert names.page_problems([file], frozen) == [(file, f'"{words}"') for words in found]


def test_persons_of_the_record_may_not_stand_in_an_edition_without_names(frozen, tmp_path):
    file = page(tmp_path, "<p>said Aman Vymyslov, Vymyslof and nigdeva</p>")
    found = names.page_problems([file], frozen, WITHOUT_NAMES)
    assert {problem.words for problem in found} == {'"Aman Vymyslov"', '"Vymyslof"', '"nigdeva"'}


def test_a_withheld_name_is_refused_on_pages(frozen, tmp_path, monkeypatch):
    monkeypatch.setenv("QANTAR_WITHHELD", str(page(tmp_path, "quasimodo\n", "list.txt")))
    file = page(tmp_path, "<p>on Quasimodo</p>")
    for edition in (settings.WHOLE, WITHOUT_NAMES):
        assert names.page_problems([file], frozen, edition) == [(file, "a withheld name")]


def test_pictures_of_a_notebook_are_not_read(frozen, tmp_path):
    notebook = page(tmp_path, '{"image/png": "aJohn Smith", "text": "of Jane Roe"}', "a.ipynb")
    (problem,) = names.page_problems([notebook], frozen)
    assert str(problem).startswith(f'{notebook}: "Jane Roe" may be a name; ')


@pytest.mark.live
def test_nothing_that_ships_names_anybody_but_the_persons_of_the_record():
    root, data = paths.ROOT, paths.DATA
    clean = (file for file in (data / "clean").glob("*.csv") if file.stem != "persons")
    text = [*root.glob("*.md"), *(root / "book").glob("*.md"), *(root / "notebooks").glob("*.ipynb")]
    assert names.page_problems([*text, data / "README.md", data / "datapackage.json", *clean], data) == []


def test_a_table_without_rows_in_a_notebook_names_nobody(frozen, tmp_path):
    """As the answers of an edition of an early day are."""
    output = nbformat.v4.new_output("execute_result", {"text/plain": repr(pd.DataFrame({"party": []}))})
    cell = nbformat.v4.new_code_cell("record.people_charged()", outputs=[output])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "a.ipynb")
    assert names.page_problems([tmp_path / "a.ipynb"], frozen) == []
