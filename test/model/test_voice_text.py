import pytest
import torch

from tml_ros.model.preset import Preset
from tml_ros.model.voice_text import VoiceText

VOCABULARY, WIDTH, VOICE, CONTEXT = 300, 48, 40, 6
PRESET = Preset(name="tiny").changed(
    text={"vocabulary": VOCABULARY},
    transformer={"width": WIDTH},
    voice={"width": VOICE, "context_tokens": CONTEXT},
)


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def something_said(rows: int):
    """text, seconds, valid, act: tokens of 0.15 s from half a second ago, the last place empty."""
    text = torch.randint(VOCABULARY, (rows, CONTEXT))
    seconds = (torch.arange(CONTEXT) * 0.15 - 0.5).repeat(rows, 1)
    valid = torch.ones(rows, CONTEXT, dtype=torch.bool)
    valid[:, -1] = False
    return text, seconds, valid, torch.randn(rows, WIDTH)


def largest(difference: torch.Tensor) -> float:
    return float(difference.detach().abs().max())


def test_each_frame_has_a_condition_of_its_own():
    told = VoiceText(PRESET)(*something_said(3))
    assert told.shape == (3, 8, VOICE)
    steps = (told[:, 1:] - told[:, :-1]).abs().amax(dim=-1)
    assert torch.all(steps > 1e-2)


@pytest.mark.parametrize("shift", [0.0125, -0.05, 0.3])
def test_the_same_text_elsewhere_in_time_is_another_condition(shift):
    text, seconds, valid, act = something_said(2)
    voice = VoiceText(PRESET)
    moved = voice(text, seconds + shift, valid, act) - voice(text, seconds, valid, act)
    assert torch.all(moved.abs().amax(dim=(1, 2)) > 1e-2)


def test_only_distance_in_time_counts():
    """A later frame sees text as an earlier frame sees the same text begun as much sooner."""
    voice = VoiceText(PRESET)
    with torch.no_grad():
        voice.frames.copy_(voice.frames[:1].expand(8, -1))
    text, seconds, valid, act = something_said(2)
    now, later = voice(text, seconds, valid, act), voice(text, seconds - 0.075, valid, act)
    torch.testing.assert_close(now[:, 3:], later[:, :-3], atol=1e-5, rtol=0)


def test_the_order_in_which_tokens_are_given_plays_no_part():
    text, seconds, valid, act = something_said(2)
    voice, order = VoiceText(PRESET), torch.randperm(CONTEXT)
    shuffled = voice(text[:, order], seconds[:, order], valid[:, order], act)
    assert largest(shuffled - voice(text, seconds, valid, act)) < 1e-5
    assert largest(voice(text[:, order], seconds, valid, act) - shuffled) > 1e-2


def test_which_token_is_said_and_what_act_knows_both_count():
    text, seconds, valid, act = something_said(1)
    voice = VoiceText(PRESET)
    plain = voice(text, seconds, valid, act)
    for place in range(CONTEXT - 1):
        other = text.clone()
        other[0, place] = (other[0, place] + 1) % VOCABULARY
        assert largest(voice(other, seconds, valid, act) - plain) > 1e-4
    assert largest(voice(text, seconds, valid, torch.randn(1, WIDTH)) - plain) > 1e-2


def test_places_without_a_token_have_no_influence_whatever_stands_there():
    text, seconds, valid, act = something_said(1)
    voice = VoiceText(PRESET)
    plain = voice(text, seconds, valid, act)
    text[0, -1], seconds[0, -1] = -9, torch.nan
    torch.testing.assert_close(voice(text, seconds, valid, act), plain, atol=0, rtol=0)
    shorter = voice(text[:, :-1], seconds[:, :-1], valid[:, :-1], act)
    torch.testing.assert_close(shorter, plain, atol=1e-6, rtol=1e-6)


def test_with_nothing_to_say_the_condition_is_finite_and_that_of_no_text():
    text, seconds, valid, act = something_said(2)
    voice = VoiceText(PRESET)
    told = voice(text, seconds, torch.zeros_like(valid), act)
    assert torch.isfinite(told).all()
    none = voice(text[:, :0], seconds[:, :0], valid[:, :0], act)
    torch.testing.assert_close(told, none, atol=1e-6, rtol=1e-6)


def test_a_token_of_another_age_is_finite():
    text, seconds, valid, act = something_said(2)
    for age in (1e9, -1e9, torch.inf, -torch.inf):
        assert torch.isfinite(VoiceText(PRESET)(text, seconds + age, valid, act)).all()


def test_a_batch_is_told_what_its_rows_are_told_alone():
    voice, given = VoiceText(PRESET), something_said(8)
    rows = [voice(*(part[row : row + 1] for part in given)) for row in range(8)]
    torch.testing.assert_close(voice(*given), torch.cat(rows), atol=1e-6, rtol=1e-6)


def test_bfloat16_stays_near_float32():
    text, seconds, valid, act = something_said(2)
    voice = VoiceText(PRESET)
    exact = voice(text, seconds, valid, act)
    rough = voice.to(torch.bfloat16)(text, seconds, valid, act.to(torch.bfloat16))
    assert rough.dtype == torch.bfloat16
    assert largest(rough.float() - exact) < 0.1


def test_forward_compiles_as_one_graph():
    voice, given = VoiceText(PRESET), something_said(2)
    compiled = torch.compile(voice, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(*given), voice(*given), atol=1e-6, rtol=1e-6)
