"""How the book grows with the record: a build from nothing, of the record as it is and of larger ones.

Run `python benchmarks/book_growth.py [times ...]` (default: 1 10). The larger records are those of growth.py.
Their notebooks are run first, which is not measured; what the copies break is said to be read again. MB is
what the largest process of the build held.
"""

import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import growth

from qantar import paths, settings
from qantar.pipeline import notebooks, rereading
from qantar.record import derive, load, row_pages, tables

_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "_build", "reference", ".pytask", "__pycache__", ".*_cache"
)
_BUILD = """
import resource
from qantar.book import build
build.build()
for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
    print(*resource.getrusage(who)[:3])
"""


def enlarged(times: int, folder: Path) -> Path:
    """Return a copy of the checkout with `times` its record, and notebooks that were run on it."""
    root = shutil.copytree(paths.ROOT, folder / str(times), ignore=_LEFT_OUT)
    (root / ".pytask").mkdir()
    if times > 1:
        growth.multiply(times, folder / "data")
        for name in tables.raw_names():
            shutil.copy(folder / "data" / "raw" / f"{name}.csv", root / "data" / "raw")
        shutil.rmtree(folder / "data")
        derive.write(root / "data")
        row_pages.write(root / "data")
        record = load(data=root / "data", edition=settings.WHOLE)
        rereading.still_true((found.row for found in rereading.broken(record, root)), root)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda path: notebooks.run(path, root), notebooks.in_order(root)))
    return root


def build(root: Path) -> tuple[float, float]:
    """Build the book of a checkout from nothing; return seconds of processor time, and megabytes."""
    here = settings.child_environment(root)
    done = subprocess.run(
        [sys.executable, "-c", _BUILD], cwd=root, env=here, check=True, stdout=subprocess.PIPE
    )
    of_itself, of_children = (map(float, line.split()) for line in done.stdout.decode().splitlines()[-2:])
    (user, system, most), (more_user, more_system, most_of_one) = of_itself, of_children
    return user + system + more_user + more_system, max(most, most_of_one) / 1024


def main() -> None:
    """Print a line for each multiple."""
    print("times       rows   seconds      MB")
    for times in map(int, sys.argv[1:] or ("1", "10")):
        with tempfile.TemporaryDirectory() as folder:
            root = enlarged(times, Path(folder))
            rows = sum(len(tables.read_table(name, root / "data")) for name in tables.raw_names())
            seconds, most = build(root)
            print(f"{times:5}  {rows:9}  {seconds:8.1f}  {most:6.0f}", flush=True)


if __name__ == "__main__":
    main()
