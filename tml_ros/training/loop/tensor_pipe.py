"""Objects full of tensors through a pipe between a process and those it started.

Tensors and arrays go as the bytes they are, beside the small rest; nothing is shared, so nothing
must be cleaned up after a process that was killed. Both ends are one program: what arrives is
trusted as one's own. A connection's end belongs to one thread.
"""

from __future__ import annotations

import io
import pickle
from multiprocessing.connection import Connection
from typing import Any

import torch
from torch import Tensor


def send(connection: Connection, thing: Any) -> None:  # noqa: ANN401 - anything
    """Send it; returns when all is taken. Raises OSError where nobody is there any more."""
    parts: list[pickle.PickleBuffer] = []
    file = io.BytesIO()
    _Pickler(file, protocol=5, buffer_callback=parts.append).dump(thing)
    raw = [part.raw() for part in parts]
    connection.send([part.nbytes for part in raw])
    connection.send_bytes(file.getbuffer())
    for part in raw:
        if part.nbytes:
            connection.send_bytes(part)


def receive(connection: Connection) -> Any:  # noqa: ANN401 - what was sent
    """The next thing. Raises EOFError where nobody sends any more."""
    sizes = connection.recv()
    head = connection.recv_bytes()
    parts = [bytearray(size) for size in sizes]
    for part in parts:
        if part:
            connection.recv_bytes_into(part)
    return pickle.loads(head, buffers=parts)  # noqa: S301 - from one's own child


class _Pickler(pickle.Pickler):
    """Leaves the bytes of tensors out of the stream."""

    def reducer_override(self, thing: object) -> Any:  # noqa: ANN401 - as pickle has it
        if type(thing) is not Tensor:
            return NotImplemented
        shape = tuple(thing.shape)
        if not thing.numel():
            return _empty, (thing.dtype, shape)
        raw = thing.detach().cpu().contiguous().flatten().view(torch.uint8).numpy()
        return _tensor, (pickle.PickleBuffer(raw.data), thing.dtype, shape)


def _tensor(raw: bytearray, dtype: torch.dtype, shape: tuple[int, ...]) -> Tensor:
    return torch.frombuffer(raw, dtype=dtype).reshape(shape)


def _empty(dtype: torch.dtype, shape: tuple[int, ...]) -> Tensor:
    return torch.empty(shape, dtype=dtype)
