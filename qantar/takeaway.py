"""What a reader may take away from the book: tables and figures of its pages as files, the record as a data package, the sources as references.

One idea: nothing is computed here. What a page or the record already shows is written once more, in a form that a spreadsheet, a
drawing program, a statistics package or a reference manager opens by itself; the same bytes on each run.
"""

import base64
import csv
import hashlib
import io
import itertools
import json
import os
import re
import time
import zipfile
import zlib
from collections import Counter
from html import escape
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import matplotlib.style
import pandas as pd
from bs4 import BeautifulSoup
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from qantar import charts, notebooks, paths, record, tables, words

_INK = "#1b1b1b"  # of a drawing that stands alone, on white
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_DONE = 'class="qantar-download"'
_OF_A_NAME = ("public_name", "other_names", "note")  # columns of persons that are empty in a copy without names


def write(html, root=paths.ROOT):
    """Write all that can be taken away into the book built in the folder `html`, from the checkout `root`; in an edition of a day (PRINTED_BY), all but
    the data package. Errors as in the functions below.
    """
    root, static = Path(root), Path(html) / "_static"
    tables_and_figures(html, root)
    if paths.printed_by():
        _without_package(Path(html))
    else:
        package(root / "data", static / "qantar-data.zip")
    sources = record.load("sources", data=root / "data").sources
    tables.write_bytes(static / "sources.bib", bibtex(sources).encode("utf-8"))
    tables.write_bytes(static / "sources.ris", ris(sources).encode("utf-8"))


# --- the pages -------------------------------------------------------------------------------------------------------


def tables_and_figures(html, root=paths.ROOT):
    """Give each table of the built pages in the folder `html` a caption, columns that are told aloud, and a CSV file; each chart an SVG and a PNG file.

    The files are `_static/tables/<page>-<n>.csv` and `_static/figures/<page>-<name of the chart>.svg` and `.png`; the pictures are those in the
    notebooks of `root`. Words are added to a page and nothing in it is changed: no id, no other byte. A page that has them is left as it is.
    Raises ValueError where two pages would write one file.
    """
    html, made = Path(html), {}
    for file in sorted(html.rglob("*.html")):
        page, text = file.relative_to(html), file.read_text(encoding="utf-8")
        if page.parts[0] == "_static" or _DONE in text or not ("<table" in text or "qantar-figure" in text):
            continue
        text, files = _page(text, page, _pictures(Path(root) / page.with_suffix(".ipynb")))
        if double := sorted(made.keys() & files):
            raise ValueError(f"two pages of the book would write {double[0]}; give one of them another file name")
        made |= files
        tables.write_bytes(file, text.encode("utf-8"))
    for name, content in made.items():
        tables.write_bytes(html / "_static" / name, content)


def _page(text, page, pictures):
    """Return a page's HTML with captions and links to downloads, and the files that these lead to: bytes by path below _static.

    The page is read by a parser, but written only where something is put in: a parser that wrote it would lose the case of the names in a drawing.
    """
    article = BeautifulSoup(text, "html.parser").find("article")
    if article is None:
        return text, {}
    lines = [0, *(found.end() for found in re.finditer("\n", text))]
    static = "../" * (len(page.parts) - 1) + "_static"
    put, files = [], {}
    for n, (table, name, has_caption) in enumerate(_captions(article), 1):
        begin = lines[table.sourceline - 1] + table.sourcepos
        if not has_caption:
            put.append((text.index(">", begin) + 1, f"\n<caption>{escape(name)}</caption>"))
        for head in table.select("thead th:not([scope])"):
            put.append((lines[head.sourceline - 1] + head.sourcepos + len("<th"), ' scope="col"'))
        path = f"tables/{_name(page)}-{n}.csv"
        files[path] = _csv(table)
        end = _after(text, "</table>", begin)
        if "pst-scrollable-table-container" in table.parent.get("class", []):
            end = _after(text, "</div>", end)  # below the frame that scrolls, not in it
        put.append((end, _links(name, {"Download this table (CSV)": f"{static}/{path}"})))
    for figure in article.select("figure.qantar-figure"):
        begin = lines[figure.sourceline - 1] + figure.sourcepos
        end = _after(text, "</figure>", begin)
        caption = " ".join(figure.figcaption.get_text().split())
        path = f"figures/{_name(page)}-{figure['id'].removeprefix('fig-')}"
        files[f"{path}.svg"] = _alone(text[text.index("<svg", begin) : _after(text, "</svg>", begin)], caption)
        shown = {"SVG": f"{static}/{path}.svg"}
        if figure["id"] in pictures:
            files[f"{path}.png"] = pictures[figure["id"]]
            shown["PNG"] = f"{static}/{path}.png"
        put.append((end, _links(caption, shown, "Download this figure: ")))
    return _with(text, put), files


def _name(page):
    """Return the name of a page in the names of its files: casualties; reference-cases."""
    return "-".join(part for part in page.with_suffix("").parts if part not in ("book", "notebooks"))


def _with(text, put):
    """Return a text with words put in: pairs of place and words."""
    put = sorted(put)
    places = [0, *(place for place, _ in put), len(text)]
    pieces = [text[begin:end] for begin, end in itertools.pairwise(places)]
    return "".join(itertools.chain.from_iterable(itertools.zip_longest(pieces, (added for _, added in put), fillvalue="")))


def _after(text, mark, begin):
    return text.index(mark, begin) + len(mark)


def _links(name, shown, before=""):
    """Return a paragraph of links to files, by what a reader sees; a screen reader hears the first sentence of what they are of."""
    name = re.split(r"(?<=[.?!]) ", name)[0] if before else name
    links = ", ".join(f'<a href="{address}" download aria-label="{escape(f"{before}{seen}: {name}")}">{seen}</a>' for seen, address in shown.items())
    return f"\n<p {_DONE}>{before}{links}</p>"


def _captions(article):
    """Return the tables of an article, in order, each with its caption, or one made of the heading above it, and whether it has one.

    Where several tables stand under one heading, they are numbered: "How many died, according to whom?, table 2".
    """
    found, heading = [], ("", 0)
    for place, tag in enumerate(article.find_all(["h1", "h2", "h3", "h4", "h5", "h6", "table"])):
        if tag.name == "table":
            found.append((tag, heading))
        else:
            said = "".join(tag.find_all(string=lambda string: string.parent.get("class") != ["headerlink"]))
            heading = (" ".join(said.split()), place)
    several, seen, captions = Counter(heading for _, heading in found), Counter(), []
    for table, heading in found:
        seen[heading] += 1
        own = table.find("caption")
        numbered = heading[0] + (f", table {seen[heading]}" if several[heading] > 1 else "")
        captions.append((table, " ".join(own.get_text().split()) if own else numbered, own is not None))
    return captions


def _csv(table):
    """Return a table of a page as CSV: UTF-8 without a byte order mark, comma, one newline per row, links as their words."""
    for line_break in table.find_all("br"):
        line_break.replace_with(" ")
    out = io.StringIO()
    rows = ([_safe(" ".join(cell.get_text().split())) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr"))
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8")


def _safe(cell):
    """Return a cell that no spreadsheet takes for a formula: with an apostrophe before what begins like one."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _alone(svg, caption):
    """Return the drawing of a chart as an SVG file of its own: dark on white, with its caption as title, and without links, which lead to other pages.

    Who states a mark, which its link told, is the mark's title.
    """
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    drawing = ElementTree.fromstring(svg.replace("currentColor", _INK).replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif"))
    for link in list(drawing.iter(f"{{{_SVG}}}a")):
        link.tag = f"{{{_SVG}}}g"
        link.attrib.pop(f"{{{_XLINK}}}href", None)
        _tell(link, "title", link.attrib.pop("aria-label", ""))
    _, _, wide, tall = map(float, drawing.get("viewBox").split())
    drawing.insert(0, ElementTree.Element(f"{{{_SVG}}}rect", {"width": f"{wide:g}", "height": f"{tall:g}", "fill": "white"}))
    _tell(drawing, "desc", drawing.attrib.pop("aria-label", ""))
    _tell(drawing, "title", caption)
    drawing.attrib.pop("class", None)
    drawing.attrib |= {"role": "img", "width": "480", "height": f"{480 * tall / wide:g}"}
    return ElementTree.tostring(drawing, encoding="utf-8", xml_declaration=True) + b"\n"


def _tell(element, tag, told):
    if told:
        child = ElementTree.Element(f"{{{_SVG}}}{tag}")
        child.text = told
        element.insert(0, child)


def _pictures(notebook):
    """Return the PNG of each chart in the outputs of a notebook, as bytes by the id of its figure; nothing for a page that is no notebook."""
    if not notebook.is_file():
        return {}
    outputs = [output.get("data", {}) for cell in notebooks.read(notebook).cells for output in cell.get("outputs", [])]
    shown = [(re.search(r'<figure class="qantar-figure" id="([^"]+)"', data["text/html"]), data) for data in outputs if "text/html" in data]
    return {found[1]: base64.b64decode(data["image/png"]) for found, data in shown if found and "image/png" in data}


# --- the record ------------------------------------------------------------------------------------------------------


def package(data, target):
    """Write the record in the folder `data` as a zipped Data Package to the file `target`: tables, schema, codebook, licence, and their SHA-256.

    With NAMES=0 in the environment the table of persons keeps its rows and says no name. The same bytes on each run: the day of
    every file is 1 January 1980, or that of SOURCE_DATE_EPOCH. Raises ValueError where that is no number of seconds.
    """
    data = Path(data)
    declared = tables.resources(data)
    files = {resource["path"]: (data / resource["path"]).read_bytes() for resource in declared.values()}
    files |= {name: (data / name).read_bytes() for name in ("datapackage.json", "README.md")}
    files["LICENSE-DATA"] = (paths.ROOT / "LICENSE-DATA").read_bytes()
    if not paths.names_shown():
        files |= _without_names(data, declared)
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in sorted({**files, "SHA256SUMS": sums.encode("utf-8")}.items()):
            entry = zipfile.ZipInfo(name, _day())
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o100644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    tables.write_bytes(target, out.getvalue())


def _without_package(html):
    """Put a word in the place of each link to the data package: the record as a whole tells what was printed later, so an edition of a day has none."""
    for page in html.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        word = r"\1 (left out of an edition of a day, since it holds what was printed later)"
        unlinked = re.sub(r'<a [^>]*href="[^"]*_static/qantar-data\.zip"[^>]*>(.*?)</a>', word, text)
        if unlinked != text:
            tables.write_bytes(page, unlinked.encode("utf-8"))


def verify(file):
    """Return what is wrong with a data package that was downloaded, as sentences; nothing where every file in it is as its sum says.

    A file that is damaged, missing or added is named. That all is whole does not tell who made the package.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            if "SHA256SUMS" not in names:
                return [f"{file}: holds no SHA256SUMS; it is no data package of this project"]
            sums = dict(reversed(line.split("  ", 1)) for line in archive.read("SHA256SUMS").decode("utf-8").splitlines())
            lacking = [f"{file}: {name} is missing; download it again" for name in sums if name not in names]
            added = [f"{file}: {name} has no sum; it was added by somebody else" for name in names if name not in sums and name != "SHA256SUMS"]
            return lacking + added + [damage for name in sums if name in names and (damage := _damage(archive, file, name, sums[name]))]
    except (zipfile.BadZipFile, OSError, UnicodeDecodeError, ValueError) as error:
        return [f"{file}: cannot be read as a zip file ({error}); download it again"]


def _damage(archive, file, name, told):
    try:
        whole = hashlib.sha256(archive.read(name)).hexdigest() == told
    except (zipfile.BadZipFile, zlib.error, EOFError):
        whole = False
    return None if whole else f"{file}: {name} is damaged; download it again"


def _without_names(data, declared):
    """Return the files of the data package that differ where nobody is named: the two tables of persons, and the schema, which then asks for no name."""
    files = {}
    for name in ("persons", tables.CLEAN_PREFIX + "persons"):
        persons = tables.read_table(name, data).assign(**dict.fromkeys(_OF_A_NAME, pd.NA))
        files[declared[name]["path"]] = tables.table_bytes(persons, name, data)
    schema = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    for resource in schema["resources"]:
        if resource["name"] in ("persons", tables.CLEAN_PREFIX + "persons"):
            resource["description"] += " This copy is without names."
            for field in resource["schema"]["fields"]:
                if field["name"] in _OF_A_NAME:
                    field.pop("constraints", None)
    return {**files, "datapackage.json": (json.dumps(schema, indent=1, ensure_ascii=False) + "\n").encode("utf-8")}


def _day():
    """Return the day and time that each file of the package bears; a zip file knows none before 1980."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH") or "0"
    if not re.fullmatch("[0-9]{1,10}", seconds):
        raise ValueError("SOURCE_DATE_EPOCH is no number of seconds since 1970; set it to one, or unset it")
    return max(time.gmtime(int(seconds))[:6], (1980, 1, 1, 0, 0, 0))


# --- the sources -----------------------------------------------------------------------------------------------------


def bibtex(sources):
    """Return sources (rows of `record.load("sources").sources`) as BibTeX; each key is a source_id. A day, month or year that is not told is left out."""
    from pybtex.database import BibliographyData, Entry, Person
    from pybtex.database.output.bibtex import Writer

    class WriterOfAddresses(Writer):
        """Writes addresses as they are: an escaped one leads nowhere."""

        def _write_field(self, stream, type, value):
            if type == "url":
                stream.write(f",\n    url = {{{value}}}")
            else:
                super()._write_field(stream, type, value)

    entries = {}
    for source in sources.to_dict("records"):
        told = dict(zip(("year", "month", "day"), (part.lstrip("0") for part in _told(source)), strict=False))
        if "month" in told:
            told["month"] = words.when("-".join(_told(source)[:2])).split()[0]
        fields = {"title": f"{{{source['title']}}}", "publisher": f"{{{source['publisher']}}}", **told, **_address(source), "note": _note(source)}
        entries[source["source_id"]] = Entry("misc", fields, {"author": [Person(last=f"{{{body}}}") for body in _bodies(source)]})
    return WriterOfAddresses(encoding="utf-8").to_string(BibliographyData(entries))


def ris(sources):
    """Return sources (rows of `record.load("sources").sources`) as RIS; each ID is a source_id. A day, month or year that is not told is left out."""
    import rispy

    class Unnumbered(rispy.RisWriter):
        def set_header(self, count):
            return ""

    references = []
    for source in sources.to_dict("records"):
        told = _told(source)
        date = {"year": told[0], "date": "/".join([*told, "", "", ""][:3]) + "/"} if told else {}
        address = {"urls": list(_address(source).values())}
        references.append(
            {
                "type_of_reference": "RPRT",
                "id": source["source_id"],
                "authors": _bodies(source),
                "title": source["title"],
                "publisher": source["publisher"],
                **date,
                **address,
                "notes": [_note(source)],
            }
        )
    return rispy.dumps(references, implementation=Unnumbered)


def _bodies(source):
    return [body.strip() for body in source["authors"].split(";")]


def _address(source):
    return {} if pd.isna(source["url"]) else {"url": source["url"]}


def _note(source):
    return f"Published {words.when(source['published'])} ({source['published_basis']})"


def _told(source):
    """Return year, month and day of publication as digits, as many of them as the first and the last possible day share."""
    first, last = source["published_first"], source["published_last"]
    if pd.isna(first) or pd.isna(last):
        return []
    pairs = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(f"{first:%Y-%m-%d}".split("-"), f"{last:%Y-%m-%d}".split("-"), strict=True))
    return [part for part, _ in pairs]


# --- the picture for links -------------------------------------------------------------------------------------------


def preview():
    """Return the picture that stands for the book where a link to it is shown, as PNG of 1200 by 630: the name, a sentence, how charts draw; no figure.

    It is drawn once and kept as book/_static/preview.png; nothing in it can grow old.
    """
    marks = {"exactly": "ngo", "at least": "state", "between": "intergovernmental", "around": "media"}
    with mpl.rc_context():
        mpl.style.use(charts.STYLE)
        figure = Figure(figsize=(12, 6.3), facecolor="white")
        FigureCanvasAgg(figure)
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, 12), ylim=(6.3, 0))
        ax.axis("off")
        ax.text(0.8, 1.65, "qantar", fontsize=64, weight="bold")
        ax.text(0.85, 2.35, "What human-rights reports say in figures\nabout Kazakhstan’s January 2022 events", fontsize=25, va="top", linespacing=1.35)
        for y, (word, speaker) in zip((4.15, 4.65, 5.15, 5.65), marks.items(), strict=True):
            _drawn(ax, word, y, *charts.SPEAKERS[speaker][:2])
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=100, facecolor="white", metadata={"Software": None})
    return out.getvalue()


def _drawn(ax, word, y, shape, colour):
    """Draw one kind of mark on its line, with the word for it."""
    ax.plot([2.9, 11.2], [y, y], color=charts.INK, alpha=0.12, linewidth=1.5)
    ax.text(0.85, y, word, fontsize=20, va="center", style="italic")
    if word == "between":
        ax.plot([5.2, 8.4], [y, y], color=colour, alpha=0.85, linewidth=14)
        return
    x = {"at least": 6.2, "exactly": 4.6, "around": 7.3}[word]
    ax.scatter([x], [y], s=300, marker=shape, facecolor="white" if word == "around" else colour, edgecolor=colour, linewidth=3, zorder=3)
    if word == "at least":
        ax.annotate("", (8.6, y), (x, y), arrowprops={"arrowstyle": "-|>,head_width=0.5,head_length=0.9", "color": colour, "linewidth": 4})
