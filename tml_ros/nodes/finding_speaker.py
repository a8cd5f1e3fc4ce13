"""Says the background's findings on the cell's speech, beside whoever else speaks.

Knows nothing of which finding is said when: `cell.finding_voice` does. A worker of its own renders
and sends, because the node's own may be busy with its model for a whole turn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from std_msgs.msg import Int16MultiArray, String, UInt64

from tml_ros.background.contracts import Finding
from tml_ros.cell.alarm_status import OK, WARN, Status
from tml_ros.cell.finding_voice import FindingVoice
from tml_ros.devices.speech_renderer import (
    SpeechRenderer,
    SpeechUnavailableError,
    UnknownVoiceError,
)
from tml_ros.nodes import qos
from tml_ros.nodes.cell_node import CellNode
from tml_ros.nodes.messages import audio_message, samples_of
from tml_ros.nodes.worker import Lane, Worker

TICK_SECONDS = 0.05
FINDINGS, WORDS, WARNINGS, PLAYBACK, TICKS = (
    "findings",
    "words",
    "warnings",
    "playback",
    "ticks",
)


class FindingSpeaker:
    """Between configuration and cleanup of a node, in a cell with a speaker."""

    def __init__(self, node: CellNode, say: Callable[[str, Any], None]) -> None:
        """say: publishes words, "" for none, and a message of sound; called in our worker."""
        self._node = node
        self._say = say
        self._problem = ""
        self._voice = FindingVoice(self._renderer(node.cell.language))
        self._worker: Worker | None = None

    def activate(self) -> None:
        """Begin to listen and to speak, until the node is deactivated."""
        node = self._node
        worker = node.start_worker(
            {
                FINDINGS: Lane(self._take_finding, 100),
                WORDS: Lane(lambda text: self._voice.heard(text, node.steady_ns()), 50),
                WARNINGS: Lane(self._take_warning, 10),
                PLAYBACK: Lane(lambda played: self._voice.playback(played, node.steady_ns()), 5),
                TICKS: Lane(self._on_tick, 1),
            },
            on_failure=lambda lane, error: node.get_logger().warning(f"{lane}: {error}"),
        )
        self._worker = worker
        node.subscribe(
            String, "speech/text", lambda message: worker.put(WORDS, message.data), qos.SPEECH
        )
        node.subscribe(
            Int16MultiArray,
            "speech/warning",
            lambda message: worker.put(WARNINGS, message),
            qos.SPEECH,
        )
        node.subscribe(
            UInt64,
            "speech/playback",
            lambda message: worker.put(PLAYBACK, message.data),
            qos.PLAYBACK,
        )
        node.every(TICK_SECONDS, lambda: worker.put(TICKS, None))

    def add(self, finding: Finding) -> None:
        """Say this as soon as it may be. Any thread."""
        if self._worker is not None:
            self._worker.put(FINDINGS, finding)

    def status(self) -> Status:
        """How it fares. Any thread."""
        voice = self._voice
        values = {
            "said": str(voice.said),
            "waiting": str(voice.waiting),
            "left_out": str(voice.left_out),
        }
        problem = self._problem or voice.problem
        if problem:
            return self._node.status(WARN, "findings", f"words without sound: {problem}", values)
        return self._node.status(OK, "findings", "ready", values)

    def _renderer(self, language: str) -> Callable[[str], NDArray[np.float32]]:
        try:
            return SpeechRenderer(language).render
        except (SpeechUnavailableError, UnknownVoiceError) as error:
            self._problem = str(error)
            self._node.get_logger().error(f"findings are shown, not spoken: {error}")
            return lambda text: np.zeros(0, np.float32)

    def _take_finding(self, finding: Finding) -> None:
        self._voice.add(finding)

    def _take_warning(self, message: Int16MultiArray) -> None:
        if len(samples_of(message, channels=1)):
            self._voice.warned(self._node.steady_ns())

    def _on_tick(self, _: None) -> None:
        for block in self._voice.take(self._node.steady_ns()):
            self._say(block.text, audio_message(block.samples) if len(block.samples) else None)
