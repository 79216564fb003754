"""Entries of the reference pages: what each claim, case, assembly, incident, act and measure of the record says, with its place.

One idea: one anchor for each row, named by its id, so that every number and every mark of a chart can lead there, and from there to
the paragraph of the report. Everything is returned as Markdown cells that are escaped already; the templates only lay them out.
"""

from urllib.parse import quote

import pandas as pd

from qantar.presentation import claim_tables, markdown, sentences


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
                "heading": f"{markdown.escape(row['short'])}, {sentences.when(row['published'])}: {markdown.escape(sentences.counted(row))}",
                "fields": _of_claim(
                    row,
                    rows,
                    by_id,
                    sources.loc[row["source_id"]],
                    loaded,
                    record_hash,
                    (shown or {}).get(row["claim_id"], []),
                ),
            }
            for _, row in rows.iterrows()
        ]
        themes.setdefault(measure["theme"], []).append(
            {
                "id": measure_id,
                "label": markdown.escape(measure["label"]),
                "fields": _of_measure(measure, measures, loaded),
                "claims": entries,
            }
        )
    return dict(sorted(themes.items()))


def _of_claim(claim, same, by_id, source, loaded, record_hash, shown):
    item = f", item {claim['item']}" if claim["item"] else ""
    place = f"{markdown.anchor_link(markdown.escape(source['title']), claim['source_id'])}, paragraph {claim['paragraph']}{item}"
    others = [
        sentences.said(row, home="") for _, row in same.iterrows() if row["claim_id"] != claim["claim_id"]
    ]
    changed = loaded.corrections[
        (loaded.corrections["table"] == "claims") & (loaded.corrections["row_id"] == claim["claim_id"])
    ]
    base = by_id.loc[claim["base_claim_id"]] if not pd.isna(claim["base_claim_id"]) else None
    who = (
        markdown.escape(claim["speaker_name"])
        if not pd.isna(claim["speaker"])
        else "the source does not say who says so"
    )
    fields = [
        ("As printed", f"“{markdown.escape(claim['as_printed'])}”"),
        (
            "Supports",
            f"{claim_tables.supports(claim)}{'' if claim['modality'] == 'observed' else '; ' + claim['modality']}",
        ),
        ("Who says so", who if claim["voice"] == "reports" else f"{who}, in its own words"),
        (
            "Day or period",
            sentences.described(claim)
            if claim["date_basis"] != "published"
            else f"none is printed: {sentences.described(claim)}",
        ),
        ("Said", None if pd.isna(claim["stated_on"]) else sentences.when(claim["stated_on"])),
        ("Published", sentences.when(claim["published"])),
        ("Where", place),
        ("In the source", _passage(source["url"], claim["as_printed"])),
        ("About", _about(claim)),
        ("Part of", None if base is None else sentences.said(base, home="")),
        (
            "Repeats",
            None
            if pd.isna(claim["same_statement"])
            else "one statement or event that other claims below tell too"
            if others
            else None,
        ),
        ("Other figures of this measure", "; ".join(others) or "none in these reports"),
        (
            "Shown on",
            "; ".join(f"[{markdown.escape(title)}](../../notebooks/{name}.ipynb)" for name, title in shown),
        ),
        ("Read", f"{claim['read']}, apart from each other" if claim["read"] == "twice" else claim["read"]),
        ("Note", None if pd.isna(claim["note"]) else markdown.escape(claim["note"])),
        ("Corrections", "; ".join(_correction(row) for row in changed.itertuples()) or "none"),
        (
            "Cite",
            f"{markdown.escape(sentences.counted(claim))} ({markdown.escape(sentences.attribution(claim))}), paragraph {claim['paragraph']}; Qantar, claim "
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
            return f"{one}: {markdown.anchor_link(markdown.escape(claim['about']), claim[column])}"
    return None


def _correction(row):
    return f"{row.date}: {markdown.escape(row.column)} was {markdown.escape(row.old)}, is {markdown.escape(row.new)} ({markdown.spelt(row.kind)}: {markdown.escape(row.reason)})"


def _of_measure(measure, measures, loaded):
    printed = set(loaded.claims["measure_id"])
    other = {
        name: None
        if measure[name] not in printed
        else markdown.anchor_link(markdown.escape(measures.loc[measure[name], "label"]), measure[name])
        for name in ("part_of", "disjoint_with")
    }
    fields = [
        ("Counts", markdown.escape(measure["definition"])),
        ("Unit and period", f"{measure['unit']}, {markdown.spelt(measure['period'])}"),
        ("Scope", markdown.escape(measure["scope"])),
        ("Takes in", None if pd.isna(measure["includes"]) else markdown.escape(measure["includes"])),
        ("Leaves out", None if pd.isna(measure["excludes"]) else markdown.escape(measure["excludes"])),
        ("Part of", other["part_of"]),
        ("Counts nothing twice with", other["disjoint_with"]),
        ("Note", None if pd.isna(measure["note"]) else markdown.escape(measure["note"])),
    ]
    return _filled(fields)


def measures(loaded):
    """Return every measure as a row: its place, what it counts, theme, unit, period, and how many figures stand on it in how many reports.

    Of what had been printed by a day, only those of which a figure had been.
    """
    figures = loaded.claims.groupby("measure_id")["source_id"].agg(["size", "nunique"])
    return [
        {
            "label": markdown.anchor_link(markdown.escape(row.label), row.measure_id)
            if row.measure_id in figures.index
            else markdown.escape(row.label),
            "theme": markdown.spelt(row.theme),
            "unit": row.unit,
            "period": markdown.spelt(row.period),
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
    steps, acts = loaded.events("steps"), loaded.events("acts")
    labels = people.set_index("party_id")["label"].to_dict()
    others = loaded.cases.set_index("case_id")["label"].to_dict()
    figures = loaded.of(*loaded.measures["measure_id"])
    entries = []
    for case in loaded.events("cases").itertuples():
        own, told = people[people["case_id"] == case.case_id], steps[steps["case_id"] == case.case_id]
        fields = [
            (
                "State",
                f"{markdown.spelt(case.state)}, as last reported {sentences.on(case.last_reported)}; later steps are not in the record",
            ),
            ("January 2022", markdown.spelt(case.january_2022)),
            ("Torture alleged", markdown.spelt(case.torture_alleged)),
            ("Place", _cell(case.place)),
            ("What is told", _cell(case.summary)),
            (
                "May be the same as, or part of",
                None
                if pd.isna(case.maybe_same_as)
                else markdown.anchor_link(markdown.escape(others[case.maybe_same_as]), case.maybe_same_as),
            ),
            (
                "Figures",
                "; ".join(
                    sentences.said(row, home="")
                    for _, row in figures[figures["case_id"] == case.case_id].iterrows()
                ),
            ),
            (
                "Said and done about it",
                "; ".join(_act(act) for act in acts[acts["on_case_id"] == case.case_id].itertuples()),
            ),
            ("Note", _cell(case.note)),
            ("Told by", claim_tables.where(case.where, home="")),
        ]
        entries.append(
            {
                "id": case.case_id,
                "heading": markdown.escape(case.label),
                "row": [
                    markdown.spelt(case.kind),
                    markdown.spelt(case.state),
                    _cell(case.place),
                    sentences.when(case.last_reported),
                ],
                "fields": _filled(fields),
                "parties": [
                    [
                        markdown.escape(p.label if pd.isna(p.public_name) else p.public_name),
                        p.role,
                        *map(_cell, (p.charges, p.sentence, p.state, p.custody)),
                    ]
                    for p in own.itertuples()
                ],
                "steps": [
                    [
                        _day(s.date),
                        markdown.spelt(s.step)
                        + ("" if pd.isna(s.outcome) else f": {markdown.spelt(s.outcome)}")
                        + (" (expected)" if s.expected else ""),
                        "all" if pd.isna(s.party_id) else markdown.escape(labels[s.party_id]),
                        claim_tables.where(s.where, home=""),
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
    return "not told" if pd.isna(date) else sentences.when(date)


def _cell(cell):
    """Return a cell as escaped words; nothing for an empty one."""
    return (
        ""
        if pd.isna(cell)
        else markdown.escape(markdown.spelt(cell) if str(cell).replace("_", "").isalpha() else cell)
    )


def _act(act):
    by = "" if pd.isna(act.who) else f"{markdown.escape(act.who)}: "
    return f"{by}{markdown.escape(act.summary)} ({claim_tables.where(act.where, home='')})"


def assemblies(loaded):
    """Return every assembly: id, heading, cells for the table, fields, and its restrictions."""
    restrictions = loaded.events("restrictions")
    bodies = loaded.organisations.set_index("organisation_id")["name"].to_dict()
    others = loaded.assemblies.set_index("assembly_id")["label"].to_dict()
    figures = loaded.of(*loaded.measures["measure_id"])
    entries = []
    for row in loaded.events("assemblies").itertuples():
        day = _day(row.date)
        fields = [
            ("Day", day),
            ("Place", "; ".join(filter(None, [_cell(row.place), _cell(row.venue)]))),
            (
                "Level",
                {"single": "a single assembly", "series": "a series", "general": "a general statement"}[
                    row.level
                ],
            ),
            (
                "Part of",
                None
                if pd.isna(row.part_of)
                else markdown.anchor_link(markdown.escape(others[row.part_of]), row.part_of),
            ),
            ("Organiser", None if pd.isna(row.organiser) else markdown.escape(bodies[row.organiser])),
            ("About", _cell(row.topics)),
            ("Permission", markdown.spelt(row.permission)),
            ("Held", markdown.spelt(row.held)),
            ("What is told", _cell(row.summary)),
            (
                "Figures",
                "; ".join(
                    sentences.said(claim, home="")
                    for _, claim in figures[figures["assembly_id"] == row.assembly_id].iterrows()
                ),
            ),
            ("Note", _cell(row.note)),
            ("Told by", claim_tables.where(row.where, home="")),
        ]
        entries.append(
            {
                "id": row.assembly_id,
                "heading": markdown.escape(row.label),
                "row": [
                    day,
                    _cell(row.place),
                    markdown.spelt(row.permission),
                    markdown.spelt(row.held),
                    markdown.escape(markdown.spelt(row.topics)),
                ],
                "fields": _filled(fields),
                "restrictions": [
                    [
                        markdown.spelt(r.kind),
                        _cell(r.timing),
                        _day(r.date),
                        _cell(r.ground),
                        _cell(r.sentence),
                        markdown.spelt(r.hedge),
                        claim_tables.where(r.where, home=""),
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
        against = markdown.spelt(row.target_kind) + (
            "" if pd.isna(row.target) else f": {markdown.escape(bodies[row.target])}"
        )
        what = " ".join(filter(None, [_cell(row.summary), _cell(row.after)]))
        how = [
            markdown.spelt(row.kind),
            markdown.spelt(row.by),
            claim_tables.how_many(row),
            markdown.spelt(row.hedge),
        ]
        return [_day(row.date), _cell(row.place), against, *how, what, claim_tables.where(row.where, home="")]

    return [
        {"id": row.incident_id, "heading": markdown.escape(row.label), "row": cells(row)}
        for row in loaded.events("incidents").itertuples()
    ]


def acts(loaded):
    """Return every act: id, heading, and the cells of its row of the table."""
    labels = loaded.cases.set_index("case_id")["label"].to_dict()

    def cells(row):
        case = (
            ""
            if pd.isna(row.on_case_id)
            else markdown.anchor_link(markdown.escape(labels[row.on_case_id]), row.on_case_id)
        )
        return [
            _day(row.date),
            _cell(row.who),
            markdown.spelt(row.kind),
            markdown.spelt(row.theme),
            case,
            claim_tables.where(row.where, home=""),
        ]

    return [
        {"id": row.act_id, "heading": markdown.escape(row.summary), "row": cells(row)}
        for row in loaded.events("acts").itertuples()
    ]
