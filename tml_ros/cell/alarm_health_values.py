"""The health of a cell's alarms as key/value text, the form `/diagnostics` carries.

Knows nothing of ROS or of how the figures come about. Stateless; any thread.

| key | value |
|---|---|
| seen_h | hours that alarms were managed |
| raised, withheld | alarms that called, and that were raised while shelved, suppressed ... |
| per_hour, last_10_min, peak_10_min | alarms that called |
| flood, floods, flood_share_percent | "true" or "false" now; how many; of the time seen |
| stale, chattering | "<count>", or "<count>: kind zone, ..." with the first of them |
| chattered | how often an alarm began to chatter |
| acknowledge_p50_s, acknowledge_p95_s | until first acknowledged, "none" before the first |
| acknowledged | of how many, the newest, those are |
| share_<priority>_percent | "<share> (recommended <share>)" of the alarms that called |
| raised_by_kind | "kind count, ...", the most frequent first |
| judged_false | "kind judged/raised, ...", over all zones and sources |
| judged_false_worst | "kind zone source judged/raised, ..." |
| shelved, out_of_service | as stale |
| conditions | names of those that hold, or empty |
"""

from __future__ import annotations

from collections.abc import Iterable

from tml_ros.safety.alarm import Place, Priority
from tml_ros.safety.alarm_health import RECOMMENDED_SHARES, AlarmHealth

MOST_NAMED = 5


def alarm_health_values(health: AlarmHealth) -> dict[str, str]:
    """The figures as text."""
    return {
        "seen_h": f"{health.seen_ns / 3.6e12:.2f}",
        "raised": str(health.called),
        "withheld": str(health.withheld),
        "per_hour": f"{health.per_hour:.2f}",
        "last_10_min": str(health.last_ten_minutes),
        "peak_10_min": str(health.peak_ten_minutes),
        "flood": str(health.flood).lower(),
        "floods": str(health.floods),
        "flood_share_percent": f"{100 * health.flood_share:.2f}",
        "stale": _places(health.stale),
        "chattering": _places(health.chattering),
        "chattered": str(health.chattered),
        "acknowledge_p50_s": _seconds(health.acknowledge_p50_s),
        "acknowledge_p95_s": _seconds(health.acknowledge_p95_s),
        "acknowledged": str(health.acknowledged),
        **{f"share_{one.value}_percent": _share(health, one) for one in Priority},
        "raised_by_kind": ", ".join(f"{kind.value} {n}" for kind, n in health.raised.items()),
        "judged_false": ", ".join(
            f"{kind.value} {one.judged_false}/{one.raised}"
            for kind, one in health.judged_false.items()
        ),
        "judged_false_worst": ", ".join(
            " ".join(filter(None, (one.kind.value, one.zone, one.source)))
            + f" {one.judged_false}/{one.raised}"
            for one in health.judgements[:MOST_NAMED]
        ),
        "shelved": _places(health.shelved),
        "out_of_service": _places(health.out_of_service),
        "conditions": ", ".join(sorted(health.conditions)),
    }


def _places(places: Iterable[Place]) -> str:
    listed = [f"{kind.value} {zone}".rstrip() for kind, zone in places]
    if not listed:
        return "0"
    more = ", ..." if len(listed) > MOST_NAMED else ""
    return f"{len(listed)}: {', '.join(listed[:MOST_NAMED])}{more}"


def _seconds(value: float | None) -> str:
    return "none" if value is None else f"{value:.1f}"


def _share(health: AlarmHealth, priority: Priority) -> str:
    share, recommended = health.shares.get(priority, 0.0), RECOMMENDED_SHARES[priority]
    return f"{100 * share:.1f} (recommended {100 * recommended:g})"
