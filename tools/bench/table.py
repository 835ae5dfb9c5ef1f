"""A figure beside its reference and what it must be, and whether it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

HEADER = ("figure", "reference", "value", "unit", "ratio", "must be", "verdict")
_TEXT_COLUMNS = ("figure", "unit", "must be", "verdict")


@dataclass(frozen=True)
class Limit:
    """What a figure must be: its value, or the ratio of its value to its reference."""

    direction: Literal["at most", "at least"]
    number: float
    of: Literal["value", "ratio"]

    def holds(self, figure: float) -> bool:
        """Whether a figure is within the limit, the limit included; what is not a number never is."""
        return figure <= self.number if self.direction == "at most" else figure >= self.number

    def __str__(self) -> str:
        sign = "≤" if self.direction == "at most" else "≥"
        return f"{sign} {_number(self.number)}{' ×' if self.of == 'ratio' else ''}"


def at_most(number: float) -> Limit:
    """The limit of a value that must not be larger."""
    return Limit("at most", number, "value")


def at_least(number: float) -> Limit:
    """The limit of a value that must not be smaller."""
    return Limit("at least", number, "value")


def at_most_times(number: float) -> Limit:
    """The limit of a value that must not be more than so many times its reference."""
    return Limit("at most", number, "ratio")


@dataclass(frozen=True)
class Row:
    """One figure, in its unit, which its reference shares.

    must_be: None where the figure has no limit. ratio: of value to reference; worked out where it is not given, None
    where there is no reference or it is 0. Raises ValueError for a limit of a ratio that there is not.
    """

    figure: str
    value: float
    unit: str
    reference: float | None
    must_be: Limit | None
    ratio: float | None = None

    def __post_init__(self) -> None:
        if self.ratio is None and self.reference:
            object.__setattr__(self, "ratio", self.value / self.reference)
        if self.must_be and self.must_be.of == "ratio" and self.ratio is None:
            raise ValueError(f"{self.figure}: the limit is of a ratio, and there is none")

    @property
    def missed(self) -> bool:
        """Whether the figure is not what it must be."""
        if self.must_be is None:
            return False
        measured = self.ratio if self.must_be.of == "ratio" else self.value
        return measured is None or not self.must_be.holds(measured)

    def as_dict(self) -> dict[str, Any]:
        """The row as JSON: its fields, and missed."""
        return {**asdict(self), "missed": self.missed}

    def cells(self) -> tuple[str, ...]:
        """The row as text, a cell for each of HEADER."""
        verdict = "–" if self.must_be is None else "MISSED" if self.missed else "kept"
        must_be = "–" if self.must_be is None else str(self.must_be)
        numbers = (_number(self.reference), _number(self.value))
        return (self.figure, *numbers, self.unit, _number(self.ratio), must_be, verdict)


def print_table(rows: Sequence[Row]) -> None:
    """Print rows in columns."""
    lines = [HEADER, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (
            cell.ljust(width) if name in _TEXT_COLUMNS else cell.rjust(width)
            for name, cell, width in zip(HEADER, line, widths, strict=True)
        )
        print("  ".join(cells).rstrip(), flush=True)


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
