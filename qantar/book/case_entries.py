"""Cases as the reference pages show them, with their parties and steps."""

import pandas as pd

from qantar.book import outcomes
from qantar.book.claim_entries import filled
from qantar.presentation import claim_tables, markdown, sentences
from qantar.record import Record, tables, views


def cases(record: Record, figures: pd.DataFrame) -> list[dict]:
    """Return every case: id, heading, row (of the overview), fields, parties and steps (rows of cells).

    `figures` as of `claim_entries.figures`. Steps are in order of time. Persons are named as in the record.
    """
    parties = tables.groups(views.with_names(record, record.parties), "case_id")
    steps = tables.groups(views.steps_of_cases(record), "case_id")
    claims = tables.groups(figures, "case_id")
    acts = tables.groups(views.events(record, "acts"), "on_case_id")
    labels = record.cases.set_index("case_id")["label"].to_dict()
    endings, later = outcomes.final_outcomes(record), outcomes.by_step(record)
    of_case = outcomes.of_case(record)
    inferred = set(record.charges.dropna(subset="inferred")["party_id"])
    entries = []
    for case in views.events(record, "cases").itertuples():
        state, place = markdown.spelt(case.state), markdown.in_words(case.place)
        if case.case_id in of_case:
            state = f"{state}; {of_case[case.case_id]}"
        entry = {
            "id": case.case_id,
            "heading": markdown.escape(case.label),
            "row": [markdown.spelt(case.kind), state, place, sentences.when(case.last_reported)],
            "fields": _fields(case, state, labels, claims[case.case_id], acts[case.case_id]),
            "parties": [_party_cells(party, endings, inferred) for party in parties[case.case_id]],
            "steps": [_step_cells(step, later) for step in steps[case.case_id]],
        }
        entries.append(entry)
    return entries


def _fields(case, state, labels, claims, acts):
    reported = f"as last reported {sentences.on_date(case.last_reported)}; later steps are not in the record"
    other = labels.get(case.maybe_same_as)
    same = None if other is None else markdown.anchor_link(markdown.escape(other), case.maybe_same_as)
    fields = [
        ("State", f"{state}, {reported}"),
        ("January 2022", markdown.spelt(case.january_2022)),
        ("Torture alleged", markdown.spelt(case.torture_alleged)),
        ("Place", markdown.in_words(case.place)),
        ("What is told", markdown.in_words(case.summary)),
        ("May be the same as, or part of", same),
        ("Figures", "; ".join(claim.said for claim in claims)),
        ("Said and done about it", "; ".join(_act(act) for act in acts)),
        ("Note", markdown.in_words(case.note)),
        ("Told by", claim_tables.sources_of(case.where, home="")),
    ]
    return filled(fields)


def _act(act):
    by = "" if pd.isna(act.who) else f"{markdown.escape(act.who)}: "
    return f"{by}{markdown.escape(act.summary)} ({claim_tables.sources_of(act.where, home='')})"


def _party_cells(party, endings, inferred):
    charges, sentence, state, custody = map(
        markdown.in_words, (party.charges, party.sentence, party.state, party.custody)
    )
    if party.party_id in inferred:
        charges += "; which article is our reading"
    if party.party_id in endings:
        state += f"; {endings[party.party_id].words}"
    return [markdown.escape(party.who), party.role, charges, sentence, state, custody]


def _step_cells(step, later):
    outcome = "" if pd.isna(step.outcome) else f": {markdown.spelt(step.outcome)}"
    expected = " (expected)" if step.expected else ""
    ending = f"; {later[step.step_id]}" if step.step_id in later else ""
    day = claim_tables.NOT_TOLD if pd.isna(step.date) else sentences.when(step.date)
    return [
        sentences.with_reading(day, {"inferred": step.inferred}, "date"),
        f"{markdown.spelt(step.step)}{outcome}{expected}{ending}",
        "all" if pd.isna(step.party) else markdown.escape(step.party),
        claim_tables.sources_of(step.where, home=""),
    ]
