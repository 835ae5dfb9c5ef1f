"""Every limit of the product, in one place. Those that clients know stand in client/vectors.json too."""

# What is read of a request
BODY_BYTES = 256 * 1024
TELEMETRY_BYTES = 4 * 1024 * 1024  # of an OpenTelemetry body, unpacked
TELEMETRY_EVENTS = 1000  # of one body that are stored in one round trip
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
EVENT_DAYS = 400  # how far back an event, or the start of a session, may lie
SESSION_FIGURE = 10**10  # of a session: sums of a billion sessions are integers still
SESSION_DOLLARS = 10_000
SESSION_SECONDS = DURATION_MS  # durations of sessions share the buckets of events', by the second
SESSION_PARTS_REMEMBERED = 150  # by an isolate: sums of days and hours
SESSION_TOOLS = 100  # whose tokens, and whose calls, one session may tell apart
SESSION_MODELS = 20
PLUGINS = 200  # that somebody may have loaded, by one body of OpenTelemetry

# How sessions are kept
SESSION_DAYS = 31  # a session that goes on later than so many days after its start is another
SESSION_COST = 2  # what one costs of the day's events: as many rows
PLUGIN_ROW_CHARACTERS = 1_000_000  # of a row of people and their plugins: a wider one takes in nothing more
SESSION_RECORDS = 1000  # records of API requests that a session keeps in mind

# What an open collector takes in
BUDGET_HOURS = 24  # an hour's share of a day's events
BUDGET_SENDERS = 3  # addresses that it takes to use up an hour's share: one has this part of it
SENDERS_REMEMBERED = 10_000  # by an isolate
BUDGET_EVENTS = 200  # as many that one isolate has taken in are worth a row that all isolates see
LATE_EVENT_COST = 4  # an event of an earlier day, in events of today: its day is rolled up and added up again
ERASURE_COST = 2  # a promise that is kept for two days
TOOLS_REMEMBERED = 1000  # by an isolate: that they are known
LIMITED_SECONDS = 60  # the period of the rate limits in wrangler.toml
UNASKED = 15  # requests of an address in such a period that an isolate lets through before it asks
UNASKED_IN_ALL = 600  # and of all
LIST_ROWS = 500  # of a list where nothing else is asked for
LIST_ROWS_MOST = 5000

# What may be shipped
CATALOGUE_SOURCES = 100
CATALOGUE_ITEMS = 2000  # of one source
DESCRIPTION_TOKENS = 1_000_000
CATALOGUE_SECONDS = 60  # for how long an isolate remembers which names are shipped

# What is answered, and remembered between answers
REPORT_DAYS = 365
HISTORY_DAYS = 400  # of how many days before a window whoever was there is nobody new
LATEST_ERRORS = 200
FIRSTS = 100  # of how many tools at most all are read, to know which are new, before it is known which are asked about
CACHE_SECONDS = 30
CACHE_ENTRIES = 200
HEALTH_SECONDS = 1  # more often than a monitor asks; else many strangers' looks are rows that the owner pays
MEMORY_ENTRIES = 24

# What anybody may see, where that is wanted
PUBLIC_PEOPLE = 5  # fewer might be recognised
PUBLIC_DAYS = 30
PUBLIC_SECONDS = 3600

# Rollups: a step writes a few rows however many events it takes in, and a report reads a row for each event that waits;
# these balance one against the other, and all of it against the CPU time of one invocation.
ROLLUP_EVENTS = 80  # as many waiting events are worth a rollup; fewer wait until their day closes
TAIL_EVENTS = 110  # as many may wait between two rollups where few arrive: a rollup of more costs less per event
ROLLUP_ALMOST = 0.8  # the share of ROLLUP_EVENTS that is enough when it was time to look anyway
HASTEN_EVENTS = 160  # as many that one isolate has taken in are worth looking sooner than planned
WAITING_EVENTS = 300  # a report that finds more waiting calls for a rollup itself
ROLLUP_STEPS = (125, 1000, 2000, 2000)  # the events of each step of one invocation; most have the first alone
ROLLUP_BACKLOG = 1000  # where more wait than this, an invocation takes more than one step
LATE_DAYS = 3  # of how many days a step takes in what came late: each has sums of its own
NUMBERS_AHEAD = 32  # people whose number their events alone say is taken: somebody new reads what waits since
ROLLUP_GRACE_SECONDS = 15  # a request under way may still store an event of a slot that has just ended
ROW_CHARACTERS = 200_000  # of a row of hours; a wider one is followed by another
ROW_CHARACTERS_OF_A_QUARTER = 40_000  # where a quarter of a day ends
VALUES = 1000  # distinct values of a series that a span keeps apart; the rest is OTHER
CROSSINGS = 60  # combinations of agent, version, … that a span tells apart of a tool
CROSS_TALLIES = 350  # of these, what one step adds up
CROSS_DAYS = 8  # what one step looks at
CROSS_CHARACTERS = 400_000  # of these of all tools in a span: about a fifth of what a row holds
FREQUENT_ONE_IN = 200  # a value with this share of a day's events is exact however many others there are
VISIT_PAUSE_SECONDS = 1800  # whoever uses nothing for longer than this begins another visit
VISIT_TOOLS = 20  # of one visit, by their first use, that are told to be used together
VISIT_PAIRS = 500  # of a day, those of most visits
VISIT_EVENTS = 200_000  # of a day, that visits are told of
VISIT_SESSIONS = 2_000  # of a day, of those that were posted with what they used
VISIT_SESSION_TOOLS = 10  # of each of them
VISIT_LATE_EVENTS = 150  # of a day told again: told each minute, an hour of it reads a twentieth of a free day
FOLD_EVENTS = 500  # as many events since the last fold are worth one before the day closes
FOLD_TALLIES = 350  # what one fold adds up
FOLD_QUARTERS = 8  # what one fold looks at
SNAPSHOT_DAYS = 16  # what one step takes into a snapshot
SNAPSHOT_TALLIES = 400
SNAPSHOT_CHARACTERS = 60_000  # of the days that one step reads; the last may go beyond
RENEWAL_EVENTS = 300  # what one step counts again

# What is deleted, and exported, in one step
RETENTION_STEP_EVENTS = 2000
RETENTION_STEPS = 15
ERASE_STEP_EVENTS = 5000
ERASE_STEPS = 3
ERASE_SESSIONS = 1000
RETENTION_STEP_SESSIONS = 1000
SESSIONS_REMEMBERED = 1000  # by an isolate: that they are there, and their numbers
PEOPLE_REMEMBERED = 1000  # by an isolate: their hash, and that they have a number
ERASURE_SECONDS = 2 * 86_400  # an event that was on its way when its person was erased has arrived by then
SALT_DAYS = 1  # how many days before today have their salt
EXPORT_PAGE_EVENTS = 2000
