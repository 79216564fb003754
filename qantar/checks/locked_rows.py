"""TODO checks.locked_rows."""

import datetime
import subprocess
from pathlib import Path

from qantar import paths
from qantar.record import releases, tables

# --- the rule --------------------------------------------------------------------------------------------------------


def problems(data=paths.DATA):
    """Return the rows of the newest release that are changed or gone, and that no correction explains, as sentences with the line to add.

    The tables must be well-formed. A removal explains by being there, since it tells no value; any other correction must lead back to the
    released row. What stood there before is looked up in git, and left open where git does not know it.
    """
    data = Path(data)
    if not releases.releases(data):
        return []
    release, now, declared = releases.releases(data)[-1], releases.rows(data), tables.resources(data)
    was, found = releases.read_rows(release, data), []
    new = [cells for key, cells in now["corrections"].items() if key not in was.get("corrections", {})]
    numbers = {table: {key: number for number, key in enumerate(of, 2)} for table, of in now.items()}
    for table, released in was.items():
        for key, digest in released.items() if table in now else ():
            cells = now[table].get(key)
            told = [row for row in new if (row["table"], row["row_id"]) == (table, key)]
            if _explained(table, cells, told, digest, tables.key(table, data)):
                continue
            place = tables.at(declared[table], numbers[table].get(key))
            if table == "corrections":
                found.append(
                    f"{place}: a correction of release {release} was changed or taken out; put it back as it was, and add a new one"
                )
                continue
            what = "was taken out" if cells is None else "was changed"
            found.append(
                f"{place}: {key} {what} since release {release}; {_to_add(table, key, cells, told, digest, data)}"
            )
    return found


def _explained(table, cells, told, digest, key):
    """Return True where a row is as it was released, or corrections (rows, in their order) explain it: a removal, the row taken out, values that lead back."""
    if any(row["kind"] == "removal" for row in told):
        return True
    if cells is None:
        return any(row["column"] == key and "new" not in row for row in told)
    return any(releases.row_hash(table, before) == digest for before in _undone(cells, told))


def _undone(cells, told):
    """Yield a row as it was before its corrections (rows, in their order): as it is, and with one after another undone, the last one first."""
    yield cells
    for row in reversed(told):
        if cells.get(row["column"], "") == row.get("new", ""):
            cells = {**cells, row["column"]: row.get("old", "")}
        yield cells


def _to_add(table, key, cells, told, digest, data):
    """Return what a keeper does about a changed row, with the lines for corrections.csv."""
    day = datetime.date.today().isoformat()
    if cells is None:
        changed = [(tables.key(table, data), key, "")]
    elif before := _before(table, key, digest, data):
        *_, undone = _undone(cells, told)
        columns = [field["name"] for field in tables.fields(table, data)]
        changed = [
            (column, before.get(column, ""), undone.get(column, ""))
            for column in columns
            if before.get(column, "") != undone.get(column, "")
        ]
    else:
        changed = [("COLUMN", "WHAT STOOD THERE", "WHAT STANDS THERE")]
    lines = [
        [day, table, key, column, old, new, "KIND", "ASKED BY", "REASON"] for column, old, new in changed
    ]
    written = releases.csv_bytes(lines[0], lines[1:]).decode("utf-8").strip().replace("\n", "\n    ")
    return f"put it back, or add to data/raw/corrections.csv, with kind, role and reason in place of the capitals:\n    {written}"


def _before(table, key, digest, data):
    """Return the released cells of a row from the history that git keeps; nothing where it is not there."""
    root, resource = Path(data).parent, tables.resources(data)[table]
    path = f"data/{resource['path']}"
    try:
        log = subprocess.run(
            ["git", "log", "--format=%H", "-100", "--", path], cwd=root, capture_output=True, text=True
        )
    except FileNotFoundError:
        return None
    for commit in log.stdout.split():
        shown = subprocess.run(["git", "show", f"{commit}:./{path}"], cwd=root, capture_output=True)
        cells = releases.rows_of(shown.stdout, resource).get(key) if shown.returncode == 0 else None
        if cells and releases.row_hash(table, cells) == digest:
            return cells
    return None
