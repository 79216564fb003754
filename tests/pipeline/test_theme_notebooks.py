"""The style of the notebooks on themes, and what holds for the outputs of every notebook of the book."""

import ast
import csv
import functools
import itertools
import re

import pytest
from conftest import outputs_here

from qantar.pipeline import loads, notebooks
from qantar.record import derive, load

pytestmark = pytest.mark.live
every = pytest.mark.parametrize("path", notebooks.in_order(), ids=lambda path: path.stem)
themes = pytest.mark.parametrize("path", notebooks.themes(), ids=lambda path: path.stem)

HEADINGS = (
    "## What these figures can and cannot say",
    "## Where sources disagree",
    "## Limits",
    "## What would change the answer",
)
# One line a package; ruff finds what is imported and not used.
SETUP = (
    r"from qantar\.presentation import ([a-z_]+, )*sentences\n"
    r"from qantar\.presentation\.conditions import holds\n"
    r"from qantar\.record import ([a-z_]+, )*views"
)
# Words of a sentence that depends on the record: who prints what, what nobody tells, the newest.
_PUBLISHER = "CIVICUS|FIDH|Human Rights Watch|HRW|IPHR|KIBHR"
_ONE_OF_THEM = "no|one|two|three|both|other|another|newest|latest|later|earlier|most|all|each|every"
_TOLD = "told|said|printed|named|known|reported|counted|given|recorded"
DEPENDS = (
    rf"\b({_PUBLISHER})\b|\b({_ONE_OF_THEM}) (report|paper|brief|source|team)s?\b"
    rf"|\b(is|are|was|were|be|been) (not |never |only )?({_TOLD})\b"
    r"|\b(newest|nobody|nowhere|neither|none|only)\b"
    r"|\b(the|The) (paper|brief|foundation|ministry|police|authorities|Prosecutor)\b|[a-z] 20\d\d\b"
)
NUMBER_WORDS = r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousand)\b"
DATES = r"\b\d{1,2} [A-Z][a-z]+ \d{4}\b|\b[A-Z][a-z]+ 20\d\d\b"
NOT_FIGURES = rf"\([^)]*\.(?:md|ipynb)[^)]*\)|\b[Aa]rticles? \d+(\.\d+)?|{DATES}"
OF_THIS_MACHINE = r"0x[0-9a-f]{8,}|<[A-Za-z_.]+ (object )?at |<IPython|/home/|/root/|/tmp/|nan\b"


def cells(path, kind):
    return [cell for cell in notebooks.read_cached(path).cells if cell.cell_type == kind]


def syntax(path):
    return [node for cell in cells(path, "code") for node in ast.walk(ast.parse(cell.source))]


@themes
def test_a_theme_has_the_skeleton(path):
    text = "\n".join(cell.source for cell in cells(path, "markdown"))
    assert text.startswith("# ")
    assert [heading for heading in HEADINGS if heading not in text] == []
    assert len(re.findall(r"^## .*\?$", text, flags=re.MULTILINE)) >= 5, "findings are questions"


@themes
def test_a_theme_begins_with_one_setup_and_one_load(path):
    setup, loads, *others = [cell.source for cell in cells(path, "code")]
    assert re.fullmatch(SETUP, setup)
    names = r"(\s*\"[\w.]+\",?)*\s*"
    columns = rf"(themes=\[{names}\],?)?\s*(without=\[{names}\],?)?"
    assert re.fullmatch(rf"record = load\({names}{columns}\s*\)", loads), (
        "the tables and themes that are used, or all"
    )
    assert not any("record = load(" in source for source in others)


@themes
def test_a_theme_has_10_to_22_short_code_cells_without_functions(path):
    code = [cell for cell in cells(path, "code") if not is_of_conditions(cell)]
    lengths = sorted(len(cell.source.splitlines()) for cell in code)
    assert 10 <= len(lengths) <= 22
    assert lengths[-1] <= 20
    assert lengths[len(lengths) // 2] <= 6
    assert not [
        node for node in syntax(path) if isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef)
    ]


def is_of_conditions(cell):
    return cell.cell_type == "code" and cell.source.startswith("holds(")


def typed(source):
    """Return the sentences of a Markdown cell, headings aside."""
    source = source.partition("## What would change the answer")[0]
    paragraphs = re.split(r"\n\s*\n|\n(?=- )", source)
    prose = [" ".join(text.removeprefix("- ").split()) for text in paragraphs if not text.startswith("#")]
    return [
        sentence for text in prose for sentence in re.split(r"(?<=[.!?][”\")]|.[.!?]) (?=[A-Z\"“\[])", text)
    ]


@themes
def test_a_typed_sentence_that_depends_on_the_record_has_its_condition_in_the_next_cell(path):
    found = notebooks.read_cached(path).cells
    for cell, after in itertools.pairwise([*found, found[0]]):
        calls = ast.parse(after.source).body if is_of_conditions(after) else []
        quoted = [call.value.args[1].value for call in calls]
        sentences = typed(cell.source) if cell.cell_type == "markdown" else []
        assert [words for words in quoted if not any(s.startswith(words) for s in sentences)] == []
        if "method" not in cell.metadata.get("tags", []):
            bare = [s for s in sentences if re.search(DEPENDS, s) and not s.startswith(tuple(quoted))]
            assert bare == [], cell.id


@themes
def test_no_figure_is_typed_into_the_prose_of_a_theme(path):
    for cell in cells(path, "markdown"):
        text = re.sub(NOT_FIGURES, "", " ".join(cell.source.split()))
        assert not re.search(rf"\d|{NUMBER_WORDS}", text, flags=re.IGNORECASE), text


@themes
def test_no_figure_is_typed_into_the_code_of_a_theme(path):
    constants = [node.value for node in syntax(path) if isinstance(node, ast.Constant)]
    assert {value for value in constants if isinstance(value, int | float)} <= {0, 1}


@themes
def test_every_figure_of_a_theme_has_a_caption_an_alternative_text_a_picture_and_its_table(path):
    seen = 0
    for cell in cells(path, "code"):
        shown = [output.get("data", {}) for output in cell.outputs]
        for data, after in zip(shown, [*shown, {}][1:], strict=True):
            if 'class="qantar-chart' in data.get("image/svg+xml", ""):
                seen += 1
                assert len(after["text/plain"]) >= 20 and "text/markdown" in after
                assert re.search(r'<svg [^>]*aria-label="Chart of .{60,}?"', data["image/svg+xml"])
                assert "image/png" in data and "text/html" not in data
                assert any("| --- |" in other.get("text/markdown", "") for other in shown)
    assert seen >= 3


@every
def test_code_that_the_book_folds_is_folded_in_jupyterlab_too(path):
    for cell in cells(path, "code"):
        folded = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        assert folded == ("hide-input" in cell.metadata.get("tags", []))


@every
def test_a_note_on_a_claim_runs_no_notebook(path):
    loaded = loads.loaded(notebooks.read_cached(path))
    assert "claims" not in loaded.tables or {"note", "claims.note"} & set(loaded.without)


@every
def test_a_notebook_holds_no_dead_link(path):
    found = set(re.findall(r"(?:\]\(|href=\\?\")([^)\s\"\\]+)", path.read_text(encoding="utf-8")))
    for target in found:
        file, _, anchor = target.partition("#")
        if re.match("[a-z]+:", target) or not file:
            continue
        place = (path.parent / file).resolve()
        assert place.is_file() and "reference" not in place.parts, target
        assert not anchor or f"\n## {anchor}\n" in read_text(place), target
    assert found


@functools.cache
def read_text(path):
    return path.read_text(encoding="utf-8")


@every
def test_outputs_show_no_objects_no_errors_and_nothing_of_this_machine(path):
    for output in (output for cell in cells(path, "code") for output in cell.outputs):
        assert output.output_type in ("display_data", "execute_result")
        texts = {kind: content for kind, content in output.data.items() if kind != "image/png"}
        assert not re.search(OF_THIS_MACHINE, str(texts))


@every
def test_ids_are_stable_and_metadata_hold_what_jupyterlab_would_write(path):
    notebook = notebooks.read_cached(path)
    assert all(re.fullmatch(r"[a-z][a-z-]+", cell.id) for cell in notebook.cells)
    assert notebook.metadata.kernelspec == {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    }
    assert {"name", "file_extension", "mimetype", "version"} <= notebook.metadata.language_info.keys()
    assert "execution" not in str([cell.metadata for cell in notebook.cells])


@every
def test_committed_outputs_are_up_to_date(path):
    assert notebooks.stale(path) is None


@every
def test_a_notebook_runs_on_the_first_report_alone_and_shows_no_empty_value(path, monkeypatch):
    first = load("sources").sources["published_last"].min()
    monkeypatch.setenv("PRINTED_BY", f"{first:%Y-%m-%d}")
    shown = outputs_here(path)
    assert len(shown) > 5
    assert not re.search(r"\b(nan|NaT|None(?! of)|<NA>)\b", " ".join(shown))


def test_figures_of_two_units_that_exclude_each_other_are_drawn_apart(checkout):
    path = checkout / "data" / "raw" / "claims.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    one = next(row for row in rows if row["measure_id"] == "torture_complaints_anticorruption")
    other = {**one, "claim_id": "another-claim", "as_printed": "7 complaints", "value": "7", "bound": "exact"}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows([*rows, other])
    derive.write(checkout / "data")
    notebook = checkout / "notebooks" / "discrepancies.ipynb"
    notebooks.run(notebook, checkout)
    shown = notebook.read_text(encoding="utf-8")
    assert "fig-exclude-complaint" in shown
    assert "fig-exclude-person" in shown
