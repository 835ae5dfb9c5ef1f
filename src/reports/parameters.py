"""The parameters of a question, each with its rule and examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from counting.dimensions import FILTERS, Filters
from reading import window
from reading.window import Window
from terms import limits
from terms.errors import InvalidError
from terms.vocabulary import TRIGGERS


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
        return cls({parameter.name: parameter.read(given.get(parameter.name)) for parameter in parameters}, now)

    @property
    def days(self) -> int:
        """How many days back."""
        return int(self.values["days"])

    @property
    def window(self) -> Window:
        """The window that is asked about."""
        return window.current(self.now, self.days)

    @property
    def filters(self) -> Filters:
        """What the question is narrowed to."""
        narrowed = {name: self.values[name] for name in FILTERS if self.values[name] is not None}
        return Filters(narrowed, include_test=self.values["include_test"] in ("1", "true"))
