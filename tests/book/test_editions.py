"""An edition of a day, or without names: in its own folder, marked on every page, and nothing in it that it must not know."""

import ast
import html as markup
import re
import zlib

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import copy_checkout, run

from qantar import cli, paths
from qantar.book import reference_pages
from qantar.checks import names
from qantar.pipeline import notebooks
from qantar.presentation import charts, claim_tables, sentences
from qantar.record import query, tables

DAY = "2022-12-31"
NAME = f"printed_by_{DAY}_without_names"
_NO_TEXT = {".png", ".ttf", ".woff2", ".ico"}


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not {"__pycache__", ".pytask"} & {*path.parts}
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A copy in which an edition was built beside a book: the copy, its files before and after, and what was said."""
    copy = copy_checkout(tmp_path_factory.mktemp("editions"))
    book = copy / "book" / "_build" / "html"
    book.mkdir(parents=True)
    (book / "index.html").write_text("the book that stands here", encoding="utf-8")
    before = files(copy)
    done = run(["-m", "qantar.cli", "edition", "--printed-by", DAY, "--without-names"], copy)
    assert done.returncode == 0, done.stderr
    return copy, before, files(copy), done.stdout


@pytest.fixture(scope="module")
def edition(built):
    """The texts of the edition, pages with their words apart from their tags too, by path."""
    folder = built[0] / "book" / "_build" / NAME
    texts = {
        path: read(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in _NO_TEXT
    }
    return {
        path.relative_to(folder).as_posix(): plain(text)
        + (plain(re.sub(r"<[^>]+>", "", text)) if path.suffix == ".html" else "")
        for path, text in texts.items()
    }


def read(path):
    """The text of a file; of the list of places that Sphinx packs, what is packed."""
    content = path.read_bytes()
    if path.name == "objects.inv":
        content = zlib.decompress(content.split(b"\n", 4)[4])
    return content.decode("utf-8")


@pytest.fixture(scope="module")
def soups(built):
    folder = built[0] / "book" / "_build" / NAME
    return {
        path.relative_to(folder).as_posix(): BeautifulSoup(path.read_bytes(), "html.parser")
        for path in sorted(folder.rglob("*.html"))
    }


def plain(text):
    return " ".join(markup.unescape(text).replace("’", "'").split())


def test_an_edition_lands_in_its_own_folder_and_leaves_notebooks_tables_and_the_book_as_they_are(built):
    _, before, after, said = built
    own = f"book/_build/{NAME}/"
    assert said == f"the edition is {own}index.html\n"
    assert {path: content for path, content in after.items() if not path.startswith(own)} == before
    assert f"{own}notebooks/casualties.html" in after


def test_every_page_of_an_edition_is_marked_and_asks_not_to_be_indexed(soups):
    assert len(soups) > 20
    for page, soup in soups.items():
        assert "edition of 31 December 2022 without names" in soup.title.get_text(), page
        assert soup.find("meta", attrs={"name": "robots", "content": "noindex"}), page
        if page == "index.html":  # which only leads to the first page
            continue
        (banner,) = soup.select("aside.bd-header-announcement")
        assert (
            banner.get_text()
            .strip()
            .startswith(
                "Edition of 31 December 2022 without names: only what these reports had printed by then."
            )
        ), page
        assert "The newest edition knows more" in banner.get_text()
        assert "written with the whole record in view" in banner.get_text()


def test_an_edition_reaches_to_the_newest_report_that_had_been_printed_by_its_day(soups):
    told = [soup.select_one(".qantar-fresh") for soup in soups.values()]
    assert {" ".join(line.get_text().split())[:33] for line in told if line} == {
        "The record reaches to 3 May 2022,"
    }
    assert "48 figures from 2 reports by 1 research team" in " ".join(
        soups["book/index.html"].get_text().split()
    )


def hand_written():
    """What people wrote once for every edition, and what the banner says of it: cells of notebooks, prose, templates, and the examples of the schema."""
    cells = [cell.source for path in notebooks.in_order() for cell in notebooks.read(path).cells]
    prose = [*paths.BOOK.glob("*.md"), *(paths.BOOK / "templates").rglob("*.md"), paths.PACKAGE]
    return plain(" ".join([*cells, *(path.read_text(encoding="utf-8") for path in prose)]))


def told_later():
    """Ids that the record has and the edition's day has not, and words that only later reports, or rows that rest on them, have."""
    whole, then = query.load(), query.load(printed_by=DAY)
    later = whole.sources[~whole.sources["source_id"].isin(then.sources["source_id"])]
    here = {name: getattr(then, name) for name in tables.clean_names()}
    every = {str(cell) for table in here.values() for column in table for cell in table[column].dropna()}
    all_words = plain(" ".join(sorted(every)))
    ids, told = (
        set(),
        {f"{source.short}, {sentences.when(source.published)}" for source in later.itertuples()},
    )
    for name, table in here.items():
        rows = getattr(whole, name)
        ids |= set(rows.iloc[:, 0].astype(str)) - every
        for column in {
            "title",
            "url",
            "text_sha256",
            "label",
            "summary",
            "as_printed",
            "note",
            "venue",
            "value_there",
        } & set(rows):
            told |= {
                cell
                for cell in set(rows[column].dropna()) - set(table[column].dropna())
                if len(cell.split()) > 2 or column in ("url", "text_sha256")
            }
    return ids, {cell for cell in map(plain, told) if cell not in all_words}


def test_nothing_that_only_later_reports_tell_stands_in_an_edition(edition):
    """No id, title, address, printed words, label or note, in pages, downloads and search index; hand-written prose may name what was printed later."""
    ids, told = told_later()
    assert len(ids) > 500
    assert len(told) > 500
    prose = hand_written()
    tokens = {path: set(re.findall(r"[\w.-]+", text)) for path, text in edition.items()}
    stands = {(path, row) for path, found in tokens.items() for row in found & ids if row not in prose}
    stands |= {
        (path, cell) for path, text in edition.items() for cell in told if cell in text and cell not in prose
    }
    assert sorted(stands) == []


def test_no_name_of_a_person_stands_anywhere_in_an_edition_without_names(edition):
    known = names.of_persons(paths.DATA)
    assert len(known) > 5
    assert "searchindex.js" in edition
    assert "_static/sources.bib" in edition
    assert [(path, name) for path, text in edition.items() for name in known if name in text] == []


def test_an_edition_of_a_day_has_references_of_its_reports_and_no_data_package_and_says_so(edition):
    assert re.findall(r"@misc{([\w-]+)", edition["_static/sources.bib"]) == [
        "civicus-2022-03",
        "iphr-2022-05",
    ]
    assert "_static/qantar-data.zip" not in edition
    for page in ("book/how_to_run.html", "book/reference/data_dictionary.html"):
        assert "left out of an edition of a day, since it holds what was printed later" in edition[page]
        assert 'href="../_static/qantar-data.zip' not in edition[page]


@pytest.mark.parametrize("day", ["2022-13-01", "yesterday", "20221231", "2022-12", "2022-03-09"])
def test_a_day_that_is_none_or_before_the_first_report_is_refused_with_a_sentence(monkeypatch, capsys, day):
    monkeypatch.setenv("PRINTED_BY", "")
    assert cli.main(["edition", "--printed-by", day]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert re.search(
        "is no day of the form 2022-12-31; name one"
        if day != "2022-03-09"
        else "no source had been printed by 2022-03-09; name a later day",
        line,
    )


def test_without_a_day_and_with_names_there_is_no_edition_to_build(monkeypatch, capsys):
    monkeypatch.delenv("PRINTED_BY", raising=False)
    monkeypatch.delenv("NAMES", raising=False)
    assert cli.main(["edition"]) == 1
    assert "no edition is asked for; name a day" in capsys.readouterr().err


@pytest.mark.parametrize("asked", [{"NAMES": "0"}, {"PRINTED_BY": DAY}])
def test_the_pipeline_makes_no_edition_in_place(checkout, asked):
    before = files(checkout)
    done = run(["-m", "pytask"], checkout, **asked)
    assert done.returncode != 0
    assert "run `qantar edition`" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert files(checkout) == before


def test_the_day_of_the_environment_is_the_day_of_the_record_and_another_can_be_asked_for(monkeypatch):
    monkeypatch.setenv("PRINTED_BY", DAY)
    assert query.load("sources").printed_by == DAY
    assert len(query.load("sources").sources) == 2
    assert len(query.load("sources", printed_by="2022-03-31").sources) == 1
    monkeypatch.setenv("PRINTED_BY", "")
    assert query.load("sources").printed_by is None
    assert len(query.load("sources").sources) == 5


@pytest.mark.parametrize("path", notebooks.in_order(), ids=lambda path: path.stem)
def test_every_notebook_runs_on_the_first_report_alone(path, monkeypatch):
    """No cell fails, and none shows an empty value as a word."""
    monkeypatch.setenv("PRINTED_BY", "2022-03-31")
    shown, space = [], {}
    monkeypatch.setattr(charts, "display", lambda output, raw: shown.append(output["text/plain"]))
    for cell in (cell for cell in notebooks.read(path).cells if cell.cell_type == "code"):
        parsed = ast.parse(cell.source)
        last = parsed.body.pop() if isinstance(parsed.body[-1], ast.Expr) else None
        exec(compile(parsed, cell.id, "exec"), space)
        if last:
            shown.append(repr(eval(compile(ast.Expression(last.value), cell.id, "eval"), space)))
    assert len(shown) > 5
    assert not re.search(r"\b(nan|NaT|None(?! of)|<NA>)\b", " ".join(shown))


def test_of_an_act_that_a_later_report_tells_too_the_heading_is_in_the_words_of_the_report_at_hand():
    then = query.load(printed_by=DAY).acts.set_index("act_id")["summary"]
    assert (
        then["order-fire-without-warning"]
        == 'order: “ordered security forces and the army to "fire without warning"”'
    )
    assert then.notna().all()


def test_silence_is_told_in_sentences_and_tables_and_never_left_blank():
    none = query.load().of("deaths_total").iloc[:0]
    assert sentences.all_said(none) == "no figure in these reports"
    assert sentences.each_said(none) == "- no figure in these reports"
    assert claim_tables.table(none).data == "Nothing of this stands in these reports."
    assert sentences.repetitions(none) == "- no statement that is repeated in these reports"
    assert (
        sentences.incompatible(none, pd.DataFrame())
        == "There is no figure in these reports to set against another."
    )
    assert sentences.of_them(1, 1, "is", "are") == "one of one is"


def test_an_empty_chart_says_so_in_an_edition_and_is_a_mistake_in_the_book(monkeypatch):
    shown = []
    monkeypatch.setattr(charts, "display", lambda output, raw: shown.append(output))
    none = query.load().of("deaths_total").iloc[:0]
    monkeypatch.setenv("PRINTED_BY", "2022-03-31")
    charts.claims(none, "empty", "A caption.")
    assert "nothing in these reports to draw" in re.sub(r"<!--|-->", "", shown[0]["text/html"])
    monkeypatch.setenv("PRINTED_BY", "")
    with pytest.raises(ValueError, match="has no claims to draw"):
        charts.claims(none, "empty", "A caption.")


def test_what_each_report_printed_stands_in_order_of_publication_and_silence_is_seen():
    record = query.load()
    printed = {measure["id"]: measure for measure in reference_pages._each_printed(record)}
    assert {card[2] for card in reference_pages.CARDS} <= set(printed)
    deaths = [(row[0].rpartition("), ")[2], row[2]) for row in printed["deaths_total"]["rows"]]
    assert deaths[:3] == [
        ("10 March 2022", "227"),
        ("3 May 2022", "at least 201"),
        ("12 January 2023", "at least 232"),
    ]
    assert list(dict.fromkeys(day for day, _ in deaths))[3:] == ["March 2023", "8 February 2024"]
    for measure in printed.values():
        silent = set(record.sources["source_id"]) - set(record.of(measure["id"])["source_id"])
        assert {
            re.search(r"#([\w-]+)\)", row[0])[1] for row in measure["rows"] if row[1] == "prints none"
        } == silent
