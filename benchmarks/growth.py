"""How check, clean and load grow with the record: time and memory for 1, 10, 100 and 1,000 times its rows, each step in a process of its own.

Run it with `python benchmarks/growth.py`, or with the multiples that you want (`python benchmarks/growth.py 1 10`). The larger records are
synthetic and pass the check: every source comes again with its claims, mentions and things, under ids of their own; a title and a name
are others in each copy; measures, places, organisations, articles and phrases stay. Where the text copies are at hand, each copy of a source
has one, and every printed span is looked up in it.

What a process needs to start (imports, patterns) is no growth: each does its step on the record as it is first, and its clock starts after
that. Seconds are processor time, on which others on a shared machine weigh less. `a row` is what a row takes against one of the record itself: 1
or less, if time grows no faster than the record. MB is the most that the process ever held; `KB a new row` is what of it came with the new rows,
which must not rise either (of 10 times the record much fits into what the first time left).
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
def check(folder):
    texts = paths.Path(folder) / "texts"
    report = checks.check(folder, texts if texts.is_dir() else None)
    assert not report.problems, report.problems[:3]
step = {"check": check, "clean": clean.write, "load": lambda folder: record.load(data=folder)}[sys.argv[1]]
held = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # MB
step(sys.argv[2])
before, begin = held(), time.process_time()
step(sys.argv[3])
print(time.process_time() - begin, before, held())
"""


def multiply(times, folder, data=paths.DATA, sources_folder=None):
    """Write a valid record that is `times` the one in the folder `data` into a folder, and return how many rows its raw tables have.

    The first copy is the record as it is. `sources_folder` holds the text copies, which are linked for each copy of a source; None: there are none.
    """
    folder = Path(folder)
    (folder / "raw").mkdir(parents=True)
    shutil.copy(Path(data) / "datapackage.json", folder)
    rows = 0
    for name in tables.raw_names(data):
        with (Path(data) / "raw" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            header, *cells = csv.reader(file)
        whose = _whose(name, data)
        with (folder / "raw" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            for n in range(1, 2 if name in _VOCABULARIES else times + 1):
                writer.writerows(_copy(dict(zip(header, row, strict=True)), n, name, whose) for row in cells)
                rows += len(cells)
            if name == "sources" and sources_folder:
                _link_texts([row[0] for row in cells], times, folder / "texts", Path(sources_folder))
    return rows


def _whose(name, data):
    """Return the columns of a table that hold ids which each copy has of its own: its key, and its foreign keys of such tables."""
    schema = tables.resources(data)[name]["schema"]
    foreign = {
        key["fields"][0]
        for key in schema.get("foreignKeys", [])
        if (key["reference"]["resource"] or name) not in _VOCABULARIES
    }
    return foreign | {
        column
        for column in (tables.key(name, data), "same_statement")
        if column.endswith(("_id", "statement"))
    }


def _copy(row, n, name, whose):
    """Return the cells of the nth copy of a row."""
    if n == 1:
        return row.values()
    copied = {column: _id(cell, n) if cell and column in whose else cell for column, cell in row.items()}
    if "row_id" in row and row["table"] not in _VOCABULARIES:
        copied["row_id"] = _id(row["row_id"], n)
    if name == "sources":
        copied["title"] += f", copy {n}"
    if name == "persons":
        word = "".join(_LETTERS[int(digit)] for digit in str(n))
        copied |= {
            column: re.sub(r"\w+", rf"\g<0>{word}", row[column]) for column in ("public_name", "other_names")
        }
    return copied.values()


def _id(cell, n):
    """Return the id of the nth copy. What is named after a source keeps its form: source, paragraph, letter or number; so does an answer."""
    return re.sub(r"(-p\d+[a-z]+\d*|-a\d+)?$", rf"-x{n}\1", cell, count=1)


def _link_texts(sources, times, folder, texts):
    folder.mkdir()
    for source in sources:
        for n in range(1, times + 1):
            (folder / f"{source if n == 1 else _id(source, n)}.txt").symlink_to(
                (texts / f"{source}.txt").resolve()
            )


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
    """Print a line for each multiple and step: rows, seconds, what a row takes against the record itself, most memory, and what a new row holds of it."""
    times = sorted({1, *map(int, sys.argv[1:])}) if sys.argv[1:] else TIMES
    texts = settings.sources_folder()
    print(
        f"the text copies are {'at hand, every span is looked up' if texts else 'not at hand, no span is looked up'}; at most {WANTED} MB are wanted\n"
    )
    print(
        f"{'times':>5}  {'rows':>9}  {'step':5}  {'seconds':>8}  {'a row':>6}  {'MB':>6}  {'KB a new row':>12}"
    )
    with tempfile.TemporaryDirectory() as folder:
        first, rows_of, seconds_of = str(Path(folder) / "1"), {}, {}
        for n in times:
            here = str(Path(folder) / str(n))
            rows_of[n] = multiply(n, here, sources_folder=texts)
            for step in ("check", "clean", "load"):
                seconds, before, most = measure(step, here, first)
                per_row = seconds / rows_of[n]
                ratio = per_row / seconds_of.setdefault(step, per_row)
                new = "" if n == 1 else f"{(most - before) * 1024 / (rows_of[n] - rows_of[1]):.2f}"
                print(
                    f"{n:5}  {rows_of[n]:9}  {step:5}  {seconds:8.1f}  {ratio:6.2f}  {most:6.0f}  {new:>12}",
                    flush=True,
                )
            if n > 1:
                shutil.rmtree(here)


if __name__ == "__main__":
    main()
