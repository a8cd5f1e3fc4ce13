"""The folder of the clips: their names, what is left over, what is too old or too much.

Touches nothing that is not a clip of ours: a folder of our naming with our clip.json in it, and of
that only the files a clip consists of. Whoever removes clips, or the whole folder, disturbs
nothing. Knows nothing of what is in a clip. Owned by one thread.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from tml_ros.evidence.clip_metadata import is_ours
from tml_ros.evidence.clip_writer import ABOUT, METADATA, PREVIEW, recording_of, sync

MAKING, REMOVING = ".making-", ".removing-"
PROBE = ".probe"
PROBE_BYTES = 64 * 1024
MAX_ABOUT = 4 * 2**20
_NAME = re.compile(r"\d{8}T\d{6}\.\d{3}Z_[A-Za-z0-9_-]{1,120}")
_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class ShelvedClip:
    """A finished clip. begun_ns: as its name says. bytes: of its files."""

    path: Path
    begun_ns: int
    bytes: int


class ClipShelf:
    """keep_ns: how old a clip may become. keep_bytes: how large all of them together."""

    def __init__(self, folder: Path, *, keep_ns: int, keep_bytes: int) -> None:
        """Touch nothing yet."""
        self._folder = folder
        self._keep_ns, self._keep_bytes = keep_ns, keep_bytes

    def probe(self) -> None:
        """See whether a clip could be written. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / PROBE
        try:
            path.write_bytes(bytes(PROBE_BYTES))
        finally:
            path.unlink(missing_ok=True)

    def remove_leftovers(self) -> None:
        """Remove what a crash left: clips half made, and half removed. Raises OSError."""
        if not self._folder.is_dir():
            return
        for path in self._folder.iterdir():
            for prefix in (MAKING, REMOVING):
                name = path.name.removeprefix(prefix)
                if name != path.name and _NAME.fullmatch(name) and not path.is_symlink():
                    _remove(path, name)

    def name(self, stamp_ns: int, kind: str, zone: str) -> str:
        """A name that no clip has: when, what, where."""
        base = "_".join([_utc(stamp_ns), _fit(kind), *filter(None, [_fit(zone)])])[:100]
        name, number = base, 1
        while any((self._folder / f"{prefix}{name}").exists() for prefix in ("", MAKING)):
            number += 1
            name = f"{base}_{number}"
        return name

    def making(self, name: str) -> Path:
        """Where a clip of that name is made. Raises OSError where the folder cannot be."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / f"{MAKING}{name}"

    def put(self, name: str) -> None:
        """A clip is finished: give it its name. Raises OSError."""
        (self._folder / f"{MAKING}{name}").rename(self._folder / name)
        sync(self._folder)

    def discard(self, name: str) -> None:
        """A clip is not to be: remove what there is of it, as far as the disk lets us."""
        with suppress(OSError):
            _remove(self._folder / f"{MAKING}{name}", name)

    def clips(self) -> list[ShelvedClip]:
        """All there are, oldest first. Raises OSError."""
        if not self._folder.is_dir():
            return []
        found = []
        for path in self._folder.iterdir():
            # Somebody may remove it at any moment.
            with suppress(FileNotFoundError, NotADirectoryError):
                clip = _shelved(path)
                found += [] if clip is None else [clip]
        return sorted(found, key=lambda clip: (clip.begun_ns, clip.path.name))

    def tidy(self, now_ns: int) -> list[ShelvedClip]:
        """Remove what is too old, then the oldest until the rest is not too much; what is left.

        The newest stays in any case. Raises OSError.
        """
        clips = self.clips()
        total = sum(clip.bytes for clip in clips)
        while len(clips) > 1 and (
            total > self._keep_bytes or now_ns - clips[0].begun_ns > self._keep_ns
        ):
            oldest = clips.pop(0)
            total -= oldest.bytes
            going = self._folder / f"{REMOVING}{oldest.path.name}"
            with suppress(FileNotFoundError):
                oldest.path.rename(going)
                _remove(going, oldest.path.name)
        return clips


def _shelved(path: Path) -> ShelvedClip | None:
    if path.is_symlink() or not path.is_dir() or not _NAME.fullmatch(path.name):
        return None
    about = path / ABOUT
    if not about.is_file() or about.stat().st_size > MAX_ABOUT:
        return None
    if not is_ours(about.read_text(encoding="utf-8", errors="replace")):
        return None
    begun_ns = _begun_ns(path.name)
    if begun_ns is None:
        return None
    files = (path / file for file in _files(path.name))
    size = sum(file.stat().st_size for file in files if file.is_file())
    return ShelvedClip(path, begun_ns, size)


def _files(name: str) -> tuple[str, ...]:
    return recording_of(name), METADATA, PREVIEW, ABOUT


def _remove(folder: Path, name: str) -> None:
    """Remove the files of a clip, and the folder unless somebody put others into it."""
    for file in _files(name):
        (folder / file).unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _utc(stamp_ns: int) -> str:
    seconds, rest = divmod(max(0, stamp_ns), 1_000_000_000)
    moment = datetime.fromtimestamp(min(seconds, 253_402_300_799), timezone.utc)
    return f"{moment:%Y%m%dT%H%M%S}.{rest // 1_000_000:03d}Z"


def _begun_ns(name: str) -> int | None:
    """None where the name is no time after all."""
    stamp = name.partition("Z_")[0]
    try:
        moment = datetime.strptime(f"{stamp}000+0000", "%Y%m%dT%H%M%S.%f%z")
    except ValueError:
        return None
    return int(moment.timestamp() * 1000) * 1_000_000


def _fit(name: str) -> str:
    return _UNFIT.sub("-", name)[:48].strip("-_")
