"""Older events as people have them: read from a file, made events of ours, and sent or kept, each once."""
