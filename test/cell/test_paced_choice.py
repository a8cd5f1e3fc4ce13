import json

import pytest

from tml_ros.cell.paced_choice import SpokenKind, VoiceChoice


@pytest.mark.parametrize("kinds", [(), (SpokenKind.WARNING,), tuple(SpokenKind)])
def test_a_choice_survives_the_facts_of_a_checkpoint(kinds):
    choice = VoiceChoice(frozenset(kinds))
    assert VoiceChoice.from_facts(json.loads(json.dumps(choice.as_facts()))) == choice


def test_only_what_is_named_is_said_with_the_own_voice():
    choice = VoiceChoice(frozenset({SpokenKind.COUNT}))
    assert [kind for kind in SpokenKind if choice.says(kind)] == [SpokenKind.COUNT]


def test_weights_that_say_nothing_of_a_voice_are_not_trusted_to_have_one():
    assert VoiceChoice.from_facts({"trained": True}) == VoiceChoice()


@pytest.mark.parametrize("found", ["warning", ["shouting"], [1], {"warning": True}, None])
def test_facts_that_make_no_sense_are_refused(found):
    with pytest.raises(ValueError, match="voice_choice"):
        VoiceChoice.from_facts({"voice_choice": found})
