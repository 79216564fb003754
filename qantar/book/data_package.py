"""The record as a data package: a zip file with tables, schema, codebook, licence and the SHA-256 of each."""

import hashlib
import io
import json
import zipfile
import zlib
from pathlib import Path

import pandas as pd

from qantar import paths, settings
from qantar.record import tables

_NAMES = ("public_name", "other_names", "note")  # columns of persons that are empty in a copy without names
_PERSONS = ("persons", tables.CLEAN_PREFIX + "persons")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # a zip file knows none before


def package(data: Path, target: Path, edition: settings.Edition = settings.WHOLE) -> None:
    """Write the record in the folder `data` as a data package to `target`: the same bytes each time.

    Without names the table of persons keeps its rows and names nobody. Every file bears 1 January 1980, or
    the day of SOURCE_DATE_EPOCH. Raises ValueError where that is not a number of seconds.
    """
    data = Path(data)
    declared = tables.resources(data)
    names = [resource["path"] for resource in declared.values()]
    files = {name: (data / name).read_bytes() for name in [*names, "datapackage.json", "README.md"]}
    files["LICENSE-DATA"] = (paths.ROOT / "LICENSE-DATA").read_bytes()
    if not edition.names:
        files |= _without_names(data, declared)
    sums = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())]
    files["SHA256SUMS"] = "".join(sums).encode("utf-8")
    moment = settings.source_date()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, max(moment[:6], _FIRST_DAY) if moment else _FIRST_DAY)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    tables.write_bytes(target, out.getvalue())


def _without_names(data, declared):
    """Return the files that differ where nobody is named: the tables of persons, and the schema."""
    files = {}
    for name in _PERSONS:
        persons = tables.read_table(name, data).assign(**dict.fromkeys(_NAMES, pd.NA))
        files[declared[name]["path"]] = tables.table_bytes(persons, name, data)
    schema = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    for resource in (resource for resource in schema["resources"] if resource["name"] in _PERSONS):
        resource["description"] += " This copy is without names."
        for field in resource["schema"]["fields"]:
            if field["name"] in _NAMES:
                field.pop("constraints", None)
    files["datapackage.json"] = (json.dumps(schema, indent=1, ensure_ascii=False) + "\n").encode("utf-8")
    return files


def verify(file: Path | str) -> list[str]:
    """Return what is wrong with a data package that was downloaded: files that are damaged, missing or added.

    That all is whole does not tell who made the package.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            names = {name for name in archive.namelist() if not name.endswith("/")}
            if "SHA256SUMS" not in names:
                return [f"{file}: holds no SHA256SUMS; it is no data package of this project"]
            lines = archive.read("SHA256SUMS").decode("utf-8").splitlines()
            sums = dict(reversed(line.split("  ", 1)) for line in lines)
            added = sorted(names - sums.keys() - {"SHA256SUMS"})
            damaged = [name for name in sums if name in names and _sum(archive, name) != sums[name]]
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        return [f"{file}: cannot be read as a zip file ({error}); download it again"]
    return [
        *(f"{file}: {name} is missing; download it again" for name in sums if name not in names),
        *(f"{file}: {name} has no sum; it was added by somebody else" for name in added),
        *(f"{file}: {name} is damaged; download it again" for name in damaged),
    ]


def _sum(archive, name):
    """Return the SHA-256 of a file in a zip file; None where it cannot be read."""
    try:
        return hashlib.sha256(archive.read(name)).hexdigest()
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return None
