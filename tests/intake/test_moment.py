"""A moment as clients write it."""

from __future__ import annotations

from typing import Any

import pytest

from intake.moment import epoch_seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (1_790_000_000_500, 1_790_000_000.5),
        (0, 0.0),
        ("2026-09-21T14:13:20Z", 1_790_000_000.0),
        ("2026-09-21T16:13:20+02:00", 1_790_000_000.0),
        ("2026-09-21T14:13:20", 1_790_000_000.0),
        ("2026-09-21 14:13:20", 1_790_000_000.0),
        ("yesterday", None),
        ("", None),
        (1e15, None),
        (10**400, None),
        (float("inf"), None),
        (float("nan"), None),
        (True, None),
        (None, None),
        ([], None),
        ("9999-12-31T23:59:60Z", None),
    ],
)
def test_moments(value: Any, seconds: float | None) -> None:
    assert epoch_seconds(value) == seconds
