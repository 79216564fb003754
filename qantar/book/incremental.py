"""What Sphinx must be told when it builds only what changed, so that nothing stale is left in the book.

Sphinx looks at times of files, and writes a page again when its own source changed. Here contents count, a
page is written again when what it shows of other pages changed, and what no page has any more is removed.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.search import js_index
from sphinx.transforms.post_transforms import SphinxPostTransform

from qantar.book import downloads


def setup(app: Sphinx) -> None:
    """Connect the handlers. Called by Sphinx."""
    app.connect("env-get-outdated", _pages_with_other_sources)
    app.connect("env-get-updated", _pages_that_show_others)
    app.add_post_transform(_RemoveDownloads)
    app.connect("build-finished", lambda app, error: error or _remove_leftovers(app))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _pages_with_other_sources(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> Iterable[str]:
    """Return the pages whose source has another content than when it was read, whatever its time says."""
    before = getattr(env, "qantar_sources", {})
    now = {page: hashlib.sha256(Path(env.doc2path(page)).read_bytes()).hexdigest() for page in env.found_docs}
    env.qantar_sources = now
    return [page for page in now if before.get(page) != now[page]]


def _pages_that_show_others(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Return all pages when what they show of others changed: titles, labels, order, sizes of downloads."""
    labels = env.get_domain("std")
    shown = [
        {page: title.astext() for page, title in env.titles.items()},
        env.toctree_includes,
        {page: data.get("myst_slugs") for page, data in env.metadata.items()},  # anchors of headings
        labels.labels,
        labels.anonlabels,
        downloads.sizes(app.outdir, app.config.qantar_edition),
    ]
    now = hashlib.sha256(repr([sorted(part.items()) for part in shown]).encode()).hexdigest()
    before, env.qantar_shown = getattr(env, "qantar_shown", None), now
    return [] if before == now else list(env.found_docs)


class _RemoveDownloads(SphinxPostTransform):
    """Removes the tables and figures of a page before it is written again with those that it has now."""

    default_priority = 1  # before any is written
    formats = ("html",)

    def run(self, **_: object) -> None:
        downloads.remove(self.app.outdir, self.env.docname)


def _remove_leftovers(app: Sphinx) -> None:
    """Remove the images that no page shows any more, and the words that no page holds any more."""
    shown = {name for _, name in app.env.images.values()}
    for path in (Path(app.outdir) / "_images").glob("*"):
        if path.name not in shown:
            path.unlink()
    index = Path(app.outdir) / "searchindex.js"
    if index.is_file():
        words = js_index.loads(index.read_text(encoding="utf-8"))
        for part in ("terms", "titleterms"):
            words[part] = {word: pages for word, pages in words[part].items() if pages != []}
        index.write_text(js_index.dumps(words), encoding="utf-8")
