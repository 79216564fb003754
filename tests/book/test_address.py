"""Where the book has an address (`html: baseurl` of _config.yml), notebooks lead to it; the book does not."""

import json
import re
import zipfile

import pytest
from bs4 import BeautifulSoup
from conftest import pytask, small_checkout

from qantar.pipeline import notebooks

SITE = "https://book.example/qantar"
LINK = re.compile(r'\]\(([^)\s]+)\)|href=\\?"([^"\\]+)')


@pytest.fixture(scope="module")
def addressed(tmp_path_factory):
    """A small checkout whose book has an address, and its book."""
    root = small_checkout(tmp_path_factory.mktemp("addressed"))
    config = root / "_config.yml"
    text = config.read_text(encoding="utf-8")
    with_address = re.sub(r"(?m)^  baseurl: .*$", f'  baseurl: "{SITE}/"', text)
    assert with_address != text
    config.write_text(with_address, encoding="utf-8")
    done = pytask(root)
    assert done.returncode == 0, done.stdout + done.stderr
    return root


def links_to_rows(root):
    """The links to rows in the outputs of the notebooks of a checkout: Markdown, tables and drawings."""
    for path in notebooks.in_order(root):
        for cell in notebooks.read(path).cells:
            for output in cell.get("outputs", []):
                for content in output.get("data", {}).values():
                    links = ("".join(found) for found in LINK.findall(str(content)))
                    yield from (link for link in links if re.search(r"/rows/|/reference/", link))


def test_links_of_notebooks_lead_to_a_place_of_the_published_book(addressed):
    html = addressed / "book" / "_build" / "html"
    links = set(links_to_rows(addressed))
    assert len(links) > 10
    for link in links:
        assert link.startswith(f"{SITE}/"), link
        page, _, anchor = link.removeprefix(f"{SITE}/").partition("#")
        assert f'id="{anchor}"' in (html / page).read_text(encoding="utf-8"), link


def test_links_in_the_book_stay_relative_and_lead_where_they_led(addressed, small):
    for path in sorted((small / "book" / "_build" / "html").rglob("*.html")):
        page = path.relative_to(small)
        with_address, without = (_targets(root / page) for root in (addressed, small))
        assert with_address == without, page


def _targets(page):
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    links = [tag.get("href") or tag.get("xlink:href") for tag in soup.select("body a")]
    assert not [link for link in links if link and link.startswith(SITE)]
    return links


def test_the_package_names_the_address_as_its_homepage(addressed):
    with zipfile.ZipFile(addressed / "book" / "_build" / "html" / "_static" / "qantar-data.zip") as archive:
        assert json.loads(archive.read("datapackage.json"))["homepage"] == SITE
