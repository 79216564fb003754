"""What may be set against each other, and what follows. Ids are those of tests/fixture/README.md."""

import pandas as pd
import pytest

from qantar.record import comparisons, load, query

DEATHS = ("north-2022-05-p3a", "south-2023-03-p4a")  # exactly 225; at least 240; of later days
DETAINED = ("north-2022-05-p4a", "south-2023-03-p4d")  # at least 9,000; fewer than 8,000; of one day
NA = pd.NA


def changed(record, table, *rows, **added):
    """Return the record with cells of a table changed: `rows` are (id, cells).

    `added` are rows to append, by their new id (with _ for -): (id of the row to copy, cells).
    """
    frame = getattr(record, table).copy()
    key = frame.columns[0]
    for new, (original, cells) in added.items():
        copy = frame[frame[key] == original].assign(**{key: new.replace("_", "-")}, **cells)
        frame = pd.concat([frame, copy], ignore_index=True)
    for row_id, cells in rows:
        for column, cell in cells.items():
            frame.loc[frame[key] == row_id, column] = cell
    return query.Record({**record._tables, table: frame}, record.edition)


def cells(frame, *columns):
    """Return the rows of a frame as tuples, empty cells as None."""
    rows = frame[list(columns)].astype(object)
    return [tuple(None if pd.isna(cell) else cell for cell in row) for row in rows.to_numpy().tolist()]


def days(first, last):
    return {"as_of_first": pd.to_datetime(first or None), "as_of_last": pd.to_datetime(last or None)}


# --- parts and wholes


@pytest.mark.parametrize(("whole", "part", "expected"), [
    ("torture_complaints_anticorruption", "torture_complaints_anticorruption_closed", [(80, 80, 328, 328)]),
    ("torture_complaints_ngo", "torture_complaints_ngo_closed_share", [(70, 100, 113, 160)]),
    ("detained_total", "released_without_charge", [(50, 100, 4501, None)]),            # "most"
    ("persons_charged", "persons_charged_broad_offences", [(None, None, 200, None)]),  # no firm bounds
    ("deaths_total", "deaths_officers", [(1700 / 225, 1700 / 225, 17, 17), (None, 1700 / 240, 17, 17)]),
    ("seats_party_lists", "seats_single_mandate", [(3500 / 65, 3500 / 65, 35, 35)]),   # of a share
    ("deaths_total", "injured_total", []),                                             # nothing declared
])  # fmt: skip
def test_a_part_is_told_as_a_share_and_as_a_number(record, whole, part, expected):
    seats = changed(record, "claims", ("south-2023-03-p10f", {"base_claim_id": "south-2023-03-p10e"}))
    pairs = comparisons.parts(seats, whole, part)
    assert cells(pairs, "share_low", "share_high", "count_low", "count_high") == expected
    assert set(pairs["measure_id"]) <= {part}
    assert set(pairs["measure_id_whole"]) <= {whole}


@pytest.mark.parametrize(("low", "high", "firm", "expected"), [
    (225, 225, True, ("exact", 208, None, 208, 208)), (225, 230, True, ("between", 208, 213, 208, 213)),
    (NA, 230, True, ("at_most", 213, None, None, 213)), (230, NA, True, ("at_least", 213, None, 213, None)),
    (NA, NA, True, ("unknown", *[None] * 4)), (225, 225, False, ("unknown", *[None] * 4)),
])  # fmt: skip
def test_a_residual_has_the_bounds_that_follow(record, low, high, firm, expected):
    whole = changed(record, "claims", (DEATHS[0], {"low": low, "high": high, "firm": firm}))
    rest = comparisons.remainder_claims(whole, "deaths_total", "deaths_officers", "deaths_not_officers")
    assert cells(rest, "bound", "value", "value_to", "low", "high")[0] == expected
    assert list(rest["claim_id"]) == list(DEATHS)


def test_a_residual_is_named_for_what_it_is(record):
    rest = comparisons.remainder_claims(record, "deaths_total", "deaths_officers", "deaths_not_officers")
    assert cells(rest, "measure_id", "label", "one", "many", "as_printed", "computed")[0] == (
        *("deaths_not_officers", "Deaths not counted as officers", "death not counted as an officer"),
        *("deaths not counted as officers", "225 people were killed"),
        "“225 people were killed” less “17 of them officers”",
    )
    assert rest["definition"][0].startswith("Computed, printed by no source")


N = "north-2022-05-p6"  # 80 investigations: 30 (b), 25 (c), 5 (d) and 20 (e)
ALL, BCD = f"{N}b; {N}c; {N}d; {N}e", f"{N}b; {N}c; {N}d"


@pytest.mark.parametrize(("table", "row", "changes", "expected"), [
    ("claims", f"{N}b", {}, [(ALL, 0, 0)]), ("claims", f"{N}e", {"unit": "person"}, [(BCD, 20, 20)]),
    ("claims", f"{N}e", {"bound": "spread"}, [(BCD, 20, 20)]), ("claims", f"{N}a", {"bound": "spread"}, []),
    ("claims", f"{N}a", {"high": NA}, [(ALL, 0, None)]),
    ("claims", f"{N}e", {"firm": False}, [(ALL, None, None)]),
    ("claims", f"{N}e", {"base_claim_id": NA}, [(BCD, 20, 20)]),
    ("claims", f"{N}e", {"measure_id": "investigations_274_ongoing"}, [(BCD, 20, 20), (f"{N}e", 60, 60)]),
    ("measures", "investigations_274_closed", {"disjoint_with": NA}, [(f"{N}e", 60, 60), (BCD, 20, 20)]),
])  # fmt: skip
def test_only_disjoint_parts_are_summed(record, table, row, changes, expected):
    left = comparisons.remainders(changed(record, table, (row, changes)))
    of_whole = left[left["claim_id"] == f"{N}a"]
    assert cells(of_whole, "parts", "low", "high") == expected
    assert set(of_whole["measure_id"]) <= {"investigations_274"}


# --- figures that exclude each other

PAIR = ["claim_id", "other_id", "dates"]


def test_figures_that_exclude_each_other_come_by_measure_and_publication(record):
    found = [
        ("detained_total", *DETAINED, "same"),
        ("permission_refusals", "north-2022-05-p11a", "south-2023-03-p8f", "fell"),
    ]
    assert cells(comparisons.conflicts(record), "measure_id", *PAIR) == found
    assert cells(comparisons.conflicts(record, "detained_total"), *PAIR) == [(*DETAINED, "same")]
    more = changed(
        *(record, "claims"),
        north_2022_05_p4x=(DETAINED[0], {"place_id": "almaty"}),
        north_2022_05_p4b2=(DETAINED[0], {"low": 9500}),
        south_2023_03_p4x=(DETAINED[1], {"place_id": "almaty"}),
    )
    found.insert(1, ("detained_total", "north-2022-05-p4b2", DETAINED[1], "same"))
    found.insert(2, ("detained_total", "north-2022-05-p4x", "south-2023-03-p4x", "same"))
    assert cells(comparisons.conflicts(more), "measure_id", *PAIR) == found


@pytest.mark.parametrize(("changes", "other", "conflict"), [
    ({}, {}, True), ({"modality": "estimated"}, {"modality": "estimated"}, True),
    ({"retracted": "yes"}, {}, False), ({}, {"retracted": "yes"}, False),
    ({"modality": "alleged"}, {}, False), ({}, {"modality": "expected"}, False),
    ({"place_id": NA}, {}, False), ({"place_id": NA}, {"place_id": NA}, True),
    ({"case_id": "a"}, {"case_id": "a"}, True), ({"case_id": "a"}, {"case_id": "b"}, False),
    ({"assembly_id": "a"}, {}, False), ({}, {"incident_id": "a"}, False),
    ({"place_id": "almaty"}, {}, False), ({"measure_id": "deaths_total"}, {}, False),
    ({"firm": False}, {}, False), ({"bound": "spread"}, {}, False),
    ({}, {"high": 9000}, False), ({}, {"high": 9000, "high_open": True}, True),  # they share 9,000, or not
    ({}, {"high": 9000, "low_open": True}, False), ({"low_open": True}, {"high": 9000}, True),
])  # fmt: skip
def test_claims_exclude_each_other_only_with_firm_bounds_of_one_thing(record, changes, other, conflict):
    claims = changed(record, "claims", (DETAINED[0], changes), (DETAINED[1], other))
    assert (DETAINED in cells(comparisons.conflicts(claims), *PAIR[:2])) is conflict


EARLY, LATE, OVERLAP = (
    ("2022-01-01", "2022-01-10"),
    ("2022-01-11", "2022-01-20"),
    ("2022-01-10", "2022-01-20"),
)


@pytest.mark.parametrize(("first", "second", "period", "dates"), [
    (EARLY, OVERLAP, "cumulative", "same"), (OVERLAP, EARLY, "cumulative", "same"),  # one day in common
    (EARLY, LATE, "cumulative", "fell"), (LATE, EARLY, "cumulative", None),  # lower, higher the day after
    (EARLY, LATE, "in_period", None), ((None, EARLY[1]), EARLY, "cumulative", "open"),
    ((EARLY[0], None), EARLY, "cumulative", "open"), (EARLY, (None, EARLY[1]), "cumulative", "open"),
    (EARLY, (EARLY[0], None), "in_period", "open"),
    # one end of each is enough to know that the days differ, and which is earlier
    ((None, EARLY[1]), LATE, "cumulative", "fell"), (LATE, (None, EARLY[1]), "cumulative", None),
    ((None, EARLY[1]), (LATE[0], None), "cumulative", "fell"), (EARLY, (LATE[0], None), "cumulative", "fell"),
    ((None, EARLY[1]), LATE, "in_period", None), ((None, EARLY[1]), OVERLAP, "cumulative", "open"),
    (LATE, (None, LATE[1]), "cumulative", "open"), ((None, None), EARLY, "cumulative", "open"),
])  # fmt: skip
@pytest.mark.parametrize(("higher", "lower"), [
    ({}, {}), ({"high": 9500}, {"low": 0}),
    ({"low": 8000, "high": 9000, "low_open": True}, {"low": 0, "high": 8000}),  # they touch and share nothing
])  # fmt: skip
def test_the_days_say_how_two_figures_exclude_each_other(record, first, second, period, dates, higher, lower):
    rows = [{**days(*first), **higher, "period": period}, {**days(*second), **lower, "period": period}]
    found = comparisons.conflicts(
        changed(record, "claims", *zip(DETAINED, rows, strict=True)), "detained_total"
    )
    assert cells(found, *PAIR) == ([(*DETAINED, dates)] if dates else [])


def test_none_by_december_and_two_in_february_are_a_count_that_rose(record):
    none_by_then = {"low": 0, "high": 0, "bound": "none", **days(None, "2022-12-08")}
    two = {"low": 2, "high": 2, **days("2023-02-01", "2023-02-10")}
    rose = changed(record, "claims", (DETAINED[0], none_by_then), (DETAINED[1], two))
    assert comparisons.conflicts(rose, "detained_total").empty
    turned = changed(record, "claims", (DETAINED[0], {**two, **days(None, "2022-12-08")}),
                     (DETAINED[1], {**none_by_then, **days("2023-02-01", "2023-02-10")}))  # fmt: skip
    assert list(comparisons.conflicts(turned, "detained_total")["dates"]) == ["fell"]


@pytest.mark.parametrize(("first", "second", "found"), [(EARLY, LATE, []), (LATE, EARLY, [("fell",)])])
def test_a_figure_without_a_lowest_number_can_grow_and_fall(record, first, second, found):
    rows = [{**days(*first), "low": NA, "high": 20}, {**days(*second), "low": 21, "high": NA}]
    claims = changed(record, "claims", *zip(DETAINED, rows, strict=True))
    assert cells(comparisons.conflicts(claims, "detained_total"), "dates") == found


MOST = ("north-2022-05-p4b", "north-2022-05-p4c")


@pytest.mark.parametrize(("changes", "other", "found"), [
    ({}, {}, True), ({"base_claim_id": DETAINED[1]}, {}, True),  # one measure, two sources
    ({"measure_id": "detained_admin_penalised"}, {}, False), ({"bound": "many"}, {}, False),
    ({"base_claim_id": NA}, {}, False), ({"base_claim_id": "north-2022-05-p4d"}, {}, False),
    ({"case_id": "a"}, {}, False), ({"assembly_id": "a"}, {"assembly_id": "a"}, True),
    ({}, {"incident_id": "a"}, False), ({"base_claim_id": NA}, {"base_claim_id": NA}, False),
])  # fmt: skip
def test_two_majorities_of_one_whole_are_found(record, changes, other, found):
    claims = changed(record, "claims", (MOST[0], changes), (MOST[1], other))
    assert cells(comparisons.majorities(claims), "claim_id", "other_id") == ([MOST] if found else [])


@pytest.mark.parametrize(("table", "changes", "found"), [
    ("claims", {}, True), ("claims", {"period": "stock"}, True), ("claims", {"period": "in_period"}, False),
    ("claims", {"date_basis": "inferred"}, False), ("claims", {"value": NA}, False),
    ("claims", days("2023-02-05", "2023-02-06"), True), ("claims", days("2023-02-06", "2023-02-10"), False),
    ("claims", days("2023-02-01", "2023-02-05"), False), ("claims", {"paragraph": 7}, False),
    ("claims", {"item": 1}, False), ("claims", {"source_id": "north-2022-05"}, False),
    ("steps", {"step": "appeal_decided"}, True), ("steps", {"step": "closed"}, True),
    ("steps", {"step": "charged"}, False), ("steps", {"date_first": pd.NaT}, False),
    ("steps", {"case_id": "officers-unnamed"}, False), ("mentions", {"table": "acts"}, False),
])  # fmt: skip
def test_a_figure_cannot_hold_for_a_period_in_which_its_case_was_decided(record, table, changes, found):
    row = {"claims": "south-2023-03-p6a", "steps": "officers-verdict", "mentions": "south-2023-03-p6m1"}[
        table
    ]
    twice = changed(record, "mentions", south_2023_03_p6m99=("south-2023-03-p6m1", {}))  # counts once
    inside = comparisons.within_its_period(
        changed(twice if table != "mentions" else record, table, (row, changes))
    )
    assert cells(inside, "claim_id", "step_id") == (
        [("south-2023-03-p6a", "officers-verdict")] if found else []
    )


# --- coverage and differences


@pytest.mark.parametrize(("measure", "north", "south"), [
    ("deaths_total", "firm", "firm"), ("participants", "firm", "about"),             # the firmest of several
    ("persons_charged", "about", "silent"), ("missing_persons", "vague", "silent"),
    ("officials_dismissed", "firm", "silent"), ("accountable_media_attacks", "none known", "silent"),
    ("media_workers_killed", "one told", "one told"), ("years_for_an_answer", "earlier", "firm"),
    ("trials_known", "earlier", "firm"), ("protest_minutes", "outside", "firm"),  # of no day; of a later day
])  # fmt: skip
def test_coverage_tells_figures_words_single_events_and_silence_apart(record, measure, north, south):
    coverage = comparisons.coverage(record)
    assert coverage.loc[measure].to_dict() == {"north-2022-05": north, "south-2023-03": south}
    assert "deaths_not_officers" not in coverage.index, "no source prints it"
    assert list(coverage.index[:3]) == ["deaths_total", "deaths_officers", "injured_total"]


@pytest.mark.parametrize(("measure", "source", "published", "how"), [
    ("protest_minutes", "north-2022-05", "2022-08-14", "outside"),
    ("protest_minutes", "north-2022-05", "2022-08-15", "silent"),
    ("trials_known", "north-2022-05", "2023-03-30", "earlier"),
    ("trials_known", "north-2022-05", "2023-03-31", "silent"),
    ("investigations_274_closed", "south-2023-03", "2022-05-01", "outside"),  # of no day, stated on 2 May
    ("investigations_274_closed", "south-2023-03", "2022-05-02", "silent"),
])  # fmt: skip
def test_a_source_is_silent_once_it_could_have_printed_a_figure(record, measure, source, published, how):
    moved = changed(record, "sources", (source, {"published_last": pd.Timestamp(published)}))
    assert comparisons.coverage(moved).loc[measure, source] == how


def test_a_source_that_was_read_in_part_is_never_silent(wider_record):
    part = comparisons.coverage(wider_record)["north-2022-11"]
    assert set(part) == {"firm", "part", "earlier", "outside"}
    assert part["people_prosecuted"] == "firm" and part["injured_total"] == "part"
    assert part["trials_known"] == "earlier"  # it could not print it, read in whole or not
    whole = changed(wider_record, "sources", ("north-2022-11", {"paragraphs_read": NA}))
    assert set(comparisons.coverage(whole)["north-2022-11"]) == {"firm", "silent", "earlier", "outside"}


def test_a_plain_quotation_excludes_other_figures_and_a_quotation_in_question_does_not(record):
    for modality, found in {"quotation": 1, "quoted": 0}.items():
        claims = changed(record, "claims", (DETAINED[0], {"modality": modality}))
        assert len(comparisons.conflicts(claims, "detained_total")) == found


@pytest.mark.parametrize(("changes", "how"), [
    ({}, "one told"), ({"value": 2}, "firm"), ({"bound": "exact"}, "firm"), ({"bound": "about"}, "about"),
])  # fmt: skip
def test_at_least_one_is_a_single_event_and_no_count(record, changes, how):
    claims = changed(record, "claims", ("south-2023-03-p4c", changes))
    assert comparisons.coverage(claims).loc["media_workers_killed", "south-2023-03"] == how


def test_a_difference_says_what_the_row_says_and_who_says_so(record):
    told = comparisons.differences(record)
    assert cells(told, "row_id", "value_here") == [
        *(
            ("internet-shutdown", "2022-01-05; ministry-of-order"),
            ("driver-shot", "2022-01-08; security_forces"),
        ),
        *(
            ("leader-detained", "2022-02-03"),
            ("messages-verdict", "2022-04-01"),
            ("blogger-fine", "900.0; EUR"),
        ),
        *(("semey-2022-02-20", "2022-02-20"), ("inquiry-rejected", "2022-03")),
    ]
    north = ("north-2022-05", "Northern Watch", "2022-05-20")
    assert list(told["where_here"])[:3] == [[], [(*north, [14])], [(*north, [13])]]
    assert cells(told, "short", "published", "agrees")[2] == ("Southern Monitor", "2023-03", "differs")
    named = comparisons.differences(record, "steps", "sentences")
    assert list(named["row_id"]) == ["leader-detained", "messages-verdict", "blogger-fine"]


@pytest.mark.parametrize(("row_id", "label"), [
    ("almaty-2022-01-05-fined", "Penalties over the rally of 5 January 2022 in Almaty: fined"),
    ("almaty-2022-01-05-force", "force used"), ("extremism-ban", "activity ban"),    # of no case, of no party
    ("leader-riots", "Leader of the Free Steppe party, Almaty: Organising riots"),
    ("cc-24", "Cited for the rules of a court"), ("death-kostanay", "Death of a bus driver in Kostanay"),
])  # fmt: skip
def test_the_heading_of_a_row_stands_after_that_of_its_case_or_party(record, row_id, label):
    mentions = record.mentions.copy()
    mentions.loc[mentions["row_id"] == row_id, ["agrees", "differs_on"]] = ["partly", "note"]
    told = comparisons.differences(query.Record({**record._tables, "mentions": mentions}))
    assert set(told.loc[told["row_id"] == row_id, "label"]) == {label}


def test_other_words_are_set_against_the_first_words_that_agree(record):
    other = changed(record, "mentions", ("south-2023-03-p7m10", {"differs_on": "wording; date"}))
    words = comparisons.differences(other, "steps")["value_here"]
    assert words.iloc[0] == "detained on 3 February 2022; 2022-02-03"
    silent = changed(other, "mentions", ("north-2022-05-p13m3", {"as_printed": NA}))
    assert comparisons.differences(silent, "steps")["value_here"].iloc[0] == "; 2022-02-03"


@pytest.mark.parametrize(("changes", "shown"), [
    ({}, False), ({"row_id": "curfew-ordered"}, True),              # whether another mention says more
    ({"agrees": "differs"}, True), ({"agrees": "differs", "differs_on": "on_case_id"}, False),
])  # fmt: skip
def test_as_of_a_day_what_the_row_leaves_open_too_is_no_difference(frozen, changes, shown):
    then = load(printed_by="2022-12-31", data=frozen)
    told = comparisons.differences(changed(then, "mentions", ("north-2022-05-p10m8", changes)))
    assert ("north-2022-05-p10m8" in set(told["mention_id"])) is shown


def test_an_episode_is_disputed_where_an_account_differs_from_another(record):
    assert list(comparisons.disputed(record)["statement_id"]) == ["north-2022-05-p13s1", "south-2023-03-p7s2"]
    agreed = record.statements.assign(agrees=NA)
    assert comparisons.disputed(query.Record({**record._tables, "statements": agreed})).empty
