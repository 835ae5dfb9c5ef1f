"""The parameters of a question."""

from __future__ import annotations

from typing import Any

import pytest

from counting.dimensions import FILTERS, Filters
from reading import window
from reports.parameters import COMMON, COMPARE, DATES, Parameter, Query, choice, days, integer, optional, text
from terms.dates import DAY, date
from terms.errors import InvalidError
from tests.database import NOW

COUNT = integer("count", 5, 20)
COLOUR = choice("colour", ("red", "blue"), "blue")
MUST = choice("must", ("red", "blue"))
NAME = text("name")
MAYBE = optional(choice("maybe", ("red", "blue")))
ALL = (COUNT, COLOUR, MUST, NAME, MAYBE, days(7), *DATES, COMPARE, *COMMON)


def refusal(parameter: Parameter, given: str | None) -> InvalidError:
    """How a text is refused."""
    with pytest.raises(InvalidError) as caught:
        parameter.read(given)
    return caught.value


@pytest.mark.parametrize(
    ("parameter", "given", "value"),
    [
        (COUNT, None, 5),
        (COUNT, "1", 1),
        (COUNT, "020", 20),
        (COLOUR, None, "blue"),
        (COLOUR, "", "blue"),
        (COLOUR, "red", "red"),
        (MUST, "blue", "blue"),
        (NAME, None, None),
        (NAME, "", None),
        (NAME, "ü", "ü"),
        (NAME, "x" * 128, "x" * 128),
        (MAYBE, None, None),
        (MAYBE, "", None),
        (MAYBE, "red", "red"),
        (days(30), None, 30),
        (days(30), "365", 365),
    ],
)
def test_what_is_read(parameter: Parameter, given: str | None, value: Any) -> None:
    assert parameter.read(given) == value


@pytest.mark.parametrize(
    ("parameter", "given", "says"),
    [
        *(
            (COUNT, given, "from 1 to 20")
            for given in ("", "0", "21", "-1", "+1", "1.0", " 1", "1e1", "²", "٣", "1" * 5000)
        ),
        *((COLOUR, given, "red, blue") for given in ("green", "Red", " red", "red,blue")),
        *((MUST, given, "red, blue") for given in (None, "", "green")),
        (NAME, "x" * 129, "at most 128"),
        (MAYBE, "green", "red, blue"),
        (days(30), "366", "from 1 to 365"),
        *(
            (DATES[0], given, "YYYY-MM-DD")
            for given in (
                "",
                "2026-13-01",
                "2026-02-30",
                "2026-1-01",
                "2026-01-01T00",
                " 2026-01-01",
                "2019-12-31",
                "٢٠٢٦-01-01",
            )
        ),
        (COMPARE, "decade", "period, year"),
    ],
)
def test_what_is_refused(parameter: Parameter, given: str | None, says: str) -> None:
    error = refusal(parameter, given)
    assert (error.status, error.field) == (400, parameter.name)
    assert parameter.name in error.message
    assert says in error.message


@pytest.mark.parametrize("parameter", ALL, ids=lambda parameter: parameter.name)
def test_examples_are_what_they_say(parameter: Parameter) -> None:
    assert parameter.good
    assert parameter.bad
    for given in parameter.good:
        assert parameter.read(given) is not None
    for given in parameter.bad:
        assert refusal(parameter, given).field == parameter.name


def test_every_filter_is_a_common_parameter() -> None:
    assert {parameter.name for parameter in COMMON} == {*FILTERS, "include_test"}


def query(**given: str) -> Query:
    """What is asked for."""
    return Query.read((days(7), *DATES, COMPARE, *COMMON), given, NOW + 0.5)


def test_nothing_is_asked_for() -> None:
    assert query().filters == Filters({}, include_test=False)
    assert (query().days, query().window) == (7, window.current(NOW, 7))
    assert query(unknown="x", by="nonsense") == query(), "anything else is left alone"


def test_filters_are_those_that_are_given() -> None:
    given = {"tool": "a", "category": "b", "agent": "c", "trigger": "user", "version": "1"}
    assert given.keys() == set(FILTERS)
    assert query(**given).filters == Filters(given)
    assert query(tool="a", agent="").filters == Filters({"tool": "a"})


@pytest.mark.parametrize(
    ("given", "included"), [("0", False), ("false", False), ("", False), ("1", True), ("true", True)]
)
def test_test_traffic_is_left_out_unless_it_is_asked_for(given: str, included: bool) -> None:
    assert query(include_test=given).filters.include_test is included


TODAY = NOW // DAY


def test_dates_are_a_window_of_whole_days() -> None:
    asked = query(**{"from": date(TODAY - 9), "to": date(TODAY)})
    assert (asked.days, asked.window) == (10, window.of_dates(TODAY - 9, TODAY))
    assert asked.last_moment == (TODAY + 1) * DAY - 1
    assert asked.last(7) == window.of_dates(TODAY - 6, TODAY)
    assert asked.before == window.of_dates(TODAY - 19, TODAY - 10)


def test_a_window_is_compared_with_the_one_before_or_the_one_of_a_year_ago() -> None:
    now = window.current(NOW + 0.5, 7)
    assert query().before == (now.start - 7 * DAY, now.start)
    assert query(compare="year").before == (now.start - 365 * DAY, now.start - 358 * DAY)
    assert (query().last(30), query().last_moment) == (window.current(NOW, 30), NOW)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"from": date(TODAY)}, "from"),
        ({"to": date(TODAY)}, "to"),
        ({"from": date(TODAY), "to": date(TODAY), "days": "7"}, "days"),
        ({"from": date(TODAY), "to": date(TODAY + 1)}, "to"),
        ({"from": date(TODAY), "to": date(TODAY - 1)}, "from"),
        ({"from": date(TODAY - 365), "to": date(TODAY)}, "from"),
    ],
)
def test_dates_that_are_no_window_are_named(given: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        query(**given)
    assert (caught.value.status, caught.value.field) == (400, field)


def test_a_year_of_dates_is_a_window() -> None:
    assert query(**{"from": date(TODAY - 364), "to": date(TODAY)}).days == 365


def test_a_parameter_at_fault_is_named() -> None:
    for name, given in (("days", ""), ("tool", "x" * 129), ("trigger", "robot"), ("include_test", "yes")):
        with pytest.raises(InvalidError) as caught:
            query(**{name: given})
        assert caught.value.field == name
