"""Who sent an event."""

from __future__ import annotations

from itertools import combinations

from intake.identity import event_hash, hashed, user_id_hash


def test_kinds_never_collide() -> None:
    def user(
        anonymous: str | None = None, session: str | None = None, address: str = "a", agent: str = "b", day: int = 1
    ) -> str:
        return user_id_hash(
            b"pepper", anonymous_id=anonymous, session_id=session, address=address, user_agent=agent, day=day
        )

    hashes = [
        user("x"),
        user(None, "x"),
        user(),
        user(address="ab", agent=""),
        user(day=2),
        user("x\x00"),
        user(address="x"),
    ]
    assert all(a != b for a, b in combinations(hashes, 2))
    assert user("x", "y") == user("x", "z"), "anonymous_id comes first"
    assert all(len(value) == 32 and int(value, 16) >= 0 for value in hashes)


def test_the_pepper_decides() -> None:
    assert hashed(b"one", "a", "b") != hashed(b"two", "a", "b")


def test_parts_are_told_apart() -> None:
    assert hashed(b"p", "a", "b", "c") != hashed(b"p", "a", "bc", "")
    assert hashed(b"p", "\ud800", "é")


def test_event_hashes_fit() -> None:
    assert all(0 <= event_hash(b"p", str(n), 40) < 2**40 for n in range(100))
