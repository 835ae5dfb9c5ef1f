"""What a report is: a question, its parameters, and how it is asked."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from reading.ledger import Ledger
from reports.parameters import COMMON, DATES, Parameter, Query, days


class Report(NamedTuple):
    """A question that tallies answer, as JSON.

    name: its path below /analytics/. days: its window where none is asked for. own: parameters that it alone has.
    """

    name: str
    ask: Callable[[Ledger, Query], Awaitable[Any]]
    days: int = 7
    own: tuple[Parameter, ...] = ()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """All of its parameters."""
        return (days(self.days), *DATES, *self.own, *COMMON)
