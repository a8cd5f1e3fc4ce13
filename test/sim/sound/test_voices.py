from __future__ import annotations

import hashlib
import shutil

import pytest

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.sound.spoken import speak
from tml_ros.sim.sound.voices import ACCENTS, PITCH, SPEED, VARIANTS, Voice, voice_of
from tml_ros.sim.split import Split

NAMES = ("anna", "ben", "carla", "somebody")
needs_espeak = pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is missing")


def scenario(seed: int, looks: Split = Split.TRAIN) -> Scenario:
    return Scenario(scenario="hall", seconds=10, seed=seed, looks=looks)


def test_the_same_person_has_the_same_voice_and_others_have_others() -> None:
    first = [voice_of(scenario(1), name) for name in NAMES]
    assert first == [voice_of(scenario(1), name) for name in NAMES]
    assert len(set(first)) == len(NAMES)
    assert set(first).isdisjoint(voice_of(scenario(2), name) for name in NAMES)


@pytest.mark.parametrize("looks", Split)
def test_everything_of_a_voice_is_of_its_split(looks: Split) -> None:
    for seed in range(60):
        voice = voice_of(scenario(seed, looks), "anna")
        accent, variant = voice.name.split("+")
        assert accent in ACCENTS.of(looks)
        assert variant in VARIANTS.of(looks)
        assert PITCH.holds(voice.pitch, looks)
        assert SPEED.holds(voice.speed, looks)


def test_there_are_enough_voices_of_either_split() -> None:
    assert len(VARIANTS.train) >= 12
    assert len(VARIANTS.held_out) >= 6


@needs_espeak
@pytest.mark.parametrize("accent", [*ACCENTS.train, *ACCENTS.held_out])
def test_no_accent_ignores_its_variants(accent: str) -> None:
    plain, low, high = (
        speak("stop", Voice(name)) for name in (accent, f"{accent}+m7", f"{accent}+f5")
    )
    assert len({spoken.samples.tobytes() for spoken in (plain, low, high)}) == 3


@needs_espeak
def test_no_two_variants_sound_the_same() -> None:
    variants = (*VARIANTS.train, *VARIANTS.held_out)
    sounds = {
        hashlib.sha256(speak("stop", Voice(f"en-us+{variant}")).samples.tobytes()).digest()
        for variant in variants
    }
    assert len(sounds) == len(variants)


@pytest.mark.parametrize(
    "wrong", [{"pitch": 100}, {"pitch": -1}, {"speed": 20}, {"amplitude_db": (1.0, -1.0)}]
)
def test_a_voice_without_meaning_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="wanted"):
        Voice("en-us", **wrong)  # type: ignore[arg-type]
