"""Tests that share a Worker or a browser are passed by one process."""

from __future__ import annotations

import os

import pytest


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process passes all tests")
@pytest.mark.xdist_group("together")
def test_a_group_is_one_piece_of_work(request: pytest.FixtureRequest) -> None:
    """By this ending of their names, pytest-xdist knows who belongs together."""
    assert request.node.nodeid.endswith("@together")
