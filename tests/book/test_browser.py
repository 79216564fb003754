"""The built book in Debian's Chromium, and a notebook in JupyterLab. Without a browser these tests skip.

A page is asked of a server on this machine that notes every request, or opened from its folder (file://).
"""

import re

import pytest
from conftest import needs_chromium

from qantar.pipeline import notebooks

pytestmark = needs_chromium
THEMES = [f"notebooks/{path.stem}.html" for path in notebooks.in_order()]
MOST_BYTES = 400_000  # what a theme page loads from an empty cache
MARK = "#fig-deaths svg a[aria-label]"


def pages(html):
    return sorted(
        path.relative_to(html).as_posix()
        for path in html.rglob("*.html")
        if "_static" not in path.parts and path != html / "index.html"
    )


def test_no_page_asks_another_host_stores_anything_or_complains(html, served, open_page):
    for name in pages(html):
        page, noted = open_page(served + name)
        assert {url for url in noted["requests"] if not url.startswith((served, "data:"))} == set(), name
        assert noted["console"] == [], name
        assert page.context.cookies() == [], name
        assert page.evaluate("Object.keys(localStorage).concat(Object.keys(sessionStorage))") == [], name
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
    mark = page.locator(MARK).first
    address = mark.get_attribute("xlink:href")
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{address.rpartition('/')[2]}")
    place = page.locator(f"[id='{address.rpartition('#')[2]}']")
    section = place.locator("xpath=ancestor-or-self::section[1]")
    assert re.search(r"As printed\s+“", section.inner_text())
    page.go_back()
    page.wait_for_url("**/notebooks/casualties.html")


def test_the_contents_unfold_on_a_phone_without_scripts_and_stand_beside_the_page_on_a_screen(
    html, open_page
):
    address = (html / "notebooks" / "casualties.html").as_uri()
    link = "nav.contents a[href$='cases.html']"
    page, _ = open_page(address, 375, java_script_enabled=False)
    assert page.locator(link).first.bounding_box()["height"] == 0
    page.get_by_text("Contents", exact=True).click()
    assert page.locator(link).first.bounding_box()["height"] > 10
    page, _ = open_page(address, 1280)
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert reached[0] == "Skip to main content" and "Casualties" in reached
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_a_reader_chooses_colours_that_stay_and_nothing_else_is_stored(served, open_page):
    page, _ = open_page(served + "book/index.html", 1280, "light")
    back = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(back)
    button = page.get_by_role("button", name="Colours")
    button.click()
    button.click()
    assert (page.evaluate(back) != light, button.inner_text().strip()) == (True, "Colours: dark")
    page.goto(served + "search.html?q=347")
    assert page.evaluate(back) != light
    assert page.evaluate("JSON.stringify([localStorage, sessionStorage])") == '[{"mode":"dark"},{}]'
    page.get_by_role("button", name="Colours").click()
    assert (page.evaluate(back), page.evaluate("localStorage.length")) == (light, 0)


def test_without_scripts_and_styles_the_pictures_and_tables_still_show(html, open_page):
    page, _ = open_page((html / "notebooks" / "casualties.html").as_uri(), java_script_enabled=False)
    assert page.locator("#fig-deaths svg text").count() > 5
    assert page.locator("#fig-deaths svg").bounding_box()["height"] > 100
    page, _ = open_page((html / "book" / "reference" / "acts.html").as_uri(), java_script_enabled=False)
    assert page.locator("table tbody tr").count() > 100


@pytest.mark.parametrize("way", ["folder", "server"])
@pytest.mark.parametrize(("words", "leads_to"), [
    ("347", "torture"), ("274", "article_274"), ("complaints", "torture"), ("Almaty assembly", "assembl"),
])  # fmt: skip
def test_search_finds_numbers_and_words(html, served, open_page, words, leads_to, way):
    address = (html / "search.html").as_uri() if way == "folder" else f"{served}search.html"
    page, noted = open_page(f"{address}?q={words}")
    page.get_by_text("Search finished").wait_for()
    found = page.locator("#search-results li a").evaluate_all("links => links.map(link => link.href)")
    assert any(leads_to in address for address in found), found
    page.wait_for_load_state("networkidle")
    assert (page.locator("#search-results .context").count() > 0) == (way == "server")
    assert noted["console"] == []


def test_the_key_of_the_browsers_own_search_stays_the_browsers(html, open_page):
    page, _ = open_page((html / "search.html").as_uri())
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.tagName") == "BODY"


def test_a_table_can_be_filtered_and_sorted_by_keyboard(html, open_page):
    page, _ = open_page((html / "book" / "reference" / "acts.html").as_uri())
    rows = page.locator("table tbody tr")
    everything = rows.count()
    field = page.get_by_label("Show only rows with").first
    words = rows.first.locator("td").first.inner_text()
    field.fill(words)
    shown = page.locator("table tbody tr:visible").count()
    assert 1 <= shown < everything
    assert page.get_by_role("status").first.inner_text() == f"{shown} of {everything} rows"
    field.fill("")
    assert page.locator("table tbody tr:visible").count() == everything
    header = page.locator("th", has_text="Day").first
    for direction in ("ascending", "descending"):
        header.get_by_role("button").focus()
        page.keyboard.press("Enter")
        assert header.get_attribute("aria-sort") == direction
        days = page.locator("table tbody tr td:nth-child(2)").evaluate_all(
            "cells => cells.map(cell => Number(cell.dataset.sort || 0)).filter(Boolean)"
        )
        assert len(days) > 5 and days == sorted(days, reverse=direction == "descending")


def test_on_paper_there_is_the_article_alone(html, open_page):
    page, _ = open_page((html / "notebooks" / "casualties.html").as_uri(), 720, "dark")
    page.emulate_media(media="print")
    hidden = ".top form, .top button, nav, .on-page, .filter, .qantar-download, details.hide, .of-page"
    assert page.locator(hidden).evaluate_all("all => all.filter((one) => one.checkVisibility()).length") == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    overflows = page.locator(".table-box").evaluate_all(
        "all => all.map((one) => getComputedStyle(one).overflowX)"
    )
    assert set(overflows) == {"visible"}
    assert page.locator("footer .qantar-fresh").is_visible()


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
