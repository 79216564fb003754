"""TODO book.data_package."""

import hashlib
import io
import json
import re
import zipfile
import zlib
from pathlib import Path

import pandas as pd

from qantar import paths, settings
from qantar.record import tables

_OF_A_NAME = (
    "public_name",
    "other_names",
    "note",
)  # columns of persons that are empty in a copy without names


_FIRST = (1980, 1, 1, 0, 0, 0)


# --- the record ------------------------------------------------------------------------------------------------------


def package(data, target, edition=settings.WHOLE):
    """Write the record in the folder `data` as a zipped Data Package to the file `target`: tables, schema, codebook, licence, and their SHA-256.

    In an edition without names the table of persons keeps its rows and says no name. The same bytes on each run: the day of
    every file is 1 January 1980, or that of SOURCE_DATE_EPOCH. Raises ValueError where that is no number of seconds.
    """
    data = Path(data)
    declared = tables.resources(data)
    files = {resource["path"]: (data / resource["path"]).read_bytes() for resource in declared.values()}
    files |= {name: (data / name).read_bytes() for name in ("datapackage.json", "README.md")}
    files["LICENSE-DATA"] = (paths.ROOT / "LICENSE-DATA").read_bytes()
    if not edition.names:
        files |= _without_names(data, declared)
    sums = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in sorted({**files, "SHA256SUMS": sums.encode("utf-8")}.items()):
            entry = zipfile.ZipInfo(name, _day())
            entry.create_system, entry.external_attr, entry.compress_type = (
                3,
                0o100644 << 16,
                zipfile.ZIP_DEFLATED,
            )
            archive.writestr(entry, content)
    tables.write_bytes(target, out.getvalue())


def unlink_package(html):
    """Put a word in the place of each link to the data package: the record as a whole tells what was printed later, so an edition of a day has none."""
    for page in html.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        word = r"\1 (left out of an edition of a day, since it holds what was printed later)"
        unlinked = re.sub(r'<a [^>]*href="[^"]*_static/qantar-data\.zip"[^>]*>(.*?)</a>', word, text)
        if unlinked != text:
            tables.write_bytes(page, unlinked.encode("utf-8"))


def verify(file):
    """Return what is wrong with a data package that was downloaded, as sentences; nothing where every file in it is as its sum says.

    A file that is damaged, missing or added is named. That all is whole does not tell who made the package.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            if "SHA256SUMS" not in names:
                return [f"{file}: holds no SHA256SUMS; it is no data package of this project"]
            sums = dict(
                reversed(line.split("  ", 1))
                for line in archive.read("SHA256SUMS").decode("utf-8").splitlines()
            )
            lacking = [f"{file}: {name} is missing; download it again" for name in sums if name not in names]
            added = [
                f"{file}: {name} has no sum; it was added by somebody else"
                for name in names
                if name not in sums and name != "SHA256SUMS"
            ]
            return (
                lacking
                + added
                + [
                    damage
                    for name in sums
                    if name in names and (damage := _damage(archive, file, name, sums[name]))
                ]
            )
    except (zipfile.BadZipFile, OSError, UnicodeDecodeError, ValueError) as error:
        return [f"{file}: cannot be read as a zip file ({error}); download it again"]


def _damage(archive, file, name, told):
    try:
        whole = hashlib.sha256(archive.read(name)).hexdigest() == told
    except (zipfile.BadZipFile, zlib.error, EOFError):
        whole = False
    return None if whole else f"{file}: {name} is damaged; download it again"


def _without_names(data, declared):
    """Return the files of the data package that differ where nobody is named: the two tables of persons, and the schema, which then asks for no name."""
    files = {}
    for name in ("persons", tables.CLEAN_PREFIX + "persons"):
        persons = tables.read_table(name, data).assign(**dict.fromkeys(_OF_A_NAME, pd.NA))
        files[declared[name]["path"]] = tables.table_bytes(persons, name, data)
    schema = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    for resource in schema["resources"]:
        if resource["name"] in ("persons", tables.CLEAN_PREFIX + "persons"):
            resource["description"] += " This copy is without names."
            for field in resource["schema"]["fields"]:
                if field["name"] in _OF_A_NAME:
                    field.pop("constraints", None)
    return {
        **files,
        "datapackage.json": (json.dumps(schema, indent=1, ensure_ascii=False) + "\n").encode("utf-8"),
    }


def _day():
    """Return the day and time that each file of the package bears; a zip file knows none before 1980."""
    moment = settings.source_date()
    return max(moment[:6], _FIRST) if moment else _FIRST
