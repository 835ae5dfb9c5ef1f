"""The lists and limits of client/vectors.json: what each client does is what they say."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from collector import Collector
from golang import GO
from inprocess import JS, PYTHON, environment, fill, hold, kill_senders, run, senders, spool, wait_for_senders
from processes import CLIENT, HOOK, OPTIONS, ROOT, TRACK

from tests.vectors import VECTORS

sys.path.insert(0, str(ROOT / "client" / "python" / "src"))
import track_skills

LIMITS = VECTORS["limits"]
AGENT_DATA = json.loads((CLIENT / "agents.json").read_text())
# Of an agent that names its session in another variable than itself: both.
MARK, SESSION = next(
    (agent["variables"][0], agent["session"])
    for agent in AGENT_DATA["agents"]
    if agent.get("session") and agent["session"] not in agent["variables"]
)
SHELL = {"bash": TRACK, "hook": HOOK}
IN_PROCESS = {"python": PYTHON, "js": JS, "go": GO}
JS_FOLDER = CLIENT / "js"

Step = dict[str, Any]
Event = dict[str, Any]


def recorded(language: str, home: Path, steps: list[Step]) -> list[Event]:
    """What a client makes of steps: env, name, fields and the file anonymous_id, all optional."""
    results = []
    if language in IN_PROCESS:
        given = [_driven(home / str(number), step) for number, step in enumerate(steps)]
        results = [result["lines"] for result in IN_PROCESS[language].drive(given, environment(home))]
    else:
        results = [[_told(language, home / str(number), step)] for number, step in enumerate(steps)]
    return [json.loads(line) for [line] in results]


def _driven(home: Path, step: Step) -> Step:
    hold(home)
    _place_id(home, step)
    variables = environment(home, **step.get("env", {}))
    return {"home": str(home), "env": variables, "name": step.get("name", "skill"), "fields": step.get("fields", {})}


def _told(language: str, home: Path, step: Step) -> str:
    fields = step.get("fields", {})
    _place_id(home, step)
    command, payload = ["bash", str(SHELL[language])], ""
    if language == "hook":
        payload = json.dumps(
            {
                "hook_event_name": "PostToolUse",
                "tool_name": fields.get("tool_name", "mcp__demo__skill"),
                "tool_use_id": fields.get("event_id", "toolu_1"),
                "session_id": fields.get("session_id", "session"),
            }
        )
    else:
        command += ["skill", *(word for name, value in fields.items() for word in (OPTIONS[name], str(value)))]
    done = run(command, environment(home, TRACK_SKILLS_DEBUG="1", **step.get("env", {})), input=payload)
    assert (done.returncode, done.stdout) == (0, "")
    return done.stderr


def _place_id(home: Path, step: Step) -> None:
    if "anonymous_id" in step:
        home.mkdir(parents=True, exist_ok=True)
        (home / "anonymous_id").write_text(step["anonymous_id"] + "\n")


def check(language: str, home: Path, steps: list[Step], expected: list[dict[str, Any]]) -> None:
    """Each step's event has the expected values of these fields; None: it has no such field."""
    for step, event, values in zip(steps, recorded(language, home, steps), expected, strict=True):
        assert {name: event.get(name) for name in values} == values, step


def good_and_bad(name: str, refused: str = "") -> list[tuple[str, bool]]:
    """The texts of a list and whether they fit, without those that have a character which cannot be given."""
    texts = [(text, True) for text in VECTORS[name]["good"]] + [(text, False) for text in VECTORS[name]["bad"]]
    return [(text, fits) for text, fits in texts if not set(refused) & set(text)]


# Words


@pytest.mark.parametrize("language", ["bash", "python", "js"])
def test_statuses_and_triggers(language: str, home: Path) -> None:
    statuses = {status: status for status in VECTORS["statuses"]} | VECTORS["status_aliases"] | {"toString": "unknown"}
    triggers = {trigger: None if trigger == "unknown" else trigger for trigger in VECTORS["triggers"]}
    steps = [{"fields": {"status": status}} for status in statuses]
    steps += [{"fields": {"trigger": trigger}} for trigger in triggers]
    expected: list[dict[str, Any]] = [{"status": status} for status in statuses.values()]
    expected += [{"trigger": trigger} for trigger in triggers.values()]
    check(language, home, steps, expected)


@pytest.mark.parametrize("language", ["bash", "hook", "python", "js"])
def test_source(language: str, home: Path) -> None:
    assert language in VECTORS["sources"]
    check(language, home, [{}], [{"source": language}])


def test_source_of_the_plugin(home: Path) -> None:
    assert "plugin" in VECTORS["sources"]
    check("hook", home, [{"env": {"CLAUDE_PLUGIN_ROOT": "/plugin"}}], [{"source": "plugin"}])


def test_words_that_people_are_shown() -> None:
    usage = subprocess.check_output(["bash", TRACK, "--help"], text=True)
    [statuses] = re.findall(r"--status (\S+)", usage)
    [triggers] = re.findall(r"--trigger (\S+)", usage)
    assert statuses.split("|") == VECTORS["statuses"]
    assert triggers.split("|") == [trigger for trigger in VECTORS["triggers"] if trigger != "unknown"]
    types = (JS_FOLDER / "track-skills.d.ts").read_text()
    [statuses] = re.findall(r"type Status = (.+);", types)
    [triggers] = re.findall(r"trigger\?: (.+);", types)
    assert re.findall(r'"(\w+)"', statuses) == VECTORS["statuses"]
    assert re.findall(r'"(\w+)"', triggers) == VECTORS["triggers"]


# Alphabets and lengths


@pytest.mark.parametrize("language", ["bash", "python", "js"])
@pytest.mark.parametrize("field", ["tool_category", "error_type"])
def test_labels(language: str, field: str, home: Path) -> None:
    texts = good_and_bad("labels", "\0")
    check(
        language,
        home,
        [{"fields": {field: text}} for text, _ in texts],
        [{field: text if fits else None} for text, fits in texts],
    )


@pytest.mark.parametrize("language", ["bash", "python", "js"])
def test_default_category(language: str, home: Path) -> None:
    texts = good_and_bad("labels", "\0")
    check(
        language,
        home,
        [{"env": {"TRACK_SKILLS_CATEGORY": text}} for text, _ in texts],
        [{"tool_category": text if fits else None} for text, fits in texts],
    )


@pytest.mark.parametrize("language", ["python", "js"])
@pytest.mark.parametrize("field", ["tool_version", "agent_id"])
def test_further_labels(language: str, field: str, home: Path) -> None:
    texts = good_and_bad("labels")
    steps = [{"fields": {field: text}} for text, _ in texts]
    check(language, home, steps, [{field: text if fits else None} for text, fits in texts])


@pytest.mark.parametrize("language", ["bash", "python", "js"])
def test_tool_versions(language: str, home: Path) -> None:
    cases = VECTORS["tool_versions"]
    steps = [{"env": case["env"], "fields": case["fields"]} for case in cases]
    check(language, home, steps, [{"tool_version": case["tool_version"]} for case in cases])


def test_label_made_by_the_hook(home: Path) -> None:
    longest = LIMITS["label_characters"] - len("mcp:")
    servers = ["s" * longest, "s" * (longest + 1)]
    steps = [{"fields": {"tool_name": f"mcp__{server}__skill"}} for server in servers]
    check("hook", home, steps, [{"tool_category": f"mcp:{servers[0]}"}, {"tool_category": None}])


@pytest.mark.parametrize("language", ["bash", "python", "js"])
def test_session_id_of_the_environment(language: str, home: Path) -> None:
    texts = good_and_bad("ids", "\0")
    steps = [{"env": {MARK: "1", SESSION: text}} for text, _ in texts]
    check(language, home, steps, [{"session_id": text if fits else None} for text, fits in texts])


@pytest.mark.parametrize("language", ["hook", "python", "js"])
def test_ids_that_are_given(language: str, home: Path) -> None:
    texts = good_and_bad("ids")
    steps = [{"fields": {"event_id": text, "session_id": text}} for text, _ in texts]
    for (text, fits), event in zip(texts, recorded(language, home, steps), strict=True):
        assert event.get("session_id") == (text if fits else None), text
        assert (event["event_id"] == text) is fits
        assert fits or re.fullmatch(r"[0-9a-f-]{36}", event["event_id"])


@pytest.mark.parametrize("language", ["bash", "hook", "python", "js"])
def test_anonymous_id_of_the_file(language: str, home: Path) -> None:
    texts = good_and_bad("ids", "\0\n")
    for (text, fits), event in zip(
        texts, recorded(language, home, [{"anonymous_id": text} for text, _ in texts]), strict=True
    ):
        assert (event["anonymous_id"] == text) is fits, text
        assert fits or re.fullmatch(r"[0-9a-f-]{36}", event["anonymous_id"])


@pytest.mark.parametrize("language", ["bash", "python", "js"])
def test_every_character(language: str, home: Path) -> None:
    """Whatever of ASCII is in an alphabet fits between two letters, and nothing else does."""
    texts = [f"a{chr(code)}b" for code in range(1, 128)]
    steps = [{"env": {MARK: "1", SESSION: text}, "fields": {"error_type": text}} for text in texts]
    expected = [
        {
            "session_id": text if text[1] in VECTORS["alphabets"]["id"] else None,
            "error_type": text if text[1] in VECTORS["alphabets"]["label"] else None,
        }
        for text in texts
    ]
    check(language, home, steps, expected)


@pytest.mark.parametrize("language", ["python", "js"])
def test_numbers(language: str, home: Path) -> None:
    limits = {
        "duration_ms": LIMITS["duration_ms"],
        "request_size_bytes": LIMITS["size_bytes"],
        "response_size_bytes": LIMITS["size_bytes"],
    }
    steps = [{"fields": {name: value}} for name, most in limits.items() for value in (0, most, most + 1, -1)]
    expected = [{name: value} for name, most in limits.items() for value in (0, most, None, None)]
    check(language, home, steps, expected)


@pytest.mark.parametrize("language", ["python", "js"])
def test_longest_line(language: str, home: Path) -> None:
    """A line of just the limit keeps its message, one byte more costs it. A control character takes six bytes."""
    label, name = "x" * LIMITS["label_characters"], "x" * LIMITS["id_characters"]
    fields: dict[str, Any] = dict.fromkeys(("tool_category", "error_type", "agent_id", "tool_version"), label)
    fields |= dict.fromkeys(("event_id", "session_id"), name)
    fields |= dict.fromkeys(("request_size_bytes", "response_size_bytes"), LIMITS["size_bytes"])
    fields |= {"duration_ms": LIMITS["duration_ms"], "trigger": "nested"}
    switches = {"TRACK_SKILLS_ERROR_MESSAGES": "1", "TRACK_SKILLS_TEST": "1"}
    step = {"name": "x" * LIMITS["name_characters"], "env": switches, "anonymous_id": name, "fields": fields}
    [event] = recorded(language, home / "short", [step])
    room = LIMITS["line_bytes"] - 1 - len(json.dumps(event, separators=(",", ":"))) - len(',"error_message":""')
    message = "\1" * (room // 6) + "x" * (room % 6)
    assert len(message) < LIMITS["error_message_characters"]
    steps = [{**step, "fields": {**fields, "error_message": text}} for text in (message, message + "x")]
    check(language, home, steps, [{"error_message": message}, {"error_message": None}])


# What is read, and what is sent


def agent_variables() -> set[str]:
    """Every variable that may tell which agent runs a client, and its session."""
    marks = {variable.partition("=")[0] for agent in AGENT_DATA["agents"] for variable in agent["variables"]}
    return {"AI_AGENT", "AGENT", *marks, *(agent["session"] for agent in AGENT_DATA["agents"] if "session" in agent)}


@pytest.mark.parametrize("language", ["python", "js"])
def test_no_other_variable_is_read(language: str, home: Path) -> None:
    known = {*VECTORS["settings"], *VECTORS["switches"]["off"], *VECTORS["switches"]["ci"]}
    known |= agent_variables()
    environments: list[dict[str, str]] = [{}, *({"AI_AGENT": agent["id"]} for agent in AGENT_DATA["agents"])]
    message = {"error_message": "no"}
    steps = [_driven(home / str(number), {"env": env, "fields": message}) for number, env in enumerate(environments)]
    steps[0]["env"] |= {"TRACK_SKILLS_HOME": "", "HOME": str(home), "XDG_STATE_HOME": ""}
    hold(home / ".local" / "state" / "track-skills")
    asked = {name for result in IN_PROCESS[language].drive(steps, environment(home)) for name in result["asked"]}
    assert asked <= known
    elsewhere = {f"TRACK_SKILLS_{name}" for name in ("API_KEY", "ALL_TOOLS", "LOCAL", "SESSIONS")}
    assert asked >= known - elsewhere, "the sender's and the hook's, and what counts without a collector"


@pytest.mark.parametrize("language", ["bash", "hook"])
def test_no_other_variable_stands_in_a_script(language: str) -> None:
    """A shell's reads cannot be watched, so its text is looked at; what bash itself sets is no setting."""
    shell = {"BASH_SOURCE", "BASH_VERSION", "BASH_VERSINFO", "BASH_REMATCH", "BASHPID", "EPOCHREALTIME", "SRANDOM"}
    shell |= {"SECONDS", "PPID", "EUID", "PWD", "POSIXLY_CORRECT", "ZSH_EVAL_CONTEXT", "SIG", "ARGV"}
    options = {f"CLAUDE_PLUGIN_OPTION_{name}" for name in ("ENDPOINT", "TOKEN", "SESSIONS")}
    host = {"CLAUDE_PLUGIN_ROOT", *options}
    host |= {"CLAUDE_PROJECT_DIR", "CLAUDE_CONFIG_DIR", *VECTORS["switches"]["off_for_the_hook"]}
    known = {*VECTORS["settings"], *VECTORS["switches"]["off"], *VECTORS["switches"]["ci"]}
    known |= agent_variables()
    read = set(re.findall(r"\$\{?([A-Z][A-Z0-9_]+)", SHELL[language].read_text()))
    assert read - shell - (host if language == "hook" else set()) <= known


def start_flush(language: str, home: Path, endpoint: str) -> None:
    """Start a sender for what is in the spool, and do not wait for it."""
    variables = environment(home, endpoint)
    if language == "bash":
        done = run(["bash", TRACK, "--flush"], variables)
    else:
        done = IN_PROCESS[language].run("flush()", variables)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("language", ["bash", "python", "js"])
def test_what_becomes_of_a_batch(language: str, tmp_path: Path) -> None:
    """Each answer to three events: what is left, how often it was tried, and what the state says of it."""
    cases = VECTORS["answers"]
    homes = [tmp_path / str(number) for number in range(len(cases))]
    collectors = []
    try:
        for case, home in zip(cases, homes, strict=True):
            collectors.append(Collector(str(case["status"])))
            collectors[-1].answer = case["body"].encode()
            fill(home, 3)
            start_flush(language, home, collectors[-1].url)
        for home in homes:
            wait_for_senders(home)
    finally:
        for home in homes:
            kill_senders(home)
        for collector in collectors:
            collector.stop()
    for case, home, collector in zip(cases, homes, collectors, strict=True):
        sizes = [len(json.loads(body)["events"]) for body in collector.bodies]
        assert (case, sizes) == (case, [3, 1, 1, 1] if case["then"] == "refused" else [3])
        assert (case, len(spool(home))) == (case, 3 if case["then"] == "kept" else 0)
        answered = re.fullmatch(r"(\d{13}) (\d{3}) (\w+)\n", (home / "last_answer").read_text())
        assert answered
        assert answered.groups()[1:] == (str(case["status"]), case["then"])
        [moment] = re.findall(r"^(\d{13})\n$", (home / "next_post").read_text())
        assert abs(int(moment) - int(answered[1]) - 1000 * VECTORS["limits"][pause_name(case)]) < 5000


def pause_name(case: dict[str, Any]) -> str:
    return "pause_seconds" if case["then"] == "kept" else "interval_seconds"


@pytest.mark.parametrize("language", ["bash", "python", "js"])
def test_next_post(language: str, tmp_path: Path) -> None:
    """Each state of the file, and what one event makes of it: the file's new state, and which sender is started."""
    cases = VECTORS["next_post"]
    homes = [tmp_path / str(number) for number in range(len(cases))]
    with Collector("hole") as collector:
        try:
            with ThreadPoolExecutor(2) as pool:
                texts = list(pool.map(lambda home: one_event(language, home, collector.url, cases), homes))
            at_once = [home.name for case, home in zip(cases, homes, strict=True) if case["sender"] == "at once"]
            collector.wait_requests(len(at_once))
            assert {path.split("/")[1] for _, path, _, _ in collector.requests} == set(at_once)
            for case, (before, now, after) in zip(cases, texts, strict=True):
                expected = before
                if case["after"] is not None:
                    base = now if case["sender"] == "at once" else now + case["file"]["ahead_ms"]
                    assert (case, re.fullmatch(r"\d{13}( waiting)?\n", after) is not None) == (case, True)
                    late = int(after[:13]) - base - (case["after"]["ahead_ms"] if base == now else 0)
                    assert (case, 0 <= late < 5000 if base == now else late == 0) == (case, True)
                    expected = after[:13] + (" waiting" if case["after"]["waiting"] else "") + "\n"
                assert (case, after) == (case, expected)
        finally:
            for home in homes:
                kill_senders(home)


WRITE_AND_TRACK = {
    "python": """
import time
now = int(time.time() * 1000)
if FILE: open(PATH, "w").write(FILE.replace("MOMENT", str(now + AHEAD)))
print(now)
track("skill")
""",
    "js": """
import { writeFileSync } from "node:fs";
const now = Date.now();
if (FILE) writeFileSync(PATH, FILE.replace("MOMENT", now + AHEAD));
console.log(now);
track("skill");
""",
}


def one_event(language: str, home: Path, endpoint: str, cases: list[dict[str, Any]]) -> tuple[str, int, str]:
    """Write the file `next_post` and record one event; return the file before, the moment in ms and the file after."""
    home.mkdir()
    file = cases[int(home.name)]["file"] or {"text": ""}
    text = file.get("text", f"MOMENT{' waiting' if file.get('waiting') else ''}\n")
    ahead = file.get("ahead_ms", 0)
    variables = environment(home, f"{endpoint}/{home.name}")
    if language == "bash":
        now = int(time.time() * 1000)
        if text:
            (home / "next_post").write_text(text.replace("MOMENT", str(now + ahead)))
        run(["bash", TRACK, "skill"], variables)
    else:
        given = {"FILE": text, "PATH": str(home / "next_post"), "AHEAD": ahead}
        code = re.sub("FILE|PATH|AHEAD", lambda match: json.dumps(given[match[0]]), WRITE_AND_TRACK[language])
        done = IN_PROCESS[language].run(code, variables)
        assert (done.returncode, done.stderr) == (0, "")
        now = int(done.stdout)
    after = (home / "next_post").read_text()
    is_started = cases[int(home.name)]["sender"] != "none"
    ends = time.monotonic() + 60
    while is_started and not senders(home):
        assert time.monotonic() < ends, cases[int(home.name)]
    assert bool(senders(home)) is is_started
    return text.replace("MOMENT", str(now + ahead)), now, after


@pytest.mark.parametrize("language", ["bash", "python", "js"])
def test_no_answer_keeps(language: str, home: Path) -> None:
    fill(home, 3)
    start_flush(language, home, Collector(start=False).url)
    wait_for_senders(home)
    assert len(spool(home)) == 3


@pytest.mark.parametrize("language", ["bash", "python", "js"])
def test_body(language: str, home: Path) -> None:
    folder = home / "spool"
    folder.mkdir(parents=True)
    for number, line in enumerate(VECTORS["body"]["lines"]):
        (folder / f"{int(time.time() * 1000):013}-1-{number:08x}.ndjson").write_text(line + "\n")
    with Collector("503") as collector:
        start_flush(language, home, collector.url)
        wait_for_senders(home)
    [body] = collector.bodies
    sent_at = rb'(?<="sent_at":")\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z(?=")'
    assert re.sub(sent_at, b"SENT_AT", body) == VECTORS["body"]["body"].encode()


@pytest.mark.parametrize("language", ["bash", "python", "js"])
def test_batches(language: str, home: Path) -> None:
    """No batch has more events or bytes than it may, and none has room for one more."""
    most, size = LIMITS["batch_events"], LIMITS["line_bytes"]
    fill(home, most + 1, size=300)
    with Collector() as collector:
        start_flush(language, home, collector.url)
        wait_for_senders(home)
        assert [len(json.loads(body)["events"]) for body in collector.bodies] == [most, 1]
        collector.bodies.clear()
        fill(home, LIMITS["batch_bytes"] // size + 1, size=size)
        start_flush(language, home, collector.url)
        wait_for_senders(home)
    first, second = (len(body) for body in collector.bodies)
    assert first - size < LIMITS["batch_bytes"] < first + second
    assert spool(home) == []


# What no behaviour shows without waiting for it


def numbers_in(text: str, patterns: dict[str, str]) -> dict[str, float]:
    """The one number that each pattern finds in a source."""
    found = {}
    for name, pattern in patterns.items():
        [number] = set(re.findall(pattern, text))
        found[name] = float(number.replace("_", ""))
    return found


@pytest.mark.parametrize("language", ["bash", "hook"])
def test_times_of_the_shell(language: str) -> None:
    patterns = {
        "connect_seconds": r"--connect-timeout (\d+)",
        "request_seconds": r"--max-time (\d+)",
        "sender_seconds": r"end=\$\(\(SECONDS \+ (\d+)\)\)",
        "lock_empty_seconds": r"\bsleep (\d+)",
    }
    milliseconds = {
        "interval_seconds": r"ts_interval=(\d+)",
        "pause_seconds": r"ts_pause=(\d+)",
        "waiter_late_seconds": r"late=-(\d+)",
    }
    text = SHELL[language].read_text()
    found = numbers_in(text, patterns) | {name: ms / 1000 for name, ms in numbers_in(text, milliseconds).items()}
    assert found == {name: VECTORS["limits"][name] for name in (*patterns, *milliseconds)}


def test_times_of_the_python_client() -> None:
    modules = ("batches", "lock", "pace", "posting", "sender")
    batches, lock, pace, posting, sender = (importlib.import_module(f"track_skills.{name}") for name in modules)
    names = {
        "connect_seconds": posting.CONNECT_SECONDS,
        "request_seconds": posting.REQUEST_SECONDS,
        "sender_seconds": sender.SENDER_SECONDS,
        "lock_empty_seconds": lock.EMPTY_SECONDS,
        "lock_stale_seconds": lock.STALE_SECONDS,
        "lock_ahead_seconds": lock.STALE_SECONDS,
        "incomplete_seconds": batches.INCOMPLETE_SECONDS,
        "interval_seconds": pace.INTERVAL_MS / 1000,
        "pause_seconds": pace.PAUSE_MS / 1000,
        "waiter_late_seconds": pace._WAITER_LATE_MS / 1000,
    }
    assert names == {name: VECTORS["limits"][name] for name in names}


def test_times_of_the_javascript_client() -> None:
    patterns = {
        "connect_seconds": r"connecting = setTimeout\(finish, ([\d_]+)",
        "request_seconds": r"answering = setTimeout\(finish, ([\d_]+)",
        "sender_seconds": r"ends = Date\.now\(\) \+ ([\d_]+)",
        "lock_empty_seconds": r"Atomics\.wait\(.*, (\d{4,})\)",
        "lock_stale_seconds": r"mtimeMs\) > ([\d_]+)",
        "incomplete_seconds": r"age\(name\) > ([\d_]+)\)",
        "interval_seconds": r"(?:INTERVAL_MS|intervalMs) = ([\d_]+)",
        "pause_seconds": r"(?:PAUSE_MS|pauseMs) = ([\d_]+)",
        "waiter_late_seconds": r"WAITER_LATE_MS = ([\d_]+)",
    }
    found = numbers_in((JS_FOLDER / "track-skills.js").read_text(), patterns)
    assert found == {name: 1000 * VECTORS["limits"][name] for name in patterns}


@pytest.mark.parametrize("language", ["bash", "python", "js"])
@pytest.mark.parametrize(("seconds", "is_sent"), [(30, False), (90, True)])
def test_a_lock_dated_in_the_future(language: str, seconds: int, is_sent: bool, home: Path) -> None:
    fill(home, 1)
    (home / "lock").write_text(f"{os.getpid()}\n")
    os.utime(home / "lock", (time.time() + seconds, time.time() + seconds))
    with Collector() as collector:
        start_flush(language, home, collector.url)
        wait_for_senders(home)
    assert len(collector.events) == is_sent


@pytest.mark.parametrize("language", ["bash", "python", "js"])
@pytest.mark.parametrize(("seconds", "is_sent"), [(-10, False), (10, True)])
def test_how_old_a_living_holders_lock_may_be(language: str, seconds: int, is_sent: bool, home: Path) -> None:
    fill(home, 1)
    (home / "lock").write_text(f"{os.getpid()}\n")
    then = time.time() - LIMITS["lock_stale_seconds"] - seconds
    os.utime(home / "lock", (then, then))
    with Collector() as collector:
        start_flush(language, home, collector.url)
        wait_for_senders(home)
    assert len(collector.events) == is_sent


# The data itself


def test_versions_of_the_clients() -> None:
    plugin = json.loads((CLIENT / "plugin" / ".claude-plugin" / "plugin.json").read_text())
    package = json.loads((JS_FOLDER / "package.json").read_text())
    assert {track_skills.__version__, package["version"], plugin["version"]} == {VECTORS["version"]}


@pytest.mark.parametrize("kind", ["name", "label", "id"])
def test_the_examples_keep_the_rule_that_they_show(kind: str) -> None:
    alphabet, most = set(VECTORS["alphabets"][kind]), LIMITS[f"{kind}_characters"]
    good, bad = VECTORS[f"{kind}s"]["good"], VECTORS[f"{kind}s"]["bad"]
    assert all(0 < len(text) <= most and alphabet.issuperset(text) for text in good)
    assert max(map(len, good)) == most
    assert any(len(text) == most + 1 and alphabet.issuperset(text) for text in bad)
    assert any(":" in text for text in good)
    assert not set(good) & set(bad)
    if kind != "name":  # a name may not look like a path either
        assert not [text for text in bad if len(text) <= most and alphabet.issuperset(text)]


def test_every_word_has_its_line() -> None:
    """The payloads, which every client writes byte for byte, show each status, alias, trigger and agent."""
    payloads = VECTORS["payloads"]
    for field, words in (
        ("status", [*VECTORS["statuses"], *VECTORS["status_aliases"]]),
        ("trigger", VECTORS["triggers"]),
    ):
        assert {case["fields"].get(field) for case in payloads} >= set(words)
    marks = {name for agent in AGENT_DATA["agents"] for name in agent["variables"]}
    assert marks & {name for case in payloads for name in case["env"]}


def test_the_contract_names_all_of_it() -> None:
    contract = (CLIENT / "CONTRACT.md").read_text()
    switches = VECTORS["switches"]
    names = [
        *switches["off"],
        *switches["off_for_the_hook"],
        *switches["ci"],
        *VECTORS["statuses"],
        *VECTORS["status_aliases"],
    ]
    names += [name for name in VECTORS["settings"] if name != "HOME"]  # which is ~ there
    names += ["AI_AGENT", "AGENT", "agents.json"]
    assert [name for name in names if not re.search(rf"\b{re.escape(name)}\b", contract)] == []
