"""A figure beside its reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure. ratio: of value to reference; worked out where it is not given."""

    figure: str
    reference: float | None
    value: float
    must_be: str
    ratio: float | None = None

    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        ratio = self.value / self.reference if self.ratio is None and self.reference else self.ratio
        return (self.figure, _number(self.reference), _number(self.value), _number(ratio), self.must_be)


def print_table(rows: Sequence[Row]) -> None:
    """Print rows in columns."""
    lines = [("figure", "reference", "value", "ratio", "must be"), *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    for line in lines:
        print(
            "  ".join(
                cell.ljust(width) if n in (0, 4) else cell.rjust(width)
                for n, (cell, width) in enumerate(zip(line, widths, strict=True))
            ),
            flush=True,
        )


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
