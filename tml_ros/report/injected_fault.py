"""A process of the cell that was ended on purpose. Frozen; any thread."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InjectedFault:
    """node: whose process was killed at `stamp_ns` of cell time."""

    node: str
    stamp_ns: int
