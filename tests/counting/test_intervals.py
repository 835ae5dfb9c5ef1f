"""How sure a share and a difference are, by the examples that were published with the methods."""

from __future__ import annotations

import pytest

from counting.intervals import newcombe, wilson


# R. G. Newcombe, Two-sided confidence intervals for the single proportion, Stat. Med. 17 (1998), table I, method 3.
@pytest.mark.parametrize(
    ("part", "whole", "interval"),
    [
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_the_interval_of_a_share(part: int, whole: int, interval: tuple[float, float]) -> None:
    assert wilson(part, whole) == pytest.approx(interval, abs=0.00005)
    low, high = wilson(whole - part, whole)
    assert (1 - high, 1 - low) == pytest.approx(interval, abs=0.00005)


# Newcombe's comparison of eleven methods, table II, method 10: contrasts a, b, c, d, e, f.
@pytest.mark.parametrize(
    ("now", "before", "interval"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((6, 7), (2, 7), (0.0582, 0.8062)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
        ((0, 10), (0, 10), (-0.2775, 0.2775)),
    ],
)
def test_the_interval_of_a_difference(
    now: tuple[int, int], before: tuple[int, int], interval: tuple[float, float]
) -> None:
    assert newcombe(*now, *before) == pytest.approx(interval, abs=0.00005)
    low, high = newcombe(*before, *now)
    assert (-high, -low) == pytest.approx(interval, abs=0.00005)
