"""Who sent an event, as a keyed hash that nobody without the pepper can reverse."""

import hmac

_HASH_HEX_DIGITS = 32


def user_id_hash(
    pepper: bytes,
    *,
    anonymous_id: str | None,
    session_id: str | None,
    address: str,
    user_agent: str,
    day: int,
) -> str:
    """HMAC-SHA-256 under the pepper of the best identifier there is; its first 32 hex digits.

    anonymous_id before session_id before address + User-Agent + UTC day (days since 1970), which cannot follow anyone
    past midnight. Each kind is hashed under its own name, so that kinds never collide.
    """
    if anonymous_id is not None:
        return hashed(pepper, "anonymous_id", anonymous_id)[:_HASH_HEX_DIGITS]
    if session_id is not None:
        return hashed(pepper, "session_id", session_id)[:_HASH_HEX_DIGITS]
    return hashed(pepper, "request", address, user_agent, str(day))[:_HASH_HEX_DIGITS]


def event_hash(pepper: bytes, event_id: str, bits: int) -> int:
    """The idempotency key's hash: its first `bits` bits as an integer."""
    return int(hashed(pepper, "event_id", event_id), 16) >> (256 - bits)


def hashed(pepper: bytes, kind: str, *parts: str) -> str:
    """HMAC-SHA-256 of a kind and its parts, 64 hex digits. Each part goes in with its length: no two lists collide."""
    encoded = [part.encode("utf-8", "surrogatepass") for part in (kind, *parts)]
    message = b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
    return hmac.digest(pepper, message, "sha256").hex()
