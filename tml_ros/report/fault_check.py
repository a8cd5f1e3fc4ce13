"""What a guardian made of a process that was ended on purpose.

Knows nothing of processes. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tml_ros.report.episodes import Episode
from tml_ros.report.injected_fault import InjectedFault
from tml_ros.turn.hazard import HazardKind

NODE_KINDS = (HazardKind.NODE_LOST, HazardKind.NODE_HUNG)


@dataclass(frozen=True, slots=True)
class FaultCheck:
    """How a fault was met. node, others: alarms that it explains; other hazards raised meanwhile.

    alarmed_s, gone_s: from the fault until the node's alarm, and until it was gone; None for never.
    """

    fault: InjectedFault
    node: Episode | None
    others: tuple[Episode, ...]
    alarmed_s: float | None
    gone_s: float | None

    @property
    def sentence(self) -> str:
        """The same in words."""
        killed = f"The {self.fault.node.replace('_', ' ')} was killed on purpose"
        if self.node is None or self.alarmed_s is None:
            return f"{killed}, and nothing was alarmed."
        alarmed = f"{killed}, and alarmed as {_words(self.node.kind)} after {self.alarmed_s:.1f} s"
        if self.gone_s is None:
            return f"{alarmed}; it was not back at the end."
        meanwhile = [one for one in self.others if one.kind not in _OF_THE_CELL]
        guarded = ""
        if meanwhile:
            names = ", ".join(dict.fromkeys(_words(one.kind) for one in meanwhile))
            guarded = f"; without it the guardian raised {names}"
        return f"{alarmed}; it was back after {self.gone_s:.1f} s{guarded}."

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "killed": self.fault.node,
            "alarmed_as": None if self.node is None else self.node.kind.value,
            "alarmed_s": None if self.alarmed_s is None else round(self.alarmed_s, 2),
            "back_s": None if self.gone_s is None else round(self.gone_s, 2),
            "meanwhile": [[one.kind.value, one.zone] for one in self.others],
        }


_OF_THE_CELL = frozenset(
    {*NODE_KINDS, HazardKind.NODE_IDLE, HazardKind.NODE_LATE}
    | {HazardKind.MODEL_LOST, HazardKind.MODEL_LATE}
)


def check_fault(fault: InjectedFault, episodes: Iterable[Episode]) -> FaultCheck:
    """What became of a fault."""
    later = [one for one in episodes if one.raised_ns >= fault.stamp_ns]
    node = next((one for one in later if one.kind in NODE_KINDS and one.zone == fault.node), None)
    if node is None:
        return FaultCheck(fault, None, (), None, None)
    others = tuple(
        one
        for one in later
        if one is not node and (node.gone_ns is None or one.raised_ns < node.gone_ns)
    )
    gone_s = None if node.gone_ns is None else (node.gone_ns - fault.stamp_ns) / 1e9
    return FaultCheck(fault, node, others, (node.raised_ns - fault.stamp_ns) / 1e9, gone_s)


def _words(kind: HazardKind) -> str:
    return kind.value.replace("_", " ")
