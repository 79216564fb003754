"""Record: what a notebook loads, and the questions that may be asked of it.

One idea: a figure is a statement. Nothing here returns "the" number of anything: every answer is a set of claims, each with
who says so, when and how exactly, and figures are only set against each other where the record says that they may be.
"""

import itertools

import pandas as pd

from qantar import bounds, paths, states, tables


def load(*names, printed_by=None, data=paths.DATA):
    """Return a `Record` of the clean tables named (all where none is named), typed as the data package declares.

    `printed_by` (a day, "2022-12-31") gives what the sources surely published by that day tell, and nothing that only later ones
    tell: their claims and mentions, the cases, assemblies, incidents and acts that they mention, and the states that follow.
    Where it is not given, it is the day that PRINTED_BY in the environment names, if any; the attribute printed_by tells it. With NAMES=0 in
    the environment no person is named. Raises KeyError for a table that does not exist, NoDay where that names no day.
    """
    printed_by = printed_by or paths.printed_by()
    clean = tables.clean_names(data)
    unknown = sorted(set(names) - set(clean))
    if unknown:
        raise KeyError(f"no table {', '.join(unknown)}; the record has {', '.join(clean)}")
    loaded = (
        {name: tables.read_table(tables.CLEAN_PREFIX + name, data) for name in (names or clean)}
        if printed_by is None
        else _printed_by(printed_by, names or clean, data)
    )
    if "persons" in loaded and not paths.names_shown():
        loaded["persons"] = loaded["persons"].assign(public_name=pd.NA, other_names=pd.NA, note=pd.NA)
    return Record(loaded, printed_by)


def _printed_by(day, names, data):
    """Make the clean tables of what had been printed by a day from the raw ones; only this needs to read dates and wordings anew."""
    from qantar import clean

    made = clean.clean(data, printed_by=day)
    acts, told = made["acts"], made["mentions"][made["mentions"]["table"] == "acts"].dropna(subset="as_printed").drop_duplicates("row_id")
    printed = (": “" + told.set_index("row_id")["as_printed"] + "”").to_dict()  # the summary, an act's heading, rests on a later report too
    kind = acts["kind"].str.replace("_", " ")
    made["acts"] = acts.assign(summary=acts["summary"].fillna(kind + acts["act_id"].map(printed).fillna(", told by a later report too")))
    return {n: tables.read_table(tables.CLEAN_PREFIX + n, data, tables.table_bytes(made[n], tables.CLEAN_PREFIX + n, data)) for n in names}


# The reference page on which a row of a table stands, and the column with its place there.
_PAGES = {
    **dict.fromkeys(("cases", "steps", "charges"), ("cases", "case_id")),  # a charge by its party
    **dict.fromkeys(("assemblies", "restrictions"), ("assemblies", "assembly_id")),
    "incidents": ("incidents", "incident_id"),
    "acts": ("acts", "act_id"),
}
# The things that a figure may be about.
THINGS = ("case_id", "assembly_id", "incident_id")
_ONE = {"cases": "case", "assemblies": "assembly", "incidents": "incident"}  # tables of things that have figures
_FOUND = ["table", "row_id", "label", "source_id", "paragraph", "item", "as_printed"]
# What is written in words, and so can be searched.
_WORDED = {"label", "summary", "offence", "note", "kind", "step", "outcome", "venue", "topics", "ground", "after", "number"}


class Record:
    """The loaded tables as attributes (record.claims, record.sources, ...; a DataFrame each), and questions to them.

    printed_by is the day by which what they tell had been printed; None for the whole record.
    """

    def __init__(self, loaded, printed_by=None):
        self._tables, self.printed_by = loaded, printed_by

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
        return self._told(rows).sort_values(["published_last", "paragraph", "claim_id"], kind="stable").reset_index(drop=True)

    def _told(self, rows):
        speakers = self.organisations.rename(columns={"organisation_id": "speaker", "name": "speaker_name", "short": "speaker_short"})
        sources = self.sources[["source_id", "title", "short", "published"]]
        return (
            rows.merge(self.measures[["measure_id", "label", "one", "many", "definition"]], on="measure_id", how="left", validate="many_to_one")
            .merge(sources, on="source_id", how="left", validate="many_to_one")
            .merge(speakers[["speaker", "speaker_name", "speaker_short"]], on="speaker", how="left", validate="many_to_one")
            .assign(about=self._about(rows).to_numpy())
        )

    def _about(self, rows):
        """Return the heading of the case, assembly or incident that each claim is about; empty where there is none, or its table is not loaded."""
        about = pd.Series(pd.NA, index=rows.index, dtype="str")
        for name, one in _ONE.items():
            if name in self._tables:
                about = about.fillna(rows[f"{one}_id"].map(self._tables[name].set_index(f"{one}_id")["label"].to_dict()))
        return about

    def numbered(self, *measures):
        """Return those claims of the measures that print a number, an approximate one too, or firm bounds; rows as in `of`."""
        rows = self.of(*measures)
        return rows[rows["value"].notna() | (rows["firm"] & (rows["low"].notna() | rows["high"].notna()))].reset_index(drop=True)

    def about(self, thing):
        """Return the claims of a case, an assembly or an incident, by its id; rows as in `of`, in order of publication."""
        rows = self.claims[(self.claims[list(THINGS)] == thing).any(axis=1)]
        return self._in_order(rows)

    def mentions_of(self, table, thing):
        """Return every place that tells of a thing (a row of `table`, by its id), in order of publication.

        A row per mention: the columns of clean mentions, and the source's title, short name and date.
        """
        rows = self.mentions[(self.mentions["table"] == table) & (self.mentions["row_id"] == thing)]
        told = rows.merge(self.sources[["source_id", "title", "short", "published"]], on="source_id", validate="many_to_one")
        return told.sort_values(["published_last", "paragraph", "item"], kind="stable").reset_index(drop=True)

    def things(self, table):
        """Return the rows of a table of things ("cases", "assemblies", ...) as they can be shown.

        Beside the columns of the clean table: place (its name), article (number and part, as printed), who (the body by which an act is), hedge
        (stated, or how those who tell of it hedge it), page (the reference page on which it stands, "cases#party-leader"), and where, a list of
        (source_id, short, published, paragraphs) for the sources that tell of it, in order of publication.
        """
        rows = getattr(self, table)
        told = self.mentions[self.mentions["table"] == table].merge(self.sources[["source_id", "short", "published"]], on="source_id")
        told = told.sort_values(["published_last", "paragraph"], kind="stable")
        where = _where(told)
        hedges = told.groupby("row_id")["hedge"].agg(lambda given: "stated" if "stated" in set(given) else "; ".join(sorted(set(given)))).to_dict()
        if "place_id" in rows:
            rows = rows.assign(place=rows["place_id"].map(self.places.set_index("place_id")["name"].to_dict()))
        if "article_id" in rows:
            number = rows["article_id"].map(self.articles.set_index("article_id")["number"].to_dict())
            rows = rows.assign(article=number + ("." + rows["part"]).fillna(""))
        if table == "acts":
            rows = rows.assign(who=rows["by"].map(self.organisations.set_index("organisation_id")["short"].to_dict()))
        page, key = _PAGES.get(table, (None, None))
        keys = rows["party_id"].map(self.parties.set_index("party_id")["case_id"].to_dict()) if table == "charges" else rows.get(key)
        if keys is not None:
            rows = rows.assign(page=page + "#" + keys)
        return rows.assign(hedge=rows.iloc[:, 0].map(hedges), where=[where[thing] for thing in rows.iloc[:, 0]])

    def courses(self, charges):
        """Return the steps of each of some charges (rows of charges), in order of time: what a line through time shows of it.

        A row per charge and step, with the columns of clean steps and charge_id that of the charge. Steps on all charges of its party are
        its own too; where somebody is held is none of it, nor what is only expected. A charge that another became begins
        with the step that made it.
        """
        case_of = self.parties.set_index("party_id")["case_id"]
        known = self.steps[~self.steps["expected"] & ~self.steps["step"].isin(states.CUSTODY)]
        steps = tables.groups(known, "case_id")
        found = []
        for charge in charges.itertuples():
            case = case_of[charge.party_id]
            own = self.steps.loc[[step.Index for step in states.steps_of_charge(charge, case, steps[case])]]
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
            found, text = found[text.str.contains(word, regex=False)], text[text.str.contains(word, regex=False)]
        return found.drop(columns="text").reset_index(drop=True)

    def _searched_claims(self):
        rows = self._told(self.claims)
        places = self.places.set_index("place_id")["name"]
        text = _joined(rows[["label", "definition", "as_printed", "note", "speaker_name", "short"]].assign(place=rows["place_id"].map(places)))
        return rows.assign(table="claims", row_id=rows["claim_id"], text=text)[[*_FOUND, "text"]]

    def _searched_mentions(self):
        places = self.places.set_index("place_id")[["name", "other_names"]].apply(_joined_row, axis=1)
        bodies = self.organisations.set_index("organisation_id")["name"]
        cases, assemblies = (getattr(self, name).set_index(f"{_ONE[name]}_id") for name in ("cases", "assemblies"))
        parties = self.parties.merge(self.persons, on="person_id", how="left").set_index("party_id")
        looked_up = {
            **{"place_id": places, "organiser": bodies, "by": bodies, "target": bodies, "addressed_to": bodies},
            **{"case_id": cases["label"], "on_case_id": cases["label"], "assembly_id": assemblies[["label", "topics"]].apply(_joined_row, axis=1)},
            "party_id": parties[["label", "public_name", "other_names"]].apply(_joined_row, axis=1),
            "article_id": "article " + self.articles.set_index("article_id")["number"] + " " + self.articles.set_index("article_id")["offence"],
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
            label = next(column for column in ("label", "offence", "summary", "step", "kind") if column in things)
            words = things.assign(row_id=things[key], label=things[label], text=_joined(named))[["row_id", "label", "text"]]
            told = self.mentions[self.mentions["table"] == name].merge(words, on="row_id")
            found.append(told.assign(text=_joined(told[["text", "as_printed", "note"]])))
        return pd.concat(found)[[*_FOUND, "text"]]

    def _people_of(self, column):
        """Return the names that the record gives to the parties of a case, assembly or incident, by its id."""
        named = self.parties.merge(self.persons, on="person_id").groupby(column)[["public_name", "other_names"]]
        return {thing: _joined_row(rows.to_numpy().ravel()) for thing, rows in named}

    def latest(self, measure):
        """Return, for each speaker, the claims of a measure in the last source that prints one: one per speaker, and all ties.

        Where a measure counts in single cases, assemblies or incidents, one for each of these. Never "the" figure: what a speaker
        said last is not what is right. Rows as in `of`.
        """
        rows = self.of(measure)
        last = rows.groupby([rows[column].fillna("") for column in ("speaker", *THINGS)])["published_last"].transform("max")
        return rows[rows["published_last"] == last].reset_index(drop=True)

    def parts(self, whole, part):
        """Return the claims of the measure `part` beside the claim of `whole` that each names as its base.

        A row per pair: the columns of `of(part)`, those of the whole with the suffix _whole, the share that the part is (share_low and
        share_high in percent), and how many that are (count_low and count_high, in the unit of the whole); bounds that do not follow are empty.
        Only what base_claim_id declares is paired; a part and a whole of two sources never are.
        """
        pairs = self.of(part).merge(self.of(whole), left_on="base_claim_id", right_on="claim_id", how="inner", suffixes=("", "_whole"), validate="many_to_one")
        shares, counts = [], []
        for _, pair in pairs.iterrows():
            is_share = pair["unit"] == "percent" != pair["unit_whole"]
            most = bounds.bounds("most", percent=True) if pair["bound"] == "most" else None
            shares.append(most or (as_bounds(pair) if is_share else bounds.share(as_bounds(pair), as_bounds(pair, "_whole"))))
            counts.append(bounds.part_of(as_bounds(pair), as_bounds(pair, "_whole")) if is_share else as_bounds(pair))
        ends = {
            f"{name}_{end}": pd.array([getattr(b, end) for b in of], dtype="Float64")
            for name, of in (("share", shares), ("count", counts))
            for end in ("low", "high")
        }
        return pairs.assign(**ends)

    def residuals(self, whole, part, rest):
        """Return what is left of each claim of `whole` without its part, as rows that can be drawn and told like claims.

        `rest` is the measure that names what is left (in measures.csv: "not counted as ...", never more than that). Only
        what base_claim_id declares is subtracted, with firm bounds; where nothing follows, bound is unknown and value is empty.
        Columns as in `of`; bound is exact, at_least, at_most, between or unknown, claim_id and
        as_printed are the whole's, computed tells what was subtracted.
        """
        pairs = self.parts(whole, part)
        left = [bounds.difference(as_bounds(row, "_whole"), as_bounds(row)) for _, row in pairs.iterrows()]
        how = [f"“{w}” less “{p}”" for w, p in zip(pairs["as_printed_whole"], pairs["as_printed"], strict=True)]
        wholes = self.of(whole).set_index("claim_id").loc[pairs["base_claim_id"]].reset_index()
        named = self.measures.set_index("measure_id").loc[rest]
        return wholes.assign(
            computed=how,
            measure_id=rest,
            label=named["label"],
            one=named["one"],
            many=named["many"],
            definition=named["definition"],
            low=pd.array([b.low for b in left], dtype="Float64"),
            high=pd.array([b.high for b in left], dtype="Float64"),
            value=pd.array([b.high if b.low is None else b.low for b in left], dtype="Float64"),
            value_to=pd.array([b.high if None not in b[:2] and b.low != b.high else None for b in left], dtype="Float64"),
            bound=[_bound_of(b) for b in left],
        )

    def remainders(self):
        """Return, for every claim that is the whole of others, what its declared parts leave of it.

        A row per whole and measure of parts: claim_id (the whole), measure_id, parts (ids divided by "; "), low and high of what is
        left, empty where the firm bounds tell nothing. Parts of several measures are summed only where these are declared
        disjoint (disjoint_with names the first of them); a share is no part to be summed, "most" and vague words leave no firm number.
        """
        by_id = self.claims.set_index("claim_id")
        rows = []
        for whole_id, parts in self.claims.dropna(subset="base_claim_id").groupby("base_claim_id"):
            whole = by_id.loc[whole_id]
            same = parts[(parts["unit"] == whole["unit"]) & (parts["bound"] != "spread")] if whole["bound"] != "spread" else parts.iloc[:0]
            # two claims of one measure tell one thing twice: only different measures are parts to be summed
            grouping = same["measure_id"].map(self._disjoint_group) + same.groupby("measure_id").cumcount().astype(str)
            for _, group in same.groupby(grouping):
                left = bounds.difference(as_bounds(whole), bounds.total(as_bounds(part) for _, part in group.iterrows()))
                rows.append((whole_id, whole["measure_id"], "; ".join(group["claim_id"]), left.low, left.high))
        return pd.DataFrame(rows, columns=["claim_id", "measure_id", "parts", "low", "high"])

    def _disjoint_group(self, measure):
        """Return the first of the measures that are declared to count nothing twice with this one, so that they may be summed."""
        other = self.measures.set_index("measure_id")["disjoint_with"].get(measure)
        return measure if pd.isna(other) else other

    def conflicts(self):
        """Return the pairs of claims of every measure that exclude each other; a row per pair as in `incompatible`, with measure_id."""
        none = pd.DataFrame(columns=["claim_id", "other_id", "dates", "measure_id"])
        found = [self.incompatible(measure).assign(measure_id=measure) for measure in self.claims["measure_id"].unique()]
        return pd.concat([none, *found], ignore_index=True)

    def majorities(self):
        """Return the pairs of claims that each call something else of one whole "most", or print a share over one half.

        A row per pair, as in `incompatible` without dates: both can only be right where part of the whole is counted in both.
        """
        whole = self.claims.set_index("claim_id")["measure_id"]
        most = self.claims[(self.claims["bound"] == "most") & self.claims["base_claim_id"].notna()]
        most = most.assign(whole=most["base_claim_id"].map(whole.to_dict()))
        pairs = [
            {"claim_id": a["claim_id"], "other_id": b["claim_id"]}
            for (_, a), (_, b) in itertools.combinations(most.iterrows(), 2)
            if a["whole"] == b["whole"] and a["measure_id"] != b["measure_id"] and not any(_differ(a[column], b[column]) for column in THINGS)
        ]
        return pd.DataFrame(pairs, columns=["claim_id", "other_id"])

    def within_its_period(self):
        """Return the figures as of a period of days in which one of the cases told with them took a step: they cannot hold for its first day.

        A row per claim and step: claim_id, step_id. A case is told with a figure where a source mentions it in the same paragraph.
        """
        counted = self.claims[
            (self.claims["date_basis"] == "printed")
            & self.claims["value"].notna()  # "a few" holds before and after
            & (self.claims["as_of_first"] < self.claims["as_of_last"])
            & self.claims["period"].isin(["cumulative", "stock"])
        ]
        told = self.mentions[self.mentions["table"] == "cases"]
        decided = self.steps[self.steps["step"].isin(["verdict", "appeal_decided", "closed"]) & self.steps["date_first"].notna()]
        rows = counted.merge(told[["source_id", "paragraph", "item", "row_id"]], on=["source_id", "paragraph", "item"]).merge(
            decided, left_on="row_id", right_on="case_id", suffixes=("", "_step")
        )
        inside = (rows["date_first"] > rows["as_of_first"]) & (rows["date_last"] <= rows["as_of_last"])
        return rows.loc[inside, ["claim_id", "step_id"]].drop_duplicates().reset_index(drop=True)

    def coverage(self):
        """Return what each source prints of each measure: a row per measure, a column per source.

        firm: a number with firm bounds; about: a number without; vague: a word; one told: a single case, which is no count; none known: that none
        is known, which is not none; outside: published before the first day that any figure of it describes or is said; earlier: published
        before the first source that prints it, where no such day is told; silent: no figure, though there could be one.
        """
        began = self.claims.groupby("measure_id")[["as_of_first", "stated_on_first"]].min().min(axis=1)
        printed_first = self.claims.groupby("measure_id")["published_last"].min()
        ranked = self.claims.assign(how=[_how_exact(row) for _, row in self.claims.iterrows()])
        printed = ranked.groupby(["measure_id", "source_id"])["how"].agg(lambda hows: min(hows, key=_HOW_EXACT.index))
        rows = {}
        for measure in [name for name in self.measures["measure_id"] if name in began.index]:
            rows[measure] = {
                source.source_id: printed.get((measure, source.source_id), _why_none(source.published_last, began[measure], printed_first[measure]))
                for source in self.sources.itertuples()
            }
        return pd.DataFrame.from_dict(rows, orient="index")

    def differences(self, *names):
        """Return the mentions in which a source tells a thing otherwise than its row, or leaves open what the row says.

        Rows of mentions of the tables named (all where none is named), with the source's short name; label, the heading of the thing:
        its own, or that of its case or assembly with what it is; value_here, what the row says instead, and where_here, the sources that tell it so
        (as `where` in `things`). Of what had been printed by a day, what the row leaves open too, since it rests on later sources, is no difference.
        """
        told = self.mentions.merge(self.sources[["source_id", "short", "published", "published_last"]], on="source_id", suffixes=("", "_"))
        told = told[told["table"].isin(names or tables.MENTIONED)].sort_values(["published_last", "paragraph"], kind="stable")
        rows, agreed = told[told["agrees"] != "yes"], told[told["agrees"] == "yes"]
        labels = {name: self._headings(name) for name in rows["table"].unique()}
        where = {name: _where(agreed[agreed["table"] == name]) for name in labels}
        told = rows.assign(
            label=[labels[name][thing] for name, thing in zip(rows["table"], rows["row_id"], strict=True)],
            value_here=[self._told_here(row, agreed) for row in rows.itertuples()],
            where_here=[where[name].get(thing, []) for name, thing in zip(rows["table"], rows["row_id"], strict=True)],
        )
        known = told["where_here"].astype(bool) | ((told["agrees"] == "differs") & (told["value_here"] != ""))
        return told[known] if self.printed_by else told

    def _told_here(self, mention, agreed):
        """Return what the row says on which a mention differs: its cells, or the printed words of a source that agrees."""
        things = getattr(self, mention.table)
        row = things[things.iloc[:, 0] == mention.row_id].iloc[0]
        words = agreed.loc[(agreed["table"] == mention.table) & (agreed["row_id"] == mention.row_id), "as_printed"].dropna()
        cells = [next(iter(words), "") if column == "wording" else row[column] for column in mention.differs_on.split("; ")]
        return "; ".join(str(cell) for cell in cells if not pd.isna(cell))

    def _headings(self, name):
        """Return a heading for each row of a table of things, by id."""
        rows = getattr(self, name)
        own = rows[next(column for column in ("label", "offence", "summary", "step", "kind", "number") if column in rows)].str.replace("_", " ")
        for column, other in (("case_id", "cases"), ("party_id", "parties"), ("assembly_id", "assemblies")):
            if column in rows and column != rows.columns[0]:
                above = rows[column].map(getattr(self, other).set_index(column)["label"].to_dict())
                own = (above + ": " + own).fillna(own)
                break
        return dict(zip(rows.iloc[:, 0], own, strict=True))

    def incompatible(self, measure):
        """Return the pairs of claims of one measure, place and thing whose firm bounds share no number.

        A row per pair: claim_id, other_id, and dates: "same" where both describe days that surely overlap, so that they
        contradict each other; "fell" where a cumulative count would have to have fallen; "open" where the days of one of
        the two are not known, so that both may be right of different days. A later, higher count of a cumulative measure
        is no pair at all where the days are known. Rule: data/README.md, "Rules".
        """
        rows = self.of(measure)
        rows = rows[rows["retracted"].isna() & rows["modality"].isin(["observed", "estimated"])]
        pairs = []
        for (_, a), (_, b) in itertools.combinations(rows.iterrows(), 2):
            if any(_differ(a[column], b[column]) for column in ("place_id", *THINGS)) or not bounds.disjoint(as_bounds(a), as_bounds(b)):
                continue
            dates = _dates_of_pair(a, b)
            if dates:
                pairs.append({"claim_id": a["claim_id"], "other_id": b["claim_id"], "dates": dates})
        return pd.DataFrame(pairs, columns=["claim_id", "other_id", "dates"])

    def repeated(self, *measures):
        """Return the claims of the measures that repeat one statement or tell of one event; rows as in `of`."""
        rows = self.of(*measures)
        return rows[rows["same_statement"].notna()].sort_values("same_statement", kind="stable").reset_index(drop=True)

    def newest(self):
        """Return the newest source of the record as a row of sources. Raises ValueError where none had been printed by the day asked for."""
        if self.sources.empty:
            raise ValueError(f"no source had been printed by {self.printed_by}; name a later day")
        return self.sources.sort_values("published_last", kind="stable").iloc[-1]


def _where(told):
    """Return, for each thing of mentions that carry their source's short name and date, the sources with their paragraphs, in the order given."""
    where = {}
    for (thing, source), places in told.groupby(["row_id", "source_id"], sort=False):
        first = places.iloc[0]
        where.setdefault(thing, []).append((source, first["short"], first["published"], sorted({int(n) for n in places["paragraph"]})))
    return where


def _joined(frame):
    """Return the given cells of each row as one text."""
    return frame.apply(_joined_row, axis=1) if len(frame) else pd.Series(dtype="str")


def _joined_row(row):
    return " ".join(str(cell) for cell in row if not pd.isna(cell))


_HOW_EXACT = ["firm", "about", "vague", "one told", "none known"]


def _how_exact(claim):
    if claim["bound"] == "none_known":
        return "none known"
    if claim["bound"] == "at_least" and claim["value"] == 1:
        return "one told"
    if pd.isna(claim["value"]) and claim["bound"] != "none":
        return "vague"
    return "about" if claim["bound"] == "about" else "firm"


def _why_none(published, began, printed_first):
    if pd.isna(began):
        return "earlier" if published < printed_first else "silent"
    return "outside" if began > published else "silent"


def _differ(a, b):
    return not (pd.isna(a) and pd.isna(b)) and (pd.isna(a) or pd.isna(b) or a != b)


def as_bounds(row, suffix=""):
    """Return a row of clean claims as `Bounds`; `suffix` picks the columns of a joined claim (low_whole, ...)."""
    low, high = (None if pd.isna(row[column + suffix]) else float(row[column + suffix]) for column in ("low", "high"))
    flags = {flag: bool(row[flag + suffix]) for flag in ("firm", "low_open", "high_open")}
    return bounds.Bounds(low, high, spread=row["bound" + suffix] == "spread", **flags)


def _bound_of(b):
    """Return the name of computed bounds; unknown where nothing follows."""
    if b.low is None:
        return "unknown" if b.high is None else "at_most"
    if b.high is None:
        return "at_least"
    return "exact" if b.low == b.high else "between"


def _dates_of_pair(a, b):
    """Say how the days of two disjoint claims lie: same, fell, open; None where one simply came later."""
    ends = [c[end] for c in (a, b) for end in ("as_of_first", "as_of_last")]
    if any(pd.isna(end) for end in ends):
        return "open"
    if a["as_of_first"] <= b["as_of_last"] and b["as_of_first"] <= a["as_of_last"]:
        return "same"
    if a["period"] != "cumulative":
        return None
    earlier, later = (a, b) if a["as_of_last"] < b["as_of_first"] else (b, a)
    return "fell" if not pd.isna(later["high"]) and not pd.isna(earlier["low"]) and later["high"] < earlier["low"] else None
