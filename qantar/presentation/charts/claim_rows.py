"""The chart of claims: one row of marks for each claim, which shows its bound and never more than that.

An exact number is a mark, a lower or upper bound a mark with an open arrow, a range a bar. A word without a
number stands on a band beside the axis, with no position. Shape and colour together tell who states it.
"""

import io
import itertools
import textwrap
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import MaxNLocator

from qantar import addresses
from qantar.presentation import sentences
from qantar.presentation.charts import figure
from qantar.record import bounds
from qantar.record.amounts import is_just_below

# Shape, colour and name of each kind of speaker.
SPEAKERS = {
    "state": ("s", figure.BLUE, "state"),
    "court": ("s", figure.BLUE, "court"),
    "intergovernmental": ("D", "#CC79A7", "intergovernmental body"),
    "ngo": ("o", figure.VERMILION, "non-governmental organisation"),
    "media": ("^", "#009E73", "media"),
    "person": ("v", "#009E73", "person"),
    "unattributed": ("X", "#7F7F7F", "nobody named"),
}
# What is seen of each bound; of any other, a word.
_SEEN = {
    "exact": "a {}",
    **dict.fromkeys(("at_least", "more_than"), "a {} with an open arrow to the right"),
    **dict.fromkeys(("at_most", "less_than"), "a {} with an open arrow to the left"),
    "between": "a bar",
    "spread": "a thin line between two ticks",
    **dict.fromkeys(("about", "just_below"), "a hollow {}"),
    "none": "a {} at nothing",
    "none_known": "an empty ring beside the axis",
}
_PLURALS = {"person": "people", "party": "parties", "percent": "percent"}  # of units; others take an s
_ROW = 0.46  # inches of a row below its label

Claim = Mapping[str, Any]


@figure.look
def claims(
    rows: pd.DataFrame, name: str, caption: str, zero: bool = False, ax: Axes | None = None
) -> figure.Chart:
    """Return a chart of claims, from top to bottom in the order given, those of one measure together.

    A line divides measures: counts of different things are not in one order of time.
    `rows` are claims as in `Record.claims_of`, of one unit; `zero` begins the axis at zero. Repeats of one
    statement are hollow. Axes that are given need about 0.8 inches a row. Raises ValueError for several
    units, and for rows without these columns.
    """
    if rows.empty:
        return figure.nothing(name, caption, ax)
    unit, rows = unit_of(rows, name), with_repeats(rows)
    place = {measure: n for n, measure in enumerate(rows["measure_id"].unique())}
    rows = rows.sort_values("measure_id", key=lambda ids: ids.map(place), kind="stable")
    drawn = rows.to_dict("records")
    labels = [_label(claim, rows["measure_id"].nunique() > 1) for claim in drawn]
    heights = [figure.LINE * (label.count("\n") + 1) + _ROW for label in labels]
    placed = [has_position(claim) for claim in drawn]
    on_axis, band = any(placed), any(placed) and not all(placed)
    width, foot = (figure.BAND if band else 0.97) - 0.03, figure.FOOT if on_axis else 0.05
    chart = figure.rows_of_marks(name, heights, ax, left=0.03, width=width, foot=foot)
    chart.axes.set_xlim(*ends_of_axis(rows, zero))
    if on_axis:
        number_axis(chart.axes.xaxis, unit)
    else:
        chart.axes.set_xticks([])
        chart.axes.spines["bottom"].set_visible(False)
    bottoms = list(itertools.accumulate(heights))
    if band:
        sides = [figure.BAND + 0.01, 0.995]
        style = {"color": figure.INK, "alpha": 0.06, "linewidth": 0, "clip_on": False}
        chart.axes.fill_between(sides, 0, bottoms[-1], transform=chart.across, **style)
    words_at = (figure.BAND + 0.9975) / 2 if band else 0.06
    for claim, label, height, bottom in zip(drawn, labels, heights, bottoms, strict=True):
        address = addresses.of_claim(claim["theme"], claim["claim_id"])
        chart.link(address, f"{sentences.counted(claim)}: {sentences.attribution(claim)}")
        chart.words("label", 0.03, bottom - height + 0.02, label, va="top", fontsize=9, alpha=0.85)
        _mark(chart, claim, bottom - 0.2, words_at)
    for above, claim, bottom in zip(drawn, drawn[1:], bottoms, strict=False):
        if above["measure_id"] != claim["measure_id"]:
            chart.axes.axhline(bottom, color=figure.INK, alpha=0.35, linewidth=0.8)
    alt = _alternative(drawn)
    divided = " A line divides what is counted differently." if len(place) > 1 else ""
    return chart.finished(f"{with_key(rows, caption)}{divided}", alt, alt)


@figure.look
def small(rows: pd.DataFrame) -> bytes:
    """Return the marks of claims (as in `Record.claims_of`, of one unit) without labels, as an SVG.

    It stands on a card whose words say what is drawn. Its grey is readable on light and on dark pages.
    """
    ax = figure.new_axes(0.26 * len(rows) + 0.12, (0.02, 0.04, 0.9, 0.92), width=2.6)
    ax.set(ylim=(len(rows), 0), xlim=ends_of_axis(rows, zero=True))
    ax.axis("off")
    chart = figure.Chart(ax)
    for n, claim in enumerate(rows.assign(repeats=False).to_dict("records")):
        _mark(chart, claim, n + 0.5, words_at=0.9)
    saved = io.StringIO()
    ax.figure.savefig(saved, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return saved.getvalue().replace(figure.INK, "#767676").encode("utf-8")


def unit_of(rows: pd.DataFrame, name: str) -> str:
    """Return the unit of the claims of a figure; ValueError for several, or for rows that are no claims."""
    if "unit" not in rows:
        raise ValueError(
            f"figure {name} needs claims with every column; hand over record.claims_of(...), "
            'or record.figures(..., columns="all")'
        )
    units = sorted(rows["unit"].unique())
    if len(units) > 1:
        raise ValueError(f"figure {name} mixes the units {', '.join(units)}; draw one chart for each")
    return units[0]


def with_repeats(rows: pd.DataFrame) -> pd.DataFrame:
    """Return claims with a column repeats: True for a repeat of one statement or event."""
    return rows.assign(repeats=rows["same_statement"].notna() & rows.duplicated("same_statement"))


def number_axis(axis: Axis, unit: str) -> None:
    """Let an axis show about four whole numbers and the name of their unit."""
    axis.set_major_locator(MaxNLocator(4, integer=True, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(lambda number, _: bounds.number(number))
    axis.set_label_text(_PLURALS.get(unit, f"{unit}s"))


def has_position(claim: Claim) -> bool:
    """Return True for a claim that has a place on an axis: a number, or none."""
    return not pd.isna(claim["value"]) or claim["bound"] == "none"


def drawn_as(claim: Claim) -> str:
    """Return the bound that the mark of a claim shows: its own; just_below for "nearly 40", no ceiling."""
    return "just_below" if is_just_below(claim) else claim["bound"]


def _label(claim: Claim, with_measure: bool) -> str:
    """Return who states a claim, where and as of when, in lines of text."""
    line = f"{claim['short']}, {sentences.when(claim['published'])}"
    if claim["voice"] == "reports":
        who = "Nobody named" if pd.isna(claim["speaker"]) else claim["speaker_short"]
        line = f"{who}, in {line}"
    if sentences.is_computed(claim):
        line = f"Computed from: {line}"
    if claim["date_basis"] != "published":
        line += f"; {sentences.as_of(claim)}"
    parts = [claim["label"] if with_measure else None, claim.get("about"), line]
    return textwrap.fill(": ".join(part for part in parts if not pd.isna(part)), 50)


def ends_of_axis(rows: pd.DataFrame, zero: bool) -> tuple[float, float]:
    """Return the ends of the axis: all printed numbers, with room for arrows and their words."""
    numbers = [float(n) for n in (*rows["value"].dropna(), *rows["value_to"].dropna())] or [0.0]
    least, most = min(numbers), max(numbers)
    if zero or least == most or rows["bound"].eq("none").any():
        least = 0.0
    room = (most - least) or 1.0
    return max(0.0, least - 0.75 * room), most + 0.30 * room


def _mark(chart: figure.Chart, claim: Claim, y: float, words_at: float) -> None:
    """Draw a claim with its number or words."""
    if not has_position(claim):
        _beside_axis(chart, claim, y, words_at)
        return
    shape, colour, _ = SPEAKERS[claim["speaker_kind"]]
    bound = drawn_as(claim)
    low, high = chart.axes.get_xlim()
    value = 0.0 if bound == "none" else float(claim["value"])
    lower = bound in ("at_least", "more_than")
    if bound == "between":
        chart.line("bar", value, float(claim["value_to"]), y, colour, linewidth=7)
    elif bound == "spread":
        ends = [value, float(claim["value_to"])]
        chart.line("spread", *ends, y, colour, linewidth=1.4)
        chart.points("tick", ends, y, colour, "|", s=70)
    else:
        if lower:
            chart.arrow(value, high, y, colour)
        elif bound in ("at_most", "less_than"):
            chart.arrow(value, low, y, colour)
        kind = "hollow" if bound in ("about", "just_below") or claim["repeats"] else "dot"
        chart.points(kind, [value], y, colour, shape, s=62, linewidth=1.6, zorder=3, clip_on=False)
    on_left = (value - low) > 0.42 * (high - low)
    offset, va, ha = ((-8, 0), "center", "right") if on_left else ((8, 0), "center", "left")
    if bound in ("between", "spread") or (lower and not on_left):
        offset, va, ha = (-4, 5), "bottom", "left"  # above the line
    chart.number(value, y, sentences.amount(claim), offset, va=va, ha=ha, fontsize=10, weight="bold")


def _beside_axis(chart: figure.Chart, claim: Claim, y: float, words_at: float) -> None:
    """Draw a word, or a ring where none is known, on the band beside the axis or in place of the axis."""
    text, on_band = sentences.amount(claim), words_at > 0.5
    style = {"va": "center", "ha": "center" if on_band else "left", "style": "italic"}
    if claim["bound"] == "none_known":
        colour = SPEAKERS[claim["speaker_kind"]][1]
        at = words_at - 0.087 if on_band else words_at
        ring = {"s": 50, "linewidth": 1.6, "clip_on": False, "transform": chart.across}
        chart.points("ring", [at], y, colour, **ring)
        chart.words("word", words_at + 0.018, y, text, fontsize=8, **style)
    else:
        text = textwrap.fill(text, 11) if on_band else text
        chart.words("word", words_at, y, text, fontsize=9.5, **style)


def _alternative(drawn: list[Claim]) -> str:
    """Return in words what is seen of each claim: its mark, its number or word, and who says so."""
    marks = [f"{_seen(claim)}, {sentences.counted(claim)}, {sentences.attribution(claim)}" for claim in drawn]
    return f"Chart of {sentences.count(len(drawn), 'claim')}, from top to bottom: {'; '.join(marks)}."


def _seen(claim: Claim) -> str:
    """Return the mark of a claim in words."""
    shape = figure.SHAPES[SPEAKERS[claim["speaker_kind"]][0]]
    if claim["repeats"]:
        shape = f"hollow {shape}, for a repeat of one statement,"
    return _SEEN.get(drawn_as(claim), "a word beside the axis, without a position").format(shape)


def with_key(rows: pd.DataFrame, caption: str) -> str:
    """Return the caption with a key of the shapes drawn."""
    kinds = [SPEAKERS[kind] for kind in rows["speaker_kind"].unique()]
    key = "; ".join(f"{figure.SHAPES[shape]}: {speaker}" for shape, _, speaker in kinds)
    repeats = rows["repeats"] & rows["value"].notna()
    hollow = " Hollow: a repeat of one statement or event." if repeats.any() else ""
    return f"{caption} {key[0].upper()}{key[1:]}.{hollow}"
