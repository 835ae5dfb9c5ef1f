"""What the other rooms know of the database."""

from __future__ import annotations

import asyncio

import pytest

from storage import deployment
from storage.database import run
from tests.database import SqliteDatabase


def test_one_statement_gives_its_rows() -> None:
    database = SqliteDatabase()
    assert asyncio.run(run(database, "deployment/setting", "nobody's")) == []
    assert asyncio.run(run(database, "rollups/revision")) == [{"revision": 0}]


def test_statements_happen_all_or_not_at_all() -> None:
    async def play() -> None:
        database = SqliteDatabase()
        with pytest.raises(FileNotFoundError):
            await database.batch(("deployment/keep", ("pepper", "ab")), ("deployment/none", ()))
        assert await deployment.keep(database, "pepper", "cd") == "cd"

    asyncio.run(play())
