"""Rollups of some events, and their sums."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from typing import Any

import pytest

from counting.dimensions import BREAKDOWNS, ERROR, EVERYTHING, TEST, TOOL, other, values_in
from counting.fact import Fact
from counting.rollup import Tallies, add_up, add_up_kept, fold_rare, newest, roll_up
from counting.tally import Tally, invocations_of, people_of
from terms import limits
from terms.dates import HOUR
from terms.keys import event_key
from terms.vocabulary import STATUSES
from tests.tallies import MIDNIGHT, fact, tally

FIRST = MIDNIGHT // HOUR


def counts(values: Tallies) -> dict[str, int]:
    """How many events each value has."""
    return {value: invocations_of(fields) for value, fields in values.items()}


def kept(facts: Iterable[Fact], series: str = "agent") -> Tallies:
    """The tallies of a series as they are kept."""
    hours = roll_up((one, False) for one in facts).values()
    found: Tallies = json.loads(json.dumps(add_up_kept(series, [hour.tallies[series] for hour in hours])))
    return found


def kept_counts(values: Tallies) -> dict[str, int]:
    """How many events each kept value has."""
    return {value: invocations_of(fields) for value, fields in values.items()}


def agents(**numbers: int) -> list[Fact]:
    """So many events of each agent, each of a person of its own."""
    names = [name for name, number in numbers.items() for _ in range(number)]
    return [fact(agent=name, person=person, duration_ms=person) for person, name in enumerate(names, 1)]


# Rolling up


def test_an_event_is_in_every_series_of_its_hour() -> None:
    one = fact(time=MIDNIGHT + 5 * HOUR)
    ((hour, rollup),) = roll_up([(one, False)]).items()
    assert hour == FIRST + 5
    assert {name: counts(values) for name, values in rollup.tallies.items()} == {
        EVERYTHING: {EVERYTHING: 1},
        TOOL: {"skill|a": 1},
        **{name: {values_in([one], name)[0]: 1} for name in BREAKDOWNS},
    }
    assert rollup.latest == []


def test_test_traffic_is_kept_apart() -> None:
    rollups = roll_up([(fact("error", time=MIDNIGHT), True), (fact(time=MIDNIGHT), True)])
    ((hour, rollup),) = rollups.items()
    assert hour == FIRST
    assert {name: counts(values) for name, values in rollup.tallies.items()} == {TEST: {EVERYTHING: 2}}
    assert rollup.latest == [], "no report may list it"


def test_test_traffic_lies_beside_what_is_none() -> None:
    ((_, rollup),) = roll_up([(fact(person=1), True), (fact(person=2), False)]).items()
    assert {name: counts(rollup.tallies[name]) for name in (TEST, EVERYTHING)} == {
        TEST: {EVERYTHING: 1},
        EVERYTHING: {EVERYTHING: 1},
    }
    assert 1 not in people_of(rollup.tallies[EVERYTHING][EVERYTHING])


def test_failures_stand_among_the_errors_and_the_newest() -> None:
    failed = [
        fact("error", time=MIDNIGHT, error_type="ValueError"),
        fact("timeout", time=MIDNIGHT + 60),
        fact("denied", time=MIDNIGHT + 120, error_type="ValueError"),
    ]
    ((_, rollup),) = roll_up((one, False) for one in failed).items()
    assert counts(rollup.tallies[EVERYTHING]) == {EVERYTHING: 3}
    assert counts(rollup.tallies[TOOL]) == {"skill|a": 3}
    assert counts(rollup.tallies[ERROR]) == {"skill|a|ValueError": 1, "skill|a|": 1}
    assert rollup.latest == [(one.time, one.key, "skill|a") for one in (failed[1], failed[0])]


def test_of_errors_no_more_is_counted_than_is_asked() -> None:
    ((_, rollup),) = roll_up([(fact("error", 7, MIDNIGHT, 5, error_type="E"), False)]).items()
    (error,) = map(Tally.from_json, rollup.tallies[ERROR].values())
    assert (error.durations(), error.duration_ms, error.percentiles(0.5)) == (0, 0, (None,))
    assert set(error.triggers().values()) == {0}
    assert (error.statuses()[STATUSES.index("error")], 7 in error.people, error.first, error.last) == (
        1,
        True,
        MIDNIGHT,
        MIDNIGHT,
    )
    (tool,) = map(Tally.from_json, rollup.tallies[TOOL].values())
    assert (tool.durations(), tool.duration_ms, tool.triggers()["user"]) == (1, 5, 1)


def test_an_hour_begins_with_its_first_second() -> None:
    times = (MIDNIGHT - 1, MIDNIGHT, MIDNIGHT + HOUR - 1, MIDNIGHT + HOUR)
    rollups = roll_up((fact(time=time), False) for time in times)
    assert {hour - FIRST: counts(rollup.tallies[EVERYTHING]) for hour, rollup in rollups.items()} == {
        -1: {EVERYTHING: 1},
        0: {EVERYTHING: 2},
        1: {EVERYTHING: 1},
    }


def test_a_tool_of_each_category_is_one_of_its_own() -> None:
    named = [("skill", "a"), ("mcp", "a"), ("skill", "b"), ("skill", "a")]
    ((_, rollup),) = roll_up((fact(category=category, tool=name), False) for category, name in named).items()
    assert counts(rollup.tallies[TOOL]) == {"skill|a": 2, "mcp|a": 1, "skill|b": 1}
    assert counts(rollup.tallies["category"]) == {"skill": 3, "mcp": 1}


def test_the_newest_failures_of_an_hour_are_kept_newest_first() -> None:
    failed = [
        fact("error", time=MIDNIGHT + second, key=str(event_key(MIDNIGHT + second, second)))
        for second in range(limits.LATEST_ERRORS + 10)
    ]
    random.Random(1).shuffle(failed)
    ((_, rollup),) = roll_up((one, False) for one in failed).items()
    failed.sort(key=lambda one: one.time, reverse=True)
    assert rollup.latest == [(one.time, one.key, "skill|a") for one in failed[: limits.LATEST_ERRORS]]
    assert sum(counts(rollup.tallies[ERROR]).values()) == len(failed)


def test_nothing_is_rolled_up() -> None:
    assert roll_up([]) == {}


# Adding up


def test_kept_tallies_add_up_by_value() -> None:
    everyone = [fact(agent="ab"[number % 2], person=number, duration_ms=number * 7) for number in range(60)]
    pieces = [kept(everyone[first : first + 7]) for first in range(0, 60, 7)]
    whole = kept(everyone)
    assert {value: tally.to_json() for value, tally in add_up(pieces).items()} == whole
    assert {value: tally.to_json() for value, tally in add_up(reversed(pieces)).items()} == whole
    assert add_up_kept("agent", pieces) == whole
    assert add_up([]) == {}
    assert add_up_kept("agent", []) == {}


def test_what_is_added_up_stays_as_it_is() -> None:
    """It is remembered, and may be added up again."""
    pieces = [kept(agents(a=30, b=1)), kept(agents(a=1, c=30))]
    before = json.dumps(pieces)
    sums = add_up(pieces)
    sums["a"].add(fact())
    sums["c"].add(fact())
    add_up_kept("agent", pieces)
    assert json.dumps(pieces) == before


def test_a_value_of_one_piece_is_handed_on() -> None:
    piece = kept(agents(a=3))
    assert add_up_kept("agent", [piece, kept(agents(b=2))])["a"] is piece["a"]


# The rarest


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """How many values a span keeps apart: of more than 8 it keeps 6."""
    monkeypatch.setattr(limits, "VALUES", 8)
    return 8


def test_as_many_as_may_be_are_kept_apart(few: int) -> None:
    values = plain(**{f"v{number}": 1 for number in range(few)})
    assert fold_rare("agent", values) is values


def test_of_more_the_rarest_are_counted_together(few: int) -> None:
    numbers = {f"v{number}": number + 1 for number in range(few + 1)}
    assert kept_counts(fold_rare("agent", plain(**numbers))) == {
        **{f"v{number}": number + 1 for number in range(3, few + 1)},
        "(other)": 1 + 2 + 3,
    }


def test_what_is_frequent_keeps_its_place_whenever_it_comes(few: int) -> None:
    """However many came before it."""
    first = plain(**{f"invented{number}": 1 for number in range(few)})
    folded = add_up_kept("agent", [first, plain(codex=500)])
    assert kept_counts(folded)["codex"] == 500
    assert sum(kept_counts(folded).values()) == few + 500


def test_equals_are_kept_in_the_order_of_their_names(few: int) -> None:
    names = [f"v{number}" for number in range(few + 1)]
    for order in (names, names[::-1]):
        folded = fold_rare("agent", plain(**dict.fromkeys(order, 1)))
        assert kept_counts(folded) == {**dict.fromkeys(names[:6], 1), "(other)": 3}


def test_those_folded_before_are_never_told_apart_again(few: int) -> None:
    """However many they are together, they take no place, and join whoever is folded now."""
    values = plain(**{"(other)": 900}, **{f"v{number}": number + 1 for number in range(few)})
    folded = kept_counts(fold_rare("agent", values))
    assert folded == {**{f"v{number}": number + 1 for number in range(2, few)}, "(other)": 903}


@pytest.mark.parametrize("series", [TOOL, ERROR, "version"])
def test_the_rarest_go_by_a_name_of_their_series(few: int, series: str) -> None:
    folded = fold_rare(series, plain(**{f"a|b|{number}": 1 for number in range(few + 1)}))
    assert kept_counts(folded)[other(series)] == 3
    assert len(folded) == 7


def test_nothing_is_lost_by_folding(few: int) -> None:
    """Counts, durations, people, first and last moments."""
    everyone = [
        fact(agent=f"v{number % 23}", person=number, time=MIDNIGHT + number, duration_ms=number) for number in range(99)
    ]
    folded = kept(everyone)
    assert len(folded) <= few
    total = tally()
    for fields in folded.values():
        total.merge_json(fields)
    assert total.to_json() == tally(*everyone).to_json()
    assert len(people_of(folded["(other)"])) == invocations_of(folded["(other)"])


def test_whoever_folds_bit_by_bit_stays_bounded(few: int) -> None:
    sums: Tallies = {}
    for number in range(60):
        sums = add_up_kept("agent", [sums, plain(**{f"v{number}": 1, "often": 1})])
        assert len(sums) <= few
    assert kept_counts(sums)["often"] == 60
    assert sum(kept_counts(sums).values()) == 120


def test_any_value_of_half_a_percent_is_kept_apart() -> None:
    """With the limit that holds, however many rare ones there are."""
    frequent = {f"real{number}": 5 for number in range(200)}
    rare = {f"invented{number}": 1 for number in range(limits.VALUES)}
    folded = kept_counts(fold_rare("version", plain(**rare, **frequent)))
    assert {value: folded.get(value) for value in frequent} == frequent


# The newest failures


def test_the_newest_of_several_spans() -> None:
    pieces: list[Any] = [[[5, "1", "a"], [3, "9", "b"]], [], [[4, "2", "a"], [5, "2", "a"]]]
    assert newest(pieces) == [(5, "2", "a"), (5, "1", "a"), (4, "2", "a"), (3, "9", "b")]
    assert newest([]) == []


def test_of_more_the_oldest_go() -> None:
    pieces = [[(time, str(time), "a")] for time in range(limits.LATEST_ERRORS + 3)]
    found = newest(pieces)
    assert len(found) == limits.LATEST_ERRORS
    assert (found[0][0], found[-1][0]) == (limits.LATEST_ERRORS + 2, 3)


def plain(**numbers: int) -> Tallies:
    """Kept tallies of so many events each."""
    return {value: tally(*[fact()] * number).to_json() for value, number in numbers.items()}
