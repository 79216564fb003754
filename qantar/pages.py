"""Reference pages of the book, made from the record by the templates in book/templates.

One idea: what the record already says is written once. The pages land in book/reference, which git ignores, each time a
book is built. Whatever text stands in a table is escaped, so that it is text in the page.
"""

import hashlib
from pathlib import Path

import jinja2
import pandas as pd

from qantar import paths, record, tables, words

# The headline numbers of the home page, in this order.
HEADLINES = ["deaths_total", "deaths_officers", "injured_total", "missing_persons", "convictions_civilian_killings"]


def write(root=paths.ROOT):
    """Make every reference page anew from the clean tables of the checkout `root`; unchanged files are left untouched."""
    root = Path(root)
    loaded = record.load(data=root / "data")
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(root / "book" / "templates"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown, not HTML: every cell goes through `text`
    )
    templates.globals["newer"] = lambda n: words.of_them(n, len(loaded.sources), "is", "are")
    templates.filters |= {"text": _text, "when": words.when, "number": words.number}
    context = _context(loaded, root)
    for template in sorted((root / "book" / "templates").glob("*.md")):
        content = templates.get_template(template.name).render(context)
        tables.write_bytes(root / "book" / "reference" / template.name, content.encode("utf-8"))


def _text(cell):
    """Return a cell as text in Markdown; nothing for an empty one."""
    return "" if pd.isna(cell) else words.escape(cell)


def _context(loaded, root):
    data = root / "data"
    declared = tables.resources(data)
    figures = loaded.claims.groupby("source_id").size()
    sources = loaded.sources.sort_values("published_last", ascending=False, kind="stable")
    return {
        "sources": [{**row, "figures": int(figures.get(row["source_id"], 0)), "has_url": not pd.isna(row["url"])} for _, row in sources.iterrows()],
        "headlines": [_headline(loaded, measure) for measure in HEADLINES],
        "newest": loaded.newest(),
        "claims": len(loaded.claims),
        "teams": loaded.sources["team"].nunique(),
        "record_hash": record_hash(data),
        "tables": [_dictionary(declared, name) for name in tables.raw_names(data)],
        "timeline": _timeline(loaded),
        "asked": _asked(loaded),
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
    return rows[["date", "date_first", "date_last"]].assign(what=what, sort=sort, told=[words.where(places, page="") for places in rows["where"]])


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
        f"{words.link(words.escape(row.short), row.source_id, page='')}, {words.when(row.published)}, paragraph {row.paragraph}" for row in claims.itertuples()
    ]
    dates = claims[["as_of", "as_of_first", "as_of_last"]].set_axis(["date", "date_first", "date_last"], axis=1)
    return dates.assign(what=[words.said(row, page="") for _, row in claims.iterrows()], sort="figure", told=told)


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
                    "where": words.where(row.where, page=""),
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
        return words.said(loaded.claim(answer.row_id).iloc[0], page="") + note
    if answer.table == "acts":
        act = acts[acts["act_id"] == answer.row_id].iloc[0]
        day = "no day told" if pd.isna(act["date"]) else words.when(act["date"])
        by = "" if pd.isna(act["who"]) else f"{words.escape(act['who'])}, "
        return f"{by}{day}: {words.escape(act['summary'])} ({words.where(act['where'], page='')}){note}"
    case = loaded.things("cases").set_index("case_id").loc[answer.row_id]
    return f"{words.escape(case['label'])}; {case['state'].replace('_', ' ')} ({words.where(case['where'], page='')}){note}"


def record_hash(data=paths.DATA):
    """Return the SHA-256 of the record: of all raw tables, in the order of the data package."""
    digest = hashlib.sha256()
    declared = tables.resources(data)
    for name in tables.raw_names(data):
        digest.update((Path(data) / declared[name]["path"]).read_bytes())
    return digest.hexdigest()


def _headline(loaded, measure):
    """Return the label and the words of a headline number: the oldest figure, and the newest where it is another statement."""
    rows = loaded.of(measure)
    rows = rows[rows["bound"] != "higher"]
    first, last = rows.iloc[0], rows.iloc[-1]
    told = words.said(first, page="")
    if rows["same_statement"].nunique() == 1 and rows["same_statement"].notna().all():
        told += f"; one statement, printed in {words.count(rows['source_id'].nunique(), 'report')}"
    elif len(rows) > 1:
        told = f"{told} in the oldest report that prints a figure; in the newest {words.said(last, page='')}"
    return {"label": first["label"], "told": told}


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
