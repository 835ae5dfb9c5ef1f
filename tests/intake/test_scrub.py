"""What is taken out of free text, and what is left."""

from __future__ import annotations

import time

import pytest

from intake.scrub import scrub, scrub_label


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("see https://a.example/x?y=1#z now", "see <url> now"),
        ("postgres://u:p@host/db failed", "<url> failed"),
        ("mail jane.doe+x@mail.example.org!", "mail <email>!"),
        ("open '/home/jane/my file.txt'", "open <text>"),
        ("open '/home/jane/x'", "open '<path>'"),
        ("open /Users/Jane Doe/notes.txt: denied", "open <path>: denied"),
        ("at ~/code/x.py:12", "at <path>:12"),
        ("in ./src/main.rs and ../up", "in <path> and <path>"),
        (r"C:\Users\Jane Doe\x.txt missing", "<path> missing"),
        (r"\\server\share\x missing", "<path> missing"),
        ("src/app/main.py failed", "<path> failed"),
        ("connect 10.1.2.3:8080 refused", "connect <ip> refused"),
        ("from fe80::1%eth0 to 2001:db8::8a2e:370:7334", "from <ip> to <ip>"),
        ("key sk-abcdefgh12345678", "key <secret>"),
        ("ghp_0123456789abcdefghij", "<secret>"),
        ("token=hunter2 sent", "token=<secret> sent"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer <secret>"),
        ("commit 0123456789abcdef0123", "commit <secret>"),
        ("QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "<secret>"),
        ('said "this is a rather long quotation"', "said <text>"),
        ('field "short" is wrong', 'field "short" is wrong'),
        ("Exit code 2", "Exit code 2"),
        ("aa:bb:cc:dd:ee:ff left", "<ip> left"),
        ("12:30:45 timed out after 5.5 s", "12:30:45 timed out after 5.5 s"),
        ("and/or 50% of a/b", "and/or 50% of a/b"),
        ("one\ntwo\x00three\ud800", "one two three "),
    ],
)
def test_scrub(text: str, left: str) -> None:
    assert scrub(text) == left


def test_labels_keep_long_class_names() -> None:
    assert scrub("ConnectionRefusedError") == "<secret>"
    assert scrub_label("ConnectionRefusedError") == "ConnectionRefusedError"
    assert scrub_label("sk-live-0123456789abcdef") == "<secret>"


@pytest.mark.parametrize("piece", ["/a", "a.", "a@", ":1", "'a", "a/b ", "\\\\a ", "1.", "=", "~/", "aaaa:"])
def test_nothing_takes_long(piece: str) -> None:
    begin = time.perf_counter()
    scrub((piece * 500)[:500])
    assert time.perf_counter() - begin < 1, "a pattern has run away"
