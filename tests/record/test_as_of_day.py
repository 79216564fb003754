"""What had been printed by a day: nothing that only a later source says."""

import pandas as pd
import pytest

from qantar.record import as_of_day, derive, tables

DAY = pd.Timestamp("2022-12-31")  # north-2022-05 is published, south-2023-03 is not


@pytest.fixture
def raw(frozen):
    raw = {name: tables.read_table(name, frozen) for name in tables.raw_names(frozen)}
    return {**raw, "sources": tables.read_table("clean-sources", frozen)}


def edit(raw, table, row_id, **cells):
    for column, cell in cells.items():
        raw[table].loc[raw[table][tables.key(table)] == row_id, column] = cell


def append(raw, table, copy_of, **cells):
    row = raw[table][raw[table][tables.key(table)] == copy_of].assign(**cells)
    raw[table] = pd.concat([raw[table], row], ignore_index=True)


def row(made, table, row_id):
    return made[table].set_index(tables.key(table)).loc[row_id]


def ids(made, table):
    return set(made[table][tables.key(table)])


@pytest.mark.parametrize(("day", "n"), [("05-19", 0), ("05-20", 1), ("12-31", 1)])
def test_a_source_counts_from_the_day_on_which_it_was_surely_published(raw, day, n):
    made = as_of_day.printed_by(raw, pd.Timestamp(f"2022-{day}"))
    assert len(made["sources"]) == n
    for name in (*tables.MENTIONED, "claims", "mentions", "parties", "persons"):
        assert bool(len(made[name])) is bool(n), name


def test_once_every_source_is_published_nothing_is_missing(raw):
    made = as_of_day.printed_by(raw, pd.Timestamp("2023-03-31"))
    for name, table in raw.items():
        pd.testing.assert_frame_equal(made[name], table)


def test_every_row_rests_on_a_published_source_and_every_key_on_a_row(raw, frozen):
    made = as_of_day.printed_by(raw, DAY)
    assert set(made["claims"]["source_id"]) == set(made["mentions"]["source_id"]) == {"north-2022-05"}
    for name in tables.MENTIONED:
        of_table = made["mentions"][made["mentions"]["table"] == name]
        assert ids(made, name) == set(of_table["row_id"]), name
    for name, table in made.items():
        assert list(table.index) == list(range(len(table)))
        for key in tables.foreign_keys(name, frozen):
            assert set(table[key.column].dropna()) <= ids(made, key.table), key


def test_states_are_those_of_the_steps_that_had_been_reported(frozen):
    made = derive.clean_tables(frozen, "2022-12-31")
    leader = row(made, "cases", "leader-almaty")
    assert (leader["state"], leader["latest_step"], leader["last_reported"]) == (
        "open",
        "charged",
        "2022-05-20",
    )
    assert row(made, "steps", "leader-trial-started")["expected"]
    assert row(made, "charges", "leader-riots")["became"] == "charged"


def test_our_words_on_a_row_are_kept_only_where_no_later_source_mentions_it(raw):
    for party in ("leader", "rally-jailed"):
        edit(raw, "parties", party, note="A note.")
    for claim in ("north-2022-05-p3a", "north-2022-05-p3b"):
        edit(raw, "claims", claim, note="A note.")
    assert row(raw, "claims", "north-2022-05-p3b")["same_statement"] == "officers-17"
    made = as_of_day.printed_by(raw, DAY)
    kept = [("cases", "rally-fines-almaty", "summary"), ("parties", "rally-jailed", "note"),
            ("claims", "north-2022-05-p3a", "note")]  # fmt: skip
    lost = [("cases", "leader-almaty", "summary"), ("parties", "leader", "note"),
            ("claims", "north-2022-05-p3b", "note"), ("incidents", "driver-shot", "after")]  # fmt: skip
    assert all(pd.notna(row(made, table, row_id)[column]) for table, row_id, column in kept)
    assert all(pd.isna(row(made, table, row_id)[column]) for table, row_id, column in lost)


# fmt: off
@pytest.mark.parametrize(("differs_on", "table", "row_id", "empty", "kept"), [
    ("case_id; date", "steps", "leader-summoned", ["date"], ["case_id"]),
    ("place_id", "assemblies", "astana-2022-03-08", [], ["place_id"]),
    ("part_of; label", "incidents", "driver-shot", [], ["part_of", "label"]),
    ("value", "sentences", "rally-fine", ["value", "value_to", "bound", "unit"], ["kind"]),
    ("article_id", "charges", "leader-riots", ["article_id", "part"], ["offence"]),
    ("by", "acts", "curfew-ordered", ["by"], ["kind"]),
])
def test_what_every_printed_mention_leaves_open_is_emptied(raw, differs_on, table, row_id, empty, kept):
    mentions = raw["mentions"]
    mentions = mentions[~((mentions["table"] == table) & (mentions["row_id"] == row_id))]
    other = raw["mentions"].iloc[[0]].assign(table=table, row_id=row_id, source_id="north-2022-05")
    first = other.assign(differs_on=differs_on)
    later = other.assign(source_id="south-2023-03", differs_on=None)

    def made(*of_row):
        return row(as_of_day.printed_by({**raw, "mentions": pd.concat([mentions, *of_row])
                                         .reset_index(drop=True)}, DAY), table, row_id)

    found = made(first, first.assign(differs_on=f"{differs_on}; note"), later)
    assert found[empty].isna().all()
    assert found[kept].notna().all()
    assert made(first)[[*empty, *kept]].notna().all()  # nothing rests on a later source
    assert made(first, other.assign(differs_on="note"), later)[[*empty, *kept]].notna().all()
# fmt: on


def test_persons_and_answers_that_only_a_later_source_supports_are_left_out(raw):
    append(raw, "persons", "editor-almaty", person_id="officer")
    edit(raw, "parties", "officers-two", person_id="officer")
    append(raw, "answers", "north-list-a1", answer_id="kept", row_id="list-promised")
    made = as_of_day.printed_by(raw, DAY)
    assert ids(made, "persons") == {"leader-free-steppe", "editor-almaty"}
    assert ids(made, "answers") == {"kept"}


def test_a_party_whose_own_rows_are_all_told_later_is_left_out(raw):
    append(raw, "parties", "leader", party_id="another")
    append(raw, "charges", "leader-rules", charge_id="another-rules", party_id="another")
    append(raw, "parties", "leader", party_id="bystander", role="victim")
    assert "another" in ids(as_of_day.printed_by(raw, DAY), "parties")  # a step concerns the whole case
    raw["steps"].loc[raw["steps"]["case_id"] == "leader-almaty", "party_id"] = "leader"
    parties = ids(as_of_day.printed_by(raw, DAY), "parties")
    assert "another" not in parties
    assert {"leader", "bystander"} <= parties


def test_a_sentence_of_a_party_that_is_left_out_is_left_out_with_its_mention(raw):
    append(raw, "mentions", "north-2022-05-p13m20", mention_id="odd", row_id="officers-two-prison")
    made = as_of_day.printed_by(raw, DAY)
    assert "officers-two-prison" not in ids(made, "sentences")
    assert "odd" not in ids(made, "mentions")


def test_corrections_stay_although_their_rows_are_gone(raw):
    raw["corrections"] = pd.DataFrame({"table": ["claims"], "row_id": ["gone"]})
    assert len(as_of_day.printed_by(raw, DAY)["corrections"]) == 1


def test_a_statement_stays_with_its_source_and_is_compared_only_with_one_that_stays(raw, frozen):
    other = {"compared_with": "south-2023-03-p7s2", "agrees": "differs", "differs_on": "date"}
    edit(raw, "statements", "north-2022-05-p13s1", **other)
    edit(raw, "statements", "north-2022-05-p10s1", episode_id=pd.NA)
    kept = as_of_day.printed_by(raw, DAY, frozen)
    assert set(kept["statements"]["source_id"]) == {"north-2022-05"}
    left = row(kept, "statements", "north-2022-05-p13s1")
    assert left["summary"] and left[list(other)].isna().all()
    assert list(kept["episodes"]["episode_id"]) == ["leader-taken"]
