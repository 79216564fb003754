"""Charts with an axis of time: dated events on a strip, courses of charges, claims by day of printing."""

import math
import textwrap
from typing import Any

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes

from qantar import addresses
from qantar.presentation import sentences
from qantar.presentation.charts import claim_rows, figure

_FADE = 0.08  # the length of an open date, as a share of the axis: how long ago it may be is not known
_MONTHS_APART = (1, 2, 3, 4, 6)  # of ticks, so that each year has them in the same months; else years

# Shape and meaning of the steps of a charge.
_BEGUN, _ENDED = ("o", "opened, charged or charged again"), ("X", "dropped, closed, amnestied or paroled")
_STEPS = {
    **dict.fromkeys(("case_opened", "charged", "reopened", "reinstated"), _BEGUN),
    **dict.fromkeys(("sent_to_court", "trial_started", "hearing"), ("^", "before a court")),
    **dict.fromkeys(("verdict", "appeal_decided"), ("s", "decided by a court")),
    "reclassified": ("D", "made another charge"),
    **dict.fromkeys(("dropped", "closed", "amnesty_decided", "parole_decided"), _ENDED),
}


@figure.look
def strip(
    rows: pd.DataFrame, name: str, caption: str, covers: pd.DataFrame | None = None, ax: Axes | None = None
) -> figure.Chart:
    """Return a chart of dated events, a row of marks for each, in order of their last day.

    `rows` has the columns label, date (EDTF), date_first, date_last (datetime64), and page or told_by. A day
    is a dot, a period a line between two ticks, an open date a short line that fades in before its last
    possible day, but not before its `not_before` (datetime64, may be missing), where there is such a column.
    Rows without a last day are left out, and the caption counts them. `covers` are sources
    (rows of clean sources) whose periods are grey bands: reports are windows, not a series. A source that
    tells a row of another time has no band, and the caption says so.
    """
    dated = rows[rows["date_last"].notna()].sort_values(["date_last", "label"], kind="stable")
    if dated.empty:
        return figure.nothing(name, caption, ax)
    chart, heights = figure.labelled_rows(name, dated["label"], 0.2, ax)
    _time_axis(chart.axes, dated, room=0.04)
    windows = [] if covers is None else covers.dropna(subset="covers_last").to_dict("records")
    grey = {"color": figure.INK, "alpha": 0.06, "linewidth": 0}
    wider = [source for source in windows if _tells_of_other_days(source, dated)]
    windows = [source for source in windows if source not in wider]
    for source in windows:
        chart.axes.axvspan(source["covers_first"], source["covers_last"], **grey)
    for row, y in zip(dated.to_dict("records"), heights, strict=True):
        chart.link(figure.page_of(row), f"{row['label']}: {sentences.when(row['date'])}")
        _span(chart, row["date_first"], row["date_last"], row.get("not_before"), y)
    told = [
        f"{sentences.when(source['covers'])}, {source['short']}, {sentences.when(source['published'])}"
        for source in windows
    ]
    bands = f" Grey: {sentences.listed(told)}." if told else ""
    bands += "".join(
        f" {source['short']}, {sentences.when(source['published'])}, tells of more than the time that it is "
        f"about ({sentences.when(source['covers'])})."
        for source in wider
    )
    fades = any(mark.kind == "open" for mark in chart.marks)
    fading = " Fading: not later than its last day; how much earlier is not known." if fades else ""
    note = fading + figure.left_out(len(rows) - len(dated), "row", "without a day")
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
    note = figure.left_out(len(rows) - len(drawn), "charge", "without a step that has a day")
    alt = f"Chart of {sentences.count(len(drawn), 'line')} through time, one a charge, with what it became"
    return chart.finished(f"{caption} {key[0].upper()}{key[1:]}. {pale}{joins}{note}", alt)


@figure.look
def by_publication(
    rows: pd.DataFrame, name: str, caption: str, zero: bool = False, ax: Axes | None = None
) -> figure.Chart:
    """Return a chart of claims over the day on which they were printed, with their bounds.

    `rows` are claims as in `Record.claims_of`, of one unit; `zero` begins the axis at zero. A mark stands on
    the last possible day of publication, with an arrow up where the number may be higher and down where it
    may be lower; a range is a bar. No line joins marks: reports are no series. Claims without a number are
    left out, and the caption counts them. Raises ValueError as `claims` does, and for several measures: in
    order of time, counts of different things look like a rise or a fall.
    """
    if rows.empty:
        return figure.nothing(name, caption, ax)
    unit, rows = claim_rows.unit_of(rows, name), claim_rows.with_repeats(rows)
    if rows["measure_id"].nunique() > 1:
        measures = ", ".join(rows["measure_id"].unique())
        raise ValueError(f"figure {name} mixes the measures {measures} on one axis of time; draw each alone")
    drawn = rows[[claim_rows.has_position(claim) for claim in rows.to_dict("records")]]
    if drawn.empty:
        return figure.nothing(name, caption, ax)
    chart = figure.Chart(ax or figure.new_axes(3.0, (0.17, 0.16, 0.8, 0.8)), name)
    chart.axes.set_ylim(*claim_rows.ends_of_axis(drawn, zero))
    claim_rows.number_axis(chart.axes.yaxis, unit)
    days = {"date_first": drawn["published_first"], "date_last": drawn["published_last"]}
    _time_axis(chart.axes, drawn.assign(**days), room=0.12)
    for claim in drawn.to_dict("records"):
        address = addresses.of_claim(claim["theme"], claim["claim_id"])
        chart.link(address, f"{sentences.counted(claim)}: {sentences.attribution(claim)}")
        _upright(chart, claim)
    note = figure.left_out(len(rows) - len(drawn), "claim", "without a number")
    arrows = {"arrow-up": " Arrow up: may be higher.", "arrow-down": " Arrow down: may be lower."}
    key = "".join(words for kind, words in arrows.items() if kind in {mark.kind for mark in chart.marks})
    alt = f"Chart of {sentences.count(len(drawn), 'claim')} over the day of printing, with bounds"
    return chart.finished(f"{claim_rows.with_key(drawn, caption)}{key}{note}", alt)


def _upright(chart: figure.Chart, claim: dict[str, Any]) -> None:
    """Draw a claim on the day of its printing: its number, and what may be above or below it."""
    day, bound = claim["published_last"], claim_rows.drawn_as(claim)
    shape, colour, _ = claim_rows.SPEAKERS[claim["speaker_kind"]]
    value = 0.0 if bound == "none" else float(claim["value"])
    bottom, top = chart.axes.get_ylim()
    if bound in ("between", "spread"):
        chart.line("bar", day, day, value, colour, y_to=float(claim["value_to"]), linewidth=7)
    elif bound in ("at_least", "more_than"):
        chart.upright_arrow(day, value, top, colour)
    elif bound in ("at_most", "less_than"):
        chart.upright_arrow(day, value, bottom, colour)
    kind = "hollow" if bound in ("about", "just_below") or claim["repeats"] else "dot"
    if bound not in ("between", "spread"):
        chart.points(kind, [day], value, colour, shape, s=62, linewidth=1.6, zorder=3, clip_on=False)
    below = bound not in ("at_most", "less_than")  # where no arrow is
    offset, side = ((0, -7), "top") if below else ((0, 7), "bottom")
    chart.number(day, value, sentences.amount(claim), offset, va=side, ha="center", fontsize=9, weight="bold")


def _tells_of_other_days(source: dict[str, Any], dated: pd.DataFrame) -> bool:
    """Return True where a source tells a dated row that surely lies outside the period that it covers."""
    told = dated[dated["told_by"].str.split("; ").map(lambda ids: source["source_id"] in ids)]
    before, after = told["date_last"] < source["covers_first"], told["date_first"] > source["covers_last"]
    return bool((before | after).any())


def _span(chart: figure.Chart, first: Any, last: pd.Timestamp, not_before: Any, y: float) -> None:
    """Draw a day as a dot, a period as a line between two ticks, an open date as a line that fades in."""
    if first == last:
        chart.points("dot", [last], y, figure.BLUE, s=36, zorder=3)
        return
    if pd.isna(first):
        left, right = chart.axes.get_xlim()
        length = pd.Timedelta(days=_FADE * (right - left))
        if not pd.isna(not_before):
            length = min(length, last - not_before)
        for kind, share in (("open", 1), ("fade", 2 / 3), ("fade", 1 / 3)):
            chart.line(kind, last - share * length, last, y, figure.BLUE, linewidth=2, alpha=0.3)
    else:
        chart.line("line", first, last, y, figure.BLUE, linewidth=2)
    ends = [last] if pd.isna(first) else [first, last]
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
    apart = next((n for n in _MONTHS_APART if n >= months / 4), None)
    if apart:
        ax.xaxis.set_major_locator(mdates.MonthLocator(range(1, 13, apart)))
        ax.xaxis.set_major_formatter(_month)
    else:
        ax.xaxis.set_major_locator(mdates.YearLocator(math.ceil(months / 12 / 5)))
        ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))


def _month(day: float, _: int) -> str:
    return sentences.when(f"{mdates.num2date(day):%Y-%m}").replace(" ", "\n")
