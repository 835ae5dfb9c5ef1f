"""Sessions past their time, and the hashes of their people."""

from __future__ import annotations

import asyncio
import json

from storage import sessions
from terms.dates import DAY, DAY_HOURS, HOUR
from tests.database import NOW, CountingDatabase
from tests.serving import Served


def post(served: Served, name: str, days_ago: int) -> None:
    """A session of a person of its own, so many days ago."""
    started = (NOW - days_ago * DAY) * 1000
    body = {"session_id": name, "anonymous_id": f"person {name}", "turns": 1, "started_at": started}
    assert served.send("POST", "/api/session", body).status == 200


def test_what_is_past_its_time_goes_and_what_it_counted_stays() -> None:
    served = Served(RETENTION_DAYS="30", ANALYTICS_PUBLIC="true")
    for name, days_ago in (("old", 40), ("new", 2)):
        post(served, name, days_ago)
    for minute in range(3):
        asyncio.run(served.app.scheduled(NOW + 60 * minute))
    connection = served.database.connection
    assert connection.execute("SELECT count(*) FROM sessions").fetchone()[0] == 1
    hashes = connection.execute("SELECT count(*) FROM people").fetchone()[0]
    assert hashes == 1, "whoever has nothing left has no hash"
    report = json.loads(served.send("GET", "/analytics/sessions?days=60").body or "")
    assert (report["sessions"], report["unique_users"]) == (2, 2)


def test_whoever_has_a_session_left_is_not_forgotten_with_their_events() -> None:
    served = Served(RETENTION_DAYS="30")
    old = {"tool_name": "a", "status": "success", "anonymous_id": "person x", "timestamp": (NOW - 40 * DAY) * 1000}
    served.track(old)
    post(served, "x", 2)
    for minute in range(8):
        asyncio.run(served.app.scheduled(NOW + 60 * minute))
    connection = served.database.connection
    assert connection.execute("SELECT count(*) FROM skill_usage_events").fetchone()[0] == 0
    assert connection.execute("SELECT count(*) FROM people").fetchone()[0] == 1
    deleted = json.loads(served.send("DELETE", "/api/user", {"anonymous_id": "person x"}).body or "")["deleted"]
    assert deleted == 1


def test_a_window_begins_and_ends_on_hours() -> None:
    served = Served()
    for hours in range(60):
        started = (NOW // HOUR * HOUR - hours * HOUR) * 1000
        served.send("POST", "/api/session", {"session_id": f"s{hours}", "turns": 1, "started_at": started})
    last = NOW // HOUR
    for first, stop in ((last - 3, last + 1), (last - 50, last - 20), (last - 30, last - 29), (last - 59, last + 99)):
        sums, _, days = asyncio.run(sessions.window(served.database, (first, stop), (0, 1), include_test=False))
        assert sums.counters["sessions"] == min(stop, last + 1) - first
        assert sum(day.sessions for day in days) == min(stop, last + 1) - first
        assert all(first // DAY_HOURS <= day.day <= stop // DAY_HOURS for day in days)


def test_test_traffic_counts_where_it_is_asked_for() -> None:
    served = Served(ANALYTICS_PUBLIC="true")
    served.send("POST", "/api/session", {"session_id": "s", "turns": 1, "test": True})
    for query, count in (("", 0), ("?include_test=1", 1)):
        assert json.loads(served.send("GET", f"/analytics/sessions{query}").body or "")["sessions"] == count


def test_sessions_are_deleted_so_many_at_once() -> None:
    served = Served()
    for number in range(5):
        post(served, f"s{number}", 40)
    before = (NOW - 30 * DAY) // HOUR
    asyncio.run(served.database.batch(*sessions.expiring(before, 3)))
    assert isinstance(served.database, CountingDatabase)
    assert served.database.connection.execute("SELECT count(*) FROM sessions").fetchone()[0] == 2


def test_what_a_session_costs_does_not_grow_with_the_others_of_its_day() -> None:
    """Counted in SQLite's steps, of which D1 bills those that read: a busy day must not use up a plan's reads."""
    served = Served(ANALYTICS_PUBLIC="true")

    def steps(name: str) -> int:
        taken = 0

        def step() -> None:
            nonlocal taken
            taken += 1

        served.database.connection.set_progress_handler(step, 1)
        post(served, name, 0)
        served.database.connection.set_progress_handler(None, 1)
        return taken

    post(served, "first", 0)
    alone = steps("second")
    for number in range(300):
        post(served, f"other-{number}", 0)
    assert steps("last") < 1.5 * alone


def test_the_rows_of_a_window_do_not_grow_with_what_is_counted() -> None:
    """Neither with sessions, nor with people and tools."""
    served = Served()
    bodies = [
        {
            "session_id": f"{day} {number}",
            "anonymous_id": f"p{number}",
            "started_at": (NOW - day * DAY) * 1000,
            "skills": [{"tool_name": f"t{number}", "input_tokens": 1}],
        }
        for day in range(31)
        for number in range(20)
    ]
    for first in range(0, len(bodies), 100):
        assert served.send("POST", "/api/session", bodies[first : first + 100]).status == 200
    hour = NOW // HOUR
    ((*rows,),) = asyncio.run(served.database.batch(sessions.parts((hour - 30 * DAY_HOURS, hour + 1), False)))
    assert len(rows) <= 30 + 2 * DAY_HOURS
    assert sessions.sums_of(rows).people == 20


def test_what_was_read_is_forgotten_when_someone_is_erased() -> None:
    served = Served(ANALYTICS_PUBLIC="true")
    post(served, "one", 0)
    served.report("sessions")
    assert sessions._parsed.cache_info().currsize > 0
    served.send("DELETE", "/api/user", {"anonymous_id": "person one"})
    assert sessions._parsed.cache_info().currsize == 0
    assert served.report("sessions")["sessions"] == 0
