"""The author's kit: what a plugin ships to have its own uses counted, and the check that plugin folders hold."""
