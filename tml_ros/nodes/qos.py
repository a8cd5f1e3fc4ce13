"""The quality of service of every topic, one name per row of the interface table.

Publisher and subscriber of a topic take the same profile, or the subscriber the one that says so,
so they are always compatible. Knows nothing of topic names, messages or nodes.
"""

from __future__ import annotations

from rclpy.duration import Duration
from rclpy.qos import DurabilityPolicy, LivelinessPolicy, QoSProfile, ReliabilityPolicy

CAMERA_IMAGE = QoSProfile(depth=2, reliability=ReliabilityPolicy.BEST_EFFORT)
"""Best effort, last two: a late picture is worth less than the next one."""

AUDIO = QoSProfile(depth=50, reliability=ReliabilityPolicy.RELIABLE)
"""Reliable, one second deep: 50 blocks of 20 ms."""

TEXT = QoSProfile(depth=10, reliability=ReliabilityPolicy.RELIABLE)

HAZARDS = QoSProfile(depth=50, reliability=ReliabilityPolicy.RELIABLE)

SPEECH = QoSProfile(depth=50, reliability=ReliabilityPolicy.RELIABLE)
"""speech/audio, speech/warning, speech/text and speech/flush."""

PLAYBACK = QoSProfile(depth=10, reliability=ReliabilityPolicy.RELIABLE)

ALARMS = QoSProfile(
    depth=1,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
    deadline=Duration(seconds=0.8),
    liveliness=LivelinessPolicy.AUTOMATIC,
    liveliness_lease_duration=Duration(seconds=0.8),
)
"""Whoever joins late gets the present alarms at once. They come every 0.25 s at least: who asks for
the deadline learns of a guardian that hangs, who asks for the liveliness of one that is gone."""

ALARMS_HEARD = QoSProfile(
    depth=1,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
)
"""For who only wants the alarms, of whoever publishes them: a bag may offer no deadline."""

ALARM_EVENTS = QoSProfile(depth=50, reliability=ReliabilityPolicy.RELIABLE)

ALARM_COMMANDS = QoSProfile(depth=10, reliability=ReliabilityPolicy.RELIABLE)

ALARM_COMMAND_RESULTS = QoSProfile(depth=50, reliability=ReliabilityPolicy.RELIABLE)

HEARTBEAT = QoSProfile(
    depth=1,
    reliability=ReliabilityPolicy.RELIABLE,
    deadline=Duration(seconds=1),
    liveliness=LivelinessPolicy.AUTOMATIC,
    liveliness_lease_duration=Duration(seconds=1),
)
"""Of each node that beats. The deadline tells of a node that hangs, the liveliness of a process
that is gone, to those who ask for them."""

HEARTBEATS_HEARD = QoSProfile(depth=200, reliability=ReliabilityPolicy.RELIABLE)
"""For who listens to all of them: of one kept, one node's beat would replace another's, and one
node's beats would keep the deadline of another's. Who misses them judges by a clock of its own."""

DIAGNOSTICS = QoSProfile(depth=10, reliability=ReliabilityPolicy.RELIABLE)

DELEGATIONS = QoSProfile(depth=1_000, reliability=ReliabilityPolicy.RELIABLE)
"""As many as the background takes on at once."""

FINDINGS = QoSProfile(depth=1_000, reliability=ReliabilityPolicy.RELIABLE)

TELEMETRY = QoSProfile(depth=50, reliability=ReliabilityPolicy.BEST_EFFORT)
"""Best effort, so that it hears machines that publish either way."""

TELEMETRY_PLAYED = QoSProfile(depth=50, reliability=ReliabilityPolicy.RELIABLE)
"""Of telemetry that our own node plays."""

CLOCK = QoSProfile(depth=10, reliability=ReliabilityPolicy.RELIABLE)
"""Whoever wants it best effort, as nodes with use_sim_time do, gets it so."""

NEWEST_CLOCK = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
"""For who follows it: a time that waited behind others is none any more."""

SIMULATION_TRUTH = QoSProfile(
    depth=1_000,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
)
"""Whoever joins late still learns what is being played, and what was true so far."""
