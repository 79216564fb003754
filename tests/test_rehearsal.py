"""The page "How to update" is followed, command by command, with an invented report, to the published page and a release."""

import io
import os
import re
import shlex
import subprocess
import sys
import zipfile

import pytest
from bs4 import BeautifulSoup
from conftest import copy_checkout, edit_cell
from test_forms import ASSEMBLY, CASE, Keeper

from qantar import paths
from qantar.checks import runner
from qantar.editing import add_rows
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
"""


def claim(paragraph, as_printed, measure, day, speaker, voice, place="kazakhstan", **more):
    """Return the answers to the questions of `new claim`, in their order."""
    told = {
        "source_id": SOURCE,
        "paragraph": paragraph,
        "as_printed": as_printed,
        **more,
        "measure_id": measure,
        "modality": "observed",
    }
    order = [
        "source_id",
        "paragraph",
        "as_printed",
        "bound",
        "value",
        "value_to",
        "measure_id",
        "modality",
        "base_claim_id",
        "as_of",
        "stated_on",
        "date_basis",
    ]
    told |= {"speaker": speaker, "voice": voice, "place_id": place} | ({"as_of": day} if day else {})
    return sorted(told.items(), key=lambda pair: [*order, "speaker", "voice", "place_id"].index(pair[0]))


ANSWERS = {
    "source": [
        ("source_id", SOURCE),
        ("title", "An invented report on gatherings"),
        ("short", "Invented report"),
        ("authors", "an invented group"),
        ("publisher", "an invented group"),
        ("publisher_kind", "ngo"),
        ("team", "invented"),
        ("published", "2026-11"),
        ("published_basis", "printed on the report"),
        ("coverage", "examples"),
        ("language", "en"),
    ],
    "claim": [
        claim("2", "at least 41 people", "people_detained_at", "2023-03-03", "hrw", "own", "almaty"),
        claim(
            "2",
            "between five and seven journalists",
            "journalists_detained_at_assembly",
            "2023-03-03",
            "hrw",
            "own",
            "almaty",
            bound="between",
        ),
        claim("3", "240 people died", "deaths_total", None, "prosecutor-general", "reports"),
        claim(
            "3",
            "20 were officers",
            "deaths_officers",
            None,
            "prosecutor-general",
            "reports",
            base_claim_id=f"{SOURCE}-p3a",
        ),
        claim("3", "112 investigations", "investigations_274", "2025", "prosecutor-general", "reports"),
    ],
    "case": [(column, SOURCE if column == "source_id" else answer) for column, answer in CASE],
    "assembly": [(column, SOURCE if column == "source_id" else answer) for column, answer in ASSEMBLY],
    "mention": [
        ("source_id", SOURCE),
        ("paragraph", "6"),
        ("table", "assemblies"),
        ("row_id", "almaty-2022-02-13"),
        ("as_printed", "people rallied in Almaty for the victims of January"),
        ("agrees", "partly"),
        ("differs_on", "venue"),
        ("hedge", "stated"),
    ],
    "reading": [
        ("source_id", SOURCE),
        ("outcome", "no_data"),
        ("reason", "the title"),
        ("Another reading?", "y"),
        ("outcome", "no_data"),
        ("reason", "a general statement"),
    ],
}


class Rehearsal:
    """A copy of the checkout with the text of an invented report at hand, in which the commands of the page are typed."""

    def __init__(self, folder):
        self.root = copy_checkout(folder)
        self.texts = folder / "texts"
        self.texts.mkdir()
        (self.texts / f"{SOURCE}.txt").write_text(TEXT, encoding="utf-8")
        self.said = {}
        for command in ("git init -q -b main", "git add --all", "git commit -q --message start"):
            self.type(command)

    def type(self, command):
        """Type a command; what it says is kept by the command."""
        self.said[command] = (
            self._form(command.split()[-1])
            if command.startswith(".venv/bin/qantar new ")
            else self._run(command)
        )

    def _run(self, command):
        python = [sys.executable, "-m"]
        module = {
            ".venv/bin/qantar": [*python, "qantar.cli"],
            "make": [*python, "qantar.cli"],
            "git": ["git"],
        }
        typed = (
            [*python, "pytask"]
            if command == "make book"
            else [*module[shlex.split(command)[0]], *shlex.split(command)[1:]]
        )
        keeper = {
            f"GIT_{who}_{what}": "keeper@example.org"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        env = {
            **os.environ,
            **keeper,
            "PYTHONPATH": str(self.root),
            "QANTAR_SOURCES": str(self.texts),
            "SOURCE_DATE_EPOCH": "1797000000",
        }
        done = subprocess.run(typed, cwd=self.root, env=env, text=True, capture_output=True, timeout=900)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _form(self, what):
        forms_ = ANSWERS[what] if isinstance(ANSWERS[what][0], list) else [ANSWERS[what]]
        said = io.StringIO()
        for answers in forms_:
            keeper = Keeper(answers, said)
            with pytest.MonkeyPatch.context() as patch:
                for name, stream in (("stdin", keeper), ("stdout", said), ("stderr", said)):
                    patch.setattr(sys, name, stream)
                code = add_rows.new(what, self.root / "data", self.texts)
            assert (code, keeper.answers) == (0, []), said.getvalue()
        return said.getvalue()

    def page(self, name):
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


def test_the_page_names_every_form_that_the_rehearsal_fills_and_no_command_twice_but_the_build():
    typed = commands()
    assert {command.split()[-1] for command in typed if command.startswith(".venv/bin/qantar new ")} == set(
        ANSWERS
    )
    assert [command for command in dict.fromkeys(typed) if typed.count(command) > 1] == ["make book"]


def test_the_new_report_is_added_whole_and_keeps_the_rules(rehearsal):
    assert re.search(
        r"\d+ numbers and quantity words are to be accounted for",
        " ".join(rehearsal.said[".venv/bin/qantar new source"].split()),
    )
    assert runner.check(rehearsal.root / "data", None).problems == []
    before, after = (
        {name: len(tables.read_table(name, data)) for name in tables.raw_names(data)}
        for data in (paths.DATA, rehearsal.root / "data")
    )
    more = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert more == {
        **{
            "sources": 1,
            "claims": 5,
            "cases": 1,
            "parties": 2,
            "steps": 2,
            "sentences": 1,
            "assemblies": 1,
            "restrictions": 1,
        },
        **{"mentions": 7, "reading": 8},
    }


def test_what_changes_is_told_before_it_is_published(rehearsal):
    told = rehearsal.said["make changes"]
    assert f"data/raw/claims.csv: {SOURCE}-p3a is added" in told
    assert "now the latest of who says so:" in told
    assert "Deaths in total: 240 deaths" in told
    assert re.search(r"after:.*240 deaths", told)
    for page in (
        "notebooks/casualties",
        "notebooks/article_274",
        "notebooks/assembly_restrictions",
        "notebooks/cases",
        "book/reference/cases",
    ):
        assert f"  {page}\n" in f"{told}\n", page


def test_the_published_pages_show_it_with_its_place(rehearsal):
    assert "240 deaths" in words(rehearsal.page("notebooks/casualties"))
    entry = rehearsal.page("book/reference/claims_casualties").find(id=f"{SOURCE}-p3a")
    assert "“240 people died”" in words(entry.find_parent("section") if entry.name != "section" else entry)
    assert "Trial of guards in Semey" in words(rehearsal.page("book/reference/cases"))
    assert "March in Astana, 8 March 2023" in words(rehearsal.page("book/reference/assemblies"))
    known = rehearsal.page("book/reference/assemblies").find(id="almaty-2022-02-13")
    assert "Invented report" in words(known.find_parent("section") if known.name != "section" else known)
    assert "November 2026" in words(rehearsal.page("book/index"))


def test_the_release_records_every_row_and_its_package_is_whole(rehearsal):
    data = rehearsal.root / "data"
    assert releases.releases(data) == ["2026.12"]
    kept = releases.read_rows("2026.12", data)
    assert sum(len(of) for of in kept.values()) == sum(len(of) for of in releases.rows(data).values())
    assert (
        "every file is as its sum says" in rehearsal.said[".venv/bin/qantar verify dist/qantar-2026.12.zip"]
    )
    with zipfile.ZipFile(rehearsal.root / "dist" / "qantar-2026.12.zip") as package:
        assert SOURCE.encode() in package.read("raw/claims.csv")
        assert b'"version": "2026.12"' in package.read("datapackage.json")
    changelog = (rehearsal.root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## 2026.12, 11 December 2026\n" in changelog
    assert "not yet released" not in changelog
    assert "2026.12" in (rehearsal.root / "CITATION.cff").read_text(encoding="utf-8")
    assert "Nothing has changed since release 2026.12" in words(rehearsal.page("book/reference/what_changed"))


def test_after_the_release_a_silent_change_fails_and_a_told_one_passes(rehearsal):
    data = rehearsal.root / "data"
    edit_cell(data, "claims", f"{SOURCE}-p3c", "note", "Read again.")
    (problem,) = runner.check(data).problems
    assert re.search(rf"claims,{SOURCE}-p3c,note,,Read again.,KIND,ASKED BY,REASON", problem)
    line = f"2026-12-20,claims,{SOURCE}-p3c,note,,Read again.,late_reading,a reader,read again\n"
    corrections = data / "raw" / "corrections.csv"
    corrections.write_text(corrections.read_text(encoding="utf-8") + line, encoding="utf-8")
    assert runner.check(data).problems == []
