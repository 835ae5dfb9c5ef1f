"""What the records of API requests say that a session used: one record at a time, each of which may come again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from counting import sessions
from counting.sessions import COST, TOKENS, TOOL, Counters, name
from intake.event import RULES, tool_name
from terms import limits
from terms.errors import InvalidError
from terms.vocabulary import UNKNOWN


class Usage(NamedTuple):
    """What one API request used. Its ids are as sent.

    time: epoch seconds. record_id: the same whenever the record is sent again. tool_name: the skill that it names,
    None where it names none. Tokens and cost_usd: None where they are unknown.
    """

    session_id: str
    anonymous_id: str | None
    time: int
    record_id: str
    agent_id: str = UNKNOWN
    tool_name: str | None = None
    tool_category: str = "skill"
    input_tokens: float | None = None
    output_tokens: float | None = None
    cache_creation_tokens: float | None = None
    cache_read_tokens: float | None = None
    cost_usd: float | None = None
    test: bool = False

    def naming(self, only: frozenset[str]) -> Usage:
        """The same record, with its tool if that is one of these names."""
        return self if self.tool_name in only else self._replace(tool_name=None)


def agent_of(usage: Usage) -> str:
    """The agent as it may be stored."""
    try:
        return str(RULES["agent_id"]("agent_id", usage.agent_id))
    except InvalidError:
        return UNKNOWN


def counters_of(usage: Usage) -> tuple[Counters, Counters]:
    """What a record counts as: tokens, and costs. A figure that cannot be is left out."""
    found = {figure: getattr(usage, figure) for figure in TOKENS}
    tokens = {figure: int(value) for figure, value in found.items() if value and 0 < value <= limits.SESSION_FIGURE}
    tool = _tool_of(usage)
    if tool is not None:
        tokens |= {name(TOOL, figure, *tool): value for figure, value in tokens.items()}
    dollars = usage.cost_usd
    cost = sessions.micro(dollars) if dollars and 0 < dollars <= limits.SESSION_DOLLARS else 0
    if not cost:
        return tokens, {}
    costs = {COST: cost, name(sessions.AGENT_COST, agent_of(usage)): cost}
    return tokens, costs | ({} if tool is None else {name(TOOL, COST, *tool): cost})


def added_up(counters: Iterable[Counters]) -> Counters:
    """The sums of counters, name by name."""
    sums: Counters = {}
    for one in counters:
        for counter, value in one.items():
            sums[counter] = sums.get(counter, 0) + value
    return sums


def _tool_of(usage: Usage) -> tuple[str, str] | None:
    """The category and the name of the tool that a record names; None where it names none that may be."""
    if usage.tool_name is None:
        return None
    try:
        return str(RULES["tool_category"]("tool_category", usage.tool_category)), tool_name(usage.tool_name)
    except InvalidError:
        return None
