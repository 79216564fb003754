"""The same record gives the same bytes: in another folder, time zone and locale, and on another Python."""

import hashlib
import os
import shutil
import subprocess

import pytest
from conftest import ELSEWHERE, run, small_checkout

from qantar import paths
from qantar.book import build


def test_a_book_built_from_nothing_elsewhere_is_the_same(small, tmp_path):
    root = small_checkout(tmp_path / "a book, книга")
    shutil.rmtree(root / "data" / "clean")
    done = run(["-m", "pytask"], root, **ELSEWHERE)
    assert done.returncode == 0, done.stdout
    for folder in ("data", "notebooks", "book/reference", "book/_build/html"):
        assert hashes(root / folder) == hashes(small / folder), folder


def test_the_book_of_a_clone_is_the_book_at_hand(html):
    if build.built_from() != build.inputs_hash():
        pytest.skip("there is no book of the record at hand to compare with (make book)")
    assert hashes(html) == hashes(paths.HTML)


@pytest.mark.skipif(
    "QANTAR_OTHER_PYTHON" not in os.environ,
    reason="QANTAR_OTHER_PYTHON names no Python with the locked requirements",
)
def test_a_book_built_from_nothing_on_another_python_is_the_same(small, tmp_path):
    root = small_checkout(tmp_path)
    shutil.rmtree(root / "data" / "clean")
    env = {
        **os.environ,
        "HOME": str(tmp_path),
        "PYTHONPATH": str(root),
        "QANTAR_SOURCES": str(root / "no-texts"),
    }
    command = [os.environ["QANTAR_OTHER_PYTHON"], "-m", "pytask"]
    done = subprocess.run(command, cwd=root, env=env, text=True, capture_output=True, timeout=900)
    assert done.returncode == 0, done.stdout
    for folder in ("data", "notebooks", "book/reference", "book/_build/html"):
        assert hashes(root / folder) == hashes(small / folder), folder


def hashes(folder):
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
