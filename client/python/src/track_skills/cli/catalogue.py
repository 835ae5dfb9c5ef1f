"""Tell the collector what you ship, so that it can say what of it nobody uses.

`push` reads a Claude Code plugin, a marketplace.json with its plugins, a folder of skills, or, with
--stdio, the tools of an MCP server that it starts; and puts them in place of what this source
shipped before. Tokens are an estimate: four characters each. It takes TRACK_SKILLS_ENDPOINT and, as
TRACK_SKILLS_ANALYTICS_KEY, the key that reads the dashboard.
With --json: an object with source, version, items, notes and pushed.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from urllib.parse import quote

from track_skills import endpoint, posting
from track_skills.cli import output, status
from track_skills.shipped import folders, server
from track_skills.shipped.listing import ListingError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from track_skills.shipped.listing import Listing


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what is to be done, where it is read, and what it is called."""
    parser.add_argument("action", choices=("push",))
    parser.add_argument(
        "path", nargs="?", default=".", metavar="PATH", help="a folder or a marketplace.json; default: here"
    )
    parser.add_argument("--source", metavar="NAME", help="who ships it; default: as its manifest or folder is called")
    parser.add_argument("--category", metavar="C", help="of all of it; default: skill, and of a server mcp:NAME")
    parser.add_argument("--dry-run", action="store_true", help="show it and send nothing")
    parser.add_argument(
        "--stdio", nargs=argparse.REMAINDER, metavar="COMMAND", help="a server's command and its arguments; comes last"
    )


def run(options: argparse.Namespace) -> int:
    """Show what is shipped, and send it."""
    try:
        listing = _listing(options)
    except ListingError as error:
        raise output.CommandError(str(error)) from None
    source = options.source or listing.source
    items = [
        {
            "tool_name": tool.name,
            "tool_category": options.category or tool.category,
            "description_tokens": tool.tokens,
        }
        for tool in listing.tools
    ]
    if not items:
        raise output.CommandError(f"{source} ships nothing that can be read")
    if not options.dry_run:
        _push(source, listing.version, items)
    if options.json:
        pushed = not options.dry_run
        output.as_json(
            {"source": source, "version": listing.version, "items": items, "notes": listing.notes, "pushed": pushed}
        )
        return 0
    output.table(("tool", "category", "tokens"), [list(item.values()) for item in items])
    for note in listing.notes:
        output.note(output.cell(note))
    did = "would be pushed" if options.dry_run else "pushed"
    version = f" {listing.version}" if listing.version else ""
    output.note(f"{output.cell(source + version)}: {len(items)} {did}.")
    return 0


def _listing(options: argparse.Namespace) -> Listing:
    if options.stdio is None:
        return folders.listing_of(Path(options.path))
    command = options.stdio[1:] if options.stdio[:1] == ["--"] else options.stdio
    if not command:
        raise ListingError("--stdio wants the server's command behind it")
    return server.listing_of(command, options.category)


def _push(source: str, version: str | None, items: list[dict[str, Any]]) -> None:
    if not endpoint.base_url(os.environ):
        raise output.CommandError(f"nothing can be pushed: {status.why()[1]}")
    body = json.dumps({"version": version, "items": items}, separators=(",", ":")).encode()
    key = endpoint.analytics_key(os.environ)
    answer = posting.ask("PUT", f"/api/catalogue/{quote(source, safe='')}", body, key=key)
    if answer.verdict == "taken":
        return
    if answer.status == 401:
        raise output.CommandError("the collector wants its ANALYTICS_API_KEY: set it as TRACK_SKILLS_ANALYTICS_KEY")
    try:
        said = str(json.loads(answer.body.decode())["error"])
    except (ValueError, KeyError, TypeError, RecursionError):
        said = f"answered {answer.status}" if answer.status else "did not answer"
    raise output.CommandError(f"the collector took nothing: {said}")
