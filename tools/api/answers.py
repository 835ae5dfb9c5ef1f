"""What is answered, as types. tests/tools/test_api.py holds real answers to them, and no field may be missing here."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class Error(TypedDict):
    """What is wrong, and what is accepted."""

    success: Literal[False]
    error: str
    field: NotRequired[str]


class Reason(TypedDict):
    """Why an event or a field of it is left out."""

    index: NotRequired[int]
    error: str
    field: NotRequired[str]


class Rejected(TypedDict):
    """Nothing of the request is stored."""

    success: Literal[False]
    error: str
    field: NotRequired[str]
    rejected: NotRequired[list[Reason]]


class Tracked(TypedDict):
    """One event is stored, or was before."""

    success: Literal[True]
    message: str
    duplicate: NotRequired[Literal[True]]
    ignored: NotRequired[list[Reason]]


class TrackedBatch(TypedDict):
    """What is valid of a batch is stored."""

    success: Literal[True]
    message: str
    accepted: int
    duplicates: int
    rejected: list[Reason]
    ignored: NotRequired[list[Reason]]


class Partial(TypedDict):
    """What was refused of an OpenTelemetry export; nothing where it was taken in whole. Counts are text there."""

    rejectedLogRecords: NotRequired[str]
    rejectedSpans: NotRequired[str]
    errorMessage: NotRequired[str]


class Exported(TypedDict):
    """What is known of an OpenTelemetry export is stored; the rest is left."""

    partialSuccess: Partial


class Erased(TypedDict):
    """What was known of a person is gone; the same answer for somebody unknown, with 0."""

    success: Literal[True]
    deleted: int


class Shipped(TypedDict):
    """What a source ships from now on."""

    success: Literal[True]
    source: str
    items: int


class Health(TypedDict):
    """The database answers."""

    status: Literal["ok"]
    schema: str
    rollup_lag_seconds: int


class Sick(TypedDict):
    """The database lacks migrations, as schema and needed_schema say; or it does not answer, and says neither."""

    status: Literal["error"]
    schema: NotRequired[str | None]
    needed_schema: NotRequired[str]


class Badge(TypedDict):
    """What shields.io shows of an endpoint."""

    schemaVersion: Literal[1]
    label: str
    message: str
    color: str


class PublicTool(TypedDict):
    """A tool that enough people used."""

    tool_name: str
    tool_category: str
    invocations: int
    unique_users: int
    success_rate: str


Public = TypedDict("Public", {"from": str, "to": str, "tools": list[PublicTool]})
Public.__doc__ = "The tools that enough people used, in whole days."


class Headline(TypedDict):
    """The figures of a window as a whole."""

    total_invocations: int
    unique_users: int
    avg_duration_ms: int
    success_rate: str
    error_rate: str
    p50_duration_ms: int | None
    p95_duration_ms: int | None
    p99_duration_ms: int | None
    known_outcomes: int


class Summary(Headline):
    """The figures of a window and of the one before it."""

    period: str
    previous: Headline


class Triggers(TypedDict):
    """How many events each trigger started."""

    user: int
    model: int
    nested: int
    unknown: int


class Before(TypedDict):
    """A tool in the window to compare with."""

    invocations: int
    unique_users: int
    success_rate: str
    known_outcomes: int
    p95_duration_ms: int | None


class PartBefore(TypedDict):
    """A value in the window to compare with."""

    invocations: int
    unique_users: int
    success_rate: str
    known_outcomes: int
    p95: int | None


class Tool(TypedDict):
    """A tool: a category and a name."""

    tool_name: str
    invocations: int
    avg_duration_ms: int
    success_rate: str
    error_rate: str
    tool_category: str
    unique_users: int
    p50_duration_ms: int | None
    p95_duration_ms: int | None
    last_used: str
    first_used: str | None
    triggers: Triggers
    known_outcomes: int
    previous: Before
    input_tokens: int | None
    output_tokens: int | None
    cache_creation_tokens: int | None
    cache_read_tokens: int | None
    cost_usd: float | None
    cost_per_use_usd: float | None


class Day(TypedDict):
    """The people of a day."""

    date: str
    dau: int
    new: int
    returning: int


class Cohort(TypedDict):
    """Whoever was first there in one week."""

    week: str
    people: int
    back: list[int]


class Retention(TypedDict):
    """People a day, a week and a month."""

    daily_active_users: list[Day]
    weekly_active_users: int
    period: str
    monthly_active_users: int
    stickiness: str
    cohorts: list[Cohort]


class Failure(TypedDict):
    """One error or timeout."""

    timestamp: str
    tool_name: str
    tool_category: str
    error_type: str | None
    error_message: str | None
    duration_ms: int | None


class FailureGroup(TypedDict):
    """Failures of one tool and one type."""

    tool_name: str
    tool_category: str
    error_type: str | None
    count: int
    users: int
    first_seen: str
    last_seen: str
    trend: list[int]


class Errors(TypedDict):
    """The latest failures, and what they have in common."""

    errors: list[Failure]
    count: int
    groups: list[FailureGroup]


class Bucket(TypedDict):
    """An hour or a UTC day."""

    t: str
    invocations: int
    success: int
    error: int
    users: int
    known_outcomes: int
    p50: int | None
    p95: int | None


class Part(TypedDict):
    """One value of what is broken down by."""

    key: str
    invocations: int
    unique_users: int
    success_rate: str
    error_rate: str
    known_outcomes: int
    p50: int | None
    p95: int | None
    previous: PartBefore


class Against(TypedDict):
    """What became of a version's figures since the version before it."""

    version: str
    success_difference: float | None
    interval: list[float] | None
    p95_ratio: float | None


class VersionDay(TypedDict):
    """A UTC day on which a version was used."""

    date: str
    invocations: int
    success: int
    known_outcomes: int


class Version(TypedDict):
    """A version of a tool."""

    version: str
    first_seen: str
    last_seen: str
    invocations: int
    unique_users: int
    success_rate: str
    success_interval: list[float] | None
    p50_duration_ms: int | None
    p95_duration_ms: int | None
    against: Against | None
    verdict: Literal["first", "too few", "same", "better", "worse"]
    days: list[VersionDay] | None


class SessionFigures(TypedDict):
    """What the sessions of a window add up to."""

    sessions: int
    unique_users: int
    p50_duration_s: int | None
    p95_duration_s: int | None
    turns: int | None
    tool_calls: int | None
    tool_errors: int | None
    input_tokens: int | None
    output_tokens: int | None
    cache_creation_tokens: int | None
    cache_read_tokens: int | None
    cost_usd: float | None


class SessionExit(TypedDict):
    """Sessions that ended for one reason."""

    key: str
    sessions: int


class SessionAgent(TypedDict):
    """Sessions of one agent."""

    key: str
    sessions: int
    cost_usd: float | None


class SessionDay(TypedDict):
    """Sessions that began on one day."""

    date: str
    sessions: int
    cost_usd: float | None


class Sessions(SessionFigures):
    """The sessions that began in a window, and the figures of the window before it."""

    period: str
    by_exit_reason: list[SessionExit]
    by_agent: list[SessionAgent]
    daily: list[SessionDay]
    previous: SessionFigures


class NamedTool(TypedDict):
    """A tool by its name and category."""

    tool_name: str
    tool_category: str


class Pair(TypedDict):
    """Two tools that are used in one session, one of them first."""

    before: NamedTool
    after: NamedTool
    sessions: int
    unique_users: int


class UnorderedPair(TypedDict):
    """Two tools that are used in one session, of which nobody knows the first."""

    both: list[NamedTool]
    sessions: int
    unique_users: int


class Together(TypedDict):
    """What is used together, on days that are over."""

    period: str
    until: str | None
    pairs: list[Pair]
    unordered: list[UnorderedPair]
    hidden: int


class CatalogueItem(TypedDict):
    """A tool that is shipped."""

    tool_name: str
    tool_category: str
    source: str
    state: Literal["used", "never", "dead"]
    invocations: int
    unique_users: int
    last_used: str | None
    description_tokens: int | None
    loaded_tokens: int | None
    loaded_tokens_per_use: int | None


class CatalogueUse(TypedDict):
    """A tool that is used and not shipped."""

    tool_name: str
    tool_category: str
    invocations: int
    unique_users: int
    last_used: str


class CatalogueTotals(TypedDict):
    """How many there are of each, whatever the limit."""

    used: int
    never: int
    dead: int
    unlisted: int
    invented: int


class CatalogueSource(TypedDict):
    """Who ships how many tools."""

    source: str
    version: str | None
    items: int
    pushed: str


class Reach(TypedDict):
    """A version of a plugin, and whom it reaches."""

    plugin: str
    version: str | None
    loaded_by: int
    used_by: int | None


class Catalogue(TypedDict):
    """What is shipped and used, shipped and not used, used and not shipped."""

    items: list[CatalogueItem]
    unlisted: list[CatalogueUse]
    invented: list[CatalogueUse]
    invented_hidden: int
    sessions: int
    totals: CatalogueTotals
    sources: list[CatalogueSource]
    reach: list[Reach]


# By the name of the report, as in src/reports/table.py.
REPORTS: dict[str, object] = {
    "summary": Summary,
    "tools": list[Tool],
    "retention": Retention,
    "errors": Errors,
    "timeseries": list[Bucket],
    "breakdown": list[Part],
    "versions": list[Version],
    "sessions": Sessions,
    "together": Together,
    "catalogue": Catalogue,
}
