"""Every address of the book has its place among the pages of rows."""

import re

from qantar import addresses
from qantar.record import row_pages


def test_every_row_with_a_place_in_the_book_has_a_heading_on_its_page(record, frozen):
    pages = row_pages.pages(frozen)
    wanted = {
        addresses.of_claim(row.theme, row.claim_id): row.as_printed for row in record.claims.itertuples()
    }
    for table in addresses.PAGES:
        anchors = getattr(record, table)[addresses.PAGES[table][1]].dropna()
        wanted |= {addresses.of_row(table, anchor): anchor for anchor in anchors}
    for address, words in wanted.items():
        page, _, anchor = address.partition("#")
        found = re.search(rf"(?ms)^## {re.escape(anchor)}$(.*?)(?=^## |\Z)", pages[f"{page}.md"])
        assert " ".join(words.split()) in found[1], address


def test_pages_of_no_table_are_removed(data):
    row_pages.write(data)
    kept = sorted((data / row_pages.FOLDER).iterdir())
    (data / row_pages.FOLDER / "claims_of_old.md").write_text("# Old")
    row_pages.write(data)
    assert sorted((data / row_pages.FOLDER).iterdir()) == kept != []
