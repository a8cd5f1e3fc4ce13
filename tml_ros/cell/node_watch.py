"""Whether the nodes of a cell are there, answer and get their work done, and its clock goes.

Knows nothing of ROS, processes or clocks: it is told beats and times, and whether a process of this
machine is there. Owned by the guardian, which is watched by others. One thread owns a watch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tml_ros.cell.alarm_status import ERROR, OK, WARN
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cell_nodes import Role, cell_nodes
from tml_ros.cell.clock_watch import ClockWatch
from tml_ros.cell.heartbeat import Heartbeat, parse_heartbeat
from tml_ros.cell.node_limits import idle_limit_ns
from tml_ros.cell.watched_node import KINDS, WatchedNode
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

BLIND_NS = 500_000_000
"""Who has not looked for so long was itself stopped or starved, and what came meanwhile may still
wait to be read: it judges nobody by that time."""
EXCUSE_AGAIN_NS = 3_000_000_000
"""One who looks rarely all the time still has to judge."""


class NodeWatch:
    """Judges every node of a cell but the guardian.

    host: this machine's name, as its beats say it.
    process_alive: whether a process of this machine is there (one that has ended and was not yet
        waited for is not); None where nobody can tell.
    follows_clock: whether cell time is that of `/clock`.
    """

    def __init__(
        self,
        cell: CellDescription,
        *,
        host: str,
        process_alive: Callable[[int], bool | None],
        follows_clock: bool = False,
    ) -> None:
        """Start to watch; every node has its time to begin."""
        self._host = host
        self._process_alive = process_alive
        self._nodes = {
            place.name: WatchedNode(idle_after_ns=idle_limit_ns(cell, place))
            for place in cell_nodes(cell)
            if place.role is not Role.GUARDIAN
        }
        self._clock = ClockWatch() if follows_clock else None
        self._looked_ns: int | None = None
        self._excused_ns: int | None = None
        self._found: dict[str, frozenset[HazardKind]] = {}
        self.unknown_beats = 0
        """Beats of nodes that are not of this cell; they are not kept."""

    def beat(self, values: Mapping[str, str], steady_ns: int) -> None:
        """A heartbeat came. Raises StatusError where it is none."""
        beat = parse_heartbeat(values)
        node = self._nodes.get(beat.node)
        if node is None:
            self.unknown_beats += beat.node != Role.GUARDIAN.value
            return
        node.beat(beat, steady_ns)

    def hazards(self, steady_ns: int, now_ns: int) -> list[Hazard]:
        """What is so now; nothing of a node that still has time to begin. now_ns: cell time.

        Ask about ten times a second.
        """
        self._excuse(steady_ns)
        statements = []
        for name, node in self._nodes.items():
            found = node.judge(steady_ns, self._alive)
            if found is None:
                continue
            self._found[name] = found
            statements += [
                Hazard(kind, name, float(kind in found), HazardSource.GUARD, now_ns)
                for kind in KINDS
            ]
        return statements

    def clock(self, now_ns: int, steady_ns: int) -> list[Hazard]:
        """Whether cell time stands still; nothing where it is the system's. Ask with `hazards`."""
        return [] if self._clock is None else self._clock.hazards(now_ns, steady_ns)

    def report(self) -> tuple[int, str, dict[str, str]]:
        """How the nodes fared when last judged, for diagnostics: level, message, values."""
        values = {}
        for name, node in self._nodes.items():
            found, newest = self._found.get(name), node.newest
            words = ["waited for"] if found is None else sorted(kind.value for kind in found)
            if newest is not None:
                words += [f"pid {newest.pid} on {newest.host}", f"restarts {node.restarts}"]
            values[name] = ", ".join(words)
        bad = sorted(name for name, found in self._found.items() if found)
        away = [
            name for name in bad if self._found[name] & {HazardKind.NODE_LOST, HazardKind.NODE_HUNG}
        ]
        if away:
            return ERROR, f"lost or hung: {', '.join(away)}", values
        if bad:
            return WARN, f"idle or late: {', '.join(bad)}", values
        return OK, f"{len(self._nodes)} nodes", values

    def _alive(self, beat: Heartbeat) -> bool | None:
        return self._process_alive(beat.pid) if beat.host == self._host else None

    def _excuse(self, steady_ns: int) -> None:
        blind = self._looked_ns is not None and steady_ns - self._looked_ns > BLIND_NS
        self._looked_ns = steady_ns
        recently = self._excused_ns is not None and steady_ns - self._excused_ns < EXCUSE_AGAIN_NS
        if blind and not recently:
            self._excused_ns = steady_ns
            for node in self._nodes.values():
                node.excuse(steady_ns)
            if self._clock is not None:
                self._clock.excuse(steady_ns)
