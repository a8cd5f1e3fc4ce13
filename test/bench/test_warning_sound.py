"""Speech and warnings are told apart, one beside the other and one over the other."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.bench.warning_sound import (
    MAX_WARNINGS,
    HeardWarning,
    heard_warning,
    mixed,
    speech_sound,
    warning_sound,
)

QUIET = np.zeros(40, np.int16)


def test_a_warning_between_speech_is_found_whole() -> None:
    sound = np.concatenate(
        [QUIET, speech_sound(100), warning_sound(7, 300), speech_sound(50), warning_sound(8, 20)]
    )
    assert heard_warning(sound, 7) == HeardWarning(7, 140, 440, 300, 0, 0)
    assert heard_warning(sound, 8) == HeardWarning(8, 490, 510, 20, 0, 0)
    assert heard_warning(sound, 9) is None
    assert mixed(sound, 9) == 0


def test_speech_and_silence_within_a_warning_are_counted() -> None:
    parts = [warning_sound(0, 30), speech_sound(5), QUIET, warning_sound(0, 30)]
    assert heard_warning(np.concatenate(parts), 0) == HeardWarning(0, 0, 105, 60, 5, 40)


@pytest.mark.parametrize("number", [0, MAX_WARNINGS - 1])
@pytest.mark.parametrize("shift", [0, 16])
def test_both_at_once_are_neither(number: int, shift: int) -> None:
    both = warning_sound(number, 100) + np.roll(speech_sound(100), shift)
    assert mixed(both, MAX_WARNINGS) == 100
    assert mixed(both + warning_sound(1, 100), MAX_WARNINGS) == 100


def test_there_are_no_more_warnings_than_levels() -> None:
    with pytest.raises(ValueError, match="2000"):
        warning_sound(MAX_WARNINGS, 1)
