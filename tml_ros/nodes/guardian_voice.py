"""The voice of a guardian node: its warnings on their way to the loudspeaker.

Knows nothing of which warning is said when, and whether the model says it instead: that is
`cell.warning_voice.WarningVoice`'s. The guardian's worker thread owns it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from std_msgs.msg import Int16MultiArray, String

from tml_ros.cell.alarm_status import ERROR, OK, Status
from tml_ros.cell.announcer import Announcement
from tml_ros.cell.voice import cell_announcer
from tml_ros.cell.warning_voice import WarningVoice
from tml_ros.nodes import qos
from tml_ros.nodes.cell_node import CellNode
from tml_ros.nodes.messages import audio_message, samples_of
from tml_ros.report.model_record import ModelRecord
from tml_ros.safety.alarm import AlarmTransition
from tml_ros.safety.alarm_summary import FloodSummary

AUDIBLE = 100
"""Of int16: what the interaction publishes below that is silence."""


class GuardianVoice:
    """Speaks the warnings of the node's cell, where it has a loudspeaker.

    Publishes speech/warning (Int16MultiArray), which the loudspeaker plays over everything, and
    speech/text (String), its words. said: told of each.
    """

    def __init__(self, node: CellNode, *, said: Callable[[Announcement], None]) -> None:
        """Render the warnings, advertise the topics."""
        self._node = node
        self._said = said
        self._announcer, self._fault = None, ""
        if node.cell.speaker is not None:
            self._announcer, self._fault = cell_announcer(node.cell)
        if self._fault:
            node.get_logger().error(f"warnings are tones without words: {self._fault}")
        self._warnings = node.advertise(Int16MultiArray, "speech/warning", qos.SPEECH)
        self._text = node.advertise(String, "speech/text", qos.SPEECH)
        self._voice = WarningVoice(say=self._say, stop=self._stop)

    def take(self, transitions: Sequence[AlarmTransition]) -> None:
        """Alarms changed: say what is to be said of it."""
        if self._announcer is not None:
            announcements = self._announcer.announce(transitions)
            self._voice.take(transitions, announcements, self._node.steady_ns())

    def sum_up(self, summary: FloodSummary) -> None:
        """Say what was held back."""
        if self._announcer is not None:
            announcement = self._announcer.announce_summary(summary)
            self._voice.add(announcement, self._node.steady_ns())

    def speech(self, message: Int16MultiArray) -> None:
        """Sound of the interaction came. Raises ValueError where it is none."""
        samples = samples_of(message, channels=1)
        if samples.size and max(int(samples.max()), -int(samples.min())) > AUDIBLE:
            self._voice.model_speaks(self._node.steady_ns())

    def model(self, standing: ModelRecord | None, healthy: bool) -> None:
        """How the model stands, and whether it is neither late nor lost."""
        self._voice.model_standing(
            frozenset() if standing is None else standing.trusted,
            speaks=standing is not None and standing.speaks,
            healthy=healthy,
            steady_ns=self._node.steady_ns(),
        )

    def advance(self) -> None:
        """Let time pass."""
        self._voice.advance(self._node.steady_ns())

    def close(self) -> None:
        """Fall silent."""
        self._voice.close()

    def status(self) -> Status:
        """For diagnostics."""
        voice = self._voice
        values = {
            "said": str(voice.said),
            "left_to_model": str(voice.left),
            "over_before_said": str(voice.over),
            "left_out": str(voice.left_out),
            "waiting": str(voice.waiting),
        }
        if self._fault:
            message = f"tones without words: {self._fault}"
            return self._node.status(ERROR, "voice", message, values)
        message = "ready" if self._announcer is not None else "the cell has no speaker"
        return self._node.status(OK, "voice", message, values)

    def _say(self, announcement: Announcement) -> None:
        self._warnings.publish(audio_message(announcement.samples))
        self._text.publish(String(data=announcement.text))
        self._said(announcement)

    def _stop(self) -> None:
        # A warning of nothing ends the one that is being played.
        self._warnings.publish(audio_message(np.zeros(0, np.float32)))
