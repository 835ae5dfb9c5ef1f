"""`make demo` and `make dev`: the product on the embedded runtime until Ctrl-C, with crons and restarts on change."""

from __future__ import annotations

import argparse
import fcntl
import os
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tools import sample_data
from tools.embedded.runtime import ROOT, Runtime, RuntimeStartError, get_json

CRON_SECONDS = 60
WATCH_SECONDS = 0.5
WATCHED = ("src", "wrangler.toml", "migrations")
CATCH_UP_ROUNDS = 150
REQUEST = re.compile(r"\[wrangler:info\] [A-Z]+ /\S* \d{3}\b")


class _StopError(Exception):
    """Somebody wants it to end."""


class _TakenError(Exception):
    """The port or the folder is somebody else's; the message says what to do."""


def main() -> int:
    """Run until stopped; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8787)
    parser.add_argument("--state", type=Path, default=ROOT / ".state", help="the folder where D1 lives")
    parser.add_argument("--sample", action="store_true", help="fill an empty database with 30 days of sample data")
    parser.add_argument("--requests", action="store_true", help="print every request")
    options = parser.parse_args()
    try:
        with _alone(options.state.resolve(), options.port), _terminal(options.requests) as terminal:
            return _run(options, terminal)
    except _TakenError as error:
        print(error, file=sys.stderr)
        return 1


def _run(options: argparse.Namespace, terminal: int | None) -> int:
    """Run until stopped; the exit status."""
    for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(wanted, _raise_stop)
    variables = {"PUBLIC_STATS": "true"} if options.sample else {}
    runtime = Runtime("sample" if options.sample else "dev", options.port, options.state.resolve(), variables, terminal)
    try:
        runtime.start()
        if options.sample:
            _fill(runtime)
        _greet(runtime.url, options.state)
        return _serve(runtime)
    except _StopError:
        return 0
    except RuntimeStartError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(wanted, signal.SIG_IGN)
        runtime.stop()


@contextmanager
def _alone(state: Path, port: int) -> Iterator[None]:
    """Hold a state folder, and be sure of a free port; raises _TakenError."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise _TakenError(f"Another one runs on {state}: stop it, or name another folder, STATE=…") from error
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise _TakenError(f"Port {port} is in use: name another one, PORT={port + 1}") from error
        yield


@contextmanager
def _terminal(requests: bool) -> Iterator[int | None]:
    """Where the Worker's terminal goes: to ours, requests only if they are asked for."""
    if requests:
        yield None
        return
    reading, writing = os.pipe()
    reader = threading.Thread(target=_copy, args=(reading,), daemon=True)
    reader.start()
    try:
        yield writing
    finally:
        os.close(writing)
        reader.join(timeout=5)


def _copy(reading: int) -> None:
    with os.fdopen(reading, errors="replace") as lines:
        for line in lines:
            if not REQUEST.match(re.sub(r"\x1b\[[\d;]*m", "", line)):
                print(line, end="", flush=True)


def _raise_stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    raise _StopError


def _fill(runtime: Runtime) -> None:
    if get_json(f"{runtime.url}/analytics/summary?days=90")["total_invocations"]:
        return
    print("Loading 90 days of sample data ...", flush=True)
    print(f"{sample_data.load(runtime.url)} events stored.", flush=True)
    for _ in range(CATCH_UP_ROUNDS):
        runtime.run_cron()
        if sample_data.is_added_up(runtime.url):
            break


def _greet(url: str, state: Path) -> None:
    print(
        f"""
  Track Skills is at {url}   (events are kept in {state}; Ctrl-C stops it)

  Open it in a browser, or ask it:  curl '{url}/analytics/summary?days=30'
  Send a first event:

    curl {url}/api/track -H 'Content-Type: application/json' \\
      -d '{{"tool_name": "my-skill", "status": "success", "duration_ms": 120}}'
""",
        flush=True,
    )


def _serve(runtime: Runtime) -> NoReturn:
    """Fire the cron every minute and restart the Worker when its files change."""
    seen, next_cron = _stamp(), time.monotonic() + CRON_SECONDS
    while True:
        time.sleep(WATCH_SECONDS)
        stamp = _stamp()
        if stamp != seen or not runtime.is_running():
            seen = stamp
            print("Restarting: the Worker's files have changed." if runtime.is_running() else "Restarting.", flush=True)
            runtime.stop()
            _start_again(runtime)
        elif time.monotonic() >= next_cron:
            next_cron = time.monotonic() + CRON_SECONDS
            _fire_cron(runtime)


def _start_again(runtime: Runtime) -> None:
    try:
        runtime.start()
    except RuntimeStartError as error:
        print(f"{error}\nWaiting for the next change.", file=sys.stderr, flush=True)
        before = _stamp()
        while _stamp() == before:
            time.sleep(WATCH_SECONDS)
        _start_again(runtime)


def _fire_cron(runtime: Runtime) -> None:
    try:
        runtime.run_cron()
    except OSError as error:
        print(f"The cron event failed: {error}", file=sys.stderr, flush=True)


def _stamp() -> list[tuple[str, int]]:
    files = [path for name in WATCHED for path in [ROOT / name, *sorted((ROOT / name).rglob("*"))] if path.is_file()]
    return [(str(path), path.stat().st_mtime_ns) for path in files if "__pycache__" not in path.parts]


if __name__ == "__main__":
    sys.exit(main())
