"""Reference pages of the book, made from the record by the templates in book/templates.

One idea: what the record already says is written once. The pages land in book/reference, which git ignores, each time a
book is built. Whatever text stands in a table is escaped, so that it is text in the page.
"""

import hashlib
import re
from pathlib import Path

import jinja2
import pandas as pd

from qantar import charts, entries, paths, record, released, tables, words

_CHANGED = "what_changed.md"
# The cards of the home page: notebook, title, the measure of the key number, and the measures drawn.
CARDS = [
    ("casualties", "Casualties", "deaths_total", ["deaths_total"]),
    (
        "torture_investigations",
        "Torture investigations",
        "torture_complaints_anticorruption_closed",
        ["torture_complaints_anticorruption", "torture_complaints_anticorruption_closed"],
    ),
    ("article_274", "Article 274, false information", "investigations_274", ["investigations_274", "investigations_274_sent_to_court"]),
    ("assembly_restrictions", "Restrictions on assemblies", "permission_refusals", ["permission_refusals"]),
]


def made(root=paths.ROOT, shown=None):
    """Return every reference page as the clean tables of the checkout `root` make it, as bytes by file name, and the small charts of the home page.

    `shown` are the notebooks that show a claim, as in `entries.claims`. What changed is a page of its own: `what_changed`.
    """
    root = Path(root)
    loaded = record.load(data=root / "data")
    templates = _templates(root)
    templates.globals["newer"] = lambda n: words.of_them(n, len(loaded.sources), "is", "are")
    context = _context(loaded, root, shown)
    given = {template.name: context for template in sorted((root / "book" / "templates").glob("*.md")) if template.name != _CHANGED}
    given |= {f"claims_{theme}.md": {"theme": words.spelt(theme).capitalize(), "measures": of} for theme, of in context["claims_of"].items()}
    found = {card["picture"]: charts.small(card["drawn"]) for card in context["cards"]}
    for name, of in given.items():
        template = templates.get_template("each_theme/claims.md" if name.startswith("claims_") else name)
        found[name] = template.render(of).encode("utf-8")
    return found


def what_changed(changes, root=paths.ROOT):
    """Return the page on what changed since the last release (`changes.Changes`, None where there is none) and in each release, as bytes by file name."""
    root = Path(root)
    history = "" if paths.edition() else re.sub(r"(?m)^#", "##", (root / "CHANGELOG.md").read_text(encoding="utf-8").partition("\n")[2].strip())
    addresses = {f"notebooks/{path.stem}": f"../../notebooks/{path.name}" for path in (root / "notebooks").glob("*.ipynb")}
    addresses |= {f"book/reference/{path.stem}": path.name for path in (root / "book" / "templates").glob("*.md")}

    def page(name):
        return f"[{_text(name)}]({addresses[name]})" if name in addresses else _text(name)

    return {_CHANGED: _templates(root).get_template(_CHANGED).render(changes=changes, history=history, page=page, edition=paths.edition()).encode("utf-8")}


def write(content, root=paths.ROOT):
    """Write reference pages (bytes by file name) into the checkout `root`, and delete those of old; unchanged files are left untouched."""
    folder = Path(root) / "book" / "reference"
    for name, of in content.items():
        tables.write_bytes(folder / name, of)
    for old in folder.glob("*.md"):
        if old.name not in content:
            old.unlink()  # of a theme that no claim has any more


def _templates(root):
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(root / "book" / "templates"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown, not HTML: every cell goes through `text`
    )
    templates.filters |= {"text": _text, "when": words.when, "number": words.number, "spelt": words.spelt}
    return templates


def _text(cell):
    """Return a cell as text in Markdown; nothing for an empty one."""
    return "" if pd.isna(cell) else words.escape(cell)


def _context(loaded, root, shown):
    data = root / "data"
    hashed = record_hash(data)
    declared = tables.resources(data)
    figures = loaded.claims.groupby("source_id").size()
    sources = loaded.sources.sort_values("published_last", ascending=False, kind="stable")
    return {
        "sources": [{**row, "figures": int(figures.get(row["source_id"], 0)), "has_url": not pd.isna(row["url"])} for _, row in sources.iterrows()],
        "cards": [_card(loaded, *card) for card in CARDS],
        "change": _last_change((root / "CHANGELOG.md").read_text(encoding="utf-8")),
        "newest": loaded.newest(),
        "claims": len(loaded.claims),
        "teams": loaded.sources["team"].nunique(),
        "record_hash": hashed,
        "tables": [_dictionary(declared, name) for name in tables.raw_names(data)],
        "claims_of": entries.claims(loaded, hashed, shown),
        "measures": entries.measures(loaded),
        "each_printed": _each_printed(loaded),
        "edition": paths.edition(),
        "cases": entries.cases(loaded),
        "assemblies": entries.assemblies(loaded),
        "incidents": entries.incidents(loaded),
        "acts": entries.acts(loaded),
        "timeline": _timeline(loaded),
        "asked": _asked(loaded),
        "corrections": [(words.spelt(kind), list(rows.itertuples())) for kind, rows in loaded.corrections.groupby("kind", sort=True)],
        "kinds": {words.spelt(kind): meaning for kind, meaning in _KINDS.items()},
        "released": released.releases(data),
    }


# What the kinds of corrections mean; the codebook leads to the page that says so.
_KINDS = {
    "our_error": "We typed or read it wrongly.",
    "late_reading": "A place of a text that had been read was read again, and told more.",
    "recoding": "The same words, put in another column, measure or form.",
    "source_revision": "The publisher of the report changed it.",
    "definition_change": "A measure or a rule of the codebook was changed.",
    "retraction": "Whoever stated it took it back.",
    "removal": "Taken out to protect a person.",
}
_DECIDED = {"verdict", "appeal_decided", "amnesty_decided", "parole_decided", "closed", "dropped", "reopened", "reclassified", "reinstated", "charged"}


def _timeline(loaded):
    """Return what has a day, by year and last day, as Markdown table cells (the day, what, of which kind, where it is told), and what has none."""
    rows = pd.concat([_dated_acts(loaded), _dated_assemblies(loaded), _dated_steps(loaded), _dated_incidents(loaded), _dated_figures(loaded)])
    dated = rows[rows["date_last"].notna()].sort_values(["date_last", "date_first", "what"], kind="stable", na_position="last")
    only_by = dated["date_first"].isna()
    cells = [{"day": words.when(row.date), "what": row.what, "kind": row.sort, "where": row.told} for row in dated[~only_by].itertuples()]
    years = dict.fromkeys(int(day.year) for day in dated[~only_by]["date_last"])
    return {
        "years": [(year, [cell for cell, day in zip(cells, dated[~only_by]["date_last"], strict=True) if day.year == year]) for year in years],
        "by_then": [{"day": words.when(row.date), "what": row.what, "kind": row.sort, "where": row.told} for row in dated[only_by].itertuples()],
        "undated": [{"what": row.what, "kind": row.sort, "where": row.told} for row in rows[rows["date_last"].isna()].itertuples()],
    }


def _dated(rows, sort, what):
    """Return rows of things as the time line shows them: date, its ends, what (Markdown), sort and told (Markdown)."""
    return rows[["date", "date_first", "date_last"]].assign(what=what, sort=sort, told=[words.where(places, home="") for places in rows["where"]])


def _dated_acts(loaded):
    acts = loaded.things("acts").query("kind != 'recommendation'")
    return _dated(acts, "act", [words.escape(_by(act)) for act in acts.itertuples()])


def _by(act):
    """Return an act in words: who it is by, and what it was."""
    return act.summary if pd.isna(act.who) else f"{act.who}: {act.summary}"


def _dated_assemblies(loaded):
    assemblies = loaded.things("assemblies").query("level == 'single'")
    return _dated(assemblies, "assembly", assemblies["label"].map(words.escape))


def _dated_steps(loaded):
    """Return what is decided or charged in cases, with the party where the step names one, and the outcome."""
    steps = loaded.things("steps")
    steps = steps[steps["step"].isin(_DECIDED) & ~steps["expected"]]
    labels, parties = loaded.cases.set_index("case_id")["label"].to_dict(), loaded.parties.set_index("party_id")["label"].to_dict()
    told = [": ".join([labels[row.case_id], *([] if pd.isna(row.party_id) else [parties[row.party_id]]), _step(row)]) for row in steps.itertuples()]
    return _dated(steps, "case", [words.escape(what) for what in told])


def _step(row):
    """Return a step with its outcome in words: verdict guilty; charged."""
    return " ".join(str(part).replace("_", " ") for part in (row.step, row.outcome) if not pd.isna(part))


def _dated_incidents(loaded):
    incidents = loaded.things("incidents").query("kind != 'criminal_case'")  # the case stands as a case
    return _dated(incidents, "incident", incidents["label"].map(words.escape))


def _dated_figures(loaded):
    """Return the figures of which the source prints the day or period that they describe."""
    claims = loaded.of(*loaded.claims["measure_id"].unique())
    claims = claims[claims["date_basis"].isin(["printed", "statement", "inferred"]) & (claims["modality"] != "quoted")]
    told = [
        f"{words.link(words.escape(row.short), row.source_id, home='')}, {words.when(row.published)}, paragraph {row.paragraph}" for row in claims.itertuples()
    ]
    dates = claims[["as_of", "as_of_first", "as_of_last"]].set_axis(["date", "date_first", "date_last"], axis=1)
    return dates.assign(what=[words.said(row, home="") for _, row in claims.iterrows()], sort="figure", told=told)


def _asked(loaded):
    """Return the recommendations by theme, each with the acts, figures and cases that answers.csv says bear on it, and how many newer reports there are."""
    acts = loaded.things("acts")
    asked = acts[acts["kind"] == "recommendation"].sort_values(["theme", "date_last", "act_id"], kind="stable")
    addressed = loaded.organisations.set_index("organisation_id")["name"].to_dict()
    answers = {act: [_answer(loaded, acts, row) for row in rows.itertuples()] for act, rows in loaded.answers.groupby("act_id")}
    return [
        {
            "theme": theme.replace("_", " "),
            "rows": [
                {
                    "what": _text(row.summary),
                    "to": _text(addressed.get(row.addressed_to)),
                    "where": words.where(row.where, home=""),
                    "answers": answers.get(row.act_id, []),
                    "newer": int((loaded.sources["published_last"] > row.date_last).sum()),
                }
                for row in rows.itertuples()
            ],
        }
        for theme, rows in asked.groupby("theme", sort=True)
    ]


def _answer(loaded, acts, answer):
    """Return what bears on a recommendation as Markdown: a figure with who says so, or an act or case with its day and where it is told."""
    note = "" if pd.isna(answer.note) else f" {words.escape(answer.note)}"
    if answer.table == "claims":
        return words.said(loaded.claim(answer.row_id).iloc[0], home="") + note
    if answer.table == "acts":
        act = acts[acts["act_id"] == answer.row_id].iloc[0]
        day = "no day told" if pd.isna(act["date"]) else words.when(act["date"])
        by = "" if pd.isna(act["who"]) else f"{words.escape(act['who'])}, "
        return f"{by}{day}: {words.escape(act['summary'])} ({words.where(act['where'], home='')}){note}"
    case = loaded.things("cases").set_index("case_id").loc[answer.row_id]
    return f"{words.escape(case['label'])}; {case['state'].replace('_', ' ')} ({words.where(case['where'], home='')}){note}"


def _each_printed(loaded):
    """Return the headline measures (figures in at least two reports, or a key number of the home page) with what each report prints of them.

    For each the label, what it counts, and rows of Markdown cells, a row per claim in order of publication; a report that prints none has a row that says so.
    Measures of single cases, assemblies or incidents are not among the former.
    """
    told, keys = loaded.of(*loaded.measures["measure_id"]), {card[2] for card in CARDS}
    told = told[told[list(record.THINGS)].isna().all(axis=1) | told["measure_id"].isin(keys)]
    reports = told.groupby("measure_id")["source_id"].nunique()
    sources = loaded.sources.sort_values("published_last", kind="stable")
    return [
        {
            "id": row.measure_id,
            "label": words.escape(row.label),
            "counts": words.escape(row.definition),
            "rows": [cells for source in sources.itertuples() for cells in _printed(source, told[told["measure_id"] == row.measure_id])],
        }
        for row in loaded.measures.itertuples()
        if reports.get(row.measure_id, 0) > 1 or (row.measure_id in keys and row.measure_id in reports)
    ]


def _printed(source, claims):
    """Return what a source prints of a measure, as rows of Markdown cells: report, as printed, what that supports, who says so, day or period."""
    report = f"{words.link(words.escape(source.short), source.source_id, home='')}, {words.when(source.published)}"
    return [
        [
            report,
            words.link(f"“{words.escape(claim['as_printed'])}”", claim["claim_id"], home=""),
            words.supports(claim),
            words.who(claim),
            words.described(claim),
        ]
        for _, claim in claims[claims["source_id"] == source.source_id].iterrows()
    ] or [[report, "prints none", "", "", ""]]


def record_hash(data=paths.DATA):
    """Return the SHA-256 of the record: of all raw tables, in the order of the data package."""
    digest = hashlib.sha256()
    declared = tables.resources(data)
    for name in tables.raw_names(data):
        digest.update((Path(data) / declared[name]["path"]).read_bytes())
    return digest.hexdigest()


def _card(loaded, notebook, title, measure, drawn):
    """Return a card of the home page: its key number as last printed, with who says so and when, and the name and words of its small chart."""
    rows, drawn = loaded.numbered(measure), loaded.numbered(*drawn)
    told = words.NOTHING.capitalize()
    for _, newest in rows.tail(1).iterrows():
        whole = "" if pd.isna(newest["base_claim_id"]) else f" of {words.linked(loaded.claim(newest['base_claim_id']).iloc[0], home='')}"
        told = f"{words.linked(newest, home='')}{whole} ({words.escape(words.attribution(newest))})"
    if len(rows) > 1:
        told = f"{told} in the newest report; {words.count(len(rows), 'report')} print a number, and they differ"
    alt = "; ".join(f"{words.counted(row)}, {words.attribution(row)}" for _, row in drawn.iterrows()) or words.NOTHING
    return {
        "notebook": notebook,
        "title": title,
        "told": f"{told}.",
        "alt": words.escape(f"Small chart: {alt}."),
        "picture": f"card_{notebook}.svg",
        "drawn": drawn,
    }


def _last_change(changelog):
    """Return the version and the last entry of the first section of the changelog, as text."""
    section = changelog.split("\n## ")[1]
    version, *lines = section.splitlines()
    entries = " ".join(line.strip() for line in lines if line.strip()).split("- ")
    return {"version": version, "what": entries[-1].strip()}


def _dictionary(declared, name):
    raw, clean = declared[name], declared.get(tables.CLEAN_PREFIX + name)
    columns = [_column(field, raw) for field in raw["schema"]["fields"]]
    known = {field["name"] for field in raw["schema"]["fields"]}
    derived = [_column(field, clean) for field in clean["schema"]["fields"] if field["name"] not in known] if clean else []
    return {**raw, "columns": columns, "derived": derived, "has_clean": clean is not None}


def _column(field, resource):
    constraints = field.get("constraints", {})
    target = next(
        (key["reference"] for key in resource["schema"].get("foreignKeys", []) if key["fields"] == [field["name"]]),
        None,
    )
    rules = []
    if constraints.get("required"):
        rules.append("always given")
    if constraints.get("unique"):
        rules.append("unique")
    if target:
        rules.append(f"{target['fields'][0]} of {target['resource'] or resource['name']}")
    if "enum" in constraints:
        rules.append("one of: " + ", ".join(constraints["enum"]))
    if "pattern" in constraints:
        rules.append(f"pattern {constraints['pattern']}")
    if "minimum" in constraints:
        rules.append(f"not below {constraints['minimum']}")
    if "maximum" in constraints:
        rules.append(f"not above {constraints['maximum']}")
    return {"name": field["name"], "type": field["type"], "description": field.get("description", ""), "rules": "; ".join(rules)}
