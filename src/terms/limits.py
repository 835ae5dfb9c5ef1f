"""Every limit of the product, in one place. Those that clients know stand in client/vectors.json too."""

# What is read of a request
BODY_BYTES = 256 * 1024
BATCH_EVENTS = 100
JSON_DEPTH = 32  # deep recursion ends a WebAssembly isolate

# What an event may hold
NAME_CHARACTERS = 128
LABEL_CHARACTERS = 64
ID_CHARACTERS = 128
ERROR_MESSAGE_CHARACTERS = 500
STORED_ERROR_MESSAGE_CHARACTERS = 200
METADATA_BYTES = 2048
METADATA_KEYS = 20
METADATA_STRING_CHARACTERS = 64
METADATA_INTEGER = 2**53
DURATION_MS = 86_400_000
SIZE_BYTES = 2**53 - 1
CLOCK_SKEW_SECONDS = 300
EVENT_DAYS = 400  # how far back an event may lie

# What is answered, and remembered between answers
REPORT_DAYS = 365
LATEST_ERRORS = 200
CACHE_SECONDS = 30
CACHE_ENTRIES = 200
MEMORY_ENTRIES = 24

# Rollups: writing a row costs the same however many events it takes in, and a report reads a row for each event that
# waits; these balance one against the other.
ROLLUP_EVENTS = 250  # as many waiting events are worth a rollup; fewer wait until their day closes
TAIL_EVENTS = 400  # as many may wait between two rollups where few arrive: a rollup of more costs less per event
ROLLUP_ALMOST = 0.8  # the share of ROLLUP_EVENTS that is enough when it was time to look anyway
WAITING_EVENTS = 600  # a report that finds more waiting calls for a rollup itself
ROLLUP_STEP_EVENTS = 500  # one step's events, for the CPU time of one invocation
ROLLUP_STEPS = 20
ROLLUP_CHARACTERS = 1_500_000  # of a row, which D1 refuses beyond 2 MB
ROLLUP_CHUNK_CHARACTERS = 500_000  # of the rows that travel in one parameter
ROLLUP_GRACE_SECONDS = 60  # a request under way may still store an event of a slot that has just ended
ROLLUP_GROUPS = 200  # distinct values a day keeps apart in a breakdown, or a tool's error types; the rest is OTHER

# What is deleted, and exported, in one step
RETENTION_STEP_EVENTS = 1000
RETENTION_STEPS = 10
ERASE_STEP_EVENTS = 500
ERASE_STEPS = 200
EXPORT_PAGE_EVENTS = 2000
