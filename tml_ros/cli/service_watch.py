"""Hears the signs of life of child processes, and tells which have fallen silent.

The listener's side of `nodes.service_notify`. Knows nothing of nodes or of what becomes of who is
silent. A thread of its own listens and judges; all else may be called from any thread.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from tml_ros.nodes.service_notify import ALIVE, INTERVAL, READY, SOCKET

SILENT_S = 3.0
"""Six signs of life missed in a row: hung, or stopped, and not just short of time."""
_POLL_S = 0.1
_BLIND_S = 1.0
"""Who has not looked for so long was itself stopped, and what came meanwhile may be lost."""
_SENDER = struct.Struct("3i")
"""Process, user and group, as the kernel vouches for them (unix(7), struct ucred)."""


@dataclass(slots=True)
class _Watched:
    on_silent: Callable[[], None]
    heard_s: float | None = None
    """When it last gave a sign of life; None until it is ready."""


class ServiceWatch:
    """Listens until closed. `environment` is for those who are to be heard.

    A child is judged from the moment it says that it is ready. Only its own process speaks for it:
    the kernel tells who sent what.
    """

    def __init__(self, *, silent_after_s: float = SILENT_S) -> None:
        """Begin to listen. Raises OSError where there can be no socket."""
        self._silent_after_s = silent_after_s
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        # A name that the kernel chooses, and that no file has to be removed for.
        self._socket.bind("")
        self._socket.settimeout(_POLL_S)
        name = self._socket.getsockname()[1:].decode("ascii")
        self.environment = {SOCKET: f"@{name}", INTERVAL: str(round(silent_after_s * 1e6))}
        self._lock = threading.Lock()
        self._children: dict[int, _Watched] = {}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="service watch", daemon=True)
        self._thread.start()

    def watch(self, pid: int, on_silent: Callable[[], None]) -> None:
        """From now on watch this child; `on_silent` is called once, in the watch's thread."""
        with self._lock:
            self._children[pid] = _Watched(on_silent)

    def forget(self, pid: int) -> None:
        """This child has ended, or may be silent."""
        with self._lock:
            self._children.pop(pid, None)

    def ready(self, pid: int) -> bool:
        """Whether this child is watched and has said that it is ready."""
        with self._lock:
            child = self._children.get(pid)
            return child is not None and child.heard_s is not None

    def close(self) -> None:
        """Listen no more; nobody is judged any longer."""
        self._closing.set()
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        looked_s = time.monotonic()
        while not self._closing.is_set():
            self._hear()
            now_s = time.monotonic()
            silent = self._judge(now_s, blind=now_s - looked_s > _BLIND_S)
            looked_s = now_s
            for on_silent in silent:
                on_silent()

    def _hear(self) -> None:
        try:
            words, about, _, _ = self._socket.recvmsg(4096, socket.CMSG_SPACE(_SENDER.size))
        except TimeoutError:
            return
        senders = [
            _SENDER.unpack(data)[0]
            for level, kind, data in about
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS)
            and len(data) == _SENDER.size
        ]
        lines = words.split(b"\n")
        with self._lock:
            child = self._children.get(senders[0]) if senders else None
            if child is not None and (
                READY in lines or (ALIVE in lines and child.heard_s is not None)
            ):
                child.heard_s = time.monotonic()

    def _judge(self, now_s: float, *, blind: bool) -> list[Callable[[], None]]:
        with self._lock:
            if blind:
                for child in self._children.values():
                    child.heard_s = None if child.heard_s is None else now_s
            silent = [
                pid
                for pid, child in self._children.items()
                if child.heard_s is not None and now_s - child.heard_s > self._silent_after_s
            ]
            return [self._children.pop(pid).on_silent for pid in silent]
