"""Writes what a replay took in and gave out into one bag, in standard messages.

Knows nothing of how the bag is stored. Inputs that were recorded are passed on byte for byte, those
of a video or wav file become messages of the cell's topics. Owned by one thread.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import soxr
from numpy.typing import NDArray

from tml_ros.bag.bag_error import BagError
from tml_ros.bag.bag_storage import BagMessage, BagTopic
from tml_ros.bag.bag_writer import BagWriter
from tml_ros.bag.offered_qos import offered_qos
from tml_ros.bag.standard_messages import StandardMessages
from tml_ros.bag.topic_match import COMPRESSED_IMAGE, INT16_ARRAY, STRING
from tml_ros.cell.alarm_status import alarm_status, transition_status
from tml_ros.cell.cell_description import CellDescription, camera_topic, microphone_topic
from tml_ros.cell.replay import OperatorText, ReplayInput, ReplayRecord
from tml_ros.safety.alarm import Alarm
from tml_ros.turn.micro_turn import SAMPLE_RATE, AudioBlock, Frame

DIAGNOSTICS = "diagnostic_msgs/msg/DiagnosticArray"
ALARMS, EVENTS = "alarms", "alarms/events"
SPEECH_TEXT, SPEECH_AUDIO, WARNING = "speech/text", "speech/audio", "speech/warning"


class ReplayRecorder:
    """Records one replay of `cell` into `writer`.

    recorded: the topics of the bag that is replayed; their messages keep type, definition and QoS.
    namespace: put before the cell's relative topics: "/worker_zone" or "".

    skipped: topics of the bag that could not be passed on, as their type has no definition.
    """

    def __init__(
        self,
        writer: BagWriter,
        cell: CellDescription,
        *,
        recorded: Sequence[BagTopic] = (),
        namespace: str = "",
    ) -> None:
        """Declare the topics that are given out, so that they exist where nothing happens."""
        self._writer = writer
        self._cell = cell
        self._namespace = namespace
        self._recorded = {(topic.topic, topic.msgtype): topic for topic in recorded}
        self._messages = StandardMessages(writer.types)
        self._upsamplers: dict[str, soxr.ResampleStream] = {}
        given_out = (ALARMS, EVENTS, SPEECH_TEXT, SPEECH_AUDIO, WARNING)
        self._given_out = {self._name(topic) for topic in given_out}
        self.skipped: set[str] = set()
        latched = [offered_qos(transient_local=True, depth=1)]
        deep = [offered_qos(depth=50)]
        writer.declare(self._name(ALARMS), DIAGNOSTICS, qos=latched)
        writer.declare(self._name(EVENTS), DIAGNOSTICS, qos=deep)
        writer.declare(self._name(SPEECH_TEXT), STRING, qos=deep)
        writer.declare(self._name(SPEECH_AUDIO), INT16_ARRAY, qos=deep)
        writer.declare(self._name(WARNING), INT16_ARRAY, qos=deep)

    def record(self, record: ReplayRecord, alarms: Sequence[Alarm]) -> None:
        """Write one step. alarms: every alarm that is not normal after it.

        Raises BagError where the bag cannot be written.
        """
        if record.given is not None:
            self._pass_on(record.given)
        if record.transitions:
            self._write_alarms(record, alarms)
        for said in record.announcements:
            self._say(said.stamp_ns, said.text, said.samples, topic=WARNING)
        for turn, output in record.turns:
            self._say(turn.end_ns, output.text, output.speech, topic=SPEECH_AUDIO)

    def _pass_on(self, given: ReplayInput) -> None:
        content = given.content
        if given.message is not None:
            self._copy(given.message)
        elif isinstance(content, Frame):
            self._write_frame(given.now_ns, content)
        elif isinstance(content, AudioBlock):
            self._write_sound(given.now_ns, content)
        elif isinstance(content, OperatorText):
            text = self._messages.string(content.text)
            self._writer.write(self._name("text"), STRING, given.now_ns, text)

    def _copy(self, message: BagMessage) -> None:
        if message.topic in self._given_out or message.topic in self.skipped:
            return
        topic = self._recorded.get((message.topic, message.msgtype))
        try:
            if topic is not None:
                self._writer.declare(
                    topic.topic,
                    topic.msgtype,
                    qos=topic.qos or None,
                    definition=topic.definition,
                    form=topic.form,
                )
        except BagError:
            self.skipped.add(message.topic)
            return
        self._writer.write(message.topic, message.msgtype, message.log_ns, message.data)

    def _write_frame(self, now_ns: int, frame: Frame) -> None:
        topic = self._name(camera_topic(self._cell, frame.camera))
        if not self._cell.cameras[frame.camera].compressed:
            # JPEG under the name image_transport gives it: raw pictures would fill the disk.
            topic += "/compressed"
        self._writer.declare(topic, COMPRESSED_IMAGE, qos=[offered_qos(reliable=False, depth=2)])
        jpeg = self._messages.jpeg(frame.rgb, stamp_ns=frame.stamp_ns, frame_id=frame.camera)
        self._writer.write(topic, COMPRESSED_IMAGE, now_ns, jpeg)

    def _write_sound(self, now_ns: int, block: AudioBlock) -> None:
        """As the cell says its microphone sounds: rate and channels are not in the message."""
        name = block.microphone
        microphone = self._cell.microphones[name]
        samples = block.samples
        if microphone.rate != SAMPLE_RATE:
            if name not in self._upsamplers:
                self._upsamplers[name] = soxr.ResampleStream(
                    SAMPLE_RATE, microphone.rate, 1, dtype="float32"
                )
            samples = self._upsamplers[name].resample_chunk(np.array(samples))
        sound = self._messages.sound(samples, channels=microphone.channels)
        topic = self._name(microphone_topic(self._cell, name))
        self._writer.write(topic, INT16_ARRAY, now_ns, sound)

    def _write_alarms(self, record: ReplayRecord, alarms: Sequence[Alarm]) -> None:
        cell, now_ns = self._cell.cell, record.now_ns
        for transition in record.transitions:
            event = self._messages.diagnostics(
                [transition_status(transition, cell=cell)], stamp_ns=transition.stamp_ns
            )
            self._writer.write(self._name(EVENTS), DIAGNOSTICS, transition.stamp_ns, event)
        present = [alarm_status(alarm, cell=cell) for alarm in alarms]
        message = self._messages.diagnostics(present, stamp_ns=now_ns)
        self._writer.write(self._name(ALARMS), DIAGNOSTICS, now_ns, message)

    def _say(
        self, stamp_ns: int, text: str, samples: NDArray[np.float32] | None, *, topic: str
    ) -> None:
        if text:
            string = self._messages.string(text)
            self._writer.write(self._name(SPEECH_TEXT), STRING, stamp_ns, string)
        if samples is not None and len(samples):
            sound = self._messages.sound(samples)
            self._writer.write(self._name(topic), INT16_ARRAY, stamp_ns, sound)

    def _name(self, topic: str) -> str:
        return topic if topic.startswith("/") else f"{self._namespace}/{topic.lstrip('~/')}"
