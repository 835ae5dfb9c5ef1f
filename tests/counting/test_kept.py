"""A rollup as it is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from counting.fact import Fact
from counting.kept import KeptRollup, hourly_tallies, latest_errors, totals
from counting.rollup import Key, Rollup, roll_up
from terms import limits
from terms.dates import DAY, HOUR
from terms.keys import event_key
from tests.tallies import MIDNIGHT, fact

TODAY = MIDNIGHT // DAY
TOOLS, AGENTS = Key("tool", TODAY, "a"), Key("agent", TODAY, "")
COLUMNS = ("dimension", "day", "tool_name", "totals", "hours", "latest_errors")
FACTS = [
    fact("success", 1, MIDNIGHT, 10),
    fact("error", 2, MIDNIGHT + HOUR, error_type="E"),
    fact("timeout", 1, MIDNIGHT + HOUR + 600, 20),
    fact("success", 3, MIDNIGHT + 23 * HOUR),
]


def delta(facts: Iterable[Fact], key: Key = TOOLS) -> Rollup:
    """The rollup of these events alone."""
    return roll_up((one, False) for one in facts)[key]


def row_of(kept: KeptRollup, whole: bool = False, key: Key = TOOLS) -> dict[str, Any]:
    """What is stored of it."""
    return dict(zip(COLUMNS, kept.to_row(key, whole), strict=True))


def merged(*parts: Iterable[Fact], key: Key = TOOLS, whole: bool = False) -> dict[str, Any]:
    """The row after parts were merged one by one, each into what was stored of those before."""
    row = None
    for part in parts:
        kept = KeptRollup(row)
        kept.merge(delta(part, key))
        row = row_of(kept, whole, key)
    assert row is not None
    return row


def meaning(row: dict[str, Any]) -> Any:
    """What a row says, in whichever order it stands."""
    return totals(row), hourly_tallies(row), latest_errors(row)


def counts(values: dict[str, Any]) -> dict[str, int]:
    """How many events each value has."""
    return {value: sum(fields["s"].values()) for value, fields in values.items()}


def test_a_new_row() -> None:
    row = merged(FACTS)
    assert (row["dimension"], row["day"], row["tool_name"]) == TOOLS
    assert counts(totals(row)) == {"": 4, "!E": 1, "!": 1}
    assert {hour: counts(values) for hour, values in hourly_tallies(row).items()} == {
        0: {"": 1},
        1: {"": 2, "!E": 1, "!": 1},
        23: {"": 1},
    }
    assert latest_errors(row) == [(one.time, one.key) for one in (FACTS[2], FACTS[1])]


def test_keys_stand_in_it_as_text() -> None:
    assert json.loads(merged(FACTS)["latest_errors"])[0] == [FACTS[2].time, str(FACTS[2].key)]


@pytest.mark.parametrize("whole", [False, True])
def test_merging_in_parts_is_merging_at_once(whole: bool) -> None:
    at_once = meaning(merged(FACTS))
    assert meaning(merged(*([one] for one in FACTS), whole=whole)) == at_once
    assert meaning(merged(FACTS[2:], FACTS[:2], whole=whole)) == at_once
    people = totals(merged(FACTS))[""]["p"]
    assert people == "e", "persons 1, 2 and 3"


def test_a_day_that_is_over_is_packed_where_that_is_shorter() -> None:
    busy = [fact(person=number, time=MIDNIGHT + number % 24 * HOUR) for number in range(240)]
    open_row, whole_row = merged(busy), merged(busy, whole=True)
    assert isinstance(json.loads(open_row["hours"]), dict)
    assert isinstance(json.loads(whole_row["hours"]), str)
    assert len(whole_row["hours"]) < len(open_row["hours"])
    assert meaning(whole_row) == meaning(open_row)
    quiet = merged([fact(time=MIDNIGHT)], whole=True)
    assert isinstance(json.loads(quiet["hours"]), dict), "packing would make it longer"


@pytest.mark.parametrize("hours", [None, "null", "{}"])
def test_hours_that_are_not_there(hours: str | None) -> None:
    assert hourly_tallies({"hours": hours}) == {}


def test_what_a_person_left_is_taken_out() -> None:
    kept = KeptRollup(merged(FACTS))
    kept.subtract(delta([FACTS[0], FACTS[2]]), 1)
    row = row_of(kept)
    rest = merged([FACTS[1], FACTS[3]])
    assert counts(totals(row)) == counts(totals(rest)) == {"": 2, "!E": 1}
    assert totals(row)[""]["p"] == totals(rest)[""]["p"]
    assert latest_errors(row) == latest_errors(rest) == [(FACTS[1].time, FACTS[1].key)]
    hours = {hour: counts(values) for hour, values in hourly_tallies(row).items()}
    assert hours == {0: {}, 1: {"": 1, "!E": 1}, 23: {"": 1}}
    assert totals(row)[""].get("ms", 0) == 0


def test_what_is_not_there_is_not_taken_out() -> None:
    before = merged(FACTS)
    kept = KeptRollup(before)
    kept.subtract(delta([fact("success", 9, MIDNIGHT, agent="nobody")], AGENTS), 9)
    assert meaning(row_of(kept)) == meaning(before)


def agents(names: Iterable[str], person: int = 1, time: int = MIDNIGHT) -> list[Fact]:
    """An event of each agent."""
    return [fact(person=person, time=time, agent=name) for name in names]


def test_a_day_keeps_200_values_apart() -> None:
    names = [f"agent-{number:03}" for number in range(limits.ROLLUP_GROUPS + 5)]
    row = merged(agents(names), key=AGENTS)
    apart = counts(totals(row))
    assert apart == {**dict.fromkeys(names[: limits.ROLLUP_GROUPS], 1), "(other)": 5}
    assert counts(hourly_tallies(row)[0]) == apart
    # Whoever has a place keeps it, whoever comes later has none.
    again = KeptRollup(row)
    again.merge(delta(agents([names[0], "late"], time=MIDNIGHT + HOUR), AGENTS))
    after = row_of(again, key=AGENTS)
    assert counts(totals(after)) == {**apart, names[0]: 2, "(other)": 6}
    assert counts(hourly_tallies(after)[1]) == {names[0]: 1, "(other)": 1}


def test_types_of_error_beyond_200_stay_errors() -> None:
    """The tool as a whole has one of the places."""
    failed = [fact("error", time=MIDNIGHT, error_type=f"E{number}") for number in range(limits.ROLLUP_GROUPS + 1)]
    apart = counts(totals(merged(failed)))
    assert len(apart) == limits.ROLLUP_GROUPS + 1
    assert (apart[""], apart["!(other)"]) == (len(failed), 2)
    assert "(other)" not in apart


def test_who_was_counted_with_the_others_is_taken_out_there() -> None:
    names = [f"agent-{number:03}" for number in range(limits.ROLLUP_GROUPS)]
    late = agents(["late"], person=2)
    kept = KeptRollup(merged(agents(names), [*late, *agents(["later"], person=3)], key=AGENTS))
    kept.subtract(delta(late, AGENTS), 2)
    row = row_of(kept, key=AGENTS)
    assert counts(totals(row))["(other)"] == 1
    assert totals(row)["(other)"]["p"] == "8", "person 3 alone"
    assert len(totals(row)) == limits.ROLLUP_GROUPS + 1


def test_of_errors_the_newest_are_known() -> None:
    failed = [
        fact("error", time=MIDNIGHT + second, key=event_key(MIDNIGHT + second, second))
        for second in range(limits.LATEST_ERRORS + 10)
    ]
    row = merged(failed[::2], failed[1::2])
    assert latest_errors(row) == [(one.time, one.key) for one in reversed(failed[10:])]
