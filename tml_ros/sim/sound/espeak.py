"""One piece of text spoken by espeak-ng in a given voice, quickly the second time.

Knows nothing of pauses and levels. What was spoken may be kept in a folder that several processes
share: files are named by what is in them, written atomically, and checked when read; one that is
broken is made anew. Samples are whole 16-bit steps, so that kept and fresh speech are equal to the
bit. Any thread.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import zlib
from pathlib import Path
from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

from tml_ros.devices.speech_renderer import (
    MAX_TEXT,
    PROGRAM,
    SPEECH_PEAK,
    SPEECH_RATE,
    SpeechUnavailableError,
    UnknownVoiceError,
)
from tml_ros.devices.wav_file import WavFileError, read_wav
from tml_ros.sim.sound.voices import Voice

_MAGIC: Final = b"tmlspk1\n"
_TIMEOUT_S: Final = 20.0


def espeak(text: str, voice: Voice, *, folder: Path | None = None) -> NDArray[np.int16]:
    """The text as int16 [n], mono, 16 kHz, its peak at 0.9; empty where nothing is said.

    folder: where speech is kept, made if it is missing; nothing is kept without one.

    Raises ValueError for text of more than 1,000 characters, UnknownVoiceError where espeak-ng
    does not have the voice, SpeechUnavailableError where it is missing or does not work. A folder
    that cannot be written is no error: the speech is made each time.
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"text has {len(text)} characters, at most {MAX_TEXT} can be spoken")
    if folder is None:
        return _made(text, voice)
    wanted = f"{voice.name}\0{voice.pitch}\0{voice.speed}\0{text}".encode()
    name = hashlib.sha256(wanted).hexdigest()
    path = folder / name[:2] / name[2:]
    kept = _read(path)
    if kept is not None:
        return kept
    made = _made(text, voice)
    _write(path, made)
    return made


def _made(text: str, voice: Voice) -> NDArray[np.int16]:
    data = _run(text, voice)
    if not data:
        return np.zeros(0, np.int16)
    try:
        rate, sound = read_wav(data)
    except WavFileError as problem:
        raise SpeechUnavailableError(f"{PROGRAM} gave no sound: {problem}") from problem
    if not sound.any():
        return np.zeros(0, np.int16)
    speech: NDArray[np.float32] = soxr.resample(sound[:, 0], rate, SPEECH_RATE, quality="HQ")
    loud: NDArray[np.float32] = speech * np.float32(32767 * SPEECH_PEAK / np.abs(speech).max())
    return np.rint(loud).astype(np.int16)


def _run(text: str, voice: Voice) -> bytes:
    command = [PROGRAM, "-v", voice.name, "-p", str(voice.pitch), "-s", str(voice.speed)]
    command += ["-b", "1", "--stdin", "--stdout"]
    # In double brackets espeak-ng would take text for phonemes.
    plain = text.translate(_AS_SPACES)
    try:
        done = subprocess.run(
            command, input=plain.encode(), capture_output=True, timeout=_TIMEOUT_S, check=False
        )
    except FileNotFoundError as problem:
        raise SpeechUnavailableError(
            f"simulated people need the program {PROGRAM}: apt install espeak-ng"
        ) from problem
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise SpeechUnavailableError(f"{PROGRAM} does not work: {problem}") from problem
    if done.returncode == 0:
        return done.stdout
    complaint = done.stderr.decode(errors="replace").strip()
    if "voice" in complaint:
        raise UnknownVoiceError(f"{PROGRAM} has no voice {voice.name!r}")
    raise SpeechUnavailableError(f"{PROGRAM} failed ({done.returncode}): {complaint}")


def _read(path: Path) -> NDArray[np.int16] | None:
    """What is kept, or None where there is nothing whole."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    head = len(_MAGIC) + 4
    body = data[head:]
    checked = _MAGIC + zlib.crc32(body).to_bytes(4, "little")
    if data[:head] != checked or len(body) % 2:
        return None
    return np.frombuffer(body, "<i2").astype(np.int16)


def _write(path: Path, speech: NDArray[np.int16]) -> None:
    body = speech.astype("<i2").tobytes()
    data = _MAGIC + zlib.crc32(body).to_bytes(4, "little") + body
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as unnamed:
            unnamed.write(data)
        os.replace(unnamed.name, path)  # noqa: PTH105 - one call, whole or not at all
    except OSError:
        return


_AS_SPACES = str.maketrans(dict.fromkeys("[]_\x00", " "))
