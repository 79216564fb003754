"""Where things are. Everything hangs on ROOT, the checkout that this package stands in."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
CLEAN = DATA / "clean"
PACKAGE = DATA / "datapackage.json"
NOTEBOOKS = ROOT / "notebooks"
BOOK = ROOT / "book"
HTML = BOOK / "_build" / "html"


def shown(path: Path | str, root: Path = ROOT) -> str:
    """Return a path as a user types it: from the root of the checkout, with forward slashes."""
    path = Path(path)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def in_words(error: OSError) -> str:
    """Return an OSError as a sentence with what to do, for a full disk or a folder that cannot be written."""
    where = f" ({error.filename})" if error.filename else ""
    return (
        f"{error.strerror or error}{where}; make room, or let the folder be written, and try again: "
        "what was there before is still there"
    )
