"""What is shipped against what is used."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from counting.catalogue import Item, Source
from reading.failures import Failures
from reports.catalogue import Found, shape
from storage import catalogue, events
from terms.dates import DAY
from tests.asking import OF_ROLLUPS, ask
from tests.database import NOW, CountingDatabase
from tests.tallies import fact, tally
from tests.upkeep.running import event
from upkeep.work import work

SOURCES = [Source("p", "1.0", 0, [Item("skill", "a", 10), Item("skill", "b", None), Item("skill", "c", 90)])]


def missing(count: int, people: int) -> Failures:
    """Calls that found nothing."""
    failures = Failures()
    for number in range(count):
        failures.add(0, fact("error", person=1 + number % people, time=number))
    return failures


def shaped(found: Found, limit: int = 500) -> dict[str, Any]:
    return shape(SOURCES, found, limit)


def test_an_item_is_used_or_was_or_never_was() -> None:
    found = Found({"skill|a": tally(fact(time=50), fact(time=60))}, {"skill|b": 7}, {}, 0)
    rows = shaped(found)["items"]
    assert [(row["tool_name"], row["state"], row["invocations"], row["last_used"]) for row in rows] == [
        ("c", "never", 0, None),
        ("b", "dead", 0, "1970-01-01 00:00:07"),
        ("a", "used", 2, "1970-01-01 00:01:00"),
    ]
    assert {row["source"] for row in rows} == {"p"}


def test_what_a_description_costs_is_known_where_sessions_are() -> None:
    found = Found({"skill|a": tally(fact(), fact(), fact())}, {}, {}, 50)
    costs = {row["tool_name"]: (row["loaded_tokens"], row["loaded_tokens_per_use"]) for row in shaped(found)["items"]}
    assert costs == {"a": (500, 167), "b": (None, None), "c": (4500, None)}
    assert {row["loaded_tokens"] for row in shaped(found._replace(sessions=0))["items"]} == {None}


def test_what_is_used_and_not_shipped_is_unlisted() -> None:
    strange = {"mcp|a": tally(fact()), "skill|z": tally(fact(), fact())}
    answer = shaped(Found({"skill|a": tally(fact()), "(other)|(other)": tally(fact()), **strange}, {}, {}, 0))
    assert [(row["tool_name"], row["tool_category"]) for row in answer["unlisted"]] == [("z", "skill"), ("a", "mcp")]
    assert answer["totals"] == {"used": 1, "never": 2, "dead": 0, "unlisted": 2, "invented": 0}


@pytest.mark.parametrize(("people", "shown"), [(4, False), (5, True)])
def test_what_was_not_found_is_invented_from_five_people_on(people: int, shown: bool) -> None:
    calls = tally(*(fact("error", person=number) for number in range(6)))
    answer = shaped(Found({"skill|z": calls}, {}, {"skill|z": missing(6, people)}, 0))
    assert answer["unlisted"] == [], "it is not there to be used"
    assert [(row["invocations"], row["unique_users"]) for row in answer["invented"]] == ([(6, 5)] if shown else [])
    assert answer["invented_hidden"] == (0 if shown else 1)


def test_what_some_found_and_some_did_not_is_both_and_what_is_shipped_neither() -> None:
    found = {"skill|z": missing(6, 6), "skill|a": missing(6, 6)}
    tallies = {"skill|z": tally(*[fact()] * 7), "skill|a": tally(*[fact()] * 6)}
    answer = shaped(Found(tallies, {}, found, 0))
    assert [row["invocations"] for row in answer["unlisted"]] == [7]
    assert [(row["tool_name"], row["invocations"]) for row in answer["invented"]] == [("z", 6)]


def test_lists_are_bounded_and_totals_are_not() -> None:
    tallies = {f"mcp|{number}": tally(fact()) for number in reversed(range(9))}
    answer = shaped(Found(tallies, {}, {}, 0), 2)
    assert [row["tool_name"] for row in answer["unlisted"]] == ["0", "1"]
    assert [len(answer[name]) for name in ("items", "unlisted", "invented")] == [2, 2, 0]
    assert (answer["totals"]["never"], answer["totals"]["unlisted"]) == (3, 9)


def test_it_reads_no_event_of_the_past() -> None:
    """However long the past is: a row for each item that is not used, beside what every report reads."""

    async def play() -> None:
        database = CountingDatabase()
        made = [
            event(number, NOW - number * DAY, tool_name=f"t{number % 40}", tool_category="default")
            for number in range(1, 90)
        ]
        await events.add(database, made)
        for _ in range(40):
            await work(database, NOW, 400)
        await catalogue.put(database, Source("p", None, 0, [Item("default", f"t{n}", 1) for n in range(60)]), 9)
        database.ran.clear()
        answer = await ask(database, "catalogue", NOW, days=7)
        assert answer["totals"] == {"used": 7, "never": 20, "dead": 33, "unlisted": 0, "invented": 0}
        assert database.ran.keys() <= OF_ROLLUPS
        assert sum(database.ran.values()) <= 20

    asyncio.run(play())
