"""Which faults are done to a cell and when: the same for the same seed.

Knows nothing of how they are done. Pure; any thread.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from tml_ros.bench.chaos.faults import SECOND, Fault, FaultKind, possible_faults
from tml_ros.cell.cell_description import CellDescription

REST_NS = dict.fromkeys(FaultKind, 2 * SECOND) | {
    FaultKind.KILL: 3 * SECOND,
    FaultKind.STOP: 3 * SECOND,
    FaultKind.HANG: 3 * SECOND,
    FaultKind.CLOCK_JUMP: 6 * SECOND,
}
"""The least pause after each, in which the cell recovers; whoever does it may wait longer."""
LONGER_NS = SECOND
"""At random up to so much longer, so that faults do not meet the cell at the same moment."""
ROOM = 100_000
"""Faults of a plan at most."""


class PlanError(ValueError):
    """There is nothing to do as was asked; the message says what would be."""


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """at_ns: since the cell was up, at the earliest. rest_ns: the least pause afterwards."""

    at_ns: int
    fault: Fault
    rest_ns: int

    @property
    def over_ns(self) -> int:
        """When the next may come, at the earliest."""
        return self.at_ns + self.fault.lasts_ns + self.rest_ns


@dataclass(frozen=True, slots=True)
class ChaosPlan:
    """Faults one after the other; none where the cell is only watched for `lasts_ns`.

    whole: all are done, however long the cell takes to recover; else those that there is time for.
    """

    seed: int
    lasts_ns: int
    faults: tuple[PlannedFault, ...]
    whole: bool = False


def chaos_plan(
    cell: CellDescription,
    *,
    seed: int,
    seconds: float | None = None,
    number: int | None = None,
    only: Collection[FaultKind] | None = None,
    clock: bool = False,
) -> ChaosPlan:
    """As many faults as fit into `seconds`, or `number` of them: each kind once, then at random.

    only: kinds that may come; all unless given, none for an empty one.
    clock: whether the nodes follow a clock that we give out.
    Raises PlanError where neither or both are given, or a kind cannot be done to this cell.
    """
    if (seconds is None) == (number is None):
        raise PlanError("a plan needs either its seconds or its number of faults")
    possible = possible_faults(cell, clock=clock)
    if only is not None:
        there = {fault.kind for fault in possible}
        if impossible := sorted(kind.value for kind in set(only) - there):
            raise PlanError(
                f"cannot be done to cell {cell.cell!r}: {', '.join(impossible)}; "
                f"can: {', '.join(sorted(kind.value for kind in there))}"
            )
        possible = tuple(fault for fault in possible if fault.kind in set(only))
    if not possible:
        if seconds is None:
            raise PlanError("without any faults to do, say for how many seconds to watch")
        return ChaosPlan(seed, round(seconds * 1e9), ())
    most = ROOM if number is None else number
    lasts_ns = None if seconds is None else round(seconds * 1e9)
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    faults = tuple(_one_after_another(possible, chance, most, lasts_ns))
    end_ns = faults[-1].over_ns if faults else 0
    return ChaosPlan(seed, end_ns if lasts_ns is None else lasts_ns, faults, lasts_ns is None)


def _one_after_another(
    possible: Sequence[Fault], chance: random.Random, most: int, lasts_ns: int | None
) -> Iterator[PlannedFault]:
    at_ns = 0
    for count, fault in enumerate(_drawn(possible, chance)):
        rest_ns = REST_NS[fault.kind] + chance.randrange(LONGER_NS)
        planned = PlannedFault(at_ns, fault, rest_ns)
        if count >= most or (lasts_ns is not None and planned.over_ns > lasts_ns):
            return
        at_ns = planned.over_ns
        yield planned


def _drawn(possible: Sequence[Fault], chance: random.Random) -> Iterator[Fault]:
    """Each kind once in the order of the table, then kinds and targets at random, without end."""
    kinds = list(dict.fromkeys(fault.kind for fault in possible))
    of_kind = {kind: [fault for fault in possible if fault.kind is kind] for kind in kinds}
    for kind in kinds:
        yield chance.choice(of_kind[kind])
    while True:
        yield chance.choice(of_kind[chance.choice(kinds)])
