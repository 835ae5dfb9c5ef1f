"""Rollups as they are counted: which events go into which, by hour and by day."""

from __future__ import annotations

from counting.dimensions import BREAKDOWNS, EVERYTHING, TEST, TOOL
from counting.rollup import Key, roll_up
from tests.edges.facts import NOON, fact

DAY = NOON // 86_400


def test_an_event_goes_into_everything_its_tool_and_each_breakdown() -> None:
    rollups = roll_up([(fact(1, tool="a"), False)])
    assert rollups.keys() == {
        Key(EVERYTHING, DAY, ""),
        Key(TOOL, DAY, "a"),
        *(Key(dimension, DAY, "") for dimension in BREAKDOWNS),
    }
    assert list(rollups["category", DAY, ""].totals) == ["skill"]
    assert list(rollups["os", DAY, ""].totals) == ["unknown"]
    assert not any(rollup.latest_errors for rollup in rollups.values())


def test_test_traffic_goes_nowhere_else() -> None:
    rollups = roll_up([(fact(1), True), (fact(2, status="error"), True)])
    assert rollups.keys() == {Key(TEST, DAY, "")}
    assert rollups[TEST, DAY, ""].totals[""].invocations == 2


def test_an_error_is_among_the_latest_and_under_its_type() -> None:
    for error_type, value in (("E", "!E"), (None, "!")):
        rollups = roll_up([(fact(1, status="error", error_type=error_type), False)])
        assert set(rollups[TOOL, DAY, "a"].totals) == {"", value}
        assert {key.dimension for key, rollup in rollups.items() if rollup.latest_errors} == {EVERYTHING, TOOL}


def test_a_day_is_the_sum_of_its_hours() -> None:
    rollups = roll_up((fact(number, time=NOON + 1800 * number), False) for number in range(4))
    everything = rollups[EVERYTHING, DAY, ""]
    assert {hour: values[""].invocations for hour, values in everything.hours.items()} == {12: 2, 13: 2}
    assert (everything.totals[""].invocations, len(everything.totals[""].people)) == (4, 4)
