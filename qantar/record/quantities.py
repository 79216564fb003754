"""The number ledger: every quantity that a text prints, so that none is missed silently.

One idea: what the record keeps is compared with what the text prints, not the other way round. `quantities` lists each digit
group, number word and quantity word of a text that is not recognised as something else (a date, a year, an article of law, an
age, an address); `left_over` says which of them lie in no printed span of the record. No files, no tables.
"""

import re

_ONES = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = "|".join([*_ONES.split(), *_TENS.split()])
_VAGUE = (
    "zero|dozens?|scores|hundreds?|thousands?|millions?|half|quarter|thirds?|both|twice|several|some|many|most|mostly|few|numerous|multiple|countless|various|"
    "majority|handful|couple|none|nobody|no[ -]one|fraction|higher|greater|larger"
)
# What is counted after a number, so that it is neither a year nor a day.
_COUNTED = "people|persons|women|men|children|officers|officials|activists|journalists|protesters|members|cases|complaints|investigations|criminal|deaths|acts|trials"
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"

QUANTITY = re.compile(
    r"(?<![\w.,])\d+(?:[.,]\d+)*(?:th|st|nd|rd|k|%)?(?!\w)|"
    rf"\b(?:{_WORDS}|{_VAGUE})\b|\b(?:an? (?:\w+ )?|(?:large|small) )(?:numbers?|series) of\b|\bno (?!longer\b|later\b|more than\b|objection)[a-z]+",
    re.IGNORECASE,
)
# What is recognised, and needs no row: it counts nothing that a report reports.
RECOGNISED = re.compile(
    "|".join(
        [
            r"https?://\S+|<[^>]*>|\S+@\S+",
            rf"\b{_DAY}(?:\s*(?:-|–|to|and)\s*{_DAY})?\s+(?:of\s+)?(?:{_MONTHS})\b(?:,?\s+(?:19|20)\d\d)?",
            rf"\b(?:{_MONTHS})\s+{_DAY}(?:\s+(?:and|to)\s+{_DAY})?\b(?!\s+(?:{_COUNTED})\b)(?:,?\s+(?:19|20)\d\d)?",
            r"(?<![\w.,])(?<!over )(?<!about )(?<!around )(?<!than )(?<!least )(?<!some )"
            rf"(?:19|20)\d\d(?:\s*[-–]\s*(?:19|20)\d\d)?(?![\w,]\d)(?! (?:{_COUNTED})\b)",
            rf"\b[Aa]rticles?\s+\d+(?:\.\d+)?(?:(?:,\s*|,?\s+and\s+)\d+(?:\.\d+)?\b(?!\s+(?:{_COUNTED})\b))*",
            rf"\b(?:[Cc]hapter|[Pp]aragraph|ISSN)\s+[\d-]+X?(?!\s+(?:{_COUNTED})\b)",
            rf"\b(?i:{_WORDS}|\d+)-year-old\b",
            r"\b(?i:the|its|their) most\b",
        ]
    )
)


def find(text):
    """Return every quantity of a plain text as (start, end, words), in order, without what is recognised as no quantity."""
    known = [found.span() for found in RECOGNISED.finditer(text)]
    return [
        (found.start(), found.end(), found[0])
        for found in QUANTITY.finditer(text)
        if not any(start <= found.start() and found.end() <= end for start, end in known)
    ]


def left_over(text, covered):
    """Return the quantities of a plain text that lie in none of the places `covered`, a list of (start, end)."""
    return [
        (start, end, words)
        for start, end, words in find(text)
        if not any(a <= start and end <= b for a, b in covered)
    ]
