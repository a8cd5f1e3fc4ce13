"""The simulated hall as it hears the cell: what the cell says comes back, and people answer it.

Subscriptions only enqueue; all else belongs to the thread that plays the scenario. What was said is
heard from the moment at which that thread takes note of it, as a loudspeaker would have it.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rclpy.node import Node
from std_msgs.msg import Empty, Int16MultiArray

from tml_ros.devices.speech_renderer import SpeechUnavailableError, UnknownVoiceError
from tml_ros.nodes import qos
from tml_ros.nodes.message_door import MessageDoor
from tml_ros.nodes.messages import samples_of
from tml_ros.sim.live_talk import LineSounds, LiveTalk, line_sounds
from tml_ros.sim.live_truth import LiveTruth
from tml_ros.sim.scenario_clip import ScenarioClip

SPEECH, WARNING, FLUSH = "speech", "warning", "flush"
WAITING = 1_000
"""Pieces of speech that may wait: some minutes of it, more than is ever played."""


class LiveHall:
    """volume: of the cell's loudspeaker, 0..1.

    Subscribes:
        speech/audio, speech/warning (Int16MultiArray, one channel), speech/flush (Empty): as a
            speaker does
    """

    def __init__(self, node: Node, clip: ScenarioClip, *, volume: float) -> None:
        """Listen to the cell, and have the lines of those ready who answer it."""
        self._node = node
        self._clip = clip
        self._volume = np.float32(volume)
        self._came: deque[tuple[str, NDArray[np.float32]]] = deque(maxlen=WAITING)
        self.malformed = 0
        """Messages of sound that made no sense."""
        self.problem = ""
        """Why nobody answers the cell; "" where that is no fault."""
        self._sounds = self._lines()
        self.begin()
        door = MessageDoor(node)
        door.subscribe(Int16MultiArray, "speech/audio", self._on_audio, qos.SPEECH)
        door.subscribe(Int16MultiArray, "speech/warning", self._on_warning, qos.SPEECH)
        door.subscribe(Empty, "speech/flush", self._on_flush, qos.SPEECH)

    def begin(self) -> None:
        """The scenario begins: nobody has said anything."""
        self._came.clear()
        self._talk = LiveTalk(self._clip.scenario, self._clip.truth.lines, self._sounds)
        self._truth = LiveTruth()

    def advance(self, now_s: float) -> dict[str, Any] | None:
        """Take note of what the cell has said; the truth, where somebody begins or ends to answer.

        now_s: seconds since the beginning of the scenario.
        """
        while self._came:
            what, samples = self._came.popleft()
            if what == FLUSH:
                self._talk.voice.flush(now_s)
            elif what == WARNING:
                self._talk.voice.warn(samples, now_s)
            else:
                self._talk.voice.say(samples, now_s)
        self._talk.advance(now_s)
        return self._truth.answered(self._talk.speaking(now_s), now_s)

    def told(self, content: dict[str, Any]) -> dict[str, Any]:
        """The rendered truth, completed by who answers the cell."""
        return self._truth.told(content)

    def heard(self, microphone: str, first: int, count: int) -> NDArray[np.float32]:
        """What a microphone hears on top of what was rendered: float32 [count], 16 kHz."""
        return self._talk.heard(microphone, first, count)

    def _lines(self) -> LineSounds:
        try:
            return line_sounds(self._clip.scenario, self._clip.truth.lines)
        except (SpeechUnavailableError, UnknownVoiceError) as error:
            self.problem = f"nobody answers the cell: {error}"
            self._node.get_logger().warning(self.problem)
            return {}

    def _on_audio(self, message: Int16MultiArray) -> None:
        self._take(SPEECH, message)

    def _on_warning(self, message: Int16MultiArray) -> None:
        self._take(WARNING, message)

    def _on_flush(self, _: Empty) -> None:
        self._came.append((FLUSH, np.zeros(0, np.float32)))

    def _take(self, what: str, message: Int16MultiArray) -> None:
        try:
            samples = samples_of(message, channels=1)
        except ValueError:
            # The speaker says what is wrong with it.
            self.malformed += 1
            return
        self._came.append((what, samples[:, 0] * (self._volume / np.float32(32_768))))
