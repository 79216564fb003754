"""Every quantity that a text prints, so that the record misses none silently.

Each digit group, number word and quantity word counts, unless it is recognised as something else: a date, a
year, an article of law, an age, an address.
"""

import re

from qantar.record import english

_NUMBER_WORDS = "|".join([*english.ONES[1:], *english.TENS])
_QUANTITY_WORDS = (
    "zero|dozens?|scores|hundreds?|thousands?|millions?|half|quarter|thirds?|both|twice|several|some|many"
    "|most|mostly|few|numerous|multiple|countless|various|majority|handful|couple|none|nobody|no[ -]one"
    "|fraction|higher|greater|larger"
)
# What is counted after a number, so that it is neither a year nor a day.
_COUNTED = (
    "people|persons|women|men|children|officers|officials|activists|journalists|protesters|members|cases"
    "|complaints|investigations|criminal|deaths|acts|trials"
)
_UNCOUNTED = rf"(?!\s+(?:{_COUNTED})\b)"
_MONTHS = "|".join(english.MONTHS)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"

_QUANTITY = re.compile(
    r"(?<![\w.,])\d+(?:[.,]\d+)*(?:th|st|nd|rd|k|%)?(?!\w)"
    rf"|\b(?:{_NUMBER_WORDS}|{_QUANTITY_WORDS})\b"
    r"|\b(?:an? (?:\w+ )?|(?:large|small) )(?:numbers?|series) of\b"
    r"|\bno (?!longer\b|later\b|more than\b|objection)[a-z]+",
    re.IGNORECASE,
)
_RECOGNISED = re.compile(
    r"https?://\S+|<[^>]*>|\S+@\S+"
    rf"|\b{_DAY}(?:\s*(?:-|–|to|and)\s*{_DAY})?\s+(?:of\s+)?(?:{_MONTHS})\b(?:,?\s+{_YEAR})?"
    rf"|\b(?:{_MONTHS})\s+{_DAY}(?:\s+(?:and|to)\s+{_DAY})?\b{_UNCOUNTED}(?:,?\s+{_YEAR})?"
    r"|(?<![\w.,])(?<!over )(?<!about )(?<!around )(?<!than )(?<!least )(?<!some )"
    rf"{_YEAR}(?:\s*[-–]\s*{_YEAR})?(?![\w,]\d)(?! (?:{_COUNTED})\b)"
    rf"|\b[Aa]rticles?\s+\d+(?:\.\d+)?(?:(?:,\s*|,?\s+and\s+)\d+(?:\.\d+)?\b{_UNCOUNTED})*"
    rf"|\b(?:[Cc]hapter|[Pp]aragraph|ISSN)\s+[\d-]+X?{_UNCOUNTED}"
    rf"|\b(?i:{_NUMBER_WORDS}|\d+)-year-old\b"
    r"|\b(?i:the|its|their) most\b"
)


def find(text: str) -> list[tuple[int, int, str]]:
    """Return every quantity of a plain text as (start, end, words), in order, without recognised ones."""
    recognised = [match.span() for match in _RECOGNISED.finditer(text)]
    found = [(*match.span(), match[0]) for match in _QUANTITY.finditer(text)]
    return _outside(found, recognised)


def left_over(text: str, covered: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
    """Return the quantities of a plain text that lie in none of the places `covered`, (start, end) each."""
    return _outside(find(text), covered)


def _outside(found: list[tuple[int, int, str]], places: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
    return [
        (start, end, words)
        for start, end, words in found
        if not any(first <= start and end <= last for first, last in places)
    ]
