"""What a guardian node hears of the other nodes of its cell, and of its model and clock.

Knows nothing of how they are judged. The guardian's worker thread owns it.
"""

from __future__ import annotations

from collections.abc import Callable

from diagnostic_msgs.msg import DiagnosticArray

from tml_ros.cell.alarm_status import Status
from tml_ros.cell.cell_nodes import Role
from tml_ros.cell.heartbeat_watch import HeartbeatWatch
from tml_ros.cell.node_watch import NodeWatch
from tml_ros.nodes.cell_node import CellNode
from tml_ros.nodes.processes import host_name, process_alive
from tml_ros.nodes.status_messages import statuses_of
from tml_ros.report.model_record import ModelRecord, parse_model
from tml_ros.turn.hazard import Hazard, HazardKind


class GuardianWatch:
    """Judges who beats on `heartbeat`, and who should and does not.

    on_model: told how the model stands with each beat of the interaction, and when it falls silent.
    """

    def __init__(
        self, node: CellNode, *, on_model: Callable[[ModelRecord | None, bool], None]
    ) -> None:
        """Start to watch; every node has its time to begin."""
        self._node = node
        self._on_model = on_model
        self._nodes = NodeWatch(
            node.cell,
            host=host_name(),
            process_alive=process_alive,
            follows_clock=bool(node.get_parameter("use_sim_time").value),
        )
        # Without a model there is nothing whose loss would cost any guarding.
        self._model = HeartbeatWatch() if node.cell.model != "none" else None
        self._standing: ModelRecord | None = None
        self._healthy = False

    def beat(self, message: DiagnosticArray) -> None:
        """A heartbeat came. Raises StatusError or ValueError where it is none."""
        steady_ns = self._node.steady_ns()
        for status in statuses_of(message):
            values = status.values
            self._nodes.beat(values, steady_ns)
            if self._model is not None and values["node"] == Role.INTERACTION.value:
                self._model.beat(values, steady_ns)
                self._standing = parse_model(values)
                self._on_model(self._standing, self._healthy)

    def hazards(self, now_ns: int) -> list[Hazard]:
        """What is so now; ask at least ten times a second. now_ns: cell time."""
        steady_ns = self._node.steady_ns()
        found = [*self._nodes.hazards(steady_ns, now_ns), *self._nodes.clock(now_ns, steady_ns)]
        if self._model is not None:
            of_model = self._model.hazards(steady_ns, now_ns)
            self._note_health(of_model)
            found += of_model
        return found

    def status(self) -> Status:
        """For diagnostics."""
        level, message, values = self._nodes.report()
        return self._node.status(level, "nodes", message, values)

    def _note_health(self, of_model: list[Hazard]) -> None:
        kinds = (HazardKind.MODEL_LATE, HazardKind.MODEL_LOST)
        healthy = not any(one.score > 0 for one in of_model if one.kind in kinds)
        if healthy is not self._healthy:
            self._healthy = healthy
            self._on_model(self._standing, healthy)
