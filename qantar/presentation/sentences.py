"""Claims, numbers and dates in words, always with who says so and when.

Notebooks and pages type no number into prose: they hand claims to these functions and show what comes back.
A claim is a row as `Record.claims_of` gives it, as a Series or a dict. Each number links to the place of its
claim.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping

import pandas as pd

from qantar import addresses
from qantar.presentation import markdown
from qantar.record import bounds, english
from qantar.record.amounts import amount, is_computed

# What is meant for use elsewhere, which Tab lists.
# fmt: off
__all__ = [
    "EXCLUDES", "NOTHING", "amount", "as_of", "attribution", "bounds_in_words", "count", "counted",
    "counts_as_bullets", "day_or_period", "definitions_as_bullets", "exclusions", "from_teams",
    "is_computed", "linked", "listed", "of_them", "on_date", "pairs_as_bullets", "repetitions", "said",
    "said_as_bullets", "said_inline", "share_in_words", "told", "told_as_bullets", "told_by_episode", "when",
]
# fmt: on


def __dir__() -> list[str]:
    return __all__


NOTHING = "no figure in these reports"  # stands where figures would stand
_SMALL_NUMBERS = ("no", *english.ONES[1:11])


# --- numbers ---

_TAKES_OF = re.compile(r"\b(?:dozens|hundreds|thousands|numbers?|amount|lot|handful|couple|majority|half)$")


def counted(claim: Mapping) -> str:
    """Return how much of what a claim prints: at least 232 deaths; thousands of people injured.

    The words of the measure (columns one and many) agree with the number. That a number is higher is quoted.
    """
    bound = claim["bound"]
    if bound == "higher":
        return f"{claim['many']}: “{claim['as_printed']}”"
    if bound == "none_known":
        return f"no {claim['one']}, as far as is known"
    if claim.get("period") == "ordinal":
        return f"{claim['one']} number {bounds.number(claim['value'])}"
    how_many = amount(claim)
    singular = bound in ("exact", "at_least", "at_most", "about") and claim["value"] == 1
    of = " of" if _TAKES_OF.search(how_many) else ""
    return f"{how_many}{of} {claim['one' if singular else 'many']}"


def bounds_in_words(low: float | None, high: float | None) -> str:
    """Return firm bounds in words: 208; at least 213; at most 12; between 5 and 15. Either may be missing."""
    if pd.isna(low) and pd.isna(high):
        return "a number that is not known"
    if pd.isna(high):
        return f"at least {bounds.number(low)}"
    if pd.isna(low):
        return f"at most {bounds.number(high)}"
    return bounds.number(low) if low == high else f"between {bounds.number(low)} and {bounds.number(high)}"


def share_in_words(pair: Mapping) -> str:
    """Return the share that a part is of its whole (a row of `comparisons.parts`): 80.3 %; more than 50 %."""
    ends = (pair["share_low"], pair["share_high"])
    low, high = (None if pd.isna(end) else f"{round(float(end), 1):g}" for end in ends)
    if low is None and high is None:
        return "a share that is not known"
    if low == high:
        return f"{low} %"
    if low is None:
        return f"at most {high} %"
    if high in (None, "100"):
        return f"{'more than' if pair['bound'] in ('more_than', 'most') else 'at least'} {low} %"
    return f"between {low} % and {high} %"


def count(n: int, one: str, many: str | None = None) -> str:
    """Return a number of things, small numbers in words: one report; three reports; 12 claims."""
    return f"{_small(n)} {one if n == 1 else many or one + 's'}"


def of_them(n: int, whole: int, one: str, many: str) -> str:
    """Return n of a whole as a subject with its verb: none of the five has; all five have; one of one has."""
    if n == whole and n > 1:
        return f"all {_small(whole)} {many}"
    all_of_them = "one" if whole == 1 else f"the {_small(whole)}"
    return f"{_small(n) if n else 'none'} of {all_of_them} {one if n < 2 else many}"


def from_teams(rows: pd.DataFrame, one: str | None = None, many: str | None = None) -> str:
    """Return from how many reports and teams claims come: five reports by three research teams.

    `one` and `many` are a verb to be added, as it stands with one report and with many.
    """
    reports = rows["source_id"].nunique()
    words = f"{count(reports, 'report')} by {count(rows['team'].nunique(), 'research team')}"
    return f"{words} {one if reports == 1 else many}" if one else words


def _small(n):
    return _SMALL_NUMBERS[n] if n < len(_SMALL_NUMBERS) else bounds.number(n)


# --- dates ---


def when(edtf: str) -> str:
    """Return an EDTF date in words: 8 February 2024; 4 to 6 January 2022; not later than May 2022.

    The first ten days of a month are early, the next ten mid, the others late (codebook, "Dates").
    """
    if "/" not in edtf:
        year, *rest = (int(part) for part in edtf.split("-"))
        month = [english.MONTHS[rest[0] - 1]] if rest else []
        return " ".join([*map(str, rest[1:]), *month, str(year)])
    start, end = edtf.split("/")
    if start == "..":
        return f"not later than {when(end)}"
    if start.endswith("-21") and end.endswith("-10") and start[:7] != end[:7]:
        return f"late {when(start[:7])} to early {when(end[:7])}"
    if start.startswith(f"{end}-"):
        return f"{when(start)} to later that {'month' if len(end) == len('2022-01') else 'year'}"
    if not (len(start) == len(end) == len("2022-01-01") and start[:7] == end[:7]):
        return f"{when(start)} to {when(end)}"
    year, month, last = (int(part) for part in end.split("-"))
    first = int(start.split("-")[2])
    thirds = {(1, 10): "early", (11, 20): "mid", (21, monthrange(year, month)[1]): "late"}
    third = thirds.get((first, last))
    return f"{third} {when(end[:7])}" if third else f"{first} to {when(end)}"


def on_date(edtf: str) -> str:
    """Return a day or month with its preposition: on 8 February 2024; in March 2023."""
    return f"{'on' if edtf.count('-') == 2 else 'in'} {when(edtf)}"


def _with_preposition(edtf):
    """Return a date in a sentence: on 20 November 2022; in mid August 2022; for 4 to 6 January 2022."""
    words = when(edtf)
    if edtf.startswith("../"):
        return words
    if "/" not in edtf:
        return on_date(edtf)
    return f"{'in' if words.startswith(('early', 'mid', 'late')) else 'for'} {words}"


_BASIS = {"inferred": ", inferred", "slip": " as printed, which cannot be right"}


def day_or_period(claim: Mapping) -> str:
    """Return the day or period that a figure describes, in words; an inferred date and a slip are marked."""
    return when(claim["as_of"]) + _BASIS.get(claim["date_basis"], "")


def as_of(claim: Mapping) -> str:
    """Return when a figure held: as of early February 2023; on 16 January 2023; said in May 2022.

    What counts up to a day is as of that day; what happened is of its day or period.
    """
    if claim["date_basis"] == "statement":
        return f"said {_with_preposition(claim['stated_on'])}"
    day = claim["as_of"]
    mark = _BASIS.get(claim["date_basis"], "")
    counts_up = claim["period"] in ("stock", "cumulative") or (claim["period"] == "share" and "/" in day)
    single_event = (
        claim["bound"] == "at_least" and claim["value"] == 1
    )  # one reported death counts nothing up
    if not counts_up or single_event:
        return f"{_with_preposition(day)}{mark}"
    if day.startswith("../"):
        return f"as of {when(day.removeprefix('../'))} at the latest{mark}"
    return f"as of {when(day)}{mark}"


# --- claims ---


def linked(claim: Mapping, home: str = addresses.ROWS) -> str:
    """Return what a claim counts, linked to its place; a computed row leads to its whole."""
    address = addresses.of_claim(claim["theme"], claim["claim_id"])
    return markdown.link(markdown.escape(counted(claim)), address, home)


def attribution(claim: Mapping) -> str:
    """Return who states a claim, in which source and as of when, as the inside of a bracket; never empty.

    A computed row is marked as nobody's statement; so is what is expected, estimated, alleged or quoted.
    """
    printed = f"{claim['short']}, {when(claim['published'])}"
    if claim["voice"] == "reports" and pd.isna(claim["speaker"]):
        printed = f"reported by {printed}, no source named"
    elif claim["voice"] == "reports":
        how = "quoted" if claim["modality"] == "quotation" else "as printed"
        printed = f"{claim['speaker_name']}, {how} by {claim['short']} {on_date(claim['published'])}"
    parts = [f"computed from figures of {printed}" if is_computed(claim) else printed]
    if claim["date_basis"] != "published":
        parts.append(as_of(claim))
    if claim["modality"] not in ("observed", "quotation"):
        parts.append(claim["modality"])
    if not pd.isna(claim.get("about")):
        parts.append(claim["about"])
    return "; ".join(parts)


def said(claim: Mapping, home: str = addresses.ROWS) -> str:
    """Return a claim in words: its number, linked to its place, with who says so and when in a bracket."""
    return f"{linked(claim, home)} ({markdown.escape(attribution(claim))})"


def listed(parts: Iterable[str], joiner: str = "and") -> str:
    """Return strings as a list in a sentence: a; a and b; a, b and c.

    Where a part holds a comma or a semicolon, semicolons divide the parts.
    """
    *others, last = list(parts) or [""]
    if not others:
        return last
    if any(mark in part for part in (*others, last) for mark in ",;"):
        return f"{'; '.join(others)}; {joiner} {last}"
    return f"{', '.join(others)} {joiner} {last}"


def said_inline(rows: pd.DataFrame, joiner: str = "and", home: str = addresses.ROWS) -> str:
    """Return every claim of a frame in one list for a sentence; NOTHING for no claims."""
    return listed((said(claim, home) for claim in _claims(rows)), joiner) or NOTHING


def said_as_bullets(rows: pd.DataFrame) -> str:
    """Return every claim of a frame as a bulleted list, for `markdown.text`; NOTHING for no claims."""
    return markdown.bulleted([said(claim) for claim in _claims(rows)] or [NOTHING])


def _claims(rows):
    return rows.to_dict("records")


def definitions_as_bullets(rows: pd.DataFrame) -> str:
    """Return what each measure of some claims counts, its label with its definition, as a bulleted list."""
    measures = rows.drop_duplicates("measure_id")
    return markdown.bulleted(
        f"{markdown.escape(row.label)}: {markdown.escape(row.definition)}" for row in measures.itertuples()
    )


def counts_as_bullets(names: pd.Series) -> str:
    """Return how often each name stands in a column of names ("; " between them), most frequent first."""
    counts = names.str.split("; ").explode().map(markdown.spelt).value_counts()
    ordered = counts.sort_index().sort_values(ascending=False, kind="stable")
    return markdown.bulleted(f"{name}: {bounds.number(n)}" for name, n in ordered.items())


# --- what is our reading ---

OUR_READING = " (our reading)"


def with_reading(words: str, row: Mapping, column: str) -> str:
    """Return words, marked as our reading where the row names the column they rest on in `inferred`."""
    return f"{words}{OUR_READING}" if words and readings(row, column) else words


def readings(row: Mapping, *columns: str) -> list[str]:
    """Return which of some columns of a row are our reading (its column `inferred`), in words."""
    inferred = "" if pd.isna(row["inferred"]) else row["inferred"]
    return [markdown.spelt(name.removesuffix("_id")) for name in inferred.split("; ") if name in columns]


# --- accounts and findings ---


def told(statement: Mapping, home: str = addresses.ROWS) -> str:
    """Return an account or a finding (a row of `Record.told`) as a sentence that begins with who says so.

    In a bracket: the hedge of the source, whether it leaves open who says so, the day where one is told, the
    source, and the paragraph, which leads to the row.
    """
    short, cited_as = markdown.escape(statement["short"]), markdown.escape(statement["cited_as"])
    is_own, is_named = statement["voice"] == "own", not pd.isna(statement["speaker_name"])
    who = markdown.escape(statement["speaker_name"]) if is_named and not is_own else cited_as
    source = markdown.link(short, addresses.of_row("sources", statement["source_id"]), home)
    hedge = [] if statement["hedge"] == "stated" else [markdown.spelt(statement["hedge"])]
    unnamed = [] if is_own or is_named else ["no source named"]
    day = [] if statement["date_basis"] == "published" else [_day_told(statement)]
    row = addresses.of_row("statements", statement["statement_id"])
    paragraph = markdown.link(f"paragraph {statement['paragraph']}", row, home)
    where = f"{source}, {when(statement['published'])}, {paragraph}"
    summary = markdown.escape(_after_a_comma(statement).removesuffix("."))
    return f"According to {who}, {summary} ({'; '.join([*hedge, *unnamed, *day, where])})."


def told_as_bullets(rows: pd.DataFrame) -> str:
    """Return every account and finding of a frame as a bulleted list, for `markdown.text`."""
    return markdown.bulleted([told(row) for row in _claims(rows)] or ["no such statement in these reports"])


def told_by_episode(rows: pd.DataFrame) -> str:
    """Return accounts below the label of what they tell of, for `markdown.text`."""
    if rows.empty:
        return told_as_bullets(rows)
    groups = rows.groupby("episode", sort=False)
    return "\n\n".join(f"**{markdown.escape(label)}**\n\n{told_as_bullets(group)}" for label, group in groups)


def _day_told(statement):
    if statement["date_basis"] == "statement":
        day = statement["stated_on"] if not pd.isna(statement["stated_on"]) else statement["date"]
        return f"said {_with_preposition(day)}"
    return when(statement["date"]) + _BASIS.get(statement["date_basis"], "")


def _after_a_comma(statement):
    """Return a summary as it goes on after a comma: its first letter small, unless it begins with a name."""
    summary = statement["summary"]
    first = summary.split()[0].strip(",")
    names = [str(statement[column]).split()[0] for column in ("place", "speaker_name", "short")]
    is_name = first in ("Kazakhstan", *names) or not first[1:].islower()
    return summary if is_name and len(first) > 1 else summary[0].lower() + summary[1:]


# --- claims set against each other ---

# How two figures exclude each other, by column dates of `comparisons.conflicts`.
EXCLUDES = {
    "same": "on the same days",
    "fell": "and the count would have fallen",
    "open": "on any one day; the days of one are not known",
}
_EXPLAINED = {
    "same": "They contradict each other: both describe the same days.",
    "fell": (
        "A count of everybody up to a day cannot fall: one of the two is in error, or they count differently."
    ),
    "open": (
        "Yet the days for which they hold are not all known. A later figure may be higher because more "
        "became known, because it counts other people or another span of time, or because one of the two is "
        "in error; the figures alone do not tell which."
    ),
}
_COUNTED_THING = ["measure_id", "place_id", "case_id", "assembly_id", "incident_id"]


def exclusions(rows: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """Return which claims cannot both be right of one day, a paragraph for each claim and kind of dates.

    `rows` are claims; `pairs` of others that exclude each other (`comparisons.conflicts`) are left out.
    """
    if rows.empty:
        return f"There is {NOTHING} to set against another."
    pairs = pairs[pairs["claim_id"].isin(rows["claim_id"])]
    if pairs.empty and not rows.duplicated(_COUNTED_THING).any():
        return (
            "None of these figures can be tested against another: each counts something else, and stands in "
            "one place only."
        )
    if pairs.empty:
        return (
            "No two of these figures exclude each other: some number lies within the bounds of both, or they "
            "describe different days."
        )
    words = {claim["claim_id"]: said(claim) for claim in _claims(rows)}
    paragraphs = []
    for (first, how), group in pairs.groupby(["claim_id", "dates"], sort=False):
        others = listed(group["other_id"].map(words), "or")
        cannot = f"On any one day, {words[first]} cannot be right together with {others}."
        paragraphs.append(f"{cannot} {_EXPLAINED[how]}")
    return "\n\n".join(paragraphs)


def pairs_as_bullets(pairs: pd.DataFrame, rows: pd.DataFrame, joiner: str) -> str:
    """Return pairs (claim_id and other_id) of the claims `rows` as bullets, `joiner` between the two."""
    words = {claim["claim_id"]: said(claim) for claim in _claims(rows)}
    return markdown.bulleted(
        f"{words[pair.claim_id]}, {joiner} {words[pair.other_id]}" for pair in pairs.itertuples()
    )


def repetitions(rows: pd.DataFrame) -> str:
    """Return the claims that repeat one statement or event (same_statement), a bullet for each statement."""
    repeated = rows[rows["same_statement"].duplicated(keep=False)]
    lines = []
    for _, group in repeated.groupby("same_statement", sort=False):
        teams = count(group["team"].nunique(), "research team")
        reports = listed(_printed_in(claim) for claim in _claims(group))
        lines.append(f"{count(len(group), 'claim').capitalize()} from {teams} count once: {reports}.")
    return markdown.bulleted(lines or ["no statement that is repeated in these reports"])


def _printed_in(claim):
    return f"{linked(claim)} in {markdown.escape(claim['short'])}, {when(claim['published'])}"
