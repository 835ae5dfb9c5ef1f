"""What may be shipped: a source's items, validated; and the names that alone come in where nothing else may."""

from __future__ import annotations

from typing import Any

from counting.catalogue import Item, Source
from intake.event import RULES, number, tool_name
from storage import catalogue
from storage.database import Database
from terms import limits
from terms.errors import InvalidError, RequestError

_CATEGORY = "default"  # of an item that does not say, as of an event


def parse_source(name: str, raw: object, now: float) -> Source:
    """What a source ships, from {"version", "items": [{tool_name, tool_category, description_tokens}]}.

    now: epoch seconds. Raises InvalidError, which names the item: without it the catalogue would call it unlisted.
    """
    if not isinstance(raw, dict):
        raise RequestError(400, "A catalogue is a JSON object.")
    items = raw.get("items")
    if not isinstance(items, list) or len(items) > limits.CATALOGUE_ITEMS:
        raise InvalidError("items", f"items must be an array of at most {limits.CATALOGUE_ITEMS} items.")
    version = raw.get("version")
    found = {item[:2]: item for item in (_item(f"items[{index}]", item) for index, item in enumerate(items))}
    return Source(
        _named("source", lambda: tool_name(name)),
        None if version is None else str(RULES["tool_version"]("version", version)),
        int(now),
        list(found.values()),
    )


class Names:
    """The names that are shipped, as this isolate remembers them for limits.CATALOGUE_SECONDS."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._names: frozenset[str] = frozenset()
        self._read_at: float | None = None

    async def known(self, now: float) -> frozenset[str]:
        """The names. now: epoch seconds."""
        if self._read_at is None or not 0 <= now - self._read_at < limits.CATALOGUE_SECONDS:
            self._names = await catalogue.names(self._database)
            self._read_at = now
        return self._names


def _item(where: str, raw: object) -> Item:
    if not isinstance(raw, dict):
        raise InvalidError(where, f"{where} must be an object.")
    category, tokens = raw.get("tool_category"), raw.get("description_tokens")
    return Item(
        _CATEGORY
        if category is None
        else _named(f"{where}.tool_category", lambda: RULES["tool_category"]("tool_category", category)),
        _named(f"{where}.tool_name", lambda: tool_name(raw.get("tool_name"))),
        None if tokens is None else _tokens(f"{where}.description_tokens", tokens),
    )


def _tokens(field: str, value: object) -> int:
    tokens = number(value)
    if tokens is None or tokens != int(tokens) or not 0 <= tokens <= limits.DESCRIPTION_TOKENS:
        raise InvalidError(field, f"{field} must be an integer from 0 to {limits.DESCRIPTION_TOKENS}, or null.")
    return int(tokens)


def _named(field: str, rule: Any) -> str:
    """A text by its rule, whose error names where it stands."""
    try:
        return str(rule())
    except InvalidError as error:
        raise InvalidError(field, error.message.replace(error.field or "", field, 1)) from error
