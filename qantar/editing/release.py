"""Make a release: check the record, build everything from scratch, record every row, write the data package.

It is made in a copy, and only when all of it is right do its files come back.
"""

import datetime
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from qantar import paths, settings
from qantar.book import build, changes, data_package, states
from qantar.checks import runner
from qantar.pipeline import build_lock
from qantar.presentation import sentences
from qantar.record import bounds, load, releases, tables

# What a release leaves in the checkout, besides the book and the data package.
_BROUGHT_BACK = (
    "data notebooks book/reference CHANGELOG.md CITATION.cff pyproject.toml pytask.lock "
    "book/_static/deaths.png"
).split()
_NOT_COPIED = shutil.ignore_patterns(
    *".git .venv _build reference dist __pycache__ .pytask .pytest_cache .hypothesis .ruff_cache".split(),
    ".ipynb_checkpoints",
)


class NotReleased(Exception):
    """Something is against the release; the message says what, and what to do. Nothing was written."""


def release(name: str, root: Path = paths.ROOT) -> Iterator[str]:
    """Make the release `name` ("2026.12"); yield a line for each step.

    Writes data/released/<name>, the entry of CHANGELOG.md, the version wherever it is stated, and
    dist/qantar-<name>.zip with its SHA-256. Its day is today, or that of SOURCE_DATE_EPOCH. Raises
    NotReleased.
    """
    root = Path(root)
    _refuse(name, root)
    yield _check(root)
    with build_lock.lock(root), tempfile.TemporaryDirectory(prefix="qantar-") as folder:
        copy = shutil.copytree(root, Path(folder) / "qantar", ignore=_NOT_COPIED)
        _set_version(name, copy)
        yield "building everything from nothing"
        _run_pipeline(copy, "--force", "-k", "not task_book")
        _write_entry(name, copy)
        releases.write(name, states.shown(copy, with_names=False), copy / "data")
        _run_pipeline(copy)  # the book, now that it knows of the release
        if build.built_from(copy / "book" / "_build" / "html") != build.inputs_hash(copy):
            raise NotReleased("the book was not built of what is released; nothing was released, try again")
        _bring_back(copy, root)
        package = _write_package(name, copy, root)
    yield f"data/released/{name}: the hash of every row, and what the book shows"
    yield f"CHANGELOG.md: the entry of {name}"
    yield f"{paths.shown(package, root)}: the data package, to be checked by `qantar verify`, and its SHA-256"
    yield f"release {name} is made; look at `git diff`, commit it, and tag it: git tag v{name}"


def _refuse(name: str, root: Path) -> None:
    """Raise NotReleased for a name that is none, that does not follow the last one, or in an edition."""
    if not releases.RELEASE.fullmatch(name):
        raise NotReleased(
            f"{name} is no name of a release; use year and month, 2026.12, and 2026.12.1 for a second one"
        )
    before = releases.releases(root / "data")
    if before and releases.order(name) <= releases.order(before[-1]):
        raise NotReleased(f"{name} does not come after {before[-1]}, the newest release; name a later one")
    edition = settings.edition()
    if edition != settings.WHOLE:
        raise NotReleased(
            f"PRINTED_BY or NAMES asks for an edition ({edition.name}); unset them to make a release"
        )


def _check(root: Path) -> str:
    """Check the record; return what was found as a line. Raises NotReleased where there are problems."""
    report = runner.check(root / "data", settings.sources_folder())
    if report.problems:
        listed = "\n".join(map(str, report.problems))
        raise NotReleased(f"{listed}\n{len(report.problems)} to correct; nothing was released")
    line = f"{report.rows} rows keep the rules"
    if report.unverified:
        line += f"; {report.unverified} printed spans could not be looked up, the text copies are not at hand"
    return line


def _day() -> datetime.date:
    moment = settings.source_date()
    return datetime.date(*moment[:3]) if moment else datetime.date.today()


def _set_version(name: str, root: Path) -> None:
    """Put the name and the day of the release wherever the version is stated."""
    released = rf"\1\ndate-released: {_day().isoformat()}"
    for file, pattern, new in (
        ("data/datapackage.json", r'(?m)^( "version": )"[^"]*"', rf'\1"{name}"'),
        ("pyproject.toml", r'(?m)^version = "[^"]*"', f'version = "{name}"'),
        ("CITATION.cff", r'(?m)^( *)version: "[^"]*"', rf'\1version: "{name}"'),
        ("CITATION.cff", r"(?m)^(version: .*)(\ndate-released: .*)?$", released),
    ):
        text, count = re.subn(pattern, new, (root / file).read_text(encoding="utf-8"))
        if not count:
            raise NotReleased(f"{file} states no version; put it back, as it was in the last commit")
        (root / file).write_text(text, encoding="utf-8")


def _run_pipeline(root: Path, *options: str) -> None:
    command = [sys.executable, "-m", "pytask", *options]
    environment = settings.child_environment(root)
    done = subprocess.run(
        command, cwd=root, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        raise NotReleased(f"{done.stdout.strip()}\nthe build from nothing failed, nothing was released")


def _write_entry(name: str, root: Path) -> None:
    """Write the entry of the changelog.

    What was written by hand for the next release, and what the record itself says.
    """
    path = root / "CHANGELOG.md"
    head, _, sections = path.read_text(encoding="utf-8").partition("\n## ")
    title, _, rest = sections.partition("\n")
    if "not yet released" not in title:
        rest = f"\n\n## {sections}"
    by_hand, mark, older = rest.partition("\n## ")
    entry = "\n".join([by_hand.rstrip(), *(f"- {line}" for line in _summary(root))]).strip("\n")
    day = sentences.when(_day().isoformat())
    older = f"\n## {older}" if mark else ""
    path.write_text(f"{head}\n## {name}, {day}\n\n{entry}\n{older}", encoding="utf-8")


def _summary(root: Path) -> list[str]:
    """Return what changed since the last release as lines; of the first one how large it is."""
    data = root / "data"
    before = releases.releases(data)
    if before:
        now = states.of_checkout(root, with_names=False)
        record = load(data=data, edition=settings.WHOLE)
        return changes.summary(changes.compare(states.of_release(before[-1], data), now, record))
    rows = [len(rows) for rows in releases.rows(data).values() if rows]
    return [f"The first release: {bounds.number(sum(rows))} rows in {sentences.count(len(rows), 'table')}."]


def _bring_back(copy: Path, root: Path) -> None:
    """Put what the release made into the checkout, the book last."""
    for part in _BROUGHT_BACK:
        for file in sorted((copy / part).rglob("*")) if (copy / part).is_dir() else [copy / part]:
            if file.is_file():
                tables.write_bytes(root / file.relative_to(copy), file.read_bytes())
    html = root / "book" / "_build" / "html"
    html.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".old-", dir=html.parent) as beside:
        new = shutil.copytree(copy / "book" / "_build" / "html", Path(beside) / "new")
        if html.exists():
            html.rename(Path(beside) / "html")
        new.rename(html)
    ready = root / ".venv" / "ready"
    if ready.exists():
        ready.touch()  # only the version in pyproject.toml is new


def _write_package(name: str, copy: Path, root: Path) -> Path:
    """Write the record of the built book in each form to dist/; return the path of the data package.

    The SHA-256 of the data package stands beside it.
    """
    static = copy / "book" / "_build" / "html" / "_static"
    for form in data_package.FORMS:
        ending = form.removeprefix(data_package.STEM)
        tables.write_bytes(root / "dist" / f"qantar-{name}{ending}", (static / form).read_bytes())
    content = (static / f"{data_package.STEM}.zip").read_bytes()
    file = root / "dist" / f"qantar-{name}.zip"
    line = f"{hashlib.sha256(content).hexdigest()}  {file.name}\n"
    tables.write_bytes(file.with_suffix(".zip.sha256"), line.encode())
    return file
