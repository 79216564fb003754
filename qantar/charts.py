"""How a claim is drawn: one look for all charts.

One idea: a claim keeps its bound. Exact is a mark; at least and more than a mark with an arrow open upwards; a range a bar;
several people's least and most a thin line with two ticks; about a hollow mark; a word without a number is that word on a
band beside the axis, with no position on it; none known is an empty ring on that band, never a zero. Who states it is told
by shape and colour together. Each mark links to the page of its source; each chart is shown as inline SVG, with a PNG
beside it, a caption, and an alternative text made from the claims themselves.
"""

import base64
import html
import io
import math
import re
import textwrap
from pathlib import Path

import matplotlib as mpl
import matplotlib.style
import pandas as pd
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import blended_transform_factory

from qantar import words

STYLE = Path(__file__).with_name("qantar.mplstyle")
INK = "#010203"  # stands for the colour of the page's text: see qantar.mplstyle
SOURCES_PAGE = "../book/reference/sources.html"
WIDTH = 4.0  # inches; drawn for a phone, so that text stays readable when it is scaled down to 375 pixels
_LINE, _ROW, _FOOT, _HEAD = 0.16, 0.46, 0.46, 0.08  # inches: a line of text, a row of marks, the axis, the top
_BAND = 0.78  # where the band of words without a number begins, as a share of the width

# Marks by who states a claim: shape and colour (Okabe and Ito's palette), readable on light and dark pages.
SPEAKERS = {
    "state": ("s", "#0072B2", "state"),
    "court": ("s", "#0072B2", "court"),
    "intergovernmental": ("D", "#CC79A7", "intergovernmental body"),
    "ngo": ("o", "#D55E00", "non-governmental organisation"),
    "media": ("^", "#009E73", "media"),
    "person": ("v", "#009E73", "person"),
    "unattributed": ("X", "#7F7F7F", "nobody named"),
}
_PLURALS = {"person": "people", "party": "parties", "percent": "percent"}  # of units; every other takes an s
_SHAPES = {"s": "square", "D": "diamond", "o": "circle", "^": "triangle", "v": "triangle pointing down", "X": "cross"}


def claims(rows, name, caption, zero=False):
    """Show claims as a chart, one row of marks per claim, in the order given.

    `rows` are claims as in `Record.of`, of one unit; `name` is the figure's id, `caption` a sentence in the words of the
    codebook without figures; `zero` begins the axis at nothing. Raises ValueError for no claims, and for claims of
    different units, which have no common axis.
    """
    if rows.empty:
        raise ValueError(f"figure {name} has no claims to draw; check the measures it asks for")
    if rows["unit"].nunique() > 1:
        raise ValueError(f"figure {name} mixes the units {', '.join(sorted(rows['unit'].unique()))}; draw one chart for each")
    rows = rows.assign(repeats=rows["same_statement"].notna() & rows.duplicated("same_statement"))
    with mpl.rc_context():
        mpl.style.use(STYLE)
        figure, links = _draw(rows, zero)
        _show(figure, links, name, _caption(rows, caption), alternative(rows))


def alternative(rows):
    """Return what a reader would see in the chart of these claims, as text: each mark, its shape, its words and who says so."""
    marks = "; ".join(f"{_seen(row)}, {words.counted(row)}, {words.attribution(row)}" for _, row in rows.iterrows())
    return f"Chart of {words.count(len(rows), 'claim')}, from top to bottom: {marks}."


def _seen(claim):
    shape = _SHAPES[SPEAKERS[claim["speaker_kind"]][0]]
    if claim.get("repeats", False):
        shape = f"hollow {shape}, for a repeat of one statement,"
    return {
        "exact": f"a {shape}",
        "at_least": f"a {shape} with an open arrow to the right",
        "more_than": f"a {shape} with an open arrow to the right",
        "at_most": f"a {shape} with an open arrow to the left",
        "less_than": f"a {shape} with an open arrow to the left",
        "between": "a bar",
        "spread": "a thin line between two ticks",
        "about": f"a hollow {shape}",
        "none": f"a {shape} at nothing",
        "none_known": "an empty ring beside the axis",
    }.get(claim["bound"], "a word beside the axis, without a position")


def _caption(rows, caption):
    kinds = list(dict.fromkeys(rows["speaker_kind"]))
    hollow = " Hollow: a repeat of one statement or event." if (rows["repeats"] & rows["value"].notna()).any() else ""
    key = "; ".join(f"{_SHAPES[SPEAKERS[kind][0]]}: {SPEAKERS[kind][2]}" for kind in kinds)
    return f"{caption} {key[0].upper()}{key[1:]}.{hollow}"


def _has_position(claim):
    return not pd.isna(claim["value"]) or claim["bound"] == "none"


def _draw(rows, zero):
    """Return the figure and, by placeholder address, each mark's address and label."""
    several_measures = rows["measure_id"].nunique() > 1
    labels = [_label(row, several_measures) for _, row in rows.iterrows()]
    heights = [_LINE * label.count("\n") + _LINE + _ROW for label in labels]
    band = not all(_has_position(row) for _, row in rows.iterrows())
    positioned = any(_has_position(row) for _, row in rows.iterrows())
    tall_together = math.fsum(heights)  # not sum(), whose last digit changed with Python 3.12
    height = tall_together + _HEAD + (_FOOT if positioned else 0.05)
    figure = Figure(figsize=(WIDTH, height))
    FigureCanvasAgg(figure)
    foot = (_FOOT if positioned else 0.05) / height
    right = _BAND if band and positioned else 0.97
    ax = figure.add_axes((0.03, foot, right - 0.03, tall_together / height))
    ax.set_ylim(tall_together, 0)
    ax.set_yticks([])
    low, high = _axis(rows, zero)
    ax.set_xlim(low, high)
    if positioned:
        ax.xaxis.set_major_locator(MaxNLocator(4, integer=True, steps=[1, 2, 5, 10]))
        ax.xaxis.set_major_formatter(lambda x, _: words.number(x))
        ax.grid(axis="x", color=INK, alpha=0.12, linewidth=0.8)
        ax.set_axisbelow(True)
        ax.set_xlabel(_PLURALS.get(rows["unit"].iloc[0], f"{rows['unit'].iloc[0]}s"))
    else:
        ax.set_xticks([])
        ax.spines["bottom"].set_visible(False)
    if band and positioned:
        across = blended_transform_factory(figure.transFigure, ax.transData)
        ax.fill_between([_BAND + 0.01, 0.995], 0, tall_together, transform=across, color=INK, alpha=0.06, linewidth=0, clip_on=False)
    links, top = {}, 0.0
    for n, ((_, row), label, tall) in enumerate(zip(rows.iterrows(), labels, heights, strict=True)):
        ax.text(
            0.03, top + 0.02, label, transform=blended_transform_factory(figure.transFigure, ax.transData), va="top", fontsize=9, alpha=0.85, parse_math=False
        )
        address = f"https://qantar.invalid/{n}"
        links[address] = (f"{SOURCES_PAGE}#{row['source_id']}", f"{words.counted(row)}: {words.attribution(row)}")
        _mark(ax, row, top + tall - 0.2, (_BAND + 0.9975) / 2 if band and positioned else 0.06, address)
        top += tall
    return figure, links


def _label(claim, with_measure):
    who = "Nobody named" if pd.isna(claim["speaker"]) else claim["speaker_short"]
    line = (
        f"{who}, in {claim['short']}, {words.when(claim['published'])}"
        if claim["voice"] == "reports"
        else f"{claim['short']}, {words.when(claim['published'])}"
    )
    if words.is_computed(claim):
        line = f"Computed from: {line}"
    if claim["date_basis"] != "published":
        line += f"; for {words.described(claim)}"
    return "\n".join(textwrap.wrap(f"{claim['label']}: {line}" if with_measure else line, 50))


def _axis(rows, zero):
    """Return the ends of the axis: all printed numbers with room for arrows and their words."""
    numbers = [float(n) for column in ("value", "value_to") for n in rows[column].dropna()] or [0.0]
    least, most = (0.0 if zero or (rows["bound"] == "none").any() else min(numbers)), max(numbers)
    if least == most:
        least = 0.0
    room = (most - least) or 1.0
    return (0.0 if least == 0 else max(0.0, least - 0.75 * room)), most + 0.30 * room


def _mark(ax, claim, y, word_x, address):
    shape, colour, _ = SPEAKERS[claim["speaker_kind"]]
    across = blended_transform_factory(ax.figure.transFigure, ax.transData)
    bound = claim["bound"]
    if not _has_position(claim):
        beside_axis = word_x > 0.5
        text = "\n".join(textwrap.wrap(words.amount(claim), 11)) if beside_axis and bound != "none_known" else words.amount(claim)
        if bound == "none_known":
            ring_x = word_x - 0.087 if beside_axis else word_x
            ring = ax.scatter([ring_x], [y], s=50, marker="o", facecolor="none", edgecolor=colour, linewidth=1.6, transform=across, clip_on=False)
            ring.set_urls([address])
        ax.text(
            word_x + (0.018 if bound == "none_known" else 0),
            y,
            text,
            transform=across,
            va="center",
            ha="center" if beside_axis else "left",
            fontsize=8 if bound == "none_known" else 9.5,
            style="italic",
            url=address,
            color=INK,
        )
        return
    low, high = ax.get_xlim()
    value = 0.0 if bound == "none" else float(claim["value"])
    line = {"color": colour, "linewidth": 2.2, "url": address}
    if bound in ("between", "spread"):
        upper = float(claim["value_to"])
        ax.plot([value, upper], [y, y], color=colour, linewidth=7 if bound == "between" else 1.4, url=address)
        if bound == "spread":
            ax.scatter([value, upper], [y, y], s=70, marker="|", color=colour, urls=[address] * 2)
    else:
        if bound in ("at_least", "more_than"):
            ax.plot([value, high], [y, y], **line)
            ax.plot([high], [y], marker=">", markersize=8, color=colour, clip_on=False, url=address)
        elif bound in ("at_most", "less_than"):
            ax.plot([low, value], [y, y], **line)
            ax.plot([low], [y], marker="<", markersize=8, color=colour, clip_on=False, url=address)
        hollow = bound == "about" or claim["repeats"]
        mark = ax.scatter([value], [y], s=62, marker=shape, facecolor="none" if hollow else colour, edgecolor=colour, linewidth=1.6, zorder=3, clip_on=False)
        mark.set_urls([address])
    left = (value - low) > 0.42 * (high - low)
    text = words.amount(claim)
    if bound in ("between", "spread") or (not left and bound in ("at_least", "more_than")):
        ax.annotate(text, (value, y), (-4, 5), textcoords="offset points", va="bottom", ha="left", fontsize=10, weight="bold")
    else:
        ax.annotate(
            text, (value, y), (-8 if left else 8, 0), textcoords="offset points", va="center", ha="right" if left else "left", fontsize=10, weight="bold"
        )


def _show(figure, links, name, caption, alt):
    """Display a figure as HTML with inline SVG and as PNG, the same bytes on every run."""
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    svg = drawn.getvalue()
    svg = svg[svg.index("<svg ") :].replace(INK, "currentColor")
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    for address, (target, label) in links.items():
        # xlink:href, since JupyterLab rewrites href and cannot do so in a drawing
        svg = svg.replace(f'<a xlink:href="{address}"', f'<a xlink:href="{html.escape(target)}" aria-label="{html.escape(label)}"')
    # ids are matplotlib's, the same in every figure: make them this figure's own
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", svg)
    named = f'<svg role="group" aria-label="{html.escape(alt)}" class="qantar-chart" width="480" '
    svg = re.sub(r'^<svg (.*?)width="[^"]*"', lambda found: named + found[1], svg, count=1, flags=re.DOTALL)
    svg = re.sub(r'^(<svg [^>]*?)\s*height="[^"]*"', r"\1", svg, count=1)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=200, facecolor="white", metadata={"Software": None})
    display(
        {
            "text/html": f'<figure class="qantar-figure" id="fig-{name}">\n{svg}\n<figcaption>{html.escape(caption)}</figcaption>\n</figure>',
            "image/png": base64.b64encode(picture.getvalue()).decode("ascii"),
            "text/plain": f"{caption} {alt}",
        },
        raw=True,
    )
