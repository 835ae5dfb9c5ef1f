"""The dashboard's refresh as plain SQL over raw events: the reference for the reports' time. {now}: epoch seconds."""

from __future__ import annotations

_WINDOW = """
WITH window_events AS (
  SELECT *, unixepoch(timestamp) AS time FROM skill_usage_events
  WHERE timestamp >= datetime(({now} - {days} * 86400) / 3600 * 3600, 'unixepoch') AND test = 0
)"""
_TWO_WINDOWS = """
WITH window_events AS (
  SELECT *, unixepoch(timestamp) >= ({now} - {days} * 86400) / 3600 * 3600 AS current FROM skill_usage_events
  WHERE timestamp >= datetime(({now} - {days} * 86400) / 3600 * 3600 - {days} * 86400, 'unixepoch') AND test = 0
)"""
_RATES = """
  count(*) AS invocations, count(DISTINCT user_id_hash) AS users, round(avg(duration_ms)) AS average,
  100.0 * sum(status = 'success') / sum(status IN ('success', 'error', 'timeout', 'partial')) AS success_rate,
  100.0 * sum(status IN ('error', 'timeout')) / sum(status IN ('success', 'error', 'timeout', 'partial')) AS error_rate
"""


def _percentiles(window: str, by: str) -> str:
    return f"""{window}, ranked AS (
  SELECT {by} AS slice, duration_ms, row_number() OVER (PARTITION BY {by} ORDER BY duration_ms) AS rank,
    count(*) OVER (PARTITION BY {by}) AS total
  FROM window_events WHERE duration_ms IS NOT NULL
)
SELECT slice, min(CASE WHEN rank >= 0.50 * total THEN duration_ms END) AS p50,
  min(CASE WHEN rank >= 0.95 * total THEN duration_ms END) AS p95,
  min(CASE WHEN rank >= 0.99 * total THEN duration_ms END) AS p99
FROM ranked GROUP BY slice"""


RAW_REPORTS: dict[str, tuple[str, ...]] = {
    "summary": (
        f"{_TWO_WINDOWS} SELECT current, {_RATES} FROM window_events GROUP BY current",
        _percentiles(_TWO_WINDOWS, "current"),
    ),
    "tools": (
        f"{_WINDOW} SELECT tool_name, {_RATES}, max(timestamp) AS last_used, sum(trigger = 'user') AS typed,"
        " sum(trigger = 'model') AS chosen FROM window_events GROUP BY tool_name ORDER BY invocations DESC",
        _percentiles(_WINDOW, "tool_name"),
    ),
    "retention": (
        f"{_WINDOW} SELECT date(timestamp) AS date, count(DISTINCT user_id_hash) AS dau FROM window_events"
        " GROUP BY date",
        f"{_WINDOW} SELECT count(DISTINCT user_id_hash) AS monthly FROM window_events",
        f"{_WINDOW} SELECT count(DISTINCT user_id_hash) AS weekly FROM window_events"
        " WHERE time >= ({now} - 7 * 86400) / 3600 * 3600",
    ),
    "errors": (
        f"{_WINDOW} SELECT timestamp, tool_name, tool_category, error_type, error_message, duration_ms"
        " FROM window_events WHERE status IN ('error', 'timeout') ORDER BY timestamp DESC LIMIT 50",
        f"{_WINDOW} SELECT tool_name, tool_category, error_type, count(*) AS count,"
        " count(DISTINCT user_id_hash) AS users, min(timestamp) AS first_seen, max(timestamp) AS last_seen"
        " FROM window_events WHERE status IN ('error', 'timeout') GROUP BY tool_category, tool_name, error_type",
    ),
    "timeseries": (
        f"{_WINDOW} SELECT date(timestamp) AS day, {_RATES} FROM window_events GROUP BY day",
        _percentiles(_WINDOW, "date(timestamp)"),
    ),
}
