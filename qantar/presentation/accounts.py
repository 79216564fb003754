"""Accounts and findings of reports in words, always with who says so, how surely, and where.

A statement is a row as `Record.told` gives it, as a Series or a dict.
"""

from collections.abc import Mapping

import pandas as pd

from qantar import addresses
from qantar.presentation import markdown, sentences

# What is meant for use elsewhere, which Tab lists.
__all__ = ["told", "told_as_bullets", "told_by_episode"]


def __dir__() -> list[str]:
    return __all__


def told(statement: Mapping, home: str = addresses.ROWS) -> str:
    """Return an account or a finding (a row of `Record.told`) as a sentence that begins with who says so.

    In a bracket: whether the source names nobody who says so, the source, its hedge, the day where one is
    told, and the paragraph, which leads to the row.
    """
    cited_as = markdown.escape(statement["cited_as"])
    is_own, is_named = statement["voice"] == "own", not pd.isna(statement["speaker_name"])
    who = markdown.escape(statement["speaker_name"]) if is_named and not is_own else cited_as
    unnamed = [] if is_own or is_named else ["no source named"]
    source = addresses.of_row("sources", statement["source_id"])
    printed = f"{markdown.link(cited_as, source, home)}, {sentences.when(statement['published'])}"
    summary = markdown.escape(_after_a_comma(statement).removesuffix("."))
    behind = "; ".join([*unnamed, printed, _how_and_where(statement, home)])
    return f"According to {who}, {summary} ({behind})."


def told_as_bullets(rows: pd.DataFrame) -> str:
    """Return every account and finding of a frame as a bulleted list, for `markdown.text`.

    What one body says in one source stands below one line that says so.
    """
    if rows.empty:
        return markdown.bulleted(["no such statement in these reports"])
    groups = rows.groupby(["source_id", "voice", "speaker_name"], sort=False, dropna=False)
    return markdown.bulleted(_told_together(group.to_dict("records")) for _, group in groups)


def _told_together(statements):
    """Return statements of one body in one source: one as a sentence, several below who says them."""
    first, *others = statements
    if not others:
        return told(first)
    source = markdown.link(
        markdown.escape(first["short"]), addresses.of_row("sources", first["source_id"]), addresses.ROWS
    )
    printed = sentences.on_date(first["published"])
    if first["voice"] == "own":
        head = f"{source} wrote {printed}:"
    elif pd.isna(first["speaker_name"]):
        head = f"{source} reported {printed}, naming no source:"
    else:
        head = f"According to {markdown.escape(first['speaker_name'])}, as {source} printed {printed}:"
    lines = [
        f"{markdown.escape(row['summary'].removesuffix('.'))} ({_how_and_where(row)})." for row in statements
    ]
    return "\n".join([head, *(f"  - {line}" for line in lines)])


def _how_and_where(statement, home=addresses.ROWS):
    """Return the hedge of a statement, its day where one is told, and its paragraph, linked to the row."""
    hedge = [] if statement["hedge"] == "stated" else [markdown.spelt(statement["hedge"])]
    day = [] if statement["date_basis"] == "published" else [_day_told(statement)]
    row = addresses.of_row("statements", statement["statement_id"])
    return "; ".join([*hedge, *day, markdown.link(f"¶{statement['paragraph']}", row, home)])


def told_by_episode(rows: pd.DataFrame) -> str:
    """Return accounts below the label of what they tell of, for `markdown.text`."""
    if rows.empty:
        return told_as_bullets(rows)
    groups = rows.groupby("episode", sort=False)
    return "\n\n".join(f"**{markdown.escape(label)}**\n\n{told_as_bullets(group)}" for label, group in groups)


def _day_told(statement):
    if statement["date_basis"] == "statement":
        day = statement["stated_on"] if not pd.isna(statement["stated_on"]) else statement["date"]
        return f"said {sentences.dated(day)}"
    return sentences.when(statement["date"]) + sentences.BASIS.get(statement["date_basis"], "")


def _after_a_comma(statement):
    """Return a summary as it goes on after a comma: its first letter small, unless it begins with a name."""
    summary = statement["summary"]
    first = summary.split()[0].strip(",")
    names = [str(statement[column]).split()[0] for column in ("place", "speaker_name", "short")]
    is_name = first in ("Kazakhstan", *names) or not first[1:].islower()
    return summary if is_name and len(first) > 1 else summary[0].lower() + summary[1:]
