"""`track-skills kit init`, `update` and `remove`: what they change, what they keep, and that nothing is left."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from track_skills.kit import disclosure, install, rules, script
from track_skills.kit.plugin import Plugin, PluginError

from tests.clients.processes import ROOT
from tests.command.conftest import Command
from tests.kit.plugins import write_plugin

ENDPOINT = "https://track.demo.dev"
MANIFESTS = {
    "usual": '{\n  "name": "demo",\n  "description": "Says hello.",\n  "version": "1.0.0"\n}\n',
    "one-line": '{"name":"demo","description":"Says hello."}',
    "tabs-crlf": '{\r\n\t"name": "demo",\r\n\t"description": "Says \\"hello\\"."\r\n}\r\n',
    "without-description": '{\n  "name": "demo"\n}\n',
    "empty-description": '{\n  "name": "demo",\n  "description": ""\n}\n',
    "another-description-first": '{\n  "author": {"description": "x"},\n  "name": "demo",\n  "description": "z"\n}',
    "only-another-description": '{\n  "author": {"description": "x", "name": "y"},\n  "name": "demo"\n}',
}


@pytest.fixture
def command(tmp_path: Path) -> Command:
    return Command(tmp_path)


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def put_in(plugin: Plugin, **chosen: str | list[str]) -> Plugin:
    install.make(plugin, install.init(plugin, ENDPOINT, **chosen))
    return Plugin(plugin.root)


@pytest.mark.parametrize("name", MANIFESTS)
def test_remove_leaves_no_trace(tmp_path: Path, name: str) -> None:
    plugin = write_plugin(tmp_path)
    (tmp_path / ".claude-plugin" / "plugin.json").write_bytes(MANIFESTS[name].encode())
    before = contents(tmp_path)
    changed = put_in(Plugin(plugin.root))
    assert changed.manifest["hooks"] == "./telemetry/hooks.json"
    assert ENDPOINT.removeprefix("https://") in changed.manifest["description"]
    assert (changed.manifest.get("author") or {}).get("description") in (None, "x")
    install.make(changed, install.remove(changed))
    assert contents(tmp_path) == before


@pytest.mark.parametrize("files", [{}, {"README.md": "no line's end"}, {"PRIVACY.md": "# Ours\n"}], ids=str)
def test_what_the_author_wrote_stays(tmp_path: Path, files: dict[str, str]) -> None:
    plugin = write_plugin(tmp_path)
    (tmp_path / "README.md").unlink()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    before = contents(tmp_path)
    changed = put_in(plugin)
    for name, text in files.items():
        assert (tmp_path / name).read_text().startswith(text)
    install.make(changed, install.remove(changed))
    assert contents(tmp_path) == before


def test_it_adds_at_most_three_lines_to_what_the_author_maintains(tmp_path: Path) -> None:
    plugin = write_plugin(tmp_path)
    before = plugin.text.splitlines()
    after = put_in(plugin).text.splitlines()
    assert len(set(after) - set(before)) == 2


def test_twice_is_an_error_and_changes_nothing(tmp_path: Path) -> None:
    plugin = put_in(write_plugin(tmp_path))
    before = contents(tmp_path)
    with pytest.raises(PluginError, match="already"):
        install.init(plugin, ENDPOINT)
    assert contents(tmp_path) == before
    assert install.update(plugin) == {}


def test_update_keeps_the_authors_settings_and_brings_the_rest(tmp_path: Path) -> None:
    plugin = put_in(write_plugin(tmp_path), opt_in="1")
    path = tmp_path / script.SCRIPT
    edited = (
        path.read_text().replace("off_if=()", "off_if=(MY_OFF MODE=off '~/.my/off')").replace("sleep 10", "sleep 99")
    )
    path.write_text(edited)
    install.make(plugin, install.update(plugin))
    text = path.read_text()
    assert "sleep 99" not in text
    assert script.settings_of(text)["off_if"] == ["MY_OFF", "MODE=off", "~/.my/off"]
    assert script.settings_of(text)["opt_in"] == "1"
    assert script.settings_of(text)["list"] == "1"
    assert "`MY_OFF`" in (tmp_path / "PRIVACY.md").read_text()


def test_a_longer_list_of_fields_asks_again_and_a_shorter_one_does_not(tmp_path: Path) -> None:
    plugin = put_in(write_plugin(tmp_path), opt_in="1", facts=[])
    path = tmp_path / script.SCRIPT
    for facts, number in (("(ids)", "2"), ("(ids install)", "3"), ("()", "3")):
        path.write_text(re.sub(r"(?m)^facts=\(.*?\)", f"facts={facts}", path.read_text()))
        install.make(plugin, install.update(plugin))
        assert script.settings_of(path.read_text())["list"] == number
        answer = script.settings_of((tmp_path / script.ANSWER).read_text())
        assert answer["list"] == number
        assert f"## List {number} of fields" in (tmp_path / "PRIVACY.md").read_text()


def test_update_finds_what_the_plugin_has_now(tmp_path: Path) -> None:
    """`check` is red until then, in the line that does not know it."""
    put_in(write_plugin(tmp_path), places=["skills", "commands", "of the author's own"])
    manifest = tmp_path / ".claude-plugin" / "plugin.json"
    manifest.write_text(manifest.read_text().replace('"license"', '"skills": "./late",\n  "license"'))
    (tmp_path / "late" / "later").mkdir(parents=True)
    (tmp_path / "late" / "later" / "SKILL.md").write_text("---\nname: sooner\ndescription: x\n---\n")
    lines = (tmp_path / script.SCRIPT).read_text().splitlines()
    found = {(finding.rule, lines[finding.line - 1].partition("=")[0]) for finding in rules.check(Plugin(tmp_path))}
    assert found == {("shipped", "places"), ("shipped", "names")}
    install.make(Plugin(tmp_path), install.update(Plugin(tmp_path)))
    settings = script.settings_of((tmp_path / script.SCRIPT).read_text())
    assert settings["places"] == ["skills", "commands", "of the author's own", "late"]
    assert settings["names"] == ["sooner"]
    assert rules.check(Plugin(tmp_path)) == []


@pytest.mark.parametrize(
    "endpoint",
    ["", "http://track.demo.dev", "track.demo.dev", "https://a b", "https://a'b", "file:///x", "https://x?y"],
)
def test_where_it_cannot_send_to_is_an_error(tmp_path: Path, endpoint: str) -> None:
    with pytest.raises(PluginError):
        install.init(write_plugin(tmp_path), endpoint)


def test_a_name_with_a_quote_is_no_setting(tmp_path: Path) -> None:
    plugin = write_plugin(tmp_path, "it's")
    with pytest.raises(ValueError, match="quote"):
        install.init(plugin, ENDPOINT)


def test_the_disclosure_says_every_field_and_choice(tmp_path: Path) -> None:
    put_in(write_plugin(tmp_path), off_if=["MY_OFF"], opt_in="1", on_if=["MY_ON"], facts=["ids", "arguments"])
    text = (tmp_path / "PRIVACY.md").read_text()
    for name, meaning, example in script.fields_of((tmp_path / script.SCRIPT).read_text()):
        assert f"| {name} | {meaning} | `{example}` |" in text
    for word in (ENDPOINT, "90 days", "MY_OFF", "MY_ON", "DO_NOT_TRACK", "TRACK_SKILLS_DEBUG", "arguments", "DELETE"):
        assert word in text
    section = (tmp_path / "README.md").read_text().partition(disclosure.BEGIN)[2]
    assert ENDPOINT in section
    assert "DO_NOT_TRACK" in section


def test_without_ids_nobody_is_told_to_have_one_deleted(tmp_path: Path) -> None:
    put_in(write_plugin(tmp_path), facts=[])
    text = (tmp_path / "PRIVACY.md").read_text()
    assert "anonymous_id" not in text
    assert "session_id" not in text
    assert "DELETE" not in text
    assert "Nobody has an\nid" in text
    assert rules.check(Plugin(tmp_path)) == []


def test_the_command_shows_makes_checks_and_undoes(command: Command) -> None:
    root = command.home / "a plugin"
    write_plugin(root)
    before = contents(root)
    shown = command("kit", "init", str(root), "--endpoint", ENDPOINT, "--print")
    assert shown.code == 0
    assert '+  "hooks": "./telemetry/hooks.json",' in shown.out
    assert contents(root) == before
    assert command("kit", "init", str(root)).code == 1
    made = command("kit", "init", str(root), "--endpoint", ENDPOINT, "--json")
    assert made.json["made"] is True
    assert command("kit", "check", str(root)).code == 0
    assert command("kit", "check", str(root), "--json").json["findings"] == []
    assert command("kit", "update", str(root)).out == "Nothing to change.\n"
    assert command("kit", "remove", str(root)).code == 0
    assert contents(root) == before
    assert "plugin.json" in command("kit", "check", str(command.home)).err


def test_what_the_guide_tells_authors_to_type_does_it(command: Command) -> None:
    """From a plugin without tracking to one that passes, by the guide's own lines and options."""
    guide = (ROOT / "docs" / "guides" / "author.md").read_text()
    root = command.home / "plugin"
    write_plugin(root)
    typed = [shlex.split(line)[1:] for line in re.findall(r"^ +(track-skills kit .*)$", guide, re.M)]
    assert [words[1] for words in typed] == ["init", "check"]
    for words in typed:
        assert command(*words, str(root)).code == 0
    options = set(re.findall(r"--[a-z-]+", " ".join(re.findall(r"`(--[^`]*)`", guide))))
    assert command("kit", "remove", str(root)).code == 0
    assert options <= set(re.findall(r"--[a-z-]+", command("kit", "--help").out))
    assert {"--opt-in", "--on-if", "--off-if", "--fact", "--no-ids"} <= options


def test_hooks_of_the_kit_are_the_plugins_alone(tmp_path: Path) -> None:
    put_in(write_plugin(tmp_path))
    hooks = json.loads((tmp_path / install.HOOKS).read_text())["hooks"]
    assert set(hooks) == {"PostToolUse", "PostToolUseFailure", "UserPromptExpansion"}
    for name, is_met in (
        ("Skill", True),
        ("mcp__plugin_demo_files_x__read", True),
        ("Bash", False),
        ("mcp__demo__x", False),
    ):
        assert bool(re.search(hooks["PostToolUse"][0]["matcher"], name)) == is_met
    assert rules.check(Plugin(tmp_path)) == []
