"""Make data/rows: the clean rows as Markdown, where links of figures lead in JupyterLab and on code hosts.

A page for each reference page of the book, under the same name, with a heading for each of its anchors. It is
committed, so that a clone has no dead link.
"""

from pathlib import Path

import pandas as pd

from qantar import addresses, paths
from qantar.record import tables

FOLDER = "rows"
_HEAD = "# {title}\n\nRows of `data/clean`, made by the pipeline; do not edit. The book has a page to read.\n"


def write(data: Path = paths.DATA) -> None:
    """Write the pages of the clean tables in the folder `data` to rows/, and remove those of no table."""
    folder, made = Path(data) / FOLDER, pages(data)
    for name, content in made.items():
        tables.write_bytes(folder / name, content.encode("utf-8"))
    for path in set(folder.glob("*.md")) - {folder / name for name in made}:
        path.unlink()


def pages(data: Path = paths.DATA) -> dict[str, str]:
    """Return the pages of the clean tables in the folder `data`, by file name."""
    clean = {name: tables.read_table(tables.CLEAN_PREFIX + name, data) for name in tables.clean_names(data)}
    found = {
        f"{addresses.claims_page(theme)}.md": _page(
            f"Figures on {theme.replace('_', ' ')}", [("claims", "claim_id", rows)]
        )
        for theme, rows in clean["claims"].groupby("theme")
    }
    for page in dict.fromkeys(page for page, _ in addresses.PAGES.values()):
        parts = [
            (table, anchor, clean[table]) for table, (of, anchor) in addresses.PAGES.items() if of == page
        ]
        found[f"{page}.md"] = _page(page.capitalize(), parts)
    return found


def _page(title: str, parts: list[tuple[str, str, pd.DataFrame]]) -> str:
    """Return a page with a heading for each row of the first table; rows of all that name it below."""
    sections: dict[str, list[str]] = {row: [] for row in parts[0][2][parts[0][1]]}
    for table, anchor, rows in parts:
        for _, row in tables.rows(rows.dropna(subset=anchor)):
            sections[row[anchor]].append(_row(table, row))
    texts = [f"## {anchor}\n\n" + "\n".join(lines) for anchor, lines in sections.items()]
    return "\n".join([_HEAD.format(title=title), *texts])


def _row(table: str, row: dict) -> str:
    cells = [f"- {column}: `{_text(cell)}`\n" for column, cell in row.items() if not pd.isna(cell)]
    return f"Row of {table}.csv\n\n{''.join(cells)}"


def _text(cell: object) -> str:
    """Return a cell as code in Markdown, where nothing is markup."""
    if isinstance(cell, pd.Timestamp):
        return f"{cell:%Y-%m-%d}"
    if pd.api.types.is_bool(cell):
        return "yes" if cell else "no"
    return f"{cell:g}" if isinstance(cell, float) else " ".join(str(cell).replace("`", "'").split())
