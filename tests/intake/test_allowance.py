"""What strangers may send: nothing is limited that nobody limits."""

from __future__ import annotations

import pytest

from intake.allowance import Allowance
from intake.budget import Budget
from tests.database import SqliteDatabase


def is_limited(allowance: Allowance) -> bool:
    return Budget(SqliteDatabase(), allowance).is_limited


def test_without_limits_anything_is_taken_in() -> None:
    assert not is_limited(Allowance())


@pytest.mark.parametrize("name", Allowance._fields)
def test_each_limit_is_one_by_itself(name: str) -> None:
    assert is_limited(Allowance(**{name: 1}))
    assert is_limited(Allowance(**{name: 0})), "none at all is a limit too"
