"""The fixed warnings of a cell: which are said, in which words, rendered before they are needed.

Knows nothing of loudspeakers or of how speech is made: `render` turns text into samples. One thread
owns an announcer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.cell.cell_description import CellDescription, policies
from tml_ros.cell.cell_nodes import cell_nodes
from tml_ros.safety.alarm import AlarmPolicy, AlarmTransition, Hearing, Priority
from tml_ros.safety.alarm_summary import FloodSummary
from tml_ros.safety.attention_tone import attention_tone
from tml_ros.safety.warning_text import summary_parts, warning_text
from tml_ros.turn.hazard import HazardKind

Samples = NDArray[np.float32]
Render = Callable[[str], Samples]

MAX_CLIPS = 256
"""Clips kept, the most urgent first: about 30 MB at 2 s each."""

_CAMERA_KINDS = (
    HazardKind.CAMERA_LOST,
    HazardKind.CAMERA_FROZEN,
    HazardKind.CAMERA_DARK,
    HazardKind.CAMERA_COVERED,
    HazardKind.CAMERA_MOVED,
    HazardKind.CAMERA_STALE,
)
_MICROPHONE_KINDS = (
    HazardKind.MICROPHONE_LOST,
    HazardKind.MICROPHONE_CLIPPING,
    HazardKind.MICROPHONE_STALE,
    HazardKind.SIREN,
    HazardKind.IMPACT_SOUND,
)
_NODE_KINDS = (
    HazardKind.NODE_LOST,
    HazardKind.NODE_HUNG,
    HazardKind.NODE_IDLE,
    HazardKind.NODE_LATE,
)
_CELL_KINDS = (
    HazardKind.CLOCK_STOPPED,
    HazardKind.RECORD_FAILED,
    HazardKind.EVIDENCE_FAILED,
)
_MODEL_SEES = (
    HazardKind.PERSON_DOWN,
    HazardKind.MISSING_HELMET,
    HazardKind.VEHICLE_NEAR_PERSON,
    HazardKind.SMOKE_OR_FIRE,
)
_MODEL_HEARS = (HazardKind.MACHINE_FAULT_SOUND, HazardKind.CRY_FOR_HELP)
_MODEL_ITSELF = (HazardKind.MODEL_LATE, HazardKind.MODEL_LOST)


@dataclass(frozen=True, slots=True)
class Announcement:
    """A warning to be played now. samples: float32 [n], mono, 16 kHz, -1..1, read-only: the
    attention tone and the words. kind, zone: of the alarm; None where it is about no single one.
    """

    stamp_ns: int
    text: str
    priority: Priority
    samples: Samples
    kind: HazardKind | None = None
    zone: str = ""


class Announcer:
    """Says the warnings of a cell.

    render: text to float32 [n], mono, 16 kHz, -1..1; called for every warning the cell can give, at
        construction and never again: an alarm does not wait for a voice. What it raises is the
        caller's to see.

    A place that was not foreseen, as only a model can name one, is warned of by the cell's name. So
    are the least urgent places of a cell that has more of them than clips are kept. The sentences
    that sum up what was held back are among the clips.
    """

    def __init__(self, cell: CellDescription, render: Render) -> None:
        """Render what the cell can have to say."""
        self._policies: Mapping[HazardKind, AlarmPolicy] = policies(cell)
        self._cell = cell.cell
        self._language = cell.language
        self._clips: dict[tuple[str, Priority], Samples] = {}
        self._summary_clips = {text: render(text) for text in summary_parts(cell.language)}
        foreseen = list(self._foreseen(cell))
        kinds = dict.fromkeys(kind for kind, _ in foreseen)
        everywhere = [(kind, cell.cell) for kind in kinds]
        if cell.model == "none" and len(foreseen) + len(self._summary_clips) <= MAX_CLIPS:
            everywhere = []
        for kind, zone in (*everywhere, *foreseen):
            text, priority = self._text(kind, zone), self._policies[kind].priority
            if len(self._clips) + len(self._summary_clips) >= MAX_CLIPS:
                break
            if text and (text, priority) not in self._clips:
                self._clips[text, priority] = _joined(attention_tone(priority), render(text))

    @property
    def texts(self) -> tuple[str, ...]:
        """The warnings that are ready to be played, and the sentences of summaries."""
        return (*(text for text, _ in self._clips), *self._summary_clips)

    def announce(self, transitions: Iterable[AlarmTransition]) -> list[Announcement]:
        """What is to be said of these changes, most urgent first.

        Alarms that call: raised, raised anew, or heard again; and only where they are announced.
        """
        announcements = []
        for transition in transitions:
            if not transition.annunciates or transition.hearing is not Hearing.ANNOUNCED:
                continue
            alarm = transition.alarm
            text = self._text(alarm.kind, alarm.zone)
            if text:
                announcements.append(self._announcement(transition, text))
        return sorted(announcements, key=lambda said: -said.priority.rank)

    def announce_summary(self, summary: FloodSummary) -> Announcement:
        """What is to be said of warnings that were held back, with the tone of the most urgent."""
        sentences = summary.sentences(self._language)
        words = (self._summary_clips[sentence] for sentence in sentences)
        samples = _joined(attention_tone(summary.priority), *words)
        return Announcement(summary.stamp_ns, " ".join(sentences), summary.priority, samples)

    def _announcement(self, transition: AlarmTransition, text: str) -> Announcement:
        kind, priority = transition.alarm.kind, transition.alarm.priority
        zone, stamp_ns = transition.alarm.zone, transition.stamp_ns
        for words in (text, self._text(kind, self._cell)):
            clip = self._clips.get((words, priority))
            if clip is not None:
                return Announcement(stamp_ns, words, priority, clip, kind, zone)
        tone = _joined(attention_tone(priority))
        return Announcement(stamp_ns, text, priority, tone, kind, zone)

    def _foreseen(self, cell: CellDescription) -> Iterator[tuple[HazardKind, str]]:
        """Every alarm the cell can have, the most urgent first."""
        places = sorted(set(_places(cell)), key=lambda place: (place[0].value, place[1]))
        yield from sorted(places, key=lambda place: -self._policies[place[0]].priority.rank)

    def _text(self, kind: HazardKind, zone: str) -> str:
        # Policies carry the cell's language and wording already.
        return warning_text(kind, zone, override=self._policies[kind].warning)


def _places(cell: CellDescription) -> Iterator[tuple[HazardKind, str]]:
    zones = [zone for camera in cell.cameras.values() for zone in camera.zones]
    yield from ((HazardKind.PERSON_IN_ZONE, zone) for zone in zones)
    yield from ((kind, name) for kind in _CAMERA_KINDS for name in cell.cameras)
    yield from ((kind, name) for kind in _MICROPHONE_KINDS for name in cell.microphones)
    yield from ((kind, node.name) for node in cell_nodes(cell) for kind in _NODE_KINDS)
    yield from ((kind, "") for kind in _CELL_KINDS)
    if cell.model != "none":
        yield from ((kind, zone) for kind in _MODEL_SEES for zone in zones)
        yield from ((kind, name) for kind in _MODEL_HEARS for name in cell.microphones)
        yield from ((kind, "") for kind in _MODEL_ITSELF)


def _joined(*parts: Samples) -> Samples:
    clip = np.concatenate([np.asarray(part, np.float32) for part in parts])
    clip.flags.writeable = False
    return clip
