"""A dialogue being written: who says what when, and which sounds there are; then mixed.

Close to the microphone, without the hall's echo, as the public benchmark's inputs are, over the
noise of a hall. Knows nothing of tasks. Same seed, same bits.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from tml_ros.bench.duplex.sample import Part, Samples, Span
from tml_ros.sim.sound.hall_noise import hall_noise, microphone_noise
from tml_ros.sim.sound.noise import unit
from tml_ros.sim.sound.spoken import speak
from tml_ros.sim.sound.voices import Voice, drawn_voice
from tml_ros.sim.split import Band, Split
from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_SAMPLES

NOISE_DB: Final = Band(train=((-58, -53), (-49, -45)), held_out=((-53, -49), (-45, -43)))
"""RMS of the hall, dB of full scale; people speak at -23."""

_STREAM: Final = 0xD0B1E


class Script:
    """One dialogue. `now_s` moves on with what is said and with `wait`."""

    def __init__(
        self,
        seed: int,
        split: Split,
        *,
        task: int,
        number: int,
        quiet: bool = False,
        voices: Path | None = None,
    ) -> None:
        """Nobody has said anything yet. quiet: only the microphone's own noise is under it.

        voices: folder where spoken words are kept.
        """
        streams = np.random.SeedSequence([seed, _STREAM, task, number]).spawn(2)
        self.rng = np.random.default_rng(streams[0])
        self.split = split
        self.now_s = 0.0
        self.parts: list[Part] = []
        self.pauses: list[Span] = []
        self._noise_seed = streams[1]
        self._quiet = quiet
        self._folder = voices
        self._user = drawn_voice(self.rng, split)
        self._sounds: list[tuple[int, Samples, bool]] = []

    def wait(self, seconds: float) -> None:
        """Nobody says anything for so long."""
        self.now_s += seconds

    def say(
        self, text: str, *, voice: Voice | None = None, db: float = 0.0, overlap: bool = False
    ) -> Span:
        """Somebody says that now, the user unless there is another voice; pauses at "...".

        overlap: left out of the clean mix.
        """
        spoken = speak(text, voice or self._user, folder=self._folder)
        begin = self._add(spoken.samples, db=db, overlap=overlap)
        start_s = begin / SAMPLE_RATE
        span = Span(start_s, start_s + spoken.seconds)
        pauses = [Span(start_s + low, start_s + high) for low, high in spoken.pauses]
        edges = [start_s, *(edge for pause in pauses for edge in pause), span.end_s]
        texts = [piece.strip() for piece in text.split("...") if piece.strip()]
        who = "user" if voice is None else "other"
        self.parts += [
            Part(piece, Span(low, high), who)
            for piece, low, high in zip(texts, edges[::2], edges[1::2], strict=True)
        ]
        self.pauses += pauses
        self.now_s = span.end_s
        return span

    def sound(self, samples: Samples, *, db: float = 0.0) -> Span:
        """Something sounds from now on; time does not go on by itself."""
        begin = self._add(samples, db=db, overlap=False)
        return Span(begin / SAMPLE_RATE, (begin + len(samples)) / SAMPLE_RATE)

    def other_voice(self) -> Voice:
        """Somebody else's."""
        while True:
            voice = drawn_voice(self.rng, self.split)
            if voice.name != self._user.name:
                return voice

    def mixed(self, *, clean: bool = False, whole_turns: bool = True) -> Samples:
        """All of it until now: float32 [n], read-only. clean: without overlaps.

        whole_turns: with as much noise at its end as makes it a multiple of 200 ms.
        """
        count = round(self.now_s * SAMPLE_RATE)
        if whole_turns:
            count = -(-count // TURN_SAMPLES) * TURN_SAMPLES
        # Clean or not, the noise is the same.
        hall = np.random.default_rng(self._noise_seed)
        level = NOISE_DB.draw(hall, self.split)
        made = microphone_noise(count, hall)
        if not self._quiet:
            loud = np.float32(10 ** (level / 20))
            made += loud * unit(hall_noise(count, hall, hall, self.split))
        for begin, samples, overlap in self._sounds:
            if not (clean and overlap):
                room = made[begin : begin + len(samples)]
                room += samples[: len(room)]
        np.clip(made, -1.0, 1.0, out=made)
        made.flags.writeable = False
        return made

    def _add(self, samples: Samples, *, db: float, overlap: bool) -> int:
        begin = round(self.now_s * SAMPLE_RATE)
        self._sounds.append((begin, samples * np.float32(10 ** (db / 20)), overlap))
        return begin
