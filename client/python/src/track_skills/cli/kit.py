"""Count the uses of a plugin of your own: put the kit in, bring a newer one, take it out, or check any plugin.

The change is shown before it is made. `check` names what a plugin directory's review would hold, by
file and line, and what it cannot judge. With --json nobody is asked: an object with made and files;
of `check`, with plugin, findings, left_to_people, unjudged and rules.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from track_skills.cli import output
from track_skills.kit import install, rules, script
from track_skills.kit.plugin import Plugin, PluginError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what is to be done, the plugin, and the author's choices."""
    parser.add_argument("action", choices=("init", "check", "update", "remove"))
    parser.add_argument("path", nargs="?", default=".", metavar="PATH", help="the plugin's folder; default: this one")
    parser.add_argument("--endpoint", metavar="URL", help="init: the collector that events are sent to")
    parser.add_argument("--days", type=int, default=90, metavar="N", help="init: how long it keeps them; default 90")
    parser.add_argument("--opt-in", action="store_true", help="init: record nothing before a person says so")
    parser.add_argument(
        "--fact", action="append", choices=script.FACTS[1:], default=[], help="init: send this, too (again for more)"
    )
    parser.add_argument("--no-ids", action="store_true", help="init: counts only, nobody has an id")
    parser.add_argument(
        "--off-if", action="append", default=[], metavar="SWITCH", help="init: VARIABLE, VARIABLE=value or ~/file"
    )
    parser.add_argument("--on-if", action="append", default=[], metavar="SWITCH", help="init: such that says yes")
    parser.add_argument("--print", action="store_true", dest="only_print", help="show the change and write nothing")


def run(options: argparse.Namespace) -> int:
    """Show the change and make it, or say what the check found."""
    try:
        plugin = Plugin(Path(options.path))
        if options.action == "check":
            return _check(plugin, in_json=options.json)
        changes = _changes(plugin, options)
    except PluginError as error:
        raise output.CommandError(str(error)) from None
    except ValueError as error:
        raise output.CommandError(f"{script.SCRIPT}: {error}") from None
    if not options.json:
        for line in _shown(plugin, changes):
            output.line(line)
    is_made = bool(changes) and not options.only_print and (options.json or output.is_wanted())
    if is_made:
        install.make(plugin, changes)
    if options.json:
        output.as_json({"made": is_made, "files": list(install.names(changes))})
    elif not changes:
        output.line("Nothing to change.")
    elif is_made and options.action == "init":
        output.line("Done. Read PRIVACY.md, then try it: `track-skills kit check`.")
    return 0 if is_made or options.only_print or not changes else 1


def _changes(plugin: Plugin, options: argparse.Namespace) -> install.Changes:
    if options.action == "update":
        return install.update(plugin)
    if options.action == "remove":
        return install.remove(plugin)
    if not options.endpoint:
        raise PluginError("--endpoint says where events are to be sent")
    return install.init(
        plugin,
        options.endpoint,
        options.days,
        opt_in="1" if options.opt_in else "",
        facts=[fact for fact in script.FACTS if fact in options.fact or (fact == "ids" and not options.no_ids)],
        off_if=options.off_if,
        on_if=options.on_if,
    )


def _shown(plugin: Plugin, changes: install.Changes) -> Iterator[str]:
    """The lines that show the change: what is the author's as a unified diff, the kit's own files as a line each."""
    for name in install.names(changes):
        before, after = plugin.read(name), changes[name]
        if before is None or after is None:
            yield f"{'remove' if after is None else 'make'} {name} ({len((after or before or '').splitlines())} lines)"
            continue
        yield from output.difference(before.splitlines(), after.splitlines(), name, name, around=1)


def _check(plugin: Plugin, *, in_json: bool) -> int:
    """Say what holds, what does not, and what a person has to judge; 1 where something does not hold."""
    findings = rules.check(plugin)
    left = rules.left_to_people(plugin)
    unjudged = rules.unjudged(plugin)
    if in_json:
        output.as_json(
            {
                "plugin": plugin.name,
                "findings": [finding._asdict() for finding in findings],
                "left_to_people": [{**finding._asdict(), "why": why} for finding, why in left],
                "unjudged": unjudged,
                "rules": len(rules.RULES),
            }
        )
        return 1 if findings else 0
    for finding in findings:
        output.line(output.colour(f"{finding.file}:{finding.line}: {finding.text} ({finding.rule})", "red"))
        output.line(f"  asked by: {finding.source}")
    for (file, text, why), lines in _together(left).items():
        output.line(f"for a person to judge: {file}:{', '.join(map(str, lines))}: {text}")
        output.line(f"  as {why}")
    for text in unjudged:
        output.line(f"not judged: {text}")
    held = len(rules.RULES) - len({finding.rule for finding in findings} | {finding.rule for finding, _ in left})
    people = f", {len({finding.rule for finding, _ in left})} are for a person to judge" if left else ""
    output.line(f"{plugin.name}: {held} of {len(rules.RULES)} rules hold{people}.")
    return 1 if findings else 0


def _together(left: list[tuple[rules.Finding, str]]) -> dict[tuple[str, str, str], list[int]]:
    """The lines of what is the same in a file, with the reason why a person judges it."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for finding, why in left:
        found.setdefault((finding.file, f"{finding.text} ({finding.rule})", why), []).append(finding.line)
    return found
