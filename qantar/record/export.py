"""Tables as files for other programs."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd


def to_excel(tables: dict[str, pd.DataFrame], path: Path | str) -> None:
    """Write tables to an Excel workbook, a sheet for each."""
    with pd.ExcelWriter(path) as writer:
        for name, table in tables.items():
            table.to_excel(writer, sheet_name=name, index=False)


def to_sqlite(tables: dict[str, pd.DataFrame], path: Path | str) -> None:
    """Write tables to an SQLite database, which is replaced where there is one."""
    Path(path).unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database:
        for name, table in tables.items():
            table.to_sql(name, database, index=False)
