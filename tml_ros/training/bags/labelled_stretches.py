"""The labelled stretches of a recording, through the senses of a session that saw all of it.

What a session would have seen and heard before a stretch shapes what it makes of the stretch: its
background, which patches are worth a look. So the senses take in every turn, from the first on.
Knows nothing of files. Belongs to the thread that reads the recording.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tml_ros.cell.session_layout import session_layout
from tml_ros.model.hazard_places import SEEN
from tml_ros.model.layout import SessionLayout
from tml_ros.model.preset import TURNS_PER_SECOND, Preset
from tml_ros.model.senses import Senses
from tml_ros.model.turn_tokens import SensorTokens
from tml_ros.settings.problem import Problem
from tml_ros.training.bags.label_file import Label, LabelFileError
from tml_ros.training.bags.recording import Recording
from tml_ros.training.bags.stretch_file import Stretch
from tml_ros.training.bags.turn_labels import EDGE_S, turn_labels
from tml_ros.turn.micro_turn import GapKind

MOST_TURNS = 1500
"""Of one stretch: five minutes, which fit into memory while they are written."""
Progress = Callable[[str, float | None, float], None]
"""Called with a recording's name, its seconds where known, and the seconds read so far."""


@dataclass(frozen=True, slots=True)
class LabelledRecording:
    """An opened recording, its name in messages, its labels and the file they are from."""

    name: str
    recording: Recording
    labels: tuple[Label, ...]
    labels_path: Path


@dataclass(slots=True)
class _Run:
    """Turns that follow each other: when each begins, tokens; the first `lead` are remembered."""

    lead: int
    begins: list[float]
    sensors: list[SensorTokens]

    @property
    def taught(self) -> int:
        return len(self.begins) - self.lead


def stretches(
    given: LabelledRecording, preset: Preset, *, progress: Progress | None = None
) -> Iterator[Stretch]:
    """What is labelled of a recording, in order of time.

    Raises LabelFileError for labels of what the recording does not have, or behind its end;
    SessionLayoutError where the cell does not fit the model; BagError where the bag is damaged.
    """
    layout = session_layout(given.recording.cell)
    _check_places(given, layout)
    spans = _spans(given.labels, preset.memory.sensor_turns / TURNS_PER_SECOND)
    for run in _runs(given, spans, Senses(preset, layout), preset.memory.sensor_turns, progress):
        hazards = turn_labels(given.labels, np.array(run.begins), preset, layout)
        hazards[: run.lead] = -1
        if (hazards >= 0).any():
            about = f"{given.name} from {run.begins[run.lead]:.1f} s"
            yield Stretch(about, run.lead, run.sensors, hazards)


def _runs(
    given: LabelledRecording,
    spans: Sequence[tuple[float, float]],
    senses: Senses,
    most_lead: int,
    progress: Progress | None,
) -> Iterator[_Run]:
    """The turns of each span, in pieces that do not cross the beginning of a timeline."""
    before: deque[tuple[float, SensorTokens]] = deque(maxlen=most_lead)
    run, open_span, number, last_s = _Run(0, [], []), -1, -1, 0.0
    for begin_s, turn in given.recording.turns():
        number, last_s = number + 1, begin_s
        if any(gap.kind is GapKind.TIMELINE_RESTARTED for gap in turn.gaps):
            senses.reset()
            before.clear()
            number = 0
            if run.taught:
                yield run
            run, open_span = _Run(0, [], []), -1
        taken = senses.take_in(turn, number=number)
        span = next((at for at, (first, end) in enumerate(spans) if first <= begin_s < end), -1)
        if span != open_span or run.taught >= MOST_TURNS:
            if run.taught:
                yield run
            kept = list(before) if span >= 0 else []
            run = _Run(len(kept), [begin for begin, _ in kept], [sensed for _, sensed in kept])
            open_span = span
        if span >= 0:
            run.begins.append(begin_s)
            run.sensors.append(taken)
        before.append((begin_s, taken))
        if progress is not None:
            progress(given.name, given.recording.seconds, begin_s)
    if run.taught:
        yield run
    _check_end(given, last_s)


def _spans(labels: Sequence[Label], bridged_s: float) -> list[tuple[float, float]]:
    """When labels say anything, with their edges; gaps shorter than `bridged_s` are none."""
    spans: list[tuple[float, float]] = []
    for label in sorted(labels, key=lambda label: label.start_s):
        begin, end = label.start_s - EDGE_S, label.end_s + EDGE_S
        if spans and begin <= spans[-1][1] + bridged_s:
            begin, last = spans.pop()
            end = max(end, last)
        spans.append((begin, end))
    return spans


def _check_places(given: LabelledRecording, layout: SessionLayout) -> None:
    """Refuse labels of what the recording, a video perhaps, does not have."""
    problems = []
    for label in given.labels:
        names = layout.zones if label.kinds[0] in SEEN else layout.microphones
        if label.place and label.place not in names:
            had = f"what {given.name} has: {', '.join(names) or 'nothing of the kind'}"
            problems.append(Problem("place", repr(label.place), had, label.line))
    if problems:
        raise LabelFileError(given.labels_path, tuple(problems))


def _check_end(given: LabelledRecording, last_s: float) -> None:
    """Refuse a label behind the end: it is of another recording, or told by another clock."""
    allowed = f"less than the length of {given.name}, {last_s:.1f} s"
    problems = [
        Problem("start_s", f"{label.start_s:g}", allowed, label.line)
        for label in given.labels
        if label.start_s > last_s + EDGE_S
    ]
    if problems:
        raise LabelFileError(given.labels_path, tuple(problems))
