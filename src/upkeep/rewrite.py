"""Stored rollups with some events merged in, or taken out: what the next commit puts in place."""

import json
from collections.abc import Iterable

from counting.kept import KeptRollup
from counting.rollup import Key, Rollup
from storage import rollups
from storage.database import Database
from storage.rollups import Rewrite
from terms import limits


async def merged(database: Database, deltas: dict[Key, Rollup], today: int) -> Rewrite:
    """The stored rollups with these merged in. today: the day (since 1970) that is not over yet."""
    hours = _hours(deltas.values())
    kept = await _find(database, deltas, today, hours)
    for key, delta in deltas.items():
        kept[key].merge(delta)
    return Rewrite(_chunks(kept, today), hours)


async def without(database: Database, deltas: dict[Key, Rollup], today: int, person: int) -> Rewrite:
    """The stored rollups with these events of one person, by number, taken out."""
    hours = _hours(deltas.values())
    kept = await _find(database, deltas, today, hours)
    for key, delta in deltas.items():
        kept[key].subtract(delta, person)
    return Rewrite(_chunks(kept, today), hours)


def _hours(deltas: Iterable[Rollup]) -> frozenset[int]:
    return frozenset(hour for delta in deltas for hour in delta.hours)


async def _find(database: Database, keys: Iterable[Key], today: int, hours: frozenset[int]) -> dict[Key, KeptRollup]:
    rows = await rollups.find(database, keys, today, hours)
    return {key: KeptRollup(rows.get(key)) for key in keys}


def _chunks(kept: dict[Key, KeptRollup], today: int) -> list[str]:
    """The rows as JSON arrays, none much wider than a parameter should be."""
    chunks: list[str] = []
    rows: list[str] = []
    size = 0
    for key, rollup in kept.items():
        row = json.dumps(rollup.to_row(key, whole=key.day < today))
        if rows and size + len(row) > limits.ROLLUP_CHUNK_CHARACTERS:
            chunks.append(f"[{','.join(rows)}]")
            rows, size = [], 0
        rows.append(row)
        size += len(row)
    return [*chunks, f"[{','.join(rows)}]"] if rows else chunks
