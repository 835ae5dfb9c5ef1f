"""What handlers work with: one deployment's settings and database, and what this isolate knows of them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from intake.keeping import Keeper
from reading.memory import Memory
from storage.database import Database
from web.cache import Cache
from web.settings import Settings


@dataclass(slots=True)
class Deployment:
    """One deployment, as this isolate knows it.

    run_later: hands work to the runtime for after the answer. log: takes a line for whoever runs the Worker.
    """

    settings: Settings
    database: Database
    run_later: Callable[[Awaitable[None]], None]
    log: Callable[[str], None]
    keeper: Keeper = field(init=False)
    cache: Cache = field(init=False, default_factory=Cache)
    memory: Memory = field(init=False, default_factory=Memory)

    def __post_init__(self) -> None:
        self.keeper = Keeper(self.database, self.settings.pepper)

    def forget(self) -> None:
        """Forget whatever this isolate remembers of people, as when someone was erased."""
        self.cache.clear()
        self.memory.forget()
