"""An invented third report, and somebody who types its rows into the forms."""

import contextlib
import csv
import io
import re
import sys

import pytest
from conftest import append_row

from qantar.editing import forms
from qantar.record import source_text, tables

SOURCE = "east-2023-04"
TEXT = """An invented brief on gatherings

On 3 March 2023 police detained at least 41 people at a rally in Almaty.

Between five and seven of the 41 people who were detained had been fined before.

- In Semey the court sentenced two guards to three years in prison on 10 March 2023.
- A third guard, tried with them, was acquitted.

The city of Astana refused to allow a march on 8 March 2023.

No journalist was harmed.
"""
SOURCE_ROW = {
    "source_id": SOURCE,
    "title": "An invented brief on gatherings",
    "short": "Eastern Brief",
    "authors": "an invented group",
    "publisher": "an invented group",
    "publisher_kind": "ngo",
    "team": "east",
    "published": "2023-04",
    "published_basis": "printed on the brief",
    "coverage": "examples",
    "language": "en",
}
CLAIM = {
    "source_id": SOURCE,
    "paragraph": "2",
    "as_printed": "at least 41 people",
    "measure_id": "people_detained_at",
    "modality": "observed",
    "as_of": "2023-03-03",
    "speaker": "northern-watch",
    "voice": "own",
    "place_id": "almaty",
}
CASE = [
    *{
        "case_id": "guards-semey",
        "label": "Trial of guards in Semey",
        "kind": "officers_trial",
        "place_id": "semey",
        "january_2022": "not_told",
        "torture_alleged": "not_reported",
        "charges_complete": "unknown",
        "summary": "Guards were tried in Semey.",
        "source_id": SOURCE,
        "paragraph": "4",
        "item": "1",
        "as_printed": "the court sentenced two guards",
        "hedge": "stated",
    }.items(),
    ("Add a party?", "y"),
    *{"role": "accused", "n_low": "2", "n_high": "2", "label": "Two guards, Semey"}.items(),
    ("Add a charge?", "n"),
    ("Another party?", "y"),
    *{"role": "accused", "n_low": "1", "n_high": "1", "label": "A third guard, Semey"}.items(),
    ("Another party?", "n"),
    ("Add a step?", "y"),
    *{
        "party_id": "guards-semey-accused",
        "step": "verdict",
        "date": "2023-03-10",
        "outcome": "guilty",
    }.items(),
    ("as_printed", "sentenced two guards to three years in prison"),
    ("Add a sentence?", "y"),
    *{
        "party_id": "guards-semey-accused",
        "kind": "prison",
        "bound": "exact",
        "value": "3",
        "unit": "year",
    }.items(),
    *{"per": "each", "state": "immediate", "as_printed": "three years in prison"}.items(),
    ("Another sentence?", "n"),
    ("Another step?", "y"),
    *{
        "party_id": "guards-semey-accused-2",
        "step": "verdict",
        "date": "2023-03-10",
        "outcome": "not_guilty",
    }.items(),
    *{"item": "2", "as_printed": "A third guard, tried with them, was acquitted"}.items(),
]
ASSEMBLY = [
    *{
        "label": "March in Astana, 8 March 2023",
        "place_id": "astana",
        "date": "2023-03-08",
        "level": "single",
        "topics": "womens_rights; other",
        "kind": "march",
        "permission": "denied",
        "held": "unknown",
        "summary": "A march for which the city gave no permission.",
        "source_id": SOURCE,
        "paragraph": "5",
        "as_printed": "refused to allow a march",
        "hedge": "stated",
    }.items(),
    ("Add a restriction?", "y"),
    *{"kind": "permission_denied", "timing": "before", "as_printed": "refused to allow a march"}.items(),
]


class Keeper:
    """Answers each question that comes next in a list of (column, answer), and every other one with Enter."""

    def __init__(self, answers, said):
        self.answers, self.said, self.reads = list(answers), said, 0

    def isatty(self):
        return False

    def readline(self):
        self.reads += 1
        assert self.reads < 400, self.said.getvalue()[-2000:]
        asked = re.findall(r"^(\w+):|^(.*\?) \[y/N\]", self.said.getvalue(), flags=re.MULTILINE)[-1]
        if self.answers and self.answers[0][0] in asked:
            answer = self.answers.pop(0)[1]
            return answer() if callable(answer) else f"{answer}\n"
        return "\n"


def fill(what, answers, data, folder):
    """Fill a form through standard input; return its exit code and what it printed."""
    said = io.StringIO()
    keeper = Keeper(answers.items() if isinstance(answers, dict) else answers, said)
    with pytest.MonkeyPatch.context() as patch:
        for name, stream in (("stdin", keeper), ("stdout", said), ("stderr", said)):
            patch.setattr(sys, name, stream)
        code = forms.new(what, data, folder)
    assert keeper.answers == [], said.getvalue()
    return code, said.getvalue()


def files(data):
    """Return the bytes of every raw table by name."""
    return {path.name: path.read_bytes() for path in (data / "raw").iterdir()}


def added(data, before):
    """Return the rows that were added since `before`, by table, without empty cells.

    No saved line may have changed.
    """
    found = {}
    for name, content in files(data).items():
        old, new = before[name].splitlines(keepends=True), content.splitlines(keepends=True)
        if old == new:
            continue
        assert [line for line in new if line in set(old)] == old
        rows = csv.DictReader([old[0].decode(), *(line.decode() for line in new if line not in set(old))])
        found[name.removesuffix(".csv")] = [{c: cell for c, cell in row.items() if cell} for row in rows]
    return found


def add(what, answers, data, folder):
    """Fill a form that must succeed; return the rows that it added and what it printed."""
    before = files(data)
    code, said = fill(what, answers, data, folder)
    assert code == 0, said
    return added(data, before), " ".join(said.split())


def add_source(data, folder):
    """Append the row of the invented report, and say that its first and last paragraphs hold nothing."""
    digest, paragraphs = source_text.sha256(SOURCE, folder), len(source_text.paragraphs(SOURCE, folder))
    append_row(data, "sources", **SOURCE_ROW, paragraphs=paragraphs, text_sha256=digest)
    for paragraph in (1, 6):
        append_row(
            data,
            "reading",
            source_id=SOURCE,
            paragraph=paragraph,
            item=0,
            outcome="no_data",
            reason="an invented one",
        )


@contextlib.contextmanager
def failing_writes():
    """Let every write of a table fail as on a full disk."""

    def full(path, content):
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "write_bytes", full)
        yield
