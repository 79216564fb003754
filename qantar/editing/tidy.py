"""TODO editing.tidy."""

import csv
import io
from pathlib import Path

from qantar import paths
from qantar.record import tables


def tidy(data=paths.DATA):
    """Rewrite raw tables that a spreadsheet saved in its own way: UTF-8 without a mark, commas, one newline,
    quotation marks where they are needed.

    No cell is changed. Returns a sentence for each file that was rewritten. A file that is no UTF-8 text, or
    whose header is not that of its table, is left as it is; `form_problems` says what is wrong with it.
    """
    told = []
    for name in tables.raw_names(data):
        resource = tables.resources(data)[name]
        path, header = (
            Path(data) / resource["path"],
            [field["name"] for field in resource["schema"]["fields"]],
        )
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            continue
        csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
        for mark in ",;\t":
            try:
                rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
            except csv.Error:
                continue
            if rows and rows[0] == header:
                out = io.StringIO()
                csv.writer(out, lineterminator="\n").writerows(rows)
                if (content := out.getvalue().encode("utf-8")) != path.read_bytes():
                    tables.write_bytes(path, content)
                    told.append(
                        f"{tables.at(resource)}: was saved anew with commas, as UTF-8; no cell was changed"
                    )
    return told
