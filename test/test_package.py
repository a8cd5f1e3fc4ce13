"""The package as ROS, colcon and pip see it, and the floors that its imports must keep."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = {
    "background",
    "camera",
    "guardian",
    "interaction",
    "microphone",
    "simulation",
    "speaker",
    "telemetry",
    "tml-ros",
}

FLOORS = (
    {"turn", "settings"},
    {"safety", "devices"},
    {"model", "background", "bag", "audit"},
    {"evidence"},
    {"cell"},
    {"sim", "report"},
    {"bench"},
    {"training"},
    {"nodes", "console"},
    {"cli"},
)
"""From the ground up. A room imports from itself and from lower floors."""
ABOVE_THE_LINE = {"sim", "bench", "training", "report", "nodes", "console", "cli"}
CLOCK_READERS = {"now", "utcnow", "today"}
ROS_MODULES = {"rclpy", "std_msgs", "sensor_msgs", "diagnostic_msgs", "visualization_msgs"}


def floor_of(room: str) -> int:
    return next(level for level, rooms in enumerate(FLOORS) if room in rooms)


def room_of(source: Path) -> str:
    return source.relative_to(ROOT / "tml_ros").parts[0]


def imported_modules(source: Path) -> set[str]:
    """Absolute names of everything a file imports, wherever in the file it does so."""
    found = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source}: imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


SOURCES = sorted(path for path in (ROOT / "tml_ros").rglob("*.py") if path.parent.name != "tml_ros")
BELOW_THE_LINE = [path for path in SOURCES if room_of(path) not in ABOVE_THE_LINE]


@pytest.fixture(scope="session")
def source_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources alone in a fresh folder, so that building leaves nothing in the checkout."""
    copy = tmp_path_factory.mktemp("src") / "tml_ros"
    copy.mkdir()
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, copy)
    for name in ("tml_ros", "resource", "config", "launch"):
        if (ROOT / name).exists():
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, copy / name, ignore=ignore)
    return copy


@pytest.fixture(scope="session")
def colcon_install(source_copy: Path) -> Path:
    """Where colcon installed the package, in a folder of its own."""
    place = source_copy.parent
    bases = ["--build-base", f"{place}/build", "--install-base", f"{place}/install"]
    run([sys.executable, "-m", "colcon", "--log-base", f"{place}/log", "build", *bases], place)
    return place / "install" / "tml_ros"


@pytest.fixture(scope="session")
def distribution(colcon_install: Path) -> importlib.metadata.Distribution:
    """The metadata colcon installed, read from its own folder rather than from sys.path."""
    (info,) = colcon_install.glob("lib/python*/site-packages/tml_ros-*.egg-info")
    return importlib.metadata.PathDistribution(info)


def run(command: list[str], folder: Path) -> str:
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def manifest() -> ElementTree.Element:
    return ElementTree.parse(ROOT / "package.xml").getroot()  # noqa: S314 - our own file


def test_the_version_is_written_in_package_xml_and_nowhere_else() -> None:
    version = manifest().findtext("version")
    assert version
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    files = [ROOT / name for name in ("setup.py", "setup.cfg", "pyproject.toml", "README.md")]
    for path in [*files, *SOURCES, ROOT / "tml_ros" / "__init__.py"]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(rf"(?<![\d.]){re.escape(version)}(?![\d.])", text), path


def test_package_xml_is_a_format_3_manifest_with_the_keys_ros_needs() -> None:
    root = manifest()
    assert root.tag == "package"
    assert root.get("format") == "3"
    assert root.findtext("license") == "Apache-2.0"
    assert root.findtext("export/build_type") == "ament_python"
    keys = {element.text for element in root.findall("exec_depend")}
    used = {module.split(".")[0] for path in SOURCES for module in imported_modules(path)}
    assert {name for name in used if name.endswith("_msgs") or name == "rclpy"} <= keys
    assert {"python3-numpy", "python3-opencv", "python3-pydantic", "python3-typer"} <= keys


def test_colcon_takes_it_for_an_ament_python_package(source_copy: Path) -> None:
    listed = run([sys.executable, "-m", "colcon", "list"], source_copy.parent)
    assert "(ros.ament_python)" in listed


def test_colcon_installs_what_ros_looks_for_where_ros_looks(colcon_install: Path) -> None:
    share = colcon_install / "share"
    assert (share / "ament_index/resource_index/packages/tml_ros").is_file()
    assert (share / "tml_ros/package.xml").is_file()
    assert {path.name for path in (colcon_install / "lib/tml_ros").iterdir()} == PROGRAMS
    config = ROOT / "config"
    for path in config.rglob("*"):
        if path.is_file():
            assert (share / "tml_ros/config" / path.relative_to(config)).is_file()


def test_whatever_the_code_reads_beside_itself_is_installed_with_it(colcon_install: Path) -> None:
    (installed,) = colcon_install.glob("lib/python*/site-packages/tml_ros")
    for path in (ROOT / "tml_ros").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert (installed / path.relative_to(ROOT / "tml_ros")).is_file()


def test_pip_installs_programs_presets_and_weights(source_copy: Path, tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-build-isolation", "--quiet"]
    # Or pip would first remove the package from the environment the tests run in.
    run([*pip, "--ignore-installed", "--prefix", str(tmp_path), str(source_copy)], tmp_path)
    assert {path.name for path in (tmp_path / "bin").iterdir()} >= PROGRAMS
    shared = {path.relative_to(ROOT) for path in (ROOT / "config").rglob("*") if path.is_file()}
    share = tmp_path / "share" / "tml_ros"
    assert all((share / path).stat().st_size == (ROOT / path).stat().st_size for path in shared)
    assert not (tmp_path / "lib/tml_ros").exists()


def test_every_program_resolves_to_a_function(
    distribution: importlib.metadata.Distribution,
) -> None:
    programs = {entry.name: entry.value for entry in distribution.entry_points}
    assert set(programs) == PROGRAMS
    for target in programs.values():
        module, _, function = target.partition(":")
        assert callable(getattr(importlib.import_module(module), function))


def test_metadata_comes_from_package_xml(distribution: importlib.metadata.Distribution) -> None:
    assert distribution.version == manifest().findtext("version")
    assert distribution.metadata["Summary"] == manifest().findtext("description")


def test_everything_required_is_pinned(distribution: importlib.metadata.Distribution) -> None:
    def names(lines: list[str]) -> set[str]:
        found = (re.match(r"[\w.-]+", line) for line in lines if not line.startswith("#"))
        return {re.sub(r"[-_.]+", "-", match[0]).lower() for match in found if match}

    pinned = names((ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines())
    assert names(distribution.requires or []) <= pinned


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down_only(source: Path) -> None:
    room = room_of(source)
    for module in imported_modules(source):
        top, _, rest = module.partition(".")
        if top == "tml_ros" and rest:
            other = rest.split(".")[0]
            assert other == room or floor_of(other) < floor_of(room), f"imports {module}"


@pytest.mark.parametrize("source", BELOW_THE_LINE, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_below_the_line_knows_ros_or_reads_a_clock(source: Path) -> None:
    modules = {module.split(".")[0] for module in imported_modules(source)}
    assert not modules & ROS_MODULES
    if room_of(source) == "devices":
        return  # pacing a device is I/O
    assert "time" not in modules
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        assert not (isinstance(node, ast.Attribute) and node.attr in CLOCK_READERS), node.lineno
