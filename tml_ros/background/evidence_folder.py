"""The pictures that findings rest on, as PNG files in one folder, the newest kept.

Knows nothing of findings. A picture that cannot be written is left out and noted. One thread.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

MAX_PICTURES: Final = 300
MAX_PICTURE_BYTES: Final = 4_000_000
_NAME: Final = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._\-]{0,199}\.png$")


class EvidenceFolder:
    """path: of the folder, made where it is not there; None: nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        """Begin with what is there."""
        self._path = path
        self._problem = ""

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the last picture could not be written; empty where it could."""
        return (self._problem,) if self._problem else ()

    def keep(self, name: str, png: bytes) -> str:
        """Write a picture; its name, or "" where it was not kept. The oldest give way."""
        if self._path is None or not _NAME.match(name) or not 0 < len(png) <= MAX_PICTURE_BYTES:
            return ""
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            # A reader must not find half of a picture.
            beside = self._path / f".{name}.part"
            beside.write_bytes(png)
            beside.replace(self._path / name)
            self._make_room()
        except OSError as error:
            self._problem = f"{self._path}: {error}"
            return ""
        self._problem = ""
        return name

    def keep_all(self, pictures: Mapping[str, bytes]) -> None:
        """Write several."""
        for name, png in pictures.items():
            self.keep(name, png)

    def _make_room(self) -> None:
        if self._path is None:
            return
        there = [entry for entry in self._path.iterdir() if entry.suffix == ".png"]
        for old in sorted(there, key=lambda entry: entry.stat().st_mtime_ns)[:-MAX_PICTURES]:
            old.unlink(missing_ok=True)
