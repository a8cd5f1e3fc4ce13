"""The record of a guardian node: what happened is written down before it is published.

Knows nothing of how a record is kept, that is `audit.RecordLog`'s, whose own thread writes to the
disk. Built while the node is configured; after that the guardian's worker thread owns it.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from std_msgs.msg import String

from tml_ros.audit.record_body import summary_body, transition_body
from tml_ros.audit.record_log import RecordLog
from tml_ros.audit.record_watch import RecordWatch
from tml_ros.cell.alarm_status import ERROR, OK, WARN, Status
from tml_ros.cell.cell_places import record_anchor, record_folder, record_key
from tml_ros.cell.guardian import Guardian
from tml_ros.nodes.cell_node import CellNode
from tml_ros.safety.alarm import AlarmTransition
from tml_ros.safety.alarm_memory import AlarmMemory, AlarmMemoryError
from tml_ros.safety.alarm_summary import FloodSummary
from tml_ros.turn.hazard import Hazard

OWN_WORDS = 32
"""Warnings of our own that may be under way on `speech/text`, which we hear ourselves."""
MAX_TEXT = 4_000


class GuardianRecord:
    """Writes down what a guardian and its cell do, and what a restart must know.

    Raises RecordPlaceError where key or anchor would lie beside what they prove.
    """

    def __init__(self, node: CellNode, guardian: Guardian) -> None:
        """Open the record of the node's cell, until cleanup."""
        self._node = node
        self._guardian = guardian
        cell = node.cell
        evidence = cell.guardian.evidence
        self._log = RecordLog(
            record_folder(cell),
            record_key(cell),
            record_anchor(cell),
            stamp_ns=max(0, node.now_ns()),
            about={
                "cell": cell.cell,
                "model": cell.model,
                "privacy": evidence.privacy if evidence.enabled else "no evidence",
                "operators": "signed" if cell.guardian.operators.keys else "anybody",
            },
        )
        node.at_cleanup(lambda: self._log.close(max(0, node.now_ns())))
        self._own_words: deque[str] = deque(maxlen=OWN_WORDS)
        self._watch = RecordWatch()
        self._told = ""

    def recall(self, now_ns: int) -> list[AlarmTransition]:
        """Have the guardian go on from what the process before remembered, if it did."""
        remembered = self._log.recalled()
        if remembered is None:
            return []
        try:
            memory = AlarmMemory.from_json(json.loads(remembered))
        except (ValueError, AlarmMemoryError) as error:
            self._node.get_logger().error(f"the alarms of before cannot be recalled: {error}")
            return []
        return self._guardian.recall(memory, now_ns)

    def transitions(self, transitions: Sequence[AlarmTransition]) -> None:
        """Alarms changed: all of it is kept together with what a restart must know, or nothing."""
        self._log.write_all(
            [(one.stamp_ns, "transition", transition_body(one)) for one in transitions],
            memory=self._memory(),
        )

    def write(self, kind: str, body: Mapping[str, Any]) -> None:
        """Something else happened now."""
        self._log.write(self._node.now_ns(), kind, body)

    def command(self, kind: str, body: Mapping[str, Any]) -> None:
        """An operator's command was carried out or refused; it may have changed no alarm."""
        self._log.write_all([(self._node.now_ns(), kind, body)], memory=self._memory())

    def summary(self, summary: FloodSummary) -> None:
        """Alarms were told of together."""
        self._log.write_all(
            [(summary.stamp_ns, "summary", summary_body(summary))], memory=self._memory()
        )

    def said(self, text: str, priority: str) -> None:
        """The guardian says a warning."""
        self._own_words.append(text)
        self.write("speech", {"text": text, "source": "guardian", "priority": priority})

    def heard(self, message: String) -> None:
        """Words came on `speech/text`; our own are written down already."""
        text = message.data
        if text in self._own_words:
            self._own_words.remove(text)
        elif text:
            self.write("speech", {"text": text[:MAX_TEXT], "source": "interaction"})

    def finding(self, message: String) -> None:
        """The background found something out; what it says under way is not kept."""
        try:
            found = json.loads(message.data)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            self.write("finding", {"text": message.data[:MAX_TEXT]})
        elif found.get("outcome") != "progress":
            kept = ("id", "delegation", "outcome", "say", "urgency", "asked_by", "late")
            self.write("finding", {key: found[key] for key in kept if key in found})

    def hazards(self, now_ns: int) -> list[Hazard]:
        """Whether what happens is written down."""
        return self._watch.hazards(self._log.status(), self._node.steady_ns(), now_ns)

    def status(self) -> Status:
        """For diagnostics."""
        now = self._log.status()
        head = now.head
        values = {
            "records": str(now.records),
            "waiting": str(now.waiting),
            "lost": str(now.lost),
            "head": "none" if head is None else str(head.seq),
            "head_seal": "none" if head is None else str(self._log.head() or "none"),
        }
        for number, problem in enumerate(now.problems[-3:]):
            values[f"problem_{number}"] = problem
        level, message = OK, f"{now.records} records written"
        if now.failing:
            level, message = ERROR, f"not written: {now.reason}"
        elif now.set_aside or now.lost:
            level = WARN
            message = now.set_aside or f"{now.lost} records were lost while the disk failed"
        if message != self._told and level is not OK:
            self._node.get_logger().error(f"the record: {message}")
            self._told = message
        elif level is OK and self._told:
            self._node.get_logger().info("the record is written again")
            self._told = ""
        return self._node.status(level, "record", message, values)

    def _memory(self) -> str:
        return json.dumps(self._guardian.memory().to_json(), separators=(",", ":"))
