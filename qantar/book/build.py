"""Build the book: beside the one that stands there, and into its place when it is right.

An edition, of a day or without names, is built the same way, in a copy of the checkout.
"""

import contextlib
import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from qantar import paths, settings
from qantar.checks import names
from qantar.pipeline import build_lock, notebooks
from qantar.record import derive, query

BUILT_FROM = ".built_from"
REFERENCE_MARK = paths.BOOK / "reference" / BUILT_FROM
_WORKERS = 2  # notebooks of an edition that run side by side
_NOT_BUILT = "the book was not built, the last good one is still there"


def stale(root: Path = paths.ROOT, edition: settings.Edition = settings.WHOLE) -> list[str]:
    """Return what is out of date, as sentences with what to do: clean tables, or else notebooks."""
    root = Path(root)
    try:
        tables = derive.stale(root / "data")
    except (ValueError, KeyError, OSError) as error:
        return [
            f"data/raw cannot be read ({error}); run `make check` (or `qantar check`), which names the row"
        ]
    if tables:
        what = "does not belong to data/raw; run `make book` (or `pytask`), which makes it anew"
        return [f"{paths.shown(path, root)}: {what}" for path in tables]
    try:
        found = [notebooks.stale(path, root, edition) for path in notebooks.in_order(root)]
    except ValueError as error:
        return [str(error)]
    return [problem for problem in found if problem]


def page_files(root: Path = paths.ROOT) -> list[Path]:
    """Return the files of the book but notebooks, tables and package: settings, prose, templates, style."""
    root, book = Path(root), Path(root) / "book"
    return [
        *(root / name for name in ("_config.yml", "_toc.yml", "CHANGELOG.md")),
        *sorted(book.glob("*.md")),
        *sorted((book / "templates").rglob("*.md")),
        *sorted(path for path in (book / "_static").rglob("*") if path.is_file()),
        *sorted((root / "data" / "released").rglob("*.csv")),
    ]


def _input_files(root):
    """Return every file that the book is made from."""
    data = [*sorted((root / "data").rglob("*.csv")), root / "data" / "datapackage.json"]
    files = [*page_files(root), *notebooks.in_order(root), *data, *notebooks.package_files(root)]
    return list(dict.fromkeys(files))


def inputs_hash(root: Path = paths.ROOT, edition: settings.Edition = settings.WHOLE) -> str:
    """Return the hash of every file that the book is made from."""
    digest = hashlib.sha256(edition.name.encode())
    for path in _input_files(Path(root)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{paths.shown(path, root)}\0{content}\0".encode())
    return digest.hexdigest()


def built_from(html: Path = paths.HTML) -> str | None:
    """Return the hash of what the book in the folder `html` was built from.

    None where no whole book stands there, or a killed build left other reference pages than its own.
    """
    html = Path(html)
    marks = [html / BUILT_FROM, html.parents[1] / "reference" / BUILT_FROM]
    if not all(path.is_file() for path in [*marks, html / "index.html"]):
        return None
    book, pages = (mark.read_text(encoding="utf-8") for mark in marks)
    return book if pages == book else None


def build(root: Path = paths.ROOT) -> None:
    """Build the book into book/_build/html, whole or not at all.

    Raises RuntimeError where Sphinx warns or fails, a page may name a person, the disk is full, or something
    changed meanwhile so that the new book is out of date.
    """
    __tracebackhide__ = True  # pytask prints the message only
    root = Path(root)
    html = root / "book" / "_build" / "html"
    try:
        with _temporary_folder(root) as folder:
            _build_into(html, root, folder)
    except OSError as error:
        raise RuntimeError(f"the book was not built: {paths.in_words(error)}") from None
    if built_from(html) != inputs_hash(root):
        raise RuntimeError(
            "the book was built, but something that it is made of was changed meanwhile; "
            "run `make book` (or `pytask`) once more"
        )


def build_edition(edition: settings.Edition, root: Path = paths.ROOT) -> Path:
    """Build an edition into a folder of its own below book/_build, whole or not at all; return the folder.

    Notebooks are run in a copy of the checkout `root`. Raises ValueError where the edition is the whole
    record, nothing had been published by its day, or the clean tables are stale; RuntimeError where a
    notebook or the book fails.
    """
    root = Path(root)
    html = root / "book" / "_build" / edition.name
    if edition == settings.WHOLE:
        raise ValueError(
            "no edition is asked for; name a day (PRINTED_BY=2022-12-31), or ask for no names (NAMES=0)"
        )
    query.load("sources", data=root / "data", edition=edition).newest_source()
    if tables := derive.stale(root / "data"):
        raise ValueError(
            f"{paths.shown(tables[0], root)} does not belong to data/raw; "
            "run `make book` (or `pytask`) first, which makes it anew"
        )
    with build_lock.lock(root), _temporary_folder(root) as folder:
        copy = folder / "checkout"
        for path in [*_input_files(root), root / "LICENSE-DATA", root / "data" / "README.md"]:
            target = copy / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        run = functools.partial(notebooks.run, root=copy, edition=edition)
        with ThreadPoolExecutor(_WORKERS) as workers:
            list(workers.map(run, notebooks.in_order(copy)))
        _build_into(html, copy, folder, edition)
    return html


@contextlib.contextmanager
def _temporary_folder(root):
    """Give a folder below book/_build, from which a finished book can be moved into its place."""
    built = root / "book" / "_build"
    built.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=built, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _build_into(html, root, folder, edition=settings.WHOLE):
    """Build the book of the checkout `root` in a temporary folder, and put it in the place of `html`."""
    __tracebackhide__ = True
    inputs = inputs_hash(root, edition)
    new = _run_sphinx(root, folder, edition)
    (new / ".buildinfo").unlink(missing_ok=True)  # serves incremental builds, and differs between Pythons
    pages = [*sorted(new.rglob("*.html")), *notebooks.in_order(root), *sorted((root / "book").glob("*.md"))]
    if problems := names.page_problems(pages, root / "data", edition):
        found = [str(problem).replace(f"{new}/", "page ") for problem in problems]
        raise RuntimeError("\n".join([f"{_NOT_BUILT}:", *found]))
    (new / BUILT_FROM).write_text(inputs, encoding="utf-8")
    if html.exists():
        html.rename(folder / "old")
    new.rename(html)


def _run_sphinx(root, folder, edition):
    """Return the folder of pages that Jupyter Book makes; a warning is an error."""
    __tracebackhide__ = True
    program = "import sys, jupyter_book.cli.main; sys.exit(jupyter_book.cli.main.main())"
    options = ["--path-output", str(folder), "-n", "-W", "--keep-going", "-q"]
    done = subprocess.run(
        [sys.executable, "-c", program, "build", ".", *options],
        cwd=root,
        env=settings.child_environment(root, edition),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    html = folder / "_build" / "html"
    if done.returncode or not (html / "index.html").is_file():
        said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout.split("\nTraceback (most recent call last):")[0])
        if failed := re.search(r"OSError: \[Errno (\d+)\]", said):
            raise OSError(int(failed[1]), os.strerror(int(failed[1])))
        raise RuntimeError(f"{_NOT_BUILT}; Sphinx says:\n{said.strip()}")
    return html
