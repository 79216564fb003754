"""The pipeline: raw -> clean -> notebooks -> book. `pytask` runs what is out of date, and nothing else.

A notebook is run in place, so its cells and its outputs are two nodes: the task depends on the cells, the
loaded tables and the code, and makes the outputs. A fresh clone runs none: committed outputs are up to date.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pytask import Product, task

from qantar import paths, settings
from qantar.book import build, reference_pages
from qantar.checks import runner
from qantar.pipeline import notebooks
from qantar.record import derive, snapshot, tables

if settings.edition() != settings.WHOLE:
    raise SystemExit(
        "PRINTED_BY or NAMES=0 asks for an edition, and the pipeline makes none; run `qantar edition`"
    )

TABLES = {name: paths.DATA / resource["path"] for name, resource in tables.resources().items()}
RAW = [TABLES[name] for name in tables.raw_names()]
CLEAN = [path for path in TABLES.values() if path not in RAW]
PACKAGE_FILES = notebooks.package_files()
NOTEBOOKS = notebooks.in_order()
PICTURED = paths.NOTEBOOKS / "casualties.ipynb"  # its first chart stands in README.md


class RecordProblems(Exception):
    """The record breaks its rules; the message lists where."""


@dataclass
class Node:
    """Something with a state of its own: a part of a notebook, or the built book. pytask wants these methods.

    There is no attribute `path`, since two nodes share the file of a notebook.
    """

    file: Path
    part: str
    attributes: dict[Any, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{paths.shown(self.file)}::{self.part}"

    @property
    def signature(self) -> str:
        return hashlib.sha256(self.name.encode()).hexdigest()

    def state(self) -> str | None:
        """Return the hash of the part; None where it is missing, or outputs or book are out of date."""
        if self.part == "book":
            built = build.built_from(self.file)
            return built if built == build.inputs_hash() else None
        if not self.file.is_file():
            return None
        notebook = notebooks.read_cached(self.file)
        if self.part == "cells":
            return notebooks.source_hash(notebook)
        return None if notebooks.stale(self.file) else notebooks.outputs_hash(notebook)

    def load(self, is_product: bool = False) -> Path:
        return self.file

    def save(self, value: Any) -> None:
        raise NotImplementedError("the task writes it")


def task_clean(
    raw: list[Path] = RAW,
    schema: Path = paths.PACKAGE,
    code: list[Path] = PACKAGE_FILES,
    made: Annotated[list[Path], Product] = [*CLEAN, paths.DATA / snapshot.FILE],
) -> None:
    """Check the raw tables and derive the clean ones and the snapshot.

    Where a check fails, nothing is written.
    """
    __tracebackhide__ = True  # a failure is reported in a sentence, without lines of code
    print("checking data/raw and making data/clean", flush=True)
    before = reference_pages.record_hash()
    problems = runner.check(sources_folder=settings.sources_folder()).problems
    if problems:
        lines = [*map(str, problems), f"{len(problems)} to correct; nothing was written"]
        raise RecordProblems("\n".join(["", *lines]))
    try:
        derive.write()
        snapshot.write()
    except OSError as error:
        raise RuntimeError(paths.in_words(error)) from None
    if reference_pages.record_hash() != before:
        raise RecordProblems("data/raw was changed while it was read; run this again")


for notebook in NOTEBOOKS:

    @task(id=notebook.stem)
    def task_notebook(
        cells: Any = Node(notebook, "cells"),
        data: list[Path] = notebooks.table_files(notebooks.read_cached(notebook)),
        code: list[Path] = notebooks.code_files(notebooks.read_cached(notebook)),
        outputs: Annotated[Any, Product] = Node(notebook, "outputs"),
    ) -> None:
        """Run a notebook in place."""
        __tracebackhide__ = True
        print(f"running {paths.shown(cells)}", flush=True)
        try:
            notebooks.run(cells)
        except OSError as error:
            raise RuntimeError(paths.in_words(error)) from None


if PICTURED in NOTEBOOKS:

    def task_picture(
        outputs: Any = Node(PICTURED, "outputs"),
        picture: Annotated[Path, Product] = paths.BOOK / "_static" / "deaths.png",
    ) -> None:
        """Copy the chart that README.md shows from the notebook, so that both are of the same record."""
        tables.write_bytes(picture, notebooks.picture(outputs, "total-chart"))


def task_book(
    parts: list[Any] = [Node(notebook, part) for notebook in NOTEBOOKS for part in ("cells", "outputs")],
    pages: list[Path] = build.page_files(),
    data: list[Path] = [*TABLES.values(), paths.PACKAGE],
    code: list[Path] = PACKAGE_FILES,
    html: Annotated[Any, Product] = Node(paths.HTML, "book"),
) -> None:
    """Build the whole book in a temporary folder, then put it into its place."""
    __tracebackhide__ = True
    print("building the book", flush=True)
    build.build()
