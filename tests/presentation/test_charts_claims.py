"""Charts of claims: which mark each bound gets, where it stands and what it says."""

import pandas as pd
import pytest
from matplotlib import colors
from matplotlib.collections import PathCollection, PolyCollection

from qantar.presentation import charts
from qantar.presentation.charts import claim_rows

N, S = "north-2022-05-", "south-2023-03-"


def draw(rows, **options):
    return charts.claims(rows, "figure", "A caption.", **{"zero": True, **options})


def marks(chart, *kinds):
    return [mark for mark in chart.marks if mark.kind in kinds]


# fmt: off
BOUNDS = [
    (N + "p3a", [("dot", 225, None)], "225", "a square, 225 deaths, "),
    (N + "p4a", [("arrow-right", 9000, 11700), ("dot", 9000, None)], "at least 9,000",
     "a square with an open arrow to the right, at least 9,000 "),
    (S + "p10g", [("arrow-right", 90, 117), ("dot", 90, None)], "over 90",
     "a diamond with an open arrow to the right, over 90 "),
    (N + "p7a", [("arrow-left", 15, 0), ("dot", 15, None)], "up to 15",
     "a triangle with an open arrow to the left, up to 15 "),
    (N + "p10k", [("arrow-left", 100, 0), ("dot", 100, None)], "fewer than 100",
     "a circle with an open arrow to the left, fewer than 100 "),
    (N + "p13a", [("bar", 3, 5)], "between 3 and 5", "a bar, between 3 and 5 "),
    (N + "p10e", [("spread", 3, 6), ("tick", 3, None), ("tick", 6, None)], "3 to 6",
     "a thin line between two ticks, 3 to 6 "),
    (N + "p4d", [("hollow", 600, None)], "an estimated 600", "a hollow cross, an estimated 600 "),
    (N + "p5e", [("hollow", 90, None)], "nearly 90 %", "a hollow circle, nearly 90 % "),
    (N + "p8b", [("dot", 0, None)], "no", "a circle at nothing, no "),
    (N + "p8a", [("ring", None, None)], "none known", "an empty ring beside the axis, no "),
    *((N + claim, [], word, "a word beside the axis, without a position, ") for claim, word in [
        ("p3f", "several"), ("p10b", "dozens"), ("p4e", "hundreds"), ("p3c", "thousands"), ("p4f", "many"),
        ("p4b", "most"), ("p3e", "higher"),
    ]),
]
LABELS = [
    ([N + "p3a"], {}, "Ministry of Order, in Northern Watch, 20 May 2022"),
    ([N + "p4d"], {}, "Nobody named, in Northern Watch, 20 May 2022"),
    ([N + "p5b"], {}, "Northern Watch, 20 May 2022"),
    ([N + "p5b"], {"computed": "300 - 140"}, "Computed from: Northern Watch, 20 May 2022"),
    ([N + "p3a", N + "p3b"], {}, "Deaths in total: Ministry of Order, in Northern Watch, 20 May 2022"),
    ([N + "p13b"], {},
     "Editor charged in her absence, Almaty: Northern Watch, 20 May 2022; in early May 2022"),
]
ENDS = [  # bound and value of each claim, with zero or not, and the ends of their axis
    ([("exact", 225, None), ("at_least", 240, None)], False, (213.75, 244.5)),
    ([("exact", 225, None), ("at_least", 240, None)], True, (0, 312)),
    ([("exact", 1, None), ("at_least", 101, None)], False, (0, 131)),
    ([("exact", 80, None)], False, (0, 104)),
    ([("none", None, None), ("exact", 80, None), ("exact", 100, None)], False, (0, 130)),
    ([("none", None, None)], False, (0, 0.3)),
    ([("between", 3, 5)], False, (1.5, 5.6)),
]
BESIDE = [  # where a number stands on an axis to 130: beyond 42 % of it, at the left of its mark
    (("exact", 50, None), (8, 0), "left", "center"),
    (("exact", 60, None), (-8, 0), "right", "center"),
    (("at_least", 50, None), (-4, 5), "left", "bottom"),
    (("more_than", 60, None), (-8, 0), "right", "center"),
    (("at_most", 50, None), (8, 0), "left", "center"),
    (("between", 60, 80), (-4, 5), "left", "bottom"),
    (("spread", 60, 80), (-4, 5), "left", "bottom"),
]
# fmt: on


def with_numbers(record, cells):
    """Claims that differ only in bound, value and value_to."""
    rows = pd.concat([record.claims_by_id(N + "p3a")] * len(cells), ignore_index=True)
    numbers = pd.DataFrame(cells, columns=["bound", "value", "value_to"])
    return rows.assign(**numbers.astype({"value": "Float64", "value_to": "Float64"}))


@pytest.mark.parametrize(("claim", "expected", "text", "seen"), BOUNDS)
def test_each_bound_has_its_mark_in_the_drawing_and_in_words(record, claim, expected, text, seen):
    chart = draw(record.claims_by_id(claim))
    label, *drawn, words = chart.marks
    assert [(mark.kind, mark.x, mark.x_to) for mark in drawn] == expected
    assert (label.kind, words.text) == ("label", text)
    assert words.kind == ("word" if expected in ([], [("ring", None, None)]) else "number")
    assert words.x == (expected[0][1] if expected else None)
    assert chart.alt.startswith(f"Chart of one claim, from top to bottom: {seen}")
    assert chart.text == f"{chart.caption} {chart.alt}"


def test_marks_are_what_the_artists_show(record):
    chart = draw(record.claims_by_id(N + "p3a", N + "p4d", N + "p6f", N + "p13a", S + "p10g"))
    points = [artist for artist in chart.axes.collections if isinstance(artist, PathCollection)]
    drawn = marks(chart, "dot", "hollow")
    assert [tuple(point.get_offsets()[0]) for point in points] == [(mark.x, mark.y) for mark in drawn]
    assert [len(point.get_facecolor()) for point in points] == [1, 0, 1, 1]
    edges = [colors.to_hex(point.get_edgecolor()[0]).upper() for point in points]
    assert edges == [mark.colour for mark in drawn] == ["#0072B2", "#7F7F7F", "#0072B2", "#CC79A7"]
    assert [mark.shape for mark in drawn] == ["s", "X", "s", "D"]
    lines = [[*map(float, line.get_xdata()), line.get_marker()] for line in chart.axes.lines]
    lines = [line for line in lines if line[:2] != [0, 1]]  # those that divide measures
    end = chart.axes.get_xlim()[1]
    assert lines == [[0, 50, "None"], [0, "<"], [3, 5, "None"], [90, end, "None"], [end, ">"]]
    assert [text.get_text() for text in chart.axes.texts] == [mark.text for mark in chart.marks if mark.text]


def test_rows_stand_in_the_order_given_below_their_labels(record):
    chart = draw(record.claims_by_id(N + "p3a", S + "p4a").iloc[::-1])
    labels = marks(chart, "label")
    assert labels[0].text == "Ministry of Order, in Southern Monitor, March\n2023; as of 1 February 2023"
    assert [mark.y for mark in labels] == pytest.approx([0.02, 0.80])
    assert [mark.y for mark in marks(chart, "dot")] == pytest.approx([0.58, 1.20])
    assert chart.axes.get_ylim() == pytest.approx((1.40, 0))
    assert all(line.get_visible() for line in chart.axes.xaxis.get_gridlines())
    assert list(chart.figure.get_size_inches()) == pytest.approx([4.0, 1.94])
    assert chart.axes.get_position().bounds == pytest.approx((0.03, 0.46 / 1.94, 0.94, 1.40 / 1.94))


def test_claims_of_one_measure_stand_together_and_a_line_divides_measures(record):
    rows = record.claims_by_id(N + "p3a", N + "p3b", S + "p4a", N + "p4d")
    chart = draw(rows)
    together = list(rows["measure_id"].map(list(rows["measure_id"].unique()).index).sort_values())
    drawn_in_order = [mark.address.split("#")[1] for mark in marks(chart, "dot", "hollow")]
    measures = rows.set_index("claim_id")["measure_id"]
    assert [list(measures.unique()).index(measures[claim]) for claim in drawn_in_order] == together
    assert drawn_in_order[:2] == [N + "p3a", S + "p4a"], "though another measure was printed between them"
    ys = [mark.y for mark in marks(chart, "dot", "hollow")]
    lines = [line.get_ydata()[0] for line in chart.axes.lines if list(line.get_xdata()) == [0, 1]]
    assert len(lines) == measures.nunique() - 1
    assert ys[1] < lines[0] < ys[2]
    assert chart.caption.endswith(" A line divides what is counted differently.")
    assert "A line divides" not in draw(rows.iloc[:1]).caption


@pytest.mark.parametrize(("claims", "changes", "label"), LABELS)
def test_a_label_says_who_where_and_when(record, claims, changes, label):
    chart = draw(record.claims_by_id(*claims).assign(**changes))
    assert chart.marks[0].text.replace("\n", " ") == label


@pytest.mark.parametrize(("cells", "zero", "ends"), ENDS)
def test_the_axis_has_room_for_arrows(record, cells, zero, ends):
    chart = draw(with_numbers(record, cells), zero=zero)
    assert chart.axes.get_xlim() == pytest.approx(ends)


@pytest.mark.parametrize(("cells", "offset", "ha", "va"), BESIDE)
def test_a_number_covers_no_line(record, cells, offset, ha, va):
    text = draw(with_numbers(record, [cells, ("exact", 100, None)])).axes.texts[1]
    assert (text.xyann, text.get_ha(), text.get_va()) == (offset, ha, va)
    cut = draw(with_numbers(record, [("exact", 225, None), ("exact", 240, None)]), zero=False)
    assert cut.axes.texts[1].xyann == (8, 0), "the axis begins at 213.75"


def test_words_stand_on_a_band_beside_the_axis(record):
    rows = record.claims_by_id(N + "p3a", N + "p3c", N + "p8a")
    chart = draw(rows.replace({"as_printed": {rows["as_printed"][1]: "several thousand people"}}))
    assert chart.axes.get_position().x1 == pytest.approx(0.78)
    (band,) = (artist for artist in chart.axes.collections if isinstance(artist, PolyCollection))
    height = chart.axes.get_ylim()[0]
    assert band.get_paths()[0].get_extents().extents == pytest.approx((0.79, 0, 0.995, height))
    word, none_known = (text for text in chart.axes.texts if text.get_style() == "italic")
    assert (word.get_text(), word.get_ha(), word.get_position()[0]) == (
        "several\nthousand",
        "center",
        0.88875,
    )
    assert none_known.get_position()[0] == pytest.approx(0.90675)
    ring = chart.axes.collections[-1]
    assert ring.get_offsets()[0][0] == pytest.approx(0.80175)
    assert len(ring.get_facecolor()) == 0


def test_words_alone_stand_in_place_of_an_axis(record):
    chart = draw(record.claims_by_id(N + "p3c", N + "p8a"))
    assert len(chart.axes.get_xticks()) == 0
    assert not chart.axes.spines["bottom"].get_visible()
    word, none_known = (text for text in chart.axes.texts if text.get_style() == "italic")
    assert (word.get_position()[0], word.get_ha()) == (0.06, "left")
    assert none_known.get_position()[0] == pytest.approx(0.078)
    assert chart.axes.collections[-1].get_offsets()[0][0] == pytest.approx(0.06)
    assert chart.figure.get_figheight() == pytest.approx(chart.axes.get_ylim()[0] + 0.13)


def test_the_axis_names_its_unit_in_the_plural(record):
    units = [
        draw(record.claims_by_id(claim)).axes.get_xlabel() for claim in (N + "p3a", S + "p10a", N + "p13b")
    ]
    assert units == ["people", "parties", "hours"]
    assert draw(record.claims_by_id(N + "p4a")).axes.xaxis.get_major_formatter()(12500, 0) == "12,500"


def test_a_repeat_of_a_statement_is_hollow_and_the_caption_says_so(record):
    chart = draw(record.claims_by_id(N + "p10d", S + "p8b"))
    assert [mark.kind for mark in marks(chart, "dot", "hollow")] == ["dot", "hollow"]
    key = "Circle: non-governmental organisation; triangle: media."
    assert chart.caption == f"A caption. {key} Hollow: a repeat of one statement or event."
    assert (
        "; a hollow triangle, for a repeat of one statement, with an open arrow to the right, at" in chart.alt
    )
    assert "Hollow" not in draw(record.claims_by_id(N + "p3a", N + "p10a")).caption


def test_each_mark_leads_to_its_claim_and_says_what_it_is(record):
    said = "225 deaths: the Ministry of Order, as printed by Northern Watch on 20 May 2022"
    led = {(mark.address, mark.label) for mark in draw(record.claims_by_id(N + "p3a")).marks}
    assert led == {("claims_casualties#north-2022-05-p3a", said)}


def test_claims_of_different_units_have_no_common_axis(record):
    with pytest.raises(ValueError, match="figure figure mixes the units complaint, person; draw one chart"):
        draw(record.claims_by_id(N + "p3a", N + "p5a"))


def test_the_small_chart_has_marks_in_grey_ink_and_no_labels(record):
    svg = charts.small(record.claims_by_id(N + "p3a", N + "p3c", N + "p4a")).decode()
    assert [words in svg for words in (">225<", ">thousands<", ">at least 9,000<", "#767676")] == [True] * 4
    assert [words in svg for words in ("Ministry", "#010203", "<a ")] == [False] * 3
    assert 'width="187.2pt" height="64.8pt"' in svg


@pytest.mark.parametrize("page", ["#ffffff", "#121212"])
def test_speakers_differ_by_shape_and_colour_with_a_contrast_of_three_to_one(page):
    def luminance(colour):
        channels = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colors.to_rgb(colour)
        ]
        return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))

    looks = {(shape, colour) for shape, colour, _ in claim_rows.SPEAKERS.values()}
    assert len({shape for shape, _ in looks}) == len(looks) == 6  # state and court look the same
    for _, colour in looks:
        dark, light = sorted([luminance(page), luminance(colour)])
        assert (light + 0.05) / (dark + 0.05) >= 3, colour


@pytest.mark.parametrize("claim", ["p4a", "p7a", "p13a", "p10e", "p8b"])
def test_every_line_of_a_claim_has_the_colour_of_its_speaker(record, claim):
    rows = record.claims_by_id(N + claim)
    colour = claim_rows.SPEAKERS[rows["speaker_kind"].iloc[0]][1].lower()
    assert {colors.to_hex(line.get_color()) for line in draw(rows).axes.lines} <= {colour}
