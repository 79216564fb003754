"""The gate against names: persons are named in data/raw/persons.csv and nowhere else.

One idea: what ships is searched for runs of two or more capitalised words, Latin or Cyrillic, that are not known to be something
else (a place, an organisation, a source, an article, a phrase of phrases.csv). In the tables even the names of persons.csv are
refused; on pages they may stand, unless the book is built without names (NAMES=0). A private list in the file named by
QANTAR_WITHHELD is refused everywhere; it is never in the repository. Rule: data/README.md, "Do no harm".
"""

import functools
import re
from collections import Counter, defaultdict
from html import unescape
from pathlib import Path
from typing import NamedTuple

from qantar import settings
from qantar.record import tables

_LETTER = r"[A-ZÀ-ÖØ-ÞĀ-ŽǴА-ЯЁӘҒҚҢӨҰҮҺІ]"
_WORD = rf"{_LETTER}(?:[\w’'-]+|\.)?"
# Capitalised at the beginning of a sentence, and never part of a name.
_COMMON = (
    "A|An|The|What|Who|Where|When|Why|How|Which|In|On|At|By|As|Of|To|For|From|With|After|Before|During|Until|Since|About|Between|Under|Over|Not|No|And|But|"
    "Or|If|Its|His|Her|Their|This|That|Nobody|Both|Some|One|Two|Three|Four"
)
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(rf"\b(?:{_MONTH})(?=\s+\d)|(?<=\d )(?:{_MONTH})\b")
_JOINT = r"(?:[^\S\n]+|[^\S\n]*\n[^\S\n]*(?!\n))"
_RUN = re.compile(rf"(?!(?:{_COMMON})\b(?!\.)){_WORD}(?:{_JOINT}(?!(?:{_COMMON})\b(?!\.)){_WORD})+")
_NAMES = ("public_name", "other_names")
# Columns that may hold the names of bodies, titles or places as they are, and are searched as what they are known by.
_KNOWN = {
    "places": ("name", "other_names", "region_2022_01", "region_since_2022_06"),
    "organisations": ("name", "short"),
    "sources": ("title", "short", "authors", "publisher"),
    "phrases": ("phrase",),
}


def of_persons(data):
    """Return every name in persons.csv of the folder `data`, other spellings included, as a list."""
    return _named(tables.read_table("persons", data))


def _with_words(persons):
    """Return names and each of their words: neither may stand where a person is not named."""
    return [word for name in persons for word in (name, *name.split())]


def _named(persons):
    return [
        part.strip()
        for column in _NAMES
        for cell in persons[column].dropna()
        for part in cell.split(";")
        if part.strip()
    ]


def known(raw):
    """Return the capitalised words that are no persons, from the raw tables by name, longest first."""
    phrases = {
        part.strip()
        for table, columns in _KNOWN.items()
        for column in columns
        for cell in raw[table][column].dropna()
        for part in cell.split(";")
    }
    return sorted(phrases, key=len, reverse=True)


class Phrases:
    """Phrases to be found in many texts: only those whose words all stand in a text are looked for in it, however many there are."""

    def __init__(self, phrases, form, pattern=re.escape, flags=0):
        """Take phrases, the `form` in which any of them stands in a text (with %s for them), and what makes a pattern of one."""
        self._form, self._pattern, self._flags = form, pattern, flags
        words = {phrase: _words(phrase) for phrase in phrases}
        number = Counter(word for found in words.values() for word in found)
        self._by_rarest = defaultdict(list)
        for phrase, found in words.items():
            self._by_rarest[min(found, key=number.__getitem__, default="")].append((phrase, found))

    def within(self, text):
        """Return a compiled pattern that finds in this text what one of all phrases would find; the longest comes first."""
        words = _words(text)
        near = [
            phrase
            for word in (*words, "")
            for phrase, needed in self._by_rarest.get(word, ())
            if needed <= words
        ]
        return re.compile(self._form % _one_of(map(self._pattern, near)), self._flags) if near else _NOTHING


_NOTHING = re.compile(r"(?!)")


def _words(text):
    """Return the words of a text as they are compared, whatever their case: ı and İ are an i to a pattern that ignores case."""
    return frozenset(
        word.replace("İ", "i").replace("ı", "i").casefold() for word in re.findall(r"[^\W_]+", text)
    )


class Gate(NamedTuple):
    """What a text is searched with: what may stand in it and what must not, what is not even repeated, and the words of the first."""

    allowed: Phrases
    refused: Phrases
    hidden: re.Pattern
    words: frozenset


def gate(allowed, refused=(), hidden=()):
    """Return a `Gate` of phrases that may stand in a text, names that must not, and names that are not even repeated.

    What must not stand is found in any case, and where hyphens join its words, as in an id, but not as a part of another word.
    """
    return Gate(
        Phrases([phrase for phrase in allowed if " " in phrase], r"(?<!\w)(?:%s)(?!\w)"),
        Phrases([*refused, *hidden], r"(?<![^\W_])(?:%s)(?![^\W_])", _anyhow, re.IGNORECASE),
        re.compile(_one_of(map(_anyhow, hidden)), re.IGNORECASE),
        frozenset(word for phrase in allowed for word in re.findall(_WORD, phrase)),
    )


def _one_of(patterns):
    """Return a pattern for any of several, longest first; nothing matches where there are none."""
    return "|".join(sorted(patterns, key=len, reverse=True)) or r"(?!)"


def _anyhow(name):
    """Return a pattern for a name however its words are joined."""
    return r"[\s_-]+".join(map(re.escape, name.split()))


def runs(text, through):
    """Return what of a text does not pass a `Gate`: names that must not stand in it, and runs of capitalised words, in order.

    What may stand is taken out first, longest first; what is left of a run around it is no run if it is a single word, nor if all
    of its words are known: a title that a chart breaks over two lines is no name.
    """
    found = [match[0] for match in through.refused.within(text).finditer(text)]
    if _RUN.search(text):
        left = _DATE.sub("·", through.allowed.within(text).sub(" · ", text))
        found += [run[0] for run in _RUN.finditer(left) if not _is_known(run, through.words)]
    return [
        "a withheld name" if through.hidden.search(run) else f'"{" ".join(run.split())}"'
        for run in dict.fromkeys(found)
    ]


def _is_known(run, words):
    """Return True where every word of a run is a word of known phrases, but for a first one that begins a sentence."""
    first, *others = re.findall(_WORD, run[0])
    begins = not re.search(r"\w\s*$", run.string[: run.start()])
    return set(others) <= words and (first in words or begins)


def table_gates(raw):
    """Return the two gates of the raw tables: for most cells, and for those that may hold names of bodies or persons.

    Raises ValueError, as a sentence, where the private list cannot be read.
    """
    hidden = settings.withheld_names()
    return gate(known(raw), _with_words(_named(raw["persons"])), hidden), gate([], hidden=hidden)


def cell_problems(name, column, cell, gates):
    """Return what may name a person in a cell of a raw table, as ends of sentences; `gates` are those of `table_gates`."""
    through, only_hidden = gates
    if column in _KNOWN.get(name, ()) or (name == "persons" and column in _NAMES):
        found = ["a withheld name"] if only_hidden.refused.within(cell).search(cell) else []
    else:
        found = runs(cell, through)
    return [
        f"{run} may be a name; persons stand in persons.csv only, say their role, or add the words to phrases.csv where they name nobody"
        for run in found
    ]


def table_problems(raw, where):
    """Return a sentence for every cell of the raw tables that may name a person; nothing is allowed here but what is known."""
    try:
        gates = table_gates(raw)
    except ValueError as error:
        return [str(error)]
    return [
        f"{where(name, index, column)}: {said}"
        for name, table in raw.items()
        for column in table.columns
        if table[column].dtype == "str"
        for index, cell in table[column].dropna().items()
        for said in cell_problems(name, column, cell, gates)
    ]


def page_problems(files, data, edition=settings.WHOLE):
    """Return a sentence for every file (page, notebook) with a run of capitalised words that is neither known nor in persons.csv.

    With NAMES=0 the names of persons.csv are refused as well. HTML is searched as its text, without scripts and styles.
    """
    raw = {name: tables.read_table(name, data) for name in _KNOWN}
    persons = of_persons(data)
    through = gate(
        known(raw) + (persons if edition.names else []),
        [] if edition.names else _with_words(persons),
        settings.withheld_names(),
    )
    # What stands between two tags is searched once, however many pages repeat it: a run never goes on beyond a tag.
    found = functools.cache(lambda part: runs(part, through))
    return [
        f"{file}: {run} may be a name; persons stand in persons.csv only, or add the words to phrases.csv"
        for file in files
        for run in dict.fromkeys(run for part in _text(Path(file)).split("·") for run in found(part))
    ]


def _text(file):
    """Return what a reader of a file may read: of HTML its text with alternative texts and titles, without scripts and styles."""
    text = file.read_text(encoding="utf-8").replace("’", "'")
    if file.suffix == ".ipynb":
        text = re.sub(r'"image/png": "[^"]*"', "", text)  # letters that are a picture
    if file.suffix == ".html":
        text = re.sub(r"(?s)<(script|style)\b.*?</\1>|<!--.*?-->", " ", text)
        said = re.findall(r'\b(?:alt|title|aria-label)="([^"]*)"', text)
        text = re.sub(r"</?(?:a|b|i|em|strong|span|mark|sup|sub)\b[^>]*>", "", text)
        text = unescape(" · ".join([re.sub(r"<[^>]+>", " · ", text), *said])).replace("’", "'")
    return text
