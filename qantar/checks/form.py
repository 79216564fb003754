"""TODO checks.form."""

import csv
import io
import json
import re
import unicodedata
from pathlib import Path

from qantar import paths
from qantar.record import tables

# --- form ------------------------------------------------------------------------------------------------------------


def form_problems(data=paths.DATA):
    """Check every raw table against the data package with frictionless; return the problems as a list of sentences.

    Nothing is read by pandas here. An empty list means that each file is there, is UTF-8, has the declared columns in
    order, and that each cell has its type, allowed value and known key.
    """
    data = Path(data)
    names = tables.raw_names(data)
    problems = [problem for name in names for problem in _line_problems(tables.resources(data)[name], data)]
    if problems:
        return problems

    from frictionless import Package  # a second to import: only what checks form pays for it

    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [resource for resource in package["resources"] if resource["name"] in names]
    report = Package.from_descriptor(package, basepath=str(data)).validate()
    found = [
        _sentence(error, tables.resources(data)[task.name])
        for task in report.tasks
        for error in _told_once(task.errors)
    ]
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


# What a number looks like: no other digits, signs or words that a reader of CSV files would take or trip over (NaN, 1e400, 2_27).
_PLAIN = {"integer": re.compile(r"-?[0-9]{1,9}"), "number": re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")}
# Control characters, no-break and zero-width spaces, marks of direction, soft hyphens, halves of surrogates.
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ud800-\udfff]"
)
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
    reader = Field.from_descriptor(
        {"name": field["name"], "type": field["type"], "constraints": dict(field.get("constraints", {}))}
    )
    _, notes = reader.read_cell(cell)
    return next((_of_cell(broken, cell, field, note) for broken, note in (notes or {}).items()), None)


def _line_problems(resource, data):
    """What would make an editor's rows and a reader's rows differ: no file, other encodings, line breaks in cells."""
    path = data / resource["path"]
    if not path.is_file():
        return [f"{tables.at(resource)}: the file is missing; restore it, it needs at least its header row"]
    content = path.read_bytes()
    if b"\0" in content:
        return [f"{tables.at(resource)}: holds a NUL byte, so it is no text; save it again as CSV, UTF-8"]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        return [f"{tables.at(resource, row)}: is not UTF-8; save the file as CSV, UTF-8"]
    if not text.strip():
        return [f"{tables.at(resource)}: is empty; it needs at least its header row"]
    if text.startswith("\ufeff"):
        return [
            f"{tables.at(resource, 1)}: begins with a byte order mark, as spreadsheets write it; run `qantar tidy`, which takes it out"
        ]
    header = text.splitlines()[0]
    if "," not in header and any(mark in header for mark in ";\t"):
        return [
            f"{tables.at(resource, 1)}: the cells are divided by semicolons or tabs; run `qantar tidy`, which puts commas, or save the file as CSV with commas"
        ]
    if len(set(re.findall(r"\r\n|\r|\n", text))) > 1:
        return [
            f"{tables.at(resource)}: mixes several kinds of newlines; run `qantar tidy`, which makes them one"
        ]
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    kinds = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    row, problems = 0, []
    try:
        for cells in reader:
            row += 1
            if reader.line_num != row:
                problems.append(
                    f"{tables.at(resource, row)}: a cell runs over a line break; put it on one line"
                )
                row = reader.line_num
            if row == 1 and cells != list(kinds):
                first = next(
                    (name for name, cell in zip(kinds, [*cells, *kinds], strict=False) if name != cell), None
                )
                seen = ",".join(cells)[:300] or "nothing"
                return [
                    f"{tables.at(resource, 1, first)}: the header differs from the declared columns, it reads {seen}; it must read {', '.join(kinds)}"
                ]
            for column, cell in zip(kinds, cells, strict=False):
                said = _unreadable(cell, kinds[column]) if row > 1 else None
                if said:
                    problems.append(f"{tables.at(resource, row, column)}: {said}")
    except csv.Error as error:
        return [
            f"{tables.at(resource, row + 1)}: the quotation marks do not close ({error}); put the cell between two plain double quotes"
        ]
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
        broken = (
            "type"
            if kind == "type-error"
            else next((name for name in _BROKEN if f'constraint "{name}"' in error.note), "range")
        )
        return f"{tables.at(resource, row, column)}: {_of_cell(broken, cell, field, error.note)}"
    if kind == "unique-error":
        return f"{tables.at(resource, row, column)}: {cell!r} stands already in row {error.note.split()[-1]}; give this row a value of its own"
    if kind == "primary-key":
        keys = resource["schema"]["primaryKey"]
        if len(keys) == 1 and next(f for f in resource["schema"]["fields"] if f["name"] == keys[0]).get(
            "constraints", {}
        ).get("unique"):
            return None  # said already, by the column
        return f"{tables.at(resource, row)}: {' and '.join(keys)} together are {error.note.replace('at position ', '')}; keep one of the two rows"
    if kind == "foreign-key":
        key = error.field_names[0]
        other = error.reference_name or resource["name"]
        cells = ", ".join(repr(c) for c in error.field_cells)
        return f"{tables.at(resource, row, key)}: {cells} is not in data/raw/{other}.csv; add it there, or correct the spelling"
    if kind in ("missing-cell", "extra-cell"):
        what = "fewer" if kind == "missing-cell" else "more"
        return f"{tables.at(resource, row)}: has {what} cells than the header; each row needs {len(resource['schema']['fields'])}, divided by commas"
    if kind == "blank-row":
        return f"{tables.at(resource, row)}: is blank; delete the row"
    return f"{tables.at(resource, row, column)}: {error.note or error.message}; correct the file"
