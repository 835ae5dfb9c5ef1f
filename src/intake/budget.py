"""What strangers may use of an open collector: so many events a day and an hour, and so many new tools and people.

An isolate notes what it took in for all others to see when that is worth a row; what it begins with is chance, so that
those that are short-lived count in the average too.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence

from intake.allowance import Allowance
from storage import budget
from storage.budget import KnownTool, Note, Taken
from storage.database import Database
from storage.events import NewEvent
from terms import limits
from terms.dates import DAY, HOUR
from terms.errors import RequestError


class Budget:
    """One database's budget, as far as this isolate knows it."""

    def __init__(self, database: Database, allowance: Allowance) -> None:
        self._database = database
        self._allowance = allowance
        self.is_limited = allowance != Allowance()  # whether there is any limit to what is taken in
        self._known: dict[KnownTool, None] = {}
        self._spent = int.from_bytes(os.urandom(2), "big") % limits.BUDGET_EVENTS
        self._full_until = 0
        self._hour = 0
        self._by_sender: dict[str, int] = {}  # what each sent this isolate in the hour

    async def spend(self, events: int, now: float, sender: str = "") -> None:
        """Take in so many events, or what costs as much. now: epoch seconds. sender: what stands for an address.

        Raises RequestError (429) where the hour's, the day's, or the sender's part of an hour's are used up.
        """
        note = self.charge(events, now, sender)
        if note is not None:
            await self.take(note, now)
            if self._full_until > now:
                raise _too_many(self._full_until, now)

    def charge(self, events: int, now: float, sender: str = "") -> Note | None:
        """Spend events as spend does, where whoever stores them notes it in the same round trip: the Note, where it is
        time for one, whose Taken `noted` is to be told. What crosses a limit is the last that is taken in.
        """
        daily = self._allowance.daily_events
        if daily is None:
            return None
        if now < self._full_until:
            raise _too_many(self._full_until, now)
        share = daily // limits.BUDGET_HOURS
        if sender and self._sent_by(sender, events, int(now) // HOUR) > max(1, share // limits.BUDGET_SENDERS):
            raise _too_many((int(now) // HOUR + 1) * HOUR, now)
        self._spent += events
        if self._spent < limits.BUDGET_EVENTS:
            return None
        note, self._spent = Note(int(now) // HOUR, self._spent), 0
        return note

    async def take(self, note: Note, now: float) -> None:
        """Note what was taken in."""
        self.noted(await budget.take(self._database, note), now)

    def noted(self, taken: Taken, now: float) -> None:
        """Refuse what comes from now on where an hour has taken in all that it may."""
        daily = self._allowance.daily_events
        if daily is None:
            return
        if taken.day_events > daily:
            self._full_until = (int(now) // DAY + 1) * DAY
        elif taken.events > daily // limits.BUDGET_HOURS:
            self._full_until = (int(now) // HOUR + 1) * HOUR

    async def admit(self, events: Sequence[NewEvent], known_people: Collection[str], now: float) -> Sequence[NewEvent]:
        """Those of some events whose tool and person are known, or new and allowed. known_people: user_id_hashes."""
        if self._allowance.hourly_tools is None and self._allowance.hourly_people is None:
            return events
        # In the order in which they come, each once; most are known.
        tools = [tool for tool in dict.fromkeys([_tool(event) for event in events]) if tool not in self._known]
        people = [it for it in dict.fromkeys([event.user_id_hash for event in events]) if it not in known_people]
        if not tools and not people:
            return events
        hour = int(now) // HOUR
        found = await budget.unknown(self._database, hour, tools, people)
        new_tools = found.tools[: _left(self._allowance.hourly_tools, found.tools_taken)]
        no_tools = {*found.tools} - {*new_tools}
        # Whoever comes with a tool that is refused leaves no trace.
        arriving = {event.user_id_hash for event in events if _tool(event) not in no_tools}
        new_people = [it for it in found.people if it in arriving]
        no_people = {*new_people} - {*new_people[: _left(self._allowance.hourly_people, found.people_taken)]}
        if new_tools or new_people:
            await budget.take(self._database, Note(hour, 0, new_tools, len(new_people) - len(no_people)))
        self._remember([tool for tool in tools if tool not in no_tools])
        return [it for it in events if _tool(it) not in no_tools and it.user_id_hash not in no_people]

    def refuse(self, now: float) -> RequestError:
        """What whoever brings more new tools or people than an hour may have is answered."""
        return _too_many((int(now) // HOUR + 1) * HOUR, now)

    def _sent_by(self, sender: str, events: int, hour: int) -> int:
        if hour != self._hour or len(self._by_sender) >= limits.SENDERS_REMEMBERED:
            self._hour, self._by_sender = hour, {}
        self._by_sender[sender] = self._by_sender.get(sender, 0) + events
        return self._by_sender[sender]

    def _remember(self, tools: Sequence[KnownTool]) -> None:
        self._known |= dict.fromkeys(tools)
        while len(self._known) > limits.TOOLS_REMEMBERED:
            del self._known[next(iter(self._known))]


def cost(event_times: Sequence[int], now: float) -> int:
    """What events at some times cost, in events of today: one of an earlier day changes that day's sums as well."""
    late = sum([time <= now - DAY for time in event_times])
    return len(event_times) + late * (limits.LATE_EVENT_COST - 1)


def _left(allowed: int | None, taken: int) -> int | None:
    return None if allowed is None else max(0, allowed - taken)


def _tool(event: NewEvent) -> KnownTool:
    return event.fields["tool_category"], event.fields["tool_name"]


def _too_many(until: int, now: float) -> RequestError:
    seconds = max(1, until - int(now))
    return RequestError(
        429,
        "This collector is open to everyone and has taken in what it may for now. Keep the events and try again.",
        headers={"Retry-After": str(seconds)},
    )
