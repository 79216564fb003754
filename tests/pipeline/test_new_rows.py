"""What the theme pages say when rows are added: a typed sentence that they break stops the page.

Each row is added to a copy of the live record by itself. Then a page either stops with a sentence that names
the row, or shows the row, and says nothing that the row makes false.
"""

import functools
import re
import shutil
from typing import NamedTuple

import pytest
from conftest import append_row, edit_cell, outputs_here

from qantar import paths, settings
from qantar.presentation import conditions
from qantar.record import derive, query

pytestmark = pytest.mark.live
NEW = "hrw-2024-06"  # an invented report, later than those of the record


class Row(NamedTuple):
    """A row to add: table, cells beside those of a claim on the new report, the pages to read, and what these
    say of it: `stops`, the first words of a sentence that it breaks, or "" where it is shown; `never`, what
    would be false then."""

    what: str
    pages: str
    cells: dict
    stops: str = ""
    never: str = ""
    table: str = "claims"


def claim(what, pages, measure, value="", bound="exact", stops="", never="", **cells):
    return Row(what, pages, {"measure_id": measure, "value": value, "bound": bound, **cells}, stops, never)


ROWS = [
    claim("a higher total", "casualties", "deaths_total", 250, stops="For totals, the reports say"),
    claim("a lower total", "casualties", "deaths_total", 200, stops="For totals, the reports say"),
    claim("a total as of a day", "casualties", "deaths_total", 240, date_basis="printed", as_of="2024-05-01",
          stops="For totals, the reports say"),
    claim("nearly so many", "casualties", "injured_total", 5000, "less_than", as_printed="nearly 5,000",
          never="at most 4,999|fewer than 5,000"),
    claim("another number of officers", "casualties", "deaths_officers", 20, stops="The wordings differ"),
    claim("the number of officers again", "casualties", "deaths_officers", 19, stops="The wordings differ"),
    claim("a media worker of another event", "casualties", "media_workers_killed", 1,
          stops="Reports tell of a driver"),
    claim("the missing counted later", "casualties", "missing_persons", 12,
          stops="No later report in the record"),
    claim("deaths in custody", "casualties", "deaths_in_custody", 9, stops="They can all be true"),
    claim("children", "casualties", "deaths_children", 5, stops="How many of the rest"),
    claim("a second officer prosecuted", "casualties", "officers_prosecuted_lethal_response", 2,
          stops="An officer prosecuted and a conviction"),
    claim("a second conviction over a killing", "casualties", "convictions_civilian_killings", 2,
          stops="An officer prosecuted and a conviction"),
    claim("more officers convicted", "casualties", "officers_convicted_abuses", 40,
          stops="The officers convicted for abuses"),
    claim("nobody injured", "casualties", "activists_injured", "", "none"),
    claim("complaints of a coalition", "torture_investigations", "torture_complaints_ngo", 250,
          stops="Who received a complaint differs"),
    claim("complaints closed", "torture_investigations", "torture_complaints_anticorruption_closed", 400,
          stops="The closings are not the same"),
    claim("cases of torture", "torture_investigations", "torture_cases_opened", 329,
          stops="The count on complaints against"),
    claim("officers on trial, without only", "torture_investigations", "officers_on_trial_torture", 12,
          stops="The officers put on trial"),
    claim("cases with a conviction", "torture_investigations", "torture_cases_with_conviction", 4,
          stops="The number of cases with a conviction"),
    claim("another survey", "torture_investigations", "survey_torture_share", 50,
          stops="The survey asked people"),
    claim("false information by a second report", "article_274", "investigations_274", 240,
          stops="The figures are the state's"),
    claim("a total of people charged", "january_prosecutions", "persons_charged", 1400, "less_than",
          as_printed="nearly 1,400", stops="Charged, and charged and convicted"),
    claim("a total of people convicted", "january_prosecutions", "persons_charged_and_convicted", 1205,
          stops="Charged, and charged and convicted"),
    claim("a later total of cases", "january_prosecutions", "criminal_cases_initiated", 5300,
          stops="Nor should the later total be lower"),
    claim("activists amnestied", "january_prosecutions", "activists_amnestied", 30,
          stops="That some activists serve sentences"),
    claim("fewer detained", "january_prosecutions", "detained_total", 9900,
          stops="CIVICUS Monitor, FIDH, and IPHR"),
    claim("investigations into violence", "january_prosecutions", "criminal_investigations_violence", 5400,
          stops="Against whom the investigations"),
    claim("refusals", "assembly_restrictions", "permission_refusals", 686),
    claim("a party registered", "opposition", "parties_registered", 9,
          stops="The law was eased, and new parties"),
    claim("supporters convicted", "opposition", "opposition_supporters_charged_and_convicted", 60,
          stops="Members are detained, fined"),
    claim("arrests over attacks", "media_attacks", "media_arrests_total", 25,
          stops="A total of people arrested since"),
    claim("somebody held accountable", "media_attacks", "accountable_media_attacks", 2,
          stops="That nobody is known to have"),
    claim("a figure of a speaker who is new", "casualties", "injured_total", 5000, speaker="un-experts",
          speaker_kind="intergovernmental", voice="reports"),
    Row("a list published again", "casualties", {"act_id": "list-again", "by": "kz-government",
        "kind": "publication", "theme": "casualties", "date": "2024-05", "summary": "Published it again."},
        "The authorities had refused to publish", table="acts"),
    Row("a third ban", "opposition", {"act_id": "third-banned", "by": "kz-courts", "kind": "ban",
        "theme": "opposition", "date": "2024-05", "summary": "Banned a third movement."},
        "Democratic Choice of Kazakhstan and the Street Party", table="acts"),
    Row("a second amnesty", "january_prosecutions", {"act_id": "amnesty-again", "by": "kz-president",
        "kind": "amnesty", "theme": "prosecution", "date": "2024-05", "summary": "Signed another amnesty."},
        "The law also reaches officials", table="acts"),
    Row("a finding on the missing", "casualties", {"statement_id": f"{NEW}-p3s1", "kind": "finding",
        "theme": "missing", "summary": "All of the missing were found.", "deed": "were found"},
        "No later report in the record", table="statements"),
    Row("a fact told otherwise", "discrepancies", {"mention_id": f"{NEW}-p3m1", "table": "cases",
        "row_id": "party-leader", "agrees": "differs", "differs_on": "label", "value_there": "Another",
        "hedge": "stated"}, "Others are real differences", table="mentions"),
    Row("a figure withdrawn", "casualties", {"fidh-2024-02-p5a": "retracted"}, "For totals, the reports say",
        table="retracted"),
    Row("a survey withdrawn", "torture_investigations", {"iphr-2023-03-p39c": "retracted"},
        "The survey asked people", table="retracted"),
    Row("a measure that is new", "torture_investigations", {"label": "Torture cases sent to a court"},
        table="measures"),
    Row("a measure that is new, in a section", "torture_investigations",
        {"label": "Torture cases sent to a court", "section": "torture-cases", "rank": 99}, table="measures"),
]  # fmt: skip
PLACED = {"source_id": NEW, "paragraph": 3, "item": 0, "as_printed": "as printed"}
SAID = {"speaker": "hrw", "speaker_kind": "ngo", "voice": "own", "date_basis": "published"}


@pytest.fixture
def live(tmp_path):
    """A copy of the live record with one more report, of which nothing is told yet."""
    shutil.copytree(paths.DATA, tmp_path / "data", ignore=shutil.ignore_patterns("rows", "released"))
    append_row(tmp_path / "data", "sources", "hrw-2023-01", source_id=NEW, published="2024-06-20")
    return tmp_path / "data"


def add(data, row):
    """Add a row to the raw tables; return the id by which a page would link to it."""
    place = {**PLACED, "place_id": "kazakhstan", "as_of": "../2024-06-20"}
    if row.table == "retracted":
        edit_cell(data, "claims", next(iter(row.cells)), "retracted", "yes")
        return ""
    if row.table == "claims":
        append_row(
            data, "claims", **{**place, **SAID, "claim_id": f"{NEW}-p3a", "modality": "observed", **row.cells}
        )
    elif row.table == "measures":
        append_row(data, "measures", "torture_cases_opened", measure_id="new_measure", **row.cells)
        cells = {"claim_id": f"{NEW}-p3a", "measure_id": "new_measure", "value": 5, "bound": "exact"}
        append_row(data, "claims", **{**place, **SAID, "modality": "observed", **cells})
    elif row.table == "acts":
        append_row(data, "acts", **row.cells)
        mention = {"mention_id": f"{NEW}-p3m1", "table": "acts", "row_id": row.cells["act_id"]}
        append_row(data, "mentions", **{**PLACED, **mention, "hedge": "stated", "agrees": "yes"})
        return row.cells["act_id"]
    else:
        said = {**SAID, "hedge": "stated", "date": "../2024-06-20"} if row.table == "statements" else {}
        append_row(data, row.table, **{**PLACED, **said, **row.cells})
    return f"{NEW}-p3a"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what.replace(" ", "-"))
def test_a_new_row_is_shown_or_stops_the_page_that_it_makes_false(row, live, monkeypatch):
    row_id = add(live, row)
    derive.write(live)
    read = functools.partial(query.load, data=live, edition=settings.WHOLE)
    monkeypatch.setattr("qantar.record.load", read)
    path = paths.NOTEBOOKS / f"{row.pages}.ipynb"
    if row.stops:
        with pytest.raises(conditions.NoLongerHolds) as raised:
            outputs_here(path)
        assert row.stops in str(raised.value)
    else:
        text = "\n".join(outputs_here(path))
        assert f"#{row_id}" in text
        assert not (row.never and re.search(row.never, text))
