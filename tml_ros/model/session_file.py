"""A session on disk: everything it remembers, as safetensors, so that it goes on elsewhere.

A restored session answers bit for bit like one that was never interrupted. The file holds no
weights; it names the model, the shape and the weights' print it belongs to. What it holds of the
cell is what the model remembers: the last seconds of sound and pictures as keys and values, the
slow background of each camera as a picture.
"""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from tml_ros.model.layout import SessionLayout
from tml_ros.model.session_arrays import named, part

if TYPE_CHECKING:
    from tml_ros.model.native_session import NativeSession

VERSION = "1"
_PARTS = ("ring", "senses", "conversation", "vocoder")


class SessionFileError(ValueError):
    """The file at `path` is no session that can go on here; the message says why."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path


def save_session(session: NativeSession, path: Path) -> None:
    """Write a session, whole or not at all. Raises OSError."""
    tensors, facts = _state(session)
    told = json.dumps(facts)
    metadata = {**_identity(session), "facts": told, "digest": _digest(tensors, told)}
    part_file = path.with_name(f".{path.name}.part")
    try:
        with part_file.open("wb") as file:
            file.write(save(tensors, metadata))
            file.flush()
            os.fsync(file.fileno())
        part_file.replace(path)
    finally:
        part_file.unlink(missing_ok=True)


def restore_session(session: NativeSession, path: Path) -> None:
    """Take over what was saved. Raises SessionFileError; the session is then as it was."""
    metadata, tensors = _read(path)
    for name, wanted in _identity(session).items():
        if metadata.get(name) != wanted:
            raise SessionFileError(
                path,
                f"it was saved with {name} {metadata.get(name)!r}, this session has {wanted!r}",
            )
    if metadata.get("digest") != _digest(tensors, metadata.get("facts", "")):
        raise SessionFileError(path, "it is damaged: its contents do not match their digest")
    before = _state(session)
    try:
        _take_over(session, tensors, json.loads(metadata["facts"]))
    except (KeyError, TypeError, ValueError) as error:
        _take_over(session, *before)
        raise SessionFileError(path, f"it does not fit: {error}") from error


def _take_over(
    session: NativeSession, tensors: dict[str, torch.Tensor], facts: dict[str, Any]
) -> None:
    rings = session.ticker.rings
    for name, ring in (("keys", rings.key), ("values", rings.value)):
        mine, given = ring[:, session.row], tensors[name]
        if given.shape != mine.shape or given.dtype != mine.dtype:
            raise ValueError(f"{name} are {given.dtype} {list(given.shape)}")
        mine.copy_(given)
    arrays = {key: tensor.numpy() for key, tensor in tensors.items() if key.split(".")[0] in _PARTS}
    for name in _PARTS:
        _part(session, name).restore(part(arrays, name), facts[name])
    session.resume(facts["progress"])


def _state(session: NativeSession) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """All of a session, copied: tensors on the CPU, and facts that survive JSON."""
    rings = session.ticker.rings
    tensors = {
        key: torch.from_numpy(array.copy())
        for name in _PARTS
        for key, array in named(_part(session, name).arrays(), name).items()
    }
    for name, ring in (("keys", rings.key), ("values", rings.value)):
        tensors[name] = ring[:, session.row].to("cpu", copy=True).contiguous()
    facts = {name: _part(session, name).facts() for name in _PARTS}
    return tensors, {**facts, "progress": session.progress()}


def _read(path: Path) -> tuple[dict[str, str], dict[str, torch.Tensor]]:
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            return metadata, {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise SessionFileError(path, f"it cannot be read ({error})") from error


def _identity(session: NativeSession) -> dict[str, str]:
    """What must be the same where a session goes on, as text."""
    return {
        "version": VERSION,
        "preset": session.model.preset.model_dump_json(),
        "weights": session.model.weights_print,
        "tokenizer": session.model.tokenizer.digest,
        "layout": _layout_text(session.layout),
    }


def _layout_text(layout: SessionLayout | None) -> str:
    if layout is None:
        return "none"
    cameras = {name: dict(zones) for name, zones in layout.cameras.items()}
    return json.dumps({"cameras": cameras, "microphones": layout.microphones})


def _digest(tensors: dict[str, torch.Tensor], told: str) -> str:
    """SHA-256 over all that is saved: it shows damage, not who wrote the file."""
    digest = sha256(told.encode())
    for name in sorted(tensors):
        tensor = tensors[name].contiguous()
        digest.update(f"{name} {tensor.dtype} {list(tensor.shape)}\n".encode())
        digest.update(tensor.flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _part(session: NativeSession, name: str) -> Any:  # noqa: ANN401 - whatever keeps state
    return getattr(session, name)
