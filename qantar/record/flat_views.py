"""Views of the record for analysis: one row of text, numbers and days for each thing, its parts joined in.

`Record` has a method for each. No cell holds a list, and what a view leaves out stands below it when it is
shown, and in its `attrs["left_out"]`.
"""

import html
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from qantar.record import amounts, dates, frames, tables

if TYPE_CHECKING:
    from qantar.record.query import Record

NOBODY_NAMED = "nobody named"
# What `figures` shows where no columns are asked for.
FIGURE_COLUMNS = (
    *("counted", "figure", "low", "high", "firm", "as_printed", "as_of", "as_of_last"),
    *("said_by", "source_id", "published_last", "claim_id"),
)
_CHARGE_COLUMNS = (
    *("party", "n_low", "n_high", "offence", "article", "part", "became", "state", "sentence"),
    *("latest_step", "latest_date", "latest_date_last", "last_reported", "case", "place", "january_2022"),
    *("told_by", "charge_id", "party_id", "case_id"),
)
_ASSEMBLY_COLUMNS = (
    *("label", "date", "date_first", "date_last", "month", "place", "kind", "topics", "organiser"),
    *("permission", "held", "restrictions", "told_by", "assembly_id"),
)


class View(pd.DataFrame):
    """A DataFrame that, when shown, says below its rows what it leaves out.

    Whatever is made from it is a plain DataFrame.
    """

    @classmethod
    def of(cls, rows: pd.DataFrame, left_out: str = "") -> "View":
        """Return rows as a view, numbered from 0, with a sentence on what is left out."""
        view = cls(rows.reset_index(drop=True))
        view.attrs["left_out"] = left_out
        return view

    @property
    def _constructor(self):
        return pd.DataFrame

    def __repr__(self) -> str:
        return "\n".join(filter(None, [super().__repr__(), self.attrs.get("left_out")]))

    def _repr_html_(self) -> str | None:
        shown, left_out = super()._repr_html_(), self.attrs.get("left_out")
        return f"{shown}\n<p>{html.escape(left_out)}</p>" if shown and left_out else shown


def figures(
    record: "Record",
    measures: Sequence[str],
    theme: str | None,
    source: str | None,
    columns: str | Sequence[str] | None,
) -> View:
    """Return the claims of some measures, a theme or a source (see `Record.figures`)."""
    if measures and theme is not None:
        raise ValueError("figures takes measures or a theme, not both; leave one of them out")
    if theme is not None:
        themes = sorted(record.measures["theme"].unique())
        frames.check([theme], themes, "theme")
        measures = record.measures.loc[record.measures["theme"] == theme, "measure_id"]
    else:
        themes = [f"theme={theme!r}" for theme in record.measures["theme"].unique()]
        frames.check(measures, [*themes, *record.measures["measure_id"]], "measure")
    rows = record.claims_of(*(measures if len(measures) else record.measures["measure_id"]))
    if source is not None:
        frames.check([source], record.sources["source_id"], "source")
        rows = rows[rows["source_id"] == source].reset_index(drop=True)
    rows = frames.with_counts(rows)  # also where a share among all claims is not whole
    whole = frames.looked_up(rows["measure_id"], record.measures, "part_of")
    whole = frames.looked_up(whole, record.measures, "label").where(rows["label"].str.startswith("Of them"))
    label = (whole + ": ").fillna("") + rows["label"].str.replace("^Of them", "of them", regex=True)
    figure = [amounts.amount(claim) for _, claim in tables.rows(rows)]
    rows = rows.assign(
        counted=label + (": " + rows["about"]).fillna(""),
        figure=pd.Series(figure, index=rows.index, dtype="str"),
        said_by=rows["speaker_short"].fillna(NOBODY_NAMED),
    )
    every = [*FIGURE_COLUMNS, *(column for column in rows if column not in FIGURE_COLUMNS)]
    if columns is None or isinstance(columns, str):
        asked = {None: [*FIGURE_COLUMNS], "all": every}.get(columns, [columns])
    else:
        asked = [*columns]
    frames.check(asked, every, "column")
    return View.of(rows[asked], "No source of this record prints a figure of it." if rows.empty else "")


def people_charged(record: "Record", article: str | int | None, offence: str | None) -> View:
    """Return the charges with their party, case and latest state (see `Record.people_charged`)."""
    parties = record.parties.rename(columns={"label": "party"})
    cases = record.cases[["case_id", "label", "kind", "place_id", "last_reported", "january_2022"]]
    cases = cases.rename(columns={"label": "case", "kind": "case_kind"})
    rows = (
        record.charges.merge(
            parties.drop(columns="note", errors="ignore"), on="party_id", validate="many_to_one"
        )
        .merge(cases, on="case_id", validate="many_to_one")
        .merge(record.articles[["article_id", "number"]], on="article_id", how="left", validate="many_to_one")
        .rename(columns={"number": "article"})
    )
    rows = rows.assign(
        place=frames.looked_up(rows["place_id"], record.places, "name"),
        latest_date_last=_last_days(rows["latest_date"]),
    )
    left_out = ""
    if article is not None:
        number = str(article).removeprefix("cc-")
        if record.printed_by and number not in set(record.articles["number"]):
            return View.of(rows.iloc[:0][[*_CHARGE_COLUMNS]], _not_yet(record, f"article {number}"))
        frames.check([number], record.articles["number"], "article")
        rows, left_out = _under_article(rows, record.articles, number)
    if offence is not None:
        for word in offence.casefold().split():
            rows = rows[rows["offence"].str.casefold().str.contains(word, regex=False)]
        if rows.empty and record.printed_by:
            left_out = _not_yet(record, f"an offence with the words {offence!r}")
        elif rows.empty:
            hint = frames.did_you_mean(offence, record.charges["offence"].unique())
            raise frames.UnknownName(
                f"no charge whose offence has the words {offence!r}{hint}; record.charges lists the offences"
            )
    return View.of(rows[[*_CHARGE_COLUMNS]], left_out)


def _not_yet(record, what):
    return f"No source printed by {record.printed_by} names {what}."


def _under_article(rows, articles, number):
    """Return the charges under an article, also where none is printed, and a sentence on what is left out.

    Where no article is printed, the offence is compared by its words. An article of the criminal code is no
    ground of an administrative case. Left out are the offences that have a word in common, no more.
    """
    named = articles.loc[articles["number"] == number, "offence"].iloc[0]
    unprinted = rows["article"].isna()
    same = rows["offence"].map(lambda offence: _words(named) <= _words(offence))
    alike = rows["offence"].map(lambda offence: not _stems(named).isdisjoint(_stems(offence)))
    chosen = (rows["article"] == number) | (unprinted & same & (rows["case_kind"] != "administrative"))
    others = sorted(rows.loc[unprinted & alike & ~chosen, "offence"].unique())
    if not others:
        return rows[chosen], ""
    why = "Not among these charges, since no article is printed and the offence is worded otherwise"
    return rows[chosen], f"{why}: {'; '.join(others)}."


_FILLING = set("a an and in of on or the them to".split())


def _words(offence: str) -> set[str]:
    """Return the words that tell what an offence is, in the singular, without adverbs (knowingly)."""
    words = set(re.findall(r"[a-z]+", offence.casefold())) - _FILLING
    return {word.removesuffix("s") for word in words if not word.endswith("ly")}


def _stems(offence: str) -> set[str]:
    """Return the beginnings of these words, so that rioting is riots."""
    return {word[:4] for word in _words(offence)}


def single_assemblies(record: "Record", undated: bool) -> View:
    """Return the single assemblies with a day (see `Record.single_assemblies`)."""
    single = record.assemblies[record.assemblies["level"] == "single"]
    dated = single["date_first"].notna() & single["date_last"].notna()
    rows = single if undated else single[dated]
    kinds = record.restrictions.drop_duplicates(["assembly_id", "kind"])
    kinds = kinds.astype({"kind": "str"}).groupby("assembly_id")["kind"].agg("; ".join)
    rows = rows.assign(
        month=rows["date"].map(_months, na_action="ignore").astype("str"),
        place=frames.looked_up(rows["place_id"], record.places, "name"),
        organiser=frames.looked_up(rows["organiser"], record.organisations, "name"),
        restrictions=rows["assembly_id"].map(kinds.to_dict()).astype("str"),
    )
    several = len(record.assemblies) - len(single)
    without_day = 0 if undated else int((~dated).sum())
    left_out = [
        *([f"{without_day} without a first day (undated=True adds them)"] if without_day else []),
        *([f"{several} series and general statements (see record.assemblies)"] if several else []),
    ]
    words = f"Not among these assemblies: {'; '.join(left_out)}." if left_out else ""
    return View.of(rows[[*_ASSEMBLY_COLUMNS]], words)


def _months(date: str) -> str:
    """Return an EDTF date without its days: 2022-08; 2022-02/2022-03 where it spans several months."""
    start, slash, end = (part[: len("2022-08")] for part in date.partition("/"))
    return start if start == end or not slash else f"{start}/{end}"


def _last_days(edtf: pd.Series) -> pd.Series:
    """Return the last possible days of EDTF dates."""
    return pd.to_datetime(edtf.map(lambda date: dates.days(date)[1], na_action="ignore"))
