"""A cell as processes: which nodes it needs, with which parameters and in which environment.

The one place that knows how a node is started. Knows nothing of running them; any thread.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tml_ros.cell.cell_description import (
    CameraDescription,
    MicrophoneDescription,
    SpeakerDescription,
    camera_topic,
    microphone_topic,
)
from tml_ros.cell.cell_file import load_cell
from tml_ros.cell.cell_nodes import NodePlace, Role, cell_nodes
from tml_ros.cli.dds_profile import (
    CAMERA,
    NODE,
    discovery_environment,
    profile_environment,
)
from tml_ros.cli.memory_environment import memory_environment
from tml_ros.devices.source_names import names_sound_file, names_video_file

JUDGES = 2
"""The guardian and the interaction listen to every camera and microphone."""

SIMULATION = "simulation"

Value = bool | int | float | str


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """How to start one process. name: unique among those of a cell. env: the whole of it."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)


def cell_processes(
    cell_path: Path,
    *,
    use_sim_time: bool = False,
    simulation: Path | None = None,
    wait_for_subscribers: int | None = None,
    files_start_s: float = 0.0,
    behind: str = "",
    environment: Mapping[str, str] | None = None,
) -> list[ProcessSpec]:
    """The nodes a cell needs (`cell_nodes`), in the namespace of the cell's name.

    use_sim_time: follow `/clock` instead of the system's clock.
    simulation: folder of a rendered scenario; one more node plays it on the topics of the cell and
        gives out the time, which all others follow.
    wait_for_subscribers: every source begins when so many listen to it. Unless given, a file waits
        for the guardian and the interaction, so that both get the whole of it, and a live source
        for nobody, so that the guardian sees and hears when the interaction cannot start.
    files_start_s: where the cell has several files to see and hear, all begin at this time, seconds
        of the nodes' clock, so that sound and picture belong together; 0 for as soon as each can.
    behind: what the topics of cameras and microphones end in on which their sources publish, where
        somebody stands between them and the cell and passes them on.
    environment: what to add to, this process's own unless given. Discovery stays on this machine
        unless it says otherwise.
    Raises CellFileError.
    """
    cell_path = cell_path.resolve()
    cell = load_cell(cell_path)
    surroundings = dict(os.environ if environment is None else environment)
    surroundings |= discovery_environment(surroundings) | memory_environment(surroundings)
    # Output to a file would otherwise come in blocks, long after it happened.
    surroundings["PYTHONUNBUFFERED"] = "1"
    follow_clock = use_sim_time or simulation is not None

    for_file, for_live = JUDGES, 0
    if wait_for_subscribers is not None:
        for_file = for_live = wait_for_subscribers

    files = sum(names_sound_file(m.source) for m in cell.microphones.values())
    files += sum(names_video_file(camera.source) for camera in cell.cameras.values())

    def awaited(*, is_file: bool) -> dict[str, Value | None]:
        if not is_file:
            return {"wait_for_subscribers": for_live}
        together = {"start_at": files_start_s} if files > 1 and files_start_s else {}
        return {"wait_for_subscribers": for_file, **together}

    def node(
        name: str,
        program: str,
        parameters: Mapping[str, Value | None],
        *,
        remaps: Mapping[str, str] | None = None,
        profile: str = NODE,
    ) -> ProcessSpec:
        sim_time = {"use_sim_time": True} if follow_clock and program != SIMULATION else {}
        argv = _node_argv(program, cell.cell, name, {**parameters, **sim_time}, remaps or {})
        return ProcessSpec(
            name, argv, {**surroundings, **profile_environment(profile, surroundings)}
        )

    def process(place: NodePlace) -> ProcessSpec:
        start = partial(node, place.name, place.role.value)
        if place.role is Role.SPEAKER and cell.speaker is not None:
            return start(_speaker_parameters(cell.speaker))
        if place.role is Role.TELEMETRY:
            listeners = int(cell.has_background)
            if wait_for_subscribers is not None:
                # The interaction does not listen to telemetry.
                listeners = max(0, wait_for_subscribers - 1)
            described = {"cell": str(cell_path), "machine": place.serves}
            return start({**described, "wait_for_subscribers": listeners})
        if place.role is Role.MICROPHONE:
            microphone = cell.microphones[place.serves]
            return start(
                _microphone_parameters(microphone)
                | awaited(is_file=names_sound_file(microphone.source)),
                remaps={"audio": microphone_topic(cell, place.serves) + behind},
            )
        if place.role is Role.CAMERA:
            camera = cell.cameras[place.serves]
            return start(
                _camera_parameters(place.serves, camera)
                | awaited(is_file=names_video_file(camera.source)),
                remaps={"image": camera_topic(cell, place.serves) + behind},
                profile=CAMERA,
            )
        return start({"cell": str(cell_path)})

    specs = [process(place) for place in cell_nodes(cell)]
    if simulation is not None:
        played: dict[str, Value | None] = {
            "folder": str(simulation.resolve()),
            "cell": str(cell_path),
            "wait_for_subscribers": for_file,
        }
        specs.append(node(SIMULATION, SIMULATION, played, profile=CAMERA))
    return specs


def _camera_parameters(name: str, camera: CameraDescription) -> dict[str, Value | None]:
    width, height = camera.size or (None, None)
    return {
        "source": camera.source,
        "loop": camera.loop,
        "rate": camera.rate,
        "width": width,
        "height": height,
        "compressed": camera.compressed,
        "frame_id": name,
    }


def _microphone_parameters(microphone: MicrophoneDescription) -> dict[str, Value | None]:
    return {
        "source": microphone.source,
        "loop": microphone.loop,
        "rate": microphone.rate,
        "channels": microphone.channels,
    }


def _speaker_parameters(speaker: SpeakerDescription) -> dict[str, Value | None]:
    sink = "none" if speaker.sink is None else speaker.sink
    return {"sink": sink, "volume": speaker.volume}


def _node_argv(
    program: str,
    namespace: str,
    name: str,
    parameters: Mapping[str, Value | None],
    remaps: Mapping[str, str],
) -> tuple[str, ...]:
    argv = [sys.executable, "-m", f"tml_ros.nodes.{program}_node", "--ros-args"]
    argv += ["-r", f"__ns:=/{namespace}", "-r", f"__node:={name}"]
    for inside, outside in remaps.items():
        argv += ["-r", f"{inside}:={outside}"]
    for parameter, value in parameters.items():
        if value is not None:
            # A parameter's value is read as YAML, and JSON keeps a name like "0: #1" a string.
            argv += ["-p", f"{parameter}:={json.dumps(value)}"]
    return tuple(argv)
