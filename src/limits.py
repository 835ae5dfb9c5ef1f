"""Every limit of the product, in one place."""

BODY_BYTES = 256 * 1024
BATCH_EVENTS = 100
JSON_DEPTH = 32

NAME_CHARACTERS = 128
LABEL_CHARACTERS = 64
ID_CHARACTERS = 128
ERROR_MESSAGE_CHARACTERS = 500
STORED_ERROR_MESSAGE_CHARACTERS = 200
METADATA_BYTES = 2048
METADATA_KEYS = 20
METADATA_STRING_CHARACTERS = 64

DURATION_MS = 86_400_000
SIZE_BYTES = 2**53 - 1
CLOCK_SKEW_SECONDS = 300

REPORT_DAYS = 365
LATEST_ERRORS = 200
CACHE_SECONDS = 30
CACHE_ENTRIES = 200
MEMORY_ENTRIES = 24

ROLLUP_EVENTS = 250  # so many waiting events are worth a rollup; fewer wait for their day to close
TAIL_EVENTS = 400  # so many may wait meanwhile: where few arrive, a rollup gathers more, and is cheaper by the event
ROLLUP_ALMOST = 0.8  # of that many, when it was time to look
WAITING_EVENTS = 600  # so many beside the rollups are too many for a report to read
ROLLUP_STEP_EVENTS = 500  # one step's events, for the CPU time of one invocation
ROLLUP_STEPS = 20
ROLLUP_CHARACTERS = 1_500_000  # of a row, which D1 refuses beyond 2 MB
ROLLUP_GRACE_SECONDS = 60
ROLLUP_GROUPS = 200  # distinct values a day keeps apart in a breakdown, or a tool's error types; the rest is OTHER
OTHER = "(other)"

RETENTION_STEP_EVENTS = 1000
RETENTION_STEPS = 10
ERASE_STEP_EVENTS = 500
ERASE_STEPS = 200
EXPORT_PAGE_EVENTS = 2000
