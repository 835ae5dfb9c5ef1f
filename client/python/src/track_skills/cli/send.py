"""Send one event that is marked as a test, now, and say what the collector answers.

Test events are left out of every report. With --json: an object with status (0: no answer), verdict and event.
"""

from __future__ import annotations

import argparse
import json
import os

from track_skills import endpoint, events, pace, posting, settings, spool
from track_skills.cli import output, state, status


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add nothing: there is nothing to choose."""


def run(options: argparse.Namespace) -> int:
    """Post the event from this process; nothing of it is written to the spool."""
    home = state.folder()
    if settings.why_off(os.environ, home) or not endpoint.base_url(os.environ):
        raise output.CommandError(f"nothing can be sent: {status.why()[1]}")
    variables = {**os.environ, "TRACK_SKILLS_TEST": "1"}
    line = events.line_of("track-skills-test", {"status": "success"}, spool.anonymous_id(home), variables)
    sent_at = events.iso_timestamp(pace.now_ms())
    answer = posting.post(f'{{"sent_at":"{sent_at}","events":[{line}]}}'.encode())
    if options.json:
        output.as_json({"status": answer.status, "verdict": answer.verdict, "event": json.loads(line)})
    elif answer.verdict == "taken":
        output.line(f"The collector at {endpoint.base_url(os.environ)} took the test event.")
    else:
        said = f"answered {answer.status}" if answer.status else "did not answer"
        output.line(
            f"The collector at {endpoint.base_url(os.environ)} {said}; `track-skills doctor` looks for the reason."
        )
    return 0 if answer.verdict == "taken" else 1
