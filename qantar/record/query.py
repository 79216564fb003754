"""Record: what a notebook loads, and the questions that may be asked of it.

One idea: a figure is a statement. Nothing here returns "the" number of anything: every answer is a set of claims, each with
who says so, when and how exactly, and figures are only set against each other where the record says that they may be.
"""

import pandas as pd

from qantar import addresses, paths, settings
from qantar.record import case_state, derive, tables


def load(*names, printed_by=None, data=paths.DATA, edition=None):
    """Return a `Record` of the clean tables named (all where none is named), typed as the data package declares.

    `printed_by` (a day, "2022-12-31") gives what the sources surely published by that day tell, and nothing that only later ones
    tell: their claims and mentions, the cases, assemblies, incidents and acts that they mention, and the states that follow.
    `edition` (settings.Edition) is the one that the environment asks for where none is given; without names no person is named.
    Raises KeyError for a table that does not exist, BadSetting where the day is none.
    """
    edition = edition or settings.edition()
    if printed_by:
        edition = edition._replace(printed_by=settings.checked_day(printed_by))
    printed_by = edition.printed_by
    clean = tables.clean_names(data)
    unknown = sorted(set(names) - set(clean))
    if unknown:
        raise KeyError(f"no table {', '.join(unknown)}; the record has {', '.join(clean)}")
    loaded = (
        {name: tables.read_table(tables.CLEAN_PREFIX + name, data) for name in (names or clean)}
        if printed_by is None
        else _printed_by(printed_by, names or clean, data)
    )
    if "persons" in loaded and not edition.names:
        loaded["persons"] = loaded["persons"].assign(public_name=pd.NA, other_names=pd.NA, note=pd.NA)
    return Record(loaded, edition)


def _printed_by(day, names, data):
    """Make the clean tables of what had been printed by a day from the raw ones; only this needs to read dates and wordings anew."""

    made = derive.clean_tables(data, printed_by=day)
    acts, told = (
        made["acts"],
        made["mentions"][made["mentions"]["table"] == "acts"]
        .dropna(subset="as_printed")
        .drop_duplicates("row_id"),
    )
    printed = (
        ": “" + told.set_index("row_id")["as_printed"] + "”"
    ).to_dict()  # the summary, an act's heading, rests on a later report too
    kind = acts["kind"].str.replace("_", " ")
    made["acts"] = acts.assign(
        summary=acts["summary"].fillna(
            kind + acts["act_id"].map(printed).fillna(", told by a later report too")
        )
    )
    return {
        n: tables.read_table(
            tables.CLEAN_PREFIX + n, data, tables.table_bytes(made[n], tables.CLEAN_PREFIX + n, data)
        )
        for n in names
    }


# The things that a figure may be about.
THINGS = ("case_id", "assembly_id", "incident_id")
_ONE = {
    "cases": "case",
    "assemblies": "assembly",
    "incidents": "incident",
}  # tables of things that have figures
_FOUND = ["table", "row_id", "label", "source_id", "paragraph", "item", "as_printed"]
# What is written in words, and so can be searched.
_WORDED = {
    "label",
    "summary",
    "offence",
    "note",
    "kind",
    "step",
    "outcome",
    "venue",
    "topics",
    "ground",
    "after",
    "number",
}


class Record:
    """The loaded tables as attributes (record.claims, record.sources, ...; a DataFrame each), and questions to them.

    printed_by is the day by which what they tell had been printed; None for the whole record.
    """

    def __init__(self, loaded, edition=settings.WHOLE):
        self._tables, self.edition = loaded, edition
        self.printed_by = edition.printed_by

    def __getattr__(self, name):
        if name.startswith("_") or name not in self._tables:
            raise AttributeError(f"table {name} is not loaded; name it in record.load({name!r}, ...)")
        return self._tables[name]

    def of(self, *measures):
        """Return the claims of one or more measures (a row per claim, columns of clean claims), in order of publication.

        Each row carries its measure's label and words (label, one, many, definition), its source's title, short name and date, its speaker's
        name and short name, and the heading of the case, assembly or incident that it is about (where that table is loaded), so that it
        can be drawn and told. Raises KeyError for a measure that the record does not have.
        """
        unknown = sorted(set(measures) - set(self.measures["measure_id"]))
        if unknown:
            raise KeyError(f"no measure {', '.join(unknown)} in data/raw/measures.csv")
        return self._in_order(self.claims[self.claims["measure_id"].isin(measures)])

    def claim(self, *claims):
        """Return single claims by their ids; rows as in `of`, in order of publication. Raises KeyError for a claim that the record does not have."""
        unknown = sorted(set(claims) - set(self.claims["claim_id"]))
        if unknown:
            raise KeyError(f"no claim {', '.join(unknown)} in data/raw/claims.csv")
        return self._in_order(self.claims[self.claims["claim_id"].isin(claims)])

    def _in_order(self, rows):
        return (
            self._told(rows)
            .sort_values(["published_last", "paragraph", "claim_id"], kind="stable")
            .reset_index(drop=True)
        )

    def _told(self, rows):
        speakers = self.organisations.rename(
            columns={"organisation_id": "speaker", "name": "speaker_name", "short": "speaker_short"}
        )
        sources = self.sources[["source_id", "title", "short", "published"]]
        return (
            rows.merge(
                self.measures[["measure_id", "label", "one", "many", "definition"]],
                on="measure_id",
                how="left",
                validate="many_to_one",
            )
            .merge(sources, on="source_id", how="left", validate="many_to_one")
            .merge(
                speakers[["speaker", "speaker_name", "speaker_short"]],
                on="speaker",
                how="left",
                validate="many_to_one",
            )
            .assign(about=self._about(rows).to_numpy())
        )

    def _about(self, rows):
        """Return the heading of the case, assembly or incident that each claim is about; empty where there is none, or its table is not loaded."""
        about = pd.Series(pd.NA, index=rows.index, dtype="str")
        for name, one in _ONE.items():
            if name in self._tables:
                about = about.fillna(
                    rows[f"{one}_id"].map(self._tables[name].set_index(f"{one}_id")["label"].to_dict())
                )
        return about

    def numbered(self, *measures):
        """Return those claims of the measures that print a number, an approximate one too, or firm bounds; rows as in `of`."""
        rows = self.of(*measures)
        return rows[
            rows["value"].notna() | (rows["firm"] & (rows["low"].notna() | rows["high"].notna()))
        ].reset_index(drop=True)

    def about(self, thing):
        """Return the claims of a case, an assembly or an incident, by its id; rows as in `of`, in order of publication."""
        rows = self.claims[(self.claims[list(THINGS)] == thing).any(axis=1)]
        return self._in_order(rows)

    def mentions_of(self, table, thing):
        """Return every place that tells of a thing (a row of `table`, by its id), in order of publication.

        A row per mention: the columns of clean mentions, and the source's title, short name and date.
        """
        rows = self.mentions[(self.mentions["table"] == table) & (self.mentions["row_id"] == thing)]
        told = rows.merge(
            self.sources[["source_id", "title", "short", "published"]], on="source_id", validate="many_to_one"
        )
        return told.sort_values(["published_last", "paragraph", "item"], kind="stable").reset_index(drop=True)

    def things(self, table):
        """Return the rows of a table of things ("cases", "assemblies", ...) as they can be shown.

        Beside the columns of the clean table: place (its name), article (number and part, as printed), who (the body by which an act is), hedge
        (stated, or how those who tell of it hedge it), page (the reference page on which it stands, "cases#party-leader"), and where, a list of
        (source_id, short, published, paragraphs) for the sources that tell of it, in order of publication.
        """
        rows = getattr(self, table)
        told = self.mentions[self.mentions["table"] == table].merge(
            self.sources[["source_id", "short", "published"]], on="source_id"
        )
        told = told.sort_values(["published_last", "paragraph"], kind="stable")
        places = where(told)
        hedges = (
            told.groupby("row_id")["hedge"]
            .agg(lambda given: "stated" if "stated" in set(given) else "; ".join(sorted(set(given))))
            .to_dict()
        )
        if "place_id" in rows:
            rows = rows.assign(
                place=rows["place_id"].map(self.places.set_index("place_id")["name"].to_dict())
            )
        if "article_id" in rows:
            number = rows["article_id"].map(self.articles.set_index("article_id")["number"].to_dict())
            rows = rows.assign(article=number + ("." + rows["part"]).fillna(""))
        if table == "acts":
            rows = rows.assign(
                who=rows["by"].map(self.organisations.set_index("organisation_id")["short"].to_dict())
            )
        of_case = "cases" if table == "charges" else table  # a charge stands on the page of its party's case
        if of_case in addresses.PAGES:
            key = addresses.PAGES[of_case][1]
            keys = (
                rows["party_id"].map(self.parties.set_index("party_id")[key].to_dict())
                if table == "charges"
                else rows[key]
            )
            rows = rows.assign(page=[addresses.of_row(of_case, row_id) for row_id in keys])
        return rows.assign(
            hedge=rows.iloc[:, 0].map(hedges), where=[places[thing] for thing in rows.iloc[:, 0]]
        )

    def courses(self, charges):
        """Return the steps of each of some charges (rows of charges), in order of time: what a line through time shows of it.

        A row per charge and step, with the columns of clean steps and charge_id that of the charge. Steps on all charges of its party are
        its own too; where somebody is held is none of it, nor what is only expected. A charge that another became begins
        with the step that made it.
        """
        case_of = self.parties.set_index("party_id")["case_id"]
        known = self.steps[~self.steps["expected"] & ~self.steps["step"].isin(case_state.CUSTODY)]
        steps = tables.groups(known, "case_id")
        found = []
        for charge in charges.itertuples():
            case = case_of[charge.party_id]
            own = self.steps.loc[
                [step.Index for step in case_state.steps_of_charge(charge, case, steps[case])]
            ]
            made_by = known.index[known["into_charge_id"] == charge.charge_id]
            if len(made_by):
                own = own.loc[own.index > made_by[0]]
                own = pd.concat([known.loc[made_by[:1]].assign(step="charged"), own])
            found.append(own.assign(charge_id=charge.charge_id))
        return pd.concat(found, ignore_index=True)

    def search(self, words):
        """Return every claim and every mention whose row holds all the words, in any order and case, with source and paragraph.

        A row per place: table, row_id, label (what is counted or told), source_id, paragraph, item, as_printed. Words are searched in
        labels, summaries, printed spans, notes, places, organisations, articles, and the names of parties that the record names.
        """
        found = pd.concat([self._searched_claims(), self._searched_mentions()], ignore_index=True)
        text = found["text"].str.casefold()
        for word in words.casefold().split():
            found, text = (
                found[text.str.contains(word, regex=False)],
                text[text.str.contains(word, regex=False)],
            )
        return found.drop(columns="text").reset_index(drop=True)

    def _searched_claims(self):
        rows = self._told(self.claims)
        places = self.places.set_index("place_id")["name"]
        text = _joined(
            rows[["label", "definition", "as_printed", "note", "speaker_name", "short"]].assign(
                place=rows["place_id"].map(places)
            )
        )
        return rows.assign(table="claims", row_id=rows["claim_id"], text=text)[[*_FOUND, "text"]]

    def _searched_mentions(self):
        places = self.places.set_index("place_id")[["name", "other_names"]].apply(_joined_row, axis=1)
        bodies = self.organisations.set_index("organisation_id")["name"]
        cases, assemblies = (
            getattr(self, name).set_index(f"{_ONE[name]}_id") for name in ("cases", "assemblies")
        )
        parties = self.parties.merge(self.persons, on="person_id", how="left").set_index("party_id")
        looked_up = {
            **{
                "place_id": places,
                "organiser": bodies,
                "by": bodies,
                "target": bodies,
                "addressed_to": bodies,
            },
            **{
                "case_id": cases["label"],
                "on_case_id": cases["label"],
                "assembly_id": assemblies[["label", "topics"]].apply(_joined_row, axis=1),
            },
            "party_id": parties[["label", "public_name", "other_names"]].apply(_joined_row, axis=1),
            "article_id": "article "
            + self.articles.set_index("article_id")["number"]
            + " "
            + self.articles.set_index("article_id")["offence"],
        }
        found = []
        for name in tables.MENTIONED:
            things = getattr(self, name)
            key = things.columns[0]
            named = things[[column for column in things if column in _WORDED]].copy()
            for column, known in looked_up.items():
                if column in things and column != key:
                    named[column] = things[column].map(known.to_dict())
            if name in _ONE:
                named["people"] = things[key].map(self._people_of(f"{_ONE[name]}_id"))
            label = next(
                column for column in ("label", "offence", "summary", "step", "kind") if column in things
            )
            words = things.assign(row_id=things[key], label=things[label], text=_joined(named))[
                ["row_id", "label", "text"]
            ]
            told = self.mentions[self.mentions["table"] == name].merge(words, on="row_id")
            found.append(told.assign(text=_joined(told[["text", "as_printed", "note"]])))
        return pd.concat(found)[[*_FOUND, "text"]]

    def _people_of(self, column):
        """Return the names that the record gives to the parties of a case, assembly or incident, by its id."""
        named = self.parties.merge(self.persons, on="person_id").groupby(column)[
            ["public_name", "other_names"]
        ]
        return {thing: _joined_row(rows.to_numpy().ravel()) for thing, rows in named}

    def latest(self, measure):
        """Return, for each speaker, the claims of a measure in the last source that prints one: one per speaker, and all ties.

        Where a measure counts in single cases, assemblies or incidents, one for each of these. Never "the" figure: what a speaker
        said last is not what is right. Rows as in `of`.
        """
        rows = self.of(measure)
        last = rows.groupby([rows[column].fillna("") for column in ("speaker", *THINGS)])[
            "published_last"
        ].transform("max")
        return rows[rows["published_last"] == last].reset_index(drop=True)

    def repeated(self, *measures):
        """Return the claims of the measures that repeat one statement or tell of one event; rows as in `of`."""
        rows = self.of(*measures)
        return (
            rows[rows["same_statement"].notna()]
            .sort_values("same_statement", kind="stable")
            .reset_index(drop=True)
        )

    def newest(self):
        """Return the newest source of the record as a row of sources. Raises ValueError where none had been printed by the day asked for."""
        if self.sources.empty:
            raise ValueError(f"no source had been printed by {self.printed_by}; name a later day")
        return self.sources.sort_values("published_last", kind="stable").iloc[-1]


def where(told):
    """Return, for each thing of mentions that carry their source's short name and date, the sources with their paragraphs, in the order given."""
    where = {}
    for (thing, source), places in told.groupby(["row_id", "source_id"], sort=False):
        first = places.iloc[0]
        where.setdefault(thing, []).append(
            (source, first["short"], first["published"], sorted({int(n) for n in places["paragraph"]}))
        )
    return where


def _joined(frame):
    """Return the given cells of each row as one text."""
    return frame.apply(_joined_row, axis=1) if len(frame) else pd.Series(dtype="str")


def _joined_row(row):
    return " ".join(str(cell) for cell in row if not pd.isna(cell))
