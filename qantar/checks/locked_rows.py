"""The rule that released rows stay as they are, unless corrections explain what changed."""

import datetime
import subprocess
from collections.abc import Iterator
from pathlib import Path

from qantar import paths
from qantar.checks.problem import Problem
from qantar.record import releases, tables

_COMMITS = 100  # how far back a released row is looked for in git


def locked_row_problems(data: Path = paths.DATA) -> Iterator[Problem]:
    """Yield the rows of the newest release that were changed or taken out without a correction.

    The message has the lines to add to corrections.csv; what stood there before is looked up in git.
    A removal explains by being there; any other correction must lead back to the released row.
    """
    data = Path(data)
    if not releases.releases(data):
        return
    release, now = releases.releases(data)[-1], releases.rows(data)
    released = releases.read_rows(release, data)
    new = [cells for key, cells in now["corrections"].items() if key not in released.get("corrections", {})]
    for table in released.keys() & now.keys():
        numbers = {key: number for number, key in enumerate(now[table], 2)}
        for key, digest in released[table].items():
            cells = now[table].get(key)
            corrections = [row for row in new if (row["table"], row["row_id"]) == (table, key)]
            if _is_explained(table, cells, corrections, digest, tables.key(table, data)):
                continue
            if table == "corrections":
                rule, what = "released-correction", f"a correction of release {release}"
                message = f"{what} was changed or taken out; put it back as it was, and add a new one"
            else:
                what = "was taken out" if cells is None else "was changed"
                advice = _advice(table, key, cells, corrections, digest, data)
                rule, message = "released-row", f"{key} {what} since release {release}; {advice}"
            yield Problem(table, numbers.get(key), None, rule, message)


def _is_explained(table: str, cells: dict | None, corrections: list[dict], digest: str, key: str) -> bool:
    """Return True where a row is as released, or its corrections (in their order) say what became of it."""
    if any(row["kind"] == "removal" for row in corrections):
        return True
    if cells is None:
        return any(row["column"] == key and "new" not in row for row in corrections)
    return any(releases.row_hash(table, before) == digest for before in _undone(cells, corrections))


def _undone(cells: dict, corrections: list[dict]) -> Iterator[dict]:
    """Yield a row as it is, and as it was before each of its corrections, the last one first."""
    yield cells
    for row in reversed(corrections):
        if cells.get(row["column"], "") == row.get("new", ""):
            cells = {**cells, row["column"]: row.get("old", "")}
        yield cells


def _advice(
    table: str, key: str, cells: dict | None, corrections: list[dict], digest: str, data: Path
) -> str:
    """Return what to do about a changed row, with the lines for corrections.csv."""
    if cells is None:
        changed = [(tables.key(table, data), key, "")]
    elif before := _released_cells(table, key, digest, data):
        *_, after = _undone(cells, corrections)
        changed = [
            (field["name"], before.get(field["name"], ""), after.get(field["name"], ""))
            for field in tables.fields(table, data)
            if before.get(field["name"], "") != after.get(field["name"], "")
        ]
    else:
        changed = [("COLUMN", "WHAT STOOD THERE", "WHAT STANDS THERE")]
    today = datetime.date.today().isoformat()
    lines = [[today, table, key, *change, "KIND", "ASKED BY", "REASON"] for change in changed]
    written = releases.csv_bytes(lines[0], lines[1:]).decode("utf-8").strip().replace("\n", "\n    ")
    return f"put it back, or add to data/raw/corrections.csv, with words for the capitals:\n    {written}"


def _released_cells(table: str, key: str, digest: str, data: Path) -> dict | None:
    """Return the released cells of a row from the history in git, None where they are not there."""
    resource = tables.resources(data)[table]
    path = f"data/{resource['path']}"
    try:
        log = _git(data, "log", "--format=%H", f"-{_COMMITS}", "--", path)
    except FileNotFoundError:
        return None  # no git on this machine
    for commit in log.stdout.decode().split():
        shown = _git(data, "show", f"{commit}:./{path}")
        cells = releases.rows_of(shown.stdout, resource).get(key) if shown.returncode == 0 else None
        if cells and releases.row_hash(table, cells) == digest:
            return cells
    return None


def _git(data: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(["git", *arguments], cwd=data.parent, capture_output=True, check=False)
