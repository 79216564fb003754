"""Run a notebook in place, and know whether its outputs still belong to its cells, its data and its code.

One idea: a committed notebook carries its outputs, so it must say what they were made from. After a run its metadata hold,
under "qantar", the hashes of its source cells, of the clean tables it loads, of the code it ran with, and of its outputs.
The pipeline and the book compare these with what is at hand; either is enough to catch a stale or hand-edited output.
"""

import ast
import base64
import functools
import hashlib
import json
import re
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

from qantar import addresses, paths, settings
from qantar.record import tables

_STAMP = "qantar"
_TIMEOUT = 600  # seconds for one cell


def in_order(root=paths.ROOT):
    """Return the notebooks of the book, as paths in their order in the folder."""
    return sorted(path for path in (Path(root) / "notebooks").glob("*.ipynb"))


def read(path):
    """Return a notebook as nbformat's NotebookNode (version 4). Raises ValueError where the file is no notebook."""
    try:
        return nbformat.read(path, as_version=4)
    except (ValueError, nbformat.ValidationError, KeyError, AttributeError, TypeError) as error:
        raise ValueError(
            f"{paths.shown(path)} is no notebook that can be read ({error}); restore it, or save it again in JupyterLab"
        ) from None


def as_it_stands(path):
    """Return a notebook as `read` does, to be looked at and not to be changed: it is read once, as long as its file is not changed."""
    stat = Path(path).stat()
    return _as_it_stands(Path(path), stat.st_mtime_ns, stat.st_size)


@functools.lru_cache(maxsize=64)
def _as_it_stands(path, _changed, _size):
    return read(path)


def source_hash(notebook):
    """Return the hash of a notebook's cells without their outputs: what the author wrote."""
    return _digest(
        [[cell.cell_type, cell.source, sorted(cell.metadata.get("tags", []))] for cell in notebook.cells]
    )


def outputs_hash(notebook):
    """Return the hash of a notebook's outputs and counts: what running it made."""
    return _digest(
        [[cell.outputs, cell.execution_count] for cell in notebook.cells if cell.cell_type == "code"]
    )


def loaded_tables(notebook):
    """Return the names of the clean tables that a notebook loads, read from its calls of load (of qantar.record).

    Every table, where a call names none or its names cannot be read from the source: rather run once too often than publish
    outputs of other data.
    """
    every = sorted(tables.clean_names())
    plain_python = TransformerManager().transform_cell  # without the magics of IPython
    names = set()
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        try:
            nodes = list(ast.walk(ast.parse(plain_python(cell.source))))
        except SyntaxError:
            return every  # running the cell says what is wrong
        for call in (
            node
            for node in nodes
            if isinstance(node, ast.Call)
            and ast.unparse(node.func) in ("load", "record.load", "qantar.record.load")
        ):
            if (
                not call.args
                or call.keywords
                or not all(isinstance(argument, ast.Constant) for argument in call.args)
            ):
                return every
            names |= {argument.value for argument in call.args}
    return [name for name in every if name in names]


# What a notebook may import: the layers below the book, and what they stand on (see CONTRIBUTING.md). import-linter
# holds them to it.
_LAYERS = ("record", "presentation")
_BESIDE = ("__init__.py", "addresses.py", "paths.py", "settings.py")


def code_files(root=paths.ROOT):
    """Return the files whose change may change an output: the layers that notebooks import, and the locked requirements."""
    package = Path(root) / "qantar"
    layers = [
        path
        for name in _LAYERS
        for path in sorted((package / name).rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    ]
    return [*(package / name for name in _BESIDE), *layers, Path(root) / "requirements.txt"]


def table_files(notebook, root=paths.ROOT):
    """Return the paths of the clean tables that a notebook loads, and of the data package that declares them."""
    data = Path(root) / "data"
    return [data / "datapackage.json", *(data / "clean" / f"{name}.csv" for name in loaded_tables(notebook))]


def stamp(notebook, root=paths.ROOT, edition=settings.WHOLE):
    """Return what a notebook's outputs were made from if it were run now, as a dict of hashes: cells, data, code."""
    return {
        "cells": source_hash(notebook),
        "data": _digest(
            [
                *filter(None, [edition.name]),
                *[
                    hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
                    for path in table_files(notebook, root)
                ],
            ]
        ),
        "code": _digest([hashlib.sha256(path.read_bytes()).hexdigest() for path in code_files(root)]),
    }


def stale(path, root=paths.ROOT, edition=settings.WHOLE):
    """Say why a notebook's outputs do not belong to what is at hand, as a sentence with what to do; None where they do."""
    notebook = as_it_stands(path)
    made_from = notebook.metadata.get(_STAMP, {})
    now = {**stamp(notebook, root, edition), "outputs": outputs_hash(notebook)}
    reasons = {
        "cells": "its cells were changed after it was run",
        "data": "its outputs were made from other data than those in data/clean",
        "code": "its outputs were made with other code in qantar or other requirements",
        "outputs": "its outputs were not made by the pipeline",
    }
    why = [reason for key, reason in reasons.items() if made_from.get(key) != now[key]]
    if not why:
        return None
    return f"{paths.shown(path, root)}: {why[0]}; run `make book` (or `pytask`), which runs it again"


def run(path, root=paths.ROOT, edition=settings.WHOLE):
    """Run a notebook in place, as JupyterLab would, and stamp it; the file is only replaced when every cell has run.

    The kernel works in the notebook's folder and imports the package of `root`. Raises RuntimeError, naming notebook,
    cell and error, where a cell fails; the file is then left as it was.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    __tracebackhide__ = True  # pytask shows the sentence, not these lines
    notebook = read(path)
    made_from = stamp(
        notebook, root, edition
    )  # before the run: what changes meanwhile is not what the outputs were made from
    client = NotebookClient(
        notebook,
        timeout=_TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],  # of the kernel's own words only those that tell of a fault
        resources={"metadata": {"path": str(Path(path).parent)}},
    )
    try:
        client.execute(env=settings.child_environment(root, edition))
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        said = f"{error.ename}: {error.evalue}" if isinstance(error, CellExecutionError) else str(error)
        first = re.sub(r"\x1b\[[0-9;]*m", "", said.strip().splitlines()[0])
        number = next(
            (
                n
                for n, cell in enumerate(notebook.cells, 1)
                if any(o.output_type == "error" for o in cell.get("outputs", []))
            ),
            "?",
        )
        raise RuntimeError(
            f"{paths.shown(path, root)}, cell {number}: {first}; open it with `make lab` and mend that cell"
        ) from None
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            _STAMP: {**made_from, "outputs": outputs_hash(notebook)},
        }
    )
    if source_hash(read(path)) != made_from["cells"]:
        raise RuntimeError(
            f"{paths.shown(path, root)} was changed while it ran, and is left as it is; run `make book` (or `pytask`) again"
        )
    tables.write_bytes(path, nbformat.writes(notebook, version=4).encode("utf-8") + b"\n")


def claims_shown(root=paths.ROOT):
    """Return the notebooks whose outputs lead to a claim: pairs of file name (without its ending) and title, by claim id."""
    shown = {}
    for path in in_order(root):
        notebook = as_it_stands(path)
        title = notebook.cells[0].source.splitlines()[0].lstrip("# ")
        outputs = json.dumps([cell.get("outputs", []) for cell in notebook.cells])
        for claim in sorted(addresses.claims_in(outputs)):
            shown.setdefault(claim, []).append((path.stem, title))
    return shown


def picture(path, cell_id):
    """Return the PNG that a cell of a notebook shows, as bytes. Raises KeyError where the cell shows none."""
    for cell in read(path).cells:
        if cell.id == cell_id:
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    return base64.b64decode(output["data"]["image/png"])
    raise KeyError(f"{paths.shown(path)} has no picture in cell {cell_id}; run it, or name another cell")


def _digest(content):
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode("utf-8")).hexdigest()
