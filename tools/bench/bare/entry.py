"""The floor: the least that a Python Worker can do with an event, one INSERT, as insert_worker.mjs does it."""

from __future__ import annotations

import json
from typing import Any

import js
from workers import WorkerEntrypoint, import_from_javascript

CREATE = "CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, tool_name TEXT, status TEXT, duration_ms INTEGER)"
INSERT = "INSERT INTO bare (tool_name, status, duration_ms) VALUES (?1, ?2, ?3)"

_kept: list[Any] = []  # what is made once in an isolate: the statement, and an answer's options


class Default(WorkerEntrypoint):
    """What the runtime calls."""

    async def fetch(self, request: Any) -> Any:
        """Store an event; a GET makes the table."""
        asked = request.js_object
        if not _kept:
            database = import_from_javascript("cloudflare:workers").env.DB
            await database.prepare(CREATE).run()
            options = {"headers": {"content-type": "application/json"}}
            _kept.extend((database.prepare(INSERT), js.JSON.parse(json.dumps(options))))
        if asked.method == "GET":
            return js.Response.new("ok")
        statement, options = _kept
        event = json.loads(await asked.text())
        await statement.bind(event["tool_name"], event["status"], event["duration_ms"]).run()
        return js.Response.new('{"success": true, "message": "Event tracked"}', options)
