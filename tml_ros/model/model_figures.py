"""What a preset costs before anything is run: parameters, memory, tokens and arithmetic.

Counted on a network without memory behind its weights, so the largest preset takes a second. Knows
nothing of speed; that is measured (`tml-ros bench turn`). Pure; any thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import nn

from tml_ros.model.block import Block
from tml_ros.model.experts import Experts
from tml_ros.model.interaction_net import InteractionNet
from tml_ros.model.preset import MEL_FRAMES, PATCH, TURNS_PER_SECOND, Preset
from tml_ros.model.ring_keys import Rings
from tml_ros.model.ring_plan import RingPlan
from tml_ros.model.unfilled_net import unfilled_net

TURNS_PER_HOUR = 3600 * TURNS_PER_SECOND
WEIGHT_BYTES = {"float32": 4, "bfloat16": 2, "int8": 1}
_KEY_TYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
_STEM_PLACES = {"colour": 64, "zones": 64, "difference": 64, "second": 4, "third": 1}
"""How often each layer of the patch stem is applied to a patch."""
_BYTES_OF_PIXEL = 3 + 3 * 4 + 3
"""Of a camera's picture: the picture, its slow background in float32, the difference of both."""


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """Figures of one preset; numbers are counts, bytes and floating point operations.

    parameters_total: of everything, embeddings and heads included.
    parameters_active: that work on a token: all but the routed experts it does not choose.
    parameters_by_part: their sum is the total.
    weight_bytes: by precision. int8 is what a byte per parameter would take; nothing here
        quantises.
    kv_slots_per_session: tokens that the ring of a session holds at most.
    kv_bytes_per_session: keys and values of a session, by precision; allocated once.
    kv_bytes_per_hour: what an hour of full turns adds: "ring", to a session of ours, nothing;
        "growing_cache_float32" and "growing_cache_bfloat16", to one that kept every token.
    other_bytes_per_session: pictures, backgrounds and zone masks of all cameras. What else a
        session keeps (text, queues, sound) is some hundred kilobytes.
    tokens_per_turn, flops_per_turn: "most": every microphone, every patch, all the text there is
        room for, and the model speaks. "still_scene": every microphone and camera, but only the
        rolling refresh of patches, no text, and the model listens.

    A multiplication and an addition are two operations. Counted are the products with weights for
    every token (of routed experts the chosen ones), those of attention over the whole ring, which
    is what is computed however young the session is, and those of stem and heads. Not counted:
    norms, softmax, activations and the heads' own small attention.
    """

    name: str
    parameters_total: int
    parameters_active: int
    parameters_by_part: Mapping[str, int]
    weight_bytes: Mapping[str, int]
    kv_slots_per_session: int
    kv_bytes_per_session: Mapping[str, int]
    kv_bytes_per_hour: Mapping[str, int]
    other_bytes_per_session: int
    tokens_per_turn: Mapping[str, int]
    flops_per_turn: Mapping[str, int]

    def as_dict(self) -> dict[str, Any]:
        """As JSON wants them."""
        return asdict(self)


def figures(preset: Preset) -> ModelFigures:
    """The figures of a preset. Raises PresetSizeError."""
    net = unfilled_net(preset)
    plan = RingPlan.of(preset)
    total = _count(net)
    routed = sum(_routed(feed) for feed in _experts(net))
    experts = preset.transformer.experts
    resting = 0 if experts is None else routed * (experts.count - experts.chosen) // experts.count
    per_session = {name: _ring_bytes(preset, plan, dtype) for name, dtype in _KEY_TYPES.items()}
    still = _still_patches(preset)
    most_sensors = preset.sensor_tokens_per_turn
    still_sensors = most_sensors - preset.sight.patches_per_turn + still
    most_dialogue = preset.tokens_per_turn - most_sensors
    hour = preset.tokens_per_turn * TURNS_PER_HOUR
    return ModelFigures(
        name=preset.name,
        parameters_total=total,
        parameters_active=total - resting,
        parameters_by_part=_by_part(net, routed),
        weight_bytes={name: total * size for name, size in WEIGHT_BYTES.items()},
        kv_slots_per_session=plan.slots,
        kv_bytes_per_session=per_session,
        kv_bytes_per_hour={
            "ring": 0,
            **{
                f"growing_cache_{name}": size // plan.slots * hour
                for name, size in per_session.items()
            },
        },
        other_bytes_per_session=_picture_bytes(preset),
        tokens_per_turn={"most": preset.tokens_per_turn, "still_scene": still_sensors + 1},
        flops_per_turn={
            "most": _pass_flops(net, plan, most_sensors, most_dialogue)
            + _patch_flops(net) * preset.sight.patches_per_turn
            + _speech_flops(net),
            "still_scene": _pass_flops(net, plan, still_sensors, 1) + _patch_flops(net) * still,
        },
    )


def _by_part(net: InteractionNet, routed: int) -> dict[str, int]:
    blocks = _blocks(net)
    dense = [block.feed for block in blocks if not isinstance(block.feed, Experts)]
    experts = _experts(net)
    norms = [net.norm, *(norm for b in blocks for norm in (b.attention_norm, b.feed_norm))]
    return {
        "embedding": _count(net.embedding),
        "attention": _count(*(block.attention for block in blocks)),
        "dense_feed_forward": _count(*dense),
        "routed_experts": routed,
        "shared_experts": _count(*(feed.shared for feed in experts if feed.shared is not None)),
        "routers": _count(*(feed.router for feed in experts)),
        "norms": _count(*norms),
        "hazard_and_floor_heads": _count(net.hazards, net.floor),
        "text_head": _count(net.text),
        "voice": _count(net.voice_text, net.voice),
    }


def _pass_flops(net: InteractionNet, plan: RingPlan, sensors: int, dialogue: int) -> int:
    """Of one pass through the transformer, with the heads that are read in every turn."""
    transformer = net.preset.transformer
    per_token = sum(_products(b.attention) + _fed(b.feed) for b in _blocks(net))
    # The sensor half sees the slots behind those of the dialogue; each pair is multiplied twice,
    # query with key and weight with value.
    pairs = sensors * (plan.slots - plan.dialogue) + dialogue * plan.slots
    attention = 4 * pairs * transformer.heads * transformer.head_width * transformer.layers
    once = _products(net.hazards, net.floor, net.embedding.sensor_state, net.embedding.own_state)
    return per_token * (sensors + dialogue) + attention + once


def _fed(feed: nn.Module) -> int:
    """Operations of a token in its feed-forward block."""
    if not isinstance(feed, Experts):
        return _products(feed)
    return _products(feed) + 2 * _routed(feed) * feed.chosen // feed.count


def _patch_flops(net: InteractionNet) -> int:
    stem = net.embedding.stem
    products = (_products(getattr(stem, name)) * times for name, times in _STEM_PLACES.items())
    return sum(products) + _products(net.embedding.centre)


def _speech_flops(net: InteractionNet) -> int:
    """Of all text tokens of a turn and its sound.

    The text head goes through all slots anew for each; the voice has 8 frames, of which the
    condition is computed once and the rest in each step, and looks at its words.
    """
    preset, text, voice = net.preset, net.text, net.voice
    slots, words = preset.text.out_per_turn, preset.voice.context_tokens + 1
    written = slots * (_products(text.act_in, text.out) + slots * _products(text.blocks))
    seen = sum(_products(layer.get_submodule("key_value")) for layer in net.voice_text.layers)
    told = MEL_FRAMES * (_products(net.voice_text.layers) - seen) + words * seen
    frame = _products(voice.mel_in, voice.blocks, voice.mel_out)
    steps = preset.voice.steps * (MEL_FRAMES * frame + _products(voice.time_in))
    return written + told + MEL_FRAMES * _products(voice.condition_in) + steps


def _still_patches(preset: Preset) -> int:
    """Patches of a turn in which nothing changes: an even share of all of them."""
    sight = preset.sight
    return -(-sight.cameras * sight.columns * sight.rows // sight.refresh_turns)


def _picture_bytes(preset: Preset) -> int:
    sight = preset.sight
    pixels = sight.cameras * sight.columns * sight.rows * PATCH * PATCH
    return pixels * (_BYTES_OF_PIXEL + sight.zones)


def _ring_bytes(preset: Preset, plan: RingPlan, dtype: torch.dtype) -> int:
    return Rings(preset.transformer, plan, 1, dtype=dtype, device="meta").bytes_per_row


def _blocks(net: InteractionNet) -> list[Block]:
    return [block for block in net.blocks if isinstance(block, Block)]


def _experts(net: InteractionNet) -> list[Experts]:
    return [block.feed for block in _blocks(net) if isinstance(block.feed, Experts)]


def _routed(experts: Experts) -> int:
    return experts.gate_up.numel() + experts.down.numel()


def _count(*parts: nn.Module) -> int:
    return sum(weight.numel() for part in parts for weight in part.parameters())


def _products(*parts: nn.Module) -> int:
    """Operations of applying every linear layer in the parts once: two per weight."""
    linear = (m for part in parts for m in part.modules() if isinstance(m, nn.Linear))
    return sum(2 * layer.weight.numel() for layer in linear)
