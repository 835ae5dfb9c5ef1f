"""What a report is: a question, its parameters, and how it is asked."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from reading.ledger import Ledger
from reports.parameters import COMMON, DATES, Parameter, Query, days


class Rows(NamedTuple):
    """As many rows as are asked for, and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int


class Report(NamedTuple):
    """A question that tallies answer, as JSON.

    name: its path below /analytics/. days: its window where none is asked for. own: parameters that it alone has.
    rows: of a list as long as there are values, which is asked for as Rows: how many of them are answered at most.
    """

    name: str
    ask: Callable[[Ledger, Query], Awaitable[Any]]
    days: int = 7
    own: tuple[Parameter, ...] = ()
    rows: Parameter | None = None

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """All of its parameters."""
        rows = () if self.rows is None else (self.rows,)
        return (days(self.days), *DATES, *self.own, *rows, *COMMON)
