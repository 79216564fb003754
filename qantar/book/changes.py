"""What differs between two records: rows, what is latest now, what excludes each other now, and every sentence, table, chart and page.

One idea: an edit is told by what it does to the reader. Two states are compared that are alike in form: the rows of the raw tables, and
what the notebooks and the reference pages show. The earlier one may be a release, a git revision, or a folder.
"""

import contextlib
import difflib
import hashlib
import io
import re
import shutil
import subprocess
import tarfile
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from qantar import paths
from qantar.book import reference_pages
from qantar.checks import names
from qantar.pipeline import notebooks
from qantar.presentation import markdown, sentences
from qantar.record import comparisons, derive, query, releases, tables

_MADE_OF = (
    "data",
    "notebooks",
    "qantar",
    "book",
    "_config.yml",
    "_toc.yml",
    "requirements.txt",
    "pyproject.toml",
    "CHANGELOG.md",
)
_LEFT_OUT = shutil.ignore_patterns("_build", "reference", "__pycache__", ".ipynb_checkpoints")


class NotComparable(Exception):
    """There is nothing to compare with; the message says why and what to do."""


class State(NamedTuple):
    """A record as it is compared: `rows` {table: {key: hash}}, `cells` {table: {key: {column: cell}}} (None: not kept), `shown` as in `released`."""

    name: str
    rows: dict
    cells: dict | None
    shown: dict


class Row(NamedTuple):
    """A row that was added, changed or removed (`what`), and its cells that changed, as (column, before, after) where both are known."""

    table: str
    key: str
    what: str
    cells: list


class Sentence(NamedTuple):
    """A computed sentence of a page before and after; one of them is empty where it is new or gone."""

    page: str
    before: str
    after: str


class Changes(NamedTuple):
    """What `compare` found: `rows`, `latest` and `contradictions` as Markdown, `sentences`, `shown` as (page, cell, what), and `pages`."""

    since: str
    rows: list
    latest: list
    contradictions: list
    sentences: list
    shown: list
    pages: list


# --- states ----------------------------------------------------------------------------------------------------------


def state(root=paths.ROOT, name="now", with_names=True, made=None):
    """Return the state of a checkout whose clean tables and notebooks belong to its raw tables; `with_names` and `made` as in `shown`."""
    cells = releases.rows(Path(root) / "data")
    return State(name, _hashes(cells), cells, shown(root, with_names, made))


def of_release(release, data=paths.DATA):
    """Return the state of a release that is recorded in the folder `data`."""
    return State(release, releases.read_rows(release, data), None, releases.read_shown(release, data))


def _hashes(cells):
    return {
        table: {key: releases.row_hash(table, row) for key, row in of.items()} for table, of in cells.items()
    }


def shown(root=paths.ROOT, with_names=True, made=None):
    """Return what the notebooks and reference pages of a checkout show, as in `released.read_shown`.

    Without `with_names` persons are taken out before anything is kept or hashed, so that a removal leaves nothing behind in a release.
    `made` are the reference pages, as `pages.made` returns them, where they are made already.
    """
    unnamed = _without(() if with_names else names.of_persons(Path(root) / "data"))
    return {**_notebooks_shown(Path(root), unnamed), **_pages_shown(Path(root), unnamed, made)}


def _notebooks_shown(root, unnamed):
    found = {}
    for path in notebooks.in_order(root):
        for cell in notebooks.read(path).cells:
            outputs = [
                {
                    kind: unnamed(text)
                    for kind, text in output.get("data", {}).items()
                    if isinstance(text, str)
                }
                for output in cell.get("outputs", [])
            ]
            if parts := [part for output in outputs for part in _parts(output)]:
                found[f"notebooks/{path.stem}", cell.id] = parts
    return found


def _pages_shown(root, unnamed, made=None):
    hashed, found = reference_pages.record_hash(root / "data"), {}
    for name, content in (made or reference_pages.made(root, notebooks.claims_shown(root))).items():
        if (
            name.endswith(".md") and not name.startswith("_") and name != "corrections.md"
        ):  # parts of the home page; what is told as rows already
            text = unnamed(content.decode("utf-8")).replace(hashed, "").replace(hashed[:12], "")
            found[f"book/reference/{name.removesuffix('.md')}", ""] = [releases.Shown("page", _hash(text))]
    return found


def _without(persons):
    """Return a function that takes persons out of a text."""
    pattern = re.compile("|".join(re.escape(name) for name in sorted(persons, key=len, reverse=True)) or "(?!)")
    return lambda text: pattern.sub("…", text)


def _parts(output):
    """Return what an output shows: its sentences one by one, its tables, its chart."""
    if "image/png" in output:
        return [releases.Shown("chart", _hash(output.get("text/html", output["image/png"])))]
    if "text/markdown" not in output:
        return [releases.Shown("table", _hash(output["text/html"]))] if "text/html" in output else []
    parts, table = [], []
    for line in [*output["text/markdown"].splitlines(), ""]:
        if line.startswith("|"):
            table.append(line)
            continue
        if table:
            parts.append(releases.Shown("table", _hash("\n".join(table))))
            table = []
        plain = (
            re.sub(r"\[([^\]]*)\]\([^)]*\)(?:\{[^}]*\})?", r"\1", line)
            .replace("\\", "")
            .removeprefix("- ")
            .strip()
        )
        for sentence in re.split(r"(?<=[a-z\d”\")][.?!]) (?=[A-Z“\"\d])", plain):
            if sentence:
                parts.append(releases.Shown("text", _hash(sentence), sentence))
    return parts


def _hash(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@contextlib.contextmanager
def up_to_date(root=paths.ROOT, tell=lambda line: None):
    """Give the checkout `root` as it would be after `make book`: itself where nothing is stale, else a copy in which the notebooks that are were run.

    `tell` is called with a line for each of them. Raises ValueError or RuntimeError, a sentence, where data/raw cannot be read or a notebook fails.
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
                shutil.copytree(root / name, copy / name, ignore=_LEFT_OUT)
            else:
                shutil.copy(root / name, copy / name)
        derive.write(copy / "data")

        def run(path):
            tell(f"running a copy of notebooks/{path.name}, to see what it would say")
            notebooks.run(path, copy)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(run, [path for path in notebooks.in_order(copy) if notebooks.stale(path, copy)]))
        yield copy


@contextlib.contextmanager
def earlier(since, root=paths.ROOT):
    """Give the state to compare with: a folder with a checkout of this project, a release that is recorded here, or a git revision.

    Raises NotComparable, a sentence, where `since` is none of them.
    """
    root = Path(root)
    if Path(since).is_dir():
        if not (Path(since) / "data" / "datapackage.json").is_file():
            raise NotComparable(
                f"{since} holds no data/datapackage.json; name a folder with a checkout of this project"
            )
        yield _committed(Path(since), since)
    elif since in releases.releases(root / "data"):
        yield of_release(since, root / "data")
    else:
        with tempfile.TemporaryDirectory(prefix="qantar-") as folder:
            _extract(since, root, folder)
            yield _committed(Path(folder), since)


def _extract(revision, root, folder):
    """Put the files of a git revision into a folder."""
    try:
        known = subprocess.run(
            ["git", "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"],
            cwd=root,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError:
        raise NotComparable(
            "git is not installed here; install it to compare with what was committed, or name a release or a folder"
        ) from None
    if known.returncode:
        raise NotComparable(
            f"git knows no revision {revision} here, and no release is called so; name a commit, a tag, a release or a folder"
        )
    archive = subprocess.run(
        ["git", "archive", known.stdout.strip()], cwd=root, capture_output=True, check=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")


def _committed(root, name):
    """Return the state of an earlier checkout as it was left; its reference pages are made with the templates of its own time, or not compared."""
    cells, unnamed = releases.rows(root / "data"), _without(())
    seen = _notebooks_shown(root, unnamed)
    with contextlib.suppress(
        Exception
    ):  # other columns, other templates: what today's code cannot make is not compared
        seen |= _pages_shown(root, unnamed)
    return State(name, _hashes(cells), cells, seen)


# --- the comparison --------------------------------------------------------------------------------------------------


def compare(before, after, loaded):
    """Return what changed from one `State` to another as `Changes`; `loaded` is the record (`record.load()`) of the later one."""
    rows = _rows(before, after)
    touched = {(row.table, row.key) for row in rows if row.what != "removed"}
    changed_sentences, others, changed = [], [], {}
    kinds = {part.what for parts in before.shown.values() for part in parts}
    for place in dict.fromkeys([*before.shown, *after.shown]):
        old, new = before.shown.get(place, []), after.shown.get(place, [])
        if old == new or not kinds.intersection(part.what for part in [*old, *new]):
            continue
        changed_sentences += [Sentence(place[0], *pair) for pair in _sentences(old, new)]
        others += [(*place, what) for what in ("table", "chart") if _of(what, old) != _of(what, new)]
        changed[place[0]] = True
    return Changes(
        before.name,
        rows,
        _latest(loaded, touched),
        _contradictions(loaded, touched),
        changed_sentences,
        others,
        list(changed),
    )


def _rows(before, after):
    found = []
    for table in after.rows:
        old, new = before.rows.get(table, {}), after.rows[table]
        found += [
            Row(table, _named(table, key, before.cells), "removed", []) for key in old if key not in new
        ]
        found += [Row(table, _named(table, key, after.cells), "added", []) for key in new if key not in old]
        for key in (key for key in new if key in old):
            if (
                (old[key] != new[key])
                if before.cells is None
                else (before.cells[table][key] != after.cells[table][key])
            ):
                found.append(Row(table, key, "changed", _cells(before, after, table, key)))
    return found


def _named(table, key, cells):
    """Return the key of a row as it is told: a correction, which has none, by its day and what it corrects."""
    if table != "corrections" or cells is None:
        return key
    return " ".join(cells[table][key][column] for column in ("date", "table", "row_id", "column"))


def _cells(before, after, table, key):
    """Return the cells of a row that changed: from both rows, or from the corrections where the earlier release kept hashes only."""
    new = after.cells[table][key]
    if before.cells is not None:
        old = before.cells[table][key]
        columns = dict.fromkeys([*old, *new])
        return [
            (column, old.get(column, ""), new.get(column, ""))
            for column in columns
            if old.get(column, "") != new.get(column, "")
        ]
    told = [
        row
        for digest, row in after.cells["corrections"].items()
        if digest not in before.rows.get("corrections", {})
    ]
    return [
        (row["column"], row.get("old", ""), row.get("new", ""))
        for row in told
        if (row["table"], row["row_id"]) == (table, key)
    ]


def _latest(loaded, touched):
    """Return the claims that were added or changed and are the latest of their speaker on their measure, as Markdown."""
    keys = {key for table, key in touched if table == "claims"}
    measures = loaded.claims.loc[loaded.claims["claim_id"].isin(keys), "measure_id"].unique()
    latest = [
        row for measure in measures for _, row in loaded.latest(measure).iterrows() if row["claim_id"] in keys
    ]
    return [f"{markdown.escape(row['label'])}: {sentences.said(row, home='')}" for row in latest]


def _contradictions(loaded, touched):
    """Return the pairs of claims that exclude each other, and the facts told otherwise, in which a row that was added or changed has a part."""
    pairs = [
        row
        for row in comparisons.conflicts(loaded).itertuples()
        if {("claims", row.claim_id), ("claims", row.other_id)} & touched
    ]
    told = comparisons.differences(loaded)
    told = told[
        (told["agrees"] == "differs")
        & told["mention_id"].isin({key for table, key in touched if table == "mentions"})
    ]
    found = []
    for row in pairs:
        two = (sentences.said(loaded.claim(claim).iloc[0], home="") for claim in (row.claim_id, row.other_id))
        found.append(f"{' and '.join(two)} exclude each other {sentences.EXCLUDES[row.dates]}")
    for row in told.itertuples():
        on = markdown.escape(markdown.spelt(row.differs_on))
        found.append(
            f"{markdown.escape(row.short)}, paragraph {row.paragraph}, tells otherwise of {markdown.escape(row.label)}: {on}"
        )
    return found


def _of(what, parts):
    return [part.sha256 for part in parts if part.what == what]


def _sentences(old, new):
    """Return the sentences of a cell that differ, as pairs of before and after."""
    old, new = ([part for part in parts if part.what == "text"] for parts in (old, new))
    matcher = difflib.SequenceMatcher(
        None, [part.sha256 for part in old], [part.sha256 for part in new], autojunk=False
    )
    pairs = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            gone, come = ([part.text for part in parts] for parts in (old[a:b], new[c:d]))
            longest = max(len(gone), len(come))
            pairs += zip(
                gone + [""] * (longest - len(gone)), come + [""] * (longest - len(come)), strict=True
            )
    return pairs


def since_release(root=paths.ROOT, made=None):
    """Return what changed since the newest release that differs from the checkout `root`, as `Changes`; None where there is no release; `made` as in `shown`.

    Right after a release nothing differs from it, and a reader wants to know what it changed: then the one before is taken, where there is one.
    """
    root = Path(root)
    known = releases.releases(root / "data")
    if not known:
        return None
    now, loaded = state(root, with_names=False, made=made), query.load(data=root / "data")
    for release in reversed(known):
        before = of_release(release, root / "data")
        found = compare(before, now, loaded)
        if before.rows != now.rows or before.shown != now.shown:
            break
    return found


# --- in words --------------------------------------------------------------------------------------------------------


def told(changes):
    """Return `Changes` as lines for a terminal, plain text."""
    lines = []
    declared = tables.resources()
    for row in changes.rows:
        path = f"data/{declared[row.table]['path']}" if row.table in declared else row.table
        if row.what == "changed":
            lines += [
                f"{path}: {row.key}, column {column}: {old or 'empty'} becomes {new or 'empty'}"
                for column, old, new in row.cells
            ]
        else:
            lines.append(f"{path}: {row.key} is {row.what}")
    for heading, found in (
        ("now the latest of who says so", [_plain(line) for line in changes.latest]),
        (
            "contradictions in which an added or changed row has a part",
            [_plain(line) for line in changes.contradictions],
        ),
        (
            "sentences",
            [
                f"{s.page}\n    before: {s.before or '(none)'}\n    after:  {s.after or '(none)'}"
                for s in changes.sentences
            ],
        ),
        ("tables and charts", [f"{page}, cell {cell}: {what}" for page, cell, what in changes.shown]),
        ("pages", changes.pages),
    ):
        if found:
            lines += ["", f"{heading}:", *(f"  {line}" for line in found)]
    return lines


def _plain(told):
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", told).replace("\\", "")


def summary(changes, data=paths.DATA):
    """Return `Changes` as the lines of a changelog entry: rows by table, corrections by kind, what is latest now, and how much of the book reads otherwise."""
    counted = (
        pd.DataFrame(changes.rows, columns=Row._fields).groupby(["table", "what"], sort=False).size()
        if changes.rows
        else {}
    )
    rows = [
        f"{table}: {sentences.count(int(n), 'row')} {what}"
        for (table, what), n in getattr(counted, "items", dict)()
    ]
    return [
        *rows,
        *(f"Latest now: {_plain(line)}." for line in changes.latest),
        *(f"Contradiction with an added or changed row: {_plain(line)}." for line in changes.contradictions),
        f"{sentences.count(len(changes.sentences), 'computed sentence')} {'reads' if len(changes.sentences) == 1 else 'read'} otherwise, "
        f"on {sentences.count(len({s.page for s in changes.sentences}), 'page')}; {sentences.count(len(changes.pages), 'page')} changed in all.",
    ]
