"""The words that events are told in. client/vectors.json holds the same for every client."""

STATUSES = ("success", "error", "timeout", "partial", "skipped", "denied", "unknown")
STATUS_ALIASES = {"failure": "error", "failed": "error", "ok": "success", "cancelled": "skipped"}
FAILURES = ("error", "timeout")
KNOWN_OUTCOMES = ("success", "error", "timeout", "partial")  # what rates are shares of

SOURCES = ("bash", "hook", "python", "js", "go", "beacon", "otlp", "plugin", "api")
TRIGGERS = ("user", "model", "nested", "unknown")

UNKNOWN = "unknown"  # what an event is counted under where it does not say
OTHER = "(other)"  # what the rarest values of a day are counted under together
