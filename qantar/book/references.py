"""TODO book.references."""

import itertools

import pandas as pd

from qantar.presentation import sentences

# --- the sources -----------------------------------------------------------------------------------------------------


def bibtex(sources):
    """Return sources (rows of `record.load("sources").sources`) as BibTeX; each key is a source_id. A day, month or year that is not told is left out."""
    from pybtex.database import BibliographyData, Entry, Person
    from pybtex.database.output.bibtex import Writer

    class WriterOfAddresses(Writer):
        """Writes addresses as they are: an escaped one leads nowhere."""

        def _write_field(self, stream, type, value):
            if type == "url":
                stream.write(f",\n    url = {{{value}}}")
            else:
                super()._write_field(stream, type, value)

    entries = {}
    for source in sources.to_dict("records"):
        told = dict(zip(("year", "month", "day"), (part.lstrip("0") for part in _told(source)), strict=False))
        if "month" in told:
            told["month"] = sentences.when("-".join(_told(source)[:2])).split()[0]
        fields = {
            "title": f"{{{source['title']}}}",
            "publisher": f"{{{source['publisher']}}}",
            **told,
            **_address(source),
            "note": _note(source),
        }
        entries[source["source_id"]] = Entry(
            "misc", fields, {"author": [Person(last=f"{{{body}}}") for body in _bodies(source)]}
        )
    return WriterOfAddresses(encoding="utf-8").to_string(BibliographyData(entries))


def ris(sources):
    """Return sources (rows of `record.load("sources").sources`) as RIS; each ID is a source_id. A day, month or year that is not told is left out."""
    import rispy

    class Unnumbered(rispy.RisWriter):
        def set_header(self, count):
            return ""

    references = []
    for source in sources.to_dict("records"):
        told = _told(source)
        date = {"year": told[0], "date": "/".join([*told, "", "", ""][:3]) + "/"} if told else {}
        address = {"urls": list(_address(source).values())}
        references.append(
            {
                "type_of_reference": "RPRT",
                "id": source["source_id"],
                "authors": _bodies(source),
                "title": source["title"],
                "publisher": source["publisher"],
                **date,
                **address,
                "notes": [_note(source)],
            }
        )
    return rispy.dumps(references, implementation=Unnumbered)


def _bodies(source):
    return [body.strip() for body in source["authors"].split(";")]


def _address(source):
    return {} if pd.isna(source["url"]) else {"url": source["url"]}


def _note(source):
    return f"Published {sentences.when(source['published'])} ({source['published_basis']})"


def _told(source):
    """Return year, month and day of publication as digits, as many of them as the first and the last possible day share."""
    first, last = source["published_first"], source["published_last"]
    if pd.isna(first) or pd.isna(last):
        return []
    pairs = itertools.takewhile(
        lambda pair: pair[0] == pair[1],
        zip(f"{first:%Y-%m-%d}".split("-"), f"{last:%Y-%m-%d}".split("-"), strict=True),
    )
    return [part for part, _ in pairs]
