"""D1 behind plain values: the only room that knows its binding and its exceptions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from js import JSON
from pyodide.ffi import JsException, jsnull, to_js

from storage.database import Row, Statement
from terms.errors import DatabaseError

_SQL = str(Path(__file__).parent / "sql")
_FEW = 64  # rows; of so many each value may cross by itself


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
        return [_rows(result.results) for result in results]

    def _statement(self, name: str) -> Any:
        if name not in self._prepared:
            with open(f"{_SQL}/{name}.sql", encoding="utf-8") as file:  # noqa: PTH123 - half the cost of a Path
                # Comments would travel with each request.
                text = "".join(line for line in file if not line.lstrip().startswith("--"))
            self._prepared[name] = self._binding.prepare(text)
        return self._prepared[name]


def _rows(results: Any) -> list[Row]:
    """JavaScript's rows as dicts.

    Of few rows, which may be long text, each value crosses as it is: as JSON it would be escaped, and read once more.
    Of many rows all cross as one.
    """
    if results.length > _FEW:
        of_json: list[Row] = json.loads(JSON.stringify(results))
        return of_json
    rows: list[Row] = results.to_py()
    for row in rows:
        if jsnull in row.values():
            row |= {name: None for name, value in row.items() if value is jsnull}
    return rows
