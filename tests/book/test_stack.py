"""A small book at the bounds of pyproject.toml: lowest and highest versions, with and without Jupyter Book.

Each test makes an environment from the package index with uv, so they run only where QANTAR_STACK=1 asks.
"""

import os
import posixpath
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from conftest import small_checkout
from packaging.requirements import Requirement
from packaging.version import Version

from qantar import paths

pytestmark = pytest.mark.skipif(
    not os.environ.get("QANTAR_STACK"), reason="QANTAR_STACK=1 makes environments at the bounds"
)

_WRAPPER = "jupyter-book"


def requirements():
    """The dependencies of the package; those of its development are no part of making a book."""
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [Requirement(line) for line in project["dependencies"]]


def environment(folder, wanted, resolution):
    """Make an environment with the lowest or highest versions that are wanted; return its Python."""
    uv = [sys.executable, "-m", "uv"]
    python = folder / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    listed = folder / "requirements.in"
    listed.write_text("\n".join(map(str, wanted)), encoding="utf-8")
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, folder / "env"], check=True)
    install = ["pip", "install", "--quiet", "--python", python, "--resolution", resolution]
    subprocess.run([*uv, *install, "--requirement", listed], check=True)
    return python


def installed(python, name):
    """The version of a package in an environment, or None."""
    program = "import sys, importlib.metadata as m; print(m.version(sys.argv[1]))"
    done = subprocess.run([python, "-c", program, name], text=True, capture_output=True, check=False)
    return Version(done.stdout.strip()) if done.returncode == 0 else None


def assert_same_book(made, locked):
    """A book says what another says on every page, and has its downloads and addresses; no link is dead."""
    pages, expected = parsed(made), parsed(locked)
    assert {path: soup.get_text(" ").split() for path, soup in pages.items()} == {
        path: soup.get_text(" ").split() for path, soup in expected.items()
    }
    assert files(locked) <= files(made)  # a newer Sphinx brings more scripts
    places = {(path, tag["id"]) for path, soup in pages.items() for tag in soup.select("[id]")}
    places |= {(path, "") for path in [*pages, *files(made)]}
    assert targets(pages) | targets(expected) <= places


def parsed(html):
    """The pages of a book, parsed, by path; without the sizes of downloads, which other versions pack."""
    pages = {
        path.relative_to(html).as_posix(): BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in html.rglob("*.html")
    }
    for size in (size for soup in pages.values() for size in soup.select(".qantar-size")):
        size.decompose()
    return pages


def files(html):
    """What a book offers besides pages, by path; not the mark of the build, nor what Sphinx keeps."""
    offered = [path for part in ("_static", "_sources") for path in (html / part).rglob("*")]
    return {re.sub(r"mystnb\.\w+", "mystnb", path.relative_to(html).as_posix()) for path in offered}


def targets(pages):
    """Where the links of a book lead, as pairs of a file of the book and a place on it."""
    links = [(path, tag["href"]) for path, soup in pages.items() for tag in soup.select("a[href]")]
    local = [(path, urlsplit(unquote(link))) for path, link in links if not urlsplit(link).scheme]
    return {
        (
            posixpath.normpath(posixpath.join(posixpath.dirname(path), to.path)) if to.path else path,
            to.fragment,
        )
        for path, to in local
    }


def run(command, root):
    env = {**os.environ, "PYTHONPATH": str(root), "QANTAR_SOURCES": str(root / "no-texts")}
    done = subprocess.run(
        command, cwd=root, env=env, text=True, capture_output=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def assert_at_bounds(python, wanted, resolution):
    if resolution == "lowest-direct":
        lowest = {r.name: Version(next(s.version for s in r.specifier if s.operator == ">=")) for r in wanted}
        assert {name: installed(python, name) for name in lowest} == lowest


@pytest.mark.parametrize("resolution", ["lowest-direct", "highest"])
def test_the_pipeline_makes_the_same_book_with_all_versions_at_a_bound(small, tmp_path, resolution):
    wanted = requirements()
    python = environment(tmp_path, wanted, resolution)
    assert_at_bounds(python, wanted, resolution)
    root = small_checkout(tmp_path)
    run([python, "-m", "pytask"], root)
    assert_same_book(root / "book" / "_build" / "html", small / "book" / "_build" / "html")


@pytest.mark.parametrize("resolution", ["lowest-direct", "highest"])
def test_sphinx_and_myst_nb_make_the_same_book_without_jupyter_book(small, small_copy, tmp_path, resolution):
    wanted = [requirement for requirement in requirements() if requirement.name != _WRAPPER]
    python = environment(tmp_path, wanted, resolution)
    assert installed(python, _WRAPPER) is None
    assert_at_bounds(python, wanted, resolution)
    for made in ("_build", "reference"):
        shutil.rmtree(small_copy / "book" / made)
    shutil.copy(Path(__file__).with_name("conf.py"), small_copy)
    run(
        [python, "-m", "sphinx", "-q", "-W", "--keep-going", "-n", "-b", "html", ".", tmp_path / "html"],
        small_copy,
    )
    assert_same_book(tmp_path / "html", small / "book" / "_build" / "html")
