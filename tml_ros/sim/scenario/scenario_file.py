"""A scenario file: YAML to a Scenario, or every mistake in it at once; and those that ship.

Knows nothing of what is done with one. Reads one file; any thread.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from tml_ros.settings.problem import Problem
from tml_ros.settings.settings_file import SettingsFileError, SettingsKind
from tml_ros.settings.shared_file import shared_file, shared_names
from tml_ros.sim.scenario.scenario import Scenario

SHIPPED = Path("config", "scenarios")
_SUFFIXES = (".yaml", ".yml")
_NAME = "a name of lower-case letters, digits and underscores, a letter first"


class ScenarioFileError(SettingsFileError):
    """The file is no scenario."""


SCENARIO_FILE = SettingsKind(
    Scenario,
    noun="scenario file",
    begins="`scenario: <name>`",
    example="config/scenarios/press_visit.yaml",
    error=ScenarioFileError,
    wording={"scenario": _NAME, "who": _NAME, "[key]": _NAME},
)


def load_scenario(name_or_path: str | Path) -> Scenario:
    """The scenario of that name among those that ship, or in that file (.yaml).

    Raises ScenarioFileError.
    """
    path = Path(name_or_path)
    if path.suffix not in _SUFFIXES:
        shipped = shared_file(SHIPPED / f"{name_or_path}.yaml")
        if shipped is None:
            there = ", ".join(shipped_scenarios()) or "none"
            allowed = f"the path of a YAML file, or one of: {there}"
            problem = Problem("", "no scenario of that name", allowed)
            raise ScenarioFileError(path, (problem,), readable=False)
        path = shipped
    return parse_scenario(SCENARIO_FILE.read(path), path)


def parse_scenario(text: str, path: Path) -> Scenario:
    """The scenario in `text`, as if read from `path`. Raises ScenarioFileError."""
    return SCENARIO_FILE.parse(text, path)


def shipped_scenarios() -> tuple[str, ...]:
    """The names of the scenarios that ship."""
    return shared_names(SHIPPED, suffix=".yaml")


def scenario_text(scenario: Scenario) -> str:
    """The scenario as such a file; what is as by default is left out."""
    described = scenario.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(described, sort_keys=False, default_flow_style=None, width=100)
