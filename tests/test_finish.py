"""The finished book: light, private and safe, with nothing of its looks lost; and a theme that changed stops the build."""

import base64
import hashlib
import re
import shutil

import pytest

from qantar.book.theme import finish, sheets

_PAGE = """<!DOCTYPE html>
<html lang="en" data-content_root="./">
  <head>
    <meta charset="utf-8" />
    <title>A page</title>
    <link rel="stylesheet" type="text/css" href="_static/theme.css?v=1" />
    <script src="_static/scripts/fontawesome.js"></script>
    <script src="_static/documentation_options.js"></script>
    <script>DOCUMENTATION_OPTIONS.pagename = 'page';</script>
  </head>
  <body>
    <h2>How many?<a class="headerlink" href="#how-many">#</a></h2>
    <button class="btn" aria-label="Up"><i class="fa-solid fa-arrow-up"></i></button>
    <table class="table"><tr><td>227</td></tr></table>
  </body>
</html>
"""
GROUP = 'role="group" font-family="DejaVu Sans, sans-serif" fill="currentColor"'  # what a finished drawing says of all in it
_FILES = {
    "page.html": _PAGE,
    "index.html": '<meta http-equiv="Refresh" content="0; url=page.html" />\n',
    "_static/theme.css": "@import 'basic.css'; .btn:hover, .nowhere { color: red } .nowhere { color: blue } @media print { .nowhere { top: 0 } }",
    "_static/basic.css": ":root { --asked: 1px; --unasked: 2px } table { top: var(--asked); background: url(line.png) } .copybtn { top: 0 }",
    "_static/line.png": "",
    "_static/unused.png": "",
    "_static/locales/kk/messages.js": "",
    "_static/scripts/fontawesome.js": 'var a={"arrow-up":[1,2,[],"f062","regular"]},b={"arrow-up":[384,512,[8593],"f062","M214 41"]}',
    "_static/clipboard.min.js": "",
    "_static/copybutton.js": 'b.innerHTML = `<button class="copybtn">`\n//# sourceMappingURL=copybutton.js.map',
    "_static/doctools.js": "",
    "_static/language_data.js": "",
    "searchindex.js": "",
}


@pytest.fixture
def small(tmp_path):
    """A book of one page, as Sphinx and the theme would make it, with what the theme's scripts must hold."""
    for name in finish._EVERY_PAGE + finish._SEARCH_PAGE:
        _FILES.setdefault(
            f"_static/{name}", "\n".join(old for file, old, _ in finish._MENDED if file == name)
        )
    for name, text in _FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def _loaded(page, soup):
    """Return the files that a browser with an empty cache loads for a page, the page among them."""
    asked = [
        tag.get("src") or tag.get("href")
        for tag in soup.select(
            "script[src], img[src], link[rel~=stylesheet], link[rel=icon], link[rel=preload]"
        )
    ]
    asked += re.findall(r'\.src="([^"]+)', str(soup.script))
    return {
        page,
        *(
            (page.parent / address.split("?")[0]).resolve()
            for address in asked
            if not address.startswith("data:")
        ),
    }


def test_a_theme_page_loads_at_most_600_kilobytes(html, soups):
    weights = {
        page.name: sum(file.stat().st_size for file in _loaded(page, soup))
        for page, soup in soups.items()
        if page.parent.name == "notebooks"
    }
    assert len(weights) >= 10
    assert {name: weight for name, weight in weights.items() if weight > 600_000} == {}


def test_only_the_search_page_loads_the_index_of_words(html, soups):
    assert [
        page.name for page, soup in soups.items() if soup.find("script", src=re.compile("searchindex"))
    ] == ["search.html"]


def test_the_book_weighs_at_most_30_megabytes_and_holds_no_file_that_nothing_asks_for(html, soups):
    assert sum(path.stat().st_size for path in html.rglob("*") if path.is_file()) <= 30_000_000
    asked = set().union(*(_loaded(page, soup) for page, soup in soups.items()))
    style = (html / "_static" / "book.css").read_text(encoding="utf-8")
    asked |= {
        (html / "_static" / address).resolve() for address in re.findall(r'url\("(?!data:)([^"]+)"\)', style)
    }
    for page, soup in soups.items():  # what can be taken away, and what is shown where a page is shared
        asked |= {(page.parent / link["href"]).resolve() for link in soup.select("a[download]")}
        asked |= {
            (page.parent / meta["content"]).resolve() for meta in soup.select("meta[property='og:image']")
        }
    assert {path for path in (html / "_static").rglob("*") if path.is_file()} <= asked
    assert not list(html.rglob("*.map")) and not list(html.rglob("*.woff*"))


def test_nothing_that_a_page_loads_names_another_host_to_load_from(html):
    for path in [*html.rglob("*.css"), *html.rglob("*.js")]:
        assert not re.search(
            r"""(url\(|@import|fetch\(|import\(|\.src\s*=)\s*['"]?(https?:)?//""",
            path.read_text(encoding="utf-8"),
        ), path


def test_nothing_is_stored_but_the_chosen_theme(html, soups):
    texts = [path.read_text(encoding="utf-8") for path in html.rglob("*.js")] + [
        tag.string or "" for soup in soups.values() for tag in soup.find_all("script")
    ]
    stored = {kept for text in texts for kept in re.findall(r"Storage\.setItem\((\S+),", text)}
    assert stored == {
        '"mode"',
        '"pst_banner_pref"',
        '"pst_announcement_banner_pref"',
    }  # the last two: by closing banners that this book never shows
    assert not any("sessionStorage" in text or "document.cookie" in text for text in texts)


def test_every_page_says_first_what_it_may_load(soups):
    for page, soup in soups.items():
        first = next(soup.head.find_all(True).__iter__())
        assert first["http-equiv"] == "Content-Security-Policy", page
        rules = {rule.split()[0]: rule.split()[1:] for rule in first["content"].split(";")}
        assert rules["default-src"] == ["'none'"] and "'unsafe-inline'" not in rules["script-src"]
        assert soup.find("meta", attrs={"name": "referrer"})["content"] == "no-referrer"
        written = {
            f"'sha256-{base64.b64encode(hashlib.sha256(tag.string.encode()).digest()).decode()}'"
            for tag in soup.select("script:not([src])")
        }
        assert {source for source in rules["script-src"] if source.startswith("'sha256-")} == written, page


def test_no_page_runs_a_script_from_an_attribute_or_an_address(soups):
    for page, soup in soups.items():
        for tag in soup.find_all(True):
            assert not [name for name in tag.attrs if name.startswith("on")], (page, tag.name)
            assert not str(tag.get("href", "")).startswith("javascript:"), page


def test_scripts_wait_for_the_page_but_the_one_that_sets_the_theme_and_calls_them(html, soups):
    for page, soup in soups.items():
        assert all(tag.has_attr("defer") for tag in soup.select("script[src]")), page
        own = soup.select("script:not([src])")
        assert len(own) == (0 if soup.find("meta", attrs={"http-equiv": "Refresh"}) else 1), page
        called = re.findall(r'\.src="([^"?]+)', str(own))
        if own and not soup.select("script[src]"):
            assert [(html / page).parent.joinpath(address).is_file() for address in called] == [True], page
        else:
            assert not called, page


def test_every_icon_is_a_drawing_that_is_not_read_aloud(html, soups):
    for page, soup in soups.items():
        assert not soup.select("i[class*=fa-], span[class*=fa-], .fas, .fa-solid"), page
        for icon in soup.select("svg.svg-inline--fa"):
            assert icon["aria-hidden"] == "true" and icon.path["d"], page
    casualties = soups[html / "notebooks" / "casualties.html"]
    assert {
        "fa-bars",
        "fa-download",
        "fa-sun",
        "fa-moon",
        "fa-circle-half-stroke",
        "fa-magnifying-glass",
        "fa-list",
    } <= {name for icon in casualties.select("svg.svg-inline--fa") for name in icon["class"]}


def test_every_table_is_in_a_frame_that_the_keyboard_reaches_and_that_has_a_name_of_its_own(soups):
    for page, soup in soups.items():
        frames = [table.parent for table in soup.find_all("table")]
        assert all(frame.get("tabindex") == "0" and frame.get("role") == "region" for frame in frames), page
        assert len({frame["aria-label"] for frame in frames}) == len(frames), page


def test_a_number_can_be_looked_for(html):
    search = (html / "_static" / "search.js").read_text(encoding="utf-8")
    assert r"match(/^\d+$/)" not in search
    assert re.search(r'"?227"?: ', (html / "searchindex.js").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "asked",
    (
        ".bd-article table",
        ".qantar-figure .qantar-chart",
        "html[data-theme=dark]",
        ".admonition",
        ".highlight .k",
        ".bd-sidebar-primary",
        ".theme-switch-button .theme-switch",
        # made by scripts
        "button.copybtn.success",
        ".dropdown-menu-dark",
        ".bd-sidebar-primary.pst-sidebar-hidden",
        ".bd-search-container ul.search li",
    ),
)
def test_the_looks_of_what_pages_and_scripts_show_are_kept(html, asked):
    assert asked in (html / "_static" / "book.css").read_text(encoding="utf-8").replace('"', "")


def test_a_rule_is_kept_only_where_something_can_meet_it(small):
    finish.finish(small)
    style = (small / "_static" / "book.css").read_text(encoding="utf-8")
    assert ".btn:hover{" in style and "table{" in style and ".copybtn{" in style
    assert ".nowhere" not in style and "@media" not in style
    assert "--asked:" in style and "--unasked" not in style
    assert style.index("table{") < style.index(".btn:hover{")


def test_a_selector_is_dropped_for_what_it_asks_and_not_for_what_it_excludes():
    static = "a:not(.gone) .here > b#there::after {top: 0} .gone a {top: 0}"
    nodes = sheets.tinycss2.parse_stylesheet(static, skip_whitespace=True)
    assert (
        sheets._rules(nodes, {"a", "b", ".here", "#there"}) == "a:not(.gone) .here > b#there::after{top:0}\n"
    )


def test_the_same_folder_gives_the_same_bytes(small, tmp_path_factory):
    other = tmp_path_factory.mktemp("elsewhere") / "book"
    shutil.copytree(small, other)
    finish.finish(small)
    finish.finish(other)
    files = {path.relative_to(small): path.read_bytes() for path in small.rglob("*") if path.is_file()}
    assert files == {
        path.relative_to(other): path.read_bytes() for path in other.rglob("*") if path.is_file()
    }


def test_what_nothing_asks_for_is_deleted(small):
    finish.finish(small)
    assert sorted(path.name for path in (small / "_static").rglob("*")) == ["book.css", "book.js", "line.png"]


def test_the_solid_icon_is_drawn_and_not_another_of_its_name(small):
    finish.finish(small)
    assert '<path fill="currentColor" d="M214 41"/>' in (small / "page.html").read_text(encoding="utf-8")


def test_a_drawing_keeps_its_shape_and_its_words():
    svg = '<svg role="group">\n <path d="M 14.123456 554.4 \nL 215.049914 -554.4 \nz\n" style="fill: none"/>\n <text x="8.64">a b</text>\n</svg>'
    assert finish._drawing(svg) == (
        f'<svg {GROUP}><path d="M14.12 554.4L215.05 -554.4z" style="fill:none"/><text x="8.64">a b</text></svg>'
    )


def test_a_drawing_says_once_what_holds_for_all_of_it():
    svg = (
        """<svg role="group">\n<g>\n<g id="text_1"><text style="font-size: 8px; font-family: 'DejaVu Sans'; text-anchor: start; fill: currentColor" """
        """transform="translate(8.64 37.549502)">a</text>\n<text style="fill: currentColor" x="8.64" y="2" transform="rotate(-0 8.64 12.938672)">b</text>"""
        """<text style="fill: none" transform="translate(214.288964 819.81875) rotate(-90)">c</text></g>\n</g>\n<g/>\n</svg>"""
    )
    assert finish._drawing(svg) == (
        f'<svg {GROUP}><text style="font-size:8px" x="8.64" y="37.55">a</text><text x="8.64" y="2">b</text>'
        '<text style="fill:none" transform="translate(214.29 819.82) rotate(-90)">c</text></svg>'
    )


def test_a_shape_of_several_marks_is_drawn_once_and_a_row_of_marks_is_one_link():
    mark = '<defs><path id="%s" d="M0 2"/></defs><a xlink:href="%s"><use xlink:href="#%s"/></a>'
    svg = f'<svg role="group">{mark % ("m1", "a.html", "m1")}{mark % ("m2", "a.html", "m2")}{mark % ("m3", "b.html", "m3")}</svg>'
    assert finish._drawing(svg) == (
        f'<svg {GROUP}><defs><path id="m1" d="M0 2"/></defs><a xlink:href="a.html"><use xlink:href="#m1"/><use xlink:href="#m1"/></a>'
        '<a xlink:href="b.html"><use xlink:href="#m1"/></a></svg>'
    )


def test_a_link_that_is_a_word_on_a_chart_is_named_by_that_word():
    link, named = (
        f'<svg {says}><a aria-label="%s" target="_blank"><text x="1">none known</text></a></svg>'
        for says in ('role="group"', GROUP)
    )
    assert (
        finish._drawing(link % "no person, as far as is known")
        == named % "none known: no person, as far as is known"
    )
    assert finish._drawing(link % "none known, March 2023") == named % "none known, March 2023"


@pytest.mark.parametrize(
    "file, old, new, said",
    (
        ("_static/scripts/fontawesome.js", '"arrow-up"', '"arrow"', "fa-arrow-up"),
        ("_static/searchtools.js", r"queryTerm.match(/^\d+$/)", "", "once"),
        ("_static/scripts/pydata-sphinx-theme.js", 'localStorage.setItem("mode",e)', "", "localStorage"),
        ("page.html", 'rel="stylesheet"', 'rel="other"', "style sheet"),
        ("page.html", "<script>DOC", "<script>let other; DOC", "holds a script"),
        ("page.html", "_static/documentation_options.js", "_static/other.js", "other.js"),
        ("page.html", '<i class="fa-solid fa-arrow-up"></i>', "", "an icon"),
        ("page.html", '<table class="table">', '<table class="sd-tab-set">', "sd-tab-set"),
        ("page.html", "<h2>", '<h2 onclick="go()">', "attribute"),
        ("_static/theme.css", ".nowhere", "} .nowhere", "style sheet"),
        ("index.html", "page.html", "other.html", "first page"),
    ),
)
def test_a_theme_that_changed_stops_the_build_with_a_sentence(small, file, old, new, said):
    text = (small / file).read_text(encoding="utf-8")
    assert old in text
    (small / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(RuntimeError, match=r"the book was not finished: .*qantar/finish\.py") as error:
        finish.finish(small)
    assert said in str(error.value)


@pytest.mark.parametrize(
    "file",
    (
        "_static/scripts/fontawesome.js",
        "_static/searchtools.js",
        "_static/copybutton.js",
        "_static/theme.css",
        "_static/basic.css",
    ),
)
def test_a_file_of_the_theme_that_is_gone_stops_the_build(small, file):
    (small / file).unlink()
    with pytest.raises(RuntimeError, match="the book was not finished"):
        finish.finish(small)
