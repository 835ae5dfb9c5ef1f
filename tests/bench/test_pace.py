"""tools/bench/clients_pace.py: the uses of a busy hour, as stretches of several machines."""

from __future__ import annotations

from collections import Counter

from tools.bench.clients_pace import HOUR, MACHINES, USES, _uses


def test_each_machine_has_its_part_of_the_hour() -> None:
    uses = _uses(MACHINES)
    assert uses == sorted(uses)
    assert len(uses) == USES
    assert set(Counter(machine for _, machine in uses).values()) == {USES // MACHINES, USES // MACHINES + 1}
    moments = [moment for moment, _ in uses]
    assert 0 <= moments[0] < 5
    assert HOUR / MACHINES - 5 < moments[-1] <= HOUR / MACHINES
