"""What a reader can take away: tables and figures of the pages, the data package, the references.

Nothing is computed here: what a page or the record shows is written in a form that other programs open.
"""

import csv
import functools
import io
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pandas as pd
from docutils import nodes

from qantar import addresses, paths, settings
from qantar.book import data_package, reference_pages, references
from qantar.pipeline import notebooks
from qantar.record import query, tables

_INK = "#1b1b1b"  # of a drawing that stands alone, on white
_LONGEST_SLUG = 60
_NUMBERS = ["value", "low", "high"]
# The columns with ids beside the words of a table, and the tables whose rows they name.
_IDS = {
    "claim_ids": "claims",
    "case_ids": "cases",
    "assembly_ids": "assemblies",
    "incident_ids": "incidents",
    "act_ids": "acts",
    "source_ids": "sources",
}
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
ElementTree.register_namespace("", _SVG)
ElementTree.register_namespace("xlink", _XLINK)


def write(html: Path, root: Path = paths.ROOT, edition: settings.Edition = settings.WHOLE) -> None:
    """Write the record in all its forms, and the references, into the book in the folder `html`.

    `root` is the checkout. An edition of a day has no record to take away,
    which would tell what was printed later.
    """
    static = Path(html) / "_static"
    if not edition.printed_by:
        data_package.write(Path(root) / "data", static, edition)
    sources = query.load("sources", data=Path(root) / "data", edition=edition).sources
    tables.write_bytes(static / "sources.bib", references.bibtex(sources).encode("utf-8"))
    tables.write_bytes(static / "sources.ris", references.ris(sources).encode("utf-8"))


def made_from(root: Path, edition: settings.Edition) -> str:
    """Return a hash of what `write` makes its files from, in the checkout `root`."""
    data = [path for path in (Path(root) / "data").rglob("*") if path.suffix in (".csv", ".json", ".md")]
    texts = [Path(root) / "_config.yml", paths.ROOT / "LICENSE-DATA", *notebooks.package_files(root)]
    return notebooks.hash_of_files([*sorted(data), *texts], edition.name, str(settings.source_date()))


def are_in(html: Path, edition: settings.Edition) -> bool:
    """Return whether the book in the folder `html` has the files of `write`."""
    return all((Path(html) / "_static" / name).is_file() for name in _names(edition))


def sizes(html: Path, edition: settings.Edition) -> dict[str, str]:
    """Return the sizes of the files that `write` wrote into the folder `html`, in words by their names."""
    return {name: in_words((Path(html) / "_static" / name).stat().st_size) for name in _names(edition)}


def in_words(size: int) -> str:
    """Return a number of bytes as a reader knows it: 1 kB, 82 kB, 1.4 MB."""
    kilobytes = max(1, round(size / 1000))
    return f"{kilobytes} kB" if kilobytes < 1000 else f"{size / 1e6:.1f} MB"


def _names(edition):
    return ["sources.bib", "sources.ris", *([] if edition.printed_by else data_package.FORMS)]


def file_name(page: str) -> str:
    """Return the name of a page (a docname) in the names of its files: casualties; reference-cases."""
    return "-".join(part for part in page.split("/") if part not in ("book", "notebooks"))


def check_names(pages: Iterable[str]) -> None:
    """Raise ValueError where the files of two pages (docnames) would have one name."""
    named = Counter(map(file_name, pages))
    if shared := [page for page in sorted(pages) if named[file_name(page)] > 1]:
        raise ValueError(f"downloads of {' and '.join(shared)} would have one name; rename one of the pages")


def links(name: str, files: dict[str, str], page: str, before: str = "") -> str:
    """Return a paragraph of links in HTML to `files`: paths below _static by the words that are shown.

    A screen reader hears the first sentence of what they are of, `name`.
    """
    static = "../" * page.count("/") + "_static"
    first = re.split(r"(?<=[.?!]) ", name)[0] if before else name
    shown = ", ".join(
        f'<a href="{static}/{path}" download aria-label="{escape(f"{before}{words}: {first}")}">{words}</a>'
        for words, path in files.items()
    )
    return f'<p class="qantar-download">{before}{shown}</p>\n'


def remove(html: Path, page: str) -> None:
    """Remove the tables and figures of a page (a docname) from the book in the folder `html`."""
    for folder in ("tables", "figures"):
        shutil.rmtree(Path(html) / "_static" / folder / file_name(page), ignore_errors=True)


# --- tables


def captions(document: nodes.document) -> dict[int, tuple[int, str, str, str]]:
    """Return number, heading above, caption and slug of the tables of a page, by the `id()` of their nodes.

    A table without a caption of its own is called by its heading, numbered where several stand under it. Its
    slug then has the headers of its columns instead of the number, which changes with every table before it.
    """
    found, heading = [], nodes.title()
    for node in document.findall(lambda node: isinstance(node, (nodes.title, nodes.table))):
        if isinstance(node, nodes.table):
            found.append((node, heading))
        elif isinstance(node.parent, nodes.section):
            heading = node
    together, seen, called = Counter(id(heading) for _, heading in found), Counter(), {}
    taken = set()
    for number, (table, heading) in enumerate(found, 1):
        seen[id(heading)] += 1
        said = " ".join(heading.astext().split())
        caption = stem = said
        if isinstance(table[0], nodes.title):
            caption = stem = table[0].astext()
        elif together[id(heading)] > 1:
            caption = f"{said}, table {seen[id(heading)]}"
            stem = f"{said} {' '.join(_cell(entry) for entry in next(iter(table.findall(nodes.row)), []))}"
        called[id(table)] = (number, said, caption, slug(stem, taken))
    return called


def slug(words: str, taken: set[str]) -> str:
    """Return words as the name of a file that is not yet taken on its page, and add it to those that are."""
    short = nodes.make_id(f"x {words}")[2:] or "table"  # make_id alone drops a year at the beginning
    if len(short) > _LONGEST_SLUG:
        short = short[: _LONGEST_SLUG + 1].rpartition("-")[0] or short[:_LONGEST_SLUG]
    name, number = short, 1
    while name in taken:
        number += 1
        name = f"{short}-{number}"
    taken.add(name)
    return name


def write_table(
    table: nodes.table, html: Path, page: str, name: str, caption: str, record: "RecordOfFiles"
) -> dict[str, str]:
    """Write a table of a page (a docname) as CSV, and its metadata as JSON; return their paths below _static.

    UTF-8 with a byte order mark, by which Excel on Windows knows it; comma, one newline per row; links as
    their words. Where rows link to claims, cases or other things, columns with their ids follow; where a row
    is of one claim, its value and bounds as numbers too.
    """
    rows = [list(row) for row in table.findall(nodes.row)]
    cells = [[_cell(entry) for entry in row] for row in rows]
    ids = [record.ids(_targets(row)) for row in rows]
    kinds = [kind for kind in _IDS if any(kind in found for found in ids[1:])]
    lone = [record.claim(found) for found in ids]
    numbers = _NUMBERS if any(lone[1:]) else []
    width = max(map(len, cells))
    for number, (row, found, claim) in enumerate(zip(cells, ids, lone, strict=True)):
        row += [""] * (width - len(row))
        row += kinds if number == 0 else ["; ".join(found.get(kind, [])) for kind in kinds]
        row += numbers if number == 0 else [claim.get(column, "") for column in numbers]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(cells)
    stem = f"tables/{file_name(page)}/{name}"
    claims, sources = (
        [row for found in ids for row in found.get(kind, [])] for kind in ("claim_ids", "source_ids")
    )
    about = record.described(name, caption, claims, sources, f"{name}.csv", "text/csv") | {
        "encoding": "utf-8",
        "schema": {
            "fields": [
                {"name": words, "type": "number" if words in numbers and at >= width else "string"}
                for at, words in enumerate(cells[0])
            ]
        },
    }
    return _written(html, {"CSV": (f"{stem}.csv", out.getvalue().encode("utf-8-sig")), **_about(stem, about)})


def _targets(row):
    """Return the anchors to which the cells of a row lead, and those that stand in it, in order."""
    found = []
    for node in (node for entry in row for node in entry.findall()):
        if isinstance(node, nodes.raw):
            found += re.findall(r'href="[^"#]*#([\w.-]+)"|\bid="([\w.-]+)"', node.astext())
        elif isinstance(node, nodes.Element):
            found += [(node.get("refid") or node.get("refuri", "").partition("#")[2], ""), *_own(node)]
    return list(dict.fromkeys(anchor for pair in found for anchor in pair if anchor))


def _own(node):
    return [(anchor, "") for anchor in node.get("ids", [])]


class RecordOfFiles(NamedTuple):
    """What the files of pages tell of the record beside what a page shows."""

    known: dict[str, str]  # the kind of id, by id
    claims: dict[str, dict]
    sources: dict[str, dict]
    newest: str
    hash: str
    edition: str

    def ids(self, anchors: list[str]) -> dict[str, list[str]]:
        """Return the rows of the record that anchors name: ids by their kind."""
        found = {}
        for anchor in anchors:
            if kind := self.known.get(anchor):
                found.setdefault(kind, []).append(anchor)
        return found

    def claim(self, found: dict[str, list[str]]) -> dict:
        """Return value, low and high where there is one claim; nothing else."""
        claims = found.get("claim_ids", [])
        if len(claims) != 1:
            return {}
        cells = self.claims[claims[0]]
        return {column: "" if pd.isna(cells[column]) else _number(cells[column]) for column in _NUMBERS}

    def described(
        self, name: str, title: str, claims: list[str], sources: list[str], path: str, mediatype: str
    ) -> dict:
        """Return a Frictionless resource for a file: title, sources, units, as of, record and citation."""
        of_claims = [self.claims[claim] for claim in dict.fromkeys(claims)]
        sources = dict.fromkeys([*(claim["source_id"] for claim in of_claims), *sources])
        units = sorted({claim["unit"] for claim in of_claims})
        said = {
            "name": name,
            "title": title,
            "path": path,
            "format": path.rpartition(".")[2],
            "mediatype": mediatype,
            "sources": [self.sources[source] for source in sources],
            "units": units,
            "as_of": self.newest,
            "record_sha256": self.hash,
            "edition": self.edition,
            "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
            "citation": f"The Qantar project, Qantar: {title}. Record {self.hash[:16]}, as of {self.newest}.",
        }
        return {key: value for key, value in said.items() if value}


def _number(cell):
    return str(int(cell)) if float(cell).is_integer() else repr(float(cell))


def record_of_files(data: Path, edition: settings.Edition) -> RecordOfFiles:
    """Return what the files of pages tell of the record in the folder `data`."""
    changed = max(path.stat().st_mtime_ns for path in Path(data).glob("*/*.csv"))
    return _record_of_files(edition, Path(data), changed)


@functools.lru_cache(maxsize=2)
def _record_of_files(edition, data, _changed):
    names = ("claims", "cases", "assemblies", "incidents", "acts", "sources")
    record = query.load(*names, data=data, edition=edition)
    known = {row: kind for kind, table in _IDS.items() for row in getattr(record, table).iloc[:, 0]}
    columns = ["source_id", "unit", *_NUMBERS]
    sources = {
        source.source_id: {"title": source.title} | ({} if pd.isna(source.url) else {"path": source.url})
        for source in record.sources.itertuples()
    }
    return RecordOfFiles(
        known,
        record.claims.set_index("claim_id")[columns].to_dict("index"),
        sources,
        f"{record.sources['published_last'].max():%Y-%m-%d}",
        reference_pages.record_hash(data),
        edition.name,
    )


def _about(stem, described):
    content = json.dumps(described, indent=1, ensure_ascii=False) + "\n"
    return {"JSON": (f"{stem}.json", content.encode("utf-8"))}


def _written(html, files):
    """Write files, by form a path below _static and the content; return the paths by form."""
    for path, content in files.values():
        tables.write_bytes(Path(html) / "_static" / path, content)
    return {form: path for form, (path, _) in files.items()}


def _cell(entry):
    """Return the words of a cell; no spreadsheet takes them for a formula, thanks to an apostrophe."""
    words = []
    for node in entry.findall(lambda node: isinstance(node, (nodes.Text, nodes.raw))):
        if isinstance(node, nodes.raw):
            words.append(" " if node.astext().startswith("<br") else "")
        elif not isinstance(node.parent, nodes.raw):
            words.append(node.astext())
    cell = " ".join("".join(words).split())
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell


# --- figures


def write_figure(
    svg: str, picture: bytes | None, caption: str, html: Path, page: str, name: str, record: RecordOfFiles
) -> dict[str, str]:
    """Write a chart of a page as SVG, as PNG if there is a picture, and its metadata as JSON.

    Return the files' paths below _static.
    """
    stem = f"figures/{file_name(page)}/{name}"
    claims = sorted(claim for claim in addresses.claims_in(svg) if claim in record.claims)
    files = {"SVG": (f"{stem}.svg", standalone(svg, caption))}
    if picture:
        files["PNG"] = (f"{stem}.png", picture)
    about = record.described(name, caption, claims, [], f"{name}.svg", "image/svg+xml")
    return _written(html, files | _about(stem, about))


def standalone(svg: str, caption: str) -> bytes:
    """Return the drawing of a chart as an SVG file of its own: dark on white, with its caption as title.

    It has no links, which lead to other pages; who states a mark, which its link told, is the mark's title.
    """
    fonts = "'DejaVu Sans', Verdana, sans-serif"
    drawing = ElementTree.fromstring(svg.replace("currentColor", _INK).replace("'DejaVu Sans'", fonts))
    for link in list(drawing.iter(f"{{{_SVG}}}a")):
        link.tag = f"{{{_SVG}}}g"
        link.attrib.pop(f"{{{_XLINK}}}href", None)
        link.attrib.pop("data-number", None)
        _describe(link, "title", link.attrib.pop("aria-label", ""))
    _, _, width, height = map(float, drawing.get("viewBox").split())
    paper = {"width": f"{width:g}", "height": f"{height:g}", "fill": "white"}
    drawing.insert(0, ElementTree.Element(f"{{{_SVG}}}rect", paper))
    _describe(drawing, "desc", drawing.attrib.pop("aria-label", ""))
    _describe(drawing, "title", caption)
    drawing.attrib.pop("class", None)
    drawing.attrib |= {"role": "img", "width": "480", "height": f"{480 * height / width:g}"}
    return ElementTree.tostring(drawing, encoding="utf-8", xml_declaration=True) + b"\n"


def _describe(element, tag, words):
    if words:
        child = ElementTree.Element(f"{{{_SVG}}}{tag}")
        child.text = words
        element.insert(0, child)
