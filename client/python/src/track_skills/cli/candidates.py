"""Show which skills are worth keeping, each with why or why not.

A skill is one if it was used often enough, and its success rate reaches both bounds: `confidence`
is the success rate, as in the field's oldest manager. `certain_rate` says how sure that is: the
lower end of the rate's 95 % Wilson interval. With --json: a list of objects with skill_name,
tool_category, is_candidate, reasons, total_uses, success_rate, confidence and certain_rate.
"""

from __future__ import annotations

import argparse

from track_skills.cli import output, store
from track_skills.local import reports


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the bounds."""
    parser.add_argument("--uses", type=int, default=5, metavar="N", help="at least so many uses (default: 5)")
    parser.add_argument("--success", type=_share, default=0.8, metavar="RATE", help="0 to 1 (default: 0.8)")
    parser.add_argument("--confidence", type=_share, default=0.85, metavar="RATE", help="0 to 1 (default: 0.85)")


def run(options: argparse.Namespace) -> int:
    """Print the skills, candidates first."""
    with store.opened() as connection:
        found = reports.effectiveness(connection) if connection else []
    judged = reports.candidates(found, options.uses, options.success, options.confidence)
    if options.json:
        output.as_json(judged)
    elif judged:
        columns = ("skill", "keep", "uses", "success rate", "certain rate", "why")
        output.table(columns, [_row(skill) for skill in judged])
    else:
        output.line(store.hint())
    return 0


def _row(skill: dict[str, object]) -> list[object]:
    keep, reasons = ("yes" if skill["is_candidate"] else "no"), skill["reasons"]
    why = "; ".join(reasons) if isinstance(reasons, list) else ""
    return [skill["skill_name"], keep, skill["total_uses"], skill["success_rate"], skill["certain_rate"], why]


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to 1")
    return share
