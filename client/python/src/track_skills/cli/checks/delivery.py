"""One test event, sent as the client sends its own, and looked for among those that the collector has stored."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from http.client import HTTPException

from track_skills import endpoint, events, pace, posting, spool
from track_skills.cli.checks import way
from track_skills.cli.checks.finding import Finding, note, ok, wrong

NAME = "track-skills-doctor"
ANALYTICS_KEY = "TRACK_SKILLS_ANALYTICS_KEY"
_ADDRESS = "Mend TRACK_SKILLS_ENDPOINT: only the collector's address stands there."
_REFUSALS = {
    0: ("no answer to a test event in time", "Try again; events wait meanwhile."),
    429: ("the collector takes no more for now (429)", "Wait; events wait meanwhile. Its limits are its owner's."),
    503: (
        "the collector's database refuses the event (503)",
        "Wait and try again: events wait meanwhile. `npx wrangler tail` says why.",
    ),
}


def delivery(url: str, home: str | None) -> Iterator[Finding]:
    """Yield whether the collector takes an event that is marked `test`, and whether it is stored then."""
    run = os.urandom(6).hex()
    answer = posting.post(_body(run, home))
    problem = _refusal(answer)
    if problem:
        yield problem
        return
    yield ok("key", "accepted" if endpoint.api_key(os.environ) else "none is needed")
    yield ok("event", f"a test event was taken ({answer.status})")
    yield _stored(url, run)


def _body(run: str, home: str | None) -> bytes:
    """Return a request with one event, which no report shows. home: the state folder, whose id it carries."""
    environ = {**os.environ, "TRACK_SKILLS_TEST": "1"}
    fields = {"event_id": f"doctor-{run}", "status": "success", "tool_category": "doctor"}
    event = json.loads(events.line_of(NAME, fields, spool.read_anonymous_id(home) if home else None, environ))
    sent = {"sent_at": events.iso_timestamp(pace.now_ms()), "events": [{**event, "metadata": {"run": run}}]}
    return json.dumps(sent).encode()


def _refusal(answer: posting.Answer) -> Finding | None:
    """Return why the event was not taken, None if it was."""
    status, verdict = answer[:2]
    if verdict == "taken":
        return None
    if status == 401:
        said = "the collector refuses this key" if endpoint.api_key(os.environ) else "the collector wants a key"
        return wrong("key", f"{said} (401)", "Set TRACK_SKILLS_API_KEY to one of its TRACK_API_KEY.")
    said, remedy = _REFUSALS.get(status, (f"what answers at /api/track ({status}) is no collector", _ADDRESS))
    if verdict == "refused":
        said, remedy = f"the collector finds the event wrong ({status})", "Bring this package and it to one version."
    return wrong("event", said, remedy)


def _stored(url: str, run: str) -> Finding:
    key = endpoint.analytics_key(os.environ)
    try:
        reply = way.lines(
            f"{url}/analytics/export?days=1&format=ndjson&include_test=1&tool={NAME}", {"x-api-key": key} if key else {}
        )
    except (OSError, HTTPException, ValueError) as error:
        return note("stored", f"not looked for: {error}", "Run it again.")
    if reply.status == 401 and key:
        return wrong(
            "stored", f"{ANALYTICS_KEY} is refused (401)", "Set it to one of the collector's ANALYTICS_API_KEY."
        )
    if reply.status == 401:
        return note(
            "stored", "that it was taken is all that can be seen", f"{ANALYTICS_KEY} lets the doctor read it back."
        )
    if any(run in str(event.get("metadata")) and event.get("test") for event in reply.body):
        return ok("stored", "the test event was read back, marked as a test")
    return wrong(
        "stored",
        "the event was taken, and is not there",
        "Look whether TRACK_SKILLS_ENDPOINT is the collector whose key this is.",
    )
