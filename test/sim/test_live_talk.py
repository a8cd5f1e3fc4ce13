"""The hall answers the cell: echoes and people, beside what was rendered beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.sim.clip_truth import ToldLine
from tml_ros.sim.live_talk import LiveTalk, line_sounds
from tml_ros.sim.live_truth import LiveTruth
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.sound.echo_path import EchoPath
from tml_ros.sim.talk.act import Act
from tml_ros.sim.truth_stream import END, HEADER, NOW

RATE, TICK = 16_000, 320
SCENARIO = Scenario.model_validate(
    {
        "scenario": "answering",
        "seconds": 20.0,
        "seed": 3,
        "microphones": {"near": {"at": [0, 2, 2]}, "far": {"at": [3, 2, 2], "echo_db": -30}},
        "lines": [
            {"who": "anna", "act": "ask_safe", "at": 1.0, "about": "press"},
            {"who": "anna", "act": "stop", "into": 0.7},
        ],
    }
)
TOLD = (
    ToldLine(who="anna", act=Act.ASK_SAFE, addressed=True, text="Safe?", start_s=1.0, seconds=1.0),
    ToldLine(who="anna", act=Act.STOP, addressed=True, text="Stop.", start_s=None, seconds=0.5),
)
SOUNDS = {
    (1, "near"): np.full(RATE // 2, 0.25, np.float32),
    (1, "far"): np.full(RATE // 2, 0.125, np.float32),
}


def loud(seconds: float) -> np.ndarray:
    rng = np.random.default_rng(0)
    return (0.1 * rng.standard_normal(round(seconds * RATE))).astype(np.float32)


def play(talk: LiveTalk, until: float, spoken: dict[float, np.ndarray], name: str) -> np.ndarray:
    """Tick by tick, as a simulation does: what a microphone hears, and what the cell says when."""
    heard = []
    for index in range(round(until * RATE / TICK)):
        now = (index + 1) * TICK / RATE
        for at in [at for at in spoken if at <= now]:
            talk.voice.say(spoken.pop(at), now)
        talk.advance(now)
        heard.append(talk.heard(name, index * TICK, TICK))
    return np.concatenate(heard)


def test_a_silent_cell_adds_nothing() -> None:
    assert not play(LiveTalk(SCENARIO, TOLD, SOUNDS), 20.0, {}, "near").any()


def test_its_voice_comes_back_as_the_echo_of_that_microphone() -> None:
    for name in ("near", "far"):
        talk = LiveTalk(SCENARIO, TOLD, {})
        said = loud(1.0)
        heard = play(talk, 3.0, {0.5: said}, name)
        path = EchoPath(SCENARIO.microphones[name], SCENARIO.seed)
        sent = np.zeros(3 * RATE, np.float32)
        sent[RATE // 2 : RATE // 2 + len(said)] = said
        wanted = np.concatenate([path.heard(turn) for turn in sent.reshape(-1, 3200)])
        np.testing.assert_allclose(heard, wanted, atol=1e-6)


def test_who_waits_for_the_answer_speaks_into_it_and_the_truth_says_so() -> None:
    talk = LiveTalk(SCENARIO, TOLD, SOUNDS)
    with_line = play(talk, 6.0, {2.4: loud(2.0)}, "near")
    alone = play(LiveTalk(SCENARIO, TOLD, {}), 6.0, {2.4: loud(2.0)}, "near")
    line = with_line - alone
    begin = round(3.1 * RATE)
    assert np.abs(line[begin : begin + RATE // 2] - 0.25).max() < 1e-5
    assert np.abs(line[: begin - TICK]).max() < 1e-6
    assert np.abs(line[begin + RATE // 2 + TICK :]).max() < 1e-6
    assert [line.text for line in talk.speaking(3.3)] == ["Stop."]
    assert talk.speaking(3.0) == talk.speaking(3.7) == ()


def test_nobody_speaks_into_what_was_said_before_the_question() -> None:
    talk = LiveTalk(SCENARIO, TOLD, SOUNDS)
    play(talk, 6.0, {0.2: loud(0.5)}, "near")
    assert all(talk.speaking(now / 10) == () for now in range(60))


@pytest.mark.parametrize("waits", [True, False])
def test_only_lines_that_wait_are_made_and_sound_as_the_hall_has_them(waits: bool) -> None:
    scenario, told = SCENARIO, TOLD
    if not waits:
        scenario = SCENARIO.model_copy(update={"lines": SCENARIO.lines[:1]})
        told = TOLD[:1]

    class Sounds:
        def __init__(self, of: Scenario, texts: list[str]) -> None:
            assert (of, texts) == (scenario, ["Safe?", "Stop."])

        def line(self, index: int, microphone: str) -> np.ndarray:
            return SOUNDS[index, microphone]

    made = line_sounds(scenario, told, sounds=Sounds)  # type: ignore[arg-type]
    assert made.keys() == (SOUNDS.keys() if waits else set())


def rendered(time_s: float, *texts: str) -> dict[str, object]:
    spoken = [{"who": "anna", "act": "ask_safe", "text": text} for text in texts]
    return {"event": NOW, "t": time_s, "hazards": ["h"], "speaking": spoken}


def test_the_truth_is_told_whole_whoever_begins() -> None:
    truth = LiveTruth()
    assert truth.told({"event": HEADER, "t": 0.0}) == {"event": HEADER, "t": 0.0}
    assert truth.answered((), 0.5) is None
    assert truth.told(rendered(1.0, "Safe?")) == rendered(1.0, "Safe?")
    stop = {"who": "anna", "act": "stop", "text": "Stop.", "addressed": True}
    told = truth.answered(TOLD[1:], 1.5)
    assert told == rendered(1.5, "Safe?") | {"speaking": [*rendered(0, "Safe?")["speaking"], stop]}  # type: ignore[misc]
    assert truth.answered(TOLD[1:], 1.6) is None
    assert truth.told(rendered(1.7))["speaking"] == [stop]
    assert truth.answered((), 2.0) == rendered(2.0)
    assert truth.told({"event": END, "t": 3.0}) == {"event": END, "t": 3.0}
    assert truth.answered(TOLD[1:], 3.0) is None
