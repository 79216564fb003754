"""Claims, numbers and dates in words, always with who says so and when.

Notebooks and pages type no number into prose: they hand claims to these functions and show what comes back.
A claim is a row as `Record.claims_of` gives it, as a Series or a dict. Each number links to the place of its
claim.
"""

import itertools
import math
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
    "BASIS", "NOTHING", "amount", "as_of", "attribution", "bounds_in_words", "count", "counted",
    "counts_as_bullets", "dated", "day_or_period", "definitions_as_bullets",  "from_teams",
    "is_computed", "linked", "listed", "of_them", "on_date", "readings", "reference",
    "reported", "reported_inline", "said",
    "said_as_bullets", "said_inline", "share_in_words", "when", "with_reading",
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
    """Return the share that a part is of its whole (a row of `comparisons.parts`): 80 %; more than 50 %.

    In whole per cent: a bound is rounded away from what it says, and what is not all or nothing never becomes
    0 or 100.
    """
    low, high = (None if pd.isna(pair[end]) else float(pair[end]) for end in ("share_low", "share_high"))
    if low is None and high is None:
        return "a share that is not known"
    if low is not None and high is not None and round(low) == round(high):
        return f"{_percent(low, round)} %"
    if low is None:
        return f"at most {_percent(high, math.ceil)} %"
    if high in (None, 100):
        more = "more than" if pair["bound"] in ("more_than", "most") else "at least"
        return f"{more} {_percent(low, math.floor)} %"
    return f"between {_percent(low, math.floor)} % and {_percent(high, math.ceil)} %"


def _percent(share, rounded):
    whole = rounded(round(share, 6))
    return f"{share:.1f}" if whole in (0, 100) and whole != share else str(whole)


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


def dated(edtf):
    """Return a date in a sentence: on 20 November 2022; in mid August 2022; for 4 to 6 January 2022."""
    words = when(edtf)
    if edtf.startswith("../"):
        return words
    if "/" not in edtf:
        return on_date(edtf)
    return f"{'in' if words.startswith(('early', 'mid', 'late')) else 'for'} {words}"


# How the day of a figure or statement is marked that no source prints, or prints by mistake.
BASIS = {"inferred": ", inferred", "slip": " as printed, which cannot be right"}


def day_or_period(claim: Mapping) -> str:
    """Return the day or period that a figure describes, in words; an inferred date and a slip are marked."""
    return when(claim["as_of"]) + BASIS.get(claim["date_basis"], "")


def as_of(claim: Mapping) -> str:
    """Return when a figure held: as of early February 2023; on 16 January 2023; said in May 2022.

    What counts up to a day is as of that day; what happened is of its day or period.
    """
    if claim["date_basis"] == "statement":
        return f"said {dated(claim['stated_on'])}"
    day = claim["as_of"]
    mark = BASIS.get(claim["date_basis"], "")
    counts_up = claim["period"] in ("stock", "cumulative") or (claim["period"] == "share" and "/" in day)
    single_event = (
        claim["bound"] == "at_least" and claim["value"] == 1
    )  # one reported death counts nothing up
    if not counts_up or single_event:
        return f"{dated(day)}{mark}"
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


# How a figure is brought forward that is not simply reported, by modality.
_VERBS = {"alleged": "spoke of", "quoted": "spoke of", "expected": "expected"}


def reported(claim: Mapping, home: str = addresses.ROWS) -> str:
    """Return a claim as a sentence: when who reported what, with the reference to its paragraph behind it.

    In January 2023 the Ministry of Order reported 20 complaints (Southern Monitor 2023, ¶6). A figure with a
    day of its own says it; what is about one case, assembly or incident names it.
    """
    return _reported_together([claim], home)


def reported_inline(rows: pd.DataFrame, home: str = addresses.ROWS) -> str:
    """Return claims as sentences, one after the other; NOTHING for no claims.

    What one body reported at one time, claim after claim, is one sentence.
    """
    groups = itertools.groupby(_claims(rows), _when_and_who)
    return " ".join(_reported_together([*group], home) for _, group in groups) or f"{NOTHING.capitalize()}."


def _reported_together(claims, home):
    behind = [reference(*claims, home=home)]
    if len(claims) == 1:
        what, behind = _what(claims[0], home), [*_behind(claims[0]), *behind]
    else:
        what = listed(_with_bracket(_what(claim, home), _behind(claim)) for claim in claims)
    words = f"{_when_and_who(claims[0])} {_with_bracket(what, behind)}."
    return words[0].upper() + words[1:]


def _with_bracket(words, parts):
    return f"{words} ({'; '.join(parts)})" if parts else words


def _when_and_who(claim):
    """Return when who reported a claim, with the verb: in May 2022 FIDH, citing the police, reported."""
    source, speaker = markdown.escape(claim["short"]), markdown.escaped(claim["speaker_name"])
    printed, verb = on_date(claim["published"]), _VERBS.get(claim["modality"], "reported")
    if is_computed(claim):
        return f"from figures that {source} reported {printed} we compute"
    if claim["voice"] == "own":
        return f"{printed} {source} {verb}"
    if not speaker:
        return f"{printed} {source}, naming no source, {verb}"
    if claim["date_basis"] == "statement":
        return f"{dated(claim['stated_on'])} {speaker} {verb}"
    if claim["modality"] == "expected":
        return f"{printed} {source} wrote that {speaker} {verb}"
    return f"{printed} {source}, citing {speaker}, {verb}"


def _what(claim, home):
    """Return what a claim counts, and the day or period of the figure where it has one of its own."""
    day = "" if claim["date_basis"] in ("published", "statement") else as_of(claim)
    is_plain = day.startswith(("on ", "in ", "as of ")) and "," not in day
    return linked(claim, home) + (f"{' ' if is_plain else ', '}{day}" if day else "")


def _behind(claim):
    """Return how sure a claim is, where it is not simply observed, and the one thing that it is about."""
    how = [] if claim["modality"] in ("observed", "quotation", "expected") else [claim["modality"]]
    return how if pd.isna(claim.get("about")) else [*how, markdown.escape(claim["about"])]


def reference(*rows: Mapping, home: str = addresses.ROWS) -> str:
    """Return the short reference of claims of one source to their places: Southern Monitor 2023, ¶6."""
    first, year = rows[0], rows[0]["published"][:4]
    cited = first["cited_as"] if year in first["cited_as"] else f"{first['cited_as']} {year}"
    source = markdown.link(markdown.escape(cited), addresses.of_row("sources", first["source_id"]), home)
    paragraphs = sorted({row["paragraph"] for row in rows})
    return ", ".join([source, *(f"¶{paragraph}" for paragraph in paragraphs)])


def said_as_bullets(rows: pd.DataFrame) -> str:
    """Return every claim of a frame as a sentence in a bulleted list, for `markdown.text`."""
    return markdown.bulleted([reported(claim) for claim in _claims(rows)] or [NOTHING])


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
