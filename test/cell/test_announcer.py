"""Warnings: all that can be needed rendered beforehand, said when an alarm is raised anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tml_ros.cell.announcer import MAX_CLIPS, Announcer
from tml_ros.cell.cell_description import CellDescription, policies
from tml_ros.safety.alarm import (
    Alarm,
    AlarmEvent,
    AlarmState,
    AlarmTransition,
    Hearing,
    Priority,
)
from tml_ros.safety.alarm_memory import SummaryCount
from tml_ros.safety.alarm_summary import FloodSummary
from tml_ros.safety.attention_tone import attention_tone
from tml_ros.safety.warning_text import summary_parts
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
    # 1 zone, 6 camera kinds, 5 microphone kinds of which one is silenced, 4 kinds of 2 nodes, 3 of
    # the cell; no model's kinds.
    assert len(voice.said) == 1 + 6 + 4 + 8 + 3 + len(summary_parts())
    assert "Attention. The program guardian does not respond." in voice.said
    assert "Attention. Alarms are not being recorded." in voice.said
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


CALLS = {AlarmEvent.RAISED, AlarmEvent.REALARMED}
HEARD_AGAIN = {
    AlarmEvent.UNSHELVED,
    AlarmEvent.UNSUPPRESSED,
    AlarmEvent.RETURNED_TO_SERVICE,
    AlarmEvent.SETTLED,
}


@pytest.mark.parametrize("event", AlarmEvent)
@pytest.mark.parametrize("state", AlarmState)
def test_an_alarm_is_said_when_it_is_raised_and_while_unacknowledged_when_it_is_heard_again(
    event: AlarmEvent, state: AlarmState
) -> None:
    told = transition(PERSON, "striped_line", Priority.HIGH, event)
    told = replace(told, alarm=replace(told.alarm, state=state))
    again = event in HEARD_AGAIN and state is AlarmState.ACTIVE_UNACKNOWLEDGED
    assert bool(Announcer(CELL, Voice()).announce([told])) == (event in CALLS or again)


@pytest.mark.parametrize("hearing", Hearing)
def test_only_what_is_announced_is_said(hearing: Hearing) -> None:
    told = replace(transition(PERSON, "striped_line", Priority.HIGH), hearing=hearing)
    said = Announcer(CELL, Voice()).announce([told])
    assert bool(said) == (hearing is Hearing.ANNOUNCED)


def summary(count: int, *, flood: bool, ended: bool) -> FloodSummary:
    counts = (SummaryCount(LOST, "hall", Priority.MEDIUM, count),) if count else ()
    return FloodSummary(1, 9, 0, count, counts, flood, ended)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("count", [0, 1, 2, 4, 10, 19, 5000])
@pytest.mark.parametrize(("flood", "ended"), [(True, False), (True, True), (False, False)])
def test_a_summary_is_said_without_asking_the_voice_again(
    language: str, count: int, flood: bool, ended: bool
) -> None:
    voice = Voice()
    announcer = Announcer(CELL.model_copy(update={"language": language}), voice)
    before = len(voice.said)
    given = summary(count, flood=flood, ended=ended)
    said = announcer.announce_summary(given)
    assert len(voice.said) == before
    assert said.text == " ".join(given.sentences(language))
    assert (said.stamp_ns, said.kind) == (9, None)
    assert said.priority is (Priority.MEDIUM if count else Priority.LOW)
    words = sum(len(sentence) for sentence in given.sentences(language))
    assert len(said.samples) == len(attention_tone(said.priority)) + words


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
