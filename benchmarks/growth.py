"""How check, clean and load grow with the record: time and memory for 1, 10, 100 and 1,000 times its rows.

Run `python benchmarks/growth.py`, or name the multiples: `python benchmarks/growth.py 1 10`. The larger
records are synthetic and valid: every source comes again with its rows under new ids, and with its text where
that is at hand; measures, places, organisations, articles and phrases stay.

Each step runs in a process of its own, first on the record as it is, so that imports are not measured.
Seconds are processor time. `a row` is the time of a row against one of the record itself: 1 or less, if time
grows no faster. MB is the most memory held; `KB a new row` is what new rows added, which must not rise.
"""

import csv
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from qantar import paths, settings
from qantar.record import tables

TIMES = (1, 10, 100, 1000)
WANTED = 4096  # MB
# What does not come again with a copy of the sources.
_VOCABULARIES = {"measures", "places", "organisations", "articles", "phrases"}
_LETTERS = "bcdfghjklm"

_STEP = """
import resource, sys, time
from pathlib import Path
from qantar.checks import runner
from qantar.record import derive, load

def check(folder):
    texts = Path(folder) / "texts"
    report = runner.check(folder, texts if texts.is_dir() else None)
    assert not report.problems, report.problems[:3]

def held():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # MB

step = {"check": check, "clean": derive.write, "load": lambda folder: load(data=folder)}[sys.argv[1]]
step(sys.argv[2])
before, begin = held(), time.process_time()
step(sys.argv[3])
print(time.process_time() - begin, before, held())
"""


def multiply(times, folder, data=paths.DATA, sources_folder=None):
    """Write a valid record that is `times` the one in `data` into a folder; return its number of raw rows.

    The first copy is the record as it is. `sources_folder` holds its text copies (None: there are none).
    """
    folder = Path(folder)
    (folder / "raw").mkdir(parents=True)
    shutil.copy(Path(data) / "datapackage.json", folder)
    count = 0
    for name in tables.raw_names(data):
        with (Path(data) / "raw" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows, header = list(reader), reader.fieldnames
        ids = _id_columns(name, data)
        copies = range(1, 2 if name in _VOCABULARIES else times + 1)
        with (folder / "raw" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, header, lineterminator="\n")
            writer.writeheader()
            for n in copies:
                writer.writerows(_copy(row, n, name, ids) for row in rows)
        count += len(rows) * len(copies)
        if name == "sources" and sources_folder:
            _link_texts([row["source_id"] for row in rows], times, folder / "texts", Path(sources_folder))
    return count


def _id_columns(name, data):
    """Return the columns of a table with ids that differ in each copy."""
    columns = {tables.key(name, data), "same_statement"}
    columns = {column for column in columns if column.endswith(("_id", "statement"))}
    for key in tables.resources(data)[name]["schema"].get("foreignKeys", []):
        if (key["reference"]["resource"] or name) not in _VOCABULARIES:
            columns.add(key["fields"][0])
    return columns


def _copy(row, n, name, ids):
    """Return the nth copy of a row."""
    if n == 1:
        return row
    copied = {column: _id(cell, n) if cell and column in ids else cell for column, cell in row.items()}
    if "row_id" in row and row["table"] not in _VOCABULARIES:
        copied["row_id"] = _id(row["row_id"], n)
    if name == "sources":
        copied["title"] += f", copy {n}"
    if name == "persons":
        word = "".join(_LETTERS[int(digit)] for digit in str(n))
        for column in ("public_name", "other_names"):
            copied[column] = re.sub(r"\w+", rf"\g<0>{word}", row[column])
    return copied


def _id(cell, n):
    """Return the id of the nth copy; the parts after a source or a recommendation keep their place."""
    return re.sub(r"(-p\d+[a-z]+\d*|-a\d+)?$", rf"-x{n}\1", cell, count=1)


def _link_texts(sources, times, folder, texts):
    folder.mkdir()
    for source in sources:
        for n in range(1, times + 1):
            name = source if n == 1 else _id(source, n)
            (folder / f"{name}.txt").symlink_to((texts / f"{source}.txt").resolve())


def measure(step, folder, first):
    """Run a step on the record in a folder, in a process that did it on the record `first` before.

    Returns seconds of processor time, and the most megabytes held before it and after it.
    """
    done = subprocess.run(
        [sys.executable, "-c", _STEP, step, first, folder],
        env=settings.child_environment(),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return map(float, done.stdout.split())


def main():
    """Print a line for each multiple and step."""
    times = sorted({1, *map(int, sys.argv[1:])}) if sys.argv[1:] else TIMES
    texts = settings.sources_folder()
    at_hand = "at hand, every span is looked up" if texts else "not at hand, no span is looked up"
    print(f"the text copies are {at_hand}; at most {WANTED} MB are wanted\n")
    print("times       rows  step    seconds   a row      MB  KB a new row")
    with tempfile.TemporaryDirectory() as folder:
        first, rows_of, per_row_of = str(Path(folder) / "1"), {}, {}
        for n in times:
            here = str(Path(folder) / str(n))
            rows_of[n] = multiply(n, here, sources_folder=texts)
            for step in ("check", "clean", "load"):
                seconds, before, most = measure(step, here, first)
                per_row = seconds / rows_of[n]
                ratio = per_row / per_row_of.setdefault(step, per_row)
                added = (most - before) * 1024 / (rows_of[n] - rows_of[1]) if n > 1 else 0
                line = f"{n:5}  {rows_of[n]:9}  {step:5}  {seconds:8.1f}  {ratio:6.2f}  {most:6.0f}"
                print(f"{line}  {added:12.2f}", flush=True)
            if n > 1:
                shutil.rmtree(here)


if __name__ == "__main__":
    main()
