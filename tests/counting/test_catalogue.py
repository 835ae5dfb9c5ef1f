"""What is shipped, as it is kept."""

from __future__ import annotations

from counting.catalogue import Item, from_json, to_json


def test_items_come_back_as_they_were() -> None:
    items = [Item("skill", "pdf", 60), Item("mcp:a/b", "x y", None)]
    assert from_json(to_json(items)) == items
    assert to_json(items) == '[["skill","pdf",60],["mcp:a/b","x y",null]]'
    assert from_json(to_json([])) == []
