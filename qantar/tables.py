"""Read and write the tables as data/datapackage.json declares them.

One idea: the data package is the only place where columns are defined. Form is checked by frictionless before pandas
reads a file; what it finds comes back as sentences with file, row as seen in an editor (the header is row 1) and column.
"""

import csv
import functools
import io
import json
import os
import re
import unicodedata
from collections import defaultdict
from pathlib import Path

import pandas as pd

from qantar import paths

CLEAN_PREFIX = "clean-"
# The tables of things that mentions point at: every row of them is told of somewhere.
MENTIONED = ("cases", "charges", "steps", "sentences", "assemblies", "restrictions", "incidents", "acts", "articles")
_DTYPES = {"string": "str", "integer": "Int64", "number": "Float64", "boolean": "str", "date": "str"}


def resources(data=paths.DATA):
    """Return the resources of the data package in the folder `data`, by name, as their descriptors."""
    path = Path(data) / "datapackage.json"
    return _declared(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=8)
def _declared(path, _changed):
    """Read the data package once, as long as its file is not changed: to parse it takes as long as to read a table."""
    package = json.loads(path.read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in package["resources"]}


def raw_names(data=paths.DATA):
    """Return the names of the raw tables, in the order of the data package."""
    return [name for name in resources(data) if not name.startswith(CLEAN_PREFIX)]


def clean_names(data=paths.DATA):
    """Return the names of the clean tables, without their prefix, in the order of the data package."""
    return [name.removeprefix(CLEAN_PREFIX) for name in resources(data) if name.startswith(CLEAN_PREFIX)]


def fields(name, data=paths.DATA):
    """Return the declared columns of a table, in order, as a list of dicts with name, type, description and constraints."""
    return resources(data)[name]["schema"]["fields"]


def key(name, data=paths.DATA):
    """Return the column that names the rows of a table: the first one that is declared."""
    return fields(name, data)[0]["name"]


def read_table(name, data=paths.DATA, content=None):
    """Return a table as a DataFrame, a row per line of the file, with the columns and types that the package declares.

    `content` are the bytes of the table where they are not those of its file.
    Strings are str (missing: NaN), integers Int64, numbers Float64, booleans boolean (yes and no in the file), dates
    datetime64. The index counts from 0: row i of the frame is row i + 2 in an editor. Raises FileNotFoundError, and
    KeyError for a table that is not declared.
    """
    resource = resources(data)[name]
    types = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    table = pd.read_csv(
        Path(data) / resource["path"] if content is None else io.BytesIO(content),
        dtype={column: _DTYPES[kind] for column, kind in types.items()},
        keep_default_na=False,
        na_values=[""],
        encoding="utf-8",
    )
    for column, kind in types.items():
        if kind == "boolean":
            table[column] = table[column].map({"yes": True, "no": False}).astype("boolean")
        elif kind == "date":
            table[column] = pd.to_datetime(table[column], format="%Y-%m-%d")
    return table


def rows(table):
    """Yield (index, row) for each row of a DataFrame, as its `iterrows` does, with the row as a dict: a Series takes twenty times as long."""
    columns = list(table)
    for index, *cells in table.itertuples(name=None):
        yield index, dict(zip(columns, cells, strict=True))


def groups(table, column):
    """Return the rows of a DataFrame, as its `itertuples` gives them, in a list for each value of a column; a value that no row has gives an empty one."""
    found = defaultdict(list)
    for row in table.dropna(subset=column).itertuples():
        found[getattr(row, column)].append(row)
    return found


def table_bytes(table, name, data=paths.DATA):
    """Return a DataFrame as the bytes of its CSV file: declared columns in declared order, UTF-8, comma, one newline.

    Whole numbers are written without a decimal point, so that 227 stays 227. Raises KeyError for a missing column.
    """
    kinds = {field["name"]: field["type"] for field in fields(name, data)}
    out = pd.DataFrame({column: table[column].map(_cell(kind), na_action="ignore") for column, kind in kinds.items()})
    return out.to_csv(index=False, lineterminator="\n").encode("utf-8")


def _cell(kind):
    return {
        "number": lambda n: str(int(n)) if float(n).is_integer() else repr(float(n)),
        "boolean": lambda yes: "yes" if yes else "no",
        "date": lambda day: day.strftime("%Y-%m-%d"),
    }.get(kind, str)


def write_bytes(path, content):
    """Write a file whole or not at all: beside its place first, then renamed. An unchanged file is left untouched."""
    path = Path(path)
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    for left in path.parent.glob(f".{path.name}.*.tmp"):
        left.unlink(missing_ok=True)  # by a process that was killed
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def tidy(data=paths.DATA):
    """Rewrite raw tables that a spreadsheet saved in its own way: UTF-8 without a mark, commas, one newline, quotation marks where they are needed.

    No cell is changed. Returns a sentence for each file that was rewritten. A file that is no UTF-8 text, or whose header is not that of its
    table, is left as it is; `form_problems` says what is wrong with it.
    """
    told = []
    for name in raw_names(data):
        resource = resources(data)[name]
        path, header = Path(data) / resource["path"], [field["name"] for field in resource["schema"]["fields"]]
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
                    write_bytes(path, content)
                    told.append(f"{at(resource)}: was saved anew with commas, as UTF-8; no cell was changed")
    return told


# --- form ------------------------------------------------------------------------------------------------------------


def form_problems(data=paths.DATA):
    """Check every raw table against the data package with frictionless; return the problems as a list of sentences.

    Nothing is read by pandas here. An empty list means that each file is there, is UTF-8, has the declared columns in
    order, and that each cell has its type, allowed value and known key.
    """
    data = Path(data)
    names = raw_names(data)
    problems = [problem for name in names for problem in _line_problems(resources(data)[name], data)]
    if problems:
        return problems

    from frictionless import Package  # a second to import: only what checks form pays for it

    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [resource for resource in package["resources"] if resource["name"] in names]
    report = Package.from_descriptor(package, basepath=str(data)).validate()
    found = [_sentence(error, resources(data)[task.name]) for task in report.tasks for error in _told_once(task.errors)]
    found += [f"data/datapackage.json: {error.note}; correct the declaration" for error in report.errors]
    return list(dict.fromkeys(sentence for sentence in found if sentence))


def _told_once(errors):
    """Drop what follows from another error: the empty columns of a row that has too few cells."""
    short = {error.row_number for error in errors if error.type == "missing-cell"}
    seen = set()
    for error in errors:
        row = getattr(error, "row_number", None)
        if row in short and error.type == "constraint-error" and error.cell in (None, ""):
            continue
        if error.type in ("missing-cell", "extra-cell"):
            if row in seen:
                continue
            seen.add(row)
        yield error


def at(resource, row=None, column=None):
    """Return where something stands: data/raw/claims.csv, row 87, column value."""
    place = [f"data/{resource['path']}"]
    if row is not None:
        place.append(f"row {row}")
    if column is not None:
        place.append(f"column {column}")
    return ", ".join(place)


# What a number looks like: no other digits, signs or words that a reader of CSV files would take or trip over (NaN, 1e400, 2_27).
_PLAIN = {"integer": re.compile(r"-?[0-9]{1,9}"), "number": re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")}
# Control characters, no-break and zero-width spaces, marks of direction, soft hyphens, halves of surrogates.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ud800-\udfff]")
_LONGEST = 2000
_FORMULA = re.compile(r"[=+@]|-(?![\d.])|\t")
_MARKUP = re.compile(r"<[A-Za-z/!?]|\]\(|\{\{|\{%|&#?\w+;")
_LATIN, _LOOK_ALIKE = re.compile("[A-Za-z]"), re.compile("[\u0370-\u052f]")  # Greek and Cyrillic


def _unreadable(cell, kind):
    """Say what an editor and a reader of a cell would take differently, as the end of a sentence; None where there is nothing."""
    if cell and kind in _PLAIN and not _PLAIN[kind].fullmatch(cell):
        return f"{cell!r} is no {kind}; type a plain {kind} in digits"
    if _CONTROL.search(cell):
        return f"holds a character that cannot be seen ({_CONTROL.search(cell)[0]!r}); type the cell anew"
    if len(cell) > _LONGEST:
        return f"holds {len(cell)} characters; a cell holds at most {_LONGEST}, say it in fewer"
    if kind != "string":
        return None
    if _FORMULA.match(cell):
        return f"begins with {cell[0]!r}, which a spreadsheet takes for a formula; begin it with a word"
    if found := _MARKUP.search(cell):
        return f"holds markup ({found[0]!r}); type plain words"
    for word in re.findall(r"[^\W\d_]+", cell):
        if _LATIN.search(word) and (other := _LOOK_ALIKE.search(word)):
            return f"holds {other[0]!r} ({unicodedata.name(other[0])}) in the Latin word {word!r}; type the word anew"
    return None


def cell_problem(field, cell):
    """Say what is wrong with the form of one cell, as the end of a sentence of the checks; None where it is as declared.

    `field` is a declared column (see `fields`), `cell` its text. Whether it is unique, and known as a key, is not looked at here.
    """
    from frictionless import Field  # a second to import: only what checks form pays for it

    said = _unreadable(cell, field["type"])
    if said:
        return said
    reader = Field.from_descriptor({"name": field["name"], "type": field["type"], "constraints": dict(field.get("constraints", {}))})
    _, notes = reader.read_cell(cell)
    return next((_of_cell(broken, cell, field, note) for broken, note in (notes or {}).items()), None)


def _line_problems(resource, data):
    """What would make an editor's rows and a reader's rows differ: no file, other encodings, line breaks in cells."""
    path = data / resource["path"]
    if not path.is_file():
        return [f"{at(resource)}: the file is missing; restore it, it needs at least its header row"]
    content = path.read_bytes()
    if b"\0" in content:
        return [f"{at(resource)}: holds a NUL byte, so it is no text; save it again as CSV, UTF-8"]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        return [f"{at(resource, row)}: is not UTF-8; save the file as CSV, UTF-8"]
    if not text.strip():
        return [f"{at(resource)}: is empty; it needs at least its header row"]
    if text.startswith("\ufeff"):
        return [f"{at(resource, 1)}: begins with a byte order mark, as spreadsheets write it; run `qantar tidy`, which takes it out"]
    header = text.splitlines()[0]
    if "," not in header and any(mark in header for mark in ";\t"):
        return [f"{at(resource, 1)}: the cells are divided by semicolons or tabs; run `qantar tidy`, which puts commas, or save the file as CSV with commas"]
    if len(set(re.findall(r"\r\n|\r|\n", text))) > 1:
        return [f"{at(resource)}: mixes several kinds of newlines; run `qantar tidy`, which makes them one"]
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    kinds = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    row, problems = 0, []
    try:
        for cells in reader:
            row += 1
            if reader.line_num != row:
                problems.append(f"{at(resource, row)}: a cell runs over a line break; put it on one line")
                row = reader.line_num
            if row == 1 and cells != list(kinds):
                first = next((name for name, cell in zip(kinds, [*cells, *kinds], strict=False) if name != cell), None)
                seen = ",".join(cells)[:300] or "nothing"
                return [f"{at(resource, 1, first)}: the header differs from the declared columns, it reads {seen}; it must read {', '.join(kinds)}"]
            for column, cell in zip(kinds, cells, strict=False):
                said = _unreadable(cell, kinds[column]) if row > 1 else None
                if said:
                    problems.append(f"{at(resource, row, column)}: {said}")
    except csv.Error as error:
        return [f"{at(resource, row + 1)}: the quotation marks do not close ({error}); put the cell between two plain double quotes"]
    return problems


_BROKEN = ("required", "enum", "pattern")


def _of_cell(broken, cell, field, note):
    """Say in the end of a sentence how a cell breaks its type or one of its constraints."""
    constraints = field.get("constraints", {})
    if broken == "type":
        or_empty = "" if constraints.get("required") else ", or leave the cell empty"
        return f"{cell!r} is no {field.get('type')}; type a plain {field.get('type')}{or_empty}"
    if broken == "required":
        return f"is empty; every row needs it ({field.get('description', 'see the data dictionary')})"
    if broken == "enum":
        return f"{cell!r} is not allowed; use one of {', '.join(constraints['enum'])}"
    if broken == "pattern":
        return f"{cell!r} has the wrong form; {field.get('description', 'it')} must match {constraints['pattern']}"
    return f"{cell!r} is out of range ({note}); type the figure as the codebook says"


def _sentence(error, resource):
    """Turn a frictionless error into a sentence with file, row, column, what is wrong and what to do."""
    row, column, cell = (getattr(error, key, None) for key in ("row_number", "field_name", "cell"))
    field = next((f for f in resource["schema"]["fields"] if f["name"] == column), {})
    kind = error.type
    if kind in ("type-error", "constraint-error"):
        broken = "type" if kind == "type-error" else next((name for name in _BROKEN if f'constraint "{name}"' in error.note), "range")
        return f"{at(resource, row, column)}: {_of_cell(broken, cell, field, error.note)}"
    if kind == "unique-error":
        return f"{at(resource, row, column)}: {cell!r} stands already in row {error.note.split()[-1]}; give this row a value of its own"
    if kind == "primary-key":
        keys = resource["schema"]["primaryKey"]
        if len(keys) == 1 and next(f for f in resource["schema"]["fields"] if f["name"] == keys[0]).get("constraints", {}).get("unique"):
            return None  # said already, by the column
        return f"{at(resource, row)}: {' and '.join(keys)} together are {error.note.replace('at position ', '')}; keep one of the two rows"
    if kind == "foreign-key":
        key = error.field_names[0]
        other = error.reference_name or resource["name"]
        cells = ", ".join(repr(c) for c in error.field_cells)
        return f"{at(resource, row, key)}: {cells} is not in data/raw/{other}.csv; add it there, or correct the spelling"
    if kind in ("missing-cell", "extra-cell"):
        what = "fewer" if kind == "missing-cell" else "more"
        return f"{at(resource, row)}: has {what} cells than the header; each row needs {len(resource['schema']['fields'])}, divided by commas"
    if kind == "blank-row":
        return f"{at(resource, row)}: is blank; delete the row"
    return f"{at(resource, row, column)}: {error.note or error.message}; correct the file"
