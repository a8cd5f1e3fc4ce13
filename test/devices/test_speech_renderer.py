import shutil
import subprocess

import numpy as np
import pytest

from tml_ros.devices.speech_renderer import (
    SpeechRenderer,
    SpeechUnavailableError,
    UnknownVoiceError,
)

needs_espeak = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="the program espeak-ng is not installed"
)


@needs_espeak
@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "Attention. Person in zone press two."), ("de", "Achtung. Person in Zone Presse.")],
)
def test_a_warning_is_a_few_seconds_of_16_khz_speech_at_full_level(language, text):
    speech = SpeechRenderer(language).render(text)
    assert speech.dtype == np.float32
    assert speech.ndim == 1
    assert 1.0 < len(speech) / 16_000 < 5.0
    assert np.abs(speech).max() == pytest.approx(0.9, abs=1e-3)
    assert np.isfinite(speech).all()


@needs_espeak
def test_speech_is_as_long_as_what_the_program_writes_to_a_file(tmp_path):
    path = tmp_path / "spoken.wav"
    text = "Leave the zone now."
    subprocess.run(["espeak-ng", "-v", "en", "-w", str(path), text], check=True)
    seconds = (path.stat().st_size - 44) / 2 / 22_050
    assert len(SpeechRenderer("en").render(text)) / 16_000 == pytest.approx(seconds, abs=0.05)


@needs_espeak
def test_the_same_text_gives_the_same_samples():
    first = SpeechRenderer("en").render("Camera gate is lost.")
    assert np.array_equal(first, SpeechRenderer("en").render("Camera gate is lost."))


@needs_espeak
@pytest.mark.parametrize("text", ["", "   ", "\0", "\n\n"])
def test_nothing_to_say_is_no_sound(text):
    assert SpeechRenderer("en").render(text).shape == (0,)


@needs_espeak
@pytest.mark.parametrize("text", ["$(touch x); `id` | cat", "-v de --version", "<audio src='x'/>"])
def test_text_is_spoken_and_never_interpreted(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(SpeechRenderer("en").render(text)) > 1_000
    assert list(tmp_path.iterdir()) == []


@needs_espeak
def test_a_text_without_end_is_refused():
    with pytest.raises(ValueError, match="at most 1000"):
        SpeechRenderer("en").render("a" * 1_001)


@needs_espeak
@pytest.mark.parametrize("language", ["xx9", "tlhx", "--help", "", "en; id", "/etc/passwd"])
def test_an_unknown_language_says_how_to_list_the_voices(language):
    with pytest.raises(UnknownVoiceError, match="espeak-ng --voices"):
        SpeechRenderer(language)


def test_a_missing_program_names_the_package(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SpeechUnavailableError, match="apt install espeak-ng"):
        SpeechRenderer("en")


def test_a_program_that_fails_is_reported_with_its_words(monkeypatch, tmp_path):
    program = tmp_path / "espeak-ng"
    program.write_text("#!/bin/sh\necho no phoneme data >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SpeechUnavailableError, match=r"failed \(3\): no phoneme data"):
        SpeechRenderer("en")
