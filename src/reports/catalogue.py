"""What of all that is shipped is used, what never was or is no more, and what is used that nobody ships?"""

from typing import Any, NamedTuple

from counting.catalogue import Source
from counting.dimensions import TOOL, error_group_of, other, tool_key, tool_of
from counting.tally import Tally
from reading.failures import Failures
from reading.ledger import Ledger
from reports import reach, tools
from reports.parameters import Query, integer
from reports.report import Report
from reports.timeseries import edges_of
from terms import limits
from terms.dates import timestamp

NOT_FOUND = "not_found"  # the error_type of a call to what is not there
USED, NEVER, DEAD = "used", "never", "dead"
_LIMIT = integer("limit", limits.LIST_ROWS, limits.LIST_ROWS_MOST)
_FIRST = (NEVER, DEAD, USED)


class Found(NamedTuple):
    """What is known of the tools of a window, by counting.dimensions.tool_key.

    tallies: of those that were used. last: when the others were last used before it. missing: the calls that found
    nothing. sessions: how many there were.
    """

    tallies: dict[str, Tally]
    last: dict[str, int]
    missing: dict[str, Failures]
    sessions: int


async def ask(ledger: Ledger, query: Query) -> dict[str, Any]:
    """GET /analytics/catalogue."""
    window = query.window
    (tallies,) = await ledger.groups(TOOL, window)
    found = ledger.found
    shipped, sessions = await ledger.shipped(window)
    unused = {tool_key(*item[:2]) for source in shipped for item in source.items} - tallies.keys()
    last = await ledger.last_before(sorted(unused), window.start) if unused else {}
    groups, _ = await ledger.errors(window, edges_of(query), 0)
    ledger.found = found
    limit = query.values["limit"]
    reached = reach.shape(await ledger.loaded(window), tallies)
    return {**shape(shipped, Found(tallies, last, _missing(groups), sessions), limit), "reach": reached[:limit]}


def shape(shipped: list[Source], found: Found, limit: int) -> dict[str, Any]:
    """Each item with its state, what wants something done first; what is used and not shipped; and what was asked for
    and is not there, from as many people on as nobody is recognised among. Of each list at most `limit`.
    """
    items = [_item(source, *item, found) for source in shipped for item in source.items]
    items.sort(key=_order)
    known = {tool_key(row["tool_category"], row["tool_name"]) for row in items} | {other(TOOL)}
    strange = {key: tally for key, tally in found.tallies.items() if key not in known}
    missing = {key: failures for key, failures in found.missing.items() if key in strange}
    unlisted = {
        key: tally for key, tally in strange.items() if key not in missing or tally.invocations > _count(missing[key])
    }
    invented = [_used(key, _count(it), len(it.people), it.last) for key, it in missing.items()]
    shown = [row for row in invented if row["unique_users"] >= limits.PUBLIC_PEOPLE]
    states = [row["state"] for row in items]
    return {
        "items": items[:limit],
        "unlisted": [
            _used(key, tally.invocations, len(tally.people), tally.last or 0)
            for key, tally in tools.first(unlisted, limit).items()
        ],
        "invented": _most_used(shown)[:limit],
        "invented_hidden": len(invented) - len(shown),
        "sessions": found.sessions,
        "totals": {
            **{state: states.count(state) for state in (USED, NEVER, DEAD)},
            "unlisted": len(unlisted),
            "invented": len(shown),
        },
        "sources": [
            {
                "source": source.name,
                "version": source.version,
                "items": len(source.items),
                "pushed": timestamp(source.pushed),
            }
            for source in shipped
        ],
    }


def _item(source: Source, category: str, name: str, tokens: int | None, found: Found) -> dict[str, Any]:
    key = tool_key(category, name)
    tally = found.tallies.get(key)
    last = found.last.get(key) if tally is None else tally.last
    uses = 0 if tally is None else tally.invocations
    loaded = tokens * found.sessions if tokens is not None and found.sessions else None
    return {
        "tool_name": name,
        "tool_category": category,
        "source": source.name,
        "state": USED if tally is not None else DEAD if last is not None else NEVER,
        "invocations": uses,
        "unique_users": 0 if tally is None else len(tally.people),
        "last_used": None if last is None else timestamp(last),
        "description_tokens": tokens,
        "loaded_tokens": loaded,
        "loaded_tokens_per_use": None if loaded is None or not uses else round(loaded / uses),
    }


def _order(row: dict[str, Any]) -> tuple[Any, ...]:
    """Never used before gone quiet before used, and in each what costs most for the least use."""
    place = row["invocations"], -(row["description_tokens"] or 0), row["tool_name"], row["tool_category"], row["source"]
    return _FIRST.index(row["state"]), *place


def _used(key: str, invocations: int, people: int, last: int) -> dict[str, Any]:
    tool = tool_of(key)
    return {
        "tool_name": tool.name,
        "tool_category": tool.category,
        "invocations": invocations,
        "unique_users": people,
        "last_used": timestamp(last),
    }


def _most_used(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (-row["invocations"], row["tool_name"], row["tool_category"]))


def _missing(groups: dict[str, Failures]) -> dict[str, Failures]:
    """The calls that found nothing, by tool, of the failures by group."""
    named = {error_group_of(key): failures for key, failures in groups.items()}
    return {tool_key(it.category, it.tool): found for it, found in named.items() if it.error_type == NOT_FOUND}


def _count(failures: Failures) -> int:
    return sum(failures.by_slice.values())


REPORT = Report("catalogue", ask, days=30, own=(_LIMIT,))
