from itertools import pairwise

import pytest
import torch

from tml_ros.model.flow_head import LOUDEST, QUIETEST, FlowHead
from tml_ros.model.preset import Preset
from tml_ros.model.voice_text import VoiceText

WIDTH = 32
PRESET = Preset(name="tiny").changed(
    text={"vocabulary": 300}, transformer={"width": 16}, voice={"width": WIDTH, "layers": 2}
)


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def trained(preset: Preset = PRESET) -> FlowHead:
    """A head as if trained: nothing in it is zero any more, and channels differ."""
    head = FlowHead(preset)
    with torch.no_grad():
        for parameter in head.parameters():
            if not parameter.any():
                parameter.normal_(std=0.1)
        head.mean.uniform_(-1, 0)
        head.scale.uniform_(0.5, 0.7)
    return head.eval()


def drawn(rows: int):
    """noise, condition."""
    return torch.randn(rows, 8, 80), torch.randn(rows, 8, WIDTH)


def test_an_untrained_head_gives_the_mean_whatever_it_is_told():
    head, (noise, condition) = FlowHead(PRESET), drawn(2)
    mean = (PRESET.hearing.low + PRESET.hearing.high) / 2
    for steps in (1, 3):
        assert torch.all(head.sample(condition, noise, steps) == mean)


def test_one_step_is_the_prediction_from_pure_noise():
    head, (noise, condition) = trained(), drawn(3)
    mel = head.sample(condition, noise, 1)
    with torch.no_grad():
        assert torch.equal(mel, head.predict(noise, torch.zeros(1), condition))
    each = head.predict(noise, torch.zeros(3), condition)
    torch.testing.assert_close(mel, each, atol=1e-6, rtol=1e-6)
    assert mel.std() > 0.05


@pytest.mark.parametrize("steps", [2, 3, 8])
def test_steps_follow_the_velocity_towards_the_prediction(steps):
    head, (noise, condition) = trained(), drawn(2)
    times = torch.linspace(0, 1, steps + 1, dtype=torch.float64)
    place = noise
    for now, then in pairwise(times):
        clean = (head.predict(place, now.repeat(2), condition) - head.mean) / head.scale
        place = (place + (then - now) * (clean - place) / (1 - now)).float()
    mel = head.sample(condition, noise, steps)
    torch.testing.assert_close(mel, place * head.scale + head.mean, atol=1e-5, rtol=0)
    assert not torch.allclose(mel, head.sample(condition, noise, 1), atol=1e-3)


@pytest.mark.parametrize("steps", [-1, 0, 9])
def test_steps_outside_one_to_eight_are_refused(steps):
    noise, condition = drawn(1)
    with pytest.raises(ValueError, match=r"steps must be within 1\.\.8"):
        trained().sample(condition, noise, steps)


def test_noise_condition_time_and_the_other_frames_all_count():
    head, (noise, condition) = trained(), drawn(1)
    plain = head.predict(noise, torch.zeros(1), condition)
    other = condition.clone()
    other[0, 0] += 1
    moved = (head.predict(noise, torch.zeros(1), other) - plain).abs().amax(dim=(0, 2))
    assert torch.all(moved > 1e-5)
    for changed in (
        head.predict(noise + 0.5, torch.zeros(1), condition),
        head.predict(noise, torch.full((1,), 0.5), condition),
    ):
        assert (changed - plain).abs().max() > 1e-3


def test_the_answer_is_finite_and_within_bounds_for_any_finite_input():
    head = trained()
    for size in (1e3, 1e20, 3e38):
        noise, condition = (
            torch.randn(2, 8, 80).sign() * size,
            torch.randn(2, 8, WIDTH).sign() * size,
        )
        for steps in (1, 8):
            mel = head.sample(condition, noise, steps)
            assert torch.all((mel >= QUIETEST) & (mel <= LOUDEST))
        loss = head.loss(noise, condition, noise, torch.rand(2))
        assert torch.isfinite(loss)


def test_a_batch_sounds_as_its_rows_do_alone():
    head, (noise, condition) = trained(), drawn(6)
    rows = [head.sample(condition[i : i + 1], noise[i : i + 1], 3) for i in range(6)]
    torch.testing.assert_close(
        head.sample(condition, noise, 3), torch.cat(rows), atol=1e-6, rtol=1e-6
    )


def test_the_loss_is_that_of_the_clean_mel_in_normalised_units():
    head, (noise, condition) = trained(), drawn(2)
    mel = torch.empty(2, 8, 80).uniform_(-2.5, 2)
    time = torch.tensor([0.25, 0.75])
    clean = (mel - head.mean) / head.scale
    noisy = torch.lerp(noise, clean, time[:, None, None])
    expected = (head(noisy, time, condition) - clean).square().mean()
    torch.testing.assert_close(head.loss(mel, condition, noise, time), expected)


def test_silence_counts_as_what_is_just_not_heard():
    head, (noise, condition) = trained(), drawn(1)
    silent, quiet = (torch.full((1, 8, 80), level) for level in (-10.0, QUIETEST))
    time = torch.full((1,), 0.5)
    assert head.loss(silent, condition, noise, time) == head.loss(quiet, condition, noise, time)


def test_text_and_head_together_learn_to_say_a_few_turns():
    voice, head = VoiceText(PRESET), FlowHead(PRESET)
    text = torch.tensor([[7, 8], [8, 7], [7, 8]])
    seconds = torch.tensor([[-0.1, 0.1], [-0.1, 0.1], [-0.3, -0.1]])
    valid, act = torch.ones(3, 2, dtype=torch.bool), torch.randn(1, 16).repeat(3, 1)
    mel = torch.empty(3, 8, 80).uniform_(-2.5, 2)

    def error(steps: int) -> float:
        with torch.no_grad():
            said = head.sample(voice(text, seconds, valid, act), torch.randn(3, 8, 80), steps)
        return float((said - mel).abs().mean())

    before = error(2)
    optimizer = torch.optim.Adam([*voice.parameters(), *head.parameters()], 5e-3)
    for _ in range(150):
        optimizer.zero_grad()
        condition = voice(text, seconds, valid, act)
        head.loss(mel, condition, torch.randn(3, 8, 80), torch.rand(3)).backward()
        optimizer.step()
    assert before > 1
    for steps in (1, 2, 4):
        assert error(steps) < 0.4


def test_bfloat16_stays_near_float32():
    head, (noise, condition) = trained(), drawn(2)
    exact = head.sample(condition, noise, 2)
    rough = head.to(torch.bfloat16).sample(condition.to(torch.bfloat16), noise, 2)
    assert rough.dtype == torch.float32
    torch.testing.assert_close(rough, exact, atol=0.05, rtol=0)


def test_prediction_and_loss_compile_as_one_graph():
    head, (noise, condition) = trained(), drawn(2)
    for method, given in (
        (head.predict, (noise, torch.rand(2), condition)),
        (head.loss, (noise, condition, noise, torch.rand(2))),
    ):
        compiled = torch.compile(method, fullgraph=True, backend="eager")
        torch.testing.assert_close(compiled(*given), method(*given), atol=1e-6, rtol=1e-6)
