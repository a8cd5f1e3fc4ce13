"""What goes through a pipe arrives byte by byte, and nothing else goes through."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from multiprocessing import Pipe

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from tml_ros.training.loop.tensor_pipe import TensorPipe


@dataclass(frozen=True, slots=True)
class Inner:
    some: Tensor
    tensor: str


@dataclass(frozen=True, slots=True)
class Outer:
    parts: tuple[Inner, ...]
    sizes: tuple[int, ...]
    share: float
    nothing: None = None


@dataclass(frozen=True)
class Foreign:
    some: int = 0


def through(thing):
    """What comes out where it is sent from another thread."""
    near, far = Pipe(duplex=False)
    with near, far:
        sender = threading.Thread(target=TensorPipe(far, Inner, Outer).send, args=(thing,))
        sender.start()
        found = TensorPipe(near, Inner, Outer).receive()
        sender.join()
    return found


@pytest.mark.parametrize(
    "tensor",
    [
        torch.tensor([True, False]),
        torch.arange(6, dtype=torch.int8).reshape(2, 3),
        torch.tensor([1.5, float("nan"), float("-inf")], dtype=torch.bfloat16),
        torch.randn(300, 700, generator=torch.Generator().manual_seed(1)),
        torch.arange(6).reshape(2, 3).T,
        torch.tensor(7),
        torch.zeros(0, 4, dtype=torch.int16),
        torch.zeros(3, 0),
    ],
    ids=lambda tensor: f"{tensor.dtype} {list(tensor.shape)}",
)
def test_a_tensor_keeps_its_shape_its_dtype_and_every_bit(tensor):
    found = through(Inner(tensor, "a")).some
    assert (found.shape, found.dtype) == (tensor.shape, tensor.dtype)
    assert found.is_contiguous()
    ours, theirs = (
        one.contiguous().flatten().view(torch.uint8).tolist() for one in (found, tensor)
    )
    assert ours == theirs


@given(
    st.text(),
    st.lists(st.integers(), max_size=3).map(tuple),
    st.floats(allow_nan=False),
    st.lists(st.integers(0, 5), max_size=3),
)
def test_what_is_beside_the_tensors_arrives_as_it_was(text, sizes, share, lengths):
    parts = tuple(Inner(torch.arange(length), text) for length in lengths)
    found = through(Outer(parts, sizes, share))
    assert type(found) is Outer
    assert (found.sizes, found.share, found.nothing) == (sizes, share, None)
    assert [part.tensor for part in found.parts] == [text] * len(lengths)
    assert [part.some.tolist() for part in found.parts] == [list(range(n)) for n in lengths]


@pytest.mark.parametrize("thing", [Foreign(), Outer((), (), 1.0, nothing=object()), [1], b"1"])
def test_what_the_other_end_does_not_know_is_not_sent(thing):
    near, far = Pipe(duplex=False)
    with near, far:
        with pytest.raises(TypeError, match="may not go through; allowed: Inner, Outer"):
            TensorPipe(far, Inner, Outer).send(thing)
        assert not near.poll()
