"""A playbook file: YAML to a Playbook, or every mistake in it at once; and the one that ships.

Knows nothing of machines. Reads one file; any thread.
"""

from __future__ import annotations

from pathlib import Path

from tml_ros.background.playbook import Playbook
from tml_ros.settings.problem import Problem
from tml_ros.settings.settings_file import SettingsFileError, SettingsKind
from tml_ros.settings.shared_file import shared_file

SHIPPED = Path("config", "playbooks", "machines.yaml")
SHIPPED_IN = {"en": SHIPPED, "de": SHIPPED.with_name("machines.de.yaml")}


class PlaybookFileError(SettingsFileError):
    """The file is no playbook."""


PLAYBOOK_FILE = SettingsKind(
    Playbook,
    noun="playbook",
    begins="`playbook: <name>`",
    example=SHIPPED.as_posix(),
    error=PlaybookFileError,
    wording={"language": "en or de"},
)


def load_playbook(path: Path | None = None, *, language: str = "en") -> Playbook:
    """The playbook in a file, or without one that which ships, in a language if it is there.

    Raises PlaybookFileError.
    """
    if path is None:
        wanted = SHIPPED_IN.get(language, SHIPPED)
        path = shared_file(wanted)
        if path is None:
            problem = Problem("", "no such file", "the playbook that comes with the package")
            raise PlaybookFileError(wanted, (problem,), readable=False)
    return parse_playbook(PLAYBOOK_FILE.read(Path(path)), Path(path))


def parse_playbook(text: str, path: Path) -> Playbook:
    """The playbook in `text`, as if read from `path`. Raises PlaybookFileError."""
    return PLAYBOOK_FILE.parse(text, path)
