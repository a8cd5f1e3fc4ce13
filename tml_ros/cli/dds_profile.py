"""The DDS settings under which a cell's nodes run, unless the user's environment has its own.

Knows nothing of cells. Stateless; any thread.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

PROFILE = Path("config", "fastdds", "large_pictures.xml")
PROFILE_VARIABLES = ("FASTDDS_DEFAULT_PROFILES_FILE", "FASTRTPS_DEFAULT_PROFILES_FILE")
"""The name since Fast DDS 3, and the one before."""
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


def large_pictures_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Gives who sends pictures enough shared memory, where no DDS profile is set already."""
    profile = _profile_path()
    if profile is None or any(environment.get(name) for name in PROFILE_VARIABLES):
        return {}
    return dict.fromkeys(PROFILE_VARIABLES, str(profile))


def _profile_path() -> Path | None:
    prefixes = [Path(prefix) for prefix in os.environ.get("AMENT_PREFIX_PATH", "").split(":")]
    shares = [prefix / "share" / "tml_ros" for prefix in (*prefixes, Path(sys.prefix))]
    for folder in (Path(__file__).resolve().parents[2], *shares):
        if (folder / PROFILE).is_file():
            return folder / PROFILE
    return None
