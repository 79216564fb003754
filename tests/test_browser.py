"""The built book in a real browser, and a notebook in JupyterLab: Debian's chromium, driven by Playwright. Without one these tests skip.

Each page is asked of a server on this machine that notes every request, or opened from its folder (file://), as a reader with a USB stick does.
"""

import socket
import subprocess
import sys
import time

import pytest
from conftest import copy_checkout, needs_chromium

from qantar import settings
from qantar.pipeline import notebooks

pytestmark = needs_chromium
THEMES = [f"notebooks/{path.stem}.html" for path in notebooks.in_order()]
MOST_BYTES = 600_000  # what a theme page loads from an empty cache


def pages(html):
    return sorted(
        path.relative_to(html).as_posix()
        for path in html.rglob("*.html")
        if "_static" not in path.parts and path != html / "index.html"
    )


def test_no_page_asks_another_host_leaves_a_cookie_or_complains(html, served, open_page):
    for name in pages(html):
        page, noted = open_page(served + name)
        page.wait_for_timeout(150)
        assert {url for url in noted["requests"] if not url.startswith((served, "data:"))} == set(), name
        assert noted["console"] == [], name
        assert page.context.cookies() == [], name
        assert set(page.evaluate("Object.keys(localStorage).concat(Object.keys(sessionStorage))")) <= {
            "mode",
            "theme",
        }, name
        page.context.close()


def test_a_theme_page_is_light(served, open_page):
    for name in THEMES:
        page, noted = open_page(served + name)
        assert noted["bytes"] <= MOST_BYTES, f"{name} loads {noted['bytes']} bytes"
        page.context.close()


def test_no_page_scrolls_sideways_on_a_narrow_screen(html, open_page):
    wider = {}
    for name in pages(html):
        page, _ = open_page((html / name).as_uri(), 320)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wider[name] = over
        page.context.close()
    assert wider == {}


def test_from_a_mark_of_a_chart_to_the_words_of_the_report_by_keyboard(html, open_page):
    page, _ = open_page((html / "notebooks" / "casualties.html").as_uri())
    mark = page.locator("#fig-deaths svg a[aria-label^='227 deaths']").first
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/claims_casualties.html#civicus-2022-03-p25a")
    section = (
        page.locator("section:not(:has(section))")
        .filter(has=page.locator("[id='civicus-2022-03-p25a']"))
        .or_(page.locator("section[id='civicus-2022-03-p25a']"))
    )
    assert "“227 people were killed”" in section.first.inner_text()
    assert (
        section.first.locator("a[href*=':~:text=']")
        .get_attribute("href")
        .startswith("https://monitor.civicus.org/")
    )
    page.go_back()
    page.wait_for_url("**/notebooks/casualties.html")


def test_without_scripts_and_styles_the_pictures_and_tables_still_show(html, open_page):
    page, _ = open_page((html / "notebooks" / "casualties.html").as_uri(), java_script_enabled=False)
    assert page.locator("#fig-deaths svg text").count() > 5
    assert page.locator("#fig-deaths svg").bounding_box()["height"] > 100
    page, _ = open_page((html / "book" / "reference" / "acts.html").as_uri(), java_script_enabled=False)
    assert page.locator("table tbody tr").count() > 100


@pytest.mark.parametrize(
    ("words", "leads_to"),
    [
        ("227", "claims_casualties"),
        ("347", "torture_investigations"),
        ("Kaskelen", "cases"),
        ("274", "article_274"),
        ("Elmedia", "incidents"),
    ],
)
@pytest.mark.parametrize("way", ["folder", "server"])
def test_search_finds_a_number_a_place_an_article_and_a_case(html, served, open_page, words, leads_to, way):
    page, _ = open_page(
        f"{(html / 'search.html').as_uri() if way == 'folder' else served + 'search.html'}?q={words}"
    )
    page.wait_for_selector("#search-results li a", timeout=10_000)
    page.wait_for_timeout(800)
    found = page.locator("#search-results li a").evaluate_all("links => links.map(link => link.href)")
    assert any(leads_to in address for address in found), found


def test_a_table_can_be_filtered_and_sorted_by_keyboard(html, open_page):
    page, _ = open_page((html / "book" / "reference" / "acts.html").as_uri())
    page.get_by_label("Show only rows with").first.fill("amnesty law")
    shown = page.locator("table tbody tr:visible")
    assert 1 <= shown.count() < 10
    page.get_by_label("Show only rows with").first.fill("")
    day = page.get_by_role("button", name="Day").first
    day.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('th[aria-sort]')")
    page.wait_for_timeout(300)
    keys = page.locator("table tbody tr td:nth-child(2)").evaluate_all(
        "cells => cells.map(cell => Number(cell.dataset.sort || 0)).filter(Boolean)"
    )
    assert keys in (sorted(keys), sorted(keys, reverse=True))


def test_each_theme_of_the_recommendations_fits_a_printed_page(html, open_page):
    page, _ = open_page(
        (html / "book" / "reference" / "asked_and_answered.html").as_uri(), 720
    )  # the width of A4 between its margins
    page.emulate_media(media="print")
    heights = page.locator("section section").evaluate_all(
        "sections => sections.map(section => section.getBoundingClientRect().height)"
    )
    assert len(heights) > 5
    assert max(heights) <= 1000  # A4 between its margins, in CSS pixels


def test_a_notebook_runs_from_top_to_bottom_in_jupyterlab(tmp_path, chromium):
    copy = copy_checkout(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        "--IdentityProvider.token=",
        f"--ServerApp.root_dir={copy}",
    ]
    server = subprocess.Popen(
        command,
        cwd=copy,
        env=settings.child_environment(copy),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    try:
        page = context.new_page()
        _when_up(page, f"http://127.0.0.1:{port}/lab/tree/notebooks/article_274.ipynb?reset")
        page.wait_for_selector(".jp-Notebook", timeout=60_000)
        page.wait_for_timeout(3_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Restart Kernel and Run All Cells…").click()
        page.locator(".jp-Dialog button.jp-mod-accept, .jp-Dialog button.jp-mod-warn").first.click()
        page.wait_for_function(
            "[...document.querySelectorAll('.jp-InputPrompt')].some(p => p.textContent.includes('*'))",
            timeout=30_000,
        )
        page.wait_for_function(
            "![...document.querySelectorAll('.jp-InputPrompt')].some(p => p.textContent.includes('*'))",
            timeout=90_000,
        )
        assert (
            page.locator(
                "[data-mime-type='application/vnd.jupyter.stderr'], [data-mime-type='application/vnd.jupyter.error']"
            ).count()
            == 0
        )
        page.locator("figure.qantar-figure svg").first.scroll_into_view_if_needed()
        assert page.locator("figure.qantar-figure svg").first.bounding_box()["height"] > 100
    finally:
        context.close()
        server.terminate()
        server.wait(20)


def _when_up(page, address):
    """Open an address as soon as its server answers."""
    for _ in range(240):
        try:
            return page.goto(address, wait_until="domcontentloaded")
        except Exception:  # not up yet
            time.sleep(1)
    raise AssertionError("JupyterLab did not start within four minutes")
