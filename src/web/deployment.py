"""What handlers work with: one deployment's settings and database, and what this isolate knows of them."""

from collections.abc import Awaitable, Callable

from intake.keeping import Keeper
from reading.memory import Memory
from storage.database import Database
from web.cache import Cache
from web.settings import Settings


class Deployment:
    """One deployment, as this isolate knows it."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        run_later: Callable[[Awaitable[None]], None],
        log: Callable[[str], None],
    ) -> None:
        """run_later: hands work to the runtime for after the answer. log: takes a line for whoever runs the Worker."""
        self.settings = settings
        self.database = database
        self.run_later = run_later
        self.log = log
        self.keeper = Keeper(database, settings.pepper)
        self.cache = Cache()
        self.memory = Memory()

    def forget(self) -> None:
        """Forget whatever this isolate remembers of people, as when someone was erased."""
        self.cache.clear()
        self.memory.forget()
