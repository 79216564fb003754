"""Every table reaches its reference page, every row has its anchor, every field its words."""

import re
import shutil

import pandas as pd
import pytest
from conftest import append_row, edit_cell

from qantar import paths, settings
from qantar.book import (
    cards,
    case_entries,
    claim_entries,
    data_dictionary,
    event_entries,
    outcomes,
    reference_pages,
    statement_entries,
)
from qantar.book.recommendations import recommendations
from qantar.book.timeline import timeline
from qantar.pipeline import notebooks
from qantar.presentation import markdown
from qantar.record import Record, derive, load, tables

N, S = "north-2022-05-", "south-2023-03-"
# fmt: off
# A cell of each raw table, what is typed into it, a page that shows it, and how.
EDITS = [
    ("claims", f"{N}p3a", "note", "Marked claim", "claims_casualties", "Marked claim"),
    ("mentions", f"{N}p14m3", "paragraph", "77", "incidents", "paragraph 77"),
    ("persons", "leader-free-steppe", "public_name", "Marked Person", "cases", "Marked Person"),
    ("cases", "leader-almaty", "label", "Marked case", "cases", "## Marked case"),
    ("parties", "blogger", "label", "Marked party", "cases", "Marked party"),
    ("charges", "leader-rules", "offence", "Marked charge", "cases", "Marked charge"),
    ("steps", "leader-transferred", "step", "marked_step", "cases", "marked step"),
    ("sentences", "officers-two-prison", "kind", "marked_sentence", "cases", "marked sentence"),
    ("assemblies", "astana-2022-03-08", "label", "Marked assembly", "assemblies", "## Marked assembly"),
    ("restrictions", "astana-2022-03-08-venue", "kind", "marked_kind", "assemblies", "marked kind"),
    ("incidents", "driver-shot", "label", "Marked incident", "incidents", "Marked incident"),
    ("acts", "list-refused", "summary", "Marked act", "acts", "[Marked act]{#list-refused}"),
    ("statements", f"{N}p10s1", "summary", "Marked sentence.", "accounts", "arked sentence"),
    ("episodes", "leader-taken", "label", "Marked episode", "accounts", "## Marked episode"),
    ("answers", "north-list-a1", "note", "Marked answer", "asked_and_answered", "Marked answer"),
    ("sources", "north-2022-05", "title", "Marked title", "sources", "Marked title"),
    ("measures", "injured_total", "label", "Marked measure", "claims", "Marked measure"),
    ("articles", "cc-272", "number", "999", "cases", "(article 999, part "),
    ("places", "semey", "name", "Marked place", "assemblies", "Marked place"),
    ("organisations", "graft-office", "name", "Marked body", "claims_torture", "Marked body"),
]
# Words that are no names, and how the texts were read.
NOT_SHOWN = {"phrases", "reading"}
FIELDS = [
    ("N-p4d", "Supports", "no bounds; estimated"), ("N-p3a", "Supports", "225"),
    ("N-p4d", "Who says so", "the source does not say who says so"),
    ("N-p3a", "Who says so", "the Ministry of Order"),
    ("N-p5b", "Who says so", "Northern Watch, in its own words"), ("N-p6b", "Said", "2 May 2022"),
    ("N-p3a", "Said", None),
    ("N-p3a", "Day or period", "none is printed: not later than 20 May 2022"),
    ("S-p4a", "Day or period", "1 February 2023"),
    ("N-p10a", "Where", "[Steppe in spring: an invented report](#north-2022-05), paragraph 10, item 1"),
    ("N-p3a", "Where", "[Steppe in spring: an invented report](#north-2022-05), paragraph 3"),
    ("N-p10k", "About", "assembly: [Strike at a plant, Kostanay, April 2022](#kostanay-2022-04-strike)"),
    ("S-p6d", "About", "case: [Three officers convicted after torture, Semey](#officers-semey)"),
    ("N-p14a", "About", "incident: [Driver of a television crew shot dead, Almaty](#driver-shot)"),
    ("N-p3a", "About", None),
    ("S-p5a", "Part of", None),
    ("N-p3b", "Repeats", "one statement or event that other claims below tell too"),
    ("N-p3a", "Repeats", None), ("N-p3c", "Other figures of this measure", "none in these reports"),
    ("N-p3a", "Shown on", r"[A\_b](../../notebooks/a_b.ipynb); [C](../../notebooks/c.ipynb)"),
    ("N-p3b", "Shown on", None),
    ("N-p3a", "Read", "twice, apart from each other"), ("N-p4f", "Read", "once"),
    ("N-p3a", "Corrections", "none"),
    ("N-p3d", "Note", "Withdrawn in April 2022, so said not later than that."),
    ("N-p3a", "Published", "20 May 2022"),
    ("N-p5b", "Cite", "160 torture complaints passed on (Northern Watch, 20 May 2022), paragraph 5; Qantar, "
                      "claim `north-2022-05-p5b`, record `123456789012`"),
    ("N-p3a", "In the source", "[open the page at these words](<https://example.org/north-2022-05"
                               "#:~:text=225%20people%20were%20killed>)"),
    ("S-p4a", "In the source", None),
]
LINKED = [("https://a.org/b", True), ("http://a.org", True), ("ftp://a.org", False),
("https://a.org/b.PDF", False), (None, False)]
# fmt: on


def checkout_of(data, root):
    """Return a folder with what reference pages are made from: these tables, the project's templates."""
    shutil.copytree(data, root / "data", dirs_exist_ok=True)
    shutil.copytree(paths.ROOT / "book" / "templates", root / "book" / "templates")
    for name in ("CHANGELOG.md", "_toc.yml"):
        shutil.copy(paths.ROOT / name, root)
    return root


@pytest.fixture(scope="module")
def root(frozen, tmp_path_factory):
    return checkout_of(frozen, tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def pages(root):
    return {name: content.decode() for name, content in reference_pages.made(root).items()}


@pytest.fixture(scope="module")
def edited(frozen, tmp_path_factory):
    """The pages after an edit of every table."""
    root = checkout_of(frozen, tmp_path_factory.mktemp("edited"))
    for table, row, column, cell, _, _ in EDITS:
        edit_cell(root / "data", table, row, column, cell)
    with (root / "data" / "raw" / "corrections.csv").open("a", encoding="utf-8") as file:
        file.write(f"2026-12-20,claims,{N}p3a,note,a|b,new,our_error,,Marked reason\n")
    derive.write(root / "data")
    return {name: content.decode() for name, content in reference_pages.made(root).items()}


@pytest.fixture(scope="module")
def figures(record):
    return claim_entries.figures(record)


@pytest.fixture(scope="module")
def entries(record, figures):
    """The fields of each claim by its id."""
    shown = {f"{N}p3a": [("a_b", "A_b"), ("c", "C")]}
    themes = claim_entries.claims_by_theme(record, figures, "1234567890123", shown)
    claims = [claim for measures in themes.values() for measure in measures for claim in measure["claims"]]
    return {claim["id"]: dict(claim["fields"]) for claim in claims}


def by_id(rows):
    return {row["id"]: row for row in rows}


def test_every_raw_table_is_edited():
    assert {edit[0] for edit in EDITS} | NOT_SHOWN | {"corrections"} == set(tables.raw_names())


@pytest.mark.parametrize(("page", "words"), [edit[4:] for edit in EDITS], ids=[edit[0] for edit in EDITS])
def test_an_edit_of_any_table_reaches_its_page(pages, edited, page, words):
    assert words in edited[f"{page}.md"]
    assert words not in pages[f"{page}.md"]


def test_a_correction_is_shown_with_its_claim_and_by_its_kind(pages, edited):
    words = r"20 December 2026 | claims, north-2022-05-p3a | note | a\|b | new |  | Marked reason |"
    assert (
        "## Our error\n\nWe typed or read it wrongly." in edited["corrections.md"]
        and words in edited["corrections.md"]
    )
    assert r"note was a\|b, is new (our error: Marked reason)" in edited["claims_casualties.md"]
    assert "There are none: nothing has been released yet." in pages["corrections.md"]


def test_the_hash_is_of_every_raw_table(data):
    before = reference_pages.record_hash(data)
    append_row(data, "phrases")
    assert re.fullmatch("[0-9a-f]{64}", before) and reference_pages.record_hash(data) != before


def test_every_row_has_its_anchor_and_every_link_leads_to_one(record, pages):
    text = "\n".join(pages.values())
    anchors = set(re.findall(r"^\(([\w-]+)\)=$|\]\{#([\w-]+)\}", text, flags=re.MULTILINE))
    anchors = {name for pair in anchors for name in pair if name}
    for table in ("claims", "cases", "assemblies", "incidents", "acts", "sources", "statements"):
        frame = getattr(record, table)
        assert set(frame.iloc[:, 0]) <= anchors, table
    assert set(record.claims["measure_id"]) <= anchors
    assert set(re.findall(r"\]\(#([\w-]+)\)", text)) <= anchors


@pytest.mark.parametrize(("claim", "name", "words"), FIELDS)
def test_a_claim_shows_its_fields(entries, claim, name, words):
    prefix = {"N": N, "S": S}[claim[0]]
    assert entries[prefix + claim[2:]].get(name) == words


def test_a_claim_shows_its_whole_and_the_other_figures_of_its_measure(entries):
    assert entries[f"{N}p3b"]["Part of"].startswith("[225 deaths](#north-2022-05-p3a) (the Ministry")
    others = entries[f"{N}p3a"]["Other figures of this measure"]
    assert re.findall(r"\]\(#([\w-]+)\)", others) == [f"{N}p3e", f"{S}p4a"]
    assert "); [" in others


@pytest.mark.parametrize("more", [0, 1])
def test_a_claim_links_to_its_measure_where_its_other_figures_are_too_many_to_list(record, figures, more):
    same = pd.concat([figures[figures["claim_id"] == f"{N}p3a"]] * (claim_entries.MOST_LISTED + 1 + more))
    same = same.assign(claim_id=[f"{N}p3a"] + [f"copy-{n}" for n in range(1, len(same))])
    claims = claim_entries.claims_by_theme(record, same, "")["casualties"][0]["claims"]
    others = dict(claims[0]["fields"])["Other figures of this measure"]
    assert others.count("225 deaths") == (0 if more else claim_entries.MOST_LISTED)
    assert others.endswith("](#deaths_total)") == bool(more)


@pytest.mark.parametrize(("url", "is_linked"), LINKED)
def test_only_web_pages_are_opened_at_the_printed_words(record, figures, url, is_linked):
    sources = record.sources.assign(url=url)
    changed = Record({**record._tables, "sources": sources}, record.edition)
    themes = claim_entries.claims_by_theme(changed, figures.iloc[:1], "")
    assert ("In the source" in dict(themes["casualties"][0]["claims"][0]["fields"])) == is_linked


def test_measures_show_what_they_count_and_their_relations(record, figures):
    themes = claim_entries.claims_by_theme(record, figures, "")
    assert list(themes) == sorted(themes)
    measures = by_id(themes["article_274"])
    assert [claim["heading"] for claim in measures["investigations_274"]["claims"]] == [
        "Northern Watch, 20 May 2022: 80 investigations opened"
    ]
    fields = dict(measures["investigations_274_closed"]["fields"])
    assert fields["Part of"] == "[Investigations opened under article 274](#investigations_274)"
    assert fields["Counts nothing twice with"].endswith("](#investigations_274_sent_to_court)")
    deaths = dict(by_id(themes["casualties"])["deaths_total"]["fields"])
    assert (
        deaths["Takes in"] == "Officers, where a source says so."
        and deaths["Unit and period"] == "person, cumulative"
    )
    assert not {"Part of", "Leaves out", "Note", "Counts nothing twice with"} & set(deaths)
    assert "Leaves out" in dict(by_id(themes["torture"])["torture_complaints_anticorruption"]["fields"])


def test_measures_without_a_figure_are_listed_but_not_in_an_edition(record, frozen):
    rows = {row["label"]: row for row in claim_entries.measure_rows(record)}
    deaths = rows["[Deaths in total](#deaths_total)"]
    assert (deaths["figures"], deaths["reports"], deaths["period"]) == (3, 2, "cumulative")
    assert (
        rows["Deaths not counted as officers"]["figures"]
        == rows["Deaths not counted as officers"]["reports"]
        == 0
    )
    then = load(data=frozen, edition=settings.Edition("2022-12-31"))
    assert {row["figures"] > 0 for row in claim_entries.measure_rows(then)} == {True}


def test_headline_measures_stand_in_two_reports_or_on_the_home_page(record, figures):
    rows = by_id(claim_entries.headline_measures(record, figures))
    assert list(rows) == [
        *("deaths_total", "deaths_officers", "detained_total", "torture_complaints_anticorruption"),
        *("investigations_274", "permission_refusals"),
    ]
    assert [cells[1:3] for cells in rows["investigations_274"]["rows"]] == [
        ["[“a total of 80 investigations”](#north-2022-05-p6a)", "80"],
        ["prints none", ""],
    ]
    assert [cells[0] for cells in rows["deaths_total"]["rows"]] == [
        *["[Northern Watch](#north-2022-05), 20 May 2022"] * 2,
        "[Southern Monitor](#south-2023-03), March 2023",
    ]
    assert rows["deaths_total"]["rows"][2][3:] == ["Ministry of Order", "1 February 2023"]


def test_cases_show_state_parties_steps_and_figures(record, figures):
    cases = by_id(case_entries.cases(record, figures))
    leader = dict(cases["leader-almaty"]["fields"])
    assert leader["State"] == "open, as last reported in March 2023; later steps are not in the record"
    assert cases["leader-almaty"]["row"][1:] == ["open", "Almaty", "March 2023"]
    assert cases["leader-almaty"]["parties"][0][:2] == ["Aman Vymyslov", "accused"]
    assert ["expected" in step[1] for step in cases["death-kostanay"]["steps"]] == [False] * 4 + [True]
    assert cases["death-kostanay"]["steps"][4][:3] == ["not told", "sent to court (expected)", "all"]
    assert cases["activists-semey"]["steps"][0][1:3] == [
        *("verdict: guilty; later amnestied (The second activist, Semey)", "all"),
    ]
    assert cases["activists-semey"]["steps"][2][2] == "The first activist, Semey"
    semey = dict(cases["officers-semey"]["fields"])
    assert re.findall(r"\]\(#(s[\w-]+-p\d\w)\)", semey["Figures"]) == [f"{S}p6b", f"{S}p6c", f"{S}p6d"]
    assert semey["Said and done about it"].startswith(
        "Semey court: Ruled that a trial of officers be open. ([Southern"
    )
    unnamed = dict(cases["officers-unnamed"]["fields"])
    assert (
        unnamed["May be the same as, or part of"]
        == "[Three officers convicted after torture, Semey](#officers-semey)"
    )
    assert "May be the same as, or part of" not in leader and "Figures" not in leader


def test_no_person_is_named_without_names(frozen, figures):
    unnamed = load(data=frozen, edition=settings.Edition(names=False))
    leader = by_id(case_entries.cases(unnamed, figures))["leader-almaty"]
    assert "Vymyslov" not in str(leader) and leader["parties"][0][0]


def test_assemblies_incidents_and_acts_show_their_cells(record, figures):
    assemblies = by_id(event_entries.assemblies(record, figures))
    rally = dict(assemblies["almaty-2022-01-05"]["fields"])
    assert rally["Part of"] == "[Protests of January 2022](#january-protests)"
    assert (rally["Level"], rally["Organiser"], rally["Place"]) == (
        "a single assembly",
        "the Free Steppe party",
        "Almaty",
    )
    assert rally["Figures"].count("](#") == 7 and len(assemblies["almaty-2022-01-05"]["restrictions"]) == 7
    march = assemblies["astana-2022-03-08"]
    assert march["row"] == ["8 March 2022", "Astana", "granted", "yes", "women's rights"]
    assert dict(march["fields"])["Place"] == "Astana; a park" and "Part of" not in dict(march["fields"])
    assert march["restrictions"][0][:6] == ["venue changed", "before", "not told", "", "", "stated"]
    incidents = by_id(event_entries.incidents(record))
    fire = [
        "not told",
        "Almaty",
        "outlet: the Steppe Gazette",
        "arson",
        "unknown",
        "1",
        "stated",
        "Its door was set on fire.",
    ]
    assert incidents["gazette-fire"]["row"][:8] == fire
    assert incidents["driver-shot"]["row"][2] == "media worker"
    assert incidents["driver-shot"]["row"][7].endswith("died. Nobody is known to have been held accountable.")
    acts = by_id(event_entries.acts(record))
    assert (
        acts["trial-assessed"]["row"][4] == "[Three officers convicted after torture, Semey](#officers-semey)"
    )
    assert acts["election-held"]["row"][:5] == ["27 November 2022", "", "election", "elections", ""]
    assert acts["missing-resolution"]["row"][:2] == ["not told", "Council"]


def test_the_timeline_begins_with_january_2022_and_sets_apart_what_has_no_first_day(record, figures):
    made = timeline(record, figures)
    assert [heading for heading, _ in made["periods"]] == ["January 2022", "2022, after January", "2023"]
    rows = [row for _, rows in made["periods"] for row in rows]
    assert rows[0]["day"] == "5 January 2022" and {row["kind"] for row in rows} == {
        *("account", "act", "assembly", "case", "figure", "incident"),
    }
    what = [row["what"] for row in rows]
    assert "Ministry of Order: Declared an emergency." in what and "An election was held." in what
    assert "Three activists charged over riots, Semey: The first activist, Semey: deferred" not in what
    amnestied = (
        "Three activists charged over riots, Semey: The second activist, Semey: amnesty decided granted"
    )
    assert amnestied in what
    leader = "Prosecution of the leader of the Free Steppe party"
    for step in ("detained", "house arrest", "trial started"):
        assert f"{leader}: {step}" in what
    assert any(words.startswith("Protests of January 2022: held") for words in what)  # a series
    assert not any("Protests at the election" in words and "](#" not in words for words in what)  # no day
    account = "According to Northern Watch, police used force and dispersed the rally."
    assert f"{account} [Account](#{N}p10s1)" in what
    assert not any("Publish a full list" in words or "20,000" in words for words in what)
    assert {row["day"].startswith("not later than ") for row in made["by_then"]} == {True}
    assert any("Editor" in row["what"] for row in made["undated"]) is False
    undated = {row["what"]: row["day"] for row in made["undated"]}
    assert undated["Council: Asked to look for the missing."] == ""
    assert not any(
        "sent to court" in words or "Criminal case against" in words for words in [*what, *undated]
    )


def test_what_is_earlier_than_january_2022_is_folded_below(record, figures, root, tmp_path):
    acts = record.acts.copy()
    election = acts["act_id"] == "election-held"
    acts.loc[election, ["date", "date_first", "date_last"]] = [
        *("2019-06-09", pd.Timestamp("2019-06-09"), pd.Timestamp("2019-06-09")),
    ]
    made = timeline(Record({**record._tables, "acts": acts}, record.edition), figures)
    assert [row["what"] for row in made["earlier"]] == ["An election was held."]
    assert "An election was held." not in str(made["periods"])


@pytest.mark.parametrize(
    ("assembly", "became"),
    [
        (
            "semey-2022-02-20",
            "permission refused; prevented: nobody could gather; before it: home surveillance",
        ),
        ("kostanay-2022-05-28", "planned, as of the report"),
        ("almaty-2022-01-05", "permission refused; held in part; at the time: force used"),
        ("election-protests", "whether it was held is not told"),
        ("astana-2022-03-08", "permission granted; held; before it: venue changed"),
    ],
)
def test_an_assembly_is_shown_as_what_happened_to_it(record, figures, assembly, became):
    fields = dict(by_id(event_entries.assemblies(record, figures))[assembly]["fields"])
    assert fields["What became of it"].startswith(became)


def test_what_is_our_reading_is_marked_wherever_it_is_shown(record, figures):
    def inferred(table, key, row_id, columns):
        rows = getattr(record, table)
        marked = rows["inferred"].astype("object").mask(rows[key] == row_id, columns)
        return rows.assign(inferred=marked)

    changed = {
        "assemblies": inferred("assemblies", "assembly_id", "astana-2022-03-08", "date; place_id; held"),
        "steps": inferred("steps", "step_id", "blogger-appeal", "date"),
        "acts": inferred("acts", "act_id", "election-held", "date"),
        "charges": inferred("charges", "charge_id", "leader-riots", "article_id"),
        "restrictions": inferred("restrictions", "restriction_id", "astana-2022-03-08-monitors", "date"),
    }
    ours = Record({**record._tables, **changed}, record.edition)
    march = by_id(event_entries.assemblies(ours, figures))["astana-2022-03-08"]
    assert march["row"][:4] == [
        *("8 March 2022 (our reading)", "Astana (our reading)", "granted", "yes (our reading)"),
    ]
    assert "8 March 2022 (our reading)" in [cells[2] for cells in march["restrictions"]]
    assert by_id(event_entries.acts(ours))["election-held"]["row"][0] == "27 November 2022 (our reading)"
    cases = by_id(case_entries.cases(ours, figures))
    assert "August 2022 (our reading)" in [step[0] for step in cases["blogger-kostanay"]["steps"]]
    assert "which article is our reading" in cases["leader-almaty"]["parties"][0][2]
    rows = [row for _, rows in timeline(ours, figures)["periods"] for row in rows]
    days = {row["what"]: row["day"] for row in rows}
    assert days["An election was held."] == "27 November 2022 (our reading)"
    assert any("place: our reading; permission granted; held (our reading)" in what for what in days)


CONVICTED = re.compile(r"\b(?:convict\w*|guilty|sentenced|penalised|upheld)\b", re.IGNORECASE)
ENDED = re.compile(r"\b(?:not guilty|acquitt\w*|amnest\w*|clos\w*|dropp\w*|clear\w*)\b", re.IGNORECASE)


def lines_without_their_outcome(record, pages):
    """Return the lines that show somebody as convicted who was acquitted, amnestied or cleared."""
    kinds = {"acquitted", "amnestied", "case closed", "charges dropped"}
    endings = outcomes.final_outcomes(record)
    endings = {party: ending for party, ending in endings.items() if ending.words in kinds}
    parties = record.parties[record.parties["party_id"].isin(endings)]
    cases = record.cases[record.cases["case_id"].isin(parties["case_id"])]
    found = []
    for case in cases.itertuples():
        accused = record.parties.query("case_id == @case.case_id and role == 'accused'")
        cleared = parties[parties["case_id"] == case.case_id]["label"]
        labels = {markdown.escape(label) for label in cleared}
        if set(accused["party_id"]) <= set(endings):  # else what is told of the case is of others too
            labels.add(markdown.escape(case.label))
        for name, text in pages.items():
            lines = [line for line in text.splitlines() if any(label in line for label in labels)]
            section = text.partition(f"({case.case_id})=\n")[2].partition(")=\n")[0]
            if name == "cases.md" and markdown.escape(case.label) in labels:
                lines += [line for line in section.splitlines() if "[{" not in line]
            found += [(name, line) for line in lines if CONVICTED.search(line) and not ENDED.search(line)]
    return found


def test_nobody_who_was_acquitted_amnestied_or_cleared_stands_as_convicted(data, tmp_path):
    append_row(
        *(data, "steps"),
        step_id="extremism-acquitted",
        case_id="extremism-astana",
        date="2023-03",
        step="appeal_decided",
        outcome="not_guilty",
    )
    edit_cell(data, "cases", "extremism-astana", "summary", "An activist was convicted and later acquitted.")
    append_row(
        *(data, "mentions", "south-2023-03-p6m1"),
        **{"mention_id": "south-2023-03-p6m99", "table": "steps", "row_id": "extremism-acquitted"},
    )
    edit_cell(data, "cases", "extremism-astana", "label", "Activist convicted and then acquitted, Astana")
    derive.write(data)
    record = load(data=data)
    ended = outcomes.final_outcomes(record)
    assert {ended[party].words for party in ("extremism-activist", "blogger")} == {"acquitted"}
    made = reference_pages.made(checkout_of(data, tmp_path / "acquitted"))
    pages = {name: text.decode() for name, text in made.items() if name.endswith(".md")}
    assert lines_without_their_outcome(record, pages) == []
    assert "verdict guilty; later acquitted" in pages["timeline.md"]
    assert "verdict: guilty; later acquitted" in pages["cases.md"]
    unsaid = {name: text.replace("; later acquitted", "") for name, text in pages.items()}
    assert lines_without_their_outcome(record, {"cases.md": unsaid["cases.md"]})  # it would be found


@pytest.mark.live
def test_nobody_who_was_acquitted_stands_as_convicted_on_the_built_pages():
    folder = paths.ROOT / "book" / "reference"
    pages = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    if not pages:
        pytest.skip("there is no built book")
    for path in notebooks.in_order():
        outputs = (output for cell in notebooks.read_cached(path).cells for output in cell.get("outputs", []))
        texts = [
            text for output in outputs for text in output.get("data", {}).values() if isinstance(text, str)
        ]
        pages[path.stem] = "\n".join(text.replace("; ", "\n") if "<svg" in text else text for text in texts)
    assert lines_without_their_outcome(load(), pages) == []


def test_the_accounts_of_a_disputed_episode_come_first_each_with_speaker_report_and_difference(record, pages):
    page = pages["accounts.md"]
    headings = re.findall("^## (.*)", page, flags=re.MULTILINE)
    assert headings == [
        *("When the party leader was detained", "Other accounts, by month", "What the reports find"),
    ]
    report = "in the [report of March 2023](#south-2023-03)"
    own = f"- [According to]{{#{S}p7s2}} Southern Monitor, {report}, the party leader"
    assert f"{own} was detained on 4 February 2022." in page
    assert f"Differs from [the account of Northern Watch, 20 May 2022](#{N}p13s1) on when." in page
    assert "### January 2022\n" in page and "Of: How the rally in Almaty ended, 5 January 2022." in page
    council = (
        f"- [According to]{{#{N}p15s1}} the Council of Observers, in the [report of Northern Watch of 20 May"
    )
    assert council in page
    report = "the [report of Southern Monitor of March 2023](#south-2023-03)"
    unnamed = f"[According to]{{#{S}p7s1}} {report}, which does not name who says so, another trial"
    assert unnamed in page
    assert "is reportedly under way.\n" in page and "place: Kazakhstan; hedge: reported; paragraph 7" in page


def test_a_day_that_is_inferred_is_marked_in_an_account(record):
    statements = record.statements.assign(date_basis="inferred")
    ours = Record({**record._tables, "statements": statements}, record.edition)
    (episode,) = statement_entries.episodes(ours)
    assert episode["rows"][0]["details"][0].startswith("Day: 3 February 2022 (our reading); ")


@pytest.mark.parametrize(
    ("summary", "continued"),
    [
        ("A judge said so.", "a judge said so."),
        ("Semey saw clashes.", "Semey saw clashes."),
        ("In Semey shots were fired.", "in Semey shots were fired."),
        ("OSCE observers came.", "OSCE observers came."),
        ("Human Rights Watch said so.", "Human Rights Watch said so."),
        ('"Enemies" did it.', '"Enemies" did it.'),
    ],
)
def test_a_sentence_goes_on_with_a_small_letter_but_for_a_name(summary, continued):
    assert statement_entries.continued(summary, frozenset({"Semey"})) == continued


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"hedge": "alleged"}, " The report passes it on as an allegation."),
        ({"hedge": "alleged", "summary": "It allegedly ended."}, ""),
        ({"hedge": "reported"}, ""),
        ({"hedge": "reported", "speaker_name": pd.NA}, " The report passes it on as reported."),
        ({"hedge": "possible", "voice": "own"}, " The report has it as a concern or a possibility."),
        ({"hedge": "stated"}, ""),
    ],
)
def test_a_hedge_is_said_once(cells, words):
    row = {"voice": "reports", "speaker_name": "eyewitnesses", "summary": "It ended."}
    assert statement_entries.hedge(row | cells) == words


def test_nothing_dated_before_a_recommendation_answers_it(record, figures):
    acts = record.acts.copy()
    published = acts["act_id"] == "list-published"
    acts.loc[published, ["date", "date_last"]] = ["../2022-05-20", pd.Timestamp("2022-05-20")]
    acts.loc[published, "date_first"] = pd.NaT
    earlier = Record({**record._tables, "acts": acts}, record.edition)
    (asked,) = next(g["rows"] for g in recommendations(earlier, figures) if g["theme"] == "casualties")
    assert len(asked["answers"]) == 1 and "Published a list" not in asked["answers"][0]
    mentions = record.mentions.assign(source_id="north-2022-05", paragraph=1)
    before = Record({**record._tables, "mentions": mentions}, record.edition)
    (asked,) = next(g["rows"] for g in recommendations(before, figures) if g["theme"] == "casualties")
    assert len(asked["answers"]) == 1 and "Published a list" not in asked["answers"][0]


def test_recommendations_have_their_answers(record, figures):
    groups = {group["theme"]: group["rows"] for group in recommendations(record, figures)}
    assert list(groups) == ["casualties", "opposition", "torture"]
    (asked,) = groups["casualties"]
    assert (asked["what"], asked["to"], asked["newer"]) == (
        "Publish a full list of the dead.",
        "the Ministry of Order",
        1,
    )
    published, figure = asked["answers"]
    assert published.startswith(
        "In March 2023: Ministry of Order, August 2022: Published a list of the dead. ([Southern Monitor]"
    )
    assert published.endswith(") Without details.") and figure.startswith(
        "In March 2023: [at least 240 deaths](#south-2023-03-p4a)"
    )
    assert groups["torture"][0]["answers"][0].startswith(
        "In March 2023: Three officers convicted after torture, Semey; convicted ([S"
    )
    assert groups["opposition"][0]["answers"] == []


def test_the_data_dictionary_tells_the_rules_of_columns():
    fields = [
        {"name": "a", "type": "string", "constraints": {"required": True, "unique": True, "pattern": "x+"}},
        {"name": "b", "type": "integer", "description": "B.", "constraints": {"minimum": 0, "maximum": 9}},
        {"name": "c", "type": "string", "constraints": {"required": False, "enum": ["x", "y"]}},
        {"name": "d", "type": "string"},
    ]
    keys = [
        {"fields": [name], "reference": {"resource": other, "fields": ["i"]}}
        for name, other in (("c", "t"), ("d", ""))
    ]
    raw = {"name": "r", "schema": {"fields": fields, "foreignKeys": keys}}
    clean = {"name": "clean-r", "schema": {"fields": [*fields, {"name": "e", "type": "string"}]}}
    made = data_dictionary.dictionary({"r": raw, "clean-r": clean}, "r")
    assert [column["rules"] for column in made["columns"]] == [
        *("always given; unique; pattern x+", "not below 0; not above 9", "i of t; one of: x, y", "i of r")
    ]
    assert made["columns"][1]["description"] == "B." and [column["name"] for column in made["derived"]] == [
        "e"
    ]
    alone = data_dictionary.dictionary({"r": raw}, "r")
    assert (made["has_clean"], alone["has_clean"], alone["derived"]) == (True, False, [])


def test_cards_tell_the_newest_number_and_whether_reports_differ(record, root):
    made = {card["notebook"]: card for card in cards.cards(record, root)}
    assert list(made) == ["casualties", "torture_investigations", "article_274", "assembly_restrictions"]
    deaths = made["casualties"]["told"]
    assert deaths.startswith("[at least 240 deaths](#south-2023-03-p4a) (the Ministry of Order, as printed")
    assert deaths.endswith(" in the newest report; two reports print a number, and they differ.")
    torture = made["torture_investigations"]
    assert torture["told"].startswith("[410 torture complaints received by the office](#south-2023-03-p5a)")
    assert len(torture["drawn"]) == 2
    assert made["article_274"]["alt"].startswith(
        "Small chart: 80 investigations opened, the Office of Prosecutors, as"
    )


def test_a_card_says_what_is_counted_and_names_the_part_that_its_chart_shows(record, root):
    made = {card["notebook"]: card for card in cards.cards(record, root)}
    assert made["article_274"]["part"].startswith("Of them: [")
    assert f"](#{N}p6b)" in made["article_274"]["part"]
    assert made["casualties"]["part"] == made["torture_investigations"]["part"] == ""
    deaths = record.measures.set_index("measure_id").loc["deaths_total"]
    scope = f"What is counted: {deaths['definition']} Scope: {deaths['scope']}."
    assert made["casualties"]["scope"] == scope


def test_the_leading_measure_of_a_page_is_the_first_by_rank_that_is_counted(record):
    assert cards.leading_measures(record) == [
        *("deaths_total", "torture_complaints_anticorruption", "investigations_274", "permission_refusals")
    ]
    fewer = record.claims.query("measure_id != 'deaths_total'")
    fewer = Record({**record._tables, "claims": fewer}, record.edition)
    assert cards.leading_measures(fewer)[0] == "deaths_officers"


def test_reports_with_the_same_number_do_not_differ(record, root):
    same = record.claims.assign(value=240, bound="exact")
    made = cards.cards(Record({**record._tables, "claims": same}, record.edition), root)
    assert made[0]["told"].endswith("in the newest report; two reports print a number.")


def test_each_theme_has_one_page():
    fields = {field["name"]: field for field in tables.fields("measures")}
    themes = [theme for page in cards.PAGES for theme in page.themes]
    assert sorted(themes) == sorted(fields["theme"]["constraints"]["enum"])


def test_a_card_without_a_page_or_without_claims_is_left_out(record, root, tmp_path):
    toc = (root / "_toc.yml").read_text()
    (tmp_path / "_toc.yml").write_text(toc.replace("      - file: notebooks/casualties\n", ""))
    claims = record.claims.query(
        "measure_id not in ['permission_refusals', 'investigations_274_sent_to_court']"
    )
    fewer = Record({**record._tables, "claims": claims}, record.edition)
    made = cards.cards(fewer, tmp_path)
    assert [card["notebook"] for card in made] == ["torture_investigations", "article_274"]
    assert len(made[1]["drawn"]) == 4
    words = Record(
        {**record._tables, "claims": record.claims.assign(value=pd.NA, firm=False)}, record.edition
    )
    assert cards.cards(words, root)[0]["told"] == "No figure in these reports."
    assert cards.cards(words, root)[0]["alt"] == "Small chart: no figure in these reports."


def test_an_edition_has_pages_of_its_own(root, pages):
    then = {
        name: page.decode()
        for name, page in reference_pages.made(root, None, settings.Edition("2022-12-31")).items()
    }
    assert "south-2023-03" not in "".join(then.values()) and "south-2023-03" in pages["sources.md"]
    assert then["_freshness.md"].startswith(
        "The newest report in the record is Northern Watch's of 20 May 2022;"
    )
    assert "The record rests on 1 document by 1 research team." in then["sources.md"]
    assert pages["sources.md"].index("(south-2023-03)=") < pages["sources.md"].index("(north-2022-05)=")
    assert "Figures in the record\n: 43, from a text of 17 paragraphs" in pages["sources.md"]
    assert (
        "Nothing in later reports of this record; one of the two is newer." in pages["asked_and_answered.md"]
    )


def test_the_page_of_changes_has_the_history_but_not_in_an_edition(root):
    (page,) = reference_pages.what_changed(None, root).values()
    assert b"Nothing has been released yet" in page and b"\n## Releases\n\n### " in page
    (page,) = reference_pages.what_changed(None, root, settings.Edition(names=False)).values()
    assert b"An edition is compared with nothing." in page and b"## Releases" not in page


def test_pages_of_themes_that_are_gone_are_deleted(tmp_path):
    reference_pages.write({"a.md": b"1", "b.svg": b"2"}, tmp_path)
    reference_pages.write({"c.md": b"3"}, tmp_path)
    assert {path.name: path.read_bytes() for path in (tmp_path / "book" / "reference").iterdir()} == {
        "b.svg": b"2",
        "c.md": b"3",
    }


def test_a_report_that_was_read_in_part_prints_none_only_of_its_part(wider, wider_record, tmp_path, pages):
    made = reference_pages.made(checkout_of(wider, tmp_path / "wider"))
    part = {name: text.decode() for name, text in made.items() if name.endswith(".md")}
    row = "| [Northern Watch](#north-2022-11), 14 November 2022 | "
    assert f"{row}none in the part that was read |" in part["what_each_printed.md"]
    assert f"{row}prints none |" not in part["what_each_printed.md"]
    assert '"None in the part that was read" says no more' in part["what_each_printed.md"]
    said = "only paragraphs 1 to 4 and 6 of our copy, which has 6; what stands elsewhere in the document"
    assert said in part["sources.md"]
    assert "2 research teams; of one report only a part was read. Its" in part["_freshness.md"]
    asked = "- Nothing in later reports of this record; two of the three are newer; of one report only a part"
    assert asked in part["asked_and_answered.md"]
    whole = "".join(pages.values())
    assert "a part was read" not in whole and "part that was read" not in whole
    assert reference_pages.in_part(wider_record) == "one report"


def test_the_pages_of_cases_tell_what_the_model_had_no_word_for(wider_record):
    rows = claim_entries.figures(wider_record)
    cases = by_id(case_entries.cases(wider_record, rows))
    assert dict(cases["riots-astana"]["fields"])["State"].startswith("pending, as last reported on 14 Nov")
    assert [cells[1] for cells in cases["riots-astana"]["steps"]] == ["hearing", "under way"]
    assert [cells[3] for cells in cases["guards-semey"]["parties"]] == [
        *("a sentence, of what kind is not told", "fine some 50,000 tenge"),
    ]
    told = [row["what"] for _, of in timeline(wider_record, rows)["periods"] for row in of]
    act = next(act for act in event_entries.acts(wider_record) if act["id"] == "prosecutions-told")
    assert act["row"][2] == "statement, told in a quotation"
    assert "Trial over riots, Astana: hearing" in told and "Two guards convicted, Semey: review" in told


@pytest.mark.parametrize(("read", "words"), [
    ("3", "paragraph 3 of our copy"), ("1-12", "paragraphs 1 to 12 of our copy"),
    ("1-12; 20", "paragraphs 1 to 12 and 20 of our copy"), ("1; 3", "paragraphs 1 and 3 of our copy"),
])  # fmt: skip
def test_the_paragraphs_that_were_read_are_named(wider_data, read, words, tmp_path):
    edit_cell(wider_data, "sources", "north-2022-11", "paragraphs_read", read)
    derive.write(wider_data)
    made = reference_pages.made(checkout_of(wider_data, tmp_path / "part"))
    assert f": only {words}, which has 6;" in made["sources.md"].decode()
