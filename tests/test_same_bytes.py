"""The same record gives the same bytes: in another folder, time zone, locale and home, from nothing or from what was committed."""

import hashlib
import os
import subprocess
import sys

from conftest import copy_checkout


def test_a_clone_elsewhere_builds_the_same_bytes_from_nothing(html, tmp_path):
    """`QANTAR_OTHER_PYTHON` may name another Python with the locked requirements, to build the second one with."""
    here = html.parents[2]
    (tmp_path / "a clone, второй").mkdir()
    there = copy_checkout(tmp_path / "a clone, второй")
    elsewhere = {"TZ": "Asia/Almaty", "LC_ALL": "C.UTF-8", "LANG": "kk_KZ.UTF-8", "HOME": str(tmp_path), "PYTHONHASHSEED": "7", "USER": "somebody"}
    env = {**os.environ, **elsewhere, "PYTHONPATH": str(there), "QANTAR_SOURCES": str(there / "no-texts")}
    python = os.environ.get("QANTAR_OTHER_PYTHON", sys.executable)
    done = subprocess.run([python, "-m", "pytask", "--force"], cwd=there, env=env, text=True, capture_output=True, timeout=900)
    assert done.returncode == 0, done.stdout
    assert "running notebooks/casualties.ipynb" in done.stdout
    for folder in ("data", "notebooks", "book/_static", "book/reference", "book/_build/html"):
        assert _bytes(there / folder) == _bytes(here / folder), folder


def _bytes(folder):
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
