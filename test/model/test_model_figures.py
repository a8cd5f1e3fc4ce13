"""What a preset costs, against a count by hand and against operations counted while it runs."""

from __future__ import annotations

import json
from math import ceil, gcd

import numpy as np
import pytest
import torch
from tiny_model import EXPERTS, tiny_preset
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from tml_ros.model.dialogue_tokens import DialogueTokens
from tml_ros.model.interaction_net import fresh_net
from tml_ros.model.layout import SessionLayout
from tml_ros.model.model_figures import ModelFigures, figures
from tml_ros.model.own_state import OWN_STATE_WIDTH
from tml_ros.model.preset import MELS, PATCH, Preset
from tml_ros.model.preset_file import load_preset, preset_names
from tml_ros.model.ring_keys import Rings
from tml_ros.model.ring_plan import RingPlan
from tml_ros.model.ring_state import RingState
from tml_ros.model.senses import Senses
from tml_ros.model.ticker import Stepping, Ticker
from tml_ros.model.turn_tokens import SensorTokens, TurnTokens, sensor_state_width
from tml_ros.model.unfilled_net import PresetSizeError

PRESETS = {
    "dense": tiny_preset(),
    "experts": tiny_preset(transformer={"experts": EXPERTS}),
    "no shared expert": tiny_preset(transformer={"experts": {**EXPERTS, "shared": 0}}),
    **{name: load_preset(name) for name in preset_names()},
}


@pytest.fixture(scope="module")
def known() -> dict[str, ModelFigures]:
    return {name: figures(preset) for name, preset in PRESETS.items()}


def linear(inputs: int, outputs: int, *, bias: bool = True) -> int:
    return inputs * outputs + bias * outputs


def counted(preset: Preset) -> tuple[int, int]:
    """Total and active parameters, by hand."""
    transformer, sight, hearing = preset.transformer, preset.sight, preset.hearing
    width, voice, vocabulary = transformer.width, preset.voice, preset.text.vocabulary
    queries, keys = (n * transformer.head_width for n in (transformer.heads, transformer.kv_heads))

    layer = 2 * width * queries + 2 * width * keys + 2 * transformer.head_width + 2 * width
    experts = transformer.experts
    mixed = 0 if experts is None else transformer.layers - experts.dense_layers
    dense = 3 * width * transformer.hidden
    total = transformer.layers * layer + (transformer.layers - mixed) * dense + width
    resting = 0
    if experts is not None:
        one = 3 * width * experts.hidden
        total += mixed * ((experts.count + experts.shared) * one + width * experts.count)
        resting = mixed * (experts.count - experts.chosen) * one

    narrow, wide = sight.stem
    pixels = 5 * 5 * (3 + sight.zones + 3)
    total += linear(pixels, narrow) + 2 * narrow
    total += linear(16 * narrow, wide) + 2 * wide + linear(4 * wide, width)
    sounds = hearing.frames_per_token * MELS * hearing.bins + hearing.microphones + hearing.tokens
    rows = sounds + sight.cameras + 4 * 6 + vocabulary + 5 + 64 + 2 * preset.memory.sinks
    total += rows * width
    total += linear(3 * hearing.microphones + 3 * sight.cameras, width)
    total += linear(OWN_STATE_WIDTH, width)

    total += linear(width, 5 * sight.zones + 4 * hearing.microphones) + linear(width, 3)

    small = voice.text_width
    total += width + linear(width, small) + preset.text.out_per_turn * small
    total += 2 * vocabulary * small + vocabulary + small
    total += voice.text_layers * (2 * small + 10 * small * small)

    wide, heads, places = voice.width, gcd(voice.width, 8), 17
    look = wide + 3 * wide * wide + places * heads + (wide + heads * places) * wide
    look += wide + linear(wide, 2 * wide) + linear(2 * wide, wide)
    total += vocabulary * wide + 9 * wide + width + linear(width, wide) + 2 * look + wide

    parts = (3 * voice.layers + 2) * wide
    total += linear(80, wide) + linear(wide, 80) + linear(wide, wide) + linear(wide, parts)
    total += linear(12, 64) + 64 * parts + voice.layers * (64 + 2 * linear(wide, wide))
    return total, total - resting


@pytest.mark.parametrize("name", PRESETS)
def test_parameters_are_those_counted_by_hand(name: str, known: dict[str, ModelFigures]) -> None:
    found = known[name]
    assert (found.parameters_total, found.parameters_active) == counted(PRESETS[name])
    assert sum(found.parameters_by_part.values()) == found.parameters_total


@pytest.mark.parametrize(
    ("name", "total", "active"),
    [
        ("nano", pytest.approx(7.5e6, rel=1.0), pytest.approx(7.5e6, rel=1.0)),
        ("edge", pytest.approx(5e9, rel=0.05), pytest.approx(1e9, rel=0.05)),
        ("tml-interaction-small", pytest.approx(276e9, rel=0.02), pytest.approx(12e9, rel=0.03)),
    ],
)
def test_presets_have_the_size_they_are_named_for(
    name: str, total: float, active: float, known: dict[str, ModelFigures]
) -> None:
    assert known[name].parameters_total == total
    assert known[name].parameters_active == active


@pytest.mark.parametrize(("name", "ways"), [("edge", 8), ("tml-interaction-small", 16)])
def test_large_presets_shard_evenly(name: str, ways: int) -> None:
    transformer = PRESETS[name].transformer
    assert transformer.experts is not None
    for number in (transformer.heads, transformer.kv_heads, transformer.experts.count):
        assert number % ways == 0
    for hidden in (transformer.width, transformer.hidden, transformer.experts.hidden):
        assert hidden % 128 == 0


@pytest.mark.parametrize("name", PRESETS)
def test_memory_is_that_of_what_is_allocated(name: str, known: dict[str, ModelFigures]) -> None:
    preset, found = PRESETS[name], known[name]
    memory, transformer = preset.memory, preset.transformer
    sensors = (preset.sensor_tokens_per_turn - 1) * memory.sensor_turns
    turns = round(memory.seconds * 5)
    pinned = 2 * memory.sinks + memory.instruction_tokens
    slots = pinned + memory.text_tokens + 2 * turns + sensors + 1
    bytes_of_token = 2 * transformer.layers * transformer.kv_heads * transformer.head_width * 2
    assert found.kv_slots_per_session == slots
    assert found.kv_bytes_per_session == {
        "float32": 2 * bytes_of_token * slots,
        "bfloat16": bytes_of_token * slots,
    }
    assert found.kv_bytes_per_hour["ring"] == 0
    kept = bytes_of_token * preset.tokens_per_turn * 5 * 3600
    assert found.kv_bytes_per_hour["growing_cache_bfloat16"] == kept
    assert found.weight_bytes["bfloat16"] == 2 * found.parameters_total


def test_a_session_allocates_the_bytes_that_are_told() -> None:
    preset = PRESETS["dense"]
    found = figures(preset)
    rings = Rings(preset.transformer, RingPlan.of(preset), 1)
    assert found.kv_bytes_per_session["float32"] == rings.key.nbytes + rings.value.nbytes
    senses = Senses(preset, SessionLayout({"hall": {}, "gate": {}}, ("mic",)))
    pictures = bytes_within(senses)
    assert found.other_bytes_per_session == pytest.approx(pictures, rel=0.15)


def bytes_within(thing: object, seen: set[int] | None = None) -> int:
    """Bytes of all arrays that an object reaches by its attributes."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        return thing.nbytes if thing.base is None else 0
    parts = vars(thing).values() if hasattr(thing, "__dict__") else ()
    parts = thing if isinstance(thing, list | tuple) else parts
    return sum(bytes_within(part, seen) for part in parts)


def a_turn(preset: Preset, *, patches: int, texts: int) -> TurnTokens:
    """A turn with sound from every microphone, so many patches and tokens of text."""
    hearing, sight = preset.hearing, preset.sight
    sounds = hearing.microphones * hearing.tokens
    pixels = (patches, PATCH, PATCH)
    sensors = SensorTokens(
        bins=np.zeros((sounds, hearing.frames_per_token * MELS), np.uint8),
        microphone=np.zeros(sounds, np.int64),
        sound_place=np.zeros(sounds, np.int64),
        rgb=np.zeros((*pixels, 3), np.uint8),
        masks=np.zeros((*pixels, sight.zones), np.uint8),
        difference=np.zeros((*pixels, 3), np.int8),
        camera=np.zeros(patches, np.int64),
        centre=np.zeros((patches, 2), np.float32),
        state=np.zeros(sensor_state_width(preset), np.float32),
    )
    numbers = np.zeros(texts, np.int64)
    state = np.zeros(OWN_STATE_WIDTH, np.float32)
    told = DialogueTokens(numbers, numbers, numbers, numbers, numbers - 1, (), state)
    return TurnTokens(0, sensors, told)


@torch.inference_mode()
def flops(preset: Preset, turn: TurnTokens, *, speaks: bool) -> int:
    """Operations of a turn, counted while it runs."""
    net = fresh_net(preset)
    ticker = Ticker(net, 1)
    ticker.clear(0)
    step = Stepping(0, RingState(ticker.plan), turn)
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        judged = ticker.step([step])
        if speaks:
            net.text.bias[net.text.hold] = -1e9
            net.text.generate(judged.act)
            words = preset.voice.context_tokens
            text, seconds = torch.zeros(1, words, dtype=torch.int64), torch.zeros(1, words)
            condition = net.voice_text(text, seconds, seconds == 0, judged.act)
            net.voice.sample(condition, torch.zeros(1, 8, MELS), preset.voice.steps)
    return int(counter.get_total_flops())


def test_operations_are_those_counted_while_a_turn_runs(known: dict[str, ModelFigures]) -> None:
    preset, found = PRESETS["dense"], known["dense"]
    room = preset.text.in_per_turn + preset.text.out_per_turn
    full = a_turn(preset, patches=preset.sight.patches_per_turn, texts=room)
    assert len(full) == found.tokens_per_turn["most"]
    ran = flops(preset, full, speaks=True)
    assert found.flops_per_turn["most"] == pytest.approx(ran, rel=0.02)
    sight = preset.sight
    patches = ceil(sight.cameras * sight.columns * sight.rows / sight.refresh_turns)
    still = a_turn(preset, patches=patches, texts=0)
    assert len(still) == found.tokens_per_turn["still_scene"]
    assert found.flops_per_turn["still_scene"] == flops(preset, still, speaks=False)


def test_experts_that_are_not_chosen_cost_memory_and_no_arithmetic() -> None:
    few, many = (
        figures(tiny_preset(transformer={"experts": {**EXPERTS, "count": count}}))
        for count in (4, 8)
    )
    routers = 2 * 4 * 64
    assert many.parameters_active - few.parameters_active == routers
    assert many.parameters_total - few.parameters_total == 2 * 4 * 3 * 64 * 32 + routers
    more = many.flops_per_turn["most"] - few.flops_per_turn["most"]
    assert more == 2 * routers * few.tokens_per_turn["most"]


def test_figures_survive_json(known: dict[str, ModelFigures]) -> None:
    told = known["edge"].as_dict()
    assert json.loads(json.dumps(told)) == told


@pytest.mark.parametrize("width", [4 * 10**18, 4 * 10**30])
def test_a_preset_beyond_all_tensors_is_refused_by_name(width: int) -> None:
    with pytest.raises(PresetSizeError, match="preset tiny cannot be built"):
        figures(tiny_preset(transformer={"width": width}))
