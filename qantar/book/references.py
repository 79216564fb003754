"""The sources as references for a reference manager: BibTeX and RIS.

`sources` are rows of `load("sources").sources`; the key of a reference is its source_id. A day, month or year
that the source does not print is left out.
"""

import itertools

import pandas as pd
import rispy
from pybtex.database import BibliographyData, Entry, Person
from pybtex.database.output.bibtex import Writer

from qantar.presentation import sentences


class _WriterOfAddresses(Writer):
    """Writes addresses as they are: an escaped one leads nowhere."""

    def _write_field(self, stream, type, value):
        if type == "url":
            stream.write(f",\n    url = {{{value}}}")
        else:
            super()._write_field(stream, type, value)


class _UnnumberedRis(rispy.RisWriter):
    def set_header(self, count: int) -> str:
        return ""


def bibtex(sources: pd.DataFrame) -> str:
    """Return sources as BibTeX."""
    entries = {source["source_id"]: _entry(source) for source in sources.to_dict("records")}
    return _WriterOfAddresses(encoding="utf-8").to_string(BibliographyData(entries))


def _entry(source):
    published = _published(source)
    date = dict(zip(("year", "month", "day"), (part.lstrip("0") for part in published), strict=False))
    if "month" in date:
        date["month"] = sentences.when("-".join(published[:2])).split()[0]
    fields = {"title": f"{{{source['title']}}}", "publisher": f"{{{source['publisher']}}}", **date}
    if not pd.isna(source["url"]):
        fields["url"] = source["url"]
    authors = [Person(last=f"{{{body}}}") for body in _bodies(source)]
    return Entry("misc", fields | {"note": _note(source)}, {"author": authors})


def ris(sources: pd.DataFrame) -> str:
    """Return sources as RIS."""
    references = [_reference(source) for source in sources.to_dict("records")]
    return rispy.dumps(references, implementation=_UnnumberedRis)


def _reference(source):
    published = _published(source)
    date = {"year": published[0], "date": "/".join([*published, "", "", ""][:3]) + "/"} if published else {}
    return {
        "type_of_reference": "RPRT",
        "id": source["source_id"],
        "authors": _bodies(source),
        "title": source["title"],
        "publisher": source["publisher"],
        **date,
        "urls": [] if pd.isna(source["url"]) else [source["url"]],
        "notes": [_note(source)],
    }


def _bodies(source):
    return [body.strip() for body in source["authors"].split(";")]


def _note(source):
    return f"Published {sentences.when(source['published'])} ({source['published_basis']})"


def _published(source):
    """Return year, month and day as digits: as many of them as the first and the last possible day share."""
    first, last = source["published_first"], source["published_last"]
    if pd.isna(first) or pd.isna(last):
        return []
    pairs = zip(f"{first:%Y-%m-%d}".split("-"), f"{last:%Y-%m-%d}".split("-"), strict=True)
    return [part for part, _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)]
