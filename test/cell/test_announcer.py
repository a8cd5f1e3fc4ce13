"""Warnings: all that can be needed rendered beforehand, said when an alarm is raised anew."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.cell.announcer import MAX_CLIPS, Announcer
from tml_ros.cell.cell_description import CellDescription, policies
from tml_ros.safety.alarm import Alarm, AlarmEvent, AlarmState, AlarmTransition, Priority
from tml_ros.safety.attention_tone import attention_tone
from tml_ros.turn.hazard import HazardKind

PERSON, LOST = HazardKind.PERSON_IN_ZONE, HazardKind.CAMERA_LOST
CELL = CellDescription.model_validate(
    {
        "cell": "c",
        "cameras": {
            "hall": {
                "size": [100, 100],
                "zones": {"striped_line": {"polygon": [[0, 0], [50, 0], [50, 50]]}},
            }
        },
        "microphones": {"ear": {}},
        "alarms": {"impact_sound": {"warning": ""}},
    }
)


class Voice:
    """Renders a text as as many samples as it has characters, and remembers it."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def __call__(self, text: str) -> np.ndarray:
        self.said.append(text)
        return np.full(len(text), 0.5, np.float32)


def transition(
    kind: HazardKind, zone: str, priority: Priority, event: AlarmEvent = AlarmEvent.RAISED
) -> AlarmTransition:
    state = AlarmState.ACTIVE_UNACKNOWLEDGED
    return AlarmTransition(9, event, Alarm(kind, zone, state, priority, "guard", 9, 9), 9)


def test_each_warning_a_cell_can_give_is_rendered_once_beforehand() -> None:
    voice = Voice()
    announcer = Announcer(CELL, voice)
    assert "Warning. Person in striped line. Step back." in voice.said
    assert sorted(voice.said) == sorted(set(voice.said))
    # 1 zone, 5 camera kinds, 4 microphone kinds of which one is silenced; no model's kinds.
    assert len(voice.said) == 1 + 5 + 3
    assert set(announcer.texts) == set(voice.said)
    before = len(voice.said)
    announcer.announce([transition(PERSON, "striped_line", Priority.HIGH)])
    assert len(voice.said) == before


def test_with_a_model_its_own_kinds_are_rendered_too() -> None:
    voice = Voice()
    Announcer(CELL.model_copy(update={"model": "nano"}), voice)
    assert "Emergency. Person down in striped line. Send help." in voice.said
    assert "Notice. The assistant is slow." in voice.said


def test_an_announcement_is_the_tone_of_its_priority_and_the_words() -> None:
    announcer = Announcer(CELL, Voice())
    (said,) = announcer.announce([transition(PERSON, "striped_line", Priority.HIGH)])
    tone = attention_tone(Priority.HIGH)
    assert said.text == "Warning. Person in striped line. Step back."
    assert (said.stamp_ns, said.priority) == (9, Priority.HIGH)
    assert np.array_equal(said.samples[: len(tone)], tone)
    assert said.samples[len(tone) :].tolist() == [0.5] * len(said.text)
    assert said.samples.dtype == np.float32
    assert not said.samples.flags.writeable


@pytest.mark.parametrize(
    ("event", "count"),
    [
        (AlarmEvent.RAISED, 1),
        (AlarmEvent.REALARMED, 1),
        (AlarmEvent.ACKNOWLEDGED, 0),
        (AlarmEvent.RETURNED, 0),
        (AlarmEvent.CLEARED, 0),
    ],
)
def test_only_an_alarm_raised_or_raised_anew_is_said(event: AlarmEvent, count: int) -> None:
    announcer = Announcer(CELL, Voice())
    said = announcer.announce([transition(PERSON, "striped_line", Priority.HIGH, event)])
    assert len(said) == count


def test_a_silenced_kind_is_not_said() -> None:
    announcer = Announcer(CELL, Voice())
    impact = transition(HazardKind.IMPACT_SOUND, "ear", Priority.MEDIUM)
    assert announcer.announce([impact]) == []


def test_the_most_urgent_is_said_first() -> None:
    announcer = Announcer(CELL, Voice())
    said = announcer.announce(
        [transition(LOST, "hall", Priority.MEDIUM), transition(PERSON, "x", Priority.CRITICAL)]
    )
    assert [one.priority for one in said] == [Priority.CRITICAL, Priority.MEDIUM]


def test_a_place_that_was_not_foreseen_is_warned_of_by_the_name_of_the_cell() -> None:
    voice = Voice()
    announcer = Announcer(CELL.model_copy(update={"cell": "press_2", "model": "nano"}), voice)
    voice.said.clear()
    (said,) = announcer.announce([transition(PERSON, "new_place", Priority.HIGH)])
    assert said.text == "Warning. Person in press 2. Step back."
    assert len(said.samples) == len(attention_tone(Priority.HIGH)) + len(said.text)
    assert voice.said == []


def test_what_no_one_foresaw_at_all_is_a_tone() -> None:
    announcer = Announcer(CELL, Voice())
    (said,) = announcer.announce([transition(PERSON, "elsewhere", Priority.CRITICAL)])
    assert said.text == "Warning. Person in elsewhere. Step back."
    assert np.array_equal(said.samples, attention_tone(Priority.CRITICAL))


def test_a_voice_that_fails_at_the_door_is_seen_there() -> None:
    def render(text: str) -> np.ndarray:
        raise OSError("no voice")

    with pytest.raises(OSError, match="no voice"):
        Announcer(CELL, render)


def test_the_number_of_clips_is_bounded_and_the_most_urgent_are_among_them() -> None:
    zone = {"polygon": [[0, 0], [50, 0], [50, 50]]}
    camera = {"size": [100, 100]}
    cell = CellDescription.model_validate(
        {
            "cell": "c",
            "cameras": {
                f"eye{n}": {**camera, "zones": {f"z{n}_{m}": zone for m in range(20)}}
                for n in range(20)
            },
        }
    )
    voice = Voice()
    announcer = Announcer(cell, voice)
    assert len(announcer.texts) == len(voice.said) == MAX_CLIPS
    assert not any("dark" in text and "eye" in text for text in announcer.texts)
    dark = transition(HazardKind.CAMERA_DARK, "eye7", announcer_priority(cell))
    (said,) = announcer.announce([dark])
    assert said.text == "Attention. Camera c is blinded or in the dark."


def announcer_priority(cell: CellDescription) -> Priority:
    return policies(cell)[HazardKind.CAMERA_DARK].priority
