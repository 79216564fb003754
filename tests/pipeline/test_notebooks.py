"""Which notebooks the book has, when their outputs are out of date, and what a run writes."""

import json

import nbformat
import pytest
from conftest import ELSEWHERE, edit_cell

from qantar import settings
from qantar.pipeline import loads, notebooks
from qantar.record import derive, tables


def notebook(*sources, title="# A title"):
    """Return a notebook with a title and code cells."""
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources)]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(title, id="title"), *cells])


def save(path, content):
    path.parent.mkdir(exist_ok=True)
    tables.write_bytes(path, nbformat.writes(content).encode("utf-8"))
    return path


# --- the table of contents ---

TOC = """
format: jb-book
root: book/index
parts:
  - caption: Themes
    chapters:
      - file: notebooks/zebra
        sections:
          - file: notebooks/nested
      - file: book/method
  - caption: Reference
    chapters:
      - url: https://example.org
      - file: notebooks/apple
      - glob: notebooks/more_*
      - file: notebooks/missing
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "_toc.yml").write_text(TOC, encoding="utf-8")
    for name in ("apple", "draft", "more_2", "more_1", "nested", "zebra"):
        save(tmp_path / "notebooks" / f"{name}.ipynb", notebook())
    return tmp_path


def test_the_notebooks_of_the_book_are_those_in_the_table_of_contents_in_its_order(folder):
    names = ["zebra", "nested", "apple", "more_1", "more_2"]
    assert notebooks.in_order(folder) == [folder / "notebooks" / f"{name}.ipynb" for name in names]


def test_theme_notebooks_are_those_in_the_part_themes(folder):
    assert [path.stem for path in notebooks.themes(folder)] == ["zebra", "nested"]


def test_claims_are_shown_by_notebooks_of_the_book_whose_outputs_link_to_them(folder):
    link = "[5](../data/rows/claims_casualties.md#north-2022-05-p3a)"
    for name in ("zebra", "draft", "apple"):
        shows = notebook("1", title=f"# On {name}\n\nText")
        shows.cells[1].outputs = [nbformat.v4.new_output("display_data", {"text/markdown": link})]
        save(folder / "notebooks" / f"{name}.ipynb", shows)
    shown = notebooks.claims_shown(folder)
    assert shown == {"north-2022-05-p3a": [("zebra", "On zebra"), ("apple", "On apple")]}


# --- what outputs were made from ---

EVERY = tuple(sorted(tables.clean_names()))


@pytest.mark.parametrize(
    ("source", "names", "themes"),
    [
        ('record = load("claims", "sources")', ("claims", "sources"), None),
        ('record = load("sources", "claims"); load("cases")', ("cases", "claims", "sources"), None),
        ('%matplotlib inline\nr = record.load("claims")', ("claims",), None),
        ('load("claims"); load()', EVERY, None),
        ('load(themes=["torture"])', EVERY, ("torture",)),
        ('load("claims", themes=["torture"])', ("claims",), ("torture",)),
        ('load("claims", themes=["b", "a"]); load("cases", themes=["c"])', ("cases", "claims"), tuple("abc")),
        ('load("claims", themes=["torture"]); load("cases")', ("cases", "claims"), None),
        ('load("claims", themes=chosen)', EVERY, None),
        ('load("claims", printed_by="2022-12-31")', EVERY, None),
        ("load(name)", EVERY, None),
        ('load("claims", name)', EVERY, None),
        ("x = 1", EVERY, None),
        ('load("claims"); pd.read_csv("../data/clean/sources.csv")', EVERY, None),
        ('load("claims"); f = mkdtemp() + "/a.csv"; pd.read_csv(f)', ("claims",), None),
        ('load("claims"); f = "../data/a.csv"; pd.read_csv(f)', EVERY, None),
        ('load("claims"); reads_all()', ("claims",), None),
        ('load("claims")\nif', EVERY, None),
    ],
)
def test_the_tables_and_themes_of_a_notebook_are_read_from_its_calls_of_load(source, names, themes):
    assert loads.loaded(notebook(source))[:2] == (names, themes)


def test_columns_that_every_call_leaves_out_are_not_looked_at():
    assert loads.loaded(notebook('load(without=["note", "read"])')).without == ("note", "read")
    both = notebook('load("claims", without=["note", "read"]); load("cases", without=["note"])')
    assert loads.loaded(both).without == ("note",)
    assert loads.loaded(notebook("load(without=chosen)")).without == ()


PARTS = [
    "__init__.py",
    "addresses.py",
    "paths.py",
    "presentation/style.txt",
    "record/query.py",
    "settings.py",
]
WHOLE = ["__init__.py", "addresses.py", "book/build.py", "cli.py", *PARTS[2:]]


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("from qantar.record import load", PARTS),
        ("import pandas, qantar.presentation.charts", PARTS),
        ("from qantar import paths, settings, addresses\nimport elsewhere.cli", PARTS),
        ("import qantar", PARTS),
        ("from qantar import cli", WHOLE),
        ("from qantar import paths, cli", WHOLE),
        ("from qantar.book import build", WHOLE),
        ("def late():\n    import qantar.record.query, qantar.book.build", WHOLE),
    ],
)
def test_a_notebook_depends_on_the_layers_it_may_import_or_on_the_whole_package(tmp_path, source, files):
    for name in [*WHOLE, "record/query.pyc"]:
        (tmp_path / "qantar" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "qantar" / name).touch()
    found = notebooks.code_files(notebook(source), tmp_path)
    assert found == [*(tmp_path / "qantar" / name for name in files), tmp_path / "requirements.txt"]


@pytest.fixture
def place(data):
    """A checkout on the frozen record with a package, and two notebooks in its table of contents."""
    root = data.parent
    (root / "qantar" / "record").mkdir(parents=True)
    (root / "qantar" / "record" / "query.py").write_text("1", encoding="utf-8")
    (root / "qantar" / "cli.py").write_text("1", encoding="utf-8")
    pages = "".join(f"  - file: notebooks/{name}\n" for name in ("deaths", "one"))
    contents = f"format: jb-book\nroot: book/index\nchapters:\n{pages}"
    (root / "_toc.yml").write_text(contents, encoding="utf-8")
    return root


@pytest.fixture
def ran(place):
    """A notebook as a run leaves it, which loads the claims on deaths; and its root."""
    source = 'from qantar.record import load\nload("claims", "measures", "sources", themes=["casualties"])'
    path = save(place / "notebooks" / "deaths.ipynb", notebook(source, "print('an output')"))
    content = notebooks.read(path)
    content.cells[2].outputs = [nbformat.v4.new_output("display_data", {"text/plain": "an output"})]
    save(path, content)
    hashes = {**notebooks.made_from_now(content, place), "outputs": notebooks.outputs_hash(content)}
    (place / notebooks.MADE_FROM).write_text(json.dumps({"deaths": hashes}), encoding="utf-8")
    return path, place


def change(root, path, what):
    content = notebooks.read(path)
    if what.endswith(".csv"):
        table, theme = what.removesuffix(".csv").split(" ")[0], what.split(" of ")[1].removesuffix(".csv")
        edit_cell(root / "data", table, row_of_theme(root, table, theme), "note", "another note")
        derive.write(root / "data")
    elif what in ("sources", "assemblies"):
        edit_cell(root / "data", what, 2, "note", "another note")
        derive.write(root / "data")
    elif what in ("record/query.py", "cli.py"):
        (root / "qantar" / what).write_text("2", encoding="utf-8")
    elif what == "requirements":
        (root / "requirements.txt").write_text("2", encoding="utf-8")
    elif what == "tag":
        content.cells[1].metadata["tags"] = ["hide-input"]
    elif what == "prose":
        content.cells[0].source += "\nMore."
    elif what == "output":
        content.cells[2].outputs[0].data["text/plain"] = "typed by hand"
    elif what == "count":
        content.cells[1].execution_count = 7
    elif what == "kernel":
        content.metadata["language_info"] = {"name": "python", "version": "3.13"}
    elif what == "made_from.json":
        (root / notebooks.MADE_FROM).write_text("{<<<<<<<", encoding="utf-8")
    save(path, content)


def row_of_theme(root, table, theme):
    """Return the row, as an editor counts, of the first claim or measure of a theme."""
    themes = tables.read_table(f"clean-{table}", root / "data")["theme"]
    return int((themes == theme).to_numpy().argmax()) + 2


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("prose", "its cells were changed after it was run"),
        ("tag", "its cells were changed after it was run"),
        ("made_from.json", "its cells were changed after it was run"),
        ("claims of casualties.csv", "its outputs were made from other data than those in data/clean"),
        ("measures of casualties.csv", "its outputs were made from other data than those in data/clean"),
        ("sources", "its outputs were made from other data than those in data/clean"),
        ("record/query.py", "its outputs were made with other code in qantar or other requirements"),
        ("requirements", "its outputs were made with other code in qantar or other requirements"),
        ("output", "its outputs were not made by the pipeline"),
        ("count", "its outputs were not made by the pipeline"),
        ("claims of torture.csv", None),
        ("measures of torture.csv", None),
        ("assemblies", None),
        ("kernel", None),
        ("cli.py", None),
        ("nothing", None),
    ],
)
def test_outputs_are_out_of_date_when_their_cells_data_code_or_they_themselves_change(ran, what, reason):
    path, root = ran
    assert notebooks.stale(path, root) is None
    change(root, path, what)
    advice = "run `make book` (or `pytask`), which runs it again"
    assert notebooks.stale(path, root) == (reason and f"notebooks/deaths.ipynb: {reason}; {advice}")


def test_a_note_makes_nothing_stale_where_notes_are_left_out(place):
    source = 'from qantar.record import load\nload("claims", "sources", without=["claims.note"])'
    path = save(place / "notebooks" / "deaths.ipynb", notebook(source))
    before = notebooks.data_hash(notebooks.read(path), place)
    edit_cell(place / "data", "claims", 2, "note", "another note")
    derive.write(place / "data")
    assert notebooks.data_hash(notebooks.read(path), place) == before
    edit_cell(place / "data", "sources", 2, "note", "another note")
    derive.write(place / "data")
    assert notebooks.data_hash(notebooks.read(path), place) != before


def test_outputs_of_one_edition_are_out_of_date_in_another(ran):
    path, root = ran
    assert "other data" in notebooks.stale(path, root, settings.Edition(names=False))
    assert "other data" in notebooks.stale(path, root, settings.Edition("2022-12-31"))


# --- reading ---


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"nbformat": 4}', '{"nbformat": 4, "nbformat_minor": 5}']
)
def test_a_file_that_is_no_notebook_is_reported_with_what_to_do(tmp_path, content):
    path = tmp_path / "broken.ipynb"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"broken\.ipynb is no notebook that can be read \(.*restore it"):
        notebooks.read(path)


def test_a_notebook_is_read_again_only_after_it_changed(tmp_path):
    path = save(tmp_path / "one.ipynb", notebook("1"))
    first = notebooks.read_cached(path)
    assert notebooks.read_cached(path) is first
    save(path, notebook("1", "2"))
    assert len(notebooks.read_cached(path).cells) == 3


def test_the_picture_of_a_cell_is_its_png(tmp_path):
    content = notebook("1", "2")
    content.cells[1].outputs = [
        nbformat.v4.new_output("display_data", {"text/plain": "no picture"}),
        nbformat.v4.new_output("display_data", {"image/png": "cGljdHVyZQ=="}),
    ]
    path = save(tmp_path / "one.ipynb", content)
    assert notebooks.picture(path, "cell-0") == b"picture"
    for cell in ("cell-1", "title", "no-cell"):
        with pytest.raises(KeyError, match=f"one.ipynb has no picture in cell {cell}; run it"):
            notebooks.picture(path, cell)


# --- running ---


def test_a_run_writes_outputs_and_what_they_are_made_from(place):
    path = save(place / "notebooks" / "one.ipynb", notebook("import os\nos.getcwd().rpartition('/')[2]"))
    others = {"deaths": {"cells": "of another"}, "gone": {"cells": "of one that is no page any more"}}
    (place / notebooks.MADE_FROM).write_text(json.dumps(others), encoding="utf-8")
    save(place / "notebooks" / "deaths.ipynb", notebook())
    notebooks.run(path, place)
    content = notebooks.read(path)
    assert content.cells[1].outputs[0].data["text/plain"] == "'notebooks'"
    assert notebooks.stale(path, place) is None
    known = json.loads((place / notebooks.MADE_FROM).read_text(encoding="utf-8"))
    assert list(known) == ["deaths", "one"]
    assert known["deaths"] == {"cells": "of another"}
    assert list(content.metadata) == ["kernelspec", "language_info"]
    assert content.metadata.language_info["file_extension"] == ".py"
    assert all(cell.metadata == {} for cell in content.cells)
    assert path.read_bytes().endswith(b"}\n")


def test_what_a_notebook_says_of_its_language_stays_as_it_is(place):
    before = {"name": "python", "file_extension": ".py", "version": "3.12.1"}
    content = notebook("1")
    content.metadata["language_info"] = before
    path = save(place / "notebooks" / "one.ipynb", content)
    notebooks.run(path, place)
    assert notebooks.read(path).metadata.language_info == before


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("raise KeyError('no measure x')", "cell 3: KeyError: 'no measure x'; open it with `make lab`"),
        ("import os\nos._exit(1)", r"cell \?: .*; open it with `make lab` and mend that cell"),
        ("SVG(EMPTY)", "cell 3: figure fig-b has nothing to draw"),
        ("import pathlib\npathlib.Path('one.ipynb').write_text(OTHER)", "was changed while it ran"),
    ],
)
def test_a_run_that_fails_leaves_the_notebook_as_it_was(place, source, message):
    other = nbformat.writes(notebook("edited"))
    empty = '<svg id="fig-b" class="a qantar-empty" xmlns="http://www.w3.org/2000/svg"/>'
    start = f"from IPython.display import SVG\nOTHER, EMPTY = {other!r}, {empty!r}"
    path = save(place / "notebooks" / "one.ipynb", notebook(start, source))
    before = path.read_text(encoding="utf-8")
    with pytest.raises(RuntimeError, match=rf"^notebooks/one\.ipynb,? .*{message}"):
        notebooks.run(path, place)
    assert path.read_text(encoding="utf-8") == (other if "OTHER" in source else before)


@pytest.mark.parametrize(("edition", "fails"), [(("2022-12-31", True), False), ((None, False), True)])
def test_a_chart_may_be_empty_only_in_an_edition_of_a_day(place, monkeypatch, edition, fails):
    empty = nbformat.v4.new_output("display_data", {"image/svg+xml": '<svg id="fig-a" class="qantar-empty">'})

    class Shows:
        def __init__(self, content, **_):
            content.cells[1].outputs = [empty]

        def execute(self, env):
            assert env["PRINTED_BY"] == (edition[0] or "")

    monkeypatch.setattr("nbclient.NotebookClient", Shows)
    path = save(place / "notebooks" / "one.ipynb", notebook("1"))
    if fails:
        with pytest.raises(
            RuntimeError, match="cell 2: figure fig-a has nothing to draw; check the measures"
        ):
            notebooks.run(path, place, settings.Edition(*edition))
    else:
        notebooks.run(path, place, settings.Edition(*edition))
        assert notebooks.read(path).cells[1].outputs == [empty]


@pytest.mark.parametrize("name", ["deaths", "trials"])
def test_the_same_notebook_run_elsewhere_gives_the_same_bytes(small_copy, name, monkeypatch):
    for variable, value in ELSEWHERE.items():
        monkeypatch.setenv(variable, value)
    root = small_copy.rename(small_copy.with_name("another place"))
    path = root / "notebooks" / f"{name}.ipynb"
    before = path.read_bytes()
    notebooks.run(path, root)
    assert path.read_bytes() == before
