"""The page "How to update" is followed, command by command, with an invented report: to the published page, a
release, and the tests of the updated record."""

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile

import keeper
import pytest
from bs4 import BeautifulSoup
from conftest import copy_checkout, edit_cell

from qantar import paths, settings
from qantar.checks import runner
from qantar.record import releases, tables

SOURCE = "invented-2026-11"
TEXT = """An invented report on gatherings

On 3 March 2023 police detained at least 41 people at a rally in Almaty, between five and seven journalists among them.

Prosecutors now say that 240 people died in the events, of whom 20 were officers. In 2025 they opened 112 investigations over false information.

- In Semey the court sentenced two guards to three years in prison on 10 March 2023.
- A third guard, tried with them, was acquitted.

The city of Astana refused to allow a march on 8 March 2023.

On 13 February 2022 people rallied in Almaty for the victims of January.

Nobody has been harmed since.
"""  # noqa: E501
OWN = {"speaker": "hrw", "voice": "own"}
REPORTED = {"speaker": "prosecutor-general", "voice": "reports", "place_id": "kazakhstan"}


def claim(paragraph, as_printed, measure, speaker, bound=None, as_of=None, base=None):
    """Return the answers to the questions of `new claim`, in their order."""
    asked = {
        "source_id": SOURCE,
        "paragraph": paragraph,
        "as_printed": as_printed,
        "bound": bound,
        "measure_id": measure,
        "modality": "observed",
        "base_claim_id": base,
        "as_of": as_of,
        **speaker,
    }
    return {column: answer for column, answer in asked.items() if answer}


def told_by_the_report(answers):
    return [(column, SOURCE if column == "source_id" else answer) for column, answer in answers]


ANSWERS = {
    "source": [
        {**keeper.SOURCE_ROW, "source_id": SOURCE, "short": "Invented report", "published": "2026-11"}
    ],
    "claim": [
        claim(
            "2", "at least 41 people", "people_detained_at", {**OWN, "place_id": "almaty"}, as_of="2023-03-03"
        ),
        claim(
            "2",
            "between five and seven journalists",
            "journalists_detained_at_assembly",
            {**OWN, "place_id": "almaty"},
            bound="between",
            as_of="2023-03-03",
        ),
        claim("3", "240 people died", "deaths_total", REPORTED),
        claim("3", "20 were officers", "deaths_officers", REPORTED, base=f"{SOURCE}-p3a"),
        claim("3", "112 investigations", "investigations_274", REPORTED, as_of="2025"),
    ],
    "statement": [
        {
            "source_id": SOURCE,
            "paragraph": "3",
            "as_printed": "opened 112 investigations over false information",
            "kind": "account",
            "theme": "article_274",
            "actor": "Prosecutors",
            "deed": "opened investigations over",
            "object": "false information",
            "summary": "Investigations over false information were opened in 2025.",
            "date": "2025",
            "speaker": "prosecutor-general",
            "voice": "reports",
            "hedge": "stated",
            "place_id": "kazakhstan",
        }
    ],
    "case": [told_by_the_report(keeper.CASE)],
    "assembly": [told_by_the_report(keeper.ASSEMBLY)],
    "mention": [
        {
            "source_id": SOURCE,
            "paragraph": "6",
            "table": "assemblies",
            "row_id": "almaty-2022-02-13",
            "as_printed": "people rallied in Almaty for the victims of January",
            "agrees": "partly",
            "differs_on": "venue",
            "hedge": "stated",
        }
    ],
    "reading": [
        [
            ("source_id", SOURCE),
            ("outcome", "no_data"),
            ("reason", "the title"),
            ("Another reading?", "y"),
            ("outcome", "no_data"),
            ("reason", "a general statement"),
        ]
    ],
}
ADDED = {
    **{
        "sources": 1,
        "claims": 5,
        "statements": 1,
        "cases": 1,
        "parties": 2,
        "steps": 2,
        "sentences": 1,
        "assemblies": 1,
    },
    **{"restrictions": 1, "mentions": 7, "reading": 8},
}


class Rehearsal:
    """A copy of the checkout with an invented report, in which the commands of the page are typed."""

    def __init__(self, folder):
        self.root = copy_checkout(folder)
        self.texts = folder / "texts"
        self.texts.mkdir()
        if at_hand := settings.sources_folder():
            shutil.copytree(at_hand, self.texts, dirs_exist_ok=True)
        (self.texts / f"{SOURCE}.txt").write_text(TEXT, encoding="utf-8")
        self.printed = {}
        for command in ("git init -q -b main", "git add --all", "git commit -q --message start"):
            self.type(command)

    def type(self, command):
        """Type a command, and keep what it prints."""
        if command.startswith(".venv/bin/qantar new "):
            self.printed[command] = self.fill(command.split()[-1])
            return
        python = [sys.executable, "-m"]
        programs = {
            "make": [*python, "qantar.cli"],
            ".venv/bin/qantar": [*python, "qantar.cli"],
            "git": ["git"],
            "pytest": [*python, "pytest"],
        }
        program, *arguments = shlex.split(command)
        typed = [*python, "pytask"] if command == "make book" else [*programs[program], *arguments]
        who = {
            f"GIT_{who}_{what}": "keeper@example.org"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        here = {
            "PYTHONPATH": str(self.root),
            "QANTAR_SOURCES": str(self.texts),
            "SOURCE_DATE_EPOCH": "1797000000",
        }
        environment = {**os.environ, **who, **here}
        environment.pop("PYTEST_XDIST_WORKER", None)
        done = subprocess.run(
            typed,
            cwd=self.root,
            env=environment,
            input="y\n" * 200 if command.endswith(" reread") else "",
            text=True,
            capture_output=True,
            timeout=1800,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-5000:]}\n{done.stderr[-2000:]}"
        self.printed[command] = done.stdout

    def fill(self, what):
        """Fill a form as often as there are answers for it; return what it prints."""
        said = io.StringIO()
        for answers in ANSWERS[what]:
            code, printed = keeper.fill(what, answers, self.root / "data", self.texts)
            assert code == 0, printed
            said.write(printed)
        return said.getvalue()

    def page(self, name):
        """Return a page of the built book, parsed."""
        html = (self.root / "book" / "_build" / "html" / f"{name}.html").read_text(encoding="utf-8")
        return BeautifulSoup(html, "html.parser")


def commands():
    """Return the commands of the page, in their order."""
    text = (paths.BOOK / "how_to_update.md").read_text(encoding="utf-8")
    return [
        line.strip() for line in text.splitlines() if re.match(r"    (make|git|\.venv/bin/qantar) ", line)
    ]


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory):
    """The page followed to its end."""
    followed = Rehearsal(tmp_path_factory.mktemp("rehearsal"))
    for command in commands()[1:]:  # the first one builds what is there already
        followed.type(command)
    return followed


def words(soup):
    return " ".join(soup.get_text(" ").split())


def section(soup, anchor):
    """Return the section of a page that an anchor leads to."""
    found = soup.find(id=anchor)
    return found if found.name == "section" else found.find_parent("section")


def test_the_page_names_every_form_and_repeats_no_command_but_the_build():
    typed = commands()
    assert {command.split()[-1] for command in typed if command.startswith(".venv/bin/qantar new ")} == set(
        ANSWERS
    )
    assert [command for command in dict.fromkeys(typed) if typed.count(command) > 1] == ["make book"]


def test_the_new_report_is_added_whole_and_keeps_the_rules(rehearsal):
    data = rehearsal.root / "data"
    assert runner.check(data, None).problems == []
    more = {
        name: len(tables.read_table(name, data)) - len(tables.read_table(name)) for name in tables.raw_names()
    }
    assert {name: rows for name, rows in more.items() if rows} == ADDED


def test_what_changes_is_shown_before_it_is_published(rehearsal):
    printed = rehearsal.printed["make changes"]
    assert f"data/raw/claims.csv: {SOURCE}-p3a is added" in printed
    assert "Deaths in total: 240 deaths" in printed.partition("now the latest of who says so:")[2]
    assert re.search(r"after:.*240 deaths", printed)
    pages = printed.partition("\npages:\n")[2].split()
    for page in ("notebooks/casualties", "notebooks/article_274", "notebooks/cases", "book/reference/cases"):
        assert page in pages


def test_the_published_pages_show_it_with_its_place(rehearsal):
    assert "240 deaths" in words(rehearsal.page("notebooks/casualties"))
    claims = rehearsal.page("book/reference/claims_casualties")
    assert "“240 people died”" in words(section(claims, f"{SOURCE}-p3a"))
    assert "Trial of guards in Semey" in words(rehearsal.page("book/reference/cases"))
    assemblies = rehearsal.page("book/reference/assemblies")
    assert "March in Astana, 8 March 2023" in words(assemblies)
    assert "Invented report" in words(section(assemblies, "almaty-2022-02-13"))
    assert "November 2026" in words(rehearsal.page("book/index"))


def test_the_release_records_every_row_and_its_package_is_whole(rehearsal):
    data = rehearsal.root / "data"
    assert releases.releases(data) == ["2026.12"]
    kept, now = releases.read_rows("2026.12", data), releases.rows(data)
    assert sum(map(len, kept.values())) == sum(map(len, now.values()))
    assert (
        "every file is as its sum says"
        in rehearsal.printed[".venv/bin/qantar verify dist/qantar-2026.12.zip"]
    )
    with zipfile.ZipFile(rehearsal.root / "dist" / "qantar-2026.12.zip") as package:
        assert SOURCE.encode() in package.read("record/raw/claims.csv")
        assert b'"version": "2026.12"' in package.read("datapackage.json")
    changelog = (rehearsal.root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## 2026.12, 11 December 2026\n" in changelog
    assert "not yet released" not in changelog
    assert "Nothing has changed since release 2026.12" in words(rehearsal.page("book/reference/what_changed"))


def test_the_tests_of_the_updated_record_pass(rehearsal):
    """What looks at the live record, its notebooks and pages.

    Other tests cannot tell the two records apart.
    """
    # The invented report stands in the tests, so that its sentences are found there. Rows of their own are
    # added by tests/pipeline/test_new_rows.py, to whichever record.
    apart = (
        "tests/pipeline/test_new_rows.py",
        "tests/editing/test_rehearsal.py",
        "tests/test_setup.py::test_no_sentence_of_a_report_stands_in_the_project",
    )
    rehearsal.type(
        f"pytest -n 1 -m 'live and not browser' {' '.join(f'--deselect {test}' for test in apart)}"
    )


def test_after_the_release_a_silent_change_fails_and_a_corrected_one_passes(rehearsal):
    data = rehearsal.root / "data"
    edit_cell(data, "claims", f"{SOURCE}-p3c", "note", "Read again.")
    (problem,) = runner.check(data).problems
    assert f"claims,{SOURCE}-p3c,note,,Read again.,KIND,ASKED BY,REASON" in problem.message
    line = f"2026-12-20,claims,{SOURCE}-p3c,note,,Read again.,late_reading,a reader,read again\n"
    with (data / "raw" / "corrections.csv").open("a", encoding="utf-8") as file:
        file.write(line)
    assert runner.check(data).problems == []
