"""The map of places in Kazakhstan."""

import itertools
import json
import math
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from qantar.presentation import sentences
from qantar.presentation.charts import figure

_REGIONS = Path(__file__).with_name("kazakhstan_regions.geojson")


@figure.look
def places(rows: pd.DataFrame, name: str, caption: str, ax: Axes | None = None) -> figure.Chart:
    """Return a map with a point for each place, with its name and how many rows are of it.

    `rows` has the columns place_id, name, kind (of the place), lat, lon, and page or told_by. A country is no
    point. The outlines are regions as before 2018 (Natural Earth, public domain); none is shaded, since
    reports count by city.
    """
    rows = rows[rows["kind"] != "country"].dropna(subset=["lat", "lon"])
    if rows.empty:
        return figure.nothing(name, caption, ax)
    points = (
        rows.assign(page=[figure.page_of(row) for row in rows.to_dict("records")])
        .groupby(["place_id", "name", "lat", "lon"], as_index=False)
        .agg(n=("page", "size"), page=("page", "first"))
        .sort_values(["n", "name"], ascending=[False, True], kind="stable")
    )
    chart = figure.Chart(ax or figure.new_axes(2.9, (0.01, 0.01, 0.98, 0.98)), name)
    regions = json.loads(_REGIONS.read_text(encoding="utf-8"))["features"]
    polygons = itertools.chain.from_iterable(region["geometry"]["coordinates"] for region in regions)
    for line in itertools.chain.from_iterable(polygons):
        chart.axes.plot(*zip(*line, strict=True), color=figure.INK, alpha=0.35, linewidth=0.6)
    chart.axes.set_aspect(1 / math.cos(math.radians(48)))
    chart.axes.axis("off")
    for row in points.to_dict("records"):
        chart.link(row["page"], f"{row['name']}: {row['n']}")
        chart.points("dot", [row["lon"]], row["lat"], figure.VERMILION, s=34, zorder=3)
        offset, side = _name_position(row["lat"], row["lon"], points)
        chart.number(row["lon"], row["lat"], f"{row['name']} {row['n']}", offset, fontsize=8, ha=side)
    outlines = "Outlines: regions as before 2018, Natural Earth. No point is no report."
    counted = sentences.count(len(points), "point")
    alt = f"Chart of {counted} on a map of Kazakhstan, with how many rows tell of each"
    return chart.finished(f"{caption} {outlines}", alt)


def _name_position(lat: float, lon: float, points: pd.DataFrame) -> tuple[tuple[int, int], str]:
    """Return the offset (in points) and the side of a name, so that it covers no other and is on the map."""
    east = points["lon"][(points["lat"] - lat).abs().lt(1) & (points["lon"] > lon)] - lon
    below = east.lt(3).any()  # of two cities side by side, the western one has its name below
    left = lon > 80 or (lon > 60 and east.between(3, 8).any())
    return (-5 if left else 5, -11 if below else 3), "right" if left else "left"
