"""`@tracked`: what is decorated is recorded at each call, and stays what it is."""

from __future__ import annotations

import functools
from collections.abc import AsyncGenerator, Callable, Generator
from types import FunctionType

from track_skills import outcomes
from track_skills.executions import run, tracking

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar, overload

    _Function = TypeVar(
        "_Function",
        bound="Callable[..., Any] | classmethod[Any, ..., Any] | property | functools.cached_property[Any]",
    )

# Flags of a code object, as `inspect` documents them; importing inspect would cost 10 ms.
_GENERATOR = 0x20
_COROUTINE = 0x80
_ASYNC_GENERATOR = 0x200

if TYPE_CHECKING:

    @overload
    def tracked(function: _Function, /) -> _Function: ...
    @overload
    def tracked(name: str | None = None, /, **fields: Any) -> Callable[[_Function], _Function]: ...


def tracked(function: Any = None, /, **fields: Any) -> Any:
    """Decorate a function so that each call of it is recorded: `@tracked` or `@tracked("search", tool_version="1.2")`.

    Takes functions and methods, plain, coroutine, generator and async generator; static and class
    methods, properties and cached properties; callable objects such as those of `functools.lru_cache`
    and `functools.partial`; and click's commands. The tool_name is the one given, else the
    function's qualified name (`Class.method`). A generator is recorded when it ends; its duration
    runs from the first value asked for. Value, exception, signature, type and attributes stay
    the function's own. Anything else, classes too, is returned as it is.
    """
    if function is None or isinstance(function, str):
        return lambda decorated: _tracked(decorated, function, fields)
    return _tracked(function, None, fields)


def _tracked(function: Any, name: str | None, fields: dict[str, Any]) -> Any:
    kind = type(function)
    if kind is FunctionType:
        return _tracked_function(function, name or _name_of(function), fields)
    if issubclass(kind, (staticmethod, classmethod)):
        return kind(_tracked(function.__func__, name, fields))
    if issubclass(kind, property):
        return function.getter(_tracked(function.fget, name, fields))
    if issubclass(kind, functools.cached_property):
        function.func = _tracked(function.func, name, fields)
    elif _is_command(kind):
        function.callback = _tracked(function.callback, name, fields)
    elif callable(function) and not issubclass(kind, type):
        return _TrackedCallable(function, name or _name_of(function), fields)
    return function


def _is_command(kind: type) -> bool:
    """Return whether these are click's commands: they call their `callback`, and are not called themselves."""
    return any(
        ancestor.__name__ in ("BaseCommand", "Command") and hasattr(ancestor, "make_context")
        for ancestor in kind.__mro__
    )


def _tracked_function(function: Any, name: str, fields: dict[str, Any]) -> Any:
    flags = function.__code__.co_flags
    if flags & _COROUTINE:
        return _tracked_coroutine(function, name, fields)
    if flags & _ASYNC_GENERATOR:
        return _tracked_async_generator(function, name, fields)
    if flags & _GENERATOR:
        return _tracked_generator(function, name, fields)

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return run(name, fields, outcomes.of_return, function, args, kwargs)

    return wrapper


class _TrackedCallable:
    """Stands for a callable object that is no function: its type, attributes and methods are the object's own."""

    __slots__ = ("__weakref__", "_tracked")

    def __init__(self, function: Any, name: str, fields: dict[str, Any]) -> None:
        object.__setattr__(self, "_tracked", (function, name, fields))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        function, name, fields = _inside(self)
        return run(name, fields, outcomes.of_return, function, args, kwargs)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        function, name, fields = _inside(self)
        bind = getattr(type(function), "__get__", None)
        bound = bind(function, instance, owner) if bind else function
        return self if bound is function else _TrackedCallable(bound, name, fields)

    def __reduce_ex__(self, protocol: Any) -> Any:
        function, name, fields = _inside(self)
        # A string is the name at which this stands now; anything else makes the object itself anew.
        reduced = function.__reduce_ex__(protocol)
        return reduced if isinstance(reduced, str) else (_TrackedCallable, (function, name, fields))

    def __getattribute__(self, name: str) -> Any:
        if name in ("__call__", "__get__", "__reduce_ex__"):
            return object.__getattribute__(self, name)
        function = _inside(self)[0]
        # By this, `inspect` finds the signature.
        return getattr(function, name, function) if name == "__wrapped__" else getattr(function, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(_inside(self)[0], name, value)

    def __delattr__(self, name: str) -> None:
        delattr(_inside(self)[0], name)

    def __dir__(self) -> list[str]:
        return dir(_inside(self)[0])

    def __repr__(self) -> str:
        return repr(_inside(self)[0])

    def __eq__(self, other: object) -> bool:
        return self is other or bool(_inside(self)[0] == other)

    def __hash__(self) -> int:
        return hash(_inside(self)[0])


def _inside(wrapper: _TrackedCallable) -> tuple[Any, str, dict[str, Any]]:
    inside: tuple[Any, str, dict[str, Any]] = object.__getattribute__(wrapper, "_tracked")
    return inside


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


def _name_of(function: Any) -> str:
    function = function.func if isinstance(function, functools.partial) else function
    qualified = getattr(function, "__qualname__", None) or type(function).__qualname__
    return str(qualified).rpartition("<locals>.")[2]
