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
import json
import math
import re
import textwrap
from pathlib import Path

import matplotlib as mpl
import matplotlib.dates as mdates
import matplotlib.style
import pandas as pd
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import blended_transform_factory

from qantar import addresses
from qantar.presentation import sentences
from qantar.record import bounds

STYLE = Path(__file__).with_name("charts.mplstyle")
INK = "#010203"  # stands for the colour of the page's text: see qantar.mplstyle
WIDTH = 4.0  # inches; drawn for a phone, so that text stays readable when it is scaled down to 375 pixels
_LINE, _ROW, _FOOT, _HEAD = (
    0.16,
    0.46,
    0.46,
    0.08,
)  # inches: a line of text, a row of marks, the axis, the top
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
_SHAPES = {
    "s": "square",
    "D": "diamond",
    "o": "circle",
    "^": "triangle",
    "v": "triangle pointing down",
    "X": "cross",
}


def claims(rows, name, caption, zero=False):
    """Show claims as a chart, one row of marks per claim, in the order given.

    `rows` are claims as in `Record.of`, of one unit; `name` is the figure's id, `caption` a sentence in the words of the
    codebook without figures; `zero` begins the axis at nothing. Raises ValueError for no claims, and for claims of
    different units, which have no common axis.
    """
    if rows.empty:
        return _show_none(name, caption, "claims to draw; check the measures it asks for")
    if rows["unit"].nunique() > 1:
        raise ValueError(
            f"figure {name} mixes the units {', '.join(sorted(rows['unit'].unique()))}; draw one chart for each"
        )
    rows = rows.assign(repeats=rows["same_statement"].notna() & rows.duplicated("same_statement"))
    with mpl.rc_context():
        mpl.style.use(STYLE)
        figure, links = _draw(rows, zero)
        _show(figure, links, name, _caption(rows, caption), alternative(rows))


def small(rows):
    """Return claims as a small chart without labels, as the bytes of an SVG: the marks of `claims` one above another, for a card that says what they are.

    `rows` are claims as in `Record.of`, of one unit. The words beside it must tell what is drawn.
    """
    rows = rows.assign(repeats=False)
    with mpl.rc_context():
        mpl.style.use(STYLE)
        figure = Figure(figsize=(2.6, 0.26 * len(rows) + 0.12))
        FigureCanvasAgg(figure)
        ax = figure.add_axes((0.02, 0.04, 0.9, 0.92))
        ax.set_ylim(len(rows), 0)
        ax.set_xlim(*_axis(rows, zero=True))
        ax.axis("off")
        for n, (_, row) in enumerate(rows.iterrows()):
            _mark(ax, row, n + 0.5, 0.9, None)
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return (
        drawn.getvalue().replace(INK, "#767676").encode("utf-8")
    )  # one grey that can be read on light and on dark


def alternative(rows):
    """Return what a reader would see in the chart of these claims, as text: each mark, its shape, its words and who says so."""
    marks = "; ".join(
        f"{_seen(row)}, {sentences.counted(row)}, {sentences.attribution(row)}" for _, row in rows.iterrows()
    )
    return f"Chart of {sentences.count(len(rows), 'claim')}, from top to bottom: {marks}."


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
    hollow = (
        " Hollow: a repeat of one statement or event."
        if (rows["repeats"] & rows["value"].notna()).any()
        else ""
    )
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
        ax.xaxis.set_major_formatter(lambda x, _: bounds.number(x))
        ax.grid(axis="x", color=INK, alpha=0.12, linewidth=0.8)
        ax.set_axisbelow(True)
        ax.set_xlabel(_PLURALS.get(rows["unit"].iloc[0], f"{rows['unit'].iloc[0]}s"))
    else:
        ax.set_xticks([])
        ax.spines["bottom"].set_visible(False)
    if band and positioned:
        across = blended_transform_factory(figure.transFigure, ax.transData)
        ax.fill_between(
            [_BAND + 0.01, 0.995],
            0,
            tall_together,
            transform=across,
            color=INK,
            alpha=0.06,
            linewidth=0,
            clip_on=False,
        )
    links, top = {}, 0.0
    for (_, row), label, tall in zip(rows.iterrows(), labels, heights, strict=True):
        ax.text(
            0.03,
            top + 0.02,
            label,
            transform=blended_transform_factory(figure.transFigure, ax.transData),
            va="top",
            fontsize=9,
            alpha=0.85,
            parse_math=False,
        )
        address = _address(
            links,
            addresses.of_claim(row["theme"], row["claim_id"]),
            f"{sentences.counted(row)}: {sentences.attribution(row)}",
        )
        _mark(ax, row, top + tall - 0.2, (_BAND + 0.9975) / 2 if band and positioned else 0.06, address)
        top += tall
    return figure, links


def _label(claim, with_measure):
    who = "Nobody named" if pd.isna(claim["speaker"]) else claim["speaker_short"]
    line = (
        f"{who}, in {claim['short']}, {sentences.when(claim['published'])}"
        if claim["voice"] == "reports"
        else f"{claim['short']}, {sentences.when(claim['published'])}"
    )
    if sentences.is_computed(claim):
        line = f"Computed from: {line}"
    if claim["date_basis"] != "published":
        line += f"; {sentences.as_of(claim)}"
    head = [
        *([claim["label"]] if with_measure else []),
        *([] if pd.isna(claim.get("about")) else [claim["about"]]),
    ]
    return "\n".join(textwrap.wrap(": ".join([*head, line]), 50))


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
        text = (
            "\n".join(textwrap.wrap(sentences.amount(claim), 11))
            if beside_axis and bound != "none_known"
            else sentences.amount(claim)
        )
        if bound == "none_known":
            ring_x = word_x - 0.087 if beside_axis else word_x
            ring = ax.scatter(
                [ring_x],
                [y],
                s=50,
                marker="o",
                facecolor="none",
                edgecolor=colour,
                linewidth=1.6,
                transform=across,
                clip_on=False,
            )
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
        mark = ax.scatter(
            [value],
            [y],
            s=62,
            marker=shape,
            facecolor="none" if hollow else colour,
            edgecolor=colour,
            linewidth=1.6,
            zorder=3,
            clip_on=False,
        )
        mark.set_urls([address])
    left = (value - low) > 0.42 * (high - low)
    text = sentences.amount(claim)
    if bound in ("between", "spread") or (not left and bound in ("at_least", "more_than")):
        ax.annotate(
            text,
            (value, y),
            (-4, 5),
            textcoords="offset points",
            va="bottom",
            ha="left",
            fontsize=10,
            weight="bold",
        )
    else:
        ax.annotate(
            text,
            (value, y),
            (-8 if left else 8, 0),
            textcoords="offset points",
            va="center",
            ha="right" if left else "left",
            fontsize=10,
            weight="bold",
        )


# --- things ----------------------------------------------------------------------------------------------------------


def strip(rows, name, caption, covers=None):
    """Show dated things on a strip of time, one line of marks per row, in order of their last day.

    `rows` has the columns label, date (EDTF), date_first, date_last (datetime64, as in the clean tables; rows without a last day
    are left out and said so in the caption) and told_by. A day is a dot, a period a line between two ticks, an open date a line that ends at its last
    possible day. `covers` are sources (rows of clean sources) whose period is drawn as a band with its name: the reports are
    windows, not a series. Raises ValueError where no row has a day.
    """
    dated = rows[rows["date_last"].notna()].sort_values(["date_last", "label"], kind="stable")
    if dated.empty:
        return _show_none(name, caption, "row with a day to draw; check the rows")
    undated = len(rows) - len(dated)
    note = (
        f" {sentences.count(undated, 'row').capitalize()} without a day: not drawn, see the table."
        if undated
        else ""
    )
    covers = covers[covers["covers_last"].notna()] if covers is not None else dated.iloc[:0]
    with mpl.rc_context():
        mpl.style.use(STYLE)
        first = dated[["date_first", "date_last"]].min().min()
        last = dated["date_last"].max()
        room = (last - first) * 0.04 or pd.Timedelta(days=3)
        figure, ax, tops = _lines_of_marks(dated["label"], 0.2)
        ax.set_xlim(mdates.date2num(first - room), mdates.date2num(last + room))
        _time_axis(ax)
        for _, source in covers.iterrows():
            ax.axvspan(source["covers_first"], source["covers_last"], color=INK, alpha=0.06, linewidth=0)
        links = {}
        for row, y in zip(dated.itertuples(), tops, strict=True):
            _span(
                ax,
                row.date_first,
                row.date_last,
                y,
                _address(links, _page(row._asdict()), f"{row.label}: {sentences.when(row.date)}"),
            )
        bands = sentences.listed(
            f"{source['short']} covers {sentences.when(source['covers'])}" for _, source in covers.iterrows()
        )
        told = f" Grey: {bands}." if len(covers) else ""
        kind = f"Chart of {sentences.count(len(dated), 'line')} of marks on a strip of time, by last day"
        _show(figure, links, name, f"{caption}{told}{note}", kind, marks=True)


def _lines_of_marks(labels, mark):
    """Return a figure with a label line per row and room of `mark` inches for its marks below, the axes, and the marks' heights."""
    wrapped = ["\n".join(textwrap.wrap(label, 54)) for label in labels]
    heights = [_LINE * (label.count("\n") + 1) + mark for label in wrapped]
    tall = math.fsum(heights)
    height = tall + _HEAD + _FOOT
    figure = Figure(figsize=(WIDTH, height))
    FigureCanvasAgg(figure)
    ax = figure.add_axes((0.05, _FOOT / height, 0.9, tall / height))
    ax.set_ylim(tall, 0)
    ax.set_yticks([])
    ax.set_axisbelow(True)
    tops, top = [], 0.0
    across = blended_transform_factory(figure.transFigure, ax.transData)
    for label, high in zip(wrapped, heights, strict=True):
        ax.text(
            0.03, top + 0.01, label, transform=across, va="top", fontsize=8.5, alpha=0.9, parse_math=False
        )
        tops.append(top + high - mark / 2)
        top += high
    return figure, ax, tops


def _time_axis(ax):
    first, last = (mdates.num2date(end) for end in ax.get_xlim())
    months = 12 * (last.year - first.year) + last.month - first.month
    ax.xaxis.set_major_locator(mdates.MonthLocator(range(1, 13), interval=max(1, math.ceil(months / 4))))
    ax.xaxis.set_major_formatter(
        lambda day, _: sentences.when(f"{mdates.num2date(day):%Y-%m}").replace(" ", "\n")
    )
    ax.grid(axis="x", color=INK, alpha=0.12, linewidth=0.8)


# How a step of a charge is drawn: begun, before a court, decided, made another charge, ended.
_STEPS = {
    **dict.fromkeys(
        ("case_opened", "charged", "reopened", "reinstated"), ("o", "opened, charged or charged again")
    ),
    **dict.fromkeys(("sent_to_court", "trial_started"), ("^", "before a court")),
    **dict.fromkeys(("verdict", "appeal_decided"), ("s", "decided by a court")),
    "reclassified": ("D", "made another charge"),
    **dict.fromkeys(
        ("dropped", "closed", "amnesty_decided", "parole_decided"),
        ("X", "dropped, closed, amnestied or paroled"),
    ),
}


def courses(rows, steps, name, caption):
    """Show each charge as one line through time, a mark for each of its steps, and at the right, in words, what it became.

    `rows` has the columns charge_id, label, became (in words), became_charge_id and told_by; `steps` are those of `Record.courses` of
    the same charges. A mark stands on the last day on which the step can have been; a pale bar shows from when it can have
    been, a hollow mark that no first day is told. A charge that became another one drawn here is joined to it. Charges without
    a day are left out and said so in the caption. Raises ValueError where no step has a day.
    """
    steps = steps[steps["date_last"].notna() & steps["step"].isin(_STEPS)]
    drawn = rows[rows["charge_id"].isin(steps["charge_id"])]
    if drawn.empty:
        return _show_none(name, caption, "step with a day to draw; check the charges")
    undated = len(rows) - len(drawn)
    note = (
        f" {sentences.count(undated, 'charge').capitalize()} without a step that has a day: not drawn, see the table."
        if undated
        else ""
    )
    with mpl.rc_context():
        mpl.style.use(STYLE)
        figure, ax, tops = _lines_of_marks(drawn["label"], 0.38)
        ax.set_position((0.05, ax.get_position().y0, _BAND - 0.09, ax.get_position().height))
        first, last = steps["date_first"].fillna(steps["date_last"]).min(), steps["date_last"].max()
        room = (last - first) * 0.05 or pd.Timedelta(days=3)
        ax.set_xlim(mdates.date2num(first - room), mdates.date2num(last + room))
        _time_axis(ax)
        heights, links = dict(zip(drawn["charge_id"], tops, strict=True)), {}
        for row, y in zip(drawn.itertuples(), tops, strict=True):
            own = steps[steps["charge_id"] == row.charge_id]
            told = [f"{step.step.replace('_', ' ')} {sentences.when(step.date)}" for step in own.itertuples()]
            _course(
                ax,
                own,
                row.became,
                y,
                _address(links, _page(row._asdict()), f"{row.label}: {', then '.join(told)}; {row.became}"),
            )
            if row.became_charge_id in heights:
                day = own["date_last"].max()
                ax.plot(
                    [day, day],
                    [y, heights[row.became_charge_id]],
                    color="#0072B2",
                    linewidth=1,
                    linestyle=":",
                    zorder=1,
                )
        kinds = dict.fromkeys(_STEPS[step] for step in steps["step"])
        key = "; ".join(f"{_SHAPES[shape]}: {meaning}" for shape, meaning in kinds)
        pale = " A pale bar or a hollow mark: on a day in that time, or not later than that day."
        joined = (
            " Dotted: became the other charge." if drawn["became_charge_id"].isin(list(heights)).any() else ""
        )
        _show(
            figure,
            links,
            name,
            f"{caption} {key[0].upper()}{key[1:]}.{pale}{joined}{note}",
            f"Chart of {sentences.count(len(drawn), 'line')} through time, one a charge, with what it became",
            marks=True,
        )


def _course(ax, steps, became, y, address):
    """Draw the steps of one charge on a line, and at the right what it became."""
    days = steps["date_last"]
    ax.plot([days.min(), days.max()], [y, y], color="#0072B2", linewidth=1.2, zorder=1, url=address)
    for step in steps.itertuples():
        is_open = pd.isna(step.date_first)
        if not is_open and step.date_first < step.date_last:
            ax.plot(
                [step.date_first, step.date_last],
                [y, y],
                color="#0072B2",
                alpha=0.3,
                linewidth=7,
                solid_capstyle="butt",
                zorder=1,
            )
        mark = ax.scatter(
            [step.date_last],
            [y],
            s=38,
            marker=_STEPS[step.step][0],
            facecolor="white" if is_open else "#0072B2",
            edgecolor="#0072B2",
            zorder=3,
        )
        mark.set_urls([address])
    across = blended_transform_factory(ax.figure.transFigure, ax.transData)
    ax.text(
        _BAND - 0.02,
        y,
        "\n".join(textwrap.wrap(became, 12)),
        transform=across,
        va="center",
        fontsize=8,
        weight="bold",
        url=address,
        color=INK,
    )


def _span(ax, first, last, y, address, colour="#0072B2"):
    """Draw a day as a dot, a period as a line between two ticks, an open date as a line that ends at its last possible day."""
    if not pd.isna(first) and first == last:
        ax.scatter([last], [y], s=36, color=colour, zorder=3).set_urls([address])
        return
    start = mdates.num2date(ax.get_xlim()[0]).replace(tzinfo=None) if pd.isna(first) else first
    ax.plot([start, last], [y, y], color=colour, linewidth=2, url=address)
    ends = [last] if pd.isna(first) else [first, last]
    ax.scatter(ends, [y] * len(ends), s=50, marker="|", color=colour, linewidth=1.8, zorder=3).set_urls(
        [address] * len(ends)
    )


def matrix(rows, columns, name, caption):
    """Show which of several yes-or-nothing columns hold for each row: a dot where a source tells it, nothing where none does.

    `rows` has the columns label and told_by, and each of `columns` (boolean; missing is not reported, which is not no). Rows and
    columns without a dot are left out. Raises ValueError where nothing is left.
    """
    columns = [column for column in columns if rows[column].fillna(False).any()]
    rows = rows[rows[columns].fillna(False).any(axis=1)] if columns else rows.iloc[:0]
    if rows.empty:
        return _show_none(name, caption, "dot to draw; check the rows and columns")
    headings = [column.replace("_", " ") for column in columns]
    with mpl.rc_context():
        mpl.style.use(STYLE)
        figure, ax, tops = _lines_of_marks(rows["label"], 0.17)
        ax.set_xlim(-0.6, len(columns) - 0.4)
        ax.set_xticks(range(len(columns)), headings, rotation=90, fontsize=8)
        ax.grid(axis="x", color=INK, alpha=0.12, linewidth=0.8)
        tall = figure.get_figheight()
        figure.set_figheight(tall + 1.05)  # the headings below
        box = ax.get_position()
        ax.set_position(
            (box.x0, (_FOOT + 1.05) / (tall + 1.05), box.width, box.height * tall / (tall + 1.05))
        )
        links = {}
        for (_, row), y in zip(rows.iterrows(), tops, strict=True):
            held = [x for x, column in enumerate(columns) if not pd.isna(row[column]) and row[column]]
            address = _address(
                links, _page(row), f"{row['label']}: {sentences.listed(headings[x] for x in held)}"
            )
            ax.scatter(held, [y] * len(held), s=30, color="#0072B2", zorder=3).set_urls([address] * len(held))
        _show(
            figure,
            links,
            name,
            f"{caption} No dot: not reported.",
            f"Chart of dots, {sentences.count(len(rows), 'line')} of {sentences.count(len(columns), 'column')}, a dot where a source tells it",
            marks=True,
        )


def dots(rows, name, caption, unit):
    """Show a number of each of several people as dots, one dot a person, one line of dots per group.

    `rows` has the columns label, value (the number), people (how many) and told_by. No mean and no bars: a handful of chosen cases
    has none. Raises ValueError for no rows.
    """
    if rows.empty:
        return _show_none(name, caption, "dot to draw; check the rows")
    with mpl.rc_context():
        mpl.style.use(STYLE)
        figure, ax, tops = _lines_of_marks(rows["label"], 0.24)
        ax.set_xlim(0, float(rows["value"].max()) * 1.15)
        ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        ax.grid(axis="x", color=INK, alpha=0.12, linewidth=0.8)
        ax.set_xlabel(unit)
        links = {}
        step = float(rows["value"].max()) * 0.035
        for row, y in zip(rows.itertuples(), tops, strict=True):
            people, value = int(row.people), float(row.value)
            address = _address(
                links,
                _page(row._asdict()),
                f"{row.label}: {sentences.count(people, 'person', 'people')} at {bounds.number(value)} {unit}",
            )
            places = [value + step * (k - (people - 1) / 2) for k in range(people)]
            ax.scatter(places, [y] * people, s=40, color="#0072B2", zorder=3, clip_on=False).set_urls(
                [address] * people
            )
            ax.annotate(
                bounds.number(value),
                (max(places), y),
                (9, 0),
                textcoords="offset points",
                va="center",
                fontsize=9.5,
                weight="bold",
            )
        beside = (
            " Dots of one group stand side by side around their number." if (rows["people"] > 1).any() else ""
        )
        _show(
            figure,
            links,
            name,
            f"{caption} One dot is one person in one case.{beside}",
            f"Chart of dots, one a person, a line for each of {sentences.count(len(rows), 'group')}",
            marks=True,
        )


def places(rows, name, caption):
    """Show places on a map of Kazakhstan, a point with its name and how many rows are of it; a whole country is no point.

    `rows` has the columns place_id, name, kind (of the place), lat, lon and told_by. No point is no report. The outlines are regions as before 2018
    (Natural Earth, public domain): no region is shaded, since the reports count by city. Raises ValueError where no row has a point.
    """
    rows = rows[rows["kind"] != "country"].dropna(subset=["lat", "lon"])
    if rows.empty:
        return _show_none(name, caption, "point to draw; check the rows")
    rows = rows.assign(page=[_page(row) for _, row in rows.iterrows()])
    counted = (
        rows.groupby(["place_id", "name", "lat", "lon"], sort=True)
        .agg(n=("told_by", "size"), page=("page", "first"))
        .reset_index()
    )
    counted = counted.sort_values(["n", "name"], ascending=[False, True], kind="stable")
    with mpl.rc_context():
        mpl.style.use(STYLE)
        figure = Figure(figsize=(WIDTH, 2.9))
        FigureCanvasAgg(figure)
        ax = figure.add_axes((0.01, 0.01, 0.98, 0.98))
        for line in _outlines():
            ax.plot(*zip(*line, strict=True), color=INK, alpha=0.35, linewidth=0.6)
        ax.set_aspect(1 / math.cos(math.radians(48)))
        ax.axis("off")
        links = {}
        for row in counted.itertuples():
            address = _address(links, _page(row._asdict()), f"{row.name}: {row.n}")
            ax.scatter([row.lon], [row.lat], s=34, color="#D55E00", zorder=3).set_urls([address])
            east = (counted["lon"] - row.lon)[
                (counted["lat"] - row.lat).abs().lt(1) & (counted["lon"] > row.lon)
            ]
            below = east.lt(3).any()  # of two cities side by side, the western one has its name below
            left = row.lon > 80 or (
                row.lon > 60 and east.between(3, 8).any()
            )  # the name would run into the next city
            beside = (-5 if left else 5, -11 if below else 3)
            ax.annotate(
                f"{row.name} {row.n}",
                (row.lon, row.lat),
                beside,
                textcoords="offset points",
                fontsize=8,
                ha="right" if left else "left",
            )
        outlines = "Outlines: regions as before 2018, Natural Earth. No point is no report."
        _show(
            figure,
            links,
            name,
            f"{caption} {outlines}",
            f"Chart of {sentences.count(len(counted), 'point')} on a map of Kazakhstan, with how many rows tell of each",
            marks=True,
        )


def _outlines():
    """Yield the outlines of the regions as lists of (longitude, latitude)."""
    drawn = json.loads(Path(__file__).with_name("kazakhstan_regions.geojson").read_text(encoding="utf-8"))
    for feature in drawn["features"]:
        shape = feature["geometry"]
        for polygon in shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]:
            yield from polygon


def _address(links, page, label):
    """Add the link of a mark to `links`: a reference page with the place on it, and what the mark says; return the address that stands for it until
    the figure is written."""
    address = f"https://qantar.invalid/{len(links)}"
    links[address] = (addresses.html(page), label)
    return address


def _page(row):
    """Return the reference page of a thing, with its place on it: its own where `rows` say which, else that of the first source that tells it."""
    return (
        row["page"]
        if isinstance(row.get("page"), str)
        else addresses.of_row("sources", row["told_by"].split("; ")[0])
    )


def _show_none(name, caption, lacking):
    """Show an empty frame that says that nothing is drawn, in an edition (PRINTED_BY); of the whole record that is a mistake: raise ValueError, a sentence."""
    with mpl.rc_context():
        mpl.style.use(STYLE)
        figure = Figure(figsize=(WIDTH, 0.6))
        FigureCanvasAgg(figure)
        ax = figure.add_axes((0.03, 0.05, 0.94, 0.9))
        ax.set(xticks=[], yticks=[])
        ax.text(
            0.5, 0.5, "nothing in these reports to draw", ha="center", va="center", fontsize=9, style="italic"
        )
        _show(figure, {}, name, caption, "Chart of nothing: these reports hold nothing to draw here.")


def _show(figure, links, name, caption, alt, marks=False):
    """Display a figure as HTML with inline SVG and as PNG, the same bytes on every run.

    `alt` says what a reader would see. With `marks`, what is seen at each mark is left to the names of the links: in the drawing each says its own,
    in the text they follow `alt` one after another.
    """
    told = f"{alt}: {'; '.join(label for _, label in links.values())}." if marks else alt
    alt = f"{alt}; each mark says what it is." if marks else alt
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    svg = drawn.getvalue()
    svg = svg[svg.index("<svg ") :].replace(INK, "currentColor")
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    for address, (target, label) in links.items():
        # xlink:href, since JupyterLab rewrites href and cannot do so in a drawing
        svg = svg.replace(
            f'<a xlink:href="{address}"',
            f'<a xlink:href="{html.escape(target)}" aria-label="{html.escape(label)}"',
        )
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
            "text/plain": f"{caption} {told}",
        },
        raw=True,
    )
