"""What the uses of skills add up to: effectiveness, and which skills are worth keeping."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Sequence

from track_skills.local import database

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# The two-sided 95 % quantile of the normal distribution.
_Z = 1.959963984540054


class EffectivenessReport(dict):  # type: ignore[type-arg]
    """What the uses of one skill add up to: a dict whose keys are attributes too.

    skill_name. total_uses; success_count; failure_count, of `failure`, `error` and `timeout`.
    success_rate: successes among the uses whose outcome is known, 0 to 1, three decimals; None if
    none is. avg_duration_ms: of the uses whose duration is known, rounded; None if none is.
    agents_used: their ids, sorted. first_used, last_used: ISO 8601, UTC. tool_category: `mcp:SERVER`
    of a tool of an MCP server, else None.
    """

    skill_name: str
    total_uses: int
    success_count: int
    failure_count: int
    success_rate: float | None
    avg_duration_ms: int | None
    agents_used: list[str]
    first_used: str
    last_used: str
    tool_category: str | None

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def effectiveness(connection: sqlite3.Connection, skill_name: str | None = None) -> list[EffectivenessReport]:
    """Return a report for each skill, or for those of one name: most used first, then by name."""
    skills: dict[tuple[str, str], list[sqlite3.Row]] = {}
    for row in database.summaries(connection, skill_name):
        skills.setdefault((row["skill_name"], row["server"]), []).append(row)
    reports = [_report(name, server, rows) for (name, server), rows in skills.items()]
    return sorted(reports, key=lambda report: (-report.total_uses, report.skill_name, report.tool_category or ""))


def candidates(
    reports: Iterable[EffectivenessReport], least_uses: int, least_rate: float, least_confidence: float
) -> list[dict[str, Any]]:
    """Return which skills are worth keeping, those that are first, each with why or why not.

    `least_rate` and `least_confidence`, 0 to 1, are both compared with the success rate, as the
    field's oldest manager does; `certain_rate` says how sure that is: it is the lower end of the
    rate's 95 % Wilson interval.
    """
    judged = [_judged(report, least_uses, least_rate, least_confidence) for report in reports]
    return sorted(judged, key=lambda skill: not skill["is_candidate"])


def wilson_lower_bound(successes: int, uses: int) -> float:
    """Return the lower end of the 95 % Wilson score interval of a rate, 0 to 1; 0 of no uses.

    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    """
    if uses == 0:
        return 0.0
    rate = successes / uses
    centre = rate + _Z**2 / (2 * uses)
    margin = _Z * math.sqrt(rate * (1 - rate) / uses + _Z**2 / (4 * uses**2))
    return max(0.0, (centre - margin) / (1 + _Z**2 / uses))


def _report(name: str, server: str, rows: Sequence[sqlite3.Row]) -> EffectivenessReport:
    def total(column: str) -> int:
        return sum(int(row[column]) for row in rows)

    known, timed = total("known_uses"), total("timed_uses")
    return EffectivenessReport(
        skill_name=name,
        total_uses=total("total_uses"),
        success_count=total("success_count"),
        failure_count=total("failure_count"),
        success_rate=round(total("success_count") / known, 3) if known else None,
        avg_duration_ms=round(total("duration_ms") / timed) if timed else None,
        agents_used=sorted(row["agent_id"] for row in rows),
        first_used=min(row["first_used"] for row in rows),
        last_used=max(row["last_used"] for row in rows),
        tool_category=server or None,
        known_uses=known,
    )


def _judged(report: EffectivenessReport, least_uses: int, least_rate: float, least_confidence: float) -> dict[str, Any]:
    uses, known, successes = report.total_uses, report["known_uses"], report.success_count
    rate = successes / known if known else None
    said = f"{successes} of {known} known outcomes are a success"
    checks = [
        (uses >= least_uses, f"{uses} {'use' if uses == 1 else 'uses'}", f"at least {least_uses}"),
        (rate is not None and rate >= least_rate, said, f"a success rate of at least {least_rate:.0%}"),
        (rate is not None and rate >= least_confidence, said, f"a confidence of at least {least_confidence:g}"),
    ]
    missed = [f"{found}; {wanted} is asked for" for fits, found, wanted in checks if not fits]
    return {
        "skill_name": report.skill_name,
        "tool_category": report.tool_category,
        "is_candidate": not missed,
        "reasons": missed or list(dict.fromkeys(found for _, found, _ in checks)),
        "total_uses": uses,
        "success_rate": report.success_rate,
        "confidence": report.success_rate,
        "certain_rate": round(wilson_lower_bound(successes, known), 3) if known else None,
    }
