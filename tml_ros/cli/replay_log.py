"""Keeps the session log of a replay, for the report.

Knows nothing of files. Pictures are kept only as long as they are the newest of their camera.
"""

from __future__ import annotations

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.guardian import Guardian
from tml_ros.cell.replay import ReplayRecord
from tml_ros.cell.turn_figures import TurnFigures
from tml_ros.report.session_log import Provenance, SessionLog, Snapshot
from tml_ros.report.snapshot import camera_of, draw_snapshot
from tml_ros.safety.alarm import AlarmEvent, AlarmTransition
from tml_ros.turn.hazard import HazardKind, HazardSource
from tml_ros.turn.micro_turn import AudioBlock, Frame

_PICTURED = (AlarmEvent.RAISED, AlarmEvent.REALARMED, AlarmEvent.RETURNED, AlarmEvent.CLEARED)


class ReplayLog:
    """Turns the records of one replay into `log`."""

    def __init__(self, cell: CellDescription, provenance: Provenance) -> None:
        """Start with an empty log."""
        self.log = SessionLog(cell, provenance)
        self._cell = cell
        self._frames: dict[str, Frame] = {}
        self._stated: dict[tuple[HazardSource, HazardKind, str], int] = {}

    def record(self, record: ReplayRecord, guardian: Guardian) -> None:
        """Take in one step; `guardian` as it is right after it."""
        content = None if record.given is None else record.given.content
        if isinstance(content, Frame):
            self._frames[content.camera] = content
            self.log.record_frame(content.camera, content.stamp_ns)
        elif isinstance(content, AudioBlock):
            self.log.record_audio(content.microphone, content.start_ns)
        for turn, output in record.turns:
            self.log.record_turn(turn)
            if output.text:
                self.log.record_speech(turn.end_ns, output.text, samples=output.speech)
        for hazard in guardian.hazards():
            key = (hazard.source, hazard.kind, hazard.zone)
            if self._stated.get(key) != hazard.stamp_ns:
                self._stated[key] = hazard.stamp_ns
                self.log.record_hazard(hazard)
        for transition in record.transitions:
            self.log.record_transition(transition, self._snapshot(transition))
        for said in record.announcements:
            self.log.record_speech(
                said.stamp_ns, said.text, priority=said.priority, samples=said.samples
            )

    def finish(self, figures: TurnFigures) -> None:
        """Take in how the turns have fared when the replay is over."""
        self.log.counters.update(figures.counts)

    def _snapshot(self, transition: AlarmTransition) -> Snapshot | None:
        camera = camera_of(transition.alarm, self._cell)
        frame = None if camera is None else self._frames.get(camera)
        if frame is None or transition.event not in _PICTURED:
            return None
        return draw_snapshot(frame, self._cell, transition.alarm)
