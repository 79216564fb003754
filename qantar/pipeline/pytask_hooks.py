"""What pytask does beside running the tasks of task_build.py. It finds these hooks by pyproject.toml."""

import contextlib
from collections.abc import Generator, Iterator
from typing import Any

from pytask import Session, hookimpl
from pytask_parallel import ParallelBackend

from qantar import paths
from qantar.pipeline import build_lock, notebooks
from qantar.record import derive

_held = contextlib.ExitStack()


@hookimpl(tryfirst=True)
def pytask_post_parse(config: dict[str, Any]) -> None:
    """Take the lock before pytask reads its state, which another build may be about to change.

    Where at most one notebook is to be run, tasks follow one another: the parallel loop sleeps up to a second
    before it looks whether a task has ended.
    """
    with _os_errors_as_messages():
        _held.enter_context(build_lock.lock())
    if config["parallel_backend"] == ParallelBackend.THREADS and not config["force"] and _is_small():
        config["parallel_backend"] = ParallelBackend.NONE


def _is_small() -> bool:
    """Return True where the clean tables are up to date, and all notebooks but one at most."""
    try:
        return not derive.stale() and len(list(filter(None, map(notebooks.stale, notebooks.in_order())))) <= 1
    except (ValueError, KeyError, OSError):  # something is damaged, which a task reports
        return False


@hookimpl(wrapper=True)
def pytask_execute() -> Generator[None, Any, Any]:
    """Report a disk that is full or read-only in a sentence, also where pytask writes its own state."""
    with _os_errors_as_messages():
        return (yield)


@hookimpl(wrapper=True)
def pytask_unconfigure(session: Session) -> Generator[None, Any, Any]:
    """Release the lock after pytask has written its state."""
    with _held, _os_errors_as_messages():
        return (yield)


@contextlib.contextmanager
def _os_errors_as_messages() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SystemExit(paths.in_words(error)) from None
