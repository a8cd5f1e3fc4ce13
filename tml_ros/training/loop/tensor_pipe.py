"""Frozen dataclasses full of tensors through a pipe between a process and those it started.

A thing goes as JSON that says what it is made of, and behind it each tensor as the bytes it is.
Nothing is shared, so nothing must be cleaned up after a process that was killed, and nothing that
arrives is executed: only the dataclasses that both ends know are ever made.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from multiprocessing.connection import Connection
from typing import Any, Final

import torch
from torch import Tensor

_TENSOR: Final = "tensor"
_DTYPES: Final = {
    str(dtype): dtype
    for dtype in (
        *(torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64),
        *(torch.bfloat16, torch.float16, torch.float32, torch.float64),
    )
}


class TensorPipe:
    """One end. A thread owns it.

    kinds: the dataclasses that may go through, those in other ones' fields as well. Beside them and
    tensors on the CPU there may be text, numbers, truth values, None, and tuples of all that.
    """

    def __init__(self, connection: Connection, *kinds: type) -> None:
        """Both ends have the same kinds."""
        self._connection = connection
        self._kinds = {kind.__name__: kind for kind in kinds}

    def send(self, thing: object) -> None:
        """Send it; returns when all is taken.

        Raises TypeError for what may not go through, OSError where nobody is there any more.
        """
        tensors: list[Tensor] = []
        described = json.dumps(self._described(thing, tensors), separators=(",", ":"))
        self._connection.send_bytes(described.encode("ascii"))
        for tensor in tensors:
            self._connection.send_bytes(_bytes_of(tensor))

    def receive(self) -> Any:  # noqa: ANN401 - what was sent
        """The next thing. Raises EOFError where nobody sends any more."""
        tensors: list[Tensor] = []
        thing = self._made(json.loads(self._connection.recv_bytes()), tensors)
        for tensor in tensors:
            self._connection.recv_bytes_into(_bytes_of(tensor))
        return thing

    def _described(self, thing: object, tensors: list[Tensor]) -> object:
        """As of JSON: a tensor and a dataclass as an object of one key, its name. tensors: those
        whose bytes are to follow, in order.
        """
        if isinstance(thing, Tensor):
            if thing.numel():
                tensors.append(thing.detach().contiguous())
            return {_TENSOR: [str(thing.dtype), list(thing.shape)]}
        if isinstance(thing, tuple):
            return [self._described(part, tensors) for part in thing]
        if thing is None or isinstance(thing, (str, int, float)):
            return thing
        name = type(thing).__name__
        if not is_dataclass(thing) or self._kinds.get(name) is not type(thing):
            raise TypeError(f"a {name} may not go through; allowed: {', '.join(self._kinds)}")
        parts = {
            field.name: self._described(getattr(thing, field.name), tensors)
            for field in fields(thing)
        }
        return {name: parts}

    def _made(self, described: Any, tensors: list[Tensor]) -> object:  # noqa: ANN401 - of JSON
        """The other way round. tensors: those that are still to be filled, in order."""
        if isinstance(described, list):
            return tuple(self._made(part, tensors) for part in described)
        if not isinstance(described, dict):
            return described
        ((name, parts),) = described.items()
        if name == _TENSOR:
            dtype, shape = parts
            tensor = torch.empty(shape, dtype=_DTYPES[dtype])
            if tensor.numel():
                tensors.append(tensor)
            return tensor
        return self._kinds[name](**{key: self._made(part, tensors) for key, part in parts.items()})


def _bytes_of(tensor: Tensor) -> memoryview:
    """Of a contiguous tensor, as they lie in memory."""
    return tensor.flatten().view(torch.uint8).numpy().data
