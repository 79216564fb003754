"""Where each row of the record has its place in the book.

An address is a reference page with an anchor on it, as text: `cases#party-leader`. The anchor is the id of
the row, or of the case or assembly that it belongs to.

A notebook is read in JupyterLab and on code hosts too. There, an address leads to the published book, where
`html: baseurl` of _config.yml names it, else to the rows in data/rows (record/row_pages.py), kept in git.
"""

import functools
import re
from pathlib import Path

import yaml

from qantar import paths

ROWS = "../data/rows/"  # the folder of the rows, a page for each reference page, seen from a notebook
REFERENCE = "../book/reference/"  # the folder of the reference pages, seen from the page of a notebook

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


@functools.cache
def site_url(root: Path = paths.ROOT) -> str:
    """Return the address of the published book without a slash at its end, empty where it has none."""
    config = yaml.safe_load((Path(root) / "_config.yml").read_text(encoding="utf-8"))
    return str(config.get("html", {}).get("baseurl") or "").rstrip("/")


def markdown(address: str, home: str = ROWS) -> str:
    """Return an address as the target of a link in a notebook, or in Markdown elsewhere.

    `home` is the folder of the pages seen from where the link stands. On the reference pages themselves it is
    empty, and Sphinx finds the anchor on whichever page it is.
    """
    page, _, anchor = address.partition("#")
    if home == ROWS and (site := site_url()):
        return f"{site}/{REFERENCE.removeprefix('../')}{page}.html#{anchor}"
    return f"{home}{page}.md#{anchor}" if home else f"#{anchor}"


def in_book(text: str) -> str:
    """Return the text of a notebook with its links to rows leading to the reference pages beside it."""
    homes = [ROWS, *([f"{site_url()}/{REFERENCE.removeprefix('../')}"] if site_url() else [])]
    return re.sub(rf"(?:{'|'.join(map(re.escape, homes))})(\w+)\.(?:md|html)\b", rf"{REFERENCE}\1.md", text)


def html(target: str) -> str:
    """Return the target of a link to a Markdown page as one to the page in the book; any other as it is."""
    return re.sub(r"^(?![a-z]+:)([^#]+)\.md(?=#|$)", r"\1.html", target)


def claims_in(text: str) -> set[str]:
    """Return the ids of the claims to which links in a text (Markdown or HTML) lead."""
    return set(re.findall(r"\bclaims_\w+\.(?:md|html)#([\w-]+)", text))
