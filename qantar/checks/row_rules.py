"""Rules that look at one row and what it refers to, as a table (data/README.md, "Rules")."""

from collections.abc import Iterator

import pandas as pd

from qantar.checks.problem import Problem, RawTables, each
from qantar.record import source_text, tables
from qantar.record.case_state import CURRENCIES

MOST_WORDS = 12
# The tables that mark columns as our reading.
INFERRED = ("cases", "charges", "steps", "assemblies", "restrictions", "incidents", "acts")
# Of these columns of a table exactly one is filled; of those in AT_MOST_ONE at most one.
ONE_OF = {
    "parties": ("case_id", "assembly_id", "incident_id"),
    "sentences": ("step_id", "restriction_id"),
    "claims": ("case_id", "assembly_id", "incident_id"),
    "statements": ("case_id", "assembly_id", "incident_id", "act_id"),
}
AT_MOST_ONE = ("claims", "statements")
# What a source says in its own words or tells that others say, with the column of its date.
_SAID = {"claims": "as_of", "statements": "date"}
# The tables whose rows stand in a place of a source, with printed words.
_PLACED = ("claims", "mentions", "statements")

# fmt: off
# Table, column and name of a rule; which rows break it, as `DataFrame.eval` reads it, with the columns that
# `with_context` adds; and the message. An empty cell equals nothing.
_RULES = [
    ("sources", "published", "invalid-date", "published.str.contains('/')",
     "{published} is a period; type the day, month or year of publication"),
    ("sources", "paragraphs_read", "no-such-paragraph", "last_read > paragraphs",
     "names paragraph {last_read:.0f}, but the copy has {paragraphs}; count the blocks between blank lines"),
    ("sources", "paragraphs_read", "order", "not read_in_order",
     "{paragraphs_read} is not in order; name each paragraph once, the first one first"),
    *((table, "paragraph", "not-read", "not was_read",
       "paragraph {paragraph} of {source_id} is not among those that were read ({paragraphs_read}); "
       "add it to paragraphs_read in sources.csv, or correct the paragraph")
      for table in (*_PLACED, "reading")),
    # claims and statements: dates
    *((table, column, "not-publication-date", f"date_basis == 'published' and {column} != by_publication",
       f"{{{column}}} is typed, but date_basis is published; type {{by_publication}}, or change date_basis")
      for table, column in _SAID.items()),
    *((table, "stated_on", "missing-date", "date_basis == 'statement' and stated_on.isna()",
       "is empty, but date_basis is statement; type the day of the statement")
      for table in _SAID),
    *((table, "note", "missing-note", "date_basis in ['inferred', 'slip'] and note.isna()",
       "is empty, but date_basis is {date_basis}; say from what, or why the date cannot be right")
      for table in _SAID),
    # claims and statements: who says so
    *((table, "speaker", "speaker", "speaker.notna() and speaker_kind == 'unattributed'",
       "names {speaker}, but speaker_kind is unattributed; leave speaker empty, or type the kind")
      for table in _SAID),
    *((table, "speaker", "speaker", "speaker.isna() and speaker_kind != 'unattributed'",
       "is empty, but speaker_kind is {speaker_kind}; name the speaker, or type unattributed")
      for table in _SAID),
    *((table, "speaker_kind", "speaker", "speaker_kind != 'unattributed' and speaker_is.notna() "
       "and speaker_is != speaker_kind and speaker_is not in ['unnamed_group', 'party', 'movement']",
       "{speaker_kind} is typed, but {speaker} is {speaker_is} in organisations.csv; correct one of the two")
      for table in _SAID),
    *((table, "voice", "voice", "voice == 'own' and speaker_kind in ['unattributed', 'state', 'court']",
       "own is typed, but the speaker is {speaker_kind}; type reports, the source tells what others state")
      for table in _SAID),
    ("claims", "modality", "quotation", "modality == 'quotation' and (voice != 'reports' or speaker.isna())",
     "quotation is typed, but nobody else is named who says it; name the speaker, and type reports in voice"),
    ("statements", "hedge", "quotation", "hedge == 'quotation' and (voice != 'reports' or speaker.isna())",
     "quotation is typed, but nobody else is named who says it; name the speaker, and type reports in voice"),
    ("claims", "base_claim_id", "missing-base", "bound == 'most' and base_claim_id.isna() and note.isna()",
     "is empty, but most needs a whole; name its claim, or say in the note that none is printed"),
    ("claims", "as_printed", "higher-than-what",
     r"bound == 'higher' and not as_printed.str.contains('\\w .*\\b(?:is|are|was|were|could)\\b')",
     "says higher and not of what; type the words from the subject on"),
    # claims: wholes and repeated statements
    ("claims", "base_claim_id", "base-source", "base_source.notna() and base_source != source_id",
     "{base_claim_id} is of another source; name one that is printed with its part"),
    ("claims", "base_claim_id", "base-measure",
     "base_measure.notna() and part_of.notna() and part_of != base_measure",
     "counts {base_measure}, but {measure_id} is part_of {part_of} in measures.csv; name a claim of that"),
    ("claims", "base_claim_id", "base-unit", "base_unit.notna() and unit != base_unit and unit != 'percent'",
     "counts {base_unit}, but this claim counts {unit}; name a whole that counts the same"),
    ("claims", "same_statement", "same-statement", "repetitions == 1",
     "{same_statement} stands on this claim alone; name the others, or leave it empty"),
    ("claims", "same_statement", "same-statement", "measures_counted > 1",
     "claims named {same_statement} count several measures; name them apart, a statement counts one thing"),
    # places in the sources
    *((table, key, "misnamed", "id_stem != stem",
       f"{{{key}}} does not begin with {{stem}}; name it after its paragraph")
      for table, key in (("claims", "claim_id"), ("mentions", "mention_id"), ("statements", "statement_id"))),
    *((table, "paragraph", "no-such-paragraph", "paragraph > paragraphs",
       "{source_id} has {paragraphs} paragraphs, not {paragraph}; count the blocks between blank lines")
      for table in (*_PLACED, "reading")),
    *((table, "as_printed", "too-many-words", f"words > {MOST_WORDS}",
       f"has {{words:.0f}} words; keep the shortest span, at most {MOST_WORDS} words")
      for table in _PLACED),
    *((table, "paragraph", "not-in-reading", "not in_reading",
       "paragraph {paragraph}, item {item} of {source_id} is not recorded in reading.csv; add a row there")
      for table in _PLACED),
    ("reading", "outcome", "nothing-recorded",
     "outcome == 'recorded' and span.isna() and sentence.isna() and not in_record",
     "recorded is typed, but no claim, mention or statement is of this place; "
     "correct the outcome, or add the row"),
    ("reading", "outcome", "recorded-words", "outcome == 'recorded' and span.notna()",
     "recorded is typed of some words, but applies to a whole item; say why these words are in no row"),
    ("reading", "sentence", "sentence-or-span", "sentence.notna() and span.notna()",
     "stands beside a span; a row is of a sentence or of some words, leave one empty"),
    ("reading", "rows", "missing-rows", "outcome == 'recorded' and sentence.notna() and rows.isna()",
     "is empty, but sentence {sentence} is recorded; name the rows that carry it"),
    ("reading", "rows", "rows", "rows.notna() and (outcome != 'recorded' or sentence.isna())",
     "names {rows}, but only a recorded sentence has rows; leave it empty"),
    ("reading", "reason", "missing-reason", "outcome != 'recorded' and reason.isna()",
     "is empty; say why it is {outcome}"),
    # mentions
    ("mentions", "row_id", "duplicate", "number > earlier",
     "{row_id} is mentioned in this place already, in row {earlier}; keep one of the two"),
    ("mentions", "differs_on", "differs-on", "agrees == 'yes' and differs_on.notna()",
     "names {differs_on}, but agrees is yes; leave it empty, or type partly or differs"),
    ("mentions", "differs_on", "differs-on", "agrees != 'yes' and differs_on.isna()",
     "is empty, but agrees is {agrees}; name the column on which the mention does not agree"),
    ("mentions", "value_there", "missing-value", "agrees == 'differs' and value_there.isna()",
     "is empty, but the mention differs; type what this source says instead"),
    # statements that are compared
    ("statements", "agrees", "agrees", "agrees.isna() != compared_with.isna()",
     "agrees and compared_with belong together; fill both, or leave both empty"),
    ("statements", "compared_with", "other-episode", "compared_with.notna() and "
     "(compared_with == statement_id or compared_episode.isna() or compared_episode != episode_id)",
     "{compared_with} is no other statement on the same episode; name one, or type the episode of both"),
    ("statements", "differs_on", "differs-on", "differs_on.notna() and agrees not in ['partly', 'differs']",
     "names {differs_on}, but agrees is {agrees}; leave it empty, or type partly or differs"),
    ("statements", "differs_on", "differs-on", "differs_on.isna() and agrees in ['partly', 'differs']",
     "is empty, but agrees is {agrees}; name the column on which the two do not agree"),
    ("episodes", "episode_id", "no-account", "not has_accounts",
     "no statement is of {episode_id}; type it in episode_id of an account, or delete the row"),
    *((table, tables.key(table), "unmentioned", "not mentioned",
       f"no mention tells of {{{tables.key(table)}}}; add the place to mentions.csv, or delete the row")
      for table in tables.MENTIONED),
    ("persons", "person_id", "unmentioned", "not is_party",
     "no party is this person; delete the row, nobody is named without a need"),
    # our reading
    *((table, "inferred", "missing-note", "inferred.notna() and note.isna()",
       "names {inferred}, but note is empty; say from what it was read")
      for table in INFERRED),
    # what belongs together
    *((table, columns[0], "one-of", "filled > 1" if table in AT_MOST_ONE else "filled != 1",
       f"{{filled}} of {', '.join(columns)} are filled; fill "
       f"{'at most one' if table in AT_MOST_ONE else 'one'}")
      for table, columns in ONE_OF.items()),
    ("parties", "n_low", "low-above-high", "n_low > n_high",
     "{n_low} is above n_high {n_high}; type the lower number into n_low"),
    ("charges", "party_id", "other-case", "party_case.isna()",
     "{party_id} is a party of no case; name a party of a case"),
    *(("steps", column, "other-case", f"{column}.notna() and {case} != case_id",
       f"{{{column}}} belongs to {{{case}}}, not to {{case_id}}; name one of this case")
      for column, case in (
          ("party_id", "party_case"), ("charge_id", "charge_case"), ("into_charge_id", "into_case"))),
    ("steps", "charge_id", "other-party",
     "party_id.notna() and charge_id.notna() and charge_party != party_id",
     "{charge_id} is a charge of {charge_party}, not of {party_id}; name one of its own"),
    ("steps", "into_charge_id", "not-reclassified",
     "into_charge_id.notna() and (step != 'reclassified' or charge_id.isna())",
     "names {into_charge_id}; leave it empty, or type reclassified and in charge_id the former charge"),
    ("steps", "outcome", "missing-outcome", "outcome.isna() and "
     "step in ['verdict', 'appeal_decided', 'amnesty_decided', 'parole_decided']",
     "is empty, but step is {step}; type what was decided"),
    ("sentences", "party_id", "other-case",
     "step_id.notna() and party_id.notna() and party_case != step_case",
     "{party_id} is no party of the case of {step_id}; name one of that case"),
    ("sentences", "kind", "money", f"unit in {list(CURRENCIES)} and kind != 'fine'",
     "{kind} is typed, but the unit is {unit}; an amount of money is a fine"),
    ("sentences", "unit", "money", f"kind == 'fine' and unit.notna() and unit not in {list(CURRENCIES)}",
     f"{{unit}} is typed, but a fine is an amount of money; use one of {', '.join(CURRENCIES)}"),
    ("sentences", "unit", "missing-unit", "bound.notna() and unit.isna()",
     "is empty; a number needs its unit"),
    ("assemblies", "part_of", "part-of-single", "level_of_whole == 'single'",
     "{part_of} is a single assembly; name a series or a general statement"),
    *((table, column, "names-itself", f"{column} == {own}", f"repeats {own} ({{{own}}}); {advice}")
      for table, column, own, advice in (
          ("steps", "into_charge_id", "charge_id", "name the charge that it became"),
          ("restrictions", "ahead_of_assembly_id", "assembly_id", "leave it empty, timing says when"),
          ("cases", "maybe_same_as", "case_id", "leave it empty"),
          ("measures", "disjoint_with", "measure_id", "name another measure, or leave it empty"))),
    ("measures", "rank", "section", "section.isna() != rank.isna()",
     "goes with section, the part of a page that shows the measure; fill both, or neither"),
    ("places", "lat", "half-a-point", "lat.isna() != lon.isna()",
     "only one of lat and lon is given; type both, or neither"),
    ("corrections", "old", "removal", "kind == 'removal' and (old != '[removed]' or new != '[removed]')",
     "a removal repeats no value; type [removed] into old and new"),
]
# fmt: on


def row_problems(raw: RawTables) -> Iterator[Problem]:
    """Yield a problem for each row that breaks a rule of the table above."""
    context = with_context(raw)
    for table, column, rule, breaks, message in _RULES:
        broken = context[table].eval(breaks, engine="python")
        if broken.any():
            yield from each(table, context[table][broken], column, rule, message)


def with_context(raw: RawTables) -> dict[str, pd.DataFrame]:
    """Return the raw tables with columns that say what their rows refer to and what refers to them."""
    added = {table: rows.copy(deep=False) for table, rows in raw.items()}

    def of(table: str, column: str, keys: pd.Series) -> pd.Series:
        return keys.map(raw[table].set_index(tables.key(table))[column])

    sources = added["sources"]
    read = sources["paragraphs_read"].map(source_text.numbers, na_action="ignore")
    sources["last_read"] = read.map(max, na_action="ignore").astype("Float64")
    sources["read_in_order"] = [not isinstance(found, list) or found == sorted(set(found)) for found in read]
    read_of = dict(zip(sources["source_id"], read, strict=True))
    for table in (*_PLACED, "reading"):
        rows = added[table]
        read_there = [read_of.get(source) for source in rows["source_id"]]
        rows["was_read"] = [
            not isinstance(found, list) or paragraph in found
            for found, paragraph in zip(read_there, rows["paragraph"], strict=True)
        ]
        rows["paragraphs_read"] = of("sources", "paragraphs_read", rows["source_id"])
        rows["stem"] = rows["source_id"] + "-p" + rows["paragraph"].astype("str")
        rows["place"] = rows["stem"] + " " + rows["item"].astype("str")
        rows["paragraphs"] = of("sources", "paragraphs", rows["source_id"])
    claims, mentions, reading = added["claims"], added["mentions"], added["reading"]
    told = added["statements"]
    recorded = reading["place"][
        (reading["outcome"] == "recorded") & reading[["span", "sentence"]].isna().all(axis=1)
    ]
    reading["in_record"] = reading["place"].isin([*claims["place"], *mentions["place"], *told["place"]])
    for rows in (claims, mentions, told):
        rows["in_reading"] = rows["place"].isin(recorded)
        rows["words"] = rows["as_printed"].str.split().str.len()
    claims["id_stem"] = claims["claim_id"].str.replace("[a-z]+$", "", regex=True)
    claims["unit"] = of("measures", "unit", claims["measure_id"])
    claims["part_of"] = of("measures", "part_of", claims["measure_id"])
    claims["base_source"] = of("claims", "source_id", claims["base_claim_id"])
    claims["base_measure"] = of("claims", "measure_id", claims["base_claim_id"])
    claims["base_unit"] = of("measures", "unit", claims["base_measure"])
    same_statement = claims.groupby("same_statement")
    claims["repetitions"] = same_statement["claim_id"].transform("size")
    claims["measures_counted"] = same_statement["measure_id"].transform("nunique")
    for rows in (claims, told):
        rows["by_publication"] = "../" + of("sources", "published", rows["source_id"])
        rows["speaker_is"] = of("organisations", "kind", rows["speaker"])
    told["stem"] += "s"
    told["id_stem"] = told["statement_id"].str.replace("[0-9]+$", "", regex=True)
    told["compared_episode"] = of("statements", "episode_id", told["compared_with"])
    added["episodes"]["has_accounts"] = raw["episodes"]["episode_id"].isin(told["episode_id"])
    mentions["stem"] += "m"
    mentions["id_stem"] = mentions["mention_id"].str.replace("[0-9]+$", "", regex=True)
    mentions["number"] = mentions.index + 2
    mentions["earlier"] = mentions.groupby(["table", "row_id", "place"])["number"].transform("min")
    for table in tables.MENTIONED:
        told = mentions["row_id"][mentions["table"] == table]
        added[table]["mentioned"] = raw[table][tables.key(table)].isin(told)
    for table, columns in ONE_OF.items():
        added[table]["filled"] = raw[table][list(columns)].notna().sum(axis=1)
    added["persons"]["is_party"] = raw["persons"]["person_id"].isin(raw["parties"]["person_id"])
    added["charges"]["party_case"] = of("parties", "case_id", raw["charges"]["party_id"])
    steps, sentences = added["steps"], added["sentences"]
    steps["party_case"] = of("parties", "case_id", steps["party_id"])
    steps["charge_party"] = of("charges", "party_id", steps["charge_id"])
    steps["charge_case"] = of("parties", "case_id", steps["charge_party"])
    steps["into_case"] = of("parties", "case_id", of("charges", "party_id", steps["into_charge_id"]))
    sentences["party_case"] = of("parties", "case_id", sentences["party_id"])
    sentences["step_case"] = of("steps", "case_id", sentences["step_id"])
    assemblies = added["assemblies"]
    assemblies["level_of_whole"] = of("assemblies", "level", assemblies["part_of"])
    return added
