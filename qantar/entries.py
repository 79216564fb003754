"""Entries of the reference pages: what each claim, case, assembly, incident, act and measure of the record says, with its place.

One idea: one anchor for each row, named by its id, so that every number and every mark of a chart can lead there, and from there to
the paragraph of the report. Everything is returned as Markdown cells that are escaped already; the templates only lay them out.
"""

from urllib.parse import quote

import pandas as pd

from qantar import words
from qantar.words import escape, link, spelt, when


def claims(loaded, record_hash, shown=None):
    """Return the claims by theme and measure: {theme: [measure, ...]}; a measure has id, label, fields and claims, a claim id, heading and fields.

    Fields are pairs of a name and Markdown. `record_hash` goes into the words by which a figure is cited; `shown` are the notebooks that show a
    claim (pairs of file name and title, by claim id).
    """
    told = loaded.of(*loaded.measures["measure_id"])
    sources = loaded.sources.set_index("source_id")
    measures = loaded.measures.set_index("measure_id", drop=False)
    by_id = told.set_index("claim_id", drop=False)
    themes = {}
    for measure_id, rows in told.groupby("measure_id", sort=False):
        measure = measures.loc[measure_id]
        entries = [
            {
                "id": row["claim_id"],
                "heading": f"{escape(row['short'])}, {when(row['published'])}: {escape(words.counted(row))}",
                "fields": _of_claim(row, rows, by_id, sources.loc[row["source_id"]], loaded, record_hash, (shown or {}).get(row["claim_id"], [])),
            }
            for _, row in rows.iterrows()
        ]
        themes.setdefault(measure["theme"], []).append(
            {"id": measure_id, "label": escape(measure["label"]), "fields": _of_measure(measure, measures, loaded), "claims": entries}
        )
    return dict(sorted(themes.items()))


def _of_claim(claim, same, by_id, source, loaded, record_hash, shown):
    item = f", item {claim['item']}" if claim["item"] else ""
    place = f"{link(escape(source['title']), claim['source_id'], home='')}, paragraph {claim['paragraph']}{item}"
    others = [words.said(row, home="") for _, row in same.iterrows() if row["claim_id"] != claim["claim_id"]]
    changed = loaded.corrections[(loaded.corrections["table"] == "claims") & (loaded.corrections["row_id"] == claim["claim_id"])]
    base = by_id.loc[claim["base_claim_id"]] if not pd.isna(claim["base_claim_id"]) else None
    who = escape(claim["speaker_name"]) if not pd.isna(claim["speaker"]) else "the source does not say who says so"
    fields = [
        ("As printed", f"“{escape(claim['as_printed'])}”"),
        ("Supports", f"{words.supports(claim)}{'' if claim['modality'] == 'observed' else '; ' + claim['modality']}"),
        ("Who says so", who if claim["voice"] == "reports" else f"{who}, in its own words"),
        ("Day or period", words.described(claim) if claim["date_basis"] != "published" else f"none is printed: {words.described(claim)}"),
        ("Said", None if pd.isna(claim["stated_on"]) else when(claim["stated_on"])),
        ("Published", when(claim["published"])),
        ("Where", place),
        ("In the source", _passage(source["url"], claim["as_printed"])),
        ("About", _about(claim)),
        ("Part of", None if base is None else words.said(base, home="")),
        ("Repeats", None if pd.isna(claim["same_statement"]) else "one statement or event that other claims below tell too" if others else None),
        ("Other figures of this measure", "; ".join(others) or "none in these reports"),
        ("Shown on", "; ".join(f"[{escape(title)}](../../notebooks/{name}.ipynb)" for name, title in shown)),
        ("Read", f"{claim['read']}, apart from each other" if claim["read"] == "twice" else claim["read"]),
        ("Note", None if pd.isna(claim["note"]) else escape(claim["note"])),
        ("Corrections", "; ".join(_correction(row) for row in changed.itertuples()) or "none"),
        (
            "Cite",
            f"{escape(words.counted(claim))} ({escape(words.attribution(claim))}), paragraph {claim['paragraph']}; Qantar, claim "
            f"`{claim['claim_id']}`, record `{record_hash[:12]}`",
        ),
    ]
    return _filled(fields)


def _passage(url, as_printed):
    """Return a link that opens a web page at the printed words (a text fragment), as Markdown; nothing where there is no web page."""
    if pd.isna(url) or not url.startswith(("https://", "http://")) or url.lower().endswith(".pdf"):
        return None
    return f"[open the page at these words](<{url}#:~:text={quote(as_printed, safe='')}>)"


def _about(claim):
    for column, one in (("case_id", "case"), ("assembly_id", "assembly"), ("incident_id", "incident")):
        if not pd.isna(claim[column]):
            return f"{one}: {link(escape(claim['about']), claim[column], home='')}"
    return None


def _correction(row):
    return f"{row.date}: {escape(row.column)} was {escape(row.old)}, is {escape(row.new)} ({spelt(row.kind)}: {escape(row.reason)})"


def _of_measure(measure, measures, loaded):
    printed = set(loaded.claims["measure_id"])
    other = {
        name: None if measure[name] not in printed else link(escape(measures.loc[measure[name], "label"]), measure[name], home="")
        for name in ("part_of", "disjoint_with")
    }
    fields = [
        ("Counts", escape(measure["definition"])),
        ("Unit and period", f"{measure['unit']}, {spelt(measure['period'])}"),
        ("Scope", escape(measure["scope"])),
        ("Takes in", None if pd.isna(measure["includes"]) else escape(measure["includes"])),
        ("Leaves out", None if pd.isna(measure["excludes"]) else escape(measure["excludes"])),
        ("Part of", other["part_of"]),
        ("Counts nothing twice with", other["disjoint_with"]),
        ("Note", None if pd.isna(measure["note"]) else escape(measure["note"])),
    ]
    return _filled(fields)


def measures(loaded):
    """Return every measure as a row: its place, what it counts, theme, unit, period, and how many figures stand on it in how many reports.

    Of what had been printed by a day, only those of which a figure had been.
    """
    figures = loaded.claims.groupby("measure_id")["source_id"].agg(["size", "nunique"])
    return [
        {
            "label": link(escape(row.label), row.measure_id, home="") if row.measure_id in figures.index else escape(row.label),
            "theme": spelt(row.theme),
            "unit": row.unit,
            "period": spelt(row.period),
            "figures": int(figures["size"].get(row.measure_id, 0)),
            "reports": int(figures["nunique"].get(row.measure_id, 0)),
        }
        for row in loaded.measures.itertuples()
        if row.measure_id in figures.index or not loaded.printed_by
    ]


def cases(loaded):
    """Return every case: id, heading, cells for the table, fields, parties, and its steps in order of time.

    Persons are named as `record.load` gives them: not at all with NAMES=0.
    """
    people = loaded.parties.merge(loaded.persons[["person_id", "public_name"]], on="person_id", how="left")
    steps, acts = loaded.things("steps"), loaded.things("acts")
    labels = people.set_index("party_id")["label"].to_dict()
    others = loaded.cases.set_index("case_id")["label"].to_dict()
    figures = loaded.of(*loaded.measures["measure_id"])
    entries = []
    for case in loaded.things("cases").itertuples():
        own, told = people[people["case_id"] == case.case_id], steps[steps["case_id"] == case.case_id]
        fields = [
            ("State", f"{spelt(case.state)}, as last reported {words.on(case.last_reported)}; later steps are not in the record"),
            ("January 2022", spelt(case.january_2022)),
            ("Torture alleged", spelt(case.torture_alleged)),
            ("Place", _cell(case.place)),
            ("What is told", _cell(case.summary)),
            ("May be the same as, or part of", None if pd.isna(case.maybe_same_as) else link(escape(others[case.maybe_same_as]), case.maybe_same_as, home="")),
            ("Figures", "; ".join(words.said(row, home="") for _, row in figures[figures["case_id"] == case.case_id].iterrows())),
            ("Said and done about it", "; ".join(_act(act) for act in acts[acts["on_case_id"] == case.case_id].itertuples())),
            ("Note", _cell(case.note)),
            ("Told by", words.where(case.where, home="")),
        ]
        entries.append(
            {
                "id": case.case_id,
                "heading": escape(case.label),
                "row": [spelt(case.kind), spelt(case.state), _cell(case.place), when(case.last_reported)],
                "fields": _filled(fields),
                "parties": [
                    [escape(p.label if pd.isna(p.public_name) else p.public_name), p.role, *map(_cell, (p.charges, p.sentence, p.state, p.custody))]
                    for p in own.itertuples()
                ],
                "steps": [
                    [
                        _day(s.date),
                        spelt(s.step) + ("" if pd.isna(s.outcome) else f": {spelt(s.outcome)}") + (" (expected)" if s.expected else ""),
                        "all" if pd.isna(s.party_id) else escape(labels[s.party_id]),
                        words.where(s.where, home=""),
                    ]
                    for s in told.itertuples()
                ],
            }
        )
    return entries


def _filled(fields):
    """Return the fields of an entry of which something is told."""
    return [(name, cell) for name, cell in fields if cell]


def _day(date):
    return "not told" if pd.isna(date) else when(date)


def _cell(cell):
    """Return a cell as escaped words; nothing for an empty one."""
    return "" if pd.isna(cell) else escape(spelt(cell) if str(cell).replace("_", "").isalpha() else cell)


def _act(act):
    by = "" if pd.isna(act.who) else f"{escape(act.who)}: "
    return f"{by}{escape(act.summary)} ({words.where(act.where, home='')})"


def assemblies(loaded):
    """Return every assembly: id, heading, cells for the table, fields, and its restrictions."""
    restrictions = loaded.things("restrictions")
    bodies = loaded.organisations.set_index("organisation_id")["name"].to_dict()
    others = loaded.assemblies.set_index("assembly_id")["label"].to_dict()
    figures = loaded.of(*loaded.measures["measure_id"])
    entries = []
    for row in loaded.things("assemblies").itertuples():
        day = _day(row.date)
        fields = [
            ("Day", day),
            ("Place", "; ".join(filter(None, [_cell(row.place), _cell(row.venue)]))),
            ("Level", {"single": "a single assembly", "series": "a series", "general": "a general statement"}[row.level]),
            ("Part of", None if pd.isna(row.part_of) else link(escape(others[row.part_of]), row.part_of, home="")),
            ("Organiser", None if pd.isna(row.organiser) else escape(bodies[row.organiser])),
            ("About", _cell(row.topics)),
            ("Permission", spelt(row.permission)),
            ("Held", spelt(row.held)),
            ("What is told", _cell(row.summary)),
            ("Figures", "; ".join(words.said(claim, home="") for _, claim in figures[figures["assembly_id"] == row.assembly_id].iterrows())),
            ("Note", _cell(row.note)),
            ("Told by", words.where(row.where, home="")),
        ]
        entries.append(
            {
                "id": row.assembly_id,
                "heading": escape(row.label),
                "row": [day, _cell(row.place), spelt(row.permission), spelt(row.held), escape(spelt(row.topics))],
                "fields": _filled(fields),
                "restrictions": [
                    [
                        spelt(r.kind),
                        _cell(r.timing),
                        _day(r.date),
                        _cell(r.ground),
                        _cell(r.sentence),
                        spelt(r.hedge),
                        words.where(r.where, home=""),
                    ]
                    for r in restrictions[restrictions["assembly_id"] == row.assembly_id].itertuples()
                ],
            }
        )
    return entries


def incidents(loaded):
    """Return every incident: id, heading, and the cells of its row of the table."""
    bodies = loaded.organisations.set_index("organisation_id")["name"].to_dict()

    def cells(row):
        against = spelt(row.target_kind) + ("" if pd.isna(row.target) else f": {escape(bodies[row.target])}")
        what = " ".join(filter(None, [_cell(row.summary), _cell(row.after)]))
        how = [spelt(row.kind), spelt(row.by), words.how_many(row), spelt(row.hedge)]
        return [_day(row.date), _cell(row.place), against, *how, what, words.where(row.where, home="")]

    return [{"id": row.incident_id, "heading": escape(row.label), "row": cells(row)} for row in loaded.things("incidents").itertuples()]


def acts(loaded):
    """Return every act: id, heading, and the cells of its row of the table."""
    labels = loaded.cases.set_index("case_id")["label"].to_dict()

    def cells(row):
        case = "" if pd.isna(row.on_case_id) else link(escape(labels[row.on_case_id]), row.on_case_id, home="")
        return [_day(row.date), _cell(row.who), spelt(row.kind), spelt(row.theme), case, words.where(row.where, home="")]

    return [{"id": row.act_id, "heading": escape(row.summary), "row": cells(row)} for row in loaded.things("acts").itertuples()]
