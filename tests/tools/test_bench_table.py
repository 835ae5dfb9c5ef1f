"""tools/bench: rows, their verdict, and the exit status of a run."""

from __future__ import annotations

import json

import pytest

from tools.bench.table import Limit, Row, at_least, at_most, at_most_times, print_table


def row(value: float, must_be: Limit | None, reference: float | None = 10, ratio: float | None = None) -> Row:
    return Row("a figure", value, "ms", reference, must_be, ratio)


@pytest.mark.parametrize(
    ("value", "must_be", "missed"),
    [
        (1.3, at_most(1.3), False),
        (1.31, at_most(1.3), True),
        (100, at_least(100), False),
        (99, at_least(100), True),
        (25, at_most_times(2.5), False),
        (26, at_most_times(2.5), True),
        (float("nan"), at_most(1), True),
        (float("nan"), at_least(1), True),
        (float("nan"), at_most_times(1), True),
        (float("inf"), at_most(1), True),
        (1e9, None, False),
    ],
)
def test_a_row_knows_whether_it_misses(value: float, must_be: Limit | None, missed: bool) -> None:
    assert row(value, must_be).missed is missed


def test_a_ratio_that_is_given_counts() -> None:
    """The median of ratios is not the ratio of medians."""
    assert row(10, at_most_times(1.1), reference=10, ratio=1.2).missed
    assert not row(20, at_most_times(1.1), reference=10, ratio=1.0).missed


@pytest.mark.parametrize("reference", [None, 0])
def test_a_limit_of_no_ratio_is_refused(reference: float | None) -> None:
    with pytest.raises(ValueError, match="there is none"):
        row(1, at_most_times(2), reference=reference)
    assert row(1, at_most(2), reference=reference).ratio is None


def test_a_row_is_json_with_its_verdict() -> None:
    assert json.loads(json.dumps(row(30, at_most_times(2.5)).as_dict())) == {
        "figure": "a figure",
        "value": 30,
        "unit": "ms",
        "reference": 10,
        "must_be": {"direction": "at most", "number": 2.5, "of": "ratio"},
        "ratio": 3,
        "missed": True,
    }
    assert row(30, None).as_dict()["must_be"] is None


def test_the_table_says_what_is_missed(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([row(30, at_most_times(2.5)), row(12_345, at_least(5), None), row(1, None)])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        ["figure", "reference", "value", "unit", "ratio", "must", "be", "verdict"],
        ["a", "figure", "10", "30", "ms", "3", "≤", "2.5", "×", "MISSED"],
        ["a", "figure", "–", "12,345", "ms", "–", "≥", "5", "kept"],
        ["a", "figure", "10", "1", "ms", "0.1", "–", "–"],
    ]
