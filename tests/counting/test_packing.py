"""Bytes as text."""

from __future__ import annotations

import json

import pytest

from counting.packing import pack, unpack


@pytest.mark.parametrize("data", [b"", b"\x00", bytes(range(256)), b"a" * 100_000])
def test_what_is_packed_is_unpacked(data: bytes) -> None:
    text = pack(data)
    assert unpack(text) == data
    assert text.isascii()
    assert json.dumps(text) == f'"{text}"', "JSON carries it as it is"


def test_it_compresses() -> None:
    assert len(pack(b'{"s":{"success":1}}' * 100)) < 200
