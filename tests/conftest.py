"""What several tests need: a copy of the checkout that may be broken, and commands run in it."""

import ast
import csv
import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import hypothesis
import pytest
from bs4 import BeautifulSoup
from filelock import FileLock

from qantar import addresses, paths, settings
from qantar.pipeline import notebooks
from qantar.record import derive, load, tables

# The same examples on every machine, and no clock: machines are shared and slow at times.
hypothesis.settings.register_profile("qantar", deadline=None, derandomize=True)
hypothesis.settings.load_profile("qantar")

FIXTURE = Path(__file__).parent / "fixture"  # two invented reports and their record: see its README.md
TEXTS = FIXTURE / "texts"
MORE = Path(__file__).parent / "more"  # a third one, with what the two do not have

# Not part of a checkout: what git ignores, and what a run leaves.
_LEFT_OUT = shutil.ignore_patterns(
    *(".git", ".venv", "_build", "reference", "__pycache__", ".pytest_cache", ".hypothesis"),
    *(".ruff_cache", ".pytask", ".ipynb_checkpoints", "*.egg-info", ".import_linter_cache"),
)


# --- the frozen record ---


@pytest.fixture(autouse=True)
def no_address(monkeypatch):
    """The book has no address, whatever _config.yml says."""
    monkeypatch.setattr(addresses, "site_url", lambda root=None: "")


@pytest.fixture(scope="session")
def frozen(tmp_path_factory):
    """The folder data/ of the frozen record, with the live schema and its clean tables.

    Tests must not change it.
    """
    folder = tmp_path_factory.mktemp("frozen") / "data"
    shutil.copytree(FIXTURE / "data", folder)
    shutil.copy(paths.PACKAGE, folder)
    derive.write(folder)
    return folder


@pytest.fixture(scope="session")
def wider(frozen, tmp_path_factory):
    """The folder data/ of the frozen record with a third report: see tests/more/README.md.

    Tests must not change it. Its texts stand beside it in texts/.
    """
    folder = tmp_path_factory.mktemp("wider")
    data = shutil.copytree(frozen, folder / "data")
    for path in (MORE / "raw").glob("*.csv"):
        with (data / "raw" / path.name).open("a", encoding="utf-8") as file:
            file.write(path.read_text(encoding="utf-8").partition("\n")[2])
    for texts in (TEXTS, MORE / "texts"):
        shutil.copytree(texts, folder / "texts", dirs_exist_ok=True)
    derive.write(data)
    return data


@pytest.fixture
def wider_data(wider, tmp_path):
    """A copy of the wider record for one test, to be edited and broken."""
    return shutil.copytree(wider, tmp_path / "data")


@pytest.fixture(scope="session")
def wider_record(wider):
    """The wider record, loaded."""
    return load(data=wider, edition=settings.WHOLE)


@pytest.fixture
def data(frozen, tmp_path):
    """A copy of the frozen record for one test, to be edited and broken."""
    return shutil.copytree(frozen, tmp_path / "data")


@pytest.fixture(scope="session")
def record(frozen):
    """The frozen record, loaded."""
    return load(data=frozen, edition=settings.WHOLE)


def row_number(data, table, row):
    """Return a row of data/raw/<table>.csv as an editor counts it (the header is row 1).

    `row` is that number, the words that its key columns hold ("north-2022-05-p3a"), or "appended".
    """
    if isinstance(row, int):
        return row
    rows = _rows(data, table)
    if row == "appended":
        return len(rows) + 1
    keys = tables.resources()[table]["schema"]["primaryKey"]
    return next(n for n, cells in enumerate(rows, 1) if " ".join(filter(None, cells[: len(keys)])) == row)


def edit_cell(data, table, row, column, cell):
    """Put a cell into data/raw/<table>.csv; `row` as in `row_number`."""
    rows = _rows(data, table)
    rows[row_number(data, table, row) - 1][rows[0].index(column)] = cell
    _write(data, table, rows)


def append_row(data, table, copy_of=None, /, **cells):
    """Append a row to data/raw/<table>.csv.

    Empty, or a copy of a row (see `row_number`), with `cells` in it.
    """
    rows = _rows(data, table)
    row = list(rows[row_number(data, table, copy_of) - 1]) if copy_of else [""] * len(rows[0])
    for column, cell in cells.items():
        row[rows[0].index(column)] = str(cell)
    _write(data, table, [*rows, row])


def _rows(data, table):
    with (Path(data) / "raw" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _write(data, table, rows):
    with (Path(data) / "raw" / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


@pytest.fixture
def source_texts():
    """The folder of text copies of the live record; the test skips where they are not all at hand."""
    folder = settings.sources_folder()
    sources = tables.read_table("sources")["source_id"]
    if folder is None or not all((folder / f"{source}.txt").is_file() for source in sources):
        pytest.skip("the text copies of the sources are not at hand (../shared/sources or QANTAR_SOURCES)")
    return folder


# --- copies of the checkout ---


def copy_checkout(folder):
    """Copy the checkout, as it is in the working tree, into a folder, and return the copy's path."""
    return shutil.copytree(paths.ROOT, Path(folder) / "qantar", ignore=_LEFT_OUT)


@pytest.fixture
def checkout(tmp_path):
    """A copy of the checkout for one test."""
    return copy_checkout(tmp_path)


def outputs_here(path):
    """Run the cells of a notebook in this process, without a kernel; return what they show, as texts."""
    shown = []
    space = {"display": lambda *outputs: shown.extend(getattr(each, "text", str(each)) for each in outputs)}
    for cell in notebooks.read_cached(path).cells:
        if cell.cell_type == "code":
            parsed = ast.parse(cell.source)
            last = parsed.body.pop() if isinstance(parsed.body[-1], ast.Expr) else None
            exec(compile(parsed, cell.id, "exec"), space)
            value = eval(compile(ast.Expression(last.value), cell.id, "eval"), space) if last else None
            shown += [] if value is None else [repr(value)]
    return shown


def run(arguments, root, **environment):
    """Run a Python module or script in a copy of the checkout, importing the copy's package.

    Return the process.
    """
    env = {
        **os.environ,
        "PYTHONPATH": str(root),
        "QANTAR_SOURCES": str(Path(root) / "no-texts"),
        **environment,
    }
    env.pop("PYTEST_XDIST_WORKER", None)
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=root, env=env, text=True, capture_output=True, timeout=600, check=False
    )


def pytask(root):
    """Run the pipeline in a copy; return the finished process."""
    return run(["-m", "pytask"], root)


# --- a small book of the frozen record ---

_NOT_SMALL = shutil.ignore_patterns(
    *("tests", "notebooks", "benchmarks", "data", "pytask.lock"),
    *("how_to_update.md", "method.md", "scale.md"),
)


def small_checkout(folder):
    """Make a checkout with the frozen record, a small book, and notebooks that are not run; return it."""
    root = Path(folder) / "qantar"
    shutil.copytree(paths.ROOT, root, ignore=lambda *found: _LEFT_OUT(*found) | _NOT_SMALL(*found))
    shutil.copytree(FIXTURE, root, dirs_exist_ok=True)
    shutil.copy(paths.PACKAGE, root / "data")
    shutil.copy(paths.DATA / "README.md", root / "data")
    template = root / "book" / "templates" / "cases.md"  # it links to a notebook that is not there
    text = template.read_text(encoding="utf-8")
    template.write_text(text.replace("notebooks/cases.ipynb", "notebooks/trials.ipynb"), encoding="utf-8")
    derive.write(root / "data")
    return root


@pytest.fixture(scope="session")
def small(tmp_path_factory, worker_id):
    """A small checkout with its book, built once for all workers. Tests must not change it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "small"
    with FileLock(folder.with_suffix(".lock")):
        if not (folder / "qantar" / "book" / "_build" / "html").exists():
            shutil.rmtree(folder, ignore_errors=True)
            done = pytask(small_checkout(folder))
            assert done.returncode == 0, done.stdout + done.stderr
    return folder / "qantar"


@pytest.fixture
def small_copy(small, tmp_path):
    """A copy of the small checkout with its book, for one test."""
    return shutil.copytree(small, tmp_path / "qantar")


_LIVE = {"html", "soups", "served", "checkout", "source_texts"}  # fixtures of the live record and its book


def pytest_collection_modifyitems(items):
    """Leave out notebooks that _toc.yml does not name, and mark what looks at the live record."""
    pages = notebooks.in_order()
    items[:] = [item for item in items if item.path.suffix != ".ipynb" or item.path in pages]
    for item in items:
        if item.path.suffix == ".ipynb" or _LIVE.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("live")
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


# --- the whole book ---


# Nothing of these may stand in what is built.
ELSEWHERE = {
    "TZ": "Asia/Almaty",
    "LC_ALL": "C.UTF-8",
    "LANG": "kk_KZ.UTF-8",
    "PYTHONHASHSEED": "7",
    "USER": "somebody",
}


@pytest.fixture(scope="session")
def html(tmp_path_factory, worker_id):
    """The book, built once for all workers from a copy of the checkout.

    In a folder, a time zone and a locale of its own.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "a book, книга"
    built = folder / "qantar" / "book" / "_build" / "html"
    with FileLock(folder.with_suffix(".lock")):
        if not built.exists():
            folder.mkdir()
            done = run(
                ["-c", "from qantar.book import build; build.build()"], copy_checkout(folder), **ELSEWHERE
            )
            assert done.returncode == 0, done.stderr
    return built


@pytest.fixture(scope="session")
def soups(html):
    """The pages of the book, parsed, by path."""
    return {
        path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in sorted(html.rglob("*.html"))
    }


# --- the built book in a browser ---

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine (apt install chromium)"
)
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


@pytest.fixture(scope="session")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served(html):
    """The address of the book on a server of this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=html))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture
def open_page(chromium):
    """Open an address in a window of its own.

    Returns the page and what was noted: requests, bytes, words of the console.
    """
    contexts = []

    def opened(address, width=1280, scheme="light", **more):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", **more
        )
        contexts.append(context)
        page = context.new_page()
        noted = {"requests": [], "bytes": 0, "console": []}
        page.on("request", lambda request: noted["requests"].append(request.url))
        page.on("response", lambda response: noted.__setitem__("bytes", noted["bytes"] + _size(response)))
        page.on(
            "console",
            lambda said: noted["console"].append(said.text) if said.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: noted["console"].append(str(error)))
        page.goto(address)
        return page, noted

    yield opened
    for context in contexts:
        context.close()


def _size(response):
    try:
        return len(response.body())
    except Exception:  # a redirect has no body
        return 0
