"""Which records say something."""

from __future__ import annotations

import pytest

from otlp.records import EXECUTE_TOOL, name_of_log, name_of_span, number


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("skill_activated", ("skill_activated", "")),
        ("claude_code.skill_activated", ("skill_activated", "claude-code")),
        ("codex.tool_result", ("tool_result", "codex")),
        ("gemini_cli.tool_call", ("tool_call", "gemini-cli")),
        ("qwen-code.skill_launch", ("skill_launch", "qwen-code")),
        ("claude_code.user_prompt", None),
        ("elsewhere.skill_activated", None),
        ("a.claude_code.skill_activated", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_a_log_record_is_known_by_its_name(name: object, named: tuple[str, str] | None) -> None:
    assert name_of_log(name, None) == named


def test_what_the_genai_conventions_call_the_use_of_a_tool() -> None:
    assert name_of_log("anything", "execute_tool") == name_of_span("anything", "execute_tool") == (EXECUTE_TOOL, "")
    assert name_of_span("Tool.execute", None) == ("Tool.execute", "opencode")
    assert name_of_log("Tool.execute", None) is name_of_span("execute_tool bash", "chat") is None


@pytest.mark.parametrize(
    ("held", "read"), [("7", 7), (7, 7), ("1.5", 1.5), (True, None), ("", None), (None, None), ("many", None)]
)
def test_a_number_may_be_sent_as_text(held: str | int | None, read: float | None) -> None:
    assert number(held) == read
    assert number(10**400) is None
