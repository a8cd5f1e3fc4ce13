"""The background of a cell, put together from what its file says.

Knows nothing of ROS. The one place that knows which playbook, methods and reasoner a cell has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from tml_ros.background.background import Background, Setup
from tml_ros.background.endpoint_transport import Waiting
from tml_ros.background.history import History
from tml_ros.background.machine import Limits, Machine
from tml_ros.background.machine_analysis import MachineAnalysis, MachineMethods, machine_trends
from tml_ros.background.planner import Planner
from tml_ros.background.playbook import Playbook
from tml_ros.background.playbook_file import load_playbook
from tml_ros.background.reasoner import Reasoner
from tml_ros.background.telemetry_source import BLOCK, NUMBER, PRESSURE, TEMPERATURE
from tml_ros.background.vibration.velocity_limits import VelocityLimits
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.machine_description import MachineDescription, telemetry_sources

UNITS = {TEMPERATURE: "degC", PRESSURE: "Pa"}


def cell_background(
    cell: CellDescription,
    folder: Path | None,
    *,
    waiting: Waiting | None = None,
    wake: Callable[[], None] = lambda: None,
) -> Background:
    """The background of a cell, with its memory in `folder`.

    waiting: the time in which an endpoint is waited for; without it, it is not asked.
    wake: called in another thread when a slow reasoner has found something.
    Raises OSError, and ValueError (PlaybookError, ManualsError, EndpointError) for what the cell
    names and cannot be used.
    """
    machines = {name: _machine(name, one) for name, one in cell.machines.items()}
    methods = {name: _methods(one) for name, one in cell.machines.items()}

    def analysis(history: History | None) -> MachineAnalysis:
        return MachineAnalysis(methods, history)

    reasoner, threaded = _reasoner(cell, waiting)
    setup = Setup(
        folder,
        machines,
        _units(cell),
        _playbooks(cell),
        Path(cell.background.manuals) if cell.background.manuals is not None else None,
        cell.language,
        ZoneInfo(cell.background.timezone) if cell.background.timezone else None,
        frozenset(name for name, one in cell.machines.items() if one.microphone is not None),
        {name: one.speed for name, one in methods.items() if one.speed},
        analysis,
        lambda history: machine_trends(machines, history),
    )
    return Background(setup, reasoner, threaded=threaded, wake=wake)


def _machine(name: str, described: MachineDescription) -> Machine:
    limits = {quantity: Limits(one.low, one.high) for quantity, one in described.limits.items()}
    return Machine(
        name, described.kind, described.aliases, described.zones, limits, described.running or ""
    )


def _methods(described: MachineDescription) -> MachineMethods:
    bearing, velocity, speed = described.bearing, described.velocity, described.speed
    return MachineMethods(
        bearing.described if bearing is not None else None,
        bearing.sensor if bearing is not None else "",
        VelocityLimits(*velocity.limits, velocity.source) if velocity is not None else None,
        (speed.quantity or "") if speed is not None else "",
    )


def _units(cell: CellDescription) -> dict[str, dict[str, str]]:
    """Machine -> quantity -> unit, of telemetry that says it beforehand."""
    units: dict[str, dict[str, str]] = {name: {} for name in cell.machines}
    for source in telemetry_sources(cell.machines):
        if source.type in (NUMBER, *UNITS) and source.type != BLOCK:
            units[source.machine][source.quantity] = UNITS.get(source.type, source.unit)
    return units


def _playbooks(cell: CellDescription) -> Mapping[str, Playbook]:
    """The shipped ones, and the cell's own instead of that of its language."""
    books = {language: load_playbook(language=language) for language in ("en", "de")}
    if cell.background.playbook is not None:
        own = load_playbook(Path(cell.background.playbook))
        books[own.language] = own
    return books


def _reasoner(cell: CellDescription, waiting: Waiting | None) -> tuple[Reasoner, bool]:
    """What answers, and whether it may be slow."""
    if cell.background.endpoint is None or waiting is None:
        return Planner(), False
    from tml_ros.background.endpoint import EndpointReasoner  # noqa: PLC0415 - few cells have one

    return EndpointReasoner(cell.background.endpoint, waiting), True
