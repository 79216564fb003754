"""What a report probably says, as rows for a person to accept or to change.

Everything here is a suggestion: nothing of it is kept before somebody has looked at it.
"""

import re
from collections import Counter
from typing import NamedTuple

from qantar.checks import hedges
from qantar.editing import suggestions
from qantar.editing.draft import Draft, Row
from qantar.editing.page.report import Report
from qantar.record import english, source_text, tables

# Words before a number that belong to it, and words after which what is counted has ended.
_BEFORE = re.compile(
    r"(?:\b(?:at least|at most|no (?:fewer|less|more) than|(?:more|less|fewer) than|over|under|around|about"
    r"|approximately|some|nearly|almost|close to|up to|only|just|a total of|an estimated|as many as"
    r"|between|from|the)\s+)+$",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"[,.;:()\"“”]|\s(?:–|—)|"
    r"\s(?:who|that|which|while|after|during|in|on|as|by|for|since|with|when|and|of whom)\b"
)
_MOST_WORDS = 9
_SAYING = (
    r"\b(?:said|says?|claim\w*|according to|reported|announced|stated|confirmed|acknowledged|told|figures"
    r"|official(?:ly)?)\b"
)
_MODALITIES = {
    "alleged": r"\b(?:reported|alleged)ly\b|\balleged?\b",
    "estimated": r"\bestimat\w*",
    "expected": r"\b(?:expected|will|would|is to|are to)\b",
}
_MONTHS = {name: f"{number:02}" for number, name in enumerate(english.MONTHS, 1)}
_DAY = re.compile(
    rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)?\s+)?({'|'.join(english.MONTHS)})(?:\s+(\d{{1,2}})(?!\d))?,?\s+(20\d\d)\b"
)


class Part(NamedTuple):
    """A piece of a text: `kind` is "" for plain words, else open, done, body or day; `start` is its place."""

    kind: str
    words: str
    start: int


def marked(report: Report, paragraph: int, item: int, text: str) -> list[Part]:
    """Return a place of the text in pieces, with its quantities, days and known bodies marked."""
    marks = [(start, end, "open") for start, end, _ in report.open_quantities(paragraph, item, text)]
    printed = [row.get("as_printed") or row.get("span", "") for row in report.rows_at(paragraph, item)]
    marks += [(*place, "done") for place in source_text.places(text, [words for words in printed if words])]
    marks += [(*match.span(), "day") for match in _DAY.finditer(text)]
    marks += [(start, end, "body") for start, end, _ in bodies(report.draft, text)]
    parts, at = [], 0
    for start, end, kind in sorted(marks, key=lambda mark: (mark[0], -mark[1])):
        if start >= at:
            parts += [Part("", text[at:start], at), Part(kind, text[start:end], start)]
            at = end
    return [part for part in [*parts, Part("", text[at:], at)] if part.words]


def bodies(draft: Draft, text: str) -> list[tuple[int, int, str]]:
    """Return the organisations that a text names, as (start, end, organisation_id)."""
    found = []
    for row in draft.rows("organisations"):
        names = {row["name"].removeprefix("the "), row["short"]} - {""}
        for name in names:
            if len(name) > 3:
                found += [
                    (*m.span(), row["organisation_id"]) for m in re.finditer(rf"\b{re.escape(name)}\b", text)
                ]
    return found


def printed_words(text: str, start: int, end: int) -> str:
    """Return the words around a quantity that carry it: what qualifies it, and what is counted."""
    before = _BEFORE.search(text[:start])
    start = before.start() if before else start
    after = text[end:]
    ended = next((match.start() for match in _ENDS.finditer(after) if match.start() > 1), len(after))
    words = (text[start:end] + after[:ended]).split()
    return " ".join(words[:_MOST_WORDS])


def claim(report: Report, paragraph: int, item: int, start: int, end: int) -> Row:
    """Return the figure that stands in a place of the text, with every column filled as it probably is."""
    draft, text = report.draft, _text(report, paragraph, item)
    sentence = sentence_at(text, start)
    row = Row("claims", **report.place(paragraph, item), as_printed=printed_words(text, start, end))
    row["claim_id"] = suggestions.new_id(draft, row)
    for column in ("bound", "value", "value_to"):
        row[column] = suggestions.suggestion(draft, row, column)
    only = re.search(
        r"\b(?:only|just|merely)\s*$", text[: text.find(row["as_printed"], max(0, start - 40))], re.I
    )
    row["emphasis"] = "only" if only or re.match(r"(?:only|just)\b", row["as_printed"], re.I) else ""
    row |= said(report, sentence)
    row["modality"] = next(
        (m for m, words in _MODALITIES.items() if re.search(words, sentence, re.I)), "observed"
    )
    row["as_of"], row["date_basis"] = _likely_date(report, sentence)
    row["place_id"] = place(draft, sentence)
    row["measure_id"] = suggestions.measures(draft, row)[0]
    row["read"] = "once"
    before = printed_before(report, row)
    row["same_statement"] = next((other["same_statement"] for other in before if other["same_statement"]), "")
    return _whole(row, draft)


def statement(report: Report, paragraph: int, item: int, number: int) -> Row:
    """Return a sentence of the text as an account or a finding; what it says in our words is left to type."""
    draft, text = report.draft, _text(report, paragraph, item)
    first, last = source_text.sentences(text)[number - 1]
    sentence = text[first:last].strip()
    row = Row("statements", **report.place(paragraph, item), kind="finding")
    row["statement_id"] = suggestions.new_id(draft, row)
    row["as_printed"] = " ".join(sentence.split()[:12]).rstrip(".,;:")
    row |= said(report, sentence)
    row["hedge"] = next((h for h, words in _HEDGES.items() if re.search(words, sentence, re.I)), "stated")
    row["date"], row["date_basis"] = dates(report, sentence)[0][:2]
    row["place_id"] = place(draft, sentence)
    row["theme"] = next((old["theme"] for old in reversed(draft.added("statements"))), "context")
    row["read"] = "once"
    return _whole(row, draft)


_HEDGES = {
    "alleged": hedges.HEDGES["alleged"],
    "reported": hedges.HEDGES["reportedly"] + "|according to",
    "appears": hedges.HEDGES["apparently"],
    "believed": hedges.HEDGES["believed"] + "|considered|deemed",
    "expected": r"\bexpected\b",
    "possible": r"\b(?:may|might|could|fear\w*|concern\w*)\b",
}


def said(report: Report, sentence: str) -> dict[str, str]:
    """Return speaker, speaker_kind and voice of a sentence: a body that it lets speak, else the report."""
    draft = report.draft
    speaker, voice = own_speaker(report), "own"
    if re.search(_SAYING, sentence, re.IGNORECASE):
        named = [body for _, _, body in sorted(bodies(draft, sentence)) if body != speaker]
        if re.search(r"\bofficial|\bauthorities\b", sentence) and draft.find(
            "organisations", "kz-authorities"
        ):
            named.append("kz-authorities")
        if named:
            speaker, voice = named[0], "reports"
    row = Row("claims", speaker=speaker)
    kind = suggestions.suggestion(draft, row, "speaker_kind") if speaker else "unattributed"
    return {"speaker": speaker, "speaker_kind": kind, "voice": voice if speaker else "reports"}


def own_speaker(report: Report) -> str:
    """Return the body that speaks where a report names nobody: that of earlier texts of its team."""
    draft = report.draft
    team = draft.find("sources", report.source_id)["team"]
    of_team = {source["source_id"] for source in draft.rows("sources") if source["team"] == team}
    own = [row for row in draft.rows("claims") if row["voice"] == "own" and row["source_id"] in of_team]
    if counted := Counter(row["speaker"] for row in own).most_common(1):
        return counted[0][0]
    return team if draft.find("organisations", team) else ""


def dates(report: Report, sentence: str) -> list[tuple[str, str, str]]:
    """Return what a sentence may be dated by: (EDTF, date_basis, words), the day of publication first."""
    published = f"../{report.draft.find('sources', report.source_id)['published']}"
    found = [(published, "published", "not later than the report")]
    for match in _DAY.finditer(sentence):
        day, month, other_day, year = match.groups()
        edtf = f"{year}-{_MONTHS[month]}" + (f"-{int(day or other_day):02}" if day or other_day else "")
        found.append((edtf, "printed", match[0]))
    return found


def _likely_date(report, sentence):
    """Return the one day that a sentence prints, else that of publication; each with its basis."""
    published, *printed = dates(report, sentence)
    return (printed[0] if len(printed) == 1 else published)[:2]


def place(draft: Draft, sentence: str) -> str:
    """Return the first place that a sentence names, else the country."""
    named = [
        (match.start(), row["place_id"])
        for row in draft.rows("places")
        if (match := re.search(rf"\b{re.escape(row['name'])}\b", sentence))
    ]
    return min(named)[1] if named else "kazakhstan"


class Measure(NamedTuple):
    """A measure to choose: its id, heading and definition, and words in which a report printed it."""

    measure_id: str
    label: str
    definition: str
    printed: str


def best_measures(report: Report, row: Row, most: int = 3) -> list[Measure]:
    """Return the measures that fit the words of a claim best, each with an example."""
    found = []
    for measure_id in suggestions.measures(report.draft, row)[:most]:
        measure = report.draft.find("measures", measure_id)
        claims = [old for old in report.draft.rows("claims") if old["measure_id"] == measure_id]
        printed = claims[-1]["as_printed"] if claims else ""
        found.append(Measure(measure_id, measure["label"], measure["definition"], printed))
    return found


def printed_before(report: Report, row: Row) -> list[dict[str, str]]:
    """Return earlier claims of the same measure with the same number."""
    same = ("measure_id", "value", "value_to", "bound")
    return [
        old
        for old in report.draft.rows("claims")
        if old["source_id"] != report.source_id and all(old[column] == row.get(column, "") for column in same)
    ]


def sentence_at(text: str, start: int) -> str:
    """Return the sentence of a text in which a place lies."""
    return next((text[a:b] for a, b in source_text.sentences(text) if a <= start < b), text)


def _text(report, paragraph, item):
    return next(text for p, i, text in report.places() if (p, i) == (paragraph, item))


def _whole(row, draft):
    """Return a row with every column of its table; what nothing was suggested for is empty."""
    columns = (field["name"] for field in tables.fields(row.table, draft.data))
    return Row(row.table, **{column: row.get(column, "") for column in columns})


# --- a case as a list of dated events ---


class Unreadable(ValueError):
    """A line of a case that cannot be read; the message says which and what to do."""


def case(report: Report, paragraph: int, item: int, cells: dict[str, str], lines: str) -> list[Row]:
    """Return the rows of a case: the case, its one accused party, a step a line, and where each is told.

    A line is `2022-11-02 house_arrest`, with an outcome after a colon (`verdict:guilty`) and printed words
    after a bar. Raises Unreadable for a line that is none.
    """
    draft, where = report.draft, report.place(paragraph, item)
    known = set(draft.choices(Row("steps"), "step"))
    party = f"{cells['case_id']}-accused"
    rows = [
        Row("cases", charges_complete="unknown", torture_alleged="not_reported", **cells),
        Row("parties", party_id=party, case_id=cells["case_id"], role="accused", label=cells["label"]),
    ]
    told = [("cases", cells["case_id"], "")]
    for number, line in enumerate(filter(None, map(str.strip, lines.splitlines())), 1):
        event, _, words = line.partition("|")
        match = re.fullmatch(r"(\S+)\s+(\w+)(?::(\w+))?\s*", event)
        if not match or match[2] not in known:
            steps = ", ".join(sorted(known))
            raise Unreadable(f"line {number}, {line!r}, is no event; type a day and a step, one of {steps}")
        step_id = f"{cells['case_id']}-{match[2].replace('_', '-')}-{number}"
        step = {"case_id": cells["case_id"], "date": match[1], "step": match[2], "outcome": match[3] or ""}
        rows.append(Row("steps", step_id=step_id, **step))
        told.append(("steps", step_id, words.strip()))
    stem = f"{where['source_id']}-p{paragraph}m"  # ids count on through the items of a paragraph
    taken = [row["mention_id"] for row in draft.rows("mentions")]
    last = max((int(name.removeprefix(stem)) for name in taken if name.startswith(stem)), default=0)
    for number, (table, row_id, words) in enumerate(told, last + 1):
        mention = {
            "mention_id": f"{stem}{number}",
            "table": table,
            "row_id": row_id,
        }
        rows.append(
            Row("mentions", **where, **mention, as_printed=words, agrees="yes", hedge="stated", read="once")
        )
    return rows
