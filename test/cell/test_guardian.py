"""The guardian: guards, freshness and alarms together, whatever its inputs and guards do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cell_guards import CellGuards, cell_guards
from tml_ros.cell.freshness import STARTUP_GRACE_NS
from tml_ros.cell.guardian import MAX_FAULTS, Guardian
from tml_ros.cell.statements import MAX_PER_ORIGIN
from tml_ros.safety.alarm import AlarmEvent, AlarmState, AlarmTransition
from tml_ros.safety.guards.picture import Picture
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource
from tml_ros.turn.micro_turn import AudioBlock, Frame

S = 1_000_000_000
T0 = 1_000 * S
FRAME_NS = S // 10
PERSON, LOST, DEAF = (
    HazardKind.PERSON_IN_ZONE,
    HazardKind.CAMERA_LOST,
    HazardKind.MICROPHONE_LOST,
)
CELL = CellDescription.model_validate(
    {
        "cell": "c",
        "cameras": {"eye": {}, "gate": {}},
        "microphones": {"ear": {}},
        "alarms": {
            "person_in_zone": {"on_delay": 0, "off_delay": 0, "realarm": 60},
            "camera_lost": {"on_delay": 0, "off_delay": 0},
            "microphone_lost": {"on_delay": 0, "off_delay": 0},
        },
    }
)
ONE_EYE = CellDescription.model_validate(
    CELL.model_dump(mode="json") | {"cameras": {"eye": {}}, "microphones": {}}
)


class Watch:
    """A guard whose answers are a function of the stamp and what it was given."""

    def __init__(self, answer: Callable[[int], Sequence[Hazard]] = lambda _: ()) -> None:
        self.answer = answer
        self.stamps: list[int] = []
        self.sizes: list[tuple[int, ...]] = []
        self.resets = 0

    def observe_picture(self, picture: Picture) -> list[Hazard]:
        self.stamps.append(picture.frame.stamp_ns)
        self.sizes.append(picture.frame.rgb.shape)
        return list(self.answer(picture.frame.stamp_ns))

    def observe_audio(self, block: AudioBlock) -> list[Hazard]:
        self.stamps.append(block.start_ns)
        self.sizes.append(block.samples.shape)
        return list(self.answer(block.start_ns))

    def reset(self) -> None:
        self.resets += 1


class Other(Watch):
    """The same under another name."""


def guards(
    eye: Sequence[Watch] = (), gate: Sequence[Watch] = (), ear: Sequence[Watch] = ()
) -> CellGuards:
    return CellGuards({"eye": tuple(eye), "gate": tuple(gate)}, {"ear": tuple(ear)})


def frame(stamp_ns: int, camera: str = "eye", size: tuple[int, int] = (24, 32)) -> Frame:
    return Frame(camera, stamp_ns, np.full((*size, 3), 90, np.uint8))


def block(start_ns: int, count: int = 1600) -> AudioBlock:
    return AudioBlock("ear", start_ns, np.zeros(count, np.float32))


def stated(kind: HazardKind, zone: str, score: float, stamp_ns: int) -> Hazard:
    return Hazard(kind, zone, score, HazardSource.GUARD, stamp_ns)


def person(present: Callable[[int], bool], zone: str = "line") -> Callable[[int], list[Hazard]]:
    return lambda stamp_ns: [stated(PERSON, zone, float(present(stamp_ns)), stamp_ns)]


def events(transitions: Sequence[AlarmTransition]) -> list[tuple[AlarmEvent, HazardKind, str]]:
    return [(t.event, t.alarm.kind, t.alarm.zone) for t in transitions]


def standing(guardian: Guardian) -> set[tuple[HazardKind, str]]:
    return {
        (alarm.kind, alarm.zone) for alarm in guardian.alarms() if alarm.state.condition_present
    }


def scores(guardian: Guardian) -> Mapping[tuple[HazardKind, str], float]:
    return {(hazard.kind, hazard.zone): hazard.score for hazard in guardian.hazards()}


def test_a_cell_has_its_guards_on_every_stream() -> None:
    zone = {"units": "fractions", "polygon": [[0, 0], [1, 0], [1, 1]]}
    cell = CellDescription.model_validate(
        {"cell": "c", "cameras": {"a": {"zones": {"z": zone}}, "b": {}}, "microphones": {"m": {}}}
    )
    guards = cell_guards(cell)
    assert {
        name: [type(guard).__name__ for guard in chosen]
        for name, chosen in {**guards.cameras, **guards.microphones}.items()
    } == {
        "a": ["CameraHealth", "CameraMoved", "ZoneOccupancy"],
        "b": ["CameraHealth", "CameraMoved"],
        "m": ["MicrophoneHealth", "SirenGuard", "ImpactGuard"],
    }


def test_what_a_guard_sees_becomes_an_alarm_and_goes_with_it() -> None:
    watch = Watch(person(lambda t: T0 + 3 * FRAME_NS <= t < T0 + 6 * FRAME_NS))
    guardian = Guardian(ONE_EYE, guards=guards([watch]))
    seen = []
    for number in range(10):
        stamp_ns = T0 + number * FRAME_NS
        seen += [
            (number, transition.event)
            for transition in guardian.observe_frame(frame(stamp_ns), stamp_ns)
        ]
    assert seen == [(3, AlarmEvent.RAISED), (6, AlarmEvent.RETURNED)]
    (alarm,) = guardian.alarms()
    assert alarm.state is AlarmState.RETURNED_UNACKNOWLEDGED


def test_frames_of_any_size_are_judged() -> None:
    watch = Watch()
    guardian = Guardian(ONE_EYE, guards=guards([watch]))
    for number, size in enumerate([(24, 32), (1080, 1920), (17, 400)]):
        guardian.observe_frame(frame(T0 + number * FRAME_NS, size=size), T0 + number * FRAME_NS)
    assert [shape[:2] for shape in watch.sizes] == [(24, 32), (1080, 1920), (17, 400)]
    assert guardian.fault_count == 0


def test_a_stream_the_cell_does_not_have_is_the_callers_mistake() -> None:
    guardian = Guardian(CELL, guards=guards())
    with pytest.raises(ValueError, match="no camera 'attic'; it has: eye, gate"):
        guardian.observe_frame(frame(T0, "attic"), T0)
    with pytest.raises(ValueError, match="no microphone 'nose'; it has: ear"):
        guardian.observe_audio(AudioBlock("nose", T0, np.zeros(5, np.float32)), T0)


def test_streams_that_fall_silent_are_lost_and_come_back() -> None:
    guardian = Guardian(CELL, guards=guards())
    guardian.observe_frame(frame(T0), T0)
    guardian.observe_frame(frame(T0, "gate"), T0)
    guardian.observe_audio(block(T0), T0)
    silent_ns = round(CELL.cameras["eye"].lost_after * S)
    assert guardian.advance(T0 + silent_ns) == []
    raised = guardian.advance(T0 + silent_ns + 1)
    assert sorted(events(raised)) == [
        (AlarmEvent.RAISED, LOST, "eye"),
        (AlarmEvent.RAISED, LOST, "gate"),
        (AlarmEvent.RAISED, DEAF, "ear"),
    ]
    assert {t.due_ns for t in raised} == {T0 + silent_ns}
    back = guardian.observe_frame(frame(T0 + 2 * S), T0 + 2 * S)
    assert events(back) == [(AlarmEvent.RETURNED, LOST, "eye")]
    assert standing(guardian) == {(LOST, "gate"), (DEAF, "ear")}


def test_streams_that_never_come_are_lost_after_their_time_to_begin() -> None:
    guardian = Guardian(CELL, guards=guards())
    assert guardian.advance(T0) == []
    assert guardian.advance(T0 + STARTUP_GRACE_NS) == []
    guardian.advance(T0 + STARTUP_GRACE_NS + 1)
    assert standing(guardian) == {(LOST, "eye"), (LOST, "gate"), (DEAF, "ear")}


def test_a_camera_that_repeats_its_last_picture_under_the_same_stamp_is_lost() -> None:
    watch = Watch()
    guardian = Guardian(ONE_EYE, guards=guards([watch]))
    for number in range(20):
        guardian.observe_frame(frame(T0), T0 + number * FRAME_NS)
    assert standing(guardian) == {(LOST, "eye")}
    assert watch.stamps == [T0]
    assert guardian.stale_inputs == 19


@pytest.mark.parametrize("age_ns", [3 * S, -3 * S], ids=["old", "of the future"])
def test_pictures_and_sound_of_another_time_are_stale_and_not_lost_until_they_are_of_now(
    age_ns: int,
) -> None:
    guardian = Guardian(CELL, guards=guards())
    stale = {(HazardKind.CAMERA_STALE, "eye"), (HazardKind.MICROPHONE_STALE, "ear")}
    for number in range(60):
        now_ns = T0 + number * FRAME_NS
        wrong_ns = age_ns if 20 <= number < 40 else 0
        guardian.observe_frame(frame(now_ns - wrong_ns), now_ns)
        guardian.observe_frame(frame(now_ns, "gate"), now_ns)
        guardian.observe_audio(block(now_ns - S // 10 - wrong_ns), now_ns)
        assert standing(guardian) == (stale if 20 <= number < 50 else set()), number


def test_a_microphone_that_is_fresh_but_dead_stays_lost() -> None:
    dead = Watch(lambda t: [stated(DEAF, "ear", 1.0, t)])
    guardian = Guardian(CELL, guards=guards(ear=[dead]))
    for number in range(30):
        start_ns = T0 + number * FRAME_NS
        guardian.observe_audio(block(start_ns), start_ns)
    assert (DEAF, "ear") in standing(guardian)
    assert scores(guardian)[DEAF, "ear"] == 1.0


def test_a_zone_seen_by_two_cameras_is_occupied_while_either_sees_somebody() -> None:
    eye, gate = Watch(person(lambda t: t < T0 + S)), Watch(person(lambda t: t < T0 + 2 * S))
    guardian = Guardian(CELL, guards=guards([eye], [gate]))
    seen = []
    for number in range(30):
        now_ns = T0 + number * FRAME_NS
        seen += events(guardian.observe_frame(frame(now_ns), now_ns))
        seen += events(guardian.observe_frame(frame(now_ns, "gate"), now_ns))
        if now_ns == T0 + S + 2 * FRAME_NS:
            assert (PERSON, "line") in standing(guardian)
    assert [event for event in seen if event[1] is PERSON] == [
        (AlarmEvent.RAISED, PERSON, "line"),
        (AlarmEvent.RETURNED, PERSON, "line"),
    ]


def test_model_and_guard_merge_into_one_alarm() -> None:
    guardian = Guardian(ONE_EYE, guards=guards([Watch(person(lambda t: True))]))
    opinion = Hazard(PERSON, "line", 0.9, HazardSource.MODEL, T0)
    guardian.observe_hazards([opinion], T0)
    guardian.observe_frame(frame(T0 + 1), T0 + 1)
    (alarm,) = guardian.alarms()
    assert alarm.source == "guard+model"
    assert [h.source for h in guardian.hazards() if h.kind is PERSON] == [
        HazardSource.GUARD,
        HazardSource.MODEL,
    ]


def test_hazards_of_different_origins_do_not_take_each_other_back() -> None:
    guardian = Guardian(ONE_EYE, guards=guards())
    lost = HazardKind.MODEL_LOST
    guardian.observe_hazards([stated(lost, "", 1.0, T0)], T0, origin="heartbeat")
    guardian.observe_hazards([stated(lost, "", 0.0, T0 + 1)], T0 + 1)
    assert scores(guardian)[lost, ""] == 1.0


def failing(_: int) -> list[Hazard]:
    raise ZeroDivisionError("no edges")


def test_a_guard_that_raises_costs_its_stream_but_not_the_other_guards() -> None:
    broken, sound = Watch(failing), Other(person(lambda t: True))
    guardian = Guardian(CELL, guards=guards([broken, sound]))
    transitions = guardian.observe_frame(frame(T0), T0)
    assert sorted(events(transitions)) == [
        (AlarmEvent.RAISED, LOST, "eye"),
        (AlarmEvent.RAISED, PERSON, "line"),
    ]
    (fault,) = guardian.faults
    assert (fault.guard, fault.stamp_ns) == ("eye/Watch", T0)
    assert fault.reason == "ZeroDivisionError: no edges"
    assert broken.resets == 1
    assert sound.resets == 0


def test_a_guard_that_works_again_takes_its_report_back() -> None:
    broken = Watch(lambda t: failing(t) if t < T0 + 5 * FRAME_NS else [])
    guardian = Guardian(ONE_EYE, guards=guards([broken]))
    seen = []
    for number in range(10):
        now_ns = T0 + number * FRAME_NS
        seen += events(guardian.observe_frame(frame(now_ns), now_ns))
    assert seen == [(AlarmEvent.RAISED, LOST, "eye"), (AlarmEvent.RETURNED, LOST, "eye")]
    assert guardian.fault_count == 5


def test_a_guard_of_a_microphone_that_raises_costs_the_microphone() -> None:
    guardian = Guardian(CELL, guards=guards(ear=[Watch(failing)]))
    guardian.observe_audio(block(T0), T0)
    assert standing(guardian) == {(DEAF, "ear")}


def test_a_guard_that_cannot_be_reset_is_a_fault_and_no_crash() -> None:
    class Stuck(Watch):
        def reset(self) -> None:
            raise RuntimeError("stuck")

    guardian = Guardian(ONE_EYE, guards=guards([Stuck()]))
    guardian.observe_frame(frame(T0), T0)
    guardian.restart()
    assert guardian.faults[-1].reason == "RuntimeError: stuck"
    guardian.observe_frame(frame(T0), T0)
    assert guardian.fault_count == 1


def test_faults_are_counted_without_end_and_kept_up_to_a_bound() -> None:
    guardian = Guardian(ONE_EYE, guards=guards([Watch(failing)]))
    for number in range(MAX_FAULTS + 20):
        guardian.observe_frame(frame(T0 + number), T0 + number)
    assert guardian.fault_count == MAX_FAULTS + 20
    assert len(guardian.faults) == MAX_FAULTS
    assert guardian.faults[-1].stamp_ns == T0 + MAX_FAULTS + 19


def test_a_picture_that_cannot_be_prepared_costs_its_camera() -> None:
    watch = Watch()
    guardian = Guardian(ONE_EYE, guards=guards([watch]))
    empty = Frame("eye", T0, np.zeros((0, 0, 3), np.uint8))
    guardian.observe_frame(empty, T0)
    assert standing(guardian) == {(LOST, "eye")}
    assert watch.stamps == []
    back = guardian.observe_frame(frame(T0 + FRAME_NS), T0 + FRAME_NS)
    assert events(back) == [(AlarmEvent.RETURNED, LOST, "eye")]


def test_pictures_out_of_order_are_not_judged_twice() -> None:
    watch = Watch()
    guardian = Guardian(ONE_EYE, guards=guards([watch]))
    for stamp_ns in (T0, T0 + 200, T0 + 100, T0 + 200, T0 + 300):
        guardian.observe_frame(frame(stamp_ns), T0 + 500)
    assert watch.stamps == [T0, T0 + 200, T0 + 300]


def test_sound_that_overlaps_is_judged_once() -> None:
    watch = Watch()
    guardian = Guardian(CELL, guards=guards(ear=[watch]))
    guardian.observe_audio(block(T0), T0)
    guardian.observe_audio(block(T0), T0)
    guardian.observe_audio(block(T0 + FRAME_NS // 2), T0)
    guardian.observe_audio(block(T0 + FRAME_NS + FRAME_NS // 2 - 5_000_000), T0)
    assert watch.stamps == [T0, T0 + FRAME_NS, T0 + FRAME_NS + FRAME_NS // 2 - 5_000_000]
    assert [shape[0] for shape in watch.sizes] == [1600, 800, 1600]
    assert guardian.stale_inputs == 1


def test_empty_sound_is_no_sign_of_life() -> None:
    guardian = Guardian(CELL, guards=guards(ear=[Watch(failing)]))
    guardian.observe_audio(block(T0), T0)
    for number in range(15):
        guardian.observe_audio(block(T0 + number * FRAME_NS, 0), T0 + number * FRAME_NS)
    assert (DEAF, "ear") in standing(guardian)
    assert guardian.fault_count == 1


def test_one_camera_whose_stamps_jump_back_starts_anew_alone() -> None:
    eye, gate = Watch(), Watch()
    guardian = Guardian(CELL, guards=guards([eye], [gate]))
    guardian.observe_frame(frame(T0 + 100 * S), T0)
    guardian.observe_frame(frame(T0, "gate"), T0)
    guardian.observe_frame(frame(T0 + FRAME_NS), T0 + FRAME_NS)
    assert eye.stamps == [T0 + 100 * S, T0 + FRAME_NS]
    assert (eye.resets, gate.resets) == (1, 0)


@pytest.mark.parametrize("told", [True, False], ids=["told", "found out"])
def test_after_a_jump_back_guards_forget_and_alarms_stay(told: bool) -> None:
    watch = Watch(person(lambda t: t >= T0 + 9 * S))
    guardian = Guardian(ONE_EYE, guards=guards([watch]))
    for number in range(100):
        guardian.observe_frame(frame(T0 + number * FRAME_NS), T0 + number * FRAME_NS)
    assert standing(guardian) == {(PERSON, "line")}
    if told:
        guardian.restart()
    assert events(guardian.advance(T0)) == []
    assert watch.resets == 1
    assert standing(guardian) == {(PERSON, "line")}
    (alarm,) = guardian.alarms()
    assert T0 - S <= alarm.raised_ns <= T0
    gone = guardian.observe_frame(frame(T0), T0)
    assert events(gone) == [(AlarmEvent.RETURNED, PERSON, "line")]
    assert gone[0].stamp_ns == T0


def test_timers_go_on_where_they_were_after_a_jump_back() -> None:
    guardian = Guardian(ONE_EYE, guards=guards([Watch(person(lambda t: True))]))
    seen = []
    for number in range(400):
        now_ns = T0 + number * FRAME_NS
        seen += events(guardian.observe_frame(frame(now_ns), now_ns))
    for number in range(400):
        now_ns = T0 - 500 * S + number * FRAME_NS
        transitions = guardian.observe_frame(frame(now_ns), now_ns)
        if transitions:
            seen += events(transitions)
            assert abs(now_ns - (T0 - 500 * S + 20 * S)) <= 2 * FRAME_NS
    assert seen == [(AlarmEvent.RAISED, PERSON, "line"), (AlarmEvent.REALARMED, PERSON, "line")]


def test_a_small_step_back_changes_nothing() -> None:
    watch = Watch()
    guardian = Guardian(ONE_EYE, guards=guards([watch]))
    guardian.observe_frame(frame(T0 + S), T0 + S)
    assert guardian.advance(T0 + S // 2) == []
    assert watch.resets == 0


def test_operators_acknowledge_and_reset() -> None:
    cell = CELL.model_dump(mode="json") | {"cameras": {"eye": {}}, "microphones": {}}
    cell["alarms"]["person_in_zone"]["latching"] = True
    watch = Watch(person(lambda t: t == T0))
    guardian = Guardian(CellDescription.model_validate(cell), guards=guards([watch]))
    guardian.observe_frame(frame(T0), T0)
    taken = guardian.acknowledge(PERSON, "line", operator="ana", now_ns=T0 + 1)
    assert [t.event for t in taken] == [AlarmEvent.ACKNOWLEDGED]
    guardian.observe_frame(frame(T0 + 2), T0 + 2)
    (alarm,) = guardian.alarms()
    assert (alarm.state, alarm.acknowledged_by) == (AlarmState.LATCHED_ACKNOWLEDGED, "ana")
    over = guardian.reset_alarm(PERSON, "line", operator="ana", now_ns=T0 + 3)
    assert [t.event for t in over] == [AlarmEvent.CLEARED]
    assert guardian.alarms() == ()


CALLS = st.lists(
    st.tuples(
        st.sampled_from(["frame", "audio", "hazard", "advance", "restart"]),
        st.integers(-3 * S, 3 * S),
        st.integers(-3 * S, 3 * S),
        st.integers(0, 3000),
    ),
    max_size=40,
)


@settings(deadline=None)
@given(CALLS)
def test_any_order_of_calls_and_stamps_is_survived_and_repeatable(calls: list) -> None:
    def run() -> list:
        flaky = Watch(lambda t: failing(t) if t % 3 == 0 else person(lambda u: u % 2 == 0)(t))
        guardian = Guardian(CELL, guards=guards([flaky], [Watch()], [Watch()]))
        now_ns, out = T0, []
        for call, step_ns, offset_ns, count in calls:
            now_ns += step_ns
            stamp_ns = now_ns + offset_ns
            if call == "frame":
                out += guardian.observe_frame(frame(stamp_ns), now_ns)
            elif call == "audio":
                out += guardian.observe_audio(block(stamp_ns, count), now_ns)
            elif call == "hazard":
                hazard = Hazard(PERSON, "line", count / 3000, HazardSource.MODEL, stamp_ns)
                out += guardian.observe_hazards([hazard], now_ns)
            elif call == "advance":
                out += guardian.advance(now_ns)
            else:
                guardian.restart()
            out += guardian.alarms()
        return out

    assert run() == run()


def test_hazards_in_places_without_end_are_refused_and_counted() -> None:
    guardian = Guardian(CellDescription.model_validate({"cell": "c", "microphones": {"m": {}}}))
    made_up = [
        Hazard(HazardKind.SIREN, f"place_{number}", 1.0, HazardSource.MODEL, 0)
        for number in range(MAX_PER_ORIGIN + 7)
    ]
    guardian.observe_hazards(made_up, 0)
    guardian.observe_hazards(made_up[:1], 1)
    assert guardian.refused_hazards == 7
    assert len(guardian.alarms()) <= MAX_PER_ORIGIN


def test_a_camera_that_was_lost_before_a_restart_is_lost_all_along() -> None:
    before = Guardian(CELL, guards=guards())
    before.advance(100 * S)
    before.advance(110 * S)
    assert (LOST, "eye") in standing(before)
    after = Guardian(CELL, guards=guards())
    assert after.recall(before.memory(), 120 * S) == []
    told = [t for step in range(400) for t in after.advance(120 * S + step * S // 20)]
    assert [t.event for t in told if t.alarm.kind is LOST] == []
    assert (LOST, "eye") in standing(after)


def test_an_operators_acts_reach_the_alarms_and_their_limits_are_the_cells() -> None:
    described = {"shelving": {"default": 10.0, "longest": 20.0}, "suppression": {"drill": {}}}
    cell = CellDescription.model_validate({**CELL.model_dump(), "guardian": described})
    guardian = Guardian(cell, guards=guards())
    ann = {"operator": "ann", "reason": "known"}
    (shelved,) = guardian.shelve(LOST, "eye", **ann, now_ns=S)
    assert shelved.alarm.withheld[0].until_ns == 11 * S
    with pytest.raises(ValueError, match="at most 20 s"):
        guardian.shelve(LOST, "eye", **ann, now_ns=S, duration_ns=21 * S)
    guardian.advance(2 * S)
    raised = guardian.advance(8 * S)
    assert {(t.alarm.zone, t.hearing.value) for t in raised} == {
        ("eye", "withheld"), ("gate", "announced"), ("ear", "announced")
    }  # fmt: skip
    assert len(guardian.begin_condition("drill", **ann, now_ns=9 * S)) == 3
    assert tuple(guardian.conditions) == ("drill",)
    assert len(guardian.end_condition("drill", operator="ann", now_ns=9 * S)) == 3
    assert len(guardian.unshelve(LOST, "eye", operator="ann", now_ns=9 * S)) == 1
    assert len(guardian.remove_from_service(LOST, "eye", **ann, now_ns=9 * S)) == 1
    assert guardian.health(9 * S).out_of_service == ((LOST, "eye"),)
    assert len(guardian.return_to_service(LOST, "eye", operator="ann", now_ns=9 * S)) == 1
    assert len(guardian.judge_false(LOST, "eye", **ann, now_ns=9 * S)) == 1
    assert guardian.take_summary(9 * S) is None
