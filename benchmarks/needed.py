"""How much of a full build an edit costs, and how much it costs to find that there is nothing to do: ratios
of one run.

Run it with `python benchmarks/needed.py`; it works in a temporary copy and takes some minutes.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TIMES = 3


def main():
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "qantar"
        shutil.copytree(
            ROOT,
            copy,
            ignore=shutil.ignore_patterns(".git", ".venv", "_build", "reference", ".pytask", "__pycache__"),
        )
        full, ran = build(copy, "--force")
        print(f"full build: {len(ran)} notebooks")
        nothing = [build(copy)[0] for _ in range(TIMES)]
        median, least, most = (of(nothing) / full for of in (statistics.median, min, max))
        print(f"nothing to do: {median:.3f} of a full build (median of {TIMES}, {least:.3f} to {most:.3f})")
        for table in ("claims", "restrictions", "incidents", "phrases"):
            path = copy / "data" / "raw" / f"{table}.csv"
            before = path.read_bytes()
            path.write_bytes(before.rstrip(b"\n") + b" again\n")  # the last cell of a table is its note
            took, ran = build(copy)
            print(
                f"one row of {table}: {took / full:.2f} of a full build, "
                f"{len(ran)} notebooks run: {', '.join(ran) or 'none'}"
            )
            path.write_bytes(before)
            build(copy)


def build(copy, *options):
    """Build the book in a copy; return how long that took in seconds, and the notebooks that were run."""
    env = {**os.environ, "PYTHONPATH": str(copy), "QANTAR_SOURCES": str(copy / "no-texts")}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytask", *options], cwd=copy, env=env, text=True, capture_output=True
    )
    if done.returncode:
        raise SystemExit(done.stdout)
    return time.monotonic() - began, sorted(re.findall(r"running notebooks/(\w+)\.ipynb", done.stdout))


if __name__ == "__main__":
    main()
