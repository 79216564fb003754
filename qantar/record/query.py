"""Load the record, and ask it questions.

No answer is "the" number of anything: it is a set of claims, each with who says so, when and how exactly.
"""

from pathlib import Path
from typing import Any

import pandas as pd

from qantar import addresses, paths, settings
from qantar.record import case_state, derive, tables

_KEYS = {"cases": "case_id", "assemblies": "assembly_id", "incidents": "incident_id"}
# The columns of a claim that name what it is about, where that is a single case, assembly or incident.
THINGS = tuple(_KEYS.values())

# fmt: off
_SEARCHED = [
    "label", "summary", "offence", "note", "kind", "step",
    "outcome", "venue", "topics", "ground", "after", "number",
]
# fmt: on
_FOUND = ["table", "row_id", "label", "source_id", "paragraph", "item", "as_printed"]


def load(
    *names: str,
    printed_by: str | None = None,
    data: Path = paths.DATA,
    edition: settings.Edition | None = None,
) -> "Record":
    """Return the clean tables named (default: all) as a `Record`, typed as the data package declares.

    `printed_by` (a day, "2022-12-31") keeps what the sources published by that day report: their claims and
    mentions, the cases, assemblies, incidents and acts that they mention, and the states that follow.
    `edition` defaults to the one that the environment asks for; an edition without names has no names of
    persons. Raises KeyError for an unknown table and settings.BadSetting for an invalid day.
    """
    edition = edition or settings.edition()
    if printed_by:
        edition = edition._replace(printed_by=settings.checked_day(printed_by))
    known = tables.clean_names(data)
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise KeyError(f"no table {', '.join(unknown)}; the record has {', '.join(known)}")
    made = _made_from_raw(edition.printed_by, data) if edition.printed_by else {}
    loaded = {}
    for name in names or known:
        loaded[name] = tables.read_table(tables.CLEAN_PREFIX + name, data, made.get(name))
    if "persons" in loaded and not edition.names:
        loaded["persons"] = loaded["persons"].assign(public_name=pd.NA, other_names=pd.NA, note=pd.NA)
    return Record(loaded, edition)


def _made_from_raw(day: str, data: Path) -> dict[str, bytes]:
    """Return the bytes of the clean tables as of a day."""
    made = derive.clean_tables(data, printed_by=day)
    made["acts"] = _with_summaries(made["acts"], made["mentions"])
    return {name: tables.table_bytes(made[name], tables.CLEAN_PREFIX + name, data) for name in made}


def _with_summaries(acts, mentions):
    """Fill the summaries that rest on later sources with the kind of the act and the first printed words."""
    printed = mentions[mentions["table"] == "acts"].dropna(subset="as_printed").drop_duplicates("row_id")
    words = acts["act_id"].map(dict(zip(printed["row_id"], printed["as_printed"], strict=True)))
    ending = (": “" + words + "”").fillna(", told by a later report too")
    return acts.assign(summary=acts["summary"].fillna(acts["kind"].str.replace("_", " ") + ending))


class Record:
    """The loaded tables as attributes (record.claims, ...; a DataFrame each), and questions to them.

    `printed_by` is the day up to which sources count; None for the whole record.
    """

    def __init__(self, loaded: dict[str, pd.DataFrame], edition: settings.Edition = settings.WHOLE):
        self._tables, self.edition = loaded, edition
        self.printed_by = edition.printed_by

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_") or name not in self._tables:
            raise AttributeError(f"table {name} is not loaded; name it in record.load({name!r}, ...)")
        return self._tables[name]

    def of(self, *measures: str) -> pd.DataFrame:
        """Return the claims of one or more measures, one row per claim, in order of publication.

        The columns of clean claims, and: label, one, many and definition of the measure; title, short and
        published of the source; speaker_name and speaker_short; about, the label of the case, assembly or
        incident where that table is loaded. Raises KeyError for an unknown measure.
        """
        return self._in_order(self._chosen(measures, "measure", "measures", "measure_id"))

    def claim(self, *claims: str) -> pd.DataFrame:
        """Return single claims by id; rows as in `of`. Raises KeyError for an unknown claim."""
        return self._in_order(self._chosen(claims, "claim", "claims", "claim_id"))

    def _chosen(self, ids, what, table, key):
        unknown = sorted(set(ids) - set(getattr(self, table)[key]))
        if unknown:
            raise KeyError(f"no {what} {', '.join(unknown)} in data/raw/{table}.csv")
        return self.claims[self.claims[key].isin(ids)]

    def _in_order(self, claims):
        order = ["published_last", "paragraph", "claim_id"]
        return self._described(claims).sort_values(order, kind="stable").reset_index(drop=True)

    def _described(self, claims):
        """Join what `of` promises from measures, sources, organisations and things."""
        measures = self.measures[["measure_id", "label", "one", "many", "definition"]]
        sources = self.sources[["source_id", "title", "short", "published"]]
        speakers = self.organisations[["organisation_id", "name", "short"]]
        speakers = speakers.set_axis(["speaker", "speaker_name", "speaker_short"], axis=1)
        about = pd.Series(pd.NA, index=claims.index, dtype="str")
        for name, key in _KEYS.items():
            if name in self._tables:
                about = about.fillna(_looked_up(claims[key], self._tables[name], "label"))
        return (
            claims.merge(measures, on="measure_id", how="left", validate="many_to_one")
            .merge(sources, on="source_id", how="left", validate="many_to_one")
            .merge(speakers, on="speaker", how="left", validate="many_to_one")
            .assign(about=about.to_numpy())
        )

    def numbered(self, *measures: str) -> pd.DataFrame:
        """Return the claims with a number, even an approximate one, or firm bounds; rows as in `of`."""
        rows = self.of(*measures)
        bounded = rows["firm"] & (rows["low"].notna() | rows["high"].notna())
        return rows[rows["value"].notna() | bounded].reset_index(drop=True)

    def about(self, thing: str) -> pd.DataFrame:
        """Return the claims about a case, an assembly or an incident, by its id; rows as in `of`."""
        return self._in_order(self.claims[(self.claims[list(THINGS)] == thing).any(axis=1)])

    def told(self, **cells: str) -> pd.DataFrame:
        """Return the statements that have these cells: told(episode_id="looting"), told(kind="finding").

        In order of publication. The columns of clean statements, and: title, short and published of the
        source; speaker_name and speaker_short; place; episode, its label. Raises KeyError for no column.
        """
        rows = self.statements
        for column, cell in cells.items():
            rows = rows[rows[column] == cell]
        speakers = self.organisations[["organisation_id", "name", "short"]]
        speakers = speakers.set_axis(["speaker", "speaker_name", "speaker_short"], axis=1)
        described = rows.merge(self.sources[["source_id", "title", "short", "published"]], on="source_id")
        described = described.merge(speakers, on="speaker", how="left", validate="many_to_one").assign(
            place=_looked_up(described["place_id"], self.places, "name"),
            episode=_looked_up(described["episode_id"], self.episodes, "label"),
        )
        order = ["published_last", "paragraph", "item", "statement_id"]
        return described.sort_values(order, kind="stable", ignore_index=True)

    def mentions_of(self, table: str, row_id: str) -> pd.DataFrame:
        """Return the mentions of one row of `table` in order of publication.

        The columns of clean mentions, and title, short and published of the source.
        """
        rows = self.mentions[(self.mentions["table"] == table) & (self.mentions["row_id"] == row_id)]
        sources = self.sources[["source_id", "title", "short", "published"]]
        described = rows.merge(sources, on="source_id", validate="many_to_one")
        return described.sort_values(
            ["published_last", "paragraph", "item"], kind="stable", ignore_index=True
        )

    def events(self, table: str) -> pd.DataFrame:
        """Return the rows of one of tables.MENTIONED ("cases", "acts", ...), ready to be shown.

        The columns of the clean table, and where they apply: place (its name), article (number and part as
        printed), who (the body that acted), page (its place in the book, see addresses.py); always hedge
        ("stated", or how all sources hedge it) and where (see `sources_by_row`).
        """
        rows = getattr(self, table)
        key = rows.columns[0]
        told = self.mentions[self.mentions["table"] == table]
        told = told.merge(self.sources[["source_id", "short", "published"]], on="source_id")
        told = told.sort_values(["published_last", "paragraph"], kind="stable")
        if "place_id" in rows:
            rows = rows.assign(place=_looked_up(rows["place_id"], self.places, "name"))
        if table == "acts":
            rows = rows.assign(who=_looked_up(rows["by"], self.organisations, "short"))
        if table == "charges":  # they stand with the case of their party
            number = _looked_up(rows["article_id"], self.articles, "number")
            cases = _looked_up(rows["party_id"], self.parties, "case_id")
            page = [addresses.of_row("cases", case) for case in cases]
            rows = rows.assign(article=number + ("." + rows["part"]).fillna(""), page=page)
        elif table in addresses.PAGES:
            owners = rows[addresses.PAGES[table][1]]
            rows = rows.assign(page=[addresses.of_row(table, owner) for owner in owners])
        hedges = told.groupby("row_id")["hedge"].agg(_hedge)
        where = sources_by_row(told)
        return rows.assign(
            hedge=rows[key].map(hedges.to_dict()), where=[where[row_id] for row_id in rows[key]]
        )

    def courses(self, charges: pd.DataFrame) -> pd.DataFrame:
        """Return the reported steps of each of some charges in order of time, one row per charge and step.

        The columns of clean steps; charge_id is that of the charge. Steps on all charges of a party belong
        to each of them; custody and expected steps are left out. A charge that another one became begins
        with the step that made it, as "charged".
        """
        case_of = self.parties.set_index("party_id")["case_id"]
        reported = ~self.steps["expected"] & ~self.steps["step"].isin(case_state.CUSTODY)
        known = self.steps[reported]
        steps = tables.groups(known, "case_id")
        found = []
        for charge in charges.itertuples():
            case = case_of[charge.party_id]
            own = [step.Index for step in case_state.steps_of_charge(charge, case, steps[case])]
            made_by = known.index[known["into_charge_id"] == charge.charge_id]
            if len(made_by):
                first = known.loc[made_by[:1]].assign(step="charged")
                later = [index for index in own if index > made_by[0]]
                course = pd.concat([first, known.loc[later]])
            else:
                course = known.loc[own]
            found.append(course.assign(charge_id=charge.charge_id))
        return pd.concat(found, ignore_index=True)

    def search(self, words: str) -> pd.DataFrame:
        """Return the claims, statements and mentions whose row contains all the words, in any order and case.

        Columns: table, row_id, label, source_id, paragraph, item, as_printed. Labels, summaries, printed
        spans, notes, places, organisations, articles and the names of parties that the record names are
        searched.
        """
        rows = [self._searchable_claims(), self._searchable_statements(), self._searchable_mentions()]
        found = pd.concat(rows, ignore_index=True)
        for word in words.casefold().split():
            found = found[found["text"].str.casefold().str.contains(word, regex=False)]
        return found[_FOUND].reset_index(drop=True)

    def _searchable_claims(self):
        rows = self._described(self.claims)
        place = _looked_up(rows["place_id"], self.places, "name")
        words = rows[["label", "definition", "as_printed", "note", "speaker_name", "short"]]
        text = _joined(words.assign(place=place))
        return rows.assign(table="claims", row_id=rows["claim_id"], text=text)

    def _searchable_statements(self):
        rows = self.told()
        words = ["summary", "actor", "object", "as_printed", "note"]
        text = _joined(rows[[*words, "episode", "speaker_name", "short", "place"]])
        return rows.assign(table="statements", row_id=rows["statement_id"], label=rows["summary"], text=text)

    def _searchable_mentions(self):
        names = self._names_by_key()
        found = []
        for table in tables.MENTIONED:
            rows = getattr(self, table)
            key = rows.columns[0]
            words = rows[[column for column in _SEARCHED if column in rows]].copy()
            for column, known in names.items():
                if column in rows and column != key:
                    words[column] = rows[column].map(known)
            if key in THINGS:
                words["people"] = rows[key].map(self._people_of(key))
            heading = rows[heading_column(rows)]
            described = pd.DataFrame({"row_id": rows[key], "label": heading, "words": _joined(words)})
            told = self.mentions[self.mentions["table"] == table].merge(described, on="row_id")
            found.append(told.assign(text=_joined(told[["words", "as_printed", "note"]])))
        return pd.concat(found)

    def _names_by_key(self):
        """Return, for each column that holds a foreign key, the words to search by the key."""
        parties = self.parties.merge(self.persons, on="person_id", how="left")
        body = _words_by_id(self.organisations, "name")
        case = _words_by_id(self.cases, "label")
        return {
            "place_id": _words_by_id(self.places, "name", "other_names"),
            **dict.fromkeys(["organiser", "by", "target", "addressed_to"], body),
            **dict.fromkeys(["case_id", "on_case_id"], case),
            "assembly_id": _words_by_id(self.assemblies, "label", "topics"),
            "party_id": _words_by_id(parties, "label", "public_name", "other_names"),
            "article_id": _words_by_id(self.articles.assign(kind="article"), "kind", "number", "offence"),
        }

    def _people_of(self, key):
        """Return the public names of the parties of each case, assembly or incident as a text, by id."""
        named = self.parties.merge(self.persons, on="person_id").dropna(subset=key)
        names = _joined(named[["public_name", "other_names"]])
        return names.groupby(named[key]).agg(" ".join).to_dict()

    def latest(self, measure: str) -> pd.DataFrame:
        """Return, for each speaker, the claims of a measure in the last source that prints one.

        Rows as in `of`. Each case, assembly or incident counts apart, and ties are kept. What a speaker said
        last need not be right.
        """
        rows = self.of(measure)
        by_speaker = rows.groupby(["speaker", *THINGS], dropna=False)["published_last"]
        return rows[rows["published_last"] == by_speaker.transform("max")].reset_index(drop=True)

    def repeated(self, *measures: str) -> pd.DataFrame:
        """Return the claims that repeat a statement or an event, by same_statement; rows as in `of`."""
        rows = self.of(*measures).dropna(subset="same_statement")
        return rows.sort_values("same_statement", kind="stable", ignore_index=True)

    def newest(self) -> pd.Series:
        """Return the newest source, a row of sources. Raises ValueError where no source counts."""
        if self.sources.empty:
            raise ValueError(f"no source had been printed by {self.printed_by}; name a later day")
        return self.sources.sort_values("published_last", kind="stable").iloc[-1]


def sources_by_row(told: pd.DataFrame) -> dict[str, list[tuple[str, str, str, list[int]]]]:
    """Return for each row_id the sources that mention it.

    A source is (source_id, short, published, its paragraphs in order). `told` are mentions with short and
    published of their source; its order is kept.
    """
    found: dict[str, list[Any]] = {}
    for (row_id, source), mentions in told.groupby(["row_id", "source_id"], sort=False):
        first = mentions.iloc[0]
        paragraphs = sorted({int(number) for number in mentions["paragraph"]})
        found.setdefault(row_id, []).append((source, first["short"], first["published"], paragraphs))
    return found


def heading_column(rows: pd.DataFrame) -> str:
    """Return the column that serves as the heading of the rows of a table of things."""
    return next(column for column in ("label", "offence", "summary", "step", "kind") if column in rows)


def _hedge(hedges):
    return "stated" if "stated" in set(hedges) else "; ".join(sorted(set(hedges)))


def _looked_up(ids, table, column):
    """Return a column of `table` for each id of its rows; the first column of `table` is its key."""
    return ids.map(dict(zip(table.iloc[:, 0], table[column], strict=True)))


def _words_by_id(table, *columns):
    return dict(zip(table.iloc[:, 0], _joined(table[list(columns)]), strict=True))


def _joined(cells):
    """Return the cells of each row that are not empty as one text."""
    rows = cells.itertuples(index=False, name=None)
    texts = [" ".join(str(cell) for cell in row if not pd.isna(cell)) for row in rows]
    return pd.Series(texts, index=cells.index, dtype="str")
