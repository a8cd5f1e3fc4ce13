"""The DDS settings under which a cell's nodes run, unless the user's environment has its own.

Knows nothing of cells. Stateless; any thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tml_ros.settings.shared_file import shared_file

PROFILES = Path("config", "fastdds")
NODE, CAMERA = "node.xml", "camera.xml"
PROFILE_VARIABLES = ("FASTDDS_DEFAULT_PROFILES_FILE", "FASTRTPS_DEFAULT_PROFILES_FILE")
"""The name since Fast DDS 3, and the one before."""
WHOLE_PROFILE = "RMW_FASTRTPS_USE_QOS_FROM_XML"
"""At 1, the profile also says how histories take memory. Without it rmw_fastrtps overrides that,
and a history keeps, for each message it may hold, as much as the largest ever took."""
DISCOVERY_VARIABLES = (
    "ROS_AUTOMATIC_DISCOVERY_RANGE",
    "ROS_LOCALHOST_ONLY",
    "ROS_STATIC_PEERS",
    "ROS_DISCOVERY_SERVER",
)


def discovery_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Keeps discovery on this machine where the environment says nothing about it."""
    if any(environment.get(name) for name in DISCOVERY_VARIABLES):
        return {}
    return {DISCOVERY_VARIABLES[0]: "LOCALHOST"}


def profile_environment(profile: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Names the profile, NODE or CAMERA, and makes all of it hold, where none is set already."""
    path = shared_file(PROFILES / profile)
    if path is None or any(environment.get(name) for name in PROFILE_VARIABLES):
        return {}
    return {**dict.fromkeys(PROFILE_VARIABLES, str(path)), WHOLE_PROFILE: "1"}
