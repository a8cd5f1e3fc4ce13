"""A recording gives the turns of its replay."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tml_ros.bag.bag_error import BagError
from tml_ros.bag.bag_reader import open_bag
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.replay import Replay
from tml_ros.cell.replay_bag import BagInputs
from tml_ros.training.bags.recording import Recording
from tml_ros.turn.micro_turn import MicroTurn


def same(ours: MicroTurn, theirs: MicroTurn) -> bool:
    frames = ours.frames.keys() == theirs.frames.keys() and all(
        np.array_equal(ours.frames[name].frame.rgb, theirs.frames[name].frame.rgb)
        for name in ours.frames
    )
    sounds = all(np.array_equal(ours.audio[name], theirs.audio[name]) for name in theirs.audio)
    return (ours.index, ours.start_ns, frames, sounds) == (
        theirs.index,
        theirs.start_ns,
        True,
        True,
    )


def test_its_turns_are_those_of_a_replay(recordings: Path, cell: CellDescription) -> None:
    with open_bag(recordings / "night.mcap") as bag:
        run = Replay(cell)
        records = run.run(BagInputs(bag, cell), end_ns=bag.end_ns)
        replayed = [turn for record in records for turn, _ in record.turns]
    with Recording(recordings / "night.mcap", cell) as recording:
        assert recording.seconds == pytest.approx(12.0)
        turns = list(recording.turns())
        assert recording.notices == ()
    assert len(turns) == len(replayed) == 60
    assert all(same(ours, theirs) for (_, ours), theirs in zip(turns, replayed, strict=True))
    assert [begin for begin, _ in turns] == pytest.approx(0.2 * np.arange(60), abs=1e-6)


def test_a_bag_without_the_topics_of_the_cell_is_refused(
    recordings: Path, cell: CellDescription
) -> None:
    other = cell.model_copy(update={"microphones": {"a": cell.microphones["bench"],
                                                    "b": cell.microphones["bench"]}})  # fmt: skip
    with pytest.raises(BagError, match="no topic 'a/audio'"):
        Recording(recordings / "night.mcap", other)
