"""The files of a folder of records: the one in use, and full ones that were put away, bounded.

A full file is renamed to `record-<first record's place>-<log>.sqlite`; only such files are ever
deleted, the oldest first. Knows nothing of what is in them. The thread that writes the record.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tml_ros.audit.chain import Head

MAX_FILE_BYTES: Final = 64_000_000
MAX_FILES: Final = 16
_SIDE_FILES: Final = ("-wal", "-shm")


class LogFiles:
    """Names and numbers of the files."""

    def __init__(self, folder: Path, *, max_bytes: int, max_files: int) -> None:
        """max_bytes: of one file, about. max_files: that are kept besides the one in use."""
        self._folder = folder
        self._max_bytes = max_bytes
        self._max_files = max_files

    def is_full(self, size: int) -> bool:
        """Whether a file of so many bytes is."""
        return size >= self._max_bytes

    def put_away(self, path: Path, head: Head) -> str:
        """Rename a full file that is closed; its new name. Raises OSError."""
        number = 1 + max((_number(one) for one in put_away_files(self._folder)), default=0)
        name = f"record-{number:06d}-{head.log[:8]}.sqlite"
        target = self._folder / name
        path.rename(target)
        for suffix in _SIDE_FILES:
            side = Path(f"{path}{suffix}")
            if side.exists():
                side.rename(f"{target}{suffix}")
        return name

    def prune(self) -> list[str]:
        """Delete the oldest beyond the limit; their names."""
        files = put_away_files(self._folder)
        gone = files[: max(0, len(files) - self._max_files)]
        for path in gone:
            path.unlink(missing_ok=True)
            for suffix in _SIDE_FILES:
                Path(f"{path}{suffix}").unlink(missing_ok=True)
        return [path.name for path in gone]


def put_away_files(folder: Path) -> list[Path]:
    """Full files, oldest first."""
    return sorted((path for path in folder.glob("record-*.sqlite") if _number(path)), key=_number)


def _number(path: Path) -> int:
    digits = path.name.split("-")[1] if path.name.count("-") == 2 else ""
    return int(digits) if digits.isdecimal() else 0
