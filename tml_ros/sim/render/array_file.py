"""Named arrays in one file, written whole or not at all and read where they lie.

The file is safetensors, so that other tools read it too. Beyond that format its header carries a
digest of itself, and nothing may be left over: a file that was cut, or whose header was altered, is
refused when it is opened. What the arrays hold is not looked at here. Equal arrays make equal
files. Knows nothing of scenarios. Writing: any thread; a file that is read belongs to one thread.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

DTYPES: Final[dict[str, np.dtype[Any]]] = {
    "I64": np.dtype("<i8"),
    "F32": np.dtype("<f4"),
    "I16": np.dtype("<i2"),
    "I8": np.dtype("i1"),
    "U8": np.dtype("u1"),
}
"""What an array may be of, by the format's own name, widest first so that all lie aligned."""
MAX_HEADER: Final = 64 << 20
SUFFIX: Final = ".safetensors"
PART: Final = ".part"
"""Ends the name of a file that is being written."""

_NAMES = {dtype: name for name, dtype in DTYPES.items()}
_BEGINS: Final = b'{"__metadata__":{"digest":"'
_NO_DIGEST: Final = "0" * 64
_ALIGNED: Final = 8
Whole = Annotated[int, Field(ge=0, strict=True)]


class ShardError(ValueError):
    """The file is no shard, or no longer what was written; the message says what is wrong."""


class _Described(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    dtype: Literal["I64", "F32", "I16", "I8", "U8"]
    shape: Annotated[tuple[Whole, ...], Field(max_length=8)]
    data_offsets: tuple[Whole, Whole]


_DESCRIBED = TypeAdapter(dict[str, _Described])


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]], *, about: str) -> int:
    """Write a file and give its length; what was at `path` before stays until it is complete.

    about: what the file says of itself. Raises OSError; ValueError for an array of another dtype
    than `DTYPES`.
    """
    taken = {name: _contiguous(name, array) for name, array in arrays.items()}
    order = sorted(taken, key=lambda name: (-taken[name].dtype.itemsize, name))
    described: dict[str, object] = {"__metadata__": {"digest": _NO_DIGEST, "about": about}}
    first = 0
    for name in order:
        end = first + taken[name].nbytes
        shape = list(taken[name].shape)
        described[name] = {
            "dtype": _NAMES[taken[name].dtype],
            "shape": shape,
            "data_offsets": [first, end],
        }
        first = end
    text = json.dumps(described, separators=(",", ":")).encode("ascii")
    text += b" " * (-len(text) % _ALIGNED)
    at = len(_BEGINS)
    text = text[:at] + sha256(text).hexdigest().encode() + text[at + len(_NO_DIGEST) :]
    part = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    try:
        with part.open("wb") as file:
            file.write(len(text).to_bytes(8, "little"))
            file.write(text)
            for name in order:
                file.write(taken[name].data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return 8 + len(text) + first


class ArrayFile:
    """A file that was written so, a context manager.

    Raises ShardError where it is not whole, OSError where it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        """Read what describes the arrays; they themselves are mapped, not read."""
        self.path = path
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if size < 8 or length > min(MAX_HEADER, size - 8):
                raise ShardError(f"{path} is cut short, or no shard")
            text = file.read(length)
        self.about, self._described = _parsed(path, text)
        wanted = (
            8 + length + max((one.data_offsets[1] for one in self._described.values()), default=0)
        )
        if size != wanted:
            raise ShardError(f"{path} has {size} bytes where {wanted} were written")
        self._data: NDArray[np.uint8] | None = None
        if size > 8 + length:
            self._data = np.memmap(path, np.uint8, "r", offset=8 + length)

    @property
    def names(self) -> tuple[str, ...]:
        """Of all arrays, in the file's order."""
        return tuple(self._described)

    def array(self, name: str) -> NDArray[Any]:
        """An array, read-only, where it lies in the file. Raises KeyError."""
        one = self._described[name]
        dtype = DTYPES[one.dtype]
        first, end = one.data_offsets
        if first == end or self._data is None:
            return np.zeros(one.shape, dtype)
        return np.asarray(np.asarray(self._data[first:end]).view(dtype).reshape(one.shape))

    def digest(self, prefix: str) -> str:
        """Of all arrays whose names begin so, as `digest_of` gives it. Reads them."""
        return digest_of({name: self.array(name) for name in self.names if name.startswith(prefix)})


def digest_of(arrays: Mapping[str, NDArray[Any]]) -> str:
    """SHA-256 over names, types, shapes and contents, in order of the names; hexadecimal."""
    digest = sha256()
    for name in sorted(arrays):
        array = _contiguous(name, arrays[name])
        digest.update(f"{name} {_NAMES[array.dtype]} {list(array.shape)}\n".encode())
        digest.update(array.data)
    return digest.hexdigest()


def _contiguous(name: str, array: NDArray[Any]) -> NDArray[Any]:
    taken = np.ascontiguousarray(array).reshape(array.shape)
    if taken.dtype not in _NAMES:
        raise ValueError(f"array {name!r} is {taken.dtype}; {', '.join(map(str, _NAMES))} fit")
    return taken


def _parsed(path: Path, text: bytes) -> tuple[str, dict[str, _Described]]:
    """What a header says. Raises ShardError."""
    at, end = len(_BEGINS), len(_BEGINS) + len(_NO_DIGEST)
    blank = text[:at] + _NO_DIGEST.encode() + text[end:]
    if text[at:end] != sha256(blank).hexdigest().encode() or not text.startswith(_BEGINS):
        raise ShardError(f"{path}: its header is damaged, or it is no shard")
    try:
        plain = json.loads(text)
        about = plain.pop("__metadata__")["about"]
        described = _DESCRIBED.validate_python(plain)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ShardError(f"{path}: its header cannot be understood") from error
    expected = 0
    for name, one in described.items():
        first, last = one.data_offsets
        length = math.prod(one.shape) * DTYPES[one.dtype].itemsize
        if first != expected or last - first != length:
            raise ShardError(f"{path}: array {name!r} does not lie where its shape says")
        expected = last
    if not isinstance(about, str):
        raise ShardError(f"{path} does not say what it is")
    return about, described
