"""What can go wrong, told to whoever asked: raise anywhere, answered in one place (web/app.py)."""


class RequestError(Exception):
    """A request that is answered with an error.

    status: HTTP status. message: what is wrong and what is accepted, without repeating what was sent.
    field: the field or parameter at fault. headers: extra response headers.
    """

    def __init__(
        self, status: int, message: str, field: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.field = field
        self.headers = headers or {}

    def as_dict(self) -> dict[str, object]:
        """The error's JSON shape: {"success": false, "error": str, "field": str | absent}."""
        return {"success": False, **self.reason()}

    def reason(self) -> dict[str, object]:
        """Only what is wrong: {"error": str, "field": str | absent}."""
        return {"error": self.message, **({"field": self.field} if self.field else {})}


class InvalidError(RequestError):
    """A field or parameter that does not fit its rule (400)."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(400, message, field)


class DatabaseError(Exception):
    """D1 did not do what it was asked. Its message is for the log, never for a response."""
