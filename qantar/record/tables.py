"""Read and write the tables as data/datapackage.json declares them.

One idea: the data package is the only place where columns are defined. Form is checked by frictionless before pandas
reads a file; what it finds comes back as sentences with file, row as seen in an editor (the header is row 1) and column.
"""

import functools
import io
import json
import os
from collections import defaultdict
from pathlib import Path

import pandas as pd

from qantar import paths

CLEAN_PREFIX = "clean-"
# The tables of things that mentions point at: every row of them is told of somewhere.
MENTIONED = (
    "cases",
    "charges",
    "steps",
    "sentences",
    "assemblies",
    "restrictions",
    "incidents",
    "acts",
    "articles",
)
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
    out = pd.DataFrame(
        {column: table[column].map(_cell(kind), na_action="ignore") for column, kind in kinds.items()}
    )
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


def at(resource, row=None, column=None):
    """Return where something stands: data/raw/claims.csv, row 87, column value."""
    place = [f"data/{resource['path']}"]
    if row is not None:
        place.append(f"row {row}")
    if column is not None:
        place.append(f"column {column}")
    return ", ".join(place)
