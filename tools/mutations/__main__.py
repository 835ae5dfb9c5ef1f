"""`make test-mutations`: change each condition of the counting rooms and of their SQL, one at a time, and see which of
these mutants the tests let live.

What may live stands in harmless.toml with its reason. Anything else that does, and an entry there that no mutant lives
up to, ends with exit status 1.
"""

from __future__ import annotations

import argparse
import queue
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tools.mutations import python, sql
from tools.mutations.mutant import Mutant

ROOT = Path(__file__).resolve().parents[2]
HARMLESS = Path(__file__).with_name("harmless.toml")
VIEW = "migrations/0003_sums.sql"
ROOMS = ("src/counting", "src/reading", "src/upkeep")
COPIED = ("src", "migrations", "tests", "tools", "client/vectors.json", "pyproject.toml")
TESTS = ("reports", "storage", "upkeep", "reading", "counting", "web", "intake", "terms")
PROCESSES = 2
SECONDS = 90  # a mutant that takes longer is in a loop: the tests take ten
MEMORY_KB = 4_000_000  # and it is stopped before it takes the machine along


class Survivor(NamedTuple):
    """A mutant that all tests pass with. path: of its file, from the repository's root."""

    path: str
    line: int
    change: str


def files(root: Path) -> list[str]:
    """The files whose conditions must all be tested."""
    found = [*root.glob("src/storage/sql/**/*.sql"), *(path for room in ROOMS for path in root.glob(f"{room}/*.py"))]
    return [*sorted(str(path.relative_to(root)) for path in found), VIEW]


def mutants_of(root: Path, path: str) -> list[Mutant]:
    """The mutants of a file."""
    text = (root / path).read_text("utf-8")
    if path.endswith(".py"):
        return python.mutate(text)
    return sql.mutate(text, "CREATE VIEW" if path == VIEW else "")


def survivors(root: Path, paths: Iterable[str], tests: Iterable[str]) -> Iterator[Survivor | None]:
    """For each mutant of some files, in their order, what it is if all tests pass with it, else None.

    tests: folders of tests, the likeliest to fail first, which those of the file's own wing precede. Raises
    RuntimeError if they fail without a mutant.
    """
    jobs = [(path, mutant) for path in paths for mutant in mutants_of(root, path)]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(PROCESSES) as pool:
        copies: queue.Queue[Path] = queue.Queue()
        for number in range(PROCESSES):
            copies.put(_copy(root, Path(folder) / str(number)))

        def try_out(job: tuple[str, Mutant]) -> Survivor | None:
            path, mutant = job
            copy = copies.get()
            try:
                return Survivor(path, mutant.line, mutant.change) if _lives(copy, path, mutant, tests) else None
            finally:
                copies.put(copy)

        if not _pass(copies.queue[0], tests):
            raise RuntimeError("The tests do not pass as they are.")
        yield from pool.map(try_out, jobs)


def _copy(root: Path, copy: Path) -> Path:
    for name in COPIED:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        if (root / name).is_dir():
            shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (root / name).exists():
            shutil.copyfile(root / name, copy / name)
    return copy


def _lives(copy: Path, path: str, mutant: Mutant, tests: Iterable[str]) -> bool:
    file = copy / path
    original = file.read_text("utf-8")
    own = f"tests/{Path(path).parts[1]}"
    try:
        _write(file, mutant.text)
        return _pass(copy, [own, *(test for test in tests if test != own)])
    finally:
        _write(file, original)


def _write(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")
    # Python knows what it compiled by second and size, which a mutant may share with the one before.
    for compiled in file.parent.glob(f"__pycache__/{file.stem}.*"):
        compiled.unlink()


def _pass(copy: Path, tests: Iterable[str]) -> bool:
    """Whether the tests pass; a process that never ends, or takes all memory, does not."""
    pytest = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    there = [test for test in tests if (copy / test).exists()]
    limited = ["bash", "-c", f'ulimit -v {MEMORY_KB}; exec "$@"', "bash", *pytest, *there]
    try:
        done = subprocess.run(limited, cwd=copy, timeout=SECONDS, capture_output=True, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def run(root: Path, paths: list[str], harmless: dict[str, dict[str, str]]) -> int:
    """Try out all mutants of some files and say which live without a reason, and which reasons no mutant lives up to.

    harmless: reasons by path and change. Returns the exit status.
    """
    tried, wrong = 0, 0
    alive: set[tuple[str, str]] = set()
    for survivor in survivors(root, paths, [f"tests/{folder}" for folder in TESTS]):
        tried += 1
        if survivor is None:
            continue
        alive.add((survivor.path, survivor.change))
        if survivor.change not in harmless.get(survivor.path, {}):
            wrong += 1
            print(f"{survivor.path}:{survivor.line}: {survivor.change}", flush=True)
    for path in paths:
        for change in harmless.get(path, {}):
            if (path, change) not in alive:
                wrong += 1
                print(f"{path}: tested or gone, and still in {HARMLESS.name}: {change}")
    print(f"{tried} mutants, {len(alive)} alive, {wrong} to look at.")
    return 1 if wrong else 0


def main() -> int:
    """Try out the mutants of all files, or of those named; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", help="mutate these only")
    every = files(ROOT)
    paths = parser.parse_args().files or every
    if unknown := set(paths) - set(every):
        parser.error(f"{', '.join(sorted(unknown))}: not among the files that are mutated")
    return run(ROOT, paths, tomllib.loads(HARMLESS.read_text("utf-8")))


if __name__ == "__main__":
    sys.exit(main())
