"""Taking over saved arrays: all are checked before any is changed.

Knows nothing of what they mean or of files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

_T = TypeVar("_T")


def put(saved: Mapping[str, NDArray[Any]], mine: Mapping[str, NDArray[Any]]) -> None:
    """Copy saved arrays into one's own of the same names, all or none.

    Raises ValueError naming the first that is missing or has another shape or dtype.
    """
    for name, own in mine.items():
        if name not in saved:
            raise ValueError(f"saved state lacks the array {name!r}")
        given = np.asarray(saved[name])
        if given.shape != own.shape or given.dtype != own.dtype:
            raise ValueError(
                f"saved array {name!r} is {given.dtype} {list(given.shape)}, "
                f"expected {own.dtype} {list(own.shape)}"
            )
    for name, own in mine.items():
        own[...] = saved[name]


def part(saved: Mapping[str, _T], name: str) -> dict[str, _T]:
    """What was saved under `name.`, without that prefix."""
    prefix = f"{name}."
    return {key[len(prefix) :]: value for key, value in saved.items() if key.startswith(prefix)}


def named(state: Mapping[str, _T], name: str) -> dict[str, _T]:
    """The opposite of `part`: each name with `name.` before it."""
    return {f"{name}.{key}": value for key, value in state.items()}
