"""Tools with what they are crossed with, day by day and by the hour, from the rows of the rollups."""

from __future__ import annotations

import json
from collections.abc import Iterable

from counting.crossing import CROSS, Crossing, Piece
from counting.dimensions import TOOL, other, tool_key
from counting.tally import TallyJson
from storage.database import Database, Row, Statement, run
from terms.dates import EVER

Crossed = dict[str, tuple[TallyJson, Crossing | None]]  # tools, each with its own tally; None: it is not known


def crossed(
    tool: str, category: str | None, by_hour: Iterable[int], first: int, stop: int = EVER
) -> tuple[Statement, Statement]:
    """Asks for the days whose sums hold it, from that of an hour on and before another, and for the hours of some days
    (their first hours) and of the others: of the tools of a name, or of the one in a category, and of the rarest.
    """
    rare, some_days = other(TOOL), json.dumps(sorted(by_hour))
    if category is None:
        names = tool, rare
        return ("crossings/days_of_name", (*names, first, stop)), (
            "crossings/hours_of_name",
            (*names, some_days, first, stop),
        )
    key = tool_key(category, tool)
    paths = f'$.{TOOL}."{key}"', f'$.{TOOL}."{rare}"', key, rare, f'$.{CROSS}."{key}"'
    return ("crossings/days", (*paths, first, stop)), (
        "crossings/hours",
        (f'$."{key}"', f'$."{rare}"', key, rare, some_days, first, stop),
    )


async def next_day(database: Database, first: int) -> tuple[int, bool] | None:
    """The next day with a sum from an hour on: its first hour, and whether its rarest tools are counted together."""
    rows = await run(database, "crossings/next", first, f'$.{TOOL}."{other(TOOL)}"')
    return (rows[0]["first"], bool(rows[0]["rare"])) if rows else None


async def of_day(database: Database, day: int, without: Iterable[int] = ()) -> list[Piece]:
    """The hours of a day, but for some. day: its first hour."""
    rows = await run(database, "crossings/of_day", day)
    left_out = {str(hour) for hour in without}
    return [
        (values, row["crossings"].get(hour, {}))
        for row in map(json.loads, (row["hours"] for row in rows))
        for hour, values in row["tools"].items()
        if hour not in left_out
    ]


def days_of(rows: list[Row]) -> dict[int, Crossed]:
    """The tools of days, by their first hour, of the rows that hold them."""
    return {row["first"]: json.loads(row["tools"]) for row in rows}


def hours_of(rows: list[Row]) -> dict[int, Crossed]:
    """The tools of hours (since 1970), of the rows that hold them."""
    found = [json.loads(row["hours"]) for row in rows if row["hours"]]
    return {int(hour): tools for row in found for hour, tools in row.items() if tools}
