"""One who speaks and warns on a cell's topics from outside, to measure its loudspeaker.

Knows nothing of what is measured. Publishing needs no spinning thread.
"""

from __future__ import annotations

import time

import numpy as np
import rclpy
from numpy.typing import NDArray
from rclpy.context import Context
from rclpy.signals import SignalHandlerOptions
from std_msgs.msg import Int16MultiArray

from tml_ros.nodes import qos
from tml_ros.nodes.messages import audio_message

POLL_SECONDS = 0.02


class WarningProbe:
    """A node in the cell's namespace, in a ROS context of its own."""

    def __init__(self, cell: str) -> None:
        """Join."""
        self._context = Context()
        rclpy.init(context=self._context, signal_handler_options=SignalHandlerOptions.NO)
        self._node = rclpy.create_node(
            "warning_probe", namespace=cell, context=self._context, enable_rosout=False
        )
        self._speech = self._node.create_publisher(Int16MultiArray, "speech/audio", qos.SPEECH)
        self._warning = self._node.create_publisher(Int16MultiArray, "speech/warning", qos.SPEECH)

    def wait_for_speaker(self, seconds: float) -> bool:
        """Whether somebody listens to both within so long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if all(one.get_subscription_count() for one in (self._speech, self._warning)):
                return True
            time.sleep(POLL_SECONDS)
        return False

    def say(self, samples: NDArray[np.int16]) -> None:
        """Speak: int16 [n]. Any thread."""
        self._speech.publish(audio_message(samples))

    def warn(self, samples: NDArray[np.int16]) -> None:
        """Warn: int16 [n]. Any thread."""
        self._warning.publish(audio_message(samples))

    def close(self) -> None:
        """Leave."""
        self._node.destroy_node()
        rclpy.try_shutdown(context=self._context)
