"""What a report is."""

from __future__ import annotations

from reports.parameters import COMMON, DATES, integer
from reports.report import Report


async def _ask(*_: object) -> None:
    """Answers nothing."""


def test_its_parameters_are_days_dates_its_own_and_the_common_ones() -> None:
    own = integer("most", 5, 10)
    days, *rest = Report("some", _ask, days=30, own=(own,)).parameters
    assert rest == [*DATES, own, *COMMON]
    assert (days.name, days.read(None)) == ("days", 30)


def test_a_window_is_a_week_if_nothing_else_is_said() -> None:
    days, *rest = Report("some", _ask).parameters
    assert rest == [*DATES, *COMMON]
    assert days.read(None) == 7
