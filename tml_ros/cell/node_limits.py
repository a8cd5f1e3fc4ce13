"""How long each node of a cell may get nothing done while something is due.

Knows nothing of beats or clocks. Pure; any thread.
"""

from __future__ import annotations

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cell_nodes import NodePlace, Role

LIVE_NS = 700_000_000
"""For who works many times a second. A beat tells it 0.2 s later at most, and the guardian takes
0.05 s to judge: 1 s in all."""
SOONER_NS = 300_000_000
"""A camera or microphone whose silence is allowed for longer stands still so long before that."""
THINKING_NS = 10_000_000_000
"""The background takes a step ten times a second, but one step may be a spectrum of minutes or a
manual to read, and nobody's safety waits for it."""


def idle_limit_ns(cell: CellDescription, place: NodePlace) -> int:
    """How long a node of `cell` may do nothing, ns.

    Telemetry: two periods of what it plays, so that one value may come late. Of what it plays for
    ever the quickest counts; where everything ends some time, the slowest, as it may be the last.
    """
    if place.role is Role.CAMERA:
        return _stream_ns(cell.cameras[place.serves].lost_after)
    if place.role is Role.MICROPHONE:
        return _stream_ns(cell.microphones[place.serves].lost_after)
    if place.role is Role.BACKGROUND:
        return THINKING_NS
    if place.role is Role.TELEMETRY:
        played = [
            telemetry
            for telemetry in cell.machines[place.serves].telemetry.values()
            if telemetry.source is not None
        ]
        endless = [telemetry.period for telemetry in played if telemetry.loop]
        period = min(endless) if endless else max(telemetry.period for telemetry in played)
        return max(LIVE_NS, round(2e9 * period))
    return LIVE_NS


def _stream_ns(lost_after: float) -> int:
    return max(LIVE_NS, round(lost_after * 1e9) - SOONER_NS)
