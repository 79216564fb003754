"""TODO checks.source_words."""

from qantar.checks import events, statements
from qantar.record import quantities, source_text, tables, wording


def problems(raw, where, folder, problems):
    """Look up each printed span in its paragraph, and the hash of each text; return how many spans could not be looked up."""
    unverified = 0
    printed = {
        (name, column): tables.groups(raw[name].dropna(subset=column), "source_id")
        for name, column in (("claims", "as_printed"), ("mentions", "as_printed"), ("reading", "span"))
    }
    reading = tables.groups(raw["reading"], "source_id")
    for index, source in tables.rows(raw["sources"]):
        source_id = source["source_id"]
        spans = [(name, column, of_source[source_id]) for (name, column), of_source in printed.items()]
        digest = source_text.sha256(source_id, folder) if folder else None
        if digest is None:
            unverified += sum(len(rows) for _, _, rows in spans)
            continue
        if digest != source["text_sha256"]:
            problems.append(
                f"{where('sources', index, 'text_sha256')}: the text copy of {source_id} has the hash {digest}; "
                "use the text that was read, or read the new one again and record its hash"
            )
            continue
        blocks = source_text.paragraphs(source_id, folder)
        if number := source_text.lead_in(blocks):
            problems.append(
                f"{where('sources', index, 'text_sha256')}: paragraph {number} of the text copy of {source_id} has words before its first bullet, which no row "
                "could reach; put an empty line between them, and type the new hash, the number of paragraphs, and the places of the rows after it"
            )
            continue
        if len(blocks) != source["paragraphs"]:
            problems.append(
                f"{where('sources', index, 'paragraphs')}: the text copy has {len(blocks)} paragraphs; type that"
            )
            continue
        for name, column, rows in spans:
            for row in rows:
                words = getattr(row, column)
                place = words, blocks, row.paragraph, row.item
                problem = source_text.place_problem(*place)
                if problem:
                    problems.append(
                        f'{where(name, row.Index, column)}: "{words}": {problem}; copy the words from the text, or correct paragraph and item'
                    )
                elif name == "claims":
                    cut = wording.cut_short(
                        source_text.in_context(*place), row.bound, statements.number_or_none(row.value)
                    )
                    if cut:
                        problems.append(
                            f"{where(name, row.Index, column)}: {cut}; type these words too, and their bound"
                        )
        problems += _ledger(source_id, blocks, reading[source_id], spans, where)
    return unverified


def _ledger(source_id, blocks, reading, printed, where):
    """Every paragraph and item of a text has a row in reading, and every quantity of a recorded one lies in a printed span."""
    problems = []
    outcomes = {(row.paragraph, row.item): row.outcome for row in reading if not events.given(row.span)}
    spans = {}
    for _, column, rows in printed:
        for row in rows:
            spans.setdefault((row.paragraph, row.item), []).append(getattr(row, column))
    parts = source_text.parts(blocks)
    existing = {(paragraph, item) for paragraph, item, _ in parts}
    for row in reading:
        if (row.paragraph, row.item) not in existing:
            problems.append(
                f"{where('reading', row.Index, 'item')}: paragraph {row.paragraph} of {source_id} has no item {row.item}; count the bullets"
            )
    for paragraph, item, text in parts:
        file = f"data/raw/reading.csv: paragraph {paragraph}, item {item} of {source_id}"
        outcome = outcomes.get((paragraph, item))
        if outcome is None:
            problems.append(f"{file} has no row; say what became of it")
        elif outcome == "recorded":
            covered = source_text.places(text, spans.get((paragraph, item), []))
            covered += source_text.run_on(blocks, paragraph, item, spans)
            for start, end, words in quantities.left_over(text, covered):
                around = text[max(0, start - 30) : end + 30]
                problems.append(
                    f'{file} prints "{words}" ("{around}"), which no row accounts for; record it, or say in reading why it is skipped'
                )
    return problems
