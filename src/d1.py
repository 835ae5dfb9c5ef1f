"""D1 behind plain values: the only room that knows its binding and its exceptions."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from js import JSON
from pyodide.ffi import JsException, to_js

from errors import DatabaseError

Row = dict[str, Any]
Statement = tuple[str, tuple[str | int, ...]]

_SQL = Path(__file__).parent / "sql"


@cache
def _text(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text("utf-8")


class Database:
    """Runs the statements of src/sql/ on a D1 binding."""

    def __init__(self, binding: Any) -> None:
        self._binding = binding

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        """Run statements, each (name of a .sql file, parameters), in one transaction and one round trip.

        Parameters are text or integers below 2^53; keys go in as text. Returns each statement's rows.
        Raises DatabaseError, and then nothing of it has happened.
        """
        try:
            prepared = [self._binding.prepare(_text(name)).bind(*parameters) for name, parameters in statements]
            results = await self._binding.batch(to_js(prepared))
        except JsException as error:
            raise DatabaseError(f"{[name for name, _ in statements]}: {error}") from error
        return [result["results"] for result in json.loads(JSON.stringify(results))]

    async def run(self, name: str, *parameters: str | int) -> list[Row]:
        """Run one statement and return its rows."""
        return (await self.batch((name, parameters)))[0]
