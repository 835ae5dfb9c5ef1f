"""The command's frame: verbs, usage, exit codes, output; and that recording never loads it."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from track_skills.cli import main, output

from tests.command.conftest import PACKAGES

sys.path.insert(0, str(Path(__file__).parents[1] / "clients"))
from collector import Collector

FRAME = ["track_skills.cli.main", "track_skills.cli.output"]
HEAVY = {"ssl", "http.client", "urllib.request", "asyncio", "email", "unittest", "multiprocessing", "xml"}
LOADED = """
import sys
from track_skills.cli.main import main
try:
    main()
except SystemExit:
    pass
print(*sys.modules, file=sys.stderr)
"""


def loaded(command, given, within):
    """The modules whose name begins so that the command has loaded; not those of the machine's own set-up."""
    program = [sys.executable, "-S", "-c", LOADED, *given]
    ran = subprocess.run(program, env=command.env, cwd=command.home, capture_output=True, text=True, check=True)
    names = ran.stderr.splitlines()[-1].split()
    return sorted(name for name in names if name.startswith(within))


def test_help_names_every_verb_and_what_it_does(command):
    said = command("--help")
    assert (said.code, said.err) == (0, "")
    for verb in main.VERBS:
        line = next(line for line in said.out.splitlines() if line.split()[:1] == [verb])
        assert line.split(maxsplit=1)[1] == main.help_of(verb)


@pytest.mark.parametrize("verb", main.VERBS)
def test_a_verb_explains_itself_and_has_json(command, verb):
    said = command(verb, "--help")
    assert said.code == 0
    assert main.help_of(verb) in said.out
    assert "--json" in said.out


def test_without_arguments_the_help_is_shown(command):
    assert command() == command("--help")


@pytest.mark.parametrize("given", ["stats", "--jsno", "re\x1bport", "😀", ""])
def test_an_unknown_verb_says_which_there_are(command, given):
    said = command(given)
    assert (said.code, said.out) == (2, "")
    assert "Traceback" not in said.err
    assert "usage: track-skills VERB" in said.err


def test_the_verbs_are_named_to_whoever_errs(command):
    assert all(verb in command("stats").err for verb in main.VERBS)


def test_an_unknown_option_says_which_there_are(command):
    said = command("off", "--jso")
    assert (said.code, said.out) == (2, "")
    assert "--jso (there are --help, --json)" in said.err
    assert not command.state.exists()


def test_options_may_stand_before_what_they_are_about(command):
    before, after = command("show", "--json", "my-skill"), command("show", "my-skill", "--json")
    assert before.code == after.code == 0
    assert before.json.keys() == after.json.keys()
    (command.home / "plugin").mkdir()
    assert "plugin.json is not there" in command("kit", "init", "--endpoint", "https://a.dev", "plugin").err


def test_off_and_on(command):
    command.env["TRACK_SKILLS_ENDPOINT"] = "http://127.0.0.1:9"
    assert command("off").code == 0
    assert (command.state / "off").exists()
    assert command("off", "--json").json == {"off": True, "file": str(command.state / "off")}
    assert command("on", "--json").json == {"on": True}
    assert not (command.state / "off").exists()


def test_on_where_something_else_keeps_it_off(command):
    command.env.update(TRACK_SKILLS_ENDPOINT="http://127.0.0.1:9", DO_NOT_TRACK="1")
    said = command("on")
    assert said.code == 1
    assert "something else" in said.out


def test_a_state_folder_that_cannot_be_written_is_named(command):
    (command.home / ".local").write_text("a file")
    said = command("off", "--json")
    assert said.code == 1
    assert str(command.state) in said.json["error"]
    assert said.err == f"track-skills: {said.json['error']}\n"


@pytest.mark.parametrize("verb", ["import", "off", "local"])
def test_a_folder_that_cannot_be_made_is_said_in_one_line(command, verb):
    command.env["TRACK_SKILLS_HOME"] = "/proc/track-skills"
    given = {"import": ["import", "e"], "off": ["off"], "local": ["local", "on"]}[verb]
    (command.home / "e").write_text('{"id": 1, "timestamp": 1795900000, "tool_name": "a", "status": "success"}')
    said = command(*given)
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert "/proc/track-skills" in said.err


def test_an_output_that_is_full_or_closed(command):
    with Path("/dev/full").open("w") as full:
        said = command("status", stdout=full)
    assert (said.code, said.err) == (1, "track-skills: No space left on device\n")
    for closing in (">&-", "2>&-", ">&- 2>&-"):
        line = ["sh", "-c", f'"$0" -m track_skills status {closing}', sys.executable]
        ran = subprocess.run(line, env=command.env, capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stderr) == (0, "")


def test_no_home_at_all(command):
    del command.env["HOME"]
    assert "no state folder" in command("off").err


def test_a_table_is_aligned_on_a_terminal_and_plain_elsewhere(monkeypatch, capsys):
    rows = [("a", 1), ("bcd\x1b[2J", None)]
    output.table(("name", "uses"), rows)
    assert capsys.readouterr().out == "name\tuses\na\t1\nbcd?[2J\t-\n"
    monkeypatch.setattr(output, "_is_terminal", lambda _: True)
    monkeypatch.setenv("NO_COLOR", "1")
    output.table(("name", "uses"), rows)
    assert capsys.readouterr().out == "name     uses\na           1\nbcd?[2J     -\n"


def test_colours_only_on_a_terminal_that_wants_them(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert output.colour("text", "red") == "text"
    leader, follower = pty.openpty()
    with os.fdopen(leader, "rb"), os.fdopen(follower, "w") as terminal:
        assert output.colour("text", "red", terminal) == "\033[31mtext\033[0m"
        monkeypatch.setenv("NO_COLOR", "1")
        assert output.colour("text", "red", terminal) == "text"


@pytest.mark.parametrize("given", [["--version"], ["--help"], ["stats"], []])
def test_the_frame_alone_loads_no_verb(command, given):
    assert loaded(command, given, "track_skills.cli") == ["track_skills.cli", *FRAME]


@pytest.mark.parametrize("verb", main.VERBS)
def test_a_verb_loads_what_it_needs(command, verb):
    """Only what goes to the network loads what that takes, and no verb loads one that it does not use."""
    verbs = {f"track_skills.cli.{module}" for module in main.VERBS.values()}
    others = verbs & set(loaded(command, [verb, "--help"], "track_skills.cli.")) - {
        f"track_skills.cli.{main.VERBS[verb]}"
    }
    assert others <= {"track_skills.cli.status"}, "which says why something is off"
    if verb not in ("doctor", "import"):
        assert HEAVY & set(loaded(command, [verb, "--help"], "")) == set()


@pytest.mark.parametrize("verb", main.VERBS)
def test_a_verb_says_what_its_json_is(verb):
    assert "--json" in main.verb_module(verb).__doc__ or verb == "export"


OBJECTS = ["status", "local", "local on", "send", "flush", "off", "on", "reset", "doctor", "tokens", "setup codex"]
OBJECTS += ["import export.ndjson", "kit check plugin", "catalogue push skills --dry-run"]


@pytest.mark.parametrize("given", OBJECTS)
def test_the_json_has_the_names_that_are_documented(command, given):
    (command.home / "export.ndjson").write_text(
        '{"id": 1, "timestamp": 1795900000, "tool_name": "a", "status": "success"}'
    )
    (command.home / "plugin" / ".claude-plugin").mkdir(parents=True)
    (command.home / "plugin" / ".claude-plugin" / "plugin.json").write_text('{"name": "p"}')
    (command.home / "skills" / "s").mkdir(parents=True)
    (command.home / "skills" / "s" / "SKILL.md").write_text("---\nname: s\ndescription: d\n---\n")
    with Collector() as collector:
        command.env["TRACK_SKILLS_ENDPOINT"] = collector.url
        said = command(*given.split(), "--json").json
    documented = set(re.findall(r"[a-z_]+", main.verb_module(given.split()[0]).__doc__.partition("--json")[2]))
    assert "error" not in said, said
    assert said.keys() <= documented


def test_what_a_verb_is_for_is_its_first_line():
    for verb in main.VERBS:
        assert main.help_of(verb) == main.verb_module(verb).__doc__.partition("\n")[0]


def test_recording_never_loads_the_command(tmp_path):
    program = "import sys, track_skills; track_skills.track('a'); print([m for m in sys.modules if '.cli' in m])"
    env = {"PYTHONPATH": str(PACKAGES), "HOME": str(tmp_path), "TRACK_SKILLS_DEBUG": "1"}
    ran = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
