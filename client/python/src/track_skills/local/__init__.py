"""The local store: what skills did on this machine, in a SQLite database, without a server."""
