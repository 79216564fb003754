"""What was released: the hash of every row and of all that the book showed, release by release; and the rule that holds the rows to it.

One idea: a released row stands still, or `corrections` tells what was changed. So a changed row must become the released one again when
its corrections are undone, last one first. The files are data/released/<release>/rows.csv and shown.csv; `qantar release` writes them.
"""

import csv
import hashlib
import io
import json
import re
from pathlib import Path
from typing import NamedTuple

from qantar import paths
from qantar.record import tables

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
    found = [
        path.parent.name
        for path in (Path(data) / "released").glob("*/rows.csv")
        if RELEASE.fullmatch(path.parent.name)
    ]
    return sorted(found, key=order)


def order(release):
    """Return a release as numbers that sort: 2026.9 never comes after 2026.10."""
    return tuple(int(part) for part in release.split("."))


def rows(data=paths.DATA):
    """Return the raw tables as their files hold them: {table: {key: {column: cell}}}, without empty cells; a correction's key is its hash."""
    declared = tables.resources(data)
    return {
        name: rows_of((Path(data) / declared[name]["path"]).read_bytes(), declared[name])
        for name in tables.raw_names(data)
    }


def rows_of(content, resource):
    """Return the rows of the bytes of a CSV file by their key, the cells of the key columns with a space between them."""
    keys, found = resource["schema"].get("primaryKey"), {}
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig", errors="replace"))):
        cells = {column: cell for column, cell in row.items() if column is not None and cell}
        key = (
            " ".join(cells[column] for column in keys if column in cells)
            if keys
            else row_hash(resource["name"], cells)
        )
        found[key] = cells
    return found


def row_hash(table, cells):
    """Return the SHA-256 of a row: of its columns and cells, empty ones left out, so that a new column changes no hash."""
    hashed = {
        column: cell for column, cell in cells.items() if cell and column not in _NOT_HASHED.get(table, ())
    }
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
        found.setdefault((line["page"], line["cell"]), []).append(
            Shown(line["what"], line["sha256"], line["text"])
        )
    return found


def _read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(release, shown, data=paths.DATA):
    """Record a release in the folder `data`: the hash of every row, and `shown` (as `read_shown` returns it)."""
    folder = Path(data) / "released" / release
    lines = [
        (table, key, row_hash(table, cells)) for table, of in rows(data).items() for key, cells in of.items()
    ]
    tables.write_bytes(
        folder / "shown.csv",
        csv_bytes(_SHOWN, [(*place, *part) for place, parts in shown.items() for part in parts]),
    )
    tables.write_bytes(folder / "rows.csv", csv_bytes(_ROWS, lines))  # last: a release is one that has it


def csv_bytes(head, lines):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head, *lines])
    return out.getvalue().encode("utf-8")
