"""Is a voice understood? A closed grammar hears it, and espeak-ng at its own pace beside it.

Asked for are phrases of every kind, those with the names of scenarios and new ones; what decides
is the share of what is understood of espeak-ng. Needs espeak-ng and pocketsphinx. Main thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from tml_ros.bench.evaluation.closed_grammar import ClosedGrammar, spelled
from tml_ros.cell.paced_choice import SpokenKind, VoiceChoice
from tml_ros.cell.paced_speech import SAID_AS
from tml_ros.devices.speech_renderer import SpeechRenderer
from tml_ros.model.flow_noise import turn_noise
from tml_ros.model.interaction_net import InteractionNet
from tml_ros.model.tokenizer import load_tokenizer
from tml_ros.model.vocoder import StreamingVocoder
from tml_ros.training.voice.voice_lessons import free_turns, handed_over_turns
from tml_ros.training.voice.voice_texts import SpokenText, fixed_texts

BAR: Final = 0.95
"""Share of what is understood of espeak-ng from which a voice is said to be good."""
_LANGUAGE: Final = "en-us"
_EACH: Final = 16
"""Fixed texts asked of each kind, evenly among them."""


@dataclass(frozen=True, slots=True)
class VoiceRow:
    """Of one kind of text: how many were asked, and how many were understood of the voice when the
    text was handed over, when it was free speech, and of espeak-ng at its own pace.

    new: texts that were not taught.
    """

    kind: SpokenKind
    new: bool
    count: int
    handed_over: int
    free: int
    original: int

    @property
    def good(self) -> bool:
        """Whether it reaches the bar in both."""
        return min(self.handed_over, self.free) >= BAR * self.original and self.original > 0


@dataclass(frozen=True, slots=True)
class VoiceExam:
    """rows: by kind and whether the texts were taught. misheard: text, as what it was heard."""

    rows: tuple[VoiceRow, ...]
    misheard: tuple[tuple[str, str], ...]

    def choice(self) -> VoiceChoice:
        """Kinds of which everything asked reaches the bar."""
        kinds = {row.kind for row in self.rows}
        poor = {row.kind for row in self.rows if not row.good}
        return VoiceChoice(frozenset(kinds - poor))

    def share(self) -> float:
        """Of all that is understood of espeak-ng; handed over."""
        originals = sum(row.original for row in self.rows)
        return sum(row.handed_over for row in self.rows) / originals if originals else 0.0

    def as_facts(self) -> dict[str, Any]:
        """For a checkpoint: what its voice is used for, and how it was found."""
        plain = self.as_plain()
        del plain["misheard"]
        return {**self.choice().as_facts(), "voice_exam": plain}

    def as_plain(self) -> dict[str, Any]:
        """For logs and model cards."""
        return {
            "share_of_original": round(self.share(), 4),
            "rows": [
                {
                    "kind": row.kind.value,
                    "new": row.new,
                    "count": row.count,
                    "handed_over": row.handed_over,
                    "free": row.free,
                    "original": row.original,
                }
                for row in self.rows
            ],
            "misheard": [list(one) for one in self.misheard],
        }


def voice_exam(net: InteractionNet, new: Sequence[SpokenText] = ()) -> VoiceExam:
    """Have the voice say fixed texts of every kind, and these new ones.

    Raises ModelUnavailableError without pocketsphinx, SpeechUnavailableError without espeak-ng.
    """
    # A closed grammar spells what is no word.
    fixed = _asked([one for one in fixed_texts() if one.text not in SAID_AS])
    asked = [(one, False) for one in fixed]
    asked += [(one, True) for one in new if one.kind is not None]
    texts = list(dict.fromkeys(one.text for one, _ in asked))
    apart = _apart(texts)
    ear = ClosedGrammar(apart)
    renderer = SpeechRenderer(_LANGUAGE)
    heard = {
        text: (
            ear.recognised(said(net, text)) or "",
            ear.recognised(said(net, text, free=True)) or "",
            ear.recognised(renderer.render(text)) or "",
        )
        for text in apart
    }
    rows = []
    for kind in SpokenKind:
        for is_new in (False, True):
            mine = [
                [guess == one.text for guess in heard[one.text]]
                for one, was_new in asked
                if (one.kind, was_new) == (kind, is_new) and one.text in heard
            ]
            if mine:
                handed_over, free, original = np.sum(mine, axis=0, dtype=int).tolist()
                rows.append(VoiceRow(kind, is_new, len(mine), handed_over, free, original))
    misheard = tuple((text, guess) for text, (guess, _, _) in heard.items() if guess != text)
    return VoiceExam(tuple(rows), misheard)


@torch.inference_mode()
def said(
    net: InteractionNet, text: str, *, free: bool = False, seed: int = 0
) -> NDArray[np.float32]:
    """What the voice makes of a text: float32 [turns * 3200], mono, 16 kHz.

    free: written bit by bit, not handed over. As a session does it, but for the transformer, on
    which a voice that was trained alone does not depend. seed: of the session.
    """
    preset = net.preset
    tokenizer = load_tokenizer(vocabulary=preset.text.vocabulary)
    turns = (free_turns if free else handed_over_turns)(text, preset=preset, tokenizer=tokenizer)
    condition = net.voice_text(
        torch.from_numpy(np.stack([turn.text for turn in turns])),
        torch.from_numpy(np.stack([turn.seconds for turn in turns])),
        torch.from_numpy(np.stack([turn.valid for turn in turns])),
        torch.zeros(len(turns), preset.transformer.width),
    )
    noise = torch.from_numpy(np.stack([turn_noise(seed, number) for number in range(len(turns))]))
    mels = net.voice.sample(condition, noise, preset.voice.steps).numpy()
    vocoder = StreamingVocoder()
    return np.concatenate([vocoder.push(mel) for mel in mels])


def _asked(texts: Sequence[SpokenText]) -> list[SpokenText]:
    found: list[SpokenText] = []
    for kind in SpokenKind:
        mine = [one for one in texts if one.kind is kind]
        places = np.unique(np.linspace(0, len(mine) - 1, min(_EACH, len(mine))).round())
        found += [mine[int(place)] for place in places]
    return found


def _apart(texts: Sequence[str]) -> list[str]:
    """Without those that sound like another one."""
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(spelled(text), text)
    return list(found.values())
