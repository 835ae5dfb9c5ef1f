"""Agents set up by the command `track-skills setup`."""

from __future__ import annotations

import sys

from tests.agents.host import Host
from tests.clients.processes import CLIENT


def set_up(host: Host, agent: str, *options: str) -> None:
    """Set an agent up in a host's home, or undo it."""
    host.run(sys.executable, "-m", "track_skills", "setup", agent, *options, PYTHONPATH=str(CLIENT / "python" / "src"))
