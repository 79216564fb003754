"""The last step of the book: what Sphinx and the theme made becomes light, private, safe and open to everybody.

One idea: the pages stay as they are but for their head, their icons, their drawings' white space and some attributes. What they load
is put together anew from the theme's own files: one style sheet, one script, one more for the search page. What nothing asks for then
is deleted. Where the theme no longer holds what is looked for here, nothing is guessed: RuntimeError says what was not found.
"""

import base64
import functools
import hashlib
import os
import re
from html import escape, unescape
from pathlib import Path

from qantar.book.theme import sheets

# The theme's scripts below _static, in the order in which they run.
_EVERY_PAGE = (
    "documentation_options.js",
    "scripts/pydata-sphinx-theme.js",
    "scripts/sphinx-book-theme.js",
    "clipboard.min.js",
    "copybutton.js",
    "sortable.min.js",
    "tables.js",
)
_SEARCH_PAGE = ("doctools.js", "language_data.js", "searchtools.js")
_INDEX = "searchindex.js"
# The scripts that are left out, with the classes that no page may use for want of them. Tool tips and the download menu, which were
# Bootstrap's, are the browser's own here.
_LEFT_OUT = {
    "scripts/fontawesome.js": (),
    "scripts/bootstrap.js": ("modal", "accordion", "carousel"),
    "sphinx_highlight.js": (),
    "togglebutton.js": ("toggle",),
    "design-tabs.js": ("sd-tab-set",),
    "sphinx-thebe.js": ("thebe-launch-button",),
}
_INLINE_LEFT_OUT = (
    "document.documentElement.dataset.mode",
    "let toggle",
    "var toggle",
    "const THEBE",
    "kernelName",
    "DOCUMENTATION_OPTIONS.",
    "// Activate",
)

# What is mended in the theme's scripts: the file, what stands in it, what shall stand there.
_THEME_JS = "scripts/pydata-sphinx-theme.js"
_MENDED = (
    # The "/" key is the browser's.
    (
        "documentation_options.js",
        "ENABLE_SEARCH_SHORTCUTS: true",
        "ENABLE_SEARCH_SHORTCUTS: false, search_as_you_type: false",
    ),
    # A number is what readers of this book look for.
    ("searchtools.js", " ||\n        queryTerm.match(/^\\d+$/)", ""),
    # From a folder the browser lets no page read another: results without a summary.
    (
        "searchtools.js",
        "else if (showSearchSummary)",
        'else if (showSearchSummary && window.location.protocol !== "file:")',
    ),
    # What was looked for is not stored; the results are not marked.
    ("searchtools.js", 'localStorage.setItem("sphinx_highlight_terms", [...highlightTerms].join(" "))', ""),
    ("searchtools.js", '"use strict";', "const SPHINX_HIGHLIGHT_ENABLED = false;"),
    # Nothing is stored but a theme that the reader chose.
    (_THEME_JS, 'localStorage.setItem("mode",e),localStorage.setItem("theme",n),', "keepMode(e),"),
    (_THEME_JS, 'localStorage.getItem("mode")||e', "document.documentElement.dataset.mode||e"),
    (
        _THEME_JS,
        'window.addEventListener("beforeunload",()=>{sessionStorage.setItem("sidebar-scroll-top",e.scrollTop)})',
        "0",
    ),
    (_THEME_JS, 'sessionStorage.getItem("sidebar-scroll-top")', '""'),
    # A button keeps the focus that the keyboard gave it.
    ("scripts/sphinx-book-theme.js", 't&&t.addEventListener("click",(()=>{t.blur()}),!0)', "0"),
)
_OWN = """
function keepMode(mode) {
  try { mode === "auto" ? localStorage.removeItem("mode") : localStorage.setItem("mode", mode); } catch {}
}
document.querySelector(".btn-download-pdf-button")?.addEventListener("click", () => window.print());
"""
# Runs before anything is drawn, so that a dark page never flashes light.
_THEME = """{
  let mode = "auto";
  try { mode = localStorage.getItem("mode") || mode; } catch {}
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.mode = mode;
  document.documentElement.dataset.theme = mode === "auto" ? (dark ? "dark" : "light") : mode;
}"""

# Nobody waits for the script in order to read: it comes when all else is there.
_LATER = """
addEventListener("load", () => {
  const script = document.createElement("script");
  script.src="%s";
  document.head.append(script);
});"""

# What is mended in the pages where it stands: a pattern, and what comes in its place.
_OPENED = (
    (
        r'(?s)<div class="pst-async-banner-revealer.*?</aside>\s*</div>|<div id="ethical-ad-placement".*?</div>',
        "",
    ),  # places for what never comes
    (
        r'<header id="pst-header" [^>]*>\s*</header>',
        '<header id="pst-header"></header>',
    ),  # an empty bar, and many rules for its looks
    (
        r'(<div id="pst-primary-sidebar")',
        r'\1 role="complementary" aria-label="The book"',
    ),  # its logo stands in no landmark
    (r'(<dialog id="pst-search-dialog")', r'\1 aria-label="Search"'),
    (r'(<dialog id="pst-primary-sidebar-modal")', r'\1 aria-label="The book"'),
    (r'(<dialog id="pst-secondary-sidebar-modal")', r'\1 aria-label="On this page"'),
    (
        r'(<button class="btn search-button-field[^>]*) aria-label="Search"',
        r"\1",
    ),  # a name that is not what is written on it
    (r'<summary aria-label="Toggle hidden content">', "<summary>"),
    (r'<summary>(\s*<span class="toctree-toggle")', r'<summary aria-label="The pages below this one">\1'),
    (r'(<a)( xlink:href="[^>]* aria-label=)', r'\1 role="link"\2'),
    (
        r'(<a [^>]*xlink:href=[^>]*) target="_blank"',
        r"\1",
    ),  # JupyterLab keeps its notebook open; in the book a reader goes on, and back
    (r'<th class="head">(?:<p></p>)?</th>', '<td class="head"></td>'),
    (
        r'(<tr) class="row-(?:odd|even)"|(<a) class="reference external"',
        r"\1\2",
    ),  # on every row and link, and no rule asks for them
    (r"(<t[dh][^>]*>)<p>((?:(?!</?p\b)[^\0])*?)</p>(</t[dh]>)", r"\1\2\3"),  # a cell is a paragraph
    (
        r"<pre>",
        '<pre tabindex="0">',
    ),  # to be scrolled by keyboard; the script takes it away where there is nothing to scroll
    (r' onclick="window\.print\(\)"| data-bs-[\w-]+="[^"]*"', ""),
    (
        r'(?s)<div class="(dropdown dropdown-download-buttons)">\s*<button [^>]*(aria-label="[^"]*")[^>]*>\s*(.*?)\s*</button>(.*?</ul>)\s*</div>',
        r'<details class="\1"><summary class="btn dropdown-toggle" \2>\3</summary>\4</details>',
    ),
    (
        r'(?s)(?<!table-container">)<table\b.*?</table>',
        r'<div class="pst-scrollable-table-container">\g<0></div>',
    ),
)
# What matplotlib says of each mark and word of a drawing, and how it is said once for the whole.
_SAID_ONCE = {
    "fill: currentColor": ' fill="currentColor"',
    "font-family: 'DejaVu Sans'": ' font-family="DejaVu Sans, sans-serif"',
    "text-anchor: start": "",
}


def finish(html):
    """Finish the book in the folder `html`, where Sphinx has just built it; the same folder gives the same bytes.

    Raises RuntimeError, a sentence, where the theme no longer holds something that is looked for.
    """
    html = Path(html)
    static, first = html / "_static", html / "index.html"
    raw = {
        path: path.read_text(encoding="utf-8")
        for path in sorted(html.rglob("*.html"))
        if path != first and static not in path.parents
    }
    linked = list(dict.fromkeys(sheet for text in raw.values() for sheet in sheets.linked(text)))
    if not linked or None in linked:
        raise _not_found("a link to a style sheet in _static, and to none elsewhere,", "the pages")
    icons = _read(static / "scripts" / "fontawesome.js")
    pages = {path: _body(text, path.name, icons) for path, text in raw.items()}
    made = {"book.js": _OWN + _scripts(static, _EVERY_PAGE), "search.js": _scripts(static, _SEARCH_PAGE)}
    try:
        made["book.css"] = sheets.one(static, linked, [*pages.values()], "".join(made.values()))
    except (ValueError, FileNotFoundError) as error:
        raise _not_found(f"a style sheet that can be read ({error})", "_static") from None
    addresses = {
        name: f"_static/{name}?v={hashlib.sha256(text.encode()).hexdigest()[:8]}"
        for name, text in made.items()
    }
    pages = {
        path: _head(text, os.path.relpath(html, path.parent).replace(os.sep, "/"), addresses, path.name)
        for path, text in pages.items()
    }
    pages[first] = _first(first, pages)
    for path, text in [*pages.items(), *((static / name, text) for name, text in made.items())]:
        path.write_bytes(text.encode())
    _delete_unused(static, [*pages, static / "book.css"])


def _not_found(what, where):
    return RuntimeError(
        f"the book was not finished: {what} was not found in {where}; if the theme or Sphinx was upgraded, correct qantar/finish.py, "
        "or hold the older version in pyproject.toml"
    )


def _unforeseen(what, page):
    return RuntimeError(
        f"the book was not finished: {page} {what}; take it out, or say in qantar/finish.py what becomes of it"
    )


def _read(path):
    if not path.is_file():
        raise _not_found(path.name, path.parent.name)
    return path.read_text(encoding="utf-8")


def _replaced(pattern, new, text, what, where):
    """Replace what matches `pattern`, which must be there."""
    text, count = re.subn(pattern, new, text, flags=re.DOTALL)
    if not count:
        raise _not_found(what, where)
    return text


def _scripts(static, names):
    """Return scripts of the theme as one, mended where `_MENDED` says so."""
    texts = []
    for name in names:
        text = re.sub(r"\n//# sourceMappingURL=.*", "", _read(static / name))
        for _, old, new in (mend for mend in _MENDED if mend[0] == name):
            if text.count(old) != 1:
                raise _not_found(f"“{' '.join(old.split())}”, once,", f"_static/{name}")
            text = text.replace(old, new)
        texts.append(f"{text}\n;\n")
    return "".join(texts)


def _body(text, page, icons):
    """Return a page without scripts and style sheets, its icons drawn, its menus, dialogs and tables in reach of everybody."""
    for attributes, content in re.findall(r"(?s)<script\b([^>]*)>(.*?)</script>", text):
        source = re.search(r'src="(?:[./]*/)?(?:_static/)?([^"?]+)', attributes)
        if source and source[1] not in (*_EVERY_PAGE, *_SEARCH_PAGE, *_LEFT_OUT, _INDEX):
            raise _unforeseen(f"loads the script {source[1]}", page)
        if not source and "x-thebe" not in attributes and not content.strip().startswith(_INLINE_LEFT_OUT):
            raise _unforeseen(f"holds a script ({content.strip()[:40]} ...)", page)
    text = re.sub(
        r'(?s)\s*<script\b[^>]*>.*?</script>|\s*<link [^>]*rel="(?:stylesheet|preload)"[^>]*>', "", text
    )
    text = _replaced(
        r'<(i|span) class="[^"]*\bfa[srb]?[ -][^>]*>\s*</\1>',
        lambda found: _icon(found[0], icons),
        text,
        "an icon",
        page,
    )
    for pattern, new in _OPENED:
        text = re.sub(pattern, new, text)
    if found := re.search(r"<[a-z][^>]* on[a-z]+=\"", text):
        raise _unforeseen(f"holds a script in an attribute ({found[0][:60]} ...)", page)
    classes = set(" ".join(re.findall(r'\bclass="([^"]*)"', text)).split())
    if lacking := sorted(classes.intersection(sum(_LEFT_OUT.values(), ()))):
        raise _unforeseen(f"uses {', '.join(lacking)}, whose script is left out", page)
    return _tables(re.sub(r"(?s)<svg role=.*?</svg>", lambda found: _drawing(found[0]), text))


def _icon(tag, icons):
    """Return the drawing of an icon of the theme in place of its tag: decoration, since the button around it has a name of its own."""
    classes = re.search(r'class="([^"]*)"', tag)[1].split()
    name = next((c for c in classes if c.startswith("fa-") and c not in ("fa-solid", "fa-lg")), tag)
    drawn = _outline(name[3:], icons) if {"fas", "fa-solid"} & {*classes} else None
    if not drawn:
        raise _not_found(f"the icon {name} of the solid set", "_static/scripts/fontawesome.js")
    (width, height, path), mode = drawn, "".join(re.findall(r' data-mode="\w+"', tag))
    shown = " ".join(["svg-inline--fa", *(c for c in classes if c not in ("fas", "fa-solid"))])
    return f'<svg class="{shown}"{mode} aria-hidden="true" focusable="false" viewBox="0 0 {width} {height}"><path fill="currentColor" d="{path}"/></svg>'


@functools.lru_cache(maxsize=64)  # the file is large, and an icon stands on every page
def _outline(icon, icons):
    """Return width, height and path of a solid icon; None where it is not there. The solid ones are the last of the three sets in the file."""
    return next(
        iter(
            re.findall(rf'[{{,]"?{re.escape(icon)}"?:\[(\d+),(\d+),\[[^]]*],"[0-9a-f]+","([^"]+)"', icons)[
                ::-1
            ]
        ),
        None,
    )


def _drawing(svg):
    """Return a chart without white space between its tags, and in numbers no finer than an eye can see: long outlines are coarser."""

    def rounded(found):
        places = 1 if len(found[0]) > 1000 else 2
        return re.sub(r"-?\d+\.\d+", lambda number: f"{round(float(number[0]), places):g}", found[0])

    svg = re.sub(r' (?:[dxy]|transform)="[^"]*"', rounded, svg)
    svg = re.sub(
        r' d="[^"]*"', lambda found: re.sub(r"\s*\n\s*|(?<=[A-Za-z])\s+(?=[-\d])", "", found[0]), svg
    )
    svg = re.sub(r'aria-label="([^"]*)"([^>]*>\s*<text[^>]*>)([^<]+)', _named_as_written, svg)
    led_to = set(re.findall(r"#([\w.-]+)", svg))
    svg = re.sub(r'(<g) id="([^"]*)"', lambda found: found[0] if found[2] in led_to else found[1], svg)
    svg = re.sub(r' transform="rotate\(-?0 [^"]*"', "", svg)
    svg = re.sub(r'(<text\b[^>]*) transform="translate\(([-\d.]+) ([-\d.]+)\)"', r'\1 x="\2" y="\3"', svg)
    for said, once in _SAID_ONCE.items():
        svg = (
            svg.replace(f"{said}; ", "")
            .replace(f"; {said}", "")
            .replace(f' style="{said}"', "")
            .replace(' role="group"', f' role="group"{once}', 1)
        )
    svg = re.sub(r' style="[^"]*"', lambda found: re.sub(r"([:;]) ", r"\1", found[0]), svg)
    svg = _until_none(
        r"<g>((?:(?!</?g\b).)*)</g>", r"\1", re.sub(r">\s*\n\s*<", "><", svg).replace("<g/>", "")
    )  # groups of which nothing is said
    shapes = {}  # a shape that several marks have is drawn once
    for drawn, name, shape in re.findall(r'(<defs><path id="([^"]*)"([^>]*)/></defs>)', svg):
        if shapes.setdefault(shape, name) != name:
            svg = svg.replace(drawn, "").replace(f'"#{name}"', f'"#{shapes[shape]}"')
    return _until_none(
        r"(<a [^>]*>)((?:(?!</a>).)*)</a>\1", r"\1\2", svg
    )  # marks side by side that lead to one place are one link


def _until_none(pattern, new, text):
    found = 1
    while found:
        text, found = re.subn(pattern, new, text)
    return text


def _named_as_written(found):
    """Return the beginning of a link that is a word on a chart, with a name in which that word stands."""
    label, between, word = found.groups()
    return found[0] if word.lower() in label.lower() else f'aria-label="{word}: {label}"{between}{word}'


def _tables(text):
    """Return a page whose tables can be scrolled by keyboard and say under which heading they stand."""
    heading, count, parts, end = "", 0, [], 0
    for found in re.finditer(
        r'(?s)<h[1-6][^>]*>(.*?)(?:<a class="headerlink|</h[1-6]>)|<div class="pst-scrollable-table-container"',
        text,
    ):
        if found[1] is not None:
            heading = escape(" ".join(unescape(re.sub(r"<[^>]+>", "", found[1])).split()))
            continue
        count += 1
        parts += [
            text[end : found.end()],
            f' role="region" tabindex="0" aria-label="Table {count}: {heading}"',
        ]
        end = found.end()
    return "".join([*parts, text[end:]])


def _policy(script=""):
    """Return the meta tags by which a page loads and runs only the book's own files and `script`, and tells nobody where a reader comes from."""
    inline = (
        f" 'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" if script else ""
    )
    rules = (
        f"default-src 'none'; script-src 'self'{inline}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'"
    )
    return f'<meta http-equiv="Content-Security-Policy" content="{rules}" />\n    <meta name="referrer" content="no-referrer" />'


def _head(text, up, addresses, page):
    """Return a page whose head says first what it may load, and then loads it; `up` leads to the root of the book."""
    head, body, rest = text.partition("<body")
    scripts = [addresses["book.js"], addresses["search.js"], _INDEX] if 'id="search-results"' in rest else []
    first = _THEME if scripts else _THEME + _LATER % f"{up}/{addresses['book.js']}"
    loads = [f"<script>{first}</script>", f'<link rel="stylesheet" href="{up}/{addresses["book.css"]}" />']
    loads += [f'<script defer src="{up}/{script}"></script>' for script in scripts]
    viewport = '<meta name="viewport" content="width=device-width, initial-scale=1" />'
    head = re.sub(r'(?s)\s*<meta name="(?:viewport|docsearch:\w+)"[^>]*>|\s*<!--.*?-->', "", head)
    head = _replaced(
        r"(<head>\s*)(<meta charset[^>]*>)",
        rf"\1{_policy(first)}\n    \2\n    {viewport}",
        head,
        "a head that begins with its charset",
        page,
    )
    return (
        _replaced(r"</title>", lambda found: "\n    ".join([found[0], *loads]), head, "a title", page)
        + body
        + rest
    )


def _first(path, pages):
    """Return the page at the root of the book, which leads to its first page."""
    address = re.search(r"url=([^\"']+)", _read(path))
    if not address or path.parent / address[1] not in pages:
        raise _not_found("the address of the first page", "index.html")
    page = pages[path.parent / address[1]]
    title = re.search(r"(?s)<title>(.*?)</title>", page)[1]
    robots = re.search(r'<meta name="robots"[^>]*>', page)
    icon = re.search(r'<link rel="icon" href="[./]*([^"]+)"', page)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n  <head>\n    {_policy()}\n    <meta charset="utf-8" />\n    <title>{title}</title>\n'
        + (f"    {robots[0]}\n" if robots else "")
        + (f'    <link rel="icon" href="{icon[1]}" />\n' if icon else "")
        + f'    <meta http-equiv="Refresh" content="0; url={address[1]}" />\n  </head>\n'
        f'  <body><main><h1><a href="{address[1]}">{title}</a></h1></main></body>\n</html>\n'
    )


def _delete_unused(static, files):
    """Delete from `static` what no page and no style sheet asks for, and the folders that are empty then."""
    asked = set()
    for file in files:
        found = re.findall(
            r"""\b(?:href|src|content)="([^"#?:]+)["#?]|url\("([^":]+)"\)""", file.read_text(encoding="utf-8")
        )
        asked.update(os.path.normpath(file.parent / unescape(one or other)) for one, other in found)
    for path in sorted(static.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
        elif path.is_file() and os.path.normpath(path) not in asked:
            path.unlink()
