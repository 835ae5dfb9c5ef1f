"""From sessions and records to stored ones: whose they are, which are the same, and who is gone."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from sessions.keeping import SessionKeeper
from sessions.session import parse_session
from sessions.usage import Usage
from terms.dates import DAY
from tests.database import NOW, CountingDatabase, settled
from tests.serving import Served


def keeper(database: CountingDatabase | None = None, pepper: bytes | None = b"pepper") -> SessionKeeper:
    """A keeper on an empty database."""
    return SessionKeeper(database or CountingDatabase(), pepper)


def keep(by: SessionKeeper, *raw: dict[str, Any], now: float = NOW) -> int:
    """How many of these sessions are new or newer."""
    return asyncio.run(by.keep([parse_session(one, now) for one in raw]))


def use(by: SessionKeeper, *records: Usage) -> None:
    """Keep records."""
    asyncio.run(settled(by._database, by.using(records, NOW)))


def rows(by: SessionKeeper) -> list[dict[str, Any]]:
    """The sessions that are stored."""
    return [dict(row) for row in by._database.connection.execute("SELECT * FROM sessions ORDER BY id")]  # type: ignore[attr-defined]


def totals(by: SessionKeeper) -> dict[str, int]:
    """What all sessions add up to."""
    found = by._database.connection.execute("SELECT total FROM session_days")  # type: ignore[attr-defined]
    return {key: value for row in found for key, value in json.loads(row["total"]).items()}


def test_what_is_sent_again_replaces_it_and_costs_no_row_of_its_own() -> None:
    by = keeper()
    assert keep(by, {"session_id": "s", "turns": 1, "ended_at": (NOW - 60) * 1000}) == 1
    assert keep(by, {"session_id": "s", "turns": 1, "ended_at": (NOW - 60) * 1000}) == 0
    assert keep(by, {"session_id": "s", "turns": 4, "ended_at": NOW * 1000}) == 1
    assert keep(by, {"session_id": "s", "turns": 2, "ended_at": (NOW - 30) * 1000}) == 0
    assert len(rows(by)) == 1
    assert totals(by)["turns"] == 4
    assert totals(by)["sessions"] == 1


def test_of_one_request_the_newest_is_kept() -> None:
    by = keeper()
    sent = [{"session_id": "s", "turns": turns} for turns in (3, 5, 4)]
    assert keep(by, *sent) == 1
    assert totals(by)["turns"] == 5


def test_no_id_is_stored_as_it_was_sent() -> None:
    by = keeper()
    keep(by, {"session_id": "raw-session", "anonymous_id": "raw-person", "turns": 1})
    use(by, Usage("raw-session", "raw-person", NOW, "raw-record", input_tokens=1))
    assert "raw-" not in "\n".join(by._database.connection.iterdump())  # type: ignore[attr-defined]


def test_a_record_counts_once_however_often_it_comes() -> None:
    by = keeper()
    records = [Usage("s", None, NOW, f"r{number}", input_tokens=10) for number in range(3)]
    use(by, *records, records[0])
    use(by, *records)
    use(by, records[2], Usage("s", None, NOW + 1, "r3", input_tokens=5))
    assert totals(by)["input_tokens"] == 35
    assert totals(by)["sessions"] == 1


@pytest.mark.parametrize("posted_first", [True, False])
def test_a_session_told_by_both_is_counted_once(posted_first: bool) -> None:
    """Its tokens are those that were posted, and its cost that of the records, which nobody posted."""
    by = keeper()
    record = Usage("s", "p", NOW, "r", "claude-code", "pdf", input_tokens=100, cost_usd=0.5)
    post = {"session_id": "s", "input_tokens": 120, "turns": 1, "skills": [{"tool_name": "pdf", "input_tokens": 90}]}
    for posted in (posted_first, not posted_first):
        if posted:
            keep(by, post)
        else:
            use(by, record)
    sums = totals(by)
    assert (sums["sessions"], sums["input_tokens"], sums["cost"]) == (1, 120, 500_000)
    assert (sums["tool|input_tokens|skill|pdf"], sums["tool|cost|skill|pdf"]) == (90, 500_000)


def test_a_session_that_goes_on_for_weeks_is_one() -> None:
    by = keeper()
    keep(by, {"session_id": "s", "turns": 1, "started_at": (NOW - 20 * DAY) * 1000}, now=NOW - 20 * DAY)
    use(by, Usage("s", None, NOW, "r", input_tokens=1))
    keep(by, {"session_id": "s", "turns": 2, "ended_at": NOW * 1000})
    assert len(rows(by)) == 1


def test_records_that_cannot_be_counted_are_left() -> None:
    by = keeper()
    use(by, Usage("", None, NOW, "r", input_tokens=1), Usage("s", None, NOW - 500 * DAY, "r", input_tokens=1))
    assert rows(by) == []


def test_a_session_costs_two_rows_in_its_life() -> None:
    by = keeper()
    keep(by, {"session_id": "first", "anonymous_id": "p", "turns": 1})
    changes = by._database.connection.total_changes  # type: ignore[attr-defined]
    keep(by, {"session_id": "second", "anonymous_id": "p", "turns": 1})
    assert by._database.connection.total_changes - changes == 2  # type: ignore[attr-defined]
    changes = by._database.connection.total_changes  # type: ignore[attr-defined]
    keep(by, {"session_id": "second", "anonymous_id": "p", "turns": 1})
    assert by._database.connection.total_changes == changes  # type: ignore[attr-defined]


def test_a_day_of_very_many_names_stays_small() -> None:
    """New names are counted together before the row outgrows what D1 keeps; figures stay right."""
    by = keeper()
    for number in range(150):
        skills = [{"tool_name": f"{number:03}-{tool:03}-" + "x" * 110, "input_tokens": 1} for tool in range(100)]
        keep(by, {"session_id": f"s{number}", "input_tokens": 100, "skills": skills, "exit_reason": f"r{number}"})
    (row,) = by._database.connection.execute("SELECT total, hours FROM session_days").fetchall()  # type: ignore[attr-defined]
    assert len(row["total"]) < 400_000
    assert len(row["hours"]) < 1_000_000
    assert totals(by)["input_tokens"] == 15_000
    assert totals(by)["sessions"] == 150
    assert totals(by)["tool|(other)"] > 0


@pytest.mark.parametrize("body", [{"anonymous_id": "p"}, {"session_id": "s"}])
def test_whoever_knows_the_id_has_it_deleted(body: dict[str, str]) -> None:
    served = Served(ANALYTICS_PUBLIC="true")
    for session, person in (("s", "p"), ("other", "q")):
        post = {"session_id": session, "anonymous_id": person, "turns": 1, "skills": [{"tool_name": "mine"}]}
        assert served.send("POST", "/api/session", post).status == 200
    assert json.loads(served.send("DELETE", "/api/user", body).body or "") == {"success": True, "deleted": 1}
    report = json.loads(served.send("GET", "/analytics/sessions").body or "")
    assert (report["sessions"], report["unique_users"], report["turns"]) == (1, 1, 1)
    # What is still on its way began before, and is not taken in.
    assert served.send("POST", "/api/session", {"session_id": "s", "anonymous_id": "p", "turns": 9}).status == 200
    late = Usage("s", "p", NOW, "r", input_tokens=1)
    asyncio.run(settled(served.database, served.deployment.sessions.using([late], NOW)))
    assert served.database.connection.execute("SELECT count(*) FROM sessions").fetchone()[0] == 1


def test_of_who_asks_not_to_be_tracked_nothing_is_stored() -> None:
    served = Served()
    for header in ("dnt", "sec-gpc"):
        answer = served.send("POST", "/api/session", {"session_id": "s", "turns": 1}, {header: "1"})
        assert json.loads(answer.body or "") == {"success": True, "message": "Session tracked"}
    assert served.database.connection.execute("SELECT count(*) FROM sessions").fetchone()[0] == 0


def test_a_batch_is_answered_as_events_are() -> None:
    served = Served()
    sent = [{"session_id": "a", "turns": 1}, {"turns": 1}, {"session_id": "b", "turns": "many"}]
    answer = json.loads(served.send("POST", "/api/session", {"sessions": sent}).body or "")
    assert (answer["message"], answer["accepted"], answer["duplicates"]) == ("2 sessions tracked", 2, 0)
    assert [(it["index"], it["field"]) for it in (*answer["rejected"], *answer["ignored"])] == [
        (1, "session_id"),
        (2, "turns"),
    ]
    assert served.send("POST", "/api/session", {"sessions": []}).status == 400


def test_whoever_was_known_before_the_pepper_was_set_stays_one_person() -> None:
    database = CountingDatabase()
    keep(keeper(database, None), {"session_id": "a", "anonymous_id": "p", "turns": 1})
    keep(keeper(database, b"set later"), {"session_id": "b", "anonymous_id": "p", "turns": 1})
    assert len({row["person"] for row in database.connection.execute("SELECT person FROM sessions")}) == 1


def test_of_a_session_that_is_known_nothing_else_is_asked() -> None:
    database = CountingDatabase()
    by = keeper(database)
    use(by, Usage("s", "p", NOW, "r1", input_tokens=1))
    database.ran.clear()
    use(by, Usage("s", "p", NOW, "r2", input_tokens=2))
    assert dict(database.ran) == {"sessions/use": 1}
    use(by, Usage("s", "p", NOW, "r2", input_tokens=2))
    use(by, Usage("s", "p", NOW, "r3", input_tokens=4), Usage("new", "p", NOW, "r4", input_tokens=8))
    assert totals(by)["input_tokens"] == 15
    assert len(rows(by)) == 2


def test_a_session_that_was_known_and_is_gone_begins_again() -> None:
    """Erased by another isolate, and what is used afterwards is of after the erasure."""
    database = CountingDatabase()
    by = keeper(database)
    use(by, Usage("s", "p", NOW, "r1", input_tokens=1))
    served = Served(database, HASH_PEPPER="pepper")
    served.send("DELETE", "/api/user", {"anonymous_id": "p"})
    use(by, Usage("s", "p", NOW, "r2", input_tokens=2))
    assert totals(by) == {}, "of before the erasure"
    later = NOW + DAY
    asyncio.run(settled(by._database, by.using([Usage("s", "p", later, "r3", input_tokens=4)], later)))
    assert totals(by)["input_tokens"] == 4
