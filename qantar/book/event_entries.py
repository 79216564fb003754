"""Assemblies, incidents and acts as the reference pages show them."""

import pandas as pd

from qantar.book import outcomes
from qantar.book.claim_entries import filled
from qantar.presentation import claim_tables, markdown, sentences
from qantar.record import Record, tables, views

_LEVELS = {"single": "a single assembly", "series": "a series", "general": "a general statement"}


def assemblies(record: Record, figures: pd.DataFrame) -> list[dict]:
    """Return every assembly: id, heading, row (cells of the overview), fields, and cells of its restrictions.

    `figures` as of `claim_entries.figures`.
    """
    restrictions = tables.groups(views.events(record, "restrictions"), "assembly_id")
    claims = tables.groups(figures, "assembly_id")
    bodies = record.organisations.set_index("organisation_id")["name"].to_dict()
    labels = record.assemblies.set_index("assembly_id")["label"].to_dict()
    entries = []
    for assembly in views.events(record, "assemblies").itertuples():
        cells = [
            _day(assembly),
            _read(assembly, markdown.in_words(assembly.place), "place_id"),
            markdown.spelt(assembly.permission),
            _read(assembly, markdown.spelt(assembly.held), "held"),
            markdown.escape(markdown.spelt(assembly.topics)),
        ]
        entry = {
            "id": assembly.assembly_id,
            "heading": markdown.escape(assembly.label),
            "row": cells,
            "fields": _assembly_fields(
                assembly, labels, bodies, claims[assembly.assembly_id], restrictions[assembly.assembly_id]
            ),
            "restrictions": [_restriction_cells(row) for row in restrictions[assembly.assembly_id]],
        }
        entries.append(entry)
    return entries


def _assembly_fields(assembly, labels, bodies, claims, restrictions):
    place = _read(assembly, markdown.in_words(assembly.place), "place_id")
    places = [place, markdown.in_words(assembly.venue)]
    whole = labels.get(assembly.part_of)
    fields = [
        ("Day", _day(assembly)),
        ("Place", "; ".join(filter(None, places))),
        ("Level", _LEVELS[assembly.level]),
        ("Part of", whole and markdown.anchor_link(markdown.escape(whole), assembly.part_of)),
        ("Organiser", _read(assembly, markdown.escaped(bodies.get(assembly.organiser)), "organiser")),
        ("About", markdown.in_words(assembly.topics)),
        ("Permission", markdown.spelt(assembly.permission)),
        ("Held", _read(assembly, markdown.spelt(assembly.held), "held")),
        ("What became of it", outcomes.of_assembly(assembly._asdict(), restrictions)),
        ("What is told", markdown.in_words(assembly.summary)),
        ("Figures", "; ".join(claim.said for claim in claims)),
        ("Note", markdown.in_words(assembly.note)),
        ("Told by", claim_tables.sources_of(assembly.where, home="")),
    ]
    return filled(fields)


def _restriction_cells(restriction):
    return [
        markdown.spelt(restriction.kind),
        markdown.in_words(restriction.timing),
        _day(restriction),
        markdown.in_words(restriction.ground),
        markdown.in_words(restriction.sentence),
        markdown.spelt(restriction.hedge),
        claim_tables.sources_of(restriction.where, home=""),
    ]


def incidents(record: Record) -> list[dict]:
    """Return every incident: id, heading, and row, the cells of the table."""
    bodies = record.organisations.set_index("organisation_id")["name"].to_dict()
    entries = []
    for incident in views.events(record, "incidents").itertuples():
        target = markdown.escaped(bodies.get(incident.target))
        told = [markdown.in_words(incident.summary), markdown.in_words(incident.after)]
        cells = [
            _day(incident),
            markdown.in_words(incident.place),
            ": ".join(filter(None, [markdown.spelt(incident.target_kind), target])),
            markdown.spelt(incident.kind),
            markdown.spelt(incident.by),
            claim_tables.how_many(incident),
            markdown.spelt(incident.hedge),
            " ".join(filter(None, told)),
            claim_tables.sources_of(incident.where, home=""),
        ]
        entries.append({"id": incident.incident_id, "heading": markdown.escape(incident.label), "row": cells})
    return entries


def acts(record: Record) -> list[dict]:
    """Return every act: id, heading, and row, the cells of the table."""
    labels = record.cases.set_index("case_id")["label"].to_dict()
    entries = []
    for act in views.events(record, "acts").itertuples():
        case = labels.get(act.on_case_id)
        cells = [
            _day(act),
            markdown.in_words(act.who),
            markdown.spelt(act.kind) + (", told in a quotation" if act.hedge == "quotation" else ""),
            markdown.spelt(act.theme),
            markdown.anchor_link(markdown.escape(case), act.on_case_id) if case else "",
            claim_tables.sources_of(act.where, home=""),
        ]
        entries.append({"id": act.act_id, "heading": markdown.escape(act.summary), "row": cells})
    return entries


def _day(row):
    if pd.isna(row.date):
        return claim_tables.NOT_TOLD
    return _read(row, sentences.when(row.date), "date")


def _read(row, words, column):
    return sentences.with_reading(words, {"inferred": row.inferred}, column)
