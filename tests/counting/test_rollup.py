"""The rollups of some events."""

from __future__ import annotations

from counting.dimensions import BREAKDOWNS, EVERYTHING, TEST, TOOL
from counting.rollup import Key, Rollup, roll_up
from counting.tally import Tally
from terms.dates import DAY, HOUR
from tests.tallies import MIDNIGHT, fact

DAY_NUMBER = MIDNIGHT // DAY


def counts(values: dict[str, Tally]) -> dict[str, int]:
    """How many events each value has."""
    return {value: tally.invocations for value, tally in values.items()}


def test_an_event_is_in_every_series_of_its_day() -> None:
    one = fact(time=MIDNIGHT + 5 * HOUR)
    rollups = roll_up([(one, False)])
    assert rollups.keys() == {
        Key(EVERYTHING, DAY_NUMBER, ""),
        Key(TOOL, DAY_NUMBER, "a"),
        *(Key(dimension, DAY_NUMBER, "") for dimension in BREAKDOWNS),
    }
    for key, rollup in rollups.items():
        value = "" if key.dimension in (EVERYTHING, TOOL) else getattr(one, key.dimension)
        assert counts(rollup.totals) == {value: 1}
        assert {hour: counts(values) for hour, values in rollup.hours.items()} == {5: {value: 1}}
        assert rollup.latest_errors == []


def test_test_traffic_is_kept_apart() -> None:
    rollups = roll_up([(fact("error", time=MIDNIGHT), True)])
    assert rollups.keys() == {Key(TEST, DAY_NUMBER, "")}
    assert counts(rollups[Key(TEST, DAY_NUMBER, "")].totals) == {"": 1}


def test_an_error_stands_in_everything_and_in_its_tool() -> None:
    failed = [
        fact("error", time=MIDNIGHT, error_type="ValueError"),
        fact("timeout", time=MIDNIGHT + HOUR),
        fact("denied", time=MIDNIGHT + HOUR, error_type="ValueError"),
    ]
    rollups = roll_up((one, False) for one in failed)
    everything, tool = rollups[Key(EVERYTHING, DAY_NUMBER, "")], rollups[Key(TOOL, DAY_NUMBER, "a")]
    assert counts(everything.totals) == {"": 3}
    assert counts(tool.totals) == {"": 3, "!ValueError": 1, "!": 1}
    listed = [(one.time, one.key) for one in failed[:2]]
    assert everything.latest_errors == tool.latest_errors == listed
    assert all(not rollup.latest_errors for key, rollup in rollups.items() if key.dimension in BREAKDOWNS)


def test_only_what_reports_ask_of_a_series_is_kept() -> None:
    rollups = roll_up([(fact("error", time=MIDNIGHT, duration_ms=5, error_type="E"), False)])
    tool = rollups[Key(TOOL, DAY_NUMBER, "a")].totals
    assert tool[""].to_json().keys() == {"s", "t", "c", "d", "ms", "p", "f", "l"}
    assert tool["!E"].to_json().keys() == {"s", "p", "f", "l"}
    for dimension in (EVERYTHING, *BREAKDOWNS):
        (tally,) = rollups[Key(dimension, DAY_NUMBER, "")].totals.values()
        assert tally.to_json().keys() == {"s", "d", "ms", "p"}


def test_days_are_utc_days() -> None:
    rollups = roll_up([(fact(time=MIDNIGHT - 1), False), (fact(time=MIDNIGHT), False)])
    before, after = rollups[Key(EVERYTHING, DAY_NUMBER - 1, "")], rollups[Key(EVERYTHING, DAY_NUMBER, "")]
    assert (list(before.hours), list(after.hours)) == ([23], [0])


def test_a_day_is_the_sum_of_its_hours() -> None:
    rollup = Rollup()
    for hour, value in ((1, "a"), (1, "b"), (2, "a"), (23, "a")):
        rollup.add(fact(time=MIDNIGHT + hour * HOUR, person=hour), value)
    assert rollup.totals == {}
    rollup.add_up()
    assert counts(rollup.totals) == {"a": 3, "b": 1}
    assert len(rollup.totals["a"].people) == 3
    assert {hour: counts(values) for hour, values in rollup.hours.items()} == {
        1: {"a": 1, "b": 1},
        2: {"a": 1},
        23: {"a": 1},
    }


def test_tools_have_a_rollup_each() -> None:
    rollups = roll_up((fact(time=MIDNIGHT, tool=name), False) for name in ("a", "b", "a"))
    tools = {key.tool_name: counts(rollup.totals) for key, rollup in rollups.items() if key.dimension == TOOL}
    assert tools == {"a": {"": 2}, "b": {"": 1}}


def test_nothing_is_rolled_up() -> None:
    assert roll_up([]) == {}
