"""Where events are posted to, and with which key, as the environment says. Rules: client/CONTRACT.md."""

from __future__ import annotations

from collections.abc import Mapping

_SPACE = " \t\r\n\v\f"
_NOT_IN_URL = frozenset(_SPACE + "\"'?#")
_LOCAL = ("localhost", "127.0.0.1", "[::1]")


def base_url(environ: Mapping[str, str]) -> str | None:
    """Return the collector's base URL, without a slash at its end; None if there is none."""
    value = _bare(environ.get("TRACK_SKILLS_ENDPOINT"))
    scheme, separator, rest = value.partition("://")
    if not separator:
        scheme, rest = ("http" if _host(value) in _LOCAL else "https"), value
    rest = rest.rstrip("/").removesuffix("/api/track").rstrip("/")
    fits = scheme in ("http", "https") and _host(rest) and _NOT_IN_URL.isdisjoint(rest)
    return f"{scheme}://{rest}" if fits else None


def api_key(environ: Mapping[str, str]) -> str | None:
    """Return the Bearer token, printable ASCII; None if there is none."""
    return _key(environ, "TRACK_SKILLS_API_KEY")


def analytics_key(environ: Mapping[str, str]) -> str | None:
    """Return the key of whoever reads the collector, likewise."""
    return _key(environ, "TRACK_SKILLS_ANALYTICS_KEY")


def _key(environ: Mapping[str, str], name: str) -> str | None:
    value = _bare(environ.get(name))
    return value if value and all(" " <= character <= "~" for character in value) else None


def _bare(value: str | None) -> str:
    value = (value or "").strip(_SPACE)
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _host(rest: str) -> str:
    authority = rest.partition("/")[0]
    return authority.partition("]")[0] + "]" if authority.startswith("[") else authority.partition(":")[0]
