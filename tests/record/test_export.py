"""The record as files of other programs: they read back what the tables hold."""

import sqlite3
import time
import zipfile

import duckdb
import openpyxl
import pandas as pd
import pytest

from qantar.record import export, tables


@pytest.fixture
def all_tables(record, frozen):
    return {name: getattr(record, name) for name in tables.clean_names(frozen)}


def published(table):
    return table.rename(columns=export.COLUMNS)


def cells(table):
    """The cells of a table as words of one form, whatever program read them."""
    return [
        ["" if pd.isna(v) else f"{v:%Y-%m-%d}" if hasattr(v, "year") else str(v) for v in row]
        for row in table.itertuples(index=False, name=None)
    ]


def test_a_workbook_has_a_sheet_a_table_with_dates_as_dates_and_a_sheet_that_explains(
    all_tables, frozen, tmp_path
):
    export.to_excel(all_tables, tmp_path / "a.xlsx", frozen)
    sheets = pd.read_excel(tmp_path / "a.xlsx", sheet_name=None, keep_default_na=False, na_values=[""])
    assert list(sheets) == ["about", *all_tables]
    for name, table in all_tables.items():
        there = sheets[name]
        assert list(there) == list(published(table))
        typed = published(table)
        for column in typed:
            back, here = there[column], typed[column]
            assert list(back.isna()) == list(here.isna()), (name, column)
            if pd.api.types.is_datetime64_any_dtype(here) and here.notna().any():
                assert pd.api.types.is_datetime64_any_dtype(back)
            if pd.api.types.is_numeric_dtype(here):
                assert list(back.dropna().astype(float)) == list(here.dropna().astype(float))
        columns = sheets["about"].query("sheet == @name")["column"].dropna()
        assert list(columns) == list(there)


def test_a_text_that_begins_like_a_formula_stays_text(frozen, tmp_path):
    export.to_excel({"mine": pd.DataFrame({"a": ["=1+1", "b"]})}, tmp_path / "a.xlsx", frozen)
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx")["mine"]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_database_keeps_rows_and_types_and_every_key_holds(all_tables, frozen, tmp_path):
    export.to_sqlite(all_tables, tmp_path / "a.sqlite", frozen)
    base = sqlite3.connect(tmp_path / "a.sqlite")
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []
    references = {row[2] for row in base.execute("PRAGMA foreign_key_list(claims)")}
    assert {"sources", "measures", "claims", "organisations"} <= references
    for name, table in all_tables.items():
        days = [c.name for c in export.columns(name, table, frozen) if c.type == "date"]
        there = pd.read_sql(f"SELECT * FROM {name}", base, parse_dates=days)
        there = there.astype({c: d for c, d in published(table).dtypes.items() if d == "boolean"})
        numbers = [c.name for c in export.columns(name, table, frozen) if c.type in ("integer", "number")]
        there = there.astype({c: published(table)[c].dtype for c in numbers})
        assert cells(there) == cells(table)
    base.close()


def test_parquet_keeps_rows_and_types_as_duckdb_and_pandas_read_them(all_tables, frozen, tmp_path):
    export.to_parquet(all_tables, tmp_path / "a.zip", frozen)
    zipfile.ZipFile(tmp_path / "a.zip").extractall(tmp_path)
    kinds = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}
    for name, table in all_tables.items():
        file = tmp_path / f"{name}.parquet"
        described = duckdb.sql(f"DESCRIBE SELECT * FROM '{file}'").fetchall()
        declared = export.columns(name, table, frozen)
        assert [row[:2] for row in described] == [(c.name, kinds.get(c.type, "VARCHAR")) for c in declared]
        there = pd.read_parquet(file, dtype_backend="numpy_nullable")
        numbers = [c.name for c in declared if c.type == "number"]
        there = there.astype({column: published(table)[column].dtype for column in numbers})
        assert cells(there) == cells(table)


def test_no_column_that_is_published_needs_quotes_in_sql(all_tables, frozen):
    reserved = set(
        duckdb.sql("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'").df()[
            "keyword_name"
        ]
    )
    base = sqlite3.connect(":memory:")
    for name, table in all_tables.items():
        for column in export.columns(name, table, frozen):
            assert column.name not in reserved
            base.execute(f"SELECT 1 AS {column.name}")
    base.close()


@pytest.mark.parametrize("write", [export.to_excel, export.to_sqlite, export.to_parquet])
def test_the_same_tables_make_the_same_bytes_at_another_time(all_tables, frozen, tmp_path, write):
    write(all_tables, tmp_path / "a", frozen)
    time.sleep(1.1)
    write(all_tables, tmp_path / "b", frozen)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
