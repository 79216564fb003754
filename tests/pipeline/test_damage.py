"""Builds that are killed, two at once, a full disk: the next build is right, and the last good book stays.

QANTAR_KILLS says how often a build is killed (default 1). The long form is
`QANTAR_KILLS=20 pytest tests/pipeline/test_damage.py -n 0`.
"""

import hashlib
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import edit_cell, pytask

from qantar.record import tables

KILLS = int(os.environ.get("QANTAR_KILLS", "1"))
EDITED = ("acts", 2, "note")


def start(root, **options):
    """Start the pipeline; return the process."""
    env = {**os.environ, "PYTHONPATH": str(root), "QANTAR_SOURCES": str(root / "no-texts")}
    return subprocess.Popen(
        [sys.executable, "-m", "pytask"],
        cwd=root,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        **options,
    )


def made(root):
    """Return the hash of every file that a build makes; not of those that killed children still write."""
    folders = ("data", "notebooks", "book/_build", "book/reference", "book/_static")
    files = [path for folder in folders for path in sorted((root / folder).rglob("*")) if path.is_file()]
    files = [path for path in files if not re.search(r"/\.new-|/\.sphinx/|\.ipynb_checkpoints", str(path))]
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in [*files, root / "pytask.lock"]
    }


@pytest.fixture(scope="module")
def undisturbed(small, tmp_path_factory):
    """A small checkout built after an edit, its files, and how long the build took in seconds."""
    root = shutil.copytree(small, tmp_path_factory.mktemp("undisturbed") / "qantar")
    edit_cell(root / "data", *EDITED, "another note")
    began = time.monotonic()
    done = pytask(root)
    assert done.returncode == 0, done.stdout
    return root, made(root), time.monotonic() - began


def test_a_build_after_killed_ones_is_as_if_none_had_been_killed(undisturbed):
    root, good, took = undisturbed
    moments = random.Random(2022)
    for n in range(KILLS):
        edit_cell(root / "data", *EDITED, f"note {n}")
        build = start(root)
        time.sleep(moments.uniform(0, took))
        if n % 2:
            os.kill(build.pid, signal.SIGKILL)  # its children live on for a while
        else:
            os.killpg(build.pid, signal.SIGKILL)
        build.wait()
        build.stdout.close()
    edit_cell(root / "data", *EDITED, "another note")
    done = pytask(root)
    assert done.returncode == 0, done.stdout
    assert made(root) == good


def test_of_two_builds_at_once_one_waits_and_then_has_nothing_to_do(undisturbed):
    root = undisturbed[0]
    edit_cell(root / "data", "phrases", 2, "note", "from two builds")
    builds = [start(root), start(root)]
    said = [build.communicate(timeout=600)[0] for build in builds]
    assert [build.returncode for build in builds] == [0, 0], "\n".join(said)
    assert sum("another build is at work in this checkout; waiting" in output for output in said) == 1
    assert sum("building the book" in output for output in said) == 1


@pytest.mark.parametrize(
    ("largest", "table", "row"),
    [(20_000, "claims", "south-2023-03-p4a"), (28_000, "phrases", 2), (60_000, "phrases", 2)],
    ids=["a clean table", "the state of pytask", "a page"],
)
def test_where_the_disk_is_full_a_sentence_says_so_and_nothing_is_lost(undisturbed, largest, table, row):
    root = undisturbed[0]
    path = root / "data" / "raw" / f"{table}.csv"
    before, good = path.read_bytes(), made(root)
    edit_cell(root / "data", table, row, "note", "a note on a full disk")
    build = start(root, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest)))
    said = build.communicate(timeout=600)[0]
    path.write_bytes(before)
    assert build.returncode == 1
    assert "File too large" in said
    assert "what was there before is still there" in " ".join(re.sub(r"[^\w ]", " ", said).split())
    assert "Traceback" not in said
    book = {name: content for name, content in good.items() if name.startswith("book/_build/html")}
    assert book.items() <= made(root).items()


def test_what_a_killed_writer_left_is_removed_by_the_next(tmp_path):
    (tmp_path / ".table.csv.4711.tmp").write_bytes(b"half")
    tables.write_bytes(tmp_path / "table.csv", b"whole")
    assert sorted(path.name for path in Path(tmp_path).iterdir()) == ["table.csv"]
