"""Settings from environment variables. In the package, only this module reads them.

PRINTED_BY=2022-12-31   only what had been printed by this day
NAMES=0                 no person is named
QANTAR_SOURCES          the folder with our text copies of the sources
QANTAR_WITHHELD         a private list of names that must appear nowhere
SOURCE_DATE_EPOCH       the day that a release bears, in seconds since 1970
"""

import datetime
import os
import re
import time
from pathlib import Path
from typing import NamedTuple

from qantar import paths


class BadSetting(ValueError):
    """A variable of the environment cannot be used; the message says which one, why, and what to do."""


class Edition(NamedTuple):
    """Which book is made: of what had been printed by a day (None: everything), with or without names."""

    printed_by: str | None = None
    names: bool = True

    @property
    def name(self) -> str:
        """The name of the edition's folder, printed_by_2022-12-31_without_names.

        Empty for the whole record.
        """
        day = f"printed_by_{self.printed_by}" if self.printed_by else ""
        return "_".join(filter(None, [day, "" if self.names else "without_names"]))

    def environment(self) -> dict[str, str]:
        """Return the variables that tell a child process which edition it makes."""
        return {"PRINTED_BY": self.printed_by or "", "NAMES": "1" if self.names else "0"}


WHOLE = Edition()


def edition() -> Edition:
    """Return the edition that PRINTED_BY and NAMES ask for; BadSetting where PRINTED_BY is no day."""
    return Edition(checked_day(os.environ.get("PRINTED_BY")), os.environ.get("NAMES") != "0")


def checked_day(named: str | None) -> str | None:
    """Return a day of the form 2022-12-31 as it is, None for nothing. Raises BadSetting for anything else."""
    if not named:
        return None
    try:
        if datetime.date.fromisoformat(named).isoformat() == named:
            return named
    except ValueError:
        pass
    raise BadSetting(
        f"PRINTED_BY is {named!r}, which is no day of the form 2022-12-31; name one, or leave it empty"
    )


def sources_folder() -> Path | None:
    """Return the folder with our text copies of the sources, None where it is not there.

    They belong to their publishers and are not in the repository. QANTAR_SOURCES names the folder, else it is
    shared/sources beside the checkout.
    """
    named = os.environ.get("QANTAR_SOURCES")
    folder = Path(named) if named else paths.ROOT.parent / "shared" / "sources"
    return folder if folder.is_dir() else None


def withheld_names() -> list[str]:
    """Return the private list of names, one a line in the file that QANTAR_WITHHELD names; empty where it is
    not set.

    Raises BadSetting where the file cannot be read: a list that is missing by mistake must not pass.
    """
    named = os.environ.get("QANTAR_WITHHELD")
    if not named:
        return []
    try:
        lines = Path(named).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise BadSetting(
            "QANTAR_WITHHELD names a file that cannot be read as UTF-8 text; name the list, or unset it"
        ) from None
    return [line.strip() for line in lines if line.strip()]


def source_date() -> time.struct_time | None:
    """Return the moment that SOURCE_DATE_EPOCH gives in UTC, None where it is not set. Raises BadSetting."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if not seconds:
        return None
    if not re.fullmatch("[0-9]{1,10}", seconds):
        raise BadSetting("SOURCE_DATE_EPOCH is no number of seconds since 1970; set it to one, or unset it")
    return time.gmtime(int(seconds))


def child_environment(root: Path = paths.ROOT, edition: Edition | None = None) -> dict[str, str]:
    """Return this process's environment for a child that imports the package of the checkout `root`.

    Hashes are alike on each run. `edition` takes the place of the one that the environment asks for.
    """
    search = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")]))
    asked = edition.environment() if edition else {}
    return {**os.environ, **asked, "PYTHONPATH": search, "PYTHONHASHSEED": "0"}
