"""A record in a state that can be compared with another: its rows, and what its notebooks and reference pages
show.

The state is that of a checkout, of a git revision, or of a release, which keeps hashes and sentences only.
"""

import contextlib
import hashlib
import io
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from qantar import paths, settings
from qantar.book import reference_pages
from qantar.checks import names
from qantar.pipeline import notebooks, rereading
from qantar.record import derive, load, releases
from qantar.record.releases import Shown

_MADE_OF = (
    "data notebooks qantar book _config.yml _toc.yml requirements.txt pyproject.toml CHANGELOG.md".split()
)
_NOT_COPIED = shutil.ignore_patterns("_build", "reference", "__pycache__", ".ipynb_checkpoints")
_ON_HOME = "_cards.md"  # the part of the home page that tells figures
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)(?:\{[^}]*\})?")
_SENTENCE_END = re.compile(r"(?<=[a-z\d”\")][.?!]) (?=[A-Z“\"\d])")


class NotComparable(Exception):
    """There is nothing to compare with; the message says why and what to do."""


class State(NamedTuple):
    """A record to be compared.

    `rows` holds the hash of each row {table: {key: hash}}, `cells` the cells {table: {key: {column: cell}}}
    (None where only hashes were kept), `shown` what each cell of a notebook and each reference page shows
    (see releases.read_shown).
    """

    name: str
    rows: dict[str, dict[str, str]]
    cells: dict[str, dict[str, dict[str, str]]] | None
    shown: dict[tuple[str, str], list[Shown]]


def of_checkout(
    root: Path = paths.ROOT, name: str = "now", with_names: bool = True, made: dict | None = None
) -> State:
    """Return the state of a checkout whose clean tables and notebooks belong to its raw tables.

    Arguments as in `shown`.
    """
    cells = releases.rows(Path(root) / "data")
    return State(name, _hashes(cells), cells, shown(root, with_names, made))


def of_release(release: str, data: Path = paths.DATA) -> State:
    """Return the state of a release that is recorded in the folder `data`."""
    return State(release, releases.read_rows(release, data), None, releases.read_shown(release, data))


def _hashes(cells):
    return {
        table: {key: releases.row_hash(table, row) for key, row in rows.items()}
        for table, rows in cells.items()
    }


# --- what is shown ---


def shown(root: Path = paths.ROOT, with_names: bool = True, made: dict[str, bytes] | None = None) -> dict:
    """Return what the notebooks and reference pages of a checkout show: {(page, cell): [Shown, ...]}.

    Without `with_names` the names of persons are taken out before anything is hashed, so that a release keeps
    none. `made` are the reference pages (reference_pages.made) where they are made already.
    """
    root = Path(root)
    persons = [] if with_names else names.of_persons(root / "data")
    return {**_of_notebooks(root, persons), **_of_pages(root, persons, made)}


def _of_notebooks(root: Path, persons: Iterable[str]) -> dict:
    found = {}
    for path in notebooks.in_order(root):
        for cell in notebooks.read(path).cells:
            parts = []
            for output in cell.get("outputs", []):
                texts = {kind: text for kind, text in output.get("data", {}).items() if isinstance(text, str)}
                parts += _parts({kind: _without(persons, text) for kind, text in texts.items()})
            if parts:
                found[f"notebooks/{path.stem}", cell.id] = parts
    return found


def _of_pages(root: Path, persons: Iterable[str], made: dict[str, bytes] | None = None) -> dict:
    if made is None:
        made = reference_pages.made(root, notebooks.claims_shown(root))
    hashed, found = reference_pages.record_hash(root / "data"), {}
    for name, content in made.items():
        page = "book/index" if name == _ON_HOME else f"book/reference/{name.removesuffix('.md')}"
        is_page = name.endswith(".md") and not name.startswith("_")
        # Not the corrections, which are rows, and whose page tells of releases.
        if (is_page or name == _ON_HOME) and name != "corrections.md":
            # Without the hash of the record, which is always another.
            text = _without(persons, content.decode("utf-8")).replace(hashed, "").replace(hashed[:12], "")
            found[page, ""] = [Shown("page", _hash(text))]
    return found


def _without(persons: Iterable[str], text: str) -> str:
    for person in sorted(persons, key=len, reverse=True):
        text = text.replace(person, "…")
    return text


def _parts(output: dict[str, str]) -> list[Shown]:
    """Return what an output shows: its sentences one by one, its tables, its chart."""
    if "image/png" in output:
        return [Shown("chart", _hash(output.get("image/svg+xml", output["image/png"])))]
    if "text/markdown" not in output:
        return [Shown("table", _hash(output["text/html"]))] if "text/html" in output else []
    parts, table = [], []
    for line in [*output["text/markdown"].splitlines(), ""]:
        if line.startswith("|"):
            table.append(line)
            continue
        if table:
            parts.append(Shown("table", _hash("\n".join(table))))
            table = []
        plain = _LINK.sub(r"\1", line).replace("\\", "").removeprefix("- ").strip()
        parts += [
            Shown("text", _hash(sentence), sentence) for sentence in _SENTENCE_END.split(plain) if sentence
        ]
    return parts


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


# --- an earlier state, and the one at hand ---


@contextlib.contextmanager
def up_to_date(root: Path = paths.ROOT, say: Callable[[str], None] = lambda line: None) -> Iterator[Path]:
    """Give the checkout `root` as it would be after `make book`.

    That is the checkout itself where nothing is stale, else a copy in which stale notebooks were run; `say`
    is called with a line for each. Sentences that new rows break are told by `rereading.broken`, and do not
    stop the copy. Raises ValueError or RuntimeError where data/raw cannot be read or a
    notebook fails.
    """
    root = Path(root)
    if not derive.stale(root / "data") and not any(
        notebooks.stale(path, root) for path in notebooks.in_order(root)
    ):
        yield root
        return
    with tempfile.TemporaryDirectory(prefix="qantar-") as folder:
        copy = Path(folder) / "qantar"
        copy.mkdir()
        for name in _MADE_OF:
            if (root / name).is_dir():
                shutil.copytree(root / name, copy / name, ignore=_NOT_COPIED)
            else:
                shutil.copy(root / name, copy / name)
        derive.write(copy / "data")
        record = load(data=copy / "data", edition=settings.WHOLE)
        rereading.still_true((found.row for found in rereading.broken(record, copy)), copy)

        def run(path: Path) -> None:
            say(f"running a copy of notebooks/{path.name}, to see what it would say")
            notebooks.run(path, copy)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(run, [path for path in notebooks.in_order(copy) if notebooks.stale(path, copy)]))
        yield copy


def earlier(since: str, root: Path = paths.ROOT) -> State:
    """Return the state to compare with: of a folder with a checkout, of a recorded release, or of a git
    revision.

    Raises NotComparable where `since` is none of them.
    """
    root = Path(root)
    if Path(since).is_dir():
        if not (Path(since) / "data" / "datapackage.json").is_file():
            raise NotComparable(
                f"{since} holds no data/datapackage.json; name a folder with a checkout of this project"
            )
        return _as_left(Path(since), since)
    if since in releases.releases(root / "data"):
        return of_release(since, root / "data")
    with tempfile.TemporaryDirectory(prefix="qantar-") as folder:
        _extract(since, root, folder)
        return _as_left(Path(folder), since)


def _extract(revision: str, root: Path, folder: str) -> None:
    """Put the files of a git revision into a folder."""
    git = ["git", "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"]
    try:
        known = subprocess.run(git, cwd=root, capture_output=True, text=True)
    except FileNotFoundError:
        raise NotComparable(
            "git is not installed here; install it, or name a release or a folder to compare with"
        ) from None
    if known.returncode:
        raise NotComparable(
            f"git knows no revision {revision} here, and no release is called so; "
            "name a commit, a tag, a release or a folder"
        )
    git = ["git", "archive", known.stdout.strip()]
    archive = subprocess.run(git, cwd=root, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")


def _as_left(root: Path, name: str) -> State:
    """Return the state of an earlier checkout as it was left.

    Its reference pages are made with the templates of its own time; where today's code cannot do that, they
    are not compared.
    """
    cells = releases.rows(root / "data")
    seen = _of_notebooks(root, [])
    with contextlib.suppress(Exception):
        seen |= _of_pages(root, [])
    return State(name, _hashes(cells), cells, seen)
