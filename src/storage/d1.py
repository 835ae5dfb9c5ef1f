"""D1 behind plain values: the only room that knows its binding and its exceptions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from js import JSON
from pyodide.ffi import JsException, to_js

from storage.database import Row, Statement
from terms.errors import DatabaseError

_SQL = Path(__file__).parent / "sql"


class D1Database:
    """Runs the statements of sql/ on a D1 binding; what storage.database.Database says."""

    def __init__(self, binding: Any) -> None:
        self._binding = binding
        self._prepared: dict[str, Any] = {}

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        """See storage.database.Database."""
        try:
            bound = [self._statement(name).bind(*parameters) for name, parameters in statements]
            results = await self._binding.batch(to_js(bound))
        except JsException as error:
            raise DatabaseError(f"{[name for name, _ in statements]}: {error}") from error
        # One crossing for all rows: a proxy for each value would cost more than the JSON.
        return [result["results"] for result in json.loads(JSON.stringify(results))]

    def _statement(self, name: str) -> Any:
        if name not in self._prepared:
            self._prepared[name] = self._binding.prepare((_SQL / f"{name}.sql").read_text("utf-8"))
        return self._prepared[name]
