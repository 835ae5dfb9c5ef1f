"""Who sent an event."""

from __future__ import annotations

from itertools import combinations

import pytest

from intake.identity import event_hash, hashed, mark, of_anonymous_id, of_request, of_session_id, session_number


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
