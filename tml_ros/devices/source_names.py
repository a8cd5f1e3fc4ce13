"""What the name of a source or sink stands for: a file, or a device or stream.

Knows nothing of opening either. Stateless; any thread.
"""

from __future__ import annotations

from pathlib import Path

SOUND_SUFFIXES = (".wav", ".wave")
URL_SCHEMES = ("rtsp", "rtsps", "http", "https")
"""Of the streams a camera can be."""


def names_stream(source: int | str | None) -> bool:
    """Whether a source is a URL."""
    return isinstance(source, str) and "://" in source


def names_video_file(source: int | str | None) -> bool:
    """Whether a camera's source is a file, that is, no device (index or /dev/...) and no URL."""
    if not isinstance(source, str) or source.isdecimal() or names_stream(source):
        return False
    return not source.startswith("/dev/")


def names_wav_file(name: int | str | None) -> bool:
    """Whether a microphone's source or a speaker's sink ends as a wav file does."""
    return isinstance(name, str) and Path(name).suffix.lower() in SOUND_SUFFIXES


def names_sound_file(source: int | str | None, folder: Path = Path()) -> bool:
    """Whether a sound source is a file, seen from `folder`: it ends in .wav or exists. Everything
    else is the name of a device.
    """
    return names_wav_file(source) or (isinstance(source, str) and _exists(folder / source))


def _exists(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
