"""What was shipped, from whoever ships it: one source's catalogue in place of its last."""

from __future__ import annotations

from urllib.parse import unquote

from intake.body import parse_json
from storage import catalogue
from terms import limits
from terms.errors import RequestError
from web.deployment import Deployment
from web.message import Request, Response, json_response

CATALOGUE = "/api/catalogue/{source}"


async def put_catalogue(deployment: Deployment, request: Request) -> Response:
    """PUT /api/catalogue/{source}: what a source ships from now on; nothing where there are no items."""
    from intake.catalogue import parse_source  # noqa: PLC0415 - few isolates ever see one

    name = unquote(request.path.removeprefix(CATALOGUE.partition("{")[0]))
    source = parse_source(name, parse_json(request.body), request.now)
    if not await catalogue.put(deployment.database, source, limits.CATALOGUE_SOURCES):
        raise RequestError(400, f"There are {limits.CATALOGUE_SOURCES} sources already: send one of them no items.")
    deployment.shipped()
    return json_response({"success": True, "source": source.name, "items": len(source.items)})
