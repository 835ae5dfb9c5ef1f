"""What requests cost of CPU time, beside a minimal JavaScript Worker that does one INSERT, and of rows.

CPU time is that of the Worker's process, in which D1 runs too. D1's part is told apart by sending D1 the same
statements again: a JavaScript Worker does so, with a copy of the database.
"""

from __future__ import annotations

import json
import random
import statistics
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from tools.bench import post, storage
from tools.bench.against import Pair, by_turns, compare
from tools.bench.server import Client, Server
from tools.bench.storage import DAY, DAYS, END, REFRESH  # END is a noon
from tools.bench.table import Limit, Row, at_most, at_most_times
from tools.embedded.runtime import LIMITS

HOUR = 3600
ROUNDS = 9
REQUESTS = 30  # of those that cost little
BATCH = 100
HOSTILE_BYTES, HOSTILE_MS = 20_000, 500  # read part by part, they would take 3,600 ms and more
MACHINES = 10  # each of which posts once in so many seconds
FEW, MANY = 10_000, 100_000
MANY_TOOLS, MANY_TOOLS_EVENTS = 1000, 20_000
WAITING = 400
REST_SECONDS = 0.1
BUSY_SECONDS = HOUR  # in which as many come as wait
CRON_SECONDS, NIGHT_CRON_SECONDS = 1200, 60  # the first is enough where steps do not follow each other
CRON_CALLS = 60  # after which there must be nothing left to do
RETENTION_DAYS = 90
REPORTS = {
    **{name: name for name in REFRESH},
    "breakdown": "breakdown?by=version",
    "versions": "versions?tool=skill-01&category=skill",
    "sessions": "sessions",
    "catalogue": "catalogue",
    "together": "together",
}
PORT, OTHER_PORT, REPLAY_PORT, REFERENCE_PORT = 8957, 8958, 8959, 8960
REPLAY_WORKER = Path(__file__).parent / "replay_worker.mjs"


class Cost(NamedTuple):
    """CPU time, milliseconds. database: D1's part of it."""

    total: float
    database: float = 0

    @property
    def own(self) -> float:
        """What the Worker took itself."""
        return self.total - self.database


class Turn(NamedTuple):
    """A report by a fresh isolate and by one that remembers, beside the reference of the moment, milliseconds."""

    insert: float
    fresh: Cost
    remembered: Cost


class Crons(NamedTuple):
    """What cron events cost: those that found something to do, and those among them that deleted events."""

    busy: list[Cost]
    deleting: list[Cost]


class Product:
    """The product under measurement, and its clock.

    replay: a Worker that sends D1 the same statements again; None: D1's part is not told apart.
    """

    def __init__(self, server: Server, now: float = END - DAYS * DAY, replay: Server | None = None) -> None:
        self.server = server
        self.now = now
        self.replay = replay
        self.rows = 0  # that a refresh by a fresh isolate has read after the night, before anything new has come

    def cost(self, requests: Callable[[Client], None], times: int = 1) -> Cost:
        """What requests cost, each of them where they are `times` many."""
        with Client(self.server.port) as client:
            client.probe(self.now, record=self.replay is not None)
            before = self.server.cpu_seconds()
            requests(client)
            total = self.server.cpu_seconds() - before
            if self.replay is not None:
                _rest(client)
            batches = client.probe(record=False).get("recorded", [])
        database = 0.0 if self.replay is None else replayed(self.replay, batches)
        return Cost(total * 1000 / times, database / times)

    def fill(self, events: int, tools: int = storage.TOOLS) -> None:
        """Store W, let the day close with all that is to be done, and store what waits in the hour after."""
        batch: list[dict[str, Any]] = []
        for moment, event in storage.workload(events, tools):
            batch.append(event)
            if len(batch) == BATCH:
                self.now = moment
                self.cost(partial(_send, bodies=[batch]))
                self._settle()
                batch = []
        self.now = END
        self.cron(DAY / 2)
        self.night()
        self.rows = self.refresh_rows()
        self.receive(WAITING, tools)

    def receive(self, events: int, tools: int = storage.TOOLS) -> None:
        """Store events of the busy hour that begins now, at whose end it is then."""
        chance = random.Random(self.now)
        moments = [self.now + number * BUSY_SECONDS / events for number in range(events)]
        made = [storage.make_event(f"toolu_{uuid.uuid4().hex}", moment, chance, tools) for moment in moments]
        for begin in range(0, events, BATCH):
            self.now = moments[begin : begin + BATCH][-1]
            self.cost(partial(_send, bodies=[made[begin : begin + BATCH]]))
        self.now = moments[0] + BUSY_SECONDS

    def receive_one(self) -> None:
        """Store one more event."""
        event = storage.make_event(f"toolu_{uuid.uuid4().hex}", self.now, random.Random(self.now))
        self.cost(partial(_send, bodies=[event]))

    def forget(self) -> None:
        """Put a fresh isolate in place of the one that runs."""
        with Client(self.server.port) as client:
            client.probe(self.now, cold=True)

    def post_one(self) -> Cost:
        """Of a POST of one event."""
        bodies = [post.event() for _ in range(REQUESTS)]
        return self.cost(partial(_send, bodies=bodies), REQUESTS)

    def post_many(self) -> Cost:
        """Of a POST of BATCH events that one machine has gathered."""
        bodies = [[_own_event(number) for number in range(BATCH)] for _ in range(3)]
        return self.cost(partial(_send, bodies=bodies), len(bodies))

    def report(self, name: str, times: int = 1) -> Cost:
        """Of a report over 30 days, asked for with `no-cache`."""
        path = _path(name)

        def ask(client: Client) -> None:
            for _ in range(times):
                client.send("GET", path, now=self.now, fresh=True)

        return self.cost(ask, times)

    def cron(self, seconds: float, every: float = CRON_SECONDS) -> Crons:
        """Of the cron events of the time to come."""
        found = Crons([], [])
        end = self.now + seconds
        while self.now < end:
            self.now += every
            with Client(self.server.port) as client:
                written, events = client.probe(self.now)["rows_written"], _events(client)
                cost = self.cost(_fire_cron)
                if client.probe()["rows_written"] > written:
                    found.busy.append(cost)
                if _events(client) < events:
                    found.deleting.append(cost)
        return found

    def night(self) -> Crons:
        """Of the cron events of the hour after midnight, which is now."""
        return self.cron(HOUR, NIGHT_CRON_SECONDS)

    def refresh_rows(self) -> int:
        """The rows that D1 reads for a refresh of a page on 30 days by a fresh isolate."""
        self.forget()
        with Client(self.server.port) as client:
            before = client.probe()["rows_read"]
            for name in REFRESH:
                client.send("GET", _path(name), now=self.now, fresh=True)
            return int(client.probe()["rows_read"] - before)

    def _settle(self) -> None:
        """Fire the cron until it finds nothing to do."""
        with Client(self.server.port) as client:
            written = client.probe(self.now)["rows_written"]
            for _ in range(CRON_CALLS):
                before, written = written, client.probe(self.now, cron=True)["rows_written"]
                if written == before:
                    return
        raise RuntimeError(f"The cron still finds something to do after {CRON_CALLS} events.")


def _rest(client: Client) -> None:
    """Return when D1 is asked no more: an answer may leave work for later, of which the copy must hear as well."""
    before, asked = None, client.probe()["statements"]
    while asked != before:
        time.sleep(REST_SECONDS)
        before, asked = asked, client.probe()["statements"]


def replayed(server: Server, batches: Sequence[Any]) -> float:
    """The CPU time that D1 takes for batches of statements, milliseconds."""
    costs = []
    with Client(server.port) as client:
        client.send("GET", "/")
        for path in ("/read", "/run"):
            before = server.cpu_seconds()
            client.send("POST", path, batches)
            costs.append((server.cpu_seconds() - before) * 1000)
    return max(0.0, costs[1] - costs[0])


def insert(server: Server) -> float:
    """The reference: CPU time of a minimal Worker's request with one INSERT, milliseconds."""
    with Client(server.port) as client:
        client.send("GET", "/")
        bodies = [post.event() for _ in range(REQUESTS)]
        before = server.cpu_seconds()
        _send(client, bodies)
        return (server.cpu_seconds() - before) * 1000 / REQUESTS


def run_posts(rounds: int = ROUNDS) -> list[Row]:
    """Of taking events, D1 included, as it does the writing; and the least that a Python Worker takes."""
    with (
        Server(PORT) as server,
        Server(REFERENCE_PORT, post.INSERT_WORKER) as reference,
        Server(OTHER_PORT, source=post.BARE_WORKER) as bare,
        ExitStack() as stack,
    ):
        product = Product(server, time.time())
        _copy(stack, product)
        _warm_up(reference, product)
        _warm_up(bare)
        turns = [(insert(reference), insert(bare), product.post_one(), product.post_many()) for _ in range(rounds)]
    inserts, floors, singles, batches = zip(*turns, strict=True)
    return [
        _row("one INSERT by a bare Python Worker", floors, inserts, None),
        _row("POST of one event, D1 included", [cost.total for cost in singles], inserts, at_most_times(1.8)),
        _row(f"POST of {BATCH} events, D1 included", [cost.total for cost in batches], inserts, at_most_times(7)),
        _row("  D1's part, of one", [cost.database for cost in singles], inserts, None),
        _row(f"  D1's part, of {BATCH}", [cost.database for cost in batches], inserts, None),
    ]


def run_limits(rounds: int = 4 * ROUNDS) -> list[Row]:
    """What the limits for strangers add to taking events, those of a budget and of a minute."""
    never_reached = dict.fromkeys(LIMITS, "100000000")
    with Server(PORT, variables=never_reached, limited=True) as limited, Server(OTHER_PORT) as free:
        here, there = Product(limited, time.time()), Product(free, time.time())
        _warm_up(None, here, there)
        rows = []
        for figure, measure in (("one event", _one_by_machines), (f"{BATCH} events", _many_by_machines)):
            pairs = _pairs(here, there, measure, rounds)
            rows.append(
                compare(f"CPU of a POST of {figure} with limits, D1 included", "ms", pairs, at_most_times(1.05))
            )
        asked, unasked = zip(*_pairs(here, there, Product.post_one, ROUNDS), strict=True)
    return [*rows, _row("  the same where the bindings are asked, which are simulated here", asked, unasked, None)]


def run_hostile(rounds: int = ROUNDS) -> list[Row]:
    """Of a body that is sent byte by byte, beside the same in one part."""
    with Server(PORT) as server:
        product = Product(server, time.time())
        _warm_up(None, product)
        turns = [(product.cost(partial(_send_in_parts, size=1)), product.cost(_send_in_parts)) for _ in range(rounds)]
    bytewise, whole = ([cost.total for cost in costs] for costs in zip(*turns, strict=True))
    figure = f"CPU of a POST of {HOSTILE_BYTES:,} bytes, one by one"
    return [Row(figure, statistics.median(bytewise), "ms", statistics.median(whole), at_most(HOSTILE_MS))]


def run_reports(rounds: int = ROUNDS) -> list[Row]:
    """Of every report by a fresh isolate and by one that remembers, without D1, and the rows of a refresh."""
    return _reports(FEW, storage.TOOLS, rounds, fresh=7, remembered=4, rows=600)


def run_many_tools(rounds: int = ROUNDS) -> list[Row]:
    """The same with many tools."""
    return _reports(MANY_TOOLS_EVENTS, MANY_TOOLS, rounds, fresh=12, remembered=None, rows=2000)


def run_cron(rounds: int = ROUNDS) -> list[Row]:
    """Of the dearest cron event of days: when many events wait, when a day has closed, when events are deleted."""
    with Server(PORT) as server, Server(REFERENCE_PORT, post.INSERT_WORKER) as reference, ExitStack() as stack:
        product = Product(server)
        product.fill(FEW)
        _copy(stack, product)
        _warm_up(reference)
        turns = [(insert(reference), *_day(product)) for _ in range(rounds)]
        product.now = END + DAY / 2 + HOUR + (RETENTION_DAYS - DAYS) * DAY
        _expiry(product)
        expiries = [(insert(reference), _expiry(product)) for _ in range(rounds)]
    inserts, rollups, closings = zip(*turns, strict=True)
    rows = []
    for figure, costs, beside in (
        (f"{WAITING} events wait", rollups, inserts),
        ("a day has closed", closings, inserts),
        ("a day's events are past their time", [cost for _, cost in expiries], [it for it, _ in expiries]),
    ):
        rows += [
            _row(f"cron, {figure}, its dearest event", [cost.own for cost in costs], beside, at_most_times(7)),
            _row("  D1's part", [cost.database for cost in costs], beside, None),
        ]
    return rows


def run_rows(few: int = FEW, many: int = MANY) -> list[Row]:
    """Rows: written for an event that comes alone, and read by a refresh of a fresh isolate with many events."""
    with Server(PORT) as server:
        written = _written(few)
    with Server(PORT) as server:
        product = Product(server)
        product.fill(many)
        rows = product.rows
    return [
        Row(f"written per event, one by one, {few:,} events", written, "rows", 8, at_most(1.15)),
        Row(f"read by a refresh, fresh isolate, {many:,} events", rows, "rows", 4 * many, at_most(600)),
    ]


def run_posts_against(checkout: Path, rounds: int = 2 * ROUNDS) -> list[Row]:
    """This checkout's POSTs beside another's."""
    with Server(PORT) as server, Server(OTHER_PORT, checkout=checkout) as other:
        here, there = Product(server, time.time()), Product(other, time.time())
        _warm_up(None, here, there)
        pairs = {
            "POST of one event": _pairs(here, there, Product.post_one, rounds),
            f"POST of {BATCH} events": _pairs(here, there, Product.post_many, rounds),
        }
    return [compare(f"CPU of a {figure}, D1 included", "ms", measured) for figure, measured in pairs.items()]


def run_reports_against(checkout: Path, rounds: int = 2 * ROUNDS) -> list[Row]:
    """This checkout's reports beside another's."""
    rows: list[Row] = []
    with Server(PORT) as server, Server(OTHER_PORT, checkout=checkout) as other:
        here, there = Product(server), Product(other)
        for product in (here, there):
            product.fill(FEW)
        for name in REPORTS:
            fresh = _pairs(here, there, partial(_fresh, name=name), rounds)
            remembered = _pairs(here, there, partial(Product.report, name=name, times=3), rounds)
            rows += [
                compare(f"CPU of {name}, fresh isolate, D1 included", "ms", fresh),
                compare(f"CPU of {name}, remembered, D1 included", "ms", remembered),
            ]
    return rows


def run_cron_against(checkout: Path, rounds: int = 2 * ROUNDS) -> list[Row]:
    """This checkout's cron events of days beside another's."""
    with Server(PORT) as server, Server(OTHER_PORT, checkout=checkout) as other:
        here, there = Product(server), Product(other)
        for product in (here, there):
            product.fill(FEW)
        days = [(_day(here), _day(there)) for _ in range(rounds)]
    figures = (f"{WAITING} events wait", "a day has closed")
    return [
        compare(
            f"CPU of cron, {figure}, its dearest event, D1 included",
            "ms",
            [(own[place].total, other[place].total) for own, other in days],
        )
        for place, figure in enumerate(figures)
    ]


def _reports(events: int, tools: int, rounds: int, *, fresh: float, remembered: float | None, rows: int) -> list[Row]:
    with Server(PORT) as server, Server(REFERENCE_PORT, post.INSERT_WORKER) as reference, ExitStack() as stack:
        product = Product(server)
        product.fill(events, tools)
        _copy(stack, product)
        read = product.rows
        _warm_up(reference)
        product.forget()
        for name in REPORTS:
            product.report(name)
        turns = {name: [_turn(reference, product, name) for _ in range(rounds)] for name in REPORTS}
        # Few, as more waiting events would be rolled up.
        more = {name: [_one_more(reference, product, name) for _ in range(3)] for name in REPORTS if remembered}
    figure = f"read by a refresh, fresh isolate, {events:,} events, {tools:,} tools"
    found = [Row(figure, read, "rows", 4 * events, at_most(rows))]
    for state, limit in (("fresh isolate", fresh), ("remembered", remembered)):
        for name, measured in turns.items():
            inserts = [turn.insert for turn in measured]
            costs = [turn.fresh if state == "fresh isolate" else turn.remembered for turn in measured]
            found += [
                _row(
                    f"{name}, {state}", [cost.own for cost in costs], inserts, at_most_times(limit) if limit else None
                ),
                _row("  D1's part", [cost.database for cost in costs], inserts, None),
            ]
    for name, pairs in more.items():
        inserts, costs = [it for it, _ in pairs], [cost for _, cost in pairs]
        found += [
            _row(f"{name}, remembered, an event has come", [cost.own for cost in costs], inserts, None),
            _row("  D1's part", [cost.database for cost in costs], inserts, None),
        ]
    return found


def _written(events: int) -> float:
    with Client(PORT) as client:
        next_cron = 0.0
        for moment, event in storage.workload(events):
            client.send("POST", "/api/track", event, moment)
            if moment >= next_cron:
                next_cron = moment + CRON_SECONDS
                client.probe(moment, cron=True)
        return float(client.probe()["rows_written"] / events)


def _day(product: Product) -> tuple[Cost, Cost]:
    """The dearest cron event while many events wait, and of the night, after which it is the same again."""
    day, night = product.cron(DAY - HOUR - BUSY_SECONDS), product.night()
    product.receive(WAITING)
    return _dearest(day.busy), _dearest(night.busy)


def _expiry(product: Product) -> Cost:
    """The dearest cron event of a day and a night of those that delete events."""
    day, night = product.cron(DAY - HOUR), product.night()
    return _dearest([*day.deleting, *night.deleting])


def _turn(reference: Server, product: Product, name: str) -> Turn:
    return Turn(insert(reference), _fresh(product, name), product.report(name, 3))


def _one_more(reference: Server, product: Product, name: str) -> tuple[float, Cost]:
    product.report(name)
    product.receive_one()
    return insert(reference), product.report(name)


def _fresh(product: Product, name: str) -> Cost:
    product.forget()
    return product.report(name)


def _dearest(costs: Sequence[Cost]) -> Cost:
    if not costs:
        raise RuntimeError("No cron event found anything to do.")
    return max(costs, key=lambda cost: cost.own)


def _pairs(here: Product, there: Product, measure: Callable[[Product], Cost], rounds: int) -> list[Pair]:
    return by_turns(lambda: measure(here).total, lambda: measure(there).total, rounds)


def _one_by_machines(product: Product) -> Cost:
    return _by_machines(product, [post.event() for _ in range(REQUESTS)])


def _many_by_machines(product: Product) -> Cost:
    return _by_machines(product, [[_own_event(number) for number in range(BATCH)] for _ in range(MACHINES)])


def _by_machines(product: Product, bodies: Sequence[Any]) -> Cost:
    """Of POSTs by machines in turn, one a second: each posts as often as our clients do."""

    def send(client: Client) -> None:
        for number, body in enumerate(bodies):
            product.now += 1
            status, answer = client.ask("POST", "/api/track", body, product.now, address=f"10.0.0.{number % MACHINES}")
            if status != 200:
                raise RuntimeError(f"A POST was answered {status}: {answer[:500]!r}")

    return product.cost(send, len(bodies))


def _send_in_parts(client: Client, size: int = HOSTILE_BYTES) -> None:
    """POST an event of HOSTILE_BYTES in parts of a size, without saying how long it is."""
    whole = json.dumps(post.event()).encode().ljust(HOSTILE_BYTES)
    client.send("POST", "/api/track", (whole[begin : begin + size] for begin in range(0, HOSTILE_BYTES, size)))


def _copy(stack: ExitStack, product: Product) -> None:
    """Give a product a copy of its database, so that D1's part is told apart from now on."""
    product.replay = stack.enter_context(Server(REPLAY_PORT, REPLAY_WORKER, database_of=product.server))


def _warm_up(reference: Server | None, *products: Product) -> None:
    """Let what compiles while it runs do so."""
    for _ in range(3):
        if reference is not None:
            insert(reference)
        for product in products:
            product.post_one()
            product.post_many()


def _row(figure: str, values: Sequence[float], inserts: Sequence[float], must_be: Limit | None) -> Row:
    """Medians; the ratio is the median of the turns' ratios, as what slows a turn slows both."""
    ratio = statistics.median(value / reference for value, reference in zip(values, inserts, strict=True))
    return Row(figure, statistics.median(values), "ms", statistics.median(inserts), must_be, ratio)


def _fire_cron(client: Client) -> None:
    client.probe(cron=True)


def _send(client: Client, bodies: Iterable[Any]) -> None:
    for body in bodies:
        client.send("POST", "/api/track", body)


def _own_event(number: int) -> dict[str, Any]:
    """An event of the one machine that post.event() is from."""
    return post.event() | {"tool_name": f"skill-{number % storage.TOOLS:02d}", "duration_ms": 100 + number * 37 % 5000}


def _events(client: Client) -> int:
    (answer,) = client.probe(sql=["SELECT count(*) AS n FROM skill_usage_events"])["results"]
    return int(answer["results"][0]["n"])


def _path(name: str) -> str:
    report = REPORTS[name]
    return f"/analytics/{report}{'&' if '?' in report else '?'}days={DAYS}"
