"""Run all checks of the record in order: form, rules, names, released rows, printed words, hedges."""

from pathlib import Path
from typing import NamedTuple

from qantar import paths
from qantar.checks import events, form, hedges, locked_rows, names, row_rules, source_words, statements
from qantar.checks.problem import Problem, RawTables
from qantar.record import tables


class Report(NamedTuple):
    """What a check found; `unverified` counts the printed spans that could not be looked up."""

    problems: list[Problem]
    rows: int
    unverified: int


def check(data: Path = paths.DATA, sources_folder: Path | None = None) -> Report:
    """Return what is wrong with the raw tables in the folder `data`; nothing is written.

    `sources_folder` holds the text copies of the sources; None: spans are only counted.
    Where the form is wrong, nothing else is checked, and the report has no rows.
    """
    problems = form.form_problems(data)
    if problems:
        return Report(problems, 0, 0)
    raw = {name: tables.read_table(name, data) for name in tables.raw_names(data)}
    problems = [*rule_problems(raw), *locked_rows.locked_row_problems(data)]
    found, unverified = source_words.span_problems(raw, sources_folder)
    found += hedges.hedge_problems(raw, sources_folder)
    return Report(list(dict.fromkeys([*problems, *found])), sum(map(len, raw.values())), unverified)


def rule_problems(raw: RawTables) -> list[Problem]:
    """Return what is wrong with well-formed raw tables; dates are compared where all of them are valid."""
    problems = list(statements.valid_dates(raw))
    on_dates = () if problems else (*statements.RULES_ON_DATES, *events.RULES_ON_DATES)
    for rule in (row_rules.row_problems, *statements.RULES, *events.RULES, *on_dates, names.table_problems):
        problems += rule(raw)
    return problems
