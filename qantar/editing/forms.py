"""`qantar new`: rows by question and answer, in a terminal or through a pipe.

data/datapackage.json says what a column holds, FORMS which rows belong together; the questions follow from
the two.
"""

import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from qantar import paths
from qantar.checks import row_rules
from qantar.checks.problem import Problem
from qantar.checks.source_words import UNREAD
from qantar.editing import suggestions
from qantar.editing.draft import Draft, Refused, Row
from qantar.record import bounds, quantities, source_text, tables


class Block(NamedTuple):
    """The rows of a table that a form asks for.

    One, or `several`; `then` are the blocks that belong to each.
    """

    table: str
    then: tuple["Block", ...] = ()
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
    "statement": Block("statements"),
    "source": Block("sources"),
    "case": Block("cases", (_MENTION, _PARTY, _STEP)),
    "assembly": Block("assemblies", (_MENTION, _PEOPLE, _RESTRICTION)),
    "incident": Block("incidents", (_MENTION, _PEOPLE)),
    "act": Block("acts", (_MENTION,)),
    "measure": Block("measures"),
    "episode": Block("episodes"),
    "party": _PARTY,
    "charge": _CHARGE,
    "step": _STEP,
    "sentence": _SENTENCE,
    "restriction": _RESTRICTION,
    "organisation": Block("organisations"),
    "place": Block("places"),
    "article": Block("articles", (_MENTION,)),
    "reading": Block("reading", several=True),
}
# A missing row of these tables may be added where its id is asked for.
_ADDED_ON_THE_WAY = {
    FORMS[name].table: FORMS[name] for name in ("measure", "episode", "organisation", "place", "article")
}
_ADDED_ON_THE_WAY["persons"] = Block("persons")

# What is asked first, where the declared order would ask for something before what it follows from.
_FIRST = {
    "claims": "source_id paragraph item claim_id as_printed bound value value_to measure_id",
    "mentions": "source_id paragraph item mention_id",
    "statements": "source_id paragraph item statement_id as_printed kind theme",
    "parties": "case_id assembly_id incident_id role",
    "charges": "party_id article_id part stage offence",
    "steps": "case_id party_id step",
    "sentences": "step_id restriction_id party_id kind sentence_id bound",
    "assemblies": "label place_id date",
    "restrictions": "assembly_id kind",
    "incidents": "incident_id label date place_id target target_kind kind by acts_bound",
}
# Columns that are not asked, by what was answered before.
_NOT_ASKED: dict[tuple[str, str], Callable[[Row], bool]] = {
    ("claims", "value"): lambda row: row["bound"] in bounds.NO_NUMBER,
    ("claims", "value_to"): lambda row: row["bound"] not in bounds.TWO_NUMBERS,
    ("sentences", "value"): lambda row: row["bound"] in ("", *bounds.NO_NUMBER),
    ("sentences", "value_to"): lambda row: row["bound"] not in bounds.TWO_NUMBERS,
    ("sentences", "unit"): lambda row: not row["bound"],
    ("incidents", "acts"): lambda row: row["acts_bound"] in bounds.NO_NUMBER,
    ("steps", "into_charge_id"): lambda row: row["step"] != "reclassified" or not row["charge_id"],
    ("mentions", "differs_on"): lambda row: row["agrees"] == "yes",
    ("mentions", "value_there"): lambda row: row["agrees"] == "yes",
    ("statements", "compared_with"): lambda row: not row["episode_id"],
    ("statements", "agrees"): lambda row: not row["compared_with"],
    ("statements", "differs_on"): lambda row: row["agrees"] in ("", "yes"),
    ("reading", "span"): lambda row: bool(row["sentence"]),
    ("reading", "rows"): lambda row: row["outcome"] != "recorded" or not row["sentence"],
    ("reading", "reason"): lambda row: row["outcome"] == "recorded",
}
_FEW = 9  # so many known ids are listed without being asked for
_BEST = 5  # and so many measures
_HELP = (
    "Enter takes what is suggested, - leaves a column empty, ? explains it, ? word finds among many values, "
    "Ctrl-C gives up and writes nothing."
)


def new(what: str, data: Path = paths.DATA, texts: Path | None = None) -> int:
    """Ask for the rows of a form (a key of FORMS) and add them to the raw tables; return the exit code.

    `texts` is the folder of our text copies, None where they are not there. Questions go to standard output,
    answers come from the terminal or line by line from standard input. Nothing is written unless the whole
    record with the new rows has no problem that it did not have before.
    """
    if what not in FORMS:
        print(f"{what!r} is no form; use one of {', '.join(FORMS)}", file=sys.stderr)
        return 1
    dialog = None
    try:
        dialog = _Dialog(Draft(data, texts))
        dialog.fill(FORMS[what])
        open_places = dialog.mend()
        for path, number, row in dialog.draft.save():
            print(f"added: data/raw/{path.name}, row {number}: {' '.join(_key(row))}")
        dialog.tell_next(open_places)
    except (EOFError, KeyboardInterrupt):
        print("\ngiven up; nothing was written", file=sys.stderr)
        return 1
    except UnicodeDecodeError:
        print("\nthe input is not UTF-8; nothing was written", file=sys.stderr)
        return 1
    except Refused as error:
        print(f"{error}; nothing was written", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"the tables cannot be written ({error.strerror}); what was typed:", file=sys.stderr)
        for row in dialog.draft.new if dialog else ():
            print(f"  {row.table}: {dict(row)}", file=sys.stderr)
        return 1
    return 0


def _key(row: Row) -> list[str]:
    """Return the filled cells by which a row is known."""
    columns = tables.resources()[row.table]["schema"]["primaryKey"]
    return [row[column] for column in columns if row.get(column)]


def _from_input(default: str, choices: dict[str, str]) -> str:
    """Read an answer from standard input; an empty line takes the suggestion."""
    print(f"  [{default}] > " if default else "  > ", end="", flush=True)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    print()
    return line.strip() or default


def _from_terminal(default: str, choices: dict[str, str]) -> str:
    """Read an answer from the terminal: the suggestion can be edited, Tab completes allowed values."""
    from prompt_toolkit import prompt
    from prompt_toolkit.completion import FuzzyWordCompleter

    completer = FuzzyWordCompleter(list(choices), meta_dict=choices, WORD=True) if choices else None
    answer = prompt("  > ", default=default, completer=completer)
    return answer.removeprefix(default) if default and answer.startswith(f"{default}?") else answer


def _say(sentence: str) -> None:
    print(textwrap.indent(textwrap.fill(sentence, 110), "  "))


class _Dialog:
    """The questions to the person who types, and the draft that the answers go into."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        terminal = sys.stdin.isatty() and sys.stdout.isatty()
        self.read = _from_terminal if terminal else _from_input
        print(_HELP + (" Tab completes, Ctrl-U clears a suggestion." if terminal else ""))
        if draft.texts is None:
            _say("The text copies are not at hand: printed words are not looked up.")
        unread = sum(problem.rule in UNREAD for problem in draft.before)
        if unread:
            _say(f"{unread} places of the texts have no row in reading yet: see qantar new reading.")
        if len(draft.before) > unread:
            _say(f"The record has {len(draft.before) - unread} problems already; qantar check lists them.")

    def fill(self, block: Block, above: tuple[Row, ...] = ()) -> None:
        """Ask for the rows of a block that belong to the rows `above`, outermost first."""
        name = next((word for word, form in FORMS.items() if form.table == block.table), "person")
        optional = bool(above) and block.several
        if not optional or self.agreed(f"Add a {name}?"):
            self.fill_row(block, name, above)
            while block.several and self.agreed(f"Another {name}?"):
                self.fill_row(block, name, above)

    def fill_row(self, block: Block, name: str, above: tuple[Row, ...] = (), key: str = "") -> None:
        """Ask for one row of a block, called `name`, and for what belongs to it.

        `key` is its id where it is known.
        """
        draft = self.draft
        print(f"\n== {name}" + (f" of {draft.key(above[-1])}" if above else ""))
        row = Row(block.table, **self.given(block.table, above))
        if key:
            row[tables.key(block.table, draft.data)] = key
        declared = [field["name"] for field in tables.fields(block.table, draft.data)]
        for column in dict.fromkeys([*_FIRST.get(block.table, "").split(), *declared]):
            if column not in row:
                row[column] = (
                    "" if _not_asked(row, column) else self.from_text(row, column) or self.ask(row, column)
                )
        draft.add(row)
        for inner in block.then:
            self.fill(inner, (*above, row))

    def given(self, table: str, above: tuple[Row, ...]) -> dict[str, str]:
        """Return the cells of a new row that follow from the rows that it belongs to."""
        if table == "mentions" and above:
            return {"table": above[-1].table, "row_id": self.draft.key(above[-1])}
        columns = {field["name"] for field in tables.fields(table, self.draft.data)}
        keys = {tables.key(row.table, self.draft.data): self.draft.key(row) for row in above}
        return {column: key for column, key in keys.items() if column in columns}

    def from_text(self, row: Row, column: str) -> str:
        """Return the length or the hash of the text of a new source; empty where it is not at hand."""
        if row.table != "sources" or column not in ("paragraphs", "text_sha256"):
            return ""
        folder, source_id = self.draft.texts, row["source_id"]
        digest = source_text.sha256(source_id, folder) if folder else None
        if digest is None:
            _say(f"There is no text copy {source_id}.txt: type what you know of the text.")
            return ""
        try:
            blocks = source_text.paragraphs(source_id, folder)
        except UnicodeDecodeError:
            raise Refused(f"the text copy {source_id}.txt is not UTF-8; save it as UTF-8") from None
        if number := source_text.lead_in(blocks):
            raise Refused(
                f"paragraph {number} of the text copy {source_id}.txt has words before its first bullet, "
                "which no row could reach; put an empty line between them, and begin again"
            )
        return digest if column == "text_sha256" else str(len(blocks))

    def ask(self, row: Row, column: str, now: str | None = None) -> str:
        """Ask for one cell until the answer can stand, and return it; `now` is what is in it."""
        field, choices = self.draft.field(row.table, column), self.draft.choices(row, column)
        listed = self.listed(row, column, choices)
        optional = "" if field.get("constraints", {}).get("required") else "(may stay empty)"
        print("\n" + textwrap.fill(f"{column}: {field.get('description', '')} {optional}".rstrip(), 110))
        for number, value in enumerate(listed, 1):
            print(f"  {number}  {value}  {textwrap.shorten(choices[value], 80)}")
        if choices and not self.draft.referred(row, column):
            _say(f"one of {', '.join(choices)}")
        suggested = suggestions.suggestion(self.draft, row, column) if now is None else now
        while True:
            answer = " ".join(self.read(suggested, choices).split())
            if answer.startswith("?"):
                _explain(field, choices, answer.lstrip("? ").lower())
                continue
            answer = "" if answer == "-" else answer
            if answer.isdecimal() and 0 < int(answer) <= len(listed):
                answer = listed[int(answer) - 1]
            said = self.draft.problem(row, column, answer)
            if said is None or self.added_on_the_way(row, column, answer):
                if column == "paragraph":
                    self.show_paragraph({**row, "paragraph": answer}, row.table)
                return answer
            _say(f"{column}: {said}")

    def listed(self, row: Row, column: str, choices: dict[str, str]) -> list[str]:
        """Return the ids that may be chosen by number.

        The best measures, all where they are few, else new ones.
        """
        table = self.draft.referred(row, column)
        if not table:
            return []
        if column == "measure_id" and row.get("as_printed"):
            return suggestions.measures(self.draft, row)[:_BEST]
        if len(choices) <= _FEW:
            return list(choices)
        return [self.draft.key(other) for other in reversed(self.draft.added(table))][:_FEW]

    def added_on_the_way(self, row: Row, column: str, answer: str) -> bool:
        """Offer to add the missing row that an answer names; return True where it was added."""
        table = self.draft.referred(row, column)
        if not answer or table not in _ADDED_ON_THE_WAY or self.draft.find(table, answer):
            return False
        key = tables.key(table, self.draft.data)
        if self.draft.problem(Row(table), key, answer) or not self.agreed(
            f"Add {answer} to data/raw/{table}.csv?"
        ):
            return False
        self.fill_row(_ADDED_ON_THE_WAY[table], table, key=answer)
        return True

    def agreed(self, question: str) -> bool:
        """Ask a question that is answered by yes or no."""
        print(f"\n{question} [y/N]")
        return self.read("", {"yes": "", "no": ""}).strip().lower() in ("y", "yes")

    def show_paragraph(self, cells: dict[str, str], table: str) -> None:
        """Print a paragraph of a text that is at hand, and the rows that the table has of it."""
        for paragraph, item, text in source_text.parts(self.draft.blocks(cells["source_id"]) or ()):
            if str(paragraph) == cells["paragraph"]:
                _say(f"| {f'{item}. ' if item else ''}{text}")
        for row in self.draft.rows(table):
            if (row["source_id"], row["paragraph"]) == (cells["source_id"], cells["paragraph"]):
                what = row.get("row_id") or row.get("measure_id", "")
                print(f"  there already: {what}  {row.get('as_printed', '')}")

    # --- the end ---

    def mend(self) -> list[Problem]:
        """Check the whole record with the new rows, ask again for cells that break a rule, until none does.

        Returns the problems that remain because a place or quantity of a text has no row yet.
        """
        while True:
            problems = self.draft.problems()
            open_places = [problem for problem in problems if problem.rule in UNREAD]
            problems = [problem for problem in problems if problem.rule not in UNREAD]
            if not problems:
                return open_places
            for problem in problems:
                _say(str(problem))
            again = {}
            for problem in problems:
                row = self.draft.row_of(problem)
                if row is not None and problem.column in row:
                    again[id(row), problem.column] = row
            if not again:
                raise Refused("these problems are not of the new rows; correct them first (qantar check)")
            print("\nThese cells are asked again; Enter keeps them, Ctrl-C gives up and writes nothing.")
            for (_, column), row in again.items():
                print(f"\n== {row.table}: {' '.join(_key(row))}")
                for other in self.again_with(row, column):
                    row[other] = "" if _not_asked(row, other) else self.ask(row, other, row[other])

    def again_with(self, row: Row, column: str) -> list[str]:
        """Return the columns that are asked again with one.

        A number with the words that print it and its bound.
        """
        number = ("as_printed", "bound", "value", "value_to")
        acts = ("acts_bound", "acts")
        group = next((columns for columns in (number, acts) if column in columns), (column,))
        return [other for other in group if other in row]

    def tell_next(self, open_places: list[Problem]) -> None:
        """Print what a new text leaves to account for, what is still open, and the next step."""
        for source in self.draft.added("sources"):
            found = []
            for paragraph, item, text in source_text.parts(self.draft.blocks(source["source_id"]) or ()):
                for start, end, words in quantities.find(text):
                    around = text[max(0, start - 30) : end + 30]
                    found.append(f'  paragraph {paragraph}, item {item}: "{words}" in "{around}"')
            print(*found, sep="\n")
            _say(f"{len(found)} numbers and quantity words are to be accounted for.")
        if open_places and not self.draft.added("sources"):
            _say(f"{len(open_places)} places of the texts are still open: see qantar new reading.")
        print("next: make check, then make book, and look at make changes")


def _not_asked(row: Row, column: str) -> bool:
    """Return True where what was answered leaves nothing to say in a column."""
    others = row_rules.ONE_OF.get(row.table, ())
    if column in others and any(row.get(other) for other in others):
        return True
    test = _NOT_ASKED.get((row.table, column))
    return test is not None and test(row)


def _explain(field: dict, choices: dict[str, str], word: str) -> None:
    """Print the whole description of a column, and its allowed values, or those with a word in them."""
    _say(f"{field['name']}, {field['type']}: {field.get('description', 'no description')}")
    lines = [f"{value}  {meaning}".rstrip() for value, meaning in choices.items()]
    matching = [line for line in lines if word in line.lower()]
    for line in matching[:20]:
        print(f"    {textwrap.shorten(line, 110)}")
    if len(matching) > 20:
        _say(f"and {len(matching) - 20} more; ? word finds those with a word")
    if word and not matching:
        _say(f"no value has {word} in it")
