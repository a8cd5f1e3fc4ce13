from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from tml_ros.devices.speech_renderer import UnknownVoiceError
from tml_ros.sim.sound import espeak as espeak_module
from tml_ros.sim.sound.espeak import espeak
from tml_ros.sim.sound.spoken import PAUSE_S, SPEECH_DB, active_db, speak
from tml_ros.sim.sound.voices import Voice

pytestmark = pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is missing")
ANNA = Voice("en-us+f2", pitch=50, speed=170, amplitude_db=(-1.0, 1.0))


def loud(samples: np.ndarray) -> np.ndarray:
    return np.flatnonzero(np.abs(samples) > 0.03 * np.abs(samples).max())


def test_speech_begins_and_ends_within_a_few_hundredths_of_a_second_of_its_sound() -> None:
    spoken = speak("Is it safe to enter the press area?", ANNA)
    heard = loud(spoken.samples)
    assert spoken.samples.dtype == np.float32
    assert 0.005 < heard[0] / 16_000 < 0.06
    assert 0.005 < spoken.seconds - heard[-1] / 16_000 < 0.1


@pytest.mark.parametrize(
    ("text", "pauses"),
    [
        ("Stop the press.", 0),
        ("Tell me when ... the forklift is gone.", 1),
        ("Is... well... it safe?", 2),
        ("... stop ...", 0),
        ("remind me \N{HORIZONTAL ELLIPSIS} in ten seconds", 1),
    ],
)
def test_three_dots_are_a_pause_in_which_nothing_is_said(text: str, pauses: int) -> None:
    spoken = speak(text, ANNA)
    assert len(spoken.pauses) == pauses
    for start_s, end_s in spoken.pauses:
        assert PAUSE_S[0] <= end_s - start_s <= PAUSE_S[1]
        start, end = round(start_s * 16_000), round(end_s * 16_000)
        assert not spoken.samples[start:end].any()
        assert np.abs(spoken.samples[end : end + 3200]).max() > 0.01
        assert np.abs(spoken.samples[start - 3200 : start]).max() > 0.01


@pytest.mark.parametrize("voice", [ANNA, Voice("en-gb-scotland+m7", 44, 160), Voice("en+Alex")])
@pytest.mark.parametrize("text", ["stop", "Somebody ... is in the press area, I think."])
def test_all_speech_has_the_level_of_ordinary_speech(voice: Voice, text: str) -> None:
    samples = speak(text, voice).samples
    steps = samples[: len(samples) // 160 * 160].reshape(-1, 160).astype(np.float64)
    powers = np.sort(np.mean(steps**2, axis=1))[::-1]
    powers = powers[powers > powers[0] / 316]
    assert 10 * np.log10(powers.mean()) == pytest.approx(SPEECH_DB, abs=0.2)
    assert np.abs(samples).max() < 0.95


def test_text_without_words_is_no_sound() -> None:
    spoken = speak(" ... ", ANNA)
    assert (len(spoken.samples), spoken.pauses) == (0, ())
    assert active_db(spoken.samples) == -np.inf


def test_a_name_with_an_underline_is_spoken_as_words() -> None:
    assert np.array_equal(espeak("press_area", ANNA), espeak("press area", ANNA))


def test_what_is_kept_in_a_folder_is_equal_to_what_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = espeak("stop the press", ANNA)
    assert np.array_equal(espeak("stop the press", ANNA, folder=tmp_path), made)
    (path,) = (path for path in tmp_path.rglob("*") if path.is_file())
    monkeypatch.setattr(espeak_module, "PROGRAM", "no-such-program")
    assert np.array_equal(espeak("stop the press", ANNA, folder=tmp_path), made)
    monkeypatch.undo()
    data = bytearray(path.read_bytes())
    for broken in (bytes(data[:-1]), b"", bytes([*data[:-1], data[-1] ^ 1])):
        path.write_bytes(broken)
        assert np.array_equal(espeak("stop the press", ANNA, folder=tmp_path), made)
        assert path.read_bytes() == data


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_bytes(b"")
    assert len(espeak("stop", ANNA, folder=taken)) > 1000


def test_an_unknown_voice_is_named() -> None:
    with pytest.raises(UnknownVoiceError, match="tlh"):
        espeak("stop", Voice("tlh"))


def test_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="1001 characters"):
        espeak("a" * 1001, ANNA)
