"""Build the book: beside the one that stands there, and into its place when it is right.

An edition, of a day or without names, is built the same way, in a copy of the checkout.
"""

import contextlib
import functools
import io
import re
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from qantar import paths, settings
from qantar.checks import names
from qantar.pipeline import build_lock, notebooks
from qantar.record import derive, query

BUILT_FROM = ".built_from"
# Doctrees and pages of the last build, from which Sphinx goes on. Nothing of it is published as it stands.
_KEPT = ".sphinx"
_WORKERS = 2  # notebooks of an edition that run side by side, and pages that Sphinx reads or writes
_NOT_BUILT = "the book was not built; what was there before is still there"


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
    made_from = root / notebooks.MADE_FROM
    files = [*page_files(root), *notebooks.in_order(root), made_from, *data, *notebooks.package_files(root)]
    return list(dict.fromkeys(files))


def inputs_hash(root: Path = paths.ROOT, edition: settings.Edition = settings.WHOLE) -> str:
    """Return the hash of every file that the book is made from."""
    return notebooks.hash_of_files(_input_files(Path(root)), edition.name)


def reference_mark(root: Path = paths.ROOT) -> Path:
    """Return the file that says what the reference pages were made from; without it they are unfinished."""
    return Path(root) / "book" / "reference" / BUILT_FROM


def built_from(html: Path = paths.HTML) -> str | None:
    """Return the hash of what the book in the folder `html` was built from.

    None where no whole book stands there, or a killed build left other reference pages than its own.
    """
    html = Path(html)
    book, pages = html / BUILT_FROM, html.parents[1] / "reference" / BUILT_FROM
    if not all(path.is_file() for path in (book, pages, html / "index.html")):
        return None
    inputs, _, reference = book.read_text(encoding="utf-8").partition("\n")
    return inputs if reference == pages.read_text(encoding="utf-8") else None


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
            _build_into(html, root, folder, html.with_name(_KEPT))
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
        _build_into(html, copy, folder, folder / _KEPT, edition)
    return html


@contextlib.contextmanager
def _temporary_folder(root):
    """Give a folder below book/_build, from which a finished book can be moved into its place."""
    built = root / "book" / "_build"
    built.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=built, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _build_into(html, root, folder, kept, edition=settings.WHOLE):
    """Build the book of the checkout `root` and put it in the place of `html`.

    Sphinx goes on from the folder `kept`; a copy of what it makes is moved into the place.
    """
    __tracebackhide__ = True
    inputs = inputs_hash(root, edition)
    _run_sphinx(root, kept, edition)
    new = folder / "new"
    # .buildinfo serves incremental builds, and differs between Pythons
    shutil.copytree(kept / "html", new, ignore=shutil.ignore_patterns(".buildinfo"))
    pages = [*sorted(new.rglob("*.html")), *notebooks.in_order(root), *sorted((root / "book").glob("*.md"))]
    if problems := names.page_problems(pages, root / "data", edition):
        found = [str(problem).replace(f"{new}/", "page ") for problem in problems]
        raise RuntimeError("\n".join([f"{_NOT_BUILT}:", *found]))
    mark = reference_mark(root).read_text(encoding="utf-8")
    (new / BUILT_FROM).write_text(f"{inputs}\n{mark}", encoding="utf-8")
    if html.exists():
        html.rename(folder / "old")
    new.rename(html)


def _run_sphinx(root, kept, edition):
    """Let Sphinx build the pages of the checkout `root` in kept/html; a warning is an error.

    It reads and writes what changed since the build that `kept` holds, if that ended well and was made with
    the same code, settings and contents; else everything.
    """
    __tracebackhide__ = True
    finished, made_with = kept / "finished", _made_with(root, edition)
    if not finished.is_file() or finished.read_text(encoding="utf-8") != made_with:
        shutil.rmtree(kept, ignore_errors=True)
    finished.unlink(missing_ok=True)
    ours = {
        "external_toc_path": str(root / "_toc.yml"),
        "latex_individualpages": False,
        "nitpicky": True,
        "qantar_edition": edition,
    }
    from jupyter_book.config import get_final_config  # nothing else needs it, so Sphinx can do without

    config, _ = get_final_config(user_yaml=root / "_config.yml", sourcedir=root, cli_config=ours)
    warnings, app = io.StringIO(), None
    try:
        with patch_docutils(), docutils_namespace():
            app = Sphinx(
                srcdir=root,
                confdir=None,
                outdir=kept / "html",
                doctreedir=kept / "doctrees",
                buildername="html",
                confoverrides=config,
                status=None,
                warning=warnings,
                warningiserror=True,
                keep_going=True,
                parallel=_WORKERS,
            )
            app.build()
    except OSError:
        raise
    except Exception as error:  # of an extension, a template or a notebook; Sphinx knows many kinds
        warnings.write(f"{type(error).__name__}: {error}")
    if app is None or app.statuscode or not (kept / "html" / "index.html").is_file():
        said = re.sub(r"\x1b\[[0-9;]*m", "", warnings.getvalue())
        raise RuntimeError(f"{_NOT_BUILT}. Sphinx says:\n{said.strip()}")
    finished.write_text(made_with, encoding="utf-8")


def _made_with(root, edition):
    """Return a hash of what Sphinx does not look at when it builds only what changed."""
    files = [root / "_config.yml", root / "_toc.yml", *notebooks.package_files(root)]
    files += sorted(path for path in (root / "book" / "_static").rglob("*") if path.is_file())
    return notebooks.hash_of_files(files, edition.name, sys.version)
