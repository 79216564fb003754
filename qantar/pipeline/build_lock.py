"""One build at a time in a checkout: a second one waits. pytask finds these hooks by pyproject.toml.

The lock is the operating system's: it ends with the process that holds it, even one that was killed.
"""

import contextlib
import shutil
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pytask import Session, hookimpl

from qantar import paths

_held = contextlib.ExitStack()


@contextlib.contextmanager
def lock(root: Path = paths.ROOT) -> Iterator[None]:
    """Hold the lock of the checkout `root`; wait, and say so, while another build holds it.

    Raises OSError where the checkout cannot be written.
    """
    file = Path(root) / ".pytask" / "build.lock"
    file.parent.mkdir(exist_ok=True)
    lock = FileLock(file)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print("another build is at work in this checkout; waiting until it has ended", file=sys.stderr)
        lock.acquire()
    for left in (Path(root) / "book" / "_build").glob(".new-*"):
        shutil.rmtree(left, ignore_errors=True)  # by a build that was killed
    try:
        yield
    finally:
        lock.release()


@hookimpl(tryfirst=True)
def pytask_post_parse() -> None:
    """Take the lock before pytask reads its state, which another build may be about to change."""
    with _os_errors_as_messages():
        _held.enter_context(lock())


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
