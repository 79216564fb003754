"""What was released: the hash of every row, and of all that the book showed, release by release.

The files are data/released/<release>/rows.csv and shown.csv; `qantar release` writes them.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from qantar import paths
from qantar.record import tables

RELEASE = re.compile(r"20[0-9]{2}\.(0[1-9]|1[0-2])(\.[1-9][0-9]?)?")
_ROWS, _SHOWN = ("table", "row", "sha256"), ("page", "cell", "what", "sha256", "text")
# The hash of a name from a public report is easily reversed: of a person, only that the row exists is kept.
_NOT_HASHED = {"persons": {"public_name", "other_names", "note"}}

Cells = dict[str, str]  # a row as its file holds it, by column, without empty cells


class Shown(NamedTuple):
    """Something that a page shows: a kind (text, table, chart or page), its hash, and the words of a text."""

    what: str
    sha256: str
    text: str = ""


def releases(data: Path = paths.DATA) -> list[str]:
    """Return the recorded releases, oldest first: "2026.11", "2026.12"."""
    names = [path.parent.name for path in (Path(data) / "released").glob("*/rows.csv")]
    return sorted(filter(RELEASE.fullmatch, names), key=order)


def order(release: str) -> tuple[int, ...]:
    """Return a release as numbers to sort by: 2026.12.9 comes before 2026.12.10."""
    return tuple(int(part) for part in release.split("."))


def rows(data: Path = paths.DATA) -> dict[str, dict[str, Cells]]:
    """Return the rows of all raw tables as their files hold them: {table: {key: {column: cell}}}."""
    declared = tables.resources(data)
    return {
        name: rows_of((Path(data) / declared[name]["path"]).read_bytes(), declared[name])
        for name in tables.raw_names(data)
    }


def rows_of(content: bytes, resource: dict) -> dict[str, Cells]:
    """Return the rows of a CSV file by their key: the cells of the key columns with a space between them.

    A table without a primary key (corrections) has the hash of a row as its key.
    """
    keys, found = resource["schema"].get("primaryKey"), {}
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig", errors="replace"))):
        cells = {column: cell for column, cell in row.items() if column is not None and cell}
        if keys:
            key = " ".join(cells[column] for column in keys if column in cells)
        else:
            key = row_hash(resource["name"], cells)
        found[key] = cells
    return found


def row_hash(table: str, cells: Cells) -> str:
    """Return the SHA-256 of a row's columns and cells without empty ones: a new column changes no hash."""
    hidden = _NOT_HASHED.get(table, ())
    hashed = {column: cell for column, cell in cells.items() if cell and column not in hidden}
    return hashlib.sha256(json.dumps(hashed, sort_keys=True, ensure_ascii=False).encode("utf-8")).hexdigest()


def read_rows(release: str, data: Path = paths.DATA) -> dict[str, dict[str, str]]:
    """Return the hashes of the rows of a release: {table: {key: hash}}."""
    found = {}
    for line in _read(release, "rows.csv", data):
        found.setdefault(line["table"], {})[line["row"]] = line["sha256"]
    return found


def read_shown(release: str, data: Path = paths.DATA) -> dict[tuple[str, str], list[Shown]]:
    """Return what the book of a release showed, by (page, cell), in the order of the page."""
    found = {}
    for line in _read(release, "shown.csv", data):
        shown = Shown(line["what"], line["sha256"], line["text"])
        found.setdefault((line["page"], line["cell"]), []).append(shown)
    return found


def _read(release: str, name: str, data: Path) -> list[dict[str, str]]:
    with (Path(data) / "released" / release / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(release: str, shown: dict[tuple[str, str], list[Shown]], data: Path = paths.DATA) -> None:
    """Record a release: the hash of every row, and `shown` as `read_shown` returns it."""
    folder = Path(data) / "released" / release
    shown_lines = [(*place, *part) for place, parts in shown.items() for part in parts]
    row_lines = [
        (table, key, row_hash(table, cells))
        for table, by_key in rows(data).items()
        for key, cells in by_key.items()
    ]
    tables.write_bytes(folder / "shown.csv", csv_bytes(_SHOWN, shown_lines))
    tables.write_bytes(
        folder / "rows.csv", csv_bytes(_ROWS, row_lines)
    )  # last: its presence makes the release


def csv_bytes(head: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV file as bytes, with its header first."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head, *lines])
    return out.getvalue().encode("utf-8")
