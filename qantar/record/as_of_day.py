"""TODO record.as_of_day."""

import pandas as pd

from qantar.record import tables


def printed_by(raw, day):
    """Keep the sources surely published by a day and what they tell; a thing loses the words that rest on later sources too."""
    kept = dict(raw)
    kept["sources"] = raw["sources"][raw["sources"]["published_last"] <= day]
    for name in ("claims", "mentions"):
        kept[name] = raw[name][raw[name]["source_id"].isin(kept["sources"]["source_id"])]
    repeated_later = raw["claims"].drop(kept["claims"].index)["same_statement"].dropna()
    kept["claims"] = kept["claims"].assign(
        note=kept["claims"]["note"].mask(kept["claims"]["same_statement"].isin(repeated_later))
    )
    told = kept["mentions"].groupby("table")["row_id"].apply(set).to_dict()
    later = raw["mentions"].drop(kept["mentions"].index).groupby("table")["row_id"].apply(set).to_dict()
    for name in tables.MENTIONED:
        rows = raw[name][raw[name][tables.key(name)].isin(told.get(name, ()))]
        for column in {"summary", "note", "after"} & set(rows):
            rows = rows.assign(
                **{column: rows[column].mask(rows[tables.key(name)].isin(later.get(name, ())))}
            )
        for thing, column in _left_open(kept["mentions"], name):
            if thing in later.get(name, ()) and column in _may_be_empty(name):
                hidden = [c for c in _NUMBER if c in rows] if column in _NUMBER else [column]
                rows = rows.assign(**{c: rows[c].mask(rows[tables.key(name)] == thing) for c in hidden})
        kept[name] = rows
    of_thing = [("case_id", "cases"), ("assembly_id", "assemblies"), ("incident_id", "incidents")]
    told_later = {thing for name in ("cases", "assemblies", "incidents") for thing in later.get(name, ())}
    parties = raw["parties"]
    parties = parties.assign(
        note=parties["note"].mask(parties[[column for column, _ in of_thing]].isin(told_later).any(axis=1))
    )
    kept["parties"] = parties[
        pd.concat([parties[column].isin(kept[name][column]) for column, name in of_thing], axis=1).any(axis=1)
    ]
    for name, column, other in [
        ("charges", "party_id", "parties"),
        ("steps", "case_id", "cases"),
        ("sentences", "party_id", "parties"),
        ("restrictions", "assembly_id", "assemblies"),
    ]:
        kept[name] = kept[name][kept[name][column].isna() | kept[name][column].isin(kept[other][column])]
    loose = [
        *[("claims", column, name, column) for column, name in of_thing],
        ("steps", "charge_id", "charges", "charge_id"),
        ("steps", "into_charge_id", "charges", "charge_id"),
        ("restrictions", "ahead_of_assembly_id", "assemblies", "assembly_id"),
        ("assemblies", "part_of", "assemblies", "assembly_id"),
        ("incidents", "part_of", "incidents", "incident_id"),
        ("cases", "maybe_same_as", "cases", "case_id"),
        ("charges", "article_id", "articles", "article_id"),
        ("sentences", "step_id", "steps", "step_id"),
        ("sentences", "restriction_id", "restrictions", "restriction_id"),
        ("restrictions", "case_id", "cases", "case_id"),
        ("acts", "on_case_id", "cases", "case_id"),
    ]
    for name, column, other, key in loose:
        kept[name] = kept[name].assign(
            **{column: kept[name][column].where(kept[name][column].isin(kept[other][key]))}
        )
    there = {(name, row) for name in ("acts", "claims", "cases") for row in kept[name][tables.key(name)]}
    answers = raw["answers"][raw["answers"]["act_id"].isin(kept["acts"]["act_id"])]
    told = [pair in there for pair in zip(answers["table"], answers["row_id"], strict=True)]
    kept["answers"] = answers[pd.Series(told, index=answers.index, dtype=bool)]
    kept["parties"] = kept["parties"][~_only_told_later(raw, kept)]
    kept["persons"] = raw["persons"][raw["persons"]["person_id"].isin(kept["parties"]["person_id"])]
    there = {(name, row) for name in tables.MENTIONED for row in kept[name][tables.key(name)]}
    told = [pair in there for pair in zip(kept["mentions"]["table"], kept["mentions"]["row_id"], strict=True)]
    kept["mentions"] = kept["mentions"][
        pd.Series(told, index=kept["mentions"].index, dtype=bool)
    ]  # a thing that is not kept is not told
    kept["charges"] = kept["charges"].assign(
        part=kept["charges"]["part"].where(kept["charges"]["article_id"].notna())
    )
    return {name: table.reset_index(drop=True) for name, table in kept.items()}


def _only_told_later(raw, kept):
    """Return which of the kept parties have charges, steps or sentences of their own, none of which is kept, nor a step of their whole case."""
    parties = kept["parties"]
    own = {
        name: (set(raw[name]["party_id"]), set(kept[name]["party_id"]))
        for name in ("charges", "steps", "sentences")
    }
    had, has = (set.union(*[ends[n] for ends in own.values()]) for n in (0, 1))
    whole = set(kept["steps"].loc[kept["steps"]["party_id"].isna(), "case_id"])
    return parties["party_id"].isin(had) & ~parties["party_id"].isin(has) & ~parties["case_id"].isin(whole)


_NUMBER = ("value", "value_to", "bound", "unit")


def _may_be_empty(name):
    """Return the columns of a table that may be emptied: not required, and no key but that of a place, an article or who did it."""
    keys = {
        column
        for foreign in tables.resources()[name]["schema"].get("foreignKeys", [])
        for column in foreign["fields"]
    } - {"place_id", "article_id", "by"}
    return {
        field["name"] for field in tables.fields(name) if not field.get("constraints", {}).get("required")
    } - keys


def _left_open(mentions, name):
    """Yield (thing, column) for what every given mention of a thing leaves open or tells otherwise than its row."""
    for thing, told in mentions[mentions["table"] == name].groupby("row_id")["differs_on"]:
        if told.notna().all():
            yield from (
                (thing, column) for column in set.intersection(*[set(cell.split("; ")) for cell in told])
            )
