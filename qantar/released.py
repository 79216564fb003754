"""What was released: the hash of every row and of all that the book showed, release by release; and the rule that holds the rows to it.

One idea: a released row stands still, or `corrections` tells what was changed. So a changed row must become the released one again when
its corrections are undone, last one first. The files are data/released/<release>/rows.csv and shown.csv; `qantar release` writes them.
"""

import csv
import datetime
import hashlib
import io
import json
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

from qantar import paths, tables

RELEASE = re.compile(r"20[0-9]{2}\.(0[1-9]|1[0-2])(\.[1-9][0-9]?)?")
_ROWS, _SHOWN = ("table", "row", "sha256"), ("page", "cell", "what", "sha256", "text")
# A hash of a name from a public report is reversed in a blink: of a person only that the row stands is kept.
_NOT_HASHED = {"persons": {"public_name", "other_names", "note"}}


class Shown(NamedTuple):
    """Something that a page shows: `what` it is (text, table, chart, page), the hash of it, and the words of a text."""

    what: str
    sha256: str
    text: str = ""


def releases(data=paths.DATA):
    """Return the releases that are recorded in the folder `data`, oldest first: "2026.11", "2026.12"."""
    found = [path.parent.name for path in (Path(data) / "released").glob("*/rows.csv") if RELEASE.fullmatch(path.parent.name)]
    return sorted(found, key=order)


def order(release):
    """Return a release as numbers that sort: 2026.9 never comes after 2026.10."""
    return tuple(int(part) for part in release.split("."))


def rows(data=paths.DATA):
    """Return the raw tables as their files hold them: {table: {key: {column: cell}}}, without empty cells; a correction's key is its hash."""
    declared = tables.resources(data)
    return {name: _rows((Path(data) / declared[name]["path"]).read_bytes(), declared[name]) for name in tables.raw_names(data)}


def _rows(content, resource):
    """Return the rows of the bytes of a CSV file by their key, the cells of the key columns with a space between them."""
    keys, found = resource["schema"].get("primaryKey"), {}
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig", errors="replace"))):
        cells = {column: cell for column, cell in row.items() if column is not None and cell}
        key = " ".join(cells[column] for column in keys if column in cells) if keys else row_hash(resource["name"], cells)
        found[key] = cells
    return found


def row_hash(table, cells):
    """Return the SHA-256 of a row: of its columns and cells, empty ones left out, so that a new column changes no hash."""
    hashed = {column: cell for column, cell in cells.items() if cell and column not in _NOT_HASHED.get(table, ())}
    return hashlib.sha256(json.dumps(hashed, sort_keys=True, ensure_ascii=False).encode("utf-8")).hexdigest()


def read_rows(release, data=paths.DATA):
    """Return the hashes of the rows of a release: {table: {key: hash}}."""
    found = {}
    for line in _read(Path(data) / "released" / release / "rows.csv"):
        found.setdefault(line["table"], {})[line["row"]] = line["sha256"]
    return found


def read_shown(release, data=paths.DATA):
    """Return what the book of a release showed: {(page, cell): [Shown, ...]}, in the order of the page."""
    found = {}
    for line in _read(Path(data) / "released" / release / "shown.csv"):
        found.setdefault((line["page"], line["cell"]), []).append(Shown(line["what"], line["sha256"], line["text"]))
    return found


def _read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(release, shown, data=paths.DATA):
    """Record a release in the folder `data`: the hash of every row, and `shown` (as `read_shown` returns it)."""
    folder = Path(data) / "released" / release
    lines = [(table, key, row_hash(table, cells)) for table, of in rows(data).items() for key, cells in of.items()]
    tables.write_bytes(folder / "shown.csv", _csv(_SHOWN, [(*place, *part) for place, parts in shown.items() for part in parts]))
    tables.write_bytes(folder / "rows.csv", _csv(_ROWS, lines))  # last: a release is one that has it


def _csv(head, lines):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head, *lines])
    return out.getvalue().encode("utf-8")


# --- the rule --------------------------------------------------------------------------------------------------------


def problems(data=paths.DATA):
    """Return the rows of the newest release that are changed or gone, and that no correction explains, as sentences with the line to add.

    The tables must be well-formed. A removal explains by being there, since it tells no value; any other correction must lead back to the
    released row. What stood there before is looked up in git, and left open where git does not know it.
    """
    data = Path(data)
    if not releases(data):
        return []
    release, now, declared = releases(data)[-1], rows(data), tables.resources(data)
    was, found = read_rows(release, data), []
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
                found.append(f"{place}: a correction of release {release} was changed or taken out; put it back as it was, and add a new one")
                continue
            what = "was taken out" if cells is None else "was changed"
            found.append(f"{place}: {key} {what} since release {release}; {_to_add(table, key, cells, told, digest, data)}")
    return found


def _explained(table, cells, told, digest, key):
    """Return True where a row is as it was released, or corrections (rows, in their order) explain it: a removal, the row taken out, values that lead back."""
    if any(row["kind"] == "removal" for row in told):
        return True
    if cells is None:
        return any(row["column"] == key and "new" not in row for row in told)
    return any(row_hash(table, before) == digest for before in _undone(cells, told))


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
        changed = [(column, before.get(column, ""), undone.get(column, "")) for column in columns if before.get(column, "") != undone.get(column, "")]
    else:
        changed = [("COLUMN", "WHAT STOOD THERE", "WHAT STANDS THERE")]
    lines = [[day, table, key, column, old, new, "KIND", "ASKED BY", "REASON"] for column, old, new in changed]
    written = _csv(lines[0], lines[1:]).decode("utf-8").strip().replace("\n", "\n    ")
    return f"put it back, or add to data/raw/corrections.csv, with kind, role and reason in place of the capitals:\n    {written}"


def _before(table, key, digest, data):
    """Return the released cells of a row from the history that git keeps; nothing where it is not there."""
    root, resource = Path(data).parent, tables.resources(data)[table]
    path = f"data/{resource['path']}"
    try:
        log = subprocess.run(["git", "log", "--format=%H", "-100", "--", path], cwd=root, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    for commit in log.stdout.split():
        shown = subprocess.run(["git", "show", f"{commit}:./{path}"], cwd=root, capture_output=True)
        cells = _rows(shown.stdout, resource).get(key) if shown.returncode == 0 else None
        if cells and row_hash(table, cells) == digest:
            return cells
    return None
