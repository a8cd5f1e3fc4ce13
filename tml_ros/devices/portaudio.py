"""PortAudio, imported only where a sound device is really used, and kept open.

Knows nothing of what the sound is. A device that goes away while it is in use is reopened by an
owned thread; a device that is not there at the start is the caller's mistake and raises.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Protocol

from tml_ros.devices.retry import Backoff

WATCH_S = 0.5


class SoundDeviceError(ValueError):
    """PortAudio or a sound device is missing or refuses; the message says what to do."""


class DeviceAbsentError(SoundDeviceError):
    """The device is not there or refuses now; it may be plugged in later."""


def load_portaudio() -> ModuleType:
    """The `sounddevice` module. Raises SoundDeviceError naming the package to install."""
    try:
        return importlib.import_module("sounddevice")
    except ImportError as problem:
        raise SoundDeviceError(
            "sound devices need the Python package sounddevice: pip install sounddevice"
        ) from problem
    except OSError as problem:
        raise SoundDeviceError(
            "sound devices need the PortAudio library: apt install libportaudio2"
        ) from problem


class DeviceStream(Protocol):
    """What is used of a `sounddevice` stream."""

    @property
    def active(self) -> bool:
        """Whether its callback is being called."""

    @property
    def latency(self) -> float:
        """Seconds between callback and ear or mouth."""

    def start(self) -> None:
        """Begin calling back."""

    def abort(self) -> None:
        """Stop at once and forget what is buffered."""

    def close(self) -> None:
        """Give the device back."""


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """lost: gone and being retried; retries: attempts to reopen, in all; last_error: why."""

    lost: bool = False
    retries: int = 0
    last_error: str = ""


class KeptStream:
    """An open sound stream with a thread that reopens it when it stops by itself.

    open_stream: opens, without starting; raises SoundDeviceError.

    Raises SoundDeviceError when it cannot be opened the first time.
    """

    def __init__(
        self, open_stream: Callable[[], DeviceStream], *, watch_s: float = WATCH_S
    ) -> None:
        """Open and start the stream, and the thread that watches it."""
        self._open_stream = open_stream
        self._watch_s = watch_s
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._stream = self._open()
        self._status = StreamStatus()
        self._thread = threading.Thread(target=self._watch, name="sound-device", daemon=True)
        self._thread.start()

    @property
    def status(self) -> StreamStatus:
        """How the stream is doing."""
        return self._status

    def forget_buffered(self, *, above_s: float) -> None:
        """Silence what the device holds already, where that is more than `above_s` seconds."""
        with self._lock:
            if self._stream is not None and self._stream.latency > above_s:
                try:
                    self._stream.abort()
                    self._stream.start()
                except _device_errors() as problem:
                    self._lose(problem)

    def close(self) -> None:
        """Give the device back."""
        self._stopping.set()
        self._thread.join(1.0)
        with self._lock:
            self._drop()

    def _open(self) -> DeviceStream | None:
        stream = self._open_stream()
        try:
            stream.start()
        except _device_errors() as problem:
            stream.close()
            raise DeviceAbsentError(f"sound device does not start: {problem}") from problem
        return stream

    def _watch(self) -> None:
        backoff = Backoff()
        wait_s = self._watch_s
        while not self._stopping.wait(wait_s):
            wait_s = self._watch_s
            with self._lock:
                if self._stream is not None and self._stream.active:
                    backoff.reset()
                    continue
                if self._stream is not None:
                    self._lose("the device stopped")
                retries = self._status.retries + 1
                try:
                    self._stream = self._open()
                    self._status = StreamStatus(False, retries, self._status.last_error)
                except SoundDeviceError as problem:
                    self._status = StreamStatus(True, retries, str(problem))
                    wait_s = backoff.next_s()

    def _lose(self, problem: Exception | str) -> None:
        self._drop()
        self._status = StreamStatus(True, self._status.retries, str(problem))

    def _drop(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            try:
                stream.abort()
                stream.close()
            except _device_errors():
                # The device is gone already; there is nothing left to give back.
                return


def _device_errors() -> tuple[type[Exception], ...]:
    return (load_portaudio().PortAudioError, OSError)
