"""One cell's dialogue with the cascade: ears, rules and mouth, turn by turn.

What is given out in a turn is heard in the next. Recognising and speaking take time on a real
machine; here they take a fixed time that was measured once, so that the same turns give the same
outputs: a reply begins so long after the end of speech was found. Not thread-safe.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from tml_ros.bench.cascade.endpointing import Endpointer, SpeechBegan, SpeechEnded
from tml_ros.bench.cascade.grammar import Phrase, typed_plain
from tml_ros.bench.cascade.mouth import Mouth
from tml_ros.bench.cascade.noise_reduction import reduced
from tml_ros.bench.cascade.recogniser import Recogniser
from tml_ros.bench.cascade.rules import Response, Rules
from tml_ros.bench.cascade.voice import Voice
from tml_ros.bench.cascade.world_view import Look
from tml_ros.devices.speech_renderer import MAX_TEXT
from tml_ros.model.interface import InjectMode
from tml_ros.model.layout import SessionLayout
from tml_ros.model.spoken_queue import SpokenQueue
from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_SAMPLES, MicroTurn
from tml_ros.turn.turn_output import DelegationRequest, Floor, TurnOutput

QUIET_S: Final = 0.7
"""Text that was handed over is said when nobody has spoken for so long."""
MOST_KEPT: Final = 50


class SessionClosedError(RuntimeError):
    """The session was closed and cannot be stepped any more."""


@dataclass(frozen=True, slots=True)
class ComputeTime:
    """How long the parts of a cascade take, as measured on one core of a server of 2026.

    recognition: per second of the utterance, noise reduction and both decoders. synthesis_s: until
    the first sound of a reply is there.
    """

    recognition: float = 0.10
    synthesis_s: float = 0.03

    def samples(self, utterance: int = 0) -> int:
        """From the end of an utterance of so many samples to the beginning of the reply."""
        return round(utterance * self.recognition + self.synthesis_s * SAMPLE_RATE)


class CascadeSession:
    """Made by `CascadeModel.open_session`.

    It listens to the layout's first microphone; of a session without a layout to the first one that
    a turn brings.
    """

    def __init__(
        self,
        recogniser: Recogniser,
        voice: Voice,
        *,
        layout: SessionLayout,
        look: Look,
        seed: int,
        silence_s: float,
        compute: ComputeTime,
    ) -> None:
        self._recogniser, self._voice, self._seed = recogniser, voice, seed
        self._layout, self._compute = layout, compute
        self._endpointer = Endpointer(silence_s=silence_s)
        microphone = next(iter(layout.microphones), "microphone")
        self._rules = Rules(layout.zones, microphone, look)
        self._closed = False
        self.reset()

    def reset(self) -> None:
        """Forget everything, as if just opened."""
        self._endpointer.reset()
        self._rules.reset()
        self._mouth = Mouth(self._voice)
        self._handed = SpokenQueue()
        self._context: deque[tuple[InjectMode, str]] = deque(maxlen=MOST_KEPT)
        self._own = np.zeros(TURN_SAMPLES, np.float32)
        self._turn = 0
        self._asked = 0
        self._cut_now = False
        """Whether the speech that goes on now cut the cell short."""

    @property
    def context(self) -> tuple[tuple[InjectMode, str], ...]:
        """What it was told and does not say, oldest first."""
        return tuple(self._context)

    def close(self) -> None:
        """Nothing is to be stepped any more."""
        self._closed = True

    def inject(self, text: str, *, how: InjectMode, urgent: bool = False) -> None:
        """Hand over text; spoken text is said when nobody speaks, urgent text at once.

        Raises ValueError for text that is empty or too long, an unknown `how`, and urgency of what
        is not spoken.
        """
        if how not in get_args(InjectMode):
            raise ValueError(f"how is {how!r}, allowed: {', '.join(get_args(InjectMode))}")
        if urgent and how != "spoken":
            raise ValueError(f"only spoken text can be urgent, not {how}")
        text = " ".join(text.split())
        if not text or len(text) > MAX_TEXT:
            raise ValueError(f"text of 1 to {MAX_TEXT} characters is wanted, not {len(text)}")
        if how == "spoken":
            self._handed.push(text, urgent=urgent)
        else:
            self._context.append((how, text))

    def yield_floor(self) -> None:
        """Stop speaking with the next turn; what was left to say is dropped."""
        # A new mouth has no rest to take up again.
        self._mouth = Mouth(self._voice)
        self._handed.wait_anew()

    def step(self, turn: MicroTurn) -> TurnOutput:
        """Take in one turn and give out one. Raises SessionClosedError."""
        if self._closed:
            raise SessionClosedError("the session was closed")
        now = (self._turn + 1) * TURN_SAMPLES
        self._turn += 1
        requests: list[DelegationRequest] = []
        for event in self._endpointer.push(self._heard(turn), self._own):
            if isinstance(event, SpeechBegan):
                self._cut_now = self._mouth.hush()
            else:
                self._understand(event, requests)
                self._cut_now = self._cut_now and event.cut
        for text in turn.texts:
            phrase = self._recogniser.read(typed_plain(text))
            if phrase is not None:
                self._respond(phrase, now, now + self._compute.samples(), requests)
        for due in self._rules.due(now + TURN_SAMPLES):
            self._mouth.say(due.text, not_before=max(due.at, now))
        self._hand_over(now)
        block = self._mouth.block(now)
        self._own = np.zeros(TURN_SAMPLES, np.float32) if block.samples is None else block.samples
        floor = Floor.LISTEN if block.samples is None else Floor.SPEAK
        return TurnOutput(turn.index, block.samples, block.text, (), tuple(requests), floor)

    def _heard(self, turn: MicroTurn) -> NDArray[np.float32]:
        names = self._layout.microphones or tuple(turn.audio)
        sound = next((turn.audio[name] for name in names if name in turn.audio), None)
        return np.zeros(TURN_SAMPLES, np.float32) if sound is None else sound

    def _understand(self, spoken: SpeechEnded, requests: list[DelegationRequest]) -> None:
        clean = reduced(spoken.samples, spoken.voiced)
        phrase = self._recogniser.recognise(clean, spoken.voiced)
        if phrase is not None:
            ready = spoken.known + self._compute.samples(len(spoken.samples))
            self._respond(phrase, spoken.end, ready, requests)

    def _respond(
        self, phrase: Phrase, end: int, ready: int, requests: list[DelegationRequest]
    ) -> None:
        last, rest = self._mouth.last, self._mouth.rest
        response = self._rules.understood(phrase, end=end)
        if response.hush:
            self._mouth.hush()
        if response.kind:
            self._asked += 1
            number = f"{self._seed}-{self._asked}"
            requests.append(DelegationRequest(number, response.kind, response.question))
        self._mouth.say(self._words(response, last, rest), not_before=ready)

    def _words(self, response: Response, last: str, rest: str) -> str:
        if response.go_on:
            # A sign of listening has the cell go on only where it was that sign that cut it short.
            return (rest or response.say) if response.say or self._cut_now else ""
        return (last or response.say) if response.again else response.say

    def _hand_over(self, now: int) -> None:
        """Say what was handed over, where its time has come."""
        ready = now + self._compute.samples()
        if self._handed.urgent:
            self._mouth.hush()
            while self._handed.urgent and (waiting := self._handed.pop()) is not None:
                self._mouth.say(waiting.text, not_before=ready)
        quiet = not self._endpointer.speaking and self._endpointer.quiet_s >= QUIET_S
        if quiet and self._mouth.idle and (waiting := self._handed.pop()) is not None:
            self._mouth.say(waiting.text, not_before=ready)
        self._handed.pass_turns()
