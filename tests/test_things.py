"""What the record tells of cases, assemblies, incidents and acts: facts that a reader of the five reports can look up."""

import pandas as pd
import pytest

from qantar.record import comparisons, query, tables


@pytest.fixture(scope="module")
def record():
    return query.load()


def row(table, key):
    """The one row of a table with this id, empty cells as None."""
    found = table[table[table.columns[0]] == key].iloc[0]
    return found.where(found.notna(), None)


def sentences(record, party):
    rows = record.sentences[record.sentences["party_id"] == party]
    return sorted(zip(rows["kind"], rows["value"].astype(float), rows["unit"], rows["state"], strict=True))


def test_seven_officers_were_convicted_of_torture_in_two_cases(record):
    found = record.of("officers_convicted_torture")
    assert sorted(zip(found["case_id"], found["value"], strict=True)) == [
        ("officers-almaty-torture", 2),
        ("officers-taldykorgan-torture", 5),
    ]
    of_torture = record.charges[
        (record.charges["article_id"] == "cc-146") & (record.charges["became"] == "verdict guilty")
    ]
    parties = record.parties[record.parties["party_id"].isin(of_torture["party_id"])]
    assert (parties["n_low"].sum(), parties["n_high"].sum(), parties["case_id"].nunique()) == (7, 7, 2)


def test_groups_are_told_apart_where_they_were_treated_differently(record):
    assert sentences(record, "officers-almaty-two") == [("prison", 3, "year", "immediate")]
    assert sentences(record, "officer-almaty-third") == [("restricted_freedom", 1.5, "year", "immediate")]
    assert sentences(record, "officers-taldykorgan-four-years") == [("prison", 4, "year", "immediate")]
    assert sentences(record, "officers-taldykorgan-three-years") == [("prison", 3, "year", "immediate")]
    assert row(record.parties, "officers-taldykorgan-four-years")["n_low"] == 2
    assert row(record.parties, "officers-taldykorgan-three-years")["n_low"] == 3


def test_every_part_of_a_sentence_is_a_row(record):
    assert sentences(record, "turkestan-activist") == [
        ("activity_ban", 3, "year", "immediate"),
        ("public_labour", 100, "hour", "immediate"),
        ("restricted_freedom", 1, "year", "immediate"),
    ]


def test_the_sentences_that_became_another_or_nothing(record):
    changed = record.sentences[
        record.sentences["state"].isin(["replaced", "deferred", "amnestied", "annulled"])
    ]
    assert sorted(zip(changed["party_id"], changed["state"], strict=True)) == [
        ("astana-one-replaced", "replaced"),
        ("journalist-acquitted-five", "annulled"),
        ("journalist-acquitted-six", "annulled"),
        ("shymkent-amnestied", "amnestied"),
        ("shymkent-deferred", "deferred"),
    ]
    given_instead = record.sentences[record.sentences["step_id"] == "astana-one-sentence-replaced"]
    assert list(given_instead["kind"]) == ["fine"]


def test_one_driver_died_in_attacks_on_media_and_three_reports_tell_of_him(record):
    deadly = record.incidents[record.incidents["killed"] == "yes"]
    assert list(deadly["incident_id"]) == ["january-media-worker-wounded"]
    assert deadly.iloc[0]["told_by"] == "civicus-2022-03; hrw-2023-01; iphr-2023-03"


def test_two_single_assemblies_were_prevented(record):
    single = record.assemblies[
        (record.assemblies["level"] == "single") & (record.assemblies["held"] == "prevented")
    ]
    assert set(single["assembly_id"]) == {"almaty-2022-11-20-democratic-choice", "almaty-2022-12-16"}


def test_six_people_were_jailed_over_a_protest_in_august_ahead_of_an_election(record):
    jailed = row(record.restrictions, "kazakhstan-2022-08-ep-visit-jailed")
    assert (jailed["assembly_id"], jailed["ahead_of_assembly_id"], jailed["timing"], jailed["date"]) == (
        "kazakhstan-2022-08-ep-visit",
        "election-protests-astana",
        "after",
        "2022-11-14",
    )
    assert row(record.cases, jailed["case_id"])["accused_low"] == 6
    assert "administrative detention 15 days" in jailed["sentence"]


def test_twenty_officers_at_a_performance_are_not_twenty_detained(record):
    assert list(record.about("almaty-2022-04-09")["measure_id"]) == ["officers_at_assembly"]


def test_the_charges_over_the_january_events_became_another_and_one_came_back(record):
    riots, emergency = (
        row(record.charges, "party-leader-riots"),
        row(record.charges, "party-leader-false-information-emergency"),
    )
    assert (riots["article_id"], riots["part"], riots["became"], riots["became_charge_id"]) == (
        "cc-272",
        "1",
        "reinstated",
        None,
    )
    assert (emergency["article_id"], emergency["part"], emergency["became_charge_id"]) == (
        "cc-274",
        "4",
        "party-leader-assembly-rules",
    )


def test_reports_differ_on_what_became_of_the_two_june_charges(record):
    """One says that both were reclassified, the other that one was requalified, without saying into what, and one dropped."""
    differs = record.mentions[
        (record.mentions["agrees"] != "yes") & record.mentions["row_id"].str.startswith("party-leader")
    ]
    told = set(zip(differs["row_id"], differs["source_id"], differs["agrees"], strict=True))
    assert {t for t in told if "reclassified" in t[0]} == {
        ("party-leader-riots-reclassified", "hrw-2023-01", "differs"),
        ("party-leader-emergency-reclassified", "hrw-2023-01", "partly"),
    }


def test_slips_are_kept_as_printed_and_not_computed_with(record):
    late = record.claims[record.claims["measure_id"] == "president_vote_share"].iloc[0]
    assert (late["as_of"], late["date_basis"]) == ("2023-11-20", "slip")
    assert pd.isna(late["as_of_first"])
    assert row(record.acts, "presidential-election")["date"] == "2022-11-20"
    printed = record.mentions[record.mentions["agrees"] == "differs"].set_index("row_id")["value_there"]
    assert printed["presidential-election"] == "2023-11-20"
    assert printed["media-arrests-five-arrested"] == "2022-01-11/2022-01-20"
    assert printed["shymkent-riots-three"] == "January 2002 events"
    two = record.of("torture_cases_with_conviction").iloc[0]
    assert (two["value"], two["as_of"]) == (2, "2023-02-01/2023-02-10")
    assert "10 February" in two["note"]


def test_an_article_of_the_general_part_is_no_offence_and_no_charge(record):
    assert list(record.articles.loc[record.articles["is_offence"] == "no", "number"]) == ["24"]
    assert "cc-24" not in set(record.charges["article_id"].dropna())


def test_an_article_that_is_not_printed_is_not_filled_in(record):
    for charge in (
        "kostanay-false-information",
        "kaskelen-second-violence",
        "officer-taldykorgan-abuse",
        "blogger-false-information",
    ):
        assert row(record.charges, charge)["article_id"] is None


def test_spellings_are_one_person_and_alike_names_are_two(record):
    leader = row(record.persons, "leader-democratic-party")
    assert leader["other_names"] != leader["public_name"]
    assert (
        record.parties.loc[record.parties["person_id"] == "leader-democratic-party", "case_id"]
        .dropna()
        .nunique()
        == 2
    )
    assert row(record.parties, "shymkent-amnestied")["person_id"] is None, "amnestied, so not named"
    assert row(record.parties, "semey-activist")["person_id"] == "activist-semey"


def test_who_is_out_of_a_case_is_not_named_unless_the_role_is_public(record):
    named = record.parties.merge(record.persons, on="person_id")
    out = named[(named["state"] == "ended") & named["case_id"].notna()]
    assert set(out["basis"]) <= {"public_role"}


def test_every_case_says_to_which_day_it_is_last_reported(record):
    assert row(record.cases, "party-leader")["last_reported"] == "2023-03"
    assert record.cases["last_reported"].notna().all()
    published = set(record.sources["published"])
    assert set(record.cases["last_reported"]) <= published


@pytest.mark.parametrize(
    ("case", "state"),
    [
        ("party-leader", "open"),
        ("child-death-almaty", "open"),
        ("semey-monitor", "ended"),
        ("stepnogorsk-blog", "ended"),
        ("kostanay-messages", "ended"),
        ("journalists-acquitted", "ended"),
        ("shymkent-riots-three", "convicted"),
        ("activist-returned", "convicted"),
        ("officers-eight-torture", "open"),
        ("opposition-activists-extremism", "not_told"),
        ("activists-charged-january", "open"),
        ("torture-investigations", "not_told"),
        ("rally-2022-02-13-penalised", "penalised"),
    ],
)
def test_the_state_of_a_case_is_what_its_last_reported_steps_leave(record, case, state):
    assert row(record.cases, case)["state"] == state


def test_what_is_only_expected_is_no_state(record):
    expected = record.steps[record.steps["expected"]]
    assert "child-death-to-court" in set(expected["step_id"])
    assert row(record.charges, "child-death-abuse-of-power")["became"] != "sent_to_court"


def test_restrictions_stand_side_by_side_and_what_is_not_reported_stays_empty(record):
    february = row(record.assemblies, "almaty-2022-02-13")
    assert (february["fined"], february["administrative_detention"]) == (True, True)
    assert february["dispersed"] is None


@pytest.mark.parametrize("name", tables.MENTIONED)
def test_every_thing_is_told_somewhere_and_says_by_whom(record, name):
    table = getattr(record, name)
    assert table["told_by"].notna().all()
    assert table["first_published"].notna().all()


def test_parts_of_article_274_add_up_to_the_hundred_investigations(record):
    left = comparisons.remainders(record).set_index("claim_id")
    whole = record.of("investigations_274")["claim_id"].iloc[0]
    assert (left.loc[whole, "low"], left.loc[whole, "high"]) == (0, 0)
    complaints = record.of("torture_complaints_anticorruption")["claim_id"].iloc[0]
    assert (left.loc[complaints, "low"], left.loc[complaints, "high"]) == (432 - 347, 432 - 347)


def test_figures_that_look_alike_and_count_other_things_do_not_conflict(record):
    measures = set(comparisons.conflicts(record)["measure_id"])
    assert measures == {"deaths_total"}
    assert set(comparisons.conflicts(record)["dates"]) == {"open"}


def test_search_finds_a_case_an_article_a_place_and_a_person(record):
    assert "semey-activist" in set(record.search("semey riots")["row_id"])
    assert set(record.search("mamay prosecution leader")["row_id"]) >= {"party-leader"}
    assert "anti-war-requests-denied" in set(record.search("ukraine rejections")["row_id"])
    assert "party-leader-false-information" in set(record.search("article 274 mamay")["row_id"])
    found = record.search("432")
    assert set(found["source_id"]) == {"iphr-2023-03"}
    assert record.search("no such words at all").empty


def test_without_names_nobody_is_named(monkeypatch):
    monkeypatch.setenv("NAMES", "0")
    nameless = query.load()
    assert nameless.persons["public_name"].isna().all()
    assert nameless.persons["other_names"].isna().all()
    assert nameless.search("mamay").empty


def test_by_the_end_of_2022_only_two_reports_had_been_printed_and_nothing_later_shows():
    then = query.load(printed_by="2022-12-31")
    assert set(then.sources["source_id"]) == {"civicus-2022-03", "iphr-2022-05"}
    assert set(then.claims["source_id"]) == set(then.mentions["source_id"]) == set(then.sources["source_id"])
    leader = row(then.cases, "party-leader")
    assert (leader["state"], leader["latest_date"], leader["summary"]) == ("open", None, None)
    assert row(then.cases, "semey-monitor")["state"] == "open", "that the case was closed was printed later"
    rally = row(then.assemblies, "almaty-2022-02-13")
    assert (rally["date"], rally["venue"]) == ("2022-02-13", None), "the place in the city was printed later"
    assert row(then.cases, "activist-zhanaozen-2019")["state"] == "convicted"
    assert then.charges["article_id"].isna().all(), "no article had been printed by then"
    for name in tables.MENTIONED:
        assert set(then.mentions.loc[then.mentions["table"] == name, "row_id"]) >= set(
            getattr(then, name).iloc[:, 0]
        )


def test_what_had_been_printed_by_now_is_the_whole_record(record):
    now = query.load(printed_by="2100-01-01")
    for name in tables.clean_names():
        pd.testing.assert_frame_equal(getattr(now, name), getattr(record, name))


@pytest.mark.parametrize("day", ["2022-03-31", "2022-06-01", "2023-02-01", "2023-06-30"])
def test_whatever_the_day_no_row_points_at_one_that_is_not_there(day):
    then = query.load(printed_by=day)
    for name in tables.clean_names():
        for foreign in tables.resources()[name]["schema"].get("foreignKeys", []):
            (column,), target = foreign["fields"], foreign["reference"]
            known = getattr(then, target["resource"] or name)[target["fields"][0]]
            assert getattr(then, name)[column].dropna().isin(known).all(), (name, column)


def test_before_the_first_report_nothing_had_been_printed():
    nothing = query.load(printed_by="2021-12-31")
    assert nothing.claims.empty
    assert comparisons.conflicts(nothing).empty
    with pytest.raises(ValueError, match="no source had been printed"):
        nothing.newest()


def test_what_bears_on_a_recommendation_is_told_later(record):
    asked = record.acts.set_index("act_id")["date_last"]
    for answer in record.answers.query("table == 'claims'").itertuples():
        assert record.claim(answer.row_id)["published_last"].iloc[0] > asked[answer.act_id]
    refused = record.answers.query("row_id == 'international-inquiry-refused'")["act_id"]
    assert set(refused) == {"recommendation-civicus-35-2", "recommendation-iphr-kibhr-46-1"}


def test_of_a_recommendation_only_what_had_been_printed_bears_on_it():
    assert (
        not query.load(printed_by="2023-01-31").answers["row_id"].str.startswith(("iphr-2023", "fidh")).any()
    )
    assert query.load(printed_by="2022-04-01").answers["row_id"].tolist() == ["international-inquiry-refused"]


def test_who_is_held_is_told_for_each_person_of_a_case(record):
    assert row(record.parties, "kaskelen-first")["custody"] == "remand"
    assert row(record.parties, "kaskelen-second")["custody"] is None
