"""Nodes that die, hang, stand still, miss their deadlines and come back; and a clock that stops."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.cell.alarm_status import ERROR, OK, WARN, StatusError
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.freshness import STARTUP_GRACE_NS
from tml_ros.cell.heartbeat import Heartbeat, heartbeat_values
from tml_ros.cell.node_watch import NodeWatch
from tml_ros.turn.hazard import HazardKind, HazardSource

MS = 1_000_000
S = 1_000 * MS
BEAT, TICK = 200 * MS, 50 * MS
LOST, HUNG, IDLE, LATE = (
    HazardKind.NODE_LOST,
    HazardKind.NODE_HUNG,
    HazardKind.NODE_IDLE,
    HazardKind.NODE_LATE,
)
CELL = CellDescription.model_validate(
    {
        "cell": "press",
        "cameras": {"front": {"source": "0"}, "gate": {}},
        "microphones": {"hall": {"source": "hall.wav", "lost_after": 4.0}},
    }
)
NODES = ("interaction", "microphone_hall", "camera_front")
HOST = "box"


@dataclass
class Process:
    """A camera node as the watch sees it, one step of simulated time after another."""

    pid: int = 100
    host: str = HOST
    sequence: int = 0
    work: int = 0
    worked_ns: int | None = None
    misses: int = 0
    expected: bool = True
    exists: bool = True
    beats: bool = True
    works: bool = True

    def tick(self, steady_ns: int) -> Heartbeat | None:
        if self.exists and self.beats and self.works:
            self.work += 1
            self.worked_ns = steady_ns
        if not (self.exists and self.beats) or steady_ns % BEAT:
            return None
        self.sequence += 1
        age_ns = None if self.worked_ns is None else steady_ns - self.worked_ns
        return Heartbeat(
            "camera_front",
            self.pid,
            self.host,
            self.sequence,
            self.work,
            age_ns,
            self.expected,
            self.misses,
        )


@dataclass
class Scene:
    """The watch beside one simulated node; the others are always well. History per tick."""

    process: Process = field(default_factory=Process)
    steady_ns: int = 0
    follows_clock: bool = False

    def __post_init__(self) -> None:
        self.watch = NodeWatch(
            CELL, host=HOST, process_alive=self.alive, follows_clock=self.follows_clock
        )
        self.others = {name: Process(pid=7) for name in NODES[:2]}

    def alive(self, pid: int) -> bool | None:
        return pid == self.process.pid and self.process.exists

    def run(self, ns: int) -> set[HazardKind]:
        """Let time pass; what the camera's node is found to be at the end."""
        found: set[HazardKind] = set()
        for _ in range(ns // TICK):
            self.steady_ns += TICK
            for name, process in self.others.items():
                beat = process.tick(self.steady_ns)
                if beat is not None:
                    self.hear(replace(beat, node=name))
            beat = self.process.tick(self.steady_ns)
            if beat is not None:
                self.hear(beat)
            found = self.look()
        return found

    def hear(self, beat: Heartbeat) -> None:
        self.watch.beat(heartbeat_values(beat), self.steady_ns)

    def look(self) -> set[HazardKind]:
        hazards = self.watch.hazards(self.steady_ns, 42)
        assert all(hazard.source is HazardSource.GUARD for hazard in hazards)
        assert all(hazard.stamp_ns == 42 for hazard in hazards)
        assert not any(hazard.score for hazard in hazards if hazard.zone != "camera_front")
        return {hazard.kind for hazard in hazards if hazard.score == 1.0}

    def restart(self) -> None:
        self.process = Process(pid=self.process.pid + 1, host=self.process.host)


def well() -> Scene:
    scene = Scene()
    assert scene.run(3 * S) == set()
    return scene


def kill(process: Process) -> None:
    process.exists = False


def stop(process: Process) -> None:
    process.beats = False


def stall(process: Process) -> None:
    process.works = False


def end(process: Process) -> None:
    process.works = process.expected = False


@pytest.mark.parametrize(
    ("fault", "host", "found"),
    [
        (kill, HOST, {LOST}),
        (kill, "another box", {HUNG}),
        (stop, HOST, {HUNG}),
        (stall, HOST, {IDLE}),
        (end, HOST, set()),
    ],
)
def test_each_fault_is_found_within_a_second_as_what_it_is(
    fault: Callable[[Process], None], host: str, found: set[HazardKind]
) -> None:
    scene = Scene(Process(host=host))
    assert scene.run(3 * S) == set()
    for phase in range(4):
        scene = Scene(Process(host=host))
        assert scene.run(3 * S + phase * TICK) == set()
        fault(scene.process)
        assert scene.run(S) == found
        assert scene.run(60 * S) == found


def test_a_process_known_to_be_gone_is_lost_sooner_than_one_that_only_stays_silent() -> None:
    scene = well()
    kill(scene.process)
    assert scene.run(500 * MS) == {LOST}


def test_deadlines_missed_make_it_late_until_they_are_met_again() -> None:
    scene = well()
    scene.process.misses += 1
    assert scene.run(BEAT) == {LATE}
    for _ in range(10):
        scene.process.misses += 1
        assert scene.run(BEAT) == {LATE}
    assert scene.run(S) == set()


def test_beats_that_came_late_count_as_deadlines_missed() -> None:
    scene = well()
    last = scene.process
    scene.hear(Heartbeat("camera_front", 100, HOST, 99, last.work, 0, late_beats=1))
    assert scene.look() == {LATE}


def test_a_process_started_again_is_back_when_it_has_beaten_and_worked_for_a_second() -> None:
    scene = well()
    kill(scene.process)
    scene.run(S)
    scene.restart()
    assert scene.run(S) == {LOST}
    assert scene.run(BEAT) == set()
    _, _, values = scene.watch.report()
    assert values["camera_front"] == "pid 101 on box, restarts 1"


def test_a_process_started_again_that_does_not_work_goes_from_lost_to_idle_without_a_gap() -> None:
    scene = well()
    kill(scene.process)
    scene.run(S)
    scene.restart()
    stall(scene.process)
    assert scene.run(STARTUP_GRACE_NS) == {LOST}
    assert scene.run(2 * BEAT) == {IDLE}
    scene.process.works = True
    assert scene.run(S) == {IDLE}
    assert scene.run(BEAT) == set()


def test_one_stray_beat_is_no_recovery() -> None:
    scene = well()
    stop(scene.process)
    assert scene.run(S) == {HUNG}
    for _ in range(5):
        scene.process.beats = True
        scene.run(BEAT)
        scene.process.beats = False
        assert scene.run(2 * S) == {HUNG}


def test_one_stray_piece_of_work_is_no_recovery() -> None:
    scene = well()
    stall(scene.process)
    assert scene.run(S) == {IDLE}
    for _ in range(5):
        scene.process.works = True
        scene.run(TICK)
        scene.process.works = False
        assert scene.run(2 * S) == {IDLE}
    end(scene.process)
    assert scene.run(S + BEAT) == set()


def test_a_hung_process_that_dies_is_lost_and_no_longer_hung() -> None:
    scene = well()
    stop(scene.process)
    assert scene.run(S) == {HUNG}
    kill(scene.process)
    assert scene.run(TICK) == {LOST}


def test_a_beat_that_came_already_is_no_sign_of_life() -> None:
    scene = well()
    stop(scene.process)
    beat = Heartbeat("camera_front", 100, HOST, scene.process.sequence, 1, 0)
    for _ in range(5):
        scene.run(BEAT)
        scene.hear(beat)
    assert scene.look() == {HUNG}


def test_nothing_is_said_of_a_node_until_it_beats_or_its_time_to_begin_is_over() -> None:
    watch = NodeWatch(CELL, host=HOST, process_alive=lambda pid: None)
    now_ns = 100 * S
    for _ in range(STARTUP_GRACE_NS // TICK + 1):
        assert watch.hazards(now_ns, 0) == []
        now_ns += TICK
    lost = {hazard.zone for hazard in watch.hazards(now_ns, 0) if hazard.score == 1.0}
    assert lost == set(NODES)


def test_a_guardian_that_was_stopped_itself_judges_nobody_by_the_time_it_missed() -> None:
    scene = well()
    scene.steady_ns += 20 * S
    assert scene.look() == set()
    assert scene.run(5 * S) == set()
    stop(scene.process)
    scene.steady_ns += 20 * S
    assert scene.look() == set()


def test_a_guardian_that_always_looks_rarely_still_judges() -> None:
    scene = well()
    stop(scene.process)
    found: set[HazardKind] = set()
    for _ in range(3):
        scene.steady_ns += S
        for process in scene.others.values():
            process.tick(scene.steady_ns)
        found = {h.kind for h in scene.watch.hazards(scene.steady_ns, 42) if h.score == 1.0}
    assert HUNG in found


@pytest.mark.parametrize(("silent_ns", "found"), [(3 * S, set()), (4 * S, {"microphone_hall"})])
def test_a_stream_that_may_be_silent_for_longer_has_a_node_that_may_stand_still_for_longer(
    silent_ns: int, found: set[str]
) -> None:
    scene = well()
    stall(scene.others["microphone_hall"])
    for _ in range(silent_ns // TICK):
        scene.steady_ns += TICK
        for name, process in {**scene.others, "camera_front": scene.process}.items():
            beat = process.tick(scene.steady_ns)
            if beat is not None:
                scene.hear(replace(beat, node=name))
        hazards = scene.watch.hazards(scene.steady_ns, 42)
    assert {hazard.zone for hazard in hazards if hazard.score == 1.0} == found


def test_beats_of_strangers_are_counted_and_not_kept() -> None:
    scene = well()
    scene.hear(Heartbeat("guardian", 1, HOST, 1, 0))
    for number in range(1_000):
        scene.hear(Heartbeat(f"stranger{number}", 1, HOST, 1, 0))
    assert scene.watch.unknown_beats == 1_000
    assert len(scene.watch.report()[2]) == len(NODES)


def test_a_beat_that_makes_no_sense_is_an_error_and_no_sign_of_life() -> None:
    scene = well()
    stop(scene.process)
    for _ in range(5):
        scene.run(BEAT)
        with pytest.raises(StatusError, match=r"^sequence"):
            scene.watch.beat(
                {"node": "camera_front", "expected": "true", "pid": "1", "host": ""}, 0
            )
    assert scene.look() == {HUNG}


@pytest.mark.parametrize(
    ("fault", "level", "says"),
    [(None, OK, "3 nodes"), (kill, ERROR, "lost"), (stall, WARN, "idle")],
)
def test_what_it_reports(fault: Callable[[Process], None] | None, level: int, says: str) -> None:
    scene = well()
    if fault is not None:
        fault(scene.process)
    scene.run(S)
    found, message, _ = scene.watch.report()
    assert (found, says in message) == (level, True)


FAULTS = {"kill": kill, "stop": stop, "stall": stall}


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*FAULTS, "well"]), st.integers(1, 60).map(lambda ticks: ticks * TICK)
        ),
        max_size=8,
    )
)
def test_whatever_happens_a_fault_of_a_second_is_found_and_a_node_that_is_well_is_believed(
    history: Iterable[tuple[str, int]],
) -> None:
    scene = well()
    for what, lasts_ns in history:
        if what == "well":
            if scene.process.exists:
                scene.process.beats = scene.process.works = True
            else:
                scene.restart()
        else:
            FAULTS[what](scene.process)
        found = scene.run(lasts_ns)
        process = scene.process
        bad = not (process.exists and process.beats and process.works)
        if bad and lasts_ns >= S:
            assert found
    if not scene.process.exists:
        scene.restart()
    scene.process.beats = scene.process.works = True
    assert scene.run(3 * S) == set()


@pytest.mark.parametrize(
    ("follows", "begins_ns", "found"), [(True, 5, True), (True, 0, False), (False, 5, False)]
)
def test_a_clock_that_others_give_is_seen_to_stop_within_a_second(
    follows: bool, begins_ns: int, found: bool
) -> None:
    watch = NodeWatch(CELL, host=HOST, process_alive=lambda pid: None, follows_clock=follows)
    for steady_ns in range(S, 2 * S, TICK):
        watch.hazards(steady_ns, begins_ns)
        stopped = {hazard.kind for hazard in watch.clock(begins_ns, steady_ns) if hazard.score}
    assert stopped == ({HazardKind.CLOCK_STOPPED} if found else set())


@pytest.mark.parametrize("step_ns", [20 * MS, -3_600 * S, 86_400 * S])
def test_a_clock_that_goes_or_jumps_has_not_stopped(step_ns: int) -> None:
    watch = NodeWatch(CELL, host=HOST, process_alive=lambda pid: None, follows_clock=True)
    now_ns = 10**18
    for steady_ns in range(S, 5 * S, TICK):
        watch.hazards(steady_ns, now_ns)
        if steady_ns % (500 * MS) == 0:
            now_ns += step_ns
        (statement,) = watch.clock(now_ns, steady_ns)
        assert statement.score == 0.0
    for steady_ns in range(5 * S, 6 * S, TICK):
        watch.hazards(steady_ns, now_ns)
        (statement,) = watch.clock(now_ns, steady_ns)
    assert statement.score == 1.0
    (statement,) = watch.clock(now_ns + 1, 6 * S)
    assert statement.score == 0.0
