"""Load the record, and ask it questions.

No answer is "the" number of anything: it is a set of claims, each with who says so, when and how exactly.
"""

import html
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from qantar import paths, settings
from qantar.record import derive, export, flat_views, frames, search, tables

_KEYS = {"cases": "case_id", "assemblies": "assembly_id", "incidents": "incident_id"}
# The columns of a claim that name the event that it is about: a single case, assembly or incident.
EVENT_IDS = tuple(_KEYS.values())
DIVIDED = ("claims", "measures", "mentions")  # the tables of which `selected` keeps some rows

_OF_SOURCE = ["source_id", "title", "short", "cited_as", "published"]

# Words of the field under which somebody may look for a table or a question, and where it is.
_WORDS = {
    **dict.fromkeys(("attacks", "journalists"), "incidents"),
    **dict.fromkeys(("protests", "rallies"), "assemblies"),
    **dict.fromkeys(("charged", "defendants", "suspects"), "people_charged()"),
    **dict.fromkeys(("convictions", "convicted", "verdicts"), "people_charged() or sentences"),
    **dict.fromkeys(("penalties", "prison"), "sentences"),
    **dict.fromkeys(("casualties", "deaths"), "figures(theme='casualties')"),
    **dict.fromkeys(("numbers", "counts"), "figures()"),
    **{"torture": "figures(theme='torture')", "trials": "cases", "reports": "sources", "laws": "articles"},
    **{"quotes": "statements", "accounts": "statements", "recommendations": "acts", "names": "persons"},
}
# What is said below the tables of a record.
_ASK = "To ask: record.figures(), record.people_charged(), record.single_assemblies(), record.search()"


def load(
    *names: str,
    themes: Iterable[str] | None = None,
    without: Iterable[str] = (),
    printed_by: str | None = None,
    data: Path = paths.DATA,
    edition: settings.Edition | None = None,
) -> "Record":
    """Return the clean tables named (default: all) as a `Record`.

    Columns have the types that the data package declares: declared values are categorical, whole numbers
    Int64, days datetime64 beside their EDTF.

    `themes` keeps the measures of these themes and their claims (`selected`).
    `without` leaves out columns, of every table ("note") or of one ("claims.note"): a notebook without notes
    is not run again for a note.
    `printed_by` (a day, "2022-12-31") keeps what the sources published by that day report: their claims and
    mentions, the cases, assemblies, incidents and acts that they mention, and the states that follow.
    `edition` defaults to the one that the environment asks for; an edition without names has no names of
    persons. Raises KeyError for an unknown table or theme and settings.BadSetting for an invalid
    day.
    """
    edition = edition or settings.edition()
    if printed_by:
        edition = edition._replace(printed_by=settings.checked_day(printed_by))
    known = tables.clean_names(data)
    frames.check(sorted(set(names)), known, "table")
    made = _made_from_raw(edition.printed_by, data) if edition.printed_by else {}
    loaded = {}
    for name in names or known:
        table = tables.read_table(tables.CLEAN_PREFIX + name, data, made.get(name))
        loaded[name] = frames.typed(table, name, data)
    if "persons" in loaded and not edition.names:
        nothing = pd.Series(pd.NA, index=loaded["persons"].index, dtype="str")
        loaded["persons"] = loaded["persons"].assign(public_name=nothing, other_names=nothing, note=nothing)
    if themes is not None:
        frames.check(themes, loaded["measures" if "measures" in loaded else "claims"]["theme"], "theme")
    return Record(selected(loaded, themes, without), edition)


def selected(
    loaded: dict[str, pd.DataFrame], themes: Iterable[str] | None = None, without: Iterable[str] = ()
) -> dict[str, pd.DataFrame]:
    """Return clean tables with the cells that belong together; a notebook runs again when these change.

    Of claims those of some themes are kept (None: of all), and with them the figures that they are parts or
    wholes of; of measures those of the themes and of these claims; of mentions those of a table in `loaded`.
    Columns `without` are left out: "note" of every table, "claims.note" of one.
    """
    kept = {
        name: rows.drop(columns=list(left_out(name, without)), errors="ignore")
        for name, rows in loaded.items()
    }
    if themes is not None and "claims" in loaded:
        kept["claims"] = _with_parts(kept["claims"], list(themes))
    if themes is not None and "measures" in loaded:
        measures = kept["measures"]
        used = measures["measure_id"].isin(kept["claims"]["measure_id"]) if "claims" in kept else False
        kept["measures"] = measures[measures["theme"].isin(list(themes)) | used]
    if "mentions" in loaded:
        kept["mentions"] = kept["mentions"][kept["mentions"]["table"].isin(list(loaded))]
    return {name: rows.reset_index(drop=True) for name, rows in kept.items()}


def left_out(table: str, without: Iterable[str]) -> tuple[str, ...]:
    """Return the columns of a table among those that `load` leaves out."""
    return tuple(column.removeprefix(f"{table}.") for column in without)


def _with_parts(claims, themes):
    """Return the claims of some themes, and those that they are parts or wholes of, one step or more away."""
    base, chosen = claims["base_claim_id"], claims["theme"].isin(themes)
    while True:
        ids = claims["claim_id"][chosen]
        further = chosen | base.isin(ids) | claims["claim_id"].isin(base[chosen].dropna())
        if further.equals(chosen):
            return claims[chosen]
        chosen = further


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
    """The tables of the record, each a DataFrame (record.claims, record.cases, ...), and questions to them.

    To ask: figures, people_charged, single_assemblies, search. To take along: to_excel, to_sqlite. For charts
    and sentences: claims_of and its like, whose rows have every column. `printed_by` is the day up to which
    sources count; None for the whole record.
    """

    def __init__(self, loaded: dict[str, pd.DataFrame], edition: settings.Edition = settings.WHOLE):
        self._tables, self.edition = loaded, edition
        self.printed_by = edition.printed_by

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._tables:
            return self._tables[name]
        if name in tables.clean_names():
            raise AttributeError(f"table {name} is not loaded; name it in load({name!r}, ...), or load all")
        if where := _WORDS.get(name.lower()):
            raise AttributeError(f"the record has no {name!r}; did you mean {where}?")
        raise AttributeError(f"the record has no {name!r}{frames.did_you_mean(name, dir(self))}")

    def __dir__(self) -> list[str]:
        asked = [name for name in vars(type(self)) if not name.startswith("_")]
        return sorted([*self._tables, *asked, "edition", "printed_by"])

    def __repr__(self) -> str:
        lines = [f"  {name:<14}{rows:>6,}  {row}" for name, rows, row in self._held()]
        return "\n".join([self._heading(), *lines, _ASK])

    def _repr_html_(self) -> str:
        lines = [
            f"<tr><td>{name}</td><td>{rows}</td><td>{html.escape(row)}</td></tr>"
            for name, rows, row in self._held()
        ]
        head = "<tr><th>table</th><th>rows</th><th>a row is</th></tr>"
        table = ['<table class="dataframe">', head, *lines, "</table>"]
        return "\n".join([f"<p>{self._heading()}</p>", *table, f"<p>{_ASK}</p>"])

    def _heading(self) -> str:
        day = f" as printed by {self.printed_by}" if self.printed_by else ""
        return f"The record{day}. Each table is a DataFrame, such as record.{next(iter(self._tables))}"

    def _held(self) -> list[tuple[str, int, str]]:
        """Return name, number of rows and what a row is of each loaded table."""
        resources = tables.resources()
        described = {name: re.split("[.:;]", resources[name]["description"])[0] for name in self._tables}
        return [(name, len(rows), described[name]) for name, rows in self._tables.items()]

    # --- for analysis ---

    def figures(
        self,
        *measures: str,
        theme: str | None = None,
        source: str | None = None,
        columns: str | Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Return figures with who says so, one row a claim, in order of publication.

        Name one or more measures ("deaths_total"; record.measures lists them), or a theme ("torture"), or
        nothing for every figure; `source` ("hrw-2023-01"; record.sources lists them) keeps those of a report.

        counted: what is counted, and in which case, assembly or incident. figure: how much, in words ("at
        least 232"). low, high: what the wording supports, empty where it sets no bound; where firm is False
        they are our reading of a word ("hundreds") and not to be computed with. as_of: the day or period that
        the figure describes (EDTF), and its last day. said_by: who states it. source_id, published_last: the
        report and its day. `columns="all"` gives every column, a list of names these.

        Figures of different measures must not be added. Raises KeyError for unknown names.
        """
        return flat_views.figures(self, measures, theme, source, columns)

    def people_charged(self, article: str | int | None = None, offence: str | None = None) -> pd.DataFrame:
        """Return who was charged with what and what became of it, one row a party and charge.

        A party is a person, or n_low to n_high people treated alike; a person may have several rows. offence
        is always known; article and part only where a source prints them. became: the last step on the
        charge. state: that of the party, as last_reported.

        `article` (274) chooses the charges under an article and, where no source prints one, those of the
        same offence; their article stays empty. `offence` ("false information") chooses the charges whose
        offence has these words. Raises KeyError for an article or an offence of which no charge is known.
        """
        return flat_views.people_charged(self, article, offence)

    def single_assemblies(self, undated: bool = False) -> pd.DataFrame:
        """Return the single assemblies whose day or period is known, one row each.

        month: of its date, such as 2022-02, or the months that it may be of. restrictions: the kinds reported
        of it. `undated` adds those without a first day. Series of assemblies and general statements are no
        single assemblies; they stand in `record.assemblies`.
        """
        return flat_views.single_assemblies(self, undated)

    def to_excel(self, path: Path | str) -> None:
        """Write the tables to an Excel workbook, a sheet for each."""
        export.to_excel(self._tables, path)

    def to_sqlite(self, path: Path | str) -> None:
        """Write the tables to an SQLite database."""
        export.to_sqlite(self._tables, path)

    # --- claims and mentions, with every column ---

    def claims_of(self, *measures: str) -> pd.DataFrame:
        """Return the claims of one or more measures with every column, as charts and sentences take them.

        One row a claim, in order of publication. The columns of clean claims, and: label, one, many and
        definition of the measure; title, short, cited_as and published of the source; speaker_name and
        speaker_short; about, the label of the case, assembly or incident where that table is loaded. Raises
        KeyError for an unknown measure.
        """
        frames.check(sorted(set(measures)), self.measures["measure_id"], "measure")
        return self._in_order(self.claims[self.claims["measure_id"].isin(measures)])

    def claims_by_id(self, *claims: str) -> pd.DataFrame:
        """Return single claims by id; rows as in `claims_of`. Raises KeyError for an unknown claim."""
        frames.check(sorted(set(claims)), self.claims["claim_id"], "claim")
        return self._in_order(self.claims[self.claims["claim_id"].isin(claims)])

    def section(self, *sections: str) -> pd.DataFrame:
        """Return the claims of the measures that stand in sections of a theme page; rows as in `claims_of`.

        By the rank of the measure, then in order of publication. Raises KeyError for a section that no
        measure names.
        """
        named = self.measures.dropna(subset="section")
        frames.check(sections, named["section"], "section")
        return self._by_rank(named[named["section"].isin(sections)])

    def also_counted(self, *themes: str) -> pd.DataFrame:
        """Return the claims of the measures of themes that stand in no section; rows as in `claims_of`."""
        frames.check(themes, self.measures["theme"], "theme")
        of_themes = self.measures["theme"].isin(themes) & self.measures["section"].isna()
        return self._by_rank(self.measures[of_themes])

    def _by_rank(self, measures):
        ranked = list(measures.sort_values("rank", kind="stable")["measure_id"])
        claims = self.claims_of(*ranked)
        order = claims["measure_id"].map({measure: place for place, measure in enumerate(ranked)})
        return claims.iloc[order.argsort(kind="stable")].reset_index(drop=True)

    def _in_order(self, claims):
        order = ["published_last", "paragraph", "claim_id"]
        return self._described(claims).sort_values(order, kind="stable").reset_index(drop=True)

    def _described(self, claims):
        """Join what `claims_of` promises from measures, sources, organisations and events."""
        measures = self.measures[["measure_id", "label", "one", "many", "definition"]]
        sources = self.sources[_OF_SOURCE]
        speakers = self.organisations[["organisation_id", "name", "short"]]
        speakers = speakers.set_axis(["speaker", "speaker_name", "speaker_short"], axis=1)
        about = pd.Series(pd.NA, index=claims.index, dtype="str")
        for name, key in _KEYS.items():
            if name in self._tables:
                about = about.fillna(frames.looked_up(claims[key], self._tables[name], "label"))
        return (
            claims.merge(measures, on="measure_id", how="left", validate="many_to_one")
            .merge(sources, on="source_id", how="left", validate="many_to_one")
            .merge(speakers, on="speaker", how="left", validate="many_to_one")
            .assign(about=about.to_numpy())
        )

    def numbered_claims(self, *measures: str) -> pd.DataFrame:
        """Return the claims with a number, even an approximate one, or firm bounds, as in `claims_of`."""
        rows = self.claims_of(*measures)
        bounded = rows["firm"] & (rows["low"].notna() | rows["high"].notna())
        return rows[rows["value"].notna() | bounded].reset_index(drop=True)

    def claims_about(self, event_id: str) -> pd.DataFrame:
        """Return the claims about a case, an assembly or an incident, by its id; rows as in `claims_of`.

        Raises KeyError for an unknown id.
        """
        events = (self._tables[name][key] for name, key in _KEYS.items() if name in self._tables)
        known = pd.concat([*events, *(self.claims[key].dropna() for key in EVENT_IDS)]).unique()
        frames.check([event_id], known, "case, assembly or incident")
        return self._in_order(self.claims[(self.claims[list(EVENT_IDS)] == event_id).any(axis=1)])

    def told(self, **cells: str) -> pd.DataFrame:
        """Return the statements that have these cells: told(episode_id="looting"), told(kind="finding").

        In order of publication. The columns of clean statements, and: title, short, cited_as and published
        of the source; speaker_name and speaker_short; place; episode, its label. Raises KeyError for no
        column.
        """
        rows = self.statements
        for column, cell in cells.items():
            rows = rows[rows[column] == cell]
        speakers = self.organisations[["organisation_id", "name", "short"]]
        speakers = speakers.set_axis(["speaker", "speaker_name", "speaker_short"], axis=1)
        described = rows.merge(self.sources[_OF_SOURCE], on="source_id")
        described = described.merge(speakers, on="speaker", how="left", validate="many_to_one").assign(
            place=frames.looked_up(described["place_id"], self.places, "name"),
            episode=frames.looked_up(described["episode_id"], self.episodes, "label"),
        )
        order = ["published_last", "paragraph", "item", "statement_id"]
        return described.sort_values(order, kind="stable", ignore_index=True)

    def mentions_of(self, table: str, row_id: str) -> pd.DataFrame:
        """Return the mentions of one row of `table` in order of publication.

        The columns of clean mentions, and title, short, cited_as and published of the source.
        """
        rows = self.mentions[(self.mentions["table"] == table) & (self.mentions["row_id"] == row_id)]
        described = rows.merge(self.sources[_OF_SOURCE], on="source_id", validate="many_to_one")
        return described.sort_values(
            ["published_last", "paragraph", "item"], kind="stable", ignore_index=True
        )

    def row_ids(self) -> set[str]:
        """Return the ids of the rows of all loaded tables; of claims, of those that were not retracted."""
        ids = set()
        for rows in self._tables.values():
            kept = rows[rows["retracted"] != "yes"] if "retracted" in rows else rows
            ids.update(kept.iloc[:, 0].astype("str"))
        return ids

    def search(self, words: str) -> pd.DataFrame:
        """Return the claims, statements and mentions whose row contains all the words, in any order and case.

        Columns: table, row_id, label, source_id, paragraph, item, as_printed. Labels, summaries, printed
        spans, notes, places, organisations, articles and the names of parties that the record names are
        searched. Where nothing is found, that stands below the table.
        """
        return search.search(self, words)

    def latest_claims(self, measure: str) -> pd.DataFrame:
        """Return, for each speaker, the claims of a measure in the last source that prints one.

        Rows as in `claims_of`. Each case, assembly or incident counts apart, and ties are kept. What a
        speaker said last need not be right.
        """
        rows = self.claims_of(measure)
        by_speaker = rows.groupby(["speaker", *EVENT_IDS], dropna=False)["published_last"]
        return rows[rows["published_last"] == by_speaker.transform("max")].reset_index(drop=True)

    def repeated_claims(self, *measures: str) -> pd.DataFrame:
        """Return the claims that repeat a statement or an event, by same_statement, as in `claims_of`."""
        rows = self.claims_of(*measures).dropna(subset="same_statement")
        return rows.sort_values("same_statement", kind="stable", ignore_index=True)

    def newest_source(self) -> pd.Series:
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
