"""Installing works as documented: one lock for pip, conda and Binder, one message for a wrong Python."""

import os
import re
import shutil
import subprocess
import tomllib

import pytest
import yaml
from importlinter.cli import lint_imports

from qantar import paths
from qantar.record import tables

ROOT = paths.ROOT


def locked():
    """The locked packages, by normalised name, as (version, has hashes)."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    found = {}
    for block in filter(str.strip, blocks):
        name, version = re.match(r"([A-Za-z0-9_.-]+)==([^\s;\\]+)", block).groups()
        found[re.sub(r"[-_.]+", "-", name).lower()] = (version, "--hash=sha256:" in block)
    return found


def test_every_locked_version_has_a_hash():
    assert len(locked()) > 100
    assert all(hashed for _, hashed in locked().values())


def test_every_dependency_is_in_the_lock():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {
        re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9_.-]+", line)[0]).lower()
        for line in project["dependencies"]
    }
    assert names <= set(locked())


def test_the_lock_names_no_address():
    assert "://" not in re.sub(
        r"^#.*$", "", (ROOT / "requirements.txt").read_text(encoding="utf-8"), flags=re.MULTILINE
    )


def test_conda_and_binder_get_python_pip_and_the_locked_requirements():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, from_pip = environment["dependencies"]
    assert re.fullmatch(r"python=3\.1[123]", python)
    assert pip == "pip"
    assert from_pip == {"pip": ["--requirement requirements.txt"]}
    assert os.access(ROOT / "postBuild", os.X_OK)


def test_the_environment_at_hand_is_the_locked_one():
    from importlib.metadata import version

    for name in ("pandas", "matplotlib", "jupyter-book", "sphinx", "pytask", "frictionless", "nbval"):
        assert version(name) == locked()[name][0]


@pytest.mark.parametrize("python", ["too old", "missing"])
def test_where_python_is_not_right_one_sentence_says_so(tmp_path, python):
    if not shutil.which("make"):
        pytest.skip("make is not installed")
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("sh", "make", "touch"):
        (tools / tool).symlink_to(shutil.which(tool))
    if python == "too old":
        old = tools / "python3"
        old.write_text('#!/bin/sh\n[ "$1" = "--version" ] && echo "Python 3.9.2" && exit 0\nexit 1\n')
        old.chmod(0o755)
    done = subprocess.run(
        ["make", "book"],
        cwd=tmp_path,
        env={"PATH": str(tools)},
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    says = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert len(says) == 1
    assert says[0].startswith("qantar needs Python 3.11, 3.12 or 3.13")
    assert ("found Python 3.9.2" if python == "too old" else "found no python3") in says[0]
    assert not (tmp_path / ".venv").exists()


def test_ci_runs_what_the_readme_tells_a_user_to_run():
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in ("make book", "make test"):
        assert re.search(rf"^{command}$", ci, flags=re.MULTILINE)
        assert command in readme
    assert ci.index("\nmake book\n") < ci.index("git status --porcelain") < ci.index("\nmake test\n")


def test_every_file_that_the_documents_name_is_there():
    for name in ("README.md", "CONTRIBUTING.md", "data/README.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)", text):
            if "://" not in target:
                assert ((ROOT / name).parent / target).exists(), f"{name}: {target}"


SHIPPED = (
    "*.md",
    "data/**/*",
    "book/*.md",
    "book/templates/**/*",
    "notebooks/*.ipynb",
    "qantar/**/*.py",
    "tests/**/*",
)
TEXT = (".md", ".csv", ".json", ".ipynb", ".py", ".toml")


def runs(text):
    """Return the runs of 13 words of a text."""
    words = re.findall(r"[a-z0-9']+", text.lower())
    return {" ".join(words[n : n + 13]) for n in range(len(words) - 12)}


def test_no_sentence_of_a_report_stands_in_the_project(source_texts):
    """Facts and figures are taken over from the reports; sentences are not, titles aside."""
    titles = " / ".join(
        " ".join(re.findall(r"[a-z0-9']+", title.lower())) for title in tables.read_table("sources")["title"]
    )
    printed = set().union(*(runs(path.read_text(encoding="utf-8")) for path in source_texts.glob("*.txt")))
    files = {path for pattern in SHIPPED for path in ROOT.glob(pattern) if path.suffix in TEXT}
    for path in sorted(files):
        copied = [words for words in runs(path.read_text("utf-8")) & printed if words not in titles]
        assert not copied, f"{path.relative_to(ROOT)}: {copied[0]}"


def test_each_module_imports_only_from_the_layers_below_it(capsys):
    """The contract is in pyproject.toml."""
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0, (
        capsys.readouterr().out
    )


def test_contributing_names_every_folder_of_the_package():
    rows = re.findall(
        r"^\| `?(qantar/\w+)/?`? \|", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), flags=re.MULTILINE
    )
    folders = {path.parent.relative_to(ROOT).as_posix() for path in (ROOT / "qantar").glob("*/__init__.py")}
    assert set(rows) == folders


def test_the_worked_examples_of_the_codebook_are_rows_of_the_record():
    """What the codebook calls by name exists; its examples are not made up."""
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    examples = text[text.index("## The same event in a new report") : text.index("## Bounds")]
    named = {word for word in re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", examples)}
    raw = {name: tables.read_table(name) for name in tables.raw_names()}
    known = {cell for table in raw.values() for cell in table.iloc[:, 0].dropna().astype(str)}
    assert len(named) >= 8
    assert named <= known, named - known
    mention = raw["mentions"].set_index("mention_id").loc[re.search(r"`mention_id` \| `(.*?)`", examples)[1]]
    for column, cell in re.findall(r"\| `(as_printed|agrees|hedge|read)` \| `?(.*?)`? \|", examples):
        assert mention[column] == cell
