"""Writes the sums of a session's transcript to a file that is to be sent, or prints them: the hook's reader.

The hook carries this, and what it needs of its neighbours, at its own end: it has no package to import.
"""

from __future__ import annotations

import json
import os
import sys

from track_skills.settings import is_told, is_true
from track_skills.transcript import session_of


def main(path: str, session_id: str, anonymous_id: str, reason: str, target: str) -> None:
    """Write the session's sums, in whole or not at all; nothing where nothing happened in it.

    path: of the transcript, as it stands in JSON. target: the file to write to; empty: print them.
    """
    session = session_of(json.loads(f'"{path}"'), is_told)
    if session is None or not (session["turns"] or session["assistant_messages"]):
        return
    session.update(session_id=session_id, anonymous_id=anonymous_id or None, exit_reason=reason or None)
    session.update(os=sys.platform, test=is_true(os.environ.get("TRACK_SKILLS_TEST")) or None)
    text = json.dumps({name: value for name, value in session.items() if value is not None}, separators=(",", ":"))
    if not target:
        sys.stdout.write(f"{text}\n")
        return
    with open(f"{target}.new", "x", encoding="ascii") as file:
        file.write(f"{text}\n")
    os.replace(f"{target}.new", target)
