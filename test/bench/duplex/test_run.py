"""Samples played to models turn by turn, and what becomes of it: figures, JSON, page, files."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from tml_ros.bench.duplex.page import render_page
from tml_ros.bench.duplex.results import ModelNote, RunFacts, as_json
from tml_ros.bench.duplex.run import Plan, run_generated, run_imported, score_recorded
from tml_ros.bench.duplex.stream import LAYOUT, MICROPHONE, converse, play
from tml_ros.bench.duplex.tally import Tally
from tml_ros.bench.duplex.task import OVERLAPS, Task
from tml_ros.model.interface import ModelUnavailableError
from tml_ros.sim.split import Split
from tml_ros.turn.micro_turn import TURN_SAMPLES
from tml_ros.turn.turn_output import Floor, TurnOutput

FACTS = RunFacts("generated", 1, 0, "held-out", False, False, "0", (ModelNote("a", "one <b>"),))


class Listener:
    """Says a sentence 0.6 s after it has last heard somebody, and what it is handed at once."""

    name = "listener"
    trained = True

    def open_session(self, layout=None, *, seed=0):
        assert layout == LAYOUT
        self.session = ListenerSession()
        return self.session


class ListenerSession:
    def __init__(self) -> None:
        self.heard: list[np.ndarray] = []
        self.injected: list[tuple[int, str]] = []
        self.closed = False
        self._left: list[str] = []
        self._quiet = -1

    def inject(self, text, *, how, urgent=False) -> None:
        assert how == "spoken"
        self.injected.append((len(self.heard), text))
        self._left = [*self._left, *text.split()]

    def step(self, turn) -> TurnOutput:
        sound = turn.audio[MICROPHONE]
        assert not sound.flags.writeable
        self.heard.append(sound.copy())
        if np.abs(sound).max() > 0.05:
            self._quiet = 0
        elif self._quiet >= 0:
            self._quiet += 1
        if self._quiet == 3:
            self._left = ["I", "am", "listening", "and", "here.", *self._left]
        if not self._left:
            return TurnOutput(turn.index)
        word = self._left.pop(0)
        tone = 0.3 * np.sin(np.arange(TURN_SAMPLES) * 0.1).astype(np.float32)
        return TurnOutput(turn.index, tone, f"{word} ", floor=Floor.SPEAK)

    def close(self) -> None:
        self.closed = True


def test_what_is_said_in_a_turn_is_heard_from_its_end_on() -> None:
    heard = np.zeros(16_000, np.float32)
    heard[:1000] = 0.5
    output = converse(Listener(), heard)
    (stretch,) = output.speech.stretches
    # Loud in turn 0, silent in 1, 2 and 3: speaks in turn 3, heard from the beginning of turn 4.
    assert stretch.span == pytest.approx((0.8, 1.0), abs=0.011)
    assert stretch.text == "I"
    assert len(output.samples) == len(heard)


def test_every_sample_is_heard_once_and_findings_come_at_their_time(make) -> None:
    sample = make(Task.OVERLAP_BACKCHANNEL)
    model = Listener()
    converse(model, sample.samples, sample.handed_over)
    session = model.session
    assert np.array_equal(np.concatenate(session.heard)[: len(sample.samples)], sample.samples)
    ((turn, text),) = session.injected
    assert text == sample.handed_over[0].text
    assert 0 <= turn * 0.2 - sample.handed_over[0].at_s < 0.2
    assert session.closed


def test_with_an_echo_the_model_hears_itself(make) -> None:
    sample = make(Task.TURN_TAKING, quiet=True)
    model = Listener()
    converse(model, sample.samples, echo=True)
    heard = np.concatenate(model.session.heard)[: len(sample.samples)]
    differs = np.flatnonzero(np.abs(heard - sample.samples) > 1e-4)
    assert len(differs)
    assert differs[0] / 16_000 > sample.turn_end_s


def test_overlaps_are_played_with_and_without(make) -> None:
    outputs = play(Listener(), make(Task.OVERLAP_INTERRUPTION))
    assert outputs.clean is not None
    assert play(Listener(), make(Task.TURN_TAKING)).clean is None


@pytest.fixture
def voices(tmp_path_factory) -> Path:
    if shutil.which("espeak-ng") is None:
        pytest.skip("people do not speak without espeak-ng")
    return tmp_path_factory.mktemp("run_voices")


def test_a_run_from_samples_to_figures_files_and_back(voices: Path, tmp_path: Path) -> None:
    tasks = (Task.PAUSE_HANDLING, Task.TURN_TAKING, Task.OVERLAP_INTERRUPTION, Task.SET_TIME)
    plan = Plan(tasks, samples=2, voices=voices)
    tally, reached = Tally(), []
    run_generated(
        {"a": Listener(), "b": Listener()},
        plan,
        tally,
        export=tmp_path,
        reach=lambda what, share: reached.append(share),
    )
    assert tally.models == ("a", "b")
    assert tally.tasks == tasks
    assert not tally.problems
    assert reached == sorted(reached)
    assert reached[-1] < 1
    replies = tally.result("a", Task.TURN_TAKING)
    latency = next(one for one in replies.figures if one.kind.name == "latency_s").estimate
    assert 0.6 <= latency.value <= 1.0
    assert tally.result("b", Task.TURN_TAKING).values == replies.values

    again = Tally()
    score_recorded(tmp_path, again)
    assert again.models == ("a", "b")
    for task in tasks:
        for one, other in zip(
            tally.result("a", task).values, again.result("a", task).values, strict=True
        ):
            assert dict(other) == pytest.approx(dict(one), abs=0.02)

    played = Tally()
    run_imported({"c": Listener()}, tmp_path / "a", played, tasks=tasks[:2])
    assert played.tasks == tasks[:2]
    assert played.result("c", Task.TURN_TAKING).values[0]["tor"]


def test_json_is_plain_and_the_page_stands_alone(make) -> None:
    tally = Tally()
    for task in (Task.TURN_TAKING, Task.OVERLAP_BACKGROUND, Task.BACKCHANNEL):
        sample = make(task)
        tally.add("a", sample, play(Listener(), sample))
    tally.fault("v1.0/x/<1>", "input.wav is <missing>")
    plain = json.loads(json.dumps(as_json(FACTS, tally), allow_nan=False))
    assert plain["models"]["a"]["tasks"]["smooth_turn_taking"]["figures"]["tor"]["count"] == 1
    assert plain["problems"][0]["what"] == "input.wav is <missing>"
    page = render_page(FACTS, tally)
    assert page == render_page(FACTS, tally)
    assert "input.wav is &lt;missing&gt;" in page
    assert "one &lt;b&gt;" in page
    assert not re.search(r"(?:src|href)=\"(?!data:|#)", page)
    assert page.count("<audio") == 3
    for task in tally.tasks:
        assert task.heading in page
    assert page.count("<svg") == page.count("</svg>")


@pytest.mark.parametrize("task", [Task.TURN_TAKING, *OVERLAPS[:2], Task.SET_TIME])
def test_the_cascade_talks_as_it_is_made_to(make, task: Task) -> None:
    pytest.importorskip("pocketsphinx", reason="the cascade needs pocketsphinx")
    from tml_ros.bench.evaluation.agents import open_agent  # noqa: PLC0415 - optional

    try:
        cascade = open_agent("cascade")
    except ModelUnavailableError as problem:
        pytest.skip(str(problem))
    tally = Tally()
    for number in range(2):
        sample = make(task, number, looks=Split.TRAIN, quiet=True)
        tally.add("cascade", sample, play(cascade, sample))
    found = {one.kind.name: one.estimate for one in tally.result("cascade", task).figures}
    if task is Task.TURN_TAKING:
        assert found["answers"].value >= 0.5
        # It waits for 0.6 s of silence, and is heard a turn later.
        assert 0.6 < found["answer_s"].value < 2.0
    elif task is Task.SET_TIME:
        assert found["right"].value >= 0.5
    else:
        assert found["speaking"].value == 1
