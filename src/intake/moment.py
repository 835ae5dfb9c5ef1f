"""A moment as clients write it."""

from datetime import UTC, datetime


def epoch_seconds(value: object) -> float | None:
    """Epoch seconds of an ISO-8601 text (UTC where it does not say) or of epoch milliseconds; None if it is neither."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value / 1000 if abs(value) < 1e15 else None
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
