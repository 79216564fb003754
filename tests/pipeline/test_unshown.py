"""Which rows of the record no theme page shows, and the reasons typed for them."""

import nbformat
import pandas as pd
import pytest

from qantar import cli
from qantar.pipeline import unshown
from qantar.presentation import accounts, claim_tables, sentences
from qantar.record import load, views

HEAD = "table,column,cell,reason\n"


@pytest.fixture
def site(record, tmp_path):
    """A folder with one theme page, which shows a claim, an act and a statement, and no reason."""
    shown = [
        sentences.said(record.claims_by_id("north-2022-05-p3a").iloc[0]),
        claim_tables.events_table(views.events(record, "acts").iloc[:1], What="summary").data,
        accounts.told(record.told(statement_id="south-2023-03-p7s2").iloc[0]),
    ]
    output = nbformat.v4.new_output("display_data", {"text/markdown": "\n\n".join(shown)})
    page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("...", outputs=[output])])
    (tmp_path / "notebooks").mkdir()
    nbformat.write(page, tmp_path / "notebooks" / "deaths.ipynb")
    contents = (
        "format: jb-book\nroot: index\nparts:\n- caption: Themes\n  chapters:\n  - file: notebooks/deaths\n"
    )
    (tmp_path / "_toc.yml").write_text(contents, encoding="utf-8")
    (tmp_path / unshown.REASONS).write_text(HEAD, encoding="utf-8")
    return tmp_path


def test_a_row_is_shown_by_a_link_to_it(record, site):
    left = set(unshown.unshown(record, site)["row_id"])
    assert not left & {"north-2022-05-p3a", record.acts["act_id"].iloc[0], "south-2023-03-p7s2"}
    everything = [
        record.claims,
        record.statements,
        record.cases,
        record.assemblies,
        record.incidents,
        record.acts,
    ]
    assert len(left) == sum(map(len, everything)) - 3


def test_a_reason_is_for_one_row_or_for_all_that_have_a_cell(record, site):
    lines = (
        f"{HEAD}statements,kind,finding,no finding here\nclaims,claim_id,north-2022-05-p3b,counted above\n"
    )
    (site / unshown.REASONS).write_text(lines, encoding="utf-8")
    left = unshown.unshown(record, site).set_index("row_id")
    findings = record.statements.query("kind == 'finding'")["statement_id"]
    assert set(left.loc[findings, "reason"]) == {"no finding here"}
    assert left.loc["north-2022-05-p3b", "reason"] == "counted above"
    assert left["reason"].notna().sum() == len(findings) + 1
    assert unshown.unused_reasons(record, site) == []


def test_a_reason_for_a_row_that_is_shown_is_found(record, site):
    lines = f"{HEAD}claims,claim_id,north-2022-05-p3a,not needed\n"
    (site / unshown.REASONS).write_text(lines, encoding="utf-8")
    assert unshown.unused_reasons(record, site) == ["claims, claim_id, north-2022-05-p3a"]


@pytest.mark.live
def test_whatever_no_theme_page_shows_has_a_typed_reason_and_no_reason_is_left_over():
    record = load()
    left = unshown.unshown(record)
    without = left.loc[left["reason"].isna(), ["table", "row_id"]]
    assert without.to_dict("records") == [], f"show it on a theme page, or type why not in {unshown.REASONS}"
    assert unshown.unused_reasons(record) == []


@pytest.mark.live
def test_the_report_lists_what_no_theme_page_shows_with_the_reason(capsys):
    assert cli.main(["report"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("on no theme page: ")]
    assert len(lines) == len(unshown.unshown(load()))
    assert not any("no reason is typed" in line for line in lines)
    assert pd.Series(lines).is_unique
