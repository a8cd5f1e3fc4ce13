"""Whether each camera and microphone still gives data, and data of now.

Knows nothing of what the data says, nor of clocks: it is told when something came, of what time it
was, and what time it is. Owned by the guardian.
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
    stale: what a stream is whose data comes with stamps further than that from the time it came
        at: CAMERA_STALE or MICROPHONE_STALE. Stamps of the past tell of old data, or of a clock at
        the source that is slow; those of the future of one that has jumped, and then nobody knows
        how old the data is. Either way it comes: it is not lost.
    """

    def __init__(
        self, kind: HazardKind, lost_after_ns: Mapping[str, int], *, stale: HazardKind | None = None
    ) -> None:
        """Start watching; each stream has its time to begin."""
        self._kind = kind
        self._stale_kind = stale
        self._lost_after_ns = dict(lost_after_ns)
        self._deadline_ns: dict[str, int] = {}
        self._stale: dict[str, bool] = {}

    def seen(self, stream: str, now_ns: int, content_ns: int | None = None) -> None:
        """Something new came from `stream`. content_ns: the time it is of, where that is known."""
        lost_after_ns = self._lost_after_ns[stream]
        self._deadline_ns[stream] = now_ns + lost_after_ns
        self._stale[stream] = content_ns is not None and abs(now_ns - content_ns) > lost_after_ns

    def hazards(self, now_ns: int) -> list[Hazard]:
        """A statement on every stream that is lost or came; a lost one is stamped when its time was
        over.

        Of one that has yet to begin nothing is said: it may have been lost before the guardian was
        started again, and then it still is. A lost stream is not stale.
        """
        statements = []
        for stream, lost_after_ns in self._lost_after_ns.items():
            grace_ns = max(STARTUP_GRACE_NS, lost_after_ns)
            deadline_ns = self._deadline_ns.setdefault(stream, now_ns + grace_ns)
            lost = now_ns > deadline_ns
            if not lost and stream not in self._stale:
                continue
            statements.append(
                Hazard(
                    self._kind,
                    stream,
                    1.0 if lost else 0.0,
                    HazardSource.GUARD,
                    deadline_ns if lost else now_ns,
                )
            )
            if self._stale_kind is not None and stream in self._stale:
                score = float(self._stale[stream] and not lost)
                guard = HazardSource.GUARD
                statements.append(Hazard(self._stale_kind, stream, score, guard, now_ns))
        return statements

    def reset(self) -> None:
        """Forget everything: each stream has its time to begin anew."""
        self._deadline_ns.clear()
        self._stale.clear()
