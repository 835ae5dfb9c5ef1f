"""`track-skills catalogue push`: what real repositories ship, rebuilt in small, and what a real server says."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.command.conftest import Command
from tests.command.serving import Site
from tests.database import ROOT

SERVER = ROOT / "tests" / "agents" / "mcp_server.py"


def skill(name: str, description: str = "Does it.", more: str = "") -> str:
    """A SKILL.md."""
    return f"---\nname: {name}\ndescription: {description}\n{more}---\n# {name}\nUse it.\n"


# github.com/anthropics/skills: several plugins in one folder, which the marketplace alone tells apart.
SHARED = {
    ".claude-plugin/marketplace.json": {
        "name": "anthropic-agent-skills",
        "metadata": {"description": "Example skills", "version": "1.0.0"},
        "plugins": [
            {
                "name": "document-skills",
                "source": "./",
                "strict": False,
                "skills": ["./skills/xlsx", "./skills/pdf"],
            },
            {"name": "example-skills", "source": "./", "strict": False, "skills": ["./skills/mcp-builder"]},
        ],
    },
    "skills/xlsx/SKILL.md": skill("xlsx", '"Use when: a table is wanted"'),
    "skills/pdf/SKILL.md": skill("pdf"),
    "skills/pdf/reference.md": "# Not a skill",
    "skills/mcp-builder/SKILL.md": skill("mcp-builder"),
    "template/SKILL.md": skill("template-skill"),
}
# github.com/anthropics/claude-plugins-official: a folder for each plugin, and plugins that are kept elsewhere.
OFFICIAL = {
    ".claude-plugin/marketplace.json": {
        "name": "claude-plugins-official",
        "plugins": [
            {"name": "commit-commands", "source": "./plugins/commit-commands", "category": "productivity"},
            {"name": "plugin-dev", "source": "./plugins/plugin-dev"},
            {"name": "context7", "source": "./external_plugins/context7"},
            {"name": "pyright-lsp", "source": "./plugins/pyright-lsp", "strict": False, "lspServers": {"pyright": {}}},
            {"name": "vercel", "source": {"source": "url", "url": "https://github.com/vercel/vercel-plugin.git"}},
        ],
    },
    "plugins/commit-commands/.claude-plugin/plugin.json": {"name": "commit-commands", "description": "Git"},
    "plugins/commit-commands/commands/commit.md": "---\nallowed-tools: Bash(git add:*)\ndescription: Commit\n---\n",
    "plugins/commit-commands/commands/clean_gone.md": "No frontmatter.",
    "plugins/plugin-dev/.claude-plugin/plugin.json": {"name": "plugin-dev", "version": "0.2.0"},
    "plugins/plugin-dev/skills/hook-development/SKILL.md": skill("Hook Development", more="version: 0.1.0\n"),
    "plugins/plugin-dev/skills/hook-development/examples/SKILL.md": skill("not-one"),
    "plugins/plugin-dev/commands/create/plugin.md": "---\ndescription: >\n  Create\n  a plugin\n---\n",
    "plugins/plugin-dev/agents/helper.md": "---\nname: helper\n---\n",
    "external_plugins/context7/.claude-plugin/plugin.json": {"name": "context7"},
    "external_plugins/context7/.mcp.json": {"context7": {"command": "npx"}},
    "plugins/pyright-lsp/README.md": "# A server of another kind",
}
# github.com/vercel-labs/agent-skills: skills alone, whose folders are called otherwise than they are.
ALONE = {
    "README.md": "# Agent Skills",
    "skills/react-best-practices/SKILL.md": skill(
        "vercel-react-best-practices", more='license: MIT\nmetadata:\n  author: vercel\n  version: "1.0.0"\n'
    ),
    "skills/react-best-practices/rules/async-parallel.md": "---\ntitle: Rule\n---\n",
    "skills/web-design-guidelines/SKILL.md": skill("web-design-guidelines", more='metadata:\n  version: "1.0.0"\n'),
    "node_modules/x/SKILL.md": skill("installed"),
}
# github.com/obra/superpowers: one plugin, whose repository is a marketplace too.
ONE = {
    ".claude-plugin/plugin.json": {"name": "superpowers", "version": "4.3.1", "skills": "./more"},
    "skills/brainstorming/SKILL.md": skill("brainstorming"),
    "more/debugging/SKILL.md": skill("debugging", more="disable-model-invocation: true\n"),
    "commands/write-plan.md": "---\ndescription: Write a plan\n---\n",
}


def repository(folder: Path, files: dict[str, Any]) -> Path:
    """A folder with these files."""
    for name, content in files.items():
        path = folder / "repository" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return folder / "repository"


@pytest.mark.parametrize(
    ("files", "source", "version", "tools", "notes"),
    [
        (
            SHARED,
            "anthropic-agent-skills",
            "1.0.0",
            ["document-skills:xlsx", "document-skills:pdf", "example-skills:mcp-builder"],
            [],
        ),
        (
            OFFICIAL,
            "claude-plugins-official",
            None,
            [
                "commit-commands:clean_gone",
                "commit-commands:commit",
                "plugin-dev:hook-development",
                "plugin-dev:create:plugin",
            ],
            ["context7: it has MCP servers", "vercel: it is kept elsewhere"],
        ),
        (ALONE, "repository", "1.0.0", ["vercel-react-best-practices", "web-design-guidelines"], []),
        (
            ONE,
            "superpowers",
            "4.3.1",
            ["superpowers:debugging", "superpowers:brainstorming", "superpowers:write-plan"],
            [],
        ),
    ],
    ids=["a marketplace in one folder", "a marketplace of folders", "skills alone", "one plugin"],
)
def test_what_a_repository_ships(
    command: Command, tmp_path: Path, files: Any, source: str, version: str, tools: list[str], notes: list[str]
) -> None:
    told = command("catalogue", "push", str(repository(tmp_path, files)), "--dry-run", "--json").json
    assert (told["source"], told["version"], told["pushed"]) == (source, version, False)
    assert [item["tool_name"] for item in told["items"]] == tools
    assert {item["tool_category"] for item in told["items"]} == {"skill"}
    assert [note.partition(";")[0] for note in told["notes"]] == notes


def test_names_are_those_that_claude_code_has(command: Command, tmp_path: Path) -> None:
    """A skill at the root by its own name, commands by the manifest's. tests/agents/kit/test_names.py asks it."""
    files = {
        ".claude-plugin/plugin.json": {"name": "odd", "commands": {"about": {"source": "./ABOUT.md"}}},
        "ABOUT.md": "---\ndescription: About it\n---\n",
        "SKILL.md": skill("rooty"),
    }
    told = command("catalogue", "push", str(repository(tmp_path, files)), "--dry-run", "--json").json
    assert [item["tool_name"] for item in told["items"]] == ["odd:rooty", "odd:about"]


def test_of_a_plugin_with_the_kit_what_the_kit_counts(command: Command) -> None:
    """Its own command is never counted, and its servers are a category each."""
    told = command("catalogue", "push", str(ROOT / "examples" / "hello-plugin"), "--dry-run", "--json").json
    assert {item["tool_name"] for item in told["items"]} == {
        f"hello-plugin:{name}" for name in ("hello", "goodbye", "team")
    }
    assert told["notes"] == ["hello-plugin: it has MCP servers; push each with --stdio and --category mcp:SERVER"]


def test_a_tokens_estimate_is_of_what_a_model_reads(command: Command, tmp_path: Path) -> None:
    files = {"a/SKILL.md": skill("a", "x" * 397), "b/SKILL.md": skill("b", more="disable-model-invocation: true\n")}
    told = command("catalogue", "push", str(repository(tmp_path, files)), "--dry-run", "--json").json
    assert {item["tool_name"]: item["description_tokens"] for item in told["items"]} == {"a": 100, "b": 0}


def test_it_is_pushed_with_the_key_and_again_in_its_place(command: Command, tmp_path: Path) -> None:
    path = repository(tmp_path, ONE)
    with Site(ANALYTICS_API_KEY="key") as site:
        command.env["TRACK_SKILLS_ENDPOINT"] = site.url
        refused = command("catalogue", "push", str(path))
        assert (refused.code, "TRACK_SKILLS_ANALYTICS_KEY" in refused.err) == (1, True)
        command.env["TRACK_SKILLS_ANALYTICS_KEY"] = "key"
        said = command("catalogue", "push", str(path), "--source", "me/mine", "--category", "own")
        assert said.code == 0, said.err
        assert said.out.splitlines()[1] == "superpowers:debugging\town\t0"
        assert said.err == "me/mine 4.3.1: 3 pushed.\n"
        (path / "commands" / "write-plan.md").unlink()
        assert command("catalogue", "push", str(path), "--source", "me/mine", "--json").json["pushed"] is True
        command.env["TRACK_SKILLS_ANALYTICS_KEY"] = ""
        assert command("catalogue", "push", str(path), "--dry-run").code == 0, "nobody is asked"
    assert [line for line in site.asked if "catalogue" in line] == [
        "PUT /api/catalogue/superpowers",
        *["PUT /api/catalogue/me%2Fmine"] * 2,
    ]


def test_a_server_is_asked_for_its_tools(command: Command) -> None:
    said = command("catalogue", "push", "--dry-run", "--json", "--stdio", sys.executable, str(SERVER))
    assert said.code == 0, said.err
    told = said.json
    assert told["items"]
    assert {item["tool_category"] for item in told["items"]} == {f"mcp:{told['source']}"}
    assert all(item["description_tokens"] > 0 for item in told["items"])


@pytest.mark.parametrize(
    "program",
    ["", "print('hello', flush=True)", 'import sys; print(\'{"jsonrpc": "2.0", "id": 1, "error": {}}\')'],
)
def test_what_is_no_server_is_said_to_be_none(command: Command, program: str) -> None:
    said = command("catalogue", "push", "--json", "--stdio", sys.executable, "-c", program)
    assert said.code == 1
    assert "MCP server" in said.json["error"]


def test_what_ships_nothing_is_an_error(command: Command, tmp_path: Path) -> None:
    for files in ({"README.md": "# Nothing"}, {".claude-plugin/plugin.json": {"name": "empty"}}):
        said = command("catalogue", "push", str(repository(tmp_path / str(len(files)), files)))
        assert said.code == 1, said.out
    broken = repository(tmp_path / "broken", {".claude-plugin/plugin.json": "{"})
    assert "cannot be read" in command("catalogue", "push", str(broken)).err
    assert command("catalogue", "push", str(tmp_path / "nowhere")).code == 1
