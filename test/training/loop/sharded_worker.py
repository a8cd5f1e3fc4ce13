"""One of several processes that learn together; started by `test_sharded.py`."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from tiny_run import made_sources, pupil

from tml_ros.training.loop.processes import joined_processes, leave
from tml_ros.training.loop.run_folder import open_run
from tml_ros.training.loop.trainer import Trainer


def main(folder: Path) -> None:
    """Make all steps of a run that was begun."""
    torch.set_num_threads(1)
    with joined_processes("cpu") as processes:
        trainer = Trainer(open_run(folder), made_sources(), pupil, processes=processes)
        for _ in trainer.steps():
            pass
    leave(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
