"""Limits a process's tensor and picture arithmetic to so many threads for a while.

Of the calling thread; what else computes in the process meanwhile is limited as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import torch


@contextmanager
def threads_limited(count: int) -> Iterator[None]:
    """Within the block `count` threads, afterwards as many as before."""
    before = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(count)
    cv2.setNumThreads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before[0])
        cv2.setNumThreads(before[1])
