"""How long the pipeline takes to run all notebooks, as a ratio to running them one after another.

Run it with `python benchmarks/notebooks.py`. Each run makes every output anew in a copy of the checkout,
alternating so that noise falls on both; the machines it runs on are shared, so only the ratio says anything.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from qantar import paths, settings
from qantar.pipeline import notebooks

ROUNDS = 3
WANTED = 0.6


def alone(root):
    """Return how long the notebooks of the checkout `root` take one after another, in seconds.

    One process, no pipeline around it.
    """
    begin = time.perf_counter()
    for notebook in notebooks.in_order(root):
        notebooks.run(notebook, root)
    return time.perf_counter() - begin


def together(root):
    """Return how long the pipeline takes to run all of them, in seconds, once each has a change.

    Less what it takes where nothing is to do.
    """
    for notebook in notebooks.in_order(root):
        changed = notebooks.read(notebook)
        changed.cells[0].source += "\n"
        nbformat.write(changed, notebook)
    return pipeline(root) - pipeline(root)


def pipeline(root):
    """Return how long `pytask` takes up to the notebooks, in seconds."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "pytask", "-k", "task_notebook"]
    subprocess.run(
        command, cwd=root, env=settings.child_environment(root), check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - begin


def main():
    """Print a table of ratios, and their median."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "qantar"
        shutil.copytree(
            paths.ROOT,
            copy,
            ignore=shutil.ignore_patterns(
                ".venv", ".git", "_build", "__pycache__", ".pytask", ".pytest_cache", ".ruff_cache"
            ),
        )
        ratios = []
        print(f"{len(notebooks.in_order(copy))} notebooks\n\nround  together / one after another")
        for n in range(1, ROUNDS + 1):
            ratios.append(together(copy) / alone(copy))
            print(f"{n:5}  {ratios[-1]:26.2f}", flush=True)
    print(f"\nmedian {statistics.median(ratios):.2f}; at most {WANTED} is wanted")


if __name__ == "__main__":
    main()
