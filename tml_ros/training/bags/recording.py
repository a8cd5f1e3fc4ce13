"""A recording as the micro-turns that a replay of it makes, and so those of the running cell.

Knows nothing of labels and models. One thread reads a recording.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from tml_ros.bag.bag_reader import BAG_SUFFIXES, BagReader, open_bag
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.replay import Replay
from tml_ros.cell.replay_bag import BagInputs
from tml_ros.cell.replay_video import VideoInputs
from tml_ros.turn.micro_turn import MicroTurn


class Recording:
    """An opened rosbag2 folder, .mcap or .db3 file, or video of a cell with one camera.

    cell: what was recorded of the cell: of a video its one camera.

    Raises BagError, ReplayError or CameraSourceError, each saying what was found.
    """

    def __init__(self, path: Path, cell: CellDescription) -> None:
        """Look at what is in it."""
        self._bag: BagReader | None = None
        self._inputs: BagInputs | VideoInputs
        if path.is_dir() or path.suffix in BAG_SUFFIXES:
            self._bag = open_bag(path)
            try:
                self._inputs = BagInputs(self._bag, cell)
            except BaseException:
                self._bag.close()
                raise
        else:
            self._inputs = VideoInputs(path, cell)
        self.cell = self._inputs.cell

    @property
    def seconds(self) -> float | None:
        """How long it is; None for a video, which must be read to know."""
        if self._bag is None:
            return None
        return (self._bag.end_ns - self._bag.start_ns) / 1e9

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person should know about how it was read; complete after `turns`."""
        return tuple(self._inputs.notices)

    def turns(self) -> Iterator[tuple[float, MicroTurn]]:
        """Every turn and when it begins, in the seconds that a replay counts; once.

        Raises BagError where the bag is damaged.
        """
        # Guards that watch zones take most of a replay's time and change no turn.
        cameras = {
            name: camera.model_copy(update={"zones": {}})
            for name, camera in self.cell.cameras.items()
        }
        run = Replay(self.cell.model_copy(update={"cameras": cameras}))
        end_ns = None if self._bag is None else self._bag.end_ns
        for record in run.run(self._inputs, end_ns=end_ns):
            for turn, _ in record.turns:
                yield run.seconds_at(turn.start_ns), turn

    def close(self) -> None:
        """Let go of the files."""
        if self._bag is not None:
            self._bag.close()

    def __enter__(self) -> Recording:
        """The recording itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()
