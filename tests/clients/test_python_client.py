"""What the Python client promises beyond the common contract: a function stays itself, any host is safe."""

from __future__ import annotations

import asyncio
import concurrent.futures
import copy
import functools
import gc
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

import click
import pytest
import typer
from click.testing import CliRunner
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
        (SystemExit("no"), "error", "SystemExit"),
        (typer.Exit(), "success", None),
        (typer.Exit(3), "error", "Exit"),
        (click.exceptions.Exit(0), "success", None),
        (type("Done", (Exception,), {"code": 0})(), "success", None),
        (type("Failed", (Exception,), {"code": 1, "exit_code": 2})(), "error", "Failed"),
        (type("Off", (Exception,), {"code": False})(), "error", "Off"),
        (type("Evil", (Exception,), {"code": property(lambda _: 1 / 0)})(), "error", "Evil"),
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


class SkillAwaitable:
    def __await__(self) -> Any:
        return iter(())


def test_what_cannot_be_awaited_has_no_known_outcome(home: Path) -> None:
    for value in (SkillAwaitable(), (number for number in range(3))):
        assert track_skill_execution("skill", lambda *_, value=value: value) is value
        assert tracked("skill")(lambda value=value: value)() is value
    assert [(event["status"], "duration_ms" in event) for event in events(home)] == [("unknown", False)] * 4


def fail() -> None:
    time.sleep(0.03)
    raise SkillError


def succeed() -> dict[str, bool]:
    time.sleep(0.03)
    return {"success": False}


@pytest.mark.parametrize(("work", "status"), [(fail, "error"), (succeed, "success")])
def test_futures_of_a_pool_are_recorded_when_they_are_done(home: Path, work: Any, status: str) -> None:
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        future = tracked("skill")(lambda: pool.submit(work))()
        assert type(future) is concurrent.futures.Future
        assert events(home) == []
    event = only_event(home)
    assert event["status"] == status
    assert event.get("error_type") == ("SkillError" if work is fail else None)
    assert event["duration_ms"] >= 25


def test_a_future_that_is_cancelled_is_skipped(home: Path) -> None:
    future: concurrent.futures.Future[None] = concurrent.futures.Future()
    assert track_skill_execution("skill", lambda *_: future) is future
    future.cancel()
    assert only_event(home)["status"] == "skipped"


def test_futures_of_asyncio_are_recorded_when_they_are_done(home: Path) -> None:
    async def slow() -> None:
        await asyncio.sleep(0.03)
        raise SkillError

    async def main() -> list[str]:
        loop = asyncio.get_running_loop()
        told: list[str] = []
        loop.set_exception_handler(lambda _, context: told.append(context["message"]))
        in_executor = tracked("executor")(lambda: loop.run_in_executor(None, succeed))
        assert await in_executor() == {"success": False}
        with pytest.raises(SkillError):
            await track_skill_execution("gather", lambda *_: asyncio.gather(slow(), asyncio.sleep(0)))
        failed = await track_skill_execution("execution", lambda *_: loop.run_in_executor(None, succeed))
        assert failed == {"success": False}
        lost = tracked("task")(lambda: asyncio.ensure_future(slow()))()
        await asyncio.sleep(0.1)
        assert isinstance(lost, asyncio.Task)
        del lost
        gc.collect()
        return told

    assert asyncio.run(main()) == ["Task exception was never retrieved"]
    recorded = {event["tool_name"]: event for event in events(home)}
    statuses = {name: event["status"] for name, event in recorded.items()}
    assert statuses == {"executor": "success", "gather": "error", "execution": "error", "task": "error"}
    assert all(event["duration_ms"] >= 25 for event in recorded.values())


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
    assert pickle.loads(pickle.dumps(cached_skill)) is cached_skill
    copied = pickle.loads(pickle.dumps(tracked("skill")(functools.partial(max, 3))))
    assert isinstance(copied, functools.partial) and copied(5) == 5
    with pytest.raises(Exception, match="pickle"):
        pickle.dumps(tracked("skill")(functools.partial(lambda: None)))


@tracked
@functools.lru_cache
def cached_skill(number: int) -> int:
    """What it does."""
    return number * 2


def test_a_cached_function_stays_one(home: Path) -> None:
    cached_skill.cache_clear()
    assert (cached_skill(2), cached_skill(2), cached_skill.cache_info().hits) == (4, 4, 1)
    assert isinstance(cached_skill, functools._lru_cache_wrapper)
    assert str(inspect.signature(cached_skill)) == "(number: 'int') -> 'int'"
    assert (cached_skill.__name__, cached_skill.__doc__) == ("cached_skill", "What it does.")
    assert cached_skill.__wrapped__(3) == 6
    assert [event["tool_name"] for event in events(home)] == ["cached_skill"] * 2

    class Tools:
        @tracked
        @functools.lru_cache  # noqa: B019 - what is tested
        def method(self, number: int) -> tuple[object, int]:
            return self, number

    tools = Tools()
    assert tools.method(1) == (tools, 1)
    assert tools.method.cache_info().currsize == 1
    assert inspect.ismethod(tools.method)
    assert events(home)[-1]["tool_name"] == "Tools.method"


def test_properties_stay_properties(home: Path) -> None:
    class Tools:
        @tracked
        @property
        def plain(self) -> int:
            """What it is."""
            return 5

        @plain.setter
        def plain(self, value: int) -> None:
            self.given = value

        @tracked("cached", tool_version="1")
        @functools.cached_property
        def cached(self) -> int:
            return 6

    tools = Tools()
    tools.plain = 7
    assert (tools.plain, tools.given, tools.cached, tools.cached) == (5, 7, 6, 6)
    assert isinstance(Tools.__dict__["plain"], property) and Tools.plain.__doc__ == "What it is."
    assert isinstance(Tools.__dict__["cached"], functools.cached_property)
    assert [event["tool_name"] for event in events(home)] == ["Tools.plain", "cached"]


def test_callable_objects_stay_what_they_are(home: Path) -> None:
    class Tool:
        """A tool."""

        calls = 0

        def __call__(self, number: int) -> int:
            self.calls += 1
            return number

    tool = Tool()
    decorated = tracked("tool")(tool)
    assert decorated(3) == 3
    decorated.more = "kept"
    assert (decorated.calls, tool.more, decorated.__doc__, repr(decorated)) == (1, "kept", "A tool.", repr(tool))
    assert isinstance(decorated, Tool) and decorated == tool and hash(decorated) == hash(tool)
    assert str(inspect.signature(decorated)) == "(number: 'int') -> 'int'"
    copied = copy.deepcopy(decorated)
    copied(1)
    assert (copied.calls, tool.calls) == (2, 1)
    assert set(dir(tool)) == set(dir(decorated))
    del decorated.more
    assert not hasattr(tool, "more")
    assert tracked(len)("abc") == 3
    assert tracked(Tool) is Tool
    assert tracked(None) is not None
    assert [event["tool_name"] for event in events(home)] == ["tool", "tool", "len"]


@pytest.mark.parametrize(
    ("arguments", "code", "status"), [([], 0, "success"), (["--stop"], 0, "success"), (["--fail"], 4, "error")]
)
def test_a_command_of_click_stays_one(home: Path, arguments: list[str], code: int, status: str) -> None:
    @tracked
    @click.command()
    @click.option("--stop", is_flag=True)
    @click.option("--fail", is_flag=True)
    @click.pass_context
    def command(context: click.Context, stop: bool, fail: bool) -> None:
        """What it does."""
        if stop or fail:
            context.exit(4 if fail else 0)

    assert isinstance(command, click.Command)
    assert (command.name, command.help, [option.name for option in command.params]) == (
        "command",
        "What it does.",
        ["stop", "fail"],
    )
    assert CliRunner().invoke(command, arguments).exit_code == code
    event = only_event(home)
    assert (event["tool_name"], event["status"]) == ("command", status)


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


def test_runs_from_a_zip_archive(tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "packages"), "zip", ROOT / "client" / "python" / "src")
    home = tmp_path / "state"
    with Collector() as collector:
        variables = environment(home, collector.url, PYTHONPATH=archive)
        done = run([sys.executable, "-c", "import track_skills; track_skills.track('skill')"], variables)
        assert (done.returncode, done.stderr) == (0, "")
        collector.wait(1)
        wait_for_senders(home)


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
    # The command brings along what agents run.
    setup = [tmp_path / "venv" / "bin" / "track-skills", "setup", "opencode", "--json"]
    done = run(setup, {"HOME": str(tmp_path), "PATH": os.environ["PATH"]})
    assert (done.returncode, done.stderr) == (0, "")
    hook = tmp_path / ".config" / "opencode" / "plugin" / "track-skills-hook.sh"
    assert hook.read_bytes() == (ROOT / "client" / "hooks" / "track-skills-hook.sh").read_bytes()


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
