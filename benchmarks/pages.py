"""How heavy each page of the built book is, and how it scores in Lighthouse where that is installed (`npm
install --global lighthouse`).

Run it with `python benchmarks/pages.py` after `make book`. Bytes are what a page loads from an empty cache,
uncompressed. Lighthouse scores are of a phone on a slow line, simulated; on a shared machine they vary by a
few points.
"""

import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from qantar import paths

WANTED = {"bytes": 600_000, "performance": 95, "accessibility": 100, "largest element, seconds": 2.5}


def loaded(page, html):
    """Return how many bytes a page and what it loads at once weigh.

    Its own file, style sheets, scripts, pictures, icon.
    """
    text = page.read_text(encoding="utf-8")
    loading = re.findall(
        r'(?:<script\b[^>]*\b|script\.)src="([^"]+)|<img\b[^>]*\bsrc="([^"]+)|<link\b[^>]*rel="(?:stylesheet|icon)"[^>]*href="([^"]+)',
        text,
    )
    addresses = {"".join(found).split("?")[0] for found in loading if not "".join(found).startswith("data:")}
    files = {Path(os.path.normpath(page.parent / address)) for address in addresses}
    return page.stat().st_size + sum(file.stat().st_size for file in files if file.is_file())


def lighthouse(address, command):
    """Return Lighthouse's performance, accessibility (0 to 100) and seconds to the largest element."""
    flags = "--headless=new --no-sandbox --disable-gpu --disable-quic"
    arguments = [
        command,
        address,
        "--quiet",
        "--output=json",
        "--only-categories=performance,accessibility",
        f"--chrome-flags={flags}",
    ]
    environment = {
        **os.environ,
        "CHROME_PATH": shutil.which("chromium") or shutil.which("google-chrome") or "",
    }
    told = json.loads(
        subprocess.run(arguments, env=environment, check=True, capture_output=True, text=True).stdout
    )
    scores = [round(100 * told["categories"][name]["score"]) for name in ("performance", "accessibility")]
    return [*scores, round(told["audits"]["largest-contentful-paint"]["numericValue"] / 1000, 1)]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A server that does not talk."""

    def log_message(self, *_):
        """Say nothing."""


def main():
    """Print a line for each page, the heaviest first, and the size of the whole book."""
    html = paths.HTML
    if not (html / "index.html").is_file():
        sys.exit("there is no built book; run `make book` first")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=html))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    command = shutil.which(os.environ.get("LIGHTHOUSE", "lighthouse"))
    print("; ".join(f"{name}: {most}" for name, most in WANTED.items()) + " are wanted")
    print(f"{'bytes':>9}  {'perf.  access.  largest' if command else ''}  page")
    pages = [
        page for page in html.rglob("*.html") if "_static" not in page.parts and page != html / "index.html"
    ]
    for page in sorted(pages, key=lambda page: -loaded(page, html)):
        name = page.relative_to(html).as_posix()
        scores = (
            lighthouse(f"http://127.0.0.1:{server.server_port}/{name}", command)
            if command and name.startswith(("notebooks/", "book/index"))
            else []
        )
        print(f"{loaded(page, html):9}  {'  '.join(f'{score:5}' for score in scores):21}  {name}", flush=True)
    print(
        f"{sum(file.stat().st_size for file in html.rglob('*') if file.is_file()):,} bytes in the whole book"
    )


if __name__ == "__main__":
    main()
