"""Claims, events and differences between sources as Markdown tables."""

import pandas as pd

from qantar import addresses
from qantar.presentation import markdown, sentences
from qantar.record import bounds


def supports(claim):
    """Return what the wording of a claim supports: firm bounds, a reading that is marked as one, or no bounds."""
    if claim["bound"] == "none_known":
        return "0 or more: not known is not none"
    if claim["bound"] == "most":
        return "more than half of that whole"
    if pd.isna(claim["low"]) and pd.isna(claim["high"]):
        return "no bounds"
    open_low, open_high = bool(claim["low_open"]), bool(claim["high_open"])
    if open_low or open_high:
        words = f"{'over' if open_low else 'from'} {bounds.number(claim['low'])} to {'under ' if open_high else ''}{bounds.number(claim['high'])} %"
    elif claim["bound"] == "spread":
        words = f"{bounds.number(claim['low'])} to {bounds.number(claim['high'])}, of several"
    else:
        words = sentences.between(claim["low"], claim["high"]) + (" %" if claim["unit"] == "percent" else "")
    return words if claim["firm"] else f"{words} (our reading)"


def table(*frames, home=addresses.REFERENCE):
    """Return claims (rows as in `Record.of`) as a Markdown table: as printed, what that supports, for when, who says so and where.

    What is counted stands before these where the rows are of several measures.
    """
    rows = pd.concat(frames)
    head = ["What is counted", "As printed", "Supports", "Day or period", "Who says so", "Where"]
    lines = [
        [
            markdown.escape(row["label"] if pd.isna(row.get("about")) else f"{row['label']}: {row['about']}"),
            markdown.escape(row["computed"])
            if sentences.is_computed(row)
            else markdown.link(
                f"“{markdown.escape(row['as_printed'])}”",
                addresses.of_claim(row["theme"], row["claim_id"]),
                home,
            ),
            supports(row),
            sentences.described(row),
            who(row),
            f"{source_link(row['short'], row['source_id'], home)}, {sentences.when(row['published'])}, paragraph {row['paragraph']}",
        ]
        for _, row in rows.iterrows()
    ]
    first = 0 if rows["measure_id"].nunique() > 1 or rows["about"].notna().any() else 1
    return markdown.Text(markdown.markdown_table(head[first:], [cells[first:] for cells in lines]))


def source_link(short, source_id, home=addresses.REFERENCE):
    """Return the short name of a source as a link to its place on the page of sources."""
    return markdown.link(markdown.escape(short), addresses.of_row("sources", source_id), home)


def where(places, home=addresses.REFERENCE):
    """Return the sources that tell of a thing (column where of `Record.things`) in words: name, date and paragraphs, each a link."""
    told = [
        f"{source_link(short, source_id, home)}, {sentences.when(published)}, paragraph{'s' if len(paragraphs) > 1 else ''} {sentences.listed(str(n) for n in paragraphs)}"
        for source_id, short, published, paragraphs in places
    ]
    return "; ".join(told)


def differences(rows):
    """Return facts that sources tell in more than one way (rows of `Record.differences`) as a Markdown table: both tellings, each with its sources."""
    lines = [
        [
            markdown.escape(row.label),
            markdown.escape(markdown.spelt(row.differs_on)),
            _fact(row.value_here),
            where(row.where_here),
            _fact(row.value_there)
            if row.agrees == "differs" or not pd.isna(row.value_there)
            else "left open",
            f"{source_link(row.short, row.source_id)}, {sentences.when(row.published)}, paragraph {row.paragraph}",
            "" if pd.isna(row.note) else markdown.escape(row.note),
        ]
        for row in rows.itertuples()
    ]
    return markdown.Text(
        markdown.markdown_table(
            ["What is told", "On", "Told as", "Where", "Told otherwise as", "Where", "What may explain it"],
            lines,
        )
    )


def _fact(cell):
    """Return a fact of a thing as text: a date in words, a name of the vocabulary without its underscores."""
    if pd.isna(cell) or cell == "":
        return "not told"
    try:
        return (
            sentences.when(str(cell))
            if str(cell)[:2] in ("20", "..")
            else markdown.escape(markdown.spelt(cell))
        )
    except (ValueError, IndexError):
        return markdown.escape(str(cell))


def how_many(incident):
    """Return how many acts a row of incidents stands for, in words: 6; at least 1; several; more than one; not told."""
    if pd.isna(incident.acts_bound):
        return "not told"
    if pd.isna(incident.acts):
        return (
            "more than one" if incident.acts_bound == "many" else incident.acts_bound
        )  # many stands for a plural without a number
    return sentences.amount(
        {"bound": incident.acts_bound, "value": incident.acts, "value_to": None, "unit": "act"}
    )


_DATE_COLUMNS = {"date", "latest_date", "last_reported", "as_of"}


def things(rows, home=addresses.REFERENCE, **columns):
    """Return things (rows as in `Record.things`) as a Markdown table: `columns` are headings with the column that each shows.

    An empty cell is "not told"; the first cell leads to the page of the thing, where `rows` say which (column page); a last column tells in
    which sources and paragraphs the thing stands.
    """
    lines = [
        [*(_cell(column, row[column]) for column in columns.values()), where(row["where"], home)]
        for _, row in rows.iterrows()
    ]
    if "page" in rows and home:
        for cells, page in zip(lines, rows["page"], strict=True):
            cells[0] = markdown.link(cells[0], page, home)
    return markdown.Text(
        markdown.markdown_table([*(heading.replace("_", " ") for heading in columns), "Where"], lines)
    )


def _cell(column, cell):
    if pd.isna(cell) or cell == "":
        return "not told"
    if isinstance(cell, (int, float)):
        return bounds.number(cell)
    return sentences.when(cell) if column in _DATE_COLUMNS else markdown.escape(markdown.spelt(cell))


def who(claim):
    """Return who states a claim as the cell of a table: a short name; not said; whose own words; a computed row says from whose figures."""
    speaker = "not said" if pd.isna(claim["speaker"]) else markdown.escape(claim["speaker_short"])
    if sentences.is_computed(claim):
        return f"computed from figures of: {speaker}"
    return speaker if claim["voice"] == "reports" else f"{speaker}, own words"
