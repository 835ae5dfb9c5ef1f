"""The deployment's variables and secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from intake.allowance import Allowance

DEFAULT_RETENTION_DAYS = 90


class Settings(NamedTuple):
    """Variables and secrets. pepper None: one is made and kept in the database. allowance: for strangers, who send
    without a key. ingest_only: names that are kept, all if there are none here. ingest_catalogue: whether those
    that are shipped are, and only those.
    """

    track_keys: tuple[str, ...]
    analytics_keys: tuple[str, ...]
    analytics_public: bool
    allowed_origins: tuple[str, ...]
    pepper: bytes | None
    retention_days: int
    allowance: Allowance
    ingest_only: frozenset[str]
    ingest_catalogue: bool
    public_stats: bool

    @classmethod
    def read(cls, variable: Callable[[str], str]) -> Settings:
        """Settings from a look-up of variables by name, "" where there is none."""
        track_keys = _several(variable("TRACK_API_KEY"))
        return cls(
            track_keys=track_keys,
            analytics_keys=_several(variable("ANALYTICS_API_KEY")),
            analytics_public=variable("ANALYTICS_PUBLIC") == "true",
            allowed_origins=_several(variable("ALLOWED_ORIGINS")),
            pepper=variable("HASH_PEPPER").encode() or None,
            retention_days=_count(variable("RETENTION_DAYS")) or DEFAULT_RETENTION_DAYS,
            allowance=Allowance()
            if track_keys
            else Allowance(
                daily_events=_count(variable("DAILY_EVENTS")),
                hourly_tools=_count(variable("HOURLY_NEW_TOOLS")),
                hourly_people=_count(variable("HOURLY_NEW_PEOPLE")),
            ),
            ingest_only=frozenset(_several(variable("INGEST_ONLY"))),
            ingest_catalogue=variable("INGEST_ONLY_CATALOGUE") == "true",
            public_stats=variable("PUBLIC_STATS") == "true",
        )


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _count(text: str) -> int | None:
    """A number from 1 on; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 and int(text) else None
