"""Cells in which everything changes all the time, and sessions that listen or speak in them.

Pictures and sound are noise, so that no patch can be left out, and weights are untrained: what they
say means nothing, what it costs is the same. Knows nothing of clocks. Of the thread that steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum

import numpy as np
import torch
from numpy.typing import NDArray

from tml_ros.model.interaction_net import FLOORS, InteractionNet
from tml_ros.model.layout import SessionLayout
from tml_ros.model.native_model import NativeModel
from tml_ros.model.native_session import NativeSession
from tml_ros.model.preset import PATCH, Preset, SightPreset
from tml_ros.model.tokenizer import DELEGATE, END, HOLD
from tml_ros.turn.micro_turn import TURN_NS, TURN_SAMPLES, Frame, MicroTurn, TurnFrame
from tml_ros.turn.turn_output import Floor, TurnOutput

CAMERA, MICROPHONE = "hall", "mic"
ZONE = ((0.3, 0.5), (0.7, 0.5), (0.9, 1.0), (0.1, 1.0))
LAYOUT = SessionLayout({CAMERA: {"press": ZONE}}, (MICROPHONE,))
WIDE_GRID, WIDE_PICTURE = (12, 7), (480, 270)
"""Columns and rows, and the picture of width and height that is fitted into them."""
_POOL = 8
_SURE = 30.0
"""Logits: beyond doubt."""
_SENTENCE = "Please keep clear of the press until the light is green again. "


class Talk(str, Enum):
    """What a session does."""

    LISTENING = "listening"
    SPEAKING = "speaking"
    """It says what was handed over: the voice works, the text head does not."""
    WRITING = "speaking_own_words"
    """It makes up what it says: every head works, the text head for all its tokens."""


class NoisyCell:
    """Endless turns of one camera and one microphone."""

    def __init__(self, sight: SightPreset, *, seed: int = 0) -> None:
        random = np.random.default_rng(seed)
        width, height = picture_size(sight)
        self._pictures = [
            random.integers(0, 256, (height, width, 3), np.uint8) for _ in range(_POOL)
        ]
        self._sounds = [
            (0.1 * random.standard_normal(TURN_SAMPLES)).astype(np.float32) for _ in range(_POOL)
        ]
        for array in (*self._pictures, *self._sounds):
            array.flags.writeable = False

    def turn(self, index: int, *, shift: int = 0, pictures: bool = True) -> MicroTurn:
        """The turn of that index. shift: cells of different ones see different pictures."""
        start_ns, at = index * TURN_NS, (index + shift) % _POOL
        picture: NDArray[np.uint8] = self._pictures[at]
        frame = TurnFrame(Frame(CAMERA, start_ns + TURN_NS // 2, picture), TURN_NS // 2)
        frames = {CAMERA: frame} if pictures else {}
        return MicroTurn(index, start_ns, {MICROPHONE: self._sounds[at]}, frames)


def picture_size(sight: SightPreset) -> tuple[int, int]:
    """Width and height of a picture that a grid is made for: that of the grid, or 480x270."""
    grid = sight.columns, sight.rows
    return WIDE_PICTURE if grid == WIDE_GRID else (grid[0] * PATCH, grid[1] * PATCH)


def widened(preset: Preset) -> Preset:
    """The preset with a grid for 480x270 pictures, all of whose patches fit into a turn."""
    columns, rows = WIDE_GRID
    whole = {"columns": columns, "rows": rows, "patches_per_turn": columns * rows}
    return preset.changed(sight=whole)


class NoisyCells:
    """Sessions of a model, each in a noisy cell of its own, stepped together."""

    def __init__(
        self, model: NativeModel, count: int = 1, *, index: int = 0, pictures: bool = True
    ) -> None:
        """index: of the first turn. pictures: whether the camera gives any."""
        self.model = model
        self._pictures = pictures
        self.sessions = [model.open_session(LAYOUT, seed=seed) for seed in range(count)]
        self._cell = NoisyCell(model.preset.sight)
        self._index = index
        self._silent = [True] * count
        self._talk: Talk | None = None
        self._sentences = 0

    def turns(self, talk: Talk) -> list[tuple[NativeSession, MicroTurn]]:
        """The next turn of each session, after something to say was handed to the silent ones.

        Where they did something else before, that is broken off in this turn.
        """
        for at, session in enumerate(self.sessions):
            if talk is not self._talk:
                session.yield_floor()
            elif talk is Talk.SPEAKING and self._silent[at]:
                # A text that waits already would not be taken a second time.
                self._sentences += 1
                text = f"{self._sentences}. {_SENTENCE * 6}"
                session.inject(text, how="spoken", urgent=True)
        self._talk = talk
        index, self._index = self._index, self._index + 1
        return [
            (session, self._cell.turn(index, shift=at, pictures=self._pictures))
            for at, session in enumerate(self.sessions)
        ]

    def step(self, pairs: Sequence[tuple[NativeSession, MicroTurn]]) -> list[TurnOutput]:
        """Step what `turns` gave: what is to be timed."""
        if len(pairs) == 1:
            session, turn = pairs[0]
            return [session.step(turn)]
        return self.model.step_batch(pairs)

    def note(self, outputs: Sequence[TurnOutput], talk: Talk) -> bool:
        """Take notice of the answers; whether every session did what it was to do."""
        self._silent = [output.speech is None for output in outputs]
        wanted = talk is Talk.LISTENING
        return all(silent is wanted for silent in self._silent)

    def live(self, talk: Talk, turns: int) -> Iterator[None]:
        """Step so many turns, one per item."""
        for _ in range(turns):
            self.note(self.step(self.turns(talk)), talk)
            yield

    def close(self) -> None:
        """Give the rows back."""
        for session in self.sessions:
            session.close()


@contextmanager
def leaning(net: InteractionNet, talk: Talk) -> Iterator[None]:
    """Within the block the weights are sure to speak words of their own, or sure to listen."""
    kept = net.floor.bias.detach().clone(), net.text.bias.detach().clone()
    wanted = Floor.SPEAK if talk is Talk.WRITING else Floor.LISTEN
    with torch.no_grad():
        net.floor.bias[FLOORS.index(wanted)] += _SURE
        if talk is Talk.WRITING:
            net.text.bias[[HOLD, END, DELEGATE]] -= _SURE
    try:
        yield
    finally:
        with torch.no_grad():
            net.floor.bias.copy_(kept[0])
            net.text.bias.copy_(kept[1])
