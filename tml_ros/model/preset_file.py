"""A preset file: YAML to a Preset, or every mistake in it at once; and the presets that ship.

Knows nothing of weights: `native_model` builds what a preset describes. Reads one file; any thread.
"""

from __future__ import annotations

from pathlib import Path

from tml_ros.model.preset import Preset
from tml_ros.settings.problem import Problem
from tml_ros.settings.settings_file import SettingsFileError, SettingsKind
from tml_ros.settings.shared_file import shared_file, shared_names

PRESETS = Path("config", "models")
SUFFIXES = (".yaml", ".yml")


class PresetFileError(SettingsFileError):
    """The file is no preset, or there is none of that name."""


PRESET_FILE = SettingsKind(
    Preset,
    noun="preset",
    begins="`name: <name>`",
    example="config/models/nano.yaml",
    error=PresetFileError,
    wording={"name": "a name of lower-case letters, digits and hyphens, a letter first"},
)


def preset_names() -> tuple[str, ...]:
    """The presets that come with the package, in order of the alphabet."""
    return shared_names(PRESETS, suffix=".yaml")


def names_preset_file(name_or_path: str) -> bool:
    """Whether this is the path of a preset rather than a preset's name."""
    return name_or_path.endswith(SUFFIXES)


def load_preset(name_or_path: str) -> Preset:
    """A preset by its name, "nano", or from a YAML file. Raises PresetFileError."""
    if names_preset_file(name_or_path):
        path = Path(name_or_path)
        return parse_preset(PRESET_FILE.read(path), path)
    offered = preset_names()
    if name_or_path not in offered:
        allowed = f"one of {', '.join(offered)}, or the path of a preset ending in .yaml"
        problem = Problem("", "no preset of that name", allowed)
        raise PresetFileError(Path(name_or_path), (problem,), readable=False)
    found = shared_file(PRESETS / f"{name_or_path}.yaml")
    assert found is not None  # noqa: S101 - it has just been listed
    return parse_preset(PRESET_FILE.read(found), found)


def parse_preset(text: str, path: Path) -> Preset:
    """The preset in `text`, as if read from `path`. Raises PresetFileError."""
    return PRESET_FILE.parse(text, path)
