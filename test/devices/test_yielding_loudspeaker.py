"""Speech gives way to warnings, whatever comes in whatever order."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tml_ros.devices.loudspeaker_status import LoudspeakerStatus
from tml_ros.devices.sample_queue import SampleQueue
from tml_ros.devices.yielding_loudspeaker import YieldingLoudspeaker

Samples = NDArray[np.float32]
SPEECH, WARNING = 0.25, 0.75


class PulledLoudspeaker:
    """A sink that plays when the test says so."""

    def __init__(self) -> None:
        self._queue = SampleQueue(1_000)
        self.heard: list[float] = []

    def play(self, count: int) -> None:
        self.heard += self._queue.take(count).tolist()

    def write(self, samples: Samples) -> None:
        self._queue.put(samples)

    def flush(self) -> None:
        self._queue.clear()

    @property
    def samples_played(self) -> int:
        return len(self.heard)

    @property
    def status(self) -> LoudspeakerStatus:
        return LoudspeakerStatus(len(self.heard), len(self._queue))

    def close(self) -> None: ...


def sound(level: float, count: int) -> Samples:
    return np.full(count, level, np.float32)


def test_a_warning_is_heard_next_and_speech_only_after_it() -> None:
    sink = PulledLoudspeaker()
    voice = YieldingLoudspeaker(sink)
    voice.say(sound(SPEECH, 100))
    sink.play(10)
    voice.warn(sound(WARNING, 20))
    voice.say(sound(SPEECH, 30))
    sink.play(20)
    assert not voice.warning
    voice.say(sound(SPEECH, 5))
    sink.play(100)
    assert sink.heard == [SPEECH] * 10 + [WARNING] * 20 + [SPEECH] * 5
    assert (voice.yielded, voice.warnings) == (30, 1)


def test_a_newer_warning_replaces_the_one_being_played() -> None:
    sink = PulledLoudspeaker()
    voice = YieldingLoudspeaker(sink)
    voice.warn(sound(0.5, 20))
    sink.play(5)
    voice.warn(sound(WARNING, 10))
    sink.play(100)
    assert sink.heard == [0.5] * 5 + [WARNING] * 10


def test_a_flush_silences_speech_and_no_warning() -> None:
    sink = PulledLoudspeaker()
    voice = YieldingLoudspeaker(sink)
    voice.say(sound(SPEECH, 10))
    voice.flush()
    voice.warn(sound(WARNING, 10))
    voice.flush()
    sink.play(100)
    assert sink.heard == [WARNING] * 10


def test_an_empty_warning_ends_the_one_being_played_and_gives_the_floor_back() -> None:
    sink = PulledLoudspeaker()
    voice = YieldingLoudspeaker(sink)
    voice.warn(sound(WARNING, 10))
    sink.play(3)
    voice.warn(sound(WARNING, 0))
    assert not voice.warning
    voice.say(sound(SPEECH, 2))
    sink.play(100)
    assert sink.heard == [WARNING] * 3 + [SPEECH] * 2
    assert voice.warnings == 1


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["say", "warn", "flush", "play"]), st.integers(0, 40)), max_size=40
)


@given(ACTIONS)
def test_nothing_cuts_into_a_warning_but_a_warning(actions: list[tuple[str, int]]) -> None:
    sink = PulledLoudspeaker()
    voice = YieldingLoudspeaker(sink)
    wanted: list[float] = []
    speech, warning = 0, 0
    yielded = 0
    for action, count in actions:
        if action == "say":
            voice.say(sound(SPEECH, count))
            speech += 0 if warning else count
            yielded += count if warning else 0
        elif action == "warn":
            voice.warn(sound(WARNING, count))
            speech, warning = 0, count
        elif action == "flush":
            voice.flush()
            speech = 0
        else:
            sink.play(count)
            wanted += [WARNING] * min(count, warning) + [SPEECH] * min(count, speech)
            warning, speech = max(0, warning - count), max(0, speech - count)
        assert voice.warning == (warning > 0)
    assert sink.heard == wanted
    assert voice.yielded == yielded
