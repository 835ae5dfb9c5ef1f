"""The embedded runtime: `wrangler dev` on a derived configuration, with CPython from npm inside workerd."""
