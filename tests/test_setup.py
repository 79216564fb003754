"""Installing works as documented: the same locked versions everywhere, one message for a wrong Python."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points, packages_distributions, version

import pytest
import yaml
from importlinter.cli import lint_imports
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

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


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def in_uv_lock():
    """The packages of uv.lock, by name."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    return {package["name"]: package for package in lock["package"]}


def wanted(lines):
    """Lines of requirements as a set of pairs of name and bounds."""
    requirements = [Requirement(line) for line in lines if isinstance(line, str)]
    return {(canonicalize_name(r.name), r.specifier) for r in requirements}


def test_both_locks_hold_the_same_versions():
    of_uv = {name: package["version"] for name, package in in_uv_lock().items() if name != "qantar"}
    assert of_uv == {name: version for name, (version, _) in locked().items()}


def test_the_lock_was_made_from_the_bounds_of_the_project():
    """As `uv lock --check`, without asking a package index."""
    qantar = in_uv_lock()["qantar"]

    def noted(entries):
        return {
            (entry["name"], SpecifierSet(entry["specifier"])) for entry in entries if "specifier" in entry
        }

    assert noted(qantar["metadata"]["requires-dist"]) == wanted(project()["project"]["dependencies"])
    groups = project()["dependency-groups"]
    of_groups = {
        name: noted(qantar["metadata"]["requires-dev"].get(name, [])) for name in set(groups) - {"dev"}
    }
    assert of_groups == {name: wanted(lines) for name, lines in groups.items() if name != "dev"}
    assert {name for group in of_groups.values() for name, _ in group} <= set(locked())


def test_an_analyst_gets_no_browser_driver_no_cluster_and_no_test_tools():
    """Neither `uv sync --no-dev` nor `pip install .` brings what only a group asks for."""
    packages = in_uv_lock()
    found, left = set(), ["qantar"]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += [needed["name"] for needed in packages[name].get("dependencies", [])]
    assert {"pandas", "jupyterlab", "sphinx", "openpyxl"} <= found
    assert not found & {"playwright", "distributed", "dask", "pytest", "hypothesis", "duckdb", "ruff", "uv"}


def test_every_group_is_part_of_the_lock_and_of_what_uv_installs():
    groups = project()["dependency-groups"]
    assert {line["include-group"] for line in groups["dev"]} == set(groups) - {"dev"}


def test_every_direct_dependency_has_a_lower_bound_and_a_reason():
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    for requirement in map(Requirement, project()["project"]["dependencies"]):
        n = next((n for n, line in enumerate(lines) if line.startswith(f'    "{requirement.name}>=')), None)
        assert n is not None, f"{requirement} has no lower bound"
        assert "# " in lines[n] or lines[n - 1].startswith("    # "), f"{requirement} has no reason"


def test_every_package_that_the_code_imports_is_a_direct_dependency():
    files = [*(ROOT / "qantar").rglob("*.py"), ROOT / "task_build.py"]
    imported = set()
    for node in (node for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module.split(".")[0])
    named = {canonicalize_name(Requirement(line).name) for line in project()["project"]["dependencies"]}
    distributions = packages_distributions()
    for module in imported - sys.stdlib_module_names - {"qantar"}:
        assert named & {canonicalize_name(name) for name in distributions[module]}, module


def test_the_locks_name_no_index_but_the_public_one():
    text = re.sub(r"^#.*$", "", (ROOT / "requirements.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert "://" not in text
    hosts = set(re.findall(r"\w+://([^/\"]*)", (ROOT / "uv.lock").read_text(encoding="utf-8")))
    assert hosts == {"pypi.org", "files.pythonhosted.org"}


def test_conda_and_binder_get_python_pip_and_the_locked_requirements():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, from_pip = environment["dependencies"]
    assert re.fullmatch(r"python=3\.1[123]", python)
    assert pip == "pip"
    assert from_pip == {"pip": ["--requirement requirements.txt"]}
    assert os.access(ROOT / "postBuild", os.X_OK)


def test_the_environment_at_hand_is_the_locked_one():
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


def commands():
    """The table of commands in README.md: what make is called with, and the command that stands for it."""
    rows = re.findall(
        r"^\| `([^`]+)` \| .* \| `([^`]+)` \|$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert len(rows) > 5
    return rows


def test_every_command_of_the_readme_works_without_make():
    """`uv run` and conda find it as a program of the environment; make runs the same one."""
    programs = {program.name for program in entry_points(group="console_scripts")}
    programs |= {*project()["project"]["scripts"], "jupyter"}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for short, command in commands():
        assert command.split()[0] in programs
        if short.startswith("make "):
            recipe = re.search(rf"^{short.split()[1]}:.*\n((?:\t.*\n|\w+.*\n)+)", makefile, re.MULTILINE)[1]
            assert "$(VENV)/bin/" + " ".join(command.split()[:2]).removesuffix(" --printed-by") in recipe
        else:
            assert short == f".venv/bin/{command}"


def test_the_dev_container_is_set_up_by_make_with_a_python_that_is_promised():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert re.search(r"python:3\.1[123]-", container["image"])
    assert container["postCreateCommand"] == "make check"
    python = container["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    assert python.endswith("/.venv/bin/python")


def test_scheduled_jobs_run_what_the_documents_tell_a_developer_to_run():
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "rare.yml").read_text(encoding="utf-8"))["jobs"]
    told = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))
    run = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    run += jobs["long"]["strategy"]["matrix"]["command"]
    ours = [line for line in run if re.match(r"QANTAR_|\.venv|make|uv run", line)]
    assert len(ours) > 6
    for command in ours:
        assert command in told or command.removeprefix("uv run ") in told, command


def test_the_pythons_of_the_workflows_are_those_that_are_promised():
    found = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / ".github" / "workflows").glob("*.yml")
    )
    promised = SpecifierSet(project()["project"]["requires-python"])
    assert set(re.findall(r'"(3\.\d+)"', found)) == {f"3.{n}" for n in range(20) if f"3.{n}" in promised}


def test_text_has_the_same_line_ends_on_every_machine():
    """Hashes of files, and so what is out of date, depend on them."""
    lines = (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()
    assert "* text=auto eol=lf" in lines
    marked = {line.split()[0] for line in lines if line.endswith(" binary")}
    for path in ROOT.glob("[!.]*/**/*"):
        if path.is_file() and not {"_build", "__pycache__", "mutants"} & set(path.parts):
            assert f"*{path.suffix}" in marked or b"\r\n" not in path.read_bytes(), path


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
