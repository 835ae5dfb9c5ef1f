"""Bytes as text that JSON and D1 carry, compressed."""

import binascii
import zlib


def pack(data: bytes) -> str:
    """Compress, at zlib's quickest, and write as base64."""
    return binascii.b2a_base64(zlib.compress(data, 1), newline=False).decode()


def unpack(text: str) -> bytes:
    """What pack was given."""
    return zlib.decompress(binascii.a2b_base64(text))
