import pytest
import torch
from torch.nn import functional

from tml_ros.model.preset import Preset
from tml_ros.model.text_head import TextHead

VOCABULARY, SLOTS, HOLD, WIDTH = 300, 4, 5, 48
PRESET = Preset(name="tiny").changed(
    text={"vocabulary": VOCABULARY, "out_per_turn": SLOTS},
    transformer={"width": WIDTH},
    voice={"text_width": 24, "text_layers": 2},
)


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def talkative() -> TextHead:
    """A head whose HOLD is as likely as any other token."""
    head = TextHead(PRESET, hold=HOLD)
    with torch.no_grad():
        head.bias.normal_()
        head.out.weight.normal_(std=0.2)
    return head.eval()


def only(*tokens: int):
    mask = torch.zeros(VOCABULARY, dtype=torch.bool)
    mask[list(tokens)] = True
    return mask


def test_a_token_changes_only_the_logits_after_it():
    head, act = talkative(), torch.randn(2, WIDTH)
    tokens = torch.randint(VOCABULARY, (2, SLOTS))
    plain = head(act, tokens)
    assert plain.shape == (2, SLOTS, VOCABULARY)
    for slot in range(SLOTS):
        other = tokens.clone()
        other[:, slot] = (tokens[:, slot] + 1) % VOCABULARY
        changed = (head(act, other) - plain).abs().amax(dim=(0, 2))
        assert torch.all(changed[: slot + 1] == 0)
        assert torch.all(changed[slot + 1 :] > 1e-3)


def test_act_reaches_every_slot():
    head, tokens = talkative(), torch.randint(VOCABULARY, (1, SLOTS))
    moved = head(torch.randn(1, WIDTH), tokens) - head(torch.randn(1, WIDTH), tokens)
    assert torch.all(moved.abs().amax(dim=(0, 2)) > 1e-3)


def test_generating_sees_the_logits_that_teacher_forcing_shows():
    head, act = talkative(), torch.randn(32, WIDTH)
    seen = []
    head.out.register_forward_hook(lambda module, given, result: seen.append(result))
    tokens = head.generate(act, lambda rows: (~only(HOLD)).expand(len(rows), -1))
    generated = torch.stack(seen, dim=1) + head.bias
    forced = head(act, tokens)
    torch.testing.assert_close(generated, forced, atol=1e-5, rtol=0)
    forced[..., HOLD] = -torch.inf
    assert torch.equal(forced.argmax(dim=-1), tokens)
    assert tokens.unique().numel() > SLOTS


def test_a_batch_says_what_its_rows_say_alone():
    head, act = talkative(), torch.randn(16, WIDTH)
    tokens = head.generate(act)
    alone = torch.cat([head.generate(row[None]) for row in act])
    assert torch.equal(tokens, alone)
    logits = head(act, tokens)
    rows = [head(act[row : row + 1], tokens[row : row + 1]) for row in range(16)]
    torch.testing.assert_close(logits, torch.cat(rows), atol=1e-6, rtol=1e-6)


def test_only_what_is_allowed_after_the_tokens_so_far_is_said():
    head, act = talkative(), torch.randn(2, WIDTH)
    asked = []

    def allowed(rows):
        asked.append(rows)
        return torch.stack([only(10 + len(said), 20 + len(said)) for said in rows])

    tokens = head.generate(act, allowed)
    assert torch.all((tokens % 10) == torch.arange(SLOTS))
    assert asked == [tokens[:, :slot].tolist() for slot in range(SLOTS)]


def test_a_row_that_holds_or_may_say_nothing_holds_to_the_end_of_the_turn():
    head, asked = talkative(), []
    plans = ([only(7), only(HOLD), only(7)], [only(8), only(8), only()], [only()])

    def allowed(rows):
        asked.append(len(rows[0]))
        slot = asked[-1]
        return torch.stack([plan[slot] if slot < len(plan) else only(9) for plan in plans])

    tokens = head.generate(torch.randn(3, WIDTH), allowed)
    assert tokens.tolist() == [[7, HOLD, HOLD, HOLD], [8, 8, HOLD, HOLD], [HOLD] * SLOTS]
    assert asked == [0, 1, 2]


def test_of_equal_tokens_the_lowest_is_said():
    head = talkative()
    with torch.no_grad():
        head.out.weight.zero_()
        head.bias.zero_()
    tokens = head.generate(
        torch.randn(1, WIDTH), lambda rows: only(33, 44, 255).expand(len(rows), -1)
    )
    assert tokens.tolist() == [[33] * SLOTS]


def test_an_untrained_head_holds():
    head = TextHead(PRESET, hold=HOLD)
    act = torch.randn(200, WIDTH)
    assert torch.all(head.generate(act) == HOLD)
    share = head(act, torch.full((200, SLOTS), HOLD)).softmax(dim=-1)[..., HOLD]
    assert torch.all((share > 0.8) & (share < 0.95))


def test_a_head_learns_to_say_a_few_sentences():
    head = TextHead(PRESET, hold=HOLD)
    act = torch.randn(3, WIDTH)
    said = torch.tensor([[10, 11, 12, 13], [10, 12, HOLD, HOLD], [HOLD] * SLOTS])
    optimizer = torch.optim.Adam(head.parameters(), 1e-2)
    for _ in range(40):
        optimizer.zero_grad()
        functional.cross_entropy(head(act, said).flatten(0, 1), said.flatten()).backward()
        optimizer.step()
    assert torch.equal(head.generate(act), said)


def test_no_rows_give_no_tokens():
    assert talkative().generate(torch.zeros(0, WIDTH)).shape == (0, SLOTS)


def test_a_mask_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"mask \[1, 7\], not \[2, 300\]"):
        talkative().generate(torch.randn(2, WIDTH), lambda _: torch.ones(1, 7, dtype=torch.bool))


@pytest.mark.parametrize("hold", [-1, VOCABULARY])
def test_a_hold_outside_the_vocabulary_is_refused(hold):
    with pytest.raises(ValueError, match="hold must be within"):
        TextHead(PRESET, hold=hold)


def test_bfloat16_stays_near_float32():
    head, act = TextHead(PRESET, hold=HOLD), torch.randn(3, WIDTH)
    tokens = torch.randint(VOCABULARY, (3, SLOTS))
    exact = head(act, tokens)
    rough = head.to(torch.bfloat16)(act.to(torch.bfloat16), tokens)
    assert rough.dtype == torch.float32
    torch.testing.assert_close(rough, exact, atol=0.05, rtol=0)
    assert torch.all(head.generate(act.to(torch.bfloat16)) == HOLD)


def test_forward_compiles_as_one_graph():
    head, act = talkative(), torch.randn(2, WIDTH)
    tokens = torch.randint(VOCABULARY, (2, SLOTS))
    compiled = torch.compile(head, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(act, tokens), head(act, tokens), atol=1e-6, rtol=1e-6)
