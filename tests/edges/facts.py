"""Facts for the tests of what counts them."""

from __future__ import annotations

from typing import Any

from counting.fact import Fact
from tests.database import NOW

NOON = NOW // 86_400 * 86_400 + 43_200


def fact(number: int, **fields: Any) -> Fact:
    """An event of a person of its own."""
    said: dict[str, Any] = {
        "key": number,
        "time": NOON + number,
        "person": number,
        "tool": "a",
        "category": "skill",
        "status": "success",
        "duration_ms": 7,
        "trigger": "user",
        "agent": "codex",
        "version": None,
        "os": None,
        "source": "api",
        "runtime": None,
        "error_type": None,
    }
    return Fact(**said | fields)
