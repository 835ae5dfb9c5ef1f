"""The parameters of a question, each with its rule and examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from counting.dimensions import FILTERS, Filters
from reading import window
from reading.window import Window
from terms import limits
from terms.dates import day_of, parse_date
from terms.errors import InvalidError
from terms.keys import EPOCH
from terms.vocabulary import TRIGGERS

_FIRST_DAY = day_of(EPOCH)
_YEAR_DAYS = 365


class Parameter(NamedTuple):
    """A parameter of a question.

    read: the value of its text, None where it is not given; raises InvalidError. good, bad: texts by example.
    schema: what read accepts, as JSON Schema says it, for openapi.json.
    """

    name: str
    read: Callable[[str | None], Any]
    good: tuple[str, ...]
    bad: tuple[str, ...]
    schema: Mapping[str, Any]


def integer(name: str, default: int, most: int) -> Parameter:
    """An integer from 1 on. Given but empty is refused: a page that lost its range must not get another one's."""

    def read(text: str | None) -> int:
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= most):
            raise InvalidError(name, f"{name} must be an integer from 1 to {most}.")
        return int(text)

    bad = ("0", str(most + 1), "-1", "1.5", "seven", "²", "")
    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return Parameter(name, read, ("1", str(most)), bad, schema)


def choice(name: str, choices: tuple[str, ...], default: str | None = None) -> Parameter:
    """One of several words; without a default it must be given. Given but empty is as not given."""

    def read(text: str | None) -> str:
        value = text or default
        if value is None or value not in choices:
            raise InvalidError(name, f"{name} must be one of {', '.join(choices)}.")
        return value

    schema = {"enum": choices} if default is None else {"enum": choices, "default": default}
    return Parameter(name, read, choices, ("?", choices[0] * 9), schema)


def text(name: str) -> Parameter:
    """A text as long as a name may be, or None. Given but empty is as not given."""

    def read(text: str | None) -> str | None:
        if text is not None and len(text) > limits.NAME_CHARACTERS:
            raise InvalidError(name, f"{name} must have at most {limits.NAME_CHARACTERS} characters.")
        return text or None

    good, bad = ("my-skill", "mcp:server", "\u00fc"), ("x" * (limits.NAME_CHARACTERS + 1),)
    return Parameter(name, read, good, bad, {"type": "string", "maxLength": limits.NAME_CHARACTERS})


def optional(parameter: Parameter) -> Parameter:
    """The same, but None where it is not given or empty."""
    return parameter._replace(read=lambda text: parameter.read(text) if text else None)


def days(default: int) -> Parameter:
    """How far a question's window goes back."""
    return integer("days", default, limits.REPORT_DAYS)


def _date(name: str) -> Parameter:
    """A UTC day as its number, or None. Given but empty is refused, as an integer is."""

    def read(text: str | None) -> int | None:
        if text is None:
            return None
        day = parse_date(text)
        if day is None or day < _FIRST_DAY:
            raise InvalidError(name, f"{name} must be a date from 2020 on, as YYYY-MM-DD.")
        return day

    bad = ("yesterday", "2025-02-29", "2026-1-1", "2019-12-31", "20260101", "")
    return Parameter(name, read, ("2026-01-01", "2024-02-29"), bad, {"type": "string", "format": "date"})


DATES = (_date("from"), _date("to"))
COMPARE = choice("compare", ("period", "year"), "period")
ROWS = integer("limit", limits.LIST_ROWS, limits.LIST_ROWS_MOST)

COMMON = (
    *(text(name) for name in FILTERS if name != "trigger"),
    optional(choice("trigger", TRIGGERS)),
    choice("include_test", ("0", "1", "false", "true"), "0"),
)


class Query(NamedTuple):
    """What is asked for. values: by parameter. now: epoch seconds."""

    values: Mapping[str, Any]
    now: float

    @classmethod
    def read(cls, parameters: Iterable[Parameter], given: Mapping[str, str], now: float) -> Query:
        """The values of the parameters among what is given; raises InvalidError. Anything else is left alone."""
        values = {parameter.name: parameter.read(given.get(parameter.name)) for parameter in parameters}
        _check_dates(values, given, now)
        return cls(values, now)

    @property
    def days(self) -> int:
        """How many days the window has."""
        dates = self._dates
        return int(self.values["days"]) if dates is None else dates[1] - dates[0] + 1

    @property
    def window(self) -> Window:
        """The window that is asked about."""
        dates = self._dates
        return window.current(self.now, self.days) if dates is None else window.of_dates(*dates)

    @property
    def before(self) -> Window:
        """The window to compare with: as long, and just before, or at the same dates of the year before."""
        return window.earlier(self.window, self.days, _YEAR_DAYS if self.values["compare"] == "year" else self.days)

    def last(self, days: int) -> Window:
        """The days that the window ends with."""
        dates = self._dates
        return window.current(self.now, days) if dates is None else window.of_dates(dates[1] + 1 - days, dates[1])

    @property
    def last_moment(self) -> int:
        """Where the window ends, in epoch seconds: now, or the last second of its last day."""
        end = self.window.end
        return int(self.now) if end is None else end - 1

    @property
    def _dates(self) -> tuple[int, int] | None:
        first, last = self.values["from"], self.values["to"]
        return None if first is None or last is None else (first, last)

    @property
    def filters(self) -> Filters:
        """What the question is narrowed to."""
        narrowed = {name: self.values[name] for name in FILTERS if self.values[name] is not None}
        return Filters(narrowed, include_test=self.values["include_test"] in ("1", "true"))


def _check_dates(values: Mapping[str, Any], given: Mapping[str, str], now: float) -> None:
    """Raises InvalidError unless the dates are a window, and the only one that is asked for."""
    first, last = values.get("from"), values.get("to")
    if first is None and last is None:
        return
    if first is None or last is None:
        alone = "from" if last is None else "to"
        raise InvalidError(alone, f"{alone} needs {'to' if last is None else 'from'} beside it.")
    if "days" in given:
        raise InvalidError("days", "days has no place beside from and to.")
    if last > day_of(int(now)):
        raise InvalidError("to", "to must not lie behind today, in UTC.")
    if not 0 <= last - first < limits.REPORT_DAYS:
        raise InvalidError("from", f"from must lie before to, or on it, by less than {limits.REPORT_DAYS} days.")
