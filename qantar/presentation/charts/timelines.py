"""Charts with an axis of time: dated things on a strip, and the course of charges."""

import math
import textwrap
from typing import Any

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes

from qantar.presentation import sentences
from qantar.presentation.charts import figure

# Shape and meaning of the steps of a charge.
_BEGUN, _ENDED = ("o", "opened, charged or charged again"), ("X", "dropped, closed, amnestied or paroled")
_STEPS = {
    **dict.fromkeys(("case_opened", "charged", "reopened", "reinstated"), _BEGUN),
    **dict.fromkeys(("sent_to_court", "trial_started"), ("^", "before a court")),
    **dict.fromkeys(("verdict", "appeal_decided"), ("s", "decided by a court")),
    "reclassified": ("D", "made another charge"),
    **dict.fromkeys(("dropped", "closed", "amnesty_decided", "parole_decided"), _ENDED),
}


@figure.look
def strip(
    rows: pd.DataFrame, name: str, caption: str, covers: pd.DataFrame | None = None, ax: Axes | None = None
) -> figure.Chart:
    """Return a chart of dated things, a row of marks for each, in order of their last day.

    `rows` has the columns label, date (EDTF), date_first, date_last (datetime64), and page or told_by. A day
    is a dot, a period a line between two ticks, an open date a line that ends at its last possible day. Rows
    without a last day are left out, and the caption counts them. `covers` are sources (rows of clean sources)
    whose periods are grey bands: reports are windows, not a series.
    """
    dated = rows[rows["date_last"].notna()].sort_values(["date_last", "label"], kind="stable")
    if dated.empty:
        return figure.nothing(name, caption, ax)
    chart, heights = figure.labelled_rows(name, dated["label"], 0.2, ax)
    _time_axis(chart.axes, dated, room=0.04)
    windows = [] if covers is None else covers.dropna(subset="covers_last").to_dict("records")
    grey = {"color": figure.INK, "alpha": 0.06, "linewidth": 0}
    for source in windows:
        chart.axes.axvspan(source["covers_first"], source["covers_last"], **grey)
    for row, y in zip(dated.to_dict("records"), heights, strict=True):
        chart.link(figure.page_of(row), f"{row['label']}: {sentences.when(row['date'])}")
        _span(chart, row["date_first"], row["date_last"], y)
    told = [f"{source['short']} covers {sentences.when(source['covers'])}" for source in windows]
    bands = f" Grey: {sentences.listed(told)}." if told else ""
    note = _left_out(len(rows) - len(dated), "row", "without a day")
    alt = f"Chart of {sentences.count(len(dated), 'line')} of marks on a strip of time, by last day"
    return chart.finished(f"{caption}{bands}{note}", alt)


@figure.look
def courses(
    rows: pd.DataFrame, steps: pd.DataFrame, name: str, caption: str, ax: Axes | None = None
) -> figure.Chart:
    """Return a chart of charges, each a line through time with a mark for each step, and what it became.

    `rows` has the columns charge_id, label, became (in words), became_charge_id, and page or told_by; `steps`
    are those of `views.steps_of_charges` of the same charges. A mark stands on the last possible day of its
    step. A pale bar covers all possible days; the mark is hollow where no first day is known. A dotted line
    joins a charge to the drawn one that it became. Charges without a dated step are left out and counted.
    """
    steps = steps[steps["date_last"].notna() & steps["step"].isin(_STEPS)]
    drawn = rows[rows["charge_id"].isin(steps["charge_id"])]
    if drawn.empty:
        return figure.nothing(name, caption, ax)
    chart, heights = figure.labelled_rows(name, drawn["label"], 0.38, ax, width=figure.BAND - 0.09)
    _time_axis(chart.axes, steps, room=0.05)
    y_of = dict(zip(drawn["charge_id"], heights, strict=True))
    for row in drawn.to_dict("records"):
        own = steps[steps["charge_id"] == row["charge_id"]].to_dict("records")
        told = [f"{step['step'].replace('_', ' ')} {sentences.when(step['date'])}" for step in own]
        chart.link(figure.page_of(row), f"{row['label']}: {', then '.join(told)}; {row['became']}")
        y, other = y_of[row["charge_id"]], row["became_charge_id"]
        _course(chart, own, row["became"], y)
        if other in y_of:
            last = max(step["date_last"] for step in own)
            dotted = {"y_to": y_of[other], "linewidth": 1, "linestyle": ":", "zorder": 1, "url": None}
            chart.line("join", last, last, y, figure.BLUE, **dotted)
    kinds = dict.fromkeys(_STEPS[step] for step in steps["step"])
    key = "; ".join(f"{figure.SHAPES[shape]}: {meaning}" for shape, meaning in kinds)
    pale = "A pale bar or a hollow mark: on a day in that time, or not later than that day."
    joined = any(mark.kind == "join" for mark in chart.marks)
    joins = " Dotted: became the other charge." if joined else ""
    note = _left_out(len(rows) - len(drawn), "charge", "without a step that has a day")
    alt = f"Chart of {sentences.count(len(drawn), 'line')} through time, one a charge, with what it became"
    return chart.finished(f"{caption} {key[0].upper()}{key[1:]}. {pale}{joins}{note}", alt)


def _span(chart: figure.Chart, first: pd.Timestamp, last: pd.Timestamp, y: float) -> None:
    """Draw a day as a dot, a period as a line between two ticks, an open date as a line that ends in one."""
    if first == last:
        chart.points("dot", [last], y, figure.BLUE, s=36, zorder=3)
        return
    kind, start, ends = "line", first, [first, last]
    if pd.isna(first):
        begin = mdates.num2date(chart.axes.get_xlim()[0]).replace(tzinfo=None)
        kind, start, ends = "open", begin, [last]
    chart.line(kind, start, last, y, figure.BLUE, linewidth=2)
    chart.points("tick", ends, y, figure.BLUE, "|", s=50, linewidth=1.8, zorder=3)


def _course(chart: figure.Chart, steps: list[dict[str, Any]], became: str, y: float) -> None:
    """Draw the steps of one charge on a line, and at the right what it became."""
    days = [step["date_last"] for step in steps]
    chart.line("line", min(days), max(days), y, figure.BLUE, linewidth=1.2, zorder=1)
    pale = {"alpha": 0.3, "linewidth": 7, "solid_capstyle": "butt", "zorder": 1, "url": None}
    for step in steps:
        first, last, shape = step["date_first"], step["date_last"], _STEPS[step["step"]][0]
        if first < last:  # never where no first day is known
            chart.line("bar", first, last, y, figure.BLUE, **pale)
        paint = {"kind": "hollow", "fill": "white"} if pd.isna(first) else {"kind": "dot"}
        chart.points(xs=[last], y=y, colour=figure.BLUE, shape=shape, s=38, zorder=3, **paint)
    style = {"va": "center", "fontsize": 8, "weight": "bold"}
    chart.words("word", figure.BAND - 0.02, y, textwrap.fill(became, 12), **style)


def _time_axis(ax: Axes, dated: pd.DataFrame, room: float) -> None:
    """Let the axis span all dates with `room` beside them, as a share; three days where they are one day."""
    first, last = dated[["date_first", "date_last"]].min().min(), dated["date_last"].max()
    beside = (last - first) * room or pd.Timedelta(days=3)
    first, last = first - beside, last + beside
    ax.set_xlim(mdates.date2num(first), mdates.date2num(last))
    months = 12 * (last.year - first.year) + last.month - first.month
    interval = max(1, math.ceil(months / 4))
    ax.xaxis.set_major_locator(mdates.MonthLocator(range(1, 13), interval=interval))
    ax.xaxis.set_major_formatter(_month)


def _month(day: float, _: int) -> str:
    return sentences.when(f"{mdates.num2date(day):%Y-%m}").replace(" ", "\n")


def _left_out(n: int, one: str, why: str) -> str:
    """Return a sentence on the rows that have no place in a chart; empty where there are none."""
    return f" {sentences.count(n, one).capitalize()} {why}: not drawn, see the table." if n else ""
