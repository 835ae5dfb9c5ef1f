"""Who sent an event, as a keyed hash that nobody without the pepper can reverse."""

from __future__ import annotations

import hashlib
import hmac

_HASH_HEX_DIGITS = 32
_IPV6_GROUPS = 8


def of_anonymous_id(pepper: bytes, anonymous_id: str) -> str:
    """The user_id_hash of whoever gave an anonymous_id: HMAC-SHA-256 under the pepper, its first 32 hex digits.

    Each kind of identifier is hashed under its own name, so that kinds never collide.
    """
    return hashed(pepper, "anonymous_id", anonymous_id)[:_HASH_HEX_DIGITS]


def of_session_id(pepper: bytes, session_id: str) -> str:
    """The user_id_hash of whoever gave a session_id alone."""
    return hashed(pepper, "session_id", session_id)[:_HASH_HEX_DIGITS]


def of_request(pepper: bytes, salt: bytes, address: str, user_agent: str) -> str:
    """The user_id_hash of whoever gave no id. salt: of the UTC day, so that it follows nobody past midnight, and tells
    nobody an address once the salt is gone.
    """
    return hashed(pepper + salt, "request", address, user_agent)[:_HASH_HEX_DIGITS]


def of_sender(pepper: bytes, salt: bytes, address: str) -> str:
    """What stands for where a request comes from, for limits alone: nobody's user_id_hash. salt: as of of_request.

    Of an IPv6 address it is the network, its first 64 bits: whoever has one of its addresses has all of them.
    """
    return hashed(pepper + salt, "sender", _network(address))


def mark(user_id_hash: str) -> str:
    """What stands for a person in an erasure: it tells whether an event is theirs, and is stored with none."""
    return hashlib.sha256(f"erased {user_id_hash}".encode()).hexdigest()[:_HASH_HEX_DIGITS]


def event_hash(pepper: bytes, event_id: str, bits: int) -> int:
    """The idempotency key's hash: its first `bits` bits as an integer."""
    framed = _EVENT_ID + _framed(event_id.encode("utf-8", "surrogatepass"))  # no list: it is made for each event
    return _bits(hmac.digest(pepper, framed, "sha256"), bits)


def session_hash(pepper: bytes, session_id: str, bits: int) -> int:
    """The hash that a session is found by: its first `bits` bits as an integer. It is nobody's user_id_hash."""
    return _bits(_digest(pepper, ("session", session_id)), bits)


def session_number(pepper: bytes, user_id_hash: str, day: int, session_id: str) -> int:
    """Which of a person's sessions of a UTC day (since 1970) one is: a byte, alike for 1 in 256 sessions. It is another
    for another person and on another day, and too short for telling whether a session_id is the one.
    """
    return _digest(pepper, ("session of a day", user_id_hash, str(day), session_id))[0]


def hashed(pepper: bytes, kind: str, *parts: str) -> str:
    """HMAC-SHA-256 of a kind and its parts, 64 hex digits. Each part goes in with its length: no two lists collide."""
    return _digest(pepper, (kind, *parts)).hex()


def _network(address: str) -> str:
    if ":" not in address or "." in address:
        return address
    before, _, after = (part.split(":") if part else [] for part in address.lower().partition("::"))
    groups = [*before, *["0"] * (_IPV6_GROUPS - len(before) - len(after)), *after]
    return ":".join([group.lstrip("0") for group in groups[: _IPV6_GROUPS // 2]]) + "::"


def _digest(pepper: bytes, parts: tuple[str, ...]) -> bytes:
    return hmac.digest(pepper, b"".join([_framed(part.encode("utf-8", "surrogatepass")) for part in parts]), "sha256")


def _framed(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big") + part


def _bits(digest: bytes, bits: int) -> int:
    return int.from_bytes(digest, "big") >> (256 - bits)


_EVENT_ID = _framed(b"event_id")
