"""Flat views: one row a thing, typed for analysis, and what they leave out. Ids: tests/fixture/README.md."""

import pandas as pd
import pytest

from qantar import settings
from qantar.record import amounts, flat_views, load, query, tables


def with_table(record, name, **columns):
    """Return the record with some columns of a table replaced."""
    return query.Record({**record._tables, name: getattr(record, name).assign(**columns)}, record.edition)


VIEWS = {
    "figures": lambda record: record.figures(),
    "all columns": lambda record: record.figures(columns="all"),
    "people_charged": lambda record: record.people_charged(),
    "single_assemblies": lambda record: record.single_assemblies(undated=True),
    "search": lambda record: record.search("torture"),
}


@pytest.mark.parametrize("name", VIEWS)
def test_no_cell_of_a_view_holds_an_object(record, name):
    view = VIEWS[name](record)
    assert len(view)
    assert "object" not in {str(kind) for kind in view.dtypes}
    assert list(view.index) == list(range(len(view)))


# --- figures


def test_a_figure_says_how_much_in_words_numbers_and_print_and_who_says_so(record):
    figures = record.figures("deaths_total")
    assert list(figures) == list(flat_views.FIGURE_COLUMNS)
    assert figures.loc[0].astype("object").to_dict() == {
        "counted": "Deaths in total",
        "figure": "225",
        "low": 225,
        "high": 225,
        "firm": True,
        "as_printed": figures["as_printed"][0],
        "as_of": "../2022-05-20",
        "as_of_last": pd.Timestamp("2022-05-20"),
        "said_by": "Ministry of Order",
        "source_id": "north-2022-05",
        "published_last": pd.Timestamp("2022-05-20"),
        "claim_id": "north-2022-05-p3a",
    }
    assert (str(figures["low"].dtype), str(figures["as_of_last"].dtype)[:10]) == ("Int64", "datetime64")


def test_the_figures_of_a_theme_are_those_of_all_its_measures(record):
    figures = record.figures(theme="torture")
    claims = record.claims[record.claims["theme"] == "torture"]
    assert set(figures["claim_id"]) == set(claims["claim_id"]) and len(claims)
    assert len(record.figures()) == len(record.claims)


def test_a_part_is_called_by_its_whole_and_a_single_event_by_its_name(record):
    labels = record.measures["label"].where(
        record.measures["measure_id"] != "deaths_officers", "Of them, police officers"
    )
    counted = with_table(record, "measures", label=labels).figures("deaths_officers")["counted"]
    assert set(counted) == {"Deaths in total: of them, police officers"}
    about = record.figures("torture_victims_in_case")["counted"]
    assert about.str.endswith(": Three officers convicted after torture, Semey").all() and len(about)


def test_who_says_so_is_never_empty(record):
    unnamed = record.figures(columns=["said_by", "speaker"])
    assert set(unnamed.loc[unnamed["speaker"].isna(), "said_by"]) == {"nobody named"}
    assert unnamed["said_by"].notna().all()


def test_columns_are_about_ten_those_asked_for_or_all(record):
    assert 8 <= len(flat_views.FIGURE_COLUMNS) <= 12
    assert list(record.figures("deaths_total", columns=["figure", "voice"])) == ["figure", "voice"]
    assert list(record.figures("deaths_total", columns="voice")) == ["voice"]
    every = record.figures("deaths_total", columns="all")
    assert set(record.claims_of("deaths_total")) | set(flat_views.FIGURE_COLUMNS) == set(every)


@pytest.mark.parametrize(("ask", "answer"), [
    (lambda r: r.figures("torture"), "no measure torture; did you mean theme='torture' or "),
    (lambda r: r.figures("death_total"), r"no measure death_total; did you mean .*\bdeaths_total\b"),
    (lambda r: r.figures(theme="tortures"), "^no theme tortures; did you mean torture"),
    (lambda r: r.figures(theme="weather"), "^no theme weather; there are article_274, assembly, "),
    (lambda r: r.figures(source="north-2022"), "no source north-2022; did you mean north-2022-05"),
    (lambda r: r.figures(columns=["figgure"]), "no column figgure; did you mean figure"),
    (lambda r: r.people_charged(article=27), "no article 27; did you mean 272 or 274"),
    (lambda r: r.people_charged(offence="tortures"), "has the words 'tortures'; did you mean Torture"),
    (lambda r: r.claims_about("leader-almat"), "or incident leader-almat; did you mean leader-almaty"),
])  # fmt: skip
def test_a_wrong_name_is_answered_with_those_that_look_like_it(record, ask, answer):
    with pytest.raises(KeyError, match=answer) as raised:
        ask(record)
    assert not str(raised.value).startswith(("'", '"'))


def test_a_measure_that_no_source_prints_is_not_silently_empty(record):
    figures = record.figures("deaths_not_officers")
    assert figures.empty and "No source of this record prints a figure" in repr(figures)


def test_measures_and_a_theme_together_are_refused(record):
    with pytest.raises(ValueError, match="measures or a theme, not both"):
        record.figures("deaths_total", theme="torture")


# --- people charged


def test_a_charge_has_its_party_its_case_and_what_became_of_it(record):
    charges = record.people_charged()
    assert set(charges["charge_id"]) == set(record.charges["charge_id"])
    charge = charges.set_index("charge_id").loc["leader-riots"]
    party = record.parties.set_index("party_id").loc["leader"]
    assert (charge["article"], charge["part"], charge["became"]) == ("272", "1", "reinstated")
    assert (charge["party"], charge["state"], charge["n_high"]) == (party["label"], party["state"], 1)
    assert (charge["case_id"], charge["place"]) == ("leader-almaty", "Almaty")
    assert charge["latest_date_last"] >= pd.Timestamp("2022-01-01")
    assert (charges["offence"].str.len() > 3).all()


def test_a_charge_under_an_article_is_found_where_no_article_is_printed(record):
    whole = record.people_charged(article="cc-274")
    assert set(whole["article"]) == {"274"}
    unprinted = record.charges["article_id"].where(record.charges["charge_id"] != "messages-false")
    some = with_table(record, "charges", article_id=unprinted)
    found = some.people_charged(article=274)
    assert set(found["charge_id"]) == set(whole["charge_id"])
    assert found.loc[found["article"].isna(), "charge_id"].tolist() == ["messages-false"]
    assert set(some.people_charged(offence="False information")["charge_id"]) == set(whole["charge_id"])


def test_an_article_of_the_criminal_code_is_no_ground_of_an_administrative_case(record):
    unprinted = record.charges["article_id"].where(record.charges["charge_id"] != "messages-false")
    case = record.parties.set_index("party_id")["case_id"][
        record.charges.set_index("charge_id")["party_id"]["messages-false"]
    ]
    kinds = record.cases["kind"].mask(record.cases["case_id"] == case, "administrative")
    some = with_table(with_table(record, "charges", article_id=unprinted), "cases", kind=kinds)
    assert "messages-false" not in set(some.people_charged(article=274)["charge_id"])


def test_offences_that_are_worded_in_part_alike_are_named_below(record):
    is_false = record.charges["charge_id"] == "messages-false"
    some = with_table(
        record,
        "charges",
        article_id=record.charges["article_id"].mask(is_false),
        offence=record.charges["offence"].mask(is_false, "Falsely informing the public"),
    )
    charges = some.people_charged(article=274)
    assert "messages-false" not in set(charges["charge_id"])
    assert "Falsely informing the public" in charges.attrs["left_out"]
    assert "Falsely informing the public" in repr(charges)
    assert "Falsely informing the public" in charges._repr_html_()


# --- single assemblies


def test_single_assemblies_are_dated_and_what_is_left_out_is_said(record):
    first = record.assemblies["assembly_id"] == record.single_assemblies()["assembly_id"][0]
    record = with_table(record, "assemblies", date_first=record.assemblies["date_first"].mask(first))
    assemblies = record.single_assemblies()
    table = record.assemblies.set_index("assembly_id")
    assert (table.loc[assemblies["assembly_id"], "level"] == "single").all()
    assert assemblies[["date_first", "date_last", "month"]].notna().all(axis=None)
    every = record.single_assemblies(undated=True)
    assert len(every) == (table["level"] == "single").sum()
    assert len(every) - len(assemblies) == 1 and "1 without a first day" in repr(assemblies)
    assert f"{len(table) - len(every)} series and general statements" in repr(assemblies)
    assert "without a first day" not in repr(every)


@pytest.mark.parametrize(("date", "month"), [
    ("2022-08-15", "2022-08"), ("2022-08", "2022-08"), ("2022", "2022"), ("../2022-08-15", "../2022-08"),
    ("2022-08-01/2022-08-10", "2022-08"), ("2022-08-30/2022-09", "2022-08/2022-09"),
])  # fmt: skip
def test_a_month_is_that_of_the_date_or_all_that_it_may_be_of(record, date, month):
    first = record.assemblies["assembly_id"] == record.single_assemblies()["assembly_id"][0]
    dated = with_table(record, "assemblies", date=record.assemblies["date"].mask(first, date))
    assert dated.single_assemblies()["month"][0] == month


def test_what_is_made_from_a_view_is_a_plain_table(record):
    assemblies = record.single_assemblies()
    assert type(assemblies[assemblies["held"] == "yes"]) is pd.DataFrame
    assert "Not among" not in repr(assemblies.head(2))


# --- the record itself


def test_tab_lists_the_tables_and_what_can_be_asked(record):
    listed = dir(record)
    assert set(tables.clean_names()) | {"figures", "people_charged", "to_excel", "search"} <= set(listed)
    assert not [name for name in listed if name.startswith("_") or not hasattr(record, name)]


def test_the_record_shows_what_it_holds(record):
    for shown in (repr(record), record._repr_html_()):
        assert "0x" not in shown
        assert "One figure as one source prints it in one place" in shown
        assert str(len(record.claims)) in shown
        assert "record.figures()" in shown
    assert "as printed by" not in repr(record)


def test_a_table_that_is_not_there_is_answered_with_those_that_look_like_it(record):
    with pytest.raises(
        AttributeError, match=r"no 'convictions'; did you mean people_charged\(\) or sentences"
    ):
        record.convictions  # noqa: B018 - by its meaning, where the letters lead elsewhere
    with pytest.raises(AttributeError, match="the record has no 'case'; did you mean cases"):
        _ = record.case


def test_the_whole_record_goes_to_sqlite_and_excel(record, tmp_path):
    pytest.importorskip("openpyxl")
    record.to_sqlite(tmp_path / "record.sqlite")
    record.to_excel(tmp_path / "record.xlsx")
    assert all((tmp_path / name).stat().st_size > 10_000 for name in ("record.sqlite", "record.xlsx"))


def test_an_amount_of_each_claim_is_words(record):
    assert all(amounts.amount(claim) for _, claim in tables.rows(record.claims))


def test_an_edition_of_a_day_says_that_a_charge_had_not_been_reported(record, frozen):
    early = load(printed_by="2022-01-31", data=frozen, edition=settings.WHOLE)
    for charges in (early.people_charged(article=274), early.people_charged(offence="false information")):
        assert charges.empty and list(charges) == list(record.people_charged())
        assert "No source printed by 2022-01-31 names" in charges.attrs["left_out"]
    assert "as printed by 2022-01-31" in repr(early)


def test_the_figures_of_a_report_are_those_that_it_prints(record):
    for source in record.sources["source_id"]:
        found = record.figures(source=source)
        assert set(found["claim_id"]) == set(record.claims.query("source_id == @source")["claim_id"])
    assert set(record.figures("deaths_total", source="north-2022-05")["source_id"]) == {"north-2022-05"}


def test_each_word_of_the_field_leads_to_something_that_there_is(record):
    for word, where in query._WORDS.items():
        assert word not in dir(record)
        assert all(name.partition("(")[0] in dir(record) for name in where.split(" or "))
