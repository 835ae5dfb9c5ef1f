"""What strangers may use of an open collector."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from intake.allowance import Allowance
from intake.budget import Budget, cost
from storage.events import NewEvent
from terms import limits
from terms.dates import DAY, HOUR
from terms.errors import RequestError
from tests.database import CountingDatabase

DAY_START = 1_790_035_200  # a midnight
NOW = DAY_START + 10 * HOUR + 600


def budget(database: CountingDatabase | None = None, **allowed: int) -> Budget:
    """A budget that begins with nothing spent."""
    made = Budget(database or CountingDatabase(), Allowance(**allowed))
    made._spent = 0
    return made


def spend(it: Budget, events: int, now: float = NOW, sender: str = "") -> int | None:
    """Seconds to wait; None if it is taken in."""
    try:
        asyncio.run(it.spend(events, now, sender))
    except RequestError as error:
        assert error.status == 429
        return int(error.headers["Retry-After"])
    return None


def use(name: str, person: str = "a", category: str = "default") -> NewEvent:
    """An event of a tool and a person."""
    fields: dict[str, Any] = {"tool_name": name, "tool_category": category}
    return NewEvent(int(NOW), 1, True, person, f"mark of {person}", fields)


def admit(it: Budget, *events: NewEvent, known: tuple[str, ...] = ("a",), now: float = NOW) -> list[str]:
    """The names of what is admitted."""
    return [event.fields["tool_name"] for event in asyncio.run(it.admit(events, known, now))]


def test_without_an_allowance_nothing_is_asked_or_counted() -> None:
    database = CountingDatabase()
    free = Budget(database, Allowance())
    assert spend(free, 10**6) is None
    assert admit(free, use("x", "somebody")) == ["x"]
    assert not database.ran


def test_an_hour_has_its_share_of_a_day() -> None:
    it = budget(daily_events=24_000)
    assert [spend(it, 500), spend(it, 500)] == [None, None]
    assert spend(it, 500) == 3000, "until the hour is over"
    assert spend(it, 1, NOW + 2999) == 1, "and it stays so, without asking"
    assert spend(it, 500, NOW + 3000) is None


def test_a_day_ends_at_midnight() -> None:
    it = budget(daily_events=4800)
    for hour in range(24):
        now = DAY_START + hour * HOUR
        assert spend(it, 200, now) is None, hour
    assert spend(it, 200, DAY_START + 23 * HOUR + 1) == 3599
    late = budget(it._database, daily_events=4799)  # type: ignore[arg-type]
    assert spend(late, 200, DAY_START + 23 * HOUR + 60) == 3540
    assert spend(late, 1, DAY_START + DAY) is None


def test_one_sender_cannot_use_up_the_hour_of_all() -> None:
    it = budget(daily_events=24_000)
    assert [spend(it, 300, sender="a"), spend(it, 100, sender="a")] == [None, 3000]
    assert spend(it, 100, sender="b") is None
    assert spend(it, 300, NOW + 3000, "a") is None, "in the next hour"
    for number in range(limits.SENDERS_REMEMBERED + 5):
        it._sent_by(str(number), 1, 7)
    assert len(it._by_sender) <= limits.SENDERS_REMEMBERED


def test_a_row_is_written_once_in_so_many_events_and_for_all_isolates() -> None:
    database = CountingDatabase()
    one, other = budget(database, daily_events=24_000), budget(database, daily_events=24_000)
    for _ in range(limits.BUDGET_EVENTS - 1):
        assert spend(one, 1) is None
    assert database.ran["budget/take"] == 0
    assert spend(one, 1) is None
    assert database.ran["budget/take"] == 1
    assert spend(other, 801) is not None, "what the first one took in counts"


def test_isolates_that_end_soon_count_on_average() -> None:
    begun = [Budget(CountingDatabase(), Allowance(daily_events=1))._spent for _ in range(50)]
    assert 0 <= min(begun) < max(begun) < limits.BUDGET_EVENTS


def test_so_many_new_tools_an_hour() -> None:
    it = budget(hourly_tools=2)
    assert admit(it, use("x"), use("y"), use("z"), use("x")) == ["x", "y", "x"]
    assert admit(it, use("z"), use("y")) == ["y"]
    assert admit(it, use("x", category="other")) == [], "a tool is a category and a name"
    assert admit(it, use("z"), now=NOW + HOUR) == ["z"]


def test_what_another_isolate_has_seen_is_known() -> None:
    database = CountingDatabase()
    one, other = budget(database, hourly_tools=1), budget(database, hourly_tools=1)
    assert admit(one, use("x")) == ["x"]
    assert admit(other, use("y"), use("x")) == ["x"]
    asked = database.ran["budget/unknown"]
    assert admit(other, use("x")) == ["x"]
    assert database.ran["budget/unknown"] == asked, "what is remembered is not asked again"


def test_so_many_new_people_an_hour() -> None:
    database = CountingDatabase()
    it = budget(database, hourly_people=2)
    assert admit(it, use("x", "b"), use("y", "c"), use("z", "d"), use("w", "b")) == ["x", "y", "w"]
    for person in ("b", "c"):
        database.connection.execute("INSERT INTO people (user_id_hash) VALUES (?)", [person])
    assert admit(it, use("x", "d"), use("y", "c")) == ["y"]
    assert admit(it, use("x", "d"), known=("d",)) == ["x"]


def test_who_comes_with_a_refused_tool_takes_no_ones_place() -> None:
    it = budget(hourly_tools=1, hourly_people=1)
    assert admit(it, use("x", "a"), use("y", "b"), use("x", "c")) == ["x", "x"]


@pytest.mark.parametrize("allowed", [{"hourly_tools": 1}, {"hourly_people": 1}])
def test_one_limit_alone_limits_nothing_else(allowed: dict[str, int]) -> None:
    it = budget(**allowed)
    same = "tools" if "hourly_tools" in allowed else "people"
    events = [use("x" if same == "tools" else f"x-{n}", f"{n}" if same == "tools" else "a") for n in range(9)]
    assert len(admit(it, *events, known=())) == 9


def test_what_is_remembered_does_not_grow() -> None:
    it = budget(hourly_tools=10**6)
    admit(it, *(use(f"tool-{number}") for number in range(limits.TOOLS_REMEMBERED + 5)))
    assert len(it._known) == limits.TOOLS_REMEMBERED


@pytest.mark.parametrize(("age", "costs"), [(0, 1), (DAY - 1, 1), (DAY, limits.LATE_EVENT_COST)])
def test_an_event_of_an_earlier_day_costs_more(age: int, costs: int) -> None:
    assert cost([NOW - age], NOW) == costs
    assert cost([NOW - age, NOW], NOW) == costs + 1
