"""Executions timed and recorded: the decorator, the context manager and the function that runs a skill."""

from __future__ import annotations

import functools
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator

from track_skills import outcomes
from track_skills.recording import track

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, TypeVar, overload

    _Function = TypeVar("_Function", bound=Callable[..., Any])
    _Result = TypeVar("_Result")

# Flags of a code object, as `inspect` documents them; importing inspect would cost 10 ms.
_GENERATOR = 0x20
_COROUTINE = 0x80
_ASYNC_GENERATOR = 0x200


class tracking:  # noqa: N801 - read as a statement: `with tracking("search"):`
    """Record the block it manages as one execution: `with tracking("search"):`, or `async with`.

    Arguments: `name`, the tool_name; `fields`, further fields of the event, as for `track`. The
    block is given the dict of these fields and may add to it (`fields["status"] = "partial"`).
    What the block raises passes through.
    """

    def __init__(self, name: str, **fields: Any) -> None:
        self._name = name
        self._fields = fields

    def __enter__(self) -> dict[str, Any]:
        self._started = time.perf_counter()
        return self._fields

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            _finish(self._name, self._started, {"status": "success", **self._fields})
        else:
            _finish(self._name, self._started, {**self._fields, **outcomes.of_exception(error)})

    async def __aenter__(self) -> dict[str, Any]:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, traceback)


if TYPE_CHECKING:

    @overload
    def tracked(function: _Function, /) -> _Function: ...
    @overload
    def tracked(name: str | None = None, /, **fields: Any) -> Callable[[_Function], _Function]: ...


def tracked(function: Any = None, /, **fields: Any) -> Any:
    """Decorate a function so that each call of it is recorded: `@tracked` or `@tracked("search", tool_version="1.2")`.

    Takes functions and methods, plain, coroutine, generator and async generator, and static and
    class methods. The tool_name is the one given, else the function's qualified name
    (`Class.method`). A generator is recorded when it ends; its duration runs from the first value
    asked for. Value, exception and signature stay the function's own.
    """
    if function is None or isinstance(function, str):
        return lambda decorated: _tracked(decorated, function, fields)
    return _tracked(function, None, fields)


def track_skill_execution(
    name: str, impl: Callable[[Any, Any], _Result], params: Any = None, context: Any = None
) -> _Result:
    """Return `impl(params, context)`, recorded as one execution of `name`.

    If `impl` returns a coroutine, so does this, and the execution is recorded when it ends. A
    result that is a dict whose `success` is False is recorded as an error. `params` and `context`
    are handed over and never looked at.
    """
    result: _Result = _run(name, {}, outcomes.of_result, impl, (params, context), {})
    return result


def _tracked(function: Any, name: str | None, fields: dict[str, Any]) -> Any:
    if isinstance(function, (staticmethod, classmethod)):
        return type(function)(_tracked(function.__func__, name, fields))
    name = name or _name_of(function)
    flags = getattr(getattr(function, "__code__", None), "co_flags", 0)
    if flags & _COROUTINE:
        return _tracked_coroutine(function, name, fields)
    if flags & _ASYNC_GENERATOR:
        return _tracked_async_generator(function, name, fields)
    if flags & _GENERATOR:
        return _tracked_generator(function, name, fields)

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return _run(name, fields, outcomes.of_return, function, args, kwargs)

    return wrapper


def _tracked_coroutine(function: Any, name: str, fields: dict[str, Any]) -> Any:
    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        with tracking(name, **fields):
            return await function(*args, **kwargs)

    return wrapper


def _tracked_generator(function: Any, name: str, fields: dict[str, Any]) -> Any:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        with tracking(name, **fields):
            return (yield from function(*args, **kwargs))

    return wrapper


def _tracked_async_generator(function: Any, name: str, fields: dict[str, Any]) -> Any:
    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        with tracking(name, **fields):
            generator = function(*args, **kwargs)
            step = generator.asend(None)
            while True:
                try:
                    value = await step
                except StopAsyncIteration:
                    return
                try:
                    sent = yield value
                except GeneratorExit:
                    await generator.aclose()
                    raise
                except BaseException as error:
                    step = generator.athrow(error)
                else:
                    step = generator.asend(sent)

    return wrapper


def _run(
    name: str,
    fields: dict[str, Any],
    outcome_of: Callable[[object], dict[str, Any]],
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    started = time.perf_counter()
    try:
        result = function(*args, **kwargs)
    except BaseException as error:
        _finish(name, started, {**fields, **outcomes.of_exception(error)})
        raise
    # The type, not isinstance: a lazy proxy would be evaluated by the question.
    if issubclass(type(result), Coroutine):
        return _awaited(name, started, fields, outcome_of, result)
    _finish(name, started, {**outcome_of(result), **fields})
    return result


async def _awaited(
    name: str,
    started: float,
    fields: dict[str, Any],
    outcome_of: Callable[[object], dict[str, Any]],
    coroutine: Coroutine[Any, Any, Any],
) -> Any:
    try:
        result = await coroutine
    except BaseException as error:
        _finish(name, started, {**fields, **outcomes.of_exception(error)})
        raise
    _finish(name, started, {**outcome_of(result), **fields})
    return result


def _finish(name: str, started: float, fields: dict[str, Any]) -> None:
    duration_ms = round((time.perf_counter() - started) * 1000)
    track(name, **{"duration_ms": duration_ms, **fields})


def _name_of(function: Any) -> str:
    qualified = getattr(function, "__qualname__", None) or type(function).__qualname__
    return str(qualified).rpartition("<locals>.")[2]
