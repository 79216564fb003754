"""Claims, events and differences between sources as Markdown tables."""

from collections.abc import Mapping, Sequence

import pandas as pd

from qantar import addresses
from qantar.presentation import markdown, sentences
from qantar.record import Record, bounds, comparisons, dates
from qantar.record.amounts import is_just_below

# What is meant for use elsewhere, which Tab lists.
# fmt: off
__all__ = [
    "NOT_TOLD", "also_counted", "claims_table", "coverage_table", "cross_table", "definitions_table",
    "differences_table", "events_table", "frame_table", "how_many", "paragraph_of", "remainders_table",
    "source_link", "sources_of", "speaker", "supports", "with_how_many",
]
# fmt: on


def __dir__() -> list[str]:
    return __all__


NOT_TOLD = "not told"


# --- cells ---


def supports(claim: Mapping) -> str:
    """Return what the wording of a claim supports: firm bounds, a reading, marked as one, or no bounds."""
    if claim["bound"] == "none_known":
        return "0 or more: not known is not none"
    if claim["bound"] == "most":
        return "more than half of that whole"
    if pd.isna(claim["low"]) and pd.isna(claim["high"]):
        return "no bounds"
    if is_just_below(claim):
        return f"just under {bounds.number(claim['value'])}{' %' if claim['unit'] == 'percent' else ''}"
    words = _bounds_of(claim)
    return words if claim["firm"] else f"{words} (our reading)"


def _bounds_of(claim):
    low, high = claim["low"], claim["high"]
    if claim["low_open"] or claim["high_open"]:
        from_low = f"{'over' if claim['low_open'] else 'from'} {bounds.number(low)}"
        return f"{from_low} to {'under ' if claim['high_open'] else ''}{bounds.number(high)} %"
    if claim["bound"] == "spread":
        return f"{bounds.number(low)} to {bounds.number(high)}, of several"
    return sentences.bounds_in_words(low, high) + (" %" if claim["unit"] == "percent" else "")


def speaker(claim: Mapping) -> str:
    """Return who states a claim; whether in its own words; from whose figures it was computed."""
    name = "not said" if pd.isna(claim["speaker"]) else markdown.escape(claim["speaker_short"])
    if sentences.is_computed(claim):
        return f"computed from figures of: {name}"
    return name if claim["voice"] == "reports" else f"{name}, own words"


def source_link(words: str, source_id: str | None = None, home: str = addresses.ROWS) -> str:
    """Return words (where they are its id, alone) as a link to a source on the page of sources."""
    return markdown.link(markdown.escape(words), addresses.of_row("sources", source_id or words), home)


def paragraph_of(row: Mapping, home: str = addresses.ROWS) -> str:
    """Return where a claim or mention stands: its source, linked, date of publication and paragraph."""
    source = source_link(row["short"], row["source_id"], home)
    return f"{source}, {sentences.when(row['published'])}, paragraph {row['paragraph']}"


def sources_of(places: Sequence[tuple], home: str = addresses.ROWS) -> str:
    """Return the sources of an event (column where of `views.events`): name, linked, date, paragraphs."""
    told = []
    for source_id, short, published, paragraphs in places:
        numbers = sentences.listed(str(n) for n in paragraphs)
        source = f"{source_link(short, source_id, home)}, {sentences.when(published)}"
        told.append(f"{source}, paragraph{'s' if len(paragraphs) > 1 else ''} {numbers}")
    return "; ".join(told)


def how_many(incident: tuple) -> str:
    """Return how many acts a row of incidents (a named tuple) is about: 6; at least 1; several; not told."""
    if pd.isna(incident.acts_bound):
        return NOT_TOLD
    if incident.acts_bound == "many":  # the source uses a plural and no number
        return "more than one"
    claim = {"bound": incident.acts_bound, "value": incident.acts, "value_to": None, "unit": "act"}
    return sentences.amount({**claim, "as_printed": getattr(incident, "as_printed", None)})


def with_how_many(incidents: pd.DataFrame) -> pd.DataFrame:
    """Return rows of incidents with a column how_many (see `how_many`)."""
    return incidents.assign(how_many=[how_many(row) for row in incidents.itertuples()])


# --- tables ---

_CLAIM_COLUMNS = ["What is counted", "As printed", "Supports", "Day or period", "Who says so", "Where"]


def claims_table(*frames: pd.DataFrame, home: str = addresses.ROWS) -> markdown.Text:
    """Return claims as a table: as printed, what that supports, for when, who says so and where.

    What is counted stands first where the rows are of several measures, or of a case, assembly or incident.
    """
    rows = pd.concat(frames)
    lines = [_claim_cells(claim, home) for claim in rows.to_dict("records")]
    first = 0 if rows["measure_id"].nunique() > 1 or rows["about"].notna().any() else 1
    return markdown.Text(markdown.table(_CLAIM_COLUMNS[first:], [cells[first:] for cells in lines]))


def _claim_cells(claim, home):
    label = claim["label"] if pd.isna(claim["about"]) else f"{claim['label']}: {claim['about']}"
    if sentences.is_computed(claim):
        printed = markdown.escape(claim["computed"])
    else:
        address = addresses.of_claim(claim["theme"], claim["claim_id"])
        printed = markdown.link(f"“{markdown.escape(claim['as_printed'])}”", address, home)
    return [
        markdown.escape(label),
        printed,
        supports(claim),
        sentences.day_or_period(claim),
        speaker(claim),
        paragraph_of(claim, home),
    ]


def events_table(rows: pd.DataFrame, home: str = addresses.ROWS, **columns: str) -> markdown.Text:
    """Return events (rows as in `views.events`) as a table with their sources in a last column, Where.

    `columns` are headings (underscores for spaces) and the column that each shows. Where there is a page,
    the first cell leads there. A cell is marked where the row names what it rests on in `inferred`.
    """
    lines = _lines(rows, columns)
    pages = rows["page"] if "page" in rows and home else [None] * len(rows)
    for cells, page, places in zip(lines, pages, rows["where"], strict=True):
        if page:
            cells[0] = markdown.link(cells[0], page, home)
        cells.append(sources_of(places, home))
    return markdown.Text(markdown.table([*_headings(columns), "Where"], lines))


def frame_table(rows: pd.DataFrame, **columns: str) -> markdown.Text:
    """Return any rows as a table; `columns` as in `events_table`. A column source_id leads to the source."""
    return markdown.Text(markdown.table(_headings(columns), _lines(rows, columns)))


def _headings(columns):
    return [heading.replace("_", " ") for heading in columns]


def _lines(rows, columns):
    return [[_cell(row, name) for name in columns.values()] for row in rows.to_dict("records")]


# The column that a column in words is made of, where the record says of that one that it is our reading.
_MADE_OF = {"place": "place_id", "name": "place_id", "article": "article_id"}


def _cell(row, name):
    if name == "source_id":
        return source_link(row[name])
    words = _fact(row[name])
    return sentences.with_reading(words, row, _MADE_OF.get(name, name)) if "inferred" in row else words


def _fact(cell):
    """Return a cell as text: a number, a date in words, names of vocabularies without underscores."""
    if pd.isna(cell) or cell == "":
        return NOT_TOLD
    if isinstance(cell, (int, float)):
        return bounds.number(cell)
    try:
        dates.days(str(cell))
    except ValueError:
        return markdown.escape(markdown.spelt(cell))
    return sentences.when(cell)


def cross_table(rows: pd.DataFrame, down: str, across: str, heading: str) -> markdown.Text:
    """Return how many rows have each pair of names of the columns `down` (under `heading`) and `across`."""
    counts = rows.groupby([down, across]).size().unstack(fill_value=0)
    lines = [[markdown.spelt(row[0]), *map(bounds.number, row[1:])] for row in counts.itertuples()]
    return markdown.Text(markdown.table([heading, *map(markdown.spelt, counts)], lines))


_DIFFERENCE_COLUMNS = (
    *("What is told", "On", "Told as", "Where"),
    *("Told otherwise as", "Where", "What may explain it"),
)


def differences_table(rows: pd.DataFrame) -> markdown.Text:
    """Return facts that sources report differently, side by side; rows of `comparisons.differences`."""
    lines = [_difference_cells(row) for row in rows.to_dict("records")]
    return markdown.Text(markdown.table(_DIFFERENCE_COLUMNS, lines))


def _difference_cells(row):
    is_left_open = row["agrees"] != "differs" and pd.isna(row["value_there"])
    return [
        markdown.escape(row["label"]),
        markdown.escape(markdown.spelt(row["differs_on"])),
        _fact(row["value_here"]),
        sources_of(row["where_here"]),
        "left open" if is_left_open else _fact(row["value_there"]),
        paragraph_of(row),
        markdown.escaped(row["note"]),
    ]


def also_counted(record: Record, *themes: str) -> markdown.Text:
    """Return the figures of themes that stand in no section of a page as bullets and a table, or ""."""
    rows = record.also_counted(*themes)
    if rows.empty:
        return markdown.Text("")
    return markdown.text("**Also counted:**", sentences.said_as_bullets(rows), claims_table(rows))


def definitions_table(rows: pd.DataFrame) -> markdown.Text:
    """Return claims as a table of the figure, with who says so, beside the definition of its measure."""
    lines = [
        [sentences.said(claim), markdown.escape(claim["definition"])] for claim in rows.to_dict("records")
    ]
    return markdown.Text(markdown.table(["Figure", "What it counts"], lines))


def remainders_table(record: Record) -> markdown.Text:
    """Return what declared parts leave of their whole where a lowest number follows; no political parties."""
    left = comparisons.remainders(record).dropna(subset="low")
    lines = []
    for row in left.itertuples():
        whole = record.claims_by_id(row.claim_id).iloc[0]
        if whole["unit"] == "party":
            continue
        parts = record.claims_by_id(*row.parts.split("; ")).to_dict("records")
        counted = sentences.listed(sentences.counted(part) for part in parts)
        lines.append([sentences.said(whole), counted, sentences.bounds_in_words(row.low, row.high)])
    return markdown.Text(markdown.table(["Whole", "Its parts", "Left by them"], lines))


def coverage_table(record: Record, coverage: pd.DataFrame) -> markdown.Text:
    """Return what each source prints of each measure, a column each; rows of `comparisons.coverage`."""
    labels = record.measures.set_index("measure_id")["label"]
    heads = [
        source_link(f"{source.short}, {sentences.when(source.published)}", source.source_id)
        for source in record.sources.itertuples()
    ]
    lines = [[markdown.escape(labels[row.Index]), *row[1:]] for row in coverage.itertuples()]
    return markdown.Text(markdown.table(["What is counted", *heads], lines))
