"""A whole stretch of turns through the network at once, as training and checks do it.

What each token may see is worked out here from the turns themselves, by the rules that `ring_plan`
states, not by playing the rings: that both agree is what the tests of streaming hold.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from tml_ros.model.block_attention import BlockStore, block_store
from tml_ros.model.interaction_net import InteractionNet, Judgement
from tml_ros.model.preset import Preset
from tml_ros.model.ring_keys import WholeStore
from tml_ros.model.ring_plan import FOREVER
from tml_ros.model.rope import RotaryAngles
from tml_ros.model.token_batch import Places, TokenBatch, pack
from tml_ros.model.turn_tokens import TurnTokens


def whole(net: InteractionNet, clips: Sequence[Sequence[TurnTokens]]) -> Judgement:
    """What the network says of every turn of every clip, clip after clip.

    clips: each from the start of a session; their lengths may differ.
    """
    batch, store = whole_batch(net.preset, clips)
    where = net.hazards.weight.device, net.hazards.weight.dtype
    judged: Judgement = net(batch.to(*where), store.to(*where))
    return judged


def block_batch(
    preset: Preset, clips: Sequence[Sequence[TurnTokens]]
) -> tuple[TokenBatch, BlockStore]:
    """The same as `whole_batch` without padding, all in one row, and with faster attention."""
    batch, places = _packed(preset, clips, joined=True)
    turns = places.turn[0]
    first, said = 0, batch.sensors
    seen, sensors = [], []
    for clip in clips:
        until, own = _until(preset, clip)
        sensors.append(len(until))
        turn = np.concatenate((turns[first : first + len(until)], turns[said : said + len(own)]))
        of_clip = _seen_by(turn, np.concatenate((until, own)))
        of_clip[: len(until), len(until) :] = False
        seen.append(of_clip)
        first, said = first + len(until), said + len(own)
    return batch, block_store(seen, sensors)


def whole_batch(
    preset: Preset, clips: Sequence[Sequence[TurnTokens]]
) -> tuple[TokenBatch, WholeStore]:
    """The tokens of the clips, and who of them may see whom; float32 on the CPU."""
    batch, places = _packed(preset, clips)
    sensors = batch.sensors
    seen = np.stack(
        [
            _seen_by(turn, _padded(_until(preset, clip), batch))
            for clip, turn in zip(clips, places.turn, strict=True)
        ]
    )
    # Padding sees itself, so that no row of scores is empty.
    seen |= np.eye(seen.shape[1], dtype=np.bool_)
    keys = np.concatenate((seen[:, :, sensors:], seen[:, :, :sensors]), axis=2)
    return batch, WholeStore(
        sensor_mask=_added(keys[:, :sensors, batch.dialogue :]),
        dialogue_mask=_added(keys[:, sensors:, :]),
    )


def _packed(
    preset: Preset, clips: Sequence[Sequence[TurnTokens]], *, joined: bool = False
) -> tuple[TokenBatch, Places]:
    transformer = preset.transformer
    angles = RotaryAngles(transformer.head_width, transformer.rope_base)
    return pack(clips, angles, sinks=preset.memory.sinks, joined=joined)


def _seen_by(turn: NDArray[np.int64], until: NDArray[np.int64]) -> NDArray[np.bool_]:
    """bool [queries, keys] of a row: a key is seen from its own turn on, until it is forgotten.

    Padding neither sees nor is seen. That the sensor half sees itself alone is not yet in it.
    """
    seen: NDArray[np.bool_] = (turn <= turn[:, None]) & (turn[:, None] < until) & (turn >= -1)
    return seen


def _until(
    preset: Preset, clip: Sequence[TurnTokens]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """int64 [n] of each half: the first turn that no longer sees each token."""
    memory, sinks = preset.memory, preset.memory.sinks
    seen: list[NDArray[np.int64]] = [np.full(sinks, FOREVER)]
    told: list[NDArray[np.int64]] = [np.full(sinks, FOREVER)]
    text = _text_until(preset, clip)
    for turn, of_text in zip(clip, text, strict=True):
        passing = len(turn.sensors) - 1
        seen += [
            np.full(passing, turn.turn + memory.sensor_turns),
            np.array([turn.turn + memory.turns]),
        ]
        told += [of_text, np.array([turn.turn + memory.turns])]
    return np.concatenate(seen), np.concatenate(told)


def _padded(
    halves: tuple[NDArray[np.int64], NDArray[np.int64]], batch: TokenBatch
) -> NDArray[np.int64]:
    sizes = batch.sensors, batch.dialogue
    return np.concatenate(
        [np.pad(half, (0, size - len(half))) for half, size in zip(halves, sizes, strict=True)]
    )


def _text_until(preset: Preset, clip: Sequence[TurnTokens]) -> list[NDArray[np.int64]]:
    """For each turn, until when its text is seen: by age, by number, or until it is released."""
    released = {number: turn.turn for turn in reversed(clip) for number in turn.dialogue.released}
    came = np.concatenate(
        [np.full(int((turn.dialogue.instruction < 0).sum()), turn.turn) for turn in clip]
    )
    displaced = np.append(
        came[preset.memory.text_tokens :], np.full(preset.memory.text_tokens, FOREVER)
    )
    limits, at = [], 0
    for turn in clip:
        limit = np.full(len(turn.dialogue.text), FOREVER)
        for token, number in enumerate(turn.dialogue.instruction):
            if number >= 0:
                limit[token] = released.get(int(number), FOREVER)
            else:
                limit[token] = min(turn.turn + preset.memory.turns, displaced[at])
                at += 1
        limits.append(limit)
    return limits


def _added(seen: NDArray[np.bool_]) -> torch.Tensor:
    return torch.zeros(seen.shape).masked_fill_(torch.from_numpy(~seen), -torch.inf)
