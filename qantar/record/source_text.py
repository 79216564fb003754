"""Our text copies of the sources: paragraphs, items, and where printed words stand.

A paragraph is a block between blank lines, counted from 1. An item is a "- " bullet inside it, counted from
1; 0 stands for a paragraph without bullets. Publishers own the texts: the repository does not hold them.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

Span = tuple[int, int]  # start and end in a plain text

_QUOTES = str.maketrans({**dict.fromkeys("‘’‛", "'"), **dict.fromkeys("“”„‟″", '"')})
# What may stand before and after whole words: 27 does not stand in 227, nor 353 in 4,353.
_BEFORE, _AFTER = re.compile(r"(?<!\w)(?<!\d[.,])"), re.compile(r"(?!\w)(?![.,]\d)")
_SENTENCE_END = re.compile(
    r"(?<!\b[A-Z]\.)(?<!\b(?:Mr|Ms|Dr|No|vs|St)\.)(?<!\b(?:e\.g|i\.e)\.)(?<!\betc\.)"
    r"(?<=[.!?…])[\"')\]¹²³]*\s+(?=[\"']?[A-ZÀ-ÞА-ЯӘ0-9])"
)
_BULLET = re.compile(r"^\s*- ", re.MULTILINE)


def sha256(source_id: str, folder: Path) -> str | None:
    """Return the SHA-256 of a source's text copy in `folder`, in hex; None where there is no such file."""
    path = Path(folder) / f"{source_id}.txt"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def paragraphs(source_id: str, folder: Path) -> list[str]:
    """Return the paragraphs of a source's text copy; paragraph n is at index n - 1."""
    text = (Path(folder) / f"{source_id}.txt").read_text(encoding="utf-8")
    return [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]


def numbers(paragraphs_read: str) -> list[int]:
    """Return the numbers of paragraphs that "1-12; 20" names, in its order."""
    found = []
    for part in paragraphs_read.split("; "):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def items(paragraph: str) -> list[str]:
    """Return the bullets of a paragraph; an empty list where it has none."""
    return [part.strip() for part in _BULLET.split(paragraph)[1:]]


def lead_in(blocks: list[str]) -> int | None:
    """Return the first paragraph with words before its first bullet, which no row could reach, or None."""
    return next((n for n, block in enumerate(blocks, 1) if items(block) and not _BULLET.match(block)), None)


def plain(text: str) -> str:
    """Return text as it is searched: no Markdown marks and links, straight quotes, single spaces."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"[*_]+(?=\S)|(?<=\S)[*_]+", "", text)
    return " ".join(text.translate(_QUOTES).split())


def place_problem(as_printed: str, blocks: list[str], paragraph: int, item: int) -> str | None:
    """Return why printed words do not stand in their paragraph and item of `blocks`; None where they do.

    They may run on from the last item into the next paragraph, since a page break can cut a sentence.
    """
    if paragraph > len(blocks):
        return f"the text copy has {len(blocks)} paragraphs, not {paragraph}"
    bullets = items(blocks[paragraph - 1])
    if bullets and item == 0:
        return f"paragraph {paragraph} has {len(bullets)} items; say in column item which one"
    if item > len(bullets):
        return f"paragraph {paragraph} has {len(bullets)} items, not {item}"
    here = _part(blocks, paragraph, item)
    may_run_on = item == len(bullets) and paragraph < len(blocks)
    following = plain(blocks[paragraph]) if may_run_on else ""
    first = next(_whole_words(as_printed, f"{here} {following}"), None)
    if first and first[0] < len(here):
        return None
    for n, block in enumerate(blocks, 1):
        if any(_whole_words(as_printed, plain(block))):
            return f"these words stand in paragraph {n}" + (", in another item" if n == paragraph else "")
    return "these words do not stand in the text copy"


def in_quotation(as_printed: str, blocks: list[str], paragraph: int, item: int) -> bool:
    """Return True where printed words stand between quotation marks of their paragraph, or hold one."""
    part = _part(blocks, paragraph, item)
    here = [part[:start].count('"') % 2 == 1 for start, _ in places(part, [as_printed])]
    return any(here) or '"' in plain(as_printed)


def in_context(as_printed: str, blocks: list[str], paragraph: int, item: int) -> list[str]:
    """Return printed words at each place in their item, with four words before and two after them."""
    part = _part(blocks, paragraph, item)
    found = []
    for start, end in places(part, [as_printed]):
        before, after = part[:start].split()[-4:], part[end:].split()[:2]
        found.append(" ".join([*before, part[start:end], *after]))
    return found


def parts(blocks: list[str]) -> list[tuple[int, int, str]]:
    """Return every item of a text as (paragraph, item, plain text)."""
    found = []
    for n, block in enumerate(blocks, 1):
        numbered = list(enumerate(items(block), 1)) or [(0, block)]
        found += [(n, i, plain(part)) for i, part in numbered]
    return found


def sentences(text: str) -> list[Span]:
    """Return where the sentences of a plain text stand, in order; together they cover all its words.

    A sentence ends with a full stop, question or exclamation mark (and closing quotes, brackets and note
    marks), before a space and a capital letter or a digit; not after an initial or an abbreviation.
    """
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    starts = [0, *ends]
    return [(start, end) for start, end in zip(starts, [*ends, len(text)], strict=True) if start < end]


def places(text: str, spans: list[str]) -> list[Span]:
    """Return where printed words stand in a plain text: every occurrence of each of `spans`."""
    return [place for span in spans for place in _whole_words(span, text)]


def run_on(
    blocks: list[str], paragraph: int, item: int, spans: dict[tuple[int, int], list[str]]
) -> list[Span]:
    """Return the places in a first item where words of the last item of the paragraph before run on into it.

    `spans` are printed words by (paragraph, item).
    """
    if paragraph == 1 or item > 1:
        return []
    last = len(items(blocks[paragraph - 2]))
    head = _part(blocks, paragraph - 1, last) + " "
    found = places(head + _part(blocks, paragraph, item), spans.get((paragraph - 1, last), []))
    return [(0, end - len(head)) for start, end in found if start < len(head) < end]


def run_off(
    blocks: list[str], paragraph: int, item: int, spans: dict[tuple[int, int], list[str]]
) -> list[Span]:
    """Return the places at the end of a last item from which its words run on into the next paragraph.

    `spans` are printed words by (paragraph, item).
    """
    if paragraph == len(blocks) or item != len(items(blocks[paragraph - 1])):
        return []
    here = _part(blocks, paragraph, item)
    found = places(f"{here} {plain(blocks[paragraph])}", spans.get((paragraph, item), []))
    return [(start, len(here)) for start, end in found if start < len(here) < end]


def _part(blocks: list[str], paragraph: int, item: int) -> str:
    """Return the plain text of a paragraph, or of one of its items."""
    block = blocks[paragraph - 1]
    return plain(items(block)[item - 1] if item else block)


def _whole_words(as_printed: str, text: str) -> Iterator[Span]:
    """Yield every place where printed words stand whole in a plain text, from left to right."""
    words, end = plain(as_printed), 0
    while (start := text.find(words, end)) >= 0:
        end = start + len(words)
        if _BEFORE.match(text, start) and _AFTER.match(text, end):
            yield start, end
            end = max(end, start + 1)
        else:
            end = start + 1
