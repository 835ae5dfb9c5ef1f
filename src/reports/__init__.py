"""The questions people ask, a module each: its parameters, the tallies it needs, and the shape of its answer."""
