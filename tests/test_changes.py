"""What an edit in hand changes: rows and cells of data/raw, against a git revision."""

import subprocess

import pytest
from conftest import edit_cell

from qantar import changes


@pytest.fixture
def repository(checkout):
    """A copy of the checkout with one commit."""
    for command in (["init", "-q"], ["add", "-A"], ["-c", "user.name=keeper", "-c", "user.email=keeper@example.org", "commit", "-qm", "as it was"]):
        subprocess.run(["git", *command], cwd=checkout, check=True)
    return checkout


def test_an_unchanged_record_has_no_changes(repository):
    assert changes.since("HEAD", repository) == []


def test_a_changed_cell_is_told_with_its_row_column_and_both_values(repository):
    edit_cell(repository / "data", "claims", "civicus-2022-03-p25a", "value", "228")
    assert changes.since("HEAD", repository) == ["data/raw/claims.csv: civicus-2022-03-p25a, column value: 227 becomes 228"]


def test_added_and_removed_rows_are_told(repository):
    path = repository / "data" / "raw" / "places.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:-1], "atyrau,Atyrau,,city,,,,,"]) + "\n", encoding="utf-8")
    assert changes.since("HEAD", repository) == ["data/raw/places.csv: southern-kazakhstan is removed", "data/raw/places.csv: atyrau is added"]


def test_a_revision_that_git_does_not_know_is_a_sentence(repository):
    with pytest.raises(changes.NoRevision, match=r"git knows no revision v9 here; name a commit"):
        changes.since("v9", repository)
