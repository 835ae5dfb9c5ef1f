"""One tool by agent, version, trigger, system, source and runtime: its tallies by what its events say of all of these.

What an event says of them is its combination. Of a span is kept, for each tool, the one combination that all its events
have, as is most often so: then its tally is the tool's own. Else the tally of each. There is nothing of a tool whose
tally is older than its crossings: it is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from counting.dimensions import BREAKDOWNS
from counting.fact import Fact
from counting.tally import Places, Tally, TallyJson, one_as_json
from terms import limits
from terms.vocabulary import UNKNOWN

CROSS = "cross"
CROSSED = tuple(name for name in BREAKDOWNS if name != "category")

Crossing = str | dict[str, TallyJson]  # the only combination, or the tally of each
Crossings = dict[str, Crossing]  # by counting.dimensions.tool_key
Piece = tuple[dict[str, TallyJson], Crossings]  # of a span: the tallies of its tools, and its crossings
Delta = Mapping[str, tuple[Crossing, Tally]]  # by tool, with the tally of all its events

_BAR = "|"  # stands in no value
_ANY = "*"  # nor does this: it is one of all values, which are not told apart any more
_NOTHING = _BAR.join([_ANY] * len(CROSSED))
_FIRST_TO_GO = ("runtime", "source", "os", "agent", "trigger", "version")
_TALLY_CHARACTERS = 70  # of a tally without its people and counts


def combination(fact: Fact) -> str:
    """What a fact says of all that tools are crossed with."""
    _, _, _, _, _, _, _, trigger, agent, version, system, source, runtime, _ = fact
    return f"{agent}|{version or ''}|{trigger}|{system or ''}|{source}|{runtime or ''}"


def value_in(combined: str, dimension: str) -> str | None:
    """What a combination says of a dimension; None where it does not tell any more."""
    value = combined.split(_BAR)[CROSSED.index(dimension)]
    return None if value == _ANY else value or UNKNOWN


def cross(facts: Sequence[Fact], places: Sequence[Places]) -> Crossing:
    """The crossing of one tool's events. places: where each fact counts."""
    if len(facts) == 1:
        return combination(facts[0])
    found: dict[str, list[int]] = {}
    for number, fact in enumerate(facts):
        found.setdefault(combination(fact), []).append(number)
    if len(found) == 1:
        return next(iter(found))
    crossing: dict[str, TallyJson] = {}
    for combined, numbers in found.items():
        if len(numbers) == 1:
            crossing[combined] = one_as_json(facts[numbers[0]])
        else:
            tally = Tally()
            tally.add_all([facts[number] for number in numbers], [places[number] for number in numbers])
            crossing[combined] = tally.to_json()
    if len(crossing) <= limits.CROSSINGS:
        return crossing
    return _added_up({combined: [fields] for combined, fields in crossing.items()})


def merged(tools: Mapping[str, TallyJson], kept: Crossings, delta: Delta) -> Crossings:
    """Those of the kept crossings that a delta changes, as they are then. tools: the tallies of tools before it."""
    changed: Crossings = {}
    for tool, (crossing, whole) in delta.items():
        old = kept.get(tool)
        if old is None and tool not in tools:
            changed[tool] = crossing
        if old is None or tool not in tools or (isinstance(old, str) and old in (crossing, _NOTHING)):
            continue
        more = {crossing: whole.to_json()} if isinstance(crossing, str) else crossing
        changed[tool] = _both(parts_of(old, tools[tool]), more)
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
    widths = {tool: _width(crossing) for tool, crossing in crossings.items() if not isinstance(crossing, str)}
    width = sum(widths.values())
    if width <= limits.CROSS_CHARACTERS:
        return crossings
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
        new[combined] = _sum_of([some[combined], more[combined]])
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
    return {combined: several[0] if len(several) == 1 else _sum_of(several) for combined, several in parts.items()}


def _without(parts: Mapping[str, list[TallyJson]], places: set[int]) -> dict[str, list[TallyJson]]:
    """The same, with the values at some places counted together."""
    found: dict[str, list[TallyJson]] = {}
    for combined, several in parts.items():
        values = [_ANY if place in places else value for place, value in enumerate(combined.split(_BAR))]
        found.setdefault(_BAR.join(values), []).extend(several)
    return found


def _sum_of(several: list[TallyJson]) -> TallyJson:
    return Tally.from_json(*several).to_json()


def _width(crossing: dict[str, TallyJson]) -> int:
    """About how many characters it takes."""
    width = 0
    for combined, fields in crossing.items():
        counts, people = fields[0], fields[1]
        width += len(combined) + _TALLY_CHARACTERS
        width += len(counts) if isinstance(counts, str) else 3 * len(counts)
        width += len(people) if isinstance(people, str) else 6 * len(people)
    return width
