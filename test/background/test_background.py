"""The background as a whole: what goes in, what comes out, and what a restart makes of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timezone
from pathlib import Path

import cv2
import numpy as np
import pytest

from tml_ros.background.alarm_note import AlarmNote
from tml_ros.background.background import Background, Setup
from tml_ros.background.condition import Condition, State
from tml_ros.background.condition_monitor import CONFIRM, RECOVER, WAVEFORM_PERIOD_NS
from tml_ros.background.contracts import Delegation, Finding, Outcome, Urgency
from tml_ros.background.machine import Machine
from tml_ros.background.playbook_file import load_playbook
from tml_ros.background.reading import Reading, Waveform
from tml_ros.background.reasoner import Conclusion, Progress
from tml_ros.background.store_names import EVIDENCE_FOLDER
from tml_ros.background.tools import Tools

SECOND = 1_000_000_000
START = 1_772_452_800 * SECOND
PNG = cv2.imencode(".png", np.zeros((4, 4, 3), np.uint8))[1].tobytes()


class Answers:
    """A reasoner that takes some steps, and says what it was asked."""

    def __init__(self, steps: int = 1, error: Exception | None = None) -> None:
        self.steps = steps
        self.error = error
        self.closed = 0

    def work(
        self, delegation: Delegation, tools: Tools, *, now_ns: int
    ) -> Iterator[Progress | Conclusion]:
        try:
            for number in range(self.steps):
                yield Progress(f"step {number}")
            if self.error is not None:
                raise self.error
            yield Conclusion(Outcome.ANSWERED, f"Asked: {delegation.question}", confidence=0.5)
        finally:
            self.closed += 1


def judged(waveform: Waveform) -> list[Condition]:
    """The first sample says what is the matter."""
    states = (State.NORMAL, State.WATCH, State.FAULT, State.UNKNOWN)
    state = states[int(waveform.samples[0])]
    return [
        Condition(
            waveform.machine, "bearing_envelope", state, waveform.stamp_ns,
            "outer_race" if state in (State.WATCH, State.FAULT) else "", 0.9, 50,
            f"The bearing is {state.value}.", {"kurtosis": (4.0, "")}, PNG,
        )
    ]  # fmt: skip


def setup(folder: Path | None = None, **more: object) -> Setup:
    return Setup(
        folder,
        machines={"press_1": Machine("press_1", "press", ("the big press",))},
        units={"press_1": {"temperature": "degC"}},
        playbooks={"en": load_playbook()},
        zone=timezone.utc,
        make_analysis=lambda history: judged,
        **more,  # type: ignore[arg-type]
    )


class Cell:
    """A background in time."""

    def __init__(self, folder: Path | None = None, reasoner: object | None = None) -> None:
        self.folder = folder
        self.now_ns = START
        self.background = Background(setup(folder), reasoner or Answers())  # type: ignore[arg-type]
        self.findings: list[Finding] = []

    def work(self) -> list[Finding]:
        came: list[Finding] = self.background.advance(self.now_ns)
        for _ in range(5000):
            if not self.background.busy(self.now_ns):
                break
            came += self.background.advance(self.now_ns)
        self.findings += came
        return came

    def ask(self, question: str, name: str = "q", **more: object) -> list[Finding]:
        delegation = Delegation(id=name, question=question, **more)  # type: ignore[arg-type]
        came = self.background.submit(delegation.model_dump_json(), self.now_ns)
        self.findings += came
        return came + self.work()

    def shake(self, state: int, blocks: int) -> list[Finding]:
        came = []
        for _ in range(blocks):
            self.now_ns += WAVEFORM_PERIOD_NS
            samples = np.full(64, state, np.float32)
            block = Waveform("press_1", "drive_end", samples, 12_000.0, "g", self.now_ns)
            self.background.observe(block, self.now_ns)
            came += self.work()
        return came


def killed(folder: Path | None) -> Path:
    """What lies on the disk at this moment, nothing closed and nothing handed on."""
    assert folder is not None
    copy = folder.with_name(f"{folder.name}_after")
    shutil.copytree(folder, copy)
    return copy


def finals(findings: list[Finding]) -> list[tuple[str | None, Outcome]]:
    return [(finding.delegation, finding.outcome) for finding in findings if finding.final]


def test_a_question_is_answered_once_by_the_reasoner() -> None:
    cell = Cell()
    (finding,) = cell.ask("how is press 1?", asked_by="anna")
    assert finding.say == "Asked: how is press 1?"
    assert (finding.delegation, finding.asked_by, finding.outcome) == (
        "q", "anna", Outcome.ANSWERED,
    )  # fmt: skip
    assert cell.work() == []


@pytest.mark.parametrize("threaded", [False, True])
def test_a_reasoner_that_fails_ends_its_question_and_no_other(threaded: bool) -> None:
    background = Background(setup(), Answers(error=RuntimeError("broken")), threaded=threaded)
    for name in ("a", "b"):
        background.submit(Delegation(id=name, question="how?").model_dump_json(), START)
    found: list[Finding] = []
    for _ in range(100_000):
        found += background.advance(START)
        if len(found) == 2:
            break
    assert finals(found) == [("a", Outcome.FAILED), ("b", Outcome.FAILED)]
    assert "RuntimeError: broken" in found[0].show
    background.close()


def test_long_work_tells_how_far_it_is_and_can_be_cancelled() -> None:
    reasoner = Answers(steps=100)
    cell = Cell(reasoner=reasoner)
    cell.background.advance(cell.now_ns)
    cell.background.submit(Delegation(id="q", question="why?").model_dump_json(), cell.now_ns)
    progress = []
    for _ in range(50):
        cell.now_ns += SECOND
        progress += cell.background.advance(cell.now_ns)
    assert [finding.outcome for finding in progress] == [Outcome.PROGRESS] * 5
    assert progress[0].say.startswith("step")
    came = (
        cell.background.submit(Delegation(id="c", cancels="q").model_dump_json(), cell.now_ns)
        + cell.work()
    )
    assert finals(came) == [("q", Outcome.CANCELLED), ("c", Outcome.ANSWERED)]
    assert reasoner.closed == 1


def test_what_is_no_delegation_is_refused_with_the_reason() -> None:
    cell = Cell()
    cell.work()
    (finding,) = cell.background.submit("{}", cell.now_ns)
    assert finding.outcome is Outcome.REFUSED
    assert "id" in finding.show


def test_a_reminder_is_accepted_then_said_at_its_time_also_where_it_came_as_a_question() -> None:
    for kind in ("question", "remind"):
        cell = Cell()
        (accepted,) = cell.ask("remind me in 20 minutes to check the oil", kind=kind)
        assert accepted.outcome is Outcome.ANSWERED
        assert accepted.next_check_ns == START + 1200 * SECOND
        cell.now_ns += 1200 * SECOND
        (due,) = cell.work()
        assert (due.say, due.outcome) == ("Reminder: check the oil.", Outcome.NOTICED)
        assert cell.work() == []


def test_a_repeated_check_asks_again_and_again_until_it_is_cancelled_by_text() -> None:
    cell = Cell()
    cell.ask("check press 1 every half hour")
    told = []
    for _ in range(3):
        cell.now_ns += 1800 * SECOND
        told += cell.work()
    assert [finding.say for finding in told] == ["Asked: How is press_1?"] * 3
    assert len({finding.id for finding in told}) == 3
    (cancelled,) = cell.ask("stop checking press 1", "c")
    assert cancelled.outcome is Outcome.ANSWERED
    cell.now_ns += 7200 * SECOND
    assert cell.work() == []


def test_a_watch_is_fulfilled_by_a_reading_with_evidence_and_cancelled_by_id() -> None:
    cell = Cell()
    for name in ("w", "x"):
        cell.ask("tell me when the temperature is back under 60", name)
    assert finals(cell.ask("", "c", cancels="x")) == [("c", Outcome.ANSWERED)]
    cell.background.observe(
        Reading("press_1", "temperature", 55.0, "degC", cell.now_ns), cell.now_ns
    )
    (finding,) = cell.work()
    assert finding.delegation == "w"
    assert (finding.evidence[0].value, finding.evidence[0].unit) == (55.0, "degC")


def test_a_fault_is_noticed_once_with_its_picture_and_the_end_of_it_too(tmp_path: Path) -> None:
    cell = Cell(tmp_path)
    cell.work()
    assert cell.shake(0, 3) == []
    assert cell.shake(2, CONFIRM - 1) == []
    assert cell.shake(0, 1) == []
    (fault,) = cell.shake(2, 6)
    assert fault.outcome is Outcome.NOTICED
    assert fault.delegation is None
    advice = load_playbook().advise("outer_race", "press")
    assert advice is not None
    assert (
        fault.say == f"Press 1: {advice.entry.title}, 90 percent sure. Plan to replace the bearing."
    )
    assert "The bearing is fault." in fault.show
    assert advice.entry.action in fault.show
    (picture,) = (tmp_path / EVIDENCE_FOLDER).iterdir()
    assert fault.evidence[0].picture == picture.name
    assert picture.read_bytes() == PNG
    assert cell.shake(1, 4) == []
    assert cell.shake(3, 9) == []
    (well,) = cell.shake(0, RECOVER + 2)
    assert well.say == "Press 1 is back to normal."
    assert [condition.state for condition in cell.background.record.conditions("press_1")] == [
        State.NORMAL
    ]


def test_what_is_watched_becomes_a_fault_and_is_told_again(tmp_path: Path) -> None:
    cell = Cell(tmp_path)
    assert [finding.show.split("**")[1] for finding in cell.shake(1, 4) + cell.shake(2, 4)] == [
        "press_1: watch",
        "press_1: fault",
    ]


def test_a_restart_does_not_tell_again_what_was_told_and_tells_what_was_not(
    tmp_path: Path,
) -> None:
    cell = Cell(tmp_path)
    cell.work()
    (fault,) = cell.shake(2, CONFIRM)
    again = Cell(killed(tmp_path))
    again.now_ns = cell.now_ns
    assert [finding.id for finding in again.work()] == [fault.id]
    assert again.shake(2, 5) == []
    last = Cell(killed(again.folder))
    assert last.work() == []


def test_a_killed_background_answers_everything_after_its_restart(tmp_path: Path) -> None:
    cell = Cell(tmp_path)
    cell.background.advance(START)
    texts = [Delegation(id=f"q{number}", question="how?").model_dump_json() for number in range(50)]
    cell.background.submit_all(texts, START)
    early = [finding for _ in range(20) for finding in cell.background.advance(START)]
    after = Cell(killed(tmp_path))
    ended = {finding.delegation for finding in early + after.work() if finding.final}
    assert ended == {f"q{number}" for number in range(50)}


def test_the_same_calls_give_the_same_findings() -> None:
    told = []
    for _ in range(2):
        cell = Cell()
        cell.ask("how is press 1?")
        cell.ask("remind me in 1 minute", "r")
        cell.shake(2, 5)
        cell.now_ns += 60 * SECOND
        cell.work()
        told.append([finding.model_dump_json() for finding in cell.findings])
    assert told[0] == told[1]
    assert len(told[0]) == 4


def test_a_method_that_raises_is_counted_and_stops_nothing() -> None:
    cell = Cell()
    cell.work()
    samples = np.full(64, 9, np.float32)
    cell.background.observe(
        Waveform("press_1", "drive_end", samples, 12_000.0, "g", START), cell.now_ns
    )
    cell.work()
    assert any("judging failed 1 times" in problem for problem in cell.background.problems)
    assert len(cell.ask("how?")) == 1


def test_alarms_are_on_record() -> None:
    cell = Cell()
    note = AlarmNote("siren", "hall", "active_unacknowledged", START, "raised", "high")
    cell.background.observe_alarm(note)
    cell.background.observe_alarms([note])
    assert cell.background.record.alarms_now() == (note,)


def test_answers_nobody_waits_for_are_marked() -> None:
    cell = Cell()
    cell.work()
    cell.background.submit(
        Delegation(id="q", question="how?", asked_by="anna").model_dump_json(), cell.now_ns
    )
    cell.background.asker_gone("anna")
    (finding,) = cell.work()
    assert finding.orphaned
    assert finding.urgency in Urgency
