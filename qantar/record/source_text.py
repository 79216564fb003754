"""Our text copies of the sources: paragraphs, items, and whether printed words stand where a row says.

The copies belong to the publishers and are not in the repository (see paths.texts). A paragraph is a block between blank
lines, counted from 1; an item is a "- " bullet inside it, counted from 1, and 0 stands for a paragraph without bullets. Words
that lead in to bullets are a paragraph of their own.
"""

import hashlib
import re
from pathlib import Path

_QUOTES = str.maketrans({**dict.fromkeys("‘’‛", "'"), **dict.fromkeys("“”„‟″", '"')})
# What stands before and after printed words that stand whole: not 27 in 227 or 353 in 4,353.
_BEFORE, _AFTER = re.compile(r"(?<!\w)(?<!\d[.,])"), re.compile(r"(?!\w)(?![.,]\d)")
_BULLET = re.compile(r"^\s*- ", re.MULTILINE)


def sha256(source_id, folder):
    """Return the SHA-256 of the text copy of a source in `folder`, in hex; None where there is no such file."""
    path = Path(folder) / f"{source_id}.txt"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def paragraphs(source_id, folder):
    """Return the paragraphs of a source's text copy as a list; paragraph n is at index n - 1."""
    text = (Path(folder) / f"{source_id}.txt").read_text(encoding="utf-8")
    return [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]


def items(paragraph):
    """Return the bullets of a paragraph as a list; an empty list where it has none."""
    return [part.strip() for part in _BULLET.split(paragraph)[1:]]


def lead_in(blocks):
    """Return the number of the first paragraph with words before its first bullet, which no row could reach; None where there is none."""
    return next((n for n, block in enumerate(blocks, 1) if items(block) and not _BULLET.match(block)), None)


def plain(text):
    """Return text as it is looked up: Markdown marks and links dropped, quotes straightened, white space joined."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"[*_]+(?=\S)|(?<=\S)[*_]+", "", text)
    return re.sub(r"\s+", " ", text.translate(_QUOTES)).strip()


def place_problem(as_printed, blocks, paragraph, item):
    """Say why printed words do not stand in their paragraph and item of `blocks`; None where they do.

    They may run on into the next paragraph, since a page break can cut a sentence.
    """
    if paragraph > len(blocks):
        return f"the text copy has {len(blocks)} paragraphs, not {paragraph}"
    here = blocks[paragraph - 1]
    bullets = items(here)
    if bullets and item == 0:
        return f"paragraph {paragraph} has {len(bullets)} items; say in column item which one"
    if item > len(bullets):
        return f"paragraph {paragraph} has {len(bullets)} items, not {item}"
    part = bullets[item - 1] if item else here
    is_last = item in (0, len(bullets))
    following = blocks[paragraph] if is_last and paragraph < len(blocks) else ""
    part = plain(part)
    found = next(_whole_words(as_printed, f"{part} {plain(following)}"), None)
    if found and found[0] < len(part):
        return None
    elsewhere = [n for n, block in enumerate(blocks, 1) if any(_whole_words(as_printed, plain(block)))]
    if elsewhere:
        return f"these words stand in paragraph {elsewhere[0]}" + (
            ", in another item" if elsewhere[0] == paragraph else ""
        )
    return "these words do not stand in the text copy"


def in_context(as_printed, blocks, paragraph, item):
    """Return every place of printed words in their paragraph or item, with the four words before and the two after them."""
    part = plain(items(blocks[paragraph - 1])[item - 1] if item else blocks[paragraph - 1])
    return [
        " ".join([*part[:start].split()[-4:], part[start:end], *part[end:].split()[:2]])
        for start, end in _whole_words(as_printed, part)
    ]


def parts(blocks):
    """Return every item of a text as (paragraph, item, plain text), item 0 where a paragraph has no bullets."""
    return [
        (n, i, plain(part))
        for n, block in enumerate(blocks, 1)
        for i, part in (list(enumerate(items(block), 1)) or [(0, block)])
    ]


def places(text, spans):
    """Return where printed words stand in a plain text, as (start, end) of every occurrence."""
    return [place for span in spans for place in _whole_words(span, text)]


def run_on(blocks, paragraph, item, spans):
    """Return the places in an item that words of the paragraph before it run on into; `spans` are printed words by (paragraph, item)."""
    if paragraph == 1 or item > 1:
        return []
    before = blocks[paragraph - 2]
    last = len(items(before))
    head = f"{plain(items(before)[-1] if last else before)} "
    here = plain(items(blocks[paragraph - 1])[0] if item else blocks[paragraph - 1])
    found = places(head + here, spans.get((paragraph - 1, last), []))
    return [(0, end - len(head)) for start, end in found if start < len(head) < end]


def _whole_words(as_printed, text):
    """Yield (start, end) of every place where printed words stand whole in a plain text, from left to right."""
    words, end = plain(as_printed), 0
    while (start := text.find(words, end)) >= 0:
        end = start + len(words)
        if _BEFORE.match(text, start) and _AFTER.match(text, end):
            yield start, end
            end = max(end, start + 1)
        else:
            end = start + 1
