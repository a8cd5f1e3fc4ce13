"""A script in which nobody speaks and nothing is to be said. Pure."""

from __future__ import annotations

import numpy as np

from tml_ros.model.conversation import Conversation
from tml_ros.model.floor_policy import FLOORS
from tml_ros.model.preset import Preset
from tml_ros.model.tokenizer import HOLD, TextTokenizer
from tml_ros.training.teaching.script import Script
from tml_ros.turn.turn_output import Floor


def silence(preset: Preset, tokenizer: TextTokenizer, turns: int) -> Script:
    """The dialogue half of a session that listens all the time; nothing of it is to be learnt."""
    conversation = Conversation(preset, tokenizer)
    listen = np.array([0.0 if floor is Floor.LISTEN else -20.0 for floor in FLOORS], np.float32)
    dialogue = []
    for turn in range(turns):
        dialogue.append(conversation.take_in((), turn=turn))
        conversation.decide(listen)
        conversation.say((HOLD,))
    return Script(
        dialogue=tuple(dialogue),
        floor=np.full(turns, FLOORS.index(Floor.LISTEN), np.int64),
        floor_weight=np.zeros(turns, np.float32),
        text=np.full((turns, preset.text.out_per_turn), HOLD, np.int64),
        text_weight=np.zeros(turns, np.float32),
        own=(),
        warnings=(),
        line_starts={},
    )
