"""One process, or those that `torchrun` started to learn together.

Knows nothing of what is learnt. Main thread.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh


@dataclass(frozen=True, slots=True)
class Processes:
    """rank: this one's number, of so many. mesh: of all of them; None where there is one."""

    device: torch.device
    rank: int = 0
    of: int = 1
    mesh: DeviceMesh | None = None

    @property
    def first(self) -> bool:
        """Whether this is the one that writes files and talks."""
        return self.rank == 0

    def greatest(self, number: float) -> float:
        """Over all processes."""
        if self.mesh is None:
            return number
        value = torch.tensor([number], dtype=torch.float64, device=self.device)
        dist.all_reduce(value, op=dist.ReduceOp.MAX, group=self.mesh.get_group())
        return float(value)

    def wait(self) -> None:
        """Until all of them have come here."""
        self.greatest(0.0)

    def sums(self, values: Tensor) -> Tensor:
        """Element by element over all processes; float32 or float64 [n], on the device."""
        if self.mesh is not None:
            dist.all_reduce(values, group=self.mesh.get_group())
        return values


@contextmanager
def joined_processes(device: str) -> Iterator[Processes]:
    """This process among those of `torchrun`, or alone where it was not started so.

    device: "cpu" or "cuda"; each process takes the GPU of its number on its machine.
    """
    of = int(os.environ.get("WORLD_SIZE", "1"))
    if of == 1:
        yield Processes(torch.device(device))
        return
    place = torch.device(device)
    if device == "cuda":
        place = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(place)
    dist.init_process_group("nccl" if device == "cuda" else "gloo")
    try:
        mesh = init_device_mesh(device, (of,))
        yield Processes(place, mesh.get_local_rank(), of, mesh)
    finally:
        dist.destroy_process_group()


def leave(code: int) -> NoReturn:
    """End this process at once with an exit code; for the end of all work that was shared.

    PyTorch's threads of communication outlive their group. One of them that lets go of its last
    tensor while the interpreter ends would abort the process, after everything had gone well.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
