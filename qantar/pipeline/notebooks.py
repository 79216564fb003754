"""Notebooks: which ones the book has, what their outputs were made from, and running them.

A committed notebook carries its outputs. After a run its metadata hold, under "qantar", hashes of its cells,
data, code and outputs; where one differs from what is at hand, the outputs are stale or were edited.
"""

import ast
import base64
import contextlib
import functools
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode
from sphinx_external_toc.api import Document, SiteMap
from sphinx_external_toc.parsing import parse_toc_yaml

from qantar import addresses, paths, settings
from qantar.record import tables

_STAMP = "qantar"
_TIMEOUT = 600  # seconds for one cell
# What notebooks are meant to import; import-linter checks that these import nothing else of the package.
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


def outputs_hash(notebook: NotebookNode) -> str:
    """Return the hash of what a run made: outputs and execution counts."""
    return _digest([[cell.outputs, cell.execution_count] for cell in _code_cells(notebook)])


def loaded_tables(notebook: NotebookNode) -> list[str]:
    """Return the names of the clean tables that a notebook loads, read from its calls `load("claims", ...)`.

    Every table, where a call has other arguments, there is no such call, or a function read_... is called: an
    unnecessary run is better than outputs of other data.
    """
    every = sorted(tables.clean_names())
    names = set()
    for call in (node for node in _syntax(notebook) if isinstance(node, ast.Call)):
        function = ast.unparse(call.func).rpartition(".")[2]
        if function.startswith("read_"):
            return every
        if function == "load":
            if call.keywords or not all(isinstance(argument, ast.Constant) for argument in call.args):
                return every
            names |= {argument.value for argument in call.args} or set(every)
    return [name for name in every if name in names] or every


def table_files(notebook: NotebookNode, root: Path = paths.ROOT) -> list[Path]:
    """Return the schema and the clean tables that a notebook loads."""
    data = Path(root) / "data"
    return [data / "datapackage.json", *(data / "clean" / f"{name}.csv" for name in loaded_tables(notebook))]


def code_files(notebook: NotebookNode, root: Path = paths.ROOT) -> list[Path]:
    """Return the files of code that may change a notebook's outputs, among them the locked requirements.

    Of the package these are the layers that notebooks are meant to import; all of it, where one imports more.
    """
    files = package_files(root)
    if _imported(notebook) <= set(_LAYERS):
        others = [
            path for path in (Path(root) / "qantar").iterdir() if path.stem not in ("__init__", *_LAYERS)
        ]
        files = [file for file in files if not any(file.is_relative_to(other) for other in others)]
    return files


def package_files(root: Path = paths.ROOT) -> list[Path]:
    """Return the files of the package, and the locked requirements."""
    files = (path for path in (Path(root) / "qantar").rglob("*") if path.is_file() and path.suffix != ".pyc")
    return [*sorted(files), Path(root) / "requirements.txt"]


def _imported(notebook: NotebookNode) -> set[str]:
    """Return the parts of the package that a notebook imports, such as "record"; "" for the package."""
    modules = []
    for node in _syntax(notebook):
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules += [f"{node.module}.{alias.name}" for alias in node.names]
    parts = [f"{module}.".split(".") for module in modules]
    return {part[1] for part in parts if part[0] == "qantar"}


def _syntax(notebook: NotebookNode) -> Iterator[ast.AST]:
    """Yield the syntax nodes of a notebook's code cells."""
    without_magics = TransformerManager().transform_cell
    for cell in _code_cells(notebook):
        with contextlib.suppress(SyntaxError):  # running the cell reports it
            yield from ast.walk(ast.parse(without_magics(cell.source)))


def _code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def stamp(
    notebook: NotebookNode, root: Path = paths.ROOT, edition: settings.Edition = settings.WHOLE
) -> dict[str, str]:
    """Return hashes of "cells", "data" and "code": what outputs are made from in a run now."""
    data, code = table_files(notebook, root), code_files(notebook, root)
    named = [edition.name] if edition.name else []
    return {
        "cells": source_hash(notebook),
        "data": _digest([*named, *map(_file_hash, data)]),
        "code": _digest([_file_hash(path) for path in code]),
    }


def stale(path: Path, root: Path = paths.ROOT, edition: settings.Edition = settings.WHOLE) -> str | None:
    """Return why a notebook's outputs are out of date, and what to do; None where they are not."""
    notebook = read_cached(path)
    now = {**stamp(notebook, root, edition), "outputs": outputs_hash(notebook)}
    reasons = {
        "cells": "its cells were changed after it was run",
        "data": "its outputs were made from other data than those in data/clean",
        "code": "its outputs were made with other code in qantar or other requirements",
        "outputs": "its outputs were not made by the pipeline",
    }
    for key, reason in reasons.items():
        if notebook.metadata.get(_STAMP, {}).get(key) != now[key]:
            return f"{paths.shown(path, root)}: {reason}; run `make book` (or `pytask`), which runs it again"
    return None


def run(path: Path, root: Path = paths.ROOT, edition: settings.Edition = settings.WHOLE) -> None:
    """Run a notebook in its folder with the package of `root`, and write it with outputs and their stamp.

    Raises RuntimeError, naming notebook and cell, where a cell fails, a chart of the whole record is empty,
    or the file was changed meanwhile. The file is then left as it was.
    """
    from nbclient import NotebookClient  # takes half a second, and most commands run no notebook
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    __tracebackhide__ = True  # pytask prints the message only
    notebook, name = read(path), paths.shown(path, root)
    made_from = stamp(notebook, root, edition)  # before the run: later changes are not in the outputs
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
    if edition.printed_by is None:
        _refuse_empty_charts(notebook, name)
    if source_hash(read(path)) != made_from["cells"]:
        raise RuntimeError(
            f"{name} was changed while it ran, and is left as it is; run `make book` (or `pytask`) again"
        )
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    stamped = {_STAMP: {**made_from, "outputs": outputs_hash(notebook)}}
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": kernel, "language_info": {"name": "python"}, **stamped}
    )
    tables.write_bytes(path, nbformat.writes(notebook, version=4).encode("utf-8") + b"\n")


def _failed_cell(notebook: NotebookNode) -> int | str:
    """Return the number of the cell that raised an error; "?" where the kernel died or took too long."""
    for number, cell in enumerate(notebook.cells, 1):
        if any(output.output_type == "error" for output in cell.get("outputs", [])):
            return number
    return "?"


def _refuse_empty_charts(notebook: NotebookNode, name: str) -> None:
    __tracebackhide__ = True
    for number, cell in enumerate(notebook.cells, 1):
        for html in (output.get("data", {}).get("text/html", "") for output in cell.get("outputs", [])):
            if "qantar-empty" in html:
                figure = re.search(r'\bid="([^"]+)"', html)[1]
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
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
