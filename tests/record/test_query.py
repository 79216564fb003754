"""Questions to the record. Ids are those of tests/fixture/README.md."""

import pandas as pd
import pytest

from qantar import settings
from qantar.record import load, query, tables, views


def with_claim(record, claim_id, **cells):
    """Return the record with some cells of a claim changed."""
    claims = record.claims.copy()
    for column, cell in cells.items():
        claims.loc[claims["claim_id"] == claim_id, column] = cell
    return query.Record({**record._tables, "claims": claims})


def ids(claims):
    return " ".join(claims["claim_id"].str.replace("north-2022-05", "N").str.replace("south-2023-03", "S"))


def test_the_named_tables_are_loaded_and_all_by_default(frozen, record):
    few = load("claims", "sources", data=frozen)
    assert len(few.claims) == 76
    with pytest.raises(AttributeError, match=r"measures is not loaded; name it in load\('measures'"):
        few.claims_of("deaths_total")
    assert not hasattr(few, "_claims")
    assert [name for name in tables.clean_names() if not len(getattr(record, name).columns)] == []
    with pytest.raises(KeyError, match="no table casualties, deaths; there are claims, mentions"):
        load("deaths", "claims", "casualties", data=frozen)


def test_the_environment_chooses_the_edition_unless_one_is_given(frozen, monkeypatch):
    monkeypatch.setenv("PRINTED_BY", "2022-12-31")
    monkeypatch.setenv("NAMES", "0")
    asked = load("persons", data=frozen)
    assert asked.edition == settings.Edition("2022-12-31", names=False)
    assert asked.persons[["public_name", "other_names", "note"]].isna().all(axis=None)
    assert load("sources", printed_by="2100-01-01", data=frozen).printed_by == "2100-01-01"
    whole = load("persons", data=frozen, edition=settings.WHOLE)
    assert (whole.printed_by, set(whole.persons["public_name"])) == (None, {"Aman Vymyslov", "Dana Nigdeva"})
    with pytest.raises(settings.BadSetting, match="2022-13-01"):
        load(printed_by="2022-13-01", data=frozen)


# --- claims


def test_claims_come_in_order_of_publication_paragraph_and_id(record):
    assert ids(record.claims_of("deaths_total", "detained_total")) == "N-p3a N-p3e N-p4a S-p4a S-p4d"
    assert ids(record.claims_by_id("south-2023-03-p4a", "north-2022-05-p13a")) == "N-p13a S-p4a"
    late = with_claim(record, "north-2022-05-p3a", published_last=pd.Timestamp("2024-01-01"))
    assert ids(late.claims_of("deaths_total")) == "N-p3e S-p4a N-p3a"
    with pytest.raises(KeyError, match=r"no measure a , b"):
        record.claims_of("deaths_total", "b", "a ")
    with pytest.raises(KeyError, match=r"no claim north-2022-05-p99a; did you mean north-2022-05-p"):
        record.claims_by_id("north-2022-05-p99a", "north-2022-05-p3a")


def test_a_claim_is_described_by_its_measure_source_and_speaker(record):
    claim = record.claims_by_id("north-2022-05-p3a").iloc[0]
    described = ["label", "one", "many", "title", "short", "published", "speaker_name", "speaker_short"]
    assert claim[described].tolist() == [
        *("Deaths in total", "death", "deaths", "Steppe in spring: an invented report", "Northern Watch"),
        *("2022-05-20", "the Ministry of Order", "Ministry of Order"),
    ]
    assert claim["definition"].startswith("People who died")
    assert pd.isna(record.claims_by_id("north-2022-05-p4d").iloc[0]["speaker_name"])


@pytest.mark.parametrize(("claim_id", "table", "about"), [
    ("south-2023-03-p6b", "cases", "Three officers convicted after torture, Semey"),
    ("south-2023-03-p8c", "assemblies", "Picket at an embassy, Astana, 15 August 2022"),
    ("south-2023-03-p4c", "incidents", "Driver of a television crew shot dead, Almaty"),
    ("south-2023-03-p4a", "cases", None),
])  # fmt: skip
def test_a_claim_carries_the_label_of_what_it_is_about(record, claim_id, table, about):
    label = record.claims_by_id(claim_id)["about"].iloc[0]
    assert label == about or (about is None and pd.isna(label))
    without = query.Record({name: frame for name, frame in record._tables.items() if name != table})
    assert pd.isna(without.claims_by_id(claim_id)["about"].iloc[0])


@pytest.mark.parametrize(("empty", "firm", "counts"), [
    ([], True, True), (["value"], True, True), ([], False, True),  # bounds alone; an approximate number
    (["value", "low"], True, True), (["value", "high"], True, True), (["value", "low", "high"], True, False),
    (["value"], False, False),  # a reading
])  # fmt: skip
def test_numbered_claims_have_a_number_or_firm_bounds(record, empty, firm, counts):
    claims = with_claim(record, "north-2022-05-p3a", firm=firm, **dict.fromkeys(empty, pd.NA))
    assert ids(claims.numbered_claims("deaths_total", "injured_total")) == (
        "N-p3a S-p4a" if counts else "S-p4a"
    )


@pytest.mark.parametrize(("event", "claims"), [
    ("officers-semey", "S-p6b S-p6c S-p6d"), ("gazette-attacks", "S-p9a"),
    ("almaty-2022-01-05", "N-p10a N-p10b N-p10c N-p10d N-p10e N-p13a S-p8b"),
])  # fmt: skip
def test_the_claims_about_a_case_an_assembly_or_an_incident_are_found(record, event, claims):
    assert ids(record.claims_about(event)) == claims


@pytest.mark.parametrize("column", query.EVENT_IDS)
def test_latest_keeps_the_last_claims_of_each_speaker_and_thing(record, column):
    assert ids(record.latest_claims("deaths_total")) == "N-p3e S-p4a"
    same = with_claim(record, "south-2023-03-p8f", speaker="northern-watch")
    assert ids(same.latest_claims("permission_refusals")) == "S-p8f"
    other = with_claim(same, "south-2023-03-p8f", **{column: "another"})
    assert ids(other.latest_claims("permission_refusals")) == "N-p11a S-p8f"


def test_repeated_statements_stand_together(record):
    repeated = record.repeated_claims(
        "deaths_officers", "media_workers_killed", "people_detained_at", "deaths_total"
    )
    assert ids(repeated) == "N-p10d S-p8b N-p14a S-p4c N-p3b S-p4b"


def test_the_newest_source_is_the_last_one_published(record):
    assert (
        query.Record({"sources": record.sources.iloc[::-1]}).newest_source()["source_id"] == "south-2023-03"
    )
    nothing = query.Record({"sources": record.sources.iloc[:0]}, settings.Edition("2021-12-31"))
    with pytest.raises(ValueError, match="no source had been printed by 2021-12-31; name a later day"):
        nothing.newest_source()


# --- events


def test_the_mentions_of_a_row_come_in_order_of_publication(record):
    mentions = query.Record({**record._tables, "mentions": record.mentions.iloc[::-1]})
    found = mentions.mentions_of("assemblies", "almaty-2022-01-05")
    assert list(zip(found["short"], found["published"], found["paragraph"], strict=True)) == [
        *(("Northern Watch", "2022-05-20", 10), ("Northern Watch", "2022-05-20", 13)),
        ("Southern Monitor", "2023-03", 8),
    ]
    assert set(found["title"]) == set(record.sources["title"])
    assert record.mentions_of("cases", "almaty-2022-01-05").empty


NORTH, SOUTH = (
    ("north-2022-05", "Northern Watch", "2022-05-20"),
    ("south-2023-03", "Southern Monitor", "2023-03"),
)


@pytest.mark.parametrize(("table", "row_id", "column", "cell"), [
    ("cases", "leader-almaty", "place", "Almaty"), ("cases", "leader-almaty", "page", "cases#leader-almaty"),
    ("charges", "leader-riots", "article", "272.1"), ("charges", "messages-false", "article", "274"),
    ("charges", "blogger-unrest", "article", None),
    ("charges", "leader-riots", "page", "cases#leader-almaty"),
    ("restrictions", "semey-2022-02-20-watched", "page", "assemblies#semey-2022-02-20"),
    ("acts", "masks-law", "page", "acts#masks-law"), ("acts", "masks-law", "who", None),
    ("acts", "trial-opened", "who", "Semey court"), ("charges", "leader-rules", "hedge", "reported"),
    ("steps", "leader-trial-started", "hedge", "stated"),       # expected by one source, stated by the other
    ("sentences", "blogger-fine", "where", [(*NORTH, [13]), (*SOUTH, [7])]),
    ("articles", "cc-24", "where", [(*SOUTH, [6])]),
    ("assemblies", "almaty-2022-01-05", "where", [(*NORTH, [10, 13]), (*SOUTH, [8])]),
])  # fmt: skip
def test_an_event_is_ready_to_be_shown(record, table, row_id, column, cell):
    backwards = query.Record({**record._tables, "mentions": record.mentions.iloc[::-1]})
    rows = views.events(backwards, table)
    shown = rows.set_index(rows.columns[0]).loc[row_id, column]
    assert pd.isna(shown) if cell is None else shown == cell


def test_an_event_shows_all_hedges_where_no_source_states_it(record):
    mentions = record.mentions.copy()
    mentions.loc[mentions["row_id"] == "leader-almaty", "hedge"] = ["reported", "alleged"]
    changed = query.Record({**record._tables, "mentions": mentions})
    assert (
        views.events(changed, "cases").set_index("case_id").loc["leader-almaty", "hedge"]
        == "alleged; reported"
    )


def test_the_course_of_a_charge_is_its_reported_steps_without_custody(record):
    courses = views.steps_of_charges(record, record.charges)
    assert list(courses["charge_id"].unique()) == list(record.charges["charge_id"])
    steps = courses.groupby("charge_id")["step"].agg(" ".join)
    assert steps["leader-riots"] == "charged reclassified reinstated"
    assert steps["leader-false"] == "charged dropped"
    assert steps["leader-rules"] == "charged sent_to_court trial_started", "begins where another became it"
    assert steps["death-murder"] == "case_opened suspended closed reopened", "without what is only expected"
    assert steps["activists-first-riots"] == "verdict amnesty_requested deferred"


@pytest.mark.parametrize(("words", "table", "found"), [
    ("225", "claims", "north-2022-05-p3a"), ("slip table", "claims", "south-2023-03-p10d"),
    ("southern refusals", "claims", "south-2023-03-p8f"),                          # a speaker, a label
    ("KOSTANAY participants", "claims", "north-2022-05-p10k"),                     # a place
    ("vymyslof free", "cases", "leader-almaty"), ("article 274 vymyslov", "charges", "leader-false"),
    ("article torture", "charges", "officers-two-torture"), ("stirring", "charges", "blogger-unrest"),
    ("qostanay strike", "assemblies", "kostanay-2022-04-strike"),                  # another name of a place
    ("free steppe leaflets", "assemblies", "semey-2022-10-leaflets"),              # an organiser
    ("womens_rights venue", "restrictions", "astana-2022-03-08-venue"),            # topics of its assembly
    ("bus suspended", "steps", "death-suspended"), ("gazette arson", "incidents", "gazette-fire"),
    ("observers asked", "acts", "missing-resolution"), ("order resolution", "acts", "missing-resolution"),
    ("officers trial ruled", "acts", "trial-opened"), ("fined 180", "sentences", "rally-fine"),
    ("observers strict", "statements", "north-2022-05-p15s1"),                     # a speaker
    ("rally ended monitor", "statements", "south-2023-03-p8s1"),                   # an episode, a source
    ("fine 900.0", "sentences", ""), ("restricted woman", "sentences", "messages-restricted"),
])  # fmt: skip
def test_search_finds_the_rows_that_hold_all_words(record, words, table, found):
    rows = record.search(words)
    assert " ".join(rows.loc[rows["table"] == table, "row_id"].unique()) == found


def test_search_says_what_was_found_and_where(record):
    found = record.search("kostanay suspended")
    assert list(found) == ["table", "row_id", "label", "source_id", "paragraph", "item", "as_printed"]
    assert found.iloc[:, :6].to_numpy().tolist() == [
        ["steps", "death-suspended", "suspended", "north-2022-05", 13, 2]
    ]
    assert list(record.search("leader").index) == list(range(len(record.search("leader"))))
    nameless = query.Record({**record._tables, "persons": record.persons.assign(public_name=pd.NA)})
    assert nameless.search("nigdeva").empty
    assert "No row has all of these words" in repr(nameless.search("nigdeva"))
    assert "No row" not in repr(found)


def test_statements_are_told_in_order_of_publication_with_who_says_so(record):
    assert list(record.told(episode_id="leader-taken")["statement_id"]) == [
        "north-2022-05-p13s1", "south-2023-03-p7s2",
    ]  # fmt: skip
    (finding,) = record.told(theme="assembly").to_dict("records")
    assert (finding["speaker_name"], finding["short"], finding["place"]) == (
        "the Council of Observers", "Northern Watch", "Kazakhstan",
    )  # fmt: skip
    assert set(record.told(kind="account")["episode"]) == {
        "How the rally in Almaty ended, 5 January 2022", "When the party leader was detained",
    }  # fmt: skip
    assert len(record.told()) == len(record.statements)
    with pytest.raises(KeyError):
        record.told(episode="leader-taken")
