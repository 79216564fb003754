"""Every page of the built book by axe, in Debian's Chromium. Without a browser these tests skip."""

import pytest
from conftest import needs_chromium

pytestmark = needs_chromium

# Every page once; each that is made in its own way in other widths and colours too.
KINDS = ("notebooks/a*", "book/index", "book/reference/[ac]*s", "book/reference/claims_torture", "search")
# Passes are not counted one by one, which takes half the time.
VIOLATIONS = {"resultTypes": ["violations"]}
LOOKS = {"runOnly": ["color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block"]}


@pytest.mark.parametrize(
    ("which", "width", "scheme", "options"),
    [
        (("**/*",), 1280, "light", {}),
        (KINDS, 375, "dark", {}),
        (KINDS, 1280, "dark", LOOKS),
        (KINDS, 375, "light", LOOKS),
    ],
)
def test_axe_finds_nothing(html, open_page, which, width, scheme, options):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    paths = {path for pattern in which for path in html.glob(f"{pattern}.html")}
    found = {}
    for path in sorted(paths - {html / "index.html"}):
        page, _ = open_page(path.as_uri(), width, scheme)
        if violations := axe.run(page, options=VIOLATIONS | options).response["violations"]:
            found[path.name] = [(each["id"], each["nodes"][0]["html"][:120]) for each in violations]
        page.context.close()
    assert found == {}
