"""A report's parameters. Pure."""

from __future__ import annotations

from urllib.parse import parse_qsl

import limits
from errors import InvalidError
from events import TRIGGERS
from store import Filters

_NEVER_EMPTY = ("days", "limit")


def parameters(query: str) -> dict[str, str]:
    """The parameters of a URL's query; of one that is repeated, the last."""
    return dict(parse_qsl(query, keep_blank_values=True, errors="replace"))


class Query:
    """What is asked for; its methods raise InvalidError, naming the parameter and what is accepted.

    filters: what the report is narrowed to. An empty filter is none.
    """

    def __init__(self, values: dict[str, str]) -> None:
        self._values = {name: value for name, value in values.items() if value or name in _NEVER_EMPTY}
        self.filters = self._filters()

    def days(self, default: int) -> int:
        """How many days back."""
        return self.integer("days", default, limits.REPORT_DAYS)

    def integer(self, name: str, default: int, most: int) -> int:
        """An integer from 1 on."""
        text = self._values.get(name, str(default))
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= most):
            raise InvalidError(name, f"{name} must be an integer from 1 to {most}.")
        return int(text)

    def choice(self, name: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """One of several words."""
        value = self._values.get(name, default)
        if value not in choices:
            raise InvalidError(name, f"{name} must be one of {', '.join(choices)}.")
        return value

    def _text(self, name: str) -> str | None:
        value = self._values.get(name)
        if value is not None and len(value) > limits.NAME_CHARACTERS:
            raise InvalidError(name, f"{name} must have at most {limits.NAME_CHARACTERS} characters.")
        return value

    def _filters(self) -> Filters:
        return Filters(
            tool=self._text("tool"),
            category=self._text("category"),
            agent=self._text("agent"),
            version=self._text("version"),
            trigger=self.choice("trigger", TRIGGERS) if "trigger" in self._values else None,
            include_test=self.choice("include_test", ("0", "1", "false", "true"), "0") in ("1", "true"),
        )
