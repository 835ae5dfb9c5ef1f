"""What may be shipped, with good and bad examples; and the names that alone come in."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from counting.catalogue import Item, Source
from intake.catalogue import Names, parse_source
from storage import catalogue
from terms import limits
from terms.errors import InvalidError, RequestError
from tests.database import NOW, CountingDatabase

ITEM = {"tool_name": "pdf", "tool_category": "skill", "description_tokens": 60}


def test_a_source_with_its_items() -> None:
    raw = {"version": "1.2", "items": [ITEM, {"tool_name": "mine:b"}], "more": 1}
    expected = Source("my/plugin", "1.2", NOW, [Item("skill", "pdf", 60), Item("default", "mine:b", None)])
    assert parse_source("my/plugin", raw, NOW + 0.5) == expected


def test_an_item_stands_there_once_as_it_was_said_last() -> None:
    raw = {"items": [ITEM, ITEM | {"description_tokens": "7"}, ITEM | {"tool_category": "mcp:a"}]}
    assert parse_source("p", raw, NOW).items == [Item("skill", "pdf", 7), Item("mcp:a", "pdf", 60)]


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({}, "items"),
        ({"items": "pdf"}, "items"),
        ({"items": [ITEM] * (limits.CATALOGUE_ITEMS + 1)}, "items"),
        ({"items": [], "version": "a|b"}, "version"),
        ({"items": [ITEM, "pdf"]}, "items[1]"),
        ({"items": [{}]}, "items[0].tool_name"),
        ({"items": [ITEM, {"tool_name": "/etc/passwd"}]}, "items[1].tool_name"),
        ({"items": [ITEM | {"tool_category": "x" * 65}]}, "items[0].tool_category"),
        *(
            ({"items": [ITEM | {"description_tokens": n}]}, "items[0].description_tokens")
            for n in (-1, 1.5, 10**7, "x")
        ),
    ],
)
def test_a_catalogue_with_something_wrong_is_none(raw: Any, field: str) -> None:
    with pytest.raises(InvalidError) as raised:
        parse_source("p", raw, NOW)
    assert raised.value.field == field
    assert field in raised.value.message


def test_a_source_has_a_name() -> None:
    for name in ("", "a|b", "../x"):
        with pytest.raises(InvalidError) as raised:
            parse_source(name, {"items": [ITEM]}, NOW)
        assert raised.value.field == "source"
    with pytest.raises(RequestError):
        parse_source("p", [ITEM], NOW)


def test_names_are_remembered_for_a_while() -> None:
    async def play() -> None:
        database = CountingDatabase()
        names = Names(database)
        assert await names.known(NOW) == set()
        await catalogue.put(database, Source("p", None, NOW, [Item("skill", "pdf", 1), Item("mcp:a", "b", 1)]), 9)
        assert await names.known(NOW + limits.CATALOGUE_SECONDS - 1) == set()
        assert database.ran["catalogue/sources"] == 1
        assert await names.known(NOW + limits.CATALOGUE_SECONDS) == {"pdf", "b"}
        assert await names.known(NOW) == {"pdf", "b"}, "a clock that went back is asked again"
        assert database.ran["catalogue/sources"] == 3

    asyncio.run(play())
