"""The tables and columns of the record, as data/datapackage.json declares them."""

from qantar.record import tables


def dictionary(declared: dict[str, dict], name: str) -> dict:
    """Return a raw table of the data package: its resource with columns, derived and has_clean.

    `declared` are the resources by name (`tables.resources`). columns are those of the raw table, derived are
    those that only its clean table has; each has name, type, description and rules.
    """
    raw, clean = declared[name], declared.get(tables.CLEAN_PREFIX + name)
    columns = [_column(field, raw) for field in raw["schema"]["fields"]]
    known = {column["name"] for column in columns}
    added = [field for field in clean["schema"]["fields"] if field["name"] not in known] if clean else []
    derived = [_column(field, clean) for field in added]
    return {**raw, "columns": columns, "derived": derived, "has_clean": clean is not None}


def _column(field, resource):
    return {
        "name": field["name"],
        "type": field["type"],
        "description": field.get("description", ""),
        "rules": "; ".join(_rules(field, resource)),
    }


def _rules(field, resource):
    constraints = field.get("constraints", {})
    if constraints.get("required"):
        yield "always given"
    if constraints.get("unique"):
        yield "unique"
    for key in resource["schema"].get("foreignKeys", []):
        if key["fields"] == [field["name"]]:
            yield f"{key['reference']['fields'][0]} of {key['reference']['resource'] or resource['name']}"
    if "enum" in constraints:
        yield f"one of: {', '.join(constraints['enum'])}"
    if "pattern" in constraints:
        yield f"pattern {constraints['pattern']}"
    if "minimum" in constraints:
        yield f"not below {constraints['minimum']}"
    if "maximum" in constraints:
        yield f"not above {constraints['maximum']}"
