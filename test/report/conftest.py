"""A made-up run to make reports of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tml_ros.cell.cell_description import CellDescription
from tml_ros.report.session_log import Provenance, SessionLog
from tml_ros.report.snapshot import draw_snapshot
from tml_ros.safety.alarm import Alarm, AlarmEvent, AlarmState, AlarmTransition, Priority
from tml_ros.turn.hazard import Box, HazardKind
from tml_ros.turn.micro_turn import Frame

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND


@pytest.fixture
def cell() -> CellDescription:
    """One camera with one zone, one microphone."""
    return CellDescription.model_validate(
        {
            "cell": "press_2",
            "cameras": {
                "gate": {
                    "size": [320, 240],
                    "zones": {"press_area": {"polygon": [[0, 120], [160, 120], [160, 240]]}},
                }
            },
            "microphones": {"mic": {}},
        }
    )


@pytest.fixture
def log(cell: CellDescription) -> SessionLog:
    """An empty log that begins at START and lasts 48 s."""
    log = SessionLog(cell, Provenance(command="tml-ros replay clip.mp4"), started_ns=START)
    log.reach(START + 48 * SECOND)
    return log


def _transition(
    event: AlarmEvent,
    at: float,
    state: AlarmState,
    *,
    kind: HazardKind = HazardKind.PERSON_IN_ZONE,
    zone: str = "press_area",
    priority: Priority = Priority.HIGH,
    box: Box | None = None,
) -> AlarmTransition:
    """A change of an alarm `at` seconds after START."""
    stamp_ns = START + round(at * SECOND)
    alarm = Alarm(kind, zone, state, priority, "guard", stamp_ns, stamp_ns, box)
    return AlarmTransition(stamp_ns, event, alarm, stamp_ns)


@pytest.fixture
def change() -> Callable[..., AlarmTransition]:
    """`change(event, at, state, **alarm)`: a transition `at` seconds after the start."""
    return _transition


@pytest.fixture
def visit(log: SessionLog) -> Callable[..., None]:
    """`visit(from_s, to_s=None, **alarm)`: an alarm with a picture, raised and cleared."""

    def visit(from_s: float, to_s: float | None = None, **alarm: object) -> None:
        raised = _transition(
            AlarmEvent.RAISED,
            from_s,
            AlarmState.ACTIVE_UNACKNOWLEDGED,
            box=Box("gate", 20, 40, 80, 200),
            **alarm,
        )
        frame = Frame("gate", raised.stamp_ns, np.full((240, 320, 3), 90, np.uint8))
        log.record_transition(raised, draw_snapshot(frame, log.cell, raised.alarm))
        if to_s is not None:
            cleared = _transition(AlarmEvent.CLEARED, to_s, AlarmState.NORMAL, **alarm)
            log.record_transition(cleared)

    return visit
