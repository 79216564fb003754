"""One build at a time in a checkout: a second one waits.

The lock is the operating system's: it ends with the process that holds it, even one that was killed.
"""

import contextlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from qantar import paths


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
