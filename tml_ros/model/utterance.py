"""What a session is saying, of either sort, saved and restored.

Knows nothing of who has the floor. Owned by the thread of its session.
"""

from __future__ import annotations

from tml_ros.model.free_speech import FreeSpeech
from tml_ros.model.handed_over_text import HandedOverText
from tml_ros.model.preset import Preset
from tml_ros.model.saved_facts import Facts, SavedFacts
from tml_ros.model.tokenizer import TextTokenizer

Utterance = HandedOverText | FreeSpeech


def utterance_facts(utterance: Utterance | None) -> Facts | None:
    """State that survives JSON; None for silence."""
    if utterance is None:
        return None
    sort = "free" if isinstance(utterance, FreeSpeech) else "handed_over"
    return {"sort": sort, "state": utterance.facts()}


def restored_utterance(
    facts: object, *, tokenizer: TextTokenizer, preset: Preset
) -> Utterance | None:
    """What was saved by `utterance_facts`. Raises ValueError naming what does not fit."""
    if facts is None:
        return None
    saved = SavedFacts(facts, "utterance", ("sort", "state"))
    sort, state = saved.text("sort", longest=20), saved.part("state")
    if sort == "free":
        return FreeSpeech.restored(state, tokenizer=tokenizer, preset=preset)
    if sort == "handed_over":
        return HandedOverText.restored(state, tokenizer=tokenizer, preset=preset)
    raise ValueError(f"saved utterance.sort is {sort!r}, allowed: free, handed_over")
