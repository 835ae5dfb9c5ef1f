"""The deployment's variables and secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

DEFAULT_RETENTION_DAYS = 90


class Settings(NamedTuple):
    """Variables and secrets. pepper None: one is made and kept in the database."""

    track_keys: tuple[str, ...]
    analytics_keys: tuple[str, ...]
    analytics_public: bool
    allowed_origins: tuple[str, ...]
    pepper: bytes | None
    retention_days: int

    @classmethod
    def read(cls, variable: Callable[[str], str]) -> Settings:
        """Settings from a look-up of variables by name, "" where there is none."""
        days = variable("RETENTION_DAYS")
        return cls(
            track_keys=_several(variable("TRACK_API_KEY")),
            analytics_keys=_several(variable("ANALYTICS_API_KEY")),
            analytics_public=variable("ANALYTICS_PUBLIC") == "true",
            allowed_origins=_several(variable("ALLOWED_ORIGINS")),
            pepper=variable("HASH_PEPPER").encode() or None,
            retention_days=int(days) if days.isascii() and days.isdigit() and int(days) else DEFAULT_RETENTION_DAYS,
        )


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
