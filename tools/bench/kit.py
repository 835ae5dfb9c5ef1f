"""What the author's kit costs an agent, beside `bash -c :` in the same minute, and what it counts and delivers."""

from __future__ import annotations

import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.bench.clients_shell import REFERENCE
from tools.bench.table import Limit, Row, at_least, at_most, at_most_times

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "clients"))
sys.path.insert(0, str(Path(__file__).parents[2] / "client" / "python" / "src"))
from collector import Collector
from processes import Client
from track_skills.kit import install, script
from track_skills.kit.plugin import Plugin

RUNS = 60
CANARY = "canary-7f3a"
MANIFEST = {"name": "demo", "version": "1.0.0", "description": "Says hello.", "license": "MIT"}
TOOL = "mcp__plugin_demo_files__read"


def run() -> list[Row]:
    """Medians of RUNS; counts of what a collector got."""
    plain = set(json.dumps(MANIFEST, indent=2).splitlines())
    with kit() as (client, path, collector):
        maintained = len(set(Plugin(path.parent.parent).text.splitlines()) - plain)
        rows = [
            *_waits(client, path, _skill("other:greet"), "use of another plugin's skill", at_most_times(2)),
            *_waits(client, path, _skill("demo:greet"), "use of its own skill", at_most_times(4)),
            *_waits(client, path, _tool("x" * 2_000_000), "use of its own tool, 2 MB", None),
            _over(client, path, _skill("other:greet"), 5),
            _left_open(client, path),
        ]
        collector.mode = "hole"
        rows += _waits(client, path, _skill("demo:greet"), "use of its own skill, network hangs", at_most_times(4))
    text = script.source(script.SCRIPT)
    return [
        *rows,
        *_counted(),
        _delivered(21),
        _delivered(100),
        Row("kit: lines of the script", len(text.splitlines()), "lines", None, at_most(150)),
        Row("kit: bytes of the script", len(text.encode()), "bytes", None, None),
        Row("kit: lines new or changed in the author's plugin.json", maintained, "lines", None, at_most(3)),
    ]


@contextmanager
def kit() -> Iterator[tuple[Client, Path, Collector]]:
    """A client, the script of a plugin with the kit, and the collector that it sends to."""
    with tempfile.TemporaryDirectory() as folder, Collector() as collector:
        client = Client(Path(folder), collector.url)
        root = client.home / "plugin"
        files = {
            ".claude-plugin/plugin.json": json.dumps(MANIFEST, indent=2),
            ".mcp.json": '{"mcpServers": {"files": {}}}',
            "skills/greet/SKILL.md": "Say hello.",
        }
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        plugin = Plugin(root)
        install.make(plugin, install.init(plugin, collector.url, off_if=["DEMO_OFF"]))
        try:
            yield client, root / script.SCRIPT, collector
        finally:
            client.close()


def _skill(name: str, number: int = 0) -> bytes:
    return _payload("Skill", {"skill": name, "args": CANARY}, {"success": True, "commandName": name}, number)


def _tool(text: str, number: int = 0) -> bytes:
    return _payload(TOOL, {"path": CANARY}, [{"type": "text", "text": CANARY + text}], number)


def _payload(tool: str, given: Any, result: Any, number: int, **more: Any) -> bytes:
    """What Claude Code gives its hook, as it writes it."""
    payload = {
        "session_id": "b6e4f581-09ed-4fa9-a41c-84fa5ba0a102",
        "transcript_path": f"/home/{CANARY}/x.jsonl",
        "cwd": f"/home/{CANARY}",
        "prompt_id": "298dfacf-6c64-4c3c-9ff9-f037d05467fc",
        "permission_mode": "default",
        "hook_event_name": "PostToolUse",
        "tool_name": tool,
        "tool_input": given,
        "tool_response": result,
        "tool_use_id": f"toolu_{number:04d}",
        "duration_ms": 5,
    }
    return json.dumps({**payload, **more}, separators=(",", ":")).encode()


def _typed(name: str, number: int) -> bytes:
    payload = {
        "session_id": "b6e4f581-09ed-4fa9-a41c-84fa5ba0a102",
        "cwd": f"/home/{CANARY}",
        "prompt_id": f"prompt-{number}",
        "permission_mode": "default",
        "hook_event_name": "UserPromptExpansion",
        "command_name": name,
        "command_args": CANARY,
        "command_source": "plugin",
        "prompt": f"/{name} {CANARY}",
    }
    return json.dumps(payload, separators=(",", ":")).encode()


def _waits(client: Client, path: Path, data: bytes, figure: str, must_be: Limit | None) -> list[Row]:
    """What the agent waits, and the CPU time of what it waits for; figure and reference take turns."""
    command = ("bash", "-p", path)
    waits: dict[bool, list[float]] = {True: [], False: []}
    used: dict[bool, float] = {True: 0, False: 0}
    for _ in range(RUNS):
        for is_reference, words, given in ((True, REFERENCE, b""), (False, command, data)):
            before, begun = _cpu(), time.perf_counter()
            client.run(*words, input=given)
            waits[is_reference].append((time.perf_counter() - begun) * 1000)
            used[is_reference] += _cpu() - before
    return [
        Row(f"kit: {figure}", statistics.median(waits[False]), "ms", statistics.median(waits[True]), must_be),
        Row(f"kit: {figure}, CPU", used[False] / RUNS, "ms", used[True] / RUNS, None),
    ]


def _over(client: Client, path: Path, data: bytes, most: float) -> Row:
    """How many of RUNS take more than so many milliseconds of CPU time: what a busy machine adds is none of it."""
    over = {True: 0, False: 0}
    for _ in range(RUNS):
        for is_reference, words, given in ((True, REFERENCE, b""), (False, ("bash", "-p", path), data)):
            before = _cpu()
            client.run(*words, input=given)
            over[is_reference] += _cpu() - before > most
    figure = f"kit: of {RUNS} uses of another plugin's skill, those over {most} ms of CPU"
    return Row(figure, over[False], "uses", over[True], at_most(0))


def _left_open(client: Client, path: Path) -> Row:
    """How long the script stays where an agent leaves its stdin open: nobody waits for it, as its hook is async."""
    begun = time.perf_counter()
    with client.start("bash", "-p", path) as process:
        if process.stdin:
            process.stdin.write(_skill("demo:greet", 99))
            process.stdin.flush()
        process.wait()
        taken = (time.perf_counter() - begun) * 1000
    return Row("kit: use of its own skill, stdin left open", taken, "ms", None, at_most(3000))


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (usage.ru_utime + usage.ru_stime) * 1000


def _counted() -> list[Row]:
    """Ten uses of its own and ten of others, what of them arrives and what is in it; then the switches."""
    failure = {"hook_event_name": "PostToolUseFailure", "error": CANARY, "is_interrupt": False}
    own = [
        *(_skill("demo:greet", number) for number in range(4)),
        *(_typed("demo:greet", number) for number in range(2)),
        *(_tool("", number) for number in range(4, 7)),
        _payload(TOOL, {"path": CANARY}, None, 7, **failure),
    ]
    foreign = [
        *(_skill(name, 20) for name in ("other:greet", "greet", "demo:none", "demo2:greet") * 2),
        _typed("greet", 9),
    ]
    foreign.append(_payload("mcp__files__read", {}, {}, 30))
    with kit() as (client, path, collector):
        for data in [*own, *foreign]:
            client.run("bash", "-p", path, input=data)
        collector.wait(len(own))
        client.settle()
        events = list(collector.events.values())
        leaks = sum(word.encode() in b"".join(collector.bodies) for word in (CANARY, "toolu_", "prompt-", "b6e4f581"))
        received = sum(event["tool_name"] in ("demo:greet", "read") for event in events)
        rows = [
            Row("kit: own uses received", min(received, len(own)), "events", len(own), at_least(len(own))),
            Row("kit: foreign uses counted", len(events) - len(own), "events", len(foreign), at_most(0)),
            Row("kit: leaks of prompt, arguments, result, cwd, raw ids", leaks, "words", None, at_most(0)),
        ]
    for switch in ("DO_NOT_TRACK", "CI", "DEMO_OFF"):
        with kit() as (client, path, collector):
            client.run("bash", "-p", path, input=_skill("demo:greet"), env={switch: "1"})
            client.settle()
            left = len(collector.requests) + (client.home / ".local").exists()
            rows.append(Row(f"kit: files and requests with {switch}", left, "traces", None, at_most(0)))
    return rows


def _delivered(uses: int) -> Row:
    """How many arrive, once, when the network comes back before the last of so many uses."""
    with kit() as (client, path, collector):
        collector.stop()
        for number in range(uses):
            if number == uses - 1:
                client.settle()
                collector.start()
            client.run("bash", "-p", path, input=_skill("demo:greet", number))
        collector.wait(uses)
        once = sum(collector.arrived.count(event) == 1 for event in collector.events)
    return Row(f"kit: of {uses} own uses, network away and back, delivered once", once, "events", uses, at_least(uses))
