"""tools/bench/cpu.py: every report and kind of cron event is measured, and the copy of the database follows."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from reports.table import REPORTS as EVERY_REPORT
from tests.conftest import free_port
from tools.bench.cpu import HOUR, REPLAY_WORKER, REPORTS, RETENTION_DAYS, WAITING, Cost, Product, _dearest, _row
from tools.bench.server import Client, Server
from tools.bench.storage import DAY, END
from tools.bench.table import at_most_times


@pytest.fixture(scope="module")
def replay() -> Iterator[tuple[Product, Server]]:
    """The product with many events waiting, and a copy of its database that follows it."""
    with Server(free_port()) as server, Server(free_port(), REPLAY_WORKER, database_of=server) as copy:
        product = Product(server, END, copy)
        product.receive(WAITING)
        yield product, copy


def stored(copy: Server) -> int:
    with Client(copy.port) as client:
        statement = ["SELECT id FROM skill_usage_events"]
        return int(json.loads(client.send("POST", "/run", [[statement]]))[0][0])


def test_the_copy_takes_in_what_the_product_takes_in(replay: tuple[Product, Server]) -> None:
    product, copy = replay
    assert stored(copy) == WAITING
    product.post_one()
    product.post_many()
    assert stored(copy) > WAITING + 100


def test_a_part_of_a_report_is_the_databases(replay: tuple[Product, Server]) -> None:
    cost = replay[0].report("summary", 3)
    assert 0 < cost.database < cost.total


def test_the_cron_is_fired_until_all_is_rolled_up_and_deleted(replay: tuple[Product, Server]) -> None:
    product, copy = replay
    midnight = END + DAY / 2
    day, night = product.cron(midnight - product.now), product.night()
    assert day.busy + night.busy != []
    assert day.deleting + night.deleting == []
    assert product.now == midnight + HOUR
    product.now += RETENTION_DAYS * DAY
    assert product.cron(DAY).deleting != []
    assert stored(copy) == 0


def test_a_refresh_reads_rows(replay: tuple[Product, Server]) -> None:
    assert replay[0].refresh_rows() > 0


def test_no_report_is_left_out() -> None:
    assert REPORTS.keys() == EVERY_REPORT.keys()


def test_a_ratio_is_the_median_of_the_turns() -> None:
    """What slows a turn slows both: here one turn is ten times as slow."""
    row = _row("a figure", [20, 300, 40], [10, 100, 20], at_most_times(2))
    assert (row.value, row.reference, row.ratio, row.missed) == (40, 20, 2, False)


def test_the_dearest_is_so_without_its_database() -> None:
    assert _dearest([Cost(10, 8), Cost(9, 1), Cost(3)]) == Cost(9, 1)
    with pytest.raises(RuntimeError, match="anything to do"):
        _dearest([])
