"""The book: the Sphinx extension that keeps it true, and the step that builds it.

One idea: the book only renders. Before anything is read, the extension writes the reference pages from the record and
refuses to go on where the clean tables or a notebook's outputs do not belong to the data at hand; so does a bare
`jupyter-book build .`. The pipeline builds beside the old book and puts the new one in its place when it is right. An edition, of a day or
without names, is the same book built from a copy, with the environment that asks for it.
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


def stale(root=paths.ROOT, edition=settings.WHOLE):
    """Return what does not belong to the data at hand, as sentences with what to do: clean tables first, then notebooks."""
    root = Path(root)
    try:
        tables = derive.stale(root / "data")
    except (ValueError, KeyError, OSError) as error:
        return [
            f"data/raw cannot be read ({error}); run `make check` (or `qantar check`), which names the row"
        ]
    if tables:
        return [
            f"{paths.shown(path, root)}: does not belong to data/raw; run `make book` (or `pytask`), which makes it anew"
            for path in tables
        ]
    try:
        return [
            problem for path in notebooks.in_order(root) if (problem := notebooks.stale(path, root, edition))
        ]
    except ValueError as error:
        return [str(error)]


def page_files(root=paths.ROOT):
    """Return the files that the book is made of besides notebooks, tables and package: configuration, prose, templates, static files."""
    root = Path(root)
    static = [path for path in (root / "book" / "_static").rglob("*") if path.is_file()]
    prose = (root / "book").glob("*.md")
    told = [root / "CHANGELOG.md", *sorted((root / "data" / "released").rglob("*.csv"))]
    return [
        root / "_config.yml",
        root / "_toc.yml",
        *told,
        *sorted(prose),
        *sorted((root / "book" / "templates").rglob("*.md")),
        *sorted(static),
    ]


def package_files(root=paths.ROOT):
    """Return the files of the package and the locked requirements: their change may change any page."""
    package = Path(root) / "qantar"
    return [
        *sorted(path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc"),
        Path(root) / "requirements.txt",
    ]


def _inputs(root):
    """Return the files that the book is made of."""
    data = [*sorted((root / "data").rglob("*.csv")), root / "data" / "datapackage.json"]
    return [*page_files(root), *notebooks.in_order(root), *data, *package_files(root)]


def inputs_hash(root=paths.ROOT, edition=settings.WHOLE):
    """Return the hash of everything that a page of the book can show."""
    root = Path(root)
    digest = hashlib.sha256(edition.name.encode())
    for path in _inputs(root):
        digest.update(
            f"{paths.shown(path, root)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode()
        )
    return digest.hexdigest()


def built_from(html=paths.HTML):
    """Return the hash of what the book in the folder `html` was built from; None where there is no whole book, or a killed build left other reference pages."""
    mark, pages_mark = Path(html) / BUILT_FROM, Path(html).parents[1] / "reference" / BUILT_FROM
    if not (mark.is_file() and pages_mark.is_file() and (Path(html) / "index.html").is_file()):
        return None
    built = mark.read_text(encoding="utf-8")
    return built if pages_mark.read_text(encoding="utf-8") == built else None


def build(root=paths.ROOT):
    """Build the book into book/_build/html, whole or not at all: the last good book stays until the new one is right.

    Raises RuntimeError with the end of Sphinx's own words where it warns or fails, where something was changed meanwhile, and where the environment
    asks for an edition.
    """
    __tracebackhide__ = True  # pytask shows the sentence, not these lines
    root = Path(root)
    try:
        with _beside(root) as beside:
            _build_beside(root, beside, root / "book" / "_build" / "html")
    except OSError as error:
        raise RuntimeError(f"the book was not built: {paths.in_words(error)}") from None
    if built_from(root / "book" / "_build" / "html") != inputs_hash(root):
        raise RuntimeError(
            "the book was built, but something that it is made of was changed meanwhile; run `make book` (or `pytask`) once more"
        )


def build_edition(edition, root=paths.ROOT):
    """Build an `edition` (settings.Edition) into a folder of its own below book/_build, whole or not at all.

    Returns the folder. Notebooks are run, and pages written, in a copy of the checkout `root`, which stays as it is. Raises ValueError, a sentence,
    where no edition is asked for, or nothing had been printed by the day; RuntimeError where a notebook or the book fails.
    """
    root, name = Path(root), edition.name
    if not name:
        raise ValueError(
            "no edition is asked for; name a day (PRINTED_BY=2022-12-31), or ask for no names (NAMES=0)"
        )
    query.load("sources", data=root / "data", edition=edition).newest()
    if problems := derive.stale(root / "data"):
        raise ValueError(
            f"{paths.shown(problems[0], root)} does not belong to data/raw; run `make book` (or `pytask`) first, which makes it anew"
        )
    with build_lock.lock(root), _beside(root) as beside:
        copy = beside / "checkout"
        for path in [*_inputs(root), *(root / name for name in ("LICENSE-DATA", "data/README.md"))]:
            (copy / path.relative_to(root)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy / path.relative_to(root))
        with ThreadPoolExecutor(_WORKERS) as workers:
            list(
                workers.map(
                    functools.partial(notebooks.run, root=copy, edition=edition), notebooks.in_order(copy)
                )
            )
        _build_beside(copy, beside, root / "book" / "_build" / name, edition)
    return root / "book" / "_build" / name


@contextlib.contextmanager
def _beside(root):
    """Give a folder below book/_build for what is not yet right; it is gone afterwards."""
    built = root / "book" / "_build"
    built.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=built, ignore_cleanup_errors=True) as beside:
        yield Path(beside)


def _build_beside(root, beside, html, edition=settings.WHOLE):
    __tracebackhide__ = True
    inputs = inputs_hash(root, edition)
    command = [
        sys.executable,
        "-c",
        "import sys, jupyter_book.cli.main; sys.exit(jupyter_book.cli.main.main())",
        "build",
        ".",
        "--path-output",
        str(beside),
        "-n",
        "-W",
        "--keep-going",
        "-q",
    ]
    done = subprocess.run(
        command,
        cwd=root,
        env=settings.child_environment(root, edition),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    new = beside / "_build" / "html"
    if done.returncode or not (new / "index.html").is_file():
        said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout.split("\nTraceback (most recent call last):")[0])
        if met := re.search(r"OSError: \[Errno (\d+)\]", said):
            raise OSError(int(met[1]), os.strerror(int(met[1])))
        raise RuntimeError(
            "the book was not built, the last good one is still there; Sphinx says:\n" + said.strip()
        )
    (new / ".buildinfo").unlink(missing_ok=True)  # for builds upon builds, and another on each Python
    named = names.page_problems(
        [*sorted(new.rglob("*.html")), *notebooks.in_order(root), *sorted((root / "book").glob("*.md"))],
        root / "data",
        edition,
    )
    if named:
        raise RuntimeError(
            "\n".join(
                [
                    "the book was not built, the last good one is still there:",
                    *(str(name).replace(f"{new}/", "page ") for name in named),
                ]
            )
        )
    (new / BUILT_FROM).write_text(inputs, encoding="utf-8")
    if html.exists():
        html.rename(beside / "old")
    new.rename(html)
