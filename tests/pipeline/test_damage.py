"""Nothing half done: builds that are killed, two at once, a disk that takes no more; the next build is right, and the last good book stays.

QANTAR_KILLS says how often a build is killed (default 2); `QANTAR_KILLS=20 pytest tests/test_damage.py -n 0` is the long form.
"""

import hashlib
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import copy_checkout, edit_cell, pytask

from qantar.record import tables

KILLS = int(os.environ.get("QANTAR_KILLS", "2"))
EDITED = ("restrictions", 2, "note")  # few notebooks load it


def start(copy, **more):
    env = {**os.environ, "PYTHONPATH": str(copy), "QANTAR_SOURCES": str(copy / "no-texts")}
    command = [sys.executable, "-m", "pytask"]
    return subprocess.Popen(
        command,
        cwd=copy,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        **more,
    )


def made(copy):
    """Return the hash of every file that a build makes, and of what it left behind."""
    folders = ("data", "notebooks", "book/_build", "book/reference", "book/_static")
    files = [path for folder in folders for path in sorted((copy / folder).rglob("*")) if path.is_file()]
    files = [
        path for path in files if not re.search(r"/\.new-|\.ipynb_checkpoints", str(path))
    ]  # what the children of a killed build still write goes later
    return {
        str(path.relative_to(copy)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in [*files, copy / "pytask.lock"]
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """A copy with its book built after an edit, the hashes of what was made, and how long that took in seconds."""
    copy = copy_checkout(tmp_path_factory.mktemp("undisturbed"))
    edit_cell(copy / "data", *EDITED, "said otherwise")
    began = time.monotonic()
    done = pytask(copy)
    assert done.returncode == 0, done.stdout
    return copy, made(copy), time.monotonic() - began


def test_after_builds_killed_at_random_moments_the_next_one_is_as_if_undisturbed(undisturbed):
    copy, good, took = undisturbed
    moments = random.Random(2022)
    for n in range(KILLS):
        edit_cell(copy / "data", *EDITED, "said otherwise" if n % 2 else "said once more otherwise")
        build = start(copy)
        time.sleep(moments.uniform(0, took))
        if n % 2:
            os.kill(build.pid, signal.SIGKILL)  # its children live on for a while
        else:
            os.killpg(build.pid, signal.SIGKILL)
        build.wait()
        build.stdout.close()
    edit_cell(copy / "data", *EDITED, "said otherwise")
    done = pytask(copy)
    assert done.returncode == 0, done.stdout
    assert made(copy) == good


def test_of_two_builds_at_once_one_waits_and_then_finds_everything_done(undisturbed):
    copy, _, _ = undisturbed
    edit_cell(copy / "data", "phrases", "CC BY", "note", "said by two")
    two = [start(copy), start(copy)]
    said = [build.communicate(timeout=600)[0] for build in two]
    assert [build.returncode for build in two] == [0, 0], "\n".join(said)
    assert sum("another build is at work in this checkout; waiting" in words for words in said) == 1
    assert sum("building the book" in words for words in said) == 1


@pytest.mark.parametrize(
    ("largest", "edited"),
    [(60_000, ("claims", "fidh-2024-02-p5a", "note")), (150_000, ("phrases", "CC BY", "note"))],
)
def test_where_the_disk_takes_no_more_a_sentence_says_so_and_nothing_is_lost(undisturbed, largest, edited):
    copy, _, _ = undisturbed
    path = copy / "data" / "raw" / f"{edited[0]}.csv"
    before, good = path.read_bytes(), made(copy)
    edit_cell(copy / "data", *edited, "said otherwise")
    build = start(copy, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest)))
    said = build.communicate(timeout=600)[0]
    path.write_bytes(before)
    assert build.returncode == 1
    assert "File too large" in said
    assert "what was there before is still there" in " ".join(re.sub(r"[^\w ]", " ", said).split())
    assert "Traceback" not in said
    html = {name: of for name, of in good.items() if name.startswith("book/_build/html")}
    assert html.items() <= made(copy).items()


def test_what_a_killed_writer_left_is_cleared_by_the_next(tmp_path):
    left = tmp_path / ".table.csv.4711.tmp"
    left.write_bytes(b"half")
    tables.write_bytes(tmp_path / "table.csv", b"whole")
    assert sorted(path.name for path in Path(tmp_path).iterdir()) == ["table.csv"]
