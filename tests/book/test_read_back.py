"""Every file that the small book offers, read back by the programs that a reader opens it with.

What should be in the files is taken from the pages themselves, and from data/clean with csv alone.
"""

import csv
import datetime
import io
import json
import re
import shutil
import sqlite3
import subprocess
import zipfile

import duckdb
import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from frictionless import Package, Resource

from qantar.book import data_package, downloads, reference_pages
from qantar.record import export, tables

IDS = {"claim_ids": "claims", "case_ids": "cases", "assembly_ids": "assemblies"}
IDS |= {"incident_ids": "incidents", "act_ids": "acts", "source_ids": "sources"}
RSCRIPT, SOFFICE = shutil.which("Rscript"), shutil.which("soffice")
BOOLEAN, DAY = {"yes": True, "no": False}, datetime.date.fromisoformat


@pytest.fixture(scope="module")
def static(small):
    return small / "book" / "_build" / "html" / "_static"


@pytest.fixture(scope="module")
def pages(static):
    """The pages of the small book, parsed, by path."""
    return {
        path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in sorted(static.parent.rglob("*.html"))
    }


@pytest.fixture(scope="module")
def clean(small):
    """The clean tables as csv reads them: rows by table, each a dict of plain values by published column."""
    return {name: list(_typed(name, small / "data")) for name in tables.clean_names(small / "data")}


@pytest.fixture(scope="module")
def unpacked(static, tmp_path_factory):
    """The data package and the Parquet files of the small book, unpacked."""
    folder = tmp_path_factory.mktemp("unpacked")
    for form in ("qantar-data.zip", "qantar-data-parquet.zip"):
        zipfile.ZipFile(static / form).extractall(folder)
    return folder


def types(name, data):
    """The types of the columns of a clean table, by their published names."""
    declared = tables.resources(data)[tables.CLEAN_PREFIX + name]["schema"]["fields"]
    return {export.COLUMNS.get(field["name"], field["name"]): field["type"] for field in declared}


def _typed(name, data):
    convert = {"integer": int, "number": float, "boolean": BOOLEAN.__getitem__, "date": DAY}
    kinds = types(name, data)
    with (data / "clean" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        for row in list(csv.reader(file))[1:]:
            pairs = zip(kinds.items(), row, strict=True)
            yield {column: convert.get(kind, str)(cell) if cell else None for (column, kind), cell in pairs}


def plain(value):
    """A cell as any of the programs gives it, as plain Python."""
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return None
    return value.date() if isinstance(value, datetime.datetime) else value


def same(found, expected):
    """Rows with the same values, and each of the same kind: no number as text, no date with a time."""
    assert len(found) == len(expected)
    for here, there in zip(found, expected, strict=True):
        assert list(map(plain, here)) == list(there.values())
        for value, (column, wanted) in zip(map(plain, here), there.items(), strict=True):
            kinds = (int, float) if type(wanted) in (int, float) else type(wanted)
            assert isinstance(value, kinds), column


# --- tables and figures of pages


def offered(pages, static):
    """The files of tables and figures, grouped as a page offers them: page, links below, what is above."""
    for page, soup in pages.items():
        for paragraph in soup.select("p.qantar-download"):
            files = [(page.parent / link["href"]).resolve() for link in paragraph.select("a")]
            yield page, files, paragraph.find_previous_sibling(["div", "figure"])


def test_a_page_offers_each_table_and_figure_that_was_written_and_no_other(pages, static):
    written = {path.resolve() for part in ("tables", "figures") for path in (static / part).rglob("*.*")}
    linked = [file for _, files, _ in offered(pages, static) for file in files]
    assert written and len(linked) == len(set(linked)) and set(linked) == written


def test_every_table_holds_the_rows_of_its_page_with_ids_and_numbers(pages, static, clean):
    known = {row[column]: f for f, name in IDS.items() for row in clean[name] for column in [next(iter(row))]}
    claims = {row["claim_id"]: row for row in clean["claims"]}
    numeric = 0
    for page, (file, about, *_), box in offered(pages, static):
        if file.suffix != ".csv":
            continue
        content = file.read_bytes()
        assert (
            content.startswith(b"\xef\xbb\xbf") and b"\r" not in content
        )  # Excel on Windows knows it by that
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        shown = box.select("tr")
        assert len(rows) == len(shown) and len({len(row) for row in rows}) == 1, file
        head, fields = rows[0], json.loads(about.read_text(encoding="utf-8"))["schema"]["fields"]
        assert [field["name"] for field in fields] == head
        there = pd.read_csv(file, dtype=str, keep_default_na=False)
        assert there.to_numpy().tolist() == rows[1:], file
        for row, tr in zip(rows[1:], shown[1:], strict=True):
            places = [link["href"].partition("#")[2] for link in tr.select("a[href*='#']")]
            places += [tag["id"] for tag in tr.select("[id]")]
            wanted = {}
            for place in dict.fromkeys(places):
                if place in known:
                    wanted.setdefault(known[place], set()).add(place)
            found = {f: set(row[head.index(f)].split("; ")) - {""} for f in IDS if f in head}
            assert {f: ids for f, ids in found.items() if ids} == wanted, (page, row)
            of_row = wanted.get("claim_ids", ())
            for column in ("value", "low", "high") if len(of_row) == 1 and "low" in head else ():
                cell = row[head.index(column)]
                assert (float(cell) if cell else None) == claims[next(iter(of_row))][column]
                numeric += bool(cell)
        for number, field in enumerate(fields):
            if field["type"] in ("integer", "number"):
                assert all(re.fullmatch(r"-?\d*(\.\d+)?", row[number]) for row in rows[1:]), (file, field)
    assert numeric > 10


def test_duckdb_and_frictionless_read_every_table(pages, static):
    for _, (file, about, *_), _ in offered(pages, static):
        if file.suffix == ".csv":
            rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
            there = duckdb.read_csv(str(file), header=True, all_varchar=True, null_padding=False)
            assert len(there.fetchall()) == len(rows) - 1, file
            descriptor = json.loads(about.read_text(encoding="utf-8"))
            report = Resource.from_descriptor(descriptor, basepath=str(about.parent)).validate()
            assert report.valid, report.flatten(["rowNumber", "fieldNumber", "note"])


def test_what_stands_beside_each_table_and_figure_says_where_it_is_from(pages, static, small, clean):
    record = reference_pages.record_hash(small / "data")
    newest = max(row["published_last"] for row in clean["sources"])
    titles = {row["source_id"]: row["title"] for row in clean["sources"]}
    claims = {row["claim_id"]: row for row in clean["claims"]}
    seen = set()
    for page, files, box in offered(pages, static):
        about = next(file for file in files if file.suffix == ".json")
        said = json.loads(about.read_text(encoding="utf-8"))
        caption = " ".join(box.find(["caption", "figcaption"]).get_text().split())
        assert said["title"] == caption and (about.parent / said["path"]).resolve() in files, page
        assert (said["record_sha256"], said["as_of"]) == (record, f"{newest}")
        assert said["title"] in said["citation"] and record[:16] in said["citation"]
        assert said["licenses"][0]["name"] == "CC-BY-4.0"
        links = " ".join(link.get("href") or link["xlink:href"] for link in box.select("a"))
        ids = {i for i in re.findall(r"#([\w-]+)", links) if i in claims}
        ids |= {tag["id"] for tag in box.select("[id]")} & claims.keys()
        if ids:
            assert {titles[claims[i]["source_id"]] for i in ids} <= {s["title"] for s in said["sources"]}
            assert set(said["units"]) == {claims[i]["unit"] for i in ids}
            seen.add(box.name)
    assert seen == {"div", "figure"}


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not at hand (apt install libreoffice-calc)")
def test_libreoffice_opens_every_table_with_its_signs(pages, static, tmp_path):
    files = [file for _, (file, *_), _ in offered(pages, static) if file.suffix == ".csv"]
    copies = [shutil.copy(file, tmp_path / f"{number}.csv") for number, file in enumerate(files)]
    soffice(tmp_path, "xlsx", *copies, read="CSV:44,34,76")  # commas, quotes, UTF-8; on a screen it asks
    for number, file in enumerate(files):
        rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
        sheet = openpyxl.load_workbook(tmp_path / f"{number}.xlsx").active
        there = [["" if cell is None else cell for cell in row] for row in sheet.values]
        assert [row[0] for row in there[:1]] == rows[0][:1] and len(there) == len(rows)
        for row, cells in zip(rows, there, strict=True):
            pairs = zip(row, cells, strict=True)
            assert not [(a, b) for a, b in pairs if isinstance(b, str) and a.removeprefix("'") != b], file


# --- the record


def test_openpyxl_and_pandas_read_the_workbook(static, small, clean):
    file = static / "qantar-data.xlsx"
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["about", *clean]
    for name, rows in clean.items():
        kinds = types(name, small / "data")
        head, *there = book[name].values
        assert list(head) == list(kinds)
        same(there, rows)
        texts = {column: str for column, kind in kinds.items() if kind == "string"}
        frame = pd.read_excel(file, sheet_name=name, dtype=texts, keep_default_na=False, na_values=[""])
        found = [list(map(plain, row)) for row in frame.itertuples(index=False, name=None)]
        assert found == [list(row.values()) for row in rows]


def test_sqlite_holds_rows_types_and_keys(static, small, clean):
    base = sqlite3.connect(f"file:{static / 'qantar-data.sqlite'}?mode=ro", uri=True)
    assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []
    names = [name for (name,) in base.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    assert sorted(names) == sorted(clean)
    for name, rows in clean.items():
        declared = types(name, small / "data")
        kinds = {row[1]: row[2] for row in base.execute(f"PRAGMA table_info({name})")}
        sql = {"integer": "INTEGER", "number": "REAL", "boolean": "BOOLEAN", "date": "DATE"}
        assert kinds == {column: sql.get(kind, "TEXT") for column, kind in declared.items()}
        back = {"date": DAY, "boolean": bool}
        there = [
            [
                cell if cell is None else back.get(kind, _itself)(cell)
                for cell, kind in zip(row, declared.values(), strict=True)
            ]
            for row in base.execute(f"SELECT * FROM {name}")
        ]
        same(there, rows)
    base.close()


def _itself(cell):
    return cell


def test_the_database_has_the_keys_of_the_package(static, unpacked):
    base = sqlite3.connect(f"file:{static / 'qantar-data.sqlite'}?mode=ro", uri=True)
    package = json.loads((unpacked / "datapackage.json").read_text(encoding="utf-8"))
    number = 0
    for resource in package["resources"]:
        name, schema = resource["name"], resource["schema"]
        primary = [row[1] for row in base.execute(f"PRAGMA table_info({name})") if row[5]]
        assert primary == schema.get("primaryKey", [])
        foreign = {(r[3], r[2], r[4]) for r in base.execute(f"PRAGMA foreign_key_list({name})")}
        keys = [(key["fields"][0], key["reference"]) for key in schema.get("foreignKeys", [])]
        assert foreign == {(c, to.get("resource") or name, to["fields"][0]) for c, to in keys}
        number += len(foreign)
    assert number > 10
    base.close()


def test_duckdb_and_pandas_read_the_parquet_files(unpacked, small, clean):
    for name, rows in clean.items():
        there = duckdb.sql(f"SELECT * FROM '{unpacked / name}.parquet'")
        assert there.columns == list(types(name, small / "data"))
        same(there.fetchall(), rows)
        frame = pd.read_parquet(unpacked / f"{name}.parquet", dtype_backend="pyarrow")
        same(list(frame.itertuples(index=False, name=None)), rows)


def test_frictionless_reads_the_package_and_duckdb_its_tables(unpacked, small, clean):
    package = Package(str(unpacked / "datapackage.json"))
    kinds = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}
    for name, rows in clean.items():
        columns = {c: kinds.get(kind, "VARCHAR") for c, kind in types(name, small / "data").items()}
        file = str(unpacked / "data" / f"{name}.csv")
        same(duckdb.read_csv(file, header=True, dtype=columns).fetchall(), rows)
        there = package.get_resource(name).read_rows()
        assert [[plain(_float(v)) for v in row.values()] for row in there] == [[*r.values()] for r in rows]


def _float(value):
    return float(value) if type(value).__name__ == "Decimal" else value


READ = """
suppressPackageStartupMessages(library(readr))
for (name in commandArgs(TRUE)) {
  x <- read_csv(file.path("data", paste0(name, ".csv")), show_col_types = FALSE, guess_max = Inf, na = "")
  stopifnot(nrow(problems(x)) == 0)
  kind <- vapply(x, function(column) class(column)[1], "")
  write_csv(data.frame(column = names(x), kind = kind), file.path("r", paste0(name, "-kinds.csv")))
  write_csv(x, file.path("r", paste0(name, ".csv")), na = "")
}
"""


def r_is_at_hand():
    program = ["Rscript", "-e", "quit(status = !requireNamespace('readr', quietly = TRUE))"]
    return RSCRIPT is not None and subprocess.run(program, check=False).returncode == 0


@pytest.mark.skipif(not r_is_at_hand(), reason="R with readr is not at hand (apt install r-cran-readr)")
def test_readr_reads_the_tables_of_the_package(unpacked, small, clean):
    (unpacked / "r").mkdir(exist_ok=True)
    (unpacked / "read.R").write_text(READ, encoding="utf-8")
    filled = [name for name, rows in clean.items() if rows]
    done = subprocess.run(
        ["Rscript", "read.R", *filled], cwd=unpacked, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for name in filled:
        kinds = dict(list(csv.reader((unpacked / "r" / f"{name}-kinds.csv").open(encoding="utf-8")))[1:])
        back = list(csv.DictReader((unpacked / "r" / f"{name}.csv").open(encoding="utf-8", newline="")))
        assert len(back) == len(clean[name])
        for column, kind in types(name, small / "data").items():
            wanted = [row[column] for row in clean[name]]
            r = {"integer": "numeric", "number": "numeric", "boolean": "logical", "date": "Date"}
            if any(value is not None for value in wanted) and kind in r:
                assert kinds[column] == r[kind], (name, column)
            convert = {"integer": float, "number": float, "boolean": {"TRUE": True, "FALSE": False}.get}
            cast = convert.get(kind, DAY if kind == "date" else str)
            assert [cast(row[column]) if row[column] else None for row in back] == wanted, (name, column)


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not at hand (apt install libreoffice-calc)")
def test_libreoffice_reads_the_workbook_with_dates_as_dates(static, small, clean, tmp_path):
    shutil.copy(static / "qantar-data.xlsx", tmp_path / "a.xlsx")
    # commas, quotes, UTF-8, cells as they are shown, a file for each sheet
    soffice(
        tmp_path, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1", "a.xlsx"
    )
    for name, rows in clean.items():
        head, *there = csv.reader((tmp_path / f"a-{name}.csv").open(encoding="utf-8", newline=""))
        assert head == list(types(name, small / "data")) and len(there) == len(rows)
        convert = {
            "integer": float,
            "number": float,
            "boolean": {"TRUE": True, "FALSE": False}.get,
            "date": DAY,
        }
        casts = [convert.get(kind, str) for kind in types(name, small / "data").values()]
        for row, wanted in zip(there, rows, strict=True):
            found = [cast(cell) if cell else None for cast, cell in zip(casts, row, strict=True)]
            assert found == list(wanted.values()), name


def soffice(folder, form, *files, read=None):
    """Let LibreOffice convert files in a folder, with settings of its own; `read` is the filter to read."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    more = [f"--infilter={read}"] if read else []
    command = ["soffice", profile, "--headless", *more, "--convert-to", form, "--outdir", folder, *files]
    done = subprocess.run(command, cwd=folder, text=True, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0 and "Error" not in done.stderr, done.stderr


# --- sizes


def test_each_file_of_the_record_is_offered_with_its_size(pages, static):
    told = {}
    for soup in pages.values():
        for link in soup.select("a[download]"):
            name = link["href"].rpartition("/")[2]
            if name.startswith((data_package.STEM, "sources.")) and "_static/" in link["href"]:
                told.setdefault(name, set()).add(re.search(r"\(([\d.]+ [kM]B)\)$", link.get_text())[1])
    assert told.keys() == {*data_package.FORMS, "sources.bib", "sources.ris"}
    for name, words in told.items():
        (said,) = words
        number, unit = said.split()
        size = (static / name).stat().st_size / {"kB": 1e3, "MB": 1e6}[unit]
        assert abs(float(number) - size) <= (0.5 if unit == "kB" else 0.05) or said == "1 kB"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (1, "1 kB"),
        (1499, "1 kB"),
        (81_905, "82 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (12e6, "12.0 MB"),
    ],
)
def test_a_size_is_told_as_readers_know_it(size, words):
    assert downloads.in_words(size) == words
