"""One style sheet for the whole book: the theme's own, in their order, without what no page can meet.

One idea: a rule is kept where every tag, class and id that its selector asks for stands in some page or is made by some script;
rather a rule too many than one too few.
"""

import os
import re
from pathlib import Path

import tinycss2

_STRING = re.compile(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`""")
_VARIABLE = re.compile(r"""(?<=[{;])\s*(--[\w-]+)\s*:(?:"[^"]*"|'[^']*'|[^;{}"'])*(?:;|(?=}))""")
_LICENSE = "/*! Icons on the pages: Font Awesome Free, https://fontawesome.com/license/free (CC BY 4.0) */\n"


def linked(page):
    """Return the style sheets that a page links, in their order, as paths below _static; None stands for one that is elsewhere."""
    tags = re.findall(r'<link [^>]*rel="stylesheet"[^>]*>', page)
    return [found[1] if (found := re.search(r'href="[./]*_static/([^"?]+)', tag)) else None for tag in tags]


def one(static, sheets, pages, script):
    """Return style sheets of the folder `static` as one text, without the rules that nothing in the pages or made by the script can meet.

    Pages and script are texts. Raises ValueError where a sheet cannot be parsed, and FileNotFoundError where it is not there.
    """
    used = _used(pages, script)
    style = _LICENSE + "".join(
        _rules(tinycss2.parse_stylesheet(_text(static, sheet), skip_whitespace=True), used)
        for sheet in sheets
    )
    moves = set(re.findall(r"[\w-]+", " ".join(re.findall(r"animation(?:-name)?:([^;}]*)", style))))
    style = re.sub(
        r"@(?:-webkit-)?keyframes ([\w-]+) ?\{[^\n]*\n",
        lambda found: found[0] if found[1] in moves else "",
        style,
    )
    elsewhere, before = set(re.findall(r"var\(\s*(--[\w-]+)", "".join([*pages, script]))), ""
    while style != before:  # a variable may be asked for by one that nothing asks for
        asked = elsewhere | set(re.findall(r"var\(\s*(--[\w-]+)", style))
        before, style = (
            style,
            _VARIABLE.sub(lambda found, asked=asked: found[0] if found[1] in asked else "", style),
        )
    return style


def _used(pages, script):
    """Return what a selector may ask for: tags, .classes and #ids of the pages, and the words in the script's strings as any of them.

    A word after a dot or a hash is not made by a script but looked for.
    """
    used = {"html", "head", "body"}
    for page in pages:
        used.update(tag.lower() for tag in re.findall(r"<([a-zA-Z][\w-]*)", page))
        used.update(f"#{name}" for name in re.findall(r'\bid="([^"\s]+)"', page))
        used.update(f".{name}" for names in re.findall(r'\bclass="([^"]*)"', page) for name in names.split())
    strings = _STRING.findall(re.sub(r"(?m)/\*(?s:.*?)\*/|^\s*//.*", "", script))
    words = {word for string in strings for word in re.findall(r"(?<![.#\w-])[\w-]+", string)}
    return used.union(words, *({f".{word}", f"#{word}"} for word in words))


def _text(static, sheet):
    """Return the text of a style sheet, with what it imports, and the addresses in it as seen from `static`."""

    def here(address):
        return os.path.normpath(Path(sheet).parent / address).replace(os.sep, "/")

    text = (static / sheet).read_text(encoding="utf-8")
    text = re.sub(
        r"""url\(\s*["']?(?!data:|#)([^"')]+)["']?\s*\)""", lambda found: f'url("{here(found[1])}")', text
    )
    return re.sub(r"""@import\s+["']([^"']+)["'];?""", lambda found: _text(static, here(found[1])), text)


def _rules(nodes, used):
    written = []
    for node in nodes:
        if node.type == "comment" and node.value.startswith("!"):
            written.append(f"/*{node.value}*/\n")
        elif node.type == "qualified-rule":
            selectors = [
                _plain(selector) for selector in _selectors(node.prelude) if _asked(selector) <= used
            ]
            written += [f"{','.join(selectors)}{{{_plain(node.content)}}}\n"] if selectors else []
        elif (
            node.type == "at-rule"
            and node.lower_at_keyword in ("media", "supports", "layer", "container")
            and node.content is not None
        ):
            inner = _rules(tinycss2.parse_rule_list(node.content, skip_whitespace=True), used)
            written += [f"@{node.at_keyword} {_plain(node.prelude)}{{\n{inner}}}\n"] if inner else []
        elif node.type == "at-rule" and node.lower_at_keyword not in (
            "charset",
            "font-face",
        ):  # the theme's only fonts are its icons
            written.append(_plain([node]) + "\n")
        elif node.type == "error":
            raise ValueError(node.message)
    return "".join(written)


def _plain(nodes):
    """Return parsed CSS as text in one line, without comments and the spaces that say nothing."""
    text = re.sub(
        r"\s*\n\s*", " ", tinycss2.serialize([node for node in nodes if node.type != "comment"])
    ).strip()
    return re.sub(r"(?<=[;{]) | (?=})|(?<=\w:) (?=[\w#-])", "", text)


def _selectors(prelude):
    """Return a list of selectors as a list of lists of nodes."""
    selectors = [[]]
    for node in prelude:
        if node == ",":
            selectors.append([])
        elif node.type != "comment":
            selectors[-1].append(node)
    return selectors


def _asked(selector):
    """Return the tags, .classes and #ids that must all be there for a selector to meet anything."""
    asked, before = set(), ""
    for node in selector:
        if node.type == "hash":
            asked.add(f"#{node.value}")
        elif node.type == "ident" and before != ":":
            asked.add(f".{node.value}" if before == "." else node.lower_value)
        before = node.value if node.type == "literal" else ""
    return asked
