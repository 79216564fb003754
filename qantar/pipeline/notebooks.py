"""Notebooks: which ones the book has, what their outputs were made from, and running them.

A committed notebook carries its outputs. notebooks/made_from.json holds, for each notebook, hashes of the
cells, data and code that its outputs were made from, and of the outputs; where one differs from what is at
hand, the outputs are stale or were edited.
"""

import base64
import contextlib
import csv
import functools
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from filelock import FileLock
from nbformat import NotebookNode
from sphinx_external_toc.api import Document, SiteMap
from sphinx_external_toc.parsing import parse_toc_yaml

from qantar import addresses, paths, settings
from qantar.pipeline import loads
from qantar.presentation import conditions
from qantar.record import query, tables

MADE_FROM = Path("notebooks/made_from.json")
_TIMEOUT = 600  # seconds for one cell
# What notebooks are meant to import, besides `qantar` itself, which imports from these; import-linter checks
# that these import nothing else of the package.
_LAYERS = ("record", "presentation", "addresses", "settings", "paths")


def in_order(root: Path = paths.ROOT, part: str | None = None) -> list[Path]:
    """Return the notebooks that _toc.yml names, in its order; those of one part, by its caption, with `part`.

    Another notebook in the folder is no page of the book: it is not run, checked or compared.
    """
    contents = parse_toc_yaml(Path(root) / "_toc.yml")
    found = (Path(root).glob(f"{page}.ipynb") for page in _pages(contents, contents.root, part))
    return list(dict.fromkeys(path for matches in found for path in sorted(matches)))


def themes(root: Path = paths.ROOT) -> list[Path]:
    """Return the notebooks in the part "Themes" of _toc.yml, which share a skeleton and rules of style."""
    return in_order(root, "Themes")


def _pages(contents: SiteMap, page: Document, part: str | None) -> Iterator[str]:
    """Yield the pages below a page of the table of contents, as paths without ending; some are patterns."""
    for tree in page.subtrees:
        if part not in (None, tree.caption):
            continue
        for item in tree.items:
            if isinstance(item, str):  # else an address elsewhere
                yield item
                yield from _pages(contents, contents[item], None) if item in contents else ()


def read(path: Path) -> NotebookNode:
    """Return a notebook in nbformat 4. Raises ValueError where the file is no notebook."""
    try:
        return nbformat.read(path, as_version=4)
    except (ValueError, nbformat.ValidationError, KeyError, AttributeError, TypeError) as error:
        raise ValueError(
            f"{paths.shown(path)} is no notebook that can be read ({error}); "
            "restore it, or save it again in JupyterLab"
        ) from None


def read_cached(path: Path) -> NotebookNode:
    """Return a notebook as `read` does, from a cache until the file changes. Callers must not change it."""
    stat = Path(path).stat()
    return _read_cached(Path(path), stat.st_mtime_ns, stat.st_size)


@functools.lru_cache(maxsize=64)
def _read_cached(path: Path, _changed: int, _size: int) -> NotebookNode:
    return read(path)


def source_hash(notebook: NotebookNode) -> str:
    """Return the hash of what the author wrote: the cells with their tags, without outputs."""
    return _digest(
        [[cell.cell_type, cell.source, sorted(cell.metadata.get("tags", []))] for cell in notebook.cells]
    )


def cells_hash(notebook: NotebookNode, root: Path = paths.ROOT) -> str:
    """Return the hash of what the author wrote, and of what is written down of sentences read again."""
    code = "\n".join(cell.source for cell in _code_cells(notebook))
    read = [str(line) for line in conditions.read_again(root) if line["sentence"] in code]
    return _digest([source_hash(notebook), *([read] if read else [])])


def outputs_hash(notebook: NotebookNode) -> str:
    """Return the hash of what a run made: outputs and execution counts."""
    return _digest([[cell.outputs, cell.execution_count] for cell in _code_cells(notebook)])


def _code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def data_hash(
    notebook: NotebookNode, root: Path = paths.ROOT, edition: settings.Edition = settings.WHOLE
) -> str:
    """Return the hash of the rows that a notebook loads, and of the schema."""
    data, what = Path(root) / "data", loads.loaded(notebook)
    stats = [(data / "clean" / f"{name}.csv").stat() for name in what.tables]
    rows = _hash_of_rows(data / "clean", what, tuple((stat.st_mtime_ns, stat.st_size) for stat in stats))
    return _digest([edition.name, _file_hash(data / "datapackage.json"), rows])


@functools.lru_cache(maxsize=64)
def _hash_of_rows(clean: Path, what: loads.Loaded, _files: tuple[tuple[int, int], ...]) -> str:
    """Return the hash of the cells that are loaded of clean tables, cached until a file changes."""
    whole = [name for name in what.tables if name not in query.DIVIDED]
    others = {
        name: _hash_of_cells(clean / f"{name}.csv", query.left_out(name, what.without)) for name in whole
    }
    read = {name: _cells(clean / f"{name}.csv") for name in what.tables if name in query.DIVIDED}
    rows = query.selected(read | dict.fromkeys(others, pd.DataFrame()), what.themes, what.without)
    return _digest([others, {name: rows[name].to_csv(index=False) for name in read}])


def _hash_of_cells(path: Path, without: tuple[str, ...]) -> str:
    """Return the hash of the cells of a CSV file, some columns left out, cached until the file changes."""
    stat = path.stat()
    return _hash_of_changed_cells(path, without, stat.st_mtime_ns, stat.st_size)


@functools.lru_cache(maxsize=256)
def _hash_of_changed_cells(path: Path, without: tuple[str, ...], _changed: int, _size: int) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    kept = [place for place, column in enumerate(header) if column not in without]
    return _digest([[row[place] for place in kept] for row in (header, *rows)])


def _cells(path: Path) -> pd.DataFrame:
    """Return the cells of a CSV file, empty ones missing. Callers must not change them."""
    stat = path.stat()
    return _changed_cells(path, stat.st_mtime_ns, stat.st_size)


@functools.lru_cache(maxsize=8)
def _changed_cells(path: Path, _changed: int, _size: int) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8")


def code_files(notebook: NotebookNode, root: Path = paths.ROOT) -> list[Path]:
    """Return the files of code that may change a notebook's outputs, among them the locked requirements.

    Of the package these are the layers that notebooks are meant to import; all of it, where one imports more.
    """
    files = package_files(root)
    if loads.imported(notebook) <= {"", *_LAYERS}:
        parts = {"__init__", *_LAYERS}
        package = Path(root) / "qantar"
        *files, lock = files
        files = [file for file in files if Path(file.relative_to(package).parts[0]).stem in parts]
        files.append(lock)
    return files


def package_files(root: Path = paths.ROOT) -> list[Path]:
    """Return the files of the package, and the locked requirements."""
    files = (path for path in (Path(root) / "qantar").rglob("*") if path.is_file() and path.suffix != ".pyc")
    return [*sorted(files), Path(root) / "requirements.txt"]


def code_hash(notebook: NotebookNode, root: Path = paths.ROOT) -> str:
    """Return the hash of the files of `code_files`, and of where links lead."""
    return hash_of_files(code_files(notebook, root), addresses.site_url(root))


def hash_of_files(files: Iterable[Path], *others: str) -> str:
    """Return one hash of the names and contents of files, and of other texts; a missing file is no error."""
    return _digest([*others, *((path.name, _file_hash(path)) for path in files)])


def made_from_now(
    notebook: NotebookNode, root: Path = paths.ROOT, edition: settings.Edition = settings.WHOLE
) -> dict[str, str]:
    """Return hashes of "cells", "data" and "code": what outputs are made from in a run now."""
    return {
        "cells": cells_hash(notebook, root),
        "data": data_hash(notebook, root, edition),
        "code": code_hash(notebook, root),
    }


def _made_from(root: Path) -> dict[str, dict[str, str]]:
    """Return what the outputs of each notebook were made from, by its name; nothing where it is not known."""
    with contextlib.suppress(OSError, ValueError):
        return json.loads((Path(root) / MADE_FROM).read_text(encoding="utf-8"))
    return {}


def stale(path: Path, root: Path = paths.ROOT, edition: settings.Edition = settings.WHOLE) -> str | None:
    """Return why a notebook's outputs are out of date, and what to do; None where they are not."""
    notebook = read_cached(path)
    now = {**made_from_now(notebook, root, edition), "outputs": outputs_hash(notebook)}
    before = _made_from(root).get(Path(path).stem, {})
    reasons = {
        "cells": "its cells were changed after it was run",
        "data": "its outputs were made from other data than those in data/clean",
        "code": "its outputs were made with other code in qantar or other requirements",
        "outputs": "its outputs were not made by the pipeline",
    }
    for key, reason in reasons.items():
        if before.get(key) != now[key]:
            return f"{paths.shown(path, root)}: {reason}; run `make book` (or `pytask`), which runs it again"
    return None


def run(path: Path, root: Path = paths.ROOT, edition: settings.Edition = settings.WHOLE) -> None:
    """Run a notebook in its folder with the package of `root`; write outputs, and what they are made from.

    Raises RuntimeError, naming notebook and cell, where a cell fails, a chart of the whole record is empty,
    or the file was changed meanwhile. The file is then left as it was.
    """
    from nbclient import NotebookClient  # takes half a second, and most commands run no notebook
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    __tracebackhide__ = True  # pytask prints the message only
    notebook, name = read(path), paths.shown(path, root)
    language = notebook.metadata.get("language_info", {})
    as_written = source_hash(notebook)
    made_from = made_from_now(notebook, root, edition)  # before the run: later changes are not in the outputs
    client = NotebookClient(
        notebook,
        timeout=_TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(Path(path).parent)}},
    )
    try:
        client.execute(env=settings.child_environment(root, edition))
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        said = f"{error.ename}: {error.evalue}" if isinstance(error, CellExecutionError) else str(error)
        line = re.sub(r"\x1b\[[0-9;]*m", "", said.strip().splitlines()[0])
        raise RuntimeError(
            f"{name}, cell {_failed_cell(notebook)}: {line}; open it with `make lab` and mend that cell"
        ) from None
    if "file_extension" not in language:  # without it JupyterLab calls an opened notebook changed
        language = notebook.metadata.get("language_info", language)
    if edition.printed_by is None:
        _refuse_empty_charts(notebook, name)
    if source_hash(read(path)) != as_written:
        raise RuntimeError(
            f"{name} was changed while it ran, and is left as it is; run `make book` (or `pytask`) again"
        )
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook.metadata = nbformat.from_dict({"kernelspec": kernel, "language_info": language})
    tables.write_bytes(path, nbformat.writes(notebook, version=4).encode("utf-8") + b"\n")
    _write_made_from(Path(path).stem, {**made_from, "outputs": outputs_hash(notebook)}, root)


def _write_made_from(name: str, hashes: dict[str, str], root: Path) -> None:
    """Write what the outputs of one notebook were made from; others may be written at the same time."""
    lock = Path(root) / ".pytask" / "made_from.lock"
    lock.parent.mkdir(exist_ok=True)
    with FileLock(lock):
        known = {path.stem for path in in_order(root)}
        everything = {**_made_from(root), name: hashes}
        kept = {key: everything[key] for key in sorted(everything) if key in known}
        content = json.dumps(kept, indent=1) + "\n"
        tables.write_bytes(Path(root) / MADE_FROM, content.encode("utf-8"))


def _failed_cell(notebook: NotebookNode) -> int | str:
    """Return the number of the cell that raised an error; "?" where the kernel died or took too long."""
    for number, cell in enumerate(notebook.cells, 1):
        if any(output.output_type == "error" for output in cell.get("outputs", [])):
            return number
    return "?"


def _refuse_empty_charts(notebook: NotebookNode, name: str) -> None:
    __tracebackhide__ = True
    for number, cell in enumerate(notebook.cells, 1):
        for svg in (output.get("data", {}).get("image/svg+xml", "") for output in cell.get("outputs", [])):
            head = svg.partition(">")[0]
            if "qantar-empty" in head:
                figure = re.search(r'\bid="([^"]+)"', head)[1]
                raise RuntimeError(
                    f"{name}, cell {number}: figure {figure} has nothing to draw; "
                    "check the measures it asks for"
                )


def claims_shown(root: Path = paths.ROOT) -> dict[str, list[tuple[str, str]]]:
    """Return the notebooks whose outputs link to a claim, as (name of the file, title), by claim id."""
    shown = {}
    for path in in_order(root):
        notebook = read_cached(path)
        title = notebook.cells[0].source.splitlines()[0].lstrip("# ")
        outputs = json.dumps([cell.get("outputs", []) for cell in notebook.cells])
        for claim in sorted(addresses.claims_in(outputs)):
            shown.setdefault(claim, []).append((path.stem, title))
    return shown


def picture(path: Path, cell_id: str) -> bytes:
    """Return the PNG that a cell of a notebook shows. Raises KeyError where the cell shows none."""
    cells = [cell for cell in read_cached(path).cells if cell.id == cell_id]
    for output in (output for cell in cells for output in cell.get("outputs", [])):
        if "image/png" in output.get("data", {}):
            return base64.b64decode(output["data"]["image/png"])
    raise KeyError(f"{paths.shown(path)} has no picture in cell {cell_id}; run it, or name another cell")


def _file_hash(path: Path) -> str | None:
    if not path.is_file():
        return None
    stat = path.stat()
    return _hash_of_file(path, stat.st_mtime_ns, stat.st_size)


@functools.lru_cache(maxsize=1024)
def _hash_of_file(path: Path, _changed: int, _size: int) -> str:
    """Return the SHA-256 of a file, cached until it changes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
