"""`track-skills tokens`: what skills used up, from a transcript of Claude Code, against an independent count."""

from __future__ import annotations

import json
import shutil
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.command.conftest import PACKAGES, Command

DATA = Path(__file__).parent / "data" / "projects"
FIELDS = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
OURS = ("input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens")
NAME = "eb9309f0-51e6-4a76-9e84-a78c34f6e840"


def transcripts(command: Command) -> Path:
    """The captured session in the command's home."""
    folder = command.home / ".claude" / "projects"
    shutil.copytree(DATA, folder)
    for file in folder.rglob("*.jsonl"):
        file.touch()
    return folder / "demo"


def counted(folder: Path) -> dict[str, tuple[int, ...]]:
    """Tokens by skill: each message once."""
    messages: dict[str, tuple[str, tuple[int, ...]]] = {}
    for file in folder.rglob("*.jsonl"):
        for line in file.read_text().splitlines():
            record = json.loads(line)
            if record.get("type") == "assistant":
                usage = tuple(record["message"]["usage"][field] for field in FIELDS)
                messages[record["message"]["id"]] = record.get("attributionSkill", ""), usage
    sums: dict[str, tuple[int, ...]] = defaultdict(lambda: (0, 0, 0, 0))
    for skill, usage in messages.values():
        sums[skill] = tuple(map(sum, zip(sums[skill], usage, strict=True)))
    return sums


def session(path: Path) -> dict[str, Any]:
    """What is said of a session."""
    sys.path.insert(0, str(PACKAGES))
    try:
        from track_skills.transcript import session_of
    finally:
        sys.path.remove(str(PACKAGES))
    found = session_of(str(path))
    assert found is not None
    return found


def test_it_is_right_to_the_token(command: Command) -> None:
    folder = transcripts(command)
    said = command("tokens", "--json")
    assert (said.code, said.err) == (0, "")
    assert said.json["sessions"] == 1
    rows = {row["skill"]: tuple(row[name] for name in OURS) for row in said.json["skills"]}
    assert rows == counted(folder)
    assert {"my-skill", "demo-plug:greet", "fork-skill"} == rows.keys()


def test_a_turn_is_what_a_person_typed_and_subagents_are_in_it(command: Command) -> None:
    found = session(transcripts(command) / f"{NAME}.jsonl")
    assert (found["session_id"], found["turns"], found["subagents"]) == (NAME, 1, 2)
    assert (found["tool_calls"], found["tool_errors"], found["assistant_messages"]) == (12, 3, 15)
    assert found["models"] == ["claude-sonnet-4-5"]


def test_a_session_that_is_resumed_goes_on(command: Command) -> None:
    """Its records may stand there again."""
    file = transcripts(command) / f"{NAME}.jsonl"
    once = session(file)
    file.write_text(file.read_text() * 2 + '{"type": "user", "message": {"cont')
    assert session(file) == once


def test_no_text_and_no_path_is_in_it(command: Command) -> None:
    text = json.dumps(session(transcripts(command) / f"{NAME}.jsonl"))
    assert not any(word in text for word in ("/home", "hello", "SCRIPT", "toolu_", "msg_", "HEAD"))


def test_what_is_no_transcript_is_left_out(command: Command) -> None:
    folder = command.home / ".claude" / "projects" / "x"
    folder.mkdir(parents=True)
    broken = ["[" * 9000, "{}", '{"message": 7}', '{"message": {"usage": []}, "type": "assistant"}', "\udcff"]
    for number, text in enumerate(broken):
        (folder / f"{number}.jsonl").write_bytes(text.encode("utf-8", "surrogateescape"))
    said = command("tokens", "--json")
    assert (said.code, said.json) == (0, {"sessions": 0, "skills": []})


def test_nothing_is_sent_where_that_is_off(command: Command) -> None:
    transcripts(command)
    command.env |= {"TRACK_SKILLS_ENDPOINT": "http://127.0.0.1:9", "DO_NOT_TRACK": "1"}
    assert command("tokens", "--send").code == 1
    assert not command.state.exists()
