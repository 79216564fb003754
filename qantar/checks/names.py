"""The gate against names: persons are named in persons.csv and nowhere else (data/README.md, "Do no harm").

What ships is searched for runs of two or more capitalised words, Latin or Cyrillic, that no place,
organisation, source or row of phrases.csv explains. Pages may name the persons of persons.csv, unless an
edition is without names; those of the private list (`settings.withheld_names`) may stand nowhere.
"""

import functools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from qantar import settings
from qantar.checks.problem import Problem, RawTables, problem_at
from qantar.record import english, tables

# Columns that may hold names: of places, bodies and titles, whose words are known by them, and of persons.
_EXPLAINING = {
    "places": ("name", "other_names", "region_2022_01", "region_since_2022_06"),
    "organisations": ("name", "short"),
    "sources": ("title", "short", "authors", "publisher"),
    "phrases": ("phrase",),
}
_NAMING = {**_EXPLAINING, "persons": ("public_name", "other_names")}
_ADVICE = (
    "may be a name; persons stand in persons.csv only, say their role, "
    "or add the words to phrases.csv where they name nobody"
)
_WITHHELD = "a withheld name"

_MONTH = "|".join(english.MONTHS)
# Words that are capitalised at the beginning of a sentence, and never part of a name.
_COMMON = (
    "A|An|The|What|Who|Where|When|Why|How|Which|In|On|At|By|As|Of|To|For|From|With|After|Before|During|Until|Since|"
    "About|Between|Under|Over|Not|No|And|But|Or|If|Its|His|Her|Their|This|That|Nobody|Both|Some|One|Two|Three|Four"
)
_DATE = re.compile(rf"\b(?:{_MONTH})(?=\s+\d)|(?<=\d )(?:{_MONTH})\b")
_WORD = r"[A-ZÀ-ÖØ-ÞĀ-ŽǴА-ЯЁӘҒҚҢӨҰҮҺІ](?:[\w’'-]+|\.)?"
_NAME_WORD = rf"(?!(?:{_COMMON})\b(?!\.)){_WORD}"
_SPACE = r"(?:[^\S\n]+|[^\S\n]*\n[^\S\n]*(?!\n))"  # at most one line break
_RUN = re.compile(rf"{_NAME_WORD}(?:{_SPACE}{_NAME_WORD})+")
_NOTHING = re.compile(r"(?!)")
_DOTLESS = str.maketrans({"İ": "i", "ı": "i"})  # a pattern that ignores case takes these for an i


class NameFinder:
    """Finds what may name a person in a text.

    `known` phrases may stand in a text, `refused` names must not, and `withheld` ones are not even repeated.
    Names are found in any case, and where hyphens join their words, as in an id, but not inside a word.
    """

    def __init__(self, known: Iterable[str], refused: Iterable[str] = (), withheld: Iterable[str] = ()):
        known, withheld = list(known), list(withheld)
        whole_name = r"(?<![^\W_])(?:%s)(?![^\W_])"
        phrases = [phrase for phrase in known if " " in phrase]
        self._known = _PhrasePatterns(phrases, r"(?<!\w)(?:%s)(?!\w)", re.escape)
        self._known_words = {word for phrase in known for word in re.findall(_WORD, phrase)}
        self._refused = _PhrasePatterns([*refused, *withheld], whole_name, _joined_anyhow, re.IGNORECASE)
        any_withheld = _any_of(map(_joined_anyhow, withheld))
        self._withheld = re.compile(any_withheld, re.IGNORECASE)
        self._withheld_whole = re.compile(whole_name % any_withheld, re.IGNORECASE)

    def find(self, text: str) -> list[str]:
        """Return what may name a person, quoted, or "a withheld name": each once, refused names first.

        Known phrases are taken out first. A run whose words are all known is no name: charts break titles.
        """
        found = [match[0] for match in self._refused.within(text).finditer(text)]
        if _RUN.search(text):
            rest = _DATE.sub("·", self._known.within(text).sub(" · ", text))
            found += [run[0] for run in _RUN.finditer(rest) if not self._is_known(run)]
        return list(dict.fromkeys(map(self._quoted, found)))

    def find_withheld(self, text: str) -> list[str]:
        """Return "a withheld name" where one stands in a text in which other names may stand."""
        return [_WITHHELD] if self._withheld_whole.search(text) else []

    def _is_known(self, run: re.Match) -> bool:
        """Return True where every word of a run is known; a first word that begins a sentence may be any."""
        first, *others = re.findall(_WORD, run[0])
        begins_sentence = not re.search(r"\w\s*$", run.string[: run.start()])
        return self._known_words.issuperset(others) and (begins_sentence or first in self._known_words)

    def _quoted(self, words: str) -> str:
        return _WITHHELD if self._withheld.search(words) else f'"{" ".join(words.split())}"'


class _PhrasePatterns:
    """Patterns for many phrases: a text is searched only for those whose words all stand in it.

    `form` holds %s for any of the phrases, `to_pattern` makes a pattern of one.
    """

    def __init__(self, phrases: Iterable[str], form: str, to_pattern: Callable[[str], str], flags: int = 0):
        self._form, self._flags = form, flags
        self._by_longest_word = defaultdict(list)
        for phrase in phrases:
            words = _words(phrase)
            self._by_longest_word[max(words, key=len, default="")].append((words, to_pattern(phrase)))

    def within(self, text: str) -> re.Pattern:
        """Return a pattern for the phrases whose words all stand in a text, the longest first."""
        words, patterns = _words(text), []
        for word in {*words, ""} & self._by_longest_word.keys():
            patterns += [pattern for needed, pattern in self._by_longest_word[word] if needed <= words]
        return re.compile(self._form % _any_of(patterns), self._flags) if patterns else _NOTHING


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", text.translate(_DOTLESS).casefold()))


def _any_of(patterns: Iterable[str]) -> str:
    return "|".join(sorted(patterns, key=len, reverse=True)) or _NOTHING.pattern


def _joined_anyhow(name: str) -> str:
    return r"[\s_-]+".join(map(re.escape, name.split()))


def known_phrases(raw: RawTables) -> list[str]:
    """Return the names of places, organisations and sources, and the phrases of phrases.csv."""
    return [phrase for table, columns in _EXPLAINING.items() for phrase in _listed(raw[table], columns)]


def of_persons(data: Path) -> list[str]:
    """Return every name in persons.csv of the folder `data`, other spellings included."""
    return _listed(tables.read_table("persons", data), _NAMING["persons"])


def _listed(rows: pd.DataFrame, columns: Iterable[str]) -> list[str]:
    """Return what the cells of some columns list, divided by semicolons."""
    parts = [part.strip() for column in columns for cell in rows[column].dropna() for part in cell.split(";")]
    return list(filter(None, parts))


def _with_words(names: Iterable[str]) -> list[str]:
    """Return names and each of their words: neither may stand where a person is not named."""
    return [word for name in names for word in (name, *name.split())]


def table_finder(raw: RawTables) -> NameFinder:
    """Return the finder for cells of raw tables. Raises ValueError where the private list is unreadable."""
    persons = _with_words(_listed(raw["persons"], _NAMING["persons"]))
    return NameFinder(known_phrases(raw), persons, settings.withheld_names())


def cell_name_problems(table: str, column: str, cell: str, finder: NameFinder) -> list[str]:
    """Return a message for whatever may name a person in a cell; `finder` is that of `table_finder`."""
    find = finder.find_withheld if column in _NAMING.get(table, ()) else finder.find
    return [f"{words} {_ADVICE}" for words in find(cell)]


def table_problems(raw: RawTables) -> Iterator[Problem]:
    """Yield a problem for whatever may name a person in a cell of the raw tables."""
    try:
        finder = table_finder(raw)
    except ValueError as error:
        yield Problem(None, None, None, "withheld-list", str(error))
        return
    for table, rows in raw.items():
        for column in rows.columns[rows.dtypes == "str"]:
            for index, cell in rows[column].dropna().items():
                for message in cell_name_problems(table, column, cell, finder):
                    yield problem_at(table, index, column, "names", message)


class NameOnPage(NamedTuple):
    """Words that may name a person in a file that ships."""

    file: Path
    words: str

    def __str__(self) -> str:
        return f"{self.file}: {self.words} {_ADVICE}"


def page_problems(
    files: Iterable[Path], data: Path, edition: settings.Edition = settings.WHOLE
) -> list[NameOnPage]:
    """Return what may name a person in files that ship, besides the persons of the folder `data`.

    In an edition without names these are refused as well. HTML is searched as its text, without scripts.
    """
    known = known_phrases({name: tables.read_table(name, data) for name in _EXPLAINING})
    persons, withheld = of_persons(data), settings.withheld_names()
    if edition.names:
        finder = NameFinder([*known, *persons], withheld=withheld)
    else:
        finder = NameFinder(known, _with_words(persons), withheld)
    find = functools.cache(finder.find)  # pages repeat much of what stands between two tags
    problems = []
    for file in map(Path, files):
        found = (words for part in _readable_text(file).split("·") for words in find(part))
        problems += [NameOnPage(file, words) for words in dict.fromkeys(found)]
    return problems


def _readable_text(file: Path) -> str:
    """Return what can be read in a file: of HTML the text, alternative texts and titles, with · for tags."""
    text = file.read_text(encoding="utf-8").replace("’", "'")
    if file.suffix == ".ipynb":
        # Letters that are a picture, and what pandas says of a table without rows.
        text = re.sub(r'"image/png": "[^"]*"|\bEmpty DataFrame\b', "", text)
    if file.suffix == ".html":
        text = re.sub(r"(?s)<(script|style)\b.*?</\1>|<!--.*?-->", " ", text)
        attributes = re.findall(r'\b(?:alt|title|aria-label)="([^"]*)"', text)
        text = re.sub(r"</?(?:a|b|i|em|strong|span|mark|sup|sub)\b[^>]*>", "", text)
        text = unescape(" · ".join([re.sub(r"<[^>]+>", " · ", text), *attributes])).replace("’", "'")
    return text
