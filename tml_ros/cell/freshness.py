"""Whether each camera and microphone still gives data.

Knows nothing of what the data says, nor of clocks: it is told when something came and what time it
is. Owned by the guardian.
"""

from __future__ import annotations

from collections.abc import Mapping

from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

STARTUP_GRACE_NS = 5_000_000_000
"""How long a stream may take to begin; a camera over RTSP needs a few seconds for its first
picture. Longer where the stream's own `lost_after` is."""


class Freshness:
    """Watches streams of one kind of sensor.

    kind: what a stream that has fallen silent is, CAMERA_LOST or MICROPHONE_LOST.
    lost_after_ns: per stream, how long it may be silent.
    """

    def __init__(self, kind: HazardKind, lost_after_ns: Mapping[str, int]) -> None:
        """Start watching; each stream has its time to begin."""
        self._kind = kind
        self._lost_after_ns = dict(lost_after_ns)
        self._deadline_ns: dict[str, int] = {}

    def seen(self, stream: str, now_ns: int) -> None:
        """Something new came from `stream`."""
        self._deadline_ns[stream] = now_ns + self._lost_after_ns[stream]

    def hazards(self, now_ns: int) -> list[Hazard]:
        """A statement on every stream. A lost one is stamped when its time was over."""
        statements = []
        for stream, lost_after_ns in self._lost_after_ns.items():
            grace_ns = max(STARTUP_GRACE_NS, lost_after_ns)
            deadline_ns = self._deadline_ns.setdefault(stream, now_ns + grace_ns)
            lost = now_ns > deadline_ns
            statements.append(
                Hazard(
                    self._kind,
                    stream,
                    1.0 if lost else 0.0,
                    HazardSource.GUARD,
                    deadline_ns if lost else now_ns,
                )
            )
        return statements

    def reset(self) -> None:
        """Forget everything: each stream has its time to begin anew."""
        self._deadline_ns.clear()
