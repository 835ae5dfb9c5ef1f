"""What handlers work with: one deployment's settings and database, and what this isolate knows of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from intake.keeping import Keeper
from intake.people import Sender
from reading.memory import Memory, Sources
from storage import sessions
from storage.database import Database
from storage.deployment import Health
from terms import limits
from web.cache import Cache
from web.message import Request
from web.rates import Rates
from web.settings import Settings

if TYPE_CHECKING:
    from intake.catalogue import Names
    from sessions.keeping import SessionKeeper


class Kept(NamedTuple):
    """A report's answer. headers: of its own. found: whether any event is in it. hour: when it was asked for, since
    1970: windows begin with full hours. waiting: how many events lay beside the rollups. sources: what it was made
    from; None where nothing tells whether that is still so.
    """

    body: str
    headers: Mapping[str, str] = MappingProxyType({})
    found: bool = True
    hour: int = 0
    waiting: int = 0
    sources: Sources | None = None


class Deployment:
    """One deployment, as this isolate knows it."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        run_later: Callable[[Awaitable[None]], None],
        log: Callable[[str], None],
        rates: Rates | None = None,
    ) -> None:
        """run_later: hands work to the runtime for after the answer. log: takes a line for whoever runs the Worker.

        rates: how often strangers may ask; None: as often as they like.
        """
        self.settings = settings
        self.database = database
        self.run_later = run_later
        self.log = log
        self.rates = rates
        self.keeper = Keeper(database, settings.pepper, settings.allowance)
        self.cache: Cache[Kept] = Cache()
        self.health: Cache[Health] = Cache(limits.HEALTH_SECONDS)
        self._sessions: SessionKeeper | None = None
        self._names: Names | None = None
        self.memory = Memory()

    @property
    def sessions(self) -> SessionKeeper:
        """What keeps sessions."""
        if self._sessions is None:
            from sessions.keeping import SessionKeeper  # noqa: PLC0415 - few isolates ever keep one

            self._sessions = SessionKeeper(self.database, self.settings.pepper)
        return self._sessions

    async def only(self, now: float) -> frozenset[str] | None:
        """The names that alone are kept; None: all. now: epoch seconds."""
        settings = self.settings
        if not settings.ingest_catalogue:
            return settings.ingest_only or None
        if self._names is None:
            from intake.catalogue import Names  # noqa: PLC0415 - few deployments ever ask

            self._names = Names(self.database)
        return await self._names.known(now) | settings.ingest_only

    def shipped(self) -> None:
        """The catalogue has changed: what this isolate remembers of it does not hold any more."""
        self.cache.clear()
        self._names = None

    def forget(self) -> None:
        """Forget whatever this isolate remembers of people, as when someone was erased."""
        self.cache.clear()
        self.memory.forget()
        sessions.forget()


def sender_of(request: Request) -> Sender:
    """Where a request comes from."""
    return Sender(request.headers.get("cf-connecting-ip", ""), request.headers.get("user-agent", ""))
