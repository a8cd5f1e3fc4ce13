"""ament_python package; the version and everything said about it live in package.xml alone."""

from __future__ import annotations

import os
from pathlib import Path
from xml.etree import ElementTree

from setuptools import find_packages, setup

PACKAGE = "tml_ros"
ROOT = Path(__file__).resolve().parent
manifest = ElementTree.parse(ROOT / "package.xml").getroot()  # noqa: S314 - our own file
(maintainer,) = manifest.findall("maintainer")


def share_files() -> list[tuple[str, list[str]]]:
    """What ROS looks for below share/: the index marker, the manifest, launch and config files."""
    installed = [
        ("share/ament_index/resource_index/packages", [f"resource/{PACKAGE}"]),
        (f"share/{PACKAGE}", ["package.xml"]),
    ]
    for top in ("config", "launch"):
        for folder, _, names in sorted(os.walk(ROOT / top)):
            place = Path(folder).relative_to(ROOT).as_posix()
            files = [f"{place}/{name}" for name in sorted(names) if not name.endswith(".pyc")]
            if files:
                installed.append((f"share/{PACKAGE}/{place}", files))
    return installed


setup(
    name=PACKAGE,
    version=manifest.findtext("version"),
    description=manifest.findtext("description"),
    maintainer=maintainer.text,
    maintainer_email=maintainer.get("email"),
    license=manifest.findtext("license"),
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    python_requires=">=3.10,<3.14",
    packages=find_packages(include=[PACKAGE, f"{PACKAGE}.*"]),
    package_data={
        PACKAGE: ["py.typed", "*/templates/*"],
        f"{PACKAGE}.model": ["*.json", "*.safetensors"],
    },
    data_files=share_files(),
    zip_safe=False,
    install_requires=[
        "jinja2>=3.0",
        "mcap>=1.5",
        "numpy>=1.26",
        "opencv-python-headless>=4.6",
        "pydantic>=2.4",
        "PyYAML>=5.4",
        "rich>=13.0",
        "rosbags>=0.11",
        "scipy>=1.11",
        "soxr>=1.1",
        "typer>=0.9",
    ],
    extras_require={
        # For machines without a ROS 2 installation; x86-64 only, never beside a sourced ROS 2.
        "rclpy": [
            "ros-jazzy-rclpy[fastrtps]>=7.1.6",
            "ros-jazzy-diagnostic-msgs",
            "ros-jazzy-lifecycle-msgs",
            "ros-jazzy-rosgraph-msgs",
            "ros-jazzy-sensor-msgs",
            "ros-jazzy-std-msgs",
            "ros-jazzy-std-srvs",
            "ros-jazzy-visualization-msgs",
        ],
        "background": ["openai>=1.40", "pypdf>=4.0"],
        # A recogniser of closed grammars: the neighbour that models are compared with, and the
        # ear that judges voices.
        "bench": ["pocketsphinx>=5.0"],
        # A bare torch may bring gigabytes of CUDA packages: docs/model_in_a_cell.md says how to
        # choose.
        "model": ["torch>=2.10", "safetensors>=0.4", "tokenizers>=0.20"],
        "sim": ["mujoco>=3.1", "PyOpenGL>=3.1"],
        "sound": ["sounddevice>=0.4"],
        "test": [
            "colcon-common-extensions",
            "hypothesis>=6.80",
            "mcap-ros2-support>=0.5",
            "psutil>=5.9",
            "pytest>=7.4",
            "pytest-timeout>=2.1",
            "pytest-xdist>=3.5",
            "setuptools>=61,<80",
        ],
        "lint": ["ruff>=0.6"],
        "types": ["mypy>=1.8", "scipy-stubs", "types-PyYAML"],
    },
    entry_points={
        "console_scripts": [
            "tml-ros = tml_ros.cli.main:main",
            "background = tml_ros.nodes.background_node:main",
            "camera = tml_ros.nodes.camera_node:main",
            "guardian = tml_ros.nodes.guardian_node:main",
            "interaction = tml_ros.nodes.interaction_node:main",
            "microphone = tml_ros.nodes.microphone_node:main",
            "simulation = tml_ros.nodes.simulation_node:main",
            "speaker = tml_ros.nodes.speaker_node:main",
            "telemetry = tml_ros.nodes.telemetry_node:main",
        ],
    },
)
