"""Where each row of the record has its place in the book.

An address is a reference page with an anchor on it, as text: `cases#party-leader`. The anchor is the id of
the row, or of the case or assembly that it belongs to.
"""

import re

REFERENCE = "../book/reference/"  # the folder of the reference pages, seen from a notebook or its page

# The reference page of each table whose rows have a place, and the column with the anchor.
PAGES = {
    "cases": ("cases", "case_id"),
    "steps": ("cases", "case_id"),
    "assemblies": ("assemblies", "assembly_id"),
    "restrictions": ("assemblies", "assembly_id"),
    "incidents": ("incidents", "incident_id"),
    "acts": ("acts", "act_id"),
    "statements": ("accounts", "statement_id"),
    "sources": ("sources", "source_id"),
}


def claims_page(theme: str) -> str:
    """Return the reference page on which the claims of a theme stand."""
    return f"claims_{theme}"


def of_claim(theme: str, claim_id: str) -> str:
    """Return the address of a claim; claims stand on a page for each theme."""
    return f"{claims_page(theme)}#{claim_id}"


def of_row(table: str, row_id: str) -> str:
    """Return the address of a row of `table` by the id of the event that it belongs to (see PAGES)."""
    return f"{PAGES[table][0]}#{row_id}"


def markdown(address: str, home: str = REFERENCE) -> str:
    """Return an address as the target of a Markdown link.

    `home` is the folder of the reference pages seen from where the link stands. On the reference pages
    themselves it is empty, and Sphinx finds the anchor on whichever page it is.
    """
    page, _, anchor = address.partition("#")
    return f"{home}{page}.md#{anchor}" if home else f"#{anchor}"


def html(address: str, home: str = REFERENCE) -> str:
    """Return an address as the target of a link in HTML, from a page in the folder beside `home`."""
    page, _, anchor = address.partition("#")
    return f"{home}{page}.html#{anchor}"


def claims_in(text: str) -> set[str]:
    """Return the ids of the claims to which links in a text (Markdown or HTML) lead."""
    return set(re.findall(r"\bclaims_\w+\.(?:md|html)#([\w-]+)", text))
