"""Look at every step from the switch to the stored event, and say what is wrong and what to do.

One test event is sent, which no report shows. With TRACK_SKILLS_ANALYTICS_KEY in the environment
(one of the collector's ANALYTICS_API_KEY), it is read back too. Where tracking is off, nothing is
sent or asked. Exit code: 1 if anything is wrong. With --json: an object with ok and checks, a list
of objects with step, state (ok, note, wrong or skipped), said and remedy.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from track_skills import endpoint, settings
from track_skills.cli import output
from track_skills.cli.checks import agents, delivery, machine, variables, way
from track_skills.cli.checks.finding import NOTE, OK, SKIPPED, WRONG, Finding, note, skipped

_COLOURS = {OK: "green", NOTE: "yellow", WRONG: "red", SKIPPED: "dim"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the name that is to be tried."""
    parser.add_argument("skill", nargs="?", help="a name: say whether its uses are recorded")


def run(options: argparse.Namespace) -> int:
    """Look at each step in turn, and say what is found."""
    found = []
    for finding in _steps(options.skill):
        found.append(finding)
        if not options.json:
            _show(finding)
    wrong = sum(finding.state == WRONG for finding in found)
    if options.json:
        output.as_json({"ok": not wrong, "checks": [finding._asdict() for finding in found]})
    else:
        output.line(f"{wrong} wrong." if wrong else "All is well.")
    return 1 if wrong else 0


def _steps(skill: str | None) -> Iterator[Finding]:
    """Yield what is found, in the order in which an event goes its way."""
    project = Path.cwd()
    given, path = agents.settings_environ(os.environ)
    if given:
        # The clients that Claude Code starts have them; so has the doctor.
        os.environ.update(given)
        yield note("variables", f"{', '.join(given)}: as {path} says, for Claude Code alone")
    yield from variables.spelling(os.environ)
    home = settings.home(os.environ)
    yield from variables.switches(os.environ, home or "")
    is_local = home is not None and settings.keeps_events(os.environ, home)
    yield from variables.address(os.environ, is_local=is_local)
    yield from variables.names(os.environ, agents.installed_skills(os.environ, project), skill)
    url = endpoint.base_url(os.environ)
    reason = settings.why_off(os.environ, home) if home else None
    is_off = home is None or reason not in (None, "owner")
    # Off means no file and no request, by the doctor's hand either.
    if home and (is_off or not (url or is_local)):
        yield skipped("folder", "not tried: tracking is off")
    else:
        yield from machine.folder(os.environ)
    yield from machine.programs(os.environ)
    yield from agents.agents(os.environ, project)
    if url is None or is_off:
        yield skipped("collector", "not asked: there is none" if url is None else "not asked: tracking is off")
        return
    met = WRONG
    for finding in way.way(url):
        met = WRONG if finding.state == WRONG and finding.step != "clock" else OK
        yield finding
    if met != WRONG:
        yield from delivery.delivery(url, home)
    if home:
        yield from machine.waiting(home, url)


def _show(finding: Finding) -> None:
    state = output.colour(f"{finding.state:<7}", _COLOURS[finding.state])
    remedy = f" → {finding.remedy}" if finding.remedy else ""
    output.line(f"{state} {finding.step:<11} {output.cell(finding.said)}{output.cell(remedy)}")
