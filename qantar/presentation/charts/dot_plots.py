"""Charts of dots: which columns hold for each row, and one dot for each person."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from qantar.presentation import sentences
from qantar.presentation.charts import figure
from qantar.record import bounds

_HEADINGS = 1.05  # inches of the upright headings below a matrix
_APART = 0.1  # inches between two dots of one group, which stand above each other


@figure.look
def matrix(
    rows: pd.DataFrame, columns: list[str], name: str, caption: str, ax: Axes | None = None
) -> figure.Chart:
    """Return a chart with a dot where a column holds for a row.

    `rows` has the column label, page or told_by, and each of `columns` (boolean; a missing value is not
    reported, which is not no). Rows and columns without a dot are left out.
    """
    held = rows[columns].fillna(False).astype(bool)
    held = held.loc[held.any(axis=1), held.any(axis=0)]
    if held.empty:
        return figure.nothing(name, caption, ax)
    rows = rows.loc[held.index]
    headings = [column.replace("_", " ") for column in held]
    chart, heights = figure.labelled_rows(name, rows["label"], 0.17, ax, below=_HEADINGS)
    chart.axes.set_xlim(-0.6, len(headings) - 0.4)
    chart.axes.set_xticks(range(len(headings)), headings, rotation=90, fontsize=8)
    for row, holds, y in zip(rows.to_dict("records"), held.to_numpy(), heights, strict=True):
        xs = holds.nonzero()[0].tolist()
        chart.link(figure.page_of(row), f"{row['label']}: {sentences.listed(headings[x] for x in xs)}")
        chart.points("dot", xs, y, figure.BLUE, s=30, zorder=3)
    size = f"{sentences.count(len(rows), 'line')} of {sentences.count(len(headings), 'column')}"
    alt = f"Chart of dots, {size}, a dot where a source tells it"
    return chart.finished(f"{caption} No dot: not reported.", alt)


@figure.look
def dots(rows: pd.DataFrame, name: str, caption: str, unit: str, ax: Axes | None = None) -> figure.Chart:
    """Return a chart of a number of each of several people: a dot for each person, a row for each group.

    Dots of one group stand above each other at their number, so that each has the value that it shows.
    `rows` has the columns label, value (the number, in `unit`), people (how many), and page or told_by; where
    it has bound and as_printed too, the number is shown in its printed words. Rows whose column unit is
    another one are left out, and the caption counts them. There is no mean and no bar, since a handful of
    chosen cases has none.
    """
    given = len(rows)
    if "unit" in rows:
        rows = rows[rows["unit"].astype("str") + "s" == unit]
    if rows.empty:
        return figure.nothing(name, caption, ax)
    room = 0.14 + _APART * int(rows["people"].max())
    chart, heights = figure.labelled_rows(name, rows["label"], room, ax)
    most = float(rows["value"].max())
    chart.axes.set_xlim(0, most * 1.15)
    chart.axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    chart.axes.set_xlabel(unit)
    for row, y in zip(rows.to_dict("records"), heights, strict=True):
        people, value = int(row["people"]), float(row["value"])
        number = sentences.amount(row) if "bound" in row else bounds.number(value)
        told = f"{sentences.count(people, 'person', 'people')} at {number} {unit}"
        chart.link(figure.page_of(row), f"{row['label']}: {told}")
        for n in range(people):
            at = y + _APART * (n - (people - 1) / 2)
            chart.points("dot", [value], at, figure.BLUE, s=36, zorder=3, clip_on=False)
        chart.number(value, y, number, (9, 0), va="center", fontsize=9.5, weight="bold")
    several = (rows["people"] > 1).any()
    stacked = " Dots of one group stand above each other at their number." if several else ""
    other = figure.left_out(given - len(rows), "sentence", "in another unit")
    alt = f"Chart of dots, one a person, a line for each of {sentences.count(len(rows), 'group')}"
    return chart.finished(f"{caption} One dot is one person in one case.{stacked}{other}", alt)
