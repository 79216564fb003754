"""The record to take away: a data package (a zip file with the SHA-256 of each file), and other forms."""

import csv
import hashlib
import io
import json
import time
import uuid
import zipfile
import zlib
from pathlib import Path

import pandas as pd
import yaml

from qantar import addresses, paths, settings
from qantar.book import reference_pages
from qantar.record import export, query, tables

STEM = "qantar-data"  # of the names of the files
FORMS = [STEM + ending for ending in (".zip", ".xlsx", ".sqlite", "-parquet.zip")]
_PROFILES = "https://datapackage.org/profiles/2.0"

_TRUE_OR_FALSE = {"yes": "true", "no": "false", "": ""}
_NAMES = ("public_name", "other_names", "note")  # columns of persons that are empty in a copy without names
_PERSONS = ("persons", tables.CLEAN_PREFIX + "persons")


def write(data: Path, folder: Path, edition: settings.Edition = settings.WHOLE) -> None:
    """Write the record in `data` to the folder in each of FORMS."""
    record = query.load(data=data, edition=edition)
    published = {name: getattr(record, name) for name in tables.clean_names(data)}
    package(data, Path(folder) / f"{STEM}.zip", edition)
    export.to_excel(published, Path(folder) / f"{STEM}.xlsx", data)
    export.to_sqlite(published, Path(folder) / f"{STEM}.sqlite", data)
    export.to_parquet(published, Path(folder) / f"{STEM}-parquet.zip", data)


def package(data: Path, target: Path, edition: settings.Edition = settings.WHOLE) -> None:
    """Write the record in the folder `data` as a data package to `target`: the same bytes each time.

    data/ holds the clean tables with the column names of `export`, record/ the folder as it stands in the
    repository. Without names the tables of persons keep their rows and name nobody. Every file bears
    1 January 1980, or the day of SOURCE_DATE_EPOCH. Raises ValueError where that is not a number of seconds.
    """
    data = Path(data)
    moment = settings.source_date()
    declared = tables.resources(data)
    paths_ = [resource["path"] for resource in declared.values()]
    record = {name: (data / name).read_bytes() for name in [*paths_, "datapackage.json", "README.md"]}
    if not edition.names:
        record |= _without_names(data, declared)
    files = {f"record/{name}": content for name, content in record.items()}
    described = []
    for name in tables.clean_names(data):
        path = f"data/{name}.csv"
        clean = declared[tables.CLEAN_PREFIX + name]
        files[path] = _published(record[clean["path"]], clean["schema"]["fields"])
        described.append(_resource(name, path, data))
    descriptor = _about(data, edition, moment) | {"resources": described}
    files["datapackage.json"] = _json(descriptor)
    files["README.md"] = Path(__file__).with_name("data_readme.md").read_bytes()
    files["LICENSE-DATA"] = (paths.ROOT / "LICENSE-DATA").read_bytes()
    sums = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())]
    files["SHA256SUMS"] = "".join(sums).encode("utf-8")
    tables.write_bytes(target, export.zipped(files, moment or export.FIRST_DAY))


def _published(content, fields):
    """Return the bytes of a CSV file with published names of columns, and true and false for yes and no.

    readr, DuckDB and pandas know these without being told; every other cell stays as it is.
    """
    yes_or_no = [field["type"] == "boolean" for field in fields]
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(export.COLUMNS.get(name, name) for name in header)
    for row in rows:
        cells = zip(row, yes_or_no, strict=True)
        writer.writerow(_TRUE_OR_FALSE[cell] if is_boolean else cell for cell, is_boolean in cells)
    return out.getvalue().encode("utf-8")


def _resource(name, path, data):
    """Return the descriptor of a published table: its columns with their keys and allowed values.

    Patterns are left out: that of `url` holds a quote, which breaks the SQL that loaders make of it.
    """
    declared = tables.resources(data)
    clean = declared[tables.CLEAN_PREFIX + name]
    allowed = {field["name"]: field.get("constraints", {}).get("enum") for field in tables.fields(name, data)}
    primary, foreign = export.keys(name, data)
    fields = []
    for field in clean["schema"]["fields"]:
        column = field["name"]
        kept = {key: field[key] for key in field if key not in ("constraints", "trueValues", "falseValues")}
        kept["description"] = export.described(field)
        limits = {"required": True, "unique": True} if column == primary else {}
        limits |= {"enum": allowed[column]} if allowed.get(column) else {}
        fields.append(
            kept | {"name": export.COLUMNS.get(column, column)} | ({"constraints": limits} if limits else {})
        )
    schema = {"$schema": f"{_PROFILES}/tableschema.json", "fields": fields, "missingValues": [""]}
    if primary:
        schema["primaryKey"] = [primary]
    if foreign:
        schema["foreignKeys"] = [
            {
                "fields": [export.COLUMNS.get(column, column)],
                "reference": {"fields": [key]} | ({} if other == name else {"resource": other}),
            }
            for column, other, key in foreign
        ]
    return {
        "$schema": f"{_PROFILES}/dataresource.json",
        "name": name,
        "type": "table",
        "path": path,
        "title": clean["title"],
        "description": clean["description"],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _about(data, edition, moment):
    """Return what the data package says of itself. `created` is told where SOURCE_DATE_EPOCH gives a day."""
    source = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    cited = yaml.safe_load((paths.ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    sources = query.load("sources", data=data, edition=edition).sources
    identity = f"qantar {reference_pages.record_hash(data)} {edition.name}"
    said = {
        "$schema": f"{_PROFILES}/datapackage.json",
        "name": source["name"],
        "id": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, identity)}",
        "title": source["title"],
        "description": " ".join(cited["abstract"].split()),
        "homepage": addresses.site_url() or None,
        "version": source["version"],
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", moment) if moment else None,
        "keywords": cited["keywords"],
        "licenses": source["licenses"],
        "contributors": [{"title": author["name"], "roles": ["creator"]} for author in cited["authors"]],
        "sources": [
            {"title": row.title} | ({} if pd.isna(row.url) else {"path": row.url})
            for row in sources.itertuples()
        ],
    }
    return {key: value for key, value in said.items() if value}


def _json(content):
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


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
    files["datapackage.json"] = _json(schema)
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
