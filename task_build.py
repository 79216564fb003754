"""The pipeline: raw -> clean -> notebooks -> book. `pytask` runs what is out of date, and nothing else.

A notebook is run in place, so its cells and its outputs are two nodes: the task depends on the cells, the
rows that it loads and the code, and makes the outputs. A fresh clone runs none: what is committed is up to
date.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pytask import Product, task

from qantar import addresses, paths, settings
from qantar.book import build, reference_pages
from qantar.checks import runner
from qantar.pipeline import notebooks
from qantar.record import derive, row_pages, snapshot, tables

if settings.edition() != settings.WHOLE:
    raise SystemExit(
        "PRINTED_BY or NAMES=0 asks for an edition, and the pipeline makes none; run `qantar edition`"
    )

TABLES = {name: paths.DATA / resource["path"] for name, resource in tables.resources().items()}
RAW = [TABLES[name] for name in tables.raw_names()]
CLEAN = [path for path in TABLES.values() if path not in RAW]
NOTEBOOKS = notebooks.in_order()
MADE = [  # beside the clean tables
    paths.DATA / snapshot.FILE,
    *(paths.DATA / row_pages.FOLDER / f"{page}.md" for page in dict(addresses.PAGES.values())),
]
PICTURED = paths.NOTEBOOKS / "casualties.ipynb"  # its first chart stands in README.md


class RecordProblems(Exception):
    """The record breaks its rules; the message lists where."""


@dataclass
class Node:
    """Something with a state that is no file: a part of a notebook, the book. pytask wants these methods."""

    name: str
    value: Path  # what the task is given; no attribute `path`, since two nodes share the file of a notebook
    hashed: Callable[[], str | None]  # None where it is missing or out of date
    attributes: dict[Any, Any] = field(default_factory=dict)

    @property
    def signature(self) -> str:
        return hashlib.sha256(self.name.encode()).hexdigest()

    def state(self) -> str | None:
        return self.hashed()

    def load(self, is_product: bool = False) -> Path:
        return self.value

    def save(self, value: Any) -> None:
        raise NotImplementedError("the task writes it")


def part(path: Path, name: str) -> Node:
    """Return the node of a part of a notebook: its "cells", "data", "code" or "outputs"."""
    return Node(f"{paths.shown(path)}::{name}", path, lambda: _state(path, name))


def _state(path: Path, name: str) -> str | None:
    if not path.is_file():
        return None
    notebook = notebooks.read_cached(path)
    if name == "cells":
        return notebooks.cells_hash(notebook)
    if name == "code":
        return notebooks.code_hash(notebook)
    try:
        if name == "data":
            return notebooks.data_hash(notebook)
        return None if notebooks.stale(path) else notebooks.outputs_hash(notebook)
    except OSError:  # no clean tables yet
        return "missing" if name == "data" else None


def _state_of_book() -> str | None:
    built = build.built_from()
    return built if built == build.inputs_hash() else None


# Comes before what reads clean tables, and has one state: notebooks depend on rows, not on whole tables.
CLEANED = Node("data/clean", paths.DATA, lambda: "cleaned")
BOOK = Node("book/_build/html", paths.HTML, _state_of_book)
BOOK_INPUTS = Node("book/_build/html::inputs", paths.ROOT, build.inputs_hash)
PACKAGE_CODE = Node(
    "qantar", paths.ROOT / "qantar", lambda: notebooks.hash_of_files(notebooks.package_files())
)


def task_clean(
    raw: list[Path] = RAW,
    schema: Path = paths.PACKAGE,
    code: Any = PACKAGE_CODE,
    made: Annotated[list[Path], Product] = [*CLEAN, *MADE],
    cleaned: Annotated[Any, Product] = CLEANED,
) -> None:
    """Check the raw tables and derive the clean ones, their pages and the snapshot.

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
        row_pages.write()
        snapshot.write()
    except OSError as error:
        raise RuntimeError(paths.in_words(error)) from None
    if reference_pages.record_hash() != before:
        raise RecordProblems("data/raw was changed while it was read; run this again")


for notebook in NOTEBOOKS:

    @task(id=notebook.stem)
    def task_notebook(
        cleaned: Any = CLEANED,
        cells: Any = part(notebook, "cells"),
        data: Any = part(notebook, "data"),
        code: Any = part(notebook, "code"),
        outputs: Annotated[Any, Product] = part(notebook, "outputs"),
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
        outputs: Any = part(PICTURED, "outputs"),
        picture: Annotated[Path, Product] = paths.BOOK / "_static" / "deaths.png",
    ) -> None:
        """Copy the chart that README.md shows from the notebook, so that both are of the same record."""
        tables.write_bytes(picture, notebooks.picture(outputs, "total-text"))


def task_book(
    cleaned: Any = CLEANED,
    parts: list[Any] = [part(notebook, name) for notebook in NOTEBOOKS for name in ("cells", "outputs")],
    pictures: list[Path] = sorted((paths.BOOK / "_static").glob("*.png")),
    inputs: Any = BOOK_INPUTS,
    html: Annotated[Any, Product] = BOOK,
) -> None:
    """Build the book beside the one that stands there, then put it into its place."""
    __tracebackhide__ = True
    print("building the book", flush=True)
    build.build()
