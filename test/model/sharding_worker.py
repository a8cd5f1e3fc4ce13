"""The processes that a sharded network runs in; `test_sharding` starts them.

    python sharding_worker.py LAYOUT PROCESSES FOLDER

Each process first works out what an unsharded network gives, alone, and then what the sharded one
gives together with the others. The first process writes FOLDER/found.json: for each thing compared
the largest difference and the largest value, or words where words were wanted.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh
from torch.distributed.tensor import DTensor

from tml_ros.model.dialogue_tokens import DialogueTokens, TextKind
from tml_ros.model.interaction_net import InteractionNet, Judgement, fresh_net
from tml_ros.model.own_state import OWN_STATE_WIDTH
from tml_ros.model.preset import MELS, PATCH, Preset
from tml_ros.model.preset_file import load_preset
from tml_ros.model.ring_state import RingState
from tml_ros.model.sequence import whole
from tml_ros.model.sharding import (
    expert_parallel,
    fully_sharded,
    optimizer_groups,
    take_weights,
    tensor_parallel,
    whole_weights,
)
from tml_ros.model.ticker import Stepping, Ticker
from tml_ros.model.turn_tokens import SensorTokens, TurnTokens, sensor_state_width
from tml_ros.model.unfilled_net import unfilled_net

PRESET = Preset(name="small-experts").changed(
    hearing={"frames_per_token": 4},
    sight={"columns": 2, "rows": 1, "patches_per_turn": 2, "refresh_turns": 1, "stem": [8, 8]},
    text={"vocabulary": 300, "in_per_turn": 4},
    memory={"seconds": 0.8, "sensor_seconds": 0.4, "text_tokens": 12, "instruction_tokens": 4},
    transformer={
        "width": 32,
        "layers": 2,
        "heads": 4,
        "kv_heads": 2,
        "head_width": 8,
        "hidden": 48,
        "experts": {"count": 8, "chosen": 3, "shared": 1, "hidden": 16},
    },
    voice={"text_width": 16, "width": 16, "layers": 1},
)
TURNS = 8
"""Twice as long as anything is remembered: rings go round."""


def clip(seed: int) -> list[TurnTokens]:
    """Turns of noise, each with sound, two patches and two tokens of text."""
    rng = np.random.default_rng(seed)
    return [_turn(rng, turn) for turn in range(TURNS)]


def _turn(rng: np.random.Generator, turn: int) -> TurnTokens:
    levels = PRESET.hearing.frames_per_token * MELS
    picture = (2, PATCH, PATCH)
    sensors = SensorTokens(
        bins=rng.integers(0, PRESET.hearing.bins, (2, levels), dtype=np.uint8),
        microphone=np.zeros(2, np.int64),
        sound_place=np.arange(2),
        rgb=rng.integers(0, 256, (*picture, 3), dtype=np.uint8),
        masks=rng.integers(0, 2, (*picture, PRESET.sight.zones), dtype=np.uint8),
        difference=rng.integers(-128, 128, (*picture, 3), dtype=np.int8),
        camera=np.zeros(2, np.int64),
        centre=rng.random((2, 2), dtype=np.float32),
        state=rng.random(sensor_state_width(PRESET), dtype=np.float32),
    )
    dialogue = DialogueTokens(
        text=rng.integers(0, PRESET.text.vocabulary, 2),
        kind=np.array([TextKind.TYPED, TextKind.OWN]),
        place=np.zeros(2, np.int64),
        order=np.arange(2),
        instruction=np.full(2, -1),
        released=(),
        state=rng.random(OWN_STATE_WIDTH, dtype=np.float32),
    )
    return TurnTokens(turn, sensors, dialogue)


def judged(judgement: Judgement) -> Tensor:
    """Everything a pass says of its turns, side by side: [t, ...]."""
    return torch.cat((judgement.hazards, judgement.floor, judgement.act), dim=1)


@torch.inference_mode()
def streamed(net: InteractionNet) -> Tensor:
    """Two sessions, turn by turn over rings: [2 * TURNS, ...], session after session."""
    ticker = Ticker(net, 2)
    for row in range(2):
        ticker.clear(row)
    states = [RingState(ticker.plan) for _ in range(2)]
    clips = [clip(0), clip(1)]
    turns = [
        judged(ticker.step([Stepping(row, states[row], clips[row][turn]) for row in range(2)]))
        for turn in range(TURNS)
    ]
    return torch.stack(turns, dim=1).flatten(0, 1)


def loss_of(net: InteractionNet, seed: int) -> Tensor:
    """Something that depends on every answer, and on the balance of the experts."""
    judgement = whole(net, [clip(seed)])
    rng = torch.Generator().manual_seed(seed)
    text = torch.randint(0, PRESET.text.vocabulary, (TURNS, 4), generator=rng)
    seconds = torch.rand((TURNS, 4), generator=rng)
    spoken = net.voice_text(text, seconds, text > 20, judgement.act)
    mel, noise = (torch.randn((TURNS, 8, MELS), generator=rng) for _ in range(2))
    said = net.text(judgement.act, text).flatten(0, 1)
    return (
        judgement.hazards.square().mean()
        + judgement.floor.logsumexp(dim=1).mean()
        + torch.nn.functional.cross_entropy(said, text.flatten())
        + net.voice.loss(mel, spoken, noise, torch.full((TURNS,), 0.5))
        + judgement.balance
    )


def gradients(net: InteractionNet) -> dict[str, Tensor]:
    """Of one clip's loss, with respect to every weight."""
    net.zero_grad()
    loss_of(net, 0).backward()
    return {
        name: _whole(weight.grad) if weight.grad is not None else torch.zeros(weight.shape)
        for name, weight in net.named_parameters()
    }


def adamw(net: InteractionNet) -> torch.optim.Optimizer:
    """Steps of many tensors at once, as they are usual on GPUs."""
    return torch.optim.AdamW(optimizer_groups(net), lr=1e-2, eps=1e-3, foreach=True)


def sgd(net: InteractionNet) -> torch.optim.Optimizer:
    """The same of a simpler optimizer, which prepares itself sooner."""
    return torch.optim.SGD(optimizer_groups(net), lr=0.1, momentum=0.9, foreach=True)


def trained(
    net: InteractionNet,
    shares: Iterable[Iterable[int]],
    optimizer_of: Callable[[InteractionNet], torch.optim.Optimizer] = adamw,
) -> dict[str, Tensor]:
    """The weights after a step on the clips of each share, gradients averaged by clip."""
    optimizer = optimizer_of(net)
    for share in shares:
        optimizer.zero_grad()
        seeds = list(share)
        for seed in seeds:
            (loss_of(net, seed) / len(seeds)).backward()
        optimizer.step()
    return dict(whole_weights(net))


def _whole(tensor: Tensor) -> Tensor:
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


class Found:
    """What was compared."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}

    def compare(self, name: str, ours: Tensor, theirs: Tensor) -> None:
        """Note how far two tensors are apart."""
        assert ours.shape == theirs.shape, (name, ours.shape, theirs.shape)
        self.compare_all(name, {name: ours}, {name: theirs})

    def compare_all(self, name: str, ours: dict[str, Tensor], theirs: dict[str, Tensor]) -> None:
        """Note how far the farthest of them are apart."""
        assert ours.keys() == theirs.keys()
        # `max` of a tensor, unlike that of Python, lets nothing hide what is no number.
        apart = torch.stack([(ours[key] - theirs[key]).abs().max() for key in ours])
        self.found[name] = {
            "difference": apart.max().item(),
            "worst": list(ours)[int(apart.argmax())],
            "largest": max(tensor.abs().max().item() for tensor in theirs.values()),
        }

    def refusal(self, name: str, call: Callable[[], object]) -> None:
        """Note the words of a ValueError."""
        try:
            call()
        except ValueError as error:
            self.found[name] = str(error)
        else:
            self.found[name] = "not refused"


def serve(found: Found, mesh: DeviceMesh) -> None:
    """Tensor-parallel, expert-parallel, and both."""
    net = fresh_net(PRESET)
    with torch.inference_mode():
        at_once = judged(whole(net, [clip(0), clip(1)]))
    turn_by_turn, slopes = streamed(net), gradients(net)
    original = net.state_dict()
    ways = {"tensor": (tensor_parallel,), "expert": (expert_parallel,)}
    ways["both"] = (*ways["tensor"], *ways["expert"])
    for name, way in ways.items():
        sharded = fresh_net(PRESET)
        for share_out in way:
            share_out(sharded, mesh)
        with torch.inference_mode():
            found.compare(f"{name}: whole", judged(whole(sharded, [clip(0), clip(1)])), at_once)
        found.compare(f"{name}: streamed", streamed(sharded), turn_by_turn)
        found.compare_all(f"{name}: gradients", gradients(sharded), slopes)
        found.compare_all(f"{name}: gathered", dict(whole_weights(sharded)), original)
        found.found[f"{name}: share"] = share_held(sharded)
    sharded = unfilled_net(PRESET)
    for share_out in ways["both"]:
        share_out(sharded, mesh)
    sharded.to_empty(device="cpu")
    take_weights(sharded, original)
    with torch.inference_mode():
        found.compare("meta: whole", judged(whole(sharded, [clip(0), clip(1)])), at_once)
    found.compare_all("meta: gathered", dict(whole_weights(sharded)), original)
    large = unfilled_net(load_preset("tml-interaction-small"))
    for share_out in ways["both"]:
        share_out(large, mesh)
    found.found["tml-interaction-small: share"] = share_held(large)
    refused(found, mesh)


def share_held(net: InteractionNet) -> float:
    """The share of the network's weights that this process holds."""
    held = whole_size = 0
    for weight in net.parameters():
        whole_size += weight.numel()
        held += weight.to_local().numel() if isinstance(weight, DTensor) else weight.numel()
    return held / whole_size


def refused(found: Found, mesh: DeviceMesh) -> None:
    """What cannot be shared out by two."""

    def refuse(
        name: str, way: Callable[[InteractionNet, DeviceMesh], None], **numbers: Any
    ) -> None:
        net = fresh_net(PRESET.changed(transformer=numbers))
        found.refusal(name, lambda: way(net, mesh))

    experts = {"count": 7, "chosen": 2, "shared": 1, "hidden": 15}
    refuse("refused: kv_heads", tensor_parallel, kv_heads=1)
    refuse("refused: heads", tensor_parallel, heads=3, kv_heads=3)
    refuse("refused: hidden", tensor_parallel, hidden=33, experts=experts)
    refuse("refused: experts", expert_parallel, experts=experts)
    refuse("refused: no experts", expert_parallel, experts=None)
    net = fresh_net(PRESET)
    weights = net.state_dict()
    found.refusal(
        "refused: shape", lambda: take_weights(net, {**weights, "norm.weight": torch.ones(2)})
    )
    weights["norm.wait"] = weights.pop("norm.weight")
    found.refusal("refused: names", lambda: take_weights(net, weights))


def train(found: Found, mesh: DeviceMesh) -> None:
    """FSDP over all processes: each trains on clips of its own."""
    processes, rank = mesh.size(), mesh.get_local_rank()
    steps = [range(step * processes, (step + 1) * processes) for step in range(2)]
    start = {name: weight.clone() for name, weight in fresh_net(PRESET).state_dict().items()}
    expected = trained(fresh_net(PRESET), steps)
    net = fresh_net(PRESET)
    fully_sharded(net, mesh)
    found.compare_all("fsdp: gathered", dict(whole_weights(net)), start)
    found.compare_all("fsdp: trained", trained(net, [[step[rank]] for step in steps]), expected)
    found.compare_all("fsdp: moved", start, expected)
    found.found["fsdp: share"] = share_held(net)
    rough = fresh_net(PRESET)
    fully_sharded(rough, mesh, dtype=torch.bfloat16)
    roughly = trained(rough, [[step[rank]] for step in steps])
    far = sum((roughly[name] - expected[name]).square().sum().item() for name in start)
    way = sum((start[name] - expected[name]).square().sum().item() for name in start)
    found.found["bfloat16: off course"] = (far / way) ** 0.5
    found.found["bfloat16: weights"] = sorted({str(weight.dtype) for weight in roughly.values()})


def train_together(found: Found, mesh: DeviceMesh) -> None:
    """All three, over a mesh of two dimensions."""
    data, tensor = mesh["data"], mesh["tensor"]
    steps = [range(step * data.size(), (step + 1) * data.size()) for step in range(2)]
    start = {name: weight.clone() for name, weight in fresh_net(PRESET).state_dict().items()}
    expected = trained(fresh_net(PRESET), steps, sgd)
    net = fresh_net(PRESET)
    tensor_parallel(net, tensor)
    expert_parallel(net, tensor)
    fully_sharded(net, data)
    found.compare_all("together: gathered", dict(whole_weights(net)), start)
    mine = [[step[data.get_local_rank()]] for step in steps]
    found.compare_all("together: trained", trained(net, mine, sgd), expected)
    found.compare_all("together: moved", start, expected)
    take_weights(net, start)
    found.compare_all("together: taken", dict(whole_weights(net)), start)


def main(layout: str, rank: int, processes: int, folder: Path) -> None:
    """Meet the other processes through a file in the folder, and compare."""
    dist.init_process_group(
        "gloo",
        init_method=f"file://{folder}/meeting_point",
        rank=rank,
        world_size=processes,
        timeout=timedelta(seconds=60),
    )
    found = Found()
    if layout == "flat":
        mesh = init_device_mesh("cpu", (processes,))
        serve(found, mesh)
        train(found, mesh)
    else:
        shape = (processes // 2, 2)
        train_together(found, init_device_mesh("cpu", shape, mesh_dim_names=("data", "tensor")))
    if rank == 0:
        (folder / "found.json").write_text(json.dumps(found.found, indent=1))
    dist.destroy_process_group()


def all_ranks(layout: str, processes: int, folder: Path) -> int:
    """Run so many processes, forked once everything is imported; 1 as soon as one fails."""
    torch.set_num_threads(1)
    # This also fills memory that nobody has written with what is no number.
    torch.use_deterministic_algorithms(mode=True)
    forked = get_context("fork")
    ranks = [
        forked.Process(target=main, args=(layout, rank, processes, folder), daemon=True)
        for rank in range(processes)
    ]
    for rank in ranks:
        rank.start()
    running = {rank.sentinel: rank for rank in ranks}
    while running:
        for sentinel in wait(list(running)):
            ended = running.pop(sentinel)
            ended.join()
            if ended.exitcode:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(all_ranks(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
