"""Numbers as options take them."""

from __future__ import annotations

import argparse


def positive(text: str) -> int:
    """Return the number that a text is, from 1 to what SQLite's integers hold; usage where it is none."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:20]) < 2**63:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of at least 1")
    return int(text)
