"""What the profiles of Fast DDS make of a real process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from rclpy.duration import Duration
from rclpy.qos import QoSProfile
from std_msgs.msg import String

from tml_ros.cli.dds_profile import (
    CAMERA,
    NODE,
    PROFILE_VARIABLES,
    WHOLE_PROFILE,
    profile_environment,
)

A_MOMENT = Duration(seconds=0.1)
LARGE, DEPTH = 1_000_000, 100
KEPT = 30_000_000
"""Bytes; a history that keeps what it once took keeps a hundred million."""
LISTENER = f"""
import sys
import rclpy
from rclpy.qos import QoSProfile
from std_msgs.msg import String

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096

rclpy.init()
node = rclpy.create_node("listener")
came = []
node.create_subscription(String, "words", lambda data: came.append(len(data)), {DEPTH}, raw=True)
before = resident()
print("ready", flush=True)
sys.stdin.readline()
print(resident() - before, flush=True)
while len(came) < {DEPTH}:
    rclpy.spin_once(node)
print(resident() - before, flush=True)
"""


@pytest.mark.parametrize("profile", [NODE, CAMERA])
def test_a_node_gives_back_the_memory_of_large_messages_once_they_are_read(
    ros_node, wait_until, profile
):
    ours = (*PROFILE_VARIABLES, WHOLE_PROFILE)
    bare = {key: value for key, value in os.environ.items() if key not in ours}
    publisher = ros_node.create_publisher(String, "words", QoSProfile(depth=DEPTH))
    with subprocess.Popen(
        [sys.executable, "-c", LISTENER],
        env={**bare, **profile_environment(profile, bare)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as listener:
        try:
            assert listener.stdout.readline() == "ready\n"
            wait_until(lambda: publisher.get_subscription_count() == 1)
            message = String(data="x" * LARGE)
            for _ in range(DEPTH):
                publisher.publish(message)
            wait_until(
                lambda: publisher.wait_for_all_acked(A_MOMENT), what="all of them to have come"
            )
            listener.stdin.write("\n")
            listener.stdin.flush()
            waiting = int(listener.stdout.readline())
            assert waiting > LARGE * DEPTH / 2, "they were there"
            assert int(listener.stdout.readline()) < KEPT
        finally:
            listener.kill()
