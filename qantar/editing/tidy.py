"""Rewrite raw tables that a spreadsheet saved in its own way."""

import csv
import io
from pathlib import Path

from qantar import paths
from qantar.record import tables


def tidy(data: Path = paths.DATA) -> list[str]:
    """Return a sentence for each raw table that was rewritten, with commas and one kind of newline, as UTF-8.

    No cell is changed. A file that is no UTF-8 text, or has another header than declared, is left as it is.
    """
    rewritten = []
    for name in tables.raw_names(data):
        path = Path(data) / tables.resources(data)[name]["path"]
        content = path.read_bytes() if path.is_file() else b""
        rows = _rows(content, [field["name"] for field in tables.fields(name, data)])
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        saved = out.getvalue().encode("utf-8")
        if rows and saved != content:
            tables.write_bytes(path, saved)
            rewritten.append(
                f"data/raw/{name}.csv: was saved anew with commas, as UTF-8; no cell was changed"
            )
    return rewritten


def _rows(content: bytes, header: list[str]) -> list[list[str]]:
    """Return the rows of a CSV file, whatever divides its cells; none where its header is another one."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return []
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    for delimiter in ",;\t":
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        except csv.Error:
            continue
        if rows and rows[0] == header:
            return rows
    return []
