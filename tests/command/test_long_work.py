"""Long work: it shows on a terminal how far it is, and nowhere else, and interrupted it has lost nothing."""

from __future__ import annotations

import json
import os
import pty
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.command.conftest import Command, Said, lines, put
from tests.command.test_import import older

sys.path.insert(0, str(Path(__file__).parents[1] / "clients"))
from collector import Collector

EVENTS = 600
Prepared = tuple[str, ...]


@pytest.fixture
def slow() -> Iterator[Collector]:
    """A collector that takes its time for each request."""
    with Collector("slow") as running:
        running.delay = 0.15
        yield running


def importing(command: Command, slow: Collector) -> Prepared:
    command.env["TRACK_SKILLS_ENDPOINT"] = slow.url
    return ("import", str(older(command.home, EVENTS)))


def importing_here(command: Command, _: Collector) -> Prepared:
    command.env["TRACK_SKILLS_LOCAL"] = "1"
    return ("import", str(older(command.home, 40_000)))


def flushing(command: Command, slow: Collector) -> Prepared:
    command.env["TRACK_SKILLS_ENDPOINT"] = slow.url
    put(command.state, lines(EVENTS), folder="spool")
    return ("flush",)


def taking_in(command: Command, _: Collector) -> Prepared:
    command.env["TRACK_SKILLS_LOCAL"] = "1"
    put(command.state, lines(12_000))
    return ("report",)


def reading_transcripts(command: Command, _: Collector) -> Prepared:
    folder = command.home / ".claude" / "projects" / "p"
    folder.mkdir(parents=True)
    usage = {"input_tokens": 1, "output_tokens": 2}
    for number in range(300):
        message = {"id": f"m{number}", "role": "assistant", "model": "m", "usage": usage, "content": []}
        line = {"type": "assistant", "sessionId": f"s{number}", "timestamp": "2026-11-20T10:00:00Z", "message": message}
        (folder / f"{number}.jsonl").write_text((json.dumps(line) + "\n") * 50)
    return ("tokens",)


LONG: dict[str, Callable[[Command, Collector], Prepared]] = {
    "sent": importing,
    "taken in": importing_here,
    "sending": flushing,
    "taking in": taking_in,
    "reading": reading_transcripts,
}


def on_a_terminal(command: Command, *given: str) -> tuple[int, str, str]:
    """Exit code, stdout and what the terminal got, which is where stderr goes."""
    leader, follower = pty.openpty()
    process = command.start(*given, stderr=follower)
    os.close(follower)
    shown = b""
    try:
        while part := os.read(leader, 65_536):
            shown += part
    except OSError:
        pass  # the end of a terminal
    os.close(leader)
    out, _ = process.communicate()
    return process.returncode, out, shown.decode()


@pytest.mark.parametrize("label", LONG)
def test_a_terminal_shows_how_far_it_is(command: Command, slow: Collector, label: str) -> None:
    command.env["TERM"] = "xterm"
    code, _, shown = on_a_terminal(command, *LONG[label](command, slow))
    assert code == 0
    steps = [part.rpartition(": ")[2] for part in shown.split("\r\x1b[K") if part.startswith(f"{label}: ")]
    done = [int(step.partition(" of ")[0].replace(",", "")) for step in steps]
    assert done and done == sorted(done)
    assert shown.endswith("\r\x1b[K"), "the line is gone at the end"


@pytest.mark.parametrize("label", LONG)
def test_elsewhere_it_is_silent(command: Command, slow: Collector, label: str) -> None:
    assert command(*LONG[label](command, slow)).err == ""


def interrupted(command: Command, *given: str, after: Callable[[], object]) -> Said:
    """What a run says that gets Ctrl-C as soon as something has happened."""
    process = command.start(*given)
    after()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    return Said(process.returncode, out, err)


def test_a_flush_that_is_interrupted_goes_on(command: Command, slow: Collector) -> None:
    given = flushing(command, slow)
    said = interrupted(command, *given, after=lambda: slow.wait_requests(2))
    assert (said.code, said.err) == (130, "")
    assert not (command.state / "lock").exists()
    left = len(list((command.state / "spool").iterdir()))
    assert 0 < left < EVENTS
    again = command("flush", "--json").json
    assert left - 100 <= again["sent"] <= left, "a batch that was under way may have arrived"
    assert again["waiting"] == 0
    assert list((command.state / "spool").iterdir()) == []
    assert len(slow.events) == EVENTS


def test_an_import_that_is_interrupted_says_nothing_and_goes_on(command: Command, slow: Collector) -> None:
    given = importing(command, slow)
    said = interrupted(command, *given, after=lambda: slow.wait_requests(2))
    assert (said.code, said.err) == (130, "")
    again = command(*given, "--json").json
    assert again["new"] + again["known"] >= EVENTS
    assert len(slow.events) == EVENTS


def test_an_import_into_the_local_store_is_all_or_nothing(command: Command, slow: Collector) -> None:
    given = importing_here(command, slow)
    database = command.state / "telemetry.db"

    def it_has_begun() -> None:
        ends = time.monotonic() + 60
        while not database.with_name("telemetry.db-journal").exists():
            assert time.monotonic() < ends

    said = interrupted(command, *given, after=it_has_begun)
    assert (said.code, said.err) == (130, "")
    assert command("report", "--json").json == []
    assert command(*given, "--json").json["new"] == 40_000


def test_an_export_that_is_interrupted_leaves_the_store_as_it_is(command: Command, slow: Collector) -> None:
    taking_in(command, slow)
    command("report")
    process = command.start("export")
    with process.stderr:
        with process.stdout:
            assert process.stdout.readline()
            process.send_signal(signal.SIGSTOP)  # the reader ends with it, as the rest of a pipeline does
            process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGCONT)
        assert process.wait(timeout=60) in (1, 130)
        assert process.stderr.read() == ""
    assert len(command("export").out.splitlines()) == 12_000
