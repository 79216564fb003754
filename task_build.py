"""The pipeline: raw -> clean -> notebooks -> book. `pytask` runs what is out of date, and nothing else.

A notebook is run in place. Its task depends on its source cells (a node whose state is the hash of the cells without
outputs), on the clean tables it loads, on the package and on the locked requirements, and it makes its outputs (a node
whose state is the hash of the outputs). After a clone nothing is run again that is already true; one changed table runs
exactly the notebooks that load it; an output edited by hand is made anew.
"""

import hashlib
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pytask import Product, task
from pytask_parallel import execute

from qantar import paths, settings
from qantar.book import build, reference_pages
from qantar.checks import runner
from qantar.pipeline import notebooks
from qantar.record import derive, snapshot, tables

ROOT = Path(__file__).resolve().parent
RAW = [
    ROOT / "data" / resource["path"]
    for name, resource in tables.resources().items()
    if name in tables.raw_names()
]
CLEAN = [
    ROOT / "data" / resource["path"]
    for name, resource in tables.resources().items()
    if name not in tables.raw_names()
]
PACKAGE = paths.PACKAGE
CODE = build.package_files()
NOTEBOOK_CODE = notebooks.code_files()

# pytask-parallel looks for finished tasks once a second, and a notebook takes four: on two cores a fifth of the time would be spent asleep.
execute._Sleeper.sleep = lambda self: time.sleep(0.01)

if settings.edition() != settings.WHOLE:
    raise SystemExit(
        "PRINTED_BY or NAMES=0 asks for an edition, and the pipeline makes none; run `qantar edition`"
    )

_IN_A_SENTENCE = True  # what fails in these functions is told in a sentence, without the lines of code


class RecordProblems(Exception):
    """The record breaks its rules; the message lists where."""


@dataclass
class NotebookPart:
    """The cells or the outputs of a notebook as a node of their own. (No attribute `path`: two nodes share one file.)"""

    file: Path
    part: str
    attributes: dict[Any, Any] = field(default_factory=dict)

    @property
    def name(self):
        return f"{paths.shown(self.file)}::{self.part}"

    @property
    def signature(self):
        return hashlib.sha256(self.name.encode()).hexdigest()

    def state(self):
        """Return the hash of the part; None where the notebook is missing, or its outputs do not belong to what is at hand."""
        if not self.file.is_file():
            return None
        notebook = notebooks.as_it_stands(self.file)
        if self.part == "cells":
            return notebooks.source_hash(notebook)
        return None if notebooks.stale(self.file) else notebooks.outputs_hash(notebook)

    def load(self, is_product=False):
        return self.file

    def save(self, value):
        raise NotImplementedError("a notebook is written by running it")


@dataclass
class Book:
    """The built book as a node: its state is what it says that it was built from, so that a book of other data is stale."""

    folder: Path
    name: str = "book/_build/html"
    attributes: dict[Any, Any] = field(default_factory=dict)

    @property
    def signature(self):
        return hashlib.sha256(self.name.encode()).hexdigest()

    def state(self):
        """Return the hash of what the book was built from; None where that is not what is at hand, also where it changed while the book was built."""
        built = build.built_from(self.folder)
        return built if built == build.inputs_hash(ROOT) else None

    def load(self, is_product=False):
        return self.folder

    def save(self, value):
        raise NotImplementedError("the book is written by building it")


def task_clean(
    raw: list[Path] = RAW,
    package: Path = PACKAGE,
    code: list[Path] = CODE,
    made: Annotated[list[Path], Product] = [*CLEAN, paths.DATA / snapshot.FILE],
) -> None:
    """Check the raw tables and make the clean ones and the snapshot; where a check fails, nothing is written."""
    __tracebackhide__ = _IN_A_SENTENCE
    print("checking data/raw and making data/clean", flush=True)
    before = reference_pages.record_hash()
    report = runner.check(sources_folder=settings.sources_folder())
    if report.problems:
        raise RecordProblems(
            "\n".join(
                ["", *map(str, report.problems), f"{len(report.problems)} to correct; nothing was written"]
            )
        )
    try:
        derive.write()
        snapshot.write()
    except OSError as error:
        raise RuntimeError(paths.in_words(error)) from None
    if reference_pages.record_hash() != before:
        raise RecordProblems("data/raw was changed while it was read; run this again")


for notebook in notebooks.in_order():

    @task(id=notebook.stem)
    def task_notebook(
        cells: Any = NotebookPart(notebook, "cells"),
        data: list[Path] = notebooks.table_files(notebooks.as_it_stands(notebook)),
        code: list[Path] = NOTEBOOK_CODE,
        outputs: Annotated[Any, Product] = NotebookPart(notebook, "outputs"),
    ) -> None:
        """Run a notebook in place."""
        __tracebackhide__ = _IN_A_SENTENCE
        print(f"running {paths.shown(cells)}", flush=True)
        try:
            notebooks.run(cells)
        except OSError as error:
            raise RuntimeError(paths.in_words(error)) from None


def task_picture(
    outputs: Any = NotebookPart(paths.NOTEBOOKS / "casualties.ipynb", "outputs"),
    picture: Annotated[Path, Product] = paths.BOOK / "_static" / "deaths.png",
) -> None:
    """Take the picture of README.md from the notebook that draws it, so that it is never older than the record."""
    tables.write_bytes(picture, notebooks.picture(outputs, "total-chart"))


def task_book(
    parts: list[Any] = [
        NotebookPart(notebook, part) for notebook in notebooks.in_order() for part in ("cells", "outputs")
    ],
    pages: list[Path] = build.page_files(),
    data: list[Path] = [*RAW, *CLEAN, PACKAGE],
    code: list[Path] = CODE,
    html: Annotated[Any, Product] = Book(paths.HTML),
) -> None:
    """Build the book whole beside its place, and put it there when it is right."""
    __tracebackhide__ = _IN_A_SENTENCE
    print("building the book", flush=True)
    build.build()
