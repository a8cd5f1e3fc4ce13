"""How the C library of a cell's nodes takes memory, unless the user's environment has its own say.

By itself glibc raises, with each large block freed, the size from which blocks are the kernel's,
up to 32 MiB; after that the large ones lie among the small in the heaps of all threads, and what a
stranger's messages of tens of megabytes took is hardly ever given back. A size that is said stays:
what is larger than any usual picture goes back as soon as it is freed. Knows nothing of cells.
Stateless; any thread.
"""

from __future__ import annotations

from collections.abc import Mapping

LARGE_BLOCK, KEPT_FREE = "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"
LARGE_BLOCK_BYTES = 8 * 2**20
"""From this size on a block is the kernel's. A picture of 1920 by 1080 is smaller: for one that is
not, the kernel clears new pages each time, which takes a millisecond or more."""
KEPT_FREE_BYTES = 32 * 2**20
"""Free memory that may stay at the end of a heap: several such pictures. Said as well, because
saying the other puts an end to its being found out."""


def memory_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What to add; nothing where either is said already. Other C libraries do not mind."""
    if any(environment.get(name) for name in (LARGE_BLOCK, KEPT_FREE)):
        return {}
    return {LARGE_BLOCK: str(LARGE_BLOCK_BYTES), KEPT_FREE: str(KEPT_FREE_BYTES)}
