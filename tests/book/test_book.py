"""The built book: no broken link, nothing from another host, and every row of the record with its words."""

import re
from urllib.parse import unquote, urlsplit

import pytest

from qantar.book import cards, reference_pages
from qantar.presentation import sentences
from qantar.record import query, tables

LINKS = (("a", "href"), ("a", "xlink:href"), ("img", "src"), ("link", "href"), ("script", "src"))
# What basic and myst-nb copy for every book, and what the page of the search loads besides.
UNLINKED = {"basic.css", "pygments.css", "sphinx_highlight.js", "file.png", "minus.png", "plus.png"}


@pytest.fixture(scope="module")
def live():
    """The live record, of which the book is made."""
    return query.load()


def _page(soups, html, name):
    return soups[html / f"{name}.html"]


def _words(soup):
    return _plain(soup.get_text(" "))


def _plain(text):
    """Return a text with straight quotation marks and single spaces."""
    return " ".join(text.translate(str.maketrans("“”’", '""\'')).split())


def _loaded(page, soup):
    """Return the files that a browser with an empty cache loads for a page, the page among them."""
    tags = soup.select("script[src], img[src], link[rel~=stylesheet], link[rel=icon]")
    addresses = [tag.get("src") or tag.get("href") for tag in tags]
    return {page, *((page.parent / address.split("?")[0]).resolve() for address in addresses)}


def test_no_internal_link_and_no_picture_is_missing(html, soups):
    missing = []
    found = [
        (page, tag[attribute])
        for page, soup in soups.items()
        for name, attribute in LINKS
        for tag in soup.find_all(name, attrs={attribute: True})
    ]
    for page, address in found:
        parts = urlsplit(address)
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        if parts.scheme in ("http", "https", "mailto", "data"):
            continue
        if not target.is_file():
            missing.append(f"{page.relative_to(html)}: {address}")
        elif parts.fragment and target in soups and not soups[target].find(id=unquote(parts.fragment)):
            missing.append(f"{page.relative_to(html)}: {address} (no such anchor)")
    assert missing == []


def test_no_page_loads_anything_from_another_host(html, soups):
    for page, soup in soups.items():
        for tag in soup.select("img, script, link, iframe, source"):
            assert urlsplit(tag.get("src") or tag.get("href") or "").netloc == "", (page, tag)
    loaded = {file for page, soup in soups.items() for file in _loaded(page, soup)}
    for file in (file for file in loaded if file.suffix in (".css", ".js")):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"""(url\(|@import|import\(|\.src\s*=)\s*['"]?(https?:)?//""", text), file


def test_a_page_is_light_and_only_the_search_loads_the_index_of_words(html, soups):
    weights = {}
    for page, soup in soups.items():
        loaded = _loaded(page, soup)
        assert (html / "searchindex.js" in loaded) == (page.name == "search.html")
        weights[page.name] = sum(file.stat().st_size for file in loaded)
    assert {name: weight for name, weight in weights.items() if weight > 400_000} == {}
    assert sum(path.stat().st_size for path in html.rglob("*") if path.is_file()) <= 30_000_000


def test_nothing_unneeded_is_copied_into_the_book(html, soups):
    asked = set().union(*(_loaded(page, soup) for page, soup in soups.items()))
    for page, soup in soups.items():
        asked |= {(page.parent / link["href"]).resolve() for link in soup.select("a[download]")}
        asked |= {(page.parent / meta["content"]).resolve() for meta in soup.select("[property='og:image']")}
    files = {path for path in (html / "_static").rglob("*") if path.is_file()} - asked
    assert {path.name for path in files if not path.name.startswith("mystnb.")} <= UNLINKED


def test_no_page_runs_a_script_from_an_attribute_or_an_address_or_offers_another_service(soups):
    for page, soup in soups.items():
        for tag in soup.find_all(True):
            assert not [name for name in tag.attrs if name.startswith("on")], (page, tag.name)
            assert not str(tag.get("href", "")).startswith("javascript:"), page
        services = "a[href^=http][href*=binder i], a[href^=http][href*=colab i], script[src*=thebe i]"
        assert not soup.select(services), page


def test_nothing_of_this_machine_stands_in_the_book(html):
    for path in html.rglob("*"):
        if path.suffix in (".html", ".js", ".md", ".ipynb", ".txt"):
            assert str(html.parents[2]) not in path.read_text(encoding="utf-8"), path


def test_ids_on_a_page_are_unique(soups):
    for page, soup in soups.items():
        ids = [tag["id"] for tag in soup.find_all(id=True)]
        assert len(ids) == len(set(ids)), (page, [i for i in ids if ids.count(i) > 1][:5])


# --- the record


def test_every_page_says_to_which_day_the_record_reaches_and_how_to_check_it(html, soups, live):
    for page, soup in soups.items():
        if page == html / "index.html":
            continue  # leads on to the first page
        fresh = soup.select_one("footer .qantar-fresh")
        assert sentences.when(live.newest_source()["published"]) in fresh.get_text(), page
        assert reference_pages.record_hash()[:16] in fresh.get_text(), page
        assert fresh.a["href"].endswith("#check-a-download"), page
        assert soup.find("meta", property="og:description") and soup.find(
            "meta", attrs={"name": "description"}
        )


def test_pages_about_cases_ask_not_to_be_indexed(html, soups):
    asking = {
        page.relative_to(html).as_posix()
        for page, soup in soups.items()
        if soup.find("meta", attrs={"name": "robots", "content": "noindex"})
    }
    assert asking == {"notebooks/cases.html", "book/reference/cases.html", "search.html"}


def test_the_cards_of_the_first_page_show_the_figures_of_the_record_and_who_says_so(html, soups, live):
    home = _page(soups, html, "book/index")
    leading = cards.leading_measures(live)
    for measure in leading:
        row = live.numbered_claims(measure).iloc[-1]
        for words in (sentences.counted(row), sentences.attribution(row)):
            assert _plain(words) in _words(home)
    pictures = home.select(".qantar-cards img")
    assert len(pictures) == len(leading)
    assert all(picture["alt"].startswith("Small chart: ") for picture in pictures)


@pytest.mark.parametrize(("name", "key"), [
    ("cases", "case_id"), ("assemblies", "assembly_id"), ("incidents", "incident_id"), ("acts", "act_id"),
    ("sources", "source_id"),
])  # fmt: skip
def test_every_row_has_an_address_of_its_own(html, soups, live, name, key):
    soup = _page(soups, html, f"book/reference/{name}")
    assert {row for row in getattr(live, name)[key] if not soup.find(id=row)} == set()


def test_every_claim_has_its_place_with_its_words_and_how_to_cite_it(html, soups, live):
    for claim in live.claims.itertuples():
        place = _page(soups, html, f"book/reference/claims_{claim.theme}").find(id=claim.claim_id)
        section = place if place.name == "section" else place.find_parent("section")
        for words in (f"“{claim.as_printed}”", f"paragraph {claim.paragraph}", f"claim {claim.claim_id}"):
            assert _plain(words) in _words(section), claim.claim_id


def test_every_claim_of_a_theme_stands_on_its_page(html, soups, live):
    text = _words(_page(soups, html, "notebooks/casualties"))
    for claim in live.claims[live.claims["theme"].isin(["casualties", "missing"])].itertuples():
        assert _plain(f"“{claim.as_printed}”") in text, claim.claim_id


def test_every_source_has_its_place_with_address_date_and_hash(html, soups, live):
    soup = _page(soups, html, "book/reference/sources")
    for source in live.sources.itertuples():
        assert soup.find(id=source.source_id)
        for words in (source.title, source.text_sha256, sentences.when(source.published)):
            assert _plain(words) in _words(soup)
        assert not isinstance(source.url, str) or soup.find("a", href=source.url)


def test_the_data_dictionary_names_every_column(html, soups):
    text = _page(soups, html, "book/reference/data_dictionary").get_text(" ")
    fields = [field for resource in tables.resources().values() for field in resource["schema"]["fields"]]
    assert [field["name"] for field in fields if field["name"] not in text] == []


def test_charts_are_drawings_whose_marks_lead_to_the_claims(html, soups):
    for page, soup in soups.items():
        for chart in soup.select("figure.qantar-figure svg"):
            assert chart["aria-label"].startswith("Chart of") or chart.find("text"), page
            assert all(link["role"] == "link" and link["aria-label"] for link in chart.select("a")), page
    charts = _page(soups, html, "notebooks/casualties").select("figure.qantar-figure svg")
    to_claim = re.compile(r"claims_[a-z_0-9]+\.html#")
    assert charts and all(chart.find("a", attrs={"xlink:href": to_claim}) for chart in charts)


def test_every_table_and_figure_has_a_name_and_can_be_taken_away(html, soups):
    for page, soup in soups.items():
        shown = soup.select("article table")
        assert all(table.caption.get_text(strip=True) for table in shown), page
        assert all(head["scope"] == "col" for head in soup.select("article thead th")), page
        links = [link["href"] for link in soup.select(".qantar-download a")]
        tables_ = [link for link in links if "/tables/" in link and link.endswith(".csv")]
        lines = [(page.parent / link).read_text(encoding="utf-8").count("\n") for link in tables_]
        assert lines == [len(table.select("tr")) for table in shown], page
        figures = [link for link in links if "/figures/" in link and not link.endswith(".json")]
        assert len(set(figures)) == len(figures) == 2 * len(soup.select("figure.qantar-figure")), page
