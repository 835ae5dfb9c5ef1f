"""Track Skills: record that a skill or tool ran, how it ended and how long it took, without ever being in its way."""

from track_skills.decorator import tracked
from track_skills.executions import track_skill_execution, tracking
from track_skills.recording import flush, is_disabled, track

__all__ = ["flush", "is_disabled", "track", "track_skill_execution", "tracked", "tracking"]
__version__ = "0.1.0"
