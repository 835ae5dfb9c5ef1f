"""One tool by agent, version, trigger, system, source and runtime: its tallies by what its events say of all of these.

What an event says of them is its combination. Of a span is kept, for each tool, the one combination that all its events
have, as is most often so: then its tally is the tool's own. Else the tally of each. There is nothing of a tool whose
tally is older than its crossings: it is not known.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from counting.dimensions import BREAKDOWNS
from counting.fact import Fact
from counting.tally import Columns, TallyJson, sum_of
from terms import limits
from terms.vocabulary import UNKNOWN

CROSS = "cross"
CROSSED = tuple(name for name in BREAKDOWNS if name != "category")

Crossing = str | dict[str, TallyJson]  # the only combination, or the tally of each
Crossings = dict[str, Crossing]  # by counting.dimensions.tool_key
Piece = tuple[dict[str, TallyJson], Crossings]  # of a span: the tallies of its tools, and its crossings

_BAR = "|"  # stands in no value
_ANY = "*"  # nor does this: it is one of all values, which are not told apart any more
_NOTHING = _BAR.join([_ANY] * len(CROSSED))
_FIRST_TO_GO = ("runtime", "source", "os", "agent", "trigger", "version")


def combinations(facts: Iterable[Fact]) -> list[str]:
    """What each of some facts says of all that tools are crossed with."""
    return [
        f"{agent}|{version or ''}|{trigger}|{system or ''}|{source}|{runtime or ''}"
        for _, _, _, _, _, _, _, trigger, agent, version, system, source, runtime, _ in facts
    ]


def value_in(combined: str, dimension: str) -> str | None:
    """What a combination says of a dimension; None where it does not tell any more."""
    value = combined.split(_BAR)[CROSSED.index(dimension)]
    return None if value == _ANY else value or UNKNOWN


def cross(facts: Columns, combined: Sequence[str], numbers: Sequence[int]) -> Crossing:
    """The crossing of one tool's events. combined: the combination of each fact. numbers: of those that are its own."""
    if len(numbers) == 1:
        return combined[numbers[0]]
    found: dict[str, list[int]] = {}
    for number in numbers:
        found.setdefault(combined[number], []).append(number)
    if len(found) == 1:
        return next(iter(found))
    crossing = {it: facts.tally(some) for it, some in found.items()}
    if len(crossing) <= limits.CROSSINGS:
        return crossing
    return _added_up({it: [fields] for it, fields in crossing.items()})


def merged(tools: Mapping[str, TallyJson], kept: Crossings, delta: Piece) -> Crossings:
    """Those of the kept crossings that a delta changes, as they are then. tools: the tallies of tools before it."""
    changed: Crossings = {}
    wholes, crossings = delta
    for tool, crossing in crossings.items():
        old = kept.get(tool)
        if old is None and tool not in tools:
            changed[tool] = crossing
        if old is None or tool not in tools or (isinstance(old, str) and old in (crossing, _NOTHING)):
            continue
        changed[tool] = _both(parts_of(old, tools[tool]), parts_of(crossing, wholes[tool]))
    return changed


def add_up(pieces: Iterable[Piece]) -> Crossings:
    """The crossings of spans side by side."""
    found: dict[str, dict[str, list[TallyJson]]] = {}
    unknown: set[str] = set()
    for tools, crossings in pieces:
        for tool, whole in tools.items():
            crossing = crossings.get(tool)
            if crossing is None:
                unknown.add(tool)
                continue
            parts = found.setdefault(tool, {})
            for combined, fields in parts_of(crossing, whole).items():
                parts.setdefault(combined, []).append(fields)
    return bounded({tool: _added_up(parts) for tool, parts in found.items() if tool not in unknown})


def parts_of(crossing: Crossing, whole: TallyJson) -> dict[str, TallyJson]:
    """The tallies of a tool by combination. whole: the tool's own."""
    return {crossing: whole} if isinstance(crossing, str) else crossing


def bounded(crossings: Crossings) -> Crossings:
    """The same, but where they are too wide for a row, nothing is told apart of the widest tools."""
    width = _width(crossings)
    if width <= limits.CROSS_CHARACTERS:
        return crossings
    widths = {tool: _width(crossing) for tool, crossing in crossings.items() if not isinstance(crossing, str)}
    narrowed = dict(crossings)
    for tool in sorted(widths, key=lambda tool: (-widths[tool], tool)):
        # Less than there is room for, or each event would bound them anew.
        if width <= limits.CROSS_CHARACTERS * 3 // 4:
            break
        narrowed[tool] = _NOTHING
        width -= widths[tool]
    return narrowed


def size(crossings: Crossings) -> int:
    """How many combinations they have."""
    return sum(1 if isinstance(crossing, str) else len(crossing) for crossing in crossings.values())


def _both(some: dict[str, TallyJson], more: dict[str, TallyJson]) -> Crossing:
    """The sum of the parts of one tool."""
    new = some | more
    if len(new) > limits.CROSSINGS or _ANY in next(iter(some)):
        return _added_up({it: [parts[it] for parts in (some, more) if it in parts] for it in new})
    for combined in some.keys() & more.keys():
        new[combined] = sum_of([some[combined], more[combined]])
    return new if len(new) > 1 else next(iter(new))


def _added_up(parts: Mapping[str, list[TallyJson]]) -> Crossing:
    """The sums of one tool's parts. Where there are too many, some dimensions are not told apart any more."""
    if any(_ANY in combined for combined in parts):
        told = [combined.split(_BAR) for combined in parts]
        parts = _without(parts, {place for place in range(len(CROSSED)) if any(it[place] == _ANY for it in told)})
    for dimension in _FIRST_TO_GO:
        if len(parts) <= limits.CROSSINGS:
            break
        parts = _without(parts, {CROSSED.index(dimension)})
    if len(parts) == 1:
        return next(iter(parts))
    return {combined: sum_of(several) for combined, several in parts.items()}


def _without(parts: Mapping[str, list[TallyJson]], places: set[int]) -> dict[str, list[TallyJson]]:
    """The same, with the values at some places counted together."""
    found: dict[str, list[TallyJson]] = {}
    for combined, several in parts.items():
        values = [_ANY if place in places else value for place, value in enumerate(combined.split(_BAR))]
        found.setdefault(_BAR.join(values), []).extend(several)
    return found


def _width(kept: Crossings | dict[str, TallyJson]) -> int:
    """How many characters it takes, and some more."""
    return len(json.dumps(kept))
