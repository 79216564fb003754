"""A release: the record checked, everything built from nothing, what stood in it recorded, and a data package to give away.

One idea: it is made in a copy, and only when all of it is right do its files come back, so that a release that fails leaves nothing behind.
"""

import datetime
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from qantar import paths, settings
from qantar.book import build, changes
from qantar.checks import runner
from qantar.pipeline import build_lock
from qantar.presentation import sentences
from qantar.record import bounds, query, releases, tables

# What a release leaves in the checkout, besides the book and the data package.
_BACK = (
    "data",
    "notebooks",
    "book/reference",
    "CHANGELOG.md",
    "CITATION.cff",
    "pyproject.toml",
    "pytask.lock",
    "book/_static/deaths.png",
)
_NOT_COPIED = shutil.ignore_patterns(
    ".git",
    ".venv",
    "_build",
    "reference",
    "dist",
    "__pycache__",
    ".pytask",
    ".pytest_cache",
    ".hypothesis",
    ".ruff_cache",
    ".ipynb_checkpoints",
)


class NotReleased(Exception):
    """Something stands against the release; the message says what, and what to do. Nothing was written."""


def release(name, root=paths.ROOT):
    """Make the release `name` ("2026.12"): yield a line for each step.

    Checks the record, sets the version, builds everything from nothing, writes data/released/<name>, the entry of CHANGELOG.md, and
    dist/qantar-<name>.zip with its SHA-256 beside it. Its day is today, or that of SOURCE_DATE_EPOCH. Raises NotReleased.
    """
    root = Path(root)
    _refuse(name, root)
    report = runner.check(root / "data", settings.sources_folder())
    if report.problems:
        raise NotReleased(
            "\n".join(
                [*map(str, report.problems), f"{len(report.problems)} to correct; nothing was released"]
            )
        )
    unverified = (
        f"; {report.unverified} printed spans could not be looked up, the text copies are not at hand"
        if report.unverified
        else ""
    )
    yield f"{report.rows} rows keep the rules{unverified}"
    with build_lock.lock(root), tempfile.TemporaryDirectory(prefix="qantar-") as folder:
        copy = Path(folder) / "qantar"
        shutil.copytree(root, copy, ignore=_NOT_COPIED)
        _set_version(name, copy)
        yield "building everything from nothing"
        _run(copy, "--force", "-k", "not task_book")
        _enter(name, copy)
        releases.write(name, changes.shown(copy, with_names=False), copy / "data")
        _run(copy)  # the book, now that it knows of the release
        if build.built_from(copy / "book" / "_build" / "html") != build.inputs_hash(copy):
            raise NotReleased("the book was not built of what is released; nothing was released, try again")
        yield from _bring_back(name, copy, root)
    yield f"release {name} is made; look at `git diff`, commit it, and tag it: git tag v{name}"


def _refuse(name, root):
    if not releases.RELEASE.fullmatch(name):
        raise NotReleased(
            f"{name} is no name of a release; year and month, as 2026.12, a second one of a month as 2026.12.1"
        )
    before = releases.releases(root / "data")
    if before and releases.order(name) <= releases.order(before[-1]):
        raise NotReleased(f"{name} does not come after {before[-1]}, the newest release; name a later one")
    if (asked := settings.edition()) != settings.WHOLE:
        raise NotReleased(
            f"PRINTED_BY or NAMES asks for an edition ({asked.name}); a release records the whole record, unset them"
        )


def _day():
    moment = settings.source_date()
    return datetime.date(*moment[:3]) if moment else datetime.date.today()


def _set_version(name, root):
    """Put the name and the day of the release wherever the version stands."""
    for file, pattern, new in (
        ("data/datapackage.json", r'(?m)^( "version": )"[^"]*"', rf'\1"{name}"'),
        ("pyproject.toml", r'(?m)^version = "[^"]*"', f'version = "{name}"'),
        ("CITATION.cff", r'(?m)^( *)version: "[^"]*"', rf'\1version: "{name}"'),
        (
            "CITATION.cff",
            r"(?m)^(version: .*)(\ndate-released: .*)?$",
            rf"\1\ndate-released: {_day().isoformat()}",
        ),
    ):
        text, count = re.subn(pattern, new, (root / file).read_text(encoding="utf-8"))
        if not count:
            raise NotReleased(f"{file} holds no version; put it back, as it was in the last commit")
        (root / file).write_text(text, encoding="utf-8")


def _run(root, *options):
    """Run the pipeline in a copy."""
    done = subprocess.run(
        [sys.executable, "-m", "pytask", *options],
        cwd=root,
        env=settings.child_environment(root),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        raise NotReleased(f"{done.stdout.strip()}\nthe build from nothing failed, nothing was released")


def _enter(name, root):
    """Write the entry of the changelog: what the keeper wrote for the next release, and what the record itself tells."""
    before = releases.releases(root / "data")
    loaded = query.load(data=root / "data", edition=settings.WHOLE)
    if before:
        told = changes.summary(
            changes.compare(
                changes.of_release(before[-1], root / "data"), changes.state(root, with_names=False), loaded
            )
        )
    else:
        rows = {table: len(of) for table, of in releases.rows(root / "data").items() if of}
        told = [
            f"The first release: {bounds.number(sum(rows.values()))} rows in {sentences.count(len(rows), 'table')}."
        ]
    path = root / "CHANGELOG.md"
    head, _, sections = path.read_text(encoding="utf-8").partition("\n## ")
    title, _, rest = sections.partition("\n")
    if "not yet released" not in title:
        rest = f"\n\n## {sections}"
    written, mark, older = rest.partition("\n## ")
    entry = "\n".join([written.rstrip(), *(f"- {line}" for line in told)]).strip("\n")
    path.write_text(
        f"{head}\n## {name}, {sentences.when(_day().isoformat())}\n\n{entry}\n{mark and chr(10) + '## '}{older}",
        encoding="utf-8",
    )


def _bring_back(name, copy, root):
    """Put what the release made into the checkout, the data package last."""
    package = (copy / "book" / "_build" / "html" / "_static" / "qantar-data.zip").read_bytes()
    for part in _BACK:
        for file in sorted((copy / part).rglob("*")) if (copy / part).is_dir() else [copy / part]:
            if file.is_file():
                tables.write_bytes(root / file.relative_to(copy), file.read_bytes())
    html, built = root / "book" / "_build" / "html", copy / "book" / "_build" / "html"
    with tempfile.TemporaryDirectory(prefix=".old-", dir=_made(html.parent)) as old:
        shutil.copytree(built, Path(old) / "new")
        if html.exists():
            html.rename(Path(old) / "html")
        (Path(old) / "new").rename(html)
    if (ready := root / ".venv" / "ready").exists():
        ready.touch()  # only the version in pyproject.toml is new
    file = root / "dist" / f"qantar-{name}.zip"
    tables.write_bytes(file, package)
    tables.write_bytes(
        file.with_suffix(".zip.sha256"), f"{hashlib.sha256(package).hexdigest()}  {file.name}\n".encode()
    )
    yield f"data/released/{name}: the hash of every row, and what the book shows"
    yield f"CHANGELOG.md: the entry of {name}"
    yield f"{paths.shown(file, root)}: the data package, and its SHA-256 beside it; `qantar verify` confirms it"


def _made(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return folder
