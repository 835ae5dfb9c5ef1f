"""Fixtures for real agents: a collector and a home for each test, a Worker for all that need one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.collector import Collector
from tests.clients.processes import Client
from tests.conftest import Local, start_local


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


@pytest.fixture
def client(tmp_path: Path, collector: Collector) -> Iterator[Client]:
    one = Client(tmp_path, collector.url)
    yield one
    one.close()


@pytest.fixture(scope="package")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    """A Worker that nobody else sends to."""
    running = start_local(tmp_path_factory.mktemp("worker"), "agents")
    yield running
    running.runtime.stop()
