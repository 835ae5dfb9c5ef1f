"""What a session is: parsed, validated and normalised from whatever was sent."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from counting import sessions
from counting.dimensions import tool_key, tool_of
from counting.sessions import COST, FIGURES, KNOWN, TOKENS, TOOL, Counters, name
from intake.event import RULES, number, tool_name
from intake.moment import epoch_seconds
from terms import limits
from terms.dates import DAY, day_of
from terms.errors import InvalidError, RequestError
from terms.vocabulary import UNKNOWN

_DETAIL_COUNTS = ("user_messages", "assistant_messages", "subagents")
_DETAIL_LABELS = ("os", "runtime", "tool_version")
_CATEGORY = "skill"  # of what a session used, where it does not say


class Session(NamedTuple):
    """A session, valid and scrubbed. Its ids are as sent and leave this process only as keyed hashes.

    started: epoch seconds. ended: epoch seconds, 0 where it does not say. weight: the sum of its figures, which grow as
    a session goes on. counters: what it counts as (counting/sessions.py). details: what no report counts. tools: the
    keys of what it used, if all of it was on one UTC day. ignored: what was left out, and why.
    """

    session_id: str
    anonymous_id: str | None
    started: int
    ended: int
    weight: int
    counters: Counters
    details: dict[str, object]
    test: bool
    tools: tuple[str, ...] = ()
    ignored: tuple[InvalidError, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was done or used in it."""
        return not (self.weight or self.counters.get(COST))

    def naming(self, only: frozenset[str]) -> Session:
        """The same session with what it used of these names alone."""
        counters = {
            counter: value
            for counter, value in self.counters.items()
            if not counter.startswith(f"{TOOL}|") or counter.rpartition("|")[2] in only
        }
        details = dict(self.details)
        if isinstance(calls := details.get("calls"), dict):
            details["calls"] = {tool: count for tool, count in calls.items() if tool in only}
        tools = tuple(tool for tool in self.tools if tool_of(tool).name in only)
        return self._replace(counters=counters, details=details, tools=tools)


def parse_session(raw: object, now: float, *, ahead: float = 0) -> Session:
    """A session from one JSON value. now: epoch seconds. ahead: seconds that the sender's clock is ahead of ours.

    Raises InvalidError for what a session cannot be without: its id, and a start that can be counted. Another field
    that does not fit is left out, and the session says so.
    """
    if not isinstance(raw, dict):
        raise RequestError(400, "A session is a JSON object.")
    if raw.get("session_id") is None:
        raise InvalidError("session_id", "session_id is required.")
    session_id = RULES["session_id"]("session_id", raw["session_id"])
    fields = _Fields(raw)
    started, ended = (_moment(fields, field, now, ahead) for field in ("started_at", "ended_at"))
    duration = fields.read("duration_s", _seconds)
    if duration is None and started is not None and ended is not None and ended >= started:
        duration = ended - started
    if ended is None and started is not None and duration is not None:
        ended = started + duration
    if started is None:
        started = int(now) if ended is None else ended - (duration or 0)
    if started < now - limits.EVENT_DAYS * DAY:
        raise InvalidError("started_at", f"started_at must not be older than {limits.EVENT_DAYS} days.")
    figures = {field: fields.read(field, _figure) for field in FIGURES}
    details = _details(fields)
    counters = _counters(fields, figures, duration)
    skills = _skills(fields)
    counters |= {name(TOOL, figure, tool): value for tool, of in skills.items() for figure, value in of.items()}
    on_one_day = day_of(started) == day_of(int(now) if ended is None else ended)
    return Session(
        session_id=str(session_id),
        anonymous_id=fields.read("anonymous_id", RULES["anonymous_id"]),
        started=started,
        ended=ended or 0,
        weight=sum(value or 0 for value in (*figures.values(), *map(details.get, _DETAIL_COUNTS))),
        counters=counters,
        details=details,
        test=bool(fields.read("test", RULES["test"])),
        tools=tuple(skills)[: limits.VISIT_SESSION_TOOLS] if on_one_day else (),
        ignored=tuple(fields.ignored),
    )


def agent_counters(agent: str | None, exit_reason: str | None) -> Counters:
    """What every session counts as, whatever else is known of it."""
    return {
        sessions.SESSIONS: 1,
        name(sessions.AGENT, agent or UNKNOWN): 1,
        name(sessions.EXIT, exit_reason or UNKNOWN): 1,
    }


class _Fields:
    """The fields of a raw object, and what of them did not fit."""

    def __init__(self, raw: dict[str, Any], ignored: list[InvalidError] | None = None) -> None:
        self._raw = raw
        self.ignored: list[InvalidError] = [] if ignored is None else ignored

    def read(self, field: str, rule: Callable[[str, Any], Any]) -> Any:
        """A field by its rule; None where it is not given, or does not fit."""
        value = self._raw.get(field)
        if value is None:
            return None
        try:
            return rule(field, value)
        except InvalidError as error:
            self.ignored.append(error)
            return None


def _moment(fields: _Fields, field: str, now: float, ahead: float) -> int | None:
    def rule(field: str, value: object) -> int:
        time = epoch_seconds(value)
        if time is None or time < 0:
            raise InvalidError(field, f"{field} must be ISO-8601 or epoch milliseconds.")
        return int(min(time - ahead, now + limits.CLOCK_SKEW_SECONDS))

    moment: int | None = fields.read(field, rule)
    return moment


def _counters(fields: _Fields, figures: dict[str, int | None], duration: int | None) -> Counters:
    agent = fields.read("agent_id", RULES["agent_id"])
    cost = fields.read("cost_usd", _cost)
    counters = agent_counters(agent, fields.read("exit_reason", RULES["error_type"]))
    for figure, value in (*figures.items(), (COST, cost)):
        if value is not None:
            counters[name(KNOWN, figure)] = 1
            counters[figure] = value
    if cost is not None:
        counters[name(sessions.AGENT_COST, agent or UNKNOWN)] = cost
    if any(figures[figure] is not None for figure in TOKENS):
        counters[sessions.KNOWN_TOKENS] = 1
    if duration is not None:
        counters[sessions.seconds_name(duration)] = 1
    return {counter: value for counter, value in counters.items() if value}


def _skills(fields: _Fields) -> dict[str, Counters]:
    """What a session used up by tool, by counting.dimensions.tool_key. Of a name that does not fit, nothing is kept."""
    found: dict[str, Counters] = {}
    for raw in fields.read("skills", _list) or ():
        if not isinstance(raw, dict):
            fields.ignored.append(InvalidError("skills", "skills must be objects."))
            continue
        said = _Fields(raw, fields.ignored)
        tool = said.read("tool_name", lambda _, value: tool_name(value))
        if tool is None:
            continue
        category = said.read("tool_category", RULES["tool_category"]) or _CATEGORY
        values = {figure: said.read(figure, _figure) for figure in TOKENS} | {COST: said.read("cost_usd", _cost)}
        of_tool = found.setdefault(tool_key(category, tool), {})
        for figure, value in values.items():
            if value:
                of_tool[figure] = min(of_tool.get(figure, 0) + value, limits.SESSION_FIGURE)
    return found


def _details(fields: _Fields) -> dict[str, Any]:
    found = {field: fields.read(field, _figure) for field in _DETAIL_COUNTS}
    found |= {field: fields.read(field, RULES[field]) for field in _DETAIL_LABELS}
    found["models"] = fields.read("models", _models)
    found["calls"] = fields.read("calls", _calls)
    return {field: value for field, value in found.items() if value is not None}


def _figure(field: str, value: object) -> int:
    figure = number(value)
    if figure is None or figure != int(figure) or not 0 <= figure <= limits.SESSION_FIGURE:
        raise InvalidError(field, f"{field} must be an integer from 0 to {limits.SESSION_FIGURE}, or null.")
    return int(figure)


def _seconds(field: str, value: object) -> int:
    seconds = number(value)
    if seconds is None or not 0 <= seconds <= limits.SESSION_SECONDS:
        raise InvalidError(field, f"{field} must be a number from 0 to {limits.SESSION_SECONDS}, or null.")
    return math.floor(seconds + 0.5)


def _cost(field: str, value: object) -> int:
    dollars = number(value)
    if dollars is None or not 0 <= dollars <= limits.SESSION_DOLLARS:
        raise InvalidError(field, f"{field} must be a number from 0 to {limits.SESSION_DOLLARS}, or null.")
    return sessions.micro(dollars)


def _list(field: str, value: object) -> list[object]:
    if not isinstance(value, list) or len(value) > limits.SESSION_TOOLS:
        raise InvalidError(field, f"{field} must be an array of at most {limits.SESSION_TOOLS}.")
    return value


def _models(field: str, value: object) -> list[object]:
    if not isinstance(value, list) or len(value) > limits.SESSION_MODELS:
        raise InvalidError(field, f"{field} must be an array of at most {limits.SESSION_MODELS}.")
    return [RULES["agent_id"](field, model) for model in value]


def _calls(field: str, value: object) -> dict[str, int]:
    """How often each tool was called; of a name that does not fit, nothing is kept."""
    if not isinstance(value, dict) or len(value) > limits.SESSION_TOOLS:
        raise InvalidError(field, f"{field} must be an object of at most {limits.SESSION_TOOLS} numbers by tool.")
    kept: dict[str, int] = {}
    for tool, count in value.items():
        try:
            kept[tool_name(tool)] = _figure(field, count)
        except InvalidError:
            continue
    return kept
