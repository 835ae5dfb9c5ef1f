"""Fixtures for the clients as real processes: a clean environment, a state folder and a collector on loopback."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from collector import Collector
from inprocess import kill_senders
from processes import Client


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


@pytest.fixture
def client(tmp_path: Path, collector: Collector) -> Iterator[Client]:
    one = Client(tmp_path, collector.url)
    yield one
    one.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A state folder that does not exist yet; no sender outlives it."""
    folder = tmp_path / "user" / "state"
    folder.parent.mkdir()
    yield folder
    kill_senders(folder)


@pytest.fixture
def tools(tmp_path: Path) -> Callable[..., Path]:
    """A folder for PATH that holds the named programs and nothing else."""

    def make(*names: str) -> Path:
        folder = tmp_path / "tools"
        folder.mkdir()
        for name in names:
            program = shutil.which(name)
            assert program, f"{name} is not installed"
            (folder / name).symlink_to(program)
        return folder

    return make
