"""The way of an event: asked whether tracking is on, written to the spool, a sender started."""

from __future__ import annotations

import os
import sys

from track_skills import endpoint, events, senders, settings, spool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def track(name: str, /, **fields: Any) -> None:
    """Record that the tool `name` was used. Never raises, prints or waits for the network.

    Fields, all optional; one that does not fit is left out, an unknown one is ignored, and a name
    that does not fit records nothing: `status` (success, error, timeout, partial, skipped, denied
    or unknown; default unknown), `duration_ms` (0 to 86 400 000; leave it out if it was not
    measured), `tool_category`, `error_type`, `error_message` (recorded only with
    TRACK_SKILLS_ERROR_MESSAGES=1), `trigger` (user, model or nested), `tool_version`, `agent_id`,
    `session_id`, `event_id` (the same one sent twice is stored once), `request_size_bytes`,
    `response_size_bytes`.
    """
    try:
        environ = os.environ
        home = settings.active_home(environ)
        if home is None or not settings.is_name(name) or not settings.is_wanted(name, environ):
            return
        if settings.is_true(environ.get("TRACK_SKILLS_DEBUG")):
            shown_id = spool.read_anonymous_id(home) or events.uuid4()
            sys.stderr.write(events.line_of(name, fields, shown_id, environ) + "\n")
            return
        line = events.line_of(name, fields, spool.anonymous_id(home), environ)
        if endpoint.base_url(environ):
            spool.write(home, "spool", line)
            senders.start_soon(home)
        else:
            spool.write(home, "local", line)
            senders.tidy_soon(home)
    except Exception:
        return


def flush() -> None:
    """Start sending what waits in the spool, now and in a process of its own. Never raises, prints or waits for it."""
    try:
        home = settings.active_home(os.environ)
        if home is None or not endpoint.base_url(os.environ) or spool.is_empty(home):
            return
        if settings.is_true(os.environ.get("TRACK_SKILLS_DEBUG")):
            return
        senders.start_now(home)
    except Exception:
        return


def is_disabled() -> bool:
    """Return whether tracking is off: by the environment, the `off` file, for want of a home or of anywhere to go."""
    try:
        return settings.active_home(os.environ) is None
    except Exception:
        return True
