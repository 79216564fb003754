"""Links of notebooks lead to the published book where it has an address, else to rows in git."""

import pytest

from qantar import addresses

ADDRESS = addresses.of_claim("torture", "north-2022-05-p3a")


@pytest.mark.parametrize(
    ("site", "target"),
    [
        ("", "../data/rows/claims_torture.md#north-2022-05-p3a"),
        ("https://a.example/b", "https://a.example/b/book/reference/claims_torture.html#north-2022-05-p3a"),
    ],
)
def test_a_link_of_a_notebook_leads_to_what_is_there_and_in_the_book_stays_in_the_book(
    monkeypatch, site, target
):
    monkeypatch.setattr(addresses, "site_url", lambda root=None: site)
    assert addresses.markdown(ADDRESS) == target
    assert addresses.claims_in(target) == {"north-2022-05-p3a"}
    in_book = addresses.in_book(f'"[5]({target}), [a](cases.ipynb)"')
    assert in_book == '"[5](../book/reference/claims_torture.md#north-2022-05-p3a), [a](cases.ipynb)"'


def test_a_link_to_a_page_in_markdown_becomes_one_to_the_page_and_any_other_stays():
    assert addresses.html("../book/reference/cases.md#a") == "../book/reference/cases.html#a"
    for other in ("https://a.example/b.md", "a.html#b.md", "#a"):
        assert addresses.html(other) == other
