"""The tables as files of other programs: Excel, SQLite and Parquet, the same bytes for the same tables.

A published column needs no quotes in SQL, so some have another name here than in the record (COLUMNS). They
are renamed on export: in the record a new name would change the hash of every released row.
"""

import datetime
import io
import re
import sqlite3
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from qantar import paths
from qantar.record import tables as record_tables

# Words that SQLite, DuckDB, PostgreSQL or MySQL reserve, and what their columns are called on export.
COLUMNS = {"by": "done_by", "column": "column_name", "read": "readings", "table": "table_name"}
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # a zip file knows none before
_SQL = {"integer": "INTEGER", "number": "REAL", "boolean": "BOOLEAN", "date": "DATE"}
_ARROW = {"integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "date": pa.date32()}
_LONGEST_SHEET_NAME = 31
_WIDEST = 60  # of a column in a workbook, in characters


class Column(NamedTuple):
    """A published column: its name there, name in the record, type of the data package, description."""

    name: str
    source: str
    type: str
    description: str


def columns(name: str, table: pd.DataFrame, data: Path = paths.DATA) -> list[Column]:
    """Return the published columns of a table; columns that are not declared (of a query) by their dtype."""
    declared = _declared(name, data)
    found = []
    for source in table:
        field = declared.get(source, {"type": _type_of(table[source]), "description": ""})
        published = COLUMNS.get(source, source)
        found.append(Column(published, source, field["type"], described(field)))
    return found


def described(field: dict) -> str:
    """Return the description of a declared column, with true and false where the record has yes and no."""
    words = field.get("description", "")
    if field["type"] == "boolean":
        words = re.sub(r"\bno\b(?= where)", "false", re.sub(r"\byes\b", "true", words))
    return words


def keys(name: str, data: Path = paths.DATA) -> tuple[str | None, list[tuple[str, str, str]]]:
    """Return the primary key of a clean table, and its foreign keys: column, table and column there.

    Foreign keys are those of the raw table; the charge that a charge became is added.
    """
    if name not in record_tables.clean_names(data):
        return None, []
    declared = _declared(name, data)
    schema = record_tables.resources(data)[record_tables.CLEAN_PREFIX + name]["schema"]
    found = [
        (key.column, key.table, record_tables.key(key.table, data))
        for key in record_tables.foreign_keys(name, data)
        if key.column in declared
    ]
    if "became_charge_id" in declared:
        found.append(("became_charge_id", "charges", "charge_id"))
    primary = schema.get("primaryKey")
    return (primary[0] if isinstance(primary, list) else primary), found


def to_excel(tables: dict[str, pd.DataFrame], path: Path | str, data: Path = paths.DATA) -> None:
    """Write tables by name to an xlsx file: a sheet `about` that explains columns, then a sheet a table.

    Dates are dates and numbers numbers; a text that begins like a formula stays text.
    """
    book = openpyxl.Workbook(write_only=True)
    about = book.create_sheet("about")
    about.freeze_panes = "A2"
    for letter, width in zip("ABCD", (18, 26, 10, 100), strict=True):
        about.column_dimensions[letter].width = width
    about.append(_header(about, ["sheet", "column", "type", "description"]))
    for name, table in tables.items():
        about.append([name, None, "table", _described(name, data)])
        for column in columns(name, table, data):
            about.append([name, column.name, column.type, column.description])
    for name, table in tables.items():
        _add_sheet(book, name, table, columns(name, table, data))
    record_tables.write_bytes(Path(path), workbook_bytes(book))


def to_sqlite(tables: dict[str, pd.DataFrame], path: Path | str, data: Path = paths.DATA) -> None:
    """Write tables by name to an SQLite file with their primary keys, and foreign keys among them.

    Dates are text of the form 2022-01-31, booleans 0 and 1.
    """
    base = sqlite3.connect(":memory:")
    try:
        for name, table in tables.items():
            published = columns(name, table, data)
            primary, foreign = keys(name, data)
            lines = [
                f"{c.name} {_SQL.get(c.type, 'TEXT')}{' PRIMARY KEY NOT NULL' * (c.source == primary)}"
                for c in published
            ]
            lines += [
                f"FOREIGN KEY ({COLUMNS.get(column, column)}) REFERENCES {other} ({key})"
                for column, other, key in foreign
                if column in table and other in tables and key in tables[other]
            ]
            base.execute(f"CREATE TABLE {name} (\n  " + ",\n  ".join(lines) + "\n)")
            marks = ", ".join("?" * len(published))
            base.executemany(f"INSERT INTO {name} VALUES ({marks})", _rows(table, published, _sql_cell))
        base.commit()
        content = base.serialize()
    finally:
        base.close()
    record_tables.write_bytes(Path(path), content)


def to_parquet(tables: dict[str, pd.DataFrame], path: Path | str, data: Path = paths.DATA) -> None:
    """Write tables by name to a zip file that holds a Parquet file a table."""
    files = {}
    for name, table in tables.items():
        published = columns(name, table, data)
        cells = list(zip(*_rows(table, published, _cell), strict=True)) or [()] * len(published)
        arrays = [
            pa.array(list(column), type=_ARROW.get(c.type, pa.string()))
            for c, column in zip(published, cells, strict=True)
        ]
        out = io.BytesIO()
        pyarrow.parquet.write_table(pa.table(arrays, names=[c.name for c in published]), out)
        files[f"{name}.parquet"] = out.getvalue()
    record_tables.write_bytes(Path(path), zipped(files))


def workbook_bytes(book: openpyxl.Workbook) -> bytes:
    """Return a workbook as the bytes of its file, the same at any time."""
    made = io.BytesIO()
    book.properties.created = datetime.datetime(*FIRST_DAY)
    book.properties.creator = "Qantar"
    book.save(made)
    return _without_time(made.getvalue())


def zipped(files: dict[str, bytes], moment: tuple = FIRST_DAY) -> bytes:
    """Return files by name as a zip file: in order of names, all of one moment."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, max(tuple(moment[:6]), FIRST_DAY))
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _declared(name, data):
    prefixed = record_tables.CLEAN_PREFIX + name
    return {f["name"]: f for f in record_tables.fields(prefixed, data)} if _is_clean(name, data) else {}


def _is_clean(name, data):
    return name in record_tables.clean_names(data)


def _described(name, data):
    prefixed = record_tables.CLEAN_PREFIX + name
    return record_tables.resources(data)[prefixed]["description"] if _is_clean(name, data) else ""


def _type_of(column):
    kinds = pd.api.types
    if kinds.is_bool_dtype(column):
        return "boolean"
    if kinds.is_integer_dtype(column):
        return "integer"
    if kinds.is_numeric_dtype(column):
        return "number"
    return "date" if kinds.is_datetime64_any_dtype(column) else "string"


def _rows(table: pd.DataFrame, published: list[Column], cell: Any):
    kinds = [column.type for column in published]
    for row in table[[c.source for c in published]].itertuples(index=False, name=None):
        yield [cell(value, kind) for value, kind in zip(row, kinds, strict=True)]


def _cell(value, kind):
    """Return a cell as plain Python: None where it is empty, several things of one cell as words."""
    if isinstance(value, (tuple, list, set)):
        return "; ".join(map(str, value)) or None
    if pd.isna(value):
        return None
    convert = {"integer": int, "number": float, "boolean": bool, "date": lambda day: day.date()}
    return convert.get(kind, str)(value)


def _sql_cell(value, kind):
    plain = _cell(value, kind)
    return plain.isoformat() if kind == "date" and plain else plain


def _add_sheet(book, name, table, published):
    sheet = book.create_sheet(name[:_LONGEST_SHEET_NAME])
    sheet.freeze_panes = "B2"
    rows = list(_rows(table, published, _cell))
    for number, column in enumerate(published, 1):
        longest = max((len(str(row[number - 1] or "")) for row in rows), default=0)
        letter = openpyxl.utils.get_column_letter(number)
        sheet.column_dimensions[letter].width = min(max(longest, len(column.name)) + 2, _WIDEST)
    sheet.append(_header(sheet, [column.name for column in published]))
    for row in rows:
        sheet.append([_sheet_cell(sheet, value) for value in row])
    last = openpyxl.utils.get_column_letter(len(published))
    sheet.auto_filter.ref = f"A1:{last}{len(rows) + 1}"


def _header(sheet, words):
    cells = [WriteOnlyCell(sheet, word) for word in words]
    for cell in cells:
        cell.font = Font(bold=True)
    return cells


def _sheet_cell(sheet, value):
    if isinstance(value, datetime.date):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "yyyy-mm-dd"
        return cell
    if isinstance(value, str) and value.startswith("="):
        cell = WriteOnlyCell(sheet, value)
        cell.data_type = "s"
        return cell
    return value


def _without_time(content):
    """Return an xlsx file without the time of writing, which openpyxl puts into it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    core = "docProps/core.xml"
    files[core] = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", files[core])
    return zipped(files)
