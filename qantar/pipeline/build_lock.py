"""One build at a time: a second one waits for the first. These are hooks of pytask, which pyproject.toml names to it.

The lock is the operating system's own: it goes with the process that holds it, however that ends.
"""

import contextlib
import shutil
import sys

from filelock import FileLock, Timeout
from pytask import hookimpl

from qantar import paths

_FILE = paths.ROOT / ".pytask" / "build.lock"
_held = contextlib.ExitStack()


@contextlib.contextmanager
def lock(root=paths.ROOT):
    """Hold the lock of the checkout `root`; wait, and say so, where another build holds it. Raises OSError where the checkout cannot be written."""
    file = root / _FILE.relative_to(paths.ROOT)
    file.parent.mkdir(exist_ok=True)
    taken = FileLock(file)
    try:
        taken.acquire(timeout=0)
    except Timeout:
        print(
            "another build is at work in this checkout; waiting until it has ended",
            file=sys.stderr,
            flush=True,
        )
        taken.acquire()
    for left in (root / "book" / "_build").glob(".new-*"):
        shutil.rmtree(left, ignore_errors=True)  # by a build that was killed
    try:
        yield
    finally:
        taken.release()


@hookimpl(tryfirst=True)
def pytask_post_parse(config):
    """Take the lock before anything is looked at, pytask.lock among it: what another build is about to change would be looked at too early."""
    sys.excepthook = _told
    try:
        _held.enter_context(lock())
    except OSError as error:
        raise SystemExit(paths.in_words(error)) from None


def _told(kind, error, trace):
    """Tell a full disk or a folder that cannot be written in a sentence, also where pytask itself meets it."""
    if isinstance(error, OSError):
        print(paths.in_words(error), file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


@hookimpl(trylast=True)
def pytask_unconfigure(session):
    """Give the lock back."""
    _held.close()
