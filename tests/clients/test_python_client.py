"""What the Python client promises beyond the common contract: a function stays itself, any host is safe."""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import inspect
import json
import os
import pickle
import shutil
import subprocess
import sys
import threading
import time
import traceback
import venv
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from collector import Collector
from inprocess import PYTHON, environment, flush, hold, kill_senders, run, senders, spool, wait_for_senders
from processes import ROOT

from tests.vectors import VECTORS

sys.path.insert(0, str(ROOT / "client" / "python" / "src"))
from track_skills import track, track_skill_execution, tracked, tracking

MOST = VECTORS["limits"]["batch_events"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder for this very process, where no sender is started."""
    folder = tmp_path / "state"
    for name in list(os.environ):
        if name not in ("PATH", "PYTEST_CURRENT_TEST"):
            monkeypatch.delenv(name)
    for name, value in environment(folder).items():
        monkeypatch.setenv(name, value)
    hold(folder)
    yield folder
    kill_senders(folder)


def events(home: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in spool(home)]


def only_event(home: Path) -> dict[str, Any]:
    [event] = events(home)
    return event


class SkillError(Exception):
    pass


@pytest.mark.parametrize(
    ("error", "status", "error_type"),
    [
        (SkillError("no"), "error", "SkillError"),
        (TimeoutError(), "timeout", "TimeoutError"),
        (concurrent.futures.TimeoutError(), "timeout", "TimeoutError"),
        (subprocess.TimeoutExpired("x", 1), "timeout", "TimeoutExpired"),
        (asyncio.CancelledError(), "skipped", None),
        (KeyboardInterrupt(), "skipped", None),
        (SystemExit(0), "success", None),
        (SystemExit(2), "error", "SystemExit"),
        (type("H\u00e9", (Exception,), {})(), "error", None),
    ],
)
def test_exception_passes_and_is_told_by_its_class(
    home: Path, error: BaseException, status: str, error_type: str | None
) -> None:
    @tracked("skill")
    def skill() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        skill()
    assert caught.value is error
    assert error.__context__ is None and error.__cause__ is None
    assert [frame.name for frame in traceback.extract_tb(error.__traceback__)][-1] == "skill"
    event = only_event(home)
    assert (event["status"], event.get("error_type")) == (status, error_type)
    assert event["duration_ms"] < 1000


def test_plain_function_is_untouched(home: Path) -> None:
    @tracked
    def skill(first: int, *, second: str = "x") -> list[object]:
        """What it does."""
        time.sleep(0.02)
        return [first, second]

    value = skill(1, second="y")
    assert value == [1, "y"]
    assert str(inspect.signature(skill)) == "(first: 'int', *, second: 'str' = 'x') -> 'list[object]'"
    assert (skill.__name__, skill.__doc__, skill.__module__) == ("skill", "What it does.", __name__)
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        skill()  # type: ignore[call-arg]
    succeeded, failed = events(home)
    assert (succeeded["tool_name"], succeeded["status"]) == ("skill", "success")
    assert 20 <= succeeded["duration_ms"] < 500
    assert failed["error_type"] == "TypeError"


def test_methods_and_fields(home: Path) -> None:
    class Tools:
        @tracked
        def method(self) -> object:
            return self

        @tracked("static", tool_version="1.2")
        @staticmethod
        def static() -> int:
            return 1

        @classmethod
        @tracked(trigger="model")
        def of_class(cls) -> type:
            return cls

    tools = Tools()
    assert (tools.method(), tools.static(), Tools.static(), tools.of_class()) == (tools, 1, 1, Tools)
    names = [event["tool_name"] for event in events(home)]
    assert names == ["Tools.method", "static", "static", "Tools.of_class"]
    assert events(home)[1]["tool_version"] == "1.2"
    assert events(home)[3]["trigger"] == "model"


def test_coroutine_function(home: Path) -> None:
    @tracked
    async def skill(value: object) -> object:
        await asyncio.sleep(0.02)
        return value

    assert inspect.iscoroutinefunction(skill) and asyncio.iscoroutinefunction(skill)
    value = object()
    assert asyncio.run(skill(value)) is value
    assert 20 <= only_event(home)["duration_ms"] < 500


def test_coroutine_of_a_plain_function(home: Path) -> None:
    async def slow() -> int:
        await asyncio.sleep(0.02)
        return 7

    assert asyncio.run(tracked("skill")(functools.partial(slow))()) == 7
    assert only_event(home)["duration_ms"] >= 20


def test_cancelled_coroutine_is_skipped(home: Path) -> None:
    @tracked
    async def skill() -> None:
        await asyncio.sleep(10)

    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(skill(), 0.02)

    asyncio.run(main())
    assert only_event(home)["status"] == "skipped"


def test_generator_keeps_its_protocol(home: Path) -> None:
    @tracked
    def skill() -> Any:
        got = yield 1
        try:
            yield got
        except KeyError as error:
            yield error
        return "end"

    assert inspect.isgeneratorfunction(skill)
    generator = skill()
    assert events(home) == []
    assert next(generator) == 1
    assert generator.send("sent") == "sent"
    error = KeyError("x")
    assert generator.throw(error) is error
    with pytest.raises(StopIteration) as stop:
        next(generator)
    assert stop.value.value == "end"
    assert only_event(home)["status"] == "success"


def test_generator_left_early_is_skipped(home: Path) -> None:
    closed = []

    @tracked
    def skill() -> Iterator[int]:
        try:
            yield from range(3)
        finally:
            closed.append(True)

    for _ in skill():
        break
    assert closed == [True]
    assert only_event(home)["status"] == "skipped"


def test_async_generator_keeps_its_protocol(home: Path) -> None:
    closed = []

    @tracked
    async def skill() -> Any:
        try:
            got = yield 1
            try:
                yield got
            except KeyError as error:
                yield error
        finally:
            closed.append(True)

    async def main() -> None:
        generator = skill()
        assert await generator.__anext__() == 1
        assert await generator.asend("sent") == "sent"
        error = KeyError("x")
        assert await generator.athrow(error) is error
        with pytest.raises(StopAsyncIteration):
            await generator.__anext__()
        left = skill()
        async for _ in left:
            break
        await left.aclose()

    assert inspect.isasyncgenfunction(skill)
    asyncio.run(main())
    assert closed == [True, True]
    assert [event["status"] for event in events(home)] == ["success", "skipped"]


def test_async_generator_that_fails(home: Path) -> None:
    @tracked
    async def skill() -> AsyncIterator[int]:
        yield 1
        raise SkillError

    async def main() -> list[int]:
        return [value async for value in skill()]

    with pytest.raises(SkillError):
        asyncio.run(main())
    assert only_event(home)["error_type"] == "SkillError"


def test_block(home: Path) -> None:
    with tracking("skill", tool_version="1") as fields:
        fields["status"] = "partial"
    with pytest.raises(SkillError), tracking("skill") as fields:
        fields["status"] = "partial"
        raise SkillError

    async def main() -> None:
        async with tracking("skill"):
            await asyncio.sleep(0)

    asyncio.run(main())
    assert [event["status"] for event in events(home)] == ["partial", "error", "success"]


@pytest.mark.parametrize(
    ("value", "status"),
    [(None, "success"), ({"success": False}, "error"), ({"success": True}, "success"), ({}, "success"), (0, "success")],
)
def test_execution(home: Path, value: object, status: str) -> None:
    seen = []

    def impl(params: object, context: object) -> object:
        seen.append((params, context))
        return value

    async def impl_async(params: object, context: object) -> object:
        await asyncio.sleep(0.01)
        return impl(params, context)

    params, context = object(), object()
    assert track_skill_execution("skill", impl, params, context) is value
    assert asyncio.run(track_skill_execution("skill", impl_async, params, context)) is value  # type: ignore[arg-type]
    assert seen == [(params, context)] * 2
    plain, awaited = events(home)
    assert plain["status"] == awaited["status"] == status
    assert awaited["duration_ms"] >= 10


def test_lazy_values_stay_lazy(home: Path) -> None:
    class Lazy:
        @property
        def __class__(self) -> type:  # type: ignore[override]
            raise AssertionError("evaluated")

    lazy = Lazy()
    assert track_skill_execution("skill", lambda *_: lazy) is lazy
    assert len(events(home)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"status": []},
        {"duration_ms": float("nan")},
        {"duration_ms": "5"},
        {"duration_ms": True},
        {"tool_category": 5, "error_type": b"x", "session_id": "a b", "event_id": "a b"},
        {"error_message": type("Evil", (), {"__str__": lambda _: 1 / 0})()},
        {"request_size_bytes": 2**60},
        {"name": "x", "self": "y"},
    ],
)
def test_odd_fields_cost_at_most_themselves(
    home: Path, fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACK_SKILLS_ERROR_MESSAGES", "1")
    track("skill", **fields)
    odd = [event for event in events(home) if set(event) & set(fields) - {"status", "event_id"}]
    assert odd == []


def test_odd_names_do_nothing(home: Path) -> None:
    for name in (None, 5, b"skill", ["skill"], "\ud800"):
        track(name)  # type: ignore[arg-type]
    assert events(home) == []


def test_threads_share_nothing(home: Path) -> None:
    threads = [threading.Thread(target=lambda: [track("skill") for _ in range(50)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({event["event_id"] for event in events(home)}) == 400


def test_tracked_functions_pickle() -> None:
    assert pickle.loads(pickle.dumps(pickled_skill)) is pickled_skill


@tracked
def pickled_skill() -> None:
    pass


FORKS = """
import multiprocessing, os, sys, warnings
warnings.simplefilter("error")
def work(number):
    track("pool")
if __name__ == "__main__":
    track("parent")
    child = os.fork()
    if child == 0:
        track("child")
        os._exit(0)
    assert os.wait() == (child, 0)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        pool.map(work, range(8))
    try:
        os.wait()
    except ChildProcessError:
        track("no other child")
"""


def test_fork_and_pool(tmp_path: Path) -> None:
    home = tmp_path / "state"
    done = PYTHON.run(FORKS, environment(home))
    assert (done.returncode, done.stderr) == (0, "")
    names = sorted(event["tool_name"] for event in events(home))
    assert names == ["child", "no other child", "parent", *["pool"] * 8]
    kill_senders(home)


SHUTDOWN = """
import atexit, threading, time
class Last:
    def __del__(self): track("collected")
last = Last()
last.self = last
atexit.register(track, "atexit")
threading.Thread(target=lambda: (time.sleep(0.1), track("thread"))).start()
track("main")
"""


@pytest.mark.parametrize("ending", ["", "raise SystemExit(3)", "import os; time.sleep(0.2); os._exit(3)", "1/0"])
def test_shutdown(tmp_path: Path, ending: str) -> None:
    home = tmp_path / "state"
    done = PYTHON.run(SHUTDOWN + ending, environment(home))
    assert done.returncode == (3 if "3" in ending else 1 if ending else 0)
    assert ("Traceback" in done.stderr) == (ending == "1/0")
    names = {event["tool_name"] for event in events(home)}
    assert names - {"collected"} == ({"main", "thread"} if "_exit" in ending else {"main", "thread", "atexit"})
    kill_senders(home)


def test_one_sender_at_once_and_one_that_waits_for_many_events(tmp_path: Path) -> None:
    home = tmp_path / "state"
    with Collector() as collector:
        PYTHON.track(environment(home, collector.url), times=MOST + 50)
        collector.wait_requests(1)
        assert len(senders(home)) <= 2
        kill_senders(home)
        (home / "lock").unlink(missing_ok=True)
        flush(PYTHON, home, collector.url)
        collector.wait(MOST + 50)
    assert len(collector.requests) <= 4


def test_first_process_of_a_container_leaves_no_zombies(tmp_path: Path) -> None:
    if run(["unshare", "-rpf", "--mount-proc", "true"], {}).returncode:
        pytest.skip("no user namespaces here")
    home = tmp_path / "state"
    code = (
        "import time, os\n"
        "track('skill'); time.sleep(1.4)\n"
        "track('skill')\n"
        "print(sum(open(f'/proc/{p}/stat').read().split()[2] == 'Z' for p in os.listdir('/proc') if p.isdigit()))"
    )
    with Collector() as collector:
        command = ["unshare", "-rpf", "--mount-proc", *PYTHON.command, PYTHON.preamble + code]
        done = run(command, environment(home, collector.url))
    assert (done.stdout, done.stderr) == ("0\n", "")
    assert collector.events


def test_import_is_cheap() -> None:
    code = "import sys; before = set(sys.modules); import track_skills; print(*set(sys.modules) - before)"
    done = run([sys.executable, "-S", "-c", code], environment(Path("/x")))
    assert not {"asyncio", "inspect", "json", "re", "socket", "subprocess", "threading", "typing"} & set(
        done.stdout.split()
    )


def test_installs_with_pip(tmp_path: Path) -> None:
    venv.create(tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", str(ROOT / "client" / "python")]
    subprocess.run(install, check=True)
    home = tmp_path / "state"
    hold(home)
    with Collector() as collector:
        variables = environment(home, collector.url)
        del variables["PYTHONPATH"]
        done = run([python, "-c", "import track_skills; track_skills.track('skill'); track_skills.flush()"], variables)
        assert (done.returncode, done.stderr) == (0, "")
        collector.wait(1)
        wait_for_senders(home)
    package = next((tmp_path / "venv").glob("lib/*/site-packages/track_skills"))
    assert (package / "py.typed").exists()


def test_oldest_python(tmp_path: Path) -> None:
    oldest = shutil.which("python3.9")
    if not oldest or run([oldest, "-c", ""], environment(tmp_path)).returncode:
        pytest.skip("Python 3.9 is not installed")
    home = tmp_path / "state"
    hold(home)
    code = (
        "import asyncio\n"
        "@tracked\n"
        "async def skill(): raise asyncio.TimeoutError\n"
        "class A:\n"
        "    @tracked\n"
        "    @staticmethod\n"
        "    def static(): return 5\n"
        "assert A.static() == 5\n"
        "try: asyncio.run(skill())\n"
        "except asyncio.TimeoutError: pass\n"
        "flush()"
    )
    with Collector() as collector:
        done = run([oldest, "-W", "error", "-c", PYTHON.preamble + code], environment(home, collector.url))
        assert (done.returncode, done.stderr) == (0, "")
        sent = collector.wait(2)
        wait_for_senders(home)
    assert [event["status"] for event in sent] == ["success", "timeout"]
    assert sent[0]["runtime"] == "python 3.9"


def test_types_and_lint() -> None:
    folder = ROOT / "client" / "python"
    for command in (["mypy", "--no-incremental", "src"], ["ruff", "check", "--no-cache", "."]):
        done = run([sys.executable, "-m", *command], dict(os.environ), cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr
