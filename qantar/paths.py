"""Where things are. Everything hangs on ROOT, the checkout that this package stands in."""

import os
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
CLEAN = DATA / "clean"
PACKAGE = DATA / "datapackage.json"
NOTEBOOKS = ROOT / "notebooks"
BOOK = ROOT / "book"
HTML = BOOK / "_build" / "html"


class NoDay(ValueError):
    """PRINTED_BY in the environment names no day."""


def texts():
    """Return the folder with our text copies of the sources, or None where it is not at hand.

    They belong to their publishers and are not in the repository: QANTAR_SOURCES names the folder, else it is
    shared/sources beside the checkout.
    """
    named = os.environ.get("QANTAR_SOURCES")
    folder = Path(named) if named else ROOT.parent / "shared" / "sources"
    return folder if folder.is_dir() else None


def names_shown():
    """Return True where persons may be named: always, unless the environment says NAMES=0."""
    return os.environ.get("NAMES") != "0"


def printed_by():
    """Return the day (2022-12-31) that PRINTED_BY in the environment names: only what had been printed by then is told; None where it names none.

    Raises NoDay, a sentence, for what is no day.
    """
    named = os.environ.get("PRINTED_BY") or None
    if named is None:
        return None
    try:
        if date.fromisoformat(named).isoformat() == named:
            return named
    except ValueError:
        pass
    raise NoDay(f"PRINTED_BY is {named!r}, which is no day of the form 2022-12-31; name one, or leave PRINTED_BY empty")


def edition():
    """Return the name of the edition that the environment asks for: printed_by_2022-12-31, without_names, or both; empty for the whole record."""
    day = printed_by()
    return "_".join([*([f"printed_by_{day}"] if day else []), *([] if names_shown() else ["without_names"])])


def environment(root=ROOT):
    """Return this process's environment for a child that must import the package of `root`, and hash alike on each run."""
    search = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": search, "PYTHONHASHSEED": "0"}


def in_words(error):
    """Return an OSError as a sentence with what to do: a full disk, a folder that cannot be written."""
    where = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror or error}{where}; make room, or let the folder be written, and try again: what was there before is still there"


def shown(path, root=ROOT):
    """Return a path as a user types it: from the root of the checkout, with forward slashes."""
    path = Path(path)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
