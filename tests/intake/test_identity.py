"""Who sent an event."""

from __future__ import annotations

from itertools import combinations

import pytest

from intake.identity import (
    event_hash,
    hashed,
    mark,
    of_anonymous_id,
    of_request,
    of_sender,
    of_session_id,
    session_number,
)


def test_kinds_never_collide() -> None:
    hashes = [
        of_anonymous_id(b"pepper", "x"),
        of_session_id(b"pepper", "x"),
        of_request(b"pepper", b"", "x", ""),
        of_request(b"pepper", b"salt", "a", "b"),
        of_request(b"pepper", b"salt", "ab", ""),
        of_request(b"pepper", b"other", "a", "b"),
        of_request(b"pepper", b"salt", "x", ""),
        of_anonymous_id(b"pepper", "x\x00"),
    ]
    assert all(a != b for a, b in combinations(hashes, 2))
    assert all(len(value) == 32 and int(value, 16) >= 0 for value in hashes)


def test_a_sender_is_an_address_and_of_ipv6_a_network() -> None:
    """Whoever has one address of 64 bits has all of them."""

    def of(address: str) -> str:
        return of_sender(b"pepper", b"salt", address)

    same = ["2001:db8:1:2::1", "2001:DB8:1:2:3:4:5:6", "2001:0db8:0001:0002::", "2001:db8:1:2:ffff::9"]
    assert len({of(address) for address in same}) == 1
    others = ["2001:db8:1:3::1", "2001:db8:1::2", "2001:db8::1", "::1:2:3:4:5:6:7", "1::2:3:4:5:6:7", "::1", "1::", ""]
    addresses = ["203.0.113.7", "203.0.113.8", "::ffff:203.0.113.7", "::ffff:203.0.113.8"]
    assert len({of(address) for address in [same[0], *others, *addresses]}) == 13
    assert of("::1:2:3:4:5:6:7") == of("0:1:2:3:9:9:9:9")
    assert of("1::2:3:4:5:6:7") == of("1:0:2:3::")
    assert of_sender(b"pepper", b"salt", "x") != of_sender(b"pepper", b"other", "x") != of_sender(b"p", b"other", "x")
    assert of("x") not in of_request(b"pepper", b"salt", "x", "")


def test_the_pepper_decides() -> None:
    assert hashed(b"one", "a", "b") != hashed(b"two", "a", "b")
    for of in (of_anonymous_id, of_session_id):
        assert of(b"one", "x") == of(b"one", "x") != of(b"two", "x")
    assert of_request(b"one", b"salt", "a", "b") != of_request(b"two", b"salt", "a", "b")


def test_parts_are_told_apart() -> None:
    assert hashed(b"p", "a", "b", "c") != hashed(b"p", "a", "bc", "")
    assert hashed(b"p", "\ud800", "é")


def test_event_hashes_fit() -> None:
    assert all(0 <= event_hash(b"p", str(n), 40) < 2**40 for n in range(100))


@pytest.mark.parametrize("bits", [1, 40, 256])
def test_an_event_hash_is_the_first_bits(bits: int) -> None:
    whole = int(hashed(b"p", "event_id", "x"), 16)
    assert event_hash(b"p", "x", bits) == int(f"{whole:0256b}"[:bits], 2)


def test_a_mark_is_not_the_hash_and_tells_people_apart() -> None:
    """It is kept where somebody was erased, and nothing else that is stored may be found by it."""
    one, other = of_anonymous_id(b"p", "one"), of_anonymous_id(b"p", "other")
    assert mark(one) == mark(one)
    assert len({one, other, mark(one), mark(other), mark(mark(one))}) == 5
    assert len(mark(one)) == 32
    assert one not in mark(one)


def test_a_session_has_a_byte_that_follows_nobody() -> None:
    """Not from day to day, nor to another person: each time 255 of 256 are another."""
    sessions = [f"session {number}" for number in range(2000)]
    one = [session_number(b"p", "a person", 20_000, session) for session in sessions]
    assert {*one} == {*range(256)}
    for other in (
        [session_number(b"p", "a person", 20_001, session) for session in sessions],
        [session_number(b"p", "another", 20_000, session) for session in sessions],
        [session_number(b"q", "a person", 20_000, session) for session in sessions],
        one[1:],
    ):
        assert sum(a == b for a, b in zip(one, other, strict=False)) < 30
