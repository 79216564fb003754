"""What is in the record and on no theme page: rows that a reader who follows the themes never meets.

Where that is meant, `notebooks/not_shown.csv` says why. Each of its lines (table, column, cell, reason) is
for the rows of a table that have a cell in a column: one row by its id, or all of a kind.
"""

import re
from pathlib import Path

import pandas as pd

from qantar import addresses, paths
from qantar.pipeline import notebooks
from qantar.record import Record

REASONS = Path("notebooks") / "not_shown.csv"

# Each table that theme pages show, with its key and the column that says in words what a row is.
_TABLES = {
    "claims": ("claim_id", "as_printed"),
    "statements": ("statement_id", "summary"),
    "cases": ("case_id", "label"),
    "assemblies": ("assembly_id", "label"),
    "incidents": ("incident_id", "label"),
    "acts": ("act_id", "summary"),
}


def unshown(record: Record, root: Path = paths.ROOT) -> pd.DataFrame:
    """Return the rows on no theme page: table, row_id, words, and reason, empty where none is typed.

    A row is on a page that has a link to it. The pages are the outputs of the notebooks as they are saved.
    """
    reasons, found = _reasons(root), []
    for table, row in _not_on_a_page(record, root):
        key, words = _TABLES[table]
        reason = next((line.reason for line in reasons if _is_for(line, table, row)), None)
        found.append((table, row[key], row[words], reason))
    return pd.DataFrame(found, columns=["table", "row_id", "words", "reason"])


def unused_reasons(record: Record, root: Path = paths.ROOT) -> list[str]:
    """Return the lines of `REASONS` that are for no such row, each as "table, column, cell"."""
    rows = list(_not_on_a_page(record, root))
    unused = [line for line in _reasons(root) if not any(_is_for(line, *row) for row in rows)]
    return [f"{line.table}, {line.column}, {line.cell}" for line in unused]


def _not_on_a_page(record, root):
    """Return the rows, each with the name of its table, of which no notebook of a theme shows anything."""
    shown = "\n".join(_shown(path) for path in notebooks.themes(root))
    links = set(re.findall(r"\b(\w+)\.(?:md|html)(?:\?[\w-]+)?#([\w-]+)", shown))
    rows = []
    for table in _TABLES:
        of_table = record.told() if table == "statements" else getattr(record, table)
        rows += [(table, row) for row in of_table.to_dict("records") if not _is_shown(table, row, links)]
    return rows


def _shown(path):
    """Return all that the outputs of a notebook show, as text."""
    outputs = [output for cell in notebooks.read_cached(path).cells for output in cell.get("outputs", [])]
    kinds = ("text/markdown", "text/html")
    return "\n".join(output.get("data", {}).get(kind, "") for output in outputs for kind in kinds)


def _is_shown(table, row, links):
    if table == "claims":
        return (addresses.claims_page(row["theme"]), row["claim_id"]) in links
    page, key = addresses.PAGES[table]
    return (page, row[key]) in links


def _reasons(root):
    path = Path(root) / REASONS
    return list(pd.read_csv(path, dtype="str").itertuples()) if path.exists() else []


def _is_for(line, table, row):
    return line.table == table and str(row.get(line.column)) == line.cell
