"""What a reader may take away: files that other programs open, that hold what the page shows, and no more than may be shown."""

import csv
import hashlib
import io
import re
import shutil
import subprocess
import zipfile
from xml.etree import ElementTree

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
import rispy
import yaml
from bs4 import BeautifulSoup
from pybtex.database import parse_string

from qantar import paths
from qantar.book import data_package, downloads, references
from qantar.checks import names
from qantar.pipeline import notebooks
from qantar.record import query

TABLE = """<div class="pst-scrollable-table-container"><table class="table">
<thead>
<tr class="row-odd"><th class="head"><p>As printed</p></th>
<th class="head"><p>Where</p></th>
</tr>
</thead>
<tbody>
<tr class="row-even"><td><p>{cell}</p></td>
<td><p><a class="reference external" href="../x.html#a">A report</a>, paragraph 1<br/>and 2</p></td>
</tr>
</tbody>
</table>
</div>"""
PAGE = """<html><body><table><tr><td>not of the article</td></tr></table><article class="bd-article">
<section id="one"><h2>Who &amp; when?<a class="headerlink" href="#one" title="Link to this heading">#</a></h2>
{tables}
</section></article></body></html>
"""


@pytest.fixture(scope="module")
def sources():
    return query.load("sources").sources


def built(folder, *cells, page="notebooks/theme.html"):
    """A built page with a table for each cell, taken through the step; its path."""
    file = folder / page
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        PAGE.format(tables="\n".join(TABLE.format(cell=cell) for cell in cells)), encoding="utf-8"
    )
    downloads.tables_and_figures(folder, folder)
    return file


def soup(file):
    return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")


def rows(file):
    return list(csv.reader(io.StringIO(file.read_bytes().decode("utf-8"), newline="")))


# --- tables ----------------------------------------------------------------------------------------------------------


def test_a_table_is_called_by_the_heading_above_it(tmp_path):
    assert [caption.get_text() for caption in soup(built(tmp_path, "a")).select("caption")] == ["Who & when?"]


def test_of_several_tables_under_a_heading_each_has_its_number(tmp_path):
    captions = [caption.get_text() for caption in soup(built(tmp_path, "a", "b")).select("caption")]
    assert captions == ["Who & when?, table 1", "Who & when?, table 2"]


def test_a_caption_that_is_there_stays(tmp_path):
    file = tmp_path / "page.html"
    file.write_text(
        PAGE.format(tables="<table><caption>Mine</caption><tr><td>1</td></tr></table>"), encoding="utf-8"
    )
    downloads.tables_and_figures(tmp_path, tmp_path)
    assert [caption.get_text() for caption in soup(file).select("caption")] == ["Mine"]


def test_a_screen_reader_is_told_what_each_column_is(tmp_path):
    page = soup(built(tmp_path, "a"))
    assert {th["scope"] for th in page.select("article th")} == {"col"}
    assert page.select_one("article tbody tr").find(["th", "td"]).name == "td"


def test_a_table_can_be_downloaded_as_it_is_read(tmp_path):
    file = built(tmp_path, "“at least 238”, people")
    link = soup(file).find("a", string="Download this table (CSV)")
    taken = (file.parent / link["href"]).resolve()
    assert taken == tmp_path / "_static" / "tables" / "theme-1.csv"
    assert taken.read_bytes().startswith(b"As printed,Where\n")  # no byte order mark, one newline
    assert rows(taken) == [["As printed", "Where"], ["“at least 238”, people", "A report, paragraph 1 and 2"]]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@"])
def test_no_cell_runs_as_a_formula_in_a_spreadsheet(tmp_path, begin):
    built(tmp_path, f' {begin}HYPERLINK("http://x.invalid")')
    assert (
        rows(tmp_path / "_static" / "tables" / "theme-1.csv")[1][0]
        == f"""'{begin}HYPERLINK("http://x.invalid")"""
    )


@pytest.mark.parametrize("cell", ["\tcmd", "\rcmd", "=1", "-", "@x"])
def test_a_cell_that_begins_like_a_formula_begins_with_an_apostrophe(cell):
    assert downloads._safe(cell) == f"'{cell}"
    assert downloads._safe("") == ""
    assert downloads._safe("2022-01-05") == "2022-01-05"


def test_only_what_is_put_in_differs_from_the_page_as_it_was(tmp_path):
    file = built(tmp_path, "<b>a</b> &lt;table&gt; &amp;nbsp;")
    before = PAGE.format(tables=TABLE.format(cell="<b>a</b> &lt;table&gt; &amp;nbsp;"))
    after = file.read_text(encoding="utf-8")
    after = re.sub(r'\n<caption>.*?</caption>| scope="col"|\n<p class="qantar-download">.*?</p>', "", after)
    assert after == before


def test_a_page_that_has_its_downloads_is_left_as_it_is(tmp_path):
    file = built(tmp_path, "a")
    once = file.read_bytes()
    downloads.tables_and_figures(tmp_path, tmp_path)
    assert file.read_bytes() == once


def test_two_pages_that_would_write_one_file_are_refused(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "theme.html").write_text(
        PAGE.format(tables=TABLE.format(cell="a")), encoding="utf-8"
    )
    with pytest.raises(ValueError, match=r"tables/theme-1\.csv; give one of them another file name"):
        built(tmp_path, "a")


# --- figures ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def figure_page(tmp_path_factory):
    """A page with the figures of the notebook on casualties, as the book shows them; its path and its figures as they were."""
    folder = tmp_path_factory.mktemp("figures")
    outputs = [
        output.get("data", {})
        for cell in notebooks.read(paths.NOTEBOOKS / "casualties.ipynb").cells
        for output in cell.get("outputs", [])
    ]
    figures = [data["text/html"] for data in outputs if "qantar-figure" in data.get("text/html", "")]
    file = folder / "notebooks" / "casualties.html"
    file.parent.mkdir()
    file.write_text(PAGE.format(tables="\n".join(figures)), encoding="utf-8")
    downloads.tables_and_figures(folder)
    return file, figures


def test_a_figure_on_the_page_stays_as_it_was_drawn(figure_page):
    """A parser that writes what it read makes viewbox of viewBox, and the drawing loses its frame."""
    file, figures = figure_page
    text = file.read_text(encoding="utf-8")
    assert len(figures) >= 5
    assert all(figure in text for figure in figures)


def test_a_figure_can_be_downloaded_as_drawing_and_as_picture(figure_page):
    file, figures = figure_page
    shown = soup(file).select(".qantar-download")
    assert len(shown) == len(figures)
    for paragraph in shown:
        assert paragraph.get_text() == "Download this figure: SVG, PNG"
        svg, png = [(file.parent / link["href"]).resolve() for link in paragraph.select("a")]
        ElementTree.parse(svg)
        assert png.read_bytes().startswith(b"\x89PNG\r\n")


def test_a_drawing_stands_alone(figure_page):
    file, _ = figure_page
    drawings = sorted((file.parents[1] / "_static" / "figures").glob("*.svg"))
    captions = {" ".join(caption.get_text().split()) for caption in soup(file).select("figcaption")}
    told = set()
    for path in drawings:
        text = path.read_text(encoding="utf-8")
        drawing = ElementTree.fromstring(text)
        assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
        assert drawing.get("viewBox").startswith("0 0 ")
        assert "currentColor" not in text
        assert not re.search(r'href="(?!#)', text)  # leads nowhere
        ids = {element.get("id") for element in drawing.iter()}
        assert set(re.findall(r'(?:href="|url\()#([^")]+)', text)) <= ids
        assert drawing[0].tag.endswith("title")
        told.add(drawing[0].text)
    assert told == captions


def test_a_mark_of_a_drawing_still_tells_who_states_it(figure_page):
    file, _ = figure_page
    drawing = ElementTree.parse(file.parents[1] / "_static" / "figures" / "casualties-deaths.svg")
    titles = [
        title.text
        for title in drawing.iterfind(".//{http://www.w3.org/2000/svg}g/{http://www.w3.org/2000/svg}title")
    ]
    labels = {a["aria-label"] for a in soup(file).select("#fig-deaths svg a[aria-label]")}
    assert set(titles) == labels != set()


# --- the record ------------------------------------------------------------------------------------------------------


def unpacked(folder):
    data_package.package(paths.DATA, folder / "qantar-data.zip")
    with zipfile.ZipFile(folder / "qantar-data.zip") as archive:
        archive.extractall(folder / "data")
    return folder / "data"


@pytest.mark.parametrize("shown", ["1", "0"])
def test_the_package_is_valid_and_says_what_is_in_it(tmp_path, monkeypatch, shown):
    from frictionless import Package

    monkeypatch.setenv("NAMES", shown)
    data = unpacked(tmp_path)
    assert Package(str(data / "datapackage.json")).validate().valid
    inside = {path.relative_to(data).as_posix(): path for path in data.rglob("*") if path.is_file()}
    assert {
        "datapackage.json",
        "README.md",
        "LICENSE-DATA",
        "SHA256SUMS",
        "raw/claims.csv",
        "clean/claims.csv",
    } <= set(inside)
    sums = dict(
        reversed(line.split("  ")) for line in (data / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    )
    assert sums == {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in inside.items()
        if name != "SHA256SUMS"
    }
    if shutil.which("sha256sum"):  # as the page on running tells a reader to do
        assert (
            subprocess.run(
                ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=data, check=False
            ).returncode
            == 0
        )


def test_the_package_holds_the_record_as_it_is(tmp_path):
    data = unpacked(tmp_path)
    for table in (path for folder in ("raw", "clean") for path in (paths.DATA / folder).glob("*.csv")):
        assert (data / table.relative_to(paths.DATA)).read_bytes() == table.read_bytes()


def test_a_package_without_names_keeps_the_rows_and_names_nobody(tmp_path, monkeypatch):
    monkeypatch.setenv("NAMES", "0")
    data = unpacked(tmp_path)
    for folder in ("raw", "clean"):
        there, here = (pd.read_csv(root / folder / "persons.csv", dtype=str) for root in (data, paths.DATA))
        assert there[["public_name", "other_names", "note"]].isna().all(axis=None)
        pd.testing.assert_frame_equal(there[["person_id", "basis"]], here[["person_id", "basis"]])
    everything = "\n".join(path.read_text(encoding="utf-8") for path in data.rglob("*") if path.is_file())
    assert [name for name in names.of_persons(paths.DATA) if name in everything] == []


def test_the_package_has_the_same_bytes_on_each_run(tmp_path, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    data_package.package(paths.DATA, tmp_path / "a.zip")
    data_package.package(paths.DATA, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    entries = zipfile.ZipFile(tmp_path / "a.zip").infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {(entry.date_time, entry.external_attr >> 16) for entry in entries} == {
        ((1980, 1, 1, 0, 0, 0), 0o100644)
    }


def test_the_package_bears_the_day_that_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1704067200")
    data_package.package(paths.DATA, tmp_path / "a.zip")
    assert {entry.date_time for entry in zipfile.ZipFile(tmp_path / "a.zip").infolist()} == {
        (2024, 1, 1, 0, 0, 0)
    }
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(ValueError, match="set it to one, or unset it"):
        data_package.package(paths.DATA, tmp_path / "b.zip")


# --- the sources -----------------------------------------------------------------------------------------------------


def test_every_source_is_a_reference_by_the_bodies_that_wrote_it(sources):
    entries = parse_string(references.bibtex(sources), "bibtex").entries
    in_ris = {reference["id"]: reference for reference in rispy.loads(references.ris(sources))}
    assert list(entries) == list(in_ris) == list(sources["source_id"])
    for source in sources.itertuples():
        entry, reference = entries[source.source_id], references[source.source_id]
        bodies = source.authors.split("; ")
        assert [str(person) for person in entry.persons["author"]] == [
            f"{{{body}}}" for body in bodies
        ]  # no first and last names
        assert reference["authors"] == bodies
        assert entry.fields["title"] == f"{{{source.title}}}"
        assert reference["title"] == source.title
        address = None if pd.isna(source.url) else source.url
        assert entry.fields.get("url") == address
        assert reference.get("urls", [None]) == [address]


@pytest.mark.parametrize(
    ("published", "first", "last", "told"),
    [
        ("2024-02-08", "2024-02-08", "2024-02-08", {"year": "2024", "month": "February", "day": "8"}),
        ("2023-03", "2023-03-01", "2023-03-31", {"year": "2023", "month": "March"}),
        ("2023", "2023-01-01", "2023-12-31", {"year": "2023"}),
        ("2022-12/2023-02", "2022-12-01", "2023-02-28", {}),
        ("../2023-02", None, "2023-02-28", {}),
    ],
)
def test_a_reference_has_no_day_that_is_not_told(sources, published, first, last, told):
    source = sources.iloc[:1].assign(
        published=published, published_first=pd.Timestamp(first), published_last=pd.Timestamp(last)
    )
    fields = parse_string(references.bibtex(source), "bibtex").entries[source["source_id"].iloc[0]].fields
    assert {part: fields[part] for part in ("year", "month", "day") if part in fields} == told
    assert "Published " in fields["note"]
    reference = rispy.loads(references.ris(source))[0]
    assert reference.get("year") == told.get("year")
    assert len([part for part in reference.get("date", "").split("/") if part]) == len(told)


def test_an_address_with_signs_that_tex_knows_leads_where_it_led(sources):
    source = sources.iloc[:1].assign(url="https://example.org/a_b%20c~d?e=f&g=h#i")
    assert "url = {https://example.org/a_b%20c~d?e=f&g=h#i}" in references.bibtex(source)


# --- how to cite, how to run, how it looks where it is linked --------------------------------------------------------


def test_the_citation_file_is_whole_and_says_both_licences():
    cited = yaml.safe_load((paths.ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {
        "cff-version",
        "message",
        "title",
        "authors",
        "type",
        "license",
        "abstract",
        "keywords",
        "version",
    } <= set(cited)
    assert (cited["cff-version"], cited["type"], cited["license"]) == ("1.2.0", "dataset", "CC-BY-4.0")
    assert [reference["license"] for reference in cited["references"]] == ["MIT"]
    assert all(set(author) == {"name"} for author in cited["authors"])  # a body, no person
    assert not {"doi", "url", "identifiers", "repository"} & set(cited)


def test_the_workflow_runs_what_ci_runs_before_it_publishes():
    workflow = yaml.safe_load((paths.ROOT / ".github" / "workflows" / "book.yml").read_text(encoding="utf-8"))
    runs = "\n".join(step["run"].strip() for step in workflow["jobs"]["build"]["steps"] if "run" in step)
    ci = (paths.ROOT / ".ci" / "run").read_text(encoding="utf-8")
    steps = ci[ci.index("make book") :].strip()
    assert [line.strip() for line in runs.splitlines()] == [line.strip() for line in steps.splitlines()]
    assert workflow["jobs"]["build"]["strategy"]["matrix"]["python"] == ["3.11", "3.13"]
    assert workflow["permissions"] == {"contents": "read"}
    publish = workflow["jobs"]["publish"]
    assert publish["needs"] == "build"
    assert "refs/heads/main" in publish["if"]
    for job in workflow["jobs"].values():
        for step in job["steps"]:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/none@v1"))


def test_every_command_of_the_page_on_running_is_one_that_there_is():
    page = (paths.BOOK / "how_to_run.md").read_text(encoding="utf-8")
    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (paths.ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake (\w+)`", page):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
    for command in re.findall(r"^    ((?:conda|pip) .*)$", page, flags=re.MULTILINE):
        assert f"`{command}`" in readme


def test_the_picture_for_links_is_the_one_that_is_drawn_here():
    kept = matplotlib.image.imread(paths.BOOK / "_static" / "preview.png")[:, :, :3]
    drawn = matplotlib.image.imread(io.BytesIO(downloads.preview()))[:, :, :3]
    assert kept.shape == drawn.shape == (630, 1200, 3)
    assert np.abs(kept - drawn).mean() < 0.01  # letters may be set otherwise by a hair


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


def test_a_whole_package_is_confirmed_and_a_flipped_byte_of_any_file_is_found(tmp_path):
    whole = tmp_path / "whole.zip"
    data_package.package(paths.DATA, whole)
    assert data_package.verify(whole) == []
    with zipfile.ZipFile(whole) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for name in files:
        broken = tmp_path / "broken.zip"
        flipped = bytes([files[name][0] ^ 1]) + files[name][1:]
        with zipfile.ZipFile(broken, "w") as archive:
            for other, content in files.items():
                archive.writestr(other, flipped if other == name else content)
        assert data_package.verify(broken), name
        if name != "SHA256SUMS":
            assert data_package.verify(broken) == [f"{broken}: {name} is damaged; download it again"]


def test_what_is_missing_added_or_no_package_is_told(tmp_path):
    whole, other = tmp_path / "whole.zip", tmp_path / "other.zip"
    data_package.package(paths.DATA, whole)
    with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(other, "w") as changed:
        for name in archive.namelist():
            if name != "raw/claims.csv":
                changed.writestr(name, archive.read(name))
        changed.writestr("raw/more.csv", b"x")
    assert any("raw/claims.csv is missing" in said for said in data_package.verify(other))
    assert any("raw/more.csv has no sum" in said for said in data_package.verify(other))
    (tmp_path / "no.zip").write_text("no zip", encoding="utf-8")
    assert "cannot be read as a zip file" in data_package.verify(tmp_path / "no.zip")[0]
    assert data_package.verify(tmp_path / "none.zip")
