"""Text to speech for fixed warnings, by the espeak-ng program.

Knows nothing of alarms and of playing. The same text gives the same samples on every call. A call
blocks for some 10 ms per sentence: warnings are rendered once, when a cell is configured.
"""

from __future__ import annotations

import re
import subprocess

import numpy as np
import soxr
from numpy.typing import NDArray

from tml_ros.devices.wav_file import WavFileError, read_wav

SPEECH_RATE = 16_000
SPEECH_PEAK = 0.9
MAX_TEXT = 1_000
PROGRAM = "espeak-ng"
_TIMEOUT_S = 20.0
_VOICE = re.compile(r"[A-Za-z][A-Za-z0-9+_/-]*")


class SpeechUnavailableError(RuntimeError):
    """There is no working speech program; the message names the package to install."""


class UnknownVoiceError(ValueError):
    """The speech program has no voice for the language; the message says how to list them."""


class SpeechRenderer:
    """Speaks one language.

    language: a voice of espeak-ng: "en", "de", "en-us", "zh" or "en+f3" for a variant.

    Raises UnknownVoiceError for a language without a voice, SpeechUnavailableError where espeak-ng
    is missing or does not work.
    """

    def __init__(self, language: str) -> None:
        """Check that the program speaks the language."""
        self._language = language
        if not _VOICE.fullmatch(language):
            raise UnknownVoiceError(_unknown(language))
        self._run("")

    def render(self, text: str, *, word_gap_ms: int = 0) -> NDArray[np.float32]:
        """The text as speech: float32 [n], mono, 16 kHz, peak 0.9; empty where nothing is said.

        word_gap_ms: silence put between words beside their own, whole tens; words that espeak-ng
            says as one ("in the") stay together.

        Raises ValueError for text of more than 1,000 characters, SpeechUnavailableError.
        """
        if len(text) > MAX_TEXT:
            raise ValueError(f"text has {len(text)} characters, at most {MAX_TEXT} can be spoken")
        data = self._run(text.replace("\0", " "), word_gap_ms=word_gap_ms)
        if not data:
            return np.zeros(0, np.float32)
        try:
            rate, sound = read_wav(data)
        except WavFileError as problem:
            raise SpeechUnavailableError(f"{PROGRAM} gave no sound: {problem}") from problem
        spoken = sound[:, 0]
        peak = float(np.abs(spoken).max(initial=0.0))
        if peak == 0.0:
            return np.zeros(0, np.float32)
        speech: NDArray[np.float32] = soxr.resample(spoken, rate, SPEECH_RATE, quality="HQ")
        # Resampling may overshoot, so the peak is set afterwards.
        speech *= np.float32(SPEECH_PEAK / np.abs(speech).max())
        return speech

    def _run(self, text: str, *, word_gap_ms: int = 0) -> bytes:
        command = [PROGRAM, "-v", self._language, "-b", "1", "--stdin", "--stdout"]
        if word_gap_ms:
            command += ["-g", str(word_gap_ms // 10)]
        try:
            done = subprocess.run(
                command, input=text.encode(), capture_output=True, timeout=_TIMEOUT_S, check=False
            )
        except FileNotFoundError as problem:
            raise SpeechUnavailableError(
                f"spoken warnings need the program {PROGRAM}: apt install espeak-ng"
            ) from problem
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise SpeechUnavailableError(f"{PROGRAM} does not work: {problem}") from problem
        complaint = done.stderr.decode(errors="replace").strip()
        if done.returncode != 0 and "voice" in complaint:
            raise UnknownVoiceError(_unknown(self._language))
        if done.returncode != 0:
            raise SpeechUnavailableError(f"{PROGRAM} failed ({done.returncode}): {complaint}")
        return done.stdout


def _unknown(language: str) -> str:
    return f"{PROGRAM} has no voice for {language!r}; `{PROGRAM} --voices` lists what it speaks"
