"""What a chart becomes: HTML with an inline SVG, a PNG, words; on a figure of its own or on given axes."""

import base64
import html
import re
import xml.etree.ElementTree as ET

import matplotlib as mpl
import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib import pyplot
from matplotlib.figure import Figure

from qantar.presentation import charts
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
def test_a_chart_is_a_figure_with_a_drawing_and_its_caption(draw, kind):
    settings = dict(mpl.rcParams)
    chart = draw(kind)
    shown = chart._repr_mimebundle_()
    assert shown == draw(kind)._repr_mimebundle_(), "the same bytes on every run"
    assert dict(mpl.rcParams) == settings
    text = shown["text/html"]
    figure = ET.fromstring(text)
    drawing, caption = figure
    assert (figure.tag, figure.attrib) == ("figure", {"class": "qantar-figure", "id": "fig-deaths"})
    assert (caption.tag, caption.text) == ("figcaption", chart.caption)
    assert (drawing.get("role"), drawing.get("aria-label")) == ("group", chart.alt)
    assert (drawing.get("class"), drawing.get("width"), drawing.get("height")) == (
        "qantar-chart",
        "480",
        None,
    )
    assert "currentColor" in text
    assert not re.search(r"#010203|<metadata|0x[0-9a-f]{6,}|20\d\d-\d\d-\d\dT", text)
    ids = re.findall(r'\bid="([^"]+)"', text)[1:]
    assert len(ids) == len(set(ids)) > 3
    assert all(name.startswith("deaths-") for name in ids)
    assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', text)) <= set(ids)
    links = re.findall(r'<a xlink:href="\.\./book/reference/(\w+)\.html(#[\w-]+)" aria-label="([^"]+)"', text)
    led = {(page + anchor, html.unescape(label)) for page, anchor, label in links}
    assert led == {(mark.address, mark.label) for mark in chart.marks if mark.address}
    assert text.count("<a ") == len(links)


def test_ipython_shows_a_chart_as_html_png_and_words(draw):
    chart = draw("claims")
    shown, _ = DisplayFormatter().format(chart)
    assert set(shown) == {"text/html", "image/png", "text/plain"}
    png = base64.b64decode(shown["image/png"])
    assert (png[:4], int.from_bytes(png[16:20], "big"), b"Software" in png) == (b"\x89PNG", 800, False)
    assert shown["text/plain"] == f"{chart.caption} {chart.alt}"


@KINDS
def test_nothing_to_draw_is_an_empty_frame(draw, kind):
    ax = Figure().add_subplot()
    assert draw(kind, n=0, ax=ax).axes is ax
    chart = draw(kind, n=0)
    assert (chart.empty, draw(kind).empty, chart.marks) == (True, False, [])
    assert [text.get_text() for text in chart.axes.texts] == ["nothing in these reports to draw"]
    shown = chart._repr_mimebundle_()
    assert '<figure class="qantar-figure qantar-empty" id="fig-deaths">' in shown["text/html"]
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
        f"../book/reference/claims_{theme}.html#{claim}"
        for theme, claim in (("casualties", CLAIMS[0]), ("detention", CLAIMS[2]))
    ]
