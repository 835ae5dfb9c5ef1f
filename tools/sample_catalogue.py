"""What the sample's tools are shipped by: some of it nobody ever used, some nobody ships."""

from __future__ import annotations

from typing import Any

# source, version, category, and each name with the tokens of its description
SOURCES: tuple[tuple[str, str, str, dict[str, int]], ...] = (
    (
        "acme-skills",
        "1.4.0",
        "skill",
        {
            "code-review": 68,
            "write-tests": 54,
            "explain-diff": 41,
            "release-notes": 47,
            "refactor": 72,
            "commit": 33,
            "security-audit": 88,
            "translate": 29,
            "deploy-preview": 61,
            "standup": 25,
            "legacy-format": 57,
            "incident-report": 64,
            "changelog-audit": 212,
            "onboarding-tour": 96,
            "sql-style": 143,
        },
    ),
    (
        "github-server",
        "2.1.0",
        "mcp:github",
        {"search_issues": 320, "create_pull_request": 410, "close_stale_issues": 365},
    ),
    ("postgres-server", "0.9.2", "mcp:postgres", {"query": 275}),
)


def catalogues() -> dict[str, dict[str, Any]]:
    """What each source puts at /api/catalogue/{source}."""
    return {
        source: {
            "version": version,
            "items": [
                {"tool_name": name, "tool_category": category, "description_tokens": tokens}
                for name, tokens in tools.items()
            ],
        }
        for source, version, category, tools in SOURCES
    }
