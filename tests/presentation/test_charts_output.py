"""What a chart becomes: a drawing (SVG), a PNG, words, a caption; on a figure of its own or on given axes."""

import base64
import html
import re
import xml.etree.ElementTree as ET

import matplotlib as mpl
import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib import pyplot
from matplotlib.figure import Figure

from qantar import addresses
from qantar.book.theme import drawings
from qantar.presentation import charts, markdown
from qantar.presentation.charts import figure
from qantar.record import views

CLAIMS = ("north-2022-05-p3a", "north-2022-05-p3c", "north-2022-05-p4a")
KINDS = pytest.mark.parametrize(
    "kind", ["claims", "by_publication", "strip", "courses", "matrix", "dots", "places"]
)


@pytest.fixture
def draw(record):
    """Draw a chart of one kind of the first `n` rows of the frozen record."""
    assemblies, charges = views.events(record, "assemblies"), views.events(record, "charges")
    charges = charges.assign(label=charges["offence"])
    cities = assemblies.drop(columns="kind").merge(record.places, on="place_id", suffixes=("_", ""))
    terms = record.sentences.query("kind == 'prison'").assign(label="Prison", people=1)
    arguments = {
        "claims": (charts.claims, record.claims_by_id(*CLAIMS), {}),
        "by_publication": (charts.by_publication, record.claims_of("deaths_total"), {}),
        "strip": (charts.strip, assemblies, {"covers": record.sources}),
        "courses": (charts.courses, charges, {"steps": views.steps_of_charges(record, charges)}),
        "matrix": (charts.matrix, assemblies, {"columns": ["dispersed", "fined"]}),
        "dots": (charts.dots, terms, {"unit": "years"}),
        "places": (charts.places, cities.drop(columns=["lat_", "lon_"], errors="ignore"), {}),
    }

    def of(kind, n=None, ax=None):
        function, rows, more = arguments[kind]
        return function(rows[:n], name="deaths", caption="A <caption>.", ax=ax, **more)

    return of


@KINDS
def test_a_chart_is_a_drawing_whose_marks_lead_to_rows(draw, kind):
    settings = dict(mpl.rcParams)
    chart = draw(kind)
    shown = chart._repr_mimebundle_()
    assert shown == draw(kind)._repr_mimebundle_(), "the same bytes on every run"
    assert dict(mpl.rcParams) == settings
    text = shown["image/svg+xml"]
    drawing = ET.fromstring(text)
    assert (drawing.get("role"), drawing.get("aria-label")) == ("group", chart.alt)
    kept = {name: drawing.get(name) for name in ("id", "class", "width", "height")}
    assert kept == {"id": "fig-deaths", "class": "qantar-chart", "width": "480", "height": None}
    assert "currentColor" in text and "background: white" in drawing.get("style")
    assert not re.search(r"#010203|<metadata|0x[0-9a-f]{6,}|20\d\d-\d\d-\d\dT", text)
    ids = re.findall(r'\bid="([^"]+)"', text)[1:]
    assert len(ids) == len(set(ids)) > 3
    assert all(name.startswith("deaths-") for name in ids)
    assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', text)) <= set(ids)
    links = re.findall(r'<a xlink:href="\.\./data/rows/(\w+)\.md(#[\w-]+)" aria-label="([^"]+)"', text)
    led = {(page + anchor, html.unescape(label)) for page, anchor, label in links}
    assert led == {(mark.address, mark.label) for mark in chart.marks if mark.address}
    assert text.count("<a ") == len(links)


@KINDS
def test_on_its_page_a_chart_has_one_link_for_each_thing_it_says_in_the_order_of_its_words(draw, kind):
    chart = draw(kind)
    shown = drawings.for_page(chart._repr_mimebundle_()["image/svg+xml"])
    links = ET.fromstring(shown).findall("{http://www.w3.org/2000/svg}a")
    assert shown.count("<a ") == len(links) >= 1
    led = [(link.get("{http://www.w3.org/1999/xlink}href"), link.get("aria-label")) for link in links]
    said = {(addresses.markdown(mark.address), mark.label): None for mark in chart.marks if mark.address}
    assert len(led) == len(said)
    for (target, label), (address, words) in zip(led, said, strict=True):
        assert target == addresses.html(address) and label.endswith(words)


def test_links_of_a_chart_of_claims_are_read_from_top_to_bottom(draw):
    shown = drawings.for_page(draw("claims")._repr_mimebundle_()["image/svg+xml"])
    tops = [
        min(float(mark.get("y")) for mark in link.iter() if mark.get("y"))
        for link in ET.fromstring(shown).findall("{http://www.w3.org/2000/svg}a")
    ]
    assert tops == sorted(tops) and len(tops) == len(CLAIMS)


def test_ipython_shows_a_chart_as_a_picture_and_its_caption_and_never_as_html(draw, monkeypatch):
    chart, shown = draw("claims"), []
    monkeypatch.setattr(figure, "display", lambda data, **_: shown.append(data))
    assert DisplayFormatter().format(chart) == ({}, {})
    picture, caption = shown
    assert set(picture) == {"image/svg+xml", "image/png", "text/plain"}
    png = base64.b64decode(picture["image/png"])
    assert (png[:4], int.from_bytes(png[16:20], "big"), b"Software" in png) == (b"\x89PNG", 800, False)
    assert picture["text/plain"] == f"{chart.caption} {chart.alt}"
    assert caption == {"text/plain": chart.caption, "text/markdown": markdown.escape(chart.caption)}


@KINDS
def test_nothing_to_draw_is_an_empty_frame(draw, kind):
    ax = Figure().add_subplot()
    assert draw(kind, n=0, ax=ax).axes is ax
    chart = draw(kind, n=0)
    assert (chart.empty, draw(kind).empty, chart.marks) == (True, False, [])
    assert [text.get_text() for text in chart.axes.texts] == ["nothing in these reports to draw"]
    shown = chart._repr_mimebundle_()
    assert ET.fromstring(shown["image/svg+xml"]).get("class") == "qantar-chart qantar-empty"
    assert chart.alt == "Chart of nothing: these reports hold nothing to draw here."
    assert shown["text/plain"] == f"A <caption>. {chart.alt}"


@KINDS
def test_a_chart_can_be_drawn_on_given_axes(draw, kind):
    figure = Figure(figsize=(10, 8))
    left, right = figure.subplots(1, 2)
    place, other = right.get_position(), left.get_position().bounds
    chart = draw(kind, ax=right)
    assert (chart.axes, chart.figure, figure.axes) == (right, figure, [left, right])
    assert (left.get_position().bounds, len(left.get_children())) == (other, 10)
    assert pyplot.get_fignums() == []
    now = right.get_position(original=True)  # a map keeps its shape within it
    assert place.x0 <= now.x0 < now.x1 <= place.x1
    assert (now.y0, now.y1) == (place.y0, place.y1)
    assert [mark[:2] for mark in chart.marks] == [mark[:2] for mark in draw(kind).marks]
    texts = zip(right.texts, (mark.kind for mark in chart.marks if mark.text), strict=True)
    starts = [text.get_window_extent().x0 for text, kind in texts if kind == "label"]
    edge = (place.x0 + 0.03 * place.width) * figure.bbox.width
    assert starts == pytest.approx([edge] * len(starts), abs=2)


def test_links_of_a_figure_that_is_saved_otherwise_lead_to_the_page(draw):
    figure = Figure()
    draw("claims", ax=figure.add_subplot())
    urls = [url for artist in figure.axes[0].collections for url in artist.get_urls() if url]
    assert [re.sub(r"\?deaths-\d#", "#", url) for url in urls] == [
        f"../data/rows/claims_{theme}.md#{claim}"
        for theme, claim in (("casualties", CLAIMS[0]), ("detention", CLAIMS[2]))
    ]
