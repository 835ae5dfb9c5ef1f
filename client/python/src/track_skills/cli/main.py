"""The command's frame: finds the verb, reads its options, runs it, and turns what goes wrong into an exit code.

A verb is a module with a docstring, whose first line is its help; `arguments(parser)`, which adds
its own options; and `run(options)`, which returns the exit code. Every verb has `--json`. Exit
codes: 0 fine, 1 something is wrong, 2 usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import pkgutil
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from track_skills import __version__
from track_skills.cli import output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn, Protocol

    class Verb(Protocol):
        """What a verb's module holds."""

        __doc__: str | None
        arguments: Callable[[argparse.ArgumentParser], None]
        run: Callable[[argparse.Namespace], int]


PROGRAM = "track-skills"
# Each verb and its module in this package, in the order of the help.
VERBS = {
    "status": "status",
    "local": "local",
    "report": "report",
    "events": "events",
    "candidates": "candidates",
    "export": "export",
    "show": "show",
    "send": "send",
    "flush": "flush",
    "on": "on",
    "off": "off",
    "reset": "reset",
    "doctor": "doctor",
    "setup": "setup",
    "import": "importing",
    "tokens": "tokens",
    "catalogue": "catalogue",
    "kit": "kit",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments, by default the process's own, and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    output.prepare()
    if not given or given[0] not in VERBS:
        overview().parse_args(given or ["--help"])
        return 2
    try:
        return _run(given[0], given[1:])
    except BrokenPipeError:
        # Whoever reads has seen enough (`track-skills events | head`).
        output.give_up()
        return 1
    except OSError as error:
        # The output takes no more: a full disk.
        output.give_up()
        output.note(f"track-skills: {error.strerror or error}")
        return 1
    except KeyboardInterrupt:
        # What is not written yet is not waited for: whoever reads may have stopped with it.
        output.give_up()
        return 130


def _run(name: str, given: Sequence[str]) -> int:
    verb = verb_module(name)
    options = verb_parser(name).parse_intermixed_args(given)
    try:
        code = verb.run(options)
    except output.CommandError as failure:
        code = output.failed(str(failure), in_json=options.json)
    except OSError as error:
        if error.filename is None:
            raise
        code = output.failed(f"{error.filename}: {error.strerror}", in_json=options.json)
    sys.stdout.flush()
    return code


def verb_module(name: str) -> Verb:
    """Return the module of a verb, imported now."""
    module: Verb = import_module(f"track_skills.cli.{VERBS[name]}")
    return module


def verb_parser(name: str) -> argparse.ArgumentParser:
    """Return the parser of one verb's options; docs/cli.md is made of these."""
    verb = verb_module(name)
    parser = _Parser(
        prog=f"{PROGRAM} {name}",
        description=verb.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.arguments(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def overview() -> argparse.ArgumentParser:
    """Return the parser that knows all verbs by name, for `--help`, `--version` and usage errors."""
    verbs = "\n".join(f"  {name:<12}{help_of(name)}" for name in VERBS)
    parser = _Parser(
        prog=PROGRAM,
        usage=f"{PROGRAM} VERB [options]",
        description="See which skills and tools are used on this machine, and look after what is sent.",
        epilog=f"verbs:\n{verbs}\n\n`{PROGRAM} VERB --help` says more of each.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    parser.add_argument("verb", choices=list(VERBS), help=argparse.SUPPRESS)
    return parser


def help_of(name: str) -> str:
    """Return the one line that says what a verb does: the first of its module, which is not imported for it."""
    source = pkgutil.get_data("track_skills.cli", f"{VERBS[name]}.py") or b""
    return source.partition(b"\n")[0].decode().strip('"')


class _Parser(argparse.ArgumentParser):
    """Says after each error where the rest is to be found, and never takes `--lim` for `--limit`."""

    def __init__(self, **settings: object) -> None:
        super().__init__(allow_abbrev=False, **settings)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        options = sorted(name for action in self._actions for name in action.option_strings if name.startswith("--"))
        if message.startswith("unrecognized"):
            message += f" (there are {', '.join(options)})"
        super().error(message)
