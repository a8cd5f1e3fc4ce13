"""The lives of alarms, told as episodes: from being raised until normal (or raised anew).

Knows nothing of pages and pictures: it orders what the session log holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tml_ros.report.session_log import Snapshot, TransitionRecord
from tml_ros.safety.alarm import AlarmEvent, AlarmState, Priority
from tml_ros.turn.hazard import HazardKind


@dataclass(frozen=True, slots=True)
class StateSpan:
    """One state an alarm stayed in, [start_ns, end_ns); end_ns None while it lasts."""

    state: AlarmState
    start_ns: int
    end_ns: int | None


@dataclass(slots=True)
class Episode:
    """One raise of one alarm and what became of it.

    number: 1, 2, 3 ... in order of being raised, over all alarms.
    gone_ns: when the hazard was gone again; None while it lasts.
    """

    number: int
    kind: HazardKind
    zone: str
    priority: Priority
    raised_ns: int
    source: str
    snapshot: Snapshot | None = None
    spans: list[StateSpan] = field(default_factory=list)
    gone_ns: int | None = None
    acknowledged_ns: int | None = None
    acknowledged_by: str = ""
    realarms: int = 0

    @property
    def state(self) -> AlarmState:
        """The state it ended in; normal once cleared."""
        last = self.spans[-1]
        return last.state if last.end_ns is None else AlarmState.NORMAL


def episodes_of(records: Iterable[TransitionRecord]) -> tuple[Episode, ...]:
    """All episodes in order of being raised.

    An alarm first met in the middle of its life (the watcher came late) starts an episode there;
    the end of one never met is passed over. Who hears of an alarm is no part of its life.
    """
    episodes: list[Episode] = []
    present: dict[tuple[HazardKind, str], Episode] = {}
    for record in records:
        transition, alarm = record.transition, record.transition.alarm
        if not transition.event.of_life:
            continue
        key = (alarm.kind, alarm.zone)
        episode = present.get(key)
        if transition.event is AlarmEvent.CLEARED:
            if episode is not None:
                _close_span(episode, transition.stamp_ns)
                if episode.gone_ns is None:
                    episode.gone_ns = transition.stamp_ns
                del present[key]
            continue
        if transition.event is AlarmEvent.RAISED and episode is not None:
            _close_span(episode, transition.stamp_ns)
            episode = None
        if episode is None:
            episode = Episode(
                number=len(episodes) + 1,
                kind=alarm.kind,
                zone=alarm.zone,
                priority=alarm.priority,
                raised_ns=transition.stamp_ns,
                source=alarm.source,
                snapshot=record.snapshot,
            )
            episodes.append(episode)
            present[key] = episode
        _continue(episode, record)
    return tuple(episodes)


def _continue(episode: Episode, record: TransitionRecord) -> None:
    transition, alarm = record.transition, record.transition.alarm
    _close_span(episode, transition.stamp_ns)
    episode.spans.append(StateSpan(alarm.state, transition.stamp_ns, None))
    episode.source = alarm.source
    if not alarm.state.condition_present and episode.gone_ns is None:
        episode.gone_ns = transition.stamp_ns
    if transition.event is AlarmEvent.ACKNOWLEDGED and episode.acknowledged_ns is None:
        episode.acknowledged_ns = transition.stamp_ns
        episode.acknowledged_by = alarm.acknowledged_by
    if transition.event is AlarmEvent.REALARMED:
        episode.realarms += 1


def _close_span(episode: Episode, stamp_ns: int) -> None:
    if episode.spans and episode.spans[-1].end_ns is None:
        last = episode.spans[-1]
        episode.spans[-1] = StateSpan(last.state, last.start_ns, stamp_ns)
