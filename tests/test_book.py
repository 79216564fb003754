"""The built book: no broken link, no missing picture, nothing from another host, and the numbers of the record."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from conftest import copy_checkout, run

from qantar import pages, tables, words
from qantar.record import load


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    """The book, built from a copy of the checkout."""
    copy = copy_checkout(tmp_path_factory.mktemp("book"))
    done = run(["-c", "from qantar import book; book.build()"], copy)
    assert done.returncode == 0, done.stderr
    return copy / "book" / "_build" / "html"


@pytest.fixture(scope="module")
def soups(html):
    return {path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for path in sorted(html.rglob("*.html")) if "_static" not in path.parts}


def test_index_html_leads_to_the_first_page(html):
    index = BeautifulSoup((html / "index.html").read_text(encoding="utf-8"), "html.parser")
    target = re.search(r"url=([^\"']+)", index.find("meta", attrs={"http-equiv": re.compile("refresh", re.IGNORECASE)})["content"])[1]
    assert (html / target).is_file()


def test_no_internal_link_and_no_picture_is_missing(html, soups):
    missing = []
    for page, soup in soups.items():
        for tag, attribute in (("a", "href"), ("a", "xlink:href"), ("img", "src"), ("link", "href"), ("script", "src")):
            for found in soup.find_all(tag):
                address = found.get(attribute)
                if not address or urlsplit(address).scheme in ("http", "https", "mailto", "data"):
                    continue
                path, anchor = unquote(urlsplit(address).path), unquote(urlsplit(address).fragment)
                target = (page.parent / path).resolve() if path else page
                if target.is_dir():
                    target = target / "index.html"
                if not target.is_file():
                    missing.append(f"{page.relative_to(html)}: {address}")
                elif anchor and target in soups and not soups[target].find(id=anchor):
                    missing.append(f"{page.relative_to(html)}: {address} (no such anchor)")
    assert missing == []


def test_no_page_asks_anything_of_another_host(html, soups):
    for page, soup in soups.items():
        for tag, attribute in (("img", "src"), ("script", "src"), ("link", "href"), ("iframe", "src"), ("source", "src")):
            for found in soup.find_all(tag):
                assert urlsplit(found.get(attribute) or "").netloc == "", (page, found)
    for style in html.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", style.read_text(encoding="utf-8")), style


def test_thebe_offers_no_button(soups):
    assert not [page for page, soup in soups.items() if soup.select(".btn-launch-thebe, .thebelab-button, .dropdown-launch-buttons")]


def test_the_headline_numbers_are_those_of_the_record(html, soups):
    record = load()
    home = " ".join(soups[html / "book" / "index.html"].get_text(" ").split())
    for measure in pages.HEADLINES:
        rows = record.of(measure)
        rows = rows[rows["bound"] != "higher"]
        for row in (rows.iloc[0], rows.iloc[-1]):
            assert words.counted(row) in home
        assert words.attribution(rows.iloc[0]) in home
    assert pages.record_hash()[:16] in home


def test_every_claim_of_the_theme_stands_on_its_page_with_its_source(html, soups):
    """Whatever a report prints on casualties or the missing can be found on the page of casualties."""
    text = " ".join(soups[html / "notebooks" / "casualties.html"].get_text(" ").split())
    claims = tables.read_table("clean-claims")
    for row in claims[claims["theme"].isin(["casualties", "missing"])].itertuples():
        assert f"“{row.as_printed}”" in text, row.claim_id


def test_every_source_has_its_place_with_address_date_and_hash(html, soups):
    soup = soups[html / "book" / "reference" / "sources.html"]
    text = " ".join(soup.get_text(" ").split())
    for source in load().sources.itertuples():
        assert soup.find(id=source.source_id)
        assert source.title in text.replace("’", "'")
        assert source.text_sha256 in text
        assert words.when(source.published) in text
        if isinstance(source.url, str):
            assert soup.find("a", href=source.url)


def test_the_data_dictionary_tells_every_column(html, soups):
    text = soups[html / "book" / "reference" / "data_dictionary.html"].get_text(" ")
    for resource in tables.resources().values():
        for field in resource["schema"]["fields"]:
            assert field["name"] in text


def test_charts_are_drawings_with_links_and_not_pictures_of_text(html, soups):
    soup = soups[html / "notebooks" / "casualties.html"]
    charts = soup.select("figure.qantar-figure svg")
    assert len(charts) >= 5
    for chart in charts:
        assert chart.get("aria-label", "").startswith("Chart of")
        assert chart.find("text")
        assert chart.find("a", attrs={"xlink:href": re.compile(r"sources\.html#")})


def test_ids_on_a_page_are_unique(soups):
    for page, soup in soups.items():
        ids = [tag["id"] for tag in soup.find_all(id=True)]
        double = {i for i in ids if ids.count(i) > 1} - {"pst-primary-sidebar-checkbox"}
        assert not double, (page, sorted(double)[:5])


def test_nothing_of_this_machine_stands_in_the_book(html):
    for path in html.rglob("*"):
        if path.suffix in (".html", ".js", ".md", ".ipynb", ".txt") and "vendor" not in path.parts:
            assert str(Path(html).parents[2]) not in path.read_text(encoding="utf-8"), path
