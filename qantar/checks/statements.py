"""The rules of meaning: what the record must be true to beyond its form.

One idea: every message is a sentence for a researcher, with file, row as seen in an editor, column, what is wrong and what
to do. Rules report and never repair. Each comes from the section "Rules" of data/README.md.
"""

import functools

import pandas as pd

from qantar.checks import events
from qantar.record import bounds, dates, derive, tables, wording

# The tables whose rows have a place of their own in the book: no id stands in two of them.
WITH_A_PLACE = ("claims", "cases", "assemblies", "incidents", "acts", "measures", "sources")


def number_or_none(cell):
    return None if pd.isna(cell) else float(cell)


def dates_of_claims(raw, where):
    """Every date is EDTF; a figure does not describe, and was not stated on, days after its source was published."""
    problems = []
    for name, columns in dates.DATE_COLUMNS.items():
        for column in columns:
            for index, text in raw[name][column].dropna().items():
                try:
                    dates.days(text)
                except ValueError as error:
                    problems.append(f"{where(name, index, column)}: {error}; type it in that form")
    for index, text in raw["sources"]["published"].items():
        if "/" in text:
            problems.append(
                f"{where('sources', index, 'published')}: {text} is a period; type the day, month or year of publication"
            )
    if problems:
        return problems
    published = raw["sources"].set_index("source_id")["published"].to_dict()
    for index, claim in tables.rows(raw["claims"]):
        printed = published[claim["source_id"]]
        last = dates.days(printed)[1]
        for column in ("as_of", "stated_on"):
            if not events.given(claim[column]) or (
                column == "as_of" and (claim["modality"] == "expected" or claim["date_basis"] == "slip")
            ):
                continue
            first = dates.days(claim[column])[0]
            if first and last and first > last:
                problems.append(
                    f"{where('claims', index, column)}: {claim[column]} begins after its source was published ({printed}); "
                    "correct the date, or set modality to expected"
                )
        if claim["date_basis"] == "published" and claim["as_of"] != f"../{printed}":
            problems.append(
                f"{where('claims', index, 'as_of')}: {claim['as_of']} is typed, but date_basis published means not later than publication; "
                f"type ../{printed}, or say in date_basis what the date rests on"
            )
        if claim["date_basis"] == "statement" and not events.given(claim["stated_on"]):
            problems.append(
                f"{where('claims', index, 'stated_on')}: is empty, but date_basis is statement; type the day of the statement"
            )
        if claim["date_basis"] in ("inferred", "slip") and not events.given(claim["note"]):
            problems.append(
                f"{where('claims', index, 'note')}: is empty, but date_basis is {claim['date_basis']}; say from what, or why it cannot be right"
            )
    return problems


def ids(raw, where):
    """A claim is named after its source and paragraph, the paragraph exists, and no id stands in two tables whose rows have a place in the book."""
    problems, seen = [], {}
    for name in WITH_A_PLACE:
        for index, row in raw[name][tables.key(name)].items():
            if row in seen and seen[row] != name:
                problems.append(
                    f"{where(name, index, tables.key(name))}: {row} is an id of {seen[row]}.csv too; its place in the book would not be its own, rename it"
                )
            seen.setdefault(row, name)
    paragraphs = raw["sources"].set_index("source_id")["paragraphs"].to_dict()
    for index, claim in tables.rows(raw["claims"]):
        stem = f"{claim['source_id']}-p{claim['paragraph']}"
        if claim["claim_id"].rstrip("abcdefghijklmnopqrstuvwxyz") != stem:
            problems.append(
                f"{where('claims', index, 'claim_id')}: {claim['claim_id']} does not begin with {stem}; name it after its paragraph"
            )
    for name in ("claims", "mentions", "reading"):
        for index, row in tables.rows(raw[name]):
            if row["paragraph"] > paragraphs[row["source_id"]]:
                problems.append(
                    f"{where(name, index, 'paragraph')}: {row['source_id']} has {paragraphs[row['source_id']]} paragraphs, not {row['paragraph']}; "
                    "count the blocks between blank lines"
                )
    return problems


def speakers(raw, where):
    """A named speaker is of the kind that is typed; a source's own voice has a speaker."""
    problems = []
    kinds = raw["organisations"].set_index("organisation_id")["kind"].to_dict()
    for index, claim in tables.rows(raw["claims"]):
        kind = claim["speaker_kind"]
        if events.given(claim["speaker"]) == (kind == "unattributed"):
            problems.append(
                f"{where('claims', index, 'speaker')}: {'is empty' if kind != 'unattributed' else 'names ' + claim['speaker']}, but speaker_kind is {kind}; "
                "unattributed goes with an empty speaker, every other kind with a named one"
            )
        elif events.given(claim["speaker"]) and kinds[claim["speaker"]] not in (kind, "unnamed_group"):
            problems.append(
                f"{where('claims', index, 'speaker_kind')}: {kind} is typed, but {claim['speaker']} is {kinds[claim['speaker']]} in organisations.csv; "
                "correct one of the two"
            )
        if claim["voice"] == "own" and kind in ("unattributed", "state", "court"):
            problems.append(
                f"{where('claims', index, 'voice')}: own is typed, but the speaker is {kind}; a source that tells what somebody else states reports"
            )
    return problems


def figures(raw, where):
    """Value and bound belong together and agree with the printed words, which are few."""
    problems = []
    units = raw["measures"].set_index("measure_id")["unit"].to_dict()
    for index, claim in tables.rows(raw["claims"]):
        value, value_to = number_or_none(claim["value"]), number_or_none(claim["value_to"])
        problems += events.too_long(where("claims", index, "as_printed"), claim["as_printed"])
        try:
            bounds.bounds(claim["bound"], value, value_to, percent=units[claim["measure_id"]] == "percent")
        except ValueError as error:
            problems.append(f"{where('claims', index, 'value')}: {error}")
            continue
        differs = wording.disagreement(claim["as_printed"], claim["bound"], value, value_to)
        if differs:
            problems.append(
                f"{where('claims', index, 'value')}: {differs}; type the figure as printed, or correct as_printed or bound"
            )
        if (
            claim["bound"] == "most"
            and not events.given(claim["base_claim_id"])
            and not events.given(claim["note"])
        ):
            problems.append(
                f"{where('claims', index, 'base_claim_id')}: is empty, but most is most of something; name the claim of the whole, "
                "or say in the note that the source prints no number of it"
            )
    return problems


def bases(raw, where):
    """A base is another claim of the same source, of the whole, and not smaller than its part."""
    problems = []
    measures = raw["measures"].set_index("measure_id")
    parts_of = measures["part_of"].to_dict()
    claims = raw["claims"].assign(unit=raw["claims"]["measure_id"].map(measures["unit"]))
    parts = claims.dropna(subset="base_claim_id")
    by_id = {
        claim["claim_id"]: claim
        for _, claim in tables.rows(
            claims[claims["claim_id"].isin([*parts["claim_id"], *parts["base_claim_id"]])]
        )
    }
    for index, claim in tables.rows(parts):
        place, base = where("claims", index, "base_claim_id"), by_id[claim["base_claim_id"]]
        seen, above = {claim["claim_id"]}, claim["base_claim_id"]
        while events.given(above) and above not in seen:
            seen.add(above)
            above = by_id[above]["base_claim_id"]
        if events.given(above):
            problems.append(
                f"{place}: {claim['base_claim_id']} rests in turn on this claim; a whole cannot be a part of its part"
            )
            continue
        if base["source_id"] != claim["source_id"]:
            problems.append(
                f"{place}: {claim['base_claim_id']} is of another source; a part and its whole are printed together"
            )
        part_of = parts_of[claim["measure_id"]]
        if events.given(part_of) and part_of != base["measure_id"]:
            problems.append(
                f"{place}: counts {base['measure_id']}, but {claim['measure_id']} is part_of {part_of} in measures.csv; name a claim of that measure"
            )
        if claim["unit"] not in (base["unit"], "percent"):
            problems.append(
                f"{place}: counts {base['unit']}, but this claim counts {claim['unit']}; name a whole that counts the same"
            )
            continue
        try:
            whole = derive.claim_bounds(base)
        except ValueError:
            continue  # said already, of the base itself
        try:
            part = derive.claim_bounds(claim, whole)
            if claim["unit"] == base["unit"] and not part.spread and not whole.spread:
                bounds.difference(whole, part)
        except ValueError as error:
            problems.append(f"{place}: {error}; check both claims")
    return problems


def statements(raw, where):
    """Claims that repeat one statement, or tell of one event, count the same thing; one alone repeats nothing."""
    problems = []
    for name, group in raw["claims"].dropna(subset="same_statement").groupby("same_statement"):
        index = group.index[-1]
        if len(group) == 1:
            problems.append(
                f"{where('claims', index, 'same_statement')}: {name} stands on this claim alone; name the others, or leave it empty"
            )
        elif group["measure_id"].nunique() > 1:
            problems.append(
                f"{where('claims', index, 'same_statement')}: the claims named {name} are of different measures "
                f"({', '.join(sorted(group['measure_id'].unique()))}); one statement counts one thing"
            )
    return problems


def vocabularies(raw, where):
    """A measure is no part of itself; a place has both coordinates or none."""
    problems = []
    part_of = raw["measures"].set_index("measure_id")["part_of"].to_dict()
    for index, measure in tables.rows(raw["measures"]):
        seen, above = set(), measure["measure_id"]
        while events.given(above) and above not in seen:
            seen.add(above)
            above = part_of[above]
        if events.given(above):
            problems.append(
                f"{where('measures', index, 'part_of')}: leads back to {measure['measure_id']}; a whole cannot be a part of its part"
            )
        if measure["disjoint_with"] == measure["measure_id"]:
            problems.append(
                f"{where('measures', index, 'disjoint_with')}: names the measure itself; name another one, or leave it empty"
            )
    for index, place in tables.rows(raw["places"]):
        if events.given(place["lat"]) != events.given(place["lon"]):
            problems.append(
                f"{where('places', index, 'lat')}: only one of lat and lon is given; type both, or neither"
            )
    return problems


def readings(raw, where):
    """Each paragraph with a claim or a mention is recorded in reading, each recorded one has either, and what is left out says why."""
    problems = []
    place = ["source_id", "paragraph", "item"]
    whole = raw["reading"][raw["reading"]["span"].isna()]
    recorded = set(whole.loc[whole["outcome"] == "recorded", place].itertuples(index=False, name=None))
    told = set()
    for name in ("claims", "mentions"):
        for index, row in tables.rows(raw[name]):
            told.add(tuple(row[column] for column in place))
            if tuple(row[column] for column in place) not in recorded:
                problems.append(
                    f"{where(name, index, 'paragraph')}: paragraph {row['paragraph']}, item {row['item']} of {row['source_id']} has no row "
                    "recorded in reading.csv; add one"
                )
    for index, row in tables.rows(raw["reading"]):
        if (
            row["outcome"] == "recorded"
            and not events.given(row["span"])
            and tuple(row[column] for column in place) not in told
        ):
            problems.append(
                f"{where('reading', index, 'outcome')}: recorded is typed, but no claim and no mention is of this place; correct the outcome, or add the row"
            )
        if row["outcome"] == "recorded" and events.given(row["span"]):
            problems.append(
                f"{where('reading', index, 'outcome')}: recorded is said of a whole item; a claim or a mention carries these words, else say why not"
            )
        if row["outcome"] != "recorded" and not events.given(row["reason"]):
            problems.append(f"{where('reading', index, 'reason')}: is empty; say why it is {row['outcome']}")
    return problems


def corrections(raw, where):
    """A correction names a table, a column and, unless it was removed or taken out, a row that exist."""
    problems = []

    @functools.cache
    def keys(name):
        columns = raw[name][tables.resources()[name]["schema"].get("primaryKey", [])]
        return {
            " ".join(str(cell) for cell in row if events.given(cell))
            for row in columns.itertuples(index=False, name=None)
        }

    for index, row in tables.rows(raw["corrections"]):
        if row["table"] not in raw:
            problems.append(
                f"{where('corrections', index, 'table')}: {row['table']!r} is no table; use one of {', '.join(raw)}"
            )
        elif row["column"] not in raw[row["table"]]:
            problems.append(
                f"{where('corrections', index, 'column')}: {row['table']}.csv has no column {row['column']!r}; use one of {', '.join(raw[row['table']])}"
            )
        elif row["kind"] == "removal":
            if not (row["old"] == row["new"] == "[removed]"):
                problems.append(
                    f"{where('corrections', index, 'old')}: a removal tells no value; type [removed] into old and new"
                )
        elif row["row_id"] not in keys(row["table"]) and not (
            row["column"] == tables.key(row["table"]) and not events.given(row["new"])
        ):
            problems.append(
                f"{where('corrections', index, 'row_id')}: {row['table']}.csv has no row {row['row_id']!r}; correct it, or set kind to removal, "
                f"or say that the row was taken out: {tables.key(row['table'])} in column, the id in old, nothing in new"
            )
    return problems
