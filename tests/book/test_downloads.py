"""What a reader can take away: files that other programs open, with no more than may be shown."""

import hashlib
import io
import re
import shutil
import sqlite3
import subprocess
import zipfile
from xml.etree import ElementTree

import pandas as pd
import pytest
import rispy
import yaml
from frictionless import Package
from pybtex.database import parse_string

from qantar import paths
from qantar.book import data_package, downloads, references
from qantar.checks import names
from qantar.settings import Edition

UNNAMED = Edition(names=False)
FORMS = ["qantar-data.zip", "qantar-data.xlsx", "qantar-data.sqlite", "qantar-data-parquet.zip"]
NAMES = ["public_name", "other_names", "note"]


@pytest.fixture(scope="module")
def data(frozen, tmp_path_factory):
    """The folder data/ of the frozen record, with the codebook. Tests must not change it."""
    folder = shutil.copytree(frozen, tmp_path_factory.mktemp("downloads") / "data")
    shutil.copy(paths.DATA / "README.md", folder)
    return folder


@pytest.fixture(scope="module")
def sources(record):
    return record.sources


def _unpacked(data, folder, **more):
    data_package.package(data, folder / "qantar-data.zip", **more)
    with zipfile.ZipFile(folder / "qantar-data.zip") as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


# --- the record


@pytest.mark.parametrize("edition", [Edition(), UNNAMED])
def test_the_package_is_valid_and_says_what_is_in_it(data, tmp_path, edition):
    unpacked = _unpacked(data, tmp_path, edition=edition)
    assert Package(str(unpacked / "datapackage.json")).validate().valid
    inside = {path.relative_to(unpacked).as_posix(): path for path in unpacked.rglob("*") if path.is_file()}
    assert {"README.md", "LICENSE-DATA", "record/raw/claims.csv", "data/claims.csv"} <= inside.keys()
    lines = inside.pop("SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in inside.items()}
    assert dict(reversed(line.split("  ")) for line in lines) == sums
    if shutil.which("sha256sum"):  # as the page on running tells a reader to do
        subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=unpacked, check=True)


def test_the_package_holds_the_record_as_it_is(data, tmp_path):
    unpacked = _unpacked(data, tmp_path)
    for table in [*data.glob("raw/*.csv"), *data.glob("clean/*.csv"), data / "datapackage.json"]:
        assert (unpacked / "record" / table.relative_to(data)).read_bytes() == table.read_bytes()


def test_a_package_without_names_keeps_the_rows_and_names_nobody(data, tmp_path):
    unpacked = _unpacked(data, tmp_path, edition=UNNAMED)
    for folder in ("record/raw", "record/clean", "data"):
        there = pd.read_csv(unpacked / folder / "persons.csv", dtype=str)
        here = pd.read_csv(data / "clean" / "persons.csv", dtype=str)
        assert there[NAMES].isna().all(axis=None) and not here[NAMES].isna().all(axis=None)
        pd.testing.assert_frame_equal(there[["person_id", "basis"]], here[["person_id", "basis"]])
    everything = "\n".join(path.read_text(encoding="utf-8") for path in unpacked.rglob("*") if path.is_file())
    assert [name for name in names.of_persons(data) if name in everything] == []
    assert everything.count("This copy is without names.") == 2


@pytest.mark.parametrize(
    ("moment", "day"),
    [(None, (1980, 1, 1, 0, 0, 0)), ("0", (1980, 1, 1, 0, 0, 0)), ("1704067200", (2024, 1, 1, 0, 0, 0))],
)
def test_the_package_has_the_same_bytes_on_each_run_and_bears_the_day_asked_for(
    data, tmp_path, monkeypatch, moment, day
):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    if moment:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", moment)
    for name in "ab":
        data_package.package(data, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    entries = zipfile.ZipFile(tmp_path / "a").infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    told = {(entry.date_time, entry.external_attr >> 16, entry.create_system) for entry in entries}
    assert told == {(day, 0o100644, 3)}
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_DEFLATED}


def test_a_day_that_is_no_number_is_refused(data, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(ValueError, match="set it to one, or unset it"):
        data_package.package(data, tmp_path / "a.zip")


def test_a_whole_package_is_confirmed_and_a_flipped_byte_of_any_file_is_found(data, tmp_path):
    whole, broken = tmp_path / "whole.zip", tmp_path / "broken.zip"
    data_package.package(data, whole)
    assert data_package.verify(whole) == []
    with zipfile.ZipFile(whole) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for name in files.keys() - {"SHA256SUMS"}:
        with zipfile.ZipFile(broken, "w") as archive:
            for other, content in files.items():
                archive.writestr(other, bytes([content[0] ^ 1]) + content[1:] if other == name else content)
        assert data_package.verify(broken) == [f"{broken}: {name} is damaged; download it again"]


def test_what_is_missing_added_unreadable_or_no_package_is_named(data, tmp_path):
    whole, other, none = (tmp_path / name for name in ("whole.zip", "other.zip", "none.zip"))
    data_package.package(data, whole)
    with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(other, "w") as changed:
        for name in archive.namelist():
            if name != "record/raw/claims.csv":
                changed.writestr(name, archive.read(name))
        changed.writestr("raw/more.csv", b"x")
        changed.writestr("raw/folder/", b"")
    assert data_package.verify(other) == [
        f"{other}: record/raw/claims.csv is missing; download it again",
        f"{other}: raw/more.csv has no sum; it was added by somebody else",
    ]
    with zipfile.ZipFile(whole) as archive:
        entry = archive.getinfo("record/raw/claims.csv")
    content = bytearray(whole.read_bytes())
    content[entry.header_offset + 60] ^= 0xFF
    other.write_bytes(content)
    assert data_package.verify(other) == [f"{other}: record/raw/claims.csv is damaged; download it again"]
    zipfile.ZipFile(other, "w").close()
    assert data_package.verify(other) == [
        f"{other}: holds no SHA256SUMS; it is no data package of this project"
    ]
    other.write_text("no zip", encoding="utf-8")
    for file in (other, none):
        assert re.fullmatch(
            r".*: cannot be read as a zip file \(.*\); download it again", data_package.verify(file)[0]
        )


@pytest.mark.parametrize(
    ("edition", "written"),
    [
        (Edition(), {*FORMS, "sources.bib", "sources.ris"}),
        (UNNAMED, {*FORMS, "sources.bib", "sources.ris"}),
        (Edition(printed_by="2023-12-31"), {"sources.bib", "sources.ris"}),
    ],
)
def test_an_edition_of_a_day_has_no_record_to_take_away(data, tmp_path, edition, written):
    (data.parent / "_config.yml").write_text("title: A book", encoding="utf-8")
    downloads.write(tmp_path / "html", data.parent, edition)
    assert {path.name for path in (tmp_path / "html" / "_static").iterdir()} == written


def test_the_package_says_who_made_it_from_what_and_declares_its_keys(data, tmp_path):
    package = Package(str(_unpacked(data, tmp_path) / "datapackage.json")).to_descriptor()
    assert package["$schema"].endswith("/2.0/datapackage.json")
    assert package.keys() >= {"id", "title", "version", "keywords", "licenses", "contributors", "sources"}
    assert "homepage" not in package  # the book has no address yet
    assert len(package["sources"]) == len(pd.read_csv(data / "clean" / "sources.csv"))
    claims = next(resource for resource in package["resources"] if resource["name"] == "claims")["schema"]
    assert claims["primaryKey"] == ["claim_id"]
    assert {"sources", "measures"} <= {key["reference"].get("resource") for key in claims["foreignKeys"]}


def test_the_package_loads_into_a_database_and_needs_no_quotes(data, tmp_path):
    package = Package(str(_unpacked(data, tmp_path) / "datapackage.json"))
    package.publish(f"sqlite:///{tmp_path / 'a.sqlite'}")
    with sqlite3.connect(tmp_path / "a.sqlite") as base:
        for resource in package.resources:
            columns = ", ".join(field.name for field in resource.schema.fields)
            rows = base.execute(f"SELECT {columns} FROM {resource.name}").fetchall()
            assert len(rows) == len(pd.read_csv(data / "clean" / f"{resource.name}.csv"))


def test_no_form_of_a_record_without_names_names_anybody(data, tmp_path):
    data_package.write(data, tmp_path, UNNAMED)
    sheets = pd.read_excel(tmp_path / "qantar-data.xlsx", sheet_name=None)
    assert sheets["persons"][NAMES].isna().all(axis=None)
    with sqlite3.connect(tmp_path / "qantar-data.sqlite") as base:
        assert base.execute("SELECT count(public_name), count(*) > 0 FROM persons").fetchone() == (0, 1)
    with zipfile.ZipFile(tmp_path / "qantar-data-parquet.zip") as archive:
        persons = pd.read_parquet(io.BytesIO(archive.read("persons.parquet")))
    assert persons[NAMES].isna().all(axis=None)


# --- the sources


def test_every_source_is_a_reference_by_the_bodies_that_wrote_it(sources):
    entries = parse_string(references.bibtex(sources), "bibtex").entries
    in_ris = {reference["id"]: reference for reference in rispy.loads(references.ris(sources))}
    assert list(entries) == list(in_ris) == list(sources["source_id"])
    for source in sources.itertuples():
        entry, reference = entries[source.source_id], in_ris[source.source_id]
        bodies = source.authors.split("; ")
        assert [str(person) for person in entry.persons["author"]] == [f"{{{body}}}" for body in bodies]
        assert reference["authors"] == bodies
        assert (entry.fields["title"], reference["title"]) == (f"{{{source.title}}}", source.title)
        address = None if pd.isna(source.url) else source.url
        assert (entry.fields.get("url"), reference.get("urls", [None])) == (address, [address])
        assert reference["type_of_reference"] == "RPRT"


@pytest.mark.parametrize(("published", "first", "last", "printed"), [
    ("2024-02-08", "2024-02-08", "2024-02-08", {"year": "2024", "month": "February", "day": "8"}),
    ("2023-03", "2023-03-01", "2023-03-31", {"year": "2023", "month": "March"}),
    ("2023", "2023-01-01", "2023-12-31", {"year": "2023"}),
    ("2022-12/2023-02", "2022-12-01", "2023-02-28", {}),
    ("../2023-02", None, "2023-02-28", {}),
    ("2023-02", "2023-02-01", None, {}),
])  # fmt: skip
def test_a_reference_has_no_day_that_is_not_printed(sources, published, first, last, printed):
    days = {"published_first": pd.Timestamp(first), "published_last": pd.Timestamp(last)}
    source = sources.iloc[:1].assign(published=published, **days)
    fields = parse_string(references.bibtex(source), "bibtex").entries[source["source_id"].iloc[0]].fields
    assert {part: fields[part] for part in ("year", "month", "day") if part in fields} == printed
    assert fields["note"].startswith("Published ")
    reference = rispy.loads(references.ris(source))[0]
    assert reference.get("year") == printed.get("year")
    date = reference.get("date", "")
    assert date.count("/") == (3 if printed else 0)
    assert len([part for part in date.split("/") if part]) == len(printed)


def test_an_address_with_signs_that_tex_knows_leads_where_it_led(sources):
    source = sources.iloc[:1].assign(url="https://example.org/a_b%20c~d?e=f&g=h#i")
    assert "url = {https://example.org/a_b%20c~d?e=f&g=h#i}" in references.bibtex(source)


# --- how to cite, how to run, how it looks where it is linked


def test_the_citation_file_is_whole_and_says_both_licences():
    cited = yaml.safe_load((paths.ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"message", "title", "authors", "abstract", "keywords", "version"} <= cited.keys()
    assert (cited["cff-version"], cited["type"], cited["license"]) == ("1.2.0", "dataset", "CC-BY-4.0")
    assert [reference["license"] for reference in cited["references"]] == ["MIT"]
    assert all(author.keys() == {"name"} for author in cited["authors"])  # a body, no person
    assert not {"doi", "url", "identifiers", "repository"} & cited.keys()


def test_the_workflow_runs_what_ci_runs_before_it_publishes():
    workflow = yaml.safe_load((paths.ROOT / ".github" / "workflows" / "book.yml").read_text(encoding="utf-8"))
    build, publish = workflow["jobs"]["build"], workflow["jobs"]["publish"]
    runs = "\n".join(step["run"].strip() for step in build["steps"] if "run" in step)
    ci = (paths.ROOT / ".ci" / "run").read_text(encoding="utf-8")
    steps = ci[ci.index("make book") :].strip()
    assert [line.strip() for line in runs.splitlines()] == [line.strip() for line in steps.splitlines()]
    assert build["strategy"]["matrix"]["python"] == ["3.11", "3.13"]
    assert workflow["permissions"] == {"contents": "read"}
    assert publish["needs"] == "build" and "refs/heads/main" in publish["if"]
    used = [step["uses"] for job in (build, publish) for step in job["steps"] if "uses" in step]
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in used)


def test_every_command_of_the_page_on_running_is_one_that_there_is():
    page = (paths.BOOK / "how_to_run.md").read_text(encoding="utf-8")
    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (paths.ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake (\w+)`", page):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
    for command in re.findall(r"^    ((?:conda|pip) .*)$", page, flags=re.MULTILINE):
        assert f"`{command}`" in readme


def test_the_icon_is_seen_on_light_and_dark_bars():
    """At least 3 to 1 against the bar that it stands on: WCAG 2.2, 1.4.11."""
    icon = (paths.BOOK / "_static" / "favicon.svg").read_text(encoding="utf-8")
    ElementTree.fromstring(icon)
    light, dark = re.findall(r"fill:#([0-9A-F]{6})", icon)
    for colour, bar in ((light, "FFFFFF"), (dark, "202124")):
        bright, dim = sorted((_luminance(colour), _luminance(bar)), reverse=True)
        assert (bright + 0.05) / (dim + 0.05) >= 3


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
