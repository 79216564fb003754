"""What all charts share: look, layout, the marks that they draw, and the outputs of a finished chart."""

import base64
import html
import io
import itertools
import math
import re
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib.style
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox, BboxTransformTo, blended_transform_factory

from qantar import addresses
from qantar.presentation import markdown, sentences

look = matplotlib.style.context(Path(__file__).with_name("charts.mplstyle"))  # decorates what draws or saves
INK = "#010203"  # a placeholder for the text colour of the page: see charts.mplstyle
ON_PAPER = "color: #1b1b1b; background: white"  # of a drawing outside the book
BLUE, VERMILION = "#0072B2", "#D55E00"  # Okabe and Ito's palette, readable on light and dark pages
SHAPES = dict(s="square", D="diamond", o="circle", X="cross", v="triangle pointing down") | {"^": "triangle"}

# Inches. Charts are drawn for a phone, so that text stays readable when it is scaled down to 375 pixels.
WIDTH, LINE, HEAD, FOOT = 4.0, 0.16, 0.08, 0.46  # the figure; a line of text; above the rows; the axis below
BAND = 0.78  # where the words beside the axis begin, as a share of the width


class Mark(NamedTuple):
    """One mark of a chart, in data coordinates; `x` is None for what stands beside the axis.

    `kind` is one of dot, hollow, ring, tick, arrow-right (-left, -up, -down), bar, spread, line, open (a line
    whose beginning is not known) and fade (a darker part of it), join, word (without a position), number
    (beside a mark), label (of a row).
    `label` is what the mark says to a screen reader; its link leads to `address`, a page with an anchor.
    """

    kind: str
    x: Any
    y: float
    label: str = ""
    address: str = ""
    x_to: Any = None
    y_to: float | None = None
    text: str = ""
    shape: str = ""
    colour: str = ""


class Chart:
    """A chart, which IPython displays as a picture (SVG and PNG) and, in a second output, its caption.

    No HTML: JupyterLab and code hosts strip drawings from the HTML of a notebook that was not run here.
    JupyterLab gives a picture no alternative text, whatever the metadata say: the caption stands for it. The
    book makes a drawing with links of the SVG (book/theme/drawings.py).

    `marks` are what is drawn, `alt` is the alternative text of the drawing, `text` all of it in words;
    `empty` is True where there was nothing to draw. `frame` is the part of the figure that the chart may use.
    """

    def __init__(self, ax: Axes, name: str = "", frame: Bbox | None = None) -> None:
        self.figure, self.axes, self.name = ax.get_figure(root=True), ax, name
        self.caption = self.alt = self.text = ""
        self.marks: list[Mark] = []
        self.empty = False
        self._links: dict[str | None, tuple[str, str]] = {}  # address and label by the URL that is drawn
        self._url: str | None = None
        width = BboxTransformTo(frame or Bbox.unit()) + ax.figure.transSubfigure
        self.across = blended_transform_factory(width, ax.transData)  # x is a share of the frame

    def link(self, address: str, label: str) -> None:
        """Let the marks that follow lead to an address and say `label`."""
        # Several marks may lead to one place and say different things: the query tells them apart.
        self._url = addresses.markdown(address).replace("#", f"?{self.name}-{len(self._links)}#")
        self._links[self._url] = (address, label)

    def points(self, kind: str, xs: list, y: float, colour: str, shape: str = "o", **style: Any) -> None:
        """Draw one or more points of a row; hollow ones have a `fill` of their own."""
        paint = {"color": colour}
        if kind in ("hollow", "ring"):
            paint = {"facecolor": style.pop("fill", "none"), "edgecolor": colour}
        drawn = self.axes.scatter(xs, [y] * len(xs), marker=shape, **paint, **style)
        drawn.set_urls([self._url] * len(xs))
        for x in xs:
            self._keep(kind, None if "transform" in style else x, y, shape=shape, colour=colour)

    def line(self, kind: str, x: Any, x_to: Any, y: float, colour: str, **style: Any) -> None:
        """Draw a line along a row, or from a row to `y_to`."""
        y_to = style.pop("y_to", y)
        self.axes.plot([x, x_to], [y, y_to], color=colour, **{"url": self._url, **style})
        self._keep(kind, x, y, x_to=x_to, y_to=y_to, colour=colour)

    def arrow(self, x: float, end: float, y: float, colour: str) -> None:
        """Draw an open arrow from a number to one end of the axis."""
        kind, head = ("arrow-right", ">") if end > x else ("arrow-left", "<")
        self.axes.plot(sorted((x, end)), [y, y], color=colour, linewidth=2.2, url=self._url)
        self.axes.plot([end], [y], marker=head, markersize=8, color=colour, clip_on=False, url=self._url)
        self._keep(kind, x, y, x_to=end, y_to=y, shape=head, colour=colour)

    def upright_arrow(self, x: Any, y: float, end: float, colour: str) -> None:
        """Draw an open arrow from a number to the upper or the lower end of an upright axis."""
        kind, head = ("arrow-up", "^") if end > y else ("arrow-down", "v")
        self.axes.plot([x, x], [y, end], color=colour, linewidth=2.2, url=self._url)
        self.axes.plot([x], [end], marker=head, markersize=8, color=colour, clip_on=False, url=self._url)
        self._keep(kind, x, y, x_to=x, y_to=end, shape=head, colour=colour)

    def number(self, x: Any, y: float, text: str, offset: tuple[int, int], **style: Any) -> None:
        """Write a number beside a mark; the offset is in points."""
        self.axes.annotate(text, (x, y), offset, textcoords="offset points", **style)
        self._keep("number", x, y, text=text)

    def words(self, kind: str, at: float, y: float, text: str, **style: Any) -> None:
        """Write a word that has no position, or the label of a row, at a share of the width."""
        style["url"] = self._url if kind == "word" else None
        self.axes.text(at, y, text, transform=self.across, parse_math=False, **style)
        self._keep(kind, None, y, text=text)

    def _keep(self, kind: str, x: Any, y: float, **more: Any) -> None:
        address, label = self._links.get(self._url, ("", ""))
        self.marks.append(Mark(kind, x, y, label, address, **more))

    def finished(self, caption: str, alt: str, text: str | None = None) -> "Chart":
        """Return this chart with its words: `text`, or else `alt` and the label of each link."""
        if text is None:
            text = f"{alt}: {'; '.join(label for _, label in self._links.values())}."
            alt = f"{alt}; each mark says what it is."
        self.caption, self.alt, self.text = caption, alt, f"{caption} {text}"
        return self

    def _ipython_display_(self) -> None:
        display(self._repr_mimebundle_(), raw=True, metadata={"image/png": {"width": 480}})
        display({"text/markdown": markdown.escape(self.caption), "text/plain": self.caption}, raw=True)

    @look
    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        picture = io.BytesIO()
        self.figure.savefig(picture, format="png", dpi=200, facecolor="white", metadata={"Software": None})
        png = base64.b64encode(picture.getvalue()).decode("ascii")
        return {"image/svg+xml": self._svg(), "image/png": png, "text/plain": self.text}

    def _svg(self) -> str:
        """Return the drawing, the same bytes on every run, with ids of its own on a page."""
        saved = io.StringIO()
        metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        self.figure.savefig(saved, format="svg", metadata=metadata)
        svg = saved.getvalue().replace(INK, "currentColor")
        svg = svg[svg.index("<svg ") :]
        svg = re.sub(r' width="\S+" height="\S+"', "", svg, count=1)  # the page sets the height
        svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{self.name}-", svg)
        for number, (url, (address, label)) in enumerate(self._links.items()):
            # Its number tells the book which marks are one claim, and in which order claims are read.
            target = html.escape(addresses.markdown(address))
            link = f'xlink:href="{target}" aria-label="{html.escape(label)}" data-number="{number}"'
            svg = svg.replace(f'xlink:href="{url}"', link)
        empty = " qantar-empty" if self.empty else ""
        # The colours are those of a picture that stands alone: the book takes them off.
        head = (
            f'<svg id="fig-{self.name}" role="group" aria-label="{html.escape(self.alt)}" '
            f'class="qantar-chart{empty}" width="480" style="{ON_PAPER}" '
        )
        return svg.replace("<svg ", head, 1).strip() + "\n"


def new_axes(height: float, box: tuple[float, float, float, float], width: float = WIDTH) -> Axes:
    """Return axes in a new figure, sized in inches; `box` is left, bottom, width and height as shares."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure.add_axes(box)


def rows_of_marks(
    name: str,
    heights: list[float],
    ax: Axes | None,
    *,
    left: float = 0.05,
    width: float = 0.9,
    foot: float = FOOT,
    below: float = 0.0,
) -> Chart:
    """Return a chart for rows of the given heights, from top to bottom; its y is inches from the top.

    `left` and `width` of the axis are shares of the whole width; `foot` and `below` are inches below it, for
    its numbers and for longer words. Of axes that are given, it takes that width, and words stand beside it.
    """
    tall, frame = math.fsum(heights), None  # not sum(), whose last digit changed with Python 3.12
    if ax is None:
        height = tall + HEAD + foot + below
        ax = new_axes(height, (left, (foot + below) / height, width, tall / height))
    else:
        frame = ax.get_position()
        ax.set_position((frame.x0 + left * frame.width, frame.y0, width * frame.width, frame.height))
    ax.set(ylim=(tall, 0), yticks=[], axisbelow=True)
    ax.grid(axis="x", color=INK, alpha=0.12, linewidth=0.8)
    return Chart(ax, name, frame)


def labelled_rows(
    name: str, labels: Iterable[str], room: float, ax: Axes | None, **layout: float
) -> tuple[Chart, list[float]]:
    """Return a chart with a row for each label, and the y of its marks, for which there are `room` inches."""
    wrapped = [textwrap.fill(label, 54) for label in labels]
    heights = [LINE * (label.count("\n") + 1) + room for label in wrapped]
    chart = rows_of_marks(name, heights, ax, **layout)
    bottoms = list(itertools.accumulate(heights))
    for label, top in zip(wrapped, [0.0, *bottoms[:-1]], strict=True):
        chart.words("label", 0.03, top + 0.01, label, va="top", fontsize=8.5, alpha=0.9)
    return chart, [bottom - room / 2 for bottom in bottoms]


def page_of(row: Mapping[str, Any]) -> str:
    """Return the address of an event: its own page where the row has one, else that of its first source."""
    page = row.get("page")
    return page if isinstance(page, str) else addresses.of_row("sources", row["told_by"].split("; ")[0])


def nothing(name: str, caption: str, ax: Axes | None) -> Chart:
    """Return an empty chart: a frame that says that there is nothing to draw."""
    ax = ax or new_axes(0.6, (0.03, 0.05, 0.94, 0.9))
    ax.set(xticks=[], yticks=[])
    style = {"ha": "center", "va": "center", "fontsize": 9, "style": "italic"}
    ax.text(0.5, 0.5, "nothing in these reports to draw", transform=ax.transAxes, **style)
    chart, said = Chart(ax, name), "Chart of nothing: these reports hold nothing to draw here."
    chart.empty = True
    return chart.finished(caption, said, said)


def left_out(n: int, one: str, why: str) -> str:
    """Return a sentence on the rows that have no place in a chart; empty where there are none."""
    return f" {sentences.count(n, one).capitalize()} {why}: not drawn, see the table." if n else ""
