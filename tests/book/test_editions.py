"""An edition of a day without names: in a folder of its own, marked, and without later facts or names."""

import html as markup
import re
import shutil
import zlib

import pytest
from bs4 import BeautifulSoup
from conftest import run

from qantar import cli
from qantar.book import data_package
from qantar.checks import names
from qantar.pipeline import notebooks
from qantar.record import load, tables

DAY = "2022-12-31"  # between the two reports
NAME = f"printed_by_{DAY}_without_names"
WORDED = ["title", "url", "text_sha256", "label", "summary", "as_printed", "note", "venue", "value_there"]


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not {"__pycache__", ".pytask"} & {*path.parts}
    }


@pytest.fixture(scope="module")
def built(small, tmp_path_factory):
    """A small checkout with an edition: its folder, its files before and after, and what was printed."""
    root = shutil.copytree(small, tmp_path_factory.mktemp("editions") / "qantar")
    before = files(root)
    done = run(["-m", "qantar.cli", "edition", "--printed-by", DAY, "--without-names"], root)
    assert done.returncode == 0, done.stderr
    return root, before, files(root), done.stdout


@pytest.fixture(scope="module")
def edition(built):
    """The texts of the edition by path; of pages also their words without tags."""
    texts = {}
    folder = built[0] / "book" / "_build" / NAME
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if path.name == "objects.inv":  # a compressed list of places
            content = zlib.decompress(content.split(b"\n", 4)[4])
        if path.suffix not in (".png", ".ttf", ".woff2", ".ico"):
            text = content.decode("utf-8")
            texts[path.relative_to(folder).as_posix()] = plain(text) + plain(re.sub(r"<[^>]+>", "", text))
    return texts


@pytest.fixture(scope="module")
def pages(built):
    folder = built[0] / "book" / "_build" / NAME
    return {
        path.relative_to(folder).as_posix(): BeautifulSoup(path.read_bytes(), "html.parser")
        for path in sorted(folder.rglob("*.html"))
    }


def plain(text):
    return " ".join(markup.unescape(text).replace("’", "'").split())


def test_an_edition_has_its_own_folder_and_changes_nothing_else(built):
    _, before, after, said = built
    own = f"book/_build/{NAME}/"
    assert said == f"the edition is {own}index.html\n"
    assert {path: content for path, content in after.items() if not path.startswith(own)} == before
    assert f"{own}notebooks/deaths.html" in after


def test_every_page_of_an_edition_is_marked_and_asks_not_to_be_indexed(pages):
    assert len(pages) > 15
    for name, page in pages.items():
        assert "edition of 31 December 2022 without names" in page.title.get_text(), name
        assert page.find("meta", attrs={"name": "robots", "content": "noindex"}), name
        if name != "index.html":  # which only leads to the first page
            (banner,) = page.select("aside.edition")
            assert plain(banner.get_text()).startswith(
                "Edition of 31 December 2022 without names: only what these reports had printed by then."
            )


def test_an_edition_reaches_to_the_newest_report_of_its_day(pages):
    told = [plain(line.get_text()) for page in pages.values() for line in page.select(".qantar-fresh")]
    assert {line[:34] for line in told} == {"The record reaches to 20 May 2022,"}
    assert "figures from 1 reports by 1 research team" in plain(pages["book/index.html"].get_text())
    assert "225 deaths" in plain(pages["notebooks/deaths.html"].get_text())


def hand_written(root):
    """What people wrote for every edition: cells of notebooks, prose, templates, examples of the schema."""
    cells = [cell.source for path in notebooks.in_order(root) for cell in notebooks.read(path).cells]
    files = [*(root / "book").glob("*.md"), *(root / "book" / "templates").rglob("*.md")]
    texts = [path.read_text(encoding="utf-8") for path in [*files, root / "data" / "datapackage.json"]]
    return plain(" ".join([*cells, *texts]))


def only_later(root):
    """Return the ids that an edition must not have, and the words that only the later report has."""
    whole, then = load(data=root / "data"), load(data=root / "data", printed_by=DAY)
    of_then = {name: getattr(then, name) for name in tables.clean_names()}
    known = {str(cell) for table in of_then.values() for cell in table.stack()}
    all_words = plain(" ".join(sorted(known)))
    ids, words = set(), {"Southern Monitor, March 2023"}
    for name, table in of_then.items():
        rows = getattr(whole, name)
        ids |= set(rows.iloc[:, 0].astype(str)) - known
        for column in set(WORDED) & set(rows):
            new = set(rows[column].dropna()) - set(table[column].dropna())
            words |= {cell for cell in new if len(cell.split()) > 2 or column in ("url", "text_sha256")}
    return ids, {cell for cell in map(plain, words) if cell not in all_words}


def test_nothing_that_only_later_reports_tell_stands_in_an_edition(built, edition):
    ids, words = only_later(built[0])
    assert len(ids) > 100
    assert len(words) > 50
    prose = hand_written(built[0])
    found = {
        (path, row)
        for path, text in edition.items()
        for row in ids & set(re.findall(r"[\w.-]+", text))
        if row not in prose
    }
    found |= {(path, cell) for path, text in edition.items() for cell in words if cell in text}
    assert sorted((path, cell) for path, cell in found if cell not in prose) == []


def test_no_name_of_a_person_stands_in_an_edition_without_names(built, edition):
    known = names.of_persons(built[0] / "data")
    assert "Aman Vymyslov" in known
    assert {"searchindex.js", "_static/sources.bib"} <= set(edition)
    assert [(path, name) for path, text in edition.items() for name in known if name in text] == []


def test_an_edition_of_a_day_has_references_of_its_reports_and_no_data_package_and_says_so(edition):
    assert re.findall(r"@misc{([\w-]+)", edition["_static/sources.bib"])[:1] == ["north-2022-05"]
    assert "south-2023-03" not in edition["_static/sources.bib"]
    assert not [path for path in edition if "qantar-data" in path]
    for page in ("book/how_to_run.html", "book/reference/data_dictionary.html"):
        assert "left out of an edition of a day, since it holds what was printed later" in edition[page]
        assert "_static/qantar-data" not in edition[page]


def test_the_whole_book_has_the_data_package_and_no_banner(small):
    html = small / "book" / "_build" / "html"
    assert {path.name for path in (html / "_static").glob("qantar-data*")} == set(data_package.FORMS)
    page = BeautifulSoup((html / "book" / "how_to_run.html").read_bytes(), "html.parser")
    links = {link["href"].rpartition("/")[2] for link in page.select("a[href*=qantar-data]")}
    assert links == set(data_package.FORMS)
    page = BeautifulSoup((html / "notebooks" / "deaths.html").read_bytes(), "html.parser")
    assert page.title.get_text().strip() == "Deaths — Qantar"
    assert page.select("aside.edition, meta[name=robots]") == []
    described = page.find("meta", attrs={"property": "og:title"})["content"]
    assert described == "Deaths"


@pytest.mark.parametrize(
    ("day", "message"),
    [
        ("2022-13-01", "is no day of the form 2022-12-31; name one"),
        ("yesterday", "is no day of the form 2022-12-31; name one"),
        ("20221231", "is no day of the form 2022-12-31; name one"),
        ("2022-12", "is no day of the form 2022-12-31; name one"),
        ("2000-01-01", "no source had been printed by 2000-01-01; name a later day"),
    ],
)
def test_a_day_that_is_none_or_before_the_first_report_is_refused(monkeypatch, capsys, day, message):
    monkeypatch.setenv("PRINTED_BY", "")
    assert cli.main(["edition", "--printed-by", day]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err
    assert len(said.err.splitlines()) == 1


def test_the_whole_record_is_no_edition(monkeypatch, capsys):
    monkeypatch.delenv("PRINTED_BY", raising=False)
    monkeypatch.delenv("NAMES", raising=False)
    assert cli.main(["edition"]) == 1
    assert "no edition is asked for; name a day" in capsys.readouterr().err


def test_what_each_report_printed_is_in_order_of_publication_and_silence_is_seen(small):
    html = small / "book" / "_build" / "html" / "book" / "reference" / "what_each_printed.html"
    page = BeautifulSoup(html.read_bytes(), "html.parser")
    text = plain(page.select_one("main").get_text(" "))
    assert text.index("225 people were killed") < text.index("at least 240 people died")
    opened = text[text.index("Investigations opened under article 274") :]
    assert opened.index("a total of 80 investigations") < opened.index("prints none")
