"""The five questions of notebooks/explore.ipynb are answered in three lines, and rightly.

Their cells run as they stand in the notebook, on the frozen record and on the live one. What they should
give is computed from data/raw with csv alone.
"""

import ast
import calendar
import csv
from collections import Counter
from datetime import date
from pathlib import Path
from tempfile import mkdtemp

import pandas as pd
import pytest

import qantar
from qantar import paths, settings
from qantar.pipeline import notebooks

BOTH = pytest.mark.parametrize(
    "which", ["frozen", pytest.param("live", marks=pytest.mark.live)], indirect=True
)
CELLS = ("torture", "deaths-printed", "charged", "assemblies", "excel")


@pytest.fixture
def which(request, frozen):
    """The folder of a record: the frozen one or the live one."""
    return frozen if request.param == "frozen" else paths.DATA


def cell(name):
    (found,) = [c for c in notebooks.read_cached(paths.NOTEBOOKS / "explore.ipynb").cells if c.id == name]
    return found.source


def answers(name, data):
    """Run a cell of the notebook on the record of a folder; return what it shows, and its variables."""
    shown = []
    space = {"pd": pd, "qantar": qantar, "Path": Path, "mkdtemp": mkdtemp, "display": shown.append}
    space["record"] = qantar.load(data=data, edition=settings.WHOLE)
    parsed = ast.parse(cell(name))
    last = ast.Expression(parsed.body.pop().value)
    exec(compile(parsed, name, "exec"), space)
    return [*shown, eval(compile(last, name, "eval"), space)], space


def raw(data, table):
    with (data / "raw" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def on_torture(data):
    """Return the rows of claims.csv whose measure is of the theme torture."""
    measures = {row["measure_id"] for row in raw(data, "measures") if row["theme"] == "torture"}
    return [row for row in raw(data, "claims") if row["measure_id"] in measures]


@pytest.mark.parametrize("name", CELLS)
def test_each_question_takes_at_most_three_lines(name):
    assert len(cell(name).splitlines()) <= 3


@BOTH
def test_figures_on_torture_with_who_says_so(which):
    (shown,), _ = answers("torture", which)
    short = {row["organisation_id"]: row["short"] for row in raw(which, "organisations")}
    expected = [
        (short.get(row["speaker"], "nobody named"), row["source_id"], row["value"] and float(row["value"]))
        for row in on_torture(which)
    ]
    assert Counter(zip(shown["said_by"], shown["source_id"], strict=True)) == Counter(
        (who, source) for who, source, _ in expected
    )
    numbers = Counter(shown["figure"].str.extract(r"^(?:\D* )?([\d,]+)")[0].dropna().str.replace(",", ""))
    assert numbers == Counter(f"{value:g}" for _, _, value in expected if value)


@BOTH
def test_deaths_over_the_day_of_printing_with_bounds(which):
    (chart,), _ = answers("deaths-printed", which)
    published = {row["source_id"]: row["published"] for row in raw(which, "sources")}
    expected = set()
    for row in raw(which, "claims"):
        if row["measure_id"] == "deaths_total" and row["value"]:
            up = row["bound"] in ("at_least", "more_than")
            expected.add((last_day(published[row["source_id"]]), float(row["value"]), up))
    up = {(mark.x.date(), mark.y) for mark in chart.marks if mark.kind == "arrow-up"}
    dots = {(mark.x.date(), mark.y) for mark in chart.marks if mark.kind in ("dot", "hollow")}
    assert {(*dot, dot in up) for dot in dots} == expected
    top = chart.axes.get_ylim()[1]
    assert all(mark.y_to == top > mark.y for mark in chart.marks if mark.kind == "arrow-up")


def last_day(edtf):
    year, month, *day = (int(part) for part in edtf.split("-"))
    return date(year, month, day[0] if day else calendar.monthrange(year, month)[1])


DECIDES = {
    *("case_opened", "charged", "reclassified", "reinstated", "dropped", "closed", "sent_to_court"),
    *("trial_started", "verdict", "appeal_decided", "amnesty_decided", "suspended", "reopened", "penalised"),
}


@BOTH
def test_everybody_charged_under_article_274_with_the_latest_state(which):
    _, space = answers("charged", which)
    charged = space["charged"].set_index("charge_id")
    case_of = {row["party_id"]: row["case_id"] for row in raw(which, "parties")}
    expected = {}
    for charge in raw(which, "charges"):
        named = "false information" in charge["offence"].lower() and not charge["article_id"]
        if charge["article_id"] == "cc-274" or named:
            steps = [
                step
                for step in raw(which, "steps")
                if step["case_id"] == case_of[charge["party_id"]]
                and step["party_id"] in ("", charge["party_id"])
                and step["charge_id"] in ("", charge["charge_id"])
            ]
            if any(step["into_charge_id"] for step in steps):
                steps = steps[: 1 + max(n for n, step in enumerate(steps) if step["into_charge_id"])]
            decisions = [s for s in steps if s["step"] in DECIDES and s["outcome"] != "refused"]
            last = decisions[-1] if decisions else {"step": "", "outcome": ""}
            expected[charge["charge_id"]] = f"{last['step']} {last['outcome']}".strip()
    assert charged["became"].fillna("").to_dict() == expected
    printed = {row["charge_id"] for row in raw(which, "charges") if row["article_id"] == "cc-274"}
    assert set(charged.index[charged["article"] == "274"]) == printed <= set(expected)
    assert charged["article"].dropna().eq("274").all()
    assert set(charged["state"].dropna()) <= {"open", "convicted", "ended", "penalised", "not_told"}


@BOTH
def test_single_assemblies_by_month_and_permission(which):
    (counts, left_out), _ = answers("assemblies", which)
    expected, undated, others = Counter(), 0, 0
    for row in raw(which, "assemblies"):
        start, _, end = row["date"].partition("/")
        if row["level"] != "single":
            others += 1
        elif not start or start == "..":
            undated += 1
        else:
            months = dict.fromkeys(day[:7] for day in (start, end) if day)
            expected["/".join(months), row["permission"]] += 1
    found = {
        (month, permission): int(counts.loc[month, permission])
        for month in counts.index
        for permission in counts
    }
    assert {pair: n for pair, n in found.items() if n} == expected
    assert f"{others} series and general statements" in left_out
    assert not undated or f"{undated} without a first day" in left_out


@BOTH
def test_a_part_goes_to_excel_and_comes_back(which):
    pytest.importorskip("openpyxl")
    _, space = answers("excel", which)
    back = pd.read_excel(space["workbook"]).set_index("claim_id")
    expected = {row["claim_id"]: row for row in on_torture(which)}
    assert set(back.index) == set(expected)
    exact = [key for key, row in expected.items() if row["bound"] == "exact"]
    assert exact
    for key in exact:
        assert back.loc[key, "low"] == back.loc[key, "high"] == float(expected[key]["value"])
    assert pd.api.types.is_datetime64_any_dtype(back["as_of_last"])
    assert not any(isinstance(value, list | tuple) for value in back.to_numpy().ravel())
