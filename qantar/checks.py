"""The rules of meaning: what the record must be true to beyond its form.

One idea: every message is a sentence for a researcher, with file, row as seen in an editor, column, what is wrong and what
to do. Rules report and never repair. Each comes from the section "Rules" of data/README.md.
"""

import functools
from typing import NamedTuple

import pandas as pd

from qantar import bounds, clean, ledger, names, paths, released, tables, texts, things
from qantar.things import given, too_long

# The tables whose rows have a place of their own in the book: no id stands in two of them.
WITH_A_PLACE = ("claims", "cases", "assemblies", "incidents", "acts", "measures", "sources")


class Report(NamedTuple):
    """What a check found: `problems` as sentences, and how many printed spans could not be looked up (`unverified`)."""

    problems: list
    rows: int
    unverified: int


def check(data=paths.DATA, sources_folder=None):
    """Check the raw tables in the folder `data`: form first, then meaning, then the printed words against the texts.

    `sources_folder` holds our text copies; None: they are not at hand, and what could not be verified is counted. Writes
    nothing. Returns a `Report`; meaning is only looked at when the form is right.
    """
    problems = tables.form_problems(data)
    if problems:
        return Report(problems, 0, 0)
    raw = {name: tables.read_table(name, data) for name in tables.raw_names(data)}
    declared = tables.resources(data)

    def where(name, index, column=None):
        return tables.at(declared[name], index + 2, column)  # the header is row 1

    for rule in (_dates, _ids, _speakers, _figures, _bases, _statements, _vocabularies, _readings, _corrections, *things.RULES):
        if not (rule in things.COMPARE_DAYS and problems):
            problems += rule(raw, where)
    problems += names.table_problems(raw, where)
    problems += released.problems(data)
    missing = _texts(raw, where, sources_folder, problems)
    return Report(list(dict.fromkeys(problems)), sum(len(table) for table in raw.values()), missing)


def _number(cell):
    return None if pd.isna(cell) else float(cell)


def _dates(raw, where):
    """Every date is EDTF; a figure does not describe, and was not stated on, days after its source was published."""
    problems = []
    for name, columns in clean.DATES.items():
        for column in columns:
            for index, text in raw[name][column].dropna().items():
                try:
                    clean.days(text)
                except ValueError as error:
                    problems.append(f"{where(name, index, column)}: {error}; type it in that form")
    for index, text in raw["sources"]["published"].items():
        if "/" in text:
            problems.append(f"{where('sources', index, 'published')}: {text} is a period; type the day, month or year of publication")
    if problems:
        return problems
    published = raw["sources"].set_index("source_id")["published"].to_dict()
    for index, claim in tables.rows(raw["claims"]):
        printed = published[claim["source_id"]]
        last = clean.days(printed)[1]
        for column in ("as_of", "stated_on"):
            if not given(claim[column]) or (column == "as_of" and (claim["modality"] == "expected" or claim["date_basis"] == "slip")):
                continue
            first = clean.days(claim[column])[0]
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
        if claim["date_basis"] == "statement" and not given(claim["stated_on"]):
            problems.append(f"{where('claims', index, 'stated_on')}: is empty, but date_basis is statement; type the day of the statement")
        if claim["date_basis"] in ("inferred", "slip") and not given(claim["note"]):
            problems.append(f"{where('claims', index, 'note')}: is empty, but date_basis is {claim['date_basis']}; say from what, or why it cannot be right")
    return problems


def _ids(raw, where):
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
            problems.append(f"{where('claims', index, 'claim_id')}: {claim['claim_id']} does not begin with {stem}; name it after its paragraph")
    for name in ("claims", "mentions", "reading"):
        for index, row in tables.rows(raw[name]):
            if row["paragraph"] > paragraphs[row["source_id"]]:
                problems.append(
                    f"{where(name, index, 'paragraph')}: {row['source_id']} has {paragraphs[row['source_id']]} paragraphs, not {row['paragraph']}; "
                    "count the blocks between blank lines"
                )
    return problems


def _speakers(raw, where):
    """A named speaker is of the kind that is typed; a source's own voice has a speaker."""
    problems = []
    kinds = raw["organisations"].set_index("organisation_id")["kind"].to_dict()
    for index, claim in tables.rows(raw["claims"]):
        kind = claim["speaker_kind"]
        if given(claim["speaker"]) == (kind == "unattributed"):
            problems.append(
                f"{where('claims', index, 'speaker')}: {'is empty' if kind != 'unattributed' else 'names ' + claim['speaker']}, but speaker_kind is {kind}; "
                "unattributed goes with an empty speaker, every other kind with a named one"
            )
        elif given(claim["speaker"]) and kinds[claim["speaker"]] not in (kind, "unnamed_group"):
            problems.append(
                f"{where('claims', index, 'speaker_kind')}: {kind} is typed, but {claim['speaker']} is {kinds[claim['speaker']]} in organisations.csv; "
                "correct one of the two"
            )
        if claim["voice"] == "own" and kind in ("unattributed", "state", "court"):
            problems.append(
                f"{where('claims', index, 'voice')}: own is typed, but the speaker is {kind}; a source that tells what somebody else states reports"
            )
    return problems


def _figures(raw, where):
    """Value and bound belong together and agree with the printed words, which are few."""
    problems = []
    units = raw["measures"].set_index("measure_id")["unit"].to_dict()
    for index, claim in tables.rows(raw["claims"]):
        value, value_to = _number(claim["value"]), _number(claim["value_to"])
        problems += too_long(where("claims", index, "as_printed"), claim["as_printed"])
        try:
            bounds.bounds(claim["bound"], value, value_to, percent=units[claim["measure_id"]] == "percent")
        except ValueError as error:
            problems.append(f"{where('claims', index, 'value')}: {error}")
            continue
        differs = bounds.disagreement(claim["as_printed"], claim["bound"], value, value_to)
        if differs:
            problems.append(f"{where('claims', index, 'value')}: {differs}; type the figure as printed, or correct as_printed or bound")
        if claim["bound"] == "most" and not given(claim["base_claim_id"]) and not given(claim["note"]):
            problems.append(
                f"{where('claims', index, 'base_claim_id')}: is empty, but most is most of something; name the claim of the whole, "
                "or say in the note that the source prints no number of it"
            )
    return problems


def _bases(raw, where):
    """A base is another claim of the same source, of the whole, and not smaller than its part."""
    problems = []
    measures = raw["measures"].set_index("measure_id")
    parts_of = measures["part_of"].to_dict()
    claims = raw["claims"].assign(unit=raw["claims"]["measure_id"].map(measures["unit"]))
    parts = claims.dropna(subset="base_claim_id")
    by_id = {claim["claim_id"]: claim for _, claim in tables.rows(claims[claims["claim_id"].isin([*parts["claim_id"], *parts["base_claim_id"]])])}
    for index, claim in tables.rows(parts):
        place, base = where("claims", index, "base_claim_id"), by_id[claim["base_claim_id"]]
        seen, above = {claim["claim_id"]}, claim["base_claim_id"]
        while given(above) and above not in seen:
            seen.add(above)
            above = by_id[above]["base_claim_id"]
        if given(above):
            problems.append(f"{place}: {claim['base_claim_id']} rests in turn on this claim; a whole cannot be a part of its part")
            continue
        if base["source_id"] != claim["source_id"]:
            problems.append(f"{place}: {claim['base_claim_id']} is of another source; a part and its whole are printed together")
        part_of = parts_of[claim["measure_id"]]
        if given(part_of) and part_of != base["measure_id"]:
            problems.append(
                f"{place}: counts {base['measure_id']}, but {claim['measure_id']} is part_of {part_of} in measures.csv; name a claim of that measure"
            )
        if claim["unit"] not in (base["unit"], "percent"):
            problems.append(f"{place}: counts {base['unit']}, but this claim counts {claim['unit']}; name a whole that counts the same")
            continue
        try:
            whole = clean.claim_bounds(base)
        except ValueError:
            continue  # said already, of the base itself
        try:
            part = clean.claim_bounds(claim, whole)
            if claim["unit"] == base["unit"] and not part.spread and not whole.spread:
                bounds.difference(whole, part)
        except ValueError as error:
            problems.append(f"{place}: {error}; check both claims")
    return problems


def _statements(raw, where):
    """Claims that repeat one statement, or tell of one event, count the same thing; one alone repeats nothing."""
    problems = []
    for name, group in raw["claims"].dropna(subset="same_statement").groupby("same_statement"):
        index = group.index[-1]
        if len(group) == 1:
            problems.append(f"{where('claims', index, 'same_statement')}: {name} stands on this claim alone; name the others, or leave it empty")
        elif group["measure_id"].nunique() > 1:
            problems.append(
                f"{where('claims', index, 'same_statement')}: the claims named {name} are of different measures "
                f"({', '.join(sorted(group['measure_id'].unique()))}); one statement counts one thing"
            )
    return problems


def _vocabularies(raw, where):
    """A measure is no part of itself; a place has both coordinates or none."""
    problems = []
    part_of = raw["measures"].set_index("measure_id")["part_of"].to_dict()
    for index, measure in tables.rows(raw["measures"]):
        seen, above = set(), measure["measure_id"]
        while given(above) and above not in seen:
            seen.add(above)
            above = part_of[above]
        if given(above):
            problems.append(f"{where('measures', index, 'part_of')}: leads back to {measure['measure_id']}; a whole cannot be a part of its part")
        if measure["disjoint_with"] == measure["measure_id"]:
            problems.append(f"{where('measures', index, 'disjoint_with')}: names the measure itself; name another one, or leave it empty")
    for index, place in tables.rows(raw["places"]):
        if given(place["lat"]) != given(place["lon"]):
            problems.append(f"{where('places', index, 'lat')}: only one of lat and lon is given; type both, or neither")
    return problems


def _readings(raw, where):
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
        if row["outcome"] == "recorded" and not given(row["span"]) and tuple(row[column] for column in place) not in told:
            problems.append(
                f"{where('reading', index, 'outcome')}: recorded is typed, but no claim and no mention is of this place; correct the outcome, or add the row"
            )
        if row["outcome"] == "recorded" and given(row["span"]):
            problems.append(
                f"{where('reading', index, 'outcome')}: recorded is said of a whole item; a claim or a mention carries these words, else say why not"
            )
        if row["outcome"] != "recorded" and not given(row["reason"]):
            problems.append(f"{where('reading', index, 'reason')}: is empty; say why it is {row['outcome']}")
    return problems


def _corrections(raw, where):
    """A correction names a table, a column and, unless it was removed or taken out, a row that exist."""
    problems = []

    @functools.cache
    def keys(name):
        columns = raw[name][tables.resources()[name]["schema"].get("primaryKey", [])]
        return {" ".join(str(cell) for cell in row if given(cell)) for row in columns.itertuples(index=False, name=None)}

    for index, row in tables.rows(raw["corrections"]):
        if row["table"] not in raw:
            problems.append(f"{where('corrections', index, 'table')}: {row['table']!r} is no table; use one of {', '.join(raw)}")
        elif row["column"] not in raw[row["table"]]:
            problems.append(
                f"{where('corrections', index, 'column')}: {row['table']}.csv has no column {row['column']!r}; use one of {', '.join(raw[row['table']])}"
            )
        elif row["kind"] == "removal":
            if not (row["old"] == row["new"] == "[removed]"):
                problems.append(f"{where('corrections', index, 'old')}: a removal tells no value; type [removed] into old and new")
        elif row["row_id"] not in keys(row["table"]) and not (row["column"] == tables.key(row["table"]) and not given(row["new"])):
            problems.append(
                f"{where('corrections', index, 'row_id')}: {row['table']}.csv has no row {row['row_id']!r}; correct it, or set kind to removal, "
                f"or say that the row was taken out: {tables.key(row['table'])} in column, the id in old, nothing in new"
            )
    return problems


def _texts(raw, where, folder, problems):
    """Look up each printed span in its paragraph, and the hash of each text; return how many spans could not be looked up."""
    unverified = 0
    printed = {
        (name, column): tables.groups(raw[name].dropna(subset=column), "source_id")
        for name, column in (("claims", "as_printed"), ("mentions", "as_printed"), ("reading", "span"))
    }
    reading = tables.groups(raw["reading"], "source_id")
    for index, source in tables.rows(raw["sources"]):
        source_id = source["source_id"]
        spans = [(name, column, of_source[source_id]) for (name, column), of_source in printed.items()]
        digest = texts.sha256(source_id, folder) if folder else None
        if digest is None:
            unverified += sum(len(rows) for _, _, rows in spans)
            continue
        if digest != source["text_sha256"]:
            problems.append(
                f"{where('sources', index, 'text_sha256')}: the text copy of {source_id} has the hash {digest}; "
                "use the text that was read, or read the new one again and record its hash"
            )
            continue
        blocks = texts.paragraphs(source_id, folder)
        if number := texts.lead_in(blocks):
            problems.append(
                f"{where('sources', index, 'text_sha256')}: paragraph {number} of the text copy of {source_id} has words before its first bullet, which no row "
                "could reach; put an empty line between them, and type the new hash, the number of paragraphs, and the places of the rows after it"
            )
            continue
        if len(blocks) != source["paragraphs"]:
            problems.append(f"{where('sources', index, 'paragraphs')}: the text copy has {len(blocks)} paragraphs; type that")
            continue
        for name, column, rows in spans:
            for row in rows:
                words = getattr(row, column)
                place = words, blocks, row.paragraph, row.item
                problem = texts.place_problem(*place)
                if problem:
                    problems.append(f'{where(name, row.Index, column)}: "{words}": {problem}; copy the words from the text, or correct paragraph and item')
                elif name == "claims":
                    cut = bounds.cut_short(texts.in_context(*place), row.bound, _number(row.value))
                    if cut:
                        problems.append(f"{where(name, row.Index, column)}: {cut}; type these words too, and their bound")
        problems += _ledger(source_id, blocks, reading[source_id], spans, where)
    return unverified


def _ledger(source_id, blocks, reading, printed, where):
    """Every paragraph and item of a text has a row in reading, and every quantity of a recorded one lies in a printed span."""
    problems = []
    outcomes = {(row.paragraph, row.item): row.outcome for row in reading if not given(row.span)}
    spans = {}
    for _, column, rows in printed:
        for row in rows:
            spans.setdefault((row.paragraph, row.item), []).append(getattr(row, column))
    parts = texts.parts(blocks)
    existing = {(paragraph, item) for paragraph, item, _ in parts}
    for row in reading:
        if (row.paragraph, row.item) not in existing:
            problems.append(f"{where('reading', row.Index, 'item')}: paragraph {row.paragraph} of {source_id} has no item {row.item}; count the bullets")
    for paragraph, item, text in parts:
        file = f"data/raw/reading.csv: paragraph {paragraph}, item {item} of {source_id}"
        outcome = outcomes.get((paragraph, item))
        if outcome is None:
            problems.append(f"{file} has no row; say what became of it")
        elif outcome == "recorded":
            covered = texts.places(text, spans.get((paragraph, item), []))
            covered += texts.run_on(blocks, paragraph, item, spans)
            for start, end, words in ledger.left_over(text, covered):
                around = text[max(0, start - 30) : end + 30]
                problems.append(f'{file} prints "{words}" ("{around}"), which no row accounts for; record it, or say in reading why it is skipped')
    return problems
