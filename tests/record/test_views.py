"""Views join to each row what belongs to it."""

import pandas as pd

from qantar.record import Record, views


def one(rows, **cells):
    """Return the single row that holds these cells, as a dict."""
    for column, cell in cells.items():
        rows = rows[rows[column] == cell]
    return rows.to_dict("records")[0] if len(rows) == 1 else len(rows)


def test_parties_have_their_case(record):
    parties = views.parties_of_cases(record)
    assert len(parties) == record.parties["case_id"].notna().sum() < len(record.parties)
    party = one(parties, party_id="activist-first")
    assert (party["case_kind"], party["case_state"], party["page"]) == (
        "prosecution",
        "convicted",
        "cases#activists-semey",
    )
    case = one(views.events(record, "cases"), case_id="activists-semey")
    assert [party[name] for name in ("case", "where", "last_reported")] == [
        case[name] for name in ("label", "where", "last_reported")
    ]


def test_named_parties_are_called_by_their_name(record):
    parties = views.with_names(record, record.parties)
    assert one(parties, person_id="leader-free-steppe", role="accused")["who"] == "Aman Vymyslov"
    assert one(parties, party_id="blogger")["who"] == one(parties, party_id="blogger")["label"]


def test_charges_have_their_party_and_case(record):
    charge = one(views.charges_of_parties(record), charge_id="leader-rules")
    assert (charge["case_id"], charge["case_state"], charge["n_high"]) == ("leader-almaty", "open", 1)
    assert len(views.charges_of_parties(record)) == len(record.charges)


def test_sentences_with_a_number_have_their_party_and_case(record):
    given = views.sentences_of_parties(record)
    assert not {"blogger-freeze", "extremism-ban"} & set(given["sentence_id"])  # no number, no party
    sentence = one(given, sentence_id="officers-two-prison")
    assert (sentence["people"], sentence["case_state"], sentence["state"]) == (2, "convicted", "immediate")
    assert sentence["told_by"] == "south-2023-03"
    assert (
        one(given, sentence_id="activists-second-prison")["told_by"] == "north-2022-05; south-2023-03"
    )  # the case's


def test_steps_have_their_case_and_party(record):
    steps = views.steps_of_cases(record)
    assert len(steps) == len(record.steps)
    assert one(steps, step_id="activists-deferred")["case_state"] == "convicted"
    party = record.parties.set_index("party_id")["label"]["activist-first"]
    assert one(steps, step_id="activists-deferred")["party"] == party
    assert pd.isna(one(steps, step_id="activists-verdict")["party"])
    inside = views.steps_inside_periods(record)
    assert inside[["claim_id", "step_id"]].to_numpy().tolist() == [["south-2023-03-p6a", "officers-verdict"]]
    assert one(inside, step_id="officers-verdict")["case"] == "Three officers convicted after torture, Semey"


def test_restrictions_and_places_belong_to_assemblies(record):
    rows = views.restrictions_of_assemblies(record)
    assert one(rows, restriction_id="semey-2022-02-20-denied")["label"].startswith(
        "Gathering in memory of the dead"
    )
    placed = views.with_places(record, record.assemblies)
    assert one(placed, assembly_id="january-protests")["kind"] == "country"
    assert one(placed, assembly_id="astana-2022-03-08")["name"] == "Astana"


def test_acts_stand_in_order_of_time_with_their_body(record):
    acts = views.acts_of_themes(record, "casualties")
    assert [*acts["act_id"]] == [
        "list-promised",
        "list-refused",
        "recommendation-north-list",
        "list-published",
    ]
    fewer = views.acts_of_themes(record, "casualties", "missing", without=("recommendation", "refusal"))
    assert [*fewer["act_id"]] == ["list-promised", "list-published", "missing-resolution"]
    assert [*fewer["body"]] == [
        "the Office of Prosecutors",
        "the Ministry of Order",
        "the Council of Observers",
    ]
    on_cases = views.acts_on_cases(record)
    assert [*on_cases["act_id"]] == ["trial-opened", "trial-assessed"]
    assert [*on_cases["by_kind"]] == ["court", "media"]
    assert set(on_cases["label"]) == {"Three officers convicted after torture, Semey"}


def test_coverage_is_of_general_measures_in_several_sources_or_in_one(record):
    several, single = views.coverage(record)
    assert {"deaths_total", "detained_total", "permission_refusals"} <= set(several.index)
    assert "injured_total" in single.index
    assert not {"participants", "torture_victims_in_case", "deaths_not_officers"} & {
        *several.index,
        *single.index,
    }


def test_cases_have_the_days_since_their_last_report(record):
    age = views.with_age(record, record.cases).set_index("case_id")["age"]
    assert age["leader-almaty"] == 0
    assert age["rally-fines-almaty"] == 315  # 20 May 2022 to 31 March 2023


def test_wholes_have_what_their_parts_leave(record):
    pairs = views.parts_with_remainder(record, "deaths_total", "deaths_officers")
    assert pairs["left_low"].tolist() == [208, 223]
    assert pairs["left_high"].isna().tolist() == [False, True]


def test_sizes_of_records_are_rows(record):
    half = Record({**record._tables, "claims": record.claims.iloc[:5]}, record.edition)
    sizes = views.sizes({"2022-12-31": half, "2023-03-31": record})
    whole = ["2023-03-31", 2, len(record.claims), len(record.cases)]
    assert sizes.to_numpy().tolist() == [["2022-12-31", 2, 5, len(record.cases)], whole]
    assert [*sizes] == ["day", "reports", "figures", "cases"]


def test_what_is_over_the_events_of_january_is_not_before_their_first_episode(record):
    assemblies = views.with_earliest(record, views.events(record, "assemblies"))
    january = assemblies["topics"].fillna("").str.contains("january_2022")
    assert january.any() and not january.all()
    assert set(assemblies.loc[january, "not_before"]) == {record.episodes["date_first"].min()}
    assert assemblies.loc[~january, "not_before"].isna().all()


def test_an_act_is_not_before_the_day_of_an_account_of_it(record):
    act = record.acts["act_id"].iloc[0]
    told = record.statements.assign(act_id=record.statements["act_id"].where(
        record.statements["statement_id"] != "south-2023-03-p7s2", act
    ))  # fmt: skip
    of_act = Record({**record._tables, "statements": told})
    acts = views.with_earliest(of_act, views.events(of_act, "acts")).set_index("act_id")["not_before"]
    assert f"{acts[act]:%Y-%m-%d}" == "2022-02-04"
    assert acts.drop(act).isna().all()


def test_a_source_that_was_read_in_part_is_left_out_of_those_that_print_nothing(wider_record):
    printed = wider_record.claims_of("people_prosecuted")
    assert list(views.could_print(wider_record, printed)["source_id"]) == [
        *("north-2022-05", "south-2023-03", "north-2022-11"),
    ]
    deaths = wider_record.claims_of("deaths_total")
    assert list(views.could_print(wider_record, deaths)["source_id"]) == ["north-2022-05", "south-2023-03"]
    _, alone = views.coverage(wider_record)
    assert "people_prosecuted" in alone.index, "one source prints it; the part of another is no figure"
