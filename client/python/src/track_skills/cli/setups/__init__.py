"""How an agent is set up: what it gets as data, JSON text changed without touching the rest, and the way back."""
