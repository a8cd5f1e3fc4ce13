"""A folder of recordings of one cell, and the course that comes of one or several of them.

    press/cell.yaml     the cell
          labels.csv    which hazard is where and when
          night.mcap    what labels.csv names: bags, or videos of a cell with one camera
          friday/

Any thread.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tml_ros.cell.cell_file import load_cell
from tml_ros.model.preset import Preset
from tml_ros.training.bags.bag_lessons import WINDOW, BagLessons
from tml_ros.training.bags.labelled_stretches import Progress
from tml_ros.training.bags.prepare import Prepared, prepare
from tml_ros.turn.hazard import HazardKind

CELL, LABELS = "cell.yaml", "labels.csv"


class RecordingFolderError(ValueError):
    """The folder is none of recordings; the message says what it lacks."""


@dataclass(frozen=True, slots=True)
class BagCourse:
    """lessons: of all folders. notices: for a person, on how recordings were read.

    counts: labelled turns of each kind: there, and not there.
    """

    lessons: BagLessons
    notices: tuple[str, ...]
    counts: dict[HazardKind, tuple[int, int]]


def bag_course(
    folders: Sequence[Path],
    preset: Preset,
    out: Path,
    *,
    vary: bool = True,
    window: int = WINDOW,
    progress: Progress | None = None,
) -> BagCourse:
    """Read the recordings that were not read before, and make lessons of them.

    out: where what is made of them lies; it can be deleted and is made again. vary, window: as of
    `BagLessons`. Raises RecordingFolderError, CellFileError, and what `prepare` raises.
    """
    found = [_prepared(folder, preset, out, progress) for folder in folders]
    files = tuple(file for one in found for file in one.files)
    there: Counter[HazardKind] = Counter()
    absent: Counter[HazardKind] = Counter()
    for one in found:
        there.update({kind: count for kind, (count, _) in one.counts.items()})
        absent.update({kind: count for kind, (_, count) in one.counts.items()})
    return BagCourse(
        BagLessons(files, preset, window=window, vary=vary),
        tuple(notice for one in found for notice in one.notices),
        {kind: (there[kind], absent[kind]) for kind in there},
    )


def _prepared(folder: Path, preset: Preset, out: Path, progress: Progress | None) -> Prepared:
    missing = [name for name in (CELL, LABELS) if not (folder / name).is_file()]
    if missing:
        raise RecordingFolderError(
            f"{folder} has no {' and no '.join(missing)}: beside recordings of a cell there must "
            f"be its description and the labels"
        )
    cell = load_cell(folder / CELL)
    return prepare(folder, folder / LABELS, cell, preset, out, progress=progress)
