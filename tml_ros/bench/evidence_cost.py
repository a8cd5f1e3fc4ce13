"""What keeping evidence costs the thread that guards, and the core.

Pictures come at their real pace, so that both threads meet as they do in a cell. Knows nothing of
how results are shown. Run on the calling thread, alone on its machine for true figures.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from tml_ros.bench.ingest import HEIGHT, WIDTH, moving_pictures
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.guardian import Guardian
from tml_ros.evidence.evidence_settings import EvidenceSettings
from tml_ros.evidence.known_background import KNOWN_S
from tml_ros.evidence.recorder import EvidenceRecorder
from tml_ros.safety.alarm import Alarm, AlarmEvent, AlarmState, AlarmTransition, Priority
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import Frame

RATE = 10.0
LOOP = 32
CLIP_EVERY_S = 15.0
_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class EvidenceCost:
    """frame_us_p50, frame_us_p99: how long handing over one picture held the guarding thread, with
    what others took of the core meanwhile; frame_cpu_us: processor time alone.

    evidence_cores: processor time of the evidence's own thread over time passed; 1 is a core.
    guard_ms_without, guard_ms_with: how long judging a picture took, at p50 and p99, with the
    evidence off and on. clips, dropped: what was written and lost meanwhile.
    """

    cameras: int
    width: int
    height: int
    seconds: float
    frame_us_p50: float
    frame_us_p99: float
    frame_cpu_us_p50: float
    frame_cpu_us_p99: float
    evidence_cores: float
    guard_ms_without_p50: float
    guard_ms_without_p99: float
    guard_ms_with_p50: float
    guard_ms_with_p99: float
    clips: int
    dropped: int

    def as_dict(self) -> dict[str, int | float]:
        """All fields, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Run:
    judged_ms: list[float]
    handed_us: list[float]
    handed_cpu_us: list[float]
    others_cores: float


def measure_evidence(*, cameras: int = 4, seconds: float = 30.0) -> EvidenceCost:
    """Guard so many cameras for so long, without evidence and then with it.

    Raises ValueError for fewer than one camera or a second.
    """
    if cameras < 1 or seconds < 1:
        raise ValueError(f"expected at least 1 camera and 1 s, got {cameras} and {seconds}")
    names = [f"camera_{number}" for number in range(cameras)]
    without = _guard(names, seconds, None)
    with tempfile.TemporaryDirectory() as folder:
        recorder = EvidenceRecorder(
            EvidenceSettings(Path(folder)), {name: f"/{name}" for name in names}, {}
        )
        _teach(recorder, names)
        run = _guard(names, seconds, recorder)
        recorder.close()
        status = recorder.status()
    return EvidenceCost(
        cameras=cameras,
        width=WIDTH,
        height=HEIGHT,
        seconds=seconds,
        frame_us_p50=float(np.percentile(run.handed_us, 50)),
        frame_us_p99=float(np.percentile(run.handed_us, 99)),
        frame_cpu_us_p50=float(np.percentile(run.handed_cpu_us, 50)),
        frame_cpu_us_p99=float(np.percentile(run.handed_cpu_us, 99)),
        evidence_cores=run.others_cores,
        guard_ms_without_p50=float(np.percentile(without.judged_ms, 50)),
        guard_ms_without_p99=float(np.percentile(without.judged_ms, 99)),
        guard_ms_with_p50=float(np.percentile(run.judged_ms, 50)),
        guard_ms_with_p99=float(np.percentile(run.judged_ms, 99)),
        clips=status.clips,
        dropped=status.dropped,
    )


def _teach(recorder: EvidenceRecorder, names: list[str]) -> None:
    """Show the empty hall until it is known, as fast as it is taken in."""
    (picture,) = moving_pictures(1)
    for second in range(round(KNOWN_S) + 5):
        for name in names:
            recorder.frame(Frame(name, second * _SECOND_NS, picture), second * _SECOND_NS)
        time.sleep(0.02 * len(names))


def _guard(names: list[str], seconds: float, recorder: EvidenceRecorder | None) -> _Run:
    guardian = Guardian(_cell(names))
    pictures = moving_pictures(LOOP)
    judged_ms: list[float] = []
    handed_us: list[float] = []
    handed_cpu_us: list[float] = []
    begin_ns = 100 * _SECOND_NS
    began, cpu, own = time.perf_counter(), time.process_time(), time.thread_time()
    alarmed_s = -CLIP_EVERY_S
    for number in range(round(seconds * RATE * len(names))):
        due_s = number / (RATE * len(names))
        if (early_s := began + due_s - time.perf_counter()) > 0:
            time.sleep(early_s)
        now_ns = begin_ns + round(due_s * _SECOND_NS)
        step = number // len(names) % (2 * LOOP - 2)
        frame = Frame(names[number % len(names)], now_ns, pictures[min(step, 2 * LOOP - 2 - step)])
        before = time.perf_counter()
        guardian.observe_frame(frame, now_ns)
        judged = time.perf_counter()
        judged_ms.append((judged - before) * 1e3)
        if recorder is None:
            continue
        judged, judged_cpu = time.perf_counter(), time.thread_time()
        recorder.frame(frame, now_ns)
        handed_cpu_us.append((time.thread_time() - judged_cpu) * 1e6)
        handed_us.append((time.perf_counter() - judged) * 1e6)
        if due_s - alarmed_s >= CLIP_EVERY_S:
            alarmed_s = due_s
            recorder.alarm(_raised(now_ns))
    passed_s = time.perf_counter() - began
    others_s = (time.process_time() - cpu) - (time.thread_time() - own)
    return _Run(judged_ms, handed_us, handed_cpu_us, others_s / passed_s)


def _cell(names: list[str]) -> CellDescription:
    zone = {"polygon": [(0.4, 0.5), (0.9, 0.5), (0.9, 0.95), (0.4, 0.95)], "units": "fractions"}
    return CellDescription.model_validate(
        {
            "cell": "bench",
            "cameras": {
                name: {"size": (WIDTH, HEIGHT), "zones": {f"{name}_zone": zone}} for name in names
            },
        }
    )


def _raised(now_ns: int) -> AlarmTransition:
    kind, state = HazardKind.PERSON_IN_ZONE, AlarmState.ACTIVE_UNACKNOWLEDGED
    alarm = Alarm(kind, "zone", state, Priority.HIGH, "guard", now_ns, now_ns)
    return AlarmTransition(now_ns, AlarmEvent.RAISED, alarm, now_ns)
