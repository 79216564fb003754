"""What differs between the raw tables at hand and those of a git revision: rows added, removed and changed."""

import csv
import io
import subprocess

from qantar import paths, tables


class NoRevision(Exception):
    """git does not know the revision, or this is no git checkout."""


def since(revision, root=paths.ROOT):
    """Return what changed in data/raw since a git revision, as lines: one per row added or removed, one per cell changed.

    Raises NoRevision, with a sentence, where git cannot tell. Sentences, charts and pages that an edit touches are not
    told here: `git diff` after `make book` shows them in the notebooks' outputs.
    """
    try:
        known = subprocess.run(["git", "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"], cwd=root, capture_output=True, text=True)
    except FileNotFoundError:
        raise NoRevision("git is not installed here; install it to compare with what was committed") from None
    if known.returncode:
        raise NoRevision(f"git knows no revision {revision} here; name a commit or a tag of this checkout")
    lines = []
    declared = tables.resources(root / "data")
    for name in tables.raw_names(root / "data"):
        path = f"data/{declared[name]['path']}"
        before = subprocess.run(["git", "show", f"{known.stdout.strip()}:./{path}"], cwd=root, capture_output=True)
        old = _rows(before.stdout if before.returncode == 0 else b"", declared[name])
        new = _rows((root / path).read_bytes() if (root / path).is_file() else b"", declared[name])
        lines += [f"{path}: {key} is removed" for key in old if key not in new]
        lines += [f"{path}: {key} is added" for key in new if key not in old]
        lines += [
            f"{path}: {key}, column {column}: {cell or 'empty'} becomes {new[key].get(column) or 'empty'}"
            for key in old
            if key in new
            for column, cell in old[key].items()
            if cell != new[key].get(column)
        ]
    return lines


def _rows(content, resource):
    """Return the rows of the bytes of a CSV by their key, as it is told to a person."""
    text = content.decode("utf-8-sig", errors="replace")
    keys = resource["schema"].get("primaryKey") or [field["name"] for field in resource["schema"]["fields"]]
    return {" ".join(filter(None, (row.get(key) or "" for key in keys))): row for row in csv.DictReader(io.StringIO(text))}
