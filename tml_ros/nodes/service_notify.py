"""A program's signs of life for who started it: systemd's notify protocol (sd_notify(3)).

systemd speaks it to a unit of `Type=notify` with `WatchdogSec`, `tml-ros up` to each node. A
datagram to a unix socket says that the program is ready, and from then on, often enough, that it
goes on; who falls silent is ended and started again. Knows nothing of ROS or of what goes on. One
thread owns it.
"""

from __future__ import annotations

import os
import socket
from collections.abc import MutableMapping
from contextlib import suppress

SOCKET, INTERVAL, PROCESS = "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"
"""The variables of the protocol: where to, how often at least (microseconds), and who."""
LONGEST_S = 0.5
READY, ALIVE = b"READY=1", b"WATCHDOG=1"


class ServiceNotify:
    """Speaks where the environment asks for it, and is silent otherwise.

    environment: read, and rid of the variables: they are not meant for programs started in turn.
    """

    def __init__(self, environment: MutableMapping[str, str]) -> None:
        """Nothing is said yet."""
        address = environment.pop(SOCKET, "")
        microseconds = environment.pop(INTERVAL, "")
        process = environment.pop(PROCESS, "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._socket: socket.socket | None = None
        if address[:1] in ("@", "/"):
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.setblocking(False)
        watched = microseconds.isdecimal() and process in ("", str(os.getpid()))
        limit_s = int(microseconds) / 1e6 if watched else 0.0
        self.interval_s = min(LONGEST_S, limit_s / 4) if limit_s else LONGEST_S
        """How often to say `alive`."""
        self.watched = limit_s > 0
        """Whether anybody waits for `alive`."""

    @property
    def asked_for(self) -> bool:
        """Whether anybody listens."""
        return self._socket is not None

    def ready(self) -> None:
        """It has started and works."""
        self._send(READY)

    def alive(self) -> None:
        """It goes on."""
        if self.watched:
            self._send(ALIVE)

    def close(self) -> None:
        """Say no more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, words: bytes) -> None:
        if self._socket is not None:
            # Whoever listened may be gone, or have no time: a sign of life waits for nobody.
            with suppress(OSError):
                self._socket.sendto(words, self._address)
