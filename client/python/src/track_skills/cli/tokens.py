"""Show what skills used up in past Claude Code sessions on this machine, from their transcripts.

Nothing is sent without --send, which sends each session's sums, never a text; sent again, a session
replaces itself. What follows a skill belongs to it until the next one begins.
With --json: an object with sessions and skills.
"""

from __future__ import annotations

import argparse
import glob
import json
import os
import time
from collections.abc import Callable

from track_skills import endpoint, posting, settings
from track_skills.cli import numbers, output, state, status
from track_skills.transcript import TOKENS, session_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NO_SKILL = "(no skill)"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the days and whether to send."""
    parser.add_argument("--days", type=numbers.positive, default=30, metavar="N", help="of so many days (default: 30)")
    parser.add_argument("--send", action="store_true", help="send each session's sums to the collector")


def run(options: argparse.Namespace) -> int:
    """Print the sums, and send them if that is asked for."""
    if options.send and (settings.why_off(os.environ, state.folder()) or not endpoint.base_url(os.environ)):
        raise output.CommandError(f"nothing can be sent: {status.why()[1]}")
    sessions = _sessions(options.days, settings.is_told if options.send else settings.is_name)
    rows = _by_skill(sessions)
    if options.json:
        output.as_json({"sessions": len(sessions), "skills": rows})
    elif not rows:
        output.line(f"No transcript of Claude Code has been written to in the last {options.days} days.")
    else:
        output.table(("skill", "sessions", *TOKENS), [list(row.values()) for row in rows])
    if not options.send:
        return 0
    sent = sum(_is_sent(session) for session in sessions)
    output.note(f"{sent} of {len(sessions)} sessions sent.")
    return 0 if sent == len(sessions) else 1


def _sessions(days: int, wanted: Callable[[str], bool]) -> list[dict[str, Any]]:
    """Return the sums of the sessions that were last written to in so many days, with the names that are wanted."""
    folder = os.environ.get("CLAUDE_CONFIG_DIR") or os.path.join(os.path.expanduser("~"), ".claude")
    paths = sorted(glob.glob(os.path.join(glob.escape(folder), "projects", "*", "*.jsonl")))
    since = time.time() - days * 86_400
    found = []
    with output.Progress("reading", len(paths)) as progress:
        for number, path in enumerate(paths):
            progress.at(number)
            try:
                session = session_of(path, wanted) if os.path.getmtime(path) >= since else None
            except OSError:
                continue
            if session:
                found.append(session)
    return found


def _by_skill(sessions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a row for each skill, most tokens first, and one for what belongs to none."""
    rows: dict[str, dict[str, Any]] = {}
    for session in sessions:
        rest = {token: session[token] - sum(skill[token] for skill in session["skills"]) for token in TOKENS}
        parts = [*session["skills"], {"tool_name": _NO_SKILL, **rest}]
        for part in parts:
            if any(part[token] for token in TOKENS):
                row = rows.setdefault(
                    part["tool_name"], {"skill": part["tool_name"], "sessions": 0, **dict.fromkeys(TOKENS, 0)}
                )
                row["sessions"] += 1
                for token in TOKENS:
                    row[token] += part[token]
    return sorted(rows.values(), key=lambda row: (-sum(row[token] for token in TOKENS), row["skill"]))


def _is_sent(session: dict[str, Any]) -> bool:
    said = dict(session)
    try:
        with open(os.path.join(state.folder(), "anonymous_id"), encoding="ascii") as file:
            said["anonymous_id"] = file.read(129).strip() or None
    except (OSError, ValueError):
        pass
    body = json.dumps(said, separators=(",", ":")).encode()
    return posting.ask("POST", "/api/session", body).verdict == "taken"
