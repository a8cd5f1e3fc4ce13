"""The voice of a cell: its warnings spoken where they can be, announced by tones where not.

Knows nothing of alarms and of playing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tml_ros.cell.announcer import Announcer
from tml_ros.cell.cell_description import CellDescription
from tml_ros.devices.speech_renderer import (
    SpeechRenderer,
    SpeechUnavailableError,
    UnknownVoiceError,
)


def cell_announcer(cell: CellDescription) -> tuple[Announcer, str]:
    """An announcer in the cell's language, and "" or why its warnings are tones without words.

    A tone alone still turns heads; silence does not.
    """
    try:
        return Announcer(cell, SpeechRenderer(cell.language).render), ""
    except (SpeechUnavailableError, UnknownVoiceError) as error:
        return Announcer(cell, _no_words), str(error)


def _no_words(text: str) -> NDArray[np.float32]:
    del text
    return np.zeros(0, np.float32)
