"""Show what each skill's uses on this machine add up to.

With --json: a list of objects with skill_name, total_uses, success_count, failure_count,
success_rate (0 to 1, of the uses whose outcome is known), avg_duration_ms (of those that were
measured), agents_used, first_used, last_used (ISO 8601, UTC), tool_category (`mcp:SERVER` or
null) and known_uses. What is not known is null.
"""

from __future__ import annotations

import argparse

from track_skills.cli import output, store
from track_skills.local import reports


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the skill."""
    parser.add_argument("skill", nargs="?", metavar="SKILL", help="one skill alone")


def run(options: argparse.Namespace) -> int:
    """Print the report, most used first."""
    with store.opened() as connection:
        found = reports.effectiveness(connection, options.skill) if connection else []
    if options.json:
        output.as_json(found)
    elif found:
        columns = ("skill", "uses", "successes", "failures", "success rate", "average ms", "agents", "last used")
        output.table(columns, [_row(report) for report in found])
    else:
        output.line(store.hint(options.skill))
    return 0


def _row(report: reports.EffectivenessReport) -> list[object]:
    name = f"{report.tool_category} {report.skill_name}" if report.tool_category else report.skill_name
    rate = None if report.success_rate is None else f"{report.success_rate:.1%}"
    counts = [report.total_uses, report.success_count, report.failure_count]
    return [name, *counts, rate, report.avg_duration_ms, ", ".join(report.agents_used), report.last_used]
