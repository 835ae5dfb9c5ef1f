"""The Worker's entrypoint: the only room that knows the runtime's requests, responses and cron events."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable
from typing import Any
from urllib.parse import urlsplit

import js
from pyodide.ffi import JsException, to_js
from workers import WorkerEntrypoint, import_from_javascript, wait_until

from storage.d1 import D1Database
from web.app import App, is_for_the_dashboard
from web.deployment import Deployment
from web.message import Request, Response
from web.rates import Limit, Rates
from web.routes import body_bytes
from web.settings import Settings

_READY_OPTIONS = 64

_apps: list[App] = []
_ready_options: dict[object, Any] = {}
_tasks: set[asyncio.Future[None]] = set()  # the loop holds tasks weakly: one that nobody holds may vanish


class Default(WorkerEntrypoint):
    """What the runtime calls."""

    async def fetch(self, request: Any) -> Any:
        """Answer an HTTP request."""
        asked = await _from_worker(request.js_object)
        if asked is None:
            return _to_worker(Response(400))
        if is_for_the_dashboard(asked):
            return await _environment().ASSETS.fetch(request.js_object)
        return _to_worker(await _app().answer(asked))

    async def scheduled(self, controller: Any, env: Any, ctx: Any) -> None:
        """Do what the cron trigger is for."""
        await _app().scheduled(time.time())


def _environment() -> Any:
    return import_from_javascript("cloudflare:workers").env


def _app() -> App:
    """This isolate's app, with all that it remembers."""
    if not _apps:
        env = _environment()
        settings = Settings.read(lambda name: str(getattr(env, name, "")))
        _apps.append(App(Deployment(settings, D1Database(env.DB), _run_later, print, _rates(env))))
    return _apps[0]


def _rates(env: Any) -> Rates | None:
    """The rate limits of wrangler.toml; None without its bindings."""
    by_address, in_all = getattr(env, "BY_ADDRESS", None), getattr(env, "IN_ALL", None)
    return None if by_address is None or in_all is None else Rates(_limit(by_address), _limit(in_all))


def _limit(binding: Any) -> Limit:
    async def within(key: str) -> bool:
        return bool((await binding.limit(js.JSON.parse(json.dumps({"key": key})))).success)

    return within


async def _from_worker(request: Any) -> Request | None:
    """The request; None when whoever sent it is gone before all of it was here."""
    url = urlsplit(request.url)
    headers = js.Object.fromEntries(request.headers).to_py()
    try:
        most = body_bytes(request.method, url.path)
        body = await _body(request, headers, most) if request.method in ("POST", "PUT", "DELETE") else b""
    except JsException:
        print("An upload was broken off.")
        return None
    return Request(
        method=request.method,
        path=url.path,
        query=url.query,
        headers=headers,
        body=body,
        origin=f"{url.scheme}://{url.netloc}",
        now=time.time(),
    )


async def _body(request: Any, headers: dict[str, str], most: int) -> bytes | None:
    """The body; None when it has more bytes than are read."""
    length = headers.get("content-length", "")
    if length.isascii() and length.isdigit():
        return (await request.arrayBuffer()).to_bytes() if int(length) <= most else None
    if not request.body:
        return b""
    # All of it in one read: part by part, whoever sends bytes one by one makes each of them cost as much as an event.
    reader = request.body.getReader(js.JSON.parse('{"mode": "byob"}'))
    read = (await reader.readAtLeast(most + 1, js.Uint8Array.new(most + 1))).value
    if read.length > most:
        await reader.cancel()
        return None
    return bytes(read.to_bytes())


def _to_worker(response: Response) -> Any:
    body: Any = to_js(response.body) if isinstance(response.body, bytes) else response.body
    if response.chunks is not None:
        pipe = js.IdentityTransformStream.new()
        _run_later(_pump(response.chunks, pipe.writable.getWriter()))
        body = pipe.readable
    return js.Response.new(body, _options(response))


def _options(response: Response) -> Any:
    """Status and headers as JavaScript takes them: answers share a few, so these are made once."""
    key = (response.status, *response.headers.items())
    if key not in _ready_options:
        if len(_ready_options) >= _READY_OPTIONS:
            _ready_options.clear()
        _ready_options[key] = js.JSON.parse(json.dumps({"status": response.status, "headers": response.headers}))
    return _ready_options[key]


async def _pump(chunks: AsyncIterator[str], writer: Any) -> None:
    """Write chunks as fast as they are read; an answer that fails half-way is cut off, not ended."""
    try:
        async for chunk in chunks:
            await writer.write(to_js(chunk.encode()))
        await writer.close()
    except Exception as error:
        print(f"An export stopped: {error}")
        await writer.abort()


def _run_later(work: Awaitable[None]) -> None:
    """Let the runtime keep this invocation alive until the work is done."""
    settled = js.Promise.withResolvers()

    async def run() -> None:
        try:
            await work
        finally:
            settled.resolve()

    task = asyncio.ensure_future(run())
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    wait_until(settled.promise)
