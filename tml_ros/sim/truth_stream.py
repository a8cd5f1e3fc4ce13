"""What is true of a rendered scenario, as a stream: what it is, then each change, then the end.

Every message of a change says all that holds from then on, so that one alone is understood. Knows
nothing of topics or clocks. Pure.

- `{"event": "header", "t": 0.0, "scenario", "seed", "seconds", "zones": {camera: {zone: outline}}}`
- `{"event": "now", "t", "hazards": [{"kind", "zone", "evident"}], "speaking": [{"who", "act",
  "text", "addressed"}]}`
- `{"event": "end", "t"}`

t: seconds since the beginning of the scenario. Outlines are pixels of the camera's picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tml_ros.sim.clip_truth import ClipTruth, ToldLine

HEADER, NOW, END = "header", "now", "end"


@dataclass(frozen=True, slots=True)
class ToldTruth:
    """One message. content: JSON-able."""

    time_s: float
    content: dict[str, Any]


def truth_stream(truth: ClipTruth, *, start_s: float = 0.0) -> tuple[ToldTruth, ...]:
    """All messages of a scenario that is played from `start_s` on, in order of time."""
    told = [ToldTruth(start_s, _header(truth) | {"t": start_s})]
    before: dict[str, Any] = {"hazards": [], "speaking": []}
    for time_s in sorted({start_s, *(t for t in _changes(truth) if t > start_s)}):
        if time_s >= truth.seconds:
            break
        now = _now(truth, time_s)
        if now != before:
            told.append(ToldTruth(time_s, {"event": NOW, "t": time_s, **now}))
            before = now
    told.append(ToldTruth(truth.seconds, {"event": END, "t": truth.seconds}))
    return tuple(told)


def speaking(line: ToldLine) -> dict[str, Any]:
    """How a line that is being said is told."""
    return {
        "who": line.who,
        "act": line.act.value,
        "text": line.text,
        "addressed": line.addressed,
    }


def _header(truth: ClipTruth) -> dict[str, Any]:
    return {
        "event": HEADER,
        "t": 0.0,
        "scenario": truth.scenario,
        "seed": truth.seed,
        "seconds": truth.seconds,
        "zones": {
            name: {zone: [list(corner) for corner in outline] for zone, outline in zones.items()}
            for name, zones in ((name, camera.zones) for name, camera in truth.cameras.items())
        },
    }


def _changes(truth: ClipTruth) -> set[float]:
    times: set[float] = set()
    for span in truth.spans:
        times |= {span.start_s, span.end_s}
        if span.evident_s is not None:
            times.add(span.evident_s)
    for line in truth.lines:
        if line.start_s is not None:
            times |= {line.start_s, round(line.start_s + line.seconds, 3)}
    return times


def _now(truth: ClipTruth, time_s: float) -> dict[str, Any]:
    return {
        "hazards": [
            {
                "kind": span.kind.value,
                "zone": span.zone,
                "evident": span.evident_s is not None and span.evident_s <= time_s,
            }
            for span in truth.spans
            if span.start_s <= time_s < span.end_s
        ],
        "speaking": [
            speaking(line)
            for line in truth.lines
            if line.start_s is not None
            and line.start_s <= time_s < round(line.start_s + line.seconds, 3)
        ],
    }
