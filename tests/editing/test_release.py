"""A release: what it refuses, the version it states, the entry that it writes. The rehearsal makes one."""

import pytest
from conftest import append_row, edit_cell

from qantar import cli
from qantar.checks import runner
from qantar.editing import release
from qantar.record import derive, releases, tables

CHANGELOG = """# Changelog

## 2026.11 (not yet released)

- By hand.

## 2026.10, 1 October 2026

- Before.
"""
CFF = """title: Qantar
version: "2026.11"
references:
  - type: data
    version: "2026.11"
"""


@pytest.fixture
def root(data, monkeypatch):
    """A checkout of the frozen record with the files that state a version."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1797000000")  # 11 December 2026
    (data.parent / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    (data.parent / "CITATION.cff").write_text(CFF, encoding="utf-8")
    (data.parent / "pyproject.toml").write_text(
        '[project]\nname = "qantar"\nversion = "2026.11"\n', encoding="utf-8"
    )
    return data.parent


def refusal(name, root):
    with pytest.raises(release.NotReleased) as refused:
        list(release.release(name, root))
    return str(refused.value)


@pytest.mark.parametrize("name", ["2026", "2026.13", "26.12", "2026.12.0", "v2026.12", "../2026.12"])
def test_a_name_that_is_no_year_and_month_is_refused(root, name):
    assert "is no name of a release" in refusal(name, root)


@pytest.mark.parametrize("name", ["2026.11", "2026.10", "2026.10.2"])
def test_a_release_comes_after_the_last_one(root, name):
    releases.write("2026.11", {}, root / "data")
    assert "does not come after 2026.11" in refusal(name, root)


def test_an_edition_is_not_released(root, monkeypatch):
    monkeypatch.setenv("NAMES", "0")
    assert "without_names" in refusal("2026.12", root)


def test_a_record_with_problems_is_not_released(root):
    edit_cell(root / "data", "claims", "north-2022-05-p3a", "value", "999")
    said = refusal("2026.12", root)
    assert "data/raw/claims.csv" in said
    assert said.endswith("to correct; nothing was released")
    assert not (root / "data" / "released").exists()


def test_the_version_and_the_day_are_stated_everywhere(root):
    release._set_version("2026.12", root)
    release._set_version("2026.12.1", root)  # a second time replaces the day
    assert '\n "version": "2026.12.1"' in (root / "data" / "datapackage.json").read_text(encoding="utf-8")
    assert '\nversion = "2026.12.1"' in (root / "pyproject.toml").read_text(encoding="utf-8")
    cff = (root / "CITATION.cff").read_text(encoding="utf-8")
    assert cff.count('version: "2026.12.1"') == 2
    assert cff.count("date-released: 2026-12-11\n") == 1


def test_a_file_that_states_no_version_is_named(root):
    (root / "CITATION.cff").write_text("title: Qantar\n", encoding="utf-8")
    with pytest.raises(release.NotReleased, match="states no version"):
        release._set_version("2026.12", root)


def test_the_first_entry_says_how_large_the_record_is(root):
    release._write_entry("2026.12", root)
    entry = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    rows = runner.check(root / "data").rows
    count = sum(len(tables.read_table(name, root / "data")) > 0 for name in tables.raw_names(root / "data"))
    assert entry == CHANGELOG.replace(
        "## 2026.11 (not yet released)\n\n- By hand.\n",
        f"## 2026.12, 11 December 2026\n\n- By hand.\n- The first release: {rows} rows in {count} tables.\n",
    )


def test_a_later_entry_says_what_changed_and_leaves_older_ones(root, monkeypatch):
    monkeypatch.setattr(release.states, "shown", lambda *_: {})
    (root / "CHANGELOG.md").write_text(
        CHANGELOG.replace(" (not yet released)", ", 1 November 2026"), encoding="utf-8"
    )
    releases.write("2026.11", {}, root / "data")
    append_row(root / "data", "places", place_id="atyrau", name="Atyrau", kind="city")
    derive.write(root / "data")
    release._write_entry("2026.12", root)
    entry = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## 2026.12, 11 December 2026\n\n- places: one row added\n" in entry
    assert "\n## 2026.11, 1 November 2026\n\n- By hand.\n\n## 2026.10, 1 October 2026\n" in entry


def test_the_command_prints_why_nothing_was_released(capsys):
    assert cli.main(["release", "soon"]) == 1
    assert "is no name of a release" in capsys.readouterr().err
