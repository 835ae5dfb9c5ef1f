"""Evaluated inside the Worker: imports it by production's rules, then hands it every request and cron event.

Production imports a Worker once and starts every isolate from what that left behind. So it refuses entropy, I/O and
kept JavaScript objects meanwhile, and here they are refused too.
"""

from __future__ import annotations

import functools
import importlib
import os
import random
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from types import ModuleType
from typing import Any

from pyodide.ffi import JsProxy

CODE = "/session/metadata/"
VENDORED = f"{CODE}python_modules/"
SOCKET_CALLS = ("bind", "connect", "connect_ex", "sendto")

sys.path += [VENDORED.rstrip("/"), CODE.rstrip("/")]  # production's order: the standard library, then theirs, then ours

_state = {"importing": False}


def import_worker(is_imported: Callable[[Any], bool]) -> tuple[Callable[..., Awaitable[Any]], float]:
    """Import the Worker's modules; returns what calls its entrypoint, and how long the import took, milliseconds.

    is_imported: whether a JavaScript value was there to be imported. Raises what an import raises, and RuntimeError
    where production would refuse it.
    """
    workers = importlib.import_module("workers")
    _guard_all()
    _state["importing"] = True
    started = time.perf_counter()
    try:
        entry = importlib.import_module("entry")
    finally:
        milliseconds = (time.perf_counter() - started) * 1000
        _state["importing"] = False
    if kept := sorted(_kept_objects(is_imported)):
        names = ", ".join(kept)
        raise RuntimeError(f"JavaScript objects are kept at module level, which production refuses: {names}.")

    async def call(ctx: Any, env: Any, method: str, *args: Any) -> Any:
        handler = getattr(entry.Default(ctx, env), method)
        return workers.python_to_rpc(await handler(*map(workers.python_from_rpc, args)))

    return call, milliseconds


def _guard_all() -> None:
    _guard(os, "urandom")
    _guard(random, "_urandom")
    for name, value in list(vars(random).items()):
        if getattr(value, "__self__", None) is random._inst:
            _guard(random, name)
    _guard(random.Random, "seed", lambda _, a=None, *__, **___: a is None)  # a seed of one's own is no entropy
    _guard(socket, "getaddrinfo")
    for name in SOCKET_CALLS:
        _guard(socket.socket, name)


def _guard(owner: Any, name: str, is_refused: Callable[..., bool] = lambda *_, **__: True) -> None:
    """Make a function raise while modules of ours are imported. It stays wrapped, as they may keep it for later."""
    function = getattr(owner, name)

    @functools.wraps(function)
    def guarded(*args: Any, **options: Any) -> Any:
        if _state["importing"] and is_refused(*args, **options) and _importer().startswith(CODE):
            raise RuntimeError(
                f"{function.__qualname__}: production refuses entropy and I/O while modules are imported."
            )
        return function(*args, **options)

    setattr(owner, name, guarded)


def _importer() -> str:
    """The file of the module that is being imported: the standard library may do at import what we may not."""
    frame = sys._getframe()
    while frame.f_back and (frame.f_code.co_name != "<module>" or frame.f_code.co_filename.startswith("<")):
        frame = frame.f_back
    return frame.f_code.co_filename


def _kept_objects(is_imported: Callable[[Any], bool]) -> Iterator[str]:
    """The names of globals that hold a JavaScript object made here, or hold something that holds one."""
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None) or ""
        if file.startswith(CODE) and not file.startswith(VENDORED):
            for name, value in vars(module).items():
                if any(isinstance(held, JsProxy) and not is_imported(held) for held in _held(module, value)):
                    yield f"{module.__name__}.{name}"


def _held(module: ModuleType, value: Any) -> Iterable[Any]:
    """A global, and what is one level inside it."""
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, list | tuple | set | frozenset):
        return value
    elsewhere = isinstance(value, ModuleType) or (isinstance(value, type) and value.__module__ != module.__name__)
    if isinstance(value, JsProxy) or elsewhere or not hasattr(value, "__dict__"):
        return [value]
    return list(vars(value).values())
