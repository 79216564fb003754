"""A parser of printed English quantities, to check what a person typed from the words of a source."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from qantar.record import bounds, english

Number = float | None
Span = tuple[int, int]


class Quantity(NamedTuple):
    """A quantity as the printed words state it, typed like a claim.

    `rough` marks a round word ("a dozen"); `word` is that word, or one without a number (several thousand).
    `form` has the words that qualify a number, as printed, and braces for it: "nearly {}", "{} or more".
    """

    value: Number
    value_to: Number
    bound: str
    rough: bool = False
    word: str = ""
    form: str = "{}"


Placed = tuple[Span, Quantity]

# --- vocabulary ---

_WORDS = {**english.NUMBER_WORDS, "twice": 2}
_WORDS |= {
    f"{ten}{dash}{one}": _WORDS[ten] + _WORDS[one]
    for ten in english.TENS
    for one in english.ONES[1:10]
    for dash in "- "
}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_ROUND = {"a dozen": 12, "dozen": 12, "two dozen": 24, "three dozen": 36}
_ROUND |= dict.fromkeys(("half a dozen", "half dozen", "half-dozen"), 6)

_SIMPLE = "|".join(sorted(_WORDS, key=len, reverse=True))
_SCALE = "|".join(_SCALES)
_SPELT = (
    rf"{'|'.join(sorted(_ROUND, key=len, reverse=True))}|(?:(?:a|{_SIMPLE})\s)?(?:{_SCALE})"
    rf"(?:\s(?:and\s)?(?:{_SIMPLE})\b(?!\s(?:{_SCALE})))?|{_SIMPLE}"
)
_DIGITS = r"\d{1,3}(?:[, ]\d{3})+(?![.,:/]?\d)|\d+(?:[.,]\d{1,2})?(?![.,:/]?\d)"
_NUMBER = (
    rf"(?:(?<![\w.,:/])(?<![a-z]-)(?:{_DIGITS})(?:\s?(?:{_SCALE}))?"
    rf"|(?<!\bno )(?<!\bno-)(?<!\bnot )(?<!\bsingle )\b(?:{_SPELT})\b)"
)
# A unit that may be printed twice in a range.
_UNIT = r"(?:\s*(?:%|percent|per cent|days?|weeks?|months?|years?|hours?|people|persons|eur|usd|kzt))?"
_RANGE = (
    rf"(?P<between>between\s+|from\s+)?(?P<low>{_NUMBER}){_UNIT}"
    rf"\s*(?P<joint>-|–|—|\bto\b|\band\b|\bor\b)\s*(?P<high>{_NUMBER})"
)
# Verbs after which "from five to seven" is a change, not a range.
_CHANGED = (
    r"increas\w*|rose|ris\w+|grew|rais\w+|reduc\w+|fell|fall\w*|decreas\w+|dropp?\w*|cut|extend\w*|chang\w+"
)

# How a number is shown whose words are not at hand: of a computed row, or of a sign.
USUAL_FORMS = {
    "at_least": "at least {}",
    "more_than": "more than {}",
    "at_most": "at most {}",
    "less_than": "fewer than {}",
    "about": "about {}",
}
# Words right before a number that qualify it.
_BEFORE = {
    "at_least": r"at least|(?:no|not) (?:fewer|less) than|minimum of|minimum|as few as",
    "more_than": r"more than|over|above|beyond|in excess of|upwards of|greater than|higher than"
    r"|(?<!not )exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?",
    "at_most": r"up to|at (?:the )?most|(?:no|not) more than|as many as|maximum of|maximum"
    r"|not over|not above|not exceed(?:ing)?",
    "less_than": r"fewer than|less than|under|below|nearly|almost",
    "about": r"around|about|some|approximately|approx\.?|roughly|circa|ca?\.|close to|(?:an )?estimated"
    r"|in the region of",
}
# What may stand between a qualifier and its number: at least another three, over EUR 200.
_BETWEEN = (
    r"only|just|a total of|total of|a|the|their|his|her|another|further|additional|other|these|those"
    r"|eur|usd|kzt|us\$|[$€£]"
)
_SIGNS = {"~": "about", "≈": "about", ">": "more_than", "<": "less_than", "≥": "at_least", "≤": "at_most"}
_AFTER = {
    "at_least": r"or more|and more(?! than)|at least(?! \S*\d)|at a minimum",
    "at_most": r"or fewer|or less|at most|at the most|at a maximum",
    "about": r"or so|approximately|odd",
}

_MONTHS = "|".join(english.MONTHS).lower()
_YEAR = r"(?:19|20)\d\d"
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"
_TO = r"\s*(?:-|–|to|and)\s*"
_ARTICLE = r"\d+(?:[.-]\d+)?"
# Numbers that count nothing: articles of law, fractions, days, years, events of a year, ages.
_NO_COUNT = [
    rf"\b(?:articles?|arts?\.)\s+{_ARTICLE}(?:\s?\(\d+\))?"
    rf"(?:(?:,\s*|,?\s+and\s+|\s+or\s+){_ARTICLE}\b(?!\s+(?:people|persons)))*",
    r"\b(?:part|paragraph|chapter|section|page|no\.)\s+\d+\b",
    r"\b(?:an?|one|two|three|four)[- ](?:thirds?|quarters?|fourths?|fifths?|tenths?)\b",
    r"(?<![\w.,])\d{3}[.-]\d{1,2}\b(?!\s*(?:percent|%))",
    rf"\b(?:\d{{1,2}}, )*{_NTH}(?:{_TO}{_NTH})?\s+(?:of\s+)?(?:{_MONTHS})\b(?:,?\s+{_YEAR}\b)?",
    rf"\b(?:{_MONTHS})\s+{_NTH}\b(?!\s*,?\s*\d{{3}}\b)(?:{_TO}\d{{1,2}}\b)?(?:,?\s+{_YEAR}\b)?",
    rf"\b(?:(?:{_MONTHS}|in|of|since|by|until|during|early|mid|late|spring|summer|autumn|winter|events of)"
    rf"[\s,-]+){_YEAR}\b",
    rf"(?<![\w.,]){_YEAR}(?:\s*-\s*{_YEAR})?\s+events\b",
    rf"\b(?:\d+|{_SPELT})[- ]years?[- ]old\b",
]
_SOME_OF = "(?:several|a few|few|many|a couple of)"
# Quantity words, in the order in which they are looked for.
_VAGUE = {
    "thousands": rf"\b(?:(?:{_SOME_OF} |tens of |hundreds of )thousands?|thousands)\b",
    "hundreds": rf"\b(?:{_SOME_OF} hundreds?|hundreds)\b",
    "dozens": rf"\b(?:{_SOME_OF} dozens?|dozens)\b",
    "most": r"(?<!\bthe )(?<!\bits )\bmost\b"
    r"|\b(?:(?:the |a )?(?:large |vast )?majority|(?:more than|over) half)\b",
    "several": r"\b(?:several|a few|a handful(?: of)?|a couple of|a small number of|some)\b",
    "many": r"(?<!\bhow )(?<!\bnot )\bmany\b(?! as\b)|\b(?:numerous|multiple|countless|a lot of"
    r"|an? (?!total|small)(?:\w+ )?(?:number|amount)(?: of)?|large numbers(?: of)?)\b",
    "higher": r"\b(?:higher|greater|larger|only a fraction)\b",
    "none": r"\b(?:none|no[ -]one|nobody|not a single|not one|no (?!more|fewer|less|later|longer)(?=[a-z]))",
}
# "None is known" after a word for none.
_KNOWN = r"^\s*known\b|\b(?:is|are|was|were|been|be|become|became)\s+known\b"
# A single person or thing without a number word: a driver died, was wounded.
_SINGULAR = (
    r"\b(?:an?|his|her|its|the)\s+(?!number|amount|group|series|lot|total|majority|list|#)[a-z]"
    r"|\b(?:was|is|has been)\b|^(?:died|dies)\b|\beven killed\b"
)
_PLAIN_QUOTES = str.maketrans("’“”", '\'""')


# --- reading ---


def read(as_printed: str) -> list[Quantity]:
    """Return every quantity that the printed English words support, in no particular order.

    "347 out of 432" gives both numbers, a range both "between" and "spread": only a reader of the source
    knows which is meant. Articles of law, dates, years and ages are no quantities. Words on a single person
    or thing, without any number or quantity word, give "exact" and "at_least" 1.
    """
    text = _plain(as_printed)
    found = list(_ranges(text))
    found += _numbers(text, [span for span, _ in found])
    found += _vague(text, [span for span, _ in found])
    quantities = [quantity for _, quantity in found]
    if not quantities and re.search(_SINGULAR, text):
        return [Quantity(1, None, "exact"), Quantity(1, None, "at_least")]
    return quantities


def _plain(as_printed: str) -> str:
    """Return the words in lower case with plain spaces and quotes, and "#" for digits that count nothing."""
    text = " ".join(as_printed.lower().translate(_PLAIN_QUOTES).split())
    for pattern in _NO_COUNT:
        text = re.sub(pattern, " # ", text)
    return text


def _ranges(text: str) -> Iterator[Placed]:
    """Yield the quantities of two numbers."""
    for match in re.finditer(_RANGE, text):
        low, high = _value(match["low"]), _value(match["high"])
        if low < high and _is_range(text, match):
            qualified, form = _qualifier(text, *match.span())
            rough = qualified == "about" or match["low"] in _ROUND or match["high"] in _ROUND
            for kind in bounds.TWO_NUMBERS:
                yield match.span(), Quantity(low, high, kind, rough, form=form)


def _is_range(text: str, match: re.Match) -> bool:
    if match["joint"] == "and":
        return (match["between"] or "").startswith("between")
    changed = re.search(rf"\b(?:{_CHANGED})\b[^,;.]*$", text[: match.start()])
    return not (match["joint"] == "to" and changed)


def _numbers(text: str, taken: list[Span]) -> Iterator[Placed]:
    """Yield the quantities of one number that begin outside the places `taken`."""
    for match in re.finditer(_NUMBER, text):
        in_range = any(start <= match.start() < end for start, end in taken)
        is_scale = re.match(rf"dozen|{_SCALE}", match[0])
        is_vague = is_scale and re.search(rf"\b{_SOME_OF}\s+$", text[: match.start()])  # several thousand
        if not in_range and not is_vague:
            kind, form = _qualifier(text, *match.span())
            round_word = match[0] if match[0] in _ROUND else ""
            yield match.span(), Quantity(_value(match[0]), None, kind, bool(round_word), round_word, form)


def _value(printed: str) -> float:
    """Return the value of what `_NUMBER` matched."""
    if printed in _ROUND:
        return _ROUND[printed]
    scale = next((word for word in _SCALES if re.search(rf"\b{word}\b", printed)), None)
    if scale:
        before, after = (part.strip().removeprefix("and ") for part in printed.split(scale))
        return round(_value(before or "a") * _SCALES[scale], 2) + (_value(after) if after else 0)
    if printed == "a":
        return 1
    if printed in _WORDS:
        return _WORDS[printed]
    if re.fullmatch(r"\d{1,3}([, ]\d{3})+", printed):
        return float(re.sub("[, ]", "", printed))
    return float(printed.replace(",", "."))


def _qualifier(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the bound that the words right before or after a number give it, and its `form`.

    Without any they are "exact" and "{}". A sign or a verb ("exceeded 200") has a form in words of its bound.
    """
    head = re.sub(rf"(?:(?<!\w)(?:{_BETWEEN})\s*)+$", "", text[:start].rstrip('"( ') + " ")
    sign = head.rstrip()[-1:]
    if text[end : end + 1] == "+":
        return "at_least", USUAL_FORMS["at_least"]
    if sign in _SIGNS:
        return _SIGNS[sign], USUAL_FORMS[_SIGNS[sign]]
    for kind, words in _BEFORE.items():
        if match := re.search(rf"(?<!\bno )(?<!\bnot )\b({words})\s+$", head):
            return kind, _form(match[1], kind)
    for kind, words in _AFTER.items():
        if match := re.match(rf"[\s-]*(?:people|persons|percent|%)?\s*({words})\b", text[end:]):
            is_moved = match[1].startswith(("at ", "approximately"))  # "9 people at most"
            joint = "-" if match[1] == "odd" else " "
            return kind, f"{match[1]} {{}}" if is_moved else f"{{}}{joint}{match[1]}"
    return "exact", "{}"


def _form(words: str, kind: str) -> str:
    """Return the words before a number with braces for it, made to stand before what is counted."""
    if re.search("exceed|surpass", words):
        return USUAL_FORMS[kind]
    articles = {"estimated": "an estimated", "minimum": "a minimum of", "maximum": "a maximum of"}
    words = articles.get(words.removesuffix(" of"), words)
    return f"{words} {{}}"


def _vague(text: str, taken: list[Span]) -> Iterator[Placed]:
    """Yield the quantity words that belong to no number and no earlier word: several, dozens, most, none."""
    taken = list(taken)
    for kind, pattern in _VAGUE.items():
        for match in re.finditer(pattern, text):
            before, after = text[: match.start()], text[match.end() :]
            overlaps = any(start < match.end() and match.start() < end for start, end in taken)
            some_number = match[0] == "some" and re.match(rf"\s+{_NUMBER}", after)
            at_most = kind == "most" and re.search(r"\bat (?:the )?$", before)
            if not (overlaps or some_number or at_most):
                known = kind == "none" and re.search(_KNOWN, after)
                yield match.span(), Quantity(None, None, "none_known" if known else kind, word=match[0])
                taken.append(match.span())


# --- comparing with what is typed ---


def matching(as_printed: str, bound: str, value: Number = None, value_to: Number = None) -> Quantity | None:
    """Return the `Quantity` of the printed words that is the typed one, or None."""
    typed = (value, value_to, bound)
    return next((quantity for quantity in read(as_printed) if quantity[:3] == typed), None)


def cut_short(contexts: list[str], bound: str, value: Number) -> str | None:
    """Return how printed words read in their context, where that changes the bound everywhere, or None.

    "232 people" is exact only where the text (`contexts`, of `source_text.in_context`) does not print "at
    least 232 people".
    """
    if value is None or not contexts:
        return None
    readings = [[q.bound for q in read(context) if q.value == value] for context in contexts]
    if any(not kinds or bound in kinds for kinds in readings):
        return None
    return f'the text reads {readings[0][0]} {bounds.number(value)}: "{contexts[0]}"'


def disagreement(as_printed: str, bound: str, value: Number = None, value_to: Number = None) -> str | None:
    """Return how printed words differ from what is typed, as the end of a message; None: they agree."""
    if matching(as_printed, bound, value, value_to):
        return None
    typed = _in_words(bound, value, value_to)
    seen = [_in_words(q.bound, q.value, q.value_to) for q in read(as_printed)]
    if not seen:
        return f'{typed} is typed, but "{as_printed}" prints no quantity that can be read'
    return f'{typed} is typed, but "{as_printed}" reads as {", or ".join(dict.fromkeys(seen))}'


def _in_words(bound: str, *values: Number) -> str:
    return " ".join([bound, *(bounds.number(n) for n in values if n is not None)])
