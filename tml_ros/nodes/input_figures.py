"""How a node's inputs fare: rates, latencies, drops and errors per lane, as diagnostics.

Knows nothing of ROS or clocks. The worker notes, the spinning thread reports; noting and reporting
may overlap.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from tml_ros.cell.alarm_status import OK, WARN, Status
from tml_ros.nodes.latency_window import LatencyWindow, milliseconds
from tml_ros.nodes.worker import LaneCounts

LOG_EVERY_NS = 5_000_000_000
MAX_ERROR = 300
"""Characters kept of an error: what came may be quoted in it, and may be of any length."""


class InputFigures:
    """The figures of one node of one cell.

    lanes: those to report. streams: those of them that should never be silent.
    """

    def __init__(
        self, cell: str, node: str, lanes: tuple[str, ...], streams: tuple[str, ...]
    ) -> None:
        """Start counting."""
        self._cell = cell
        self._node = node
        self._lanes = lanes
        self._streams = frozenset(streams)
        self._latency = {lane: LatencyWindow() for lane in streams}
        self._lock = threading.Lock()
        self._last_error: dict[str, str] = {}
        self._logged_ns: dict[str, int] = {}
        self._before: dict[str, LaneCounts] = {}
        self._before_ns: int | None = None

    def took(self, lane: str, latency_ns: int) -> None:
        """An item of a stream was done with, so long after its stamp."""
        self._latency[lane].add(latency_ns)

    def failed(self, lane: str, error: Exception, now_ns: int) -> str:
        """Note an error; the line to log, or "" where its lane had one less than 5 s ago."""
        line = f"{type(error).__name__}: {error}"
        if len(line) > MAX_ERROR:
            line = f"{line[:MAX_ERROR]} ..."
        with self._lock:
            self._last_error[lane] = line
            last_ns = self._logged_ns.get(lane)
            if last_ns is not None and now_ns - last_ns < LOG_EVERY_NS:
                return ""
            self._logged_ns[lane] = now_ns
            return f"{lane}: {line}"

    def statuses(self, counts: Mapping[str, LaneCounts], now_ns: int) -> list[Status]:
        """One status per lane, with rates since the last call. now_ns: steady time."""
        seconds = 0.0 if self._before_ns is None else (now_ns - self._before_ns) / 1e9
        reported = [self._status(lane, counts[lane], seconds) for lane in self._lanes]
        self._before = dict(counts)
        self._before_ns = now_ns
        return reported

    def _status(self, lane: str, counts: LaneCounts, seconds: float) -> Status:
        before = self._before.get(lane, LaneCounts())
        arrived = counts.received - before.received
        values = {
            "per_second": f"{arrived / seconds:.1f}" if seconds > 0 else "none",
            "received": str(counts.received),
            "rejected": str(counts.failed),
            "dropped": str(counts.dropped),
            "waiting": str(counts.waiting),
        }
        latency = self._latency.get(lane)
        if latency is not None:
            values["latency_p50_ms"] = milliseconds(latency.percentile_ms(50))
            values["latency_p99_ms"] = milliseconds(latency.percentile_ms(99))
        with self._lock:
            last_error = self._last_error.get(lane, "")
        if last_error:
            values["last_error"] = last_error
        level, message = OK, "ok"
        if counts.failed > before.failed:
            level, message = WARN, last_error
        elif lane in self._streams and arrived == 0:
            level, message = WARN, "nothing arrives"
        return Status(level, f"{self._cell}/{self._node}: {lane}", message, self._cell, values)
