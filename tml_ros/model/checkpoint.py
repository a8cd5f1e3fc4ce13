"""Weights on disk: safetensors with the preset inside, and nothing believed that does not fit.

A file says which format, preset and tokenizer its weights belong to and what is known of them, and
carries a SHA-256 of every tensor and one of all it says. Nothing in it is ever executed. Knows
nothing of how weights are trained or of sessions. Any thread.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from tml_ros.model.interaction_net import InteractionNet
from tml_ros.model.preset import Preset
from tml_ros.model.tensor_file import DTYPES, is_finite, tensor_digest, write_tensor_file
from tml_ros.model.unfilled_net import PresetSizeError, unfilled_net

FORMAT = "tml_ros interaction model"
VERSION = 1
VERIFIED_BYTES = 1_000_000_000
"""Files up to here have their tensors' digests verified unless told otherwise: about a second."""
_SAID = ("format", "version", "preset", "tokenizer", "facts", "tensors")
_MOST_NAMED = 10
_AGAIN = "get the file again"
_OTHER = "give a checkpoint written by tml_ros"


class CheckpointError(ValueError):
    """The file at `path` cannot be used. found: what is wrong with it. advice: what to do."""

    def __init__(self, path: Path, found: str, advice: str) -> None:
        super().__init__(f"{path}: {found}; {advice}")
        self.path = path
        self.found = found
        self.advice = advice


@dataclass(frozen=True, slots=True)
class CheckpointHeader:
    """What a checkpoint says of its weights.

    version: of the format. tokenizer: digest of the one it was trained with. facts: whatever the
    writer noted, as of JSON: "trained", "trusted_kinds", "steps", "seed" ...
    """

    preset: Preset
    version: int
    tokenizer: str
    facts: Mapping[str, Any]


def save_checkpoint(
    net: InteractionNet,
    path: str | os.PathLike[str],
    *,
    tokenizer: str,
    facts: Mapping[str, Any] = MappingProxyType({}),
    dtype: torch.dtype | None = None,
) -> None:
    """Write a network's weights, tensor by tensor, whole or not at all; equal ones equally.

    tokenizer: digest of the tokenizer that goes with them. facts: must survive JSON.
    dtype: store the weights so, float32 or bfloat16; as they are where None.

    Raises OSError; ValueError naming a tensor that is not finite, or facts that JSON cannot say.
    """
    try:
        noted = json.dumps(dict(facts), allow_nan=False)
    except TypeError as error:
        raise ValueError(f"facts must be what JSON can say: {error}") from error
    said = {
        "format": FORMAT,
        "version": str(VERSION),
        "preset": net.preset.model_dump_json(),
        "tokenizer": tokenizer,
        "facts": noted,
    }

    def metadata(digests: Mapping[str, str]) -> dict[str, str]:
        whole = {**said, "tensors": json.dumps(dict(digests))}
        return {**whole, "seal": _seal(whole)}

    write_tensor_file(Path(path), net.state_dict(), metadata=metadata, dtype=dtype)


def read_checkpoint_header(path: str | os.PathLike[str]) -> CheckpointHeader:
    """What a checkpoint says of itself, without reading its weights. Raises CheckpointError."""
    place = Path(path)
    with _opened(place) as file:
        return _header(place, file)


def load_checkpoint(
    path: str | os.PathLike[str],
    *,
    dtype: torch.dtype = torch.float32,
    device: torch.device | str = "cpu",
    verify: bool | None = None,
) -> tuple[InteractionNet, CheckpointHeader]:
    """The network of a checkpoint, in eval mode, and what the file says of it.

    dtype, device: of the network, whatever the file was stored in. Tensors are read one by one, so
    no more is in memory than the network and its largest tensor once more.
    verify: compare every tensor with its digest; where None, in files up to `VERIFIED_BYTES`.
        Without, a change on the disk goes unnoticed as long as the values stay finite.

    Raises CheckpointError: for what cannot be read, is damaged, is something else, was written by
    a newer version, or does not fit its own preset; what differs is named.
    """
    place = Path(path)
    with _opened(place) as file:
        header = _header(place, file)
        net = _unfilled(place, header.preset)
        _compare(place, file, net)
        digests: Mapping[str, str] = json.loads(file.metadata()["tensors"])
        if verify is None:
            verify = place.stat().st_size <= VERIFIED_BYTES
        weights: dict[str, Tensor] = {}
        for name in sorted(file.keys()):
            # The library's tensors are windows into the file, which may change under them.
            stored = file.get_tensor(name).clone()
            if verify and tensor_digest(stored) != digests.get(name):
                found = f"damaged: tensor {name!r} is not what was written"
                raise CheckpointError(place, found, _AGAIN)
            weights[name] = stored.to(device, dtype)
            if not is_finite(weights[name]):
                found = f"tensor {name!r} has values that are not finite in {dtype}"
                raise CheckpointError(place, found, "give another checkpoint")
    net.load_state_dict(weights, assign=True)
    return net, header


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The library's view of a file; what it finds wrong becomes a CheckpointError."""
    try:
        # A pipe or device would be waited for.
        if not path.is_file():
            found = "no file" if path.exists() else "no such file"
            raise CheckpointError(path, found, "give the path of a checkpoint (.safetensors)")
        with safe_open(path, framework="pt") as file:
            yield file
    except SafetensorError as error:
        found = f"no safetensors file, or a damaged one ({error})"
        raise CheckpointError(path, found, f"{_AGAIN}, or {_OTHER}") from error
    except OSError as error:
        found = f"it cannot be read ({error.strerror or error})"
        raise CheckpointError(path, found, "give a readable file") from error


def _header(path: Path, file: Any) -> CheckpointHeader:  # noqa: ANN401 - the library has no type
    said: Mapping[str, str] = file.metadata() or {}
    if said.get("format") != FORMAT:
        raise CheckpointError(path, "a safetensors file of something else", _OTHER)
    version = said.get("version", "")
    if re.fullmatch("[1-9][0-9]{0,8}", version) and int(version) > VERSION:
        found = f"format {version}, written by a newer tml_ros; this one reads {VERSION}"
        raise CheckpointError(path, found, "update tml_ros")
    if said.get("seal") != _seal(said) or version != str(VERSION):
        raise CheckpointError(path, "damaged: what it says of itself was changed", _AGAIN)
    try:
        preset = Preset.model_validate_json(said["preset"])
        facts = json.loads(said["facts"])
        digests = json.loads(said["tensors"])
        tokenizer = said["tokenizer"]
    except (KeyError, ValueError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        raise CheckpointError(path, f"its description is wrong ({reason})", _OTHER) from error
    if not isinstance(facts, dict) or not isinstance(digests, dict):
        raise CheckpointError(path, "its description is wrong", _OTHER)
    _bound(path, preset, len(file.keys()))
    return CheckpointHeader(preset, VERSION, tokenizer, facts)


def _seal(said: Mapping[str, str]) -> str:
    """SHA-256 of everything that the file says of itself, hexadecimal."""
    return sha256(json.dumps([said.get(key) for key in _SAID]).encode()).hexdigest()


def _bound(path: Path, preset: Preset, tensors: int) -> None:
    """Refuse a preset of more layers than the file has tensors; building them might never end."""
    layers = preset.transformer.layers + preset.voice.layers + preset.voice.text_layers
    if layers > tensors:
        found = f"its preset has {layers} layers, itself {tensors} tensors"
        raise CheckpointError(path, found, _OTHER)


def _unfilled(path: Path, preset: Preset) -> InteractionNet:
    try:
        return unfilled_net(preset)
    except PresetSizeError as error:
        raise CheckpointError(path, str(error), _OTHER) from error


def _compare(path: Path, file: Any, net: InteractionNet) -> None:  # noqa: ANN401
    """Every tensor of the network is there in its shape, and nothing else."""
    wanted = {name: list(tensor.shape) for name, tensor in net.state_dict().items()}
    given = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    both = [name for name in wanted if name in given]
    shapes = {name: list(given[name].get_shape()) for name in both}
    types = {name: given[name].get_dtype() for name in both}
    differences = {
        "missing": [name for name in wanted if name not in given],
        "not expected": sorted(name for name in given if name not in wanted),
        "of another shape": [
            f"{name} {shapes[name]}, expected {wanted[name]}"
            for name in both
            if shapes[name] != wanted[name]
        ],
        "of another type": [
            f"{name} {types[name]}, expected {' or '.join(DTYPES)}"
            for name in both
            if types[name] not in DTYPES
        ],
    }
    told = [f"{what}: {_few(names)}" for what, names in differences.items() if names]
    if told:
        found = f"its tensors do not fit its preset {net.preset.name}: {'; '.join(told)}"
        raise CheckpointError(path, found, "give one written by this version of tml_ros")


def _few(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
