"""The QoS a topic's publisher offered, so that playing a bag offers the same again."""

from __future__ import annotations

from collections.abc import Sequence

from rosbags.interfaces import Qos, QosDurability, QosHistory, QosLiveliness, QosReliability
from rosbags.interfaces import QosTime as Span

FOREVER = Span(0x7FFFFFFFFFFFFFFF // 1_000_000_000, 0x7FFFFFFFFFFFFFFF % 1_000_000_000)
"""How rmw writes an infinite duration."""


def offered_qos(*, reliable: bool = True, transient_local: bool = False, depth: int = 10) -> Qos:
    """One publisher's offer; what is not named is rmw's default."""
    return Qos(
        history=QosHistory.KEEP_LAST,
        depth=depth,
        reliability=QosReliability.RELIABLE if reliable else QosReliability.BEST_EFFORT,
        durability=QosDurability.TRANSIENT_LOCAL if transient_local else QosDurability.VOLATILE,
        deadline=FOREVER,
        lifespan=FOREVER,
        liveliness=QosLiveliness.AUTOMATIC,
        liveliness_lease_duration=FOREVER,
        avoid_ros_namespace_conventions=False,
    )


def qos_yaml(offers: Sequence[Qos]) -> str:
    """The value of `offered_qos_profiles`, in numbers as bags up to version 8 hold it.

    Numbers are read by every distribution since Humble; the words of version 9 only since Jazzy.
    """
    lines: list[str] = []
    for offer in offers:
        fields: list[tuple[str, object]] = [
            ("history", offer.history.value),
            ("depth", offer.depth),
            ("reliability", offer.reliability.value),
            ("durability", offer.durability.value),
            ("deadline", _span(offer.deadline)),
            ("lifespan", _span(offer.lifespan)),
            ("liveliness", offer.liveliness.value),
            ("liveliness_lease_duration", _span(offer.liveliness_lease_duration)),
            (
                "avoid_ros_namespace_conventions",
                str(offer.avoid_ros_namespace_conventions).lower(),
            ),
        ]
        lines += [f"{'- ' if i == 0 else '  '}{k}: {v}" for i, (k, v) in enumerate(fields)]
    return "\n".join(lines)


def _span(span: Span) -> str:
    return f"{{sec: {span.sec}, nsec: {span.nsec}}}"
