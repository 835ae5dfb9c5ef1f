"""The tallies that a question asks for: from rollups, what waits beside them, memory; and the export of events."""
