"""TODO record.wording."""

import re
from typing import NamedTuple

from qantar.record import bounds

# --- the parser: a second reader of the printed words ----------------------------------------------------------------


class Quantity(NamedTuple):
    """A quantity as the printed words tell it: typed like a claim, with `rough` for round words ("a dozen").

    `word` is the quantity word itself where no number is printed: several thousand, some, a large number of.
    """

    value: float | None
    value_to: float | None
    bound: str
    rough: bool = False
    word: str = ""


_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_WORDS = {word: n for n, word in enumerate(_ONES.split())}
_TENS = {w: 10 * n for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_WORDS |= _TENS | {
    f"{tens}{dash}{one}": t + _WORDS[one]
    for tens, t in _TENS.items()
    for one in _ONES.split()[1:10]
    for dash in "- "
}
_WORDS["twice"] = 2
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_ROUND = {
    "a dozen": 12,
    "dozen": 12,
    "half a dozen": 6,
    "half dozen": 6,
    "half-dozen": 6,
    "two dozen": 24,
    "three dozen": 36,
}
_SIMPLE = "|".join(sorted(_WORDS, key=len, reverse=True))
_ROUNDS = "|".join(sorted(_ROUND, key=len, reverse=True))
_SPELT = rf"{_ROUNDS}|(?:(?:a|{_SIMPLE})\s)?(?:hundred|thousand|million)(?:\s(?:and\s)?(?:{_SIMPLE})\b(?!\s(?:hundred|thousand|million)))?|{_SIMPLE}"
_DIGITS = r"\d{1,3}(?:[, ]\d{3})+(?![.,:/]?\d)|\d+(?:[.,]\d{1,2})?(?![.,:/]?\d)"
_NUMBER = rf"(?:(?<![\w.,:/])(?<![a-z]-)(?:{_DIGITS})(?:\s?(?:hundred|thousand|million))?|(?<!\bno )(?<!\bno-)(?<!\bnot )(?<!\bsingle )\b(?:{_SPELT})\b)"

_BEFORE = {
    "at_least": r"at least|no fewer than|not fewer than|no less than|not less than|minimum of|minimum|as few as",
    "more_than": r"more than|over|above|beyond|in excess of|upwards of|(?<!not )exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|greater than|higher than",
    "at_most": r"up to|at (?:the )?most|no more than|not more than|not over|not above|not exceed(?:ing)?|maximum of|maximum|as many as",
    "less_than": r"fewer than|less than|under|below|nearly|almost",
    "about": r"around|about|some|approximately|approx\.?|roughly|circa|ca?\.|close to|an estimated|estimated|in the region of",
}
# What may stand between a qualifier and its number: at least another three, over EUR 200.
_BETWEEN = r"only|just|a total of|total of|a|the|their|his|her|another|further|additional|other|these|those|eur|usd|kzt|us\$|[$€£]"
_SIGNS = {"~": "about", "≈": "about", ">": "more_than", "<": "less_than", "≥": "at_least", "≤": "at_most"}
_AFTER = {
    "at_least": r"or more|and more(?! than)|at least(?! \S*\d)|at a minimum",
    "at_most": r"or fewer|or less|at most|at the most|at a maximum",
    "about": r"or so|approximately|odd",
}
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_YEAR = r"(?:,?\s+(?:19|20)\d\d\b)?"
# Numbers that count nothing here: articles of law, days, years, people's ages, and fractions.
_NO_COUNT = [
    r"\b(?:articles?|arts?\.)\s+\d+(?:[.-]\d+)?(?:\s?\(\d+\))?(?:(?:,\s*|,?\s+and\s+|\s+or\s+)\d+(?:[.-]\d+)?\b(?!\s+(?:people|persons)))*",
    r"\b(?:part|paragraph|chapter|section|page|no\.)\s+\d+\b",
    r"\b(?:an?|one|two|three|four)[- ](?:thirds?|quarters?|fourths?|fifths?|tenths?)\b",
    r"(?<![\w.,])\d{3}[.-]\d{1,2}\b(?!\s*(?:percent|%))",
    rf"\b(?:\d{{1,2}}, )*\d{{1,2}}(?:st|nd|rd|th)?(?:\s*(?:-|–|to|and)\s*\d{{1,2}}(?:st|nd|rd|th)?)?\s+(?:of\s+)?(?:{_MONTHS})\b{_YEAR}",
    rf"\b(?:{_MONTHS})\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?!\s*,?\s*\d{{3}}\b)(?:\s*(?:-|–|to|and)\s*\d{{1,2}}\b)?{_YEAR}",
    rf"\b(?:(?:{_MONTHS}|in|of|since|by|until|during|early|mid|late|spring|summer|autumn|winter|events of)[\s,-]+)(?:19|20)\d\d\b",
    r"(?<![\w.,])(?:19|20)\d\d(?:\s*-\s*(?:19|20)\d\d)?\s+events\b",
    rf"\b(?:\d+|{_SPELT})[- ]years?[- ]old\b",
]
_SOME_OF = "(?:several|a few|few|many|a couple of)"
_VAGUE = [
    ("thousands", rf"\b(?:(?:{_SOME_OF} |tens of |hundreds of )thousands?|thousands)\b"),
    ("hundreds", rf"\b(?:{_SOME_OF} hundreds?|hundreds)\b"),
    ("dozens", rf"\b(?:{_SOME_OF} dozens?|dozens)\b"),
    (
        "most",
        r"(?<!\bthe )(?<!\bits )\bmost\b|\b(?:(?:the |a )?(?:large |vast )?majority|(?:more than|over) half)\b",
    ),
    ("several", r"\b(?:several|a few|a handful(?: of)?|a couple of|a small number of|some)\b"),
    (
        "many",
        r"(?<!\bhow )(?<!\bnot )\bmany\b(?! as\b)|"
        r"\b(?:numerous|multiple|countless|a lot of|an? (?!total|small)(?:\w+ )?(?:number|amount)(?: of)?|large numbers(?: of)?)\b",
    ),
    ("higher", r"\b(?:higher|greater|larger|only a fraction)\b"),
    (
        "none",
        r"\b(?:none|no[ -]one|nobody|not a single|not one|no (?!more|fewer|less|later|longer)(?=[a-z]))",
    ),
]
# A word of unit that may be said twice in a range, and verbs after which "from five to seven" is a change.
_UNIT = r"(?:\s*(?:%|percent|per cent|days?|weeks?|months?|years?|hours?|people|persons|eur|usd|kzt))?"
_CHANGED = (
    r"increas\w*|rose|ris\w+|grew|rais\w+|reduc\w+|fell|fall\w*|decreas\w+|dropp?\w*|cut|extend\w*|chang\w+"
)
# A single person or thing without a number word: a driver died, was wounded.
_SINGULAR = r"\b(?:an?|his|her|its|the)\s+(?!number|amount|group|series|lot|total|majority|list|#)[a-z]|\b(?:was|is|has been)\b|^(?:died|dies)\b"


def read(as_printed):
    """Return every quantity that the printed English words support, as a list of `Quantity`, in no order that matters.

    "347 out of 432" gives both numbers: only the reader of the source knows which of the two is meant. Articles of law,
    dates, years and ages are no quantities. Words without any number or quantity word give a single one where they
    speak of one person or thing.
    """
    text = _plain(as_printed)
    found, spans = [], []
    for match in re.finditer(
        rf"(?P<between>between\s+|from\s+)?(?P<low>{_NUMBER}){_UNIT}\s*(?P<joint>-|–|—|\bto\b|\band\b|\bor\b)\s*(?P<high>{_NUMBER})",
        text,
    ):
        low, high = _value(match["low"]), _value(match["high"])
        is_range = match["joint"] != "and" or (match["between"] or "").startswith("between")
        changed = match["joint"] == "to" and re.search(rf"\b(?:{_CHANGED})\b[^,;.]*$", text[: match.start()])
        if low < high and is_range and not changed:
            rough = (
                match["low"] in _ROUND
                or match["high"] in _ROUND
                or _qualifier(text, *match.span()) == "about"
            )
            found += [Quantity(low, high, kind, rough) for kind in bounds.TWO_NUMBERS]
            spans.append(match.span())
    for match in re.finditer(_NUMBER, text):
        if any(start <= match.start() < end for start, end in spans):
            continue
        if re.match(r"dozen|hundred|thousand|million", match[0]) and re.search(
            rf"\b{_SOME_OF}\s+$", text[: match.start()]
        ):
            continue
        kind = _qualifier(text, *match.span())
        found.append(Quantity(_value(match[0]), None, kind, match[0] in _ROUND))
        spans.append(match.span())
    found += _vague(text, spans)
    if not found and re.search(_SINGULAR, text):
        found.append(Quantity(1, None, "exact"))
        found.append(Quantity(1, None, "at_least"))
    return found


def _plain(as_printed):
    """Lower-case words with plain spaces and quotes, digits that count nothing taken out."""
    text = re.sub(
        r"\s+", " ", as_printed.lower().replace("’", "'").replace("“", '"').replace("”", '"')
    ).strip()
    for pattern in _NO_COUNT:
        text = re.sub(pattern, " # ", text)
    return text


def _value(printed):
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


def _qualifier(text, start, end):
    """Return the bound that the words right before or after a number give it; exact where there are none."""
    head = re.sub(rf"(?:(?<!\w)(?:{_BETWEEN})\s*)+$", "", text[:start].rstrip('"( ') + " ")
    if text[end : end + 1] == "+":
        return "at_least"
    if head.rstrip()[-1:] in _SIGNS:
        return _SIGNS[head.rstrip()[-1:]]
    for kind, words in _BEFORE.items():
        if re.search(rf"(?<!\bno )(?<!\bnot )\b(?:{words})\s+$", head):
            return kind
    for kind, words in _AFTER.items():
        if re.match(rf"[\s-]*(?:people|persons|percent|%)?\s*(?:{words})\b", text[end:]):
            return kind
    return "exact"


def _vague(text, spans):
    """Quantity words that belong to no number: several, dozens, most, none."""
    found, taken = [], list(spans)
    for kind, pattern in _VAGUE:
        for match in re.finditer(pattern, text):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            if kind == "several" and match[0] == "some" and re.match(rf"\s+{_NUMBER}", text[match.end() :]):
                continue
            if kind == "most" and re.search(r"\bat (?:the )?$", text[: match.start()]):
                continue
            if kind == "none" and re.search(
                r"^\s*known\b|\b(?:is|are|was|were|been|be|become|became)\s+known\b", text[match.end() :]
            ):
                found.append(Quantity(None, None, "none_known", word=match[0]))
            else:
                found.append(Quantity(None, None, kind, word=match[0]))
            taken.append(match.span())
    return found


def matching(as_printed, bound, value=None, value_to=None):
    """Return the `Quantity` of the printed words that is the typed one, or None."""
    for quantity in read(as_printed):
        if quantity[:3] == (value, value_to, bound):
            return quantity
    return None


def cut_short(contexts, bound, value):
    """Say how printed words read with the words around them, where these change the bound; None where they do not.

    `contexts` are the places of the words in their text (texts.in_context): "232 people" is exact only where the text does
    not print "at least 232 people".
    """
    readings = [[q for q in read(context) if q.value == value] for context in contexts]
    if (
        value is None
        or not readings
        or any(not found or bound in {q.bound for q in found} for found in readings)
    ):
        return None
    return f'the text reads {readings[0][0].bound} {bounds.number(value)}: "{contexts[0]}"'


def disagreement(as_printed, bound, value=None, value_to=None):
    """Say how the printed words differ from what is typed, as the end of a sentence; None where they agree."""
    if matching(as_printed, bound, value, value_to):
        return None
    readings = read(as_printed)
    typed = " ".join([bound, *(bounds.number(n) for n in (value, value_to) if n is not None)])
    if not readings:
        return f'{typed} is typed, but "{as_printed}" prints no quantity that can be read'
    seen = ", or ".join(
        dict.fromkeys(
            " ".join([q.bound, *(bounds.number(n) for n in q[:2] if n is not None)]) for q in readings
        )
    )
    return f'{typed} is typed, but "{as_printed}" reads as {seen}'
