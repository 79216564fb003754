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
    templates.filters |= {"text": _text, "when": words.when, "number": words.number}
    for template in sorted((root / "book" / "templates").glob("*.md")):
        content = templates.get_template(template.name).render(_context(loaded, root))
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


def _timeline(loaded):
    """Return what has a day, by last day, as Markdown table cells: the day, what, of which kind, and where it is told."""
    acts, assemblies, steps, incidents = (loaded.things(name) for name in ("acts", "assemblies", "steps", "incidents"))
    decided = steps[steps["step"].isin(["verdict", "appeal_decided", "amnesty_decided", "parole_decided", "closed", "dropped"])]
    labels = loaded.cases.set_index("case_id")["label"].to_dict()
    bodies = loaded.organisations.set_index("organisation_id")["short"].to_dict()
    decided = decided.assign(what=[f"{labels[case]}: {step.replace('_', ' ')}" for case, step in zip(decided["case_id"], decided["step"], strict=True)])
    rows = pd.concat(
        [
            acts[acts["kind"] != "recommendation"].assign(what=(acts["by"].map(bodies) + ": " + acts["summary"]).fillna(acts["summary"]), sort="act"),
            assemblies[assemblies["level"] == "single"].assign(what=assemblies["label"], sort="assembly"),
            decided.assign(sort="case"),
            incidents.assign(what=incidents["label"], sort="incident"),
        ]
    )
    rows = rows[rows["date_last"].notna()].sort_values(["date_last", "what"], kind="stable")
    return [{"day": words.when(row.date), "what": _text(row.what), "kind": row.sort, "where": words.where(row.where, page="")} for row in rows.itertuples()]


def _asked(loaded):
    """Return the recommendations by theme, each with what state bodies did or said on that theme afterwards, as these reports tell."""
    acts = loaded.things("acts").merge(loaded.organisations[["organisation_id", "name"]], left_on="by", right_on="organisation_id", how="left")
    by_state = acts[acts["by_kind"].isin(["state", "court"])].sort_values("date_last", kind="stable")
    asked = acts[acts["kind"] == "recommendation"].sort_values(["theme", "date_last", "act_id"], kind="stable")
    return [
        {
            "theme": theme.replace("_", " "),
            "rows": [
                {
                    "what": _text(row.summary),
                    "who": _text(row.name),
                    "day": words.when(row.date),
                    "where": words.where(row.where, page=""),
                    "answers": [
                        {"what": _text(act.summary), "day": words.when(act.date), "where": words.where(act.where, page="")}
                        for act in by_state[(by_state["theme"] == theme) & (by_state["date_last"] > row.date_last)].itertuples()
                    ],
                }
                for row in rows.itertuples()
            ],
        }
        for theme, rows in asked.groupby("theme", sort=True)
    ]


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
