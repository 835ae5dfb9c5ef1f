"""Plugins in a marketplace on disk, installed in real agents as their users do."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from track_skills.kit import script

from tests.agents.host import Host, write_json
from tests.clients.processes import ROOT
from tools.plugin_archive import PLUGIN, pack

EXAMPLE = ROOT / "examples" / "hello-plugin"
# How each agent is asked to take a plugin from a marketplace that it knows.
INSTALL = {"claude-code": "install", "codex": "add", "copilot": "install"}


def write_archive(host: Host) -> Path:
    """Our own plugin, from its archive."""
    archive, folder = host.home / "plugin.zip", host.home / "market" / "track-skills"
    pack(PLUGIN, archive)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    return folder


def write_example(host: Host, endpoint: str, **settings: str) -> Path:
    """The example, sending to another address. settings: further ones of its script and of what answers people."""
    folder = host.home / "market" / "hello-plugin"
    shutil.copytree(EXAMPLE, folder)
    for name in (script.SCRIPT, script.ANSWER):
        path = folder / name
        text = path.read_text()
        path.write_text(script.with_settings(text, {**script.settings_of(text), "endpoint": endpoint, **settings}))
    return folder


def install(host: Host, agent: str, program: Path, *more: str) -> None:
    """Install every plugin of the host's marketplace. more: further words of the command."""
    folder = host.home / "market"
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    plugins = [{"name": name, "source": f"./{name}"} for name in names]
    listing = {"name": "market", "owner": {"name": "Somebody"}, "plugins": plugins}
    write_json(folder / ".claude-plugin" / "marketplace.json", listing)
    host.run(program, "plugin", "marketplace", "add", str(folder))
    for name in names:
        host.run(program, "plugin", INSTALL[agent], f"{name}@market", *more)
