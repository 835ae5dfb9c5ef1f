"""Lists of what goes and of what stays, and that no text takes long."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from intake.scrub import scrub, scrub_label

DATA = Path(__file__).parent / "data"
PLAIN = "the server closed the connection before a response was read "
HOSTILE = [
    *(
        ".",
        "-",
        "@",
        "@@@ ",
        "/",
        "'a",
        "a.",
        "a:",
        "a:a:a:",
        "\\",
        "%25",
        "1",
        "a1 ",
        "1 ",
        "@ ",
        "a= ",
        "x=a ",
        '"a" ',
        "~a ",
    ),
    *(
        "a/b ",
        "--a b ",
        "a@b ",
        "1.1.1.1 ",
        "key:a ",
        "password ",
        "a.b ",
        "- ",
        "'",
        '"',
        "“",
        "( ",
        "/a b ",
        "/a (",
        "😀 ",
    ),
    *(
        "a",
        "A",
        "aA",
        "é",
        "０",
        "_",
        "a-",
        "[",
        "key:[",
        "::",
        "/a, b ",
        "a://",
        "www.",
        "a+b.",
        "\u0301",
        "\ud800",
        "\u200b",
    ),
]


def lines(name: str) -> list[str]:
    text = (DATA / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("# ")]


MESSAGES = [line.partition(" → ")[::2] for line in lines("messages.txt")]
NAMES, SOMEBODYS = lines("names.txt"), lines("secrets.txt")


@pytest.mark.parametrize("line", [*lines("canaries.txt"), *lines("canaries_second.txt")])
def test_nothing_is_left_of_what_is_private(line: str) -> None:
    private = re.findall("⟦(.*?)⟧", line)
    left = re.sub("<(url|email|path|ip|secret|text)>", "", scrub(line.replace("⟦", "").replace("⟧", ""))).lower()
    assert private
    for part in private:
        for word in re.findall(r"[^\W_]{3,}", part) or re.findall(r"[^\W_]+", part):
            assert word.lower() not in left


@pytest.mark.parametrize(("message", "stored"), MESSAGES)
def test_messages_of_the_standard_libraries_stay_readable(message: str, stored: str) -> None:
    assert scrub(message) == (stored or message)


@pytest.mark.parametrize("name", NAMES)
def test_real_names_stay_whole_as_labels(name: str) -> None:
    assert scrub_label(name) == name


@pytest.mark.parametrize("line", SOMEBODYS)
def test_what_is_somebodys_is_no_label(line: str) -> None:
    placeholder, _, label = line.partition(" ")
    assert scrub_label(label) == placeholder


def test_the_lists_are_long_enough() -> None:
    assert len(lines("canaries.txt")) >= 80
    assert len(lines("canaries_second.txt")) == 40
    assert len(MESSAGES) >= 80
    assert len(NAMES) >= 60
    assert len(SOMEBODYS) >= 40


def test_an_ordinary_message_keeps_every_word() -> None:
    assert scrub(PLAIN * 5) == PLAIN * 5


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_costs_three_times_a_plain_one(piece: str) -> None:
    """The least of many measurements, in turns, so that what else the machine does weighs on both alike."""
    plain, hostile = (PLAIN * 10)[:500], (piece * 500)[:500]
    costs = [(_cost(plain), _cost(hostile)) for _ in range(60)]
    assert min(cost for _, cost in costs) <= 3 * min(cost for cost, _ in costs)


@pytest.mark.parametrize("piece", HOSTILE)
def test_work_grows_with_the_length_alone(piece: str) -> None:
    """64 times the text is 64 times the work; were it the square, it would be 4,096 times."""
    short, long = ((piece * size)[:size] for size in (4096, 262_144))
    assert _cost(long) <= 64 * 4 * max(min(_cost(short) for _ in range(3)), 500_000)


def _cost(text: str) -> int:
    begin = time.process_time_ns()
    scrub(text)
    return time.process_time_ns() - begin
