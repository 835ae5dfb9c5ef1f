"""Track Skills: record that a skill or tool ran, how it ended and how long it took, without ever being in its way."""

from __future__ import annotations

from track_skills.decorator import tracked
from track_skills.executions import track_skill_execution, tracking
from track_skills.recording import flush, is_disabled, track

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from track_skills.local.collector import create_telemetry_collector as create_telemetry_collector

__all__ = [
    "flush",
    "is_disabled",
    "track",
    "track_skill_execution",
    "tracked",
    "tracking",
]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # Recording needs no database: whoever only tracks does not pay for importing one.
    if name == "create_telemetry_collector":
        from track_skills.local.collector import create_telemetry_collector

        return create_telemetry_collector
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
