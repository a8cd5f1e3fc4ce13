"""Putting a voice that was taught apart into a network. Reads one file; any thread."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from tml_ros.model.interaction_net import InteractionNet

PARTS = ("voice_text.", "voice.")
"""How names of the voice's weights begin."""


class VoiceFileError(ValueError):
    """The file is no voice for this network; the message says why."""


@torch.no_grad()
def take_voice(net: InteractionNet, path: Path) -> None:
    """Replace all weights of the voice. Raises VoiceFileError, and then changes nothing; OSError.

    path: safetensors of exactly these weights, by the names that they have in the network.
    """
    try:
        given = load_file(path)
    except SafetensorError as error:
        raise VoiceFileError(f"{path} is no safetensors file ({error})") from error
    own = {name: held for name, held in net.state_dict().items() if name.startswith(PARTS)}
    odd = sorted(own.keys() ^ given.keys())
    if odd:
        raise VoiceFileError(f"{path} lacks or has too much: {', '.join(odd[:5])}")
    for name, held in own.items():
        if given[name].shape != held.shape:
            raise VoiceFileError(
                f"{path}: {name} is {list(given[name].shape)}, the network has {list(held.shape)}"
            )
        if not given[name].isfinite().all():
            raise VoiceFileError(f"{path}: {name} is not finite")
    for name, held in own.items():
        held.copy_(given[name])
