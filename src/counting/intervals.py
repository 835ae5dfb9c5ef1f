"""How sure a share is, and a difference of two shares: intervals that hold the true one in 95 of 100 cases."""

from math import sqrt

_Z = 1.959963984540054  # the normal distribution's 97.5th percentile

Interval = tuple[float, float]


def wilson(part: int, whole: int) -> Interval:
    """The low and the high end of a share, each in 0…1. whole: at least 1.

    The score interval without continuity correction: E. B. Wilson, Probable inference, the law of succession, and
    statistical inference, J. Am. Stat. Assoc. 22 (1927) 209–212.
    """
    share = part / whole
    middle = share + _Z**2 / (2 * whole)
    reach = _Z * sqrt(share * (1 - share) / whole + _Z**2 / (4 * whole**2))
    scale = 1 + _Z**2 / whole
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def newcombe(part: int, whole: int, part_before: int, whole_before: int) -> Interval:
    """The low and the high end of the difference of two shares, now minus before, in −1…1. Both wholes: at least 1.

    Method 10, from the Wilson intervals of both: R. G. Newcombe, Interval estimation for the difference between
    independent proportions: comparison of eleven methods, Stat. Med. 17 (1998) 873–890.
    """
    now, before = part / whole, part_before / whole_before
    low, high = wilson(part, whole)
    low_before, high_before = wilson(part_before, whole_before)
    difference = now - before
    return (
        difference - sqrt((now - low) ** 2 + (high_before - before) ** 2),
        difference + sqrt((high - now) ** 2 + (before - low_before) ** 2),
    )
