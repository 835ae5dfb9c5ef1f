"""One tool by what its events say of agent, version, trigger, system, source and runtime."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import pytest

from counting.crossing import (
    CROSSED,
    Crossings,
    Piece,
    add_up,
    bounded,
    combinations,
    merged,
    parts_of,
    size,
    value_in,
)
from counting.dimensions import values_in
from counting.fact import Fact
from counting.rollup import Tallies, roll_up
from counting.tally import invocations_of
from terms import limits
from terms.dates import HOUR
from tests.tallies import MIDNIGHT, fact

A, B = "skill|a", "skill|b"
PLAIN = "codex|1.0|user|linux|api|go 1"


def some(count: int, seed: int, **fields: Any) -> list[Fact]:
    """So many facts of two tools, unlike in most of what they say."""
    chance = random.Random(seed)
    return [
        fact(
            person=chance.randrange(9),
            duration_ms=chance.choice((None, 5, 900)),
            time=MIDNIGHT + chance.randrange(HOUR),
            **{
                "tool": chance.choice("aab"),
                "agent": chance.choice(("codex", "claude-code")),
                "version": chance.choice((None, "1.0", "2.0")),
                "os": chance.choice((None, "linux")),
                **fields,
            },
        )
        for _ in range(count)
    ]


def kept(facts: list[Fact]) -> tuple[Tallies, Crossings]:
    """The tallies of the tools of an hour, and its crossings, as they are kept."""
    (hour,) = roll_up((one, False) for one in facts).values()
    return json.loads(json.dumps(hour.tallies["tool"])), json.loads(json.dumps(bounded(hour.crossings)))


def delta(facts: list[Fact]) -> Piece:
    (hour,) = roll_up((one, False) for one in facts).values()
    return hour.tallies["tool"], hour.crossings


def counted(piece: tuple[Tallies, Crossings], tool: str, dimension: str) -> Counter[str | None]:
    """How many events of a tool each value has."""
    found: Counter[str | None] = Counter()
    for combined, fields in parts_of(piece[1][tool], piece[0][tool]).items():
        found[value_in(combined, dimension)] += invocations_of(fields)
    return found


# What is kept


def test_a_combination_says_all_that_a_tool_is_crossed_with() -> None:
    one = fact(version=None, os=None)
    assert combinations([fact(), one])[0] == PLAIN
    for dimension in CROSSED:
        assert value_in(combinations([one])[0], dimension) == values_in([one], dimension)[0]
        assert value_in(PLAIN, dimension) == values_in([fact()], dimension)[0]


def test_what_all_events_agree_on_costs_no_tally() -> None:
    tools, crossings = kept([fact(person=1), fact("error", person=2), fact(tool="b")])
    assert crossings == {A: PLAIN, B: PLAIN}
    assert parts_of(crossings[A], tools[A]) == {PLAIN: tools[A]}


@pytest.mark.parametrize("dimension", CROSSED)
def test_where_they_differ_each_has_a_tally(dimension: str) -> None:
    piece = kept([fact(), fact(**{dimension: "user" if dimension == "trigger" else "other"}), fact(trigger="model")])
    expected = Counter(
        values_in([it], dimension)[0]
        for it in (fact(), fact(**{dimension: "user" if dimension == "trigger" else "other"}), fact(trigger="model"))
    )
    assert counted(piece, A, dimension) == expected


def test_test_traffic_is_left_out() -> None:
    (hour,) = roll_up([(fact(), True), (fact(tool="b", trigger="model"), False)]).values()
    assert set(hour.crossings) == {B}


# Adding up, and merging


@pytest.mark.parametrize("seed", range(20))
def test_merged_bit_by_bit_it_is_what_all_at_once_would_be(seed: int) -> None:
    chance = random.Random(seed)
    facts = some(40, seed) if seed % 2 else some(40, seed, version="1.0", os=None)
    tools: Tallies = {}
    crossings: Crossings = {}
    rest = list(facts)
    while rest:
        now, rest = rest[: (cut := chance.randrange(1, 9))], rest[cut:]
        crossings |= merged(tools, crossings, delta(now))
        done = facts[: len(facts) - len(rest)]
        tools, whole = kept(done)
        assert crossings == whole


@pytest.mark.parametrize("seed", range(10))
def test_spans_side_by_side_add_up(seed: int) -> None:
    facts = some(60, seed)
    pieces = [kept(facts[first : first + 7]) for first in range(0, 60, 7)]
    before = json.dumps(pieces)
    assert add_up(pieces) == add_up(reversed(pieces)) == kept(facts)[1]
    assert json.dumps(pieces) == before
    assert add_up([]) == {}


def test_of_a_tool_that_was_counted_before_nothing_is_known() -> None:
    """A part would be taken for the whole."""
    tools, crossings = kept([fact(), fact(tool="b")])
    del crossings[A]
    assert merged(tools, crossings, delta([fact(), fact(tool="b", os="darwin"), fact(tool="c")])).keys() == {
        B,
        "skill|c",
    }
    assert add_up([(tools, crossings), kept([fact(), fact(tool="b")])]).keys() == {B}
    assert add_up([(tools, {})]) == {}


def test_what_stays_as_it_is_is_not_said_again() -> None:
    tools, crossings = kept([fact(), fact(tool="b")])
    assert merged(tools, crossings, delta([fact(person=7)])) == {}


def test_how_many_they_are() -> None:
    assert size({A: PLAIN, B: {"x": [], "y": []}}) == 3


# Bounds


def test_of_too_many_combinations_what_is_asked_least_is_not_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CROSSINGS", 4)
    facts = [fact(runtime=f"go {number}", agent="ab"[number % 2], person=number) for number in range(6)]
    piece = kept(facts)
    assert counted(piece, A, "agent") == {"a": 3, "b": 3}
    assert counted(piece, A, "runtime") == {None: 6}
    assert len(parts_of(piece[1][A], piece[0][A])) == 2
    # Bit by bit it comes to the same, and what is not told apart stays so.
    tools, crossings = kept(facts[:5])
    assert merged(tools, crossings, delta(facts[5:])) == piece[1]
    assert add_up([piece, kept([fact(agent="a", runtime="go 0")])]).keys() == {A}
    more = add_up([piece, kept([fact(agent="a", runtime="go 0")])])[A]
    assert {value_in(it, "runtime") for it in parts_of(more, [])} == {None}


def test_of_very_many_versions_nothing_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CROSSINGS", 4)
    tools, crossings = kept([fact(version=f"1.{number}") for number in range(5)])
    assert [value_in(str(crossings[A]), dimension) for dimension in CROSSED] == [None] * len(CROSSED)
    assert merged(tools, crossings, delta([fact()])) == {}


def test_what_is_too_wide_for_a_row_is_not_told_apart_of_the_widest_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    _, crossings = kept([*some(60, 1, tool="a"), *some(4, 1, tool="b")])
    assert bounded(crossings) is crossings
    monkeypatch.setattr(limits, "CROSS_CHARACTERS", len(json.dumps(crossings)) // 2)
    narrowed = bounded(crossings)
    assert isinstance(narrowed[A], str)
    assert value_in(narrowed[A], "version") is None
    assert narrowed[B] == crossings[B]
    assert len(json.dumps(narrowed)) <= limits.CROSS_CHARACTERS
