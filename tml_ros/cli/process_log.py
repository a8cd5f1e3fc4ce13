"""What a child process writes, in a file that does not grow without end. One thread owns it."""

from __future__ import annotations

from pathlib import Path

MAX_BYTES = 10_000_000


class ProcessLog:
    """Appends to `path`; when it is full it becomes `<path>.1`, replacing the one before."""

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES) -> None:
        """Open the file. Raises OSError."""
        self.path = path
        self._max_bytes = max_bytes
        self._file = path.open("ab", buffering=0)
        self.lost = 0
        """Writes that failed, as on a full disk; the process goes on."""

    def write(self, text: str) -> None:
        """Append text."""
        try:
            self._file.write(text.encode(errors="replace"))
            if self._file.tell() >= self._max_bytes:
                self.path.replace(self.path.with_name(self.path.name + ".1"))
                self._file.close()
                self._file = self.path.open("ab", buffering=0)
        except OSError:
            self.lost += 1

    def close(self) -> None:
        """No more is written."""
        self._file.close()
