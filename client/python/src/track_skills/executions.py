"""Executions timed and recorded: the context manager and the function that runs a skill."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from types import AsyncGeneratorType, CoroutineType, GeneratorType

from track_skills import outcomes
from track_skills.recording import track

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, TypeVar

    _Result = TypeVar("_Result")
    Outcome = Callable[[object], dict[str, Any]]


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


def track_skill_execution(
    name: str, impl: Callable[[Any, Any], _Result], params: Any = None, context: Any = None
) -> _Result:
    """Return `impl(params, context)`, recorded as one execution of `name`.

    If `impl` returns a coroutine, so does this, and the execution is recorded when it ends; a future
    is returned as it is, and recorded when it is done. Of anything else that is still to run, such
    as a generator, the outcome is unknown. A result that is a dict whose `success` is False is
    recorded as an error. `params` and `context` are handed over and never looked at.
    """
    result: _Result = run(name, {}, outcomes.of_result, impl, (params, context), {})
    return result


def run(
    name: str,
    fields: dict[str, Any],
    outcome_of: Outcome,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """Return `function(*args, **kwargs)`, recorded with these fields; `outcome_of` says how a result is to be taken."""
    started = time.perf_counter()
    try:
        result = function(*args, **kwargs)
    except BaseException as error:
        _finish(name, started, {**fields, **outcomes.of_exception(error)})
        raise
    # The type, not isinstance: a lazy proxy would be evaluated by the question.
    kind = type(result)
    if kind is CoroutineType:
        return _awaited(name, started, fields, outcome_of, result)
    if _is_future(kind):
        _watch(name, started, fields, outcome_of, result)
    elif _is_still_to_run(kind):
        track(name, **{"status": "unknown", **fields})
    else:
        _finish(name, started, {**outcome_of(result), **fields})
    return result


async def _awaited(
    name: str, started: float, fields: dict[str, Any], outcome_of: Outcome, coroutine: Coroutine[Any, Any, Any]
) -> Any:
    try:
        result = await coroutine
    except BaseException as error:
        _finish(name, started, {**fields, **outcomes.of_exception(error)})
        raise
    _finish(name, started, {**outcome_of(result), **fields})
    return result


def _watch(name: str, started: float, fields: dict[str, Any], outcome_of: Outcome, future: Any) -> None:
    """Record a future's execution once it is done, or at once if it takes no callback."""

    def record(done: Any) -> None:
        if done.cancelled():
            return _finish(name, started, {**fields, "status": "skipped"})
        # Not `exception()`: asyncio would take the error for looked at, and not warn of it any more.
        error = done._exception  # noqa: SLF001
        if error is None:
            return _finish(name, started, {**outcome_of(done.result()), **fields})
        return _finish(name, started, {**fields, **outcomes.of_exception(error)})

    try:
        future.add_done_callback(record)
    except Exception:
        track(name, **{"status": "unknown", **fields})


def _is_future(kind: type) -> bool:
    """Return whether these are futures of asyncio or concurrent.futures, told by name: neither needs to be imported."""
    names = {(ancestor.__module__, ancestor.__name__) for ancestor in kind.__mro__}
    return bool(names & {("_asyncio", "Future"), ("asyncio.futures", "Future"), ("concurrent.futures._base", "Future")})


def _is_still_to_run(kind: type) -> bool:
    return kind in (GeneratorType, AsyncGeneratorType) or any("__await__" in vars(base) for base in kind.__mro__)


def _finish(name: str, started: float, fields: dict[str, Any]) -> None:
    duration_ms = round((time.perf_counter() - started) * 1000)
    track(name, **{"duration_ms": duration_ms, **fields})
