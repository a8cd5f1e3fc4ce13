"""Writing tensors as safetensors one after the other, whole or not at all.

The library writes only what is all there at once; here each tensor is converted, digested and
written before the next is touched, and equal tensors make equal files. Knows nothing of what the
tensors are. Reading is the library's.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

import torch
from torch import Tensor

DTYPES = {"F32": torch.float32, "BF16": torch.bfloat16, "F16": torch.float16}
"""What a tensor may be stored in, by the format's own name."""
_NAMES = {dtype: name for name, dtype in DTYPES.items()}
_ALIGNED = 8
_NO_DIGEST = sha256().hexdigest()


def tensor_digest(tensor: Tensor) -> str:
    """SHA-256 over dtype, shape and bytes of a tensor on the CPU, hexadecimal."""
    digest = sha256(f"{_NAMES[tensor.dtype]} {list(tensor.shape)}\n".encode())
    digest.update(_bytes_of(tensor))
    return digest.hexdigest()


def write_tensor_file(
    path: Path,
    tensors: Mapping[str, Tensor],
    *,
    metadata: Callable[[Mapping[str, str]], Mapping[str, str]],
    dtype: torch.dtype | None = None,
) -> None:
    """Write a safetensors file; what was at `path` before stays until it is complete.

    metadata: from the digests by name to what the file says of itself; how long that is must not
        depend on the digests. dtype: store all tensors so; as they are where None.

    Raises OSError; ValueError for a tensor that is not finite or of another dtype than `DTYPES`.
    """
    order = sorted(tensors)
    names = {name: _name_of(name, dtype or tensors[name].dtype) for name in order}
    order.sort(key=lambda name: -DTYPES[names[name]].itemsize)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    digests = dict.fromkeys(order, _NO_DIGEST)
    try:
        with part.open("wb") as file:
            empty = _header(tensors, names, order, metadata(digests))
            file.write(empty)
            for name in order:
                tensor = tensors[name].detach().to("cpu", DTYPES[names[name]]).contiguous()
                if not is_finite(tensor):
                    raise ValueError(f"tensor {name!r} is not finite; {path} was not written")
                digests[name] = tensor_digest(tensor)
                file.write(_bytes_of(tensor))
            header = _header(tensors, names, order, metadata(digests))
            if len(header) != len(empty):
                raise ValueError("metadata must not change its length with the digests")
            file.seek(0)
            file.write(header)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _keep_name(path.parent)
    finally:
        part.unlink(missing_ok=True)


def is_finite(tensor: Tensor) -> bool:
    """Whether all values are numbers, without a copy of the tensor."""
    return not tensor.numel() or all(bool(end.isfinite()) for end in tensor.aminmax())


def _header(
    tensors: Mapping[str, Tensor],
    names: Mapping[str, str],
    order: list[str],
    metadata: Mapping[str, str],
) -> bytes:
    """The length of what describes the tensors, in eight bytes, and that itself as JSON."""
    described: dict[str, object] = {"__metadata__": dict(metadata)}
    first = 0
    for name in order:
        end = first + tensors[name].numel() * DTYPES[names[name]].itemsize
        shape = list(tensors[name].shape)
        described[name] = {"dtype": names[name], "shape": shape, "data_offsets": [first, end]}
        first = end
    text = json.dumps(described, separators=(",", ":")).encode("ascii")
    text += b" " * (-len(text) % _ALIGNED)
    return len(text).to_bytes(8, "little") + text


def _name_of(name: str, dtype: torch.dtype) -> str:
    if dtype not in _NAMES:
        known = ", ".join(str(one) for one in _NAMES)
        raise ValueError(f"tensor {name!r} is {dtype}; it can be stored as {known}")
    return _NAMES[dtype]


def _bytes_of(tensor: Tensor) -> memoryview:
    return tensor.contiguous().flatten().view(torch.uint8).numpy().data


def _keep_name(folder: Path) -> None:
    """See to it that the new name survives a loss of power too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
