"""A folder of recordings of one cell, and the course that comes of one or several of them.

    press/cell.yaml     the cell
          labels.csv    which hazard is where and when
          night.mcap    what labels.csv names: bags, or videos of a cell with one camera
          friday/

The cell and the labels may lie elsewhere. Any thread.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode

from tml_ros.cell.cell_file import load_cell
from tml_ros.model.preset import Preset
from tml_ros.training.bags.bag_lessons import WINDOW, BagLessons
from tml_ros.training.bags.labelled_stretches import Progress
from tml_ros.training.bags.prepare import Prepared, prepare
from tml_ros.turn.hazard import HazardKind

CELL, LABELS = "cell.yaml", "labels.csv"
_ELSEWHERE = "?cell="


class RecordingFolderError(ValueError):
    """The folder is none of recordings; the message says what it lacks."""


@dataclass(frozen=True, slots=True)
class RecordingFolder:
    """folder: with recordings, or itself the only one. cell, labels: files that belong to it."""

    folder: Path
    cell: Path
    labels: Path

    @property
    def told(self) -> Path:
        """What `bag_course` takes: all three in one, as the origin of a course is kept."""
        if (self.cell, self.labels) == (self.folder / CELL, self.folder / LABELS):
            return self.folder
        files = urlencode({"cell": self.cell, "labels": self.labels}, safe="/")
        return Path(f"{self.folder}?{files}")


def recording_folder(told: Path) -> RecordingFolder:
    """The folder that is meant: of `RecordingFolder.told`, or one with all that belongs to it."""
    folder, elsewhere, rest = str(told).rpartition(_ELSEWHERE)
    if not elsewhere:
        return RecordingFolder(told, told / CELL, told / LABELS)
    files = parse_qs(f"cell={rest}")
    return RecordingFolder(Path(folder), Path(files["cell"][0]), Path(files["labels"][0]))


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

    folders: as `recording_folder` takes them. out: where what is made of them lies; it can be
    deleted and is made again. vary, window: as of `BagLessons`. Raises RecordingFolderError,
    CellFileError, and what `prepare` raises.
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


def _prepared(told: Path, preset: Preset, out: Path, progress: Progress | None) -> Prepared:
    place = recording_folder(told)
    if not place.folder.exists():
        raise RecordingFolderError(f"{place.folder} is not there; give a folder of recordings")
    missing = [path for path in (place.cell, place.labels) if not path.is_file()]
    if missing:
        names = [path.name if path.parent == place.folder else str(path) for path in missing]
        raise RecordingFolderError(
            f"{place.folder} has no {' and no '.join(names)}: to recordings of a cell belong its "
            f"description and the labels"
        )
    cell = load_cell(place.cell)
    return prepare(place.folder, place.labels, cell, preset, out, progress=progress)
