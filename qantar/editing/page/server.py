"""The local page of `qantar add`: one person, one machine, no other host.

The server listens on the loopback address. Its address holds a token; a request that names another host,
comes from another page or has no token is refused. Pages run one script of ours and nothing else.
"""

import secrets
import webbrowser
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import tornado.escape
import tornado.httpserver
import tornado.ioloop
import tornado.netutil
import tornado.web

from qantar import paths
from qantar.editing.draft import Draft, Refused, Row
from qantar.editing.page import preview, report, suggest
from qantar.record import source_text, tables

HERE = Path(__file__).parent
POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'"
REASONS = (  # why a quantity is no figure of the record
    "duration, no subject of the reports",
    "rhetoric, no count",
    "a number of the law",
    "about the report itself",
    "repeats a figure of this report",
)
_OFTEN = (  # the columns of a figure or a statement that are looked at each time
    *("as_printed", "summary", "actor", "deed", "object", "kind", "theme", "bound", "value", "value_to"),
    *("as_of", "date", "date_basis", "speaker", "voice", "hedge", "place_id", "same_statement"),
)


class Page(tornado.web.RequestHandler):
    """A page of the report that is read; `self.report` is it, once its address names one."""

    def prepare(self) -> None:
        host, origin = self.request.host, self.request.headers.get("Origin")
        if host not in self.settings["hosts"] or (
            origin and urlsplit(origin).netloc not in self.settings["hosts"]
        ):
            raise tornado.web.HTTPError(403, reason="this page answers only its own address")
        if not secrets.compare_digest(self.path_kwargs.pop("token"), self.settings["token"]):
            raise tornado.web.HTTPError(404, reason="the address has no token, or an old one")

    def set_default_headers(self) -> None:
        self.set_header("Content-Security-Policy", POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "same-origin")
        self.set_header("Cache-Control", "no-store")

    def write_error(self, status_code: int, **kwargs: object) -> None:
        error = kwargs["exc_info"][1]
        said = error.log_message or error.reason if isinstance(error, tornado.web.HTTPError) else str(error)
        if isinstance(error, Refused):
            self.set_status(409)
        self.finish(self.render_string("refused.html", said=said or self._reason, home=self.home))

    @property
    def home(self) -> str:
        return f"/{self.settings['token']}"

    def report(self, source_id: str) -> report.Report:
        return self.settings["report"](source_id)

    def back(self, source_id: str, **query: object) -> None:
        self.redirect(f"{self.home}/read/{source_id}?{urlencode(query)}")

    def cells(self, *names: str) -> dict[str, str]:
        return {name: self.get_body_argument(name, "").replace("\r\n", "\n") for name in names}


class Start(Page):
    """Choose a report of the record, or begin with a new one."""

    def get(self) -> None:
        self._show({}, [])

    def _show(self, typed, wrong):
        draft = Draft(*self.settings["where"])
        fields = [
            field
            for field in tables.fields("sources", draft.data)
            if field["name"] not in ("paragraphs", "text_sha256", "paragraphs_read", "archive_url", "note")
        ]
        known = [(row["source_id"], row["title"]) for row in reversed(draft.rows("sources"))]
        self.render("start.html", home=self.home, known=known, fields=fields, typed=typed, wrong=dict(wrong))

    def post(self) -> None:
        draft = Draft(*self.settings["where"])
        names = [field["name"] for field in tables.fields("sources", draft.data)]
        cells, text = self.cells(*names), self.get_body_argument("text", "")
        row, wrong = report.new_source(draft, cells, text)
        if wrong:
            self.set_status(422)
            self._show({**cells, "text": text}, wrong)
            return
        report.add_source(draft, row, text)
        self.back(row["source_id"])


class Read(Page):
    """The text with what is accounted for, and the card of one quantity, sentence or case."""

    def get(self, source_id: str) -> None:
        reading = self.report(source_id)
        chosen = self._chosen(reading)
        self._show(reading, chosen, self._card(reading, chosen), [])

    def _chosen(self, reading):
        """Return (paragraph, item, start, end) of the quantity asked for, else of the first open one."""
        after = [int(self.get_query_argument(name, "0")) for name in ("p", "i", "q")]
        is_exact = bool(self.get_query_argument("q", ""))
        for paragraph, item, text in reading.places():
            for start, end, _ in reading.open_quantities(paragraph, item, text):
                if (
                    (paragraph, item, start) == tuple(after)
                    if is_exact
                    else [paragraph, item, start] >= after
                ):
                    return paragraph, item, start, end
        return None

    def _card(self, reading, chosen):
        if number := self.get_query_argument("sentence", ""):
            place = int(self.get_query_argument("p")), int(self.get_query_argument("i"))
            return suggest.statement(reading, *place, int(number))
        return suggest.claim(reading, *chosen) if chosen else None

    def _show(self, reading, chosen, card, wrong):
        draft = reading.draft
        places = [
            (p, i, suggest.marked(reading, p, i, text), reading.open_sentences(p, i, text), _sentences(text))
            for p, i, text in reading.places()
        ]
        is_claim = card is not None and card.table == "claims"
        sentence = ""
        if chosen and is_claim:
            text = next(text for p, i, text in reading.places() if (p, i) == chosen[:2])
            sentence = suggest.sentence_at(text, chosen[2])
        self.render(
            "read.html",
            home=self.home,
            reading=reading,
            places=places,
            chosen=chosen,
            card=card,
            wrong={name: said for name, said in wrong},
            groups=_groups(tables.fields(card.table, draft.data)) if card else [],
            choices=lambda column: draft.choices(card, column),
            measures=suggest.best_measures(reading, card) if is_claim else [],
            before=suggest.printed_before(reading, card) if is_claim else [],
            dates=suggest.dates(reading, sentence) if is_claim else [],
            reasons=REASONS,
            steps=sorted(draft.choices(Row("steps"), "step")),
            kinds=sorted(draft.choices(Row("cases"), "kind")),
            done=reading.coverage(),
        )

    def post(self, source_id: str) -> None:
        """Take the row of a card, as it was typed."""
        reading = self.report(source_id)
        table = self.get_body_argument("table")
        if table not in ("claims", "statements"):
            raise tornado.web.HTTPError(422, reason="a card is of a figure or a statement")
        names = [field["name"] for field in tables.fields(table, reading.draft.data)]
        row = Row(table, **self.cells(*names))
        if wrong := reading.accept(row):
            self.set_status(422)
            self._show(reading, self._chosen(reading), row, wrong)
            return
        self.back(source_id, p=row["paragraph"], i=row["item"])


def _groups(fields):
    """Return the columns of a card, those that are looked at each time first, as (heading, fields)."""
    often = [field for name in _OFTEN for field in fields if field["name"] == name]
    return [("", often), ("More", [field for field in fields if field not in often])]


def _sentences(text):
    return [text[start:end] for start, end in source_text.sentences(text)]


class Ledger(Page):
    """Say why words, a sentence or a whole place are no row: skipped, context, said again, out of scope."""

    def post(self, source_id: str) -> None:
        reading = self.report(source_id)
        cells = self.cells("paragraph", "item", "sentence", "span", "outcome", "rows", "reason")
        wrong = reading.accept(Row("reading", source_id=source_id, **cells))
        if wrong:
            raise Refused("; ".join(f"{column} {message}" for column, message in wrong))
        self.back(source_id, p=cells["paragraph"], i=cells["item"])


class Case(Page):
    """A case, typed as a list of dated events."""

    def post(self, source_id: str) -> None:
        reading = self.report(source_id)
        place = int(self.get_body_argument("paragraph")), int(self.get_body_argument("item"))
        cells = self.cells("case_id", "label", "kind", "place_id", "january_2022", "summary")
        try:
            rows = suggest.case(reading, *place, cells, self.get_body_argument("events", ""))
        except suggest.Unreadable as error:
            raise Refused(str(error)) from None
        if wrong := reading.accept(*rows):
            raise Refused("; ".join(f"{column}: {message}" for column, message in wrong))
        self.back(source_id, p=place[0], i=place[1])


class Undo(Page):
    """Take the last step back."""

    def post(self, source_id: str) -> None:
        rows = self.report(source_id).undo()
        place = {"p": rows[0].get("paragraph", "0"), "i": rows[0].get("item", "0")} if rows else {}
        self.back(source_id, **place)


class Review(Page):
    """What would be added, what the checks say, and what readers would see; then save."""

    def get(self, source_id: str) -> None:
        reading = self.report(source_id)
        seen = preview.of(reading)
        self.render("review.html", home=self.home, reading=reading, seen=seen)

    def post(self, source_id: str) -> None:
        written = self.report(source_id).save()
        self.settings["forget"](source_id)
        self.render("saved.html", home=self.home, written=written)


class Compare(Page):
    """Two readings side by side; agreed rows are marked as read twice."""

    def get(self, source_id: str) -> None:
        reading = self.report(source_id)
        self.render(
            "compare.html", home=self.home, reading=reading, pairs=report.differences(reading), changed=None
        )

    def post(self, source_id: str) -> None:
        reading = self.report(source_id)
        changed = report.mark_read_twice(reading)
        self.render(
            "compare.html",
            home=self.home,
            reading=reading,
            pairs=report.differences(reading),
            changed=changed,
        )


def application(
    data: Path, texts: Path | None, token: str, port: int, second: bool
) -> tornado.web.Application:
    """Return the application on the record in `data`; pages stand below the token."""
    open_reports: dict[str, report.Report] = {}

    def opened(source_id: str) -> report.Report:
        if source_id not in open_reports:
            open_reports[source_id] = report.Report(source_id, data, texts, second)
        return open_reports[source_id]

    base, source = r"/(?P<token>[\w-]+)", r"(?P<source_id>[a-z0-9_-]+)"
    pages = {"read": Read, "ledger": Ledger, "case": Case, "undo": Undo, "review": Review, "compare": Compare}
    static = {"path": str(HERE / "static")}
    return tornado.web.Application(
        [
            (rf"{base}/?", Start),
            *((rf"{base}/{name}/{source}", handler) for name, handler in pages.items()),
            (r"/static/(page\.(?:css|js))", tornado.web.StaticFileHandler, static),
        ],
        template_path=str(HERE / "templates"),
        token=token,
        hosts={f"127.0.0.1:{port}", f"localhost:{port}"},
        where=(data, texts),
        report=opened,
        forget=lambda source_id: open_reports.pop(source_id, None),
    )


def run(
    data: Path = paths.DATA,
    texts: Path | None = None,
    second: bool = False,
    say: Callable[[str], None] = print,
) -> None:
    """Serve the page on a free port of this machine until Ctrl-C, and open it in the browser."""
    token = secrets.token_urlsafe(16)
    (socket,) = tornado.netutil.bind_sockets(0, "127.0.0.1")
    port = socket.getsockname()[1]
    app = application(Path(data), texts, token, port, second)
    server = tornado.httpserver.HTTPServer(app, max_body_size=report.MOST_BYTES * 2)
    server.add_socket(socket)
    address = f"http://127.0.0.1:{port}/{token}"
    say(f"the page is {address}; Ctrl-C ends it, and what you accepted is kept until it is saved")
    webbrowser.open(address)
    try:
        tornado.ioloop.IOLoop.current().start()
    except KeyboardInterrupt:
        say("ended; `qantar add` goes on where you stopped")
