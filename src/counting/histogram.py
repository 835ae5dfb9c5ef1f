"""Durations as counts in buckets that grow by a fifth of a doubling: mergeable, with percentiles off by 12 % at most.

Bucket "0" holds 0 ms; bucket "n" holds 2^((n - 1) / 5) ≤ d < 2^(n / 5) milliseconds. Buckets are named as JSON names
them, so that histograms are read and written without a conversion.
"""

import math
from bisect import bisect_right

from terms import limits

_PER_DOUBLING = 5


def _least(bucket: int) -> int:
    return math.ceil(2 ** ((bucket - 1) / _PER_DOUBLING))


_LEAST = (0, *(_least(n) for n in range(1, 1 + math.ceil(_PER_DOUBLING * math.log2(limits.DURATION_MS)) + 1)))
_NAMES = tuple(str(n) for n in range(len(_LEAST)))


def bucket_of(duration_ms: int) -> str:
    """The bucket of a duration in milliseconds."""
    return _NAMES[bisect_right(_LEAST, duration_ms) - 1]


def percentile(buckets: dict[str, int], rank: float) -> int | None:
    """The nearest-rank percentile in milliseconds, rank in 0…1; None when there are no durations.

    The bucket's value is the one whose relative distance to both its ends is least.
    """
    total = sum(buckets.values())
    if not total:
        return None
    seen, wanted = 0, max(1, math.ceil(rank * total))
    for bucket in sorted(map(int, buckets)):
        seen += buckets[_NAMES[bucket]]
        if seen >= wanted:
            return _value(bucket)
    raise AssertionError("a rank is at most 1")


def _value(bucket: int) -> int:
    least = _LEAST[bucket]
    most = _LEAST[bucket + 1] - 1  # the list goes one bucket beyond the longest duration's
    middle = 2 * least * most // (least + most) if most else 0
    return min(
        (middle, middle + 1), key=lambda value: max(abs(value - end) / end if end else 0 for end in (least, most))
    )
