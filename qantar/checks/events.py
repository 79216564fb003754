"""Rules for events and mentions that look at more than a row (data/README.md, "Rules")."""

import re
from collections import defaultdict
from collections.abc import Iterator

import pandas as pd

from qantar.checks.problem import Problem, RawTables, problem_at
from qantar.checks.statements import after_publication, number_or_none
from qantar.record import bounds, dates, tables, wording


def mentions(raw: RawTables) -> Iterator[Problem]:
    """A mention names a row that exists, and differs on columns that its table has, or on wording."""
    ids = {table: set(raw[table][tables.key(table)]) for table in tables.MENTIONED}
    for index, row in tables.rows(raw["mentions"]):
        table = row["table"]
        if row["row_id"] not in ids[table]:
            yield _unknown_row("mentions", index, table, row["row_id"])
        for column in [] if pd.isna(row["differs_on"]) else row["differs_on"].split("; "):
            if column != "wording" and column not in raw[table]:
                message = f"{column!r} is no column of {table}.csv; name columns, divided by '; ', or wording"
                yield problem_at("mentions", index, "differs_on", "unknown-column", message)


def _unknown_row(table: str, index: int, other: str, row_id: str) -> Problem:
    message = f"{row_id!r} is not in data/raw/{other}.csv; add it there, or correct the spelling"
    return problem_at(table, index, "row_id", "unknown-key", message)


def numbers(raw: RawTables) -> Iterator[Problem]:
    """The number of a sentence or an incident belongs to its bound, and is printed by one of its mentions."""
    printed = defaultdict(list)
    for _, mention in tables.rows(raw["mentions"].dropna(subset="as_printed")):
        printed[mention["table"], mention["row_id"]].append(mention["as_printed"])
    for index, row in tables.rows(raw["sentences"]):
        values = number_or_none(row["value"]), number_or_none(row["value_to"])
        if found := _number_finding(row["bound"], values, printed["sentences", row["sentence_id"]]):
            yield problem_at("sentences", index, "value", *found)
    for index, row in tables.rows(raw["incidents"]):
        value = number_or_none(row["acts"])
        found = _number_finding(row["acts_bound"], (value, None), printed["incidents", row["incident_id"]])
        if found and not (value == 1 and found[0] == "not-printed"):  # one incident is told without a number
            yield problem_at("incidents", index, "acts", *found)


def _number_finding(bound, values: tuple, printed: list[str]) -> tuple[str, str] | None:
    """Return rule and message of what is wrong with a number and its bound, None for nothing."""
    if pd.isna(bound):
        without_bound = "has a number and no bound; type how exact the wording is"
        return None if values == (None, None) else ("bound", without_bound)
    try:
        bounds.bounds(bound, *values)
    except ValueError as error:
        return "bound", str(error)
    if bound == "many" or any(wording.matching(words, bound, *values) for words in printed):
        return None
    seen = "; ".join(printed) or "no words"
    return "not-printed", f"no mention prints it ({seen}); type the words there, or correct the number"


def article_numbers(raw: RawTables) -> Iterator[Problem]:
    """The article of a charge, and its part, are printed where a source tells of the charge.

    They stand in the printed words of a mention of the charge, or of the article in the same item; words that
    tell of an article print its number.
    """
    number_of = raw["articles"].set_index("article_id")["number"].to_dict()
    told = raw["mentions"][raw["mentions"]["table"].isin(["charges", "articles"])]
    mentions = defaultdict(list)
    for index, mention in tables.rows(told):
        mentions[mention["table"], mention["row_id"]].append(mention)
        number = number_of.get(mention["row_id"]) if mention["table"] == "articles" else None
        if number and not pd.isna(mention["as_printed"]) and not _prints(mention["as_printed"], number):
            message = f'"{mention["as_printed"]}" does not print {number}; copy the words that do'
            yield problem_at("mentions", index, "as_printed", "article-not-printed", message)
    for index, charge in tables.rows(raw["charges"].dropna(subset="article_id")):
        of_charge = mentions["charges", charge["charge_id"]]
        places = {_place(mention) for mention in of_charge}
        of_article = mentions["articles", charge["article_id"]]
        here = [*of_charge, *(mention for mention in of_article if _place(mention) in places)]
        printed = " ".join(mention["as_printed"] for mention in here if not pd.isna(mention["as_printed"]))
        number = number_of[charge["article_id"]]
        if not _prints(printed, number):
            message = (
                f"no source prints {number} where it tells of this charge; leave article_id empty, or add a "
                f"mention of {charge['article_id']} in that paragraph and item, with the words that print it"
            )
            yield problem_at("charges", index, "article_id", "article-not-printed", message)
        elif not pd.isna(charge["part"]) and not _prints_part(printed, number, charge["part"]):
            message = f"no source prints part {charge['part']} of article {number} there; leave part empty"
            yield problem_at("charges", index, "part", "article-not-printed", message)


def _prints(words: str, number: str) -> bool:
    return bool(re.search(rf"(?<!\d){number}(?!\d)", words))


def _place(mention: dict) -> tuple:
    return mention["source_id"], mention["paragraph"], mention["item"]


def _prints_part(printed: str, number: str, part: str) -> bool:
    """Return True where words print the part of an article: 272.1, 272-1, 272 (1), part 1."""
    return bool(re.search(rf"{number}(?:[.-]| ?\(){part}(?!\d)|\bpart {part}(?!\d)", printed, re.IGNORECASE))


def step_order(raw: RawTables) -> Iterator[Problem]:
    """The steps of a case stand in order of time, as far as their days are known."""
    latest = {}  # by case: the latest first day of the steps above, and that date as typed
    for index, row in tables.rows(raw["steps"].dropna(subset="date")):
        first, last = dates.days(row["date"])
        above, typed = latest.get(row["case_id"], (None, None))
        if above and last < above:
            message = f"{row['date']} is before the step above it ({typed}); put the steps in order of time"
            yield problem_at("steps", index, "date", "step-order", message)
        if first and (above is None or first > above):
            latest[row["case_id"]] = first, row["date"]


def final_outcomes(raw: RawTables) -> Iterator[Problem]:
    """Nobody who was acquitted, amnestied or cleared appears as convicted.

    Where the label or summary of their case says convicted, it also says how it ended.
    """
    cleared = _cases_with_somebody_cleared(raw)
    for index, case in tables.rows(raw["cases"][raw["cases"]["case_id"].isin(cleared)]):
        ended = re.compile(r"acquitt|amnest|clear|clos|dropp", re.IGNORECASE)
        for column in ("label", "summary"):
            says = re.search(r"\b(?:convict\w*|guilty|sentenced)\b", case[column], re.IGNORECASE)
            if says and not ended.search(case[column]):
                message = f"says {says[0]}, but a party was acquitted, amnestied or cleared; say how it ended"
                yield problem_at("cases", index, column, "final-outcome", message)


def _cases_with_somebody_cleared(raw: RawTables) -> set[str]:
    """Return the cases in which the last word on an accused party is that it is out of the case."""
    steps = raw["steps"][raw["steps"]["charge_id"].isna()]
    is_out = steps["step"].isin(["closed", "dropped"]) | (steps["outcome"] == "not_guilty")
    is_out |= (steps["step"] == "amnesty_decided") & (steps["outcome"] == "granted")
    back = steps["step"].isin(["reopened", "reinstated"]) | (steps["outcome"] == "guilty")
    found = set()
    for party in raw["parties"].query("role == 'accused'").itertuples():
        own = (steps["case_id"] == party.case_id) & (
            steps["party_id"].isna() | (steps["party_id"] == party.party_id)
        )
        last = pd.Series(pd.NA, index=steps.index).mask(back, "back").mask(is_out, "out")[own].dropna()
        if len(last) and last.iloc[-1] == "out":
            found.add(party.case_id)
    return found


def dates_of_things(raw: RawTables) -> Iterator[Problem]:
    """An event is not dated after a source that tells of it, but where it is planned, expected or differs."""
    held = raw["assemblies"].set_index("assembly_id")["held"]
    told = raw["mentions"].query("hedge != 'expected' and agrees != 'differs'")
    told = told.assign(published=told["source_id"].map(raw["sources"].set_index("source_id")["published"]))
    told = told[["table", "row_id", "source_id", "published"]]
    for table in dates.DATE_COLUMNS.keys() & tables.MENTIONED:
        things = raw[table].assign(index=raw[table].index)
        if "assembly_id" in things:
            things = things[things["assembly_id"].map(held) != "planned"]
        of_table = told[told["table"] == table]
        things = things.merge(of_table, left_on=tables.key(table), right_on="row_id").set_index("index")
        yield from after_publication(table, things, "date", "the hedge of the mention")


def answers(raw: RawTables) -> Iterator[Problem]:
    """An answer bears on a recommendation, exists, and is told by a source that was published after it."""
    acts = {act["act_id"]: act for _, act in tables.rows(raw["acts"])}
    days = {table: _days(raw[table]) for table in ("acts", "claims", "statements", "restrictions")}
    published = raw["sources"].set_index("source_id")["published"].to_dict()
    told_by = defaultdict(set)
    for table in ("claims", "statements"):
        for row_id, source_id in raw[table][[tables.key(table), "source_id"]].itertuples(index=False):
            told_by[table, row_id].add(source_id)
    for _, mention in tables.rows(raw["mentions"]):
        told_by[mention["table"], mention["row_id"]].add(mention["source_id"])
    for index, row in tables.rows(raw["answers"]):
        asked, answer = acts[row["act_id"]], (row["table"], row["row_id"])
        if asked["kind"] != "recommendation":
            message = f"{row['act_id']} is of kind {asked['kind']}; name the recommendation"
            yield problem_at("answers", index, "act_id", "not-a-recommendation", message)
        elif answer not in told_by:
            yield _unknown_row("answers", index, *answer)
        elif not pd.isna(asked["date"]):
            told_on = [published[source] for source in told_by[answer]]
            day = days.get(row["table"], {}).get(row["row_id"])
            if not comes_after(asked["date"], told_on, day):
                message = (
                    f"{row['row_id']} is not told after {row['act_id']} ({asked['date']}); delete the row"
                )
                yield problem_at("answers", index, "row_id", "answer-before-question", message)


def _days(rows: pd.DataFrame) -> dict[str, str]:
    """Return the date of each row of a table, as typed, by id."""
    described = "as_of" if "as_of" in rows else "date"
    return dict(zip(rows.iloc[:, 0], rows[described], strict=True))


def comes_after(asked: str, told_on: list[str], day: str | None) -> bool:
    """Return True where `told_on` has a date after `asked`, and what is of this `day` is not earlier."""
    asked_first, asked_last = dates.days(asked)
    if max(dates.days(published)[1] for published in told_on) <= asked_last:
        return False
    first, last = (None, None) if pd.isna(day) else dates.days(day)
    return first is None or asked_first is None or last >= asked_first


RULES = (mentions, numbers, article_numbers, final_outcomes)
RULES_ON_DATES = (step_order, dates_of_things, answers)
