"""What a cell of a new row probably holds, for the person who types to take or to change."""

import math
import re
from collections import Counter

from qantar.editing.draft import PLACE, Draft, Row
from qantar.record import source_text, tables, wording

# What existing ids are made of: of each group of columns the first one that is filled.
_ID_PARTS = {
    "parties": (("case_id", "assembly_id", "incident_id"), ("role",)),
    "charges": (("party_id",), ("article_id", "offence")),
    "steps": (("party_id", "case_id"), ("step",)),
    "sentences": (("party_id", "step_id", "restriction_id"), ("kind",)),
    "assemblies": (("place_id",), ("date",)),
    "restrictions": (("assembly_id",), ("kind",)),
}
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_NUMBER = ("bound", "value", "value_to")
# Words that tell no measure from another, by their first six letters.
_COMMON = set(
    "the and for with from that this which who were was had have has are its their they least than more over "
    "not been other also all".split()
)


def suggestion(draft: Draft, row: Row, column: str) -> str:
    """Return what a column of a new row probably holds, as text; empty where nothing stands out."""
    if column == tables.key(row.table, draft.data) and row.table != "reading":
        return new_id(draft, row)
    if (row.table, column) == ("statements", "date"):
        return _publication(draft, row)
    if column in _BY_COLUMN:
        return _BY_COLUMN[column](draft, row)
    if row.table == "claims" and column in _NUMBER:
        values = {cells(quantity)[column] for quantity in _quantities(draft, row)}
        return values.pop() if len(values) == 1 else ""
    return ""


def new_id(draft: Draft, row: Row) -> str:
    """Return an id in the form of its table that is not taken.

    Empty where the ids of the table follow no rule.
    """
    taken = {other[tables.key(row.table, draft.data)] for other in draft.rows(row.table)}
    stem = "-".join(_id_parts(row))
    if row.table == "claims":
        endings = [*_ALPHABET, *(first + second for first in _ALPHABET for second in _ALPHABET)]
    elif row.table in ("mentions", "statements"):
        endings = [f"{row.table[0]}{number}" for number in range(1, len(taken) + 2)]
    else:
        endings = ["", *(f"-{number}" for number in range(2, len(taken) + 2))]
    return next(stem + ending for ending in endings if stem + ending not in taken) if stem else ""


def _id_parts(row: Row) -> list[str]:
    if row.table in ("claims", "mentions", "statements"):
        return [row["source_id"], f"p{row['paragraph']}"]
    parts = []
    for columns in _ID_PARTS.get(row.table, ()):
        cell = next((row[column] for column in columns if row.get(column)), "")
        words = " ".join(cell.split()[:3]).lower()
        parts.append(re.sub(r"[^a-z0-9]+", "-", words).strip("-"))
    return list(filter(None, parts))


def cells(quantity: wording.Quantity) -> dict[str, str]:
    """Return a quantity that was read from printed words as the cells of a claim."""
    values = [
        "" if number is None else f"{number:g}" if number < 1e6 else str(int(number))
        for number in quantity[:2]
    ]
    return {"bound": quantity.bound, "value": values[0], "value_to": values[1]}


def _quantities(draft: Draft, row: Row) -> list[wording.Quantity]:
    """Return the readings of a claim's printed words that agree with the cells typed so far."""
    context = _context(draft, row)
    fitting = []
    for quantity in wording.read(row["as_printed"]):
        typed = cells(quantity)
        if any(row[column] != typed[column] for column in _NUMBER if column in row):
            continue
        if not wording.cut_short(context, quantity.bound, quantity.value):
            fitting.append(quantity)
    return fitting


def _context(draft: Draft, row: Row) -> list[str]:
    """Return the printed words with the words around them, for each place in their paragraph or item."""
    if draft.item_text(row) is None:
        return []
    blocks = draft.blocks(row["source_id"])
    return source_text.in_context(row["as_printed"], blocks, int(row["paragraph"]), int(row["item"]))


def _carried(column: str):
    """Return a suggestion of what was typed last in this column."""
    return lambda draft, row: next((other[column] for other in reversed(draft.new) if other.get(column)), "")


def _source(draft: Draft, row: Row) -> str:
    sources = draft.rows("sources")
    return _carried("source_id")(draft, row) or (sources[-1]["source_id"] if sources else "")


def _paragraph(draft: Draft, row: Row) -> str:
    return _unread(draft, row, 0) if row.table == "reading" else _carried("paragraph")(draft, row)


def _item(draft: Draft, row: Row) -> str:
    if row.table == "reading":
        return _unread(draft, row, 1)
    blocks = draft.blocks(row["source_id"])
    if blocks and not source_text.items(blocks[int(row["paragraph"]) - 1]):
        return "0"
    return _carried("item")(draft, row)


def _unread(draft: Draft, row: Row, part: int) -> str:
    """Return the paragraph (part 0) or item (1) of the first place of a text that nobody has read."""
    source = draft.find("sources", row["source_id"]) or {}
    read = source_text.numbers(source["paragraphs_read"]) if source.get("paragraphs_read") else None
    for paragraph, item, _ in source_text.parts(draft.blocks(row["source_id"]) or ()):
        if read is not None and paragraph not in read:
            continue
        place = dict(zip(PLACE, (row["source_id"], str(paragraph), str(item)), strict=True))
        if row.get("paragraph") in (None, place["paragraph"]) and draft.outcome(place) is None:
            return (place["paragraph"], place["item"])[part]
    return ""


def _publication(draft: Draft, row: Row) -> str:
    """Return the date of a number of which no day is printed: not later than its source was published."""
    return f"../{draft.find('sources', row['source_id'])['published']}"


def _date_basis(draft: Draft, row: Row) -> str:
    described = row["date" if row.table == "statements" else "as_of"]
    if described == _publication(draft, row):
        return "published"
    return "statement" if described == row["stated_on"] else "printed"


def _speaker_kind(draft: Draft, row: Row) -> str:
    if not row["speaker"]:
        return "unattributed"
    kind = draft.find("organisations", row["speaker"])["kind"]
    return kind if kind in draft.choices(row, "speaker_kind") else ""


def _agrees(draft: Draft, row: Row) -> str:
    """Return yes for a mention of a row that is new itself."""
    if row.table != "mentions":
        return ""
    return "yes" if any(row["row_id"] == draft.key(other) for other in draft.added(row["table"])) else ""


_BY_COLUMN = {
    "source_id": _source,
    "paragraph": _paragraph,
    "item": _item,
    "hedge": _carried("hedge"),
    "as_of": _publication,
    "date_basis": _date_basis,
    "speaker_kind": _speaker_kind,
    "agrees": _agrees,
    "read": lambda draft, row: "once",
}


def measures(draft: Draft, row: Row) -> list[str]:
    """Return the ids of all measures, best first for a claim with `as_printed`.

    A measure scores for every word that it shares with the printed words (and, by half, with their sentence),
    the more the fewer measures have the word; a long description gains less by its length.
    """
    told = Counter(_stems(row["as_printed"]))
    for stem in _stems(_sentence(draft.item_text(row) or "", row["as_printed"])):
        told[stem] += 0.5
    about = {}
    for measure in draft.rows("measures"):
        text = " ".join(measure[column] for column in ("label", "one", "many", "definition"))
        about[measure["measure_id"]] = _stems(text)
    for claim in draft.rows("claims"):
        about.get(claim["measure_id"], set()).update(_stems(claim["as_printed"]))
    common = Counter(stem for stems in about.values() for stem in stems)

    def score(measure_id: str) -> float:
        stems = about[measure_id]
        shared = sum(told[stem] * math.log(1 + len(about) / common[stem]) for stem in sorted(stems))
        return shared / (len(stems) or 1) ** 0.25

    return sorted(about, key=score, reverse=True)


def _stems(text: str) -> set[str]:
    """Return the words of a text by their first six letters, so that killed and killing are alike."""
    return {word[:6] for word in re.findall(r"[a-z]{3,}", text.lower())} - _COMMON


def _sentence(text: str, span: str) -> str:
    """Return the sentence of a text in which a span begins; empty where the span is not in it."""
    for start, _ in source_text.places(text, [span])[:1]:
        for sentence in re.finditer(r".+?(?:[.!?](?=\s)|$)", text):
            if sentence.end() > start:
                return sentence[0]
    return ""
