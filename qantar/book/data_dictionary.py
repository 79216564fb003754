"""TODO book.data_dictionary."""

from qantar.record import tables


def dictionary(declared, name):
    raw, clean = declared[name], declared.get(tables.CLEAN_PREFIX + name)
    columns = [_column(field, raw) for field in raw["schema"]["fields"]]
    known = {field["name"] for field in raw["schema"]["fields"]}
    derived = (
        [_column(field, clean) for field in clean["schema"]["fields"] if field["name"] not in known]
        if clean
        else []
    )
    return {**raw, "columns": columns, "derived": derived, "has_clean": clean is not None}


def _column(field, resource):
    constraints = field.get("constraints", {})
    target = next(
        (
            key["reference"]
            for key in resource["schema"].get("foreignKeys", [])
            if key["fields"] == [field["name"]]
        ),
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
    return {
        "name": field["name"],
        "type": field["type"],
        "description": field.get("description", ""),
        "rules": "; ".join(rules),
    }
