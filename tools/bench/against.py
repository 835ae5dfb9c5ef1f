"""Another revision of the product beside this one: its files, and what two of them measured by turns say."""

from __future__ import annotations

import io
import math
import statistics
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.bench.table import Limit, Row, at_most_times
from tools.embedded.runtime import ROOT

Pair = tuple[float, float]
MARGIN = 3  # standard errors: a median of pairs without a difference strays further once in a thousand runs


@contextmanager
def checkout(revision: str) -> Iterator[Path]:
    """A revision's files in a temporary folder, beside what is installed here.

    Raises RuntimeError where git has none. An archive and not a worktree of git's: a run that is killed leaves nothing
    behind in the repository.
    """
    with tempfile.TemporaryDirectory(prefix="track-skills-against-") as name:
        folder = Path(name)
        command = ["git", "archive", "--format=tar", f"{revision}^{{commit}}"]
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
        if done.returncode:
            raise RuntimeError(f"git has no files of {revision}: {done.stderr.decode()}")
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            archive.extractall(folder, filter="data")
        for installed in ("node_modules", "python_modules"):
            (folder / installed).symlink_to(ROOT / installed)
        yield folder


def by_turns(here: Callable[[], float], there: Callable[[], float], pairs: int) -> list[Pair]:
    """Pairs of (here, there), of which each goes first in every other pair, so that neither gains by its place."""
    measured: list[Pair] = []
    for number in range(pairs):
        if number % 2:
            other = there()
            measured.append((here(), other))
        else:
            measured.append((here(), there()))
    return measured


def compare(figure: str, unit: str, pairs: Sequence[Pair], must_be: Limit | None = None) -> Row:
    """The medians of both, and the median of the pairs' ratios; must_be None: no more than their spread explains."""
    ratios = [here / there for here, there in pairs]
    limit = must_be or at_most_times(1 + tolerance(ratios))
    here, there = (statistics.median(side) for side in zip(*pairs, strict=True))
    return Row(figure, here, unit, there, limit, statistics.median(ratios))


def tolerance(ratios: Sequence[float]) -> float:
    """MARGIN standard errors of the ratios' median, by their interquartile range.

    A normal distribution's is 1.349 standard deviations wide, and the error of its median 1.2533 σ / √n.
    """
    lower, _, upper = statistics.quantiles(ratios, n=4)
    return MARGIN * 1.2533 * (upper - lower) / 1.349 / math.sqrt(len(ratios))
