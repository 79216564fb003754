"""What a notebook loads of the record and imports of the package, read from the syntax of its code."""

import ast
import contextlib
import functools
from collections.abc import Iterator
from typing import NamedTuple

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from qantar.record import tables


class Loaded(NamedTuple):
    """What a notebook loads: clean tables, themes of claims and measures (None: every theme), columns not."""

    tables: tuple[str, ...]
    themes: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()


def loaded(notebook: NotebookNode) -> Loaded:
    """Return what a notebook loads, read from its calls `load("claims", ..., themes=[...], without=[...])`.

    Everything, where a call has other arguments, there is no such call, or a function read_... is called on a
    file that is not the notebook's own: an unnecessary run is better than outputs of other data.
    """
    every = tuple(sorted(tables.clean_names()))
    calls = _uses(_code(notebook)).calls
    if not calls or None in calls:
        return Loaded(every)
    names = {name for call in calls for name in call.tables or every}
    themes = {theme for call in calls for theme in call.themes or ()}
    is_part = all(call.themes for call in calls)
    without = set.intersection(*(set(call.without) for call in calls))
    return Loaded(
        tuple(name for name in every if name in names),
        tuple(sorted(themes)) if is_part else None,
        tuple(sorted(without)),
    )


def imported(notebook: NotebookNode) -> frozenset[str]:
    """Return what a notebook imports of qantar, such as "record"; "" for the package itself."""
    return _uses(_code(notebook)).imported


class _Uses(NamedTuple):
    """The calls of `load` in some code, None for one that cannot be read, and what is imported of qantar."""

    calls: tuple[Loaded | None, ...]
    imported: frozenset[str]  # such as "record"; "" for the package


@functools.lru_cache(maxsize=64)
def _uses(code: tuple[str, ...]) -> _Uses:
    """Return what code cells use; cached, since parsing them takes as long as loading the record."""
    calls, modules, own_files = [], [], set()
    for node in _syntax(code):
        if isinstance(node, ast.Assign) and "mkdtemp(" in ast.unparse(node.value):
            own_files.update(ast.unparse(target) for target in node.targets)
        elif isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call):
            function = ast.unparse(node.func).rpartition(".")[2]
            if function == "load":
                calls.append(_call_of_load(node))
            elif function.startswith("read_") and not _is_of(node, own_files):
                calls.append(None)
    parts = [f"{module}.".split(".") for module in modules]
    return _Uses(tuple(calls), frozenset(part[1] for part in parts if part[0] == "qantar"))


def _is_of(call: ast.Call, files: set[str]) -> bool:
    """Return whether a call reads a file that the notebook made itself, in a temporary folder."""
    return bool(call.args) and ast.unparse(call.args[0]) in files


def _call_of_load(call: ast.Call) -> Loaded | None:
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    of_a_day = keywords.pop("printed_by", None)
    try:
        names = tuple(ast.literal_eval(argument) for argument in call.args)
        named = {name: ast.literal_eval(value) for name, value in keywords.items()}
    except ValueError:
        return None
    if of_a_day:  # made from all tables
        return Loaded((), None, tuple(named.get("without", ())))
    themes, without = named.pop("themes", None), named.pop("without", ())
    return None if named else Loaded(names, themes and tuple(themes), tuple(without))


def _syntax(code: tuple[str, ...]) -> Iterator[ast.AST]:
    """Yield the syntax nodes of code cells."""
    without_magics = TransformerManager().transform_cell
    for source in code:
        with contextlib.suppress(SyntaxError):  # running the cell reports it
            yield from ast.walk(ast.parse(without_magics(source)))


def _code(notebook: NotebookNode) -> tuple[str, ...]:
    return tuple(cell.source for cell in notebook.cells if cell.cell_type == "code")
