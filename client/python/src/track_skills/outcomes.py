"""What an exception or a returned value says about how an execution ended."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TIMEOUTS = {"TimeoutError", "TimeoutExpired", "timeout"}
_SKIPPED = {"CancelledError", "KeyboardInterrupt", "GeneratorExit"}


def of_exception(error: BaseException) -> dict[str, Any]:
    """Return the fields status, error_type and error_message of an execution that ended in `error`.

    Classes are told by name along the inheritance: asyncio, subprocess and concurrent.futures need
    no import here, and the timeouts and cancellations of other libraries count too. A deliberate
    normal exit is a success.
    """
    if _is_normal_exit(error):
        return {"status": "success"}
    names = {ancestor.__name__ for ancestor in type(error).__mro__}
    if names & _SKIPPED:
        return {"status": "skipped"}
    status = "timeout" if names & _TIMEOUTS else "error"
    return {"status": status, "error_type": type(error).__name__, "error_message": error}


def _is_normal_exit(error: BaseException) -> bool:
    """Return whether an exception ends the program as it should: `sys.exit()`, typer.Exit(), click's `ctx.exit(0)`."""
    if isinstance(error, SystemExit):
        return error.code in (0, None)
    try:
        codes = (getattr(error, "exit_code", None), getattr(error, "code", None))
    except Exception:
        return False
    return any(type(code) is int and code == 0 for code in codes)


def of_return(result: object) -> dict[str, Any]:  # noqa: ARG001 - as of_result is called
    """Return the status of a function that returned, whatever it returned."""
    return {"status": "success"}


def of_result(result: Any) -> dict[str, Any]:
    """Return the status of a skill that returned `result`: an error if it is a dict whose `success` is False.

    Asks the type, not isinstance, which would evaluate a lazy proxy.
    """
    failed = issubclass(type(result), dict) and dict.get(result, "success") is False
    return {"status": "error" if failed else "success"}
