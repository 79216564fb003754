"""A notebook of a clone in JupyterLab, not trusted and not run: what is seen, and what opening leaves."""

import contextlib
import itertools
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import playwright.sync_api
import pytest
from bs4 import BeautifulSoup
from conftest import needs_chromium
from nbconvert import HTMLExporter

from qantar.pipeline import notebooks

_TOKEN = "of-this-test"


@pytest.fixture
def lab(small_copy, tmp_path):
    """The address of a JupyterLab server on a copy of the small checkout, which knows of no trust."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    options = [f"--port={port}", f"--IdentityProvider.token={_TOKEN}", "--allow-root", "--no-browser"]
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "jupyterlab",
            *options,
            "--LabApp.news_url=",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ],
        cwd=small_copy,
        env={**os.environ, **folders, "PYTHONPATH": str(small_copy)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api?token={_TOKEN}")
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(address):
    for _ in range(100):
        try:
            return urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.2)
    raise AssertionError("JupyterLab did not start")


@needs_chromium
def test_an_untrusted_notebook_shows_its_title_and_charts_and_stays_as_it_is(lab, small_copy, open_page):
    path = small_copy / "notebooks" / "deaths.ipynb"
    before = path.read_bytes()
    outputs = [output.get("data", {}) for cell in notebooks.read(path).cells for output in _outputs(cell)]
    captions = [after["text/plain"] for chart, after in itertools.pairwise(outputs) if "image/png" in chart]
    page, _ = open_page(f"{lab}/lab/tree/notebooks/deaths.ipynb?token={_TOKEN}")
    page.set_viewport_size({"width": 1280, "height": 3000})
    cells = page.locator(".jp-Notebook .jp-Cell")
    page.locator(".jp-Notebook h1").wait_for(timeout=30_000)
    assert cells.first.inner_text().startswith("Deaths")

    pictures = page.locator(".jp-Notebook .jp-OutputArea-output img")
    pictures.first.wait_for()
    page.wait_for_function(
        "[...document.querySelectorAll('.jp-Notebook img')].every(img => img.naturalWidth)"
    )
    assert pictures.count() == len(captions) > 0
    assert all(
        source.startswith("data:image/png") for source in pictures.evaluate_all("all => all.map(i => i.src)")
    )
    text = " ".join(page.locator(".jp-Notebook").inner_text().split())
    assert all(caption in text for caption in captions)
    code = page.locator(".jp-CodeCell .jp-InputArea-editor:visible")
    assert code.count() == 0, "code is folded"

    link = page.locator(".jp-RenderedMarkdown a", has_text=re.compile("deaths")).first
    page.locator(".jp-NotebookPanel-toolbar [data-status=idle]").wait_for(timeout=20_000)
    assert path.read_bytes() == before and page.locator(".jp-mod-dirty").count() == 0
    cells.first.click()
    page.keyboard.press("Control+s")
    page.wait_for_timeout(1500)
    assert notebooks.stale(path, small_copy) is None

    anchor = link.get_attribute("href").partition("#")[2]
    link.click()
    heading = page.locator(f".jp-MarkdownViewer h2:text-is('{anchor}')")
    heading.wait_for()
    assert heading.evaluate("h => h.getBoundingClientRect().top < innerHeight"), "opened at the claim"


@needs_chromium
def test_a_notebook_runs_from_top_to_bottom_in_jupyterlab(lab, small_copy, open_page):
    path = small_copy / "notebooks" / "deaths.ipynb"
    notebook = notebooks.read(path)
    charts = sum(
        "image/png" in output.get("data", {}) for cell in notebook.cells for output in _outputs(cell)
    )
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    nbformat.write(notebook, path)
    page, _ = open_page(f"{lab}/lab/tree/notebooks/deaths.ipynb?token={_TOKEN}")
    page.set_viewport_size({"width": 1280, "height": 3000})
    page.locator(".jp-NotebookPanel-toolbar [data-status=idle]").wait_for(timeout=180_000)
    pictures = page.locator(".jp-Notebook .jp-OutputArea-output :is(img, svg)")
    assert pictures.count() == 0
    _run_all_cells(page)
    pictures.nth(charts - 1).wait_for(timeout=180_000)
    page.locator(".jp-NotebookPanel-toolbar [data-status=idle]").wait_for(timeout=180_000)
    page.keyboard.press("Control+s")
    page.locator(".jp-mod-dirty").wait_for(state="detached")
    ran = [cell for cell in notebooks.read(path).cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in ran)
    assert {output.output_type for cell in ran for output in cell.outputs} <= {
        "display_data",
        "execute_result",
    }


def _run_all_cells(page):
    """Run all cells; once more where the new kernel lost the first run, as happens on a busy machine.

    JupyterLab then asks which kernel to take, in a dialog above everything.
    """
    output = page.locator(".jp-Notebook .jp-OutputArea-output").first
    dialog = page.locator(".jp-Dialog button.jp-mod-accept")
    for _ in range(5):
        with contextlib.suppress(playwright.sync_api.TimeoutError):
            if dialog.count():
                dialog.first.click(timeout=5_000)
            page.get_by_role("menuitem", name="Run", exact=True).click(timeout=10_000)
            page.get_by_text("Run All Cells", exact=True).click(timeout=10_000)
            return output.wait_for(timeout=40_000)
    raise AssertionError("JupyterLab ran no cell")


def _outputs(cell):
    return cell.get("outputs", [])


def test_a_rendering_that_strips_html_shows_charts_and_captions(small):
    text, _ = HTMLExporter(sanitize_html=True).from_filename(str(small / "notebooks" / "deaths.ipynb"))
    shown = BeautifulSoup(text, "html.parser")
    assert len(shown.select("main img[src^='data:image/']")) == 1
    assert "Deaths in total, as each report prints them." in shown.main.get_text()


@pytest.mark.live
@pytest.mark.parametrize("path", notebooks.in_order(), ids=lambda path: path.stem)
def test_a_title_and_an_answer_stand_before_any_code(path):
    """Code is folded until an output was shown; on a page for analysts the rest of it is open."""
    title, *cells = notebooks.read(path).cells
    assert title.source.startswith("# ")
    for cell in itertools.takewhile(lambda cell: not any("data" in o for o in _outputs(cell)), cells):
        assert cell.cell_type == "markdown" or cell.metadata["jupyter"]["source_hidden"], cell.id
    first = next(cell for cell in cells if _outputs(cell))
    assert first.metadata["jupyter"]["source_hidden"] and "hide-input" in first.metadata["tags"]
