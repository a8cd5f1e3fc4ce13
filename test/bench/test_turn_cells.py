from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny_model import tiny_preset

from tml_ros.bench.turn_cells import NoisyCells, Talk, leaning, widened
from tml_ros.bench.turn_steps import TurnBenchError, mean_phases_ms, time_steps, untrained
from tml_ros.model.preset import PATCH

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("talk", list(Talk))
@pytest.mark.parametrize("count", [1, 2])
def test_sessions_do_what_they_are_to_do_whatever_they_did_before(talk, count):
    model = untrained(tiny_preset(), rows=count)
    cells = NoisyCells(model, count)
    for before in Talk:
        with leaning(model.net, before):
            for _ in cells.live(before, 3):
                pass
    with leaning(model.net, talk):
        assert len(time_steps(cells, talk, 5)) == 5


def test_weights_that_leaned_stand_as_before():
    net = untrained(tiny_preset()).net
    before = {name: weight.clone() for name, weight in net.state_dict().items()}
    with pytest.raises(KeyError), leaning(net, Talk.WRITING):
        raise KeyError
    assert all(torch.equal(weight, before[name]) for name, weight in net.state_dict().items())


def test_every_patch_of_a_noisy_cell_changes_in_every_turn():
    model = untrained(widened(tiny_preset()))
    cells = NoisyCells(model)
    seen = []
    for _ in range(4):
        ((session, turn),) = cells.turns(Talk.LISTENING)
        assert turn.frames["hall"].frame.rgb.shape == (270, 480, 3)
        tokens = session.take_in(turn).tokens
        seen.append(tokens.sensors.rgb.shape)
        session.conversation.decide(np.array([9, 0, 0], np.float32))
        session.conversation.say(())
    assert seen == [(84, PATCH, PATCH, 3)] * 4


def test_sessions_that_never_speak_are_no_measurement_of_speech():
    cells = NoisyCells(untrained(tiny_preset()))
    with pytest.raises(TurnBenchError, match="to be speaking_own_words and are not"):
        time_steps(cells, Talk.WRITING, 2)


def test_the_phases_of_a_step_that_speaks_have_all_worked():
    model = untrained(tiny_preset())
    cells = NoisyCells(model)
    with leaning(model.net, Talk.WRITING):
        time_steps(cells, Talk.WRITING, 1)
        phases = mean_phases_ms(cells, Talk.WRITING, 3)
    assert all(spent > 0 for spent in phases.values()), phases
    assert list(phases) == [
        "senses", "packing", "pass", "conversation", "text", "voice", "vocoder", "rest"
    ]  # fmt: skip
