"""raw -> clean: dates to days, bounds joined in, and the committed bytes come out again."""

from datetime import date

import pytest
from conftest import edit_cell

from qantar import paths
from qantar.record import dates, derive, tables


def test_the_committed_clean_tables_are_made_from_the_raw_tables_at_hand():
    assert derive.stale() == []


def test_rebuilding_clean_tables_from_nothing_gives_the_committed_bytes(data):
    for path in (data / "clean").iterdir():
        path.unlink()
    derive.write(data)
    for path in paths.CLEAN.iterdir():
        assert (data / "clean" / path.name).read_bytes() == path.read_bytes(), path.name


def test_an_edited_raw_table_makes_the_clean_one_stale(data):
    edit_cell(data, "measures", 2, "note", "another note")
    assert data / "clean" / "measures.csv" in derive.stale(data)


@pytest.mark.parametrize(
    ("edtf", "first", "last"),
    [
        ("2022-08", date(2022, 8, 1), date(2022, 8, 31)),
        ("2022-01-01/2022-09-30", date(2022, 1, 1), date(2022, 9, 30)),
        ("../2022-03-10", None, date(2022, 3, 10)),
        ("../2023-03", None, date(2023, 3, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_a_date_covers_these_days(edtf, first, last):
    assert dates.days(edtf) == (first, last)


@pytest.mark.parametrize(
    "text", ["05.01.2022", "44566", "2022-13", "2022-02-30", "March 2022", "2022-03/2022-01", "soon"]
)
def test_what_is_no_edtf_date_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=f"'{text}' (is no date of the form|ends before it begins)"):
        dates.days(text)


def test_the_day_of_a_number_without_a_printed_day_has_no_beginning():
    claims = tables.read_table("clean-claims")
    undated = claims[claims["date_basis"] == "published"]
    assert len(undated) > 0
    assert undated["as_of_first"].isna().all()
    assert (undated["as_of_last"] == undated["published_last"]).all()


def test_unknown_bounds_stay_missing_and_never_become_zero():
    claims = tables.read_table("clean-claims")
    assert (
        claims.loc[claims["bound"].isin(["about", "many", "higher"]), ["low", "high"]].isna().all(axis=None)
    )
    counts = claims[claims["unit"] != "percent"]
    assert (
        counts.loc[
            counts["bound"].isin(["at_least", "more_than", "several", "thousands", "none_known"]), "high"
        ]
        .isna()
        .all()
    )


def test_whole_numbers_are_written_without_a_decimal_point():
    assert b"227.0" not in (paths.CLEAN / "claims.csv").read_bytes()


def test_clean_claims_have_a_row_for_every_raw_claim_in_the_same_order():
    assert list(tables.read_table("clean-claims")["claim_id"]) == list(
        tables.read_table("claims")["claim_id"]
    )


def test_writing_leaves_an_unchanged_file_untouched_and_no_file_beside_it(tmp_path):
    path = tmp_path / "table.csv"
    tables.write_bytes(path, b"a\n1\n")
    before = path.stat().st_mtime_ns
    tables.write_bytes(path, b"a\n1\n")
    assert path.stat().st_mtime_ns == before
    assert [p.name for p in tmp_path.iterdir()] == ["table.csv"]
