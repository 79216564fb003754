"""What an edit changes: rows, the latest figures, contradictions, sentences, tables, charts and pages."""

import re
import shutil
import subprocess

import nbformat
import pytest
from conftest import append_row, edit_cell

from qantar import settings
from qantar.book import changes, states
from qantar.book.states import State
from qantar.record import comparisons, derive, load, releases
from qantar.record.releases import Shown

CLAIM = "north-2022-05-p3a"


def state(data, shown=None, name="now", hashed=False):
    """Return the state of a folder data/ whose pages show `shown`; of a release, only hashes are kept."""
    cells = releases.rows(data)
    return State(name, states._hashes(cells), None if hashed else cells, shown or {})


def compare(before, data, shown=None):
    derive.write(data)
    return changes.compare(before, state(data, shown), load(data=data, edition=settings.WHOLE))


def text(*sentences):
    return [Shown("text", sentence, sentence) for sentence in sentences]


# --- rows ---


def test_an_unchanged_record_has_no_changes(data):
    shown = {("notebooks/deaths", "answer"): text("One.")}
    found = compare(state(data, shown), data, shown)
    assert changes.as_text(found) == []
    assert found[1:] == ([], [], [], [], [], [])


def test_changed_cells_are_listed_before_and_after(data):
    before = state(data)
    edit_cell(data, "claims", CLAIM, "value", "228")
    edit_cell(data, "claims", CLAIM, "note", "read again")
    edit_cell(data, "claims", CLAIM, "stated_on", "")
    edit_cell(data, "claims", CLAIM, "read", "")
    (row,) = compare(before, data).rows
    assert row[:3] == ("claims", CLAIM, "changed")
    assert row.cells == [("value", "225", "228"), ("read", "twice", ""), ("note", "", "read again")]


def test_added_and_removed_rows_are_listed(data):
    before = state(data)
    append_row(data, "places", place_id="atyrau", name="Atyrau", kind="city")
    path = data / "raw" / "phrases.csv"
    *kept, last = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(kept), encoding="utf-8")
    rows = compare(before, data).rows
    assert {(row.table, row.what) for row in rows} == {("places", "added"), ("phrases", "removed")}
    assert rows[0].key == "atyrau"
    assert last.startswith(rows[1].key)


def test_against_a_release_old_values_come_from_new_corrections_only(data):
    correction = {
        "date": "2026-12-20",
        "table": "claims",
        "row_id": CLAIM,
        "kind": "our_error",
        "reason": "x",
    }
    append_row(data, "corrections", **correction, column="note", old="a", new="b")
    before = state(data, hashed=True)
    edit_cell(data, "claims", CLAIM, "value", "228")
    append_row(data, "corrections", **correction, column="value", old="225", new="228")
    append_row(data, "corrections", **correction, column="note", new="read again")
    append_row(data, "corrections", **correction, column="stated_on", old="2022")
    append_row(data, "corrections", **{**correction, "row_id": "other"}, column="value", old="1", new="2")
    rows = compare(before, data).rows
    (claim,) = (row for row in rows if row.table == "claims")
    cells = [("value", "225", "228"), ("note", "", "read again"), ("stated_on", "2022", "")]
    assert claim == ("claims", CLAIM, "changed", cells)
    assert next(row.key for row in rows if row.table == "corrections") == f"2026-12-20 claims {CLAIM} value"


def test_a_correction_that_was_taken_out_is_named_by_what_it_corrects(data):
    cells = {"date": "2026-12-20", "table": "claims", "row_id": CLAIM, "column": "note", "kind": "our_error"}
    append_row(data, "corrections", **cells)
    before = state(data)
    path = data / "raw" / "corrections.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    found = compare(before, data)
    (row,) = found.rows
    assert "book/reference/corrections" in found.pages
    assert row[:3] == ("corrections", f"2026-12-20 claims {CLAIM} note", "removed")


# --- what follows ---


def test_a_new_claim_that_is_the_latest_of_its_speaker_is_named(data):
    before = state(data)
    latest = {"paragraph": 99, "as_printed": "at least 999 people died", "value": 999}
    append_row(data, "claims", "south-2023-03-p4a", claim_id="south-2023-03-p99a", **latest)
    append_row(
        data, "claims", CLAIM, claim_id="north-2022-05-p99a", paragraph=99, value=1, speaker="northern-watch"
    )
    found = compare(before, data)
    assert any("at least 999 deaths" in line for line in found.latest)
    assert all(line.startswith("Deaths in total: ") for line in found.latest)


def test_an_older_claim_of_a_speaker_is_not_the_latest(data):
    before = state(data)
    append_row(data, "claims", CLAIM, claim_id="north-2022-05-p99a", speaker="ministry-of-order", value=1)
    assert compare(before, data).latest == []


def test_only_contradictions_with_a_changed_row_are_named(data):
    edit_cell(data, "claims", "south-2023-03-p4a", "as_of", "../2023-02-01")  # of no day
    before = state(data)
    assert compare(before, data).contradictions == []
    edit_cell(data, "claims", CLAIM, "note", "read again")
    (line,) = compare(before, data).contradictions
    assert "225" in line
    assert "exclude each other on any one day" in line
    pair = comparisons.conflicts(load(data=data, edition=settings.WHOLE)).query("claim_id == @CLAIM").iloc[0]
    edit_cell(data, "claims", CLAIM, "note", "")
    edit_cell(data, "claims", pair["other_id"], "note", "read again")
    assert line in compare(before, data).contradictions


def test_a_fact_that_a_changed_mention_tells_differently_is_named(data):
    before = state(data)
    record = load(data=data, edition=settings.WHOLE)
    mention = record.mentions.query("agrees == 'differs'")["mention_id"].iloc[0]
    edit_cell(data, "mentions", mention, "note", "read again")
    (line,) = compare(before, data).contradictions
    assert re.search(r"tells otherwise of \w.*: \w", line)
    assert "None" not in line
    partly = record.mentions.query("agrees == 'partly'")["mention_id"].iloc[0]
    edit_cell(data, "mentions", partly, "note", "read again")
    assert compare(before, data).contradictions == [line]


# --- what is shown ---


def test_rewritten_new_and_dropped_sentences_are_paired(data):
    place = ("notebooks/deaths", "answer")
    before = state(data, {place: text("A.", "B.", "C.", "D.")})
    found = compare(before, data, {place: text("A.", "B2.", "C.", "E.", "F.")})
    pairs = [(sentence.before, sentence.after) for sentence in found.sentences]
    assert pairs == [("B.", "B2."), ("D.", "E."), ("", "F.")]
    (dropped,) = compare(before, data, {place: text("A.", "B.", "C.")}).sentences
    assert dropped == ("notebooks/deaths", "D.", "")
    assert found.pages == ["notebooks/deaths"]


def test_changed_tables_and_charts_are_named_with_their_cell(data):
    old = [Shown("table", "1"), Shown("chart", "2"), *text("A.")]
    new = [Shown("table", "4"), Shown("chart", "3"), *text("A.")]
    before = state(
        data, {("notebooks/deaths", "totals"): old, ("book/reference/acts", ""): [Shown("page", "1")]}
    )
    found = compare(
        before, data, {("notebooks/deaths", "totals"): new, ("book/reference/acts", ""): [Shown("page", "2")]}
    )
    assert found.shown == [("notebooks/deaths", "totals", "table"), ("notebooks/deaths", "totals", "chart")]
    assert found.sentences == []
    assert found.pages == ["notebooks/deaths", "book/reference/acts"]


def test_nothing_is_said_of_a_kind_that_the_earlier_state_did_not_keep(data):
    answer, acts = ("notebooks/deaths", "answer"), ("book/reference/acts", "")
    before = state(data, {answer: text("A.")})
    assert compare(before, data, {answer: text("A."), acts: [Shown("page", "2")]}).pages == []


OUTPUT = """Deaths were [at least 240](page.md#a){.x} in 2022. Others died, “it was said”. Later on.

- One more.

| A |
| --- |
| 1 |

Last."""


def test_an_output_is_taken_apart_into_sentences_tables_and_charts():
    parts = states._parts({"text/markdown": OUTPUT})
    assert [part.text for part in parts if part.what == "text"] == [
        "Deaths were at least 240 in 2022.",
        "Others died, “it was said”.",
        "Later on.",
        "One more.",
        "Last.",
    ]
    assert [part.what for part in parts].index("table") == 4
    assert [
        part.what for part in states._parts({"image/png": "x", "text/html": "y", "text/markdown": "z"})
    ] == ["chart"]
    assert [part.what for part in states._parts({"text/html": "y"})] == ["table"]
    assert states._parts({"text/plain": "y"}) == []


def test_what_a_release_keeps_of_the_pages_names_nobody(data, tmp_path, monkeypatch):
    (name,) = load(data=data, edition=settings.WHOLE).persons["public_name"].head(1)
    (tmp_path / "notebooks").mkdir()
    output = nbformat.v4.new_output("display_data", {"text/markdown": f"{name} was tried."})
    cell = nbformat.v4.new_code_cell("1", outputs=[output], id="trial")
    notebook = tmp_path / "notebooks" / "trials.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), notebook)
    monkeypatch.setattr(states.notebooks, "in_order", lambda root: [notebook])
    page = {"cases.md": f"# {name}\n".encode()}
    with_name = states.shown(tmp_path, made=page)
    without = states.shown(tmp_path, with_names=False, made=page)
    assert with_name["notebooks/trials", "trial"][0].text == f"{name} was tried."
    assert without["notebooks/trials", "trial"][0].text == "… was tried."
    assert without["book/reference/cases", ""] != with_name["book/reference/cases", ""]


def test_figures_of_the_home_page_are_compared_too_and_corrections_as_rows(data, tmp_path, monkeypatch):
    monkeypatch.setattr(states.notebooks, "in_order", lambda root: [])
    made = {"_cards.md": b"1", "corrections.md": b"1", "card.svg": b"1", "acts.md": b"1"}
    pages = ["book/index", "book/reference/acts"]
    assert list(states.shown(tmp_path, made=made)) == [(page, "") for page in pages]


# --- earlier states ---


@pytest.fixture
def repository(data, monkeypatch):
    """A repository with the frozen record and one commit."""
    for command in (
        "init -q",
        "add -A",
        "-c user.name=keeper -c user.email=keeper@example.org commit -qm start",
    ):
        subprocess.run(["git", *command.split()], cwd=data.parent, check=True)
    monkeypatch.setattr(states.notebooks, "in_order", lambda root: [])
    return data.parent


def test_a_revision_can_be_compared_with(repository):
    edit_cell(repository / "data", "claims", CLAIM, "value", "228")
    before = states.earlier("HEAD", repository)
    assert before.cells["claims"][CLAIM]["value"] == "225"
    assert before.name == "HEAD"


def test_a_folder_can_be_compared_with(repository, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    shutil.copytree(repository / "data", other / "data")
    edit_cell(other / "data", "claims", CLAIM, "value", "226")
    assert states.earlier(str(other), repository).cells["claims"][CLAIM]["value"] == "226"


def test_a_release_can_be_compared_with(repository):
    releases.write("2026.12", {("page", "cell"): text("A.")}, repository / "data")
    before = states.earlier("2026.12", repository)
    assert (before.cells, before.shown) == (None, {("page", "cell"): text("A.")})


@pytest.mark.parametrize(
    ("since", "message"),
    [
        ("v9", "git knows no revision v9 here, and no release is called so; name a commit"),
        ("raw", "holds no data/datapackage.json; name a folder"),
    ],
)
def test_what_cannot_be_compared_with_is_refused(repository, monkeypatch, since, message):
    monkeypatch.chdir(repository / "data")
    with pytest.raises(states.NotComparable, match=message):
        states.earlier(since, repository)


def test_without_git_a_sentence_says_so(repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(states.NotComparable, match="git is not installed here"):
        states.earlier("HEAD", repository)


def test_the_newest_release_that_differs_is_compared_with(repository, monkeypatch):
    data = repository / "data"
    monkeypatch.setattr(states.reference_pages, "made", lambda *_: {})
    assert changes.since_release(repository, {}) is None
    releases.write("2026.09", {}, data)
    assert changes.since_release(repository, {}).since == "2026.09"
    edit_cell(data, "claims", CLAIM, "note", "read again")
    derive.write(data)
    releases.write("2026.10", {}, data)
    assert changes.since_release(repository, {}).since == "2026.09", "nothing differs from the newest one"
    edit_cell(data, "claims", CLAIM, "note", "and again")
    assert changes.since_release(repository, {}).since == "2026.10"


# --- in words ---


EVERYTHING = changes.Changes(
    "2026.12",
    [
        changes.Row("claims", "a", "changed", [("value", "", "2"), ("note", "x", "")]),
        changes.Row("claims", "b", "added", []),
        changes.Row("claims", "c", "added", []),
        changes.Row("cases", "d", "removed", []),
    ],
    ["Deaths: [2 deaths](#a) \\(said\\)"],
    ["[1](#b) and [2](#a) exclude each other"],
    [changes.Sentence("notebooks/deaths", "Old.", ""), changes.Sentence("notebooks/deaths", "", "New.")],
    [("notebooks/deaths", "totals", "chart")],
    ["notebooks/deaths", "book/reference/acts"],
)


def test_changes_are_printed_under_headings():
    assert "\n".join(changes.as_text(EVERYTHING)) == (
        "data/raw/claims.csv: a, column value: empty becomes 2\n"
        "data/raw/claims.csv: a, column note: x becomes empty\n"
        "data/raw/claims.csv: b is added\n"
        "data/raw/claims.csv: c is added\n"
        "data/raw/cases.csv: d is removed\n"
        "\nnow the latest of who says so:\n  Deaths: 2 deaths (said)\n"
        "\ncontradictions in which an added or changed row has a part:\n  1 and 2 exclude each other\n"
        "\nsentences:\n"
        "  notebooks/deaths\n    before: Old.\n    after:  (none)\n"
        "  notebooks/deaths\n    before: (none)\n    after:  New.\n"
        "\ntables and charts:\n  notebooks/deaths, cell totals: chart\n"
        "\npages:\n  notebooks/deaths\n  book/reference/acts"
    )


def test_a_changelog_entry_counts_what_changed():
    assert changes.summary(EVERYTHING) == [
        "claims: one row changed",
        "claims: two rows added",
        "cases: one row removed",
        "Latest now: Deaths: 2 deaths (said).",
        "Contradiction with an added or changed row: 1 and 2 exclude each other.",
        "two computed sentences read otherwise, on one page; two pages changed in all.",
    ]
    one = EVERYTHING._replace(sentences=EVERYTHING.sentences[:1], pages=[])
    assert (
        changes.summary(one)[-1]
        == "one computed sentence reads otherwise, on one page; no pages changed in all."
    )
