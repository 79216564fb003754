"""How long builds of the book take beside plain Jupyter Book 1 on the same pages, interleaved in one run.

Run `python benchmarks/builds.py [rounds]`; it works in temporary copies of the checkout and takes some ten
minutes a round. Plain Jupyter Book gets the reference pages ready made, runs notebooks through its own
cache, and has its own theme. It has no way to know that data changed: for a changed claim it runs everything.
Seconds of processor time and of a clock (median, least to most); only the ratios say anything elsewhere.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from qantar import paths, settings
from qantar.pipeline import notebooks

ROUNDS = 3
_LEFT_OUT = (
    ".git",
    ".venv",
    "_build",
    ".pytask",
    "__pycache__",
    ".hypothesis",
    ".*_cache",
)
_OURS = [sys.executable, "-m", "pytask"]
_PLAIN = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", ".", "-q"]


def run(command: list[str], root: Path) -> tuple[float, float]:
    """Run a command in a checkout; return the seconds of processor time and of a clock that it took."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        command, cwd=root, env=settings.child_environment(root), text=True, capture_output=True
    )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def copy_of(folder: Path, name: str) -> Path:
    """Return a copy of the checkout, with reference pages and without anything else that was built."""
    target = folder / name
    shutil.copytree(paths.ROOT, target, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    return target


def make_plain(root: Path) -> None:
    """Make a copy of the checkout a book of Jupyter Book alone: no theme, extension or option of ours."""
    path = root / "_config.yml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config["execute"] = {"execute_notebooks": "cache", "timeout": 300}
    config["sphinx"] = {"config": {"language": "en"}}
    path.write_text(yaml.safe_dump(config), encoding="utf-8")


# --- edits, each made to both copies


def nothing(root: Path, n: int) -> None:
    """Change nothing."""


def prose(root: Path, n: int) -> None:
    """Add a paragraph to a page of prose."""
    with (root / "book" / "method.md").open("a", encoding="utf-8") as file:
        file.write(f"\nOne more paragraph, number {n}.\n")


def cell(root: Path, n: int) -> None:
    """Add a paragraph to a cell of a notebook."""
    path = root / "notebooks" / "media_attacks.ipynb"
    notebook = notebooks.read(path)
    prose = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    prose[-1].source += f"\n\nOne more paragraph, number {n}."
    path.write_text(notebooks.nbformat.writes(notebook), encoding="utf-8")


def claim(root: Path, n: int) -> None:
    """Change the note of a claim of one theme."""
    path = root / "data" / "raw" / "claims.csv"
    path.write_bytes(path.read_bytes().rstrip(b"\n") + f" again {n}\n".encode())


def pages_gone(root: Path, n: int) -> None:
    """Remove the built book, and keep what notebooks gave."""
    shutil.rmtree(root / "book" / "_build", ignore_errors=True)
    shutil.rmtree(root / "_build" / "html", ignore_errors=True)
    shutil.rmtree(root / "_build" / ".doctrees", ignore_errors=True)


def everything_gone(root: Path, n: int) -> None:
    """Remove the built book, and what is known of notebooks."""
    pages_gone(root, n)
    shutil.rmtree(root / "_build", ignore_errors=True)
    (root / notebooks.MADE_FROM).unlink(missing_ok=True)


WORK: list[tuple[str, Callable[[Path, int], None], Callable[[Path, int], None], float | None]] = [
    # what is done, the edit to ours, the edit to plain, the ratio that is wanted at most
    ("render only", pages_gone, pages_gone, 1.3),
    ("nothing to do", nothing, nothing, None),
    ("a page of prose", prose, prose, 1.2),
    ("a cell of a notebook", cell, cell, 1.2),
    ("a claim of one theme", claim, everything_gone, None),
    ("everything from nothing", everything_gone, everything_gone, 0.7),
]


def main() -> None:
    """Print a table of seconds and ratios."""
    rounds = int(sys.argv[1]) if sys.argv[1:] else ROUNDS
    took: dict[str, list[tuple[tuple[float, float], tuple[float, float]]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        ours, plain = copy_of(Path(folder), "ours"), copy_of(Path(folder), "plain")
        make_plain(plain)
        run(_OURS, ours), run(_PLAIN, plain)
        for n in range(rounds):
            for name, edit_ours, edit_plain, _ in WORK:
                edit_ours(ours, n)
                edit_plain(plain, n)
                pair = (run(_OURS, ours), run(_PLAIN, plain))
                took.setdefault(name, []).append(pair)
                print(f"round {n + 1}, {name}: ours {pair[0]}, plain {pair[1]}", file=sys.stderr, flush=True)
    print(f"{rounds} rounds on {os.cpu_count()} cores; seconds of processor time, then of a clock\n")
    for clock, what in enumerate(("processor", "clock")):
        print(f"{what:24}  ours                 plain                 ours / plain   wanted")
        for name, _, _, wanted in WORK:
            mine, other = ([pair[side][clock] for pair in took[name]] for side in (0, 1))
            ratio = statistics.median(a / b for a, b in zip(mine, other, strict=True))
            print(f"{name:24}  {_spread(mine):20} {_spread(other):20}  {ratio:12.2f}   {wanted or ''}")
        print()


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.1f} ({min(values):.1f} to {max(values):.1f})"


if __name__ == "__main__":
    main()
