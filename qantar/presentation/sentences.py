"""Computed sentences: numbers in words, never without who says so and when.

One idea: no number is typed into prose. A notebook hands claims to these functions and shows what they return; each number
links to the page of its source. The words are those of the codebook: deaths, printed, as of, according to.
"""

import re
from calendar import monthrange

import pandas as pd

from qantar import addresses
from qantar.presentation import markdown
from qantar.record import bounds, dates, wording

NOTHING = (
    "no figure in these reports"  # what stands where figures would, and none is printed: silence is told
)
FEW = 5  # how many of a longer list a sentence tells
_MONTHS = "January February March April May June July August September October November December".split()
_QUALIFIED = {
    "exact": "{}",
    "at_least": "at least {}",
    "more_than": "more than {}",
    "at_most": "at most {}",
    "less_than": "fewer than {}",
    "about": "about {}",
}
# Where no word is printed that can be shown as it is.
_WORDED = {
    "none": "no",
    "none_known": "none known",
    "most": "most",
    "higher": "higher",
    "unknown": "an unknown number",
}


# --- numbers and days ------------------------------------------------------------------------------------------------


def amount(claim):
    """Return how much a claim prints, in words without the thing counted: at least 232; several thousand; between 5 and 15.

    Where the source prints a word and no number, it is that word.
    """
    bound = claim["bound"]
    percent = " %" if claim["unit"] == "percent" else ""
    if bound in _QUALIFIED:
        return _QUALIFIED[bound].format(bounds.number(claim["value"])) + percent
    if bound in ("between", "spread"):
        joined = "between {} and {}" if bound == "between" else "{} to {}"
        return joined.format(bounds.number(claim["value"]), bounds.number(claim["value_to"])) + percent
    return _WORDED.get(bound) or wording.matching(claim["as_printed"], bound).word.removesuffix(" of")


def counted(claim):
    """Return how much of what a claim prints, grammatical for one and many: at least 232 deaths; thousands of people injured.

    That a number is higher is quoted, with what it is said of, since it counts nothing.
    """
    bound = claim["bound"]
    if bound == "higher":
        return f"{claim['many']}: “{claim['as_printed']}”"
    if bound == "none_known":
        return f"no {claim['one']}, as far as is known"
    if claim.get("period") == "ordinal":
        return f"{claim['one']} number {bounds.number(claim['value'])}"
    one = bound in ("exact", "at_least", "at_most", "about") and claim["value"] == 1
    of = (
        "of "
        if re.search(r"\b(?:dozens|hundreds|thousands|numbers?|amount|lot|handful|couple)$", amount(claim))
        else ""
    )
    return f"{amount(claim)} {of}{claim['one' if one else 'many']}"


def between(low, high):
    """Return firm bounds in words: 208; at least 213; at most 12; between 5 and 15; a number that is not known."""
    low, high = (None if pd.isna(end) else end for end in (low, high))
    if low is None and high is None:
        return "a number that is not known"
    if low == high:
        return bounds.number(low)
    if high is None:
        return f"at least {bounds.number(low)}"
    return (
        f"at most {bounds.number(high)}"
        if low is None
        else f"between {bounds.number(low)} and {bounds.number(high)}"
    )


def share(pair):
    """Return the share that a part is of its whole (a row of `Record.parts`) in words: 80.3 %; more than 50 %; a share that is not known."""
    low, high = (
        None if pd.isna(pair[end]) else f"{round(float(pair[end]), 1):g}"
        for end in ("share_low", "share_high")
    )
    if low is None and high is None:
        return "a share that is not known"
    if low == high:
        return f"{low} %"
    if high in (None, "100"):
        return f"{'more than' if pair['bound'] in ('more_than', 'most') else 'at least'} {low} %"
    return f"at most {high} %" if low is None else f"between {low} % and {high} %"


def when(edtf):
    """Return an EDTF date in words: 8 February 2024; March 2023; 4 to 6 January 2022; not later than 10 March 2022.

    The first ten days of a month are early, the next ten mid, the others late: so the codebook types what sources print.
    """
    if "/" not in edtf:
        parts = [int(part) for part in edtf.split("-")]
        return " ".join(
            [*(str(day) for day in parts[2:]), *(_MONTHS[month - 1] for month in parts[1:2]), str(parts[0])]
        )
    start, end = edtf.split("/")
    if start == "..":
        return f"not later than {when(end)}"
    first, last = dates.days(start)[0], dates.days(end)[1]
    if len(start) == len(end) == len("2022-01-01") and (first.year, first.month) == (last.year, last.month):
        month = when(f"{last:%Y-%m}")
        for part, span in (
            ("early", (1, 10)),
            ("mid", (11, 20)),
            ("late", (21, monthrange(last.year, last.month)[1])),
        ):
            if (first.day, last.day) == span:
                return f"{part} {month}"
        return f"{first.day} to {when(end)}"
    return f"{when(start)} to {when(end)}"


def on(edtf):
    """Return a date of publication with its preposition: on 8 February 2024; in March 2023."""
    return f"{'on' if edtf.count('-') == 2 else 'in'} {when(edtf)}"


def linked(claim, home=addresses.REFERENCE):
    """Return how much a claim counts, linked to the page of the claim; a computed row leads to the whole that it was computed from."""
    return markdown.link(
        markdown.escape(counted(claim)), addresses.of_claim(claim["theme"], claim["claim_id"]), home
    )


def attribution(claim):
    """Return who states a claim, in which source and as of when, as the inside of a bracket; never empty.

    A computed row (`Record.residuals`) is nobody's statement, and says so. What is expected, estimated, alleged or quoted
    is marked.
    """
    printed = f"{claim['short']}, {when(claim['published'])}"
    if claim["voice"] == "reports":
        if pd.isna(claim["speaker"]):
            printed = (
                f"reported by {claim['short']}, {when(claim['published'])}, which does not say who says so"
            )
        else:
            printed = f"{claim['speaker_name']}, as printed by {claim['short']} {on(claim['published'])}"
    if is_computed(claim):
        printed = f"computed from figures of {printed}"
    as_of = [] if claim["date_basis"] == "published" else [held(claim)]
    modality = [] if claim["modality"] == "observed" else [claim["modality"]]
    about = [] if pd.isna(claim.get("about")) else [claim["about"]]
    return "; ".join([printed, *as_of, *modality, *about])


def held(claim):
    """Return when a figure held, as a part of a sentence: what counts up to a day is as of that day, what happened is of its day or period."""
    day, marked = claim["as_of"], described(claim).removeprefix(when(claim["as_of"]))
    if claim["date_basis"] == "statement":
        return f"said {_at(claim['stated_on'])}"
    counts_up = claim["period"] in ("stock", "cumulative") or (claim["period"] == "share" and "/" in day)
    if counts_up and not (
        claim["bound"] == "at_least" and claim["value"] == 1
    ):  # one death that is told is no count up to its day
        return (
            f"as of {when(day[3:])} at the latest{marked}"
            if day.startswith("../")
            else f"as of {when(day)}{marked}"
        )
    return f"{_at(day)}{marked}"


def _at(edtf):
    """Return a day or period with its preposition: on 20 November 2022; in mid August 2022; for 4 to 6 January 2022; not later than March 2023."""
    said = when(edtf)
    if edtf.startswith("../"):
        return said
    return (
        f"for {said}"
        if "/" in edtf and not said.startswith(("early", "mid", "late"))
        else f"{'on' if said[0].isdigit() and edtf.count('-') == 2 else 'in'} {said}"
    )


def described(claim):
    """Return the day or period that a figure describes, in words; an inferred one says so, and one that is printed and cannot be right."""
    return when(claim["as_of"]) + {
        "inferred": ", inferred",
        "slip": " as printed, which cannot be right",
    }.get(claim["date_basis"], "")


def is_computed(claim):
    """Return True for a row that this project computed from claims (`Record.residuals`), False for a claim."""
    return isinstance(claim.get("computed"), str)


def said(claim, home=addresses.REFERENCE):
    """Return a claim in words, its number linked to its page, with who says so and when; rows as in `Record.of`."""
    return f"{linked(claim, home)} ({markdown.escape(attribution(claim))})"


def listed(parts, joiner="and"):
    """Return strings as a list in a sentence: a; a and b; a, b and c. Parts that hold commas are divided by semicolons."""
    parts = list(parts)
    if len(parts) < 2:
        return "".join(parts)
    comma = "; " if any("," in part or ";" in part for part in parts) else ", "
    return f"{comma.join(parts[:-1])}{';' if comma == '; ' else ''} {joiner} {parts[-1]}"


def all_said(rows, joiner="and", home=addresses.REFERENCE):
    """Return every claim of a frame (rows as in `Record.of`) in one list for a sentence; that there is none, where there is none."""
    return listed([said(row, home) for _, row in rows.iterrows()], joiner) or NOTHING


def each_said(rows):
    """Return every claim of a frame (rows as in `Record.of`) as a bulleted list, for `text`; that there is none, where there is none."""
    return markdown.bulleted([said(row) for _, row in rows.iterrows()] or [NOTHING])


def count(n, one, many=None):
    """Return how many, grammatical for one and many, small numbers in words: one report; three reports; 12 claims."""
    return f"{_small(n)} {one if n == 1 else many or one + 's'}"


def from_teams(rows, one=None, many=None):
    """Return how many reports by how many research teams claims come from: five reports by three research teams; with its verb, where one is given."""
    reports = rows["source_id"].nunique()
    told = f"{count(reports, 'report')} by {count(rows['team'].nunique(), 'research team')}"
    return f"{told} {one if reports == 1 else many}" if one else told


def of_them(n, whole, one, many):
    """Return n of a whole as the subject of a sentence with its verb: none of the five has; two of the five have; all five have; one of one has."""
    if n == whole and n > 1:
        return f"all {_small(whole)} {many}"
    return f"{_small(n) if n else 'none'} of {'one' if whole == 1 else f'the {_small(whole)}'} {one if n < 2 else many}"


def _small(n):
    words = "no one two three four five six seven eight nine ten".split()
    return words[n] if n < len(words) else bounds.number(n)


# When two figures exclude each other.
EXCLUDES = {
    "same": "on the same days",
    "fell": "and the count would have fallen",
    "open": "on any one day; the days of one are not known",
}
_DATES = {
    "same": "They contradict each other: both describe the same days.",
    "fell": "A count of everybody up to a day cannot fall: one of the two is in error, or they count differently.",
    "open": (
        "Yet the days for which they hold are not all known. A later figure may be higher because more became known, because it counts "
        "other people or another span of time, or because one of the two is in error; the figures alone do not tell which."
    ),
}


def incompatible(rows, pairs):
    """Return which claims cannot both be right of one day, as a paragraph or two; `pairs` as of `Record.incompatible`."""
    if rows.empty:
        return f"There is {NOTHING} to set against another."
    if (
        pairs.empty
        and not rows.duplicated(["measure_id", "place_id", "case_id", "assembly_id", "incident_id"]).any()
    ):
        return "None of these figures can be tested against another: each counts something else, and stands in one place only."
    if pairs.empty:
        return "No two of these figures exclude each other: some number lies within the bounds of both, or they describe different days."
    by_id = {row["claim_id"]: row for _, row in rows.iterrows()}
    paragraphs = []
    for (first, how), group in pairs.groupby(["claim_id", "dates"], sort=False):
        others = listed([said(by_id[other]) for other in group["other_id"]], "or")
        paragraphs.append(
            f"On any one day, {said(by_id[first])} cannot be right together with {others}. {_DATES[how]}"
        )
    return "\n\n".join(paragraphs)


def excluding(pairs, rows, between_them):
    """Return pairs of claims (columns claim_id and other_id) as a bulleted list: the one, `between_them`, the other; rows as in `Record.of`."""
    by_id = {row["claim_id"]: row for _, row in rows.iterrows()}
    return markdown.bulleted(
        f"{said(by_id[pair.claim_id])}, {between_them} {said(by_id[pair.other_id])}"
        for pair in pairs.itertuples()
    )


def repetitions(rows):
    """Return the claims that repeat one statement or event, a bullet for each: in which reports of how many teams; what stands once is left out."""
    lines = []
    for _, group in rows[rows["same_statement"].duplicated(keep=False)].groupby("same_statement", sort=False):
        reports = listed(
            [
                f"{linked(row)} in {markdown.escape(row['short'])}, {when(row['published'])}"
                for _, row in group.iterrows()
            ]
        )
        teams = count(group["team"].nunique(), "research team")
        lines.append(f"{count(len(group), 'claim').capitalize()} from {teams} count once: {reports}.")
    return markdown.bulleted(lines or ["no statement that is repeated in these reports"])
