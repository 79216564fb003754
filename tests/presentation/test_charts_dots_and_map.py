"""Charts of dots, and the map of places."""

import itertools

import pandas as pd
import pytest

from qantar.presentation import charts
from qantar.record import views


def drawn(chart, kind="dot"):
    return [(mark.x, mark.y) for mark in chart.marks if mark.kind == kind]


def words(chart, kind):
    return [mark.text for mark in chart.marks if mark.kind == kind]


def links(chart):
    return list(dict.fromkeys((mark.address, mark.label) for mark in chart.marks if mark.address))


def test_a_matrix_has_a_dot_in_each_column_that_holds():
    cells = [("Rally", True, None, True), ("Silence", None, False, None), ("Picket", None, None, True)]
    rows = pd.DataFrame(cells, columns=["label", "sent_home", "not_reported", "fined"])
    rows = rows.astype(dict.fromkeys(rows.columns[1:], "boolean")).assign(page="assemblies#a")
    chart = charts.matrix(rows, ["sent_home", "not_reported", "fined"], "figure", "A caption.")
    assert words(chart, "label") == ["Rally", "Picket"]
    assert [text.get_text() for text in chart.axes.get_xticklabels()] == ["sent home", "fined"]
    assert list(chart.axes.get_xticks()) == [0, 1]
    assert drawn(chart) == [(0, pytest.approx(0.245)), (1, 0.245), (1, pytest.approx(0.575))]
    assert links(chart) == [("assemblies#a", "Rally: sent home and fined"), ("assemblies#a", "Picket: fined")]
    assert chart.axes.get_xlim() == (-0.6, 1.6)
    assert chart.figure.get_figheight() == pytest.approx(2.25)
    assert chart.axes.get_position().bounds == pytest.approx((0.05, 1.51 / 2.25, 0.9, 0.66 / 2.25))
    assert chart.caption == "A caption. No dot: not reported."
    assert chart.alt.startswith("Chart of dots, two lines of two columns, a dot where a source tells it;")


def test_dots_are_one_a_person_and_those_of_a_group_share_their_number():
    cells = {"label": ["Two officers", "An activist"], "value": [4.0, 2.5], "people": [2, 1]}
    rows = pd.DataFrame({**cells, "told_by": "south-2023-03"})
    chart = charts.dots(rows, "figure", "A caption.", "years")
    assert drawn(chart) == [(4, pytest.approx(0.28)), (4, pytest.approx(0.38)), (2.5, pytest.approx(0.83))]
    points = [tuple(artist.get_offsets()[0]) for artist in chart.axes.collections]
    assert points == drawn(chart), "the dots stand where the marks say"
    assert words(chart, "number") == ["4", "2.5"]
    assert drawn(chart, "number") == [(4, pytest.approx(0.33)), (2.5, pytest.approx(0.83))]
    assert chart.axes.get_xlim() == pytest.approx((0, 4.6))
    assert chart.axes.get_xlabel() == "years"
    assert [label for _, label in links(chart)] == [
        "Two officers: two people at 4 years",
        "An activist: one person at 2.5 years",
    ]
    stacked = " Dots of one group stand above each other at their number."
    assert chart.caption == f"A caption. One dot is one person in one case.{stacked}"
    assert stacked not in charts.dots(rows.iloc[1:], "figure", "A caption.", "years").caption
    assert chart.alt.startswith("Chart of dots, one a person, a line for each of two groups;")


def test_dots_of_a_group_stay_between_its_label_and_the_next():
    rows = pd.DataFrame({"label": ["Five", "One"], "value": [3.0, 3.0], "people": [5, 1], "told_by": "x"})
    chart = charts.dots(rows, "figure", "A caption.", "years")
    labels = [mark.y for mark in chart.marks if mark.kind == "label"]
    ys = [y for _, y in drawn(chart)]
    assert labels[0] + 0.16 < min(ys[:5]) and max(ys[:5]) < labels[1] - 0.04
    assert {x for x, _ in drawn(chart)} == {3.0}


# Almaty and Kaskelen are neighbours; the names of Shymkent and Taraz would meet.
POINTS = {
    "Almaty": (43.24, 76.95),
    "Kaskelen": (43.2, 76.62),
    "Shymkent": (42.32, 69.6),
    "Taraz": (42.9, 71.37),
    "Semey": (50.41, 80.23),
    "Aktau": (43.65, 51.17),
}


def rows_of_places(points):
    rows = pd.DataFrame(points, columns=["name", "lat", "lon"])
    return rows.assign(place_id=rows["name"], page="assemblies#" + rows["name"], kind="city")


def test_places_are_points_with_their_name_and_number_of_rows():
    points = [*((name, *at) for name, at in POINTS.items()), ("Semey", *POINTS["Semey"])]
    rows = rows_of_places([*points, ("Kazakhstan", 48.0, 67.0), ("the south", None, None)])
    kinds = rows["kind"].mask(rows["name"].eq("Kazakhstan"), "country")
    chart = charts.places(rows.assign(kind=kinds), "figure", "A caption.")
    names = ["Semey", *sorted(set(POINTS) - {"Semey"})]
    assert words(chart, "number") == [f"{name} {2 if name == 'Semey' else 1}" for name in names]
    assert drawn(chart) == [POINTS[name][::-1] for name in names]
    assert links(chart)[:2] == [("assemblies#Semey", "Semey: 2"), ("assemblies#Aktau", "Aktau: 1")]
    assert chart.axes.get_aspect() == pytest.approx(1.4945, abs=1e-4)
    assert len(chart.axes.lines) > 10
    assert chart.caption.endswith("Outlines: regions as before 2018, Natural Earth. No point is no report.")
    assert chart.alt.startswith(
        "Chart of six points on a map of Kazakhstan, with how many rows tell of each;"
    )
    boxes = [text.get_window_extent() for text in chart.axes.texts]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    assert min(box.x0 for box in boxes) >= 0
    assert max(box.x1 for box in boxes) <= chart.figure.bbox.x1


@pytest.mark.parametrize(
    ("lon", "others", "offset", "side"),
    [
        (70, [], (5, 3), "left"),
        (70, [(45, 72)], (5, -11), "left"),
        (70, [(45, 68)], (5, 3), "left"),
        (70, [(46, 72)], (5, 3), "left"),
        (70, [(45, 73)], (-5, 3), "right"),
        (70, [(45, 78)], (-5, 3), "right"),
        (70, [(45, 78.5)], (5, 3), "left"),
        (60, [(45, 65)], (5, 3), "left"),
        (80, [], (5, 3), "left"),
        (80.5, [], (-5, 3), "right"),
    ],
)
def test_a_name_makes_room_for_the_places_east_of_it(lon, others, offset, side):
    points = [(f"Place {n}", *at) for n, at in enumerate([(45, lon), *others])]
    name = charts.places(rows_of_places(points), "figure", "A caption.").axes.texts[0]
    assert (name.get_text(), name.xyann, name.get_ha()) == ("Place 0 1", offset, side)


def test_a_number_of_dots_keeps_its_words_and_another_unit_is_not_drawn(wider_record):
    rows = views.sentences_of_parties(wider_record)
    hours = rows.query("kind == 'public_labour'")
    chart = charts.dots(hours, "figure", "A caption.", "hours")
    assert [mark.text for mark in chart.marks if mark.kind == "number"] == ["more than 100"]
    assert "not drawn" not in chart.caption
    mixed = rows[rows["unit"].isin(["year", "month"])]
    chart = charts.dots(mixed, "figure", "A caption.", "years")
    assert "One sentence in another unit: not drawn, see the table." in chart.caption
    assert charts.dots(rows.query("unit == 'KZT'"), "figure", "A caption.", "years").empty
