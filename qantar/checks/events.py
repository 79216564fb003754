"""The rules of meaning for things: cases and what belongs to them, assemblies, incidents, acts, and where they are told.

One idea: a thing stands once, and every place that tells of it is a mention. Each rule takes the raw tables by name and `where`,
which tells file, row and column, and returns sentences. The rules are the section "Rules" of data/README.md.
"""

import pandas as pd

from qantar.record import bounds, dates, tables, wording

MOST_WORDS = 12
# Of these columns of a table at most one is filled; of parties and sentences just one.
ONE_OF = {
    "parties": ("case_id", "assembly_id", "incident_id"),
    "sentences": ("step_id", "restriction_id"),
    "claims": ("case_id", "assembly_id", "incident_id"),
}


def given(cell):
    """Return True where a cell holds anything."""
    return not pd.isna(cell)


def too_long(place, as_printed):
    """Return a sentence for printed words that are more than the shortest span that carries a statement, at `place` (file, row, column); else nothing."""
    count = len(str(as_printed).split()) if given(as_printed) else 0
    return (
        [f"{place}: has {count} words; keep the shortest span, at most {MOST_WORDS} words"]
        if count > MOST_WORDS
        else []
    )


def _mentions(raw, where):
    """A mention names a row that exists, is named after its place, says on what it differs, and every thing has one."""
    problems, told = [], set()
    ids = {name: set(raw[name][tables.key(name)]) for name in tables.MENTIONED}
    facts = {name: {*raw[name].columns, "wording"} for name in tables.MENTIONED}
    seen = {}
    for index, row in tables.rows(raw["mentions"]):
        name, thing = row["table"], row["row_id"]
        told.add((name, thing))
        if thing not in ids[name]:
            problems.append(
                f"{where('mentions', index, 'row_id')}: {thing!r} is not in data/raw/{name}.csv; add it there, or correct the spelling"
            )
        stem = f"{row['source_id']}-p{row['paragraph']}m"
        if row["mention_id"].rstrip("0123456789") != stem:
            problems.append(
                f"{where('mentions', index, 'mention_id')}: {row['mention_id']} does not begin with {stem}; name it after its paragraph"
            )
        place = (name, thing, row["source_id"], row["paragraph"], row["item"])
        if place in seen:
            problems.append(
                f"{where('mentions', index, 'row_id')}: {thing} is mentioned in this place already, in row {seen[place] + 2}; keep one of the two"
            )
        seen.setdefault(place, index)
        if (row["agrees"] == "yes") == given(row["differs_on"]):
            problems.append(
                f"{where('mentions', index, 'differs_on')}: {'names ' + row['differs_on'] if given(row['differs_on']) else 'is empty'}, but agrees is "
                f"{row['agrees']}; name the fact where it is partly or differs, and only there"
            )
        for part in str(row["differs_on"]).split("; ") if given(row["differs_on"]) else ():
            if part not in facts[name]:
                problems.append(
                    f"{where('mentions', index, 'differs_on')}: {part!r} is no column of {name}.csv; name the column, several divided by '; ', or wording"
                )
        if row["agrees"] == "differs" and not given(row["value_there"]):
            problems.append(
                f"{where('mentions', index, 'value_there')}: is empty, but the mention differs; type what this source says instead"
            )
        problems += too_long(where("mentions", index, "as_printed"), row["as_printed"])
    for name in tables.MENTIONED:
        for index, thing in raw[name][tables.key(name)].items():
            if (name, thing) not in told:
                problems.append(
                    f"{where(name, index, tables.key(name))}: no mention tells of {thing}; add the place to mentions.csv, or delete the row"
                )
    return problems


def _one_of(raw, where):
    """A party belongs to one case, assembly or incident, a sentence to one step or restriction, a claim to one thing at most."""
    problems = []
    for name, columns in ONE_OF.items():
        for index, row in tables.rows(raw[name]):
            named = [column for column in columns if given(row[column])]
            if len(named) > 1 or (not named and name != "claims"):
                most = "at most one of" if name == "claims" else "one of"
                problems.append(
                    f"{where(name, index, columns[0])}: names {' and '.join(named) or 'none'}; fill {most} {', '.join(columns)}"
                )
    for index, row in tables.rows(raw["parties"]):
        if given(row["n_low"]) and given(row["n_high"]) and row["n_low"] > row["n_high"]:
            problems.append(
                f"{where('parties', index, 'n_low')}: {row['n_low']} is above n_high {row['n_high']}; type the lower number into n_low"
            )
    needed = set(raw["parties"]["person_id"].dropna())
    for index, row in tables.rows(raw["persons"]):
        if row["person_id"] not in needed:
            problems.append(
                f"{where('persons', index, 'person_id')}: no party is this person; delete the row, nobody is named without a need"
            )
    return problems


def _of_one_case(raw, where):
    """Party, charge and the charge that it became belong to the case of their step; a party of a sentence to that of its step."""
    problems = []
    case_of = raw["parties"].set_index("party_id")["case_id"].to_dict()
    party_of = raw["charges"].set_index("charge_id")["party_id"].to_dict()
    for index, row in tables.rows(raw["charges"]):
        if not given(case_of[row["party_id"]]):
            problems.append(
                f"{where('charges', index, 'party_id')}: {row['party_id']} is a party of no case; name a party of a case"
            )
    case_of_step = raw["steps"].set_index("step_id")["case_id"].to_dict()
    for index, row in tables.rows(raw["steps"]):
        belongs = {"party_id": case_of.get(row["party_id"])}
        for column in ("charge_id", "into_charge_id"):
            belongs[column] = case_of.get(party_of.get(row[column]))
        for column, case in belongs.items():
            if given(row[column]) and case != row["case_id"]:
                problems.append(
                    f"{where('steps', index, column)}: {row[column]} belongs to {case}, not to {row['case_id']}; name one of this case"
                )
        if (
            given(row["party_id"])
            and given(row["charge_id"])
            and party_of[row["charge_id"]] != row["party_id"]
        ):
            other = party_of[row["charge_id"]]
            problems.append(
                f"{where('steps', index, 'charge_id')}: {row['charge_id']} is a charge of {other}, not of {row['party_id']}; name one of its own"
            )
        if given(row["charge_id"]) and row["charge_id"] == row["into_charge_id"]:
            problems.append(
                f"{where('steps', index, 'into_charge_id')}: is the charge itself; name the charge that it became"
            )
        if given(row["into_charge_id"]) and not (row["step"] == "reclassified" and given(row["charge_id"])):
            problems.append(
                f"{where('steps', index, 'into_charge_id')}: names {row['into_charge_id']}; only a charge that was reclassified becomes another, "
                "name that one in charge_id"
            )
        if row["step"] in ("verdict", "appeal_decided", "amnesty_decided", "parole_decided") and not given(
            row["outcome"]
        ):
            problems.append(f"{where('steps', index, 'outcome')}: is empty; a {row['step']} has an outcome")
    for index, row in tables.rows(raw["sentences"]):
        if (
            given(row["step_id"])
            and given(row["party_id"])
            and case_of[row["party_id"]] != case_of_step[row["step_id"]]
        ):
            problems.append(
                f"{where('sentences', index, 'party_id')}: {row['party_id']} is no party of the case of {row['step_id']}; name one of that case"
            )
    return problems


def in_order(raw, where):
    """The steps of a case stand in order of time, as far as their days are known; no thing is dated after a source that tells of it."""
    problems = []
    dated_steps = {case: [] for case in raw["steps"]["case_id"]}
    for index, row in tables.rows(raw["steps"].dropna(subset="date")):
        dated_steps[row["case_id"]].append((index, row["date"]))
    for of_case in dated_steps.values():
        before = None
        for index, date in of_case:
            first, last = dates.days(date)
            if before and last < before[0]:
                problems.append(
                    f"{where('steps', index, 'date')}: {date} is before the step above it ({before[1]}); put the steps in order of time"
                )
            if first and (not before or first > before[0]):
                before = (first, date)
    published = _published(raw)
    for name in (n for n in tables.MENTIONED if "date" in raw[n]):
        dated = {
            row[tables.key(name)]: (index, row["date"])
            for index, row in tables.rows(raw[name].dropna(subset="date"))
        }
        planned = (
            set(raw[name].loc[raw[name]["held"] == "planned", tables.key(name)])
            if "held" in raw[name]
            else set()
        )
        planned |= (
            set(raw[name].loc[raw[name]["assembly_id"].isin(_planned(raw)), tables.key(name)])
            if name == "restrictions"
            else set()
        )
        told = raw["mentions"][
            (raw["mentions"]["table"] == name)
            & (raw["mentions"]["hedge"] != "expected")
            & (raw["mentions"]["agrees"] != "differs")
        ]
        for thing, source in zip(told["row_id"], told["source_id"], strict=True):
            if thing not in dated or thing in planned:
                continue
            index, date = dated[thing]
            first = dates.days(date)[0]
            if first and first > published[source]:
                problems.append(
                    f"{where(name, index, 'date')}: {date} begins after {source} was published, which tells of it; "
                    "correct the date, or the hedge of the mention"
                )
    return problems


def _published(raw):
    """Return the last day on which each source may have been published, by source."""
    return {
        source: dates.days(day)[1]
        for source, day in raw["sources"].set_index("source_id")["published"].items()
    }


def _planned(raw):
    return set(raw["assemblies"].loc[raw["assemblies"]["held"] == "planned", "assembly_id"])


def _sentences_and_acts(raw, where):
    """The number of a sentence or of an incident belongs to its bound, and the words of a mention print it."""
    problems = []
    for name, columns, bound in (
        ("sentences", ("value", "value_to"), "bound"),
        ("incidents", ("acts", None), "acts_bound"),
    ):
        told = {}
        for mention in (
            raw["mentions"][raw["mentions"]["table"] == name].dropna(subset="as_printed").itertuples()
        ):
            told.setdefault(mention.row_id, []).append(mention.as_printed)
        for index, row in tables.rows(raw[name]):
            values = [
                None if column is None or not given(row[column]) else float(row[column]) for column in columns
            ]
            place = where(name, index, columns[0])
            if not given(row[bound]):
                if values != [None, None]:
                    problems.append(f"{place}: has a number and no bound; type how exact the wording is")
                continue
            try:
                bounds.bounds(row[bound], *values)
            except ValueError as error:
                problems.append(f"{place}: {error}")
                continue
            printed = told.get(row[tables.key(name)], [])
            single = (name == "incidents" and values[0] == 1) or row[bound] == "many"
            if not single and not any(wording.matching(words, row[bound], *values) for words in printed):
                problems.append(
                    f"{place}: no mention of {row[tables.key(name)]} prints it ({'; '.join(printed) or 'no words'}); type the words, or correct the number"
                )
            if name == "sentences" and not given(row["unit"]):
                problems.append(f"{where(name, index, 'unit')}: is empty; a number needs its unit")
    return problems


def _wholes(raw, where):
    """An assembly or incident is part of a wider one, never of itself; a restriction keeps people from another assembly than its own."""
    problems = []
    for name in ("assemblies", "incidents"):
        part_of = raw[name].set_index(tables.key(name))["part_of"].to_dict()
        for index, row in tables.rows(raw[name]):
            seen, above = set(), row[tables.key(name)]
            while given(above) and above not in seen:
                seen.add(above)
                above = part_of[above]
            if given(above):
                problems.append(
                    f"{where(name, index, 'part_of')}: leads back to {row[tables.key(name)]}; a whole cannot be a part of its part"
                )
    levels = raw["assemblies"].set_index("assembly_id")["level"].to_dict()
    for index, row in tables.rows(raw["assemblies"].dropna(subset="part_of")):
        if levels[row["part_of"]] == "single":
            problems.append(
                f"{where('assemblies', index, 'part_of')}: {row['part_of']} is a single assembly; name a series or a general statement"
            )
    for index, row in tables.rows(raw["restrictions"]):
        if row["ahead_of_assembly_id"] == row["assembly_id"]:
            problems.append(
                f"{where('restrictions', index, 'ahead_of_assembly_id')}: is the assembly itself; leave it empty, timing says when"
            )
    for index, row in tables.rows(raw["cases"]):
        if row["maybe_same_as"] == row["case_id"]:
            problems.append(f"{where('cases', index, 'maybe_same_as')}: is the case itself; leave it empty")
    return problems


def _answers(raw, where):
    """What bears on a recommendation is an act, a figure or a case that exists, is told by a source printed after it, and not of an earlier day."""
    problems = []
    acts = {act["act_id"]: act for _, act in tables.rows(raw["acts"])}
    published = _published(raw)
    tellers = {
        ("claims", claim): [source]
        for claim, source in zip(raw["claims"]["claim_id"], raw["claims"]["source_id"], strict=True)
    }
    for mention in raw["mentions"].itertuples():
        tellers.setdefault((mention.table, mention.row_id), []).append(mention.source_id)
    for index, row in tables.rows(raw["answers"]):
        asked = acts[row["act_id"]]
        told = tellers.get((row["table"], row["row_id"]))
        if asked["kind"] != "recommendation":
            problems.append(
                f"{where('answers', index, 'act_id')}: {row['act_id']} is a {asked['kind']}; name the recommendation"
            )
        elif told is None:
            problems.append(
                f"{where('answers', index, 'row_id')}: {row['row_id']!r} is not in data/raw/{row['table']}.csv; correct the spelling, or the table"
            )
        else:
            day, act = (
                dates.days(asked["date"]),
                acts.get(row["row_id"], {}).get("date") if row["table"] == "acts" else None,
            )
            before = given(act) and dates.days(act)[0] and dates.days(act)[1] < day[0]
            if before or not any(published[source] > day[1] for source in told):
                problems.append(
                    f"{where('answers', index, 'row_id')}: {row['row_id']} is not told after {row['act_id']} ({asked['date']}); "
                    "an answer comes after what was asked, delete the row"
                )
    return problems


COMPARE_DAYS = (_answers, in_order)  # these need every date to be one
RULES = (_mentions, _one_of, _of_one_case, _sentences_and_acts, _wholes, *COMPARE_DAYS)
