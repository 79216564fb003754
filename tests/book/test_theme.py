"""The theme on a small book of its own, made by Sphinx and myst-nb alone: tables, charts, contents."""

import base64
import csv
import hashlib
import io
import json
import re
import shutil
from xml.etree import ElementTree

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.utils import new_document
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import docutils_namespace, patch_docutils

from qantar import settings
from qantar.book import downloads
from qantar.book.theme import drawings, frames, translator

PNG = b"\x89PNG\r\n a picture"
MARK = (
    '<g id="c-line2d_{n}"><a xlink:href="{to}" aria-label="{label}" data-number="{n}" target="_blank">'
    "{mark}</a></g>"
)
SVG = (
    '<svg id="fig-deaths" role="group" aria-label="Chart of two claims." class="qantar-chart" '
    'viewBox="0 0 288 144" '
    'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">\n <g id="c-figure_1">\n'
    + MARK.format(n=1, to="b.md#x", label="at least 2 deaths: A", mark='<path d="M 1 2"/>')
    + MARK.format(n=2, to="b.md#x", label="at least 2 deaths: A", mark='<path d="M 3 4"/>')
    + MARK.format(n=3, to="b.md#y", label="no person", mark="<text>None known</text>")
    + "<text style=\"font-family: 'DejaVu Sans'; fill: currentColor\">180</text>\n </g>\n</svg>"
)
CAPTION = "Deaths & more. Circle: A."
PAGES = {
    "start.md": "# The start\n\n```{toctree}\n:caption: Themes\nnotebooks/theme\nreference/claims\n```\n",
    "reference/claims.md": "# Claims\n\n```{toctree}\nclaims_a\n```\n",
    "reference/claims_a.md": """# Claims of A

## Who & when?

| As printed | |
| --- | --- |
| “at least 238”, people | [A report](claims.md), paragraph 1<br>and 2 |
| =SUM(A1) | <b>-1</b> |
| 2022-01-05 | @a |

| One |
| --- |
| 1 |

## How many?

| Two |
| --- |
| +1 |

```{table} Its own
| Three |
| --- |
| 1 |
```

Take <a href="../_static/qantar-data.zip" download>the record</a> (ZIP).
""",
}


def _notebook():
    picture = base64.b64encode(PNG).decode()
    shown = [
        {"data": data, "metadata": {}, "output_type": "display_data"}
        for data in (
            {"image/svg+xml": SVG, "image/png": picture, "text/plain": "words"},
            {"text/markdown": "Deaths &amp; more. Circle: A.", "text/plain": CAPTION},
            {"text/markdown": "After the chart."},
        )
    ]
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "# A theme\n\n347 complaints"},
        {
            "cell_type": "code",
            "metadata": {"tags": ["hide-input"]},
            "source": "charts.claims(x)",
            "execution_count": 1,
            "outputs": shown,
        },
    ]
    kernel = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 4})


def _build(folder, data, pages=PAGES, **config):
    shutil.copytree(data, folder / "data")
    (folder / "data" / "README.md").write_text("# The record", encoding="utf-8")
    for name, text in {**pages, "notebooks/theme.ipynb": _notebook()}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    settings = {
        "extensions": ["myst_nb", "qantar.book.theme"],
        "html_theme": "qantar",
        "root_doc": "start",
        "html_title": "A book",
        "nb_execution_mode": "off",
        "html_sourcelink_suffix": "",
        "exclude_patterns": ["out", "data"],
        **config,
    }
    html = folder / "out" / "html"
    with patch_docutils(), docutils_namespace():
        Sphinx(
            folder,
            None,
            html,
            folder / "out",
            "html",
            settings,
            status=None,
            warningiserror=True,
            freshenv=True,
        ).build()
    return html


@pytest.fixture(scope="module")
def small(tmp_path_factory, frozen):
    """A book of four pages: its folder."""
    return _build(tmp_path_factory.mktemp("small"), frozen)


@pytest.fixture(scope="module")
def page(small):
    """Return a function that parses a page of the small book."""
    return lambda name: BeautifulSoup((small / name).read_text(encoding="utf-8"), "html.parser")


def _rows(small, name):
    text = (
        (small / "_static" / "tables" / "reference-claims_a" / f"{name}.csv").read_bytes().decode("utf-8-sig")
    )
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_table_is_called_by_its_heading_with_a_number_where_several_stand_under_it(page):
    captions = [
        next(caption.stripped_strings) for caption in page("reference/claims_a.html").select("caption")
    ]
    assert captions == ["Who & when?, table 1", "Who & when?, table 2", "How many?, table 1", "Its own"]


def test_a_table_scrolls_in_a_box_with_a_name_of_its_own(page):
    boxes = [table.parent for table in page("reference/claims_a.html").find_all("table")]
    assert [box["aria-label"] for box in boxes] == [
        f"Table {number}: {heading}"
        for number, heading in enumerate(["Who & when?"] * 2 + ["How many?"] * 2, 1)
    ]
    assert all(box["tabindex"] == "0" and box["role"] == "region" for box in boxes)


def test_the_header_of_a_column_says_so_and_an_empty_one_is_none(page):
    head = page("reference/claims_a.html").select("thead tr")[0].find_all(["th", "td"])
    assert [(cell.name, cell.get("scope")) for cell in head] == [("th", "col"), ("td", None)]


def test_a_table_is_downloaded_as_it_is_read_and_no_cell_runs_as_a_formula(small, page):
    link = page("reference/claims_a.html").find("a", string="CSV")
    assert link["href"] == "../_static/tables/reference-claims_a/who-when-as-printed.csv"
    assert link["aria-label"] == "Download this table: CSV: Who & when?, table 1"
    assert (small / "reference" / link["href"]).read_bytes().startswith(b"\xef\xbb\xbfAs printed,\n")
    assert _rows(small, "who-when-as-printed")[1:] == [
        ["“at least 238”, people", "A report, paragraph 1 and 2"],
        ["'=SUM(A1)", "'-1"],
        ["2022-01-05", "'@a"],
    ]
    assert _rows(small, "how-many-two") == [["Two"], ["'+1"]]


def test_two_pages_whose_files_would_have_one_name_are_refused(tmp_path, frozen):
    with pytest.raises(ExtensionError, match="book/theme and notebooks/theme would have one name; rename"):
        _build(tmp_path, frozen, {**PAGES, "book/theme.md": "---\norphan: true\n---\n# A theme"})


def test_a_chart_is_downloaded_as_drawing_and_as_picture(small, page):
    paragraph = page("notebooks/theme.html").select_one("figure + .qantar-download")
    assert paragraph.get_text() == "Download this figure: SVG, PNG, JSON"
    svg, png, about = paragraph.select("a")
    assert svg["aria-label"] == "Download this figure: SVG: Deaths & more."
    assert (small / "notebooks" / png["href"]).read_bytes() == PNG
    assert png["href"] == "../_static/figures/theme/deaths.png"
    told = json.loads((small / "notebooks" / about["href"]).read_text(encoding="utf-8"))
    assert (told["title"], told["path"]) == (CAPTION, "deaths.svg")
    assert told.keys() >= {"as_of", "record_sha256", "citation", "licenses"}
    bare = SVG.replace(' id="fig-deaths"', "", 1)
    assert (small / "notebooks" / svg["href"]).read_bytes() == downloads.standalone(bare, CAPTION)


def test_a_chart_is_a_figure_with_its_caption_which_stands_on_the_page_once(page):
    soup = page("notebooks/theme.html")
    assert [figure["id"] for figure in soup.select("figure.qantar-figure")] == ["fig-deaths"]
    assert soup.select_one("#fig-deaths figcaption").get_text() == CAPTION
    text = soup.select_one("article").get_text(" ")
    assert (text.count("Deaths & more"), text.count("After the chart.")) == (1, 1)
    assert not soup.select("article img")


def test_a_mark_of_a_chart_is_one_link_that_says_what_is_written_on_it(page):
    links = page("notebooks/theme.html").select("figure svg a")
    assert [(link["xlink:href"], link["aria-label"]) for link in links] == [
        ("b.html#x", "at least 2 deaths: A"),
        ("b.html#y", "None known: no person"),
    ]
    assert [len(link.find_all("path")) for link in links] == [2, 0]
    assert all(link["role"] == "link" and not link.get("target") for link in links)


def test_a_chart_keeps_its_frame_its_words_and_groups_that_say_something():
    shown = drawings.for_page(SVG.replace('<g id="c-line2d_1">', '<g id="c-line2d_1" opacity="0.5">'))
    assert 'viewBox="0 0 288 144"' in shown and ">180</text>" in shown
    assert re.findall("<g[^>]*>", shown) == ['<g opacity="0.5">']
    assert "font-family: 'DejaVu Sans', sans-serif" in shown
    assert not re.search(r">\s+<", shown) and "c-line2d" not in shown


def test_a_dataframe_in_an_output_is_a_table_of_the_page_with_its_note():
    rows = pd.DataFrame({"who": ["A & <b>", "\x1c\u202eB"], "low": pd.array([1, None], dtype="Int64")})
    shown = f"{rows._repr_html_()}\n<p>Not among these: one &amp; two.</p>"
    document = new_document("page")
    document += nodes.raw("", shown, format="html")
    frames.ShowFrames(document).run()
    table, note = document.children
    assert [[entry.astext() for entry in row.findall(nodes.entry)] for row in table.findall(nodes.row)] == [
        ["", "who", "low"],
        ["0", "A & <b>", "1"],
        ["1", "B", "<NA>"],
    ]
    assert (note.tagname, note.astext()) == ("paragraph", "Not among these: one & two.")


def test_a_cell_over_two_columns_keeps_its_width():
    rows = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_product([["a"], ["b", "c"]]))
    html = re.search("(?s)<table.*</table>", rows.to_html())[0]
    table = frames.as_table(ElementTree.fromstring(html))
    head = table.next_node(nodes.thead)
    assert [entry.get("morecols") for entry in head[0].findall(nodes.entry)] == [None, 1]
    assert len(list(table.findall(nodes.colspec))) == 3


def test_a_drawing_that_stands_alone_is_dark_on_white_and_leads_nowhere():
    drawing = ElementTree.fromstring(downloads.standalone(SVG, "Deaths"))
    svg = "{http://www.w3.org/2000/svg}"
    assert [child.tag for child in drawing][:3] == [f"{svg}title", f"{svg}desc", f"{svg}rect"]
    assert [drawing[0].text, drawing[1].text] == ["Deaths", "Chart of two claims."]
    assert (drawing.get("width"), drawing.get("height"), drawing.get("role")) == ("480", "240", "img")
    assert drawing[2].attrib == {"width": "288", "height": "144", "fill": "white"}
    assert "fill: #1b1b1b" in ElementTree.tostring(drawing, encoding="unicode")
    assert not [a for a in drawing.iter() if "href" in " ".join(a.attrib) or a.tag == f"{svg}a"]
    titles = [title.text for title in drawing.iterfind(f".//{svg}g/{svg}title")]
    assert titles == ["at least 2 deaths: A"] * 2 + ["no person"]


def test_the_contents_hold_every_page_and_mark_the_one_at_hand(page):
    contents = page("reference/claims_a.html").select_one("nav.contents")
    assert [link.get_text() for link in contents.select("a")] == [
        "The start",
        "A theme",
        "Claims",
        "Claims of A",
    ]
    assert [link.get_text() for link in contents.select("[aria-current=page]")] == ["Claims of A"]
    assert contents.select_one("li > details").has_attr("open")
    assert not page("notebooks/theme.html").select_one("nav.contents li > details").has_attr("open")


def test_a_page_lists_its_sections_and_leads_on_and_back(page):
    soup = page("reference/claims_a.html")
    sections = {link["href"]: link.get_text() for link in soup.select(".on-page a")}
    assert sections == {"#who-when": "Who & when?", "#how-many": "How many?"}
    assert all(soup.select_one(f"article section{address}") for address in sections)
    assert soup.select_one(".onward [rel=prev]")["href"] == "claims.html"
    assert not page("start.html").select_one(".on-page")


def test_the_code_of_a_cell_unfolds_without_a_script(page):
    summary = page("notebooks/theme.html").select_one("details.hide > summary")
    assert summary.get_text(" ").split() == "Show code cell source Hide code cell source".split()
    assert not summary.get("aria-label") and "charts.claims" in summary.parent.get_text()


def test_index_html_leads_to_the_first_page(page):
    index = page("index.html")
    assert index.select_one("meta[http-equiv=refresh]")["content"] == "0; url=start.html"
    assert index.a["href"] == "start.html"


def test_a_page_says_first_what_it_may_load(page):
    for name in ("start.html", "search.html", "index.html", "genindex.html"):
        soup = page(name)
        first = soup.head.find(True)
        assert first["http-equiv"] == "Content-Security-Policy"
        rules = dict(rule.strip().split(" ", 1) for rule in first["content"].split(";"))
        assert rules["default-src"] == "'none'" and "unsafe" not in rules.get("script-src", "")
        for script in soup.select("script:not([src])"):
            digest = base64.b64encode(hashlib.sha256(script.string.encode()).digest()).decode()
            assert rules["script-src"] == f"'self' 'sha256-{digest}'"
        assert all(script.has_attr("defer") for script in soup.select("script[src]"))
        assert soup.find("meta", attrs={"name": "referrer"})["content"] == "no-referrer"


def test_there_is_a_button_for_binder_only_where_a_service_is_named(page, tmp_path, frozen):
    assert "Binder" not in page("notebooks/theme.html").get_text()
    options = {
        "repository_url": "https://example.org/a/b",
        "launch_buttons": {"binderhub_url": "https://binder.example"},
    }
    html = _build(tmp_path, frozen, html_theme_options=options)
    soup = BeautifulSoup((html / "notebooks" / "theme.html").read_text(encoding="utf-8"), "html.parser")
    assert soup.find("a", string="Open in Binder")["href"] == (
        "https://binder.example/v2/git/https%3A%2F%2Fexample.org%2Fa%2Fb/main?urlpath=lab/tree/notebooks/theme.ipynb"
    )
    assert "Binder" not in (html / "start.html").read_text(encoding="utf-8")


def test_an_edition_of_a_day_has_words_for_a_link_to_the_record():
    link = [
        nodes.raw("", text, format="html")
        for text in ('<a href="../_static/qantar-data.zip" download>', "</a>")
    ]
    paragraph = nodes.paragraph(
        "", "", nodes.Text("Take "), link[0], nodes.Text("it"), link[1], nodes.Text(".")
    )
    translator.unlink_package(paragraph)
    assert paragraph.astext() == (
        "Take it (left out of an edition of a day, since it holds what was printed later)."
    )
    assert not list(paragraph.findall(nodes.raw))


def _table(*rows):
    def entry(words):
        link = re.fullmatch(r"\[(.*)\]\((.*)\)", words)
        inner = nodes.reference("", link[1], refuri=link[2]) if link else nodes.Text(words)
        return nodes.entry("", nodes.paragraph("", "", inner))

    made = [nodes.row("", *map(entry, row)) for row in rows]
    head, body = nodes.thead("", made[0]), nodes.tbody("", *made[1:])
    return nodes.table("", nodes.tgroup("", head, body, cols=len(rows[0])))


def test_a_row_of_one_claim_has_its_id_and_its_numbers_beside_the_words(tmp_path, frozen, record):
    claim = record.claims.dropna(subset="low").iloc[0]
    other = record.claims[record.claims["claim_id"] != claim.claim_id].iloc[0]
    case = record.cases.iloc[0].case_id
    link = f"[{claim.as_printed}](claims_x.html#{claim.claim_id})"
    table = _table(
        ["Words", "Where"],
        [link, f"[a case](cases.html#{case})"],
        [link, f"[another](claims_x.html#{other.claim_id})"],
        ["no link", f"[a report](sources.html#{claim.source_id})"],
    )
    known = downloads.record_of_files(frozen, settings.WHOLE)
    files = downloads.write_table(table, tmp_path, "notebooks/a", "deaths", "Deaths", known)
    assert files == {"CSV": "tables/a/deaths.csv", "JSON": "tables/a/deaths.json"}
    text = (tmp_path / "_static" / files["CSV"]).read_text(encoding="utf-8-sig")
    head, one, two, none = csv.reader(io.StringIO(text))
    assert head == ["Words", "Where", "claim_ids", "case_ids", "source_ids", "value", "low", "high"]
    assert one[2:4] == [claim.claim_id, case] and float(one[6]) == claim.low
    assert two[2:] == [f"{claim.claim_id}; {other.claim_id}", "", "", "", "", ""]
    assert none[2:] == ["", "", claim.source_id, "", "", ""]
    about = json.loads((tmp_path / "_static" / files["JSON"]).read_text(encoding="utf-8"))
    assert [field["type"] for field in about["schema"]["fields"]] == ["string"] * 5 + ["number"] * 3
    titles = record.sources.set_index("source_id")["title"]
    assert about["sources"][0]["title"] == titles[claim.source_id]
    assert about["as_of"] == f"{record.sources['published_last'].max():%Y-%m-%d}"


def test_two_tables_of_one_name_have_files_of_their_own():
    taken = set()
    assert [
        downloads.slug(words, taken) for words in ("Who & when?", "Who, when", "?", "2023", "word " * 20)
    ] == [
        "who-when",
        "who-when-2",
        "table",
        "2023",
        "-".join(["word"] * 12),
    ]
