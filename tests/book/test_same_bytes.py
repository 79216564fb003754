"""The same record gives the same bytes: in another folder, time zone and locale, on another Python, from nothing or from what was committed."""

import hashlib
import os
import shutil
import subprocess

import pytest
from conftest import ELSEWHERE, copy_checkout, run

from qantar import paths
from qantar.book import build


def test_the_book_of_a_clone_elsewhere_is_the_same_byte_for_byte(html):
    if build.built_from() != build.inputs_hash():
        pytest.skip("there is no book of the record at hand to compare with (make book)")
    assert _bytes(html) == _bytes(paths.HTML)


@pytest.mark.parametrize("name", ["casualties", "cases", "explore"])
def test_a_notebook_run_elsewhere_gives_the_same_bytes(tmp_path, name):
    copy = copy_checkout(tmp_path)
    path = copy / "notebooks" / f"{name}.ipynb"
    done = run(
        ["-c", f"from qantar import notebooks; notebooks.run({str(path)!r}, {str(copy)!r})"],
        copy,
        **ELSEWHERE,
    )
    assert done.returncode == 0, done.stderr
    assert path.read_bytes() == (paths.NOTEBOOKS / f"{name}.ipynb").read_bytes()


@pytest.mark.skipif(
    "QANTAR_OTHER_PYTHON" not in os.environ,
    reason="QANTAR_OTHER_PYTHON names no Python with the locked requirements",
)
def test_everything_built_from_nothing_on_another_python_is_the_same(html, tmp_path):
    there = copy_checkout(tmp_path)
    shutil.rmtree(there / "data" / "clean")
    env = {
        **os.environ,
        **ELSEWHERE,
        "HOME": str(tmp_path),
        "PYTHONPATH": str(there),
        "QANTAR_SOURCES": str(there / "no-texts"),
    }
    command = [os.environ["QANTAR_OTHER_PYTHON"], "-m", "pytask", "--force"]
    done = subprocess.run(command, cwd=there, env=env, text=True, capture_output=True, timeout=900)
    assert done.returncode == 0, done.stdout
    for folder in ("data", "notebooks", "book/_static", "book/reference", "book/_build/html"):
        assert _bytes(there / folder) == _bytes(html.parents[2] / folder), folder


def _bytes(folder):
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
