"""New rows by question and answer: `qantar new claim` and its like.

One idea: data/datapackage.json says what a column holds and FORMS which rows belong together; what is asked follows from the two.
An answer is checked as it comes, with the sentence of the checks, and the whole record with the new rows once more at the end, in
a temporary copy. Only then is anything written, and only added: the lines that are there keep their bytes.
"""

import contextlib
import csv
import graphlib
import io
import math
import re
import shutil
import signal
import sys
import tempfile
import textwrap
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from qantar import paths
from qantar.checks import form, names, row_rules, runner, statements
from qantar.record import bounds, dates, quantities, source_text, tables, wording


class Block(NamedTuple):
    """The rows of one table that a form fills: one, or as many as the keeper says; `then` are the blocks that belong to each."""

    table: str
    then: tuple = ()
    several: bool = False


_MENTION = Block("mentions")
_SENTENCE = Block("sentences", (_MENTION,), several=True)
_CHARGE = Block("charges", (_MENTION,), several=True)
_PARTY = Block("parties", (_CHARGE,), several=True)
_STEP = Block("steps", (_MENTION, _SENTENCE), several=True)
_RESTRICTION = Block("restrictions", (_MENTION, _SENTENCE), several=True)
_PEOPLE = Block("parties", several=True)

FORMS = {
    "claim": Block("claims"),
    "mention": _MENTION,
    "source": Block("sources"),
    "case": Block("cases", (_MENTION, _PARTY, _STEP)),
    "assembly": Block("assemblies", (_MENTION, _PEOPLE, _RESTRICTION)),
    "incident": Block("incidents", (_MENTION, _PEOPLE)),
    "act": Block("acts", (_MENTION,)),
    "measure": Block("measures"),
    # what a thing that is there already may get
    **{"party": _PARTY, "charge": _CHARGE, "step": _STEP, "sentence": _SENTENCE, "restriction": _RESTRICTION},
    **{
        "organisation": Block("organisations"),
        "place": Block("places"),
        "article": Block("articles", (_MENTION,)),
    },
    "reading": Block("reading", several=True),
}
# An unknown key of these tables may be added where it is needed.
_ADDED_ON_THE_WAY = {
    block.table: block
    for block in (FORMS["measure"], FORMS["organisation"], FORMS["place"], FORMS["article"], Block("persons"))
}

# What is asked first, where the declared order would ask for something before what it follows from.
_FIRST = {
    "claims": (
        "source_id",
        "paragraph",
        "item",
        "claim_id",
        "as_printed",
        "bound",
        "value",
        "value_to",
        "measure_id",
    ),
    "mentions": ("source_id", "paragraph", "item", "mention_id"),
    "parties": ("case_id", "assembly_id", "incident_id", "role"),
    "charges": ("party_id", "article_id", "part", "stage", "offence"),
    "steps": ("case_id", "party_id", "step"),
    "sentences": ("step_id", "restriction_id", "party_id", "kind", "sentence_id", "bound"),
    "assemblies": ("label", "place_id", "date"),
    "restrictions": ("assembly_id", "kind"),
    "incidents": (
        "incident_id",
        "label",
        "date",
        "place_id",
        "target",
        "target_kind",
        "kind",
        "by",
        "acts_bound",
    ),
}
# What existing ids are made of: of each group of columns the first one that is filled.
_ID = {
    "parties": (("case_id", "assembly_id", "incident_id"), ("role",)),
    "charges": (("party_id",), ("article_id", "offence")),
    "steps": (("party_id", "case_id"), ("step",)),
    "sentences": (("party_id", "step_id", "restriction_id"), ("kind",)),
    "assemblies": (("place_id",), ("date",)),
    "restrictions": (("assembly_id",), ("kind",)),
}
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
# A number and how exact it is, by table.
_NUMBER = {
    "claims": ("bound", "value", "value_to"),
    "sentences": ("bound", "value", "value_to"),
    "incidents": ("acts_bound", "acts"),
}
# Columns that have no answer, by what was answered before.
_NOT_ASKED = {
    ("claims", "value"): lambda row: row["bound"] in bounds.NO_NUMBER,
    ("claims", "value_to"): lambda row: row["bound"] not in bounds.TWO_NUMBERS,
    ("sentences", "value"): lambda row: row["bound"] in ("", *bounds.NO_NUMBER),
    ("sentences", "value_to"): lambda row: row["bound"] not in bounds.TWO_NUMBERS,
    ("sentences", "unit"): lambda row: not row["bound"],
    ("incidents", "acts"): lambda row: row["acts_bound"] in bounds.NO_NUMBER,
    ("steps", "into_charge_id"): lambda row: row["step"] != "reclassified" or not row["charge_id"],
    ("mentions", "differs_on"): lambda row: row["agrees"] == "yes",
    ("mentions", "value_there"): lambda row: row["agrees"] == "yes",
    ("reading", "reason"): lambda row: row["outcome"] == "recorded",
}
# What stays as it was typed last in the same form.
_CARRIED = ("source_id", "paragraph", "item", "hedge")
_LABELS = ("label", "title", "name", "public_name", "offence", "summary", "as_printed", "step", "kind")
_FEW = 9  # so many known ids are listed without being asked for
_BEST = 5  # and so many measures
_UNREAD = ("unread-place", "unread-quantity")  # rules on what nobody has said yet what became of it
_PLACE = re.compile(r"data/raw/(\w+)\.csv, row (\d+)(?:, column (\w+))?: (.*)", re.DOTALL)
# Words that tell no measure from another, by their first six letters.
_EVERYWHERE = set(
    "the and for with from that this which who were was had have has are its their they least than more over not been other also all".split()
)
_HELP = "Enter takes what is suggested, - leaves a column empty, ? explains it, ? word finds among many values, Ctrl-C gives up and writes nothing."


class GivenUp(Exception):
    """The form ends here, with a sentence why."""


class Row(dict):
    """A new row: its cells as text, by column, and its table."""

    def __init__(self, table):
        super().__init__()
        self.table = table


def new(what, data=paths.DATA, sources_folder=None):
    """Ask for the rows of a form (a key of FORMS) and add them to the raw tables in the folder `data`; return 0, or 1 where nothing was written.

    `sources_folder` holds the text copies; None: they are not at hand, and printed words are not looked up. Questions go to standard
    output and answers come from the terminal, or line by line from standard input.
    """
    if what not in FORMS:
        print(f"{what!r} is no form; use one of {', '.join(FORMS)}", file=sys.stderr)
        return 1
    try:
        filled = _Form(Path(data), sources_folder)
        filled.fill(FORMS[what])
        filled.finish()
    except (EOFError, KeyboardInterrupt):
        print("\ngiven up; nothing was written", file=sys.stderr)
        return 1
    except UnicodeDecodeError:
        print("\nthe input is not UTF-8; nothing was written", file=sys.stderr)
        return 1
    except (GivenUp, OSError) as error:
        print(f"{error}; nothing was written", file=sys.stderr)
        return 1
    return filled.write()


def _from_lines(default, choices):
    """Read an answer from standard input; an empty line takes the suggestion, - is no answer."""
    print(f"  [{default}] > " if default else "  > ", end="", flush=True)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    print()
    return line.strip() or default


def _from_terminal(default, choices):
    """Read an answer from the terminal, where the suggestion can be edited and Tab completes the allowed values."""
    from prompt_toolkit import prompt
    from prompt_toolkit.completion import FuzzyWordCompleter

    answer = prompt(
        "  > ",
        default=default,
        completer=FuzzyWordCompleter(list(choices), meta_dict=choices, WORD=True) if choices else None,
    )
    return answer.removeprefix(default) if default and answer.startswith(f"{default}?") else answer


def _said(sentence):
    print(textwrap.indent(textwrap.fill(sentence, 110), "  "))


class _Form:
    """The record as it is, the rows that are new, and who answers."""

    def __init__(self, data, folder):
        self.data, self.folder = data, folder
        self.new, self.blocks, self.gates = [], {}, None
        self.read = _from_terminal if sys.stdin.isatty() and sys.stdout.isatty() else _from_lines
        before = runner.check(data, folder)
        if before.problems and not before.rows:
            raise GivenUp(
                "\n".join([*map(str, before.problems), "correct the form of the record first (qantar check)"])
            )
        self.before = Counter(_without_rows(str(problem)) for problem in before.problems)
        self.record = {name: [cells for _, cells in self.lines(name)] for name in tables.raw_names(data)}
        print(_HELP + (" Tab completes, Ctrl-U clears a suggestion." if self.read is _from_terminal else ""))
        if folder is None:
            _said(
                "The text copies are not at hand: printed words are not looked up, and figures stay unverified until they are."
            )
        places = sum(problem.rule in _UNREAD for problem in before.problems)
        if places:
            _said(
                f"Of {places} places of the texts nobody has said yet what became of them: qantar check lists them, qantar new reading goes on with them."
            )
        if others := len(before.problems) - places:
            _said(
                f"The record has problems already, {others} of them, which are not those of a new row: qantar check tells them."
            )

    # --- the record ---

    def lines(self, table, rows=()):
        """Return the lines of a raw table below its header as (bytes, cells), with new `rows` where they belong."""
        header, *content = (
            (self.data / tables.resources(self.data)[table]["path"]).read_bytes().splitlines(keepends=True)
        )
        columns = next(csv.reader([header.decode()]))
        lines = [
            (line, dict(zip(columns, next(csv.reader([line.decode(errors="replace")]), []), strict=False)))
            for line in content
        ]
        end = "\r\n" if header.endswith(b"\r\n") else "\n"
        for row in rows:
            out = io.StringIO()
            csv.writer(out, lineterminator=end).writerow(row.get(column, "") for column in columns)
            lines.insert(_position(lines, row), (out.getvalue().encode(), row))
        return lines

    def bytes_with(self, table, rows):
        """Return the bytes of a raw table with new rows; what stands in its file stays as it is."""
        old = (self.data / tables.resources(self.data)[table]["path"]).read_bytes()
        end = b"\r\n" if b"\r\n" in old else b"\n"
        content = [old.splitlines(keepends=True)[0], *(line for line, _ in self.lines(table, rows))]
        return b"".join(line if line.endswith(b"\n") else line + end for line in content)

    def rows(self, table):
        """Return the rows of a raw table with those that are new, as dicts of texts."""
        return [*self.record[table], *(row for row in self.new if row.table == table)]

    def find(self, table, row_id):
        """Return the row of a table with this id, or None."""
        key = tables.key(table, self.data)
        return next((row for row in self.rows(table) if row[key] == row_id), None)

    def text(self, source_id):
        """Return the paragraphs of a source, or None where the text that was read is not at hand."""
        if source_id not in self.blocks:
            source = self.find("sources", source_id)
            at_hand = (
                source and self.folder and source_text.sha256(source_id, self.folder) == source["text_sha256"]
            )
            self.blocks[source_id] = source_text.paragraphs(source_id, self.folder) if at_hand else None
        return self.blocks[source_id]

    def part(self, row):
        """Return the plain text of the paragraph or item of a row, or None where it is not at hand."""
        blocks = self.text(row["source_id"])
        return next(
            (
                text
                for paragraph, item, text in source_text.parts(blocks or ())
                if (str(paragraph), str(item)) == (row["paragraph"], row["item"])
            ),
            None,
        )

    def referred(self, row, column):
        """Return the table whose rows a column names, or None."""
        if column == "row_id":
            return row.get("table") or None
        for foreign in tables.resources(self.data)[row.table]["schema"].get("foreignKeys", []):
            if foreign["fields"] == [column]:
                return foreign["reference"]["resource"] or row.table
        return None

    def choices(self, row, column):
        """Return the allowed values of a column with what each means, new rows first; nothing where every value is allowed."""
        table = self.referred(row, column)
        if table:
            key = tables.key(table, self.data)
            return {
                other[key]: next((other[c] for c in _LABELS if other.get(c)), "")
                for other in reversed(self.rows(table))
            }
        constraints = self.field(row, column).get("constraints", {})
        of_pattern = re.fullmatch(r"\^\(([a-z0-9_|]+)\)\(; \(\1\)\)\*\$", constraints.get("pattern", ""))
        return dict.fromkeys(constraints.get("enum") or (of_pattern[1].split("|") if of_pattern else []), "")

    def field(self, row, column):
        return next(field for field in tables.fields(row.table, self.data) if field["name"] == column)

    # --- questions ---

    def fill(self, block, above=()):
        """Ask for the rows of a block that belong to the rows `above`, outermost first."""
        name = next((word for word, form in FORMS.items() if form.table == block.table), "person")
        more = f"Add a {name}?" if above and block.several else None
        if not more:
            self.fill_row(block, name, above)
        while block.several and self.yes(more or f"Another {name}?"):
            self.fill_row(block, name, above)
            more = None

    def fill_row(self, block, name, above=(), key=None):
        """Ask for one row of a block, called `name`, and for what belongs to it; `key` is its id where that was typed already."""
        row = Row(block.table)
        print(f"\n== {name}" + (f" of {self.key(above[-1])}" if above else ""))
        row.update(self.given(row, above))
        if key:
            row[tables.key(block.table, self.data)] = key
        for column in self.order(row):
            if column not in row:
                row[column] = (
                    "" if self.needless(row, column) else self.computed(row, column) or self.ask(row, column)
                )
        self.new.append(row)
        if block.table in _ADDED_ON_THE_WAY:
            self.gates = None  # a new place or body may be said by its name from now on
        for inner in block.then:
            self.fill(inner, (*above, row))

    def order(self, row):
        """Return the columns of a row's table in the order of asking: what its id is made of stands before it."""
        declared = [field["name"] for field in tables.fields(row.table, self.data)]
        return list(dict.fromkeys([*_FIRST.get(row.table, ()), *declared]))

    def given(self, row, above):
        """Return the cells that follow from the rows that this one belongs to."""
        if row.table == "mentions" and above:
            return {"table": above[-1].table, "row_id": self.key(above[-1])}
        columns = {field["name"] for field in tables.fields(row.table, self.data)}
        return {
            column: self.key(other)
            for other in above
            if (column := tables.key(other.table, self.data)) in columns
        }

    def key(self, row):
        return row[tables.key(row.table, self.data)]

    def needless(self, row, column):
        """Return True where a column has no answer: another one of its kind is filled, or what was answered leaves nothing to say."""
        others = row_rules.ONE_OF.get(row.table, ())
        return (column in others and any(row.get(c) for c in others)) or _NOT_ASKED.get(
            (row.table, column), lambda _: False
        )(row)

    def computed(self, row, column):
        """Return what need not be asked: how long the text of a new source is, and its hash; else None."""
        if row.table != "sources" or column not in ("paragraphs", "text_sha256"):
            return None
        digest = source_text.sha256(row["source_id"], self.folder) if self.folder else None
        if digest is None and column == "paragraphs":
            _said(
                f"There is no text copy {row['source_id']}.txt at hand: no printed words of this source are looked up until there is."
            )
        try:
            blocks = source_text.paragraphs(row["source_id"], self.folder) if digest else []
        except UnicodeDecodeError:
            raise GivenUp(f"the text copy {row['source_id']}.txt is not UTF-8; save it as UTF-8") from None
        if number := source_text.lead_in(blocks):
            raise GivenUp(
                f"paragraph {number} of the text copy {row['source_id']}.txt has words before its first bullet, which no row could reach; "
                "put an empty line between them, and begin again"
            )
        return digest and (digest if column == "text_sha256" else str(len(blocks)))

    def ask(self, row, column, now=None):
        """Ask for one cell until it is right, and return it; `now` is what stands in it."""
        field, choices = self.field(row, column), self.choices(row, column)
        suggestion = self.suggestion(row, column) if now is None else now
        numbered = self.numbered(row, column, choices)
        print()
        may_be_empty = "" if field.get("constraints", {}).get("required") else "(may stay empty)"
        print(textwrap.fill(" ".join([f"{column}:", field.get("description", ""), may_be_empty]), 110))
        for number, value in enumerate(numbered, 1):
            print(f"  {number}  {value}  {textwrap.shorten(choices[value], 80)}")
        if self.referred(row, column):
            if len(numbered) < len(choices):
                _said(f"{len(choices)} are known; ? word finds them")
        elif choices:
            _said(f"one of {', '.join(choices)}")
        while True:
            answer = " ".join(self.read(suggestion, choices).split())
            if answer.startswith("?"):
                self.explain(field, choices, answer.lstrip("? ").lower())
                continue
            answer = "" if answer == "-" else answer
            if numbered and answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(numbered):
                answer = numbered[int(answer) - 1]
            said = self.problem(row, column, answer)
            if not said:
                if column == "paragraph":
                    self.show({**row, "paragraph": answer}, row.table)
                return answer
            _said(f"{column}: {said}")
            table = self.referred(row, column)
            if answer and table in _ADDED_ON_THE_WAY and not self.find(table, answer):
                key = tables.fields(table, self.data)[0]
                if not form.cell_problem(key, answer) and self.yes(
                    f"Add {answer} to data/raw/{table}.csv now?"
                ):
                    self.fill_row(_ADDED_ON_THE_WAY[table], table, key=answer)
                    return answer

    def numbered(self, row, column, choices):
        """Return the known ids that are listed with a number: the measures that fit best, all where they are few, else those that are new."""
        table = self.referred(row, column)
        if not table:
            return []
        if column == "measure_id" and row.get("as_printed"):
            return self.measures(row)[:_BEST]
        return (
            list(choices)
            if len(choices) <= _FEW
            else [self.key(other) for other in reversed(self.new) if other.table == table][:_FEW]
        )

    def yes(self, question):
        print(f"\n{question} [y/N]")
        return self.read("", {"yes": "", "no": ""}).strip().lower() in ("y", "yes")

    def explain(self, field, choices, word):
        """Print the whole description of a column, and its allowed values, or those with a word in them."""
        _said(f"{field['name']}, {field['type']}: {field.get('description', 'no description')}")
        if pattern := field.get("constraints", {}).get("pattern"):
            _said(f"the form: {pattern}")
        matching = [
            f"{value}  {meaning}".rstrip()
            for value, meaning in choices.items()
            if word in f"{value} {meaning}".lower()
        ]
        for line in matching if word else matching[:20]:
            print(f"    {textwrap.shorten(line, 110)}")
        if not word and len(matching) > 20:
            _said(f"and {len(matching) - 20} more; ? word finds those with a word")
        if word and not matching:
            _said(f"none has {word} in it")

    def show(self, cells, table):
        """Print a paragraph of a text that is at hand, its items numbered, and what the table holds of it already."""
        blocks = self.text(cells["source_id"])
        if self.folder and not blocks:
            _said(
                f"The text of {cells['source_id']} that was read is not at hand: printed words are not looked up."
            )
        for paragraph, item, text in source_text.parts(blocks or ()):
            if str(paragraph) == cells["paragraph"]:
                _said(f"| {f'{item}. ' if item else ''}{text}")
        for row in self.rows(table):
            if (row["source_id"], row["paragraph"]) == (cells["source_id"], cells["paragraph"]) and row.get(
                "as_printed"
            ):
                print(
                    f'  there already: {row[tables.key(table, self.data)]}  {row.get("row_id") or row["measure_id"]}  "{row["as_printed"]}"'
                )

    # --- suggestions ---

    def suggestion(self, row, column):
        """Return what a column probably holds, for the keeper to take or to change; empty where nothing stands out."""
        table = row.table
        if column == tables.key(table, self.data) and table != "reading":
            return self.new_id(row)
        if (
            table == "reading"
            and column in ("paragraph", "item")
            and self.text(row["source_id"])
            and (unread := self.unread(row).get(column))
        ):
            return unread
        if (
            column == "item"
            and (blocks := self.text(row["source_id"]))
            and not source_text.items(blocks[int(row["paragraph"]) - 1])
        ):
            return "0"
        if column in _CARRIED:
            typed = [other[column] for other in self.new if other.get(column)]
            return (
                typed[-1]
                if typed
                else self.record["sources"][-1]["source_id"]
                if column == "source_id" and self.record["sources"]
                else ""
            )
        if table == "claims" and column in _NUMBER["claims"]:
            values = {_typed(quantity)[column] for quantity in self.quantities(row)}
            return values.pop() if len(values) == 1 else ""
        if column == "as_of":
            return f"../{self.find('sources', row['source_id'])['published']}"
        if column == "date_basis":
            published = row["as_of"] == f"../{self.find('sources', row['source_id'])['published']}"
            return (
                "published" if published else "statement" if row["as_of"] == row["stated_on"] else "printed"
            )
        if column == "speaker_kind":
            kind = self.find("organisations", row["speaker"])["kind"] if row["speaker"] else "unattributed"
            return kind if kind in self.choices(row, column) else ""
        if column == "agrees":
            return (
                "yes"
                if any(row["row_id"] == self.key(other) for other in self.new if other.table == row["table"])
                else ""
            )
        return "once" if column == "read" else ""

    def new_id(self, row):
        """Return an id that looks like those of its table and is not taken; empty where they follow no rule."""
        taken = {other[tables.key(row.table, self.data)] for other in self.rows(row.table)}
        if row.table in ("claims", "mentions"):
            stem = f"{row['source_id']}-p{row['paragraph']}"
            ends = (
                [*_ALPHABET, *(a + b for a in _ALPHABET for b in _ALPHABET)]
                if row.table == "claims"
                else [f"m{n}" for n in range(1, len(taken) + 2)]
            )
            return next(stem + end for end in ends if stem + end not in taken)
        found = [
            next((row[column] for column in columns if row.get(column)), "")
            for columns in _ID.get(row.table, ())
        ]
        parts = [" ".join(cell.split()[:3]) for cell in found]
        stem = re.sub(r"[^a-z0-9]+", "-", "-".join(filter(None, parts)).lower()).strip("-")
        return (
            next(
                name
                for n in range(1, len(taken) + 2)
                if (name := stem if n == 1 else f"{stem}-{n}") not in taken
            )
            if stem
            else ""
        )

    def unread(self, row):
        """Return the first paragraph and item of a text that has no row in reading, as cells."""
        read = {
            (other["paragraph"], other["item"])
            for other in self.rows("reading")
            if other["source_id"] == row["source_id"] and not other["span"]
        }
        left = [
            (str(n), str(item))
            for n, item, _ in source_text.parts(self.text(row["source_id"]))
            if row.get("paragraph") in (None, str(n))
        ]
        return next(({"paragraph": n, "item": item} for n, item in left if (n, item) not in read), {})

    def quantities(self, row):
        """Return what the printed words of a row can be read as, with its text around them, and like the cells that are typed."""
        found = [
            q
            for q in wording.read(row["as_printed"])
            if not wording.cut_short(self.context(row), q.bound, q.value)
        ]
        return [
            q
            for q in found
            if all(_typed(q)[column] == row[column] for column in _NUMBER["claims"] if column in row)
        ]

    def context(self, row):
        """Return every place of the printed words of a row with the words around them; nothing where the text is not at hand."""
        return (
            source_text.in_context(
                row["as_printed"], self.text(row["source_id"]), int(row["paragraph"]), int(row["item"])
            )
            if self.part(row)
            else []
        )

    def measures(self, row):
        """Return the measures, those first that share the rarest words with the printed words of a claim and with their sentence."""
        told = Counter(_words(row["as_printed"]))
        part = self.part(row) or ""
        for start, _ in source_text.places(part, [row["as_printed"]])[:1]:
            sentence = next(s[0] for s in re.finditer(r".+?(?:[.!?](?=\s)|$)", part) if s.end() > start)
            told += Counter({word: 0.5 for word in _words(sentence)})
        about = {
            m["measure_id"]: _words(" ".join([m["label"], m["one"], m["many"], m["definition"]]))
            for m in self.rows("measures")
        }
        for claim in self.rows("claims"):
            about.get(claim["measure_id"], set()).update(_words(claim["as_printed"]))
        common = Counter(word for words in about.values() for word in words)
        score = {
            measure: sum(told[word] * math.log(1 + len(about) / common[word]) for word in words)
            for measure, words in about.items()
        }
        return sorted(score, key=score.get, reverse=True)

    # --- the checks of one answer ---

    def problem(self, row, column, answer):
        """Say what is wrong with an answer, as the checks would; None where it can stand."""
        said = form.cell_problem(self.field(row, column), answer)
        number = column in _NUMBER.get(row.table, ())
        if said or not (answer or number):
            return said
        if number:
            return self.number_problem({**row, column: answer}, row.table, column)
        table = self.referred(row, column)
        if table and not self.find(table, answer):
            return f"{answer!r} is not in data/raw/{table}.csv; add it there, or correct the spelling"
        if (
            column == tables.key(row.table, self.data)
            and row.table != "reading"
            and (said := self.taken(row, column, answer))
        ):
            return said
        if self.field(row, column)["type"] == "string" and (
            found := self.names_in(row.table, column, answer)
        ):
            return found[0]
        if column in dates.DATE_COLUMNS.get(row.table, ()) and (said := _error(dates.days, answer)):
            return f"{said}; type it in that form"
        typed = {**row, column: answer}
        if column == "paragraph":
            count = int(self.find("sources", row["source_id"])["paragraphs"])
            return (
                f"{row['source_id']} has {count} paragraphs, not {answer}; count the blocks between blank lines"
                if int(answer) > count
                else None
            )
        if column == "item":
            return self.place_problem(typed, row.table)
        if column in ("as_printed", "span"):
            return self.words_problem(typed, row.table, answer)
        return None

    def names_in(self, table, column, answer):
        """Return what may name a person in an answer, as the checks say it."""
        if self.gates is None:
            new = {name: [row for row in self.new if row.table == name] for name in self.record}
            try:
                self.gates = names.table_finder(
                    {
                        name: tables.read_table(name, self.data, self.bytes_with(name, rows))
                        for name, rows in new.items()
                    }
                )
            except ValueError as error:
                raise GivenUp(error) from None
        return names.cell_name_problems(table, column, answer, self.gates)

    def taken(self, row, column, answer):
        """Say why a new id cannot be: it is there already, or does not tell its place; else None."""
        for name in statements.WITH_A_PLACE if row.table in statements.WITH_A_PLACE else (row.table,):
            if self.find(name, answer):
                return f"{answer!r} stands already in data/raw/{name}.csv; give this row an id of its own"
        stem = f"{row.get('source_id')}-p{row.get('paragraph')}" + ("m" if row.table == "mentions" else "")
        if (
            row.table in ("claims", "mentions")
            and answer.rstrip(_ALPHABET if row.table == "claims" else "0123456789") != stem
        ):
            return f"{answer} does not begin with {stem}; name it after its paragraph"
        return None

    def place_problem(self, typed, table):
        """Say why a statement cannot stand in this item: there is none, or reading says that there is nothing in it; else None."""
        blocks = self.text(typed["source_id"])
        if blocks and not self.part(typed):
            return f"paragraph {typed['paragraph']} of {typed['source_id']} has no item {typed['item']}; count the bullets, 0 where there are none"
        outcome = self.outcome(typed)
        if table != "reading" and outcome not in (None, "recorded"):
            return f"reading.csv says {outcome} of this place; type recorded there first, or correct paragraph and item"
        return None

    def outcome(self, cells):
        place = [cells[column] for column in ("source_id", "paragraph", "item")]
        return next(
            (
                r["outcome"]
                for r in self.rows("reading")
                if [r["source_id"], r["paragraph"], r["item"]] == place and not r["span"]
            ),
            None,
        )

    def words_problem(self, typed, table, words):
        """Say why printed words cannot stand: too many, not in their place of the text, cut off a qualifier, or without the number; else None."""
        if table in ("claims", "mentions") and (count := len(words.split())) > row_rules.MOST_WORDS:
            return f"has {count} words; keep the shortest span, at most {row_rules.MOST_WORDS} words"
        blocks = self.text(typed["source_id"])
        if blocks and (
            said := source_text.place_problem(words, blocks, int(typed["paragraph"]), int(typed["item"]))
        ):
            return (
                f'"{words}": {said}; copy the words from the text, or give up and correct paragraph and item'
            )
        if table == "claims":
            cut = [wording.cut_short(self.context(typed), q.bound, q.value) for q in wording.read(words)]
            return f"{cut[0]}; type these words too" if cut and all(cut) else None
        thing = next(
            (
                row
                for row in self.new
                if row.table == typed.get("table")
                and row.table in _NUMBER
                and self.key(row) == typed["row_id"]
            ),
            None,
        )
        if thing:
            bound, *values = [thing[column] for column in _NUMBER[thing.table]]
            single = bound in ("", "many") or (thing.table == "incidents" and values[0] == "1")
            differs = (
                None
                if single
                else wording.disagreement(
                    words, bound, *(float(value) if value else None for value in values)
                )
            )
            return (
                f"{differs}; type the words that print the number of {typed['row_id']}" if differs else None
            )
        return None

    def number_problem(self, typed, table, column):
        """Say why a bound and its numbers, as far as they are typed, do not belong together or to the printed words; else None."""
        bound, *numbers = _NUMBER[table]
        values = [float(typed[c]) if typed.get(c) else None for c in (*numbers, "")[:2]]
        last = next(
            (c for c in reversed(numbers) if not _NOT_ASKED.get((table, c), lambda _: False)(typed)), bound
        )
        if column == last and typed[bound] and (said := _error(bounds.bounds, typed[bound], *values)):
            return said
        if table != "claims":
            return None
        fits = [
            q
            for q in wording.read(typed["as_printed"])
            if all(_typed(q)[c] == _plain(typed[c]) for c in _NUMBER[table] if typed.get(c))
        ]
        if not fits:
            said = wording.disagreement(typed["as_printed"], typed[bound], *values)
            return f"{said}; type the figure as printed, or give up and correct as_printed"
        cut = wording.cut_short(self.context(typed), typed[bound], values[0])
        return f"{cut}; give up and type these words too, and their bound" if cut else None

    # --- the end ---

    def to_write(self):
        """Return all new rows by table, in the order of writing: what names a row is written before that row.

        Whatever ends the writing in between, the check then names what is missing.
        """
        places = {
            tuple(row[c] for c in ("source_id", "paragraph", "item")): row
            for row in self.new
            if row.table in ("claims", "mentions")
        }
        rows = list(self.new)
        for (source_id, paragraph, item), row in places.items():
            if self.outcome(row) is None:
                reading = Row("reading")
                reading.update(source_id=source_id, paragraph=paragraph, item=item, outcome="recorded")
                rows.append(reading)
        named = {
            name: {self.referred(Row(name), field["name"]) for field in tables.fields(name, self.data)}
            - {None, name}
            for name in self.record
        }
        named["mentions"] |= set(tables.MENTIONED)
        order = reversed(list(graphlib.TopologicalSorter(named).static_order()))
        return {
            table: [row for row in rows if row.table == table]
            for table in order
            if any(row.table == table for row in rows)
        }

    def finish(self):
        """Check the record with the new rows in a temporary copy, and ask again until it has no problem that it did not have before."""
        while True:
            rows = self.to_write()
            files = {
                table: (self.data / tables.resources(self.data)[table]["path"]).read_bytes() for table in rows
            }
            self.content = {table: self.bytes_with(table, rows[table]) for table in rows}
            self.added = {
                table: [
                    (n, row)
                    for n, (_, row) in enumerate(self.lines(table, rows[table]), 2)
                    if isinstance(row, Row)
                ]
                for table in rows
            }
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder) / "data"
                shutil.copytree(self.data, copy)
                for table, content in self.content.items():
                    (copy / tables.resources(copy)[table]["path"]).write_bytes(content)
                found = runner.check(copy, self.folder).problems
            before, problems, self.open = Counter(self.before), [], []
            for problem in found:
                before[_without_rows(str(problem))] -= 1
                if (
                    before[_without_rows(str(problem))] < 0
                ):  # what no row accounts for yet is no fault of the new ones
                    (self.open if problem.rule in _UNREAD else problems).append(str(problem))
            if problems:
                print()
                for problem in problems:
                    _said(problem)
                self.ask_again(problems)
            elif all(
                (self.data / tables.resources(self.data)[table]["path"]).read_bytes() == old
                for table, old in files.items()
            ):
                return

    def ask_again(self, problems):
        """Ask anew for the columns of new rows that the problems name, or wait until what is not theirs is corrected."""
        again = {}
        for place in filter(None, map(_PLACE.fullmatch, problems)):
            table, number, column, said = place.groups()
            row = dict(self.added.get(table, ())).get(int(number))
            if row in self.new:
                again.setdefault(id(row), (row, []))[1].extend(
                    c for c in self.order(row) if c == column or re.search(rf"\b{c}\b", said)
                )
                if row.table in _NUMBER and "no mention" in said:
                    told = [
                        other
                        for other in self.new
                        if other.table == "mentions" and other["row_id"] == self.key(row)
                    ]
                    again.update({id(mention): (mention, ["as_printed"]) for mention in told})
        if not again:
            print(
                "\nThis is not of the new rows: correct it in the files, then Enter checks again; Ctrl-C gives up and writes nothing."
            )
            self.read("", {})
        else:
            print(
                "\nThese columns are asked again; Enter keeps what stands, Ctrl-C gives up and writes nothing."
            )
        for row, columns in again.values():
            place = next(n for n, other in enumerate(self.new) if other is row)
            self.new.pop(place)
            print(f"\n== {row.table}: {self.key(row)}")
            typed = {column: row.pop(column) for column in self.order(row) if column in columns}
            for column, cell in typed.items():
                row[column] = "" if self.needless(row, column) else self.ask(row, column, cell)
            self.new.insert(place, row)

    def write(self):
        """Write the files, each whole, and tell the rows and the next step; return 0, or 1 where a file cannot be written."""
        left = dict(self.content)
        with _undisturbed():
            try:
                for table, content in self.content.items():
                    tables.write_bytes(self.data / tables.resources(self.data)[table]["path"], content)
                    left.pop(table)
            except OSError as error:
                done = [table for table in self.content if table not in left]
                wrote = (
                    f"written before it: {', '.join(done)}; qantar check names what is missing"
                    if done
                    else "nothing was written"
                )
                print(
                    f"data/raw/{next(iter(left))}.csv cannot be written ({error.strerror}); {wrote}",
                    file=sys.stderr,
                )
        print()
        for table, rows in self.added.items():
            for number, row in rows:
                cells = " ".join(
                    filter(
                        None,
                        (
                            row.get(column)
                            for column in tables.resources(self.data)[table]["schema"]["primaryKey"]
                        ),
                    )
                )
                print(
                    f"{'not written' if table in left else 'added'}: data/raw/{table}.csv, row {number}: {cells if table not in left else dict(row)}"
                )
        if left:
            return 1
        self.tell_next()
        return 0

    def tell_next(self):
        """Print what a new text leaves to account for, or what the places of the new rows do, and the next step."""
        sources = [row["source_id"] for row in self.new if row.table == "sources"]
        for source_id in sources:
            counted = Counter()
            for paragraph, item, text in source_text.parts(self.text(source_id) or ()):
                for start, end, words in quantities.find(text):
                    counted[words.lower()] += 1
                    print(
                        f'  paragraph {paragraph}, item {item}: "{words}" in "{text[max(0, start - 30) : end + 30]}"'
                    )
            if self.text(source_id):
                _said(
                    f"{sum(counted.values())} numbers and quantity words are to be accounted for in {len(self.text(source_id))} paragraphs, the most frequent: "
                    f"{', '.join(f'{word} ({n})' for word, n in counted.most_common(5)) or 'none'}."
                )
                _said(
                    "Each goes into a figure (qantar new claim), a place where a thing is told (qantar new mention), or a reason (qantar new reading)."
                )
        for problem in () if sources else self.open:
            _said(f"still open: {problem}")
        print(
            "next: make check"
            + (", which lists what is still open," if self.open else "")
            + " then make book, and look at make changes"
        )


def _position(lines, row):
    """Return where a new row goes among the lines of its table: at the end, but a step before those of its case that are surely later."""
    last = _last_day(row.get("date")) if row.table == "steps" else None
    later = (
        n
        for n, (_, cells) in enumerate(lines)
        if last and cells["case_id"] == row["case_id"] and (_first_day(cells["date"]) or last) > last
    )
    return next(later, len(lines))


def _first_day(date):
    return dates.days(date)[0] if date and not _error(dates.days, date) else None


def _last_day(date):
    return dates.days(date)[1] if date and not _error(dates.days, date) else None


def _error(call, *arguments):
    """Return the sentence of the ValueError that a call raises, or None."""
    try:
        call(*arguments)
    except ValueError as error:
        return str(error)
    return None


def _typed(quantity):
    """Return a quantity as the cells of a claim."""
    values = ["" if n is None else _plain(n) for n in (quantity.value, quantity.value_to)]
    return {"bound": quantity.bound, "value": values[0], "value_to": values[1]}


def _plain(number):
    """Return a number as it is typed into a cell, 232 and 1.5; other text as it is."""
    with contextlib.suppress(ValueError):
        return str(int(float(number))) if float(number).is_integer() else str(float(number))
    return number


def _words(text):
    """Return the words of a text by their first six letters, so that killed and killing are not far apart; none that stands everywhere."""
    return {word[:6] for word in re.findall(r"[a-z]{3,}", text.lower())} - _EVERYWHERE


def _without_rows(problem):
    """Return a problem without the numbers of rows: they move where rows are added."""
    return re.sub(r"\brow \d+", "row", problem)


@contextlib.contextmanager
def _undisturbed():
    """Let no Ctrl-C in between: the files of a form are written together."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
