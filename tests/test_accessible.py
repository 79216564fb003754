"""Every page of the built book by axe, in Debian's chromium: nothing that keeps a reader out. Without a browser these tests skip."""

import pytest
from conftest import needs_chromium

pytestmark = needs_chromium


# Every page once; each that is made in its own way twice, so that each width and each scheme is seen; the pages that differ most in both, four times.
EVERY, EACH_KIND, SOME = (
    "**/*.html",
    ("notebooks/*.html", "book/*.html", "book/reference/[!c]*.html", "book/reference/claims_torture.html"),
    "notebooks/a*.html",
)


@pytest.mark.parametrize(
    ("which", "width", "scheme"),
    [(EVERY, 1280, "light"), (EACH_KIND, 375, "dark"), (SOME, 375, "light"), (SOME, 1280, "dark")],
)
def test_axe_finds_nothing(html, open_page, which, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = {}
    for path in sorted(
        path
        for part in ([which] if isinstance(which, str) else which)
        for path in html.glob(part)
        if "_static" not in path.parts and path != html / "index.html"
    ):
        page, _ = open_page(path.as_uri(), width, scheme)
        violations = axe.run(page).response["violations"]
        if violations:
            found[path.name] = [(each["id"], each["nodes"][0]["html"][:120]) for each in violations]
        page.context.close()
    assert found == {}
