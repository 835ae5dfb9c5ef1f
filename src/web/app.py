"""What the Worker answers: the chain that every request goes through, and every error's status."""

import traceback
from urllib.parse import parse_qs

from terms import limits
from terms.errors import DatabaseError, RequestError
from upkeep.work import work
from web import access
from web.deployment import Deployment, sender_of
from web.message import Request, Response, json_response
from web.routes import routes_of

# Ad blockers keep pages from asking for anything below /analytics/; the same is there under a quieter name.
_ANALYTICS = "/analytics/"
_QUIETLY = "/a/"


def is_for_the_dashboard(request: Request) -> bool:
    """Whether the front page is meant. Clients in the field ask it for what is a beacon."""
    return request.path == "/" and request.method in ("GET", "HEAD") and not _is_beacon(request)


class App:
    """One deployment's answers."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    async def answer(self, request: Request) -> Response:
        """The answer to a request; errors become responses here and nowhere else."""
        deployment = self._deployment
        if request.path.startswith(_QUIETLY):
            request = request._replace(path=_ANALYTICS + request.path.removeprefix(_QUIETLY))
        try:
            response = await self._route(request)
        except RequestError as error:
            response = json_response(error.as_dict(), error.status, error.headers)
        except DatabaseError as error:
            deployment.log(f"D1: {error}")
            problem = RequestError(503, "The database does not answer. Try again in a moment.")
            response = json_response(problem.as_dict(), 503, {"Retry-After": "5"})
        except Exception as error:  # noqa: BLE001 - whatever it is, it goes to the log and not to whoever asked
            deployment.log(_place_of(error))
            problem = RequestError(500, "Something is wrong here, and it is in the log.")
            response = json_response(problem.as_dict(), 500)
        response.headers |= access.cors_headers(deployment.settings, request)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    async def scheduled(self, now: float) -> None:
        """What the cron trigger is for: roll up, add up, delete what is past its time. now: epoch seconds."""
        deployment = self._deployment
        if await work(deployment.database, now, deployment.settings.retention_days):
            deployment.keeper.rolled_up()
            deployment.health.clear()

    async def _route(self, request: Request) -> Response:
        routes = routes_of("/t" if _is_beacon(request) else request.path)
        if not routes:
            raise RequestError(404, "There is nothing at this path.")
        route = routes.get("GET" if request.method == "HEAD" else request.method)
        if route is None:
            allowed = ", ".join([*routes, *(["HEAD"] if "GET" in routes else []), "OPTIONS"])
            if request.method == "OPTIONS":
                return Response(204, {"Allow": allowed})
            raise RequestError(405, f"This path takes {allowed}.", headers={"Allow": allowed})
        if request.body is None:
            raise RequestError(413, f"The body must have at most {route.body_bytes} bytes.")
        # Before any handler, so that no route can forget it.
        access.authorize(route.access, self._deployment.settings, request)
        if access.is_limited(route.access, self._deployment.settings):
            await self._limit(request)
        return await route.handler(self._deployment, request)

    async def _limit(self, request: Request) -> None:
        """Raises RequestError (429) where an address, or all of them, ask too often."""
        deployment = self._deployment
        if deployment.rates is None:
            return
        try:
            key = await deployment.keeper.sender_key(sender_of(request), request.now)
        except DatabaseError:
            return  # nothing can be stored then, and /healthz says so
        if not await deployment.rates.within(key, request.now):
            seconds = str(limits.LIMITED_SECONDS)
            raise RequestError(429, "Too many requests. Try again in a minute.", headers={"Retry-After": seconds})


def _place_of(error: Exception) -> str:
    """Where something happened, and what kind of error it is; not what it says, as that may be a client's own text."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"Traceback (most recent call last):\n{frames}{type(error).__name__}"


def _is_beacon(request: Request) -> bool:
    return request.path == "/" and {"t", "e"} <= parse_qs(request.query).keys()
