"""TODO checks.run."""

from typing import NamedTuple

from qantar import paths
from qantar.checks import events, form, locked_rows, names, source_words, statements
from qantar.record import tables


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
    problems = form.form_problems(data)
    if problems:
        return Report(problems, 0, 0)
    raw = {name: tables.read_table(name, data) for name in tables.raw_names(data)}
    declared = tables.resources(data)

    def where(name, index, column=None):
        return tables.at(declared[name], index + 2, column)  # the header is row 1

    for rule in (
        statements.dates_of_claims,
        statements.ids,
        statements.speakers,
        statements.figures,
        statements.bases,
        statements.statements,
        statements.vocabularies,
        statements.readings,
        statements.corrections,
        *events.RULES,
    ):
        if not (rule in events.COMPARE_DAYS and problems):
            problems += rule(raw, where)
    problems += names.table_problems(raw, where)
    problems += locked_rows.problems(data)
    missing = source_words.problems(raw, where, sources_folder, problems)
    return Report(list(dict.fromkeys(problems)), sum(len(table) for table in raw.values()), missing)
