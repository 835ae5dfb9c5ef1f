"""A Worker that only plugins with the kit send to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import Local, start_local


@pytest.fixture(scope="package")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    """Started once for this folder."""
    running = start_local(tmp_path_factory.mktemp("kit-worker"), "kit")
    yield running
    running.runtime.stop()
