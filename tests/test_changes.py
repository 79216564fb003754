"""What an edit in hand changes: rows, what is latest, contradictions, every sentence, table, chart and page; against a revision, a release or a folder."""

import shutil
import subprocess

import pytest
from conftest import edit_cell, run

from qantar.book import changes
from qantar.record import query, releases

ROW = "fidh-2024-02-p5a"


def rows(checkout, since="HEAD"):
    """Return the rows that differ, without running a notebook."""
    with changes.earlier(since, checkout) as before:
        cells = releases.rows(checkout / "data")
        after = changes.State("now", changes._hashes(cells), cells, before.shown)
        return changes.told(changes.compare(before, after, query.load()))


@pytest.fixture
def repository(checkout):
    """A copy of the checkout with one commit."""
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=keeper", "-c", "user.email=keeper@example.org", "commit", "-qm", "as it was"],
    ):
        subprocess.run(["git", *command], cwd=checkout, check=True)
    return checkout


def test_an_unchanged_record_has_no_changes(repository):
    done = run(["-m", "qantar.cli", "changes"], repository)
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "nothing that a reader sees differs from HEAD\n",
        "",
    )


def test_an_edit_is_told_by_rows_sentences_charts_and_pages_and_leaves_the_checkout_as_it_is(repository):
    edit_cell(repository / "data", "claims", ROW, "as_printed", "at least 241")
    edit_cell(repository / "data", "claims", ROW, "value", "241")
    done = run(["-m", "qantar.cli", "changes"], repository)
    assert done.returncode == 0, done.stderr
    assert f"data/raw/claims.csv: {ROW}, column value: 238 becomes 241\n" in done.stdout
    assert "now the latest of who says so:\n  Deaths in total: at least 241 deaths" in done.stdout
    assert "227 deaths" in done.stdout.partition("has a part:")[2].partition("sentences:")[0], (
        "what it excludes is told"
    )
    _, _, after = done.stdout.partition("before: It prints at least 238 deaths")[2].partition("after:")
    assert after.strip().startswith("It prints at least 241 deaths")
    assert "notebooks/casualties, cell total-chart: chart" in done.stdout
    pages = done.stdout.partition("\npages:\n")[2]
    assert "notebooks/casualties" in pages
    assert "book/reference/claims_casualties" in pages
    assert "article_274" not in pages, "a page on which nothing differs is not named"
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=repository, text=True, capture_output=True
    ).stdout
    assert status == " M data/raw/claims.csv\n"


def test_added_and_removed_rows_are_told(repository):
    path = repository / "data" / "raw" / "places.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:-1], "atyrau,Atyrau,,city,,,,,"]) + "\n", encoding="utf-8")
    assert rows(repository) == [
        "data/raw/places.csv: southern-kazakhstan is removed",
        "data/raw/places.csv: atyrau is added",
    ]


def test_a_name_that_was_changed_is_told_against_a_revision(repository):
    edit_cell(repository / "data", "persons", 2, "public_name", "Somebody Else")
    assert any(
        "column public_name" in line and line.endswith("becomes Somebody Else") for line in rows(repository)
    )


def test_a_folder_can_be_compared_with(checkout, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(checkout / "data", other / "data")
    edit_cell(checkout / "data", "phrases", "CC BY", "note", "another note")
    assert rows(checkout, str(other)) == [
        "data/raw/phrases.csv: CC BY, column note: Licence becomes another note"
    ]


def test_against_a_release_old_values_come_from_the_corrections(checkout):
    data = checkout / "data"
    releases.write("2026.12", {}, data)
    edit_cell(data, "phrases", "CC BY", "note", "another note")
    with (data / "raw" / "corrections.csv").open("a", encoding="utf-8") as file:
        file.write("2026-12-20,phrases,CC BY,note,Licence,another note,recoding,a reader,said better\n")
    assert rows(checkout, "2026.12") == [
        "data/raw/phrases.csv: CC BY, column note: Licence becomes another note",
        "data/raw/corrections.csv: 2026-12-20 phrases CC BY note is added",
    ]


@pytest.mark.parametrize(
    ("since", "says"),
    [
        ("v9", "git knows no revision v9 here, and no release is called so; name a commit"),
        ("notebooks", "holds no data/datapackage.json; name a folder"),
    ],
)
def test_what_cannot_be_compared_with_is_a_sentence(repository, since, says):
    done = run(["-m", "qantar.cli", "changes", "--since", since], repository)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_record_that_breaks_its_rules_is_corrected_first(repository):
    edit_cell(repository / "data", "claims", ROW, "value", "241")
    done = run(["-m", "qantar.cli", "changes"], repository)
    assert done.returncode == 1
    assert "1 to correct first" in done.stderr


def test_what_a_release_keeps_of_the_pages_names_nobody():
    loaded = query.load()
    names = {name for name in loaded.persons["public_name"].dropna()}
    kept = [part.text for parts in changes.shown(with_names=False).values() for part in parts]
    assert any(kept)
    assert not [text for text in kept for name in names if name in text]
