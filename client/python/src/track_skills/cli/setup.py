"""Set up an agent's hooks or plugin: the change is shown, made, and undone by --remove.

What stands in the settings stays as it is to the byte; what cannot be read is left alone. On a
terminal you are asked before anything is written. With --json nobody is asked: an object with agent,
written (whether anything was), changes (a list of path and change: make, change or remove) and advice.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from track_skills import endpoint, settings
from track_skills.cli import output
from track_skills.cli.setups import changes
from track_skills.cli.setups.agents import IDS, Agent, agent_of


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the agent and what is to be done."""
    parser.add_argument("agent", choices=IDS, metavar="AGENT", help=", ".join(IDS))
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--remove", action="store_true", help="undo it")
    what.add_argument("--print", action="store_true", dest="only_print", help="show the change and write nothing")


def run(options: argparse.Namespace) -> int:
    """Show the change, and make it."""
    home = os.environ.get("HOME")
    if not home or not os.path.isdir(home):
        raise output.CommandError("there is no home folder: HOME is not set")
    agent = agent_of(options.agent, os.environ)
    notes = changes.Notes(Path(home))
    plan = changes.plan_removal(agent, notes) if options.remove else changes.plan_setup(agent, notes)
    if not options.json:
        for line in _shown(plan):
            output.line(line)
    is_made = bool(plan.changes) and not options.only_print and (options.json or output.is_wanted())
    if is_made:
        changes.make(plan, agent, notes)
    if options.json:
        output.as_json(_as_data(agent, plan, is_made=is_made))
    else:
        output.line(_said(agent, plan, is_removal=options.remove, is_made=is_made, only_print=options.only_print))
    return 0 if is_made or options.only_print or not plan.changes else 1


def _shown(plan: changes.Plan) -> Iterator[str]:
    """Yield the lines that show a plan: settings as a unified diff, whole programs as one line each."""
    for path, before, after in plan.changes:
        if path.suffix != ".json":
            yield f"{_verb(before, after)} {path} ({len(after or before or b'')} bytes)"
            continue
        old, new = (_lines(content) for content in (before, after))
        names = (str(path) if before is not None else os.devnull, str(path) if after is not None else os.devnull)
        yield from output.difference(old, new, *names)


def _lines(content: bytes | None) -> list[str]:
    return (content or b"").decode(errors="replace").splitlines()


def _verb(before: bytes | None, after: bytes | None) -> str:
    return "remove" if after is None else "make" if before is None else "change"


def _said(agent: Agent, plan: changes.Plan, *, is_removal: bool, is_made: bool, only_print: bool) -> str:
    if not plan.changes:
        return f"{agent.title} is not set up." if is_removal else f"{agent.title} is set up already."
    if not is_made:
        return "This is what would be written." if only_print else "Nothing was written."
    if is_removal:
        return f"{agent.title} is as it was."
    where = "" if _goes_anywhere() else " Say in TRACK_SKILLS_ENDPOINT where events are sent to."
    return (
        f"{agent.title} is set up. {agent.advice}".rstrip() + f"{where} `track-skills doctor` looks whether all works."
    )


def _goes_anywhere() -> bool:
    home = settings.home(os.environ)
    return bool(endpoint.base_url(os.environ) or (home and settings.keeps_events(os.environ, home)))


def _as_data(agent: Agent, plan: changes.Plan, *, is_made: bool) -> dict[str, object]:
    return {
        "agent": agent.id,
        "written": is_made,
        "changes": [{"path": str(path), "change": _verb(before, after)} for path, before, after in plan.changes],
        "advice": agent.advice or None,
    }
