"""What README shows is what happens."""

from __future__ import annotations

import asyncio
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import events
from tests.conftest import Local, start_local
from tests.database import SqliteDatabase, new_event
from tools.embedded.runtime import ROOT
from web.routes import ROUTES

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
VARYING = ((re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), "TIME"), (re.compile(r'"rollup_lag_seconds": \d+'), "LAG"))


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    """An empty Worker."""
    worker = start_local(tmp_path_factory.mktemp("readme"), "readme", {"PUBLIC_STATS": "true"})
    yield worker
    worker.runtime.stop()


def test_the_examples(newcomer: Local) -> None:
    examples = [example for block in BLOCKS for example in re.findall(r"\$ (.+)\n(.+)\n", block)]
    assert len(examples) >= 9
    for command, shown in examples:
        local = command.replace("http://127.0.0.1:8787", newcomer.url).replace("curl ", "curl -m 30 ", 1)
        said = subprocess.run(["bash", "-c", local], check=True, capture_output=True, text=True).stdout.strip()
        assert _settled(said) == _settled(shown), command


@pytest.mark.parametrize("query", re.findall(r'd1 execute .*?"\n(.*?)"', README, re.DOTALL))
def test_the_queries_by_hand(query: str) -> None:
    database = SqliteDatabase()
    asyncio.run(events.add(database, [new_event(1, int(time.time()))]))
    (row,) = database.connection.execute(query).fetchall()
    assert row["tool_name"] == "a"
    assert "id" not in row.keys() or int(row["id"]) > 2**53  # noqa: SIM118 - a row has values, not keys
    assert "id" not in row.keys() or isinstance(row["id"], str)  # noqa: SIM118


@pytest.mark.parametrize("path", sorted({route.path for route in ROUTES}))
def test_every_route_is_documented(path: str) -> None:
    assert path in README


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)", README))))
def test_every_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists(), link


def test_every_variable_is_documented() -> None:
    names = re.findall(r'variable\("(\w+)"\)', (Path(ROOT) / "src" / "web" / "settings.py").read_text())
    assert names
    for name in names:
        assert f"`{name}`" in README, name


def _settled(text: str) -> str:
    for pattern, word in VARYING:
        text = pattern.sub(word, text)
    return text
