"""The voice for texts that were handed over to a model whose own voice does not say them well.

Knows nothing of turns. Any thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from tml_ros.cell.paced_choice import SpokenKind, VoiceChoice
from tml_ros.cell.rendered_voice import RenderedVoice
from tml_ros.model.interface import InteractionModel
from tml_ros.model.preset import Preset

if TYPE_CHECKING:
    from tml_ros.model.tokenizer import TextTokenizer


@runtime_checkable
class PacedModel(InteractionModel, Protocol):
    """A model whose pace is known, and what is known of its weights."""

    @property
    def preset(self) -> Preset:
        """The shape of the model."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the weights' file says of them."""

    @property
    def tokenizer(self) -> TextTokenizer:
        """What its text is made of."""


def handed_over_voice(
    model: InteractionModel | None, *, language: str = "en"
) -> RenderedVoice | None:
    """A renderer that keeps the model's pace; None where its own voice says findings well, or
    where it is untrained and says nothing at all.

    Raises SpeechUnavailableError; ValueError for a language without a voice, and for facts of
    weights that make no sense.
    """
    if not isinstance(model, PacedModel) or not model.trained:
        return None
    if VoiceChoice.from_facts(model.facts).says(SpokenKind.FINDING):
        return None
    # Needs what a model is made with, which is not everywhere.
    from tml_ros.cell.paced_speech import LANGUAGE, PacedSpeech  # noqa: PLC0415

    spoken = LANGUAGE if language == "en" else language
    return RenderedVoice(PacedSpeech(model.preset, model.tokenizer, language=spoken))
