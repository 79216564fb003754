"""Accounts and findings as the reference pages show them: who says what, where, and what differs.

Each statement is one sentence that names its speaker and its report, so that it can be quoted alone.
"""

import re
from collections.abc import Mapping

import pandas as pd

from qantar.book import outcomes
from qantar.presentation import claim_tables, markdown, sentences
from qantar.record import Record, comparisons, english

# How the columns that two accounts differ on are called.
_ON = {
    "actor": "who did it",
    "deed": "what was done",
    "object": "to whom or what",
    "date": "when",
    "wording": "the words",
    "place_id": "where",
}
# What follows the sentence where the source hedges and the sentence itself does not say so.
_HEDGES = {
    "alleged": "The report passes it on as an allegation.",
    "reported": "The report passes it on as reported.",
    "possible": "The report has it as a concern or a possibility.",
    "believed": "The report has it as what is believed.",
    "appears": "The report has it as what appears to be so.",
    "expected": "The report has it as what is expected.",
    "quotation": "The report quotes it.",
}
_SAYS_SO = {
    "alleged": r"\ballege|\ballegation",
    "reported": r"\breported",
    "possible": r"\b(?:might|could|may|concern\w*|fear\w*|possib\w*)\b",
    "believed": r"\b(?:believed|considered|suggests)\b",
    "appears": r"\bappear|\bapparent",
    "expected": r"\bexpected\b",
    "quotation": r"\bquot",
}
# Words that begin a sentence and are no name even before one: In Almaty the emergency lasted.
_NO_NAMES = frozenset(
    "A An The In On At From For By After Before Over When While Although Despite Unlike If As With".split()
)


def episodes(record: Record) -> list[dict]:
    """Return the episodes of which accounts differ, the one with the most differences first.

    An episode has id, heading, note, told (by how many reports) and rows (entries, see `_Known.entry`).
    """
    rows = comparisons.disputed(record)
    differing = rows[rows["agrees"] == "differs"].groupby("episode_id").size()
    by_episode = dict(tuple(rows.groupby("episode_id", sort=False)))
    kept = record.episodes[record.episodes["episode_id"].isin(by_episode)]
    order = kept["episode_id"].map(differing).sort_values(ascending=False, kind="stable").index
    known = _Known(record)
    return [
        {
            "id": episode.episode_id,
            "heading": markdown.escape(episode.label),
            "note": markdown.escaped(episode.note),
            "told": sentences.from_teams(by_episode[episode.episode_id], "tells", "tell"),
            "rows": [
                known.entry(row, is_alone=False) for row in by_episode[episode.episode_id].to_dict("records")
            ],
        }
        for episode in kept.loc[order].itertuples()
    ]


def other_accounts(record: Record) -> list[tuple[str, list[dict]]]:
    """Return the accounts of no disputed episode by month: heading and entries, in order of the last day."""
    disputed = set(comparisons.disputed(record)["statement_id"])
    rows = record.told(kind="account")
    rows = rows[~rows["statement_id"].isin(disputed)]
    order = ["date_last", "date_first", "published_last", "paragraph"]
    rows = rows.sort_values(order, kind="stable", na_position="last")
    known, groups = _Known(record), {}
    for row in rows.to_dict("records"):
        groups.setdefault(_month(row), []).append(known.entry(row))
    return sorted(groups.items(), key=lambda group: group[0] == _OPEN)  # what has no first day comes last


_OPEN = "Only known to have been by some day"


def _month(row):
    if pd.isna(row["date_first"]):
        return _OPEN
    return f"{english.MONTHS[row['date_last'].month - 1]} {row['date_last'].year}"


def findings(record: Record) -> list[tuple[str, list[dict]]]:
    """Return the findings of no disputed episode by theme: its name and entries, in order of publication."""
    disputed = set(comparisons.disputed(record)["statement_id"])
    rows = record.told(kind="finding")
    rows = rows[~rows["statement_id"].isin(disputed)]
    known = _Known(record)
    return [
        (markdown.spelt(theme).capitalize(), [known.entry(row) for row in of_theme.to_dict("records")])
        for theme, of_theme in rows.groupby(rows["theme"].astype("str"))
    ]


def sentence(row: Mapping, names: frozenset[str] = frozenset()) -> str:
    """Return a statement (a row of `Record.told`) as a sentence: According to the police, in the report ...

    `names` are words that keep their capital.
    """
    return f"According to {_source(row)}, {continued(row['summary'], names)}{hedge(row)}"


def hedge(row: Mapping) -> str:
    """Return how the source hedges a statement, as a sentence after a space; "" where that is said already.

    It is where the summary has the hedge, and where what is reported has a speaker.
    """
    kind = row["hedge"]
    if kind == "stated" or re.search(_SAYS_SO[kind], row["summary"], re.IGNORECASE):
        return ""
    is_named = row["voice"] == "reports" and not pd.isna(row["speaker_name"])
    return "" if kind == "reported" and is_named else f" {_HEDGES[kind]}"


def speaker(row: Mapping) -> str:
    """Return who says it, as it stands after "According to": eyewitnesses; FIDH."""
    if row["voice"] == "own":
        return markdown.escape(row["cited_as"])
    return (
        "somebody whom the report does not name"
        if pd.isna(row["speaker_name"])
        else markdown.escape(row["speaker_name"])
    )


def _source(row):
    of_day = f"of {sentences.when(row['published'])}"
    short = markdown.escape(row["short"])
    if row["voice"] == "own":
        return f"{short}, in the {_report(f'report {of_day}', row)}"
    report = _report(f"report of {short} {of_day}", row)
    if pd.isna(row["speaker_name"]):
        return f"the {report}, which does not name who says so"
    return f"{speaker(row)}, in the {report}"


def _report(words, row):
    return markdown.anchor_link(words, row["source_id"])


def continued(summary: str, names: frozenset[str]) -> str:
    """Return a sentence as it goes on after a comma: with a small letter, but for a name (see `names`)."""
    first, _, rest = summary.partition(" ")
    is_plain = first == "A" or first[1:].strip(",;:.").islower()  # not an abbreviation, not quoted
    is_name = first.strip(",;:.") in names or (rest[:1].isupper() and first not in _NO_NAMES)
    return markdown.escape(summary[0].lower() + summary[1:] if is_plain and not is_name else summary)


class _Known:
    """What the entry of a statement needs besides its row: other statements and names."""

    def __init__(self, record):
        told = record.told().to_dict("records")
        self.by_id = {row["statement_id"]: row for row in told}
        self.labels = {
            "case_id": record.cases.set_index("case_id")["label"].to_dict(),
            "assembly_id": record.assemblies.set_index("assembly_id")["label"].to_dict(),
            "incident_id": record.incidents.set_index("incident_id")["label"].to_dict(),
            "act_id": record.acts.set_index("act_id")["summary"].to_dict(),
        }
        self.ended = outcomes.of_case(record)
        self.names = names(record)

    def entry(self, row, is_alone=True):
        """Return a statement as the template shows it: id, sentence and details, all Markdown.

        Where it stands alone, and not below its episode, the episode is named.
        """
        item = f", item {row['item']}" if row["item"] else ""
        said = None if pd.isna(row["stated_on"]) else f"said {_said(row['stated_on'])}"
        place = None if pd.isna(row["place"]) else f"place: {markdown.escape(row['place'])}"
        hedged = None if row["hedge"] == "stated" else f"hedge: {row['hedge']}"
        printed = f"paragraph {row['paragraph']}{item}: “{markdown.escape(row['as_printed'])}”"
        lines = [
            "; ".join(filter(None, [f"Day: {_day(row)}", said, place, hedged, printed])),
            f"Of: {markdown.escape(row['episode'])}" if is_alone and not pd.isna(row["episode"]) else None,
            self._compared(row),
            "; ".join(self._about(row)),
            markdown.escaped(row["note"]),
        ]
        return {
            "id": row["statement_id"],
            "sentence": sentence(row, self.names),
            "details": [line.removesuffix(".") + "." for line in lines if line],
        }

    def _compared(self, row):
        other = self.by_id.get(row["compared_with"])
        if other is None:
            return None
        report = f"{markdown.escape(other['short'])}, {sentences.when(other['published'])}"
        words = report if other["voice"] == "own" else f"{speaker(other)}, {report}"
        account = markdown.anchor_link(f"the account of {words}", other["statement_id"])
        if row["agrees"] == "yes":
            return f"Agrees with {account}"
        columns = [] if pd.isna(row["differs_on"]) else row["differs_on"].split("; ")
        on = sentences.listed(_ON.get(column, markdown.spelt(column)) for column in columns)
        verb = "Differs from" if row["agrees"] == "differs" else "Agrees only in part with"
        return f"{verb} {account} on {on}"

    def _about(self, row):
        for column, labels in self.labels.items():
            if row[column] in labels:
                words = markdown.escape(labels[row[column]].removesuffix("."))
                ended = self.ended.get(row[column]) if column == "case_id" else None
                yield f"See also: {markdown.anchor_link(words, row[column])}{f'; {ended}' if ended else ''}"


def names(record: Record) -> frozenset[str]:
    """Return the first words of the names of places, which keep their capital in a sentence."""
    return frozenset(name.split()[0] for name in record.places["name"])


def _day(row):
    if row["date_basis"] == "published":
        return "none is printed"
    if pd.isna(row["date"]):
        return claim_tables.NOT_TOLD
    mark = {"inferred": sentences.OUR_READING, "slip": " as printed, which cannot be right"}
    return sentences.when(row["date"]) + mark.get(row["date_basis"], "")


def _said(day):
    return sentences.when(day) if "/" in day else sentences.on_date(day)
