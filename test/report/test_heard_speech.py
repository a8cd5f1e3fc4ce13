"""What is heard of what was sent, by the loudspeaker's own count."""

from __future__ import annotations

from tml_ros.report.heard_speech import HeardSpeech


def test_speech_is_heard_until_it_was_played_or_taken_back() -> None:
    heard = HeardSpeech()
    assert not heard.speaking
    assert heard.sent(100)
    heard.played(99)
    assert heard.speaking
    heard.played(100)
    assert not heard.speaking
    heard.sent(100)
    heard.flushed()
    assert not heard.speaking


def test_a_warning_is_heard_in_place_of_speech_and_speech_only_after_it() -> None:
    heard = HeardSpeech()
    heard.sent(1_000)
    heard.played(200)
    heard.warned(300)
    assert heard.warning
    assert not heard.sent(50)
    heard.flushed()
    heard.played(499)
    assert heard.speaking
    heard.played(500)
    assert not heard.speaking
    assert heard.sent(50)
    assert heard.speaking


def test_a_warning_that_is_ended_leaves_silence() -> None:
    heard = HeardSpeech()
    heard.warned(300)
    heard.warned(0)
    assert not heard.speaking
    assert heard.sent(1)
