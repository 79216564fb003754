"""Charts with an axis of time: days, periods and open dates on a strip, and the courses of charges."""

import itertools

import pandas as pd
import pytest
from matplotlib import colors, dates
from matplotlib.figure import Figure

from qantar.presentation import charts
from qantar.presentation.charts import timelines
from qantar.record import views

day = pd.Timestamp


def drawn(chart, *kinds):
    return [(mark.kind, mark.x, mark.x_to) for mark in chart.marks if mark.kind in kinds]


def words(chart, kind):
    return [mark.text for mark in chart.marks if mark.kind == kind]


@pytest.fixture
def events():
    cells = [
        ("A period", "2022-03/2022-05", "2022-03-01", "2022-05-31", "cases#period"),
        ("A day", "2022-01-05", "2022-01-05", "2022-01-05", None),
        ("An open date", "../2022-02-20", None, "2022-02-20", "cases#open"),
        ("No date", None, None, None, None),
    ]
    rows = pd.DataFrame(cells, columns=["label", "date", "date_first", "date_last", "page"])
    days = {column: pd.to_datetime(rows[column]) for column in ("date_first", "date_last")}
    return rows.assign(told_by="north-2022-05; south-2023-03", **days)


def test_a_strip_draws_days_periods_and_open_dates_in_order_of_their_last_day(events):
    chart = charts.strip(events, "figure", "A caption.")
    assert words(chart, "label") == ["A day", "An open date", "A period"]
    assert drawn(chart, "dot", "tick", "line") == [
        ("dot", day("2022-01-05"), None),
        ("tick", day("2022-02-20"), None),
        ("line", day("2022-03-01"), day("2022-05-31")),
        ("tick", day("2022-03-01"), None),
        ("tick", day("2022-05-31"), None),
    ]
    fading = "Fading: not later than its last day; how much earlier is not known."
    assert chart.caption == f"A caption. {fading} One row without a day: not drawn, see the table."
    assert [mark.y for mark in chart.marks[:3]] == pytest.approx([0.01, 0.37, 0.73])
    assert [mark.y for mark in chart.marks if mark.kind == "tick"] == pytest.approx([0.62, 0.98, 0.98])


def test_an_open_date_fades_in_shortly_before_its_last_day_and_reaches_no_edge(events):
    chart = charts.strip(events, "figure", "A caption.")
    left, right = chart.axes.get_xlim()
    last = dates.date2num(day("2022-02-20"))
    begins = [dates.date2num(mark.x) for mark in chart.marks if mark.kind in ("open", "fade")]
    assert begins == pytest.approx([last - share * 0.08 * (right - left) for share in (1, 2 / 3, 1 / 3)])
    assert {mark.x_to for mark in chart.marks if mark.kind in ("open", "fade")} == {day("2022-02-20")}
    assert min(begins) > left + 0.05 * (right - left)
    assert {line.get_alpha() for line in chart.axes.lines if line.get_alpha()} >= {0.3}


def test_an_open_date_does_not_begin_before_what_it_is_about(events):
    rows = events.assign(not_before=[pd.NaT, pd.NaT, pd.Timestamp("2022-02-18"), pd.NaT])
    chart = charts.strip(rows, "figure", "A caption.")
    (begin,) = (mark.x for mark in chart.marks if mark.kind == "open")
    assert begin == day("2022-02-18")


def test_a_source_that_tells_of_other_days_has_no_grey_band(record, events):
    later = events["date_first"].mask(events["date_first"].notna(), pd.Timestamp("2022-05-02"))
    rows = events.assign(date_first=later, date_last=events["date_last"].mask(later.notna(), later))
    chart = charts.strip(rows, "figure", "A caption.", covers=record.sources)
    assert not chart.axes.patches
    more = "Northern Watch, 20 May 2022, tells of more than the time that it is about (1 January 2022 to 30 "
    assert more in chart.caption and "Grey" not in chart.caption


def test_each_mark_of_a_strip_says_its_day_and_leads_to_its_page_or_its_first_source(events):
    chart = charts.strip(events, "figure", "A caption.")
    links = dict.fromkeys((mark.address, mark.label) for mark in chart.marks if mark.address)
    assert list(links) == [
        ("sources#north-2022-05", "A day: 5 January 2022"),
        ("cases#open", "An open date: not later than 20 February 2022"),
        ("cases#period", "A period: March 2022 to May 2022"),
    ]
    what = "Chart of three lines of marks on a strip of time, by last day"
    assert chart.alt == f"{what}; each mark says what it is."
    assert chart.text == f"{chart.caption} {what}: {'; '.join(label for _, label in links)}."


def test_the_axis_of_time_has_room_at_both_ends_and_names_about_four_months(events):
    axes = charts.strip(events, "figure", "A caption.").axes
    first, last = dates.date2num(day("2022-01-05")), dates.date2num(day("2022-05-31"))
    assert axes.get_xlim() == pytest.approx((first - 146 * 0.04, last + 146 * 0.04))
    months = [f"{dates.num2date(tick):%Y-%m-%d}" for tick in axes.get_xticks()]
    assert months == ["2022-01-01", "2022-03-01", "2022-05-01"]
    assert axes.xaxis.get_major_formatter()(first, 0) == "January\n2022"
    one = charts.strip(events.iloc[1:2], "figure", "A caption.")
    assert one.axes.get_xlim() == (first - 3, first + 3)
    assert one.caption == "A caption."


def test_the_periods_of_reports_are_grey_bands(record, events):
    chart = charts.strip(events, "figure", "A caption.", covers=record.sources)
    (band,) = chart.axes.patches
    assert (band.get_x(), band.get_width()) == (dates.date2num(day("2022-01-01")), 119)
    grey = "Grey: 1 January 2022 to 30 April 2022, Northern Watch, 20 May 2022. "
    assert f"A caption. {grey}" in chart.caption


@pytest.fixture
def leader(record):
    """Three charges against one person, of which the first became the second, and their steps."""
    rows = views.events(record, "charges").query("party_id == 'leader'")
    steps = views.steps_of_charges(record, rows)
    return rows.assign(label=rows["offence"], became_charge_id=["leader-false", None, "not-drawn"]), steps


def test_a_charge_is_a_line_with_a_mark_on_the_last_possible_day_of_each_step(leader):
    chart = charts.courses(leader[0].iloc[:1], leader[1], "figure", "A caption.")
    assert drawn(chart, "line", "bar", "dot", "hollow") == [
        ("line", day("2022-02-20"), day("2023-01-31")),
        ("bar", day("2022-02-11"), day("2022-02-20")),
        ("dot", day("2022-02-20"), None),
        ("hollow", day("2022-05-31"), None),
        ("bar", day("2023-01-01"), day("2023-01-31")),
        ("dot", day("2023-01-31"), None),
    ]
    assert [mark.shape for mark in chart.marks if mark.kind in ("dot", "hollow")] == ["o", "D", "o"]
    faces = [colors.to_hex(artist.get_facecolor()[0]) for artist in chart.axes.collections]
    assert faces == ["#0072b2", "#ffffff", "#0072b2"]
    assert words(chart, "word") == ["reinstated"]
    assert chart.axes.texts[-1].get_position()[0] == pytest.approx(0.76)
    assert chart.axes.get_position().x1 == pytest.approx(0.74)
    first, last = dates.date2num(day("2022-02-11")), dates.date2num(day("2023-01-31"))
    assert chart.axes.get_xlim() == pytest.approx((first - 354 * 0.05, last + 354 * 0.05))


def test_a_step_of_one_day_has_no_pale_bar(leader):
    chart = charts.courses(leader[0], leader[1].query("step == 'trial_started'"), "figure", "A caption.")
    assert drawn(chart, "bar", "dot", "hollow") == [("dot", day("2022-06-07"), None)]


def test_a_charge_is_joined_to_the_drawn_charge_that_it_became(leader):
    chart = charts.courses(*leader, "figure", "A caption.")
    ys = [mark.y for mark in chart.marks if mark.kind == "line"]
    (join,) = (mark for mark in chart.marks if mark.kind == "join")
    assert (join.x, join.x_to, join.y, join.y_to) == (day("2023-01-31"), day("2023-01-31"), ys[0], ys[1])
    assert [list(line.get_ydata()) for line in chart.axes.lines if line.get_linestyle() == ":"] == [ys[:2]]
    assert chart.caption == (
        "A caption. Circle: opened, charged or charged again; diamond: made another charge;"
        " cross: dropped, closed, amnestied or paroled; triangle: before a court."
        " A pale bar or a hollow mark: on a day in that time, or not later than that day."
        " Dotted: became the other charge."
    )
    assert "Dotted" not in charts.courses(leader[0].iloc[1:], leader[1], "figure", "A caption.").caption


def test_a_charge_says_its_steps_in_words_and_those_without_a_dated_step_are_counted(leader):
    rows, steps = leader
    undated = steps["charge_id"].eq("leader-rules")
    steps = steps.assign(date_last=steps["date_last"].mask(undated))
    steps = steps.assign(step=steps["step"].mask(steps["charge_id"].eq("leader-riots"), "deferred"))
    chart = charts.courses(rows, steps, "figure", "A caption.")
    told = "charged mid February 2022, then dropped not later than 31 May 2022; dropped"
    links = {(mark.address, mark.label) for mark in chart.marks if mark.address}
    assert links == {("cases#leader-almaty", f"{rows['offence'].iloc[1]}: {told}")}
    assert chart.alt.startswith("Chart of one line through time, one a charge, with what it became;")
    assert chart.caption.endswith(" Two charges without a step that has a day: not drawn, see the table.")


def test_the_shape_of_a_step_says_what_it_is():
    steps = {}
    for step, (shape, _) in timelines._STEPS.items():
        steps.setdefault(shape, set()).add(step)
    assert steps == {
        "o": {"case_opened", "charged", "reopened", "reinstated"},
        "^": {"sent_to_court", "trial_started", "hearing"},
        "s": {"verdict", "appeal_decided"},
        "D": {"reclassified"},
        "X": {"dropped", "closed", "amnesty_decided", "parole_decided"},
    }


# First and last day, the months between two ticks, and the months in which they stand.
SPANS = [
    ("2022-01-10", "2022-04-20", 1, {2, 3, 4}),
    ("2022-01-10", "2022-06-20", 2, {3, 5}),
    ("2021-11-10", "2023-03-20", 4, {1, 5, 9}),
    ("2021-02-10", "2023-03-20", 0, {1}),
    ("2016-02-10", "2023-03-20", 0, {1}),
]


@pytest.mark.parametrize(("first", "last", "apart", "months"), SPANS)
def test_a_time_axis_has_its_ticks_in_the_same_months_of_each_year_or_at_years(first, last, apart, months):
    days = pd.to_datetime([first, last])
    ax = Figure().add_subplot()
    timelines._time_axis(ax, pd.DataFrame({"date_first": days, "date_last": days}), 0.0)
    ticks = [dates.num2date(tick) for tick in ax.get_xticks()]
    ticks = [tick for tick in ticks if days[0] <= tick.replace(tzinfo=None) <= days[1]]
    assert {tick.month for tick in ticks} == months
    assert {tick.day for tick in ticks} == {1}
    between = {12 * (b.year - a.year) + b.month - a.month for a, b in itertools.pairwise(ticks)}
    assert len(between) == 1 and (between == {apart} or (not apart and between.pop() % 12 == 0))


# --- claims by day of printing


def test_claims_stand_on_their_day_of_printing_with_their_bounds(record):
    rows = record.claims_of("deaths_total")
    chart = charts.by_publication(rows, "figure", "A caption.")
    top = chart.axes.get_ylim()[1]
    numbered = rows.dropna(subset="value")
    assert [(mark.x, mark.y) for mark in chart.marks if mark.kind in ("dot", "hollow")] == list(
        zip(numbered["published_last"], numbered["value"].astype(float), strict=True)
    )
    lower = numbered[numbered["bound"].isin(["at_least", "more_than"])]
    assert [(mark.x, mark.y, mark.y_to) for mark in chart.marks if mark.kind == "arrow-up"] == [
        (row.published_last, float(row.value), top) for row in lower.itertuples()
    ]
    assert len(lower) and "Arrow up: may be higher." in chart.caption
    assert {mark.address for mark in chart.marks} == {
        f"claims_casualties#{claim}" for claim in numbered["claim_id"]
    }
    assert chart.axes.get_ylabel() == "people"


@pytest.mark.parametrize(("bound", "kinds", "text"), [
    ("exact", ["dot", "number"], "7"), ("about", ["hollow", "number"], "about 7"),
    ("at_most", ["arrow-down", "dot", "number"], "at most 7"),
    ("between", ["bar", "number"], "between 7 and 9"),
])  # fmt: skip
def test_each_bound_has_a_mark_of_its_own_over_the_day_of_printing(record, bound, kinds, text):
    row = record.claims_by_id("north-2022-05-p3a").astype({"bound": "str"})
    row = row.assign(bound=bound, value=7, value_to=9 if bound == "between" else pd.NA)
    chart = charts.by_publication(row, "figure", "A caption.", zero=True)
    assert [mark.kind for mark in chart.marks] == kinds
    assert chart.marks[-1].text == text
    assert chart.axes.get_ylim()[0] == 0
    assert ("Arrow down: may be lower." in chart.caption) == (bound == "at_most")


def test_claims_without_a_number_are_counted_and_not_drawn(record):
    rows = record.claims_of("injured_total").assign(value=pd.NA, bound="many")
    assert charts.by_publication(rows, "figure", "A caption.").empty
    assert charts.by_publication(rows.iloc[:0], "figure", "A caption.").empty
    deaths = record.claims_of("deaths_total")
    deaths = pd.concat([deaths, deaths.tail(2).assign(value=pd.NA, bound="many")])
    caption = charts.by_publication(deaths, "figure", "A caption.").caption
    assert caption.endswith(" claims without a number: not drawn, see the table.")


def test_counts_of_different_things_are_refused_on_one_axis_of_time(record):
    rows = record.claims_of("deaths_total", "injured_total")
    with pytest.raises(
        ValueError, match="mixes the measures deaths_total, injured_total on one axis of time"
    ):
        charts.by_publication(rows, "figure", "A caption.")


@pytest.mark.parametrize("chart", [charts.claims, charts.by_publication])
def test_figures_in_few_columns_are_refused_with_the_call_that_has_all(record, chart):
    with pytest.raises(ValueError, match=r"hand over record.claims_of\(...\)"):
        chart(record.figures("deaths_total"), "figure", "A caption.")
    every = record.figures("deaths_total", columns="all")
    assert chart(every, "figure", "A.").text == chart(record.claims_of("deaths_total"), "figure", "A.").text
    with pytest.raises(ValueError, match="figure mixes the units percent, person"):
        chart(record.claims_of("deaths_total", "survey_torture_share"), "figure", "A caption.")


def test_nearly_is_no_ceiling_over_the_day_of_printing(record):
    chart = charts.by_publication(record.claims_by_id("north-2022-05-p5e"), "figure", "A caption.", zero=True)
    assert [(mark.kind, mark.text) for mark in chart.marks] == [("hollow", ""), ("number", "nearly 90 %")]
    assert "may be lower" not in chart.caption
