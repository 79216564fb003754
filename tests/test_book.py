"""The built book: no broken link, no missing picture, nothing from another host, and the numbers of the record."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

from qantar.book import reference_pages
from qantar.presentation import sentences
from qantar.record import query, tables


def test_index_html_leads_to_the_first_page(html):
    index = BeautifulSoup((html / "index.html").read_text(encoding="utf-8"), "html.parser")
    target = re.search(
        r"url=([^\"']+)",
        index.find("meta", attrs={"http-equiv": re.compile("refresh", re.IGNORECASE)})["content"],
    )[1]
    assert (html / target).is_file()


def test_no_internal_link_and_no_picture_is_missing(html, soups):
    missing = []
    for page, soup in soups.items():
        for tag, attribute in (
            ("a", "href"),
            ("a", "xlink:href"),
            ("img", "src"),
            ("link", "href"),
            ("script", "src"),
        ):
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
        for tag, attribute in (
            ("img", "src"),
            ("script", "src"),
            ("link", "href"),
            ("iframe", "src"),
            ("source", "src"),
        ):
            for found in soup.find_all(tag):
                assert urlsplit(found.get(attribute) or "").netloc == "", (page, found)
    for style in html.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", style.read_text(encoding="utf-8")), (
            style
        )


def test_thebe_offers_no_button(soups):
    assert not [
        page
        for page, soup in soups.items()
        if soup.select(".btn-launch-thebe, .thebelab-button, .dropdown-launch-buttons")
    ]


def test_the_key_numbers_of_the_cards_are_those_of_the_record_with_who_says_so(html, soups):
    record = query.load()
    home = " ".join(soups[html / "book" / "index.html"].get_text(" ").split())
    for _, title, measure, _ in reference_pages.CARDS:
        row = record.numbered(measure).iloc[-1]
        assert title in home
        assert sentences.counted(row) in home
        assert sentences.attribution(row) in home.replace("’", "'")
    for picture in soups[html / "book" / "index.html"].select(".qantar-cards img"):
        assert picture["alt"].startswith("Small chart: ")
    assert sentences.when(record.newest()["published"]) in home


def test_every_page_says_to_which_day_the_record_reaches_and_how_to_check_it(html, soups):
    for page, soup in soups.items():
        if page.name in ("index.html",) and page.parent == html:
            continue  # leads on to the first page
        told = soup.select_one(".qantar-fresh")
        assert sentences.when(query.load().newest()["published"]) in told.get_text(), page
        assert reference_pages.record_hash()[:16] in told.get_text(), page
        assert told.a["href"].endswith("#check-a-download"), page


def test_every_row_has_an_address_of_its_own(html, soups):
    record = query.load()
    for name, key in (
        ("cases", "case_id"),
        ("assemblies", "assembly_id"),
        ("incidents", "incident_id"),
        ("acts", "act_id"),
        ("sources", "source_id"),
    ):
        soup = soups[html / "book" / "reference" / f"{name}.html"]
        assert {row for row in getattr(record, name)[key] if not soup.find(id=row)} == set()
    for theme, claims in record.claims.groupby("theme"):
        soup = soups[html / "book" / "reference" / f"claims_{theme}.html"]
        assert {claim for claim in claims["claim_id"] if not soup.find(id=claim)} == set()


def test_a_claim_page_tells_the_figure_its_place_and_how_to_cite_it(html, soups):
    soup = soups[html / "book" / "reference" / "claims_casualties.html"]
    section = soup.find(id="hrw-2023-01-p10a").find_parent("section") or soup.find(id="hrw-2023-01-p10a")
    told = " ".join(section.get_text(" ").split())
    for words_ in (
        "“At least 232 people”",
        "at least 232",
        "Human Rights Watch",
        "12 January 2023",
        "paragraph 10",
        "at least 238 deaths",
        "claim hrw-2023-01-p10a",
    ):
        assert words_ in told, words_
    assert section.find("a", href="../../notebooks/casualties.html"), "and back to the page that shows it"
    passage = section.find("a", href=re.compile("#:~:text="))["href"]
    assert (
        passage
        == "https://www.hrw.org/world-report/2023/country-chapters/kazakhstan#:~:text=At%20least%20232%20people"
    )


def test_pages_about_cases_ask_not_to_be_indexed(html, soups):
    told = {
        page.relative_to(html).as_posix()
        for page, soup in soups.items()
        if soup.find("meta", attrs={"name": "robots", "content": "noindex"})
    }
    assert told == {"notebooks/cases.html", "book/reference/cases.html"}


def test_every_claim_of_the_theme_stands_on_its_page_with_its_source(html, soups):
    """Whatever a report prints on casualties or the missing can be found on the page of casualties."""
    text = " ".join(soups[html / "notebooks" / "casualties.html"].get_text(" ").split())
    claims = tables.read_table("clean-claims")
    for row in claims[claims["theme"].isin(["casualties", "missing"])].itertuples():
        assert f"“{row.as_printed}”" in text, row.claim_id


def test_every_source_has_its_place_with_address_date_and_hash(html, soups):
    soup = soups[html / "book" / "reference" / "sources.html"]
    text = " ".join(soup.get_text(" ").split())
    for source in query.load().sources.itertuples():
        assert soup.find(id=source.source_id)
        assert source.title in text.replace("’", "'")
        assert source.text_sha256 in text
        assert sentences.when(source.published) in text
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
        assert chart.find("a", attrs={"xlink:href": re.compile(r"claims_casualties\.html#")})


def test_every_table_is_called_something_and_can_be_taken_away(html, soups):
    for page, soup in soups.items():
        for table in soup.select("article table"):
            assert table.caption.get_text(strip=True), page
            assert all(head["scope"] == "col" for head in table.select("thead th")), page
        links = [link["href"] for link in soup.select(".qantar-download a") if link["href"].endswith(".csv")]
        assert len(links) == len(soup.select("article table"))
        taken = [(page.parent / link).read_text(encoding="utf-8").count("\n") for link in links]
        assert taken == [len(table.select("tr")) for table in soup.select("article table")], page


def test_every_figure_can_be_taken_away_as_drawing_and_as_picture(html, soups):
    for page, soup in soups.items():
        links = [link["href"] for link in soup.select(".qantar-download a") if "/figures/" in link["href"]]
        assert len(links) == len(set(links)) == 2 * len(soup.select("figure.qantar-figure")), page
        assert {link.rpartition(".")[2] for link in links} <= {"svg", "png"}


def test_the_record_and_the_references_can_be_taken_away(html):
    for name in ("qantar-data.zip", "sources.bib", "sources.ris"):
        assert (html / "_static" / name).stat().st_size > 1000


def test_ids_on_a_page_are_unique(soups):
    for page, soup in soups.items():
        ids = [tag["id"] for tag in soup.find_all(id=True)]
        double = {i for i in ids if ids.count(i) > 1} - {"pst-primary-sidebar-checkbox"}
        assert not double, (page, sorted(double)[:5])


def test_nothing_of_this_machine_stands_in_the_book(html):
    for path in html.rglob("*"):
        if path.suffix in (".html", ".js", ".md", ".ipynb", ".txt") and "vendor" not in path.parts:
            assert str(Path(html).parents[2]) not in path.read_text(encoding="utf-8"), path
