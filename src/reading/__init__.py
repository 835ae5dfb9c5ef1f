"""The tallies that a question asks for: from rollups, from what waits beside them, and from memory."""
