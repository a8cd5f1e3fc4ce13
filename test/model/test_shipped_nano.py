"""The trained weights that come with the package: what they say of themselves, and a quiet minute.

How well they judge is measured by `tml-ros evaluate` and stands in docs/models/nano.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from tiny_model import random_turn

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.paced_choice import FACT, VoiceChoice
from tml_ros.cell.replay import Replay, ReplayInput
from tml_ros.cell.session_layout import session_layout
from tml_ros.model.checkpoint import CheckpointHeader, load_checkpoint, read_checkpoint_header
from tml_ros.model.hazard_places import HEARD, SEEN
from tml_ros.model.interface import open_model
from tml_ros.model.native_model import NativeModel
from tml_ros.model.preset_file import load_preset
from tml_ros.model.shipped_weights import shipped_weights
from tml_ros.model.tokenizer import load_tokenizer
from tml_ros.safety.alarm import AlarmEvent
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import AudioBlock, Frame
from tml_ros.turn.turn_output import TurnOutput

WEIGHTS = shipped_weights("nano")
pytestmark = pytest.mark.skipif(WEIGHTS is None, reason="nano has no trained weights here")
SECOND = 1_000_000_000
SECONDS = 60
ZONE = {"polygon": [[0.2, 0.3], [0.8, 0.3], [0.8, 0.9], [0.2, 0.9]], "units": "fractions"}
CELL = CellDescription.model_validate(
    {
        "cell": "quiet",
        "cameras": {"hall": {"zones": {"press": ZONE}}},
        "microphones": {"mic": {}},
    }
)


@pytest.fixture(scope="module")
def nano() -> NativeModel:
    opened = open_model("nano")
    assert isinstance(opened, NativeModel)
    return opened


@pytest.fixture(scope="module")
def header() -> CheckpointHeader:
    assert WEIGHTS is not None
    return read_checkpoint_header(WEIGHTS)


def test_they_open_by_name_as_trained_with_all_digests_right(nano: NativeModel) -> None:
    assert WEIGHTS is not None
    net, _ = load_checkpoint(WEIGHTS, verify=True)
    assert nano.trained
    assert all(
        weight.equal(net.state_dict()[name]) for name, weight in nano.net.state_dict().items()
    )


def test_they_are_of_the_preset_and_the_tokenizer_that_ship(header: CheckpointHeader) -> None:
    preset = load_preset("nano")
    assert header.preset == preset
    assert header.tokenizer == load_tokenizer(vocabulary=preset.text.vocabulary).digest


def test_they_are_small_enough_to_travel_with_the_package() -> None:
    assert WEIGHTS is not None
    assert WEIGHTS.stat().st_size <= 20_000_000


def test_they_say_how_they_were_made_and_what_they_are_good_for(header: CheckpointHeader) -> None:
    facts = header.facts
    assert facts["trained"] is True
    assert facts["date"]
    recipe = facts["recipe"]
    assert min(recipe["steps"], recipe["turns"], recipe["hours"]) > 0
    assert all(isinstance(section["settings"]["seed"], int) for section in recipe["sections"])
    assert all(section["settings"]["courses"] for section in recipe["sections"])
    judged = {kind.value for kind in (*SEEN, *HEARD)}
    trusted = facts["trusted_kinds"]
    assert set(trusted) <= judged
    hazards = facts["calibration"]["hazards"]
    assert sorted(kind for kind, told in hazards.items() if told["trusted"]) == sorted(trusted)
    assert FACT in facts
    assert VoiceChoice.from_facts(facts).as_facts() == {FACT: sorted(facts[FACT])}


def test_they_name_no_place_of_the_machine_that_taught_them(header: CheckpointHeader) -> None:
    def texts(told: object) -> Iterator[str]:
        if isinstance(told, dict):
            told = [*told, *told.values()]
        if isinstance(told, list):
            for one in told:
                yield from texts(one)
        elif isinstance(told, str):
            yield told

    path = re.compile(r"(^|[,:= ])[/~]\w")
    assert [text for text in texts(dict(header.facts)) if path.search(text)] == []


def quiet_minute() -> Iterator[ReplayInput]:
    black, silence = np.zeros((120, 160, 3), np.uint8), np.zeros(3200, np.float32)
    for turn in range(SECONDS * 5):
        begin_ns, end_ns = turn * SECOND // 5, (turn + 1) * SECOND // 5
        yield ReplayInput(begin_ns, Frame("hall", begin_ns, black))
        yield ReplayInput(end_ns, AudioBlock("mic", begin_ns, silence))


def test_a_minute_of_darkness_and_silence_raises_nothing_and_says_nothing(
    nano: NativeModel,
) -> None:
    run = Replay(CELL, model=nano)
    records = list(run.run(quiet_minute()))
    outputs = [output for record in records for _, output in record.turns]
    assert len(outputs) >= SECONDS * 5 - 1
    raised = {
        one.alarm.kind
        for record in records
        for one in record.transitions
        if one.event is AlarmEvent.RAISED
    }
    assert not raised & {*SEEN, *HEARD}, "guards see only that it is dark"
    assert HazardKind.CAMERA_DARK in raised
    said = [output for output in outputs if output.text or output.speech is not None]
    assert said == []
    assert not any(output.delegations for output in outputs)


def test_the_same_turns_give_the_same_answers_bit_for_bit(nano: NativeModel) -> None:
    def live() -> list[TurnOutput]:
        rng = np.random.default_rng(3)
        session = nano.open_session(session_layout(CELL), seed=5)
        outputs = []
        for index in range(20):
            if index == 6:
                session.inject("Why did the press stop?", how="silent")
            if index == 9:
                session.inject("The bearing of the press is worn.", how="spoken", urgent=True)
            outputs.append(session.step(random_turn(index, rng)))
        session.close()
        return outputs

    first, second = live(), live()
    assert any(output.speech is not None for output in first)
    for one, other in zip(first, second, strict=True):
        assert (one.text, one.floor, one.delegations) == (
            other.text,
            other.floor,
            other.delegations,
        )
        assert one.hazards == other.hazards
        assert (one.speech is None) == (other.speech is None)
        if one.speech is not None and other.speech is not None:
            assert one.speech.tobytes() == other.speech.tobytes()
